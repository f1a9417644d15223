"""Scan → which texts need not be decoded, since decoding would find nothing in them, and what is said of these.

Most texts are honest, and a scan costs a tenth of decoding or less. Two bounds on its estimates decide; where they were
drawn, and what is lost, is told in docs/speed.md. Start reading from `dismiss`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .config import Config
from .dictionary import Dictionary
from .findings import Verdict
from .language_model import LanguageModel
from .scan import Scanner
from .tokens import Tokens
from .verdict import DOUBT, FEW_WORDS, TERMS, count_words, judgement, probability

F64 = NDArray[np.float64]

HOPELESS = -0.4  # decades of the first estimate below which there is no need for a second
CLEAR = 10.0  # decades of the first estimate from which nobody need look closer before decoding
# Decades of the second below which there is no need to decode, and what is added for every ten times as many words:
# chance alone says more in a longer text, and far more where a dictionary is broad (`Dictionary.partial`).
QUIET, PER_LENGTH = -0.4, 2.0
QUIET_PARTIAL, PER_LENGTH_PARTIAL = -0.6, 6.0
SHORT = 100
USUAL = 0.175  # probability, below which nothing is found at the default thresholds, that the bounds were drawn for
QUARTER = 0.25  # of `Config.min_confidence`: nothing is suggested below


def dismiss(
    tokens: Tokens, texts: int, scanner: Scanner, dictionary: Dictionary, model: LanguageModel, config: Config
) -> list[Verdict | None]:
    """The verdict on each text of a batch that need not be decoded; None for the others.

    Its likelihood ratio and spin rate are those of the scan; its probability is made of these, and below what would
    make a text anything but clean.
    """
    least = _least(config)
    if least <= 0 or not texts:
        return [None] * texts
    # Whoever asks to be shown less certain things has lower bounds.
    ease = max(0.0, (_log_odds(USUAL) - _log_odds(least)) / TERMS["likelihood ratio"])
    partial = bool(dictionary.partial.any())
    words = count_words(tokens, texts)
    found = scanner.find(tokens, texts)
    estimate = scanner.scan(found)
    decades, rate = estimate.ratio / math.log(10), estimate.rate
    spun = np.bincount(found.text[found.phrase < len(dictionary.spun_text)], minlength=texts)
    open_ = (decades >= HOPELESS - ease) & (spun > 0)
    doubtful = open_ & (decades < CLEAR)
    if doubtful.any():
        closer = scanner.listen(found, doubtful, tokens, dictionary, model)
        decades = np.where(doubtful, closer.ratio / math.log(10), decades)
        rate = np.where(doubtful, closer.rate, rate)
        quiet, per_length = (QUIET_PARTIAL, PER_LENGTH_PARTIAL) if partial else (QUIET, PER_LENGTH)
        open_ &= ~doubtful | (decades >= quiet - ease + per_length * np.log10(np.maximum(words, SHORT) / SHORT))
    rate = np.where(decades > 0, rate, 0.0)
    most = np.where(words < FEW_WORDS, min(least, DOUBT), least)
    chance = np.minimum(probability(np.maximum(decades, 0), rate, words, np.zeros(texts), partial), most)
    rows = zip(*(column.tolist() for column in (open_, chance, rate, np.maximum(decades, 0), words)), strict=True)
    return [
        None if decode else Verdict(judgement(p, n, config.max_probability), p, r, ratio, "", n)
        for decode, p, r, ratio, n in rows
    ]


def finds_nothing(verdict: Verdict, config: Config) -> bool:
    """Whether nothing would be found in a text with this verdict."""
    return verdict.probability < _least(config)


def _least(config: Config) -> float:
    """The probability that a text was spun below which nothing is found in it, and it is not judged spun."""
    return min(config.max_probability, config.min_confidence * QUARTER)


def _log_odds(chance: float) -> float:
    return math.log(chance / (1 - chance)) if chance < 1 else math.inf
