"""What stands in for functions of numpy does what these do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from despin.util.arrays import alike, among, distinct, ordered, spread

NUMBERS = st.lists(st.integers(0, 9), max_size=8)


@given(NUMBERS, NUMBERS)
def test_among(values, few):
    values, few = np.array(values, np.uint64), np.array(few, np.uint64)
    assert among(values, few).tolist() == np.isin(values, few).tolist()


@given(NUMBERS)
def test_distinct(values):
    values = np.array(values, np.int64)
    for mine, numpys in zip(
        distinct(values, 10), np.unique(values, return_index=True, return_inverse=True), strict=True
    ):
        assert mine.tolist() == numpys.tolist()


@given(st.lists(st.integers(0, 1 << 20), max_size=40))
def test_ordered(values):
    values = np.array(values, np.int64)
    assert ordered(values).tolist() == np.argsort(values, kind="stable").tolist()


@given(NUMBERS)
def test_spread(counts):
    group, place = spread(np.array(counts, np.int64))
    assert group.tolist() == [one for one, count in enumerate(counts) for _ in range(count)]
    assert place.tolist() == [one for count in counts for one in range(count)]


@given(st.lists(st.one_of(st.integers(0, 9), st.integers(0, 2**64 - 1)), max_size=60))
def test_alike(values):
    number = np.array(values, np.uint64)
    one = alike(number).tolist()
    assert all(values[row] == value for row, value in zip(one, values, strict=True))
    assert len(set(one)) == len(set(values))


def test_many_are_told_apart():
    number = np.arange(100_000) // 3
    one = alike(number)
    assert (number[one] == number).all()
    assert len(np.unique(one)) == len(np.unique(number))
