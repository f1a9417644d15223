"""Chosen candidates → findings, one at a time, when somebody asks: notes, evidence, alternatives.

Most who restore a lot of text look at no finding. So `selection` writes lazy findings, which say what is replaced by
what, and here is what makes findings of them, from columns of the whole batch. Start reading from
`FindingBatch.finish`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from ..dictionary.dictionary import Dictionary
from ..results.finding import Action, Finding, Reading
from ..results.lazy_findings import LazyEvidence, LazyFinding, quick_finding
from ..text.language import LANGUAGE_RULES
from ..util.array_types import F64, I8, I64, Bool
from .evidence import KINDS
from .wording import APOSTROPHES, AROUND, agrees, fitted, wording

MOST_ALTERNATIVES = 4

NOTES = {
    "spin rate": "how thoroughly this text was spun",
    "channel": "how often the spinner does this",
    "context": "how much better the original fits its neighbours",
    "topic": "how well the original goes with the rest of the text",
    "consistency": "other places of the same substitution in this text",
    "frequency": "how common either phrase is",
    "form": "capitals and length",
    "reader": "what stood at such places in texts that were spun anew",
    "collocation": "what this pair was beside such neighbours before",
    "names": "what other mentions of the name say",
    "rivals": "what speaks for other originals of the place",
    "verdict": "that the text was spun at all",
}
_ALL_KINDS = (*KINDS, "verdict")  # what the verdict takes away comes last, so that all add up to the confidence
_CHANNEL = KINDS.index("channel")
_PLAIN_NOTES = tuple(NOTES[kind] for kind in _ALL_KINDS)


@dataclass(frozen=True, slots=True, eq=False)
class Rivals:
    """Which candidates may stand at the places of findings."""

    head: I64
    """(findings,): those of each, itself among them, the likeliest first, are order[head:tail]."""
    tail: I64
    order: I64
    """Candidates."""
    entry: I64
    """(candidates,): row in the dictionary."""
    front: I64
    """(candidates,): words of the original that are cut off in front, since they stand there already."""
    behind: I64
    """(candidates,): likewise behind."""
    confidence: F64
    """(candidates,)"""


@dataclass(frozen=True, eq=False)
class FindingBatch:
    """What the findings of a batch of texts are made of."""

    dictionary: Dictionary
    language: str
    confidence: F64
    """(findings,): that the original is the wording."""
    substituted: F64
    """(findings,): that anything was substituted there."""
    certain: Bool
    """(findings,): whether each is restored."""
    article: Mapping[int, str]
    """Finding → the article before it that was taken along, as it stood, where there is one."""
    chosen: I64
    """(findings,): the candidate of each."""
    family: I64
    """(findings,)"""
    weighed: F64
    """(weighed candidates, kinds): natural log-odds, by `evidence.KINDS`."""
    row: I64
    """(findings,): which of these each is."""
    plain: Bool
    """(findings,): whether nothing there has a capital."""
    apostrophe: I8
    """(findings,): which of `APOSTROPHES` the text has."""
    around: I8
    """(findings,): which of `AROUND` the place is by its neighbours."""
    rivals: Rivals

    def lazy(self, place: int, start: int, end: int, found: str, original: str) -> LazyFinding:
        """Its finding number `place`, which stands at `start` of some text, not made yet."""
        action: Action = "restore" if self.certain[place] else "suggest"
        alone = self.rivals.tail[place] == self.rivals.head[place] + 1
        return LazyFinding(
            start, end, found, original, float(self.substituted[place]), float(self.confidence[place]), action,
            () if alone else None, self.article.get(place, ""), place, self,
        )  # fmt: skip

    @cached_property
    def terms(self) -> F64:
        """(findings, kinds): natural log-odds, by `evidence.KINDS`; last, what the verdict says."""
        terms = self.weighed[self.row]
        sure = np.clip(self.confidence, 1e-12, 1 - 1e-12)
        return np.column_stack([terms, np.log(sure / (1 - sure)) - terms.sum(axis=1)])

    def finish(self, one: LazyFinding) -> Finding:
        """The finding that `one` stands for."""
        row = one.place
        family, entry, notes = _entry_facts(
            self.dictionary, int(self.rivals.entry[self.chosen[row]]), int(self.family[row])
        )
        readings = self._readings(one) if one.readings is None else (Reading(one.original, one.confidence),)
        return quick_finding(
            one.start, one.end, one.found, one.original, one.confidence, one.action, family, entry,
            LazyEvidence(_ALL_KINDS, self.terms, row, notes), False, one.substituted, readings,
        )  # fmt: skip

    def _readings(self, one: LazyFinding) -> tuple[Reading, ...]:
        """The original of `one`, and the others of its place, fitted likewise."""
        row, article, rivals = one.place, one.article, self.rivals
        apostrophe, around = APOSTROPHES[self.apostrophe[row]], AROUND[self.around[row]]
        head, tail = int(rivals.head[row]) + 1, int(rivals.tail[row])
        those = rivals.order[head : min(tail, head + MOST_ALTERNATIVES)]
        columns = (column[those].tolist() for column in (rivals.entry, rivals.front, rivals.behind))
        others = [wording(self.dictionary, *each, apostrophe, self.language) for each in zip(*columns, strict=True)]
        here, original = one.found, one.original
        if article:  # it was put before them, and goes before the others too
            here, original = here.partition(" ")[2], original.partition(" ")[2]
        plain = bool(self.plain[row])
        fitting = [other if plain else fitted(core, here, self.language, apostrophe, around) for core, other in others]
        different: dict[str, float] = {}
        for other, confidence in zip(fitting, rivals.confidence[those].tolist(), strict=True):
            if other not in (original, here):
                different.setdefault(other, confidence)
        rules = LANGUAGE_RULES[self.language]
        put = (f"{agrees(article, other, rules)} {other}" if article else other for other in different)
        return (Reading(one.original, one.confidence), *map(Reading, put, different.values()))


@lru_cache(maxsize=1 << 16)
def _entry_facts(dictionary: Dictionary, row: int, family: int) -> tuple[str, str, tuple[str, ...]]:
    """What a finding says of its entry: family, name, the notes of the evidence."""
    entry = dictionary.entry(row, family)
    notes = _PLAIN_NOTES
    if entry.of:
        notes = (*notes[:_CHANNEL], f"{entry.seen} of {entry.of} became this", *notes[_CHANNEL + 1 :])
    return entry.family, entry.name, notes
