"""The nouns: `Finding`, `Evidence`; and what can be done with findings: `apply`, `invert`.

Everything here is a plain value. A finding says where (code points into the text as read), what was found, what it
stood for, how sure the model is of either, and why: the weights of its evidence are natural log-odds and add up to the
confidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, Literal, NamedTuple, Protocol

from .members import Members

Action = Literal["restore", "suggest"]


ORIGINS = {
    "spin rate": ("decoding.decode", "model.ngrams, evidence.npz"),
    "channel": ("decoding.channel", "the dictionary, evidence.npz"),
    "context": ("decoding.decode", "model.ngrams, evidence.npz"),
    "topic": ("restoration.topic_fit", "evidence.npz"),
    "consistency": ("restoration.features", "evidence.npz"),
    "frequency": ("restoration.features", "model.ngrams, evidence.npz"),
    "form": ("restoration.features", "evidence.npz"),
    "collocation": ("restoration.evidence", "evidence.npz"),
    "reader": ("restoration.reader", "reader.npz"),
    "names": ("restoration.names", "the text, --reference"),
    "rivals": ("restoration.evidence", "the other originals of the place"),
    "verdict": ("detection.verdict", "the whole text"),
    "damage": ("detection.damage", "the text"),
    "source": ("comparison.restoring", "--against"),
    "listed": ("restoration.lone_phrases", "the dictionary that the user named"),
}
"""Kind of evidence → the module that makes the term, and the data that it is made of."""


def shown(probability: float) -> str:
    """A probability in two digits, without claiming certainty.

    >>> [shown(one) for one in (0.001, 0.934, 0.999)]
    ['<0.01', '0.93', '>0.99']
    """
    if probability < 0.005:
        return "<0.01"
    return ">0.99" if probability >= 0.995 else f"{probability:.2f}"


class Evidence(NamedTuple):
    """One term of a finding's log-odds."""

    kind: str
    """Where the weight comes from: "spin rate", "channel", "context", …"""
    weight: float
    """Natural log-odds, for (+) or against (−) the restoration."""
    note: str = ""
    """The same in words."""

    @property
    def origin(self) -> tuple[str, str]:
        """The module that made the term, and the data it was made of; empty for kinds of no module of ours.

        >>> Evidence("topic", 0.4).origin
        ('restoration.topic_fit', 'evidence.npz')
        """
        return ORIGINS.get(self.kind, ("", ""))


class Reading(NamedTuple):
    """One of the originals that may have stood at a place."""

    original: str
    """Fitted to the place: case, article, possessive."""
    confidence: float
    """Probability that it is the wording, 0 to 1."""


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
    confidence: float = 1.0
    """Probability that `original` is the wording, 0 to 1; never above `substituted`."""
    action: Action = "restore"
    """"restore": written; "suggest": shown, never written."""
    family: str = ""
    """The kind of spinner that makes this substitution."""
    entry: str = ""
    """The dictionary entry, "family:spun phrase"."""
    evidence: Sequence[Evidence] = ()
    """The terms of the log-odds; they add up to log(confidence / (1 − confidence))."""
    known: bool = False
    """The same as `baseline`."""
    substituted: float = 1.0
    """Probability that a spinner put these words there at all, whatever stood there before."""
    readings: tuple[Reading, ...] = ()
    """The originals that may have stood there, `original` among them, the likeliest first; together they are no
    likelier than `substituted`. Empty: `original` alone."""

    alone: bool = False
    """Whether the phrase is reported by itself, in a text that is not judged spun: it "reads like" `original`."""
    excuse: str = ""
    """Why it is among `Report.ignored` and no finding, in words; empty: it is one."""

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The other originals, the likeliest first."""
        return tuple(one.original for one in self.readings if one.original != self.original)

    def __repr__(self) -> str:
        said = f"{self.found!r} → {self.original!r}, {self.action} {shown(self.confidence)}"
        return f"Finding({self.start}:{self.end} {said}{self.family and f', {self.family}'})"

    @property
    def baseline(self) -> bool:
        """Whether it stands in the baseline, named as in JSON: it is shown, and fails no check."""
        return self.known

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
            "substituted": round(self.substituted, 4),
            "confidence": round(self.confidence, 4),
            "readings": [
                {"original": one.original, "confidence": round(one.confidence, 4)}
                for one in self.readings or (Reading(self.original, self.confidence),)
            ],
            "action": self.action,
            "family": self.family,
            "entry": self.entry,
            "evidence": [{"kind": e.kind, "weight": round(e.weight, 3), "note": e.note} for e in self.evidence],
        } | {
            name: said
            for name, said in (("baseline", self.known), ("alone", self.alone), ("excuse", self.excuse))
            if said
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        """A finding from JSON of schema 1, also as older versions wrote it: without `substituted` and `readings`.

        Line and column are left out.

        Raises
        ------
        ValueError
            A member is missing, unknown, or of the wrong type.
        """
        data = _MEMBERS.of(data)
        action: Action = data.get("action", "restore")
        if action not in ("restore", "suggest"):
            raise _MEMBERS.refusal(f"'action' is {action!r}, not 'restore' or 'suggest'")
        if not all(isinstance(one, str) for one in data.get("alternatives", ())):
            raise _MEMBERS.refusal("'alternatives' holds what is no string")
        confidence = _MEMBERS.share(data, "confidence") if "confidence" in data else 1.0
        readings = data.get("readings") or [
            {"original": data["original"], "confidence": confidence},
            *({"original": one, "confidence": 0.0} for one in data.get("alternatives", ())),
        ]
        return cls(
            start=data["start"],
            end=data["end"],
            found=data["found"],
            original=data["original"],
            confidence=confidence,
            action=action,
            family=data.get("family", ""),
            entry=data.get("entry", ""),
            evidence=tuple(
                Evidence(one["kind"], float(one["weight"]), one.get("note", ""))
                for one in map(_TERM.of, data.get("evidence", ()))
            ),
            known=data.get("baseline", False),
            substituted=_MEMBERS.share(data, "substituted") if "substituted" in data else confidence,
            readings=tuple(Reading(one["original"], float(one["confidence"])) for one in map(_READING.of, readings)),
            alone=data.get("alone", False),
            excuse=data.get("excuse", ""),
        )


_MEMBERS = Members(
    "a finding",
    {"start": int, "end": int, "found": str, "original": str},
    {
        "line": int, "column": int, "alternatives": list, "confidence": float, "action": str, "family": str,
        "entry": str, "evidence": list, "baseline": bool, "substituted": float, "readings": list, "alone": bool,
        "page": int, "paragraph": int, "part": str, "excuse": str,
    },
)  # fmt: skip
_TERM = Members("a term of evidence", {"kind": str, "weight": float}, {"note": str})
_READING = Members("a reading", {"original": str, "confidence": float}, {})


class Replacement(Protocol):
    """What `apply` asks of a finding."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def found(self) -> str: ...
    @property
    def original(self) -> str: ...


def apply(text: str, findings: Iterable[Replacement]) -> str:
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
