"""Which kind of text a file holds, by its name, and how that kind is seen. Start reading from `seen`.

Rule: a kind is never guessed from the content: a text that talks about HTML is not HTML.
"""

from __future__ import annotations

import importlib
import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .compression import inner
from .source import InputError, Source

if TYPE_CHECKING:
    from ..text.view import View

KINDS = ("text", "html", "markdown", "mdx", "rst", "asciidoc", "latex", "notebook", "subtitles")
SUFFIXES = {
    ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown", ".rmd": "markdown", ".qmd": "markdown",
    ".mdx": "mdx", ".html": "html", ".htm": "html", ".xhtml": "html", ".rst": "rst", ".rest": "rst",
    ".adoc": "asciidoc", ".asciidoc": "asciidoc", ".tex": "latex", ".ltx": "latex", ".ipynb": "notebook",
    ".srt": "subtitles", ".vtt": "subtitles",
}  # fmt: skip
"""What is read of a folder, and as what; a file named outright may be called anything but what is known to be no prose
that despin can read."""
_UNREAD_NAMES = """
    astro bib c cfg cpp cs css csv dita docbook docx epub fodt go h hpp ini java jinja jinja2 js json
    jsx kt liquid lua mediawiki odt org pdf php pl po pot pptx ps1 py pyi r rb rs rtf scss sh sql svelte svg tei
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
    return (
        f"is called {end}, a format that despin does not read; nothing was changed. --type text reads it as plain text"
    )


_SOLID, _NOTHING = re.compile(r"\S"), "\ufffc"


def kind_of(path: str) -> str:
    """The kind of the file `path`.

    >>> kind_of("a.html.gz"), kind_of("README.md"), kind_of("notes")
    ('html', 'markdown', 'text')
    """
    return SUFFIXES.get(os.path.splitext(inner(path))[1].lower(), "text")


def view(text: str, kind: str) -> View | None:
    """The prose of `text`, which is of `kind`; None: all of it."""
    if kind == "text":
        return None
    made: View = _module(kind).view(text, **({"mdx": True} if kind == "mdx" else {}))
    return made


def _module(kind: str) -> Any:
    return importlib.import_module(f".markup.{'markdown' if kind == 'mdx' else kind}", __package__)


def remarks(source: Source) -> str:
    """The text of `source` with a sign that means nothing in place of all in which a comment to despin is none, such as
    code that speaks of despin; blanks and lines stay."""
    if source.kind in ("text", "subtitles") or "despin:" not in source.text.lower():
        return source.text
    pieces, done = [], 0
    for start, end in _module(source.kind).remarks(source.text):
        pieces += [source.text[done:start], _SOLID.sub(_NOTHING, source.text[start:end])]
        done = end
    return "".join([*pieces, source.text[done:]])


def seen(source: Source, *, main_content: bool = False) -> Source:
    """`source` with its view; with `main_content`, of a page without what stands around the article.

    Raises
    ------
    InputError
        It is no notebook though it is called one, or the package that finds the main content is not installed.
    """
    try:
        made = view(source.text, source.kind)
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
    if source.view is None:
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
