"""A text in reStructuredText → the prose in it, as a `View`. Start reading from `view`.

After https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html, by indentation and by how lines begin. Prose:
paragraphs, items of lists, definitions, notes and descriptions of Sphinx, footnotes. All else stays: directives that
are not known to hold prose, literal blocks, tables, targets, comments, and titles, whose underlines have their length.

* Literals, roles, references and substitutions stand in the prose as one `OBJECT`.
* What reads in an odd way is left alone.

Why not docutils: its nodes do not tell where they stand, it opens files that a text names, and without Sphinx it drops
the content of half of the directives. `tests/readers/test_rst.py` holds this against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...text.protected import front_matter
from ...text.view import View, ViewBuilder
from .paragraphs import Line, Span, add, escaping, lines_of

_ADORNMENT = re.compile(r"(?!(?:::|\.\.)\Z)([!-/:-@\[-`{-~])\1+")
_BULLET = re.compile(r"[*+\-\u2022\u2023\u2043](?:\s+|\Z)")
_NUMBER = re.compile(r"\(?(?:[0-9]{1,9}|[A-Za-z]|[ivxlcdmIVXLCDM]{1,9}|#)[.)](?:\s+|\Z)")
_FIELD = re.compile(r":(?![:\s])((?:[^:\\]|\\.|:(?![\s`]|\Z))+?):(?:\s+|\Z)")
_OPTION = re.compile(r"-[A-Za-z0-9]\b|--[A-Za-z]|/[A-Z]\b")
_EXPLICIT = re.compile(r"\.\.(?:\s+|\Z)")
_DIRECTIVE = re.compile(r"([A-Za-z][\w:+.-]*?)[ ]?::(?:\s+|\Z)")
_CODE = re.compile(r"\.\. (?:code|code-block|sourcecode|literalinclude|highlight|parsed-literal|raw|math)::")
_NOTE = re.compile(r"\[(?:[0-9]+|#[\w.-]*|\*|[A-Za-z][\w.:+-]*)\](?:\s+|\Z)")
_GRID = re.compile(r"\+[-=]")
_SIMPLE = re.compile(r"=+(?: +=+)+")
_QUOTED = re.compile(r"[!-/:-@\[-`{-~]")
_DEPTH = 40  # blocks in blocks that are read

_SPEAKING_NAMES = "attention caution danger error hint important note tip warning seealso todo"
_SPEAKING = frozenset(_SPEAKING_NAMES.split())  # whose first line is prose
_VERSIONS = frozenset(["versionadded", "versionchanged", "versionremoved", "deprecated", "deprecated-removed"])
_HOLDING_NAMES = """
    admonition topic sidebar container epigraph highlights pull-quote compound figure list-table glossary only hlist
    centered tabs tab tab-set tab-item group-tab grid grid-item grid-item-card card dropdown details collapse
    function method class attribute data exception module staticmethod classmethod decorator property type describe
    object option envvar program confval cfunction cmember cmacro ctype cvar macro member struct enum enumerator union
    var opcode pdbcommand describe signal setting fixture rst-class
"""
_HOLDING = frozenset(_HOLDING_NAMES.split())  # whose content is prose, behind arguments that are none
_SAID = re.compile(
    r"(?:param|parameter|arg|argument|key|keyword|returns?|raises?|except|exception|ivar|cvar|var|yields?)\b"
)
_THINGS = re.compile(
    r"""
      ``(?:[^`]|`(?!`))+?``
    | (?::[\w:+.-]{1,60}:)? _?`(?:[^`\\]|\\.)+?` (?::[\w:+.-]+:|__?)?
    | \[(?:[0-9]+|\#[\w.-]*|\*|[A-Za-z][\w.:+-]*)\]_
    | \|(?!\s)[^|\n]{1,80}(?<!\s)\|_{0,2}
    | (?<![\w.+:-])[-.+:]*+[^\W_]++(?:(?:[-.:+]++|_)[^\W_]++)*+__?(?!\w)
    | \\.
    """,
    re.VERBOSE | re.DOTALL,
)  # fmt: skip


def view(text: str) -> View:
    """The prose of `text`; what is put into it has the signs of reStructuredText escaped.

    >>> view("Kids\\n====\\n\\n* See :ref:`kids`,\\n  and so on::\\n\\n    code\\n").text
    'See ￼, and so on::\\n'
    """
    builder = ViewBuilder(text, escaping("\\*`|_"))
    for spans in _blocks(text, lines_of(text, front_matter(text)), 0):
        add(builder, text, spans, _THINGS)
    return builder.view()


def remarks(text: str) -> list[Span]:
    """Spans of `text` in which a comment is none: blocks of code."""
    lines, spans, at = lines_of(text), [], 0
    while at < len(lines):
        content = text[lines[at].start : lines[at].end]
        end = _region(lines, at + 1, lines[at].indent)
        code = _CODE.match(content) is not None or (content.endswith("::") and not content.startswith(".."))
        if code and end > at + 1:
            spans.append((lines[at].end, lines[end - 1].end))
        at = end if code else at + 1
    return spans


def _blocks(text: str, lines: Sequence[Line], depth: int) -> Iterator[list[Span]]:
    """The paragraphs in `lines`: of each, the spans of its lines."""
    if depth > _DEPTH:
        return
    at, literal = 0, False
    while at < len(lines):
        line = lines[at]
        if line.blank:
            at += 1
            continue
        end = _region(lines, at + 1, line.indent)
        content = text[line.start : line.end]
        if literal:
            literal = False
            if line.indent > _indent_before(lines, at) or _QUOTED.match(content):
                at = _literal_end(lines, at, _indent_before(lines, at))
                continue
        if content == "::":
            literal, at = True, at + 1
            continue
        known = _explicit(text, lines, at, end, depth) if _EXPLICIT.match(content) else None
        if known is not None:
            yield from known
            at = end
        elif skipped := _table(text, lines, at) or _title(text, lines, at):
            at = skipped
        elif content.startswith((">>> ", "__ ")):
            at = _paragraph(lines, at)
        elif match := _FIELD.match(content):
            if _SAID.match(match[1]):
                yield from _item(text, lines, at, end, match.end(), depth)
            at = end
        elif _OPTION.match(content):
            at = end
        elif match := _BULLET.match(content) or _NUMBER.match(content):
            yield from _item(text, lines, at, end, match.end(), depth)
            at = end
        elif content.startswith("| ") or content == "|":
            yield from ([span] for span in [(line.start + 2, line.end)] if span[0] < span[1])
            at += 1
        else:
            stop = _paragraph(lines, at)
            spans = [(one.start, one.end) for one in lines[at:stop]]
            follows = stop < len(lines) and not lines[stop].blank and lines[stop].indent > line.indent
            literal = text.endswith("::", line.start, spans[-1][1])
            # Right below one line a definition stands; below several, nothing may.
            odd = (follows and len(spans) > 1) or any(_ADORNMENT.fullmatch(text, a, b) for a, b in spans)
            if not odd:
                yield spans
            at = _region(lines, stop, line.indent) if odd and follows else stop
            if literal and follows:
                literal, at = False, _region(lines, stop, line.indent)


def _indent_before(lines: Sequence[Line], at: int) -> int:
    """The indent of the last line with something in it before `at`."""
    for k in range(at - 1, -1, -1):
        if not lines[k].blank:
            return lines[k].indent
    return -1


def _literal_end(lines: Sequence[Line], at: int, indent: int) -> int:
    """Where a literal block ends that begins at line `at`, below a paragraph at `indent`."""
    if lines[at].indent <= indent:  # quoted: up to the next blank line
        return _paragraph(lines, at)
    return _region(lines, at, indent)


def _region(lines: Sequence[Line], at: int, indent: int) -> int:
    """Where the lines from `at` end that are indented more than `indent`, or blank and followed by such."""
    end = at
    while at < len(lines):
        if not lines[at].blank:
            if lines[at].indent <= indent:
                break
            end = at + 1
        at += 1
    return end


def _paragraph(lines: Sequence[Line], at: int) -> int:
    """Where the lines from `at` end that have its indent and stand one below the other."""
    indent = lines[at].indent
    while at < len(lines) and not lines[at].blank and lines[at].indent == indent:
        at += 1
    return at


def _item(text: str, lines: Sequence[Line], at: int, end: int, marker: int, depth: int) -> Iterator[list[Span]]:
    """What stands in an item: behind its marker, and in the lines up to `end`."""
    first = lines[at]
    start = first.start + marker
    inner = list(lines[at + 1 : end])
    if start < first.end:
        below = next((one.indent for one in inner if not one.blank), -1)
        # An item whose second line is indented otherwise than its first still is one paragraph for the eye: a field.
        column = first.indent + marker
        indent = below if inner and not inner[0].blank else column
        inner.insert(0, Line(start, first.end, indent))
    yield from _blocks(text, inner, depth + 1)


def _table(text: str, lines: Sequence[Line], at: int) -> int:
    """Where a table ends that begins at line `at`; 0 if none does."""
    line = lines[at]
    if _GRID.match(text, line.start, line.end):
        while at < len(lines) and not lines[at].blank:
            at += 1
        return at
    border = _SIMPLE.fullmatch(text, line.start, line.end)
    if border is None:
        return 0
    for k in range(at + 2, len(lines)):
        ended = k + 1 == len(lines) or lines[k + 1].blank
        if ended and _SIMPLE.fullmatch(text, lines[k].start, lines[k].end):
            return k + 1
    return len(lines)


def _title(text: str, lines: Sequence[Line], at: int) -> int:
    """Where a title or a transition ends that begins at line `at`; 0 if none does."""

    def adorned(k: int) -> bool:
        return k < len(lines) and _ADORNMENT.fullmatch(text, lines[k].start, lines[k].end) is not None

    if adorned(at):
        above = at + 1 < len(lines) and not lines[at + 1].blank
        if above and adorned(at + 2) and lines[at + 2].indent == lines[at].indent:
            return at + 3
        return at + 1 + (above and lines[at + 1].indent == lines[at].indent)
    return at + 2 if adorned(at + 1) and lines[at + 1].indent == lines[at].indent else 0


def _explicit(text: str, lines: Sequence[Line], at: int, end: int, depth: int) -> Iterator[list[Span]] | None:
    """The paragraphs in what two points begin at line `at`: a directive, a footnote; in all else there are none."""
    line = lines[at]
    mark = _EXPLICIT.match(text, line.start, line.end)
    begin = mark.end() if mark else line.end
    if note := _NOTE.match(text, begin, line.end):
        return _item(text, lines, at, end, note.end() - line.start, depth)
    directive = _DIRECTIVE.match(text, begin, line.end)
    if directive is None:
        return iter(())
    name = directive[1].rpartition(":")[2].lower()
    if name in _SPEAKING:
        return _content(text, lines, at, end, directive.end(), depth)
    if name in _VERSIONS:
        behind = re.compile(r"\S+(?:\s+|\Z)").match(text, directive.end(), line.end)
        return _content(text, lines, at, end, behind.end() if behind else line.end, depth)
    return _content(text, lines, at, end, line.end, depth) if name in _HOLDING else iter(())


def _content(text: str, lines: Sequence[Line], at: int, end: int, start: int, depth: int) -> Iterator[list[Span]]:
    """The content of a directive: of its first line what is behind `start`, and the lines up to `end` but its options
    and, where the first line is all arguments, what goes on with these."""
    line = lines[at]
    inner = list(lines[at + 1 : end])
    spoken = start < line.end
    while inner and not inner[0].blank and (not spoken or _FIELD.match(text, inner[0].start, inner[0].end)):
        inner.pop(0)
    if spoken:
        below = inner[0].indent if inner and not inner[0].blank else line.indent + 3
        inner.insert(0, Line(start, line.end, below))
    return _blocks(text, inner, depth + 1)
