"""Where in a document a finding stands, for formats that have no lines of their own: pages, chapters, footnotes.

Start reading from `Place`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple


class Part(NamedTuple):
    """A part of a text, up to where the next one begins: a page of a PDF, a chapter of a book, the footnotes."""

    start: int
    """First code point."""
    name: str = ""
    """"page 3", "footnotes", "chapter-2.xhtml"; empty: the part that needs no name."""
    unit: str = "line"
    """What a line of the text is there: "line" or "paragraph"."""
    page: int | None = None
    """From 1, where the format has pages."""


class Place(NamedTuple):
    """A place in a document with parts."""

    part: Part
    line: int
    """Line, or paragraph, of its part, from 1."""
    column: int
    """From 1, in code points."""

    def __str__(self) -> str:
        """In words.

        >>> str(Place(Part(0, "page 3"), 12, 4)), str(Place(Part(0, "", "paragraph"), 2, 1))
        ('page 3, line 12', 'paragraph 2')
        """
        where = f"{self.part.unit} {self.line}"
        return f"{self.part.name}, {where}" if self.part.name else where


def place_of(lines: Sequence[int], parts: Sequence[Part], offset: int) -> Place:
    """The place of `offset` in a text whose `lines` begin there and whose `parts`, each the begin of a line, are in
    order.

    >>> print(place_of([0, 5, 9], [Part(0, "page 1"), Part(5, "page 2")], 10))
    page 2, line 2
    """
    part = parts[bisect_right(parts, offset, key=lambda one: one.start) - 1]
    line = bisect_right(lines, offset)
    return Place(part, line - bisect_right(lines, part.start) + 1, offset - lines[line - 1] + 1)
