"""Tokens by arithmetic are those of a plain reading, character by character."""

from itertools import pairwise

import numpy as np
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from despin.text.characters import DIGIT, LETTER, OTHER, SPACE, class_of, normal
from despin.text.hashing import hash_words
from despin.text.protected import protected_spans
from despin.text.token_features import Shape
from despin.text.tokens import tokenise

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
