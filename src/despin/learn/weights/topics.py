"""Plain text → word vectors for what goes together in a text (`WordVectors`).

How often two words stand `NEAREST` to `FURTHEST` words apart, beyond the reach of the language model, is counted in a
table: the words of the dictionaries against the commonest words. ln of how much oftener than by chance, a little drawn
towards zero, is factorised: the best approximation by so few dimensions is a truncated singular value decomposition,
found by random projection (Halko, Martinsson and Tropp 2011). Start reading from `learn`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ...language_model.vocabulary import Vocabulary, Word
from ...language_model.word_vectors import WordVectors
from ...text.token_features import Shape
from ...text.tokens import tokenise
from ...util.array_types import F32, I64, U64
from ..errors import LearningError

DIMENSIONS = 64
AROUND = 8000  # words that say something of others
COMMON = 150  # so many of the commonest words say nothing, and mean nothing: glue, and what every text has
MIN_OCCURRENCES = 20  # occurrences of a word that gets a vector
NEAREST, FURTHEST = 3, 15  # words apart
DRAWN = 1.0  # occurrences added to what was seen and to what chance would give
MAX_NATS = 4.0  # nats: beyond, a pair is a name or an accident
SEED = 1


def learn(
    documents: Callable[[], Iterable[Sequence[str]]], wanted: U64, report: Callable[[str], None] = lambda line: None
) -> WordVectors:
    """Vectors of the words `wanted` and of the commonest, from batches of `documents`, which are read twice.

    Raises
    ------
    LearningError
        There is too little text.
    """
    seen, times = _count_words(documents())
    order = np.argsort(-times, kind="stable")
    common = seen[order[:COMMON]]
    around = np.sort(seen[order[COMMON : COMMON + AROUND]])
    often = np.sort(seen[times >= MIN_OCCURRENCES])
    words = np.setdiff1d(np.intersect1d(wanted, often), common)
    if not len(words) or not len(around):
        raise LearningError("there is too little text to learn which words go together; give more of it")
    report(f"read {int(times.sum()):,} words; counting which of {len(words):,} go with which of {len(around):,}")
    meaning, said, unit = factorise(count(documents(), words, around))
    return WordVectors(words, meaning, around, said, unit)


def _count_words(batches: Iterable[Sequence[str]]) -> tuple[U64, I64]:
    """Distinct words, as hashes, and how often each stands there."""
    seen, times = np.zeros(0, np.uint64), np.zeros(0, np.int64)
    for batch in batches:
        tokens = tokenise(batch)
        new, counts = np.unique(tokens.word[tokens.shape >= Shape.LOWER], return_counts=True)
        joined = np.concatenate([seen, new])
        seen, inverse = np.unique(joined, return_inverse=True)
        times = np.bincount(inverse, np.concatenate([times, counts]), minlength=len(seen)).astype(np.int64)
    return seen, times


def count(batches: Iterable[Sequence[str]], words: U64, around: U64) -> F32:
    """(words, around): how often each two stand `NEAREST` to `FURTHEST` words apart in one document."""
    table = np.zeros(len(words) * len(around), np.float32)
    rows, columns = Vocabulary.of(words), Vocabulary.of(around)
    for batch in batches:
        tokens = tokenise(batch)
        plain = np.flatnonzero(tokens.shape >= Shape.LOWER)
        document = tokens.document[plain]
        row = rows.ids(tokens.word[plain]).astype(np.int64) - len(Word)
        column = columns.ids(tokens.word[plain]).astype(np.int64) - len(Word)
        for apart in range(NEAREST, FURTHEST + 1):
            together = document[apart:] == document[:-apart]
            for left, right in ((row[apart:], column[:-apart]), (row[:-apart], column[apart:])):
                both = np.flatnonzero((left >= 0) & (right >= 0) & together)
                np.add.at(table, left[both] * len(around) + right[both], np.float32(1))
    return table.reshape(len(words), len(around))


def factorise(table: F32) -> tuple[NDArray[np.int8], NDArray[np.int8], float]:
    """Vectors of the rows and of the columns of a table of counts, and the unit of their products. Spends the table."""
    total = float(table.sum(dtype=np.float64)) or 1.0
    row, column = table.sum(axis=1, dtype=np.float64), table.sum(axis=0, dtype=np.float64) / total
    for begin in range(0, len(table), 1000):  # in place: the table is large
        chance = (row[begin : begin + 1000, None] * column).astype(np.float32)
        part = table[begin : begin + 1000]
        np.clip(np.log((part + DRAWN) / (chance + DRAWN)), -MAX_NATS, MAX_NATS, out=part)
    random = np.random.default_rng(SEED)
    size = min(DIMENSIONS, *table.shape)
    basis = table @ random.standard_normal((table.shape[1], min(size + 16, table.shape[1])), dtype=np.float32)
    for _ in range(2):
        basis = np.linalg.qr(table @ np.linalg.qr(table.T @ np.linalg.qr(basis)[0])[0])[0]
    left, values, right = np.linalg.svd(basis.T @ table, full_matrices=False)
    root = np.sqrt(values[:size])
    meaning, said = (basis @ left)[:, :size] * root, right[:size].T * root
    units = [max(float(np.abs(vectors).max()), 1e-9) / 127 for vectors in (meaning, said)]
    rounded = [np.rint(vectors / unit).astype(np.int8) for vectors, unit in zip((meaning, said), units, strict=True)]
    return rounded[0], rounded[1], units[0] * units[1]
