"""An article in JATS XML, as PubMed Central and many journals have it → the prose in it. Start reading from `view`.

Titles, abstract, keywords, paragraphs, lists, tables, captions and notes are prose. Authors and all other data of the
article, formulas, code and the list of references are not. Inline elements are gaps that a phrase may cross.

NISO Z39.96: https://jats.nlm.nih.gov/
"""

from __future__ import annotations

from ...text.view import OBJECT, View, ViewBuilder
from ..papers.xml_tags import add_text, escape, local, scan

__all__ = ["escape", "remarks", "view"]

_PROSE_NAMES = "p title article-title trans-title subtitle kwd td th term def attrib verse-line disp-quote speech"
_PROSE = frozenset(_PROSE_NAMES.split())  # whose text is prose
_BLOCK_NAMES = """
    abstract ack app app-group back body bio boxed-text break caption def-item def-list disp-formula-group fig fig-group
    fn fn-group glossary kwd-group label list list-item notes sec statement supplementary-material table table-wrap
    table-wrap-foot tbody tfoot thead tr trans-abstract verse-group
"""
_BLOCKS = _PROSE | frozenset(_BLOCK_NAMES.split())
_DATA_NAMES = """
    journal-meta article-id article-categories contrib-group aff aff-alternatives author-notes pub-date history
    permissions custom-meta-group related-article related-object funding-group counts self-uri volume issue fpage lpage
    elocation-id conference pub-history alt-title alt-text long-desc object-id processing-meta alternatives-text
"""
_DATA = frozenset(_DATA_NAMES.split())
_THING_NAMES = """
    inline-formula disp-formula tex-math math code preformat inline-graphic graphic media chem-struct monospace
    alternatives private-char x
"""
_THINGS = frozenset(_THING_NAMES.split())  # stand in a line and are no prose
_REFERENCES = "ref-list"


def view(text: str, references: bool = False) -> View:
    """The prose of `text`; with `references`, that of its list of references, too.

    >>> view("<article><body><p>On <italic>kids</italic> &amp; <tex-math>k</tex-math></p></body></article>").text
    'On kids & \\ufffc\\n'
    """
    builder = ViewBuilder(text, escape)
    left_out = _DATA if references else _DATA | {_REFERENCES}
    skipped, depth, inside = "", 0, 0
    prose = _PROSE | {"mixed-citation"} if references else _PROSE
    for part in scan(text):
        name = local(part.name)
        if skipped:
            depth += 0 if name != skipped or part.closed else 1 if part.kind == "start" else -1
            skipped = skipped if depth else ""
        elif part.kind == "text":
            if inside:
                add_text(builder, text, part.start, part.end)
        elif part.kind == "cdata":
            if inside:
                builder.add(text[part.start : part.end], part.start, part.end)
        elif name in left_out or name in _THINGS:
            if part.kind == "start":
                if inside and name in _THINGS:
                    builder.add(OBJECT, part.start, part.end)
                skipped, depth = ("", 0) if part.closed else (name, 1)
        elif name in _BLOCKS or name in prose:
            builder.border(part.start)
            if name in prose and not part.closed:
                inside += 1 if part.kind == "start" else -(inside > 0)
    builder.border(len(text))
    return builder.view()


def remarks(text: str) -> list[tuple[int, int]]:
    """Spans of `text` in which a comment is none: all of it, for its author is not who checks it."""
    return [(0, len(text))]
