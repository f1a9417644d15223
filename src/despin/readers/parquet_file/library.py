"""pyarrow, and whatever it finds wrong as a sentence."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from ..source import InputError
from .footer import Footer, View

_PART = 1 << 20  # bytes that are read at once


def pyarrow(name: str) -> tuple[Any, Any]:
    """pyarrow and its module for Parquet, for the file called `name`.

    Raises
    ------
    InputError
        It is not installed.
    """
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise InputError(name, "is read with pyarrow, which is not installed: pip install 'despin[parquet]'") from None


@contextmanager
def explained(name: str, what: str) -> Iterator[None]:
    """Whatever a library finds wrong inside becomes an `InputError`: `what`, and the reason."""
    try:
        yield
    except InputError:
        raise
    except MemoryError:
        raise InputError(name, f"{what} (it takes more memory than there is)") from None
    # pyarrow's own exceptions are each also one of these.
    except (OSError, ValueError, TypeError, LookupError, AttributeError, NotImplementedError, RuntimeError) as problem:
        raise InputError(name, f"{what} ({_short(problem)})") from None
    except Exception as problem:
        if not type(problem).__module__.startswith("pyarrow"):
            raise
        raise InputError(name, f"{what} ({_short(problem)})") from None


def _short(problem: Exception) -> str:
    reason = getattr(problem, "strerror", None) or str(problem)
    return str(reason).split("\n")[0].rstrip(".")[:200] or type(problem).__name__


def opened(stream: IO[bytes], footer: Footer, name: str) -> Any:
    """The data of `stream`, seen with `footer`, as a `pyarrow.parquet.ParquetFile`. Raises InputError."""
    _, parquet = pyarrow(name)
    with explained(name, "cannot be read"):
        return parquet.ParquetFile(io.BufferedReader(View(stream, footer), _PART))
