"""HTML → its tags, texts and comments, with their places. Start reading from `scan`.

A tokeniser after https://html.spec.whatwg.org/multipage/parsing.html#tokenization, as far as it takes to know where
mark-up ends and text begins. Why not a library: despin changes words and must leave every other byte alone, so it needs
the place of each run of text; lxml, selectolax and html5lib do not tell it, trees built with places (justhtml, and the
tree builders inside the others) take quadratic time for some inputs, and html.parser of the standard library differs
between patch releases in where comments and scripts end. `tests/test_html.py` compares this with html5lib's tokeniser.

Rule: one pass, no backtracking; every pattern here is possessive or ends at its first match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["text", "raw", "cdata", "start", "end", "other"]


class Part(NamedTuple):
    """A part of a page. All of them, one after another, are the page."""

    kind: Kind
    """"text", which may hold entities; "raw", text of a script or the like; "cdata", text without entities;
    a "start" or "end" tag; anything "other":
    comments, declarations."""
    start: int
    end: int
    name: str = ""
    """Of a tag, in lower case."""
    closed: bool = False
    """The start tag ends in ``/>``."""


# Attributes: a quote counts only right after an equals sign. An unclosed one reaches to the end of the page, and what
# is then left of the page belongs to the tag.
_ATTRIBUTES = r"""
    (?: [\t\n\f\r\ /]
      | [^\t\n\f\r\ />] [^\t\n\f\r\ />=]*+
        (?: [\t\n\f\r\ ]*+ = [\t\n\f\r\ ]*+
          (?: "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) | [^\t\n\f\r\ >"'][^\t\n\f\r\ >]*+ )?+
        )?+
    )*+
"""
_MARKUP = re.compile(
    rf"""<(?:
        (?P<tag> (?P<slash>/?) (?P<name>[a-zA-Z][^\t\n\f\r\ />]*+) {_ATTRIBUTES} (?:>|\Z) )
      | (?P<comment>!--)
      | (?P<bogus>[!?]|/(?!\Z))
    )""",
    re.VERBOSE,
)
_COMMENT_END = re.compile(r"--!?>")
_RAW = {"script", "style", "xmp", "iframe", "noembed", "noframes", "title", "textarea"}
_WITH_ENTITIES = {"title", "textarea"}
# A start tag of one of these ends an svg or math element, wherever it stands in it.
_BREAK_OUT_NAMES = """
    b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta
    nobr ol p pre ruby s small span strong strike sub sup table tt u ul var
"""
_BREAK_OUT = frozenset(_BREAK_OUT_NAMES.split())
_RAW_END = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in _RAW}
_SHORT_COMMENT = re.compile("<!--(?:>|->)")
_SCRIPT = re.compile(r"<!--|</script(?=[\t\n\f\r />])", re.IGNORECASE)
_SCRIPT_COMMENT = re.compile(r"-->|<(/?)script(?=[\t\n\f\r />])", re.IGNORECASE)


def scan(page: str, *, xml: bool = False) -> Iterator[Part]:
    """The parts of `page`, in order; `xml`: its CDATA sections are text wherever they stand.

    >>> [(part.kind, part.start, part.name) for part in scan("<p>one<br/>two</p>")]
    [('start', 0, 'p'), ('text', 3, ''), ('start', 6, 'br'), ('text', 11, ''), ('end', 14, 'p')]
    """
    place, foreign = 0, 0
    while True:
        match = _MARKUP.search(page, place)
        if match is None:
            break
        start, end = match.span()
        if start > place:
            yield Part("text", place, start)
        if xml and page.startswith("<![CDATA[", start):
            stop = page.find("]]>", start)
            inside, stop = start + 9, stop if stop >= 0 else len(page)
            yield Part("other", start, inside)
            if stop > inside:
                yield Part("cdata", inside, stop)
            place = min(stop + 3, len(page))
            if place > stop:
                yield Part("other", stop, place)
            continue
        if match["tag"] is None:
            end = _other_end(page, match, foreign)
            yield Part("other", start, end)
            place = end
            continue
        name = match["name"].lower()
        if match["slash"]:
            yield Part("end", start, end, name)
            if foreign and name in ("svg", "math"):
                foreign -= 1
            place = end
            continue
        closed = page.endswith("/>", start, end)
        yield Part("start", start, end, name, closed)
        place = end
        if name in ("svg", "math"):
            foreign += not closed
        elif foreign and name in _BREAK_OUT:
            foreign = 0
        elif name == "plaintext" and not foreign:
            break
        elif name in _RAW and not foreign and not (closed and page.startswith("<?xml")):
            stop = _raw_end(page, end, name)
            if stop > end:
                yield Part("text" if name in _WITH_ENTITIES else "raw", end, stop)
            place = stop
    if place < len(page):
        yield Part("raw" if match is not None else "text", place, len(page))


def _other_end(page: str, match: re.Match[str], foreign: int) -> int:
    """Where a comment, a declaration or a broken tag ends."""
    start = match.start()
    if match["comment"]:
        if short := _SHORT_COMMENT.match(page, start):
            return short.end()
        found = _COMMENT_END.search(page, start + 4)
        return found.end() if found else len(page)
    if foreign and page.startswith("<![CDATA[", start):
        stop = page.find("]]>", start)
        return stop + 3 if stop >= 0 else len(page)
    stop = page.find(">", start)
    return stop + 1 if stop >= 0 else len(page)


def _raw_end(page: str, start: int, name: str) -> int:
    """Where the text of a script or the like ends, which began at `start`."""
    if name != "script":
        found = _RAW_END[name].search(page, start)
        return found.start() if found else len(page)
    while True:  # in a script, a comment may hide a script, and that its end
        found = _SCRIPT.search(page, start)
        if found is None:
            return len(page)
        if found[0] != "<!--":
            return found.start()
        start, inside = found.start() + 2, False
        while True:
            found = _SCRIPT_COMMENT.search(page, start)
            if found is None:
                return len(page)
            start = found.end()
            if found[0] == "-->":
                break
            if found[1] and not inside:
                return found.start()
            inside = not found[1]
