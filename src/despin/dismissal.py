"""Scan → which texts need not be decoded, since decoding would find nothing in them, and what is said of these.

Most texts are honest, and a scan costs a tenth of decoding or less. Bounds on its estimates decide; where they were
drawn, and what is lost, is told in docs/speed.md. Start reading from `dismiss`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import damage
from .config import Config
from .dictionary import Dictionary
from .findings import Verdict
from .language import SURFACES
from .language_model import LanguageModel
from .scan import Estimate, Scanner
from .tokens import Tokens
from .verdict import DOUBT, FEW_WORDS, TERMS, TERMS_PARTIAL, count_words, judgement, probability

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

CLEAR = 10.0  # decades of an estimate from which nobody need look closer before decoding
# The steps of the scan, each dearer and better than the one before, and the decades of its estimate below which a text
# is dismissed: of 100 words and fewer, and more for every ten times as many, since chance alone says more in a longer
# text, and far more where a dictionary is broad (`Dictionary.partial`). After the first, steps look at phrases in their
# contexts: those with a shift (`scan.Scanner`) above the first number.
ALONE = -0.5, 0.5
STEPS = ((1.0, -0.15, 0.8), (-0.5, 0.0, 2.5))
STEPS_PARTIAL = ((1.0, -0.15, 4.0), (-0.5, 0.0, 6.0))
SHORT = 100
USUAL = 0.175  # probability, below which nothing is found at the default thresholds, that the bounds were drawn for
QUARTER = 0.25  # of `Config.min_confidence`: nothing is suggested below


def dismiss(
    tokens: Tokens,
    texts: int,
    partial: Sequence[bool],
    scanner: Scanner,
    dictionary: Dictionary,
    model: LanguageModel,
    config: Config,
) -> list[list[Verdict | None]]:
    """For each of the questions `partial`, the verdict on each text of a batch that need not be decoded; None for the
    others.

    A question is whether a text is the work of a spinner that is known whole, or, if true, also of one of which a part
    is known (`verdict`). The likelihood ratio and the spin rate are those of the scan; the probability is made of
    these, and below what would make a text anything but clean.
    """
    least = _least(config)
    if least <= 0 or not texts:
        return [[None] * texts for _ in partial]
    damaged = damage.log_odds(damage.find(tokens, SURFACES[config.language]), texts)
    words = count_words(tokens, texts)
    found = scanner.find(tokens, texts)
    length = np.log10(np.maximum(words, SHORT) / SHORT)
    asked = [_Question.of(also, dictionary, least, damaged) for also in partial]
    estimate = scanner.scan(found)
    for question in asked:
        question.hear(estimate, *ALONE, length)
        # Where no spun phrase stands, there is nothing to decode.
        question.open &= np.bincount(found.text[found.phrase < len(dictionary.spun_text)], minlength=texts) > 0
    for steps in zip(*(STEPS_PARTIAL if also else STEPS for also in partial), strict=True):
        doubtful = np.any([question.open & (question.decades < CLEAR) for question in asked], axis=0)
        if doubtful.any():
            closer = scanner.listen(found, doubtful, steps[0][0], tokens, dictionary, model)
            for question, (_, bound, per_length) in zip(asked, steps, strict=True):
                question.hear(closer, bound, per_length, length, doubtful)
    return [question.verdicts(words, damaged, least, config) for question in asked]


@dataclass(slots=True, eq=False)
class _Question:
    """A question, and how far the answers have come."""

    partial: bool
    families: Bool
    ease: F64
    """(texts,): decades by which the bounds are lower: whoever asks to be shown less certain things has lower ones, and
    so has a text whose damage shows already."""
    open: Bool
    """(texts,): worth another look."""
    decades: F64
    rate: F64

    @classmethod
    def of(cls, partial: bool, dictionary: Dictionary, least: float, damaged: F64) -> _Question:
        terms = TERMS_PARTIAL if partial else TERMS
        ease = (max(0.0, _log_odds(USUAL) - _log_odds(least)) + damaged) / terms["likelihood ratio"]
        texts = len(damaged)
        families = np.ones(len(dictionary.partial), np.bool_) if partial else ~dictionary.partial
        return cls(partial, families, ease, np.ones(texts, np.bool_), np.zeros(texts), np.zeros(texts))

    def hear(self, estimate: Estimate, bound: float, per_length: float, length: F64, of: Bool | None = None) -> None:
        """Take in what a step says of the texts `of`, by default of all."""
        ratio, rate = estimate.of(self.families)
        which = self.open if of is None else self.open & of & (self.decades < CLEAR)
        self.decades = np.where(which, ratio / math.log(10), self.decades)
        self.rate = np.where(which, rate, self.rate)
        self.open = self.open & (~which | (self.decades >= bound + per_length * length - self.ease))

    def verdicts(self, words: I64, damaged: F64, least: float, config: Config) -> list[Verdict | None]:
        decades = np.maximum(self.decades, 0.0)
        rate = np.where(decades > 0, self.rate, 0.0)
        most = np.where(words < FEW_WORDS, min(least, DOUBT), least)
        chance = np.minimum(probability(decades, rate, words, damaged, self.partial), most)
        rows = zip(*(column.tolist() for column in (self.open, chance, rate, decades, words)), strict=True)
        return [
            None if decode else Verdict(judgement(p, n, config.max_probability), p, r, ratio, "", n)
            for decode, p, r, ratio, n in rows
        ]


def _least(config: Config) -> float:
    """The probability that a text was spun below which nothing is found in it, and it is not judged spun."""
    return min(config.max_probability, config.min_confidence * QUARTER)


def _log_odds(chance: float) -> float:
    return math.log(chance / (1 - chance)) if chance < 1 else math.inf
