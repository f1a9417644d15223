"""Does a candidate keep the form that its place asks for? *these meals*, but *this food*.

A word's form is guessed by its ending (`suffixes`). What stands around a place asks for some endings and not for
others: how much each frequent word does so, one or two words before a place, or right behind it, is counted in plain
text (`Forms.learn`). The features of a candidate say how much better its ending goes with these neighbours than that of
what was found, and whether any ending changes. Start reading from `inflection`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..dictionary.dictionary import Dictionary
from ..text.suffixes import SUFFIXES, suffixes
from ..text.token_features import Shape
from ..text.tokens import Tokens, tokenise
from ..util.array_types import F32, F64, I64, U8, U64, Bool
from ..util.arrays import spread
from .features import Rows

SIDES = (-1, -2, 1)  # where the neighbours stand that ask for a form, in tokens before or behind a word
FEWEST = 100  # occurrences of a neighbour
PRIOR = 20.0  # occurrences of any word that are added to those of each neighbour
MOST = 4.0  # nats that one neighbour may say

#: Feature → the kind of evidence it is part of, as in `features.FEATURES`.
FEATURES: Mapping[str, str] = {
    "form changed": "form",
    "form by the word before": "form",
    "form by the word two before": "form",
    "form by the word behind": "form",
}


@dataclass(frozen=True, slots=True, eq=False)
class Forms:
    """What frequent words ask of their neighbours."""

    words: U64
    """(words,): their hashes, in increasing order."""
    asks: F32
    """(sides, words + 1, endings): ln P(ending | the word stands there) − ln P(ending), by `SIDES` and `SUFFIXES`; the
    last word is any other, which asks nothing."""

    @classmethod
    def none(cls) -> Forms:
        """Of texts that nobody has counted."""
        return cls(np.zeros(0, np.uint64), np.zeros((len(SIDES), 1, len(SUFFIXES)), np.float32))

    @classmethod
    def learn(cls, tokens: Tokens) -> Forms:
        """Counted over plain text."""
        words, times = np.unique(tokens.word, return_counts=True)
        words = words[times >= FEWEST]
        ending, is_word = suffixes(tokens), tokens.shape >= Shape.LOWER
        usual = np.bincount(ending[is_word], minlength=len(SUFFIXES)) + 1.0
        usual /= usual.sum()
        asks = np.zeros((len(SIDES), len(words) + 1, len(SUFFIXES)), np.float32)
        for side, step in enumerate(SIDES):
            row, known = _neighbour(tokens, np.arange(len(tokens)), step)
            rows = np.flatnonzero(known & is_word)
            cell = _place(words, tokens.word[row[rows]]) * len(SUFFIXES) + ending[rows]
            counts = np.bincount(cell, minlength=asks[side].size).reshape(asks[side].shape) + PRIOR * usual
            asks[side] = np.log(counts / counts.sum(axis=1, keepdims=True) / usual)
        asks[:, -1] = 0.0
        return cls(words, asks)

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What `of` takes."""
        return {"form_words": self.words, "form_asks": self.asks.astype(np.float16)}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Forms:
        """What `arrays` was taken from.

        Raises
        ------
        KeyError, ValueError
            They are of something else.
        """
        words, asks = arrays["form_words"], arrays["form_asks"].astype(np.float32)
        if words.dtype != np.uint64 or asks.shape != (len(SIDES), len(words) + 1, len(SUFFIXES)):
            raise ValueError("what words ask of their neighbours is damaged")
        if not (np.isfinite(asks).all() and (words[1:] > words[:-1]).all()):
            raise ValueError("what words ask of their neighbours makes no sense")
        return cls(words, asks)


def inflection(these: Rows, tokens: Tokens, dictionary: Dictionary, forms: Forms) -> Mapping[str, F64]:
    """(rows,) each of `FEATURES`, of `these`: natural log-odds, and 1 where an ending changes, else 0."""
    head, tail = dictionary.head.take(these.entry), dictionary.tail.take(these.entry)
    first, last = these.first + head, these.last - tail  # what changes; where it is nothing, last is before first
    ending = suffixes(tokens)
    meant = _endings(dictionary)
    opens, ends = meant.cores(these.entry)
    changed = _marks(ending, first, last + 1) != _marks(meant.ending, opens, ends)
    columns = [changed.astype(np.float64)]
    for side, step in enumerate(SIDES):
        here, there = (first, opens) if step == -1 else (last, ends - 1)
        columns.append(
            _asked(tokens, forms.asks[side], forms.words, here, step, ending, meant.ending.take(there, mode="clip"))
        )
        columns[-1][(last < first) | (opens >= ends)] = 0.0
    return dict(zip(FEATURES, columns, strict=True))


def _asked(tokens: Tokens, asks: F32, words: U64, row: I64, step: int, ending: U8, meant: U8) -> F64:
    """(rows,): how much better the ending `meant` goes with what stands `step` tokens from `row` than the one there."""
    neighbour, known = _neighbour(tokens, row, step)
    place = np.where(known, _place(words, tokens.word.take(neighbour)), len(words))
    gain = (asks[place, meant] - asks[place, ending.take(row, mode="clip")]).astype(np.float64)
    return np.clip(gain, -MOST, MOST)


def _neighbour(tokens: Tokens, rows: I64, step: int) -> tuple[I64, Bool]:
    """(rows,): the token `step` from each, and whether it is one of the same paragraph."""
    other = np.clip(rows + step, 0, max(len(tokens) - 1, 0))
    paragraph = np.cumsum(tokens.opens)
    same = paragraph.take(other) == paragraph.take(rows, mode="clip")
    return other, same & (other == rows + step)


def _place(words: U64, wanted: U64) -> I64:
    """(wanted,): the place of each among `words`; their number for others."""
    place = np.searchsorted(words, wanted)
    found = words.take(place, mode="clip") == wanted if len(words) else np.zeros(len(wanted), np.bool_)
    return np.where(found, place, len(words))


def _marks(ending: U8, begin: I64, end: I64) -> I64:
    """(spans,): a number that says which endings there are from `begin` up to, not including, `end`, and how often."""
    which, place = spread(np.maximum(end - begin, 0), begin)
    weight = np.where(ending.take(place, mode="clip") > 0, 8.0 ** ending.take(place, mode="clip"), 0.0)
    return np.bincount(which, weight, minlength=len(begin)).astype(np.int64)


class _Endings:
    """The endings of the words of all originals of a dictionary."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self.ending = suffixes(tokenise(list(dictionary.original_text)))
        """In the order of `Dictionary.word`."""

    def cores(self, entry: I64) -> tuple[I64, I64]:
        """(rows,) each: the first word of what changes of the original of each `entry`, and the last + 1."""
        row = self._dictionary.original.take(entry)
        begin, end = self._dictionary.first_word.take(row), self._dictionary.first_word.take(row + 1)
        return begin + self._dictionary.head.take(entry), end - self._dictionary.tail.take(entry)


@lru_cache(maxsize=8)
def _endings(dictionary: Dictionary) -> _Endings:
    """The one `_Endings` of the dictionary."""
    return _Endings(dictionary)
