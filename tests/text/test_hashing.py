"""Laws of the hashes that words are known by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.text.hashing import hash_words
from despin.text.tokens import tokenise

AWKWARD = "'’ʼ`´“”«»–—‐-.,0189٣aAzZéÉßİıſÞ\u0301\u200b\u00a0 \t\r\n\u2028𝒳😀\ud800\udfff@#<>&;"
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(AWKWARD)), max_size=50)
WORDS = st.text(st.characters(categories=["Ll", "Lu"]), min_size=1, max_size=12)
WITH_APOSTROPHES = st.text(st.sampled_from("abszABSZ'éд"), min_size=1, max_size=20).map(lambda word: f"a{word}a")


def strings(text):
    tokens = tokenise([text])
    return [tokens.found(k, k + 1) for k in range(len(tokens))]


@given(TEXTS)
def test_hash_words_agrees_with_tokenise(text):
    words = strings(text)
    assert hash_words(words).tolist() == tokenise([text]).word.tolist()


@given(st.lists(st.sampled_from("abcxyzéABZ"), min_size=1, max_size=70), st.lists(st.sampled_from("abz"), max_size=3))
def test_letters_and_their_order_tell_words_apart(letters, more):
    one, two = "".join(letters), "".join(letters[::-1] + more)
    assert (hash_words([one]) == hash_words([two])).all() == (one.lower() == two.lower())


@given(WORDS)
def test_case_does_not_matter_where_it_is_one_letter_for_one(word):
    turned = "".join(c.upper() if len(c.upper()) == 1 and c.upper().lower() == c.lower() else c for c in word)
    assert hash_words([turned]).tolist() == hash_words([word]).tolist()


def test_an_empty_word_is_refused():
    with pytest.raises(ValueError, match="not a word"):
        hash_words(["a", ""])
    assert hash_words([]).tolist() == []


@given(st.lists(st.text(st.sampled_from("abcxyzABZ"), min_size=1, max_size=80), min_size=1, max_size=5))
def test_several_letters_at_once_give_the_hash_of_the_letters(words):
    assert tokenise([" ".join(words)]).word.tolist() == hash_words(words).tolist()


@given(
    st.lists(st.one_of(WITH_APOSTROPHES, st.sampled_from(["it's", "'S", "12", "1,000.5"])), min_size=1, max_size=9),
    st.data(),
)
def test_words_with_apostrophes_and_odd_letters_have_the_hash_of_their_characters(words, data):
    text = "".join(word + data.draw(st.sampled_from(["", " ", "-", "'", "'s ", "\u2003", "1"])) for word in words)
    tokens = tokenise([text])
    found = [text[a:b] for a, b in zip(tokens.start.tolist(), tokens.end.tolist(), strict=True)]
    assert tokens.word.tolist() == hash_words(found).tolist()


def test_the_hash_never_changes():
    """Language models are stored with it."""
    assert [f"{one:x}" for one in hash_words(["the", "women", "'s", "café", "1,000"]).tolist()] == [
        f"{one:x}" for one in tokenise(["The WOMEN's CAFÉ 1,000"]).word.tolist()
    ]
    assert f"{int(hash_words(['women'])[0]):x}" == "1b50cd5cacfa3172"
