"""Tokens → which texts nobody need look at twice: most of the honest ones.

A logistic regression on what the hashed odds (`hashed_odds`) say of a text, and of each of its passages, since a page
may be honest and one paragraph of it spun. What it leaves in doubt goes on to the scan (`screening`). Start reading
from `FirstLook.of`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..text.tokens import Tokens
from ..util.array_types import F64, I64, Bool
from .hashed_odds import HASHED_RATES, HashedOdds
from .passages import SCREENED_WORDS, Passages, by_division, cut
from .screening_weights import FIRST_LOOK, Logistic

COLUMNS = ("log-odds", "ratio at 0.12, above 0", "ratio at 0.05, by length", "log length", "1 / length")
LOOK_MIN_LENGTH = 30  # words: a shorter text counts as one of so many
MAX_LOG_RATIO = 60.0  # ln of a likelihood ratio: what lies further from 0 says no more
MIN_PER_ROOT = -20.0  # nats to the root of 100 words: likewise
MAX_BESIDE_SCAN = 5.0  # of such nats: a feature says no more for a spinner in a scan: odd text need not be spun
THROUGHOUT = 25.0  # likewise, at the highest rate: few texts come near it but those that are spun throughout


@dataclass(frozen=True, slots=True, eq=False)
class FirstLook:
    """What is said of texts at first sight."""

    passages: Passages
    words: I64
    """(texts,)"""
    ratios: F64
    """(texts, HASHED_RATES): ln of the likelihood ratio of each rate against ρ = 0."""
    features: F64
    """(texts, COLUMNS): what the log-odds are made of."""
    passage_features: F64
    """(passages, COLUMNS)"""

    @classmethod
    def of(cls, tokens: Tokens, texts: int, odds: HashedOdds) -> FirstLook:
        """A look at a batch."""
        passages = cut(tokens, np.arange(texts), SCREENED_WORDS, by_division)
        words = np.bincount(passages.text, passages.words, minlength=texts).astype(np.int64)
        in_passages = odds.ratios(odds.tally(tokens, passages.number, len(passages)))
        ratios = np.zeros((texts, len(HASHED_RATES)))
        np.add.at(ratios, passages.text, in_passages)
        features = first_look_features(odds, ratios, words)
        return cls(passages, words, ratios, features, first_look_features(odds, in_passages, passages.words))

    def log_odds(self, regression: Logistic = FIRST_LOOK) -> tuple[F64, F64]:
        """That decoding would call each text likely spun, and, with caution, the passage of it that says most; both
        (texts,)."""
        in_passages = regression.log_odds(self.passage_features)
        return regression.log_odds(self.features), self.passages.strongest(in_passages, len(self.words))

    @property
    def throughout(self) -> Bool:
        """(texts,): those that are spun throughout, as it seems, so that they need not be scanned to be decoded."""
        throughout: Bool = self.ratios[:, -1] >= THROUGHOUT * np.sqrt(np.maximum(self.words, LOOK_MIN_LENGTH) / 100)
        return throughout

    @property
    def decades(self) -> F64:
        """(texts,): log₁₀ of the likelihood ratio of the best rate, or of ρ = 0 if none is better."""
        decades: F64 = np.maximum(self.ratios.max(axis=1), 0.0) / math.log(10)
        return decades

    @property
    def rate(self) -> F64:
        """(texts,): that rate."""
        rate: F64 = np.where(self.decades > 0, np.array(HASHED_RATES)[self.ratios.argmax(axis=1)], 0.0)
        return rate


def first_look_features(odds: HashedOdds, ratios: F64, words: I64) -> F64:
    """(texts, COLUMNS): what the log-odds are made of; `ratios` are (texts, HASHED_RATES), `words` (texts,).

    Chance makes sums over words grow with the root of their number.
    """
    hundreds = np.maximum(words, LOOK_MIN_LENGTH) / 100
    root, length = np.sqrt(hundreds), np.log10(hundreds)
    columns = [
        odds.log_odds(ratios) / root,
        np.logaddexp(0, np.maximum(ratios[:, 1] / root, MIN_PER_ROOT)),
        np.clip(ratios[:, 0], -MAX_LOG_RATIO, MAX_LOG_RATIO) / root * length,
        length,
        1 / hundreds,
    ]
    return np.stack(columns, axis=1)


def capped_features(features: F64) -> F64:
    """`first_look_features`, as they count beside those of a scan."""
    most = MAX_BESIDE_SCAN
    return np.minimum(features, [most, most, most, np.inf, np.inf])
