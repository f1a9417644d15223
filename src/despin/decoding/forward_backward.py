"""Sums over all paths of a levelled graph: the arithmetic under every search, and nothing of what it means.

The graph falls into regions that share no edge; each begins at one node and ends at one. A node that all paths of its
region pass is a *boundary*: what lies before it and what lies behind it have nothing to do with each other. So regions
are cut at their boundaries into *runs*, each from one boundary to the next, and what is known of a region is the sum
over its runs.

Nodes are sorted by level, by how far from the beginning of their run they are; edges are sorted by the node they lead
to. A sweep takes one numpy step a level, for all runs at once, so its cost is that of the edges, not of the runs.

`sum_product` is forward–backward (Baum and Welch): the probability of every node. `Anchor` is the same for scores of
nodes that are tried one after another: what the first took in logarithms serves all the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..util.array_types import F64, I64, Bool, Integers

REACH_LIMIT = 1e280  # how much more or less than at an anchor may reach a node: beyond, sums lose what is far smaller
OVERFLOW = 600.0  # scores that lie further apart than this are brought closer before their exponentials are taken


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """The shape of a lattice; scores are given to the sweeps."""

    level: I64
    """(levels + 1,): the nodes of level k are those from level[k] to level[k + 1]."""
    steps: list[tuple[int, int, int, int]]
    """Of each level from 1 on: its first node and last node + 1, the first edge into it and the last + 1."""
    source: I64
    """(edges,): the node each edge comes from; 0, whatever it is, where a run begins."""
    place: I64
    """(edges,): which node of its level each leads to; edges are sorted by the node they lead to."""
    heads: I64
    """(nodes,): the first edge into each node, counted from the first edge into its level."""
    final: I64
    """(runs,): the last node of each run."""

    @classmethod
    def of(cls, level: Integers, source: I64, target: I64, boundary: Bool) -> Graph:
        """The graph over nodes sorted by `level`, as from `levels`; `boundary`, (nodes,), tells which are boundaries.

        Raises
        ------
        ValueError
            Edges are not sorted by `target`.
        """
        nodes = len(level)
        if np.any(target[1:] < target[:-1]):
            raise ValueError("edges must be sorted by the node they lead to")
        # What reaches a beginning is 1, and all beginnings are as good as the first.
        source = np.where(boundary.take(source), 0, source)
        final = np.flatnonzero(boundary & (level > 0))
        entering = np.zeros(nodes + 1, np.int64)
        np.cumsum(np.bincount(target, minlength=nodes), out=entering[1:])
        first = np.searchsorted(level, np.arange((int(level[-1]) if nodes else -1) + 2))  # the first node of each level
        edge = entering[first]
        counts = np.diff(first)
        bounds = (column.tolist() for column in (first[1:-1], first[2:], edge[1:-1], edge[2:]))
        place = target.copy()
        steps = list(zip(*bounds, strict=True))
        for begin, _, start, stop in steps:
            place[start:stop] -= begin
        heads = entering[:-1] - np.repeat(edge[:-1], counts)
        return cls(first, steps, source, place, heads, final)

    def sure(self, posterior: F64) -> F64:
        """`posterior`, (nodes,), changed where it is known beforehand: rounding, and where regions begin."""
        np.minimum(posterior, 1.0, out=posterior)
        posterior[: self.level[1] if len(self.level) > 1 else 0] = 1.0
        return posterior


def levels(boundary: Bool, begin: I64) -> I64:
    """(places,): how far each place of a row lies behind the last `boundary`, (places,), before it; 0 at the places
    `begin`, where regions begin. Each region has its own stretch of the row.

    >>> levels(np.array([True, True, False, False, True, True]), np.array([0, 5])).tolist()
    [0, 1, 1, 2, 3, 0]
    """
    level = np.arange(len(boundary))
    level[1:] -= np.maximum.accumulate(level * boundary)[:-1]
    level[begin] = 0
    return level


def forward(graph: Graph, node: F64, edge: F64) -> F64:
    """(…, nodes): ln of the summed weight of all paths to each node, its own score included; scores are natural logs.

    `node` may be (…, nodes), several choices of scores that go through the graph together; `edge` is (edges,).
    """
    return _forward(graph, node, edge)[0]


def _forward(graph: Graph, node: F64, edge: F64, shares: bool = False) -> tuple[F64, F64]:
    """As `forward`; and, if `shares`, (edges,): of what reaches its node, the part that comes over each edge."""
    value = np.zeros(node.shape)
    share = np.empty(len(edge) if shares else 0)
    for begin, end, first, last in graph.steps:
        if begin == end:
            continue
        through = value.take(graph.source[first:last], axis=-1)
        through += edge[first:last]
        if last - first == end - begin:  # one edge a node
            through += node[..., begin:end]
            value[..., begin:end] = through
            share[first:last] = 1.0
            continue
        heads, place = graph.heads[begin:end], graph.place[first:last]
        # Any edge serves as the one that the others are measured by, so long as none is far above it.
        by = through.take(heads, axis=-1)
        through -= by.take(place, axis=-1)
        if through.max() > OVERFLOW:
            top = np.maximum.reduceat(through, heads, axis=-1)
            by += top
            through -= top.take(place, axis=-1)
        np.exp(through, out=through)
        total = _totals(through, place, end - begin)
        if shares:
            np.divide(through, total.take(place, axis=-1), out=share[first:last])
        np.log(total, out=total)
        total += by
        total += node[..., begin:end]
        value[..., begin:end] = total
    return value, share


def _totals(terms: F64, place: I64, size: int) -> F64:
    """(…, size): the sums of `terms`, (…, edges), by their `place`: `np.add.reduceat` takes three times as long."""
    if terms.ndim == 1:
        return np.bincount(place, terms, minlength=size).view(np.float64)
    return np.stack([_totals(row, place, size) for row in terms])


def sum_product(graph: Graph, node: F64, edge: F64) -> tuple[F64, F64]:
    """Probability of every node, (nodes,), and ln of the summed weight of all paths of each run, (runs,).

    The way back needs no logarithm: of all paths that reach a node, each edge into it has a known share, so a node has
    the sum of its edges' shares in the probabilities of the nodes they lead to.
    """
    ahead, share = _forward(graph, node, edge, shares=True)
    posterior = np.zeros(len(node))
    posterior[graph.final] = 1.0
    for begin, end, first, last in reversed(graph.steps[1:]):  # nothing is asked of beginnings
        through = posterior[begin:end].take(graph.place[first:last])
        through *= share[first:last]
        np.add.at(posterior, graph.source[first:last], through)
    return graph.sure(posterior), ahead[graph.final]


def probabilities(graph: Graph, node: F64, edge: F64) -> F64:
    """The same probabilities of nodes, in half the time if no path's score lies hundreds of nats from 0."""
    near = Anchor(graph, np.exp(edge), np.zeros(len(graph.final)))
    with np.errstate(over="ignore", invalid="ignore"):  # it is told below
        ratio = np.exp(node)
        ahead = near.forward(ratio)
    return near.backward(ratio, ahead) if within_reach(ahead) else sum_product(graph, node, edge)[0]


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """All paths of a graph at one choice of node scores, from where those at other scores follow by products alone.

    At other scores a node weighs `ratio` times as much. Let each node have what reaches it in units of what reaches it
    here. Then the share that an edge has of its node here is its weight there: it takes neither exponentials nor
    logarithms, and the numbers are near 1, since what any two choices have in common has cancelled out.
    """

    graph: Graph
    share: F64
    """(edges,): of what reaches its node, the part that comes over each edge."""
    total: F64
    """(runs,): ln of the summed weight of all paths."""

    @classmethod
    def of(cls, graph: Graph, node: F64, edge: F64) -> Anchor:
        """The anchor at the scores `node`, (nodes,), and `edge`, (edges,): natural logs."""
        ahead, share = _forward(graph, node, edge, shares=True)
        return cls(graph, share, ahead[graph.final])

    def forward(self, ratio: F64) -> F64:
        """(nodes,): how much more reaches each node where the nodes weigh `ratio`, (nodes,), times as much."""
        graph, ahead = self.graph, np.ones(len(ratio))
        for begin, end, first, last in graph.steps[:1]:  # into each leads one edge, from a beginning
            np.multiply(self.share[first:last], ratio[begin:end], out=ahead[begin:end])
        for begin, end, first, last in graph.steps[1:]:
            through = ahead.take(graph.source[first:last])
            through *= self.share[first:last]
            if last - first > end - begin:
                through = _totals(through, graph.place[first:last], end - begin)
            np.multiply(through, ratio[begin:end], out=ahead[begin:end])
        return ahead

    def backward(self, ratio: F64, ahead: F64) -> F64:
        """(nodes,): the probability of each node at `ratio`; `ahead` is what `forward` said of it."""
        graph = self.graph
        onward = np.zeros(len(ahead))  # what leads on from each node, the whole of a run being 1
        onward[graph.final] = 1.0 / ahead[graph.final]
        for begin, end, first, last in reversed(graph.steps[1:]):  # nothing is asked of beginnings
            through = (onward[begin:end] * ratio[begin:end]).take(graph.place[first:last])
            through *= self.share[first:last]
            np.add.at(onward, graph.source[first:last], through)
        onward *= ahead
        return graph.sure(onward)


def within_reach(ahead: F64) -> bool:
    """Whether what `Anchor.forward` found can be trusted: else an anchor nearer by is needed."""
    return not len(ahead) or bool(ahead.min() > 1 / REACH_LIMIT and ahead.max() < REACH_LIMIT)
