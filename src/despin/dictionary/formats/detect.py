"""Dictionaries that users bring: the content of a file → `Reading`, in whatever format it is.

    reading     what all formats share: problems, phrases made normal, bytes and lines
    query       the query grammar of a screener
    spintax     groups in braces
    tables      despin's own TSV, thesauri with pipes, a screener's CSV

All is pure and linear in the size of the file; nothing in a file is ever run or used as a pattern. Start reading from
`read`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

import regex

from ..conditions import Condition, Document, holds
from ..errors import DictionaryError
from . import tables
from .reading import NAMED, Problem, Problems, Reading, Severity, canonical, decode, written

__all__ = [
    "FORMATS", "NAMED", "Condition", "Document", "Problem", "Problems", "Reading", "Severity", "canonical", "decode",
    "holds", "load", "read", "sniff", "written",
]  # fmt: skip

FORMATS: Mapping[str, str] = {
    "despin": "despin's own, columns separated by tabs",
    "pipes": "a spinner's thesaurus, word|alternative|alternative",
    "spintax": "spintax, {word|alternative}",
    "screener": "a screener's table of queries and expected terms",
}
_READERS: Mapping[str, Callable[[str, str], Reading]] = {
    "despin": tables.despin, "pipes": tables.pipes, "spintax": tables.spintax, "screener": tables.screener,
}  # fmt: skip
_SAMPLE = 50  # lines
_LINE = regex.compile(r"[^\n]{0,2000}")  # of which so much is looked at
_GROUP = regex.compile(r"\{[^{}\n]*\|")


def sniff(text: str, name: str) -> str:
    """The format of a file with the content `text`: a key of `FORMATS`.

    Raises
    ------
    DictionaryError
        It is none of them.
    """
    lines = list(islice((match[0] for match in _LINE.finditer(text) if match[0].strip()), _SAMPLE))
    if any(line.startswith("#:") for line in lines[:20]):
        return "despin"
    if lines and any(tables.header_columns(tables.split(lines[0], each)) for each in "\t;,"):
        return "screener"
    rows = [line for line in lines if not line.startswith("#")]
    if any(map(_GROUP.search, rows)):
        return "spintax"
    if sum("|" in line for line in rows) > len(rows) / 2:
        return "pipes"
    if Path(name).suffix.lower() == ".tsv" or sum("\t" in line for line in rows) > len(rows) / 2:
        return "despin"
    if Path(name).suffix.lower() == ".csv":
        return "screener"
    known = "; ".join(FORMATS.values())
    raise DictionaryError(f"{name}: this is no dictionary in a known format ({known}); see docs/dictionaries.md")


def read(text: str, name: str, format: str | None = None) -> Reading:
    """The dictionary with the content `text`; its `problems` say what is wrong, and nothing is raised for bad lines.

    Raises
    ------
    DictionaryError
        `format` is not given, and `sniff` cannot tell it.
    """
    return _READERS[format or sniff(text, name)](text, name)


def load(data: bytes, name: str) -> Reading:
    """The dictionary in the bytes of a file, fit for use; warnings stay in its `problems`.

    Raises
    ------
    DictionaryError
        It has errors; the message is the first of them, with its line and what to do.
    """
    reading = read(decode(data, name), name)
    if reading.errors:
        more = len(reading.errors) - 1
        rest = f" ({more:,} more: despin --validate {name})" if more else ""
        raise DictionaryError(reading.errors[0].tell(name) + rest)
    return reading
