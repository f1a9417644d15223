"""The learner's files: texts and records in, plain or compressed; the learned data out, whole or not at all."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast
from zipfile import BadZipFile

import numpy as np

from ..util.files import write_whole
from .language_model.learn import LearningError

Made = TypeVar("Made")


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
