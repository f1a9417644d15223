"""Near the original: a MinHash that a text shares with its source and with other spins of it.

A spun copy shares few runs of words with its source, so that deduplication by MinHash (Broder 1997) does not see the
two together. Two things it does share:

* what despin restores: the runs of `SHINGLE` words of the restored text;
* what no spinner touches, the *immutables* of DSpin (Zhang, Wang, Voelker: "DSpin: Detecting Automatically Spun Content
  on the Web", NDSS 2014): the words that stand in no key and no substitute of any dictionary, mostly names and rare
  words. Left alone, they stand in the same order in every spin; so here they are taken in runs of `RUN` too, with
  what stood between them left out.

Both go into one set. A text has four times as many shingles as runs of immutables, but the latter are surer; so each of
these counts `WEIGHT` times. The permutations are those of datasketch (scheme "affine32"), computed here in numpy.

Start reading from `of_reports`; `library.fingerprint` is what people call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from .config import Config
from .results.report import Report
from .runtime.knowledge import load_data
from .text.token_features import Shape
from .text.tokens import tokenise
from .util.array_types import I32, U32, U64

SHINGLE = 3
RUN = 2
WEIGHT = 4
EMPTY = np.uint32(0xFFFFFFFF)
_ROWS = 4096  # shingles that are permuted at once: a long text must not need 128 times its size


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """A MinHash: of two texts, the share of equal values estimates how similar what they are made of is (Jaccard)."""

    values: U32
    """(permutations,): the least value of each permutation; all `EMPTY` for a text without words."""
    seed: int = 1
    """Which permutations."""

    def similarity(self, other: Fingerprint) -> float:
        """Estimated Jaccard similarity, 0 to 1; 0 where one of the texts has no words.

        Raises
        ------
        ValueError
            The fingerprints were made with different permutations.
        """
        if self.seed != other.seed or len(self.values) != len(other.values):
            raise ValueError("fingerprints can be compared only if seed and number of permutations are the same")
        if self.values.size == 0 or (self.values == EMPTY).all() or (other.values == EMPTY).all():
            return 0.0
        return float(np.mean(self.values == other.values))

    def __repr__(self) -> str:
        first = "".join(f"{value}, " for value in self.values[:3].tolist())
        return f"Fingerprint([{first}…], {len(self.values)} permutations, seed {self.seed})"

    def to_datasketch(self) -> Any:
        """The same as a `datasketch.MinHash`, for its indexes.

        Raises
        ------
        ImportError
            datasketch is not installed.
        """
        try:
            from datasketch import MinHash
        except ImportError as problem:
            raise ImportError(
                "this needs datasketch 2 or later; install it with: pip install 'despin[fingerprint]'"
            ) from problem
        return MinHash(seed=self.seed, hashvalues=self.values, scheme="affine32")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Fingerprint)
            and self.seed == other.seed
            and self.values.tobytes() == other.values.tobytes()
        )

    def __hash__(self) -> int:
        return hash((self.seed, self.values.tobytes()))


def of_reports(
    reports: Iterable[Report], config: Config = Config(), *, permutations: int = 128, seed: int = 1
) -> Iterator[Fingerprint]:
    """One fingerprint a report. Raises ValueError where there are no permutations."""
    if permutations < 1:
        raise ValueError(f"permutations is {permutations}, but there must be at least one")
    for report in reports:
        yield Fingerprint(min_hash(shingles([report.restored], config)[0], permutations, seed), seed)


def shingles(texts: Sequence[str], config: Config = Config()) -> list[U32]:
    """What the fingerprint of each of `texts`, restored already, is made of.

    Hashes, an array a text, not sorted; those of the immutables come `WEIGHT` times, each time as another number.

    >>> [len(one) for one in shingles(["Kang Tae Oh", ""])]
    [9, 0]
    """
    tokens = tokenise(texts)
    counted = (tokens.shape >= Shape.LOWER) | (tokens.shape == Shape.NUMBER)
    word, document = tokens.word[counted], tokens.document[counted]
    stays = ~np.isin(word, _touched(config.language, config.dictionaries))
    # A text too short for a shingle still has words.
    few = np.bincount(document, minlength=len(texts))[document] < SHINGLE
    parts = [runs(word, document, SHINGLE), runs(word[few], document[few], 1)]
    hashes, where = runs(word[stays], document[stays], RUN)
    parts += [(_mix(hashes + np.uint64(turn)), where) for turn in range(WEIGHT)]
    whole = np.concatenate([hashes for hashes, _ in parts])
    owner = np.concatenate([where for _, where in parts])
    order = np.argsort(owner, kind="stable")
    cuts = np.searchsorted(owner[order], np.arange(1, len(texts)))
    return np.split((whole[order] >> np.uint64(32)).astype(np.uint32), cuts) if texts else []


def min_hash(hashes: U32, permutations: int = 128, seed: int = 1) -> U32:
    """(permutations,): the MinHash of the set `hashes`, as datasketch's scheme "affine32" has it."""
    a, b = _permutations(permutations, seed)
    mixed = _finalise(hashes)
    least = np.full(permutations, EMPTY, np.uint32)
    for start in range(0, len(mixed), _ROWS):
        np.minimum(least, (mixed[start : start + _ROWS, None] * a + b).min(axis=0), out=least)
    return least


@cache
def _permutations(number: int, seed: int) -> tuple[U32, U32]:
    chance = np.random.RandomState(seed)
    a = chance.randint(0, 1 << 31, number, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return a, chance.randint(0, 1 << 32, number, dtype=np.uint32)


def _finalise(value: U32) -> U32:
    """The finaliser of MurmurHash3 for 32 bits (Appleby)."""
    value = (value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    value = (value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return value ^ (value >> np.uint32(16))


def _mix(value: U64) -> U64:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def runs(word: U64, document: I32, length: int) -> tuple[U64, I32]:
    """A hash of every `length` words in a row of one text, and which text."""
    if len(word) < length:
        return np.zeros(0, np.uint64), np.zeros(0, np.int32)
    size = len(word) - length + 1
    hashes = np.full(size, length, np.uint64)
    for place in range(length):
        hashes = _mix(hashes * np.uint64(0x9E3779B97F4A7C15) + word[place : place + size])
    inside = document[:size] == document[length - 1 :]
    return hashes[inside], document[:size][inside]


@cache
def _touched(language: str, dictionaries: tuple[str, ...]) -> U64:
    """Hashes of all words of all keys and substitutes, sorted."""
    dictionary, _, _ = load_data(Config(language, dictionaries))
    return np.unique(tokenise([*dictionary.spun_text, *dictionary.original_text]).word)
