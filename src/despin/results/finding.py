"""The nouns: `Finding`, `Evidence`; and what can be done with findings: `apply`, `invert`.

Everything here is a plain value. A finding says where (code points into the text as read), what was found, what it
stood for, how sure the model is, and why: the weights of its evidence are natural log-odds and add up to the
confidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, Literal, NamedTuple, Protocol, TypeVar, overload

Action = Literal["restore", "suggest"]


class Evidence(NamedTuple):
    """One term of a finding's log-odds."""

    kind: str
    """Where the weight comes from: "spin rate", "channel", "context", …"""
    weight: float
    """Natural log-odds, for (+) or against (−) the restoration."""
    note: str = ""
    """The same in words."""


class Terms(Sequence[Evidence]):
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


@dataclass(frozen=True, slots=True)
class Finding:
    """A substituted phrase. Invariant: found == text[start:end], and found != original."""

    start: int
    """First code point."""
    end: int
    """Last code point + 1."""
    found: str
    """The phrase as it stands in the text."""
    original: str
    """What it stood for, fitted to the place: case, article, possessive."""
    alternatives: tuple[str, ...] = ()
    """Other originals, most probable first, fitted likewise."""
    confidence: float = 1.0
    """Probability that restoring is right, 0 to 1."""
    action: Action = "restore"
    """"restore": written; "suggest": shown, never written."""
    family: str = ""
    """The kind of spinner that makes this substitution."""
    entry: str = ""
    """The dictionary entry, "family:spun phrase"."""
    evidence: Sequence[Evidence] = ()
    """The terms of the log-odds; they add up to log(confidence / (1 − confidence))."""
    known: bool = False
    """Whether it stands in the baseline: it is shown, and fails no check."""

    @property
    def log_odds(self) -> float:
        """Natural log-odds of the restoration."""
        return math.log(self.confidence / (1 - self.confidence)) if 0 < self.confidence < 1 else math.inf

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON of schema 1, without line and column (a `Report` knows those)."""
        return {
            "start": self.start,
            "end": self.end,
            "found": self.found,
            "original": self.original,
            "alternatives": list(self.alternatives),
            "confidence": round(self.confidence, 4),
            "action": self.action,
            "family": self.family,
            "entry": self.entry,
            "evidence": [{"kind": e.kind, "weight": round(e.weight, 3), "note": e.note} for e in self.evidence],
        } | ({"baseline": True} if self.known else {})

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        """A finding from JSON of schema 1.

        Raises
        ------
        ValueError
            A field is missing or of the wrong type.
        """
        try:
            return cls(
                start=int(data["start"]),
                end=int(data["end"]),
                found=str(data["found"]),
                original=str(data["original"]),
                alternatives=tuple(map(str, data.get("alternatives", ()))),
                confidence=float(data.get("confidence", 1.0)),
                action="suggest" if data.get("action") == "suggest" else "restore",
                family=str(data.get("family", "")),
                entry=str(data.get("entry", "")),
                evidence=tuple(
                    Evidence(str(e["kind"]), float(e["weight"]), str(e.get("note", "")))
                    for e in data.get("evidence", ())
                ),
                known=data.get("baseline") is True,
            )
        except (KeyError, TypeError, AttributeError, OverflowError) as problem:
            raise ValueError(f"this is not a finding of schema 1: {problem!r}") from problem


class _Open:
    """The fields of a `Finding` while it is made. What guards a finding against changes is asked for every field when
    it is made, too, and takes longer than everything else; a page has thousands of them."""

    __slots__ = tuple(Finding.__dataclass_fields__)

    def __init__(
        self, start: int, end: int, found: str, original: str, alternatives: tuple[str, ...], confidence: float,
        action: Action, family: str, entry: str, evidence: Sequence[Evidence], known: bool,
    ) -> None:  # fmt: skip
        self.start, self.end, self.found, self.original = start, end, found, original
        self.alternatives, self.confidence, self.action = alternatives, confidence, action
        self.family, self.entry, self.evidence, self.known = family, entry, evidence, known


def quick_finding(
    start: int, end: int, found: str, original: str, alternatives: tuple[str, ...], confidence: float,
    action: Action, family: str, entry: str, evidence: Sequence[Evidence], known: bool = False,
) -> Finding:  # fmt: skip
    """The same as `Finding` in a third of the time."""
    draft: Any = _Open(start, end, found, original, alternatives, confidence, action, family, entry, evidence, known)
    draft.__class__ = Finding  # both have the same slots
    finished: Finding = draft
    return finished


class Draft(NamedTuple):
    """A finding that is not made yet. What restoring a text takes is there; the fields are named as in `Finding`."""

    start: int
    end: int
    found: str
    original: str
    confidence: float
    action: Action
    alternatives: tuple[str, ...] | None
    """None: not asked yet."""
    article: str
    """The article before it that was taken along, as it stood."""
    place: int
    """Which draft of its source it is."""
    source: Source


class Source(Protocol):
    """What drafts are made of."""

    def draft(self, place: int, start: int, end: int, found: str, original: str) -> Draft:
        """Its draft number `place`, at a place in some text."""

    def finish(self, draft: Draft) -> Finding:
        """The finding that `draft` stands for."""


_Drafted = TypeVar("_Drafted", bound=Finding | Draft)


def changed(one: _Drafted, **fields: Any) -> _Drafted:
    """`one` with other `fields`, made or not."""
    return one._replace(**fields) if isinstance(one, Draft) else replace(one, **fields)


def apply(text: str, findings: Iterable[Finding | Draft]) -> str:
    """`text` with every one of `findings` replaced by its original, whatever its action.

    Raises
    ------
    ValueError
        Two findings overlap, or one does not stand in `text` where it says.

    >>> apply("an lovely day", [Finding(3, 9, "lovely", "adorable")])
    'an adorable day'
    """
    pieces: list[str] = []
    done = 0
    for finding in sorted(findings, key=attrgetter("start")):
        start, end, found = finding.start, finding.end, finding.found
        if start < done:
            raise ValueError(f"the finding {found!r} at {start} overlaps the one before it")
        if end < start or text[start:end] != found:
            raise ValueError(f"the text at {start} is not {found!r}: these findings are of another text")
        pieces += (text[done:start], finding.original)
        done = end
    if not pieces:
        return text
    pieces.append(text[done:])
    return "".join(pieces)


def invert(text: str, findings: Iterable[Finding]) -> str:
    """Undo: the spun text, from the restored `text` and the findings that were applied to it.

    Raises
    ------
    ValueError
        `text` is not what applying `findings` gives.

    >>> invert("an adorable day", [Finding(3, 9, "lovely", "adorable")])
    'an lovely day'
    """
    shift, turned = 0, []
    for finding in sorted(findings, key=lambda f: f.start):
        start = finding.start + shift
        end = start + len(finding.original)
        turned.append(replace(finding, start=start, end=end, found=finding.original, original=finding.found))
        shift += len(finding.original) - len(finding.found)
    return apply(text, turned)
