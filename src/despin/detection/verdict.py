"""What the whole text says: likelihood ratio, spin rate and length → probability and judgement.

The likelihood ratio compares two stories of the whole text. Chance alone makes it grow with a text's length, in honest
texts too: a long one has more phrases that happen to look substituted, and one that is odd all over has more still. So
the probability is a logistic function of the ratio, of the length and of the spin rate, fitted so that honest texts of
registers never seen stay clear of it (docs/quality.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..config import Config
from ..results.report import Judgement, Passage, Verdict
from ..text.hashing import hash_phrases
from ..text.token_features import Shape
from ..text.tokens import Tokens
from ..util.array_types import F64, I64

if TYPE_CHECKING:
    from ..decoding.decode import Decoded
    from ..dictionary.dictionary import Dictionary

SHORT_TEXT_WORDS = 40  # below, a text is rather unclear than clean
DOUBT = 0.02  # probability from which a short text is unclear

# Log-odds of a spun text: benchmarks/fit_verdict.py, logistic regression on pieces of 50, 100 and 200 words and on
# whole documents of the development sets, spun at rates 1, 0.5 and 0.25 against 18 registers that were not, each
# register left out in turn; the constant then lowered, since far fewer pages are spun than half.
# Two questions: is it the work of a spinner that is known whole, or also of one of which a part is known? There what
# dictionaries offer is broad, and honest texts, licences above all, are full of it.
WEIGHTS = {"likelihood ratio": 1.39, "length": -10.7, "spin rate": 0.9}
CONSTANT = -1.34
WEIGHTS_PARTIAL = {"likelihood ratio": 1.08, "length": -8.1, "spin rate": 0.66}
CONSTANT_PARTIAL = -4.0
JUDGED_MIN_LENGTH = 100  # words below which length excuses nothing: a short text is not likelier to be spun
EXCUSED_FROM = 1000  # words from which on what is odd about an honest text is taken to grow as it does in the oddest
ODDEST = 1.3  # decades for every hundred words in the oddest of honest texts (docs/quality.md)
MAX_LOG_ODDS = 50.0
RATE_FLOOR = 1e-3
NONE: F64 = np.zeros(1)  # decades owed to the age of any text

LIKELY = 0.5  # probability from which a text is likely spun: below, no spinner is named, and nothing is restored
OWN_RATE = 0.15  # spin rate of a family known whole from which a text is taken for its work, not for like it
MIN_SHARE = 0.01  # share of the evidence below which a family is not named


def judge(
    tokens: Tokens,
    decoded: Decoded,
    damage: F64,
    families: Sequence[str],
    partial: bool,
    config: Config,
    old: F64 = NONE,
) -> list[Verdict]:
    """The verdict on each text of a batch.

    `damage` is (texts,), what damage that shows without a dictionary adds to the log-odds of each; `families` names the
    columns of `decoded`, and `partial` says whether there are families among them of which only a part is known; `old`
    is (texts,), the decades for every hundred words that are owed to how old each reads (`period.old_decades`).

    >>> from despin.runtime.example import EXAMPLE
    >>> families = EXAMPLE.dictionary.families
    >>> [verdict] = judge(EXAMPLE.tokens, EXAMPLE.decoded, np.array([2.0]), families, True, Config())
    >>> verdict.judgement, round(verdict.probability, 2), verdict.family
    ('spun', 0.78, 'spinbot')
    """
    texts = len(damage)
    rates = decoded.rate.max(axis=1, initial=0)  # of the spinner that did most
    words = count_words(tokens, texts)
    decades = decoded.gain / math.log(10)
    counted = count_new_words(tokens, texts)
    chance = probability(decades - owed(old, counted), rates, counted, damage, partial)
    verdicts = []
    for text, (p, n, rate, ratio) in enumerate(
        zip(chance.tolist(), words.tolist(), rates.tolist(), decades.tolist(), strict=True)
    ):
        verdict = Verdict(judgement(p, n, config.max_probability), p, rate, ratio, "", n)
        verdicts.append(_named(verdict, decoded.explained[text], families))
    return verdicts


def owed(old: F64, words: I64) -> F64:
    """(texts,): the decades of texts of so many `words` that are owed to their age: `old` for every hundred words."""
    return old * words / 100


def raise_to_passages(
    verdicts: Sequence[Verdict],
    passages: Sequence[Sequence[Passage]],
    decoded: Decoded,
    families: Sequence[str],
    config: Config,
) -> list[Verdict]:
    """The verdicts, none of them below that on the likeliest passage of its text: who spins half a page has spun it.

    The caution that many passages of an honest text ask for is in their probabilities already
    (`passages.judge_passages`).
    """
    raised = []
    for verdict, parts, explained in zip(verdicts, passages, decoded.explained, strict=True):
        most = max((part.probability for part in parts), default=0.0)
        if most > verdict.probability:
            said = judgement(most, verdict.words, config.max_probability)
            verdict = _named(replace(verdict, probability=most, judgement=said), explained, families)
        raised.append(verdict)
    return raised


def liken(verdicts: Sequence[Verdict], decoded: Decoded, dictionary: Dictionary) -> list[Verdict]:
    """The verdicts, with what is said of the family that each names: is the text its work, or only most like it?

    Of a family known in part nobody knows what else it does, so it is never more than a likeness. One known whole
    replaces the keys that it finds; where most of them stand, others that put the same words were at work.
    """
    likened = []
    for verdict, rate in zip(verdicts, decoded.rate, strict=True):
        if verdict.family:
            row = dictionary.families.index(verdict.family)
            verdict = replace(verdict, likeness=bool(dictionary.partial[row] or rate[row] < OWN_RATE))
        likened.append(verdict)
    return likened


def _named(verdict: Verdict, explained: F64, families: Sequence[str]) -> Verdict:
    """`verdict` with the families that had a part in a text that is likely spun; `explained` is (families,)."""
    if verdict.probability < LIKELY:
        return verdict
    shares = _shares(explained, families)
    return replace(verdict, family=shares[0][0] if shares else "", families=shares)


def count_words(tokens: Tokens, texts: int) -> I64:
    """(texts,): the tokens with letters of each text."""
    words = np.flatnonzero(tokens.shape >= Shape.LOWER)
    heads = np.searchsorted(tokens.document, np.arange(texts + 1, dtype=np.int32))  # tokens stand text by text
    return np.diff(np.searchsorted(words, heads))


def count_new_words(tokens: Tokens, texts: int) -> I64:
    """(texts,): the same, but those of a sentence that a text repeats are counted once.

    Its likelihood ratio counts what such a sentence says once too (`Lattice.repeat_weight`): repetition is no more
    evidence, and no more text.
    """
    if not len(tokens):
        return np.zeros(texts, np.int64)
    from ..decoding.candidates import sentence_heads

    heads = np.flatnonzero(sentence_heads(tokens))
    length = np.diff(np.append(heads, len(tokens)))
    place = np.arange(len(tokens)) - np.repeat(heads, length)
    sentence = np.add.reduceat(hash_phrases([place.astype(np.uint64), tokens.word]), heads)
    text = tokens.document.take(heads)
    _, first = np.unique(hash_phrases([text.astype(np.uint64), sentence]), return_index=True)
    words = np.add.reduceat((tokens.shape >= Shape.LOWER).astype(np.int64), heads)
    return np.bincount(text.take(first), words.take(first), minlength=texts).astype(np.int64)


def probability(decades: F64, rate: F64, words: I64, damage: F64, partial: bool) -> F64:
    """That texts were spun; (texts,) of the likelihood ratio in decades, the spin rate, the length, and what damage
    adds to the log-odds."""
    weights, constant = (WEIGHTS_PARTIAL, CONSTANT_PARTIAL) if partial else (WEIGHTS, CONSTANT)
    log_odds = constant + (verdict_features(decades, rate, words) * list(weights.values())).sum(axis=1) + damage
    chance: F64 = 1 / (1 + np.exp(-np.clip(log_odds, -MAX_LOG_ODDS, MAX_LOG_ODDS)))
    return chance


def verdict_features(decades: F64, rate: F64, words: I64) -> F64:
    """(texts, weights): what `WEIGHTS` weighs."""
    hundreds = np.maximum(words, JUDGED_MIN_LENGTH) / 100
    beyond = np.maximum(hundreds - EXCUSED_FROM / 100, 0.0)
    columns = [
        decades - ODDEST * beyond,
        np.log10(hundreds),
        np.log(np.maximum(rate, RATE_FLOOR)),
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def judgement(probability: float, words: int, limit: float) -> Judgement:
    if probability > limit:
        return "spun"
    return "unclear" if words < SHORT_TEXT_WORDS and probability > DOUBT else "clean"


def _shares(explained: F64, families: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """The families, and the share of what is `explained`, (families,), that each explains, the largest first."""
    share = explained / explained.sum() if explained.sum() > 0 else np.zeros(len(explained))
    named = [(families[k], float(share[k])) for k in np.argsort(-share, kind="stable").tolist()]
    return tuple((name, part) for name, part in named if part >= MIN_SHARE)
