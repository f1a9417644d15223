"""Plain text → classes of words: words that stand among the same neighbours.

Counts of the word before and the word after, as positive pointwise mutual information with smoothed contexts,
factorised by a truncated singular value decomposition, and clustered by k-means: parts of speech, and more (Schütze
1995, *Distributional part-of-speech tagging*). Start reading from `Counter.learned`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module

import numpy as np

from ...restoration.reader import COARSE, FINE, WordClasses
from ...text.tokens import Tokens
from ...util.array_types import F32, F64, I64, U64

WORDS, CONTEXTS = 40_000, 1500  # commonest words that get a class; that count as neighbours
SIZE = 64  # of a vector
SMOOTHING = 0.75  # exponent of the contexts' frequencies


@dataclass(slots=True, eq=False)
class Counter:
    """How often words stand beside one another, of the words that are common in what is read first."""

    words: U64
    """The commonest, in increasing order of their hashes."""
    rank: I64
    """(words,): the commonest has 0."""
    beside: list[F64] = field(init=False)
    """(words, contexts) twice: neighbours before, and after."""

    @classmethod
    def of(cls, first: Tokens) -> Counter:
        """For the commonest words of `first`."""
        words, counts = np.unique(first.word, return_counts=True)
        chosen = np.argsort(-counts, kind="stable")[:WORDS]
        order = np.argsort(words[chosen])
        return cls(words[chosen][order], order)

    def __post_init__(self) -> None:
        self.beside = [np.zeros((len(self.words), CONTEXTS + 2)) for _ in range(2)]

    def count(self, tokens: Tokens) -> None:
        """Count the neighbours in `tokens`."""
        size = len(self.words)
        at = np.minimum(np.searchsorted(self.words, tokens.word), size - 1)
        rank = np.where(self.words[at] == tokens.word, self.rank[at], size)
        context = np.minimum(rank, CONTEXTS)
        before = np.concatenate([[CONTEXTS + 1], context[:-1]])
        before[tokens.opens] = CONTEXTS + 1
        after = np.concatenate([context[1:], [CONTEXTS + 1]])
        after[:-1][tokens.opens[1:]] = CONTEXTS + 1
        known = rank < size
        for table, neighbour in zip(self.beside, (before, after), strict=True):
            flat = np.bincount(rank[known] * (CONTEXTS + 2) + neighbour[known], minlength=table.size)
            table += flat.reshape(table.shape)

    def learned(self, seed: int = 0) -> WordClasses:
        """The classes, coarse and fine."""
        cluster, extmath = import_module("sklearn.cluster"), import_module("sklearn.utils.extmath")

        table = np.hstack([_information(counts) for counts in self.beside])
        left, strength, _ = extmath.randomized_svd(table, min(SIZE, len(table) - 1), n_iter=3, random_state=seed)
        vectors = left * np.sqrt(strength)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        weight = np.sqrt(self.beside[0].sum(axis=1) + 1)
        labels = []
        for most in (COARSE - 2, FINE - 2):
            classes = min(most, len(vectors))
            model = cluster.MiniBatchKMeans(classes, random_state=seed, batch_size=4096, n_init=3, max_iter=60)
            labels.append(model.fit(vectors, sample_weight=weight).labels_[self.rank] + 1)
        return WordClasses(self.words, labels[0].astype(np.uint8), labels[1].astype(np.uint8))


def _information(counts: F64) -> F32:
    """Positive pointwise mutual information."""
    context = counts.sum(axis=0) ** SMOOTHING
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) / (context / context.sum()))
    return np.where(np.isfinite(value), np.maximum(value, 0), 0).astype(np.float32)
