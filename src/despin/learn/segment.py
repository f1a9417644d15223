"""Blocks → phrase pairs: the second step of learning a dictionary.

A block such as *young people* → *younger individuals* is a row of substitutions glued together. Which phrase pairs it
is made of is found as phrase tables are in statistical translation: expectation–maximisation over all monotone
segmentations (Marcu and Wong 2002), under the channel P(spun | original) = count / occurrences of the original. The
same short pair recurs in thousands of blocks; a glued one does not, and a discount on counts takes its weight away.

Where a block has an empty side (*new* → *brand new* differs by an insertion), the kept word on either side may join a
pair, and whichever pair explains most of its original's occurrences wins.

All distinct blocks are one graph: a node per (original words done, spun words done), an arc per phrase pair. Blocks of
equal size have equal graphs, so these are laid out a size at a time, and every step is a few numpy passes over all
arcs. Start reading from `segment`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .spans import I32, I64, U64, Row, couple, numbered

F64 = NDArray[np.float64]
Cell = tuple[int, int, int, int]  # original[i:j] became spun[k:m]

MAX_ORIGINAL, MAX_SPUN = 6, 8  # words of a phrase pair; the longest keys seen have five
DISCOUNT = 0.6  # taken from every pair's count: what happened once is mostly glue
SMOOTHING = 4.0  # added to the occurrences of every original, so that a rare one does not look certain
FIRST = 0.1  # probability of a word of any pair at the start
BASE = 2e-4  # probability of a word of a pair that was never seen elsewhere
ROUNDS = 8
GLUE = 3.0  # a pair whose two parts are both this many times as frequent is a coincidence of neighbours


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
class Path:
    """Phrase pairs, one row each: words i to j of a difference became its spun words k to m. Sorted by difference."""

    difference: I64
    i: I64
    j: I64
    k: I64
    m: I64


@dataclass(slots=True)
class _Graph:
    """Arcs sorted by `level`, the number of original words done at their source."""

    source: I32
    target: I32
    pair: I32  # the number of pairs: a kept word, probability 1
    block: I32
    levels: I64  # arcs levels[n] to levels[n + 1] are those of level n
    first_node: I64
    last_node: I64
    nodes: int


@dataclass(slots=True)
class _Pairs:
    """The distinct phrase pairs: hashes in increasing order, and one place of each."""

    hash: U64
    first: I64
    length: I64
    spun_first: I64
    spun_length: I64


def segment(differences: Differences, progress: Callable[[str], None] = lambda message: None) -> Path:
    """The most probable segmentation of each difference; one that nothing explains gets no rows."""
    graph, pairs = _graph(differences)
    originals = differences.original.counts(pairs.first, pairs.length)
    base = BASE ** ((pairs.length + pairs.spun_length) / 2)
    weight = differences.count.astype(np.float64)
    splits = _Splits(differences, pairs)
    # First guess: a pair was made wherever it can have been, and shorter pairs are likelier.
    possible = np.bincount(graph.pair, weight[graph.block], minlength=len(originals) + 1)[:-1]
    probability = FIRST ** (pairs.length + pairs.spun_length) * np.minimum(possible / (originals + SMOOTHING), 1)
    for turn in range(ROUNDS):
        expected = _expectation(graph, np.append(probability, 1.0), weight)
        kept = np.maximum(expected - DISCOUNT, 0) / (originals + SMOOTHING)
        if turn:  # the first round's counts are still those of every way through every block
            whole, head, tail = splits.of(np.flatnonzero(kept))
            frequent = np.append(expected, np.inf)  # the last: a kept word, as frequent as need be
            parts = np.minimum(frequent[head], frequent[tail])
            kept[whole[parts >= GLUE * expected[whole]]] = 0
        probability = kept + base
        progress(f"segmenting: round {turn + 1} of {ROUNDS}, {int((expected > 1).sum()):,} phrase pairs")
    return _best(graph, np.append(np.log(np.minimum(probability, 1.0)), 0.0), differences)


# --- the graph -------------------------------------------------------------------------------------------------


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


def _graph(differences: Differences) -> tuple[_Graph, _Pairs]:
    height, width = differences.length, differences.spun_length + 1
    size = (height + 1) * width
    first_node = np.cumsum(size) - size
    parts = []
    shapes = height * (int(width.max(initial=0)) + 1) + width
    for shape in np.unique(shapes).tolist():
        blocks = np.flatnonzero(shapes == shape)
        cells = np.array(_cells(int(height[blocks[0]]), int(width[blocks[0]]) - 1), np.int32).reshape(-1, 4)
        if len(cells):
            parts.append(_arcs(differences, blocks, cells, first_node[blocks], int(width[blocks[0]])))
    if not parts:
        parts.append(
            (np.zeros(0, np.uint64), *[np.zeros(0, np.int32)] * 3, np.zeros(0, np.int8), np.zeros(0, np.bool_))
        )
    hashes, source, target, block, level, kept = (np.concatenate(column) for column in zip(*parts, strict=True))
    del parts
    number = np.empty(len(hashes), np.int32)
    real = np.flatnonzero(~kept)
    numbers, index, _ = numbered(hashes[real])
    number[real], number[kept] = numbers, len(index)
    place = real[index]
    distinct = hashes[place]
    del hashes, numbers, kept

    owner = block[place].astype(np.int64)
    (i, k), (j, m) = (np.divmod(node[place] - first_node[owner], width[owner]) for node in (source, target))
    first, spun_first = differences.first[owner] + i, differences.spun_first[owner] + k
    pairs = _Pairs(distinct, first, j - i, spun_first, m - k)

    order = np.argsort(level, kind="stable")
    levels = np.searchsorted(level[order], np.arange(int(level.max(initial=0)) + 2))
    columns = (column[order] for column in (source, target, number, block))
    return _Graph(*columns, levels, first_node, first_node + size - 1, int(size.sum())), pairs


def _arcs(
    differences: Differences, blocks: I64, cells: I32, nodes: I64, width: int
) -> tuple[U64, I32, I32, I32, NDArray[np.int8], NDArray[np.bool_]]:
    """(pair's hash, source, target, block, level, kept word?) of all arcs of `blocks`, which are of one size."""
    first, spun_first = differences.first[blocks], differences.spun_first[blocks]
    original = {
        (i, j): differences.original.hashes(first + i, j - i) for i, j in set(map(tuple, cells[:, :2].tolist()))
    }
    spun = {(k, m): differences.spun.hashes(spun_first + k, m - k) for k, m in set(map(tuple, cells[:, 2:].tolist()))}
    hashes = np.empty((len(blocks), len(cells)), np.uint64)
    kept, same = np.zeros(hashes.shape, np.bool_), np.zeros(hashes.shape, np.bool_)
    for column, (i, j, k, m) in enumerate(cells.tolist()):
        left, right = original[i, j], spun[k, m]
        hashes[:, column] = couple(left, right)
        if j - i == m - k:  # a word may be kept; a longer phrase is kept word by word
            (kept if j - i == 1 else same)[:, column] = left == right
    chosen = np.flatnonzero(~same.ravel())
    row, column = np.divmod(chosen, len(cells))
    i, j, k, m = (cells[:, side][column] for side in range(4))
    node = nodes[row]
    source, target = (node + i * width + k).astype(np.int32), (node + j * width + m).astype(np.int32)
    return hashes.ravel()[chosen], source, target, blocks[row].astype(np.int32), i.astype(np.int8), kept.ravel()[chosen]


class _Splits:
    """Every way in which a pair falls into two others, found for the pairs that matter and remembered."""

    def __init__(self, differences: Differences, pairs: _Pairs) -> None:
        self.differences, self.pairs = differences, pairs
        self.known = np.zeros(len(pairs.hash), np.bool_)
        self.rows = np.zeros((3, 0), np.int64)

    def of(self, pairs: I64) -> tuple[I64, I64, I64]:
        """(pair, its head, its tail), by number, of `pairs` at least; the number of pairs means a word kept."""
        new = pairs[~self.known[pairs]]
        self.known[new] = True
        length, spun_length = self.pairs.length[new], self.pairs.spun_length[new]
        found = [self.rows]
        for height in range(2, MAX_ORIGINAL + 1):
            for width in range(2, MAX_SPUN + 1):
                rows = new[(length == height) & (spun_length == width)]
                if len(rows):
                    found += [self._split(rows, height, width, i, k) for i in range(1, height) for k in range(1, width)]
        self.rows = np.concatenate(found, axis=1)
        return self.rows[0], self.rows[1], self.rows[2]

    def _split(self, rows: I64, height: int, width: int, i: int, k: int) -> I64:
        first, spun_first = self.pairs.first[rows], self.pairs.spun_first[rows]
        head = self._numbers(first, i, spun_first, k)
        tail = self._numbers(first + i, height - i, spun_first + k, width - k)
        known = (head >= 0) & (tail >= 0)
        return np.stack([rows[known], head[known], tail[known]])

    def _numbers(self, first: I64, length: int, spun_first: I64, spun_length: int) -> I64:
        original = self.differences.original.hashes(first, length)
        spun = self.differences.spun.hashes(spun_first, spun_length)
        hashes = couple(original, spun)
        at = np.minimum(np.searchsorted(self.pairs.hash, hashes), len(self.pairs.hash) - 1)
        same = original == spun if length == spun_length == 1 else np.zeros(len(hashes), np.bool_)
        return np.where(same, len(self.pairs.hash), np.where(self.pairs.hash[at] == hashes, at, -1))


# --- sweeps over it --------------------------------------------------------------------------------------------


def _expectation(graph: _Graph, probability: F64, weight: F64) -> F64:
    """Expected count of every pair: one forward and one backward sweep over all blocks at once."""
    chance = probability[graph.pair]
    forward, backward = np.zeros(graph.nodes), np.zeros(graph.nodes)
    forward[graph.first_node] = backward[graph.last_node] = 1.0
    levels = [slice(begin, end) for begin, end in zip(graph.levels[:-1], graph.levels[1:], strict=True)]
    for arcs in levels:
        np.add.at(forward, graph.target[arcs], forward[graph.source[arcs]] * chance[arcs])
    for arcs in reversed(levels):
        np.add.at(backward, graph.source[arcs], backward[graph.target[arcs]] * chance[arcs])
    total = forward[graph.last_node]
    share = np.divide(weight, total, out=np.zeros_like(total), where=total > 0)
    chance *= forward[graph.source]
    chance *= backward[graph.target]
    chance *= share[graph.block]
    return np.bincount(graph.pair, chance, minlength=len(probability))[:-1]


def _best(graph: _Graph, score: F64, differences: Differences) -> Path:
    """Viterbi over all blocks at once: the best arc into every node, then back from each block's last node."""
    value = np.full(graph.nodes, -np.inf)
    value[graph.first_node] = 0.0
    into = np.full(graph.nodes, -1, np.int32)
    for begin, end in zip(graph.levels[:-1].tolist(), graph.levels[1:].tolist(), strict=True):
        # An arc ends at a higher level than it begins, so the values of this level are final.
        target = graph.target[begin:end]
        reached = value[graph.source[begin:end]] + score[graph.pair[begin:end]]
        before = value[target]
        np.maximum.at(value, target, reached)
        better = np.flatnonzero((reached == value[target]) & (reached > before))[::-1]
        into[target[better]] = better + begin  # of equal ones the first
    steps = []
    at = graph.last_node
    blocks = np.flatnonzero(into[at] >= 0)
    at = at[blocks]
    while len(blocks):
        arc = into[at]
        steps.append((blocks, arc))
        at = graph.source[arc]
        on = np.flatnonzero(at != graph.first_node[blocks])
        blocks, at = blocks[on], at[on]
    block, arc = (
        (np.concatenate(column) for column in zip(*steps, strict=True)) if steps else (np.zeros(0, np.int64),) * 2
    )
    real = graph.pair[arc] < len(score) - 1
    block, arc = block[real], arc[real]
    width, first = differences.spun_length[block] + 1, graph.first_node[block]
    (i, k), (j, m) = (np.divmod(node[arc] - first, width) for node in (graph.source, graph.target))
    order = np.lexsort((i, block))
    return Path(*(column[order] for column in (block, i, j, k, m)))
