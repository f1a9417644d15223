"""Findings as columns: no object is made until somebody asks for it.

Start reading from `Drafts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from .finding import Draft, Finding, Source, changed


@dataclass(slots=True, eq=False)
class Drafts(Sequence["Finding | Draft"]):
    """The findings of one text as columns, sorted and disjoint: none is made, not even a draft, until somebody asks."""

    text: str
    start: list[int]
    end: list[int]
    original: list[str]
    certain: list[bool]
    """Whether each is restored."""
    place: Sequence[int | Finding | Draft]
    """Which draft of its source each is, or what it is where that is made already."""
    source: Sequence[Source]
    """What each is made of; of no meaning where it is made."""

    def __len__(self) -> int:
        return len(self.start)

    @overload
    def __getitem__(self, index: int) -> Finding | Draft: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Finding | Draft]: ...
    def __getitem__(self, index: int | slice) -> Finding | Draft | Sequence[Finding | Draft]:
        if isinstance(index, slice):
            return [self[row] for row in range(*index.indices(len(self)))]
        start, end, place = self.start[index], self.end[index], self.place[index]
        if isinstance(place, int):
            return self.source[index].draft(place, start, end, self.text[start:end], self.original[index])
        return place if place.start == start else changed(place, start=start, end=end)

    def __iter__(self) -> Iterator[Finding | Draft]:
        return map(self.__getitem__, range(len(self)))

    @property
    def columns(self) -> tuple[Any, ...]:
        """All of them, in the order in which they are named above."""
        return self.start, self.end, self.original, self.certain, self.place, self.source

    def part(self, first: int, last: int, text: str | None = None) -> Drafts:
        """Those from `first` to `last`; of `text`, if it is another."""
        return Drafts(self.text if text is None else text, *(column[first:last] for column in self.columns))

    def moved(self, text: str, by: int) -> Drafts:
        """The same in `text`, `by` code points further on."""
        start, end = [one + by for one in self.start], [one + by for one in self.end]
        return Drafts(text, start, end, *self.columns[2:])

    def spliced(self, changes: Iterable[tuple[int, int, Finding | Draft]]) -> Drafts:
        """With one finding in place of those from one row to another, for each of `changes`, by row."""
        pieces, done = [], 0
        for first, last, one in changes:
            pieces += [self.part(done, first), made_drafts(self.text, [one])]
            done = last
        return joined(self.text, [*pieces, self.part(done, len(self))])

    def restored(self) -> str:
        """The text with all of action "restore" put back."""
        text, pieces, done = self.text, [], 0
        for start, end, original, certain in zip(self.start, self.end, self.original, self.certain, strict=True):
            if certain:
                pieces.append(text[done:start])
                pieces.append(original)
                done = end
        pieces.append(text[done:])
        return "".join(pieces)


class _Nothing:
    """The source of what is made already, so that nobody ever asks it."""

    def draft(self, place: int, start: int, end: int, found: str, original: str) -> Draft:
        raise LookupError(place)

    def finish(self, draft: Draft) -> Finding:
        raise LookupError(draft.place)


_NOTHING = _Nothing()


def made_drafts(text: str, findings: Sequence[Finding | Draft]) -> Drafts:
    """`findings` of `text`, which are made already, as columns."""
    starts, ends = starts_and_ends(findings)
    original, certain = [one.original for one in findings], [one.action == "restore" for one in findings]
    return Drafts(text, starts, ends, original, certain, [*findings], [_NOTHING] * len(findings))


def joined(text: str, parts: Iterable[Drafts]) -> Drafts:
    """The drafts of `text`: those of all `parts`, one behind the other."""
    columns: tuple[list[Any], ...] = ([], [], [], [], [], [])
    for part in parts:
        for column, more in zip(columns, part.columns, strict=True):
            column += more
    return Drafts(text, *columns)


def starts_and_ends(findings: Sequence[Finding | Draft]) -> tuple[list[int], list[int]]:
    """The first code point of each of `findings`, made or not, and the last + 1."""
    if isinstance(findings, Drafts):
        return findings.start, findings.end
    return [one.start for one in findings], [one.end for one in findings]
