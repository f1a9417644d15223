"""Arrays in the user's cache: files that are mapped, so that a start parses nothing.

What is made of the data, dictionaries and weights, is a handful of arrays. They are written once into one file in the
user's cache folder, and from then on mapped. The file's name is a digest of all that goes into it, so one that is out
of date is never opened; it bears a checksum of itself, so a damaged one is made anew. Writing goes to another file
first, which then takes its name: readers and other writers never see half of one. Where the folder cannot be used,
everything works as before, only slower to start.

A file that nobody has opened for long goes; so do the longest unused where there are too many, or too much.

Digest and checksum would read all data at every start. So a note of a few bytes lies beside: files that are what they
were, by place, size and times, to the nanosecond, need no second reading.

The folder is DESPIN_CACHE_DIR if that is set (empty: none), else despin/ in XDG_CACHE_HOME or where the system keeps
caches. Start reading from `cached`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
Plain = Mapping[str, Any]
_Value = TypeVar("_Value")

MAGIC = b"despinDC"
ALIGN = 64
KEPT = 24  # files in the folder; the longest unused go
KEPT_BYTES = 512_000_000  # of all of them; what one version of despin makes of all its data is 150 MB
KEPT_DAYS = 60  # without being opened
_DAY = 86_400.0  # seconds; when a file was opened is noted once a day
DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What opening a damaged file raises, or making values of what stands in it: then it is made anew."""
_BODY = 24  # magic, length of the header, checksum of all that follows


def cached(
    kind: str,
    version: int,
    made_of: Sequence[str],
    paths: Sequence[str | os.PathLike[str]],
    make: Callable[[list[bytes]], _Value],
    pack: Callable[[_Value], tuple[Plain, Arrays] | None],
    unpack: Callable[[Plain, Arrays], _Value],
) -> _Value:
    """The value of a `kind` that is made of `made_of` and the files `paths`: what `unpack` makes of what is kept; else
    what `make` makes of the contents of the files, which `pack` keeps unless it gives None.

    Both know a value as what can be said in JSON, and arrays. `version` is that of `path_of`.
    """
    note = _note_of(kind, version, made_of, paths)
    if note is not None:
        with suppress(*DAMAGED):
            name, seen = json.loads(note.read_bytes())
            kept = note.parent / name
            if seen == state(kept):
                return unpack(*read(kept, trusted=True))
    contents = [Path(path).read_bytes() for path in paths]
    path = path_of(kind, version, made_of, contents)
    if path is not None:
        with suppress(*DAMAGED):
            value = unpack(*read(path))
            _write_note(note, path)
            return value
    made = make(contents)
    packed = pack(made) if path is not None else None
    if packed is not None:
        write(path, *packed)
        _write_note(note, path)
    return made


def state(path: str | os.PathLike[str]) -> list[int]:
    """What changes when the file at `path` does, or another takes its name. Raises OSError where there is none."""
    said = os.stat(path)
    return [said.st_dev, said.st_ino, said.st_size, said.st_mtime_ns, said.st_ctime_ns]


def _note_of(kind: str, version: int, made_of: Sequence[str], paths: Sequence[str | os.PathLike[str]]) -> Path | None:
    """Where it is noted which file is made of the files `paths` as they are; None: nowhere. Raises OSError where one of
    them is not there."""
    folder = cache_folder()
    if folder is None:
        return None
    files = [[os.path.abspath(path), *state(path)] for path in paths]
    key = hashlib.sha256(json.dumps([kind, version, sys.byteorder, *made_of, files]).encode())
    return folder / f"{key.hexdigest()[:40]}.note"


def _write_note(note: Path | None, path: Path | None) -> None:
    """Note that the file at `path` is whole."""
    if note is not None and path is not None:
        with suppress(OSError):
            _replace(note, [json.dumps([path.name, state(path)]).encode()])
            _tidy_notes(note.parent)


def remembered(kind: str, version: int, made_of: Sequence[str], paths: Sequence[str | os.PathLike[str]]) -> bool:
    """Whether `remember` was called with the same, and the files `paths` are what they were then. Raises OSError where
    one of them is not there."""
    note = _note_of(kind, version, made_of, paths)
    return note is not None and note.exists()


def remember(kind: str, version: int, made_of: Sequence[str], paths: Sequence[str | os.PathLike[str]]) -> None:
    """Note something of the files `paths` for later runs, if there is a place for that. Raises as `remembered` does."""
    note = _note_of(kind, version, made_of, paths)
    if note is not None:
        with suppress(OSError):
            note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _replace(note, [b"[]"])


def path_of(kind: str, version: int, made_of: Iterable[str], contents: Iterable[bytes]) -> Path | None:
    """Where the arrays of a `kind` are that are made of `made_of` and of files with `contents`; None: nowhere.
    `version` grows with every change of how they are computed, or written."""
    folder = cache_folder()
    if folder is None:
        return None
    key = hashlib.sha256(json.dumps([kind, version, sys.byteorder, *made_of]).encode())
    for content in contents:
        key.update(hashlib.sha256(content).digest())
    return folder / f"{key.hexdigest()[:40]}.compiled"


def cache_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path | None:
    """Where such files are kept; None: nowhere."""
    own = environment.get("DESPIN_CACHE_DIR")
    if own is not None:
        return Path(own) if own else None
    if base := environment.get("XDG_CACHE_HOME"):
        return Path(base) / "despin"
    if platform == "win32":
        base = environment.get("LOCALAPPDATA")
        return Path(base) / "despin" / "Cache" if base else None
    try:
        home = Path.home()
    except RuntimeError:  # a user without a home
        return None
    return home / "Library" / "Caches" / "despin" if platform == "darwin" else home / ".cache" / "despin"


# --- the file --------------------------------------------------------------------------------------------------
# magic, 8 bytes | length of the header, 8 | CRC-32 of all that follows, 8 | header, JSON | arrays, each at a
# multiple of 64 bytes, counted from the end of the header


def write(path: Path | None, plain: Plain, arrays: Arrays) -> None:
    """Put `arrays`, and what else can be said in JSON, where `read` finds them; nothing where that cannot be."""
    if path is not None:
        with suppress(OSError):
            _write(path, plain, arrays)


def _write(path: Path, plain: Plain, arrays: Arrays) -> None:
    table: list[tuple[str, str, list[int], int]] = []
    size = 0
    for name, array in arrays.items():
        table.append((name, array.dtype.str, list(array.shape), size))
        size += -(-array.nbytes // ALIGN) * ALIGN
    header = json.dumps({"arrays": table, "size": size, "plain": plain}).encode()
    header += b" " * (-(_BODY + len(header)) % ALIGN)
    body = bytearray(size)
    for (_, _, _, offset), array in zip(table, arrays.values(), strict=True):
        body[offset : offset + array.nbytes] = np.ascontiguousarray(array).tobytes()
    checksum = zlib.crc32(body, zlib.crc32(header))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lengths = len(header).to_bytes(8, "little") + checksum.to_bytes(8, "little")
    _replace(path, [MAGIC + lengths + header, body])
    _tidy(path.parent)


def _replace(path: Path, contents: Iterable[bytes | bytearray]) -> None:
    """Put `contents` at `path`, the whole of it or nothing. Raises OSError."""
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    try:
        with open(handle, "wb") as file:
            file.writelines(contents)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _tidy(folder: Path) -> None:
    """Delete what was not opened for long, and what is too much; never the file that was opened last."""
    used = {}
    for path in folder.glob("*.compiled"):
        with suppress(OSError):  # another process tidies, too
            status = path.stat()
            used[path] = (status.st_mtime, status.st_size)
    total, now = 0, time.time()
    for rank, path in enumerate(sorted(used, key=used.__getitem__, reverse=True)):
        opened, size = used[path]
        total += size
        if rank and (rank >= KEPT or total > KEPT_BYTES or now - opened > KEPT_DAYS * _DAY):
            with suppress(OSError):
                path.unlink()
    for path in folder.glob("*.tmp"):
        with suppress(OSError):
            if now - path.stat().st_mtime > _DAY:  # whoever wrote it was killed
                path.unlink()


def _tidy_notes(folder: Path) -> None:
    """Delete the oldest notes; being small, they may be many."""
    for path in sorted(folder.glob("*.note"), key=lambda path: path.stat().st_mtime, reverse=True)[4 * KEPT :]:
        with suppress(OSError):
            path.unlink()


def note_use(path: Path) -> None:
    """Remember, as its time of change, that `path` was opened today."""
    with suppress(OSError):
        if time.time() - path.stat().st_mtime > _DAY:
            os.utime(path)


def read(path: Path, *, trusted: bool = False) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """What `write` wrote: what else was said, and the arrays, as views of the mapped file. `trusted`: its checksum was
    right, and the file has not changed since. Raises `DAMAGED`."""
    # A plain view of the map: numpy's subclass for maps costs a microsecond on each of many small look-ups.
    data = np.asarray(np.memmap(path, np.uint8, "r")).view(np.ndarray)
    head = bytes(data[:_BODY])
    if head[:8] != MAGIC or not (trusted or zlib.crc32(data[_BODY:].data) == int.from_bytes(head[16:], "little")):
        raise ValueError("not a compiled file")
    begin = _BODY + int.from_bytes(head[8:16], "little")
    header = json.loads(bytes(data[_BODY:begin]))
    arrays = {}
    for name, dtype, shape, offset in header["arrays"]:
        kind = np.dtype(dtype)
        count = kind.itemsize
        for length in shape:
            count *= length
        arrays[name] = data[begin + offset : begin + offset + count].view(kind).reshape(shape)
    note_use(path)
    return header["plain"], arrays
