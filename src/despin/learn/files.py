"""The learner's files: texts and records in, plain or compressed; the learned data out, whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import lzma
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast
from zipfile import BadZipFile

import numpy as np

from ..util.files import write_whole
from .errors import LearningError

Made = TypeVar("Made")

SHORT_PARAGRAPH = 20
"""Characters of a paragraph that stands in many texts, and tells none of them."""


def lines(path: Path) -> Iterator[str]:
    """The lines of `path`, which may be .gz or .xz.

    Raises
    ------
    LearningError
        The file is not UTF-8, or its compression is damaged.
    OSError
    """
    try:
        with _whole(path), io.TextIOWrapper(_open(path), encoding="utf-8") as file:
            yield from file
    except UnicodeDecodeError as error:
        raise LearningError(f"{path}: this is not UTF-8 ({error.reason}); convert it first") from error


def raw_lines(path: Path) -> Iterator[bytes]:
    """The lines of `path`, which may be .gz or .xz, as they are.

    Raises
    ------
    LearningError
        The compression is damaged.
    OSError
    """
    with _whole(path), _open(path) as file:
        yield from file


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, lzma.LZMAError, gzip.BadGzipFile, zlib.error) as error:
        raise LearningError(f"{path}: the compressed file is damaged or cut off ({error})") from error


def _open(path: Path) -> BinaryIO:
    if path.suffix == ".xz":
        return cast(BinaryIO, lzma.open(path))
    if path.suffix == ".gz":
        return cast(BinaryIO, gzip.open(path))
    return open(path, "rb")


def mark(paragraph: str) -> bytes:
    """A digest by which `paragraphs` knows a paragraph again, to leave those of some texts out of others."""
    return hashlib.blake2b(paragraph.strip().encode("utf-8", "surrogatepass"), digest_size=8).digest()


def paragraphs(paths: Iterable[Path]) -> frozenset[bytes]:
    """Digests of the paragraphs of the originals in the JSON Lines files `paths`; short ones stand in many texts.

    Raises
    ------
    LearningError
        A line is not a record with a text named "original".
    OSError
    """
    marks: set[bytes] = set()
    for path in paths:
        for number, line in enumerate(lines(path), start=1):
            try:
                original = json.loads(line)["original"]
                marks.update(mark(part) for part in original.split("\n") if len(part.strip()) > SHORT_PARAGRAPH)
            except (ValueError, KeyError, TypeError, AttributeError) as problem:
                raise LearningError(f'{path}:{number}: this is not a record with a text "original"') from problem
    return frozenset(marks)


def read_arrays(path: Path, make: Callable[[dict[str, Any]], Made], advice: str) -> Made:
    """What `make` makes of the arrays in the file at `path`, word vectors.

    Raises
    ------
    LearningError
        It holds none; the message says `advice`.
    OSError
    """
    with path.open("rb") as file:
        try:
            with np.load(file, allow_pickle=False) as arrays:
                return make(dict(arrays))
        except (ValueError, KeyError, EOFError, TypeError, AttributeError, BadZipFile, zlib.error) as problem:
            raise LearningError(f"{path}: these are no word vectors ({problem}); {advice}") from None


def write_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Put `arrays` into `path`, as `write` does, as a file .npz."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write(path, buffer.getvalue())


def write(path: Path, data: bytes) -> None:
    """Put `data` into `path` all at once: whoever opens it sees the old file or the new one.

    Raises
    ------
    OSError
    """
    write_whole(os.path.realpath(path), lambda file: file.write(data))
