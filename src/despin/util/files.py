"""Writing a file: the whole of it or nothing; and what the system says where it refuses. Start from `write_whole`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import IO


def write_whole(target: str, write: Callable[[IO[bytes]], object], check: Callable[[], object] = lambda: None) -> None:
    """Put what `write` writes at `target`: a synced file beside it takes its place if nothing is raised, and `check`
    raises nothing right before.

    Whatever is raised, the file beside goes, and `target` is as it was. An interruption may come between any two steps,
    so the name is chosen before there is a file, and cleaning up begins again if that is interrupted in its turn.

    Raises
    ------
    OSError
    """
    beside = os.path.join(os.path.dirname(target), f".despin-{os.urandom(8).hex()}")
    try:
        try:
            with open(beside, "xb", opener=_for_us_alone) as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            if os.path.exists(target):
                _copy_owner(target, beside)
                from shutil import copymode  # and with it all ways to pack files

                copymode(target, beside)
                _copy_attributes(target, beside)
            else:
                mask = os.umask(0)
                os.umask(mask)
                os.chmod(beside, 0o666 & ~mask)
            check()
            os.replace(beside, target)
        finally:
            _remove(beside)
    finally:
        _remove(beside)
    _sync_folder(os.path.dirname(target))


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)  # what it may hold until it has the permissions of the old file


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def _copy_owner(old: str, new: str) -> None:
    if hasattr(os, "chown"):
        before = os.stat(old)
        with contextlib.suppress(OSError):  # only the superuser may give files away
            os.chown(new, before.st_uid, before.st_gid)


def _copy_attributes(old: str, new: str) -> None:
    """Extended attributes, and with them access control lists, where Python can read them (Linux)."""
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):  # the file system has none
            for name in os.listxattr(old):
                with contextlib.suppress(OSError):  # some may only be set by the superuser
                    os.setxattr(new, name, os.getxattr(old, name))


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
