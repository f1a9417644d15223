"""A document of Word (.docx) → its paragraphs. Start reading from `read`.

The body, footnotes, endnotes, headers and footers are read: what a person sees who accepts all changes. Deleted and
moved text, hidden text, comments and fields' instructions are not. A run is a gap, so that a phrase is found across
runs, and is put back into them, whatever their styles; tracked changes and comments stay.

ECMA-376, part 1, chapter 17: https://ecma-international.org/publications-and-standards/standards/ecma-376/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...text.view import OBJECT, View, ViewBuilder
from ..source import InputError
from .archive import Archive
from .member import Member, paper_of
from .paper import Paper
from .xml_tags import Part, add_text, attributes, decoded, escape, local, scan

_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_MATHS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
_XMLNS = re.compile(r"""\sxmlns(?::([^\s=]+))?\s*=\s*["']([^"']*)["']""")
_NOTES = ("footnotes", "endnotes")
_AT_ENDS = ("header", "footer")
_BLANKS = frozenset(["tab", "br", "cr", "ptab"])
_THINGS = frozenset(["drawing", "pict", "object", "sym"])
_SKIPPED = frozenset(["moveFrom", "rt"])
_OFF = ("0", "false", "off", "none")
_STYLE = re.compile(r"(?i)^(?:heading|title|subtitle|berschrift|titre|t[ií]tulo)")
_HEAD = 10_000
_TEXT = re.compile(r"(<(?:[^\s<>/:]+:)?t(?:\s[^<>]*)?(?<!/)>)([^<]*)")


def read(data: bytes, name: str, limit: int, *, references: bool = False) -> Paper:
    """The document in `data`, which messages call `name`; with `references`, lists of references are looked at, too.

    Raises
    ------
    InputError
        It is damaged, encrypted, too large, or no such document.
    """
    archive = Archive(data, name, limit)
    main = _main(archive)
    folder = posixpath.dirname(main)
    members = [_member(archive, main, "")]
    for label in _NOTES:
        if (note := posixpath.join(folder, f"{label}.xml")) in archive:
            members.append(_member(archive, note, label))
    for label in _AT_ENDS:
        related = dict.fromkeys(one for one in _related(archive, main, label) if one in archive)
        members += _numbered([_member(archive, one, label) for one in related])
    return paper_of(
        archive, [one for row, one in enumerate(members) if not row or one.view.text], references=references
    )


def _main(archive: Archive) -> str:
    """The member that is the document: what the relations of the package call so."""
    for target in _related(archive, "", "officeDocument"):
        return target
    if "word/document.xml" in archive:
        return "word/document.xml"
    raise InputError(archive.name, "is called .docx but is no document of Word")


def _related(archive: Archive, member: str, kind: str) -> Iterator[str]:
    """The members that the relations of `member` call its `kind`; "" is the package itself."""
    folder, file = posixpath.split(member)
    if (relations := posixpath.join(folder, "_rels", f"{file}.rels")) not in archive:
        return
    text = decoded(archive.read(relations), archive.name).text
    for part in scan(text):
        given = attributes(text[part.start : part.end]) if part.kind == "start" else {}
        if given.get("Type", "").endswith(f"/{kind}"):
            yield posixpath.normpath(posixpath.join("/", folder, given.get("Target", ""))).lstrip("/")


def _numbered(members: Sequence[Member]) -> list[Member]:
    """Those that have text, with numbers where there are several: a document has headers for its first page, for
    even ones and for the others, in each of its sections."""
    seen = [one for one in members if one.view.text]
    return [replace(one, label=f"{one.label} {row}") for row, one in enumerate(seen, 1)] if len(seen) > 1 else seen


def _member(archive: Archive, member: str, label: str) -> Member:
    source = decoded(archive.read(member), archive.name)
    reader = _Reader(source.text)
    seen = reader.read()
    return Member(
        member, label, source, seen, lambda text: _Reader(text).read(), frozenset(reader.headings), _kept_blanks
    )


def _kept_blanks(old: str, new: str) -> str:
    """`new`, made of `old`, in which a run of text that changed keeps the blanks at its ends: Word drops them unless it
    is told."""
    before = [match[2] for match in _TEXT.finditer(old)]
    if len(before) != len(_TEXT.findall(new)):
        return new
    contents = iter(before)

    def kept(match: re.Match[str]) -> str:
        tag, content = match[1], match[2]
        if content == next(contents) or content == content.strip() or "preserve" in tag:
            return match[0]
        return f'{tag[:-1]} xml:space="preserve">{content}'

    return _TEXT.sub(kept, new)


class _Reader:
    """The reading of one XML file, from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.builder = text, ViewBuilder(text, escape)
        self.headings: set[int] = set()
        self.paragraph, self.heading = 0, False
        self.depth = {"skip": 0, "text": 0, "properties": 0}
        self.hidden, self.kept = False, False
        head = text[:_HEAD]
        self.words, self.compatible, self.maths = (
            {f"{prefix}:" if prefix else "" for prefix, uri in _XMLNS.findall(head) if uri in uris}
            for uris in (_NAMESPACES, (_COMPATIBLE,), _MATHS)
        )

    def read(self) -> View:
        for part in scan(self.text):
            if part.kind in ("text", "cdata"):
                self.run(part)
            else:
                self.tag(part)
        self.end_paragraph(len(self.text))
        return self.builder.view()

    def run(self, part: Part) -> None:
        """A run of text: only that of `w:t` is any."""
        depth = self.depth
        if not depth["text"] or depth["skip"] or self.hidden:
            return
        start, end = part.start, part.end
        if not self.kept:  # without xml:space, blanks at the ends mean nothing
            while start < end and self.text[start] in " \t\r\n":
                start += 1
            while end > start and self.text[end - 1] in " \t\r\n":
                end -= 1
        if part.kind == "cdata":
            self.builder.add(self.text[start:end].replace("\n", " ").replace("\r", " "), start, end)
        else:
            add_text(self.builder, self.text, start, end)

    def tag(self, part: Part) -> None:
        prefix, name = part.name[: -len(local(part.name))], local(part.name)
        if self.skips(part, prefix, name) or self.depth["skip"] or prefix not in self.words:
            return
        opens = part.kind == "start"
        if name == "p":
            self.end_paragraph(part.start)
        elif name == "t" and not part.closed:
            self.depth["text"] += 1 if opens else -(self.depth["text"] > 0)
            self.kept = opens and "preserve" in self.text[part.start : part.end]
        elif name == "rPr" and not part.closed:
            self.depth["properties"] = int(opens)
        elif opens:
            self.start(part, name)

    def skips(self, part: Part, prefix: str, name: str) -> bool:
        """Whether the tag opens or closes what is skipped with all it contains."""
        maths = prefix in self.maths and name in ("oMath", "oMathPara")
        fallback = prefix in self.compatible and name == "Fallback"
        if part.closed or not (maths or fallback or (prefix in self.words and name in _SKIPPED)):
            return False
        if part.kind == "start":
            if maths and not self.depth["skip"]:
                self.builder.add(OBJECT, part.start, part.end)
            self.depth["skip"] += 1
        else:
            self.depth["skip"] -= self.depth["skip"] > 0
        return True

    def start(self, part: Part, name: str) -> None:
        """A start tag of Word's."""
        if name == "r":
            self.hidden = False
        elif name in ("vanish", "specVanish") and self.depth["properties"]:
            self.hidden = _value(self.text[part.start : part.end], "true") not in _OFF
        elif name == "pStyle":
            self.heading = bool(_STYLE.match(_value(self.text[part.start : part.end], "")))
        elif self.hidden:
            return
        elif name in _BLANKS:
            self.builder.blank(part.start, part.end)
        elif name == "noBreakHyphen":
            self.builder.add("-", part.start, part.end)
        elif name in _THINGS:
            self.builder.add(OBJECT, part.start, part.end)

    def end_paragraph(self, place: int) -> None:
        """Where a paragraph begins or ends."""
        if self.builder.border(place):
            if self.heading:
                self.headings.add(self.paragraph)
            self.paragraph += 1
            self.heading = False


def _value(tag: str, usual: str) -> str:
    """The attribute w:val of a tag."""
    return next((value for name, value in attributes(tag).items() if local(name) == "val"), usual)
