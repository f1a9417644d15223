"""Arithmetic on columns that every stage needs, and that numpy has not or has only dearer.

The first `np.isin` or `np.unique` imports `numpy.ma`, 8 ms, be the arrays masked or not; and both sort.
"""

from __future__ import annotations

import numpy as np

from .array_types import I64, Bool, Integers

_COMPARED = 8
"""So many numbers are compared one by one, four times as fast as by a table."""


def among(values: Integers, few: Integers) -> Bool:
    """Which of `values` are among `few`, a list that need not be sorted.

    >>> among(np.array([3, 1, 2], np.uint64), np.array([2, 3], np.uint64)).tolist()
    [True, False, True]
    """
    found = np.zeros(len(values), np.bool_)
    if len(few) <= _COMPARED:
        for one in few:
            found |= values == one
        return found
    ends = np.zeros(1 << 16, np.bool_)  # the last 16 bits of nearly all others are none of theirs
    ends[(few & few.dtype.type(0xFFFF)).astype(np.int64)] = True
    rows = np.flatnonzero(ends.take((values & values.dtype.type(0xFFFF)).astype(np.int64)))
    few, likely = np.sort(few), values[rows]
    found[rows] = few[np.minimum(np.searchsorted(few, likely), len(few) - 1)] == likely
    return found


def alike(number: Integers) -> I64:
    """(rows,): for every row one that has the same `number`, and for all of these the same.

    Who only asks which rows go together need not sort them, as `np.unique` does: here each row is put where the hash of
    its number says, and looks who is there. Those who find a stranger, few of them, are asked again with another hash.

    >>> alike(np.array([7, 5, 7, 7, 5])).tolist()
    [3, 4, 3, 3, 4]
    """
    number = number.astype(np.uint64)
    one, rows = np.arange(len(number)), np.arange(len(number))
    factor = _GOLDEN
    while len(rows):
        bits = int(3 * len(rows)).bit_length()
        slot = ((number * np.uint64(factor)) >> np.uint64(64 - bits)).astype(np.int64)
        table = np.empty(1 << bits, np.int64)  # read only where something was put
        table[slot] = np.arange(len(rows))
        met = table.take(slot)
        strange = np.flatnonzero(number.take(met) != number)
        one[rows] = rows.take(met)
        rows, number = rows.take(strange), number.take(strange)
        factor = factor * _GOLDEN % 2**64
    return one


_GOLDEN = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio, odd (Knuth, The Art of Computer Programming 6.4)


def spread(counts: I64, begin: I64 | int = 0) -> tuple[I64, I64]:
    """For groups of `counts` rows: the group of every row, and its place in the group, counted from its `begin`.

    >>> [column.tolist() for column in spread(np.array([2, 0, 1]), np.array([5, 6, 7]))]
    [[0, 0, 2], [5, 6, 7]]
    """
    group = grouped(counts)
    place = np.arange(len(group))
    place += (begin + counts - np.cumsum(counts)).take(group)
    return group, place


def grouped(counts: I64) -> I64:
    """For groups of `counts` rows: the group of every row. As `np.repeat` says it, which takes twice as long.

    >>> grouped(np.array([0, 2, 0, 1])).tolist()
    [1, 1, 3]
    """
    if not len(counts):
        return np.zeros(0, np.int64)
    begin = np.cumsum(counts)
    group = np.bincount(begin[:-1], minlength=int(begin[-1]) + 1)[: int(begin[-1])]
    return np.cumsum(group, out=group)


def distinct(number: I64, limit: int) -> tuple[I64, I64, I64]:
    """The different ones of `number`, all from 0 and below `limit`; where each stands first; which of them each is.

    As `np.unique` says it, which sorts."""
    first = np.full(limit, -1)
    first[number[::-1]] = np.arange(len(number))[::-1]
    known = np.flatnonzero(first >= 0)
    rank = np.empty(limit, np.int64)
    rank[known] = np.arange(len(known))
    return known, first[known], rank[number]


def ordered(number: I64) -> I64:
    """What puts `number`, none above 2^32, in order, equal ones as they were: numpy sorts 16 bits in linear time."""
    order = np.argsort(number.astype(np.uint16), kind="stable")
    high = number >> 16
    return order.take(np.argsort(high.take(order).astype(np.uint16), kind="stable")) if high.any() else order
