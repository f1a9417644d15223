"""What numpy has as well, without what it imports for it: `numpy.ma`, 8 ms, comes with the first `np.isin` or
`np.unique`, be the arrays masked or not.
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


def distinct(values: I64) -> I64:
    """The different `values`, sorted.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    values = np.sort(values)
    found: I64 = values[np.concatenate([np.ones(min(len(values), 1), np.bool_), values[1:] != values[:-1]])]
    return found
