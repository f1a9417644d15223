"""Tokens → which texts nobody need look at twice: most of the honest ones.

A logistic regression on what the hashed odds (`hashed_odds`) say of a text, and of each of its passages, since a page
may be honest and one paragraph of it spun. What it leaves in doubt goes on to the scan (`dismissal`). Start reading
from `FirstLook.of`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..text.token_features import Shape
from ..text.tokens import Tokens
from ..util.array_types import F64, I32, I64, Bool
from .hashed_odds import RATES, HashedOdds
from .screening_weights import FIRST_LOOK, Step

COLUMNS = ("log-odds", "ratio at 0.12, above 0", "ratio at 0.05, by length", "log length", "1 / length")
SHORT = 30  # words below which a text is as one of so many
FAR = 60.0  # ln of a likelihood ratio: what lies further from 0 says no more
LEAST = -20.0  # nats to the root of 100 words: likewise
MOST = 5.0  # of such nats, what a term says at most for a spinner once phrases are looked at: odd text need not be spun
THROUGHOUT = 25.0  # likewise, at the highest rate: few texts come near it but those that are spun throughout
PASSAGE = 100  # words of a passage, at least; more where a paragraph has more
PASSAGE_CAUTION = 6.0  # log-odds for one of them to count, and more the more there are: at 1.5 twice as much is decoded


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The passages of texts; those of one text stand together."""

    number: I64
    """(tokens,): the passage of each token."""
    text: I64
    """(passages,)"""
    words: I64
    """(passages,)"""
    texts: int

    def __len__(self) -> int:
        return len(self.text)

    @classmethod
    def of(cls, tokens: Tokens, texts: int) -> Parts:
        """Paragraphs, short ones joined: a passage ends with the paragraph in which it reaches `PASSAGE` words."""
        heads = np.flatnonzero(tokens.opens)
        document = tokens.document[heads]
        before = np.searchsorted(np.flatnonzero(tokens.shape >= Shape.LOWER), np.append(heads, len(tokens)))
        first = np.searchsorted(document, document)  # the first paragraph of the same text
        part = (before[:-1] - before[first]) // PASSAGE
        begins = np.ones(len(heads), np.bool_)
        begins[1:] = (document[1:] != document[:-1]) | (part[1:] != part[:-1])
        starts = np.flatnonzero(begins)
        number = np.repeat(np.arange(len(starts)), np.diff(heads[starts], append=len(tokens)))
        words = np.diff(before[np.append(starts, len(heads))])
        return cls(number, document[starts].astype(np.int64), words, texts)

    @property
    def apart(self) -> I32:
        """(tokens,): `number`, but −1 in texts of a single passage, which is the text."""
        several = np.bincount(self.text, minlength=self.texts)[self.text] > 1
        return np.where(several, np.arange(len(self)), -1).astype(np.int32)[self.number]

    def loudest(self, log_odds: F64) -> F64:
        """(texts,): the highest `log_odds`, (passages,), of the passages of texts that have several; with the more
        caution the more there are."""
        count = np.bincount(self.text, minlength=self.texts)
        heads = np.flatnonzero(count)
        loudest = np.full(self.texts, -np.inf)
        if len(heads):
            loudest[heads] = np.maximum.reduceat(log_odds, np.cumsum(count)[heads] - count[heads])
        return np.where(count > 1, loudest - PASSAGE_CAUTION - np.log(np.maximum(count, 1)), -np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class FirstLook:
    """What is said of texts at first sight."""

    parts: Parts
    words: I64
    """(texts,)"""
    ratios: F64
    """(texts, RATES): ln of the likelihood ratio of each rate against ρ = 0."""
    terms: F64
    """(texts, COLUMNS): what the log-odds are made of."""
    part_terms: F64
    """(passages, COLUMNS)"""

    @classmethod
    def of(cls, tokens: Tokens, texts: int, odds: HashedOdds) -> FirstLook:
        """A look at a batch."""
        parts = Parts.of(tokens, texts)
        words = np.bincount(parts.text, parts.words, minlength=texts).astype(np.int64)
        in_parts = odds.ratios(odds.tally(tokens, parts.number, len(parts)))
        ratios = np.zeros((texts, len(RATES)))
        np.add.at(ratios, parts.text, in_parts)
        return cls(parts, words, ratios, terms(odds, ratios, words), terms(odds, in_parts, parts.words))

    def log_odds(self, step: Step = FIRST_LOOK) -> tuple[F64, F64]:
        """That decoding would call each text likely spun, and, with caution, the passage of it that says most; both
        (texts,)."""
        return step.log_odds(self.terms), self.parts.loudest(step.log_odds(self.part_terms))

    @property
    def throughout(self) -> Bool:
        """(texts,): those that are spun throughout, as it seems, so that they need not be scanned to be decoded."""
        throughout: Bool = self.ratios[:, -1] >= THROUGHOUT * np.sqrt(np.maximum(self.words, SHORT) / 100)
        return throughout

    @property
    def decades(self) -> F64:
        """(texts,): log₁₀ of the likelihood ratio of the best rate, or of ρ = 0 if none is better."""
        decades: F64 = np.maximum(self.ratios.max(axis=1), 0.0) / math.log(10)
        return decades

    @property
    def rate(self) -> F64:
        """(texts,): that rate."""
        rate: F64 = np.where(self.decades > 0, np.array(RATES)[self.ratios.argmax(axis=1)], 0.0)
        return rate


def terms(odds: HashedOdds, ratios: F64, words: I64) -> F64:
    """(texts, COLUMNS): what the log-odds are made of; `ratios` are (texts, RATES), `words` (texts,).

    Chance makes sums over words grow with the root of their number.
    """
    hundreds = np.maximum(words, SHORT) / 100
    root, length = np.sqrt(hundreds), np.log10(hundreds)
    columns = [
        odds.log_odds(ratios) / root,
        np.logaddexp(0, np.maximum(ratios[:, 1] / root, LEAST)),
        np.clip(ratios[:, 0], -FAR, FAR) / root * length,
        length,
        1 / hundreds,
    ]
    return np.stack(columns, axis=1)


def capped(those: F64) -> F64:
    """`terms`, as they count beside those of a scan."""
    return np.minimum(those, [MOST, MOST, MOST, np.inf, np.inf])
