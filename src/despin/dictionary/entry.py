"""A dictionary file → its entries. Start reading from `parse`.

The file format, with the laws its data obey, is written down in dictionaries/README.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..text.characters import normalise
from .errors import DictionaryError

if TYPE_CHECKING:
    from .conditions import Condition

PRIOR = 0.1  # P(spun | original) of an entry without counts: a thesaurus offers some ten alternatives


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One line: `spun` may stand for `original`."""

    spun: str
    """What spinners write."""
    original: str
    """What it stood for."""
    family: str = ""
    """The dictionary that it is from."""
    seen: int | None = None
    """Occurrences of the original that became `spun`; None: written by hand."""
    of: int | None = None
    """Occurrences of the original in the sources."""
    unless: tuple[str, ...] = ()
    """Phrases around the spun one that excuse it."""
    note: str = ""
    """A remark by whoever wrote the entry."""
    prior: float = PRIOR
    """P(spun | original) where nothing was counted."""

    @property
    def probability(self) -> float:
        """P(spun | original) in a text whose every key was replaced."""
        return self.prior if self.seen is None or not self.of else self.seen / self.of

    @property
    def name(self) -> str:
        """How reports call the entry."""
        return f"{self.family}:{self.spun}"


@dataclass(frozen=True, slots=True)
class DictionaryFile:
    """A dictionary file as read."""

    family: str
    entries: tuple[Entry, ...]
    digest: str
    partial: bool = False
    """Only a part of what spinners of this family do is known: nobody counted it in their texts."""
    reserve: bool = False
    """May only speak in a text that others, or damage, have shown to be likely spun."""
    conditions: Mapping[tuple[str, str], tuple[Condition, ...]] = field(default_factory=dict)
    """(spun, original), normalised → the entry counts only where one of these holds; no key: everywhere."""
    notices: tuple[str, ...] = ()
    """What a person should know about how it was read: sentences that name the file."""
    lines: tuple[int, ...] = ()
    """Where in the file each of `entries` stands, from 1; empty where nobody asks."""


def parse(text: str, name: str) -> DictionaryFile:
    """The entries of a dictionary file with the content `text`.

    Raises
    ------
    DictionaryError
        A line is not of the format; the message begins with `name` and the line's number.
    """
    header = {"family": Path(name).stem, "partial": "", "reserve": ""}
    prior = PRIOR
    entries: list[Entry] = []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            if line.startswith("#:"):
                key, _, value = line[2:].partition(":")
                header[key.strip()] = value.strip()
                prior = _prior(value.strip()) if key.strip() == "prior" else prior
                if key.strip() == "family" and entries:
                    raise ValueError("the family must be named before the first entry")
            elif line.strip():
                entries.append(_entry(line, header["family"], prior))
        except ValueError as problem:
            raise DictionaryError(f"{name}:{number}: {problem}") from None
    digest = "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    partial = header["partial"] == "yes" or not any(entry.seen for entry in entries)
    return DictionaryFile(header["family"], tuple(entries), digest, partial, header["reserve"] == "yes")


def _prior(value: str) -> float:
    try:
        if 0 < (prior := float(value)) < 1:
            return prior
    except ValueError:
        pass
    raise ValueError(f"the prior must be a number between 0 and 1, but the line says {value!r}")


_NONE = ("",) * 6  # columns that a line leaves out


def _entry(line: str, family: str, prior: float) -> Entry:
    fields = line.split("\t")
    if not 2 <= len(fields) <= 6:
        raise ValueError(
            "a line has 2 to 6 columns separated by tabs (spun, original, seen, of, unless, note); "
            f"this one has {len(fields)}"
        )
    spun, original, seen, of, unless, note = (*map(str.strip, fields), *_NONE[len(fields) :])
    if not spun or not original:
        raise ValueError("the spun phrase and the original must both be there")
    # Normal forms are as long as what they are made of.
    if len(spun) == len(original) and normalise(spun) == normalise(original):
        raise ValueError(f"{spun!r} is said to stand for itself; remove the line")
    if bool(seen) != bool(of):
        raise ValueError("the columns seen and of are both filled or both empty")
    if seen and not (seen.isdecimal() and of.isdecimal() and 0 < int(seen) <= int(of)):
        raise ValueError(f"seen must be a number from 1 to of, but the line says {seen} of {of}")
    excuses = tuple(filter(None, map(str.strip, unless.split(";")))) if unless else ()
    return Entry(spun, original, family, int(seen) if seen else None, int(of) if of else None, excuses, note, prior)
