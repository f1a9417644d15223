"""Lines of a text → paragraphs of a view: what the readers of line-based languages share. Start reading from `add`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ...text.view import OBJECT, ViewBuilder

Span = tuple[int, int]
_NEWLINE = re.compile(r"\r\n?|\n")


class Line(NamedTuple):
    """A line without its ending, and without the blanks around it."""

    start: int
    end: int
    indent: int
    """Columns before `start`, tabs reaching to every eighth."""

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it."""
        return self.start >= self.end


def lines_of(text: str, begin: int = 0) -> list[Line]:
    """The lines of `text` from `begin` on, where one begins."""
    found, start = [], begin
    for match in _NEWLINE.finditer(text, begin):
        found.append(_line(text, start, match.start()))
        start = match.end()
    return [*found, _line(text, start, len(text))]


def _line(text: str, start: int, end: int) -> Line:
    whole = text[start:end]
    bare = whole.lstrip(" \t")
    front = whole[: len(whole) - len(bare)]
    begin = start + len(front)
    return Line(begin, max(begin, start + len(whole.rstrip(" \t\f\v"))), len(front.expandtabs(8)))


def add(builder: ViewBuilder, text: str, spans: Sequence[Span], things: re.Pattern[str]) -> None:
    """Add a paragraph of `text` whose lines are `spans`; each of `things` in it stands as one `OBJECT`."""
    content = "\n".join(text[start:end] for start, end in spans)
    begins = [0]
    for start, end in spans[:-1]:
        begins.append(begins[-1] + end - start + 1)

    def source(place: int) -> int:
        line = bisect_right(begins, place) - 1
        return spans[line][0] + place - begins[line]

    done = 0
    for match in things.finditer(content):
        if match.end() > match.start():
            _add_prose(builder, content, done, match.start(), source)
            builder.add(OBJECT, source(match.start()), source(match.end() - 1) + 1)
            done = match.end()
    _add_prose(builder, content, done, len(content), source)
    builder.border(spans[-1][1])


def _add_prose(builder: ViewBuilder, content: str, start: int, end: int, source: Callable[[int], int]) -> None:
    while start < end:
        line = content.find("\n", start, end)
        stop = line if line >= 0 else end
        if stop > start:
            builder.add(content[start:stop], source(start), source(stop - 1) + 1)
        if line >= 0:  # from the last character of one line to the first of the next, whatever lies between
            builder.blank(source(line), source(line + 1))
        start = stop + 1


def escaping(signs: str) -> Callable[[str], str]:
    """How words are written where each of `signs` needs a backslash before it.

    >>> print(escaping("*_")("a*b c"))
    a\\*b c
    """
    table = {ord(sign): f"\\{sign}" for sign in signs}
    return lambda word: word.translate(table)


def masked(text: str, spans: Iterable[Span]) -> str:
    """`text` with `spans` filled by `OBJECT`, place for place; the same text where there are none."""
    pieces, done = [], 0
    for start, end in spans:
        pieces += [text[done:start], OBJECT * (end - start)]
        done = end
    return "".join([*pieces, text[done:]]) if pieces else text
