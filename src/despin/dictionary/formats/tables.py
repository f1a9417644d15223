"""The formats with one fact a line: despin's own TSV, spinners' thesauri with pipes, a screener's CSV.

Start reading from any of the four functions at the end of which a `Reading` is made.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import regex

from ...text.characters import normalise
from ..entry import DictionaryFile, Entry, parse
from ..errors import DictionaryError
from .query import QueryError, branches, phrases
from .reading import LONGEST_LINE, Builder, Problems, Reading, digest, shown, usable, words_of
from .spintax import groups

QUERIES = ("query", "fingerprint", "tortured", "tortured phrase", "tortured phrases", "phrase", "pattern")
EXPECTED = (
    "expected", "expected phrase", "expected phrases", "expected term", "established phrase", "original", "correct",
)  # fmt: skip
BLOCK = 1000  # lines that are parsed at once; where one is bad, each by itself
_REMARK = regex.compile(r" ?(?:\([^()]*\)|\[[^][]*\])")
_UNQUOTED = regex.compile(r'"[^"]+" *(?:AND|OR|NOT|NEAR|WITHIN|PRE|W|N|~)')
_PARTIAL = regex.compile(r"^#: *partial: *yes *$", regex.MULTILINE)
_MESSAGE = regex.compile(r"[^\n]*?:(\d+): (.*)", regex.DOTALL)


def family(name: str) -> str:
    """The family of a file that does not say: its name."""
    return Path(name).stem


def despin(text: str, name: str) -> Reading:
    """despin's own format; `dictionary.parse` says what is wrong, here for all lines and not only for the first."""
    problems = Problems()
    good = dict(usable(text, problems))
    entries: list[Entry] = []
    lines: list[int] = []
    numbers = sorted(good)
    header = "\n".join(good[number] for number in numbers if good[number].startswith("#:"))
    try:
        whole = parse(header, name)
    except DictionaryError as problem:
        match = _MESSAGE.match(str(problem))
        at = [number for number in numbers if good[number].startswith("#:")][int(match[1]) - 1 if match else 0]
        problems.error(at, match[2] if match else str(problem), "header")
        header, whole = "", parse("", name)
    rows = [number for number in numbers if not good[number].startswith("#:")]
    for number in [number for number in rows if good[number].startswith("#")]:
        problems.error(
            number, "a comment; only lines that begin with #: may say something else than entries: write #: note: …",
            "comments",
        )  # fmt: skip
    rows = [number for number in rows if not good[number].startswith("#")]
    for begin in range(0, len(rows), BLOCK):
        block = rows[begin : begin + BLOCK]
        try:
            entries += parse("\n".join([header, *(good[number] for number in block)]), name).entries
            lines += block
        except DictionaryError:
            for number in block:
                try:
                    entries += parse(f"{header}\n{good[number]}", name).entries
                    lines.append(number)
                except DictionaryError as problem:
                    match = _MESSAGE.match(str(problem))
                    problems.error(number, match[2] if match else str(problem), "lines")
    if not entries:
        problems.error(0, "there is no entry; write one a line: spun, a tab, original", "empty")
    partial = _PARTIAL.search(header) is not None or not any(entry.seen for entry in entries)
    source = DictionaryFile(whole.family, tuple(entries), digest(text), partial, whole.reserve)
    return Reading(name, "despin", source, tuple(lines), problems.sorted())


def pipes(text: str, name: str) -> Reading:
    """A spinner's thesaurus, ``word|alternative|alternative`` a line, turned round: each alternative may stand for the
    word. A word with n alternatives becomes each of them once in n times."""
    builder = Builder(name, "pipes", family(name), text)
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for number, line in usable(text, builder.problems, LONGEST_LINE):
        if line.startswith("#"):
            continue
        word, *alternatives = [" ".join(field.split()) for field in normalise(line).split("|")]
        if not word or not any(alternatives):
            builder.problems.warn(
                number, "left out: a line is a word and what may be put for it, as in word|alternative|alternative",
                "lines left out",
            )  # fmt: skip
            continue
        known = found[word]
        for alternative in alternatives:
            if alternative and alternative != word:
                known.setdefault(alternative, number)
    _turned_round(builder, found)
    return builder.finish()


def spintax(text: str, name: str) -> Reading:
    """Lines or whole pages of spintax: the first alternative of a group is the original."""
    builder = Builder(name, "spintax", family(name), text)
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    good = dict(usable(text, builder.problems, LONGEST_LINE * 100))
    last = max(good, default=0)
    for group in groups("\n".join(good.get(number, "") for number in range(1, last + 1)), builder.problems):
        for spun in group.spun:
            found[normalise(group.original)].setdefault(normalise(spun), group.line)
    _turned_round(builder, found, stays=1)
    return builder.finish()


def _turned_round(builder: Builder, found: dict[str, dict[str, int]], stays: int = 0) -> None:
    """The entries of each original with its alternatives, one of which it becomes, or stays as it is."""
    for original, alternatives in found.items():
        for spun, number in alternatives.items():
            builder.add(number, spun, original, 1, len(alternatives) + stays)


def screener(text: str, name: str) -> Reading:
    """A screener's table of queries and the terms that they betray (`query` has the grammar)."""
    builder = Builder(name, "screener", family(name), text)
    rows = list(_rows(text, builder.problems))
    columns = header_columns(rows[0][1]) if rows else None
    if columns is not None:
        queries = [fields[columns[0]] for _, fields in rows[1:] if len(fields) > columns[0]]
        words = words_of(phrase for query in queries for phrase in phrases(query))
        for number, fields in rows[1:]:
            _screened(builder, number, fields, columns, words)
    elif rows:
        names = ", ".join(shown(field) for field in rows[0][1][:6])
        builder.problems.error(
            rows[0][0],
            f"the first line must name the columns, one of {', '.join(QUERIES)} and one of {', '.join(EXPECTED)}; it "
            f"names {names}", "header",
        )  # fmt: skip
    return builder.finish()


def _screened(
    builder: Builder, number: int, fields: list[str], columns: tuple[int, int], words: Mapping[str, tuple[str, ...]]
) -> None:
    if len(fields) <= max(columns) or not fields[columns[0]].strip():
        told = f"left out: the line has {len(fields)} columns, or an empty one, and its header names more"
        builder.problems.warn(number, told, "columns")
        return
    expected = " ".join(fields[columns[1]].split())
    # "principal component analysis (PCA)", "strengths and weaknesses?"
    expected = _REMARK.sub("", expected).strip(" ?")
    if not expected:
        builder.problems.warn(number, "no expected term is given, so that nothing can be restored; left out", "no term")
        return
    try:
        found = branches(fields[columns[0]], words)
    except QueryError as problem:
        builder.problems.warn(number, f"left out: {problem}", "queries left out")
        return
    for branch in found:
        if branch.apart:
            builder.problems.warn(
                number, f"{shown(branch.spun)} is looked for as it stands, without other words between", "distances"
            )
        builder.add(number, branch.spun, expected, condition=branch.condition)


def header_columns(fields: list[str]) -> tuple[int, int] | None:
    """Which columns hold the query and the expected term; None: `fields` is no such header."""
    names = [" ".join(field.casefold().replace("_", " ").split()) for field in fields]
    query = next((names.index(name) for name in QUERIES if name in names), None)
    expected = next((names.index(name) for name in EXPECTED if name in names), None)
    return None if query is None or expected is None else (query, expected)


def _rows(text: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table with tabs, semicolons or commas: whichever makes its first line a header."""
    lines = usable(text, problems)
    lines = ((number, line) for number, line in lines if not line.startswith("#:"))
    first = next(lines, None)
    if first is None:
        return
    delimiter = next((each for each in "\t;," if header_columns(split(first[1], each))), ",")
    yield first[0], split(first[1], delimiter)
    for number, line in lines:
        # One line, one row: a quotation mark that is never closed must not swallow the rest of the file.
        yield number, split(line, delimiter)


def split(line: str, delimiter: str) -> list[str]:
    """The fields of a line of CSV; with tabs, or where it is not CSV, quotation marks are text."""
    if delimiter == "\t":
        return line.split("\t")
    if _UNQUOTED.match(line):  # quotation marks of the query and none of CSV
        parts = line.split('"')
        parts[::2] = [part.replace(delimiter, "\0") for part in parts[::2]]  # outside of quotation marks
        marked = '"'.join(parts)
        return [field.strip() for field in marked.split("\0")]
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except (csv.Error, StopIteration):
        return line.split(delimiter)
