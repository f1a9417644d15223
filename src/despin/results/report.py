"""The nouns about a whole text: `Verdict`, `Passage`, `Report`.

Everything here is a plain value. Start reading from `Report`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from itertools import accumulate
from operator import attrgetter
from typing import Any, Literal

from ..util.plural import counted
from ..util.process import gc_paused
from .finding import Finding, apply, invert, shown
from .lazy_findings import LazyFinding, LazyFindings, quick
from .members import Members
from .parts import Part, Place, place_of

Judgement = Literal["spun", "unclear", "clean"]
Effort = Literal["careful", "quick"]

_BEGIN = 40  # code points of a text that its `repr` shows


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model says of a whole text."""

    judgement: Judgement
    """The same as `verdict`."""
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
    likeness: bool = False
    """Whether `family` is only what the text is most like: that spinner is not known whole, or left most of what it
    would have replaced, so another may have been at work."""
    effort: Effort = "quick"
    """Which readers were asked: "careful" where the encoder was, as it is in texts judged spun unless they are read
    quickly (`Config.effort`)."""

    def __repr__(self) -> str:
        family = f", {self.named}" if self.family else ""
        said = f"{_IN_WORDS[self.judgement]}, probability {shown(self.probability)}, spin rate {self.spin_rate:.2f}"
        return f"Verdict({said}{family}, {counted(self.words, 'word')})"

    @property
    def verdict(self) -> Judgement:
        """Named as in JSON. "spun": likely spun; "unclear": too little text, or too close to call; "clean"."""
        return self.judgement

    @property
    def named(self) -> str:
        """The family as reports for people name it: "web", or "most like web"; empty where there is none."""
        return f"most like {self.family}" if self.likeness and self.family else self.family

    def to_dict(self) -> dict[str, Any]:
        """The verdict as it stands in the document object of schema 1."""
        said = {
            "words": self.words,
            "verdict": self.judgement,
            "probability": round(self.probability, 4),
            "spin_rate": round(self.spin_rate, 4),
            "log_likelihood_ratio": round(self.log_likelihood_ratio, 2),
            "family": self.family,
            "families": {name: round(share, 4) for name, share in self.families},
            "effort": self.effort,
        }
        return said | ({"likeness": True} if self.likeness else {})

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Verdict:
        """A verdict from what `to_dict` gives.

        Raises
        ------
        ValueError
            A member is missing, unknown, or of the wrong type.
        """
        data = _VERDICT.of(data)
        shares = Members("the families of a verdict", dict.fromkeys(data["families"], float), {})
        return cls(
            _judgement(data, _VERDICT),
            _VERDICT.share(data, "probability"),
            _VERDICT.share(data, "spin_rate"),
            float(data["log_likelihood_ratio"]),
            data["family"],
            data["words"],
            tuple((name, shares.share(shares.of(data["families"]), name)) for name in data["families"]),
            data.get("likeness", False),
            _effort(data.get("effort", "quick")),
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or a few short ones, judged by itself: pages mix their own text with spun text."""

    start: int
    """First code point."""
    end: int
    """Last code point + 1."""
    judgement: Judgement
    """The same as `verdict`."""
    probability: float
    """That the passage was spun, 0 to 1."""
    spin_rate: float
    """The likeliest of a few, so a coarse one."""
    log_likelihood_ratio: float
    """In decades (log10)."""
    words: int
    """Words in the passage."""

    @property
    def verdict(self) -> Judgement:
        """Named as in JSON: as in `Verdict`."""
        return self.judgement

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

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Passage:
        """A passage from what `to_dict` gives. Raises as `Verdict.from_dict` does."""
        data = _PASSAGE.of(data)
        return cls(
            data["start"],
            data["end"],
            _judgement(data, _PASSAGE),
            _PASSAGE.share(data, "probability"),
            _PASSAGE.share(data, "spin_rate"),
            float(data["log_likelihood_ratio"]),
            data["words"],
        )


_EFFORTS: Mapping[str, Effort] = {"careful": "careful", "quick": "quick"}
_IN_WORDS: Mapping[str, str] = {"spun": "likely spun", "unclear": "unclear", "clean": "clean"}
_FIGURES = {"words": int, "verdict": str, "probability": float, "spin_rate": float, "log_likelihood_ratio": float}
_VERDICT = Members("a verdict", {**_FIGURES, "family": str, "families": dict}, {"likeness": bool, "effort": str})
_PASSAGE = Members("a passage", {"start": int, "end": int, **_FIGURES}, {})
_DOCUMENT = Members(
    "a report",
    {**_VERDICT.needed, "passages": list, "findings": list, "restored": str},
    {
        **_VERDICT.others,
        "path": str,
        "ignored": int,
        "ignored_findings": list,
        "ignored_because": dict,
        "excused": bool,
        "phrases_alone": int,
        "source": dict,
    },
)


def _judgement(data: Mapping[str, Any], members: Members) -> Judgement:
    verdict: Judgement = data["verdict"]
    if verdict not in _IN_WORDS:
        raise members.refusal(f"'verdict' is {verdict!r:.60}, which is none of: {', '.join(_IN_WORDS)}")
    return verdict


def _effort(named: object) -> Effort:
    if isinstance(named, str) and named in _EFFORTS:
        return _EFFORTS[named]
    raise _VERDICT.refusal(f"'effort' is {named!r:.60}, which is none of: {', '.join(_EFFORTS)}")


quick_passage = quick(Passage)


def _where(place: Place | None) -> dict[str, Any]:
    """What JSON says of a place beside its line and column."""
    if place is None:
        return {}
    if place.part.page is not None:
        return {"page": place.part.page}
    return {place.part.unit: place.line} | ({"part": place.part.name} if place.part.name else {})


class _FindingsLater:
    """Where `Report.findings` come from if they are first made when somebody asks for them."""

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        own = vars(self)
        if (later := own.get("_later")) is not None:
            with gc_paused():
                own["findings"] = tuple(
                    [one.maker.finish(one) if isinstance(one, LazyFinding) else one for one in later]
                )
            own.pop("_later", None)  # what they were made of may go
        made: tuple[Finding, ...] = own["findings"]  # else another thread has just made them
        return made


@dataclass(frozen=True)
class Report(_FindingsLater):
    """Everything despin says of one text. Findings are sorted by place and never overlap.

    `findings` may be made when they are first asked for (`later`): `restored` and `substitutions` need none.
    """

    text: str
    """The text as it was given."""
    findings: tuple[Finding, ...] = field()
    """Every substituted phrase, those that are only suggested too."""
    verdict: Verdict
    """What is said of the whole text."""
    passages: tuple[Passage, ...] = ()
    """The text paragraph by paragraph, where any of it is likely spun and there is more than one."""
    ignored: tuple[Finding, ...] = ()
    """What would be findings, had the text or the allow list not excused it."""
    parts: tuple[Part, ...] = ()
    """Pages, chapters and the like, in order; empty where the text has lines and no more."""

    @classmethod
    def later(
        cls,
        text: str,
        findings: Sequence[Finding | LazyFinding],
        verdict: Verdict,
        passages: tuple[Passage, ...] = (),
    ) -> Report:
        """A report whose findings are made of `findings`, sorted and disjoint, when somebody asks for them."""
        report = cls(text, (), verdict, passages)
        if findings:
            own = vars(report)
            own["_later"] = findings
            del own["findings"]  # so that who asks for them comes to `_FindingsLater`
        return report

    def __getstate__(self) -> dict[str, Any]:
        """For pickling and copying: with the findings and not what they are made of."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def __repr__(self) -> str:
        begin = f"{self.text[:_BEGIN]!r}{'…' * (len(self.text) > _BEGIN)}"
        return f"Report({begin}, {self._headline()})"

    def _repr_html_(self) -> str:
        """The text with its findings marked, for a notebook."""
        from .notebook import marked

        return marked(self._headline(), self.text, self.findings)

    def _headline(self) -> str:
        """The verdict and the number of findings; it makes none."""
        found = self.lazy_findings
        restored = sum(found.certain if isinstance(found, LazyFindings) else [one.action == "restore" for one in found])
        said = f"{_IN_WORDS[self.verdict.judgement]} {shown(self.verdict.probability)}"
        return f"{said}, {restored} restored, {len(found) - restored} suggested, {counted(self.verdict.words, 'word')}"

    @property
    def lazy_findings(self) -> Sequence[Finding | LazyFinding]:
        """What stands for the findings as long as they are not made, then these."""
        later: Sequence[Finding | LazyFinding] | None = vars(self).get("_later")
        return self.findings if later is None else later

    @property
    def restored(self) -> str:
        """The text with every finding of action "restore" put back."""
        findings = self.lazy_findings
        if isinstance(findings, LazyFindings):  # which stand where they say: nothing need be looked at
            return findings.restored()
        return apply(self.text, [one for one in findings if one.action == "restore"])

    @property
    def substitutions(self) -> list[tuple[str, str]]:
        """What was found and what it stood for, of every finding of action "restore", by place."""
        return [(one.found, one.original) for one in self.lazy_findings if one.action == "restore"]

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

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line begins, in code points."""
        return list(accumulate((len(line) + 1 for line in self.text.split("\n")[:-1]), initial=0))

    @property
    def phrases_alone(self) -> int:
        """How many findings are phrases reported by themselves."""
        return sum(finding.alone for finding in self.findings)

    def place(self, offset: int) -> Place | None:
        """Page, chapter or the like, and the line or paragraph there, of `offset`; None for a text without parts."""
        return place_of(self._lines, self.parts, offset) if self.parts else None

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, in code points, of `offset`; in a text with parts, of its part."""
        if (place := self.place(offset)) is not None:
            return place.line, place.column
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def to_dict(self, path: str | None = None, *, ignored: bool = False) -> dict[str, Any]:
        """The document object of schema 1 (docs/json.md), with `path` first where one is given.

        The command tells only how many findings are ignored; with `ignored`, they come too, as "ignored_findings":
        `from_dict` needs them.
        """
        findings = []
        for finding in self.findings:
            line, column = self.position(finding.start)
            data = finding.to_dict()
            where = {"line": line, "column": column} | _where(self.place(finding.start))
            findings.append({"start": data.pop("start"), "end": data.pop("end")} | where | data)
        return (
            ({} if path is None else {"path": path})
            | self.verdict.to_dict()
            | {
                "passages": [passage.to_dict() for passage in self.passages],
                "findings": findings,
                "phrases_alone": self.phrases_alone,
                "restored": self.restored,
            }
            | self._excuses()
            | ({"ignored_findings": [one.to_dict() for one in self.ignored]} if ignored and self.ignored else {})
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Report:
        """A report from the document object of schema 1. Its text is what undoing the restorations gives.

        Raises
        ------
        ValueError
            A member is missing, unknown, or of the wrong type; the findings are not of this text; or some were ignored
            and the document does not tell which (`to_dict`).
        """
        data = _DOCUMENT.of(data)
        ignored = tuple(map(Finding.from_dict, data.get("ignored_findings", ())))
        if data.get("ignored", 0) != len(ignored):
            raise _DOCUMENT.refusal("which findings were ignored is not told; write it with: to_dict(ignored=True)")
        findings = tuple(map(Finding.from_dict, data["findings"]))
        text = invert(data["restored"], [one for one in findings if one.action == "restore"])
        apply(text, findings)  # which looks whether all stand where they say
        known = (*_VERDICT.needed, *_VERDICT.others)
        verdict = Verdict.from_dict({name: data[name] for name in known if name in data})
        in_order = tuple(sorted(findings, key=attrgetter("start")))
        return cls(text, in_order, verdict, tuple(map(Passage.from_dict, data["passages"])), ignored)

    def _excuses(self) -> dict[str, Any]:
        """What JSON says of excuses, where there are any."""
        excuses: dict[str, Any] = {"ignored": len(self.ignored)} if self.ignored else {}
        if reasons := Counter(one.excuse for one in self.ignored if one.excuse):
            excuses["ignored_because"] = dict(reasons)
        if self.verdict.judgement == "spun" and not self.fails():
            excuses["excused"] = True
        return excuses
