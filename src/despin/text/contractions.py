"""Contractions: *don't* and *do not* are one phrase in two spellings, and honest writers use either.

A spinner that puts one for the other leaves nothing odd. Start reading from `is_contraction`.
"""

from __future__ import annotations

import itertools

from ..util.lazy_regex import lazy
from .hashing import hash_words

_WHOLE: dict[str, tuple[str, ...]] = {
    "can't": ("can not",), "cannot": ("can not",), "won't": ("will not",), "shan't": ("shall not",),
    "let's": ("let us", "let is"),
}  # fmt: skip
_ENDINGS = {
    "n't": (" not",), "'re": (" are",), "'m": (" am",), "'ve": (" have",), "'ll": (" will", " shall"),
    "'d": (" would", " had"), "'s": (" is", " has"),
}  # fmt: skip
_CONTRACTED = lazy(r"^(.+?)(n't|'(?:re|m|ve|ll|d|s))$")
_AUXILIARIES = ("is", "are", "was", "were", "do", "does", "did", "have", "has", "had", "would", "could", "should")
_PRONOUNS = {
    "i": ("'m", "'ve", "'ll", "'d"), "you": ("'re", "'ve", "'ll", "'d"), "we": ("'re", "'ve", "'ll", "'d"),
    "they": ("'re", "'ve", "'ll", "'d"), "he": ("'ll", "'d"), "she": ("'ll", "'d"), "it": ("'ll", "'d"),
    "who": ("'re", "'ve", "'ll", "'d"), "that": ("'ll", "'d"), "there": ("'ll", "'d"), "this": ("'ll",),
    "what": ("'ll", "'re"), "would": ("'ve",), "could": ("'ve",), "should": ("'ve",), "might": ("'ve",),
}  # fmt: skip

TOKENS = hash_words([
    "'s", *_WHOLE, *(word + "n't" for word in (*_AUXILIARIES, "need", "must", "might")),
    *(word + ending for word, endings in _PRONOUNS.items() for ending in endings),
])  # fmt: skip
"""Hashes of the tokens that may be contractions, or end one."""


def is_contraction(one: str, other: str) -> bool:
    """Whether two phrases, in lower case with straight apostrophes, differ in nothing but contractions.

    >>> is_contraction("do not want", "don't want"), is_contraction("it's", "it has"), is_contraction("it's", "his")
    (True, True, False)
    """
    return one != other and not _expanded(one).isdisjoint(_expanded(other))


def _expanded(phrase: str) -> set[str]:
    """`phrase` without contractions; all it may stand for."""
    return {" ".join(words) for words in itertools.product(*map(_readings, phrase.split()))}


def _readings(word: str) -> tuple[str, ...]:
    if word in _WHOLE:
        return _WHOLE[word]
    found = _CONTRACTED.match(word)
    return tuple(found[1] + ending for ending in (*_ENDINGS[found[2]],)) if found else (word,)
