"""Phrases as places in a long row of word ids, and what they hash to: what the learner counts with.

A corpus of 140 MB has millions of phrases. None of them is kept as an object: a phrase is a place and a length, and two
phrases are the same if their 64-bit hashes are (among ten million phrases, the chance that any two differ and hash
alike is one in 400,000). Start reading from `Row`.
"""

from __future__ import annotations

import numpy as np

from ...util.array_types import I32, I64, U64

Phrase = tuple[int, ...]


def _mix(ids: U64) -> U64:
    mixed = (ids + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return mixed ^ (mixed >> np.uint64(32))


def roll(value: U64, word: U64) -> U64:
    """The hash of what hashes to `value` with one more word."""
    value = (value * np.uint64(0xD6E8FEB86659FD93)) ^ word
    value ^= value >> np.uint64(29)
    return value


def couple(left: U64, right: U64) -> U64:
    """The hash of two phrases in their order. Both are scrambled once more: a hash of one word is hardly mixed."""
    return roll(left * np.uint64(0xBF58476D1CE4E5B9), right * np.uint64(0x94D049BB133111EB))


class Row:
    """Word ids, one after another, with their phrases' hashes at hand."""

    def __init__(self, ids: I32) -> None:
        self.ids = ids
        self.mixed = _mix(ids.astype(np.uint64))

    def hashes(self, first: I64, length: I64 | int) -> U64:
        """The hash of each phrase of `length` words from `first`; that of no words is 0."""
        length = np.broadcast_to(np.asarray(length, np.int64), first.shape)
        value = np.zeros(len(first), np.uint64)
        for place in range(int(length.max(initial=0))):
            on = np.flatnonzero(length > place)
            word = self.mixed[first[on] + place]
            value[on] = roll(value[on], word) if place else word
        return value

    def grams(self, size: int) -> U64:
        """The hash of the phrase of `size` words from each place (the last few wrap around and match nothing)."""
        value = self.mixed.copy()
        for place in range(1, size):
            value = roll(value, np.roll(self.mixed, -place))
        return value

    def phrase(self, first: int, length: int) -> Phrase:
        """The words of one phrase."""
        return tuple(self.ids[first : first + length].tolist())

    def counts(self, first: I64, length: I64) -> I64:
        """How often each phrase that stands here `length` words from `first` stands here in all."""
        hashes, result = self.hashes(first, length), np.zeros(len(first), np.int64)
        for size in np.unique(length).tolist():
            rows = np.flatnonzero(length == size)
            distinct, inverse = np.unique(hashes[rows], return_inverse=True)
            grams = self.grams(size)
            at = np.minimum(np.searchsorted(distinct, grams), len(distinct) - 1)
            hits = np.bincount(at[distinct[at] == grams], minlength=len(distinct))
            result[rows] = hits[inverse]
        return result

    def places(self, first: I64, length: I64) -> tuple[I64, I64]:
        """(which phrase, where) of every occurrence of phrases that must be distinct; sorted by phrase, then place."""
        hashes = self.hashes(first, length)
        which, where = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for size in np.unique(length).tolist():
            rows = np.flatnonzero(length == size)
            rows = rows[np.argsort(hashes[rows])]
            ordered, grams = hashes[rows], self.grams(size)
            at = np.minimum(np.searchsorted(ordered, grams), len(ordered) - 1)
            hits = np.flatnonzero(ordered[at] == grams)
            which.append(rows[at[hits]])
            where.append(hits)
        phrase, place = np.concatenate(which), np.concatenate(where)
        order = np.argsort(phrase, kind="stable")
        return phrase[order], place[order]


def numbered(hashes: U64) -> tuple[I64, I64, I64]:
    """(number of each, one place of each number, how often each number occurs): equal hashes get the same number."""
    _, index, inverse, counts = np.unique(hashes, return_index=True, return_inverse=True, return_counts=True)
    return inverse.astype(np.int64), index.astype(np.int64), counts.astype(np.int64)


def ranges(first: I64, length: I64) -> I64:
    """All the indices first[k] … first[k] + length[k] - 1, one k after another.

    >>> ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    total = np.cumsum(length)
    step = np.arange(int(total[-1]) if len(total) else 0, dtype=np.int64)
    shift: I64 = np.repeat(first - (total - length), length)
    return step + shift
