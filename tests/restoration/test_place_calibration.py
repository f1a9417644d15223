"""Was the place substituted at all? More than its best reading says, and alike whatever else is in the batch."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from despin import Config, check
from despin.restoration.evidence import together
from despin.restoration.place_calibration import PLACE_FEATURES, place_features, place_log_odds
from despin.runtime.knowledge import load_data

SOME = st.floats(-20, 20)
FOUND = (
    "The 2 co-stars work onerous, however everybody appears to be like completely satisfied on the finish of the day."
)


def columns(rate: float, size: int) -> dict[str, np.ndarray]:
    return {"log rate": np.full(size, np.log(rate)), "log rest": np.full(size, -np.log(1.02 - rate))}


@given(arrays(np.float64, 6, elements=SOME), st.floats(0.02, 1))
def test_a_place_is_judged_alone_as_in_a_batch(sums, rate):
    weights = load_data(Config())[2].place
    whose = np.zeros(len(sums), np.int64)
    batch = place_log_odds(sums, columns(rate, len(sums)), weights, whose)
    alone = [place_log_odds(sums[i : i + 1], columns(rate, 1), weights, whose[:1])[0] for i in range(len(sums))]
    assert batch.tolist() == alone


@given(SOME, SOME, st.floats(0.1, 1), st.integers(0, 1))
def test_what_weighs_more_was_substituted_likelier(one, other, rate, whose):
    weights = load_data(Config())[2].place
    sums = np.array(sorted([one, other]))
    low, high = place_log_odds(sums, columns(rate, 2), weights, np.full(2, whose))
    assert low <= high


@given(arrays(np.float64, 5, elements=SOME), arrays(np.int64, 5, elements=st.integers(0, 2)))
def test_candidates_of_a_place_weigh_together_what_each_weighs(score, place):
    sums = together(score, place)
    for at, number in enumerate(place):
        assert np.isclose(sums[at], np.log(np.exp(score[place == number]).sum()))


def test_features_have_names():
    assert place_features(np.zeros(3), columns(0.5, 3)).shape == (len(PLACE_FEATURES), 3)


def test_no_reading_is_likelier_than_that_there_was_any():
    findings = check(FOUND).findings
    assert findings
    assert all(one.confidence <= one.substituted for one in findings)
    assert any(sum(chance for _, chance in one.readings) < one.substituted - 0.01 for one in findings)
