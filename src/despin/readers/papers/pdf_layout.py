"""Lines of pages → paragraphs: words that a line end cut are joined, heads and feet of pages left out.

Start reading from `paper_of`. Everything here is pure.

* A paragraph goes on where a line does not end a sentence, over the ends of columns and pages; it ends at a wider gap,
  where letters change their size, and where a sentence ends in a short line or the next one is indented.
* A hyphen at a line end goes, unless the text writes it elsewhere, or what it joins are words and the whole is none.
* What stands at the top or the bottom of several pages, but for its numbers, is a running head or foot.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ...results.parts import Part
from ...text.view import ViewBuilder
from .paper import Paper
from .references import LINES, reference_lines


class Line(NamedTuple):
    """A line of a page. Places are in points, from the lower left corner of the page; all zero: nobody knows."""

    text: str
    cut: bool
    """Whether it ends in a word, at a hyphen that is left out of `text`."""
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom


_AT_ENDS = 2  # lines at the top and the bottom of a page that may be running heads and feet
_FULL = 8  # lines of a page with more than one of them at either end
_RECURS = 3  # pages
_FIGURES = re.compile(r"[0-9]+|\b[ivxlc]+\b", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(?i)^\W*(?:page\s+)?(?:[0-9]{1,5}|[ivxlc]{1,7})(?:\s*(?:of|/)\s*[0-9]{1,5})?\W*$")
_SENTENCE_END = re.compile(r"[.!?:][\"'”’)\]]*$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_WORD = re.compile(r"[\w-]+$")
_FIRST_WORD = re.compile(r"\w+")

_WIDE_GAP = 1.35  # of the usual distance between lines
_OTHER_SIZE = 1.15  # of the height of a line
_INDENTED = 0.6  # of the height of a line, which is about an em
_SHORT = 2.0  # … is the white at the end of a line that is not full
_LONGEST = 60  # letters of a word that is looked at
_KNOWN = 3.0  # on wordfreq's scale: well-known is no wellknown, whose parts are far commoner than the whole


def paper_of(
    pages: Sequence[Sequence[Line]], data: bytes, notes: tuple[str, ...] = (), *, references: bool = False
) -> Paper:
    """The document whose `pages` have these lines; with `references`, lists of references are looked at, too."""
    lines = [line for page in pages for line in page]
    texts = [f"{line.text}{'-' * line.cut}\n" for line in lines]
    starts: list[int] = []
    parts, rows, at = [], [], 0
    for number, page in enumerate(pages, 1):
        parts.append(Part(at, f"page {number}", "line", number))
        first = len(starts)
        for content in texts[first : first + len(page)]:
            starts.append(at)
            at += len(content)
        rows.append(range(first, first + len(page)))
    furniture = _furniture(pages, rows)
    kept = [row for row in range(len(lines)) if row not in furniture]
    before_list: set[int] = set()
    if not references:
        listed = {*reference_lines([texts[row] for row in kept], patience=LINES)}
        before_list = {kept[number - 1] for number in listed if number and number - 1 not in listed}
        kept = [row for number, row in enumerate(kept) if number not in listed]
    text = "".join(texts)
    builder = ViewBuilder(text)
    words = _words(lines)
    pitches = [_pitch(page) for page in pages]
    page_of = [number for number, page in enumerate(pages) for _ in page]
    for place, row in enumerate(kept):
        line, start = lines[row], starts[row]
        end = start + len(line.text)
        builder.add(line.text, start, end)
        if place + 1 == len(kept) or row in before_list:
            _end_paragraph(builder, end + line.cut)
            continue
        after = kept[place + 1]
        following = lines[kept[place + 2]] if place + 2 < len(kept) else None
        if line.cut:
            if keeps_hyphen(line.text, lines[after].text, words):
                builder.add("-", end, end + 1)
        elif _ends(line, lines[after], following, pitches[page_of[row]], page_of[row] != page_of[after]):
            _end_paragraph(builder, end)
        else:
            builder.blank(end, end + 1)
    # It is never written, so nothing has to be kept in a word that a line end cuts.
    return Paper(text, _distinct(parts), replace(builder.view(), keeps_gaps=False), data, notes=notes)


def _end_paragraph(builder: ViewBuilder, place: int) -> None:
    builder.add("\n", place, place + 1)
    builder.add("\n", place + 1, place + 1)


def _distinct(parts: Sequence[Part]) -> tuple[Part, ...]:
    """`parts` without those in which nothing is."""
    return tuple(
        one for one, after in zip(parts, [*parts[1:], None], strict=True) if not after or after.start > one.start
    )


# --- heads and feet -----------------------------------------------------------------------------------------------


def _furniture(pages: Sequence[Sequence[Line]], rows: Sequence[range]) -> set[int]:
    """The numbers of the lines that are running heads and feet, and numbers of pages."""
    at_ends = [_at_ends(own) for own in rows]
    seen = Counter(
        key for page, own, ends in zip(pages, rows, at_ends, strict=True)
        for key in {_alike(page[row - own.start].text) for row in ends}
    )  # fmt: skip
    found = set()
    for page, own, ends in zip(pages, rows, at_ends, strict=True):
        for row in ends:
            text = page[row - own.start].text
            if seen[_alike(text)] >= min(_RECURS, max(len(pages), 2)) or (_PAGE_NUMBER.match(text) and len(own) > 1):
                found.add(row)
    return found


def _at_ends(rows: range) -> list[int]:
    most = _AT_ENDS if len(rows) >= _FULL else 1
    return sorted({*rows[:most], *rows[len(rows) - most :]})


def _alike(text: str) -> str:
    """`text` as it is the same on every page."""
    return " ".join(_FIGURES.sub("#", text).split()).casefold()


# --- paragraphs ---------------------------------------------------------------------------------------------------


def _pitch(page: Sequence[Line]) -> float:
    """The usual distance of two lines of a page, in points; 0: nobody knows."""
    steps = [one.bottom - other.bottom for one, other in pairwise(page)]
    return median([step for step in steps if 1 < step < 60] or [0.0])


def _ends(line: Line, after: Line, following: Line | None, pitch: float, page_ends: bool) -> bool:
    """Whether a paragraph ends with `line`; `after` and `following` are the next two."""
    sentence = _SENTENCE_END.search(line.text[-_LONGEST:]) is not None
    goes_on = not sentence and after.text[:1].islower()
    if goes_on:
        return False
    if page_ends or not line.height or not after.height or after.bottom > line.bottom + line.height:
        return sentence  # another page or column: where it goes on nobody knows
    if line.bottom - after.bottom > _WIDE_GAP * pitch > 0:
        return True
    if max(line.height, after.height) > _OTHER_SIZE * min(line.height, after.height):
        return True
    indent = after.left - min(line.left, following.left if following else line.left)
    short = after.right - line.right > _SHORT * line.height
    return sentence and (indent > _INDENTED * line.height or short)


# --- hyphens ------------------------------------------------------------------------------------------------------


def _words(lines: Sequence[Line]) -> frozenset[str]:
    """The words of the document that no line end cuts, in small letters; compounds with their hyphens."""
    found: set[str] = set()
    for line in lines:
        words = _WORD.findall(line.text)
        found.update(word.casefold() for word in (words[1:-1] if line.cut else words[1:]))
    return frozenset(found)


def keeps_hyphen(before: str, after: str, words: frozenset[str] = frozenset()) -> bool:
    """Whether a hyphen stays where the line `before` ends in one and `after` goes on; `words` are those of the
    document.

    >>> keeps_hyphen("the infor", "mation age"), keeps_hyphen("a well", "known fact"), keeps_hyphen("COVID", "19 was")
    (False, True, True)
    """
    head, tail = _LAST_WORD.search(before[-_LONGEST:]), _FIRST_WORD.match(after[:_LONGEST])
    if head is None or tail is None:
        return True
    first, second = head[0], tail[0]
    last = first.rpartition("-")[2]
    if not last.isalpha() or not second.isalpha() or (second[0].isupper() and not last.isupper()):
        return True
    whole = (last + second).casefold()
    if whole in words:
        return False
    if f"{first}-{second}".casefold() in words:
        return True
    from wordfreq import zipf_frequency  # 0.2 s

    rarer = min(zipf_frequency(part.casefold(), "en") for part in (last, second))
    common = zipf_frequency(whole, "en")
    return common < _KNOWN <= rarer - 1 or (not common and rarer >= _KNOWN)
