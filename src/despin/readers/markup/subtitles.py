"""Subtitles, SubRip or WebVTT → the prose in them, as a `View`. Start reading from `view`.

Prose is what stands in a cue below its times; a phrase may cross the lines of a cue, and no phrase leaves one. Numbers,
times, settings, names of voices, styles and notes stay as they are.
"""

from __future__ import annotations

import html
import re

from ...text.view import View, ViewBuilder
from .html import escape
from .paragraphs import lines_of

_TIMES = re.compile(r"(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}[ \t]+-->[ \t]+(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}")
_SIGN = re.compile(r"<[^<>\n]*>|\{\\[^{}\n]*\}|&(?:\#\d{1,7}|[A-Za-z][A-Za-z0-9]{1,31});")
_SPEAKER = re.compile(r"[-\u2013\u2014][ \t]*|>>[ \t]*")


def view(text: str) -> View:
    """The prose of `text`.

    >>> view("1\\n00:00:01,000 --> 00:00:02,000\\n<i>Kids\\nat</i> school\\n").text
    'Kids at school\\n'
    """
    web = text.startswith("WEBVTT")
    builder = ViewBuilder(text, escape) if web else ViewBuilder(text)
    inside = False
    last = -1  # where the line of the cue before this one ended
    for line in lines_of(text):
        if line.blank:
            inside = False
        elif _TIMES.match(text, line.start, line.end):
            builder.border(line.start)
            inside, last = True, -1
        elif inside:
            start = line.start
            if speaker := _SPEAKER.match(text, start, line.end):
                builder.border(start)
                start, last = speaker.end(), -1
            if last >= 0:
                builder.blank(last, start)
            _add(builder, text, start, line.end, web)
            last = line.end
    builder.border(len(text))
    return builder.view()


def _add(builder: ViewBuilder, text: str, start: int, end: int, web: bool) -> None:
    for match in _SIGN.finditer(text, start, end):
        entity = match[0][0] == "&"
        if entity and not web:
            continue
        builder.add(text[start : match.start()], start, match.start())
        if entity:
            builder.add(html.unescape(match[0]), match.start(), match.end())
        start = match.end()
    builder.add(text[start:end], start, end)
