"""Passages: what is said of a text, said of its parts, since pages mix their own text with spun text.

A passage is a paragraph, or a row of short ones: a few words tell nothing. Texts are cut twice (`cut`), by two rules
whose numbers were fitted each to its own use:

* for the screening every text of a batch, `by_division` into passages of some `SCREENED_WORDS`;
* for the verdict texts that may be spun, `one_by_one` into passages of `JUDGED_WORDS` or more. Each is judged as a text
  of its length is, from what the regions in it said at a few spin rates (`Decoded.log_ratio_at_starts`) and from the
  keys that stand in it: nothing is decoded again.

Start reading from `judge_passages`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ..config import Config
from ..results.report import Passage, Verdict, quick_passage
from ..text.token_features import Shape
from ..text.tokens import Tokens
from ..util.array_types import F64, I32, I64, Bool
from .verdict import LIKELY, judgement, owed, probability

if TYPE_CHECKING:
    from ..decoding.channel import Channel
    from ..decoding.decode import Decoded
    from ..decoding.lattice import Lattice
    from ..dictionary.marker_phrases import Marked

SCREENED_WORDS = 100  # of a passage in the screening, at least; more where a paragraph has more
SCREENED_CAUTION = 6.0  # log-odds taken off each, and more the more there are: at 1.5 twice as much is decoded
JUDGED_WORDS = 60  # of a passage in a report, at least; shorter paragraphs are joined with those behind them
JUDGED_CAUTION = 1.5  # log-odds taken off a passage of a text that is not likely spun as a whole (docs/quality.md)
MIXTURE_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.98)  # of the passages of a text that were spun
MIXTURE_SCALE = 0.5  # of what the regions of a passage say: they are not independent
NOTABLE_DECADES = 2.0  # of the whole text's likelihood ratio, below which no passage of it is judged


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """The passages of some texts, in order; one row a passage."""

    text: I64
    head: I64
    """First token."""
    end: I64
    """Last token + 1."""
    words: I64

    def __len__(self) -> int:
        return len(self.text)

    def those(self, keep: Bool) -> Passages:
        """The passages where `keep`, (passages,), is true."""
        return Passages(self.text[keep], self.head[keep], self.end[keep], self.words[keep])

    @property
    def several(self) -> Bool:
        """(passages,): whether there are others of the same text."""
        several: Bool = np.bincount(self.text)[self.text] > 1
        return several

    @property
    def number(self) -> I64:
        """(tokens,): the passage of each token of the batch, if those of all its texts are here."""
        return np.repeat(np.arange(len(self)), self.end - self.head)

    @property
    def apart(self) -> I32:
        """(tokens,): `number`, but −1 in texts of a single passage, which is the text."""
        return np.where(self.several, np.arange(len(self)), -1).astype(np.int32)[self.number]

    def strongest(self, log_odds: F64, texts: int) -> F64:
        """(texts,): the highest `log_odds`, (passages,), among the passages of each text, with the more caution the
        more there are; −∞ where there is but one."""
        count = np.bincount(self.text, minlength=texts)
        heads = np.flatnonzero(count)
        strongest = np.full(texts, -np.inf)
        if len(heads):
            strongest[heads] = np.maximum.reduceat(log_odds, np.cumsum(count)[heads] - count[heads])
        return np.where(count > 1, strongest - SCREENED_CAUTION - np.log(np.maximum(count, 1)), -np.inf)


def cut(tokens: Tokens, texts: I64, fewest: int, begins: Callable[[I64, I64, I64, int], Bool]) -> Passages:
    """The passages of `texts`, the numbers of some of a batch, in order; a text without tokens has none.

    Which paragraphs begin one, (paragraphs,), `begins` says: of the text of each, of how many words stand before it and
    before its end, and of how many words a passage is to have, `fewest`.

    >>> from despin.text.tokens import tokenise
    >>> tokens = tokenise(["One two three four five.\\nSix.\\nSeven eight nine."])
    >>> [cut(tokens, np.arange(1), 3, rule).words.tolist() for rule in (by_division, one_by_one)]
    [[5, 1, 3], [5, 4]]
    """
    opens = np.flatnonzero(tokens.opens)
    text = tokens.document[opens].astype(np.int64)
    chosen = np.flatnonzero(np.isin(text, texts))
    bounds = np.append(opens, len(tokens))
    words = np.searchsorted(np.flatnonzero(tokens.shape >= Shape.LOWER), bounds)
    text, before, after = text[chosen], words[chosen], words[chosen + 1]
    first = np.flatnonzero(begins(text, before, after, fewest))
    last = np.append(first[1:], len(text))[: len(first)] - 1
    return Passages(text[first], bounds[chosen[first]], bounds[chosen[last] + 1], after[last] - before[first])


def by_division(text: I64, before: I64, after: I64, fewest: int) -> Bool:
    """A rule for `cut`: a passage ends where a text reaches a multiple of `fewest` words."""
    part = (before - before[np.searchsorted(text, text)]) // fewest  # words from the first paragraph of the text on
    begins = np.ones(len(text), np.bool_)
    begins[1:] = (text[1:] != text[:-1]) | (part[1:] != part[:-1])
    return begins


def one_by_one(text: I64, before: I64, after: I64, fewest: int) -> Bool:
    """A rule for `cut`: a passage ends with the paragraph in which it reaches `fewest` words; what is left at the end
    of a text, if it is shorter, stays with the passage before it."""
    begins = np.zeros(len(text), np.bool_)
    heads = np.flatnonzero(np.diff(text, prepend=-1)).tolist()
    for low, high in pairwise([*heads, len(text)]):
        total = int(after[high - 1])
        start = None  # words before the passage
        for row, count in enumerate(before[low:high].tolist(), start=low):
            if start is None or (count - start >= fewest and total - count >= fewest):
                begins[row], start = True, count
    return begins


@dataclass(frozen=True, slots=True, eq=False)
class JudgedPassages:
    """The passages of texts that may be spun and have several, and what is said of each; (passages,) unless said
    otherwise."""

    passages: Passages
    start: I64
    """First code point in its text."""
    end: I64
    """Last code point + 1."""
    probability: F64
    """That it was spun, judged by itself."""
    beside: F64
    """That it was spun, given what the other passages of its text are."""
    rate: F64
    decades: F64
    """Log10 of its likelihood ratio."""

    def reported(self, texts: int, config: Config) -> list[tuple[Passage, ...]]:
        """The passages of each text: none where none is likely spun."""
        result: list[tuple[Passage, ...]] = [()] * texts
        whose = self.passages.text
        first = np.flatnonzero(np.diff(whose, prepend=-1))
        if not len(first):
            return result
        shown = np.maximum.reduceat(self.probability, first) > config.max_probability
        columns = self.start, self.end, self.probability, self.rate, self.decades, self.passages.words
        for low, high in zip(first[shown].tolist(), np.append(first[1:], len(whose))[shown].tolist(), strict=True):
            rows = zip(*(column[low:high].tolist() for column in columns), strict=True)
            result[int(whose[low])] = tuple(
                [
                    quick_passage(begin, stop, judgement(p, n, config.max_probability), p, rate, ratio, n)
                    for begin, stop, p, rate, ratio, n in rows
                ]
            )
        return result

    def spun_at(self, lattice: Lattice, channel: Channel, verdicts: Sequence[Verdict]) -> F64:
        """(candidates,): the probability that what stands around each was spun: that of its text (`premise`) and, where
        this has passages, that its own is one of those that were."""
        chance = np.array([premise(verdict) for verdict in verdicts]).take(channel.text)
        if not len(self.passages):
            return chance
        token = lattice.token.take(lattice.arcs.start.take(channel.candidate))
        number = np.searchsorted(self.passages.head, token, "right") - 1
        within = (number >= 0) & (token < self.passages.end.take(number))
        chance[within] *= self.beside.take(number[within])
        return chance


def premise(verdict: Verdict) -> float:
    """The probability that findings are weighed with, 0 to 1: 1 where the text was likely spun.

    Findings of a text are restored only where it was; whether it was is said once, and a doubt about the whole must not
    tax what is certain in its place.
    """
    return 1.0 if verdict.probability >= LIKELY else verdict.probability


def judge_passages(
    texts: Sequence[str],
    tokens: Tokens,
    lattice: Lattice,
    channel: Channel,
    decoded: Decoded,
    verdicts: Sequence[Verdict],
    marked: Marked,
    partial: bool,
    old: F64,
) -> JudgedPassages:
    """What is said of the passages of those texts that may be spun and have several. `marked` are the marker phrases in
    the batch; `partial` and `old` are as for `judge`."""
    from ..decoding.decode import START_RATES

    notable = [n for n, verdict in enumerate(verdicts) if verdict.log_likelihood_ratio > NOTABLE_DECADES]
    parted = cut(tokens, np.array(notable, np.int64), JUDGED_WORDS, one_by_one)
    parted = parted.those(parted.several)
    gain = _gain(parted, lattice, channel, decoded)
    decades = gain.max(axis=0) / math.log(10)
    rates = np.array(START_RATES)[gain.argmax(axis=0)]
    # In an honest text the oddest of many passages must not be taken for a sign: as many chances, as much caution.
    honest = np.array([verdict.probability < LIKELY for verdict in verdicts], np.bool_)[parted.text]
    count = np.bincount(parted.text, minlength=1)[parted.text]
    caution = np.where(honest, -JUDGED_CAUTION - np.log(np.maximum(count, 1)), 0.0)
    apart = caution + marked.between(parted.head, parted.end)
    chance = probability(decades - owed(old[parted.text], parted.words), rates, parted.words, apart, partial)
    start = tokens.start[parted.head] - tokens.offset[parted.text]
    first = np.diff(parted.text, prepend=-1) != 0
    start[first] = 0
    last = np.append(first[1:], True)[: len(first)]
    size = np.array([len(text) for text in texts], np.int64)[parted.text]
    end = np.where(last, size, np.append(start[1:], 0)[: len(start)])
    return JudgedPassages(parted, start, end, chance, _beside(gain, parted.text, len(texts)), rates, decades)


def _gain(parted: Passages, lattice: Lattice, channel: Channel, decoded: Decoded) -> F64:
    """(rates, passages): ln of the likelihood ratio of each of `START_RATES`: from the regions that begin in a passage,
    and from the keys that stand in it."""
    from ..decoding.decode import START_RATES

    place = lattice.token.take(lattice.begin)  # the token at which each region begins
    said = _summed(decoded.log_ratio_at_starts * lattice.repeat_weight)
    shape = (channel.texts, channel.families)
    kept = np.stack([channel.outside(np.full(shape, start)) for start in START_RATES])
    order = np.argsort(channel.key_token, kind="stable")
    standing, kept = channel.key_token[order], _summed(kept[:, order])
    return _between(place, said, parted) + _between(standing, kept, parted)


def _beside(gain: F64, text: I64, texts: int) -> F64:
    """(passages,): the probability that each was spun, in a mixture: a share of the passages of a text was spun, all at
    one rate, and the others were not. Of `MIXTURE_SHARES` and rates the likeliest are taken."""
    odds = np.array(MIXTURE_SHARES) / (1 - np.array(MIXTURE_SHARES))
    log_odds = gain[:, None] * MIXTURE_SCALE + np.log(odds)[:, None]  # (rates, shares, passages)
    likelihood = np.logaddexp(0.0, log_odds) - np.log1p(odds)[:, None]
    whole = np.zeros((*likelihood.shape[:2], texts))
    for rate, shares in enumerate(likelihood):
        for share, one in enumerate(shares):
            whole[rate, share] = np.bincount(text, one, minlength=texts)
    best = np.array(np.unravel_index(whole.reshape(-1, texts).argmax(axis=0), whole.shape[:2]))[:, text]
    chance: F64 = 1 / (1 + np.exp(-np.clip(log_odds[best[0], best[1], np.arange(len(text))], -50, 50)))
    return chance


def _summed(amount: F64) -> F64:
    return np.concatenate([np.zeros((len(amount), 1)), np.cumsum(amount, axis=1)], axis=1)


def _between(place: I64, summed: F64, parted: Passages) -> F64:
    """(rates, passages): sums of the columns whose `place`, in increasing order, lies in each passage.

    `summed` are the sums of all columns before each.
    """
    sums: F64 = summed[:, np.searchsorted(place, parted.end)] - summed[:, np.searchsorted(place, parted.head)]
    return sums
