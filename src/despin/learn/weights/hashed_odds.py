"""Plain text, spun by the channels of the dictionaries → the weights of `hashed_odds`.

Texts are cut into passages; half of them are spun by one of the families, at one of a few rates, anew each time the
texts are read, so that a passage teaches what its words are like spun and not. Real copies teach too, where there are.
The weights are those that make it likeliest, of the mixture over all rates, which passages were spun: stochastic
gradient descent, with a step of its own for each weight (AdaGrad: Duchi, Hazan and Singer, *Adaptive subgradient
methods for online learning and stochastic optimization*, 2011).

Start reading from `Learner`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...detection.hashed_odds import (
    HASHED_RATES,
    MAX_WEIGHT,
    PAIR_BITS,
    UNIT,
    WORD_BITS,
    HashedOdds,
    pair_bucket,
    word_bucket,
)
from ...dictionary.dictionary import Dictionary
from ...text.tokens import Tokens
from ...util.array_types import F32, F64, I64
from ...util.arrays import spread
from .spinning import Spinner, Spun

SHORTEST, LONGEST, MIN_PASSAGE = 40, 600, 25  # tokens of a passage: as cut, and after documents end
SPIN_RATES = (0.15, 0.25, 0.25, 0.5, 0.5, 1.0)
PARTIAL = 1.7  # times these: of families known in part the dictionary takes keys to be replaced seldom
TOGETHER = 512  # passages of one step
STEP, LAST_STEP = 0.3, 0.05
FRESH = 1e-2  # what the squares of slopes begin with
STEEPEST = 8.0  # nats
_SIZE = (1 << WORD_BITS) + (1 << PAIR_BITS) + 2
HELD_OUT = 8  # one document in so many is left for whoever wants to see how well the weights do: `held_out`


def held_out(text: str) -> bool:
    """Whether the learner leaves `text` alone, so that it can be judged on it.

    >>> sum(held_out(f"document {number}") for number in range(8000)) // 100
    10
    """
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % HELD_OUT == 0


@dataclass(frozen=True, slots=True)
class Passages:
    """Words of passages, and whether a spinner left them."""

    words: Spun
    spun: NDArray[np.bool_]
    """(texts,)"""


@dataclass(slots=True, eq=False)
class Learner:
    """Weights that get better with every passage."""

    spinner: Spinner
    weights: F64
    """(families,): how often each is drawn."""
    chance: np.random.Generator
    weight: F32 = field(default_factory=lambda: np.zeros(_SIZE, np.float32))
    """Of words, then of pairs, then of all tokens, then of no pair, which is 0."""
    slopes: F32 = field(default_factory=lambda: np.full(_SIZE, FRESH, np.float32))
    """The squares of all slopes of each, summed up."""
    prior: F64 = field(default_factory=lambda: np.full(len(HASHED_RATES), -2.0))
    prior_slopes: F64 = field(default_factory=lambda: np.full(len(HASHED_RATES), FRESH))
    room: F32 = field(default_factory=lambda: np.zeros(_SIZE, np.float32))
    """Zeros, for sums."""
    step: float = STEP
    passages: int = 0
    tokens: int = 0
    loss: float = 0.0
    """Of the last passages, in nats, each counting a thousandth less than the next."""

    @classmethod
    def of(cls, dictionary: Dictionary, weights: Mapping[str, float], seed: int = 1) -> Learner:
        """Nothing learned yet; `weights` of families that are not named are 1."""
        share = np.array([weights.get(name, 1.0) for name in dictionary.families])
        return cls(Spinner.of(dictionary), share / share.sum(), np.random.default_rng(seed))

    def read(self, tokens: Tokens) -> None:
        """Learn from honest documents: half of their passages are spun."""
        if not len(tokens):
            return
        text = self._cut(tokens)
        passages = int(text[-1]) + 1
        family = self.chance.choice(len(self.weights), passages, p=self.weights)
        rate = np.where(self.chance.random(passages) < 0.5, 0.0, self.chance.choice(SPIN_RATES, passages))
        more = np.where(self.spinner.dictionary.partial[family], PARTIAL, 1.0)
        self.take(Passages(self.spinner.spin(tokens, text, family, rate * more, self.chance), rate > 0))

    def compare(self, tokens: Tokens, spun: NDArray[np.bool_]) -> None:
        """Learn from documents that are `spun`, (documents,), or honest."""
        if len(tokens):
            text = self._cut(tokens)
            heads = np.flatnonzero(np.append(True, text[1:] != text[:-1]))
            self.take(Passages(Spun(tokens.word, tokens.opens, text), spun[tokens.document[heads]]))

    def take(self, passages: Passages) -> None:
        """Learn from `passages` that are spun or honest."""
        text = passages.words.text
        count = np.bincount(text, minlength=len(passages.spun))
        first = np.cumsum(count) - count
        none = _SIZE - 1
        beside = np.full(len(text), none)
        if len(text) > 1:
            pairs = pair_bucket(passages.words.word) + (1 << WORD_BITS)
            beside[:-1] = np.where((text[1:] == text[:-1]) & ~passages.words.opens[1:], pairs, none)
        alone = word_bucket(passages.words.word)
        order = self.chance.permutation(np.flatnonzero(count >= MIN_PASSAGE))
        for rows in (order[begin : begin + TOGETHER] for begin in range(0, len(order), TOGETHER)):
            text_, place = spread(count[rows])
            at = first[rows][text_] + place
            self._step(text_, alone[at], beside[at], passages.spun[rows])

    def learned(self, provenance: Mapping[str, Any]) -> HashedOdds:
        """What has been learned so far."""
        every = self.weight[_SIZE - 2]
        units = np.clip(np.rint(self.weight / UNIT), -MAX_WEIGHT, MAX_WEIGHT).astype(np.int8)
        word = np.clip(np.rint((self.weight[: 1 << WORD_BITS] + every) / UNIT), -MAX_WEIGHT, MAX_WEIGHT).astype(np.int8)
        return HashedOdds(word, units[1 << WORD_BITS : _SIZE - 2].copy(), self.prior.copy(), provenance)

    def _cut(self, tokens: Tokens) -> I64:
        """(tokens,): documents in passages, the passage of each token."""
        size = len(tokens)
        lengths = np.exp(self.chance.uniform(np.log(SHORTEST), np.log(LONGEST), size // SHORTEST + 1)).astype(np.int64)
        heads = np.zeros(size, np.bool_)
        cuts = np.cumsum(lengths)
        heads[cuts[cuts < size]] = True
        heads[1:] |= tokens.document[1:] != tokens.document[:-1]
        return np.cumsum(heads)

    def _step(self, text: I64, alone: I64, beside: I64, spun: NDArray[np.bool_]) -> None:
        """One step down the slope of the loss of some passages; the first three are (tokens,), `spun` is (texts,)."""
        weight = self.weight
        likelier = weight.take(alone)
        likelier += weight.take(beside)
        likelier += weight[_SIZE - 2]
        np.clip(likelier, -STEEPEST, STEEPEST, out=likelier)
        gain = np.exp(likelier)
        said = np.empty((len(HASHED_RATES), len(spun)))
        slopes = []
        for row, rate in enumerate(HASHED_RATES):
            by = gain * np.float32(rate)
            total = by + np.float32(1 - rate)
            said[row] = np.bincount(text, np.log(total), minlength=len(spun))
            slopes.append(by / total)
        odds = said + self.prior[:, None]
        together = np.logaddexp.reduce(odds, axis=0)
        share = np.exp(odds - together)
        error = 1 / (1 + np.exp(-np.clip(together, -30, 30))) - spun
        losses = np.logaddexp(0, np.where(spun, -together, together))
        kept = 0.999 ** len(spun)
        self.loss = kept * self.loss + (1 - kept) * float(losses.mean())
        self.passages, self.tokens = self.passages + len(spun), self.tokens + len(text)

        slope = np.zeros(len(text), np.float32)
        for row, one in enumerate(slopes):
            slope += one * (error * share[row]).astype(np.float32)[text]
        down = (share * error).sum(axis=1)
        self.prior_slopes += down**2
        self.prior -= self.step * down / np.sqrt(self.prior_slopes)
        every = np.full(1, _SIZE - 2)
        for places, of in ((alone, slope), (beside, slope), (every, slope.sum(keepdims=True))):
            np.add.at(self.room, places, of)
            moved = self.room[places]
            self.room[places] = 0.0
            # What stands here twice is given the same new value twice.
            squares = self.slopes[places] + moved**2
            self.slopes[places] = squares
            weight[places] = weight[places] - np.float32(self.step) * moved / np.sqrt(squares)
        weight[_SIZE - 1] = 0.0


def in_turn(sources: list[Iterator[Any]], sizes: list[float]) -> Iterator[Any]:
    """What the `sources` give, so that all come to their ends together, if they are of these `sizes`.

    >>> list(in_turn([iter("abcd"), iter("12")], [4, 2]))
    ['a', 'b', '1', 'c', 'd', '2']
    """
    given = [0] * len(sources)
    left = set(range(len(sources)))
    while left:
        next_ = min(left, key=lambda number: ((given[number] + 1) / sizes[number], number))
        try:
            yield next(sources[next_])
            given[next_] += 1
        except StopIteration:
            left.remove(next_)
