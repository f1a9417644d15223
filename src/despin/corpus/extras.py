"""What is not installed is told with what to type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..util.errors import DespinError


class MissingExtra(DespinError, ImportError):
    """An engine is not installed; the message says how to install it."""


@contextmanager
def needs(package: str, extra: str) -> Iterator[None]:
    """Imports inside that fail for want of `package` say which extra of despin brings it.

    Raises
    ------
    MissingExtra
        The import failed.
    """
    try:
        yield
    except ImportError as problem:
        raise MissingExtra(
            f"this needs {package} ({problem}); install it with: pip install 'despin[{extra}]'"
        ) from problem
