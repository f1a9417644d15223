"""Laws of tokens."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.text.characters import normalise
from despin.text.token_features import Shape
from despin.text.tokens import Tokeniser, tokenise

AWKWARD = "'’ʼ`´“”«»–—‐-.,0189٣aAzZéÉßİıſÞ\u0301\u200b\u00a0 \t\r\n\u2028𝒳😀\ud800\udfff@#<>&;"
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(AWKWARD)), max_size=50)
BATCHES = st.lists(TEXTS, max_size=5)


def strings(text):
    tokens = tokenise([text])
    return [tokens.found(k, k + 1) for k in range(len(tokens))]


@given(BATCHES)
def test_spans_increase_and_cover_all_but_blanks(texts):
    tokens = tokenise(texts)
    assert (tokens.start < tokens.end).all()
    assert (tokens.end[:-1] <= tokens.start[1:]).all()
    covered = np.zeros(len(tokens.text), bool)
    for start, end in zip(tokens.start.tolist(), tokens.end.tolist(), strict=True):
        covered[start:end] = True
    assert all(covered[k] != char.isspace() for k, char in enumerate(tokens.text))


@given(BATCHES)
def test_no_token_crosses_a_text(texts):
    tokens = tokenise(texts)
    first, last = tokens.offset[tokens.document], tokens.offset[tokens.document + 1] - 1
    assert (first <= tokens.start).all()
    assert (tokens.end <= last).all()
    assert [tokens.text[a : b - 1] for a, b in zip(tokens.offset[:-1], tokens.offset[1:], strict=True)] == texts


@given(BATCHES)
def test_a_batch_gives_what_its_texts_give_one_by_one(texts):
    together = tokenise(texts)
    for index, text in enumerate(texts):
        alone, here = tokenise([text]), together.document == index
        for column in ("word", "shape", "opens", "protected"):
            assert np.array_equal(getattr(together, column)[here], getattr(alone, column)), column
        for column in ("start", "end"):
            assert np.array_equal(getattr(together, column)[here] - together.offset[index], getattr(alone, column))


@given(TEXTS)
def test_columns_have_their_types_and_one_length(text):
    tokens = tokenise([text])
    types = {"start": np.int64, "end": np.int64, "word": np.uint64, "shape": np.uint8, "document": np.int32}
    for column, dtype in (types | {"opens": np.bool_, "protected": np.bool_}).items():
        values = getattr(tokens, column)
        assert (values.dtype, values.shape) == (dtype, (len(tokens),)), column


@given(TEXTS, st.data())
def test_the_ends_of_a_few_tokens_are_those_of_all(text, data):
    tokens = tokenise([text])
    rows = data.draw(st.lists(st.integers(0, len(tokens) - 1), max_size=5) if len(tokens) else st.just([]))
    assert tokens.ends(np.array(rows, np.int64)).tolist() == tokens.end[rows].tolist()


def test_any_amount_of_space_may_stand_behind_a_token():
    tokens = tokenise(["one" + " " * 10_000 + "two \n\n three  ", "", " \t four."])
    assert [tokens.found(k, k + 1) for k in range(len(tokens))] == ["one", "two", "three", "four", "."]
    assert tokens.opens.tolist() == [True, False, True, True, False]


@given(TEXTS)
def test_equal_words_and_only_they_have_equal_hashes(text):
    tokens = tokenise([text])
    forms = [normalise(tokens.found(k, k + 1)) for k in range(len(tokens))]
    by_hash = dict(zip(tokens.word.tolist(), forms, strict=True))
    by_form = dict(zip(forms, tokens.word.tolist(), strict=True))
    assert [by_hash[h] for h in tokens.word.tolist()] == forms
    assert [by_form[f] for f in forms] == tokens.word.tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("women’s don’t", "women's don't"),
        ("WOMEN'S", "women’S"),
        ("“so” – «so»", '"so" — "so"'),
        ("re‐do", "re-do"),
    ],
)
def test_quote_style_and_case_do_not_matter(one, other):
    assert tokenise([one]).word.tolist() == tokenise([other]).word.tolist()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        (" \r\n\t", []),
        ("Women’s", ["Women", "’s"]),
        ("don't o'clock rock'n'roll", ["don't", "o'clock", "rock'n'roll"]),
        ("Girls' night 'so'", ["Girls", "'", "night", "'", "so", "'"]),
        ("it's's", ["it's", "'s"]),
        ("1,000.50 7. ,5 v2", ["1,000.50", "7", ".", ",", "5", "v", "2"]),
        ("e-mails…", ["e", "-", "mails", "…"]),
        ("{word|word}", ["{", "word", "|", "word", "}"]),
        ("caf\u0065\u0301 naïve", ["cafe\u0301", "naïve"]),
        ("𝒳y😀z", ["𝒳y", "😀", "z"]),
        ("a\ud800b", ["a", "\ud800", "b"]),
    ],
)
def test_examples(text, tokens):
    assert strings(text) == tokens


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("word", Shape.LOWER),
        ("Word", Shape.TITLE),
        ("A", Shape.TITLE),
        ("WORD", Shape.UPPER),
        ("McCoy", Shape.MIXED),
        ("iPhone", Shape.MIXED),
        ("3,000", Shape.NUMBER),
        ("—", Shape.OTHER),
        ("O'Neill", Shape.MIXED),
        ("É", Shape.TITLE),
        ("𝒳", Shape.TITLE),
    ],
)
def test_shapes(word, shape):
    assert tokenise([word]).shape.tolist() == [shape]


def test_a_paragraph_opens_after_a_line_break_only():
    tokens = tokenise(["One two.\r\nThree\rfour\u2029five", "six"])
    opening = [tokens.found(k, k + 1) for k in range(len(tokens)) if tokens.opens[k]]
    assert opening == ["One", "Three", "four", "five", "six"]


def test_the_last_batch_is_not_tokenised_again() -> None:
    tokens, texts = Tokeniser(), ["One text.", "Another text."]
    first = tokens(texts)
    assert tokens(list(texts)) is first
    assert tokens(texts[:1]) is not first
    assert [*tokens(texts).word] == [*first.word]
    assert len(tokens([])) == 0
