"""What stands in for functions of numpy does what these do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from despin.arrays import among, distinct

NUMBERS = st.lists(st.integers(0, 9), max_size=8)


@given(NUMBERS, NUMBERS)
def test_among(values, few):
    values, few = np.array(values, np.uint64), np.array(few, np.uint64)
    assert among(values, few).tolist() == np.isin(values, few).tolist()


@given(NUMBERS)
def test_distinct(values):
    values = np.array(values, np.int64)
    found = distinct(values)
    assert found.dtype == values.dtype
    assert found.tolist() == np.unique(values).tolist()
