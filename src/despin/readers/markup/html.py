"""An HTML page → the prose in it, as a `View`. Start reading from `view`.

* Text of the page is prose, its entities read as the characters they mean. Tags, attributes, comments, scripts and
  styles are not, and code is not either: it stands in the prose as one `OBJECT`.
* Inline elements are gaps that a phrase may cross; any other element begins and ends a paragraph, and so does ``<br>``.
  Elements that nobody knows are inline, as in browsers.
* Code of templates (Liquid, Jinja, Go, PHP, ERB, shortcodes …) is looked for first, wherever it stands, and is an
  `OBJECT` too: a page is one only once it is filled in.
* Blanks are one space, wherever the lines of the file end: so a phrase is found across a line break, too.
"""

from __future__ import annotations

import html
import re

from ...text.protected import front_matter, merged, template_spans
from ...text.view import OBJECT, View, ViewBuilder
from .html_tags import Part, scan
from .paragraphs import masked

_BLOCK_NAMES = """
    address article aside blockquote body br caption center col colgroup dd details dialog dir div dl dt fieldset
    figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li link main menu
    meta nav ol optgroup option p pre search section summary table tbody td textarea tfoot th thead title tr ul noscript
    noframes plaintext listing xmp iframe script style select template
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_NO_PROSE_NAMES = """
    code kbd samp var tt pre listing script style select textarea template noscript noframes noembed iframe object audio
    video canvas svg math xmp datalist
"""
# Whose content is not prose. Formulas and drawings have text, but every word of it has its place.
_NO_PROSE = frozenset(_NO_PROSE_NAMES.split())
_THINGS = frozenset(["img", "input", "embed"])  # stand in a line like a word, and are empty
_VOID_NAMES = "area base br col embed frame hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_NAMES.split())
_NOT_TO_TRANSLATE = re.compile(r"""\s(?:translate\s*=\s*["']?no\b|class\s*=\s*["']?[^"'>]*\bnotranslate\b)""", re.I)
_ODD = re.compile(
    r"&(?:\#[0-9]+;?|\#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]{1,31};?)|[\t\n\f\r ]{2,}|[\t\n\f\r]|\ufffc+"
)

_ENTITY = re.compile(r"(&(?:\#[0-9]+|\#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]{1,31});)")


def escape(word: str) -> str:
    """`word` as it is written in text of HTML."""
    return html.escape(word, quote=False)


def typed(words: str) -> str:
    """`words` of a person who saw the source: as `escape` writes them, but entities are what they are.

    >>> typed("fish & chips &lt; <b>")
    'fish &amp; chips &lt; &lt;b&gt;'
    """
    return "".join(part if _ENTITY.fullmatch(part) else escape(part) for part in _ENTITY.split(words))


def view(page: str) -> View:
    """The prose of `page`; what is put into it is escaped.

    >>> view("<p>Fish &amp; <b>chips</b>,\\n no <code>good</code></p>").text
    'Fish & chips, no \\ufffc\\n'
    """
    builder = ViewBuilder(page, escape)
    page = masked(page, unfilled(page))
    skipped, depth, since = "", 0, 0  # the element whose content is skipped, how often it stands in itself, its place
    xml = page.startswith("<?xml")
    for part in scan(page, xml=xml):
        if skipped:
            if part.name == skipped:
                depth += (part.kind == "start" and not (part.closed and xml)) - (part.kind == "end")
                if not depth:
                    if skipped not in _BLOCKS:
                        builder.add(OBJECT, since, part.end)
                    skipped = ""
        elif part.kind == "cdata":
            builder.add(page[part.start : part.end], part.start, part.end)
        elif part.kind == "text":
            _add_text(builder, page, part.start, part.end)
        elif part.kind == "start":
            if part.name in _BLOCKS:
                builder.border(part.start)
            empty = part.name in _VOID or (part.closed and xml)
            if not empty and (part.name in _NO_PROSE or _says_no(page, part)):
                skipped, depth, since = part.name, 1, part.start
            elif part.name in _THINGS:
                builder.add(OBJECT, part.start, part.end)
        elif part.kind == "end" and part.name in _BLOCKS:
            builder.border(part.start)
    return builder.view()


def unfilled(page: str) -> list[tuple[int, int]]:
    """Spans of `page` that the page it is filled in to will not have: front matter, code of templates."""
    front = front_matter(page)
    return ([(0, front)] if front else []) + [span for span in template_spans(page) if span[0] >= front]


def remarks(page: str) -> list[tuple[int, int]]:
    """Spans of `page` in which a comment is none: all but those of HTML, and of the templates that it may be."""
    templates = unfilled(page)
    parts = scan(masked(page, templates))
    comments = [(part.start, part.end) for part in parts if page.startswith("<!--", part.start)]
    ends = [0, *(place for span in merged([*templates, *comments]) for place in span), len(page)]
    return list(zip(ends[::2], ends[1::2], strict=True))


def _says_no(page: str, part: Part) -> bool:
    """Whether a start tag asks not to be translated: then its words are not to be changed either."""
    short = part.end - part.start < len(part.name) + 6  # no room for an attribute that says so
    return not short and _NOT_TO_TRANSLATE.search(page, part.start, part.end) is not None


def _add_text(builder: ViewBuilder, page: str, start: int, end: int) -> None:
    for match in _ODD.finditer(page, start, end):
        if match.start() > start:
            builder.add(page[start : match.start()], start, match.start())
        found = match[0]
        if found[0] == OBJECT:
            builder.add(OBJECT, match.start(), match.end())
        elif found[0] == "&":
            builder.add(html.unescape(found), match.start(), match.end())
        else:
            builder.blank(match.start(), match.end())
        start = match.end()
    if end > start:
        builder.add(page[start:end], start, end)
