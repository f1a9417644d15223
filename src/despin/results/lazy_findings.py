"""Findings that are made when somebody asks for them: most who restore a lot of text look at none.

A restored text takes where, what and whether: columns (`LazyFindings`). One row of them, with what else is cheap, is a
`LazyFinding`, and its maker makes the `Finding` of it, whose evidence is lazy in its turn (`LazyEvidence`).

Start reading from `LazyFindings`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, make_dataclass, replace
from typing import Any, NamedTuple, ParamSpec, Protocol, TypeVar, cast, overload

from .finding import Action, Evidence, Finding, Reading

_Made = TypeVar("_Made")
_Fields = ParamSpec("_Fields")


def quick(cls: Callable[_Fields, _Made]) -> Callable[_Fields, _Made]:
    """The constructor of `cls`, a frozen dataclass with slots whose defaults are plain values, made fast.

    It takes its values by position.
    """
    # A frozen dataclass writes each of its fields by way of object.__setattr__: 1.5 µs for a `Finding`, of which a page
    # has thousands. An object of a class that has the same slots and is not frozen, which then is told that its class
    # is `cls`, takes 0.4 µs.
    open_class: Any = None  # until it is needed: a start without findings makes none

    def make(*values: Any) -> Any:
        nonlocal open_class
        if open_class is None:
            own = [(one.name, one.type, field(default=one.default)) for one in fields(cast("Any", cls))]
            open_class = make_dataclass("_Open", own, eq=False, repr=False, match_args=False, slots=True)
        made = open_class(*values)
        made.__class__ = cls
        return made

    return cast("Callable[_Fields, _Made]", make)


quick_finding = quick(Finding)


class LazyEvidence(Sequence[Evidence]):
    """The evidence of a finding, a row of `Evidence`, made when somebody asks for it.

    A page of findings has thousands of terms and most callers look at none.
    """

    __slots__ = ("_kinds", "_notes", "_row", "_table")

    def __init__(self, kinds: Sequence[str], table: Any, row: int, notes: Sequence[str]) -> None:
        """The terms in the row `row` of `table`, an array with a column for each of `kinds`."""
        self._kinds, self._table, self._row, self._notes = kinds, table, row, notes

    def __len__(self) -> int:
        return len(self._kinds)

    @overload
    def __getitem__(self, index: int) -> Evidence: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Evidence]: ...
    def __getitem__(self, index: int | slice) -> Evidence | Sequence[Evidence]:
        if isinstance(index, slice):
            return tuple(self)[index]
        return Evidence(self._kinds[index], float(self._table[self._row, index]), self._notes[index])

    def __iter__(self) -> Iterator[Evidence]:
        return map(Evidence, self._kinds, self._table[self._row].tolist(), self._notes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __deepcopy__(self, memo: object) -> tuple[Evidence, ...]:
        """What `dataclasses.asdict` puts there: values of JSON, and not the table of the whole text."""
        return tuple(self)


class LazyFinding(NamedTuple):
    """A finding that is not made yet. What restoring a text takes is there; the fields are named as in `Finding`."""

    start: int
    end: int
    found: str
    original: str
    substituted: float
    confidence: float
    action: Action
    readings: tuple[Reading, ...] | None
    """None: not asked yet; empty: `original` alone."""
    article: str
    """The article before it that was taken along, as it stood."""
    place: int
    """Which finding of its maker it is."""
    maker: FindingMaker


class FindingMaker(Protocol):
    """What makes findings."""

    def lazy(self, place: int, start: int, end: int, found: str, original: str) -> LazyFinding:
        """Its finding number `place`, which stands at `start` of some text, not made yet."""

    def finish(self, one: LazyFinding) -> Finding:
        """The finding that `one` stands for."""


_AnyFinding = TypeVar("_AnyFinding", bound=Finding | LazyFinding)


def changed(one: _AnyFinding, **fields: Any) -> _AnyFinding:
    """`one` with other `fields`, made or not."""
    return one._replace(**fields) if isinstance(one, LazyFinding) else replace(one, **fields)


class _MadeAlready:
    """The maker of what is made already, so that nobody ever asks it."""

    def lazy(self, place: int, start: int, end: int, found: str, original: str) -> LazyFinding:
        raise LookupError(place)

    def finish(self, one: LazyFinding) -> Finding:
        raise LookupError(one.place)


_MADE = _MadeAlready()


@dataclass(slots=True, eq=False)
class LazyFindings(Sequence["Finding | LazyFinding"]):
    """The findings of one text as columns, sorted and disjoint: no object is made until somebody asks."""

    text: str
    start: list[int]
    end: list[int]
    original: list[str]
    certain: list[bool]
    """Whether each is restored."""
    place: Sequence[int | Finding | LazyFinding]
    """Which finding of its maker each is, or the finding itself where it is made already."""
    maker: Sequence[FindingMaker]
    """What each is made of; of no meaning where it is made."""

    @classmethod
    def of(cls, text: str, findings: Sequence[Finding | LazyFinding]) -> LazyFindings:
        """`findings` of `text`, which are made already, as columns."""
        starts, ends = starts_and_ends(findings)
        original, certain = [one.original for one in findings], [one.action == "restore" for one in findings]
        return cls(text, starts, ends, original, certain, [*findings], [_MADE] * len(findings))

    def __len__(self) -> int:
        return len(self.start)

    @overload
    def __getitem__(self, index: int) -> Finding | LazyFinding: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Finding | LazyFinding]: ...
    def __getitem__(self, index: int | slice) -> Finding | LazyFinding | Sequence[Finding | LazyFinding]:
        if isinstance(index, slice):
            return [self[row] for row in range(*index.indices(len(self)))]
        start, end, place = self.start[index], self.end[index], self.place[index]
        if isinstance(place, int):
            return self.maker[index].lazy(place, start, end, self.text[start:end], self.original[index])
        return place if place.start == start else changed(place, start=start, end=end)

    def __iter__(self) -> Iterator[Finding | LazyFinding]:
        return map(self.__getitem__, range(len(self)))

    @property
    def columns(self) -> tuple[Any, ...]:
        """All of them, in the order in which they are named above."""
        return self.start, self.end, self.original, self.certain, self.place, self.maker

    def part(self, first: int, last: int, text: str | None = None) -> LazyFindings:
        """Those from `first` to `last`; of `text`, if it is another."""
        return LazyFindings(self.text if text is None else text, *(column[first:last] for column in self.columns))

    def moved(self, text: str, by: int) -> LazyFindings:
        """The same in `text`, `by` code points further on."""
        start, end = [one + by for one in self.start], [one + by for one in self.end]
        return LazyFindings(text, start, end, *self.columns[2:])

    def spliced(self, changes: Iterable[tuple[int, int, Finding | LazyFinding]]) -> LazyFindings:
        """With one finding in place of those from one row to another, for each of `changes`, by row."""
        pieces, done = [], 0
        for first, last, one in changes:
            pieces += [self.part(done, first), LazyFindings.of(self.text, [one])]
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


def joined(text: str, parts: Iterable[LazyFindings]) -> LazyFindings:
    """The findings of `text`: those of all `parts`, one behind the other."""
    columns: tuple[list[Any], ...] = ([], [], [], [], [], [])
    for part in parts:
        for column, more in zip(columns, part.columns, strict=True):
            column += more
    return LazyFindings(text, *columns)


def starts_and_ends(findings: Sequence[Finding | LazyFinding]) -> tuple[list[int], list[int]]:
    """The first code point of each of `findings`, made or not, and the last + 1."""
    if isinstance(findings, LazyFindings):
        return findings.start, findings.end
    return [one.start for one in findings], [one.end for one in findings]
