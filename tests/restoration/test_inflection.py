"""The form of a candidate: what endings are, what neighbours ask for, and what that says of a candidate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.dictionary.dictionary import Dictionary
from despin.dictionary.entry import DictionaryFile, Entry
from despin.restoration.features import Rows
from despin.restoration.inflection import FEATURES, FEWEST, SIDES, Forms, inflection
from despin.text.hashing import hash_words
from despin.text.suffixes import SUFFIXES, suffixes
from despin.text.tokens import tokenise

PAIRS = [("meals", "food"), ("meals", "dishes"), ("quick walking", "running"), ("brand new homes", "new houses")]
TEXTS = ["These meals were warm.", "This food was warm.", "A dish is better than these dishes.", "They like running."]
FORMS = Forms.learn(tokenise(TEXTS * FEWEST))


@pytest.mark.parametrize(
    ("word", "suffix"),
    [("meals", "s"), ("cooking", "ing"), ("Cooked", "ed"), ("FASTER", "er"), ("fastest", "est"), ("slowly", "ly"),
     ("food", ""), ("glass", ""), ("virus", ""), ("his", ""), ("king", ""), ("red", ""), ("her", ""), ("1980", ""),
     ("women’s", "")],
)  # fmt: skip
def test_an_ending_is_told_by_its_letters(word, suffix):
    assert SUFFIXES[suffixes(tokenise([word]))[0]] == suffix


def asked(text: str, spun: str, original: str, forms: Forms = FORMS) -> dict[str, float]:
    dictionary = Dictionary.of([DictionaryFile("ours", (Entry(spun, original, "ours"),), "")])
    tokens = tokenise([text])
    hits = dictionary.spun.find(tokens)
    first, zero = hits.first, np.zeros(len(hits.first), np.int64)
    rows = Rows(zero, zero, first, first + hits.length, first, first + hits.length - 1)
    return {name: column.item() for name, column in inflection(rows, tokens, dictionary, forms).items()}


def test_what_stands_before_a_place_asks_for_a_form():
    against, fitting = (asked("Then these meals, all of them", "meals", one) for one in ("food", "dishes"))
    assert against["form by the word before"] < -1
    assert fitting["form by the word before"] == 0
    assert (against["form changed"], fitting["form changed"]) == (1, 0)


def test_a_word_between_changes_little():
    assert asked("Then these, warm meals", "meals", "food")["form by the word before"] == 0
    nearer, farther = asked("these meals", "meals", "food"), asked("these warm meals", "meals", "food")
    assert nearer["form by the word two before"] == 0
    assert set(nearer) == set(farther) == set(FEATURES)


def test_what_nobody_counted_asks_nothing():
    values = asked("Then these meals, all of them", "meals", "food", Forms.none())
    assert [values[name] for name in FEATURES][1:] == [0.0] * len(SIDES)


@given(
    st.sampled_from(PAIRS),
    st.sampled_from(["", "these ", "a ", "They like this "]),
    st.sampled_from(["", " was.", ", so"]),
)
def test_a_pair_and_its_reverse_say_opposite_things(pair, before, after):
    here = asked(f"{before}{pair[0]}{after}", *pair)
    back = asked(f"{before}{pair[1]}{after}", pair[1], pair[0])
    assert here["form changed"] == back["form changed"]
    for name in list(FEATURES)[1:]:
        assert here[name] == pytest.approx(-back[name], abs=1e-3) or len(pair[0].split()) != len(pair[1].split())


def test_forms_are_what_their_arrays_say():
    again = Forms.of(FORMS.arrays)
    assert (again.words == FORMS.words).all()
    assert again.asks == pytest.approx(FORMS.asks, abs=2e-3)
    assert hash_words(["these"])[0] in again.words


@pytest.mark.parametrize("broken", [{"form_words": np.zeros(3)}, {"form_asks": np.zeros((1, 2, 3))}])
def test_broken_arrays_are_refused(broken):
    with pytest.raises(ValueError, match="damaged"):
        Forms.of(FORMS.arrays | broken)
