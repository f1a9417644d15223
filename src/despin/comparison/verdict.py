"""What two texts share → whether one is a copy of the other. Start reading from `judge`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .alignment import Passage
from .differences import blocks
from .regions import SAME
from .result import Difference, Judgement, Run
from .words import Words


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
    own_words: int
    """Not between quotation marks."""
    longest: int
    """The longest run kept, quotations aside."""
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
    kept = explained = own_explained = unexplained = 0
    for passage in passages:
        for step in passage.steps:
            if step.entry == SAME:
                kept += text.number(step.first, step.last)
        for step in [step for step in passage.steps if step.entry == SAME] + list(blocks(passage)):
            if step.first == step.last or step.begin == step.end:
                unexplained += text.number(step.first, step.last) + source.number(step.begin, step.end)
                continue
            explained += text.number(step.first, step.last)
            own_explained += int(np.count_nonzero(own[step.first : step.last]))
    return Features(
        words=text.number(0, len(text)),
        source_words=source.number(0, len(source)),
        kept=kept,
        explained=explained,
        own_explained=own_explained,
        own_words=int(np.count_nonzero(own)),
        longest=max((run.words for run in runs if not run.quoted), default=0),
        known=sum(bool(one.families) and one.kind == "substitution" for one in differences),
        new=sum(not one.families and one.kind == "substitution" for one in differences),
        unexplained=unexplained,
        names=len(names),
        shared_names=int(np.isin(names, source.names()).sum()),
    )


def judge(features: Features) -> tuple[Judgement, float]:
    """The verdict, and the probability that the text is a copy."""
    return "none", 0.0
