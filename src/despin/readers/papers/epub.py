"""A book or paper in EPUB → its chapters. Start reading from `read`.

The pages of the spine are read, in its order, as `markup.html` reads pages; what else is in the archive is not.

EPUB 3.3: https://www.w3.org/TR/epub-33/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

import numpy as np

from ...text.view import View
from ..markup import html
from ..source import InputError
from .archive import Archive
from .member import Member, paper_of
from .paper import Paper
from .xml_tags import attributes, decoded, local, scan

_CONTAINER, _PROTECTION = "META-INF/container.xml", "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html")
_TITLE = re.compile(r"(?is)<head\b.*?</head\s*>")


def read(data: bytes, name: str, limit: int, *, references: bool = False) -> Paper:
    """The book in `data`, which messages call `name`; with `references`, lists of references are looked at, too.

    Raises
    ------
    InputError
        It is damaged, protected, too large, or no such book.
    """
    archive = Archive(data, name, limit)
    if _CONTAINER not in archive:
        raise InputError(name, "is called .epub but is no book in EPUB")
    protected = _protected(archive)
    members = []
    for page in _spine(archive):
        if page in protected:
            raise InputError(name, "is protected by its publisher (DRM), so its text cannot be read")
        source = decoded(archive.read(page), name)
        members.append(Member(page, posixpath.basename(page), source, _view(source.text), _view))
    return paper_of(archive, [one for one in members if one.view.text.strip()], references=references)


def _view(page: str) -> View:
    """The prose of a page, the last paragraph ended like the others; its head, with the title once more, left out."""
    seen = html.view(_TITLE.sub(lambda match: " " * len(match[0]), page))
    seen = View(page, seen.text, seen.at, seen.start, seen.end, seen.keeps_gaps, seen.escape)
    if not seen.text or seen.text.endswith("\n"):
        return seen
    at, end = np.append(seen.at, len(seen.text) + 1), len(page)
    start, stop = np.append(seen.start, end), np.append(seen.end, end)
    return View(page, seen.text + "\n", at, start, stop, seen.keeps_gaps, seen.escape)


def _starts(archive: Archive, member: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Name and attributes of the elements in an XML file of the archive."""
    text = decoded(archive.read(member), archive.name).text
    for part in scan(text):
        if part.kind == "start":
            yield local(part.name), attributes(text[part.start : part.end])


def _spine(archive: Archive) -> list[str]:
    """The members that are pages, in the order of reading."""
    package = next(
        (given.get("full-path", "") for name, given in _starts(archive, _CONTAINER) if name == "rootfile"), ""
    )
    folder = posixpath.dirname(package)
    items: dict[str, str] = {}
    order = []
    for name, given in _starts(archive, package):
        if name == "item" and given.get("media-type") in _PAGES:
            items[given.get("id", "")] = posixpath.normpath(posixpath.join(folder, unquote(given.get("href", ""))))
        elif name == "itemref":
            order.append(given.get("idref", ""))
    return list(dict.fromkeys(items[one] for one in order if one in items))


def _protected(archive: Archive) -> set[str]:
    """The members that are encrypted; fonts often are, and do not matter."""
    if _PROTECTION not in archive:
        return set()
    return {unquote(given.get("URI", "")) for name, given in _starts(archive, _PROTECTION) if name == "CipherReference"}
