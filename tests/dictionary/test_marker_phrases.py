"""Marker phrases: found where they stand, counted once, and worth more the fewer honest writers have them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import despin
from despin.dictionary.dictionary import Dictionary
from despin.dictionary.entry import DictionaryFile, Entry
from despin.dictionary.errors import DictionaryError
from despin.dictionary.files import folder
from despin.dictionary.marker_phrases import MOST_FOR_PLACE, MarkerPhrases, for_places, log_ratio
from despin.text.tokens import tokenise

COUNTS = {
    "keep a strategic distance from": (0.0, 900.0),
    "by a strategic distance from": (2.0, 3000.0),
    "keep a strategic distance from the": (0.0, 900.0),  # holds another
    "every so often": (4000.0, 300000.0),  # others write it too
}
MARKERS = MarkerPhrases.of(COUNTS)


def added(*texts):
    return MARKERS.find(tokenise(list(texts))).log_odds(len(texts)).tolist()


def test_each_phrase_counts_once_a_text_and_the_first_less():
    once = "They keep a strategic distance from the sea. "
    both = once + "They won by a strategic distance from all."
    assert added("", "They keep to the sea.", once, once * 3, both) == [0.0, 0.0, 1.5, 1.5, 4.5]


def test_what_others_write_too_says_nothing_of_a_text():
    assert added("It rains every so often.") == [0.0]


def test_the_first_says_nothing_of_a_passage():
    tokens = tokenise(["They keep a strategic distance from it. They won by a strategic distance from all."])
    marked = MARKERS.find(tokens)
    half = int(marked.token[1])
    assert marked.between(np.array([0, 0]), np.array([half, len(tokens)])).tolist() == [0.0, 3.0]


def test_entries_get_their_share():
    entries = [Entry(phrase, "avoid", "toy") for phrase in COUNTS] + [Entry("shun", "avoid", "toy")]
    dictionary = Dictionary.of([DictionaryFile("toy", tuple(entries), "")])
    said = for_places(MARKERS, dictionary)
    by_phrase = {dictionary.entry(row).spun: value for row, value in enumerate(said.tolist())}
    assert by_phrase["keep a strategic distance from"] == MOST_FOR_PLACE
    assert by_phrase["every so often"] == pytest.approx(log_ratio(4000, 300000) / 2, rel=1e-6)
    assert by_phrase["shun"] == 0


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6))
def test_the_rarer_among_others_the_more_it_tells(seen, expected, more):
    assert log_ratio(seen + more, expected) < log_ratio(seen, expected) < log_ratio(seen, expected + more)


@pytest.mark.parametrize("line", ["a phrase", "a phrase\t1", "a phrase\tx\t2", "a phrase\t1\t2\t3"])
def test_a_line_that_is_none_is_told(line, tmp_path):
    (tmp_path / "markers.txt").write_text(f"#: words: 1\n{line}\n")
    with pytest.raises(DictionaryError, match=r"markers\.txt:2: a line has a phrase and two counts"):
        MarkerPhrases.open(tmp_path / "markers.txt")


def test_none_at_all():
    assert MarkerPhrases.of({}).find(tokenise(["A text."])).log_odds(1).tolist() == [0.0]


def test_the_shipped_ones_are_found():
    markers = MarkerPhrases.load(folder("en") / "marker_phrases.txt")
    assert markers.find(tokenise(["They maintain a strategic distance from sugar."])).token.tolist() == [1]


SPUN = (
    "On the off chance that you keep running in the morning, maintain a strategic distance from hills. With a specific "
    "end goal to make strides, do whatever it takes not to eat a considerable measure of sugar. At the point when the "
    "weather is chilly, numerous individuals experience the ill effects of a sore throat."
)


def test_a_page_full_of_them_is_spun_and_only_like_a_family():
    verdict = despin.check(SPUN).verdict
    assert (verdict.judgement, verdict.family, verdict.likeness) == ("spun", "spinbot", True)
    assert verdict.named == "most like spinbot"
    assert type(verdict).from_dict(verdict.to_dict()).likeness
