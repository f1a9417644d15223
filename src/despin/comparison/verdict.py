"""What two texts share → whether one is a copy of the other. Start reading from `judge`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..util.array_types import Bool
from .alignment import Passage
from .differences import blocks
from .regions import SAME
from .result import Difference, Judgement, Run
from .words import Words

SOLID_WORDS, SOLID = 15, 0.75
"""Words, and share of them, that are explained in a passage which is solid."""


@dataclass(frozen=True, slots=True)
class Features:
    """What the verdict looks at. Numbers are of words of the text, punctuation not counted."""

    words: int
    source_words: int
    kept: int
    explained: int
    """Kept, substituted, or in another form, in passages."""
    own_explained: int
    """The same without what stands between quotation marks, which honest writers copy too."""
    solid: int
    """Of these, in passages that hold little else."""
    solid_known: int
    """Known substitutions in such passages."""
    own_words: int
    """Not between quotation marks."""
    longest: int
    """The longest run kept, quotations aside."""
    longest_quoted: int
    """The longest run kept inside quotation marks."""
    known: int
    """Substitutions that the dictionaries know."""
    new: int
    """Others."""
    unexplained: int
    """Words put in or left out inside passages."""
    names: int
    """Different names and numbers in the text."""
    shared_names: int
    """Of these, in the source too."""


def measure(
    text: Words, source: Words, passages: Sequence[Passage], differences: Sequence[Difference], runs: Sequence[Run]
) -> Features:
    """The features of two texts and what was found of them."""
    own = text.counted & ~text.quoted
    names = text.names()
    kept = explained = own_explained = unexplained = solid = solid_known = 0
    for passage in passages:
        within = _Passage.of(passage, text, source, own)
        kept, explained = kept + within.kept, explained + within.explained
        own_explained, unexplained = own_explained + within.own, unexplained + within.unexplained
        if within.own >= SOLID_WORDS and within.explained >= SOLID * (within.explained + within.unexplained):
            solid, solid_known = solid + within.own, solid_known + within.known
    return Features(
        words=text.number(0, len(text)),
        source_words=source.number(0, len(source)),
        kept=kept,
        explained=explained,
        own_explained=own_explained,
        solid=solid,
        solid_known=solid_known,
        own_words=int(np.count_nonzero(own)),
        longest=max((run.words for run in runs if not run.quoted), default=0),
        longest_quoted=max((run.words for run in runs if run.quoted), default=0),
        known=sum(bool(one.families) and one.kind == "substitution" for one in differences),
        new=sum(not one.families and one.kind == "substitution" for one in differences),
        unexplained=unexplained,
        names=len(names),
        shared_names=int(np.isin(names, source.names()).sum()),
    )


@dataclass(frozen=True, slots=True)
class _Passage:
    """Words of one passage, as `Features` has them."""

    kept: int
    explained: int
    own: int
    unexplained: int
    known: int
    """Substitutions that the dictionaries know."""

    @classmethod
    def of(cls, passage: Passage, text: Words, source: Words, own: Bool) -> _Passage:
        kept = explained = own_explained = unexplained = known = 0
        same = [step for step in passage.steps if step.entry == SAME]
        for step in (*same, *blocks(passage)):
            if step.first == step.last or step.begin == step.end:
                unexplained += text.number(step.first, step.last) + source.number(step.begin, step.end)
                continue
            kept += text.number(step.first, step.last) if step.entry == SAME else 0
            explained += text.number(step.first, step.last)
            known += step.entry >= 0
            own_explained += int(np.count_nonzero(own[step.first : step.last]))
        return cls(kept, explained, own_explained, unexplained, known)


COPIED = (2.146, -0.036, -0.654, 3.395, 3.185, 1.482, -15.321)
SPUN = (2.889, 1.536, 11.877)
RELATED = (2.928, 0.532, 0.754, 1.172, -4.612)
"""Weights of the terms below, a constant last: fitted by benchmarks/fit_copies.py on 780 pairs made of 60 originals of
web-train and 1,967 honest ones; the constant of the first is lowered by 2.3."""


def copied_terms(f: Features) -> tuple[float, ...]:
    """What speaks for copying: how much of the text is explained, the longest run, and how little is put in or left out
    between what is explained."""
    return (
        math.log((f.own_explained + 1) / (max(f.own_words - f.own_explained, 0) + 1)),
        math.log(1 + f.solid),
        math.log((f.solid + 1) / (max(f.own_words - f.solid, 0) + 1)),
        math.log(1 + f.longest),
        math.log(1 + f.solid_known),
        math.log((f.own_explained + 1) / (f.unexplained + f.new + 1)),
    )


def spun_terms(f: Features) -> tuple[float, ...]:
    """What speaks for a spinner, in a copy: how many known substitutions there are, and how few others."""
    return math.log((f.known + 0.5) / (f.kept + 10)), math.log((f.known + 0.5) / (f.new + f.unexplained / 3 + 1))


def related_terms(f: Features) -> tuple[float, ...]:
    """What speaks for one event, or a quotation: shared names and numbers, and words in the same order."""
    return (
        math.log(1 + f.shared_names),
        math.log((f.shared_names + 0.5) / (f.names + 1)),
        math.log((f.explained + 1) / (f.words + 1)),
        math.log(1 + f.longest_quoted),
    )


def judge(features: Features) -> tuple[Judgement, float]:
    """The verdict, and the probability that the text is a copy."""
    copied = _chance(copied_terms(features), COPIED)
    if copied >= 0.5:
        return ("spun copy" if _chance(spun_terms(features), SPUN) >= 0.5 else "copy"), copied
    return ("related" if _chance(related_terms(features), RELATED) >= 0.5 else "none"), copied


def _chance(terms: Sequence[float], weights: Sequence[float]) -> float:
    """The probability for terms, with a weight each, and a constant last."""
    log_odds = weights[-1] + sum(weight * term for weight, term in zip(weights[:-1], terms, strict=True))
    return 1 / (1 + math.exp(-max(min(log_odds, 40.0), -40.0)))
