"""Decisions taken on the review page (docs/review.md) → the text that they make. Start reading from `replay`.

A file of decisions carries no text, only where a phrase stood and what is to stand there. So it names the text by its
SHA-256, and a text that has changed since is refused instead of being cut at the wrong places.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from ..util.errors import DespinError
from .finding import Finding, apply

KIND = "despin-decisions"
SCHEMA = 1
CHOICES = ("accepted", "changed", "rejected", "undecided")


class DecisionsError(DespinError, ValueError):
    """Decisions cannot be read, or are not of this text. The message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to stand in the place of one finding."""

    start: int
    """First code point, in the spun text."""
    end: int
    """Last code point + 1."""
    found: str
    """The phrase as it stands there."""
    choice: str
    """One of `CHOICES`; where nobody decided, the replacement is what despin would have written."""
    replacement: str | None
    """None: the phrase stays."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions on one text."""

    path: str
    """What the text was called when it was reviewed; only for messages and to tell equal texts apart."""
    sha256: str
    """Of the spun text, as `digest` gives it."""
    made: tuple[Decision, ...]


def digest(text: str) -> str:
    """SHA-256 of `text` in UTF-8, without a byte order mark, line endings as they stand."""
    return "sha256:" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def replay(text: str, decisions: Decisions) -> str:
    """`text` with the decisions on it carried out.

    Raises
    ------
    DecisionsError
        They are of another text, or do not fit each other.

    >>> made = (Decision(3, 9, "lovely", "changed", "adorable"), Decision(10, 13, "day", "rejected", None))
    >>> replay("an lovely day", Decisions("a.txt", digest("an lovely day"), made))
    'an adorable day'
    """
    if digest(text) != decisions.sha256:
        raise DecisionsError("has changed since it was reviewed, so the decisions no longer fit; review it again")
    changes = [Finding(d.start, d.end, d.found, d.replacement) for d in decisions.made if d.replacement is not None]
    try:
        return apply(text, changes)
    except ValueError as problem:
        raise DecisionsError(f"the decisions on it do not fit: {problem}") from None


def written(decisions: Decisions, write: Callable[[int, int, str], str]) -> Decisions:
    """`decisions`, with the words that a reviewer chose as `write` writes them in the place from start to end.

    Raises
    ------
    DecisionsError
        It cannot: it raised a ValueError.
    """
    try:
        made = tuple(
            replace(d, replacement=write(d.start, d.end, d.replacement))
            if d.choice == "changed" and d.replacement is not None
            else d
            for d in decisions.made
        )
    except ValueError as problem:
        raise DecisionsError(f"a decision on it cannot be carried out: {problem}") from None
    return replace(decisions, made=made)


def choose(text: str, path: str, reviewed: Sequence[Decisions]) -> Decisions:
    """Those of `reviewed` that are on `text`, whatever it is called now; among equal texts those on `path`.

    Raises
    ------
    DecisionsError
        None are, or more than one and they differ.
    """
    same = [decisions for decisions in reviewed if decisions.sha256 == digest(text)]
    if named := [decisions for decisions in same if decisions.path == path]:
        return named[0]
    if not same:
        if any(decisions.path == path for decisions in reviewed):
            raise DecisionsError("has changed since it was reviewed, so the decisions no longer fit; review it again")
        raise DecisionsError("was not reviewed: the decisions name no text like it")
    if len({decisions.made for decisions in same}) > 1:
        names = ", ".join(decisions.path for decisions in same)
        raise DecisionsError(f"has the same text as {names}, and their decisions differ; use one of these names")
    return same[0]


def parse(content: str | bytes) -> list[Decisions]:
    """The decisions in a file that the review page saved (docs/decisions.schema.json), by text.

    Raises
    ------
    DecisionsError
        It is not such a file.
    """
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise DecisionsError(f"is not JSON: {problem}") from None
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise DecisionsError("holds no decisions of a review: save them on the page of --check --format html")
    if data.get("schema") != SCHEMA:
        raise DecisionsError(f"has decisions of schema {data.get('schema')!r}, but this version reads {SCHEMA}")
    reviewed = []
    for number, document in enumerate(_expect(data, "documents", list, "the file"), 1):
        where = f"document {number}"
        made = [
            _decision(item, f"{where}, decision {count}")
            for count, item in enumerate(_expect(document, "decisions", list, where), 1)
        ]
        reviewed.append(
            Decisions(_expect(document, "path", str, where), _expect(document, "sha256", str, where), tuple(made))
        )
    return reviewed


def _decision(item: Any, where: str) -> Decision:
    start, end = _expect(item, "start", int, where), _expect(item, "end", int, where)
    choice, found = _expect(item, "decision", str, where), _expect(item, "found", str, where)
    replacement = None if item.get("replacement") is None else _expect(item, "replacement", str, where)
    if choice not in CHOICES:
        raise DecisionsError(f"{where}: {choice!r} is no decision; it must be one of: {', '.join(CHOICES)}")
    if choice != "undecided" and (choice == "rejected") != (replacement is None):
        raise DecisionsError(f"{where}: {choice!r} does not go with the replacement {replacement!r}")
    if not 0 <= start < end:
        raise DecisionsError(f"{where}: {start} to {end} is no place in a text")
    return Decision(start, end, found, choice, replacement)


def _expect(data: Any, key: str, kind: type, where: str) -> Any:
    """`data[key]`, which must be there and of `kind`; a bool is no number."""
    value = data.get(key) if isinstance(data, Mapping) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise DecisionsError(f"{where}: {key!r} is missing or not a {_NAMES[kind]}")
    return value


_NAMES = {list: "list", str: "string", int: "whole number"}
