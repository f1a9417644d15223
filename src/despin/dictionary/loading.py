"""Dictionary files → entries: the shipped ones as they are, those of users in whatever format they are, held to all
laws of the data. Start reading from `parse_files`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from .entry import DictionaryFile, parse
from .errors import DictionaryError
from .files import Tier, dictionary_paths, is_shipped
from .formats.detect import FORMATS, Reading
from .formats.reading import Severity
from .validation import validate

_WARNINGS_LISTED = 10  # of a file, whenever it is used; --validate tells all


def load_files(
    language: str = "en", names: Sequence[str] = (), tier: Tier = Tier.RESERVE
) -> tuple[DictionaryFile, ...]:
    """The dictionaries `names` of `language` up to `tier`, as read, of `files.dictionary_paths`.

    Raises
    ------
    DictionaryError
        There is no such dictionary, or it breaks a law of the data.
    OSError
        A file cannot be read.
    """
    return parse_files((path, path.read_bytes()) for path in dictionary_paths(language, names, tier))


def parse_files(contents: Iterable[tuple[Path, bytes]]) -> tuple[DictionaryFile, ...]:
    """The files, each with its content, as read.

    Raises
    ------
    DictionaryError
        A file breaks a law of the data; the message says in which line, and what to do.
    """
    return tuple(
        _shipped(path, content) if is_shipped(path) else users(str(path), content) for path, content in contents
    )


def users(name: str, content: bytes) -> DictionaryFile:
    """A user's dictionary in the bytes of a file. Raises as `parse_files` does."""
    reading, problems = validate(content, name)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if reading is None or errors:
        rest = f" ({len(errors) - 1:,} more: despin --validate {name})" if len(errors) > 1 else ""
        raise DictionaryError(errors[0].tell(name) + rest)
    return replace(reading.source, conditions=reading.conditions, notices=_notices(reading), lines=reading.lines)


def _notices(reading: Reading) -> tuple[str, ...]:
    """Of a file in despin's own format there is nothing to tell but what was left out."""
    entries, name = len(reading.source.entries), reading.name
    lines = [f"{name}: read as {FORMATS[reading.format]}: {entries:,} entr{'y' if entries == 1 else 'ies'}"]
    lines = [] if reading.format == "despin" else lines
    lines += [problem.tell(name) for problem in reading.warnings[:_WARNINGS_LISTED]]
    if (more := len(reading.warnings) - _WARNINGS_LISTED) > 0:
        lines.append(f"{name}: {more:,} more warnings; see them with: despin --validate {name}")
    return tuple(lines)


def _shipped(path: Path, content: bytes) -> DictionaryFile:
    try:
        return parse(content.decode(), str(path))
    except UnicodeDecodeError as problem:
        raise DictionaryError(f"{path}: byte {problem.start} is not UTF-8; get the file again") from None
