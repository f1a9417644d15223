"""The sums of `sweeps` against the definition: every path of every region, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.decoding.forward_backward import Anchor, Graph, forward, probabilities, sum_product, within_reach

SCORES = st.one_of(st.floats(-20, 5), st.sampled_from([0.0, -1000.0, -700.0]))


@dataclass
class Case:
    """A graph, its scores, and its edges as they were drawn."""

    graph: Graph
    node: np.ndarray
    edge: np.ndarray
    edges: list[tuple[int, int]]
    region: np.ndarray
    runs: np.ndarray

    @property
    def begins(self) -> int:
        """Nodes on level 0: those at which regions begin."""
        return int(self.graph.level[1])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """One to three regions, cut at boundaries; each has one node to begin at, one to end at, and no dead end."""
    rows: list[tuple[int, int, int]] = []  # level, region, place in the region
    links: list[tuple[int, int, int]] = []  # region, from, to
    regions = draw(st.integers(1, 3))
    for region in range(regions):
        sizes = [1, *draw(st.lists(st.integers(0, 3), max_size=4))]
        levels = [level for level, size in enumerate(sizes) for _ in range(size)]
        if len(levels) > 1 or draw(st.booleans()):
            levels.append(len(sizes))
        rows += [(level, region, place) for place, level in enumerate(levels)]
        last = len(levels) - 1
        for place, level in enumerate(levels):
            below = [p for p, lower in enumerate(levels) if lower < level]
            if below:  # edges may skip levels: a phrase of several words ends further on
                sources = draw(st.lists(st.sampled_from(below), min_size=1, unique=True))
                links += [(region, source, place) for source in sources]
        left = {(r, source) for r, source, _ in links}
        links += [(region, place, last) for place in range(last) if (region, place) not in left]
    # Not all need be told.
    boundaries = {row: boundary(row, rows, links) and draw(st.integers(0, 3)) > 0 for row in rows}
    for region in range(regions):
        mine = [row for row in rows if row[1] == region]
        boundaries[mine[0]] = boundaries[mine[-1]] = True
    told = [row for row in rows if boundaries[row]]
    rows = [
        (level - max((other for other, r, _ in told if r == region and other < level), default=0), region, place)
        for level, region, place in rows
    ]
    is_boundary = [boundaries[row] for row in boundaries]
    order = sorted(range(len(rows)), key=lambda i: rows[i])
    number = {rows[i][1:]: new for new, i in enumerate(order)}
    edges = sorted({(number[r, t], number[r, s]) for r, s, t in links})
    level = np.array([rows[i][0] for i in order], np.int64)
    region_of = np.array([rows[i][1] for i in order], np.int64)
    source, target = (np.array([e[k] for e in edges], np.int64) for k in (1, 0))
    node = np.array(draw(st.lists(SCORES, min_size=len(rows), max_size=len(rows))))
    node[level == 0] = 0.0  # a region begins with what stands before it, which costs nothing
    edge = np.array(draw(st.lists(SCORES, min_size=len(edges), max_size=len(edges))), np.float64)
    graph = Graph.of(level, source, target, np.array(is_boundary)[order])
    return Case(graph, node, edge, [(s, t) for t, s in edges], region_of, region_of[graph.final])


def boundary(row: tuple[int, int, int], rows: list[tuple[int, int, int]], links: list[tuple[int, int, int]]) -> bool:
    """Whether all paths of its region pass the node `row`: none stands beside it, and no edge leads past it."""
    level, region, place = row
    at = {place: level for level, r, place in rows if r == region}
    beside = any(other == level and p != place for p, other in at.items())
    return not beside and not any(r == region and at[s] < level < at[t] for r, s, t in links)


def paths(case: Case) -> Iterator[tuple[list[int], float]]:
    """Every path from a node of level 0 to a node that no edge leaves, with its score."""

    def walk(node: int, score: float) -> Iterator[tuple[list[int], float]]:
        onward = [(t, w) for (s, t), w in zip(case.edges, case.edge.tolist(), strict=True) if s == node]
        if not onward:
            yield [node], score
        for target, weight in onward:
            for rest, total in walk(target, score + weight + float(case.node[target])):
                yield [node, *rest], total

    for start in range(case.begins):
        yield from walk(start, 0.0)


@given(cases())
def test_sums_are_those_over_all_paths(case: Case) -> None:
    share, total = sum_product(case.graph, case.node, case.edge)
    known = list(paths(case))
    for region in range(int(case.region.max()) + 1):
        mine = [(nodes, score) for nodes, score in known if case.region[nodes[0]] == region]
        sure = float(np.logaddexp.reduce([score for _, score in mine]))
        assert total[case.runs == region].sum() == pytest.approx(sure, abs=1e-8)
        for node in np.flatnonzero(case.region == region).tolist():
            through = sum(np.exp(score - sure) for nodes, score in mine if node in nodes)
            assert share[node] == pytest.approx(through, abs=1e-8)


@given(cases())
def test_products_give_the_same_probabilities(case: Case) -> None:
    share, _ = sum_product(case.graph, case.node, case.edge)
    assert probabilities(case.graph, case.node, case.edge) == pytest.approx(share, abs=1e-8)


@given(cases())
def test_forward_alone_gives_the_same_totals(case: Case) -> None:
    _, total = sum_product(case.graph, case.node, case.edge)
    assert forward(case.graph, case.node, case.edge)[case.graph.final].tolist() == total.tolist()


@given(cases())
def test_every_level_of_an_unbranched_region_is_passed(case: Case) -> None:
    share, _ = sum_product(case.graph, case.node, case.edge)
    assert np.all((share >= 0) & (share <= 1))
    assert np.allclose(share[case.graph.final], 1)
    assert np.allclose(share[: case.begins], 1)


def test_scores_far_apart_neither_overflow_nor_vanish() -> None:
    level = np.array([0, 1, 1, 2])
    graph = Graph.of(level, np.array([0, 0, 1, 2]), np.array([1, 2, 3, 3]), np.array([True, False, False, True]))
    share, total = sum_product(graph, np.array([0.0, -5000.0, -5001.0, 0.0]), np.zeros(4))
    assert total[0] == pytest.approx(-5000 + np.log1p(np.exp(-1)))
    assert share[1] == pytest.approx(1 / (1 + np.exp(-1)))


def test_an_empty_graph_has_no_regions() -> None:
    none = np.zeros(0, np.int64)
    graph = Graph.of(none, none, none, np.zeros(0, np.bool_))
    share, total = sum_product(graph, np.zeros(0), np.zeros(0))
    assert len(share) == len(total) == 0


def test_edges_in_another_order_are_refused() -> None:
    with pytest.raises(ValueError, match="sorted by the node they lead to"):
        Graph.of(np.array([0, 1, 1]), np.array([0, 0]), np.array([2, 1]), np.array([True, False, False]))


@given(cases(), st.data())
def test_from_an_anchor_other_scores_are_reached(case: Case, data: st.DataObject) -> None:
    """The nodes' scores are drawn twice, within reach of each other; the second time by way of the first."""
    size = len(case.node)
    by = np.array(data.draw(st.lists(st.floats(-10, 10), min_size=size, max_size=size)))
    by[: case.begins] = 0.0
    anchor = Anchor.of(case.graph, case.node, case.edge)
    ahead = anchor.forward(np.exp(by))
    share, total = sum_product(case.graph, case.node + by, case.edge)
    assert within_reach(ahead)
    assert anchor.total + np.log(ahead[case.graph.final]) == pytest.approx(total, rel=1e-9, abs=1e-9)
    assert anchor.backward(np.exp(by), ahead) == pytest.approx(share, rel=1e-9, abs=1e-9)


def test_what_is_out_of_reach_is_told() -> None:
    assert within_reach(np.zeros(0))
    assert within_reach(np.array([1e-200, 1.0, 1e200]))
    assert not within_reach(np.array([1.0, 0.0]))
    assert not within_reach(np.array([1.0, np.inf]))
    assert not within_reach(np.array([1.0, np.nan]))
