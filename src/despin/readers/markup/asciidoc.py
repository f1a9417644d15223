"""A text in AsciiDoc → the prose in it, as a `View`. Start reading from `view`.

After https://docs.asciidoctor.org/asciidoc/latest/, by lines. Prose: paragraphs, titles, items of lists, notes, and
what stands in examples, sidebars and quotations. Listings, literals, passthroughs, comments, tables, macros of blocks,
attributes and underlined titles stay. Code, macros with their text, attributes and references stand in the prose as one
`OBJECT`. There is no parser for Python that is kept up; what reads in an odd way is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...text.protected import front_matter
from ...text.view import View, ViewBuilder
from .paragraphs import Line, Span, add, escaping, lines_of

_VERBATIM = re.compile(r"-{4,}|\.{4,}|\+{4,}|/{4,}|`{3,}[^`]*|[|,:!]={3,}|~{4,}")
_CONTAINER = re.compile(r"={4,}|\*{4,}|_{4,}|--")
_TITLE = re.compile(r"(?:={1,6}|\#{1,6})[ \t]+(?=\S)")
_BLOCK_TITLE = re.compile(r"\.(?=[^\s.])")
_ATTRIBUTES = re.compile(r"\[[^\]]*(?:\][^\]]+)*\]")
_LITERAL = re.compile(
    r"\[[%\s\"']*(?:source|listing|literal|stem|latexmath|asciimath|verse|pass|plantuml|ditaa|graphviz|mermaid|csv|dsv|,)\b"
    r"|\[,"
)
_ENTRY = re.compile(r":!?[\w][\w-]*!?:(?:\s|\Z)")
_MACRO = re.compile(r"[\w-]+::\S*\[.*\]\s*")
_ITEM = re.compile(
    r"(?:\*{1,6}|-|\.{1,6}|\d{1,9}\.|[A-Za-z]\.|[ivx]{1,6}\)|<(?:\d+|\.)>)[ \t]+(?:\[[ x*]\][ \t]+)?(?=\S)"
)
_TERM = re.compile(r".{1,200}?(?:::{1,3}|;;)(?:[ \t]+|\Z)")
_NOTE = re.compile(r"(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION):[ \t]+")
_UNDERLINE = re.compile(r"={3,}|-{3,}|~{3,}|\^{3,}|\+{3,}")
_THINGS = re.compile(
    r"""
      \+\+\+[^+]+\+\+\+ | \+\+[^+\n]+\+\+ | (?<![\w+])\+(?!\s)[^+\n]+(?<!\s)\+(?![\w+])
    | ``[^`]+`` | `[^`]+`
    | <<[^<>]+>> | \[\[[^\[\]\n]+\]\] | \(\(\(?[^()\n]+\)?\)\)
    | (?<!\w)[A-Za-z][\w.+-]{0,40}:(?://)?[^\s\[\]<>]*\[(?:[^\[\]\\]|\\.)*\]
    | \[[^\[\]\n]*\](?=[\#*_`])
    | \{[\w:.!-]+[^{}\n]*\}
    | (?:^|\s)\+$ | \\.
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)  # fmt: skip


def view(text: str) -> View:
    """The prose of `text`; what is put into it has the signs of AsciiDoc escaped.

    >>> view("= The Kids\\n:toc:\\n\\n* See `code`,\\nand so on\\n\\n----\\nmore code\\n----\\n").text
    'The Kids\\nSee ￼, and so on\\n'
    """
    builder = ViewBuilder(text, escaping("\\*_`#+^~{<["))
    for spans in _blocks(text, lines_of(text, front_matter(text))):
        add(builder, text, spans, _THINGS)
    return builder.view()


def remarks(text: str) -> list[Span]:
    """Spans of `text` in which a comment is none: listings and the like."""
    lines, spans, at = lines_of(text), [], 0
    while at < len(lines):
        content = text[lines[at].start : lines[at].end]
        if not lines[at].indent and _VERBATIM.fullmatch(content):
            stop = _closing(text, lines, at)
            spans += [] if content.startswith("//") else [(lines[at].start, lines[stop - 1].end)]
            at = stop
        else:
            at += 1
    return spans


def _blocks(text: str, lines: Sequence[Line]) -> Iterator[list[Span]]:
    at, literal = 0, False
    opened: set[str] = set()  # delimiters of containers, none of which is the line below a title
    while at < len(lines):
        line = lines[at]
        content = text[line.start : line.end]
        if line.blank or content == "+":
            at += 1
        elif not line.indent and _VERBATIM.fullmatch(content):
            at, literal = _closing(text, lines, at), False
        elif not line.indent and _CONTAINER.fullmatch(content):
            if not literal:
                opened ^= {content}
            at, literal = _closing(text, lines, at) if literal else at + 1, False
        elif content.startswith("//") or _MACRO.fullmatch(content) or _ENTRY.match(content):
            at += 1
        elif _ATTRIBUTES.fullmatch(content):
            literal = literal or _LITERAL.match(content) is not None
            at += 1
        elif literal:
            at, literal = _rest(text, lines, at + 1), False
        elif match := _TITLE.match(content) or _BLOCK_TITLE.match(content):
            yield [(line.start + match.end(), line.end)]
            at = _header(text, lines, at) if content.startswith("= ") else at + 1
        elif line.indent and not _ITEM.match(content) and not _TERM.match(content):
            at = _rest(text, lines, at + 1)
        elif at + 1 < len(lines) and _underlined(text, line, lines[at + 1], opened):
            at += 2
        else:
            stop = _rest(text, lines, at + 1)
            mark = _ITEM.match(content) or _NOTE.match(content) or _TERM.match(content)
            start = line.start + (mark.end() if mark else 0)
            if spans := [span for span in [(start, line.end)] if span[0] < span[1]]:
                yield spans + [(one.start, one.end) for one in lines[at + 1 : stop]]
                at = stop
            else:  # the text of a term stands below it
                at += 1


def _closing(text: str, lines: Sequence[Line], at: int) -> int:
    """Where the block ends whose delimiter is line `at`; the end of all where nothing closes it."""
    opened = text[lines[at].start : lines[at].end]
    closing = "```" if opened.startswith("```") else opened
    for k in range(at + 1, len(lines)):
        if text[lines[k].start : lines[k].end] == closing and not lines[k].indent:
            return k + 1
    return len(lines)


def _rest(text: str, lines: Sequence[Line], at: int) -> int:
    """Where the paragraph ends that goes on at line `at`."""
    while at < len(lines) and not lines[at].blank:
        content = text[lines[at].start : lines[at].end]
        if (
            _VERBATIM.fullmatch(content) or _CONTAINER.fullmatch(content) or _ATTRIBUTES.fullmatch(content)
            or _ITEM.match(content) or _TERM.match(content) or _MACRO.fullmatch(content)
            or content == "+" or content.startswith("//")
        ):  # fmt: skip
            break
        at += 1
    return at


def _header(text: str, lines: Sequence[Line], at: int) -> int:
    """Behind the title of the document stand its authors and its version, up to a blank line or an attribute."""
    at += 1
    while at < len(lines) and not lines[at].blank and not _ENTRY.match(text, lines[at].start, lines[at].end):
        at += 1
    return at


def _underlined(text: str, line: Line, below: Line, opened: set[str]) -> bool:
    """Whether `line` is a title with a line of its own length below it, which must keep it."""
    if text[below.start : below.end] in opened:
        return False
    size = below.end - below.start
    return abs(size - (line.end - line.start)) <= 3 and _UNDERLINE.fullmatch(text, below.start, below.end) is not None
