"""A short piece of a text and of its source → what became of what: the best way to turn one into the other.

Steps are a word kept, a substitution that the dictionaries know, a word for a word, words put in, words left out. The
best way is the one with the highest sum of their worths (Needleman and Wunsch 1970, gaps after Gotoh 1982, with whole
phrases as steps). Start reading from `best_way`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .known import Arc

KEPT, SIGN = 2.0, 1.0  # a word, and a sign such as a comma
KNOWN, KNOWN_WORD = 1.2, 0.35  # a known substitution, and each of its words beyond the first two
OTHER = -0.9  # a word for another word
OPEN, MORE = -1.5, -0.25  # the first word put in or left out, and each more
_NEVER = -1e9


class Step(NamedTuple):
    """Tokens `first` to `last` of the text stand for tokens `begin` to `end` of the source."""

    first: int
    last: int
    begin: int
    end: int
    entry: int = -1
    """The dictionary entry that knows the substitution; −1: none does; `SAME`: the word was kept."""


SAME = -2


@dataclass(frozen=True, slots=True)
class Region:
    """The tokens between two anchors, as numbers that are equal where words are."""

    text: Sequence[int]
    source: Sequence[int]
    counted: Sequence[bool]
    """Of the text: whether it is a word."""
    first: int
    """Of the text: its first token's place."""
    begin: int
    """Of the source, likewise."""


def best_way(region: Region, arcs: Iterable[Arc], *, loose_end: bool = False) -> list[Step]:
    """The steps from the begin of both pieces to their ends, or with `loose_end` to wherever the worth is highest."""
    rows, columns = len(region.text), len(region.source)
    if not loose_end and (not rows or not columns):
        return _plain(region, rows, columns)
    table = _filled(region, _by_end(arcs, region), rows, columns)
    i, k, state = rows, columns, _best(*(worth[rows][columns] for worth in table.worth))
    if loose_end:
        i, k = max(
            ((i, k) for i in range(rows + 1) for k in range(columns + 1)), key=lambda at: table.worth[0][at[0]][at[1]]
        )
        state = 0
    return _traced(region, table, i, k, state)


def _plain(region: Region, rows: int, columns: int) -> list[Step]:
    if not rows and not columns:
        return []
    return [Step(region.first, region.first + rows, region.begin, region.begin + columns)]


def _by_end(arcs: Iterable[Arc], region: Region) -> dict[tuple[int, int], list[Arc]]:
    ends: dict[tuple[int, int], list[Arc]] = {}
    for arc in arcs:
        ends.setdefault((arc.last - region.first, arc.end - region.begin), []).append(arc)
    return ends


PAIR, PUT, LEFT = 0, 1, 2
"""States: after words that stand for each other, in words put in, in words left out."""


class _Table(NamedTuple):
    """Of each state and cell (i, k), which is after i words of the text and k of the source."""

    worth: tuple[list[list[float]], list[list[float]], list[list[float]]]
    """The highest there is."""
    state: tuple[list[list[int]], list[list[int]], list[list[int]]]
    """The state before."""
    arcs: dict[tuple[int, int], Arc]
    """Where a known substitution comes in; elsewhere, a word for a word."""


def _filled(region: Region, ends: dict[tuple[int, int], list[Arc]], rows: int, columns: int) -> _Table:
    """The table, row by row; what is known of the row before and of the cell before is kept in names, for speed."""
    worth: tuple[list[list[float]], ...] = ([], [], [])
    states: tuple[list[list[int]], ...] = ([], [], [])
    chosen: dict[tuple[int, int], Arc] = {}
    source = region.source
    by_row: dict[int, bool] = {i: True for i, _ in ends}
    pair_above = put_above = left_above = [_NEVER] * (columns + 1)
    for i in range(rows + 1):
        word = region.text[i - 1] if i else None
        kept = KEPT if i and region.counted[i - 1] else SIGN
        pair_row, put_row, left_row = ([_NEVER] * (columns + 1) for _ in range(3))
        from_pair, from_put, from_left = ([PAIR] * (columns + 1) for _ in range(3))
        has_arcs = i in by_row
        if not i:
            pair_row[0] = 0.0
        for k in range(columns + 1):
            pair = pair_row[k]
            if i and k:
                before, put, left = pair_above[k - 1], put_above[k - 1], left_above[k - 1]
                state = PAIR
                if put > before:
                    before, state = put, PUT
                if left > before:
                    before, state = left, LEFT
                pair = before + (kept if word == source[k - 1] else OTHER)
                from_pair[k] = state
                if has_arcs and (i, k) in ends:
                    for arc in ends[i, k]:
                        h, j = arc.first - region.first, arc.begin - region.begin
                        values = [of[h][j] for of in worth]
                        value = max(values) + KNOWN + KNOWN_WORD * (i - h + k - j - 2)
                        if value > pair:
                            pair, from_pair[k], chosen[i, k] = value, values.index(max(values)), arc
                pair_row[k] = pair
            if i:
                above, left = pair_above[k], left_above[k]
                best, state = (above, PAIR) if above >= left else (left, LEFT)
                best += OPEN
                more = put_above[k] + MORE
                if more >= best:
                    best, state = more, PUT
                put_row[k], from_put[k] = best, state
            if k:
                before, put = pair_row[k - 1], put_row[k - 1]
                best, state = (before, PAIR) if before >= put else (put, PUT)
                best += OPEN
                more = left_row[k - 1] + MORE
                if more >= best:
                    best, state = more, LEFT
                left_row[k], from_left[k] = best, state
        for of, row in zip(worth, (pair_row, put_row, left_row), strict=True):
            of.append(row)
        for known, before_row in zip(states, (from_pair, from_put, from_left), strict=True):
            known.append(before_row)
        pair_above, put_above, left_above = pair_row, put_row, left_row
    return _Table(worth, states, chosen)  # type: ignore[arg-type]


def _best(pair: float, put: float, left: float) -> int:
    if pair >= put and pair >= left:
        return PAIR
    return PUT if put >= left else LEFT


def _traced(region: Region, table: _Table, i: int, k: int, state: int) -> list[Step]:
    steps = []
    while i or k:
        h, j, entry = i, k, -1
        if state == PAIR:
            h, j = i - 1, k - 1
            if arc := table.arcs.get((i, k)):
                h, j, entry = arc.first - region.first, arc.begin - region.begin, arc.entry
            elif region.text[h] == region.source[j]:
                entry = SAME
        elif state == PUT:
            h = i - 1
        else:
            j = k - 1
        steps.append(Step(region.first + h, region.first + i, region.begin + j, region.begin + k, entry))
        i, k, state = h, j, table.state[state][i][k]
    return steps[::-1]
