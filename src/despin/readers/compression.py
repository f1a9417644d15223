"""Compressed files, by their suffix: bytes in, bytes out, and never more of them than allowed.

gzip, bzip2 and xz come with Python; Zstandard does from 3.14 on, and before that with ``despin[zstd]``.
Start reading from `unpack`.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import IO, Any, NamedTuple, cast

from .source import InputError

_PART = 1 << 20


class _Packer(NamedTuple):
    """A compression format."""

    module: Callable[[], Any]
    magic: bytes


def _zstd() -> Any:
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise ImportError("zstd")


_PACKERS = {
    ".gz": _Packer(lambda: importlib.import_module("gzip"), b"\x1f\x8b"),
    ".bz2": _Packer(lambda: importlib.import_module("bz2"), b"BZh"),
    ".xz": _Packer(lambda: importlib.import_module("lzma"), b"\xfd7zXZ\x00"),
    ".zst": _Packer(_zstd, b"\x28\xb5\x2f\xfd"),
}
SUFFIXES = tuple(_PACKERS)


def suffix(path: str) -> str:
    """The suffix by which `path` is compressed; empty if it is not.

    >>> suffix("page.html.gz"), suffix("page.html")
    ('.gz', '')
    """
    end = os.path.splitext(path)[1].lower()
    return end if end in _PACKERS else ""


def inner(path: str) -> str:
    """`path` without the suffix of its compression.

    >>> inner("page.html.GZ"), inner("page.html")
    ('page.html', 'page.html')
    """
    return os.path.splitext(path)[0] if suffix(path) else path


def opened(file: IO[bytes], path: str) -> IO[bytes]:
    """What is in `file`, unpacked as the suffix of `path` says; `file` itself where it says nothing.

    Raises
    ------
    InputError
        The package for this format is not installed.
    """
    end = suffix(path)
    return cast("IO[bytes]", _module(end, path).open(file, "rb")) if end else file


def unpack(data: bytes, path: str, limit: int) -> bytes:
    """`data`, the content of the file `path`, unpacked: at most `limit` + 1 bytes of it, so that who gets more than
    `limit` knows that it is too much, and a small file that unpacks into a large one fills no memory.

    Raises
    ------
    InputError
        `data` is not what its suffix says, or was cut off, or the package for it is not installed.
    """
    end = suffix(path)
    if not end:
        return data
    if not data.startswith(_PACKERS[end].magic):
        raise InputError(path, f"is called {end} but is not compressed so; give it its right name")
    import io

    parts, size = [], 0
    with translated(path), opened(io.BytesIO(data), path) as file:
        while size <= limit and (part := file.read(min(_PART, limit + 1 - size))):
            parts.append(part)
            size += len(part)
    return b"".join(parts)


def pack(data: bytes, path: str) -> bytes:
    """`data`, compressed as the suffix of `path` says.

    Raises
    ------
    InputError
        The package for this format is not installed.
    """
    end = suffix(path)
    if not end:
        return data
    # No time stamp in a gzip file, so that the same text gives the same bytes.
    more = {"mtime": 0} if end == ".gz" else {}
    return cast("bytes", _module(end, path).compress(data, **more))


def _module(end: str, path: str) -> Any:
    try:
        return _PACKERS[end].module()
    except ImportError:
        raise InputError(
            path, "is compressed with Zstandard, which needs one more package: pip install 'despin[zstd]'"
        ) from None


class translated:
    """A context in which what goes wrong with unpacking becomes an `InputError` about the file `path`."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        # OSError: gzip and bzip2; EOFError: any that was cut off; LZMAError and ZstdError are of no common kind.
        if problem is None or isinstance(problem, InputError):
            return
        if isinstance(problem, EOFError):
            raise InputError(self.path, "was cut off: its compressed data end too early") from None
        name = type(problem).__name__
        if name in ("BadGzipFile", "LZMAError", "ZstdError", "error") or (
            isinstance(problem, OSError) and problem.errno is None
        ):
            raise InputError(self.path, f"is damaged: its compressed data cannot be read ({problem})") from None
