"""A PDF → its pages, lines and paragraphs. Start reading from `read`.

A PDF holds no text but glyphs at places. PDFium finds the characters, words and lines, in the order in which the
program that made the file wrote them, which is that of reading, columns among them; `pdf_layout` makes paragraphs of
the lines. Needs ``despin[pdf]``.

Why PDFium, and not pdfminer.six: docs/papers.md has what was measured. It is no worse in order and hyphens, and many
times as fast; and what browsers print and show goes through it every day.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..source import InputError
from .paper import Paper
from .pdf_layout import Line, paper_of
from .pdf_ligatures import ligatures

_HYPHEN = "\ufffe"
"""PDFium's sign for a hyphen at which a line ends in a word."""
_ENDINGS = re.compile(rf"\r\n|[\n{_HYPHEN}]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\ufeff]+")
_MEANT = re.compile(r"[^\W\d_]")
_NO_MEANING = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")
_SCANNED = (
    "holds no text: its pages are pictures, scanned perhaps; a program that recognises letters has to read it first, "
    "for example: ocrmypdf IN.pdf OUT.pdf"
)
_LETTERLESS = (
    "cannot be read: its fonts do not tell which letters they show; recognise them anew with: ocrmypdf --force-ocr"
)
_MOSTLY = 0.3  # of all characters without a meaning


def read(data: bytes, name: str, limit: int, *, references: bool = False) -> Paper:
    """The document in `data`, which messages call `name`; with `references`, lists of references are looked at, too.

    Raises
    ------
    InputError
        It is damaged, encrypted or holds no text, its text is longer than `limit`, or the package for it is missing.
    """
    pdfium = _pdfium(name)
    document = _opened(pdfium, data, name)
    try:
        pages, size, broken = [], 0, 0
        for number in range(len(document)):
            try:
                lines = _lines_of(document, number)
            except (pdfium.PdfiumError, ValueError):
                lines, broken = [], broken + 1
            size += sum(len(line.text) + 1 for line in lines)
            if size > limit:
                raise InputError(name, f"has more than {limit:,} characters; allow more with --max-bytes")
            pages.append(lines)
    finally:
        document.close()
    pages = _legible(pages)
    _refuse_textless(pages, name)
    return paper_of(pages, data, _notes(pages, broken), references=references)


def _legible(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The lines with letters for ligatures that have no name, and blanks for other characters that nobody sees."""
    meant = str.maketrans(ligatures(line.text for lines in pages for line in lines))
    made = ([line._replace(text=_shown(line.text, meant)) for line in lines] for lines in pages)
    return [[line for line in lines if line.text] for lines in made]


def _shown(text: str, meant: Mapping[int, str]) -> str:
    return text if text.isprintable() else _UNSEEN.sub(" ", text.translate(meant)).strip()


def _pdfium(name: str) -> Any:
    try:
        return importlib.import_module("pypdfium2")
    except ImportError:
        raise InputError(name, "is a PDF, which needs one more package: pip install 'despin[pdf]'") from None


def _opened(pdfium: Any, data: bytes, name: str) -> Any:
    try:
        document = pdfium.PdfDocument(data)
        if not len(document):
            raise InputError(name, "is damaged: it has no pages")
        return document
    except pdfium.PdfiumError as problem:
        said = str(problem).lower()
        if "password" in said:
            raise InputError(name, "is encrypted; save it without a password first") from None
        if "security" in said:
            raise InputError(name, "is encrypted in a way that cannot be read") from None
        raise InputError(name, "is damaged, or no PDF: it cannot be opened") from None


def _lines_of(document: Any, number: int) -> list[Line]:
    """The lines of a page, in the order of reading."""
    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            return list(_lines(text_page, text_page.get_text_range()))
        finally:
            text_page.close()
    finally:
        page.close()


def _lines(text_page: Any, text: str) -> Iterator[Line]:
    wide = not text.isascii()
    done = place = 0  # in `text`, and in the characters of PDFium, which are of 16 bits
    ends = [*((match.start(), match.end()) for match in _ENDINGS.finditer(text)), (len(text), len(text))]
    for end, following in ends:
        content = text[done:end]
        length = len(content.encode("utf-16-le", "surrogatepass")) // 2 if wide else len(content)
        shown = content.rstrip(" ")
        bare = shown.lstrip(" ")
        if bare:
            first, last = place + len(shown) - len(bare), place + length - 1 - (len(content) - len(shown))
            left, bottom, right, top = _box(text_page, first, max(last, first))
            yield Line(bare, text.startswith(_HYPHEN, end), left, bottom, right, top)
        place += length + following - end
        done = following


def _box(text_page: Any, first: int, last: int) -> tuple[float, float, float, float]:
    """The box around the first and the last character of a line, in points; zeros where there is none."""
    try:
        one, other = (text_page.get_charbox(place, loose=True) for place in (first, last))
    except Exception:  # PDFium knows no box for some characters
        return 0.0, 0.0, 0.0, 0.0
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _refuse_textless(pages: Sequence[Sequence[Line]], name: str) -> None:
    text = "".join(line.text for lines in pages for line in lines)
    if not _MEANT.search(text):
        raise InputError(name, _SCANNED)
    if len(_NO_MEANING.findall(text)) > _MOSTLY * len(text):
        raise InputError(name, _LETTERLESS)


def _notes(pages: Sequence[Sequence[Line]], broken: int) -> tuple[str, ...]:
    notes = []
    if empty := sum(not lines for lines in pages) - broken:
        notes.append(f"{empty} of its {len(pages)} pages hold no text, scanned perhaps; they were not checked")
    if broken:
        notes.append(f"{broken} of its {len(pages)} pages are damaged; they were not checked")
    return tuple(notes)
