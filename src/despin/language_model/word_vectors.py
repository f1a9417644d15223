"""Vectors of words, learned from plain text (learn/weights/topics.py): which words go together in a text.

Each word has two short vectors, one for what it *means* as a word that may have stood at a place, one for what it says
as a word *around* one. Their product is about the pointwise mutual information of the two words: ln of how much oftener
than by chance they stand a few words apart (Church and Hanks 1990; Levy and Goldberg 2014 on why factorising it gives
word vectors). Start reading from `WordVectors`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..util.array_types import I8, I16, U64
from .vocabulary import Vocabulary, Word


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Vectors of words, made by `despin-learn topics`."""

    words: U64
    """Hashes of the words that have a vector for what they mean, in increasing order."""
    meaning: I8
    """(words, dimensions)"""
    around_words: U64
    """Hashes of the words that have a vector for what they say of others, in increasing order."""
    around: I8
    """(words around, dimensions)"""
    unit: float
    """`meaning` · `around` · `unit` is in nats."""

    @classmethod
    def none(cls) -> WordVectors:
        """Vectors of no words: nothing is said of anything."""
        return cls(
            np.zeros(0, np.uint64), np.zeros((0, 1), np.int8), np.zeros(0, np.uint64), np.zeros((0, 1), np.int8), 0
        )

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> WordVectors:
        """The vectors in `arrays`, as `arrays` of this class gives them.

        Raises
        ------
        ValueError
            They do not fit; the message says which.
        KeyError
            One is missing.
        """
        one = cls(
            arrays["topic_words"], arrays["topic_meaning"], arrays["topic_around_words"], arrays["topic_around"],
            float(arrays["topic_unit"]),
        )  # fmt: skip
        for words, vectors in ((one.words, one.meaning), (one.around_words, one.around)):
            if words.dtype != np.uint64 or vectors.dtype != np.int8 or vectors.ndim != 2 or words.ndim != 1:
                raise ValueError("the word vectors are of the wrong kind")
            if len(words) != len(vectors) or not (words[1:] > words[:-1]).all():
                raise ValueError("the word vectors and their words do not fit")
        if one.meaning.shape[1] != one.around.shape[1] or not np.isfinite(one.unit):
            raise ValueError("the two kinds of word vectors do not fit")
        return one

    @property
    def arrays(self) -> dict[str, Any]:
        """For a file."""
        return {
            "topic_words": self.words, "topic_meaning": self.meaning, "topic_around_words": self.around_words,
            "topic_around": self.around, "topic_unit": np.asarray(self.unit),
        }  # fmt: skip

    @cached_property
    def meaning_table(self) -> tuple[Vocabulary, I16]:
        """The words, and (ids, dimensions): what each means; words without a vector say nothing."""
        return Vocabulary.of(self.words), _table(self.meaning)

    @cached_property
    def around_table(self) -> tuple[Vocabulary, I16]:
        """Likewise what each says of others."""
        return Vocabulary.of(self.around_words), _table(self.around)


def _table(vectors: I8) -> I16:
    """(ids, dimensions): the vectors by the ids of a `Vocabulary`."""
    return np.concatenate([np.zeros((len(Word), vectors.shape[1]), np.int16), vectors.astype(np.int16)])
