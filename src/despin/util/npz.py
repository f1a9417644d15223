"""Files of arrays (.npz) that may be anything: what is wrong with one is said in a sentence. Start reading from `read`.

Such a file holds arrays by name, and in one of them, `provenance`, JSON that says how they came about.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Wrong = Callable[[str], Exception]
"""A reason why a file cannot be used → what is raised."""


def read(
    path: str | os.PathLike[str], columns: Iterable[str], wrong: Wrong
) -> tuple[dict[str, NDArray[Any]], Mapping[str, Any]]:
    """The arrays of the file at `path`, with `columns` among them, and its provenance.

    Raises
    ------
    Exception
        What `wrong` makes of the reason: one is missing, or it is no such file.
    OSError
        The file cannot be opened.
    """
    with Path(path).open("rb") as file, explained(wrong):
        with np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
        for name in (*columns, "provenance"):
            if name not in arrays:
                raise KeyError(f"{name} is not a file in the archive")
        if not all(isinstance(array, np.ndarray) for array in arrays.values()):
            raise ValueError("a part of it is no array")
        return arrays, json.loads(str(arrays["provenance"]))


@contextmanager
def explained(wrong: Wrong) -> Iterator[None]:
    """Whatever a damaged file makes of the work on it is raised as what `wrong` makes of it."""
    try:
        yield
    except Exception as problem:
        if not isinstance(problem, broken()):
            raise
        raise wrong(str(problem)) from None


def broken() -> tuple[type[Exception], ...]:
    """What reading a damaged file raises: of NumPy, of zip files and their compressions, and of a size that is none."""
    from lzma import LZMAError
    from struct import error as StructError
    from zipfile import BadZipFile
    from zlib import error as ZlibError

    return (
        ValueError, KeyError, IndexError, EOFError, TypeError, AttributeError, OSError, RuntimeError, MemoryError,
        OverflowError, BadZipFile, LZMAError, StructError, ZlibError,
    )  # fmt: skip
