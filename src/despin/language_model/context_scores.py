"""Places of a text, each alone between its neighbours → how well phrases fit there: trigrams, thousands at a time.

What stands two words before a place and two behind is the same for all that might stand there, so it is looked up once.
Start reading from `Contexts`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..text.tokens import Tokens
from ..util.array_types import F32, I32, I64
from ..util.arrays import spread
from .model import LanguageModel
from .vocabulary import Word


@dataclass(frozen=True, slots=True, eq=False)
class Contexts:
    """Spans of a batch and the words around them, in the same paragraph; ids of the language model, each (places,)."""

    words: I32
    """The words of all places, one after the other."""
    length: I64
    """(places,): words of each."""
    far: I32
    """The word before the last before; `Word.BEGIN` where a paragraph begins."""
    near: I32
    """The last word before."""
    after: I32
    """The first word behind; `Word.END` where a paragraph ends."""
    beyond: I32
    """The one behind that."""

    @classmethod
    def of(cls, tokens: Tokens, first: I64, length: I64, model: LanguageModel) -> Contexts:
        """The places that begin at the tokens `first` and are `length` tokens long; both (places,)."""
        row, place = spread(length)
        inner = first[row] + place
        around = np.concatenate([first - 2, first - 1, first + length, first + length + 1])
        at = np.clip(around, 0, len(tokens) - 1)
        paragraph = np.cumsum(tokens.opens, dtype=np.int32)
        outside = (around != at) | (paragraph.take(at) != np.tile(paragraph.take(first), 4))
        every = np.concatenate([inner, at])
        ids = model.ids(tokens.word.take(every), tokens.shape.take(every))
        words, sides = ids[: len(inner)], ids[len(inner) :].reshape(4, -1)
        outside = outside.reshape(4, -1)
        sides[:2][outside[:2]] = Word.BEGIN
        sides[2:][outside[2:]] = Word.END
        return cls(words, length, *sides)

    def log_prob(self, model: LanguageModel, phrases: tuple[I64, I32, I64]) -> F32:
        """(rows,): log probability of phrases between the neighbours of places, and of those behind.

        `phrases` are the place of each row and its length in words, (rows,), and the words of all, one after the
        other, between them.
        """
        place, words, length = phrases
        # Each row is: the word before, the phrase, the word behind; its pairs are those of neighbours in it.
        end = np.cumsum(length + 2)
        begin = end - length - 2
        row = np.empty(int(end[-1]) if len(end) else 0, np.int32)
        inside = np.ones(len(row), np.bool_)
        inside[begin] = inside[end - 1] = False
        row[inside] = words
        row[begin], row[end - 1] = self.near.take(place), self.after.take(place)
        inside[begin] = True
        left = np.flatnonzero(inside)
        score, backoff = model.bigrams(row.take(left), row.take(left + 1))

        _, opening = model.bigrams(self.far, self.near)
        opening[self.near == Word.BEGIN] = 0.0  # nothing is known before a beginning
        closing, _ = model.bigrams(self.after, self.beyond)
        last = np.cumsum(length + 1) - 1  # the last pair of each row
        first = last - length
        later = np.ones(len(left), np.bool_)
        later[first] = False
        inner = np.flatnonzero(later)
        scores = model.trigrams(
            np.concatenate([row.take(left[inner] - 1), self.far.take(place), row.take(end - 2)]),
            np.concatenate([row.take(left[inner]), self.near.take(place), row.take(end - 1)]),
            np.concatenate([row.take(left[inner] + 1), row.take(begin + 1), self.beyond.take(place)]),
            np.concatenate([backoff.take(inner - 1), opening.take(place), backoff.take(last)]),
            np.concatenate([score.take(inner), score.take(first), closing.take(place)]),
        )
        some, opened, closed = np.split(scores, [len(inner), len(inner) + len(place)])
        # What follows the end of a paragraph has nothing to do with it.
        closed[self.after.take(place) == Word.END] = 0.0
        total: F32 = np.add.reduceat(some, first - np.arange(len(place))) if len(place) else some
        total += opened
        total += closed
        return total
