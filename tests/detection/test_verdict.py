"""What is judged of a whole text: laws of the verdict, whatever its weights are."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import despin
from despin import Config, Verdict
from despin.decoding.decode import Decoded
from despin.detection.verdict import DOUBT, SHORT_TEXT_WORDS, count_new_words, count_words, judge
from despin.text.tokens import tokenise

FIXTURES = Path(__file__).parents[1] / "fixtures"
F64 = NDArray[np.float64]
RATES = st.floats(1e-4, 0.98)
RATIOS = st.floats(-50, 200)
LENGTHS = st.integers(1, 3000)


def verdict(words: int, ratio: float, rate: float, limit: float = 0.5, damage: float = 0.0) -> Verdict:
    """The verdict on a text of so many words, whose likelihood ratio is `ratio` decades."""
    [one] = verdicts([(words, ratio, rate)], limit, damage)
    return one


def verdicts(texts: list[tuple[int, float, float]], limit: float = 0.5, damage: float = 0.0) -> list[Verdict]:
    tokens = tokenise([" ".join(["word"] * words) for words, _, _ in texts])
    rate, gain = np.array([rate for _, _, rate in texts]), np.array([ratio * math.log(10) for _, ratio, _ in texts])
    return judge(
        tokens, decoded_at(rate, gain), np.full(len(texts), damage), ["web"], False, Config(max_probability=limit)
    )


def decoded_at(rate: F64, gain: F64, explained: F64 | None = None) -> Decoded:
    nothing, none = np.zeros(0), np.zeros(0, np.int64)
    rates = rate[:, None] if rate.ndim == 1 else rate
    known = np.ones(rates.shape) if explained is None else explained
    return Decoded(
        rates, gain, nothing, nothing, nothing, nothing, np.zeros((0, 1)), none, known, np.zeros(0, np.bool_)
    )


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
        assert words < SHORT_TEXT_WORDS
        assert DOUBT < one.probability <= limit


def test_a_short_text_is_unclear_where_a_long_one_is_clean() -> None:
    """The same, not quite convincing, probability."""
    chance = [r / 10 for r in range(-60, 100)]
    short = [one for ratio in chance if (one := verdict(SHORT_TEXT_WORDS - 1, ratio, 0.3)).judgement == "unclear"]
    assert short
    long = [verdict(SHORT_TEXT_WORDS, one.log_likelihood_ratio, 0.3) for one in short]
    assert {one.judgement for one in long} == {"clean"}
    assert [one.probability for one in long] == pytest.approx([one.probability for one in short])


def test_a_short_text_without_a_sign_is_clean() -> None:
    assert verdict(3, 0.0, 1e-4).judgement == "clean"


def test_an_empty_text_is_never_spun() -> None:
    for text in ("", " \n", "…", "1887"):
        tokens = tokenise([text])
        [one] = judge(tokens, decoded_at(np.array([0.02]), np.zeros(1)), np.zeros(1), ["web"], False, Config())
        assert one.judgement != "spun"
        assert one.words == 0


def test_no_texts_have_no_verdicts() -> None:
    none = np.zeros(0)
    assert judge(tokenise([]), decoded_at(none, none), none, ["web"], False, Config()) == []


def test_each_text_of_a_batch_is_judged_for_itself() -> None:
    texts = [(20, 3.0, 0.4), (500, -1.0, 0.01), (150, 12.0, 0.9)]
    assert verdicts(texts) == [verdict(*text) for text in texts]


def families(explained: list[float], ratio: float) -> Verdict:
    """The verdict on a text whose substitutions three families explain so well."""
    rate, gain = np.full((1, 3), 0.5), np.full(1, ratio * math.log(10))
    tokens = tokenise(["word " * 200])
    [one] = judge(
        tokens,
        decoded_at(rate, gain, np.array([explained])),
        np.zeros(1),
        ["web", "rewriter", "academic"],
        True,
        Config(),
    )
    return one


def test_the_family_is_the_one_that_explains_most() -> None:
    one = families([10.0, 0.01, 30.0], 20.0)
    assert one.family == "academic"
    assert one.families == (("academic", pytest.approx(0.75, abs=0.01)), ("web", pytest.approx(0.25, abs=0.01)))


def test_no_family_is_named_without_evidence() -> None:
    assert families([10.0, 0.0, 30.0], -20.0).families == ()  # the text is clean
    assert families([0.0, 0.0, 0.0], 20.0).family == ""  # spun, but by damage alone


@given(st.lists(st.floats(0, 1e6), min_size=3, max_size=3))
def test_shares_fall_and_never_exceed_the_whole(explained: list[float]) -> None:
    shares = [share for _, share in families(explained, 20.0).families]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1 + 1e-9


@pytest.mark.parametrize("times", [2, 7, 40, 400])
def test_repetition_is_no_more_evidence_and_no_less(times):
    """The verdict on many copies of a text is that on one."""
    spun, clean = ((FIXTURES / path).read_text() for path in ("../cases/page.txt", "clean/lentil-soup.txt"))
    assert despin.check(clean * times).verdict.judgement == despin.check(clean).verdict.judgement == "clean"
    once, often = despin.check(spun).verdict, despin.check(spun * times).verdict
    assert often.judgement == once.judgement == "spun"
    assert often.words == once.words * times


def test_words_of_a_repeated_sentence_are_counted_once():
    tokens = tokenise(["One two. One two. Three one two.\nOne two.", "One two.", ""])
    assert count_words(tokens, 3).tolist() == [9, 2, 0]
    assert count_new_words(tokens, 3).tolist() == [5, 2, 0]
