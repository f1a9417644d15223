"""Sums over all paths of a levelled graph: the arithmetic under every search, and nothing of what it means.

Nodes are sorted by level; edges lead from lower levels to higher ones and are sorted by the node they lead to. The
graph falls into regions that share no edge; each has one node on level 0 and one final node. A sweep takes one numpy
step a level, for all regions at once, so its cost is that of the edges, not of the regions.

`sum_product` is forward–backward (Baum and Welch): the probability of every node.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """The shape of a lattice; scores are given to the sweeps."""

    level: I64
    """(levels + 1,): the nodes of level k are those from level[k] to level[k + 1]."""
    source: I64
    """(edges,): the node each edge comes from."""
    target: I64
    """(edges,): the node it leads to, in increasing order."""
    entering: I64
    """(nodes + 1,): the edges that lead to node k are those from entering[k] to entering[k + 1]."""
    onward: I64
    """(edges,): the edges ordered by where they come from."""
    leaving: I64
    """(nodes + 1,): those that leave node k are onward[leaving[k]:leaving[k + 1]]."""
    final: I64
    """(regions,): the last node of each region."""
    region: I64
    """(nodes,): the region of each node."""

    @classmethod
    def of(cls, level: I64, source: I64, target: I64, region: I64) -> Graph:
        """The graph over nodes sorted by `level`; edges may come in any order. `region` numbers from 0."""
        nodes = len(level)
        if np.any(target[1:] < target[:-1]):
            raise ValueError("edges must be sorted by the node they lead to")
        onward = np.argsort(source, kind="stable")
        leaving = _bounds(source, nodes)
        ends = np.flatnonzero(leaving[1:] == leaving[:-1])
        final = np.empty(len(ends), np.int64)
        final[region[ends]] = ends
        return cls(
            np.searchsorted(level, np.arange((int(level[-1]) if nodes else -1) + 2)), source, target,
            _bounds(target, nodes), onward, leaving, final, region,
        )  # fmt: skip


def _bounds(nodes: I64, count: int) -> I64:
    """(count + 1,): where the edges of each node begin among edges sorted by `nodes`."""
    bounds = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(nodes, minlength=count), out=bounds[1:])
    return bounds


def forward(graph: Graph, node: F64, edge: F64) -> F64:
    """(nodes,): ln of the summed weight of all paths to each node, its own score included; scores are natural logs."""
    return _forward(graph, node, edge)[0]


def _forward(graph: Graph, node: F64, edge: F64, shares: bool = False) -> tuple[F64, F64]:
    """As `forward`; and, if `shares`, (edges,): of what reaches its node, the part that comes over each edge."""
    value = np.zeros(len(node))
    share = np.ones(len(edge) if shares else 0)
    for begin, end in zip(graph.level[1:-1].tolist(), graph.level[2:].tolist(), strict=True):
        if begin == end:
            continue
        first, last = graph.entering[begin], graph.entering[end]
        through = value.take(graph.source[first:last])
        through += edge[first:last]
        if last - first == end - begin:  # one edge a node
            value[begin:end] = through + node[begin:end]
            continue
        starts = graph.entering[begin:end] - first
        where = graph.target[first:last] - begin
        top = np.maximum.reduceat(through, starts)
        through -= top.take(where)
        np.exp(through, out=through)
        total = np.add.reduceat(through, starts)
        if shares:
            np.divide(through, total.take(where), out=share[first:last])
        value[begin:end] = top + np.log(total) + node[begin:end]
    return value, share


def sum_product(graph: Graph, node: F64, edge: F64) -> tuple[F64, F64]:
    """Probability of every node, (nodes,), and ln of the summed weight of all paths of each region, (regions,).

    The way back needs no logarithm: of all paths that reach a node, each edge into it has a known share, so a node has
    the sum of its edges' shares in the probabilities of the nodes they lead to.
    """
    ahead, share = _forward(graph, node, edge, shares=True)
    posterior = np.zeros(len(node))
    posterior[graph.final] = 1.0
    target, share = graph.target.take(graph.onward), share.take(graph.onward)
    for begin, end in zip(graph.level[-2::-1].tolist(), graph.level[:0:-1].tolist(), strict=True):
        first, last = graph.leaving[begin], graph.leaving[end]
        if first < last:
            through = posterior.take(target[first:last])
            through *= share[first:last]
            rows = begin + np.flatnonzero(graph.leaving[begin + 1 : end + 1] > graph.leaving[begin:end])
            posterior[rows] = np.add.reduceat(through, graph.leaving[rows] - first)
    return np.minimum(posterior, 1.0), ahead[graph.final]
