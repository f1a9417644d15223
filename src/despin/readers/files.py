"""Paths → sources, and sources → files again. Start reading from `find`.

Rule: nothing here looks at what a text says.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import IO

from ..util.files import explain, write_whole
from .compression import inner, pack, unpack
from .kinds import PAPERS, SUFFIXES, is_paper, kind_of, paper, pdf_is_read, refused, seen
from .source import LIMIT, FileError, InputError, Source, decode

FOLDER = "is a folder and no text; name the files in it"
_SMALL = 1 << 16  # bytes
_PACKED_NOTHING = 1024
"""Bytes that nothing takes at most, compressed: a head, perhaps with the name of the file."""


def find(paths: Iterable[str], leaves_out: Callable[[str], bool] | None = None) -> Iterator[str | InputError]:
    """The files that `paths` name, in order, each once: a folder stands for its text files, sorted by path.

    Hidden folders are skipped, and so is what `leaves_out` says of the path of a file, or of a folder with a slash
    behind it. Links to folders are not followed, and neither are links to files outside the folder: who restores a
    folder does not mean to write elsewhere. What cannot be listed comes as an `InputError` in its place, so that the
    rest is still read.
    """
    seen_already: set[str] = set()
    for path in paths:
        for found in _walk(path, leaves_out) if os.path.isdir(path) else [path]:
            if isinstance(found, InputError):
                yield found
            elif (real := os.path.realpath(found)) not in seen_already:
                seen_already.add(real)
                yield found


def _walk(folder: str, leaves_out: Callable[[str], bool] | None = None) -> Iterator[str | InputError]:
    problems: list[OSError] = []
    empty, unread = True, False
    suffixes = (*SUFFIXES, *PAPERS) if pdf_is_read() else (*SUFFIXES, *(end for end in PAPERS if end != ".pdf"))
    home = os.path.realpath(folder)
    for here, folders, names in os.walk(folder, onerror=problems.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if leaves_out:
            left = [name for name in folders if not leaves_out(os.path.join(here, name, ""))]
            empty = empty and left == folders
            folders[:] = left
        for name in sorted(names):
            unread = unread or (".pdf" not in suffixes and name.lower().endswith(".pdf"))
            path = os.path.join(here, name)
            if inner(name).lower().endswith(suffixes) and not _is_blank(path) and not _leads_out(path, home):
                empty = False
                if not (leaves_out and leaves_out(path)):
                    yield path
    yield from (InputError(str(problem.filename), explain(problem)) for problem in problems)
    # A check that looked at nothing must not pass, unless that is what it was told.
    if empty and not problems:
        more = "; PDFs need one more package: pip install 'despin[pdf]'" if unread else ""
        yield InputError(folder, f"holds no .txt, .md or .html file; name other files outright{more}")


def _leads_out(path: str, home: str) -> bool:
    return os.path.islink(path) and not os.path.realpath(path).startswith(os.path.join(home, ""))


def _is_blank(path: str) -> bool:
    """Whether a file holds nothing, unpacked: in a folder that is common and harmless."""
    try:
        size = os.path.getsize(path)
        if not size or size > _PACKED_NOTHING or inner(path) == path:
            return size == 0
        with open(path, "rb") as file:
            return not unpack(file.read(), path, 0)
    except (OSError, InputError):  # a dangling link, say, or damage: `read` will tell
        return False


def read(
    path: str,
    *,
    kind: str | None = None,
    encoding: str | None = None,
    limit: int = LIMIT,
    main_content: bool = False,
    references: bool = False,
    may_be_empty: bool = False,
) -> Source:
    """The source at `path`, of the `kind` that its name says unless told otherwise; at most `limit` bytes, unpacked.

    `main_content`: of a page only the article; `references`: of a paper the list of references, too.

    Raises
    ------
    InputError
        It cannot be opened, or is not text (see `plain.decode`), or is too large, or a package is missing.
    """
    if os.path.isdir(path):
        raise InputError(path, FOLDER)
    try:
        with open(path, "rb") as file:
            packed = _limited(file, path, limit)
    except OSError as problem:
        raise FileError(path, explain(problem)) from None
    digest = hashlib.blake2b(packed).digest()
    data = unpack(packed, path, limit) if packed else b""
    if is_paper(kind or kind_of(path)):
        return paper(path, data, kind or kind_of(path), limit=limit, digest=digest, references=references)
    source = parse(path, data, kind=kind, encoding=encoding, limit=limit, digest=digest, may_be_empty=may_be_empty)
    return seen(source, main_content=main_content, references=references)


def read_stream(
    stream: IO[bytes],
    name: str,
    *,
    kind: str | None = None,
    encoding: str | None = None,
    limit: int = LIMIT,
    main_content: bool = False,
    references: bool = False,
    may_be_empty: bool = False,
) -> Source:
    """The source in `stream`, which messages call `name`. Raises as `read` does."""
    try:
        data = _limited(stream, name, limit)
    except OSError as problem:
        raise FileError(name, explain(problem)) from None
    if is_paper(kind or kind_of(name)):
        return paper(name, data, kind or kind_of(name), limit=limit, references=references)
    source = parse(name, data, kind=kind, encoding=encoding, limit=limit, may_be_empty=may_be_empty)
    return seen(source, main_content=main_content, references=references)


def _limited(stream: IO[bytes], name: str, limit: int) -> bytes:
    """All of `stream`, but no more than `limit` bytes and one: a pipe may never end, nor a device."""
    # Most texts are small, and room for the largest that is allowed takes longer to find than they take to read.
    data = stream.read(min(_SMALL, limit + 1))
    if len(data) == _SMALL:
        data += stream.read(limit + 1 - _SMALL)
    if len(data) > limit:
        raise InputError(name, f"is larger than {limit:,} bytes; split it, or allow more with --max-bytes")
    return data


def parse(
    name: str,
    data: bytes,
    *,
    kind: str | None,
    encoding: str | None,
    limit: int,
    digest: bytes = b"",
    may_be_empty: bool = False,
) -> Source:
    """`decode` with the kind that `name` says, unless one is given.

    Raises
    ------
    InputError
        As `decode` does, or `name` says that it is of no kind that is read.
    """
    if kind is None and (why := refused(name)):
        raise InputError(name, why)
    return decode(
        name, data, kind=kind or kind_of(name), encoding=encoding, limit=limit, digest=digest, may_be_empty=may_be_empty
    )


def replace(source: Source, text: str) -> None:
    """Put `text` where `source` was read from, in its encoding and compression: the whole file or nothing.

    Raises
    ------
    InputError
        The file cannot be replaced, or has changed since it was read. It is then as it was.
    """
    data = pack(source.encode(text), source.name)

    def check() -> None:
        with open(os.path.realpath(source.name), "rb") as file:
            now = hashlib.file_digest(file, "blake2b").digest()
        if now != (source.digest or hashlib.blake2b(pack(source.encode(source.text), source.name)).digest()):
            raise InputError(source.name, "has changed since it was read; nothing was written, run it again")

    put_in_place(source.name, lambda file: file.write(data), check)


def put_in_place(path: str, write: Callable[[IO[bytes]], object], check: Callable[[], object]) -> None:
    """Replace the file `path` by what `write` writes, if `check` raises nothing right before.

    The new file is written beside the old one, synced, and renamed over it, so no reader and no power cut ever meets
    half a file. Permissions stay, owner and group where the system lets us; a symbolic link stays a link.

    Raises
    ------
    InputError
        The file cannot be replaced. It is then as it was.
    """
    target = os.path.realpath(path)
    try:
        if not os.path.lexists(target):
            raise InputError(path, "is gone since it was read; nothing was written")
        if not os.path.isfile(target):
            raise InputError(path, "is not a regular file, so it cannot be written in place")
        if not os.access(target, os.W_OK):
            raise InputError(path, "is write-protected; nothing was written")
        write_whole(target, write, check)
    except OSError as problem:
        raise InputError(path, f"cannot be written: {explain(problem)}") from None


def check_unchanged(path: str, before: os.stat_result) -> None:
    """For a file that was not held in memory: its place, size and time of change are those of `before`.

    Raises
    ------
    InputError
    """
    now = os.stat(path)
    if (now.st_ino, now.st_dev, now.st_size, now.st_mtime_ns) != (
        before.st_ino, before.st_dev, before.st_size, before.st_mtime_ns,
    ):  # fmt: skip
        raise InputError(path, "has changed since it was read; nothing was written, run it again")


def put(path: str, data: bytes) -> None:
    """Put `data` at `path`, whether there is a file or not: the whole of it or nothing, as `replace` does.

    Raises
    ------
    InputError
    """
    try:
        write_whole(os.path.realpath(path), lambda file: file.write(data))
    except OSError as problem:
        raise InputError(path, f"cannot be written: {explain(problem)}") from None
