"""Which substitutions the dictionaries know, at which places of a text and its source.

Start reading from `Known.of`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..dictionary.dictionary import Dictionary
from ..util.array_types import I64
from .words import Words


@dataclass(frozen=True, slots=True)
class Arc:
    """Tokens `first` to `last` of the text are a known substitute for tokens `begin` to `end` of the source."""

    first: int
    last: int
    begin: int
    end: int
    entry: int
    """The dictionary's."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Where spun phrases stand in a text, and originals in its source."""

    dictionary: Dictionary
    text_first: I64
    text_length: I64
    spun: I64
    """Row of the spun phrase."""
    source_first: I64
    source_length: I64
    original: I64
    """Row of the original."""

    @classmethod
    def of(cls, text: Words, source: Words, dictionary: Dictionary) -> Known:
        """Those of one text and its source."""
        spun, kept = dictionary.spun.find(text.tokens), dictionary.keys.find(source.tokens)
        return cls(
            dictionary, spun.first, spun.length, spun.phrase.astype(np.int64),
            kept.first, kept.length, kept.phrase.astype(np.int64),
        )  # fmt: skip

    def arcs(self, first: int, last: int, begin: int, end: int) -> Iterator[Arc]:
        """Every known substitution of words of the one region by words of the other."""
        here = _inside(self.text_first, self.text_length, first, last)
        there = _inside(self.source_first, self.source_length, begin, end)
        if not len(here) or not len(there):
            return
        place, entries = self._entries(self.spun[here])
        originals = self.original[there]
        meant = self.dictionary.original[entries]
        order = np.argsort(originals, kind="stable")
        low = np.searchsorted(originals[order], meant, side="left")
        high = np.searchsorted(originals[order], meant, side="right")
        for row in np.flatnonzero(low < high).tolist():
            one = here[place[row]]
            at, size = int(self.text_first[one]), int(self.text_length[one])
            for other in there[order[low[row] : high[row]]].tolist():
                begun, length = int(self.source_first[other]), int(self.source_length[other])
                yield Arc(at, at + size, begun, begun + length, int(entries[row]))

    def _entries(self, spun: I64) -> tuple[I64, I64]:
        """(entries,): for all entries of each of `spun`, its place there, and the entry."""
        begin, end = self.dictionary.first_entry[spun], self.dictionary.first_entry[spun + 1]
        place = np.repeat(np.arange(len(spun)), end - begin)
        offset = np.arange(len(place)) - np.repeat(np.cumsum(end - begin) - (end - begin), end - begin)
        return place, begin[place] + offset

    def families(self, entry: int) -> tuple[str, ...]:
        """The families that know it, the likeliest first."""
        share = self.dictionary.probability[entry]
        ranked = sorted(range(len(share)), key=lambda column: -float(share[column]))
        return tuple(self.dictionary.families[column] for column in ranked if share[column] > 0)


def _inside(first: I64, length: I64, low: int, high: int) -> I64:
    """Rows of what lies between `low` and `high`; `first` is sorted."""
    rows = np.arange(np.searchsorted(first, low), np.searchsorted(first, high))
    return rows[first[rows] + length[rows] <= high]
