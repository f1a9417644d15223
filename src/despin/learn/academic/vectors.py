"""Plain text → a vector for each word: words that stand among the same words are near each other.

Counts of neighbours within a few words, as positive pointwise mutual information with smoothed contexts, factorised by
a truncated singular value decomposition (Levy, Goldberg and Dagan 2015, *Improving distributional similarity with
lessons learned from word embeddings*); the decomposition is the randomised one of Halko, Martinsson and Tropp 2011.

Start reading from `learn`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...text.hashing import hash_words
from ...text.tokens import tokenise
from ...util.array_types import F32, I32, I64

if TYPE_CHECKING:
    from scipy.sparse import csr_array


REACH = 4  # neighbours on either side; the nearer, the more they count
CONTEXTS = 25_000  # commonest words that count as neighbours
SIZE = 256  # of a vector
SMOOTHING = 0.75  # exponent of the contexts' frequencies, so that rare neighbours do not look telling
FAINT = 0.7  # weighted meetings below are chance
AT_LEAST = 25  # occurrences of a word that gets a vector …
LISTED = 5  # … and of one that is wanted anyhow
MAX_VECTORS = 45_000  # words
CHUNK = 12_000_000  # characters read at a time


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Words, how often they stand in the texts, and what they are near to."""

    words: tuple[str, ...]
    counts: I64
    """(words,): in all texts."""
    papers: I64
    """(words,): in the texts of papers."""
    vectors: F32
    """(words, size): of length 1, or 0."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a file of them holds."""
        words = np.frombuffer("\n".join(self.words).encode(), np.uint8)
        return {"words": words, "counts": self.counts, "papers": self.papers, "vectors": self.vectors}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Vectors:
        """The vectors in the `arrays` of a file.

        Raises
        ------
        KeyError, ValueError
            They are something else.
        """
        words = tuple(arrays["words"].tobytes().decode("utf-8").split("\n"))
        counts, papers, vectors = (arrays[name] for name in ("counts", "papers", "vectors"))
        if not counts.shape == papers.shape == vectors.shape[:1] == (len(words),) or vectors.ndim != 2:
            raise ValueError("the arrays do not fit")
        return cls(words, counts, papers, vectors.astype(np.float32))


def learn(
    words: Sequence[str],
    wanted: frozenset[str],
    papers: Iterable[str],
    others: Iterable[str],
    progress: Callable[[str], None] = lambda message: None,
    size: int = SIZE,
) -> Vectors:
    """Vectors of the commonest of `words`, and of those `wanted`, from paragraphs of `papers` and of `others`."""
    words = list(dict.fromkeys([*words, *sorted(wanted)]))
    order = np.argsort(hash_words(words))
    known = hash_words(words)[order]
    streams: list[tuple[bool, I32]] = []
    counts, in_papers = np.zeros(len(words), np.int64), np.zeros(len(words), np.int64)
    read = 0
    for paper, paragraphs in ((True, papers), (False, others)):
        for text in _chunks(paragraphs):
            read += len(text)
            progress(f"reading: {read / 1e6:,.0f} M characters")
            hashes = tokenise([text]).word
            at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
            ids = np.where(known[at] == hashes, order[at], -1).astype(np.int32)
            streams.append((paper, ids))
            here = np.bincount(ids[ids >= 0], minlength=len(words))
            counts += here
            in_papers += here * paper

    common = np.argsort(-counts, kind="stable")
    kept = [row for row in common[:MAX_VECTORS].tolist() if counts[row] >= AT_LEAST]
    kept += [row for row, word in enumerate(words) if word in wanted and counts[row] >= LISTED]
    kept = list(dict.fromkeys(kept))
    new = np.full(len(words) + 1, -1, np.int32)
    new[kept] = np.arange(len(kept), dtype=np.int32)
    progress("factorising: neighbours")
    table = _meetings(((2.0 if paper else 1.0, new[ids]) for paper, ids in streams), len(kept))
    return Vectors(
        tuple(words[row] for row in kept), counts[kept], in_papers[kept], _factors(_information(table), size)
    )


def _chunks(paragraphs: Iterable[str]) -> Iterable[str]:
    gathered: list[str] = []
    size = 0
    for paragraph in paragraphs:
        gathered.append(paragraph)
        size += len(paragraph)
        if size >= CHUNK:
            yield "\n".join(gathered)
            gathered, size = [], 0
    if gathered:
        yield "\n".join(gathered)


def _meetings(streams: Iterable[tuple[float, I32]], size: int) -> csr_array[Any, tuple[int, int]]:
    """(words, contexts): how often each word met each of the commonest ones, the near counting more."""
    from scipy.sparse import coo_array, csr_array

    total: Any = csr_array((size, size), dtype=np.float32)
    for weight, ids in streams:
        part: Any = csr_array((size, size), dtype=np.float32)
        for distance in range(1, REACH + 1):
            left, right = ids[:-distance], ids[distance:]
            both = (left >= 0) & (right >= 0)
            value = np.full(int(both.sum()), weight / distance, np.float32)
            met = coo_array((value, (left[both], right[both])), shape=(size, size)).tocsr()
            part = part + met + met.T
        total = total + part
    total = csr_array(total[:, :CONTEXTS])
    total.data[total.data < FAINT] = 0
    total.eliminate_zeros()
    return total  # type: ignore[no-any-return]


def _information(table: Any) -> csr_array[Any, tuple[int, int]]:
    """Positive pointwise mutual information of words and contexts."""
    from scipy.sparse import csr_array

    row, column = np.asarray(table.sum(axis=1)).ravel(), np.asarray(table.sum(axis=0)).ravel() ** SMOOTHING
    entries = table.tocoo()
    value = np.log(entries.data * column.sum() / (row[entries.row] * column[entries.col]))
    result: Any = csr_array((np.maximum(value, 0).astype(np.float32), (entries.row, entries.col)), shape=table.shape)
    result.eliminate_zeros()
    return result  # type: ignore[no-any-return]


def _factors(matrix: Any, size: int, rounds: int = 3) -> F32:
    """(rows, size): the left singular vectors, each weighed by the root of its value, then rows of length 1."""
    size = min(size, *matrix.shape)
    wide = min(size + 20, *matrix.shape)
    base = np.random.default_rng(0).standard_normal((matrix.shape[1], wide)).astype(np.float32)
    base = np.linalg.qr(matrix @ base)[0]
    for _ in range(rounds):
        base = np.linalg.qr(matrix.T @ base)[0]
        base = np.linalg.qr(matrix @ base)[0]
    left, values, _ = np.linalg.svd((matrix.T @ base).T, full_matrices=False)
    rows = (base @ left[:, :size]) * np.sqrt(values[:size])
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    factors: F32 = (rows / np.where(length > 0, length, 1)).astype(np.float32)
    return factors
