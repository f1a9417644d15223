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
    worth, came = _filled(region, _by_end(arcs, region), rows, columns)
    i, k = rows, columns
    if loose_end:
        i, k = max(((i, k) for i in range(rows + 1) for k in range(columns + 1)), key=lambda at: worth[0][at[0]][at[1]])
    return _traced(region, came, i, k, _best_state(worth, i, k) if not loose_end else 0)


def _plain(region: Region, rows: int, columns: int) -> list[Step]:
    if not rows and not columns:
        return []
    return [Step(region.first, region.first + rows, region.begin, region.begin + columns)]


def _by_end(arcs: Iterable[Arc], region: Region) -> dict[tuple[int, int], list[Arc]]:
    ends: dict[tuple[int, int], list[Arc]] = {}
    for arc in arcs:
        ends.setdefault((arc.last - region.first, arc.end - region.begin), []).append(arc)
    return ends


_Table = list[list[float]]
_Came = list[list[list[tuple[int, int, int, int]]]]  # of each state and cell: i, k, state before, entry


def _filled(
    region: Region, ends: dict[tuple[int, int], list[Arc]], rows: int, columns: int
) -> tuple[tuple[_Table, _Table, _Table], _Came]:
    """The highest worth of each cell, in three states: after a pair of words, in words put in, in words left out."""
    pair, put, left = ([[_NEVER] * (columns + 1) for _ in range(rows + 1)] for _ in range(3))
    nowhere = (0, 0, 0, -1)
    came: _Came = [[[nowhere] * (columns + 1) for _ in range(rows + 1)] for _ in range(3)]
    pair[0][0] = 0.0
    text, source, counted = region.text, region.source, region.counted
    for i in range(rows + 1):
        pair_row, put_row, left_row = pair[i], put[i], left[i]
        for k in range(columns + 1):
            if i and k:
                same = text[i - 1] == source[k - 1]
                gain = (KEPT if counted[i - 1] else SIGN) if same else OTHER
                state, value = _best(pair[i - 1][k - 1], put[i - 1][k - 1], left[i - 1][k - 1])
                if value + gain > pair_row[k]:
                    pair_row[k], came[0][i][k] = value + gain, (i - 1, k - 1, state, SAME if same else -1)
                for arc in ends.get((i, k), ()):
                    h, j = arc.first - region.first, arc.begin - region.begin
                    state, value = _best(pair[h][j], put[h][j], left[h][j])
                    value += KNOWN + KNOWN_WORD * (i - h + k - j - 2)
                    if value > pair_row[k]:
                        pair_row[k], came[0][i][k] = value, (h, j, state, arc.entry)
            if i:
                open_, more = max(pair[i - 1][k], left[i - 1][k]) + OPEN, put[i - 1][k] + MORE
                if more >= open_:
                    put_row[k], came[1][i][k] = more, (i - 1, k, 1, -1)
                else:
                    put_row[k], came[1][i][k] = open_, (i - 1, k, 0 if pair[i - 1][k] >= left[i - 1][k] else 2, -1)
            if k:
                open_, more = max(pair_row[k - 1], put_row[k - 1]) + OPEN, left_row[k - 1] + MORE
                if more >= open_:
                    left_row[k], came[2][i][k] = more, (i, k - 1, 2, -1)
                else:
                    left_row[k], came[2][i][k] = open_, (i, k - 1, 0 if pair_row[k - 1] >= put_row[k - 1] else 1, -1)
    return (pair, put, left), came


def _best(pair: float, put: float, left: float) -> tuple[int, float]:
    if pair >= put and pair >= left:
        return 0, pair
    return (1, put) if put >= left else (2, left)


def _best_state(worth: tuple[_Table, _Table, _Table], i: int, k: int) -> int:
    return _best(worth[0][i][k], worth[1][i][k], worth[2][i][k])[0]


def _traced(region: Region, came: _Came, i: int, k: int, state: int) -> list[Step]:
    steps = []
    while i or k:
        h, j, before, entry = came[state][i][k]
        steps.append(Step(region.first + h, region.first + i, region.begin + j, region.begin + k, entry))
        i, k, state = h, j, before
    return steps[::-1]
