"""A text in OpenDocument (.odt) → its paragraphs. Start reading from `read`.

The body is read: paragraphs, headings, lists, tables, text boxes; then its notes, which stand inside its paragraphs, by
themselves; then headers and footers. Comments, deleted text, tables of contents and other indexes, and formulas are
not. A span is a gap, so that a phrase is found across spans and put back into them.

OASIS OpenDocument 1.3, part 3: https://docs.oasis-open.org/office/OpenDocument/v1.3/
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from ...text.view import OBJECT, View, ViewBuilder
from ..source import InputError
from .archive import Archive
from .member import Member, paper_of
from .paper import Paper
from .xml_tags import Part, add_text, decoded, escape, local, scan

_CONTENT, _STYLES, _MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"
_PARAGRAPHS = ("text:p", "text:h")
_BLANKS = ("text:s", "text:tab", "text:line-break")
_THINGS = ("draw:image", "draw:object", "draw:object-ole", "draw:plugin")
_NOTE, _IN_NOTE = "text:note", "text:note-body"
_SKIPPED = frozenset([
    "text:tracked-changes", "office:annotation", "office:forms", "office:scripts", "text:ruby-text",
    "text:table-of-content", "text:illustration-index", "text:table-index", "text:object-index", "text:user-index",
    "text:alphabetical-index", "text:sequence-decls", "svg:desc", "svg:title", "table:shapes",
])  # fmt: skip
_REFERENCES = "text:bibliography"


def read(data: bytes, name: str, limit: int, *, references: bool = False) -> Paper:
    """The document in `data`, which messages call `name`; with `references`, lists of references are looked at, too.

    Raises
    ------
    InputError
        It is damaged, encrypted, too large, or no such document.
    """
    archive = Archive(data, name, limit)
    if _CONTENT not in archive:
        raise InputError(name, "is called .odt but is no text in OpenDocument")
    if _MANIFEST in archive and b"encryption-data" in archive.read(_MANIFEST):
        raise InputError(name, "is encrypted; save it without a password first")
    left_out = _SKIPPED if references else _SKIPPED | {_REFERENCES}
    body = _member(archive, _CONTENT, "", partial(_Reader, skipped=left_out | {_NOTE}))
    others = [_member(archive, _CONTENT, "notes", partial(_Reader, skipped=left_out, only=_IN_NOTE))]
    if _STYLES in archive:
        others.append(_member(archive, _STYLES, "headers and footers", partial(_Reader, skipped=left_out)))
    return paper_of(archive, [body, *(one for one in others if one.view.text)], references=references)


def _member(archive: Archive, member: str, label: str, reader_of: Callable[[str], _Reader]) -> Member:
    source = decoded(archive.read(member), archive.name)
    reader = reader_of(source.text)
    view = reader.read()
    return Member(member, label, source, view, lambda text: reader_of(text).read(), frozenset(reader.headings))


class _Reader:
    """The reading of an XML file, from left to right, without elements that are `skipped`; with `only`, of what stands
    in elements of that name."""

    def __init__(self, text: str, skipped: Collection[str], only: str = "") -> None:
        self.text, self.builder = text, ViewBuilder(text, escape)
        self.skipped, self.only, self.seen = skipped, only, not only
        self.headings: set[int] = set()
        self.number, self.heading = 0, False
        self.skip = self.inside = 0

    def read(self) -> View:
        for part in scan(self.text):
            if part.name in self.skipped:
                self.skip += (part.kind == "start" and not part.closed) - (part.kind == "end")
            elif self.skip:
                continue
            elif self.only and part.name == self.only:
                self.end_paragraph(part.start)
                self.seen, self.inside = part.kind == "start", 0
            elif not self.seen:
                continue
            elif part.kind not in ("text", "cdata"):
                self.tag(part)
            elif self.inside:
                self.run(part)
        self.end_paragraph(len(self.text))
        return self.builder.view()

    def run(self, part: Part) -> None:
        if part.kind == "text":
            add_text(self.builder, self.text, part.start, part.end)
        else:
            content = self.text[part.start : part.end].replace("\n", " ").replace("\r", " ")
            self.builder.add(content, part.start, part.end)

    def tag(self, part: Part) -> None:
        if part.name in _PARAGRAPHS:
            self.end_paragraph(part.start)
            if not part.closed:
                self.inside += 1 if part.kind == "start" else -(self.inside > 0)
            if part.kind == "start":
                self.heading = local(part.name) == "h"
        elif part.kind == "start" and self.inside:
            if part.name in _BLANKS:
                self.builder.blank(part.start, part.end)
            elif part.name in _THINGS:
                self.builder.add(OBJECT, part.start, part.end)

    def end_paragraph(self, place: int) -> None:
        """Where a paragraph begins or ends."""
        if self.builder.border(place):
            if self.heading:
                self.headings.add(self.number)
            self.number += 1
            self.heading = False
