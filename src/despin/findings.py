"""The nouns: `Finding`, `Evidence`, `Verdict`, `Report`; and what can be done with findings: `apply`, `invert`.

Everything here is a plain value. A finding says where (code points into the text as read), what was found, what it
stood for, how sure the model is, and why: the weights of its evidence are natural log-odds and add up to the
confidence.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeVar, overload

from .collector import collector_paused

Action = Literal["restore", "suggest"]
Judgement = Literal["spun", "unclear", "clean"]


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


_Drafted = TypeVar("_Drafted", bound=Finding | Draft)


def starts_and_ends(findings: Sequence[Finding | Draft]) -> tuple[list[int], list[int]]:
    """The first code point of each of `findings`, made or not, and the last + 1."""
    if isinstance(findings, Drafts):
        return findings.start, findings.end
    return [one.start for one in findings], [one.end for one in findings]


def changed(one: _Drafted, **fields: Any) -> _Drafted:
    """`one` with other `fields`, made or not."""
    return one._replace(**fields) if isinstance(one, Draft) else replace(one, **fields)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model says of a whole text."""

    judgement: Judgement
    """"spun": likely spun; "unclear": too little text, or too close to call; "clean"."""
    probability: float
    """That the text was spun, 0 to 1."""
    spin_rate: float
    """ρ̂: the estimated share of replaceable phrases that were replaced, 0 to 1."""
    log_likelihood_ratio: float
    """Of ρ̂ against ρ = 0, in decades (log10)."""
    family: str
    """The dictionary that explains the substitutions best; empty where nothing was found."""
    words: int
    """Words in the text."""
    families: tuple[tuple[str, float], ...] = ()
    """What explains the substitutions: families and the share of the evidence that each explains, the largest first;
    empty where the text is not likely spun."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or a few short ones, judged by itself: pages mix their own text with spun text."""

    start: int
    """First code point."""
    end: int
    """Last code point + 1."""
    judgement: Judgement
    probability: float
    spin_rate: float
    """The likeliest of a few, so a coarse one."""
    log_likelihood_ratio: float
    """In decades (log10)."""
    words: int

    def to_dict(self) -> dict[str, Any]:
        """The passage as JSON of schema 1."""
        return {
            "start": self.start,
            "end": self.end,
            "words": self.words,
            "verdict": self.judgement,
            "probability": round(self.probability, 4),
            "spin_rate": round(self.spin_rate, 4),
            "log_likelihood_ratio": round(self.log_likelihood_ratio, 2),
        }


class _OpenPassage:
    """As `_Open`, of a passage: a long text has hundreds."""

    __slots__ = tuple(Passage.__dataclass_fields__)

    def __init__(
        self, start: int, end: int, judgement: Judgement, probability: float, spin_rate: float, ratio: float, words: int
    ) -> None:
        self.start, self.end, self.judgement, self.probability = start, end, judgement, probability
        self.spin_rate, self.log_likelihood_ratio, self.words = spin_rate, ratio, words


def quick_passage(
    start: int, end: int, judgement: Judgement, probability: float, spin_rate: float, ratio: float, words: int
) -> Passage:
    """The same as `Passage` in a third of the time."""
    draft: Any = _OpenPassage(start, end, judgement, probability, spin_rate, ratio, words)
    draft.__class__ = Passage
    finished: Passage = draft
    return finished


@dataclass(frozen=True, slots=True)
class Report:
    """Everything despin says of one text. Findings are sorted by place and never overlap.

    `findings` may be made when they are first asked for (`later`): `restored` and `substitutions` need none.
    """

    text: str
    findings: tuple[Finding, ...]
    verdict: Verdict
    passages: tuple[Passage, ...] = ()
    """The text paragraph by paragraph, where any of it is likely spun and there is more than one."""
    ignored: tuple[Finding, ...] = ()
    """What would be findings, had the text or the allow list not excused it (`suppress`)."""
    _lines: list[int] = field(default_factory=list, repr=False, compare=False)
    _drafts: Sequence[Finding | Draft] = field(default_factory=tuple, init=False, repr=False, compare=False)
    """What `findings` are to be made of; empty once they are."""

    @classmethod
    def later(
        cls, text: str, drafts: Sequence[Finding | Draft], verdict: Verdict, passages: tuple[Passage, ...] = ()
    ) -> Report:
        """A report whose findings are made of `drafts`, sorted and disjoint, when somebody asks for them."""
        report = cls(text, (), verdict, passages)
        if drafts:
            object.__setattr__(report, "_drafts", drafts)
            object.__delattr__(report, "findings")  # so that whoever asks for them comes to `__getattr__`
        return report

    if not TYPE_CHECKING:  # it would vouch for every name

        def __getattr__(self, name: str) -> Any:
            """The findings, made now; nothing else is ever missing."""
            if name != "findings":
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            if drafts := self._drafts:
                with collector_paused():
                    made = tuple([one.source.finish(one) if isinstance(one, Draft) else one for one in drafts])
                object.__setattr__(self, "findings", made)
                object.__setattr__(self, "_drafts", ())
            return object.__getattribute__(self, "findings")  # else another thread has just made them

    @property
    def drafts(self) -> Sequence[Finding | Draft]:
        """What stands for the findings as long as they are not made, then these."""
        return self._drafts or self.findings

    @property
    def restored(self) -> str:
        """The text with every finding of action "restore" put back."""
        drafts = self.drafts
        if isinstance(drafts, Drafts):  # which stand where they say: nothing need be looked at
            return drafts.restored()
        return apply(self.text, [one for one in drafts if one.action == "restore"])

    @property
    def substitutions(self) -> list[tuple[str, str]]:
        """What was found and what it stood for, of every finding of action "restore", by place."""
        return [(one.found, one.original) for one in self.drafts if one.action == "restore"]

    def fails(self, strict: bool = False) -> bool:
        """Whether a check of this text fails: it was judged spun, and that is not excused.

        It is excused where everything that would be restored is ignored or in the baseline; where nothing would be,
        the same of the suggestions. With `strict`, any finding that is not in the baseline fails too.
        """
        fresh = [f for f in self.findings if not f.known]
        if self.verdict.judgement != "spun":
            return strict and bool(fresh)
        everything = (*self.findings, *self.ignored)
        sure = any(f.action == "restore" for f in everything)
        excused = bool(everything) and not any(f.action == "restore" or not sure for f in fresh)
        return not excused or (strict and bool(fresh))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, in code points, of `offset`."""
        if not self._lines:
            self._lines.extend(accumulate((len(line) + 1 for line in self.text.split("\n")[:-1]), initial=0))
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def to_dict(self, path: str | None = None) -> dict[str, Any]:
        """The document object of schema 1 (docs/json.md), with `path` first where one is given."""
        findings = []
        for finding in self.findings:
            line, column = self.position(finding.start)
            data = finding.to_dict()
            findings.append({"start": data.pop("start"), "end": data.pop("end"), "line": line, "column": column} | data)
        return (
            ({} if path is None else {"path": path})
            | {
                "words": self.verdict.words,
                "verdict": self.verdict.judgement,
                "probability": round(self.verdict.probability, 4),
                "spin_rate": round(self.verdict.spin_rate, 4),
                "log_likelihood_ratio": round(self.verdict.log_likelihood_ratio, 2),
                "family": self.verdict.family,
                "families": {name: round(share, 4) for name, share in self.verdict.families},
                "passages": [passage.to_dict() for passage in self.passages],
                "findings": findings,
                "restored": self.restored,
            }
            | self._excuses()
        )

    def _excuses(self) -> dict[str, Any]:
        """What JSON says of excuses, where there are any."""
        said: dict[str, Any] = {"ignored": len(self.ignored)} if self.ignored else {}
        if self.verdict.judgement == "spun" and not self.fails():
            said["excused"] = True
        return said


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
