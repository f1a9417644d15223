"""All ways to take blocks apart, as one graph: what `segment` sweeps over.

A node is (block, original words done, spun words done), an arc is a phrase pair. Blocks of equal size have equal
graphs, so the arcs are laid out a size at a time, in columns, sorted by the original words done at their source.

Most pairs could have been made in one block only, and say nothing. They are told apart from the others by a table of
hashes and get one number for each size: of 28 million pairs in 140 MB of text, four million get numbers of their own.

Start reading from `build`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ...util.array_types import I32, I64, U64
from .spans import Row, couple, numbered

Cell = tuple[int, int, int, int]  # original[i:j] became spun[k:m]

MAX_ORIGINAL, MAX_SPUN = 6, 8  # words of a phrase pair; the longest keys seen have five
MOST_BUCKETS = 26  # bits: a table of 256 MB; a pair that shares a bucket gets a number it could do without
CHUNK = 1 << 22  # arcs numbered in one step, so that the columns in between stay small


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """Distinct blocks as columns, with the kept words beside them where these may take part."""

    original: Row
    """All originals: what a phrase's occurrences are counted in."""
    spun: Row
    first: I64
    """Where each begins in `original`."""
    length: I64
    spun_first: I64
    spun_length: I64
    count: I64
    """How often each occurs."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The distinct phrase pairs that can stand in several blocks: hashes in increasing order, and one place of each."""

    hash: U64
    first: I64
    length: I64
    spun_first: I64
    spun_length: I64

    def __len__(self) -> int:
        return len(self.hash)

    # What an arc's number means from here on. The probabilities of the numbers are one array: see `numbers`.

    @property
    def kept(self) -> int:
        """A word that was kept."""
        return len(self.hash)

    @property
    def never(self) -> int:
        """A longer phrase that was kept: not a pair, since it is kept word by word."""
        return len(self.hash) + 1

    def alone(self, size: int) -> int:
        """A pair of `size` words, both sides together, that a single block can hold."""
        return len(self.hash) + 2 + size

    @property
    def numbers(self) -> int:
        """How many numbers there are."""
        return len(self.hash) + 2 + MAX_ORIGINAL + MAX_SPUN + 1


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Nodes and arcs of all blocks."""

    source: I32
    target: I32
    pair: I32
    """The number of each arc's pair: see `Pairs`."""
    levels: I64
    """Arcs levels[n] to levels[n + 1] have n original words done at their source."""
    first_node: I64
    """(blocks + 1,)"""

    @property
    def nodes(self) -> int:
        """How many there are."""
        return int(self.first_node[-1])


@cache
def _cells(height: int, width: int) -> tuple[Cell, ...]:
    """Every phrase pair that can be part of a segmentation of `height` original words and `width` spun ones."""
    cells: list[Cell] = []
    for i in range(height):
        for j in range(i + 1, min(i + MAX_ORIGINAL, height) + 1):
            # A pair takes at least one word of the other side for each it leaves behind.
            for k in range(0 if i == 0 else 1, width if i else 1):
                ends = [width] if j == height else range(k + 1, min(k + MAX_SPUN, width) + 1)
                cells += [(i, j, k, m) for m in ends if k < m <= k + MAX_SPUN]
    return tuple(cells)


def build(differences: Differences) -> tuple[Graph, Pairs]:
    """The graph of all `differences`, and the pairs on its arcs."""
    height, width = differences.length, differences.spun_length + 1
    first_node = np.concatenate([np.zeros(1, np.int64), np.cumsum((height + 1) * width)])
    shapes = height * (int(width.max(initial=0)) + 1) + width
    groups = []
    for shape in np.unique(shapes).tolist():
        blocks = np.flatnonzero(shapes == shape)
        cells = np.array(_cells(int(height[blocks[0]]), int(width[blocks[0]]) - 1), np.int32).reshape(-1, 4)
        groups.append((blocks, cells))
    arcs = _Arcs(groups)
    for blocks, cells in (group for group in groups if len(group[1])):
        arcs.add(differences, blocks, cells, first_node[blocks], int(width[blocks[0]]))
    common = arcs.common()
    numbers, index, _ = numbered(arcs.hash[common])
    place = common[index]
    owner = np.searchsorted(first_node, arcs.source[place], "right") - 1
    (i, k), (j, m) = (np.divmod(node[place] - first_node[owner], width[owner]) for node in (arcs.source, arcs.target))
    first, spun_first = differences.first[owner] + i, differences.spun_first[owner] + k
    pairs = Pairs(arcs.hash[place], first, j - i, spun_first, m - k)
    number = arcs.size + np.int32(pairs.alone(0))
    number[arcs.kind == _KEPT], number[arcs.kind == _NEVER] = pairs.kept, pairs.never
    number[common] = numbers
    return Graph(arcs.source, arcs.target, number, arcs.levels, first_node), pairs


_PAIR, _PAIR_OFTEN, _KEPT, _NEVER = 0, 1, 2, 3


class _Arcs:
    """Columns of all arcs, filled a group of equal blocks at a time."""

    def __init__(self, groups: list[tuple[I64, I32]]) -> None:
        counts = np.zeros(1 + max((int(cells[-1, 0]) + 1 for _, cells in groups if len(cells)), default=0), np.int64)
        for blocks, cells in groups:
            levels, times = np.unique(cells[:, 0], return_counts=True)
            counts[levels + 1] += times * len(blocks)
        self.levels = np.cumsum(counts)
        self._next = self.levels.copy()
        total = int(self.levels[-1])
        self.hash = np.empty(total, np.uint64)
        self.source, self.target = np.empty(total, np.int32), np.empty(total, np.int32)
        self.size, self.kind = np.empty(total, np.int8), np.zeros(total, np.int8)

    def add(self, differences: Differences, blocks: I64, cells: I32, nodes: I64, width: int) -> None:
        """The arcs of `blocks`, which begin at `nodes` and are of one size."""
        first, spun_first = differences.first[blocks], differences.spun_first[blocks]
        often = np.where(differences.count[blocks] > 1, _PAIR_OFTEN, _PAIR)
        sides, side = np.unique(cells[:, 2:], axis=0, return_inverse=True)
        spun = np.stack([differences.spun.hashes(spun_first + k, m - k) for k, m in sides.tolist()])
        first_cell = np.flatnonzero(np.diff(cells[:, 0] * 64 + cells[:, 1], prepend=-1))
        for part in np.split(np.arange(len(cells)), first_cell[1:]):  # the cells of one original phrase
            i, j = cells[part[0], :2].tolist()
            k, m = cells[part, 2, None], cells[part, 3, None]
            right = spun[side.reshape(-1)[part]]
            original = differences.original.hashes(first + i, j - i)
            kind = np.where(original == right, _KEPT if j - i == 1 else _NEVER, often)
            kind = np.where(m - k == j - i, kind, often)  # a word may be kept; a longer phrase is kept word by word
            begin, size = int(self._next[i]), kind.size
            self._next[i] += size
            arcs = slice(begin, begin + size)
            self.hash[arcs] = couple(original, right).ravel()
            self.source[arcs], self.target[arcs] = (nodes + (i * width + k)).ravel(), (nodes + (j * width + m)).ravel()
            self.size[arcs], self.kind[arcs] = np.broadcast_to(j - i + m - k, kind.shape).ravel(), kind.ravel()

    def common(self) -> I64:
        """The arcs whose pair can stand in several blocks, or stands in one that occurs several times.

        Two sieves, each by other bits of the hash, let one pair in ten pass that should not.
        """
        passed = self.kind <= _PAIR_OFTEN
        bits = min(len(self.hash).bit_length() + 2, MOST_BUCKETS)
        chunks = [slice(begin, begin + CHUNK) for begin in range(0, len(self.hash), CHUNK)]
        for low in (64 - bits, 64 - 2 * bits):
            last, several = np.full(1 << bits, -1, np.int32), np.zeros(1 << bits, np.bool_)
            for chunk in chunks:
                index, bucket = self._buckets(chunk, passed, low, bits)
                several[bucket[last[bucket] >= 0]] = True
                last[bucket] = index
                several[bucket[last[bucket] != index]] = True
            for chunk in chunks:
                index, bucket = self._buckets(chunk, passed, low, bits)
                passed[index] = several[bucket] | (self.kind[index] == _PAIR_OFTEN)
        return np.flatnonzero(passed)

    def _buckets(self, chunk: slice, passed: NDArray[np.bool_], low: int, bits: int) -> tuple[I64, I64]:
        index = np.flatnonzero(passed[chunk]) + chunk.start
        return index, ((self.hash[index] >> np.uint64(low)) & np.uint64((1 << bits) - 1)).astype(np.int64)
