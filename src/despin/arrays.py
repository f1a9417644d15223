"""Arithmetic on columns that every stage needs, and that numpy has not or has only dearer.

The first `np.isin` or `np.unique` imports `numpy.ma`, 8 ms, be the arrays masked or not; and both sort.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.integer[Any]]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


def among(values: Integers, few: Integers) -> Bool:
    """Which of `values` are among `few`, a list that need not be sorted.

    >>> among(np.array([3, 1, 2], np.uint64), np.array([2, 3], np.uint64)).tolist()
    [True, False, True]
    """
    if not len(few):
        return np.zeros(len(values), np.bool_)
    few = np.sort(few)
    found: Bool = few[np.minimum(np.searchsorted(few, values), len(few) - 1)] == values
    return found


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
