"""Chosen candidates → findings, one at a time, when somebody asks: notes, evidence, alternatives.

Most who restore a lot of text look at no finding. So `restoration` writes drafts, which say what is replaced by what,
and here is what makes findings of them, from columns of the whole batch. Start reading from `Batch.finish`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .dictionary import Dictionary
from .evidence import KINDS
from .findings import Draft, Finding, Terms, quick_finding
from .language import SURFACES
from .surface import agrees, fit

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

MOST_ALTERNATIVES = 4

NOTES = {
    "spin rate": "how thoroughly this text was spun",
    "channel": "how often the spinner does this",
    "context": "how much better the original fits its neighbours",
    "topic": "how well the original goes with the rest of the text",
    "consistency": "other places of the same substitution in this text",
    "frequency": "how common either phrase is",
    "form": "capitals and length",
    "collocation": "what this pair was beside such neighbours before",
    "names": "what other mentions of the name say",
    "rivals": "what speaks for other originals of the place",
    "verdict": "that the text was spun at all",
}
_ALL_KINDS = (*KINDS, "verdict")  # what the verdict takes away comes last, so that all add up to the confidence
_CHANNEL = KINDS.index("channel")
_PLAIN_NOTES = tuple(NOTES[kind] for kind in _ALL_KINDS)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What the drafts of a batch of texts are made of."""

    dictionary: Dictionary
    language: str
    entry: I64
    """(drafts,): row in the dictionary."""
    family: I64
    """(drafts,)"""
    terms: F64
    """(drafts, kinds): natural log-odds, by `evidence.KINDS`; last, what the verdict says."""
    plain: Bool
    """(drafts,): whether nothing there has a capital."""
    curly: Bool
    """(drafts,): whether the text has curly apostrophes."""
    head: I64
    """(drafts,): the rivals of each, itself among them, the likeliest first, are rivals[head:tail]."""
    tail: I64
    rivals: I64
    """Candidates."""
    which: I64
    """(candidates,): the row of each in `wording`."""
    wording: Sequence[tuple[str, str]]
    """Originals as the dictionary writes them, and as they should stand where nothing has a capital."""

    def finish(self, draft: Draft) -> Finding:
        """The finding that `draft` stands for."""
        row = draft.place
        family, entry, notes = _told(self.dictionary, int(self.entry[row]), int(self.family[row]))
        alternatives = self._alternatives(draft) if draft.alternatives is None else draft.alternatives
        return quick_finding(
            draft.start, draft.end, draft.found, draft.original, alternatives, draft.confidence, draft.action, family,
            entry, Terms(_ALL_KINDS, self.terms, row, notes),
        )  # fmt: skip

    def _alternatives(self, draft: Draft) -> tuple[str, ...]:
        row, article = draft.place, draft.article
        head, tail = int(self.head[row]) + 1, int(self.tail[row])
        others = [self.wording[k] for k in self.which[self.rivals[head : min(tail, head + MOST_ALTERNATIVES)]].tolist()]
        here, original = draft.found, draft.original
        if article:  # it was put before them, and goes before the others too
            here, original = here.partition(" ")[2], original.partition(" ")[2]
        if not self.plain[row]:
            curly = bool(self.curly[row])
            fitting = [fitted(core, here, self.language, curly) for core, _ in others]
        else:
            fitting = [settled for _, settled in others]
        different = tuple(dict.fromkeys([other for other in fitting if other not in (original, here)]))
        if not article:
            return different
        surface = SURFACES[self.language]
        return tuple(f"{agrees(article, other, surface)} {other}" for other in different)


@lru_cache(maxsize=1 << 16)
def fitted(original: str, found: str, language: str, curly: bool) -> str:
    """`fit`, remembered: a spinner's favourite substitutions make up most of its work."""
    return fit(original, found, SURFACES[language], curly)


@lru_cache(maxsize=1 << 16)
def _told(dictionary: Dictionary, row: int, family: int) -> tuple[str, str, tuple[str, ...]]:
    """What a finding says of its entry: family, name, the notes of the evidence."""
    entry = dictionary.entry(row, family)
    notes = _PLAIN_NOTES
    if entry.of:
        notes = (*notes[:_CHANNEL], f"{entry.seen} of {entry.of} became this", *notes[_CHANNEL + 1 :])
    return entry.family, entry.name, notes
