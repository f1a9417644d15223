"""What the whole text says: likelihood ratio, spin rate and length → probability and judgement."""

from __future__ import annotations

import math

from .findings import Judgement


def probability(decades: float, words: int) -> float:
    """Probability that a text with this log10 likelihood ratio was spun."""
    return 1 / (1 + math.exp(-min(max(1.5 * (decades - 4), -50), 50)))


def judgement(chance: float, limit: float, words: int) -> Judgement:
    """The judgement in one word."""
    if chance > limit:
        return "spun"
    return "unclear" if words < 30 and chance > 0.02 else "clean"
