"""Blocks → phrase pairs: the second step of learning a dictionary.

A block such as *young people* → *younger individuals* is a row of substitutions glued together. Which phrase pairs it
is made of is found as phrase tables are in statistical translation: expectation–maximisation over all monotone
segmentations (Marcu and Wong 2002), under the channel P(spun | original) = count / occurrences of the original. The
same short pair recurs in thousands of blocks; a glued one does not, and a discount on counts takes its weight away.

Where a block has an empty side (*new* → *brand new* differs by an insertion), the kept word on either side may join a
pair, and whichever pair explains most of its original's occurrences wins.

All distinct blocks are one graph: a node per (original words done, spun words done), an arc per phrase pair. Every
expectation step is a few numpy passes over all arcs. Start reading from `segment`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .align import Phrase

Cell = tuple[int, int, int, int]  # original[i:j] became spun[k:m]

MAX_ORIGINAL, MAX_SPUN = 6, 8  # words of a phrase pair; the longest keys seen have five
DISCOUNT = 0.6  # taken from every pair's count: what happened once is mostly glue
SMOOTHING = 4.0  # added to the occurrences of every original, so that a rare one does not look certain
BASE = 2e-4  # probability of a word of a pair that was never seen elsewhere
ROUNDS = 8
GLUE = 3.0  # a pair whose two parts are both this many times as frequent is a coincidence of neighbours


@dataclass(frozen=True, slots=True)
class Difference:
    """A distinct block: the words of both sides, with the kept words before and after where they may take part."""

    original: Phrase
    spun: Phrase
    before: bool
    """The first word of both sides is a kept one."""
    after: bool
    """The last word of both sides is a kept one."""

    @classmethod
    def between(cls, original: Phrase, spun: Phrase, left: int, right: int, border: int) -> Difference:
        """The block with the kept words beside it; `border` is no word and never takes part."""
        before, after = left != border, right != border
        head, tail = ((left,) if before else ()), ((right,) if after else ())
        return cls(head + original + tail, head + spun + tail, before, after)


@dataclass(slots=True)
class _Graph:
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    pair: NDArray[np.int32]  # −1: a kept word, probability 1
    level: NDArray[np.int8]  # original words done at the source
    block: NDArray[np.int32]
    first_node: NDArray[np.int64]
    last_node: NDArray[np.int64]
    nodes: int


def segment(
    differences: Sequence[Difference],
    counts: NDArray[np.int64],
    occurrences: Callable[[Sequence[Phrase]], NDArray[np.int64]],
    progress: Callable[[str], None] = lambda message: None,
) -> list[list[Cell]]:
    """The most probable segmentation of each of `differences`.

    `counts` says how often each occurs; `occurrences` how often each of some phrases stands in the originals.
    A difference that no segmentation explains gets an empty list.
    """
    graph, pairs = _graph(differences)
    splits = _splits(pairs)
    originals = occurrences([original for original, _ in pairs])
    sizes = np.array([len(o) + len(s) for o, s in pairs], np.float64)
    base = BASE ** (sizes / 2)
    weight = counts.astype(np.float64)
    # First guess: every way through a block is alike, shorter pairs are likelier.
    probability = np.power(0.1, sizes)
    for turn in range(ROUNDS):
        expected = _expectation(graph, probability, weight)
        kept = np.maximum(expected - DISCOUNT, 0) / (originals + SMOOTHING)
        if turn:  # the first round's counts are still those of every way through every block
            frequent = np.append(expected, np.inf)  # the last: a kept word, as frequent as need be
            parts = np.minimum(frequent[splits[:, 1]], frequent[splits[:, 2]])
            kept[splits[parts >= GLUE * expected[splits[:, 0]], 0]] = 0
        probability = kept + base
        progress(f"segmenting: round {turn + 1} of {ROUNDS}, {int((expected > 1).sum()):,} phrase pairs")
    return _best(graph, np.log(np.minimum(probability, 1.0)), differences)


def _graph(differences: Sequence[Difference]) -> tuple[_Graph, list[tuple[Phrase, Phrase]]]:
    index: dict[tuple[Phrase, Phrase], int] = {}
    # Machine integers, not objects: a corpus of 140 MB makes some fifteen million arcs.
    source, target, pair, block = array("i"), array("i"), array("i"), array("i")
    level = array("b")
    first, last = np.zeros(len(differences), np.int64), np.zeros(len(differences), np.int64)
    node = 0
    for number, difference in enumerate(differences):
        original, spun = difference.original, difference.spun
        width, height = len(spun) + 1, len(original)
        first[number], last[number] = node, node + height * width + width - 1
        for i, j, k, m in _cells(difference):
            kept = original[i:j] == spun[k:m]
            key = (original[i:j], spun[k:m])
            source.append(node + i * width + k)
            target.append(node + j * width + m)
            pair.append(-1 if kept else index.setdefault(key, len(index)))
            level.append(i)
            block.append(number)
        node += (height + 1) * width
    columns = [np.frombuffer(column, column.typecode) for column in (source, target, pair, level, block)]
    return _Graph(*columns, first, last, node), list(index)


def _splits(pairs: Sequence[tuple[Phrase, Phrase]]) -> NDArray[np.int32]:
    """(n, 3): every way in which a pair falls into two others, by index; the index len(pairs) means words kept."""
    index = {pair: row for row, pair in enumerate(pairs)}
    rows = array("i")
    for row, (original, spun) in enumerate(pairs):
        for i in range(1, len(original)):
            for k in range(1, len(spun)):
                head, tail = (original[:i], spun[:k]), (original[i:], spun[k:])
                left = len(pairs) if head[0] == head[1] else index.get(head)
                right = len(pairs) if tail[0] == tail[1] else index.get(tail)
                if left is not None and right is not None:
                    rows.extend((row, left, right))
    return np.frombuffer(rows, np.int32).reshape(-1, 3)


def _cells(difference: Difference) -> list[Cell]:
    """Every phrase pair that can be part of a segmentation of `difference`."""
    original, spun = difference.original, difference.spun
    height, width = len(original), len(spun)
    cells: list[Cell] = []
    if difference.before:
        cells.append((0, 1, 0, 1))
    if difference.after:
        cells.append((height - 1, height, width - 1, width))
    for i in range(height):
        for j in range(i + 1, min(i + MAX_ORIGINAL, height) + 1):
            # A pair takes at least one word of the other side for each it leaves behind.
            for k in range(0 if i == 0 else 1, width if i else 1):
                ends = [width] if j == height else range(k + 1, min(k + MAX_SPUN, width) + 1)
                cells += [(i, j, k, m) for m in ends if k < m <= k + MAX_SPUN and original[i:j] != spun[k:m]]
    return cells


def _expectation(graph: _Graph, probability: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Expected count of every pair: one forward and one backward sweep over all blocks at once."""
    chance = np.where(graph.pair < 0, 1.0, probability[graph.pair])
    order = np.argsort(graph.level, kind="stable")
    levels = np.searchsorted(graph.level[order], np.arange(int(graph.level.max(initial=0)) + 2))
    forward, backward = np.zeros(graph.nodes), np.zeros(graph.nodes)
    forward[graph.first_node] = backward[graph.last_node] = 1.0
    for begin, end in zip(levels[:-1], levels[1:], strict=True):
        arcs = order[begin:end]
        np.add.at(forward, graph.target[arcs], forward[graph.source[arcs]] * chance[arcs])
    for begin, end in zip(levels[-2::-1], levels[:0:-1], strict=True):
        arcs = order[begin:end]
        np.add.at(backward, graph.source[arcs], backward[graph.target[arcs]] * chance[arcs])
    total = forward[graph.last_node]
    share = np.divide(weight, total, out=np.zeros_like(total), where=total > 0)
    expected = forward[graph.source] * chance * backward[graph.target] * share[graph.block]
    real = graph.pair >= 0
    return np.bincount(graph.pair[real], expected[real], minlength=len(probability))


def _best(graph: _Graph, score: NDArray[np.float64], differences: Sequence[Difference]) -> list[list[Cell]]:
    """Viterbi over each block; blocks are small, so plain loops over their arcs will do."""
    gains = np.where(graph.pair < 0, 0.0, score[graph.pair]).astype(np.float32)
    bounds = np.searchsorted(graph.block, np.arange(len(differences) + 1)).tolist()
    result: list[list[Cell]] = []
    for number, difference in enumerate(differences):
        first, last = int(graph.first_node[number]), int(graph.last_node[number])
        best: dict[int, tuple[float, int]] = {first: (0.0, -1)}
        arcs = slice(bounds[number], bounds[number + 1])
        order = np.argsort(graph.level[arcs], kind="stable")
        columns = (column[arcs][order].tolist() for column in (graph.source, graph.target, gains))
        for source, target, gain in zip(*columns, strict=True):
            if (known := best.get(source)) is not None:
                value = known[0] + gain
                if target not in best or value > best[target][0]:
                    best[target] = value, source
        path: list[Cell] = []
        width, at = len(difference.spun) + 1, last
        while at in best and at != first:
            before = best[at][1]
            (i, k), (j, m) = divmod(before - first, width), divmod(at - first, width)
            if difference.original[i:j] != difference.spun[k:m]:
                path.append((i, j, k, m))
            at = before
        result.append(path[::-1])
    return result
