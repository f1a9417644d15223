"""Which words go together in a text: what the words around a place, and the whole text, say of a candidate.

The language model sees two words to either side. That a text is about football speaks for *match* against *game*, too,
and is heard fifty words away: the product of two vectors (`language_model.word_vectors`) tells how much oftener than by
chance two words stand near each other.

A text is cut into blocks of a few words, and the vectors around are summed by block, so that the work for a place does
not grow with what is looked at. Start reading from `topical`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..dictionary.dictionary import Dictionary
from ..language_model.vocabulary import Vocabulary, Word
from ..language_model.word_vectors import WordVectors
from ..text.tokens import Tokens
from ..util.array_types import F32, F64, I16, I64, U64
from ..util.arrays import distinct

_Amount = TypeVar("_Amount", I16, I64)

BLOCK = 8  # words; near is what stands in the block of a place and in those beside it
CHUNK = 1024  # candidates at a time: their vectors stay in the second-level cache
# Words of context overlap in what they say: a sum over n of them is divided by √(n + CONTEXT_OFFSET).
CONTEXT_OFFSET = 4.0


def topical(
    tokens: Tokens, texts: int, dictionary: Dictionary, topics: WordVectors, entry: I64, first: I64, length: I64
) -> tuple[F64, F64]:
    """(rows,) twice: how much better the original of each `entry` goes with the words near it, and with the rest of
    its text, than the spun phrase does, which stands at the token `first`, of `length` tokens; nats, by √ of the number
    of words."""
    if not len(entry) or not len(topics.words):
        return np.zeros(len(entry)), np.zeros(len(entry))
    contrasts = _contrasts(dictionary, topics)
    contrasts.know(entry, first, length, tokens)

    around = _Surroundings.of(tokens, texts, topics)
    at, text = around.block.take(first), tokens.document.take(first)
    own, total = np.empty((2, len(entry)), np.float32)
    for start in range(0, len(entry), CHUNK):
        some = slice(start, start + CHUNK)
        vectors = contrasts.better.take(entry[some], axis=0)
        np.einsum("ij,ij->i", vectors, around.near.take(at[some], axis=0), out=own[some])
        np.einsum("ij,ij->i", vectors, around.whole.take(text[some], axis=0), out=total[some])
    words = around.near_count.take(at)
    count = np.maximum(words - contrasts.known.take(entry), 0)
    rest = around.whole_count.take(text) - words
    own, total = own - contrasts.itself.take(entry), total - own
    return own / np.sqrt(count + CONTEXT_OFFSET) * topics.unit, total / np.sqrt(rest + CONTEXT_OFFSET) * topics.unit


class _Contrasts:
    """What the entries of a dictionary mean: of each found out when it is first met, and kept."""

    def __init__(self, dictionary: Dictionary, topics: WordVectors) -> None:
        size = len(dictionary)
        self._dictionary, self._topics = dictionary, topics
        self._met = np.zeros(size, np.bool_)
        self.better: F32 = np.empty((size, topics.meaning.shape[1]), np.float32)
        """(entries, dimensions): meaning of the original less that of the spun phrase, of what changes. Memory for
        those that were never met is never touched, so the system gives none."""
        self.itself: F32 = np.empty(size, np.float32)
        """(entries,): what this makes of the spun phrase's own words around."""
        self.known: I64 = np.zeros(size, np.int64)
        """(entries,): how many of these words have a vector."""

    def know(self, entry: I64, first: I64, length: I64, tokens: Tokens) -> None:
        """Fill in what is not known yet of every `entry`, whose spun phrase stands at the token `first`, of `length`
        tokens: its words are the same wherever it stands."""
        new = np.flatnonzero(~self._met[entry])
        if not len(new):
            return
        entry, which, _ = distinct(entry[new], len(self._met))
        first, length = first[new[which]], length[new[which]]
        dictionary, topics = self._dictionary, self._topics
        head, tail = dictionary.head[entry].astype(np.int64), dictionary.tail[entry].astype(np.int64)
        original = dictionary.original[entry]
        begin, end = dictionary.first_word[original] + head, dictionary.first_word[original + 1] - tail
        better = _mean(dictionary.word, topics.meaning_table, begin, end)
        better -= _mean(tokens.word, topics.meaning_table, first + head, first + length - tail)
        total, known = _sum(tokens.word, topics.around_table, first, first + length)
        self.better[entry], self.itself[entry] = better, np.einsum("ij,ij->i", better, total)
        self.known[entry] = known
        self._met[entry] = True


@lru_cache(maxsize=8)
def _contrasts(dictionary: Dictionary, topics: WordVectors) -> _Contrasts:
    """The one `_Contrasts` of the two."""
    return _Contrasts(dictionary, topics)


def _sum(words: U64, vectors: tuple[Vocabulary, NDArray[np.int16]], begin: I64, end: I64) -> tuple[F32, I64]:
    """(rows, dimensions): sums of the vectors of words[begin:end]; (rows,): how many of them have one."""
    vocabulary, table = vectors
    length = end - begin
    total = np.zeros((len(begin), table.shape[1]), np.float32)
    count = np.zeros(len(begin), np.int64)
    for place in range(int(length.max(initial=0))):  # most phrases are one word
        rows = np.flatnonzero(length > place)
        word = vocabulary.ids(words[begin[rows] + place])
        rows, word = rows[word >= len(Word)], word[word >= len(Word)]
        total[rows] += table[word]
        count[rows] += 1
    return total, count


def _mean(words: U64, vectors: tuple[Vocabulary, NDArray[np.int16]], begin: I64, end: I64) -> F32:
    total, count = _sum(words, vectors, begin, end)
    mean: F32 = total / np.maximum(count, 1).astype(np.float32)[:, None]
    return mean


class _Surroundings(NamedTuple):
    """The words around each place, as sums of their vectors."""

    near: F32
    """(blocks, dimensions): of a block and the two beside it."""
    near_count: I64
    """(blocks,): how many of these words have a vector."""
    whole: F32
    """(texts, dimensions): of a whole text."""
    whole_count: I64
    """(texts,)"""
    block: I64
    """(tokens,): the block of each."""

    @classmethod
    def of(cls, tokens: Tokens, texts: int, topics: WordVectors) -> _Surroundings:
        """Those of a batch."""
        words, table = topics.around_table
        ids = words.ids(tokens.word)
        begin = np.searchsorted(tokens.document, np.arange(texts + 1))
        blocks = -(-np.diff(begin) // BLOCK)
        first_block = np.concatenate([np.zeros(1, np.int64), np.cumsum(blocks)])
        place = (first_block[:-1] * BLOCK - begin[:-1]).take(tokens.document)  # each text begins with a block
        place += np.arange(len(tokens))
        laid = np.zeros((int(first_block[-1]), BLOCK), np.int32)
        laid.reshape(-1)[place] = ids
        block = place // BLOCK
        small = np.zeros((len(laid), table.shape[1]), np.int16)  # of 24 small numbers: no overflow
        for row in np.ascontiguousarray(laid.T):
            small += table.take(row, axis=0)
        total, count = small.astype(np.float32), (laid >= len(Word)).sum(axis=1)
        near = _with_neighbours(small, first_block).astype(np.float32)
        near_count = _with_neighbours(count, first_block)
        whole, whole_count = np.zeros((texts, table.shape[1]), np.float32), np.zeros(texts, np.int64)
        some = np.flatnonzero(blocks)
        if len(some):
            ones = np.ones(int(blocks.max()), np.float32)
            bounds = first_block[some].tolist(), first_block[some + 1].tolist()
            for text, low, high in zip(some.tolist(), *bounds, strict=True):
                np.matmul(ones[: high - low], total[low:high], out=whole[text])  # whole numbers: exact in any order
            whole_count[some] = np.add.reduceat(count, first_block[some])
        return cls(near, near_count, whole, whole_count, block)


def _with_neighbours(amount: _Amount, first: I64) -> _Amount:
    """(blocks, …): of each block its own `amount` and those of the two beside it; `first` are the first blocks of the
    texts, and how many there are in all."""
    near = amount.copy()
    near[1:] += amount[:-1]
    near[:-1] += amount[1:]
    border = first[(first > 0) & (first < len(amount))]
    border = border[np.diff(border, prepend=-1) > 0]  # texts without a word have none
    near[border] -= amount[border - 1]
    near[border - 1] -= amount[border]
    return near
