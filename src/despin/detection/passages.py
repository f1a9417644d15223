"""The verdict, paragraph by paragraph: pages mix their own text with spun text.

A passage is a paragraph, or a row of short ones: a few words tell nothing. It is judged as a text of its length is,
from what the regions in it said at a few spin rates (`Decoded.tried`) and from the keys that stand in it: nothing is
decoded again. Start reading from `divide`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..config import Config
from ..decoding.channel import Channel
from ..decoding.decode import STARTS, Decoded
from ..decoding.lattice import Lattice
from ..results.report import Passage, Verdict, quick_passage
from ..text.token_features import Shape
from ..text.tokens import Tokens
from ..util.array_types import F64, I64
from .verdict import LIKELY, judgement, probability

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
    parted = _parted(notable, tokens, words)
    if not len(parted.head):
        return result
    count = np.bincount(parted.text, minlength=len(texts))[parted.text]
    honest = np.array([verdict.probability < LIKELY for verdict in verdicts])[parted.text]
    gain = _between(place, said, parted) + _between(standing, kept, parted)
    decades = gain.max(axis=0) / math.log(10)
    rates = np.array(STARTS)[gain.argmax(axis=0)]
    length = words[parted.end] - words[parted.head]
    # In an honest text the oddest of many passages must not be taken for a sign: as many chances, as much caution.
    caution = np.where(honest, -CAUTION - np.log(count), 0.0)
    chance = probability(decades, rates, length, caution, partial)
    start = tokens.start[parted.head] - tokens.offset[parted.text]
    first = np.flatnonzero(np.diff(parted.text, prepend=-1))
    start[first] = 0
    size = np.array([len(text) for text in texts])[parted.text]
    end = np.append(start[1:], 0)
    last = np.append(first[1:], len(start)) - 1
    end[last] = size[last]
    shown = np.maximum.reduceat(chance, first) > config.max_probability
    columns = [column.tolist() for column in (start, end, chance, rates, decades, length)]
    for low, high in zip(first[shown].tolist(), (last[shown] + 1).tolist(), strict=True):
        rows = zip(*(column[low:high] for column in columns), strict=True)
        result[int(parted.text[low])] = tuple(
            [
                quick_passage(begin, stop, judgement(p, n, config.max_probability), p, rate, ratio, n)
                for begin, stop, p, rate, ratio, n in rows
            ]
        )
    return result


@dataclass(frozen=True, slots=True, eq=False)
class _Parted:
    """The passages of those texts that have several; one row a passage."""

    text: I64
    head: I64
    """First token."""
    end: I64
    """Last token + 1."""


def _parted(numbers: Sequence[int], tokens: Tokens, words: I64) -> _Parted:
    """The passages of the texts `numbers`; `words` are how many there are before each token."""
    paragraphs = np.flatnonzero(tokens.opens)
    bounds = np.searchsorted(paragraphs, np.searchsorted(tokens.document, np.append(numbers, np.add(numbers, 1))))
    ends = np.searchsorted(tokens.document, numbers, side="right").tolist()
    text, head, end = [], [], []
    first, before = paragraphs.tolist(), words[paragraphs].tolist()
    columns = (bounds[: len(numbers)].tolist(), bounds[len(numbers) :].tolist(), ends, words[ends].tolist())
    for number, low, high, last, total in zip(numbers, *columns, strict=True):
        if low == high or total - before[low] < 2 * FEWEST:  # too short for two
            continue
        heads = _heads(first[low:high], before[low:high], total)
        if len(heads) > 1:
            text += [number] * len(heads)
            head += heads
            end += [*heads[1:], last]
    return _Parted(*(np.array(column, np.int64) for column in (text, head, end)))


def _heads(paragraphs: Sequence[int], words: Sequence[int], total: int) -> list[int]:
    """The first tokens of the passages, of `paragraphs`, the first tokens of all paragraphs of a text; there are
    `words` before each of them, and before the end `total`."""
    heads: list[int] = []
    before = 0  # words before the passage
    for paragraph, count in zip(paragraphs, words, strict=True):
        if not heads or count - before >= FEWEST:
            heads.append(paragraph)
            before = count
    if len(heads) > 1 and total - before < FEWEST:
        heads.pop()  # too short to stand alone: it stays with the one before it
    return heads


def _summed(amount: F64) -> F64:
    return np.concatenate([np.zeros((len(amount), 1)), np.cumsum(amount, axis=1)], axis=1)


def _between(place: I64, summed: F64, parted: _Parted) -> F64:
    """(rates, passages): sums of the columns whose `place`, in increasing order, lies in each passage.

    `summed` are the sums of all columns before each.
    """
    sums: F64 = summed[:, np.searchsorted(place, parted.end)] - summed[:, np.searchsorted(place, parted.head)]
    return sums
