"""Tokens by arithmetic are those of a plain reading, character by character."""

from itertools import pairwise

import numpy as np
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from despin.text.characters import DIGIT, LETTER, OTHER, SPACE, class_of, hash_words, normal
from despin.text.protected import long_spans, protected_spans, short_spans, spans_around
from despin.text.tokens import Shape, tokenise

AWKWARD = "'’ʼ`´“”«»–—‐-.,0189٣aAzZéÉßİıſÞ\u0301\u200b\u00a0 \t\r\n\u2028\u2029𝒳😀\ud800\udfff@#<>&;sSK\x1c\x1d\x85:/wW"
SIGNS = [
    "http://x.y",
    "www.a",
    "a@b.c",
    "#tag",
    "&amp;",
    "<b>",
    "</pre>",
    "`x`",
    "```",
    "x.com",
    "y.co.uk/z",
    "it's",
    "'S",
    "O'N",
    ".İo",
]
TEXTS = st.lists(st.one_of(st.sampled_from([*AWKWARD, *SIGNS]), st.characters()), max_size=40).map("".join)


def slow(text: str) -> list[tuple[int, int]]:
    """Where the tokens of `text` begin and end, read from left to right."""
    kind = [OTHER if "\ud800" <= char <= "\udfff" else class_of(char) for char in text]
    glue = set()  # places of characters that belong to the token of the one before
    for k in range(1, len(text)):
        if kind[k] == kind[k - 1] and kind[k] in (LETTER, DIGIT):
            glue.add(k)
    for k in range(1, len(text) - 1):
        if text[k] in ".," and kind[k - 1] == kind[k + 1] == DIGIT:
            glue |= {k, k + 1}
        if normal(text[k]) == "'" and text[k] != "`" and kind[k - 1] == kind[k + 1] == LETTER:
            glue |= {k, k + 1}
    for k in range(1, len(text) - 1):
        if k in glue and normal(text[k]) == "'" and normal(text[k + 1]) == "s":
            rest = text[k + 2 : k + 4]
            letter = bool(rest) and kind[k + 2] == LETTER
            another = len(rest) == 2 and normal(rest[0]) == "'" and k + 2 in glue | {k + 2} and k + 3 in glue
            if not letter and not another:
                glue.discard(k)
    tokens: list[tuple[int, int]] = []
    for k, char in enumerate(text):
        if kind[k] == SPACE:
            continue
        if k in glue and tokens and tokens[-1][1] == k:
            tokens[-1] = tokens[-1][0], k + 1
        else:
            assert not char.isspace()
            tokens.append((k, k + 1))
    return tokens


def shape_of(word: str) -> Shape:
    letters = [char for char in word if class_of(char) == LETTER]
    capitals = [char for char in letters if char.isupper() or char.istitle()]
    if not letters:
        return Shape.NUMBER if class_of(word[0]) == DIGIT else Shape.OTHER
    if not capitals:
        return Shape.LOWER
    if len(capitals) == len(letters) > 1:
        return Shape.UPPER
    return Shape.TITLE if len(capitals) == 1 and capitals[0] == word[0] else Shape.MIXED


@settings(max_examples=500)
@given(TEXTS)
def test_the_fast_way_is_the_slow_way(text):
    tokens, spans = tokenise([text]), slow(text)
    assert list(zip(tokens.start.tolist(), tokens.end.tolist(), strict=True)) == spans
    words = [text[a:b] for a, b in spans]
    assert tokens.word.tolist() == hash_words(words).tolist()
    assert tokens.shape.tolist() == [shape_of(word) for word in words]
    breaks = [bool(regex.search(r"[\n\r\u2029]", text[a[1] : b[0]])) for a, b in pairwise(spans)]
    assert tokens.opens.tolist() == [True, *breaks][: len(spans)]
    kept = np.zeros(len(text), bool)
    for a, b in protected_spans(text):
        kept[a:b] = True
    assert tokens.protected.tolist() == [bool(kept[a:b].any()) for a, b in spans]


@given(TEXTS)
def test_short_spans_reach_over_no_blank(text):
    assert not any(char in " \t\r\n" for a, b in short_spans(text) for char in text[a:b])
    assert sorted(long_spans(text) + short_spans(text))[:1] == protected_spans(text)[:1] or protected_spans(text)


@given(st.lists(st.text(st.sampled_from("abcxyzABZ"), min_size=1, max_size=80), min_size=1, max_size=5))
def test_several_letters_at_once_give_the_hash_of_the_letters(words):
    assert tokenise([" ".join(words)]).word.tolist() == hash_words(words).tolist()


WORDS = st.text(st.sampled_from("abszABSZ'éд"), min_size=1, max_size=20).map(lambda word: f"a{word}a")


@given(st.lists(st.one_of(WORDS, st.sampled_from(["it's", "'S", "12", "1,000.5"])), min_size=1, max_size=9), st.data())
def test_words_with_apostrophes_and_odd_letters_have_the_hash_of_their_characters(words, data):
    text = "".join(word + data.draw(st.sampled_from(["", " ", "-", "'", "'s ", "\u2003", "1"])) for word in words)
    tokens = tokenise([text])
    found = [text[a:b] for a, b in zip(tokens.start.tolist(), tokens.end.tolist(), strict=True)]
    assert tokens.word.tolist() == hash_words(found).tolist()


def test_signs_of_protected_spans_are_looked_for_between_spaces():
    text = "AT&T at x.com\tand\n@me, #9 @you www.a.b,http://c.d/e a@b.c now.\n w.e .co &lt; "
    marks = [place for place, char in enumerate(text) if char in "&@#:."]
    assert sorted(set(spans_around(text, marks))) == sorted(set(short_spans(text))) != []
    assert spans_around(text, []) == []
    assert spans_around("x " + "@" * 9, range(2, 11)) == []


def test_the_hash_never_changes():
    """Language models are stored with it."""
    assert [f"{one:x}" for one in hash_words(["the", "women", "'s", "café", "1,000"]).tolist()] == [
        f"{one:x}" for one in tokenise(["The WOMEN's CAFÉ 1,000"]).word.tolist()
    ]
    assert f"{int(hash_words(['women'])[0]):x}" == "1b50cd5cacfa3172"
