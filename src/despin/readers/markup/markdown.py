"""A Markdown text → the prose in it, as a `View`. Start reading from `view`.

markdown-it-py says where the blocks are: which lines are paragraphs, headings, list items and cells, and which are
code, HTML or definitions, that stay as they are. Inside a block it does not tell places, and some lines cost it half a
minute a megabyte; `inline` finds code, links and the rest there, in one pass.

* Signs of emphasis, brackets of links with their targets, and HTML tags are gaps that a phrase may cross.
* Code, pictures, footnotes and links by their own name stand in the prose as one `OBJECT`.
* Code of templates, formulas and attribute lists are looked for first, and are an `OBJECT` too.
* Lines of a paragraph are joined by a space, whatever stands at their front (a quotation's ``>``, say).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import Any

from ...text.protected import front_matter, merged, template_spans
from ...text.view import View, ViewBuilder
from . import markdown_inline
from .mdx import code_spans
from .paragraphs import masked

_NEWLINE = re.compile(r"\r\n?|\n")
_DEFINITION = re.compile(r"^[ \t>*+-]{0,12}\[((?:[^\[\]\\\n]|\\.){1,999})\]:", re.M)
# What a cut between two parts must not fall into, because it goes on after a blank line.
_LONG = re.compile(
    r"^[ ]{0,3}(?:(?P<tick>`{3,})[^`\n]*$.*?(?:^[ ]{0,3}(?P=tick)`*[ \t]*$|\Z)"
    r"|(?P<tilde>~{3,}).*?(?:^[ ]{0,3}(?P=tilde)~*[ \t]*$|\Z)"
    r"|<(?P<name>script|pre|style|textarea)\b.*?(?:</(?P=name)|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z))",
    re.S | re.M | re.I,
)
_GAP = re.compile(r"\n[ \t]*\r?\n(?=[^\s])")
_PART = 1 << 16
# Lines that begin like this, or hold a bar, make a part that needs a parser; an item with plain text does not.
_ITEM = r"(?:[*+\-]|[0-9]{1,9}[.)])[ ](?=[^\s#>*+\-=_`~<\[0-9])"
_BLOCK_SIGN = re.compile(rf"^(?!{_ITEM})(?:[ ]{{0,3}}[#>*+\-=_`~<\[0-9]|[ ]{{4}}|[ ]{{0,3}}\t)|\|", re.M)
_ITEM_SIGN = re.compile(rf"^{_ITEM}", re.M)
_PARAGRAPH = re.compile(r"[^\s](?:[^\r\n]|(?:\r\n?|\n)(?![ \t]*(?:[\r\n]|\Z)))*")

_TICKS = re.compile(r"(?<!`)(`+)(?!`)[^`\n]+(?<!`)\1(?!`)")  # code in a line
_GRID = re.compile(r"\+(?:[-=:]+\+)+[ \t]*$", re.M)  # a table of Pandoc, whose columns are drawn

Span = tuple[int, int]


def view(text: str, *, mdx: bool = False) -> View:
    """The prose of `text`; what is put into it has its Markdown signs escaped. `mdx`: JavaScript may stand in it, and
    what stands between tags is Markdown.

    >>> view("# The *end*\\n\\n> one\\n> [two](to)\\n\\n    code\\n").text
    'The end\\none two\\n'
    """
    builder = ViewBuilder(text, markdown_inline.escape)
    begin = front_matter(text)
    spans = template_spans(text, markdown=True)
    if mdx:
        spans = merged([*spans, *code_spans(text)])
    text = masked(text, [span for span in spans if span[0] >= begin])
    labels = (
        frozenset(markdown_inline.label(match[1]) for match in _DEFINITION.finditer(text))
        if "]:" in text
        else frozenset()
    )
    for lines in _blocks(text, begin, mdx):
        markdown_inline.add(builder, text, lines, labels)
        builder.border(lines[-1][1])
    return builder.view()


def remarks(text: str) -> list[Span]:
    """Spans of `text` in which a comment is none: code."""
    begin = front_matter(text)
    starts = [begin, *(match.end() for match in _NEWLINE.finditer(text, begin)), len(text)]
    tokens = _parser(False).parse(text[begin:])
    blocks = [token.map for token in tokens if token.type in ("fence", "code_block") and token.map]
    spans = [(starts[first], starts[min(last, len(starts) - 1)]) for first, last in blocks]
    return merged([*spans, *(match.span() for match in _TICKS.finditer(text, begin))])


def _blocks(text: str, begin: int, mdx: bool) -> Iterator[list[Span]]:
    """The blocks of prose: of each, the spans of its lines without what stands before and behind their prose."""
    for start, end in _parts(text, begin):
        part = text[start:end]
        if _BLOCK_SIGN.search(part):
            yield from _parsed(part, start, mdx)
            continue
        for match in _PARAGRAPH.finditer(part):
            first = match.start()
            for item in _ITEM_SIGN.finditer(part, first, match.end()):
                if item.start() > first == match.start() and not _interrupts(item[0]):
                    continue
                if item.start() > first:
                    yield from _plain(text, start + first, start + item.start())
                first = item.end()
            yield from _plain(text, start + first, start + match.end())


def _interrupts(item: str) -> bool:
    """Whether an item may begin in the middle of a paragraph that is none itself: not with a number other than 1, which
    may just stand at the front of a line."""
    number = item.rstrip(".) ")
    return not number.isdecimal() or int(number) == 1


def _parts(text: str, begin: int) -> Iterator[Span]:
    """Spans that can be parsed one by one, so that no more than one is held as a tree."""
    if len(text) - begin <= 2 * _PART:
        yield begin, len(text)
        return
    long = [match.span() for match in _LONG.finditer(text, begin)]
    starts = [start for start, _ in long]
    place = begin + _PART
    while match := _GAP.search(text, place):
        cut = match.end()
        index = bisect_right(starts, cut) - 1
        if index >= 0 and cut < long[index][1]:
            place = long[index][1]
            continue
        yield begin, cut
        begin, place = cut, cut + _PART
    yield begin, len(text)


@cache
def _parser(mdx: bool) -> Any:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    if mdx:
        parser.disable(["html_block", "code"])
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _parsed(part: str, offset: int, mdx: bool) -> Iterator[list[Span]]:
    starts = [0, *(match.end() for match in _NEWLINE.finditer(part)), len(part) + 1]
    row, cell, before = -1, 0, ""
    for token in _parser(mdx).parse(part):
        before, opened = token.type, before
        if token.type != "inline" or not token.content or not token.map:
            continue
        first = token.map[0]
        if opened in ("th_open", "td_open"):  # cells of one line come one after another
            at = part.find(token.content, cell if first == row else starts[first], starts[first + 1] - 1)
            if at >= 0:  # else a bar in it is written with a backslash: the cell is left alone
                row, cell = first, at + len(token.content)
                yield [(offset + at, offset + cell)]
            continue
        spans: list[Span] = []
        for number, content in enumerate(token.content.split("\n"), first):
            if number + 1 >= len(starts) or not (content := content.strip(" \t")):
                continue
            line = part[starts[number] : starts[number + 1]].rstrip(" \t\r\n")
            # What the parser took off a line mostly stood at its front.
            at = len(line) - len(content) if line.endswith(content) else line.find(content)
            if at < 0:  # a tab that it took apart: without this line, the block might read quite otherwise
                spans.clear()
                break
            at += offset + starts[number]
            spans.append((at, at + len(content)))
        if spans and not _GRID.match(token.content):
            yield spans


def _plain(text: str, start: int, end: int) -> Iterator[list[Span]]:
    if lines := [line for line in _lines(text, start, end) if line[0] < line[1]]:
        yield lines


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _NEWLINE.finditer(text, start, end):
        yield _trimmed(text, start, match.start())
        start = match.end()
    yield _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Span:
    line = text[start:end]
    return end - len(line.lstrip(" \t")), start + len(line.rstrip(" \t"))
