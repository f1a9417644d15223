"""Paths → sources, and sources → files again. Start reading from `find`.

Rule: nothing here looks at what a text says.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from .plain import InputError, Source, decode

TEXT_SUFFIXES = (".txt", ".md")
"""What is read of a folder; a file named outright may be called anything."""


def find(paths: Iterable[str], leaves_out: Callable[[str], bool] | None = None) -> Iterator[str | InputError]:
    """The files that `paths` name, in order, each once: a folder stands for its text files, sorted by path.

    Hidden folders are skipped and links to folders are not followed, and so is what `leaves_out` says of the path of
    a file, or of a folder with a slash behind it. What cannot be listed comes as an `InputError` in its place, so that
    the rest is still read.
    """
    seen: set[str] = set()
    for path in paths:
        for found in _walk(path, leaves_out) if os.path.isdir(path) else [path]:
            if isinstance(found, InputError):
                yield found
            elif (real := os.path.realpath(found)) not in seen:
                seen.add(real)
                yield found


def _walk(folder: str, leaves_out: Callable[[str], bool] | None = None) -> Iterator[str | InputError]:
    problems: list[OSError] = []
    empty = True
    for here, folders, names in os.walk(folder, onerror=problems.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if leaves_out:
            left = [name for name in folders if not leaves_out(os.path.join(here, name, ""))]
            empty = empty and left == folders
            folders[:] = left
        for name in sorted(names):
            path = os.path.join(here, name)
            if name.lower().endswith(TEXT_SUFFIXES) and not _is_blank(path):
                empty = False
                if not (leaves_out and leaves_out(path)):
                    yield path
    yield from (InputError(str(problem.filename), explain(problem)) for problem in problems)
    # A check that looked at nothing must not pass, unless that is what it was told.
    if empty and not problems:
        yield InputError(folder, f"holds no {' or '.join(TEXT_SUFFIXES)} file; name other files outright")


def _is_blank(path: str) -> bool:
    """Whether a file holds nothing: named outright that is an error, in a folder it is common and harmless."""
    try:
        return os.path.getsize(path) == 0
    except OSError:  # a dangling link, say: `read` will tell
        return False


def read(path: str) -> Source:
    """The source at `path`.

    Raises
    ------
    InputError
        It cannot be opened, or is not text (see `decode`).
    """
    if os.path.isdir(path):
        raise InputError(path, "is a folder; use --check, --diff or --write for all its text files")
    try:
        data = Path(path).read_bytes()
    except OSError as problem:
        raise InputError(path, explain(problem)) from None
    return decode(path, data)


def replace(source: Source, text: str) -> None:
    """Put `text` where `source` was read from, in its encoding: the whole file or nothing.

    The new file is written beside the old one, synced, and renamed over it, so no reader and no power cut ever meets
    half a file. Permissions stay, owner and group where the system lets us; a symbolic link stays a link.

    Raises
    ------
    InputError
        The file cannot be replaced, or has changed since it was read. It is then as it was.
    """
    target = os.path.realpath(source.name)
    try:
        if not os.path.isfile(target):
            raise InputError(source.name, "is not a regular file, so it cannot be written in place")
        if not os.access(target, os.W_OK):
            raise InputError(source.name, "is write-protected; nothing was written")
        with _beside(target, source.encode(text)):
            if Path(target).read_bytes() != source.encode(source.text):
                raise InputError(source.name, "has changed since it was read; nothing was written, run it again")
    except OSError as problem:
        raise InputError(source.name, f"cannot be written: {explain(problem)}") from None


def put(path: str, data: bytes) -> None:
    """Put `data` at `path`, whether there is a file or not: the whole of it or nothing, as `replace` does.

    Raises
    ------
    InputError
    """
    try:
        with _beside(os.path.realpath(path), data):
            pass
    except OSError as problem:
        raise InputError(path, f"cannot be written: {explain(problem)}") from None


@contextlib.contextmanager
def _beside(target: str, data: bytes) -> Iterator[None]:
    """A synced file of `data` beside `target`, which takes its place at the end if nothing is raised meanwhile."""
    handle, beside = tempfile.mkstemp(prefix=".despin-", dir=os.path.dirname(target))
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(target):
            _copy_owner(target, beside)
            shutil.copymode(target, beside)
        else:
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(beside, 0o666 & ~mask)
        yield
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
    _sync_folder(os.path.dirname(target))


def _copy_owner(old: str, new: str) -> None:
    if hasattr(os, "chown"):
        before = os.stat(old)
        with contextlib.suppress(OSError):  # only the superuser may give files away
            os.chown(new, before.st_uid, before.st_gid)


def _sync_folder(folder: str) -> None:
    """Make a rename last through a power cut; not every system lets a folder be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def explain(problem: Exception) -> str:
    """An operating system's refusal, in words.

    >>> explain(FileNotFoundError(2, "No such file or directory", "a.txt"))
    'no such file or directory'
    """
    reason = getattr(problem, "strerror", None) or str(problem)
    return reason[:1].lower() + reason[1:]
