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
from ..text.tokens import tokenise
from ..util.array_types import F64, I64, AnyArray, Bool
from .evidence import KINDS
from .wording import agrees, fit

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
    curly: Bool
    """(findings,): whether the text has curly apostrophes."""
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
        row, article, curly, rivals = one.place, one.article, bool(self.curly[one.place]), self.rivals
        head, tail = int(rivals.head[row]) + 1, int(rivals.tail[row])
        those = rivals.order[head : min(tail, head + MOST_ALTERNATIVES)]
        columns = (column[those].tolist() for column in (rivals.entry, rivals.front, rivals.behind))
        others = [wording(self.dictionary, *each, curly, self.language) for each in zip(*columns, strict=True)]
        here, original = one.found, one.original
        if article:  # it was put before them, and goes before the others too
            here, original = here.partition(" ")[2], original.partition(" ")[2]
        plain = bool(self.plain[row])
        fitting = [other if plain else fitted(core, here, self.language, curly) for core, other in others]
        different: dict[str, float] = {}
        for other, confidence in zip(fitting, rivals.confidence[those].tolist(), strict=True):
            if other not in (original, here):
                different.setdefault(other, confidence)
        rules = LANGUAGE_RULES[self.language]
        put = (f"{agrees(article, other, rules)} {other}" if article else other for other in different)
        return (Reading(one.original, one.confidence), *map(Reading, put, different.values()))


@lru_cache(maxsize=1 << 16)
def fitted(original: str, found: str, language: str, curly: bool) -> str:
    """`fit`, remembered: a spinner's favourite substitutions make up most of its work."""
    return fit(original, found, LANGUAGE_RULES[language], curly)


@lru_cache(maxsize=1 << 14)
def agreeing(article: str, word: str, language: str) -> str:
    """`agrees`, remembered likewise."""
    return agrees(article, word, LANGUAGE_RULES[language])


@lru_cache(maxsize=1 << 16)
def wording(dictionary: Dictionary, row: int, front: int, behind: int, curly: bool, language: str) -> tuple[str, str]:
    """The original of entry `row` without `front` words in front and `behind` behind, as the dictionary writes it and
    as it should stand where nothing has a capital."""
    [core] = _cores(dictionary, np.array([row]), np.array([front]), np.array([behind]))
    return core, fitted(core, "", language, curly)


def _cores(dictionary: Dictionary, entry: I64, front: I64, behind: I64) -> list[str]:
    """(rows,): the original of each `entry` without so many words in front and behind. All are cut together: to
    tokenise them one by one would take most of the time of a process's first megabyte of spun text."""
    texts = [dictionary.original_text[row] for row in dictionary.original[entry].tolist()]
    rows = np.flatnonzero((front > 0) | (behind > 0))
    tokens = tokenise([texts[row] for row in rows.tolist()])
    bounds = np.searchsorted(tokens.document, np.arange(len(rows) + 1))
    begin = tokens.start[bounds[:-1] + front[rows]] - tokens.offset[:-1]
    end = tokens.ends(bounds[1:] - 1 - behind[rows]) - tokens.offset[:-1]
    for row, first, last in zip(rows.tolist(), begin.tolist(), end.tolist(), strict=True):
        texts[row] = texts[row][first:last]
    return texts


class Wordings:
    """What `wording` says of the entries of a dictionary, each cut to the words that change: asked once, and kept.

    A spinner's favourite substitutions make up most of its work.
    """

    def __init__(self, dictionary: Dictionary, language: str) -> None:
        self._dictionary, self._language = dictionary, language
        self._known = np.zeros(2 * len(dictionary), np.bool_)
        self._core, self._settled = np.empty((2, 2 * len(dictionary)), object)

    def of(self, entry: I64, front: I64, behind: I64, curly: Bool) -> AnyArray:
        """(rows,): how every `entry`, without `front` words in front and `behind` behind, which are the same wherever
        it stands, should stand where nothing has a capital."""
        key = 2 * entry + curly
        new = np.flatnonzero(~self._known[key])
        if len(new):
            places = dict(zip(key[new].tolist(), new.tolist(), strict=True))  # where one is met first, or again
            rows = np.fromiter(places.values(), np.int64, len(places))
            cores = _cores(self._dictionary, entry[rows], front[rows], behind[rows])
            for place, core, style in zip(places, cores, curly[rows].tolist(), strict=True):
                self._core[place], self._settled[place] = core, fitted(core, "", self._language, style)
            self._known[key[new]] = True
        return self._settled.take(key)

    def cores(self, entry: I64, curly: Bool) -> AnyArray:
        """(rows,): how the dictionary writes every `entry`, of those that `of` was asked for."""
        return self._core.take(2 * entry + curly)


@lru_cache(maxsize=8)
def wordings(dictionary: Dictionary, language: str) -> Wordings:
    """The one `Wordings` of `dictionary` in `language`."""
    return Wordings(dictionary, language)


@lru_cache(maxsize=1 << 16)
def _entry_facts(dictionary: Dictionary, row: int, family: int) -> tuple[str, str, tuple[str, ...]]:
    """What a finding says of its entry: family, name, the notes of the evidence."""
    entry = dictionary.entry(row, family)
    notes = _PLAIN_NOTES
    if entry.of:
        notes = (*notes[:_CHANNEL], f"{entry.seen} of {entry.of} became this", *notes[_CHANNEL + 1 :])
    return entry.family, entry.name, notes
