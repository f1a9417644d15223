"""Passages: what is said of a text, said of its parts, since pages mix their own text with spun text.

A passage is a paragraph, or a row of short ones: a few words tell nothing. Texts are cut twice (`cut`), by two rules
whose numbers were fitted each to its own use:

* for the screening every text of a batch, `by_division` into passages of some `SCREENED_WORDS`;
* for the verdict texts that may be spun, `one_by_one` into passages of `JUDGED_WORDS` or more. Each is judged as a text
  of its length is, from what the regions in it said at a few spin rates (`Decoded.tried`) and from the keys that stand
  in it: nothing is decoded again.

Start reading from `divide`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..config import Config
from ..decoding.channel import Channel
from ..decoding.decode import STARTS, Decoded
from ..decoding.lattice import Lattice
from ..results.report import Passage, Verdict, quick_passage
from ..text.tokens import Shape, Tokens
from ..util.array_types import F64, I32, I64, Bool
from .verdict import LIKELY, judgement, probability

SCREENED_WORDS = 100  # of a passage in the screening, at least; more where a paragraph has more
SCREENED_CAUTION = 6.0  # log-odds taken off each, and more the more there are: at 1.5 twice as much is decoded
JUDGED_WORDS = 60  # of a passage in a report, at least; shorter paragraphs are joined with those behind them
JUDGED_CAUTION = 1.5  # log-odds taken off a passage of a text that is not likely spun as a whole (docs/quality.md)
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


def divide(
    texts: Sequence[str],
    tokens: Tokens,
    lattice: Lattice,
    channel: Channel,
    decoded: Decoded,
    verdicts: Sequence[Verdict],
    partial: bool,
    config: Config,
) -> list[tuple[Passage, ...]]:
    """The passages of each text: none where there is but one, or none is likely spun. `partial` is as for `judge`."""
    notable = [n for n, verdict in enumerate(verdicts) if verdict.log_likelihood_ratio > NOTABLE_DECADES]
    result: list[tuple[Passage, ...]] = [()] * len(texts)
    if not notable:
        return result
    place = lattice.token.take(lattice.begin)  # the token at which each region begins
    said = _summed(decoded.tried * lattice.once)
    shape = (channel.texts, channel.families)
    kept = np.stack([channel.outside(np.full(shape, start)) for start in STARTS])
    order = np.argsort(channel.key_token, kind="stable")
    standing, kept = channel.key_token[order], _summed(kept[:, order])
    parted = cut(tokens, np.array(notable), JUDGED_WORDS, one_by_one)
    parted = parted.those(parted.several)
    if not len(parted):
        return result
    count = np.bincount(parted.text)[parted.text]
    honest = np.array([verdict.probability < LIKELY for verdict in verdicts])[parted.text]
    gain = _between(place, said, parted) + _between(standing, kept, parted)
    decades = gain.max(axis=0) / math.log(10)
    rates = np.array(STARTS)[gain.argmax(axis=0)]
    # In an honest text the oddest of many passages must not be taken for a sign: as many chances, as much caution.
    caution = np.where(honest, -JUDGED_CAUTION - np.log(count), 0.0)
    chance = probability(decades, rates, parted.words, caution, partial)
    start = tokens.start[parted.head] - tokens.offset[parted.text]
    first = np.flatnonzero(np.diff(parted.text, prepend=-1))
    start[first] = 0
    size = np.array([len(text) for text in texts])[parted.text]
    end = np.append(start[1:], 0)
    last = np.append(first[1:], len(start)) - 1
    end[last] = size[last]
    shown = np.maximum.reduceat(chance, first) > config.max_probability
    columns = [column.tolist() for column in (start, end, chance, rates, decades, parted.words)]
    for low, high in zip(first[shown].tolist(), (last[shown] + 1).tolist(), strict=True):
        rows = zip(*(column[low:high] for column in columns), strict=True)
        result[int(parted.text[low])] = tuple(
            [
                quick_passage(begin, stop, judgement(p, n, config.max_probability), p, rate, ratio, n)
                for begin, stop, p, rate, ratio, n in rows
            ]
        )
    return result


def _summed(amount: F64) -> F64:
    return np.concatenate([np.zeros((len(amount), 1)), np.cumsum(amount, axis=1)], axis=1)


def _between(place: I64, summed: F64, parted: Passages) -> F64:
    """(rates, passages): sums of the columns whose `place`, in increasing order, lies in each passage.

    `summed` are the sums of all columns before each.
    """
    sums: F64 = summed[:, np.searchsorted(place, parted.end)] - summed[:, np.searchsorted(place, parted.head)]
    return sums
