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
from itertools import pairwise

import numpy as np

from ...util.array_types import F64, I64
from .graph import MAX_ORIGINAL, MAX_SPUN, Differences, Graph, Pairs, build
from .spans import couple

DISCOUNT = 0.6  # taken from every pair's count: what happened once is mostly glue
SMOOTHING = 4.0  # added to the occurrences of every original, so that a rare one does not look certain
FIRST = 0.1  # probability of a word of any pair at the start
BASE = 2e-4  # probability of a word of a pair that was never seen elsewhere
ROUNDS = 8
GLUE = 3.0  # a pair whose two parts are both this many times as frequent is a coincidence of neighbours …
# … unless it is made this many times as often as its parts would meet by chance: *a* becomes *an* only beside *image*.
# A source that was spun several times makes parts meet more often than by chance too, but not so much.
BOUND = 15.0
BOUND_SEEN = 5.0  # and was seen so often


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Phrase pairs, one row each: words i to j of a difference became its spun words k to m. Sorted by difference."""

    difference: I64
    i: I64
    j: I64
    k: I64
    m: I64


def segment(differences: Differences, progress: Callable[[str], None] = lambda message: None) -> Path:
    """The most probable segmentation of each difference; one that nothing explains gets no rows."""
    graph, pairs = build(differences)
    originals = differences.original.counts(pairs.first, pairs.length) + SMOOTHING
    sizes = (pairs.length + pairs.spun_length).astype(np.float64)
    weight = differences.count.astype(np.float64)
    splits = _Splits(differences, pairs)
    # First guess: a pair was made wherever it can have been, and shorter pairs are likelier.
    certain = np.minimum(_possible(graph, pairs, weight) / originals, 1)
    probability = _of_numbers(np.power(FIRST, sizes) * certain, FIRST, 1 / (1 + SMOOTHING))
    for turn in range(ROUNDS):
        expected = _expectation(graph, probability, weight)[: len(pairs)]
        known = np.maximum(expected - DISCOUNT, 0) / originals
        if turn:  # the first round's counts are still those of every way through every block
            whole, head, tail = splits.of(np.flatnonzero(known))
            frequent = np.append(expected, np.inf)  # the last: a kept word, as frequent as need be
            common = np.minimum(frequent[head], frequent[tail]) >= GLUE * expected[whole]
            share = np.append(expected / originals, 1.0)
            bound = (share[whole] >= BOUND * share[head] * share[tail]) & (expected[whole] >= BOUND_SEEN)
            bound &= (head != pairs.kept) & (tail != pairs.kept)
            known[whole[common & ~bound]] = 0
        probability = _of_numbers(np.minimum(known + np.power(BASE, sizes / 2), 1), BASE**0.5, 1)
        progress(f"segmenting: round {turn + 1} of {ROUNDS}, {int((expected > 1).sum()):,} phrase pairs")
    return _best(graph, pairs, probability, differences)


def _of_numbers(pairs: F64, word: float, factor: float) -> F64:
    """The probability of every number that `Pairs` gives: of `pairs`, and of those alone by their size."""
    return np.concatenate([pairs, [1.0, 0.0], factor * word ** np.arange(MAX_ORIGINAL + MAX_SPUN + 1.0)])


class _Splits:
    """Every way in which a pair falls into two others, found for the pairs that matter and remembered.

    A part that stands alone is not among them: it is never more frequent than the whole.
    """

    def __init__(self, differences: Differences, pairs: Pairs) -> None:
        self.differences, self.pairs = differences, pairs
        self.known = np.zeros(len(pairs), np.bool_)
        self.rows = np.zeros((3, 0), np.int64)

    def of(self, pairs: I64) -> tuple[I64, I64, I64]:
        """(pair, its head, its tail), by number, of `pairs` at least."""
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
        at = np.minimum(np.searchsorted(self.pairs.hash, hashes), len(self.pairs) - 1)
        same = original == spun if length == spun_length == 1 else np.zeros(len(hashes), np.bool_)
        return np.where(same, self.pairs.kept, np.where(self.pairs.hash[at] == hashes, at, -1))


# --- sweeps over it --------------------------------------------------------------------------------------------


def _levels(graph: Graph) -> list[slice]:
    return [slice(begin, end) for begin, end in pairwise(graph.levels.tolist())]


def _possible(graph: Graph, pairs: Pairs, weight: F64) -> F64:
    """In how many places each pair can stand."""
    of_node = np.repeat(weight, np.diff(graph.first_node))
    result = np.zeros(pairs.numbers)
    for arcs in _levels(graph):
        result += np.bincount(graph.pair[arcs], of_node[graph.source[arcs]], minlength=len(result))
    return result[: len(pairs)]


def _expectation(graph: Graph, probability: F64, weight: F64) -> F64:
    """Expected count of every number: one forward and one backward sweep over all blocks at once."""
    forward, backward = np.zeros(graph.nodes), np.zeros(graph.nodes)
    forward[graph.first_node[:-1]] = 1.0
    levels = _levels(graph)
    for arcs in levels:
        np.add.at(forward, graph.target[arcs], forward[graph.source[arcs]] * probability[graph.pair[arcs]])
    last = graph.first_node[1:] - 1
    backward[last] = np.divide(weight, forward[last], out=np.zeros_like(weight), where=forward[last] > 0)
    expected = np.zeros(len(probability))
    for arcs in reversed(levels):
        source, pair = graph.source[arcs], graph.pair[arcs]
        onward = probability[pair] * backward[graph.target[arcs]]
        np.add.at(backward, source, onward)
        expected += np.bincount(pair, forward[source] * onward, minlength=len(expected))
    return expected


def _best(graph: Graph, pairs: Pairs, probability: F64, differences: Differences) -> Path:
    """Viterbi over all blocks at once: the best arc into every node, then back from each block's last node."""
    score = np.log(probability, out=np.full(len(probability), -np.inf), where=probability > 0)
    value = np.full(graph.nodes, -np.inf)
    value[graph.first_node[:-1]] = 0.0
    into = np.full(graph.nodes, -1, np.int32)
    for arcs in _levels(graph):
        # An arc ends at a higher level than it begins, so the values of this level are final.
        target = graph.target[arcs]
        reached = value[graph.source[arcs]] + score[graph.pair[arcs]]
        before = value[target]
        np.maximum.at(value, target, reached)
        better = np.flatnonzero((reached == value[target]) & (reached > before))[::-1]
        into[target[better]] = better + arcs.start  # of equal ones the first
    at = graph.first_node[1:] - 1
    block = np.flatnonzero(into[at] >= 0)
    at = at[block]
    steps = [(np.zeros(0, np.int64), np.zeros(0, np.int32))]
    while len(block):
        arc = into[at]
        steps.append((block, arc))
        at = graph.source[arc].astype(np.int64)
        on = np.flatnonzero(at != graph.first_node[block])
        block, at = block[on], at[on]
    block, arc = np.concatenate([blocks for blocks, _ in steps]), np.concatenate([found for _, found in steps])
    real = graph.pair[arc] != pairs.kept
    block, arc = block[real], arc[real]
    width, first = differences.spun_length[block] + 1, graph.first_node[block]
    i, k = np.divmod(graph.source[arc] - first, width)
    j, m = np.divmod(graph.target[arc] - first, width)
    order = np.lexsort((i, block))
    return Path(block[order], i[order], j[order], k[order], m[order])
