"""XML → its tags and texts, with their places. Start reading from `scan`.

Why not a library: what is changed needs the place of every run of text, and a parser of XML tells none. Nothing is
expanded here and nothing is fetched: an entity that the document defines itself means nothing, so it can blow up
nothing.

Rule: one pass, no backtracking; every pattern is possessive or ends at its first match.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ...text.view import OBJECT, ViewBuilder
from ..encodings import known
from ..source import InputError

Kind = Literal["text", "cdata", "start", "end"]


class Part(NamedTuple):
    """A run of text, or a tag. Comments, declarations and instructions are left out."""

    kind: Kind
    start: int
    end: int
    name: str = ""
    """Of a tag, with its prefix."""
    closed: bool = False
    """The start tag ends in ``/>``."""


_MARKUP = re.compile(
    r"""<(?: (?P<comment>!--) | (?P<cdata>!\[CDATA\[) | (?P<instruction>\?) | (?P<declaration>!)
      | (?P<slash>/?) (?P<name>[^\s/><!?"'=]++) (?:[^<>"']|"[^"<]*+"|'[^'<]*+')*+ > )""",
    re.VERBOSE,
)
_DECLARATION_END = re.compile(r"""(?:[^>"'\[]|"[^"]*+"|'[^']*+'|\[(?:[^\]"']|"[^"]*+"|'[^']*+')*+\])*+>""")
_ATTRIBUTE = re.compile(r"""\s([^\s=/>"']++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]{2,40})""")
_ODD = re.compile(r"&(?:\#[0-9]{1,8}|\#x[0-9a-fA-F]{1,8}|[A-Za-z][\w.-]{0,40});|[\t\n\r ]{2,}|[\t\n\r]|\ufffc+")


def scan(text: str) -> Iterator[Part]:
    """The parts of `text`, in order. What follows a tag that never ends is left out.

    >>> [(part.kind, part.start, part.name) for part in scan("<p>one<br/>two</p>")]
    [('start', 0, 'p'), ('text', 3, ''), ('start', 6, 'br'), ('text', 11, ''), ('end', 14, 'p')]
    """
    place = 0
    while match := _MARKUP.search(text, place):
        start, end = match.span()
        if start > place:
            yield Part("text", place, start)
        if match["name"]:
            closed = not match["slash"] and text[end - 2] == "/"
            yield Part("end" if match["slash"] else "start", start, end, match["name"], closed)
            place = end
        elif match["cdata"]:
            stop = text.find("]]>", end)
            stop = stop if stop >= 0 else len(text)
            if stop > end:
                yield Part("cdata", end, stop)
            place = min(stop + 3, len(text))
        else:
            place = _other_end(text, match)


def _other_end(text: str, match: re.Match[str]) -> int:
    """Where a comment, an instruction or a declaration ends."""
    if match["declaration"]:
        found = _DECLARATION_END.match(text, match.end())
        return found.end() if found else len(text)
    closing = "-->" if match["comment"] else "?>"
    stop = text.find(closing, match.end())
    return stop + len(closing) if stop >= 0 else len(text)


def attributes(tag: str) -> dict[str, str]:
    """The attributes of a start tag.

    >>> attributes('<a href="b&amp;c" x=\\'1\\'>')
    {'href': 'b&c', 'x': '1'}
    """
    return {match[1]: html.unescape(match[2] or match[3] or "") for match in _ATTRIBUTE.finditer(tag)}


def local(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def escape(word: str) -> str:
    """`word` as it is written in text of XML."""
    return html.escape(word, quote=False)


def add_text(builder: ViewBuilder, text: str, start: int, end: int) -> None:
    """Add the run of text text[start:end]: entities as the characters they mean, blanks as one space."""
    for match in _ODD.finditer(text, start, end):
        if match.start() > start:
            builder.add(text[start : match.start()], start, match.start())
        found = match[0]
        if found[0] == "&":
            meant = html.unescape(found)
            builder.add(OBJECT if meant == found else _one_line(meant), match.start(), match.end())
        elif found[0] == OBJECT:
            builder.add(OBJECT, match.start(), match.end())
        else:
            builder.blank(match.start(), match.end())
        start = match.end()
    if end > start:
        builder.add(text[start:end], start, end)


def _one_line(meant: str) -> str:
    return " " if meant.isspace() else meant


class Encoded(NamedTuple):
    """An XML file as text, and how it is written."""

    text: str
    codec: str
    mark: bytes

    def encode(self, text: str) -> bytes:
        """`text` as this file was written; what its encoding cannot say becomes a reference to the character."""
        return self.mark + text.encode(self.codec, "xmlcharrefreplace")


def decoded(data: bytes, name: str) -> Encoded:
    """The text of an XML file, which belongs to the file `name`.

    Raises
    ------
    InputError
        It is in no encoding that is known, or not what it says.
    """
    codec, mark = "utf-8", b""
    marks = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
    for sign, marked in marks:
        if data.startswith(sign):
            codec, mark = marked, sign
    if not mark and (declared := _ENCODING.match(data)):
        codec = known(declared[1].decode()) or "utf-8"
    try:
        text = data[len(mark) :].decode(codec)
    except UnicodeDecodeError:
        raise InputError(name, f"is damaged: an XML file in it is not valid {codec.upper()}") from None
    return Encoded(text, codec, mark)
