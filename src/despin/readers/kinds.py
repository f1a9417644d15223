"""Which kind of text a file holds, by its name, and how that kind is seen. Start reading from `seen`.

Rule: a kind is never guessed from the content: a text that talks about HTML is not HTML.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .compression import inner
from .source import InputError, Source

if TYPE_CHECKING:
    from ..text.view import View
    from .papers.paper import Paper

KINDS = ("text", "html", "markdown", "mdx", "rst", "asciidoc", "latex", "notebook", "subtitles", "jats")
SUFFIXES = {
    ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown", ".rmd": "markdown", ".qmd": "markdown",
    ".mdx": "mdx", ".html": "html", ".htm": "html", ".xhtml": "html", ".rst": "rst", ".rest": "rst",
    ".adoc": "asciidoc", ".asciidoc": "asciidoc", ".tex": "latex", ".ltx": "latex", ".ipynb": "notebook",
    ".srt": "subtitles", ".vtt": "subtitles", ".nxml": "jats", ".jats": "jats",
}  # fmt: skip
"""What is read of a folder, and as what; a file named outright may be called anything but what is known to be no prose
that despin can read."""
PAPERS = {".docx": "docx", ".odt": "odt", ".epub": "epub", ".pdf": "pdf"}
"""Documents that are no plain text, read of a folder as well, by their suffix (`papers`)."""
READ_ONLY = ("pdf",)
"""Kinds that cannot be written."""
_PAPER_MODULES = {"docx": "word", "odt": "opendocument", "epub": "epub", "pdf": "pdf"}
_UNREAD_NAMES = """
    astro bib c cfg cpp cs css csv dita doc docbook fodt go h hpp ini java jinja jinja2 js json
    jsx kt liquid lua mediawiki org php pl po pot pptx ps1 py pyi r rb rs rtf scss sh sql svelte svg tei
    texi texinfo textile toml ts tsv tsx twig vue wiki xlsx xml yaml yml
"""
_UNREAD = frozenset(f".{name}" for name in _UNREAD_NAMES.split())


def refused(path: str) -> str:
    """A sentence where the name of the file `path` says that it is in a format that is not read; else nothing.

    >>> refused("notes.org.gz"), refused("notes.txt")
    ('is called .org, a format that despin does not read; nothing was changed. --type text reads it as plain text', '')
    """
    end = os.path.splitext(inner(path))[1].lower()
    if end not in _UNREAD:
        return ""
    if end == ".xml":
        return "is called .xml, which may be anything; nothing was changed. --type jats reads an article in JATS"
    return (
        f"is called {end}, a format that despin does not read; nothing was changed. --type text reads it as plain text"
    )


_SOLID, _NOTHING = re.compile(r"\S"), "\ufffc"


def kind_of(path: str) -> str:
    """The kind of the file `path`.

    >>> kind_of("a.html.gz"), kind_of("README.md"), kind_of("notes")
    ('html', 'markdown', 'text')
    """
    end = os.path.splitext(inner(path))[1].lower()
    return SUFFIXES.get(end) or PAPERS.get(end, "text")


def is_paper(kind: str) -> bool:
    """Whether `kind` is that of a document that is no plain text."""
    return kind in _PAPER_MODULES


def pdf_is_read() -> bool:
    """Whether the package that reads PDFs is installed: without it, those of a folder are left out as other files are,
    and one that is named outright is refused with a sentence."""
    return importlib.util.find_spec("pypdfium2") is not None


def paper(name: str, data: bytes, kind: str, *, limit: int, digest: bytes = b"", references: bool = False) -> Source:
    """The document in `data`, which messages call `name`; with `references`, its list of references is looked at, too.

    Raises
    ------
    InputError
        It is empty, damaged, encrypted or too large, holds no text, or the package that reads it is not installed.
    """
    if not data:
        raise InputError(name, "is empty: there is nothing to read")
    module = importlib.import_module(f".papers.{_PAPER_MODULES[kind]}", __package__)
    made: Paper = module.read(data, name, limit, references=references)
    return Source(name, made.text, kind=kind, notes=made.notes, digest=digest, view=made.prose, paper=made)


def view(text: str, kind: str, *, references: bool = False) -> View | None:
    """The prose of `text`, which is of `kind`; None: all of it. With `references`, lists of references are prose, too,
    in the kinds that papers are written in."""
    if kind == "text":
        return None
    more = {"mdx": True} if kind == "mdx" else {"references": references} if kind in _WITH_REFERENCES else {}
    made: View = _module(kind).view(text, **more)
    return made


_WITH_REFERENCES = ("latex", "jats")


def _module(kind: str) -> Any:
    return importlib.import_module(f".markup.{'markdown' if kind == 'mdx' else kind}", __package__)


def remarks(source: Source) -> str:
    """The text of `source` with a sign that means nothing in place of all in which a comment to despin is none, such as
    code that speaks of despin; blanks and lines stay."""
    if source.kind in ("text", "subtitles") or "despin:" not in source.text.lower():
        return source.text
    if source.paper is not None:  # its author is not who checks it, and must not have a say
        return _SOLID.sub(_NOTHING, source.text)
    pieces, done = [], 0
    for start, end in _module(source.kind).remarks(source.text):
        pieces += [source.text[done:start], _SOLID.sub(_NOTHING, source.text[start:end])]
        done = end
    return "".join([*pieces, source.text[done:]])


def seen(source: Source, *, main_content: bool = False, references: bool = False) -> Source:
    """`source` with its view; with `main_content`, of a page without what stands around the article; with `references`,
    of a paper the list of references, too.

    Raises
    ------
    InputError
        It is no notebook though it is called one, or the package that finds the main content is not installed.
    """
    try:
        made = view(source.text, source.kind, references=references)
    except ValueError as problem:
        raise InputError(source.name, str(problem)) from None
    if main_content and source.kind == "html" and made is not None:
        from .markup.main_content import narrow

        try:
            made = narrow(made)
        except ImportError:
            raise InputError(source.name, "--main-content needs one more package: pip install 'despin[html]'") from None
    return replace(source, view=made)


def reworded(source: Source, start: int, end: int, words: str) -> str:
    """What source.text[start:end] becomes where a person wrote `words` in its place: they are read as they were typed.

    Raises
    ------
    ValueError
        See `results.lift.reworded`.
    """
    if source.view is None or source.paper is not None:
        return words
    from ..results import lift

    if source.kind == "html":
        from .markup import html

        return lift.reworded(source.view, start, end, words, html.typed)
    if source.kind not in ("markdown", "mdx"):
        return lift.reworded(source.view, start, end, words, source.view.escape)
    from .markup import markdown_inline

    written = lift.reworded(source.view, start, end, words, markdown_inline.typed)
    return markdown_inline.begun(written, source.text, start)
