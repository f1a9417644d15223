"""Lines of a document → those that are its list of references: titles of others are no text of its author's.

A list begins with a heading that says so and entries behind it, and ends at the next heading, or where for a while no
line has what entries have: a year, a number in brackets, pages, an address. Start reading from `reference_lines`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

PARAGRAPHS = 4
"""So many paragraphs without the look of an entry end a list …"""
LINES = 20
"""… and so many lines, of which an entry has several."""
_PROOF = 8  # lines behind the heading in which the first entry shows

_NUMBER = r"(?:(?:[0-9]{1,2}(?:\.[0-9]{1,2})*|[IVXLC]{1,6}|[A-Z])[.):]?\s+)?"
_HEADING = re.compile(
    rf"(?i)^\W*{_NUMBER}(?:list\s+of\s+|cited\s+|selected\s+)?"
    r"(?:references?|bibliography|works\s+cited|literature(?:\s+cited)?|reference\s+list)"
    r"(?:\s+(?:and|&)\s+(?:notes|further\s+reading|links)|\s+cited)?\s*[:.]?\W*$"
)
_NEXT = re.compile(
    rf"(?i)^\W*{_NUMBER}(?:appendix|appendices|annex|supplement\w*|supporting\s+information|acknowledg\w+|"
    r"conflicts?\s+of\s+interest|competing\s+interests?|funding|author(?:s['’]?)?\s+(?:contributions?|information|"
    r"biograph\w+)|about\s+the\s+authors?|data\s+availability|publisher['’]?s\s+note|index|glossary)\b.{0,40}$"
)
_ENTRY = re.compile(
    r"(?i)^\s*(?:\[[^\]]{1,20}\]|\(?[0-9]{1,3}[.)]\s)|\b(?:1[5-9]|20)[0-9]{2}[a-z]?\b|\bdoi\b|https?://|\bet\s+al\b|"
    r"\bpp?\.\s*[0-9]|\bvol\.|\b[0-9]{1,9}\s{0,2}\([0-9]{1,9}\)|[0-9][-–][0-9]|\bISBN\b|\barXiv\b|\bin\s+press\b"
)


def reference_lines(lines: Sequence[str], headings: Collection[int] = (), patience: int = PARAGRAPHS) -> Iterator[int]:
    """The numbers, from 0, of the `lines` that are in a list of references, its heading among them.

    `headings` are those that are known to be headings; `patience` is `PARAGRAPHS`, or `LINES` of a text whose lines are
    those of its pages.

    >>> list(reference_lines(["Text.", "References", "[1] A. Smith. On words. 1999.", "Appendix", "More."]))
    [1, 2]
    """
    row = 0
    while row < len(lines):
        if _HEADING.match(lines[row]) and any(map(is_entry, lines[row + 1 : row + 1 + _PROOF])):
            end = _end(lines, row + 1, headings, patience)
            yield from range(row, end)
            row = end
        else:
            row += 1


def is_entry(line: str) -> bool:
    """Whether a line has the look of an entry in a list of references."""
    return _ENTRY.search(line) is not None


def _end(lines: Sequence[str], begin: int, headings: Collection[int], patience: int) -> int:
    """Behind the last line of the list that begins at `begin`."""
    last = begin
    for row in range(begin, len(lines)):
        if row in headings or _NEXT.match(lines[row]):
            return row
        if is_entry(lines[row]):
            last = row
        elif row - last >= patience:
            return last + 1
    return len(lines)
