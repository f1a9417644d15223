"""A notebook of Jupyter → the prose of its Markdown cells, as a `View`. Start reading from `view`.

The file is never parsed and written again: each string of a cell is read with the places of its characters, and new
words are put in between. So order, indents, numbers, outputs and metadata stay byte for byte. The format is that of
nbformat, from version 3 on.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from ...text.view import View, ViewBuilder
from ...util.errors import DespinError
from . import markdown, markdown_inline

_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TOKEN = re.compile(rf"{_STRING}|[\[\]{{}},:]|[^\s\[\]{{}},:\"]+")
_CHARACTER = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]+")

Span = tuple[int, int]


class NotebookError(DespinError, ValueError):
    """It is none: a sentence for people."""


def escape(word: str) -> str:
    """`word` as it is written in a string of JSON that is Markdown."""
    return typed(markdown_inline.escape(word))


def typed(words: str) -> str:
    """`words` in a string of JSON."""
    return json.dumps(words, ensure_ascii=False)[1:-1]


def view(text: str) -> View:
    """The prose of the notebook `text`.

    Raises
    ------
    NotebookError
        It is no JSON, or no notebook.

    >>> view('{"cells": [{"cell_type": "markdown", "source": ["# The\\\\n", "kids"]}]}').text
    'The\\nkids\\n'
    """
    try:
        known = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as problem:
        raise NotebookError(f"is no notebook: {_short(problem)}") from None
    if not isinstance(known, dict) or not (isinstance(known.get("cells"), list) or "worksheets" in known):
        raise NotebookError("is no notebook: it has no cells")
    builder = ViewBuilder(text, escape)
    for strings in _cells(text):
        _add(builder, text, strings)
    return builder.view()


def remarks(text: str) -> list[Span]:
    """Spans of `text` in which a comment is none: all but Markdown cells, and code in these."""
    spans, done = [], 0
    for begin, stop in (string for strings in _cells(text) for string in strings):
        spans.append((done, begin))
        spans += [(begin + a, begin + b) for a, b in markdown.remarks(text[begin:stop])]
        done = stop
    return [*spans, (done, len(text))]


def _short(problem: Exception) -> str:
    if isinstance(problem, json.JSONDecodeError):
        return f"{problem.msg} at character {problem.pos}"
    return "it is nested too deeply to be read"


class _Open(NamedTuple):
    """An object or an array that is being read."""

    kind: str
    """The bracket that it began with."""
    of: str
    """The key that it is the value of; of an array's members that of the array."""
    found: dict[str, list[Span]]
    """Of an object, the strings that stand as, or in, the values of its keys."""


def _cells(text: str) -> Iterator[list[Span]]:
    """Of each Markdown cell the strings that its source is made of: their spans, without the quotes."""
    stack: list[_Open] = []
    key, wants_key = "", False
    for match in _TOKEN.finditer(text):
        sign = match[0]
        if sign in "{[":
            inherited = key if not stack or stack[-1].kind == "{" else stack[-1].of
            stack.append(_Open(sign, inherited, {}))
            wants_key = sign == "{"
        elif sign in "}]":
            done = stack.pop()
            if sign == "}" and done.of == "cells" and _is_markdown(text, done, stack):
                yield done.found.get("source", [])
            wants_key = False
        elif sign == ",":
            wants_key = bool(stack) and stack[-1].kind == "{"
        elif sign[0] == '"' and stack:
            inside = match.start() + 1, match.end() - 1
            if wants_key:
                key, wants_key = json.loads(sign, strict=False), False
                stack[-1].found.pop(key, None)  # of equal keys the last counts
            elif stack[-1].kind == "{":
                stack[-1].found.setdefault(key, []).append(inside)
            elif len(stack) > 1 and stack[-2].kind == "{":
                stack[-2].found.setdefault(stack[-1].of, []).append(inside)


def _is_markdown(text: str, cell: _Open, stack: list[_Open]) -> bool:
    """Whether a cell is one of Markdown, and of the notebook: not of something that is called `cells` inside of one."""
    above = [one.of for one in stack]
    if above not in (["", "cells"], ["", "worksheets", "worksheets", "cells"]):
        return False
    kinds = [text[start:end] for start, end in cell.found.get("cell_type", [])]
    return kinds in (["markdown"], ["heading"])


class _Piece(NamedTuple):
    """A run of a cell's text, and where it stands in the file: character by character, unless it was escaped."""

    at: int
    start: int
    end: int
    escaped: bool


def _add(builder: ViewBuilder, text: str, strings: list[Span]) -> None:
    """Add the prose of the cell that `strings` are."""
    pieces, parts, size = [], [], 0
    for begin, stop in strings:
        for match in _CHARACTER.finditer(text, begin, stop):
            part = json.loads(f'"{match[0]}"', strict=False) if match[0][0] == "\\" else match[0]
            pieces.append(_Piece(size, *match.span(), match[0][0] == "\\"))
            parts.append(part)
            size += len(part)
    cell = "".join(parts)
    inner = markdown.view(cell)
    begins = [piece.at for piece in pieces]
    rows = zip(inner.at[:-1].tolist(), inner.at[1:].tolist(), inner.start.tolist(), inner.end.tolist(), strict=True)
    for at, to, start, end in rows:
        if start == end:
            builder.border(_border(pieces, begins, start, strings))
        elif to - at != end - start:
            first, last = (pieces[bisect_right(begins, place) - 1] for place in (start, end - 1))
            builder.add(inner.text[at:to], _place(first, start), _place(last, end - 1, behind=True))
        else:
            while start < end:
                row = bisect_right(begins, start) - 1
                until = min(end, begins[row + 1] if row + 1 < len(begins) else end)
                taken = inner.text[at : at + until - start]
                builder.add(taken, _place(pieces[row], start), _place(pieces[row], until - 1, behind=True))
                at, start = at + until - start, until


def _border(pieces: list[_Piece], begins: list[int], place: int, strings: list[Span]) -> int:
    """Where in the file a border at `place` of a cell stands."""
    if not pieces:
        return strings[0][0] if strings else 0
    if place <= 0:
        return pieces[0].start
    return _place(pieces[bisect_right(begins, place - 1) - 1], place - 1, behind=True)


def _place(piece: _Piece, place: int, behind: bool = False) -> int:
    """Where in the file the character at `place` of the cell stands, or ends."""
    if piece.escaped:
        return piece.end if behind else piece.start
    return piece.start + place - piece.at + behind
