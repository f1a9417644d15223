"""Two texts → what they share that is rare, and the chains that it forms: where a copy lies beside its source.

A *seed* is a row of one to three words that stands at most a few times in either text: (place in the text, place in
the source). A *chain* is a row of seeds that go on in both texts, as in the aligners of genomes (Li 2018, minimap2): a
few words may lie between two of them, and the two texts may drift apart a little. Each chain is found by itself, so
that the order of paragraphs does not matter. Both steps take a time that is linear in the texts, whatever they say.

Start reading from `chains`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..text.hashing import hash_phrases
from ..util.array_types import F64, I64, U64, Bool
from ..util.arrays import spread
from .words import Words

GRAMS = 3  # words of the longest seed
OFTEN = 8  # a gram stands so often at most: its places in the one text times those in the other
REACH = 40  # tokens between two seeds of a chain, in either text
BACK = 32  # seeds that may be the one before, so that time stays linear
DRIFT = 0.12  # what a token costs by which the texts drift apart
LEAST = 2.5  # what seeds are worth together that are more than chance


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Seeds that go on in both texts."""

    text: I64
    """(seeds,): tokens of the text, increasing."""
    source: I64
    """(seeds,): tokens of the source, increasing."""
    score: float


def chains(text: Words, source: Words, free: Bool, source_free: Bool, least: float = LEAST) -> list[Chain]:
    """The chains among the tokens that are `free`, by their place in the text; none reaches into another, nor out of
    its paragraph."""
    left, right, weight = seeds(text, source, free, source_free)
    here, there = (np.searchsorted(w.border, at, side="right") for w, at in ((text, left), (source, right)))
    before, value = _chained(left, right, weight, here, there)
    return _extract(left, right, before, value, _Taken(~free, ~source_free), least)


def seeds(text: Words, source: Words, free: Bool, source_free: Bool) -> tuple[I64, I64, F64]:
    """(seeds,): places in the text, places in the source, sorted, and what the two are worth: one for each gram that
    they stand in, if it stands nowhere else."""
    found = []
    for length in range(1, GRAMS + 1):
        (one, at), (other, there) = _grams(text, free, length), _grams(source, source_free, length)
        left, right, worth = _shared(one, other)
        found += [(at[left] + step, there[right] + step, worth) for step in range(length)]
    left, right, worth = (np.concatenate(column) for column in zip(*found, strict=True))
    pair, which = np.unique(left * (len(source) + 1) + right, return_inverse=True)
    left, right = np.divmod(pair, len(source) + 1)
    total: F64 = np.bincount(which, worth, minlength=len(pair)).astype(np.float64)
    return left, right, total


def _grams(words: Words, free: Bool, length: int) -> tuple[U64, I64]:
    """The hash of each gram of `length` words, counted ones first and last, and where it begins."""
    size = len(words) - length + 1
    if size < 1:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    hashes = hash_phrases([words.word[step : step + size] for step in range(length)])
    good = words.counted[:size] & words.counted[length - 1 :]
    for step in range(length):
        good &= free[step : step + size]
    at = np.flatnonzero(good)
    return hashes[at], at


def _shared(one: U64, other: U64) -> tuple[I64, I64, F64]:
    """All pairs of places of equal hashes that are rare enough, and one by how many pairs there are of that hash."""
    order, there = np.argsort(one, kind="stable"), np.argsort(other, kind="stable")
    known, first, count = np.unique(one[order], return_index=True, return_counts=True)
    begin = np.searchsorted(other[there], known, side="left")
    number = np.searchsorted(other[there], known, side="right") - begin
    rare = np.flatnonzero((number > 0) & (count * number <= OFTEN))
    group, place = spread((count * number)[rare])
    row, column = np.divmod(place, number[rare][group])
    return order[first[rare][group] + row], there[begin[rare][group] + column], 1 / (count * number)[rare][group]


def _chained(left: I64, right: I64, weight: F64, here: I64, there: I64) -> tuple[I64, F64]:
    """For each seed the one before it in its best chain, −1 where it is the first; and that chain's score. `here` and
    `there` are the paragraphs in which the seeds stand."""
    value, before = weight.copy(), np.full(len(left), -1, np.int64)
    drift = right - left
    for row in range(1, len(left)):
        low = max(0, row - BACK)
        step, on = left[row] - left[low:row], right[row] - right[low:row]
        good = (on > 0) & (on <= REACH) & (step > 0) & (step <= REACH)
        good &= (here[low:row] == here[row]) & (there[low:row] == there[row])
        reached = np.where(good, value[low:row] - DRIFT * np.abs(drift[row] - drift[low:row]), 0.0)
        best = int(reached.argmax())
        if reached[best] > 0:
            value[row] += reached[best]
            before[row] = low + best
    return before, value


class _Taken:
    """What the chains so far hold of either text."""

    def __init__(self, text: Bool, source: Bool) -> None:
        self.text, self.source = text.copy(), source.copy()

    def between(self, first: int, last: int, begin: int, end: int) -> bool:
        """Whether any of the tokens first … last of the text, or begin … end of the source, is held."""
        return bool(self.text[first : last + 1].any() or self.source[begin : end + 1].any())

    def take(self, chain: Chain) -> None:
        """Hold what `chain` reaches over."""
        self.text[chain.text[0] : chain.text[-1] + 1] = True
        self.source[chain.source[0] : chain.source[-1] + 1] = True


def _extract(left: I64, right: I64, before: I64, value: F64, taken: _Taken, least: float) -> list[Chain]:
    """The chains, best first, each without what those before it hold; sorted by place in the end."""
    used = np.zeros(len(left), np.bool_)
    found = []
    for row in np.argsort(-value, kind="stable").tolist():
        if value[row] < least:
            break
        if used[row] or taken.between(left[row], left[row], right[row], right[row]):
            continue
        rows, at = [row], int(before[row])
        used[row] = True
        while at >= 0 and not used[at]:
            if taken.between(left[at], left[rows[-1]], right[at], right[rows[-1]]):
                break
            used[at] = True
            rows.append(at)
            at = int(before[at])
        score = float(value[row] - (value[at] if at >= 0 else 0.0))
        if score >= least:
            places = np.array(rows[::-1], np.int64)
            chain = Chain(left[places], right[places], score)
            taken.take(chain)
            found.append(chain)
    return sorted(found, key=lambda chain: int(chain.text[0]))
