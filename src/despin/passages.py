"""The verdict, paragraph by paragraph: pages mix their own text with spun text.

A passage is a paragraph, or a row of short ones: a few words tell nothing. It is judged as a text of its length is,
from what the regions in it said at a few spin rates (`Decoded.tried`) and from the keys that stand in it: nothing is
decoded again. Start reading from `divide`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .config import Config
from .decode import STARTS, Channel, Decoded
from .findings import Passage, Verdict
from .lattice import Lattice
from .tokens import Shape, Tokens
from .verdict import LIKELY, judgement, probability

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

FEWEST = 60  # words of a passage; shorter paragraphs are joined with those behind them
NOTABLE = 2.0  # decades of the whole text's likelihood ratio below which no passage of it is looked at
CAUTION = 1.5  # log-odds taken off a passage of a text that is not likely spun as a whole (docs/quality.md)


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
    notable = [n for n, verdict in enumerate(verdicts) if verdict.log_likelihood_ratio > NOTABLE]
    result: list[tuple[Passage, ...]] = [()] * len(texts)
    if not notable:
        return result
    place = lattice.token.take(lattice.begin)  # the token at which each region begins
    said = _summed(decoded.tried * lattice.once)
    shape = (channel.texts, channel.families)
    kept = np.stack([channel.outside(np.full(shape, start)) for start in STARTS])
    order = np.argsort(channel.key_token, kind="stable")
    standing, kept = channel.key_token[order], _summed(kept[:, order])
    words = np.concatenate([[0], np.cumsum(tokens.shape >= Shape.LOWER)])
    for number in notable:
        first, last = np.searchsorted(tokens.document, [number, number + 1]).tolist()
        heads = _heads(first + np.flatnonzero(tokens.opens[first:last]), last, words)
        if len(heads) < 2:
            continue
        gain = _between(place, said, heads, last) + _between(standing, kept, heads, last)
        best = gain.argmax(axis=0)
        decades = gain.max(axis=0) / math.log(10)
        rates = np.array(STARTS)[best]
        length = words[np.append(heads[1:], last)] - words[heads]
        # In an honest text the oddest of many passages must not be taken for a sign: as many chances, as much caution.
        honest = verdicts[number].probability < LIKELY
        caution = np.full(len(heads), -CAUTION - math.log(len(heads)) if honest else 0.0)
        chance = probability(decades, rates, length, caution, partial)
        if chance.max() <= config.max_probability:
            continue
        start = tokens.start[heads] - tokens.offset[number]
        start[0] = 0
        end = np.append(start[1:], len(texts[number]))
        rows = zip(*(column.tolist() for column in (start, end, chance, rates, decades, length)), strict=True)
        result[number] = tuple(
            Passage(begin, stop, judgement(p, n, config.max_probability), p, rate, ratio, n)
            for begin, stop, p, rate, ratio, n in rows
        )
    return result


def _heads(paragraphs: I64, last: int, words: I64) -> I64:
    """The first tokens of the passages, of `paragraphs`, the first tokens of all paragraphs of a text."""
    heads: list[int] = []
    for paragraph in paragraphs.tolist():
        if not heads or words[paragraph] - words[heads[-1]] >= FEWEST:
            heads.append(paragraph)
    if len(heads) > 1 and words[last] - words[heads[-1]] < FEWEST:
        heads.pop()  # too short to stand alone: it stays with the one before it
    return np.array(heads, np.int64)


def _summed(amount: F64) -> F64:
    return np.concatenate([np.zeros((len(amount), 1)), np.cumsum(amount, axis=1)], axis=1)


def _between(place: I64, summed: F64, heads: I64, last: int) -> F64:
    """(rates, passages): sums of the columns whose `place`, in increasing order, lies in each passage.

    `summed` are the sums of all columns before each.
    """
    bounds = np.searchsorted(place, np.append(heads, last))
    return np.diff(summed[:, bounds], axis=1)
