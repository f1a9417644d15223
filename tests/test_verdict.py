"""What is judged of a whole text: laws of the verdict, whatever its weights are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin import Config, Finding, Verdict
from despin.damage import FAMILY
from despin.decode import Decoded
from despin.tokens import tokenise
from despin.verdict import DOUBT, FEW_WORDS, judge, with_family

RATES = st.floats(1e-4, 0.98)
RATIOS = st.floats(-50, 200)
LENGTHS = st.integers(1, 3000)


def verdict(words: int, ratio: float, rate: float, limit: float = 0.5, damage: float = 0.0) -> Verdict:
    """The verdict on a text of so many words, whose likelihood ratio is `ratio` decades."""
    [one] = verdicts([(words, ratio, rate)], limit, damage)
    return one


def verdicts(texts: list[tuple[int, float, float]], limit: float = 0.5, damage: float = 0.0) -> list[Verdict]:
    tokens = tokenise([" ".join(["word"] * words) for words, _, _ in texts])
    none = np.zeros(0)
    rate, gain = np.array([rate for _, _, rate in texts]), np.array([ratio * math.log(10) for _, ratio, _ in texts])
    decoded = Decoded(rate, gain, none, none, np.zeros(0, np.bool_))
    return judge(tokens, decoded, np.full(len(texts), damage), Config(max_probability=limit))


@given(LENGTHS, RATIOS, RATIOS, RATES)
def test_a_higher_likelihood_ratio_never_makes_it_less_probable(words: int, one: float, other: float, r: float) -> None:
    low, high = sorted([one, other])
    assert verdict(words, low, r).probability <= verdict(words, high, r).probability


@given(LENGTHS, RATIOS, RATES, RATES)
def test_a_higher_spin_rate_never_makes_it_less_probable(words: int, ratio: float, one: float, other: float) -> None:
    low, high = sorted([one, other])
    assert verdict(words, ratio, low).probability <= verdict(words, ratio, high).probability


@given(LENGTHS, RATIOS, RATES, st.floats(0, 20), st.floats(0, 20))
def test_damage_never_makes_it_less_probable(words: int, ratio: float, r: float, one: float, other: float) -> None:
    low, high = sorted([one, other])
    assert verdict(words, ratio, r, damage=low).probability <= verdict(words, ratio, r, damage=high).probability


@given(LENGTHS, LENGTHS, RATIOS, RATES)
def test_the_same_ratio_says_no_more_of_a_longer_text(one: int, other: int, ratio: float, rate: float) -> None:
    short, long = sorted([one, other])
    assert verdict(short, ratio, rate).probability >= verdict(long, ratio, rate).probability


@given(LENGTHS, RATIOS, RATES, st.floats(0, 1))
def test_the_judgement_follows_from_probability_and_length(words: int, ratio: float, r: float, limit: float) -> None:
    one = verdict(words, ratio, r, limit)
    assert 0 <= one.probability <= 1
    assert one.words == words
    assert (one.judgement == "spun") == (one.probability > limit)
    if one.judgement == "unclear":
        assert words < FEW_WORDS
        assert DOUBT < one.probability <= limit


def test_a_short_text_is_unclear_where_a_long_one_is_clean() -> None:
    """The same, not quite convincing, probability."""
    chance = [r / 10 for r in range(-60, 100)]
    short = [one for ratio in chance if (one := verdict(FEW_WORDS - 1, ratio, 0.3)).judgement == "unclear"]
    assert short
    long = [verdict(FEW_WORDS, one.log_likelihood_ratio, 0.3) for one in short]
    assert {one.judgement for one in long} == {"clean"}
    assert [one.probability for one in long] == pytest.approx([one.probability for one in short])


def test_a_short_text_without_a_sign_is_clean() -> None:
    assert verdict(3, 0.0, 1e-4).judgement == "clean"


def test_an_empty_text_is_never_spun() -> None:
    for text in ("", " \n", "…", "1887"):
        tokens = tokenise([text])
        none = np.zeros(0)
        decoded = Decoded(np.array([0.02]), np.zeros(1), none, none, np.zeros(0, np.bool_))
        [one] = judge(tokens, decoded, np.zeros(1), Config())
        assert one.judgement != "spun"
        assert one.words == 0


def test_no_texts_have_no_verdicts() -> None:
    none = np.zeros(0)
    assert judge(tokenise([]), Decoded(none, none, none, none, np.zeros(0, np.bool_)), none, Config()) == []


def test_each_text_of_a_batch_is_judged_for_itself() -> None:
    texts = [(20, 3.0, 0.4), (500, -1.0, 0.01), (150, 12.0, 0.9)]
    assert verdicts(texts) == [verdict(*text) for text in texts]


def test_the_family_is_that_of_most_restorations() -> None:
    def finding(at: int, family: str, action: str = "restore") -> Finding:
        return Finding(at, at + 1, "x", "y", family=family, action="suggest" if action == "suggest" else "restore")

    plain = verdict(50, 3.0, 0.5)
    assert with_family(plain, []).family == ""
    assert with_family(plain, [finding(0, "web", "suggest")]).family == ""
    found = [finding(0, "web"), finding(2, "academic"), finding(4, "academic"), *[finding(6, "web", "suggest")] * 3]
    assert with_family(plain, found).family == "academic"
    # Damage that needs no dictionary is of no spinner in particular.
    assert with_family(plain, [finding(0, "web"), finding(2, FAMILY), finding(4, FAMILY)]).family == "web"
    assert with_family(plain, [finding(0, FAMILY)]).family == ""
