"""What each word of a spun copy was made from."""

from __future__ import annotations

import numpy as np
import pytest

from despin.learn.weights.evidence import _Candidates
from despin.learn.weights.examples import Alignment, Example
from despin.text.tokens import tokenise

ORIGINAL = "the old harbour was quiet and the boats lay still"
COPY = "the outdated haven was very quiet and boats lay nonetheless"


@pytest.fixture(scope="module")
def alignment() -> tuple[Alignment, list[int]]:
    tokens = tokenise([COPY])
    return Alignment.of(Example(ORIGINAL, COPY, 1.0), tokens, 0, len(tokens)), tokens.word.tolist()


@pytest.mark.parametrize(
    ("first", "last", "kept"),
    [
        (0, 1, True),  # the
        (1, 2, False),  # outdated ← old
        (1, 3, False),
        (3, 4, True),  # was
        (4, 5, False),  # very, which is new
        (5, 7, True),  # quiet and
        (6, 8, False),  # and … boats, with a word between them once
        (7, 7, False),  # where that word stood
        (8, 9, True),  # lay
        (9, 10, False),  # nonetheless ← still
    ],
)
def test_a_place_is_kept_or_it_was_substituted(alignment, first, last, kept):
    known, words = alignment
    assert known.keeps(first, last, words[first:last]) is kept


def test_the_original_says_what_stood_there(alignment):
    known, _ = alignment
    old = tokenise(["old harbour"]).word.tolist()
    assert known.says(1, 3, old)
    assert not known.says(1, 3, old[:1])
    assert not known.says(3, 4, old)


def part(places: list[int], text: list[int], first: list[int]) -> _Candidates:
    size = len(places)
    no, begin = np.zeros(size, np.bool_), np.array(first)
    return _Candidates(
        np.zeros((size, 2), np.float32), np.zeros((size, 3), np.uint64), no, np.array(places), np.array(text),
        begin, begin + 1, no,
    )  # fmt: skip


def test_parts_are_numbered_on():
    one, two = part([0, 0, 1], [0, 0, 1], [4, 4, 9]), part([0, 1], [0, 0], [0, 3])
    joined = _Candidates.joined([one, two, two])
    assert joined.place.tolist() == [0, 0, 1, 2, 3, 4, 5]
    assert joined.text.tolist() == [0, 0, 1, 2, 2, 3, 3]
    assert (np.diff(joined.first[[2, 3, 5]]) > 0).all()
    assert (joined.last - joined.first == 1).all()
