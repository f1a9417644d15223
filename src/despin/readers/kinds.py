"""Which kind of text a file holds, by its name, and how that kind is seen. Start reading from `seen`.

Rule: a kind is never guessed from the content: a text that talks about HTML is not HTML.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from .compression import inner
from .source import InputError, Source

if TYPE_CHECKING:
    from ..text.view import View

KINDS = ("text", "html", "markdown")
SUFFIXES = {
    ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html",
    ".xhtml": "html",
}  # fmt: skip
"""What is read of a folder, and as what; a file named outright may be called anything."""


def kind_of(path: str) -> str:
    """The kind of the file `path`.

    >>> kind_of("a.html.gz"), kind_of("README.md"), kind_of("notes")
    ('html', 'markdown', 'text')
    """
    return SUFFIXES.get(os.path.splitext(inner(path))[1].lower(), "text")


def view(text: str, kind: str) -> View | None:
    """The prose of `text`, which is of `kind`; None: all of it."""
    if kind == "html":
        from .markup import html

        return html.view(text)
    if kind == "markdown":
        from .markup import markdown

        return markdown.view(text)
    return None


def seen(source: Source, *, main_content: bool = False) -> Source:
    """`source` with its view; with `main_content`, of a page without what stands around the article.

    Raises
    ------
    InputError
        The package that finds the main content is not installed.
    """
    made = view(source.text, source.kind)
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
    from .markup import markdown_inline

    written = lift.reworded(source.view, start, end, words, markdown_inline.typed)
    return markdown_inline.begun(written, source.text, start)
