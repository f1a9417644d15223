"""Which neighbouring tokens are one number: *8.3 %*, *two,801*, *twenty-five*, *3pm*, *$5*, *1980s*.

A number is one thing to a reader, however many tokens it is made of: it is mended as a whole or left alone. Start
reading from `inside`.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from weakref import WeakKeyDictionary

import numpy as np

from ..util.array_types import I64, U64, Bool
from ..util.arrays import among
from .hashing import hash_words
from .language import LanguageRules
from .token_features import Shape
from .tokens import Tokens

_MARKS = hash_words([".", ",", ":", "-", "/"])  # what joins the parts of a number
_PERCENT = hash_words(["%"])
_CURRENCY = hash_words(["$", "£", "€"])
PERCENT_WORDS = ("%", "percent", "per", "pct")  # what a share of a hundred begins with, behind a number and a blank


def joined(tokens: Tokens, rows: I64) -> Bool:
    """(rows,): whether nothing stands between each of the tokens `rows` and the one before it; `len(tokens)` may be
    among them, and has nothing before it."""
    known = (rows > 0) & (rows < len(tokens))
    begin = tokens.start.take(rows, mode="clip")
    answer: Bool = known & ~tokens.space.take(begin - 1, mode="clip")
    return answer


def inside(tokens: Tokens, rows: I64, rules: LanguageRules) -> Bool:
    """(rows,): whether the border before each of the tokens `rows` parts what is one number; `len(tokens)` may be among
    them. All borders are looked at when the first is asked for: a phrase is asked about four times, and with each of
    its originals."""
    known = _PARTED.setdefault(tokens, {})
    if rules.numerals not in known:
        known[rules.numerals] = _inside(tokens, rules)
    return known[rules.numerals].take(rows, mode="clip")


_PARTED: WeakKeyDictionary[Tokens, dict[frozenset[str], Bool]] = WeakKeyDictionary()
"""By tokens, and by what the language's numerals are: where a border parts a number."""


def _inside(tokens: Tokens, rules: LanguageRules) -> Bool:
    """(tokens + 1,): `inside` of all of them."""
    rows = np.arange(len(tokens))
    answer = np.zeros(len(tokens) + 1, np.bool_)
    near = np.flatnonzero(joined(tokens, rows))
    answer[near] = _glued(tokens, near, rules)
    apart = np.flatnonzero(among(tokens.word, _hashes(PERCENT_WORDS)))
    apart = apart.compress((apart > 2) & ~answer[apart])
    answer[apart] = _damaged_before(tokens, apart, rules)
    return answer


def _glued(tokens: Tokens, rows: I64, rules: LanguageRules) -> Bool:
    """`inside`, where nothing stands before the token."""
    here, before = tokens.word.take(rows), tokens.word.take(rows - 1)
    shape, shape_before = tokens.shape.take(rows), tokens.shape.take(rows - 1)
    number, number_before = _numeral(tokens, rows, rules), _numeral(tokens, rows - 1, rules)
    around_mark = among(here, _MARKS) & number_before & joined(tokens, rows + 1) & _numeral(tokens, rows + 1, rules)
    behind_mark = among(before, _MARKS) & number & joined(tokens, rows - 1) & _numeral(tokens, rows - 2, rules)
    digits_and_word = (shape_before == Shape.NUMBER) & (shape >= Shape.LOWER)
    word_and_digits = (shape == Shape.NUMBER) & (shape_before >= Shape.LOWER)
    percent = number_before & among(here, _PERCENT)
    answer: Bool = (
        around_mark | behind_mark | digits_and_word | word_and_digits | percent | among(before, _CURRENCY) & number
    )
    return answer


def _damaged_before(tokens: Tokens, rows: I64, rules: LanguageRules) -> Bool:
    """(rows,): whether right before each token stands a number partly in words: *eight.Three %*."""
    whole = joined(tokens, rows - 1) & joined(tokens, rows - 2) & among(tokens.word.take(rows - 2), _MARKS)
    whole &= _numeral(tokens, rows - 1, rules) & _numeral(tokens, rows - 3, rules)
    in_words = np.maximum(tokens.shape.take(rows - 1), tokens.shape.take(rows - 3)) >= Shape.LOWER
    answer: Bool = whole & in_words
    return answer


def _numeral(tokens: Tokens, rows: I64, rules: LanguageRules) -> Bool:
    """(rows,): whether each token is a number, in digits or in a word; rows outside the text are none."""
    known = (rows >= 0) & (rows < len(tokens))
    digits = tokens.shape.take(rows, mode="clip") == Shape.NUMBER
    word = among(tokens.word.take(rows, mode="clip"), _hashes(rules.numerals))
    answer: Bool = known & (digits | word)
    return answer


@cache
def _hashes(words: Collection[str]) -> U64:
    return hash_words(list(words))
