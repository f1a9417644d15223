"""What `--check --format` may name: format → how to write it. A new format is a few lines here, and one in `FORMATS`.

A format writes each document as soon as it is done (`each`), or all of them in the end (`whole`), or both. Its
renderer is imported when it is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from .._version import __version__
from ..results.report import Report


class Shown(NamedTuple):
    """One document, and how people want to see it."""

    path: str
    report: Report
    zipf: Mapping[str, float] | None = None
    """How common the words of the findings are, where evidence is to be shown; None where it is not."""
    colour: bool = False


class Whole(NamedTuple):
    """A whole run."""

    documents: Sequence[tuple[str, Report]]
    errors: Sequence[Mapping[str, str]]
    """A "message" each, and a "path" where one file is to blame."""
    provenance: Mapping[str, object] | None
    """Which data was used (`knowledge.provenance`); None where none could be loaded."""


class Format(NamedTuple):
    """How to write a format; None: nothing at that time."""

    each: Callable[[Shown], str] | None = None
    whole: Callable[[Whole], str] | None = None
    head: str = ""
    """What comes before all documents."""


def _text() -> Format:
    from . import text

    return Format(each=lambda d: text.listing(d.report, d.path, zipf=d.zipf, colour=d.colour))


def _json() -> Format:
    from . import json

    return Format(
        whole=lambda run: json.whole(
            (report.to_dict(path) for path, report in run.documents), run.errors, __version__, run.provenance
        )
    )


def _jsonl() -> Format:
    from . import json

    return Format(each=lambda d: json.line(d.report, d.path))


def _github() -> Format:
    from . import github

    return Format(whole=lambda run: github.commands(run.documents, run.errors))


def _sarif() -> Format:
    from . import sarif

    return Format(whole=lambda run: sarif.whole(run.documents, run.errors, __version__, run.provenance))


def _html() -> Format:
    from . import html

    return Format(whole=lambda run: html.page(run.documents, run.errors, __version__))


def _csv() -> Format:
    from . import table

    return Format(each=lambda d: table.rows(d.report, d.path), head=table.HEAD)


FORMATS: dict[str, Callable[[], Format]] = {
    "text": _text,
    "json": _json,
    "jsonl": _jsonl,
    "github": _github,
    "sarif": _sarif,
    "html": _html,
    "csv": _csv,
}
