"""Spintax: ``The {quick|fast|{very |}swift} fox``. Text → what each group's first alternative was replaced by.

The first alternative of a group is taken for the original: that is how the tools write it. Groups may be nested; an
alternative with groups inside stands for all that it can become, up to a bound.

Start reading from `groups`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import regex

from .reading import Problems

MOST_READINGS = 32  # of one alternative with groups inside; beyond, the rest is left out with a warning
LONGEST = 240  # characters of a reading: longer ones are sentences, not phrases
DEEPEST = 100

_MARK = regex.compile(r"\\[{}|\\]|[{}|\n]")


@dataclass(frozen=True, slots=True)
class Group:
    """What stood between braces."""

    line: int
    original: str
    spun: tuple[str, ...]
    """The other alternatives, each in all its readings."""
    alternatives: int
    """Of the group, the first one included."""


@dataclass(slots=True)
class _Open:
    """A group not yet closed, or the text around all groups."""

    line: int
    done: list[list[str]] = field(default_factory=list)
    """The readings of each alternative that is complete."""
    current: list[str] = field(default_factory=lambda: [""])
    many: bool = False
    """Readings were left out because there are too many …"""
    long: bool = False
    """… or because they are longer than a phrase."""


def groups(text: str, problems: Problems, first_line: int = 1) -> Iterator[Group]:
    """The groups of `text`, inner ones first. What is wrong with it goes to `problems`."""
    stack: list[_Open] = []
    line, at, skipped = first_line, 0, 0
    for match in _MARK.finditer(text):
        mark, piece, at = match[0], text[at : match.start()], match.end()
        if stack:
            _append(stack[-1], [piece])
        if mark == "\n":
            line += 1
            if stack:
                _append(stack[-1], [" "])
        elif len(mark) == 2:  # an escaped one is text
            if stack:
                _append(stack[-1], [mark[1]])
        elif mark == "{":
            if skipped or len(stack) == DEEPEST:
                if not skipped:
                    problems.error(line, f"groups stand more than {DEEPEST} deep; take some apart", "deep groups")
                skipped += 1
            else:
                stack.append(_Open(line))
        elif mark == "|":
            if stack and not skipped:
                stack[-1].done.append(stack[-1].current)
                stack[-1].current = [""]
        elif skipped:
            skipped -= 1
        elif not stack:
            problems.error(line, "a } closes nothing; take it out, or write \\} if it is text", "braces")
        else:
            closed = stack.pop()
            alternatives = [*closed.done, closed.current]
            readings = list(dict.fromkeys(reading for those in alternatives for reading in those))
            closed.many |= len(readings) > MOST_READINGS and bool(stack)
            if closed.many:
                problems.warn(
                    closed.line, f"with the groups inside it, the group has more than {MOST_READINGS} readings; "
                    "the rest is left out", "many readings",
                )  # fmt: skip
            if closed.long:
                problems.warn(
                    closed.line, "an alternative is longer than a phrase; left out, groups inside it aside",
                    "long alternatives",
                )  # fmt: skip
            if len(alternatives) > 1:
                found = _group(closed.line, alternatives)
                if found is None:
                    problems.warn(
                        closed.line,
                        "the group's first alternative, taken for the original, is no phrase; "
                        "left out", "groups left out",
                    )  # fmt: skip
                else:
                    yield found
            if stack:
                inside = readings[:MOST_READINGS] if len(alternatives) > 1 else [f"{{{r}}}" for r in readings]
                _append(stack[-1], inside)
    for opened in stack:
        problems.error(opened.line, "a { is never closed; close it, or write \\{ if it is text", "braces")


def _append(group: _Open, readings: list[str]) -> None:
    if readings == [""]:
        return
    products = dict.fromkeys(before + after for before in group.current for after in readings)
    fitting = [product for product in products if len(product) <= LONGEST]
    group.long |= len(fitting) < len(products)
    group.many |= len(fitting) > MOST_READINGS
    group.current = fitting[:MOST_READINGS]


def _group(line: int, alternatives: list[list[str]]) -> Group | None:
    original = " ".join(alternatives[0][0].split()) if alternatives[0] else ""
    if not original:
        return None
    spun = dict.fromkeys(" ".join(reading.split()) for those in alternatives[1:] for reading in those)
    return Group(line, original, tuple(each for each in spun if each and each != original), len(alternatives))
