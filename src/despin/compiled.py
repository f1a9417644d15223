"""Dictionaries, compiled: a mapped file in the user's cache, so that a start parses nothing.

What is made of dictionary files and a language model, a `Dictionary` and a `Scanner`, is a handful of arrays. They are
written once into one file in the user's cache folder, and from then on mapped. The file's name is a digest of all that
goes into it, so one that is out of date is never opened; it bears a digest of itself, so a damaged one is made anew.
Writing goes to another file first, which then takes its name: readers and other writers never see half of one. Where
the folder cannot be used, everything works as before, only slower to start.

The folder is DESPIN_CACHE_DIR if that is set (empty: none), else despin/ in XDG_CACHE_HOME or where the system keeps
caches. Start reading from `load`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from .dictionary import Dictionary, Tier, find, state
from .language_model import LanguageModel
from .loading import parse_files
from .ngrams import Vocabulary
from .phrases import Gate, PhraseTrie
from .scan import Scanner

VERSION = 7  # of the file and of everything that is computed before it is written
MAGIC = b"despinDC"
ALIGN = 64
KEPT = 16  # files in the folder; the oldest go

_Arrays = dict[str, NDArray[Any]]
_Made = TypeVar("_Made", Dictionary, Scanner)


def load(
    language: str, names: tuple[str, ...], model: LanguageModel, tier: Tier = Tier.PARTIAL
) -> tuple[Dictionary, Scanner]:
    """The dictionaries `names` of `language` as one, as `loading.load` has them, and their scanner.

    Raises
    ------
    DictionaryError
        There is no such dictionary, or it breaks a law of the data.
    OSError
        A file cannot be read.
    """
    paths = tuple(find(language, names, tier))
    return _load(paths, tuple(map(state, paths)), model)


@cache
def _load(paths: tuple[Path, ...], states: tuple[object, ...], model: LanguageModel) -> tuple[Dictionary, Scanner]:
    contents = [path.read_bytes() for path in paths]
    made_of = [VERSION, sys.byteorder, model.digest, *map(str, paths)]
    key = hashlib.sha256(json.dumps(made_of).encode())
    for content in contents:
        key.update(hashlib.sha256(content).digest())
    folder = cache_folder()
    path = folder / f"{key.hexdigest()[:40]}.compiled" if folder else None
    if path is not None:
        # Whatever is wrong with the file, it is made anew.
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
            return _open(path)
    dictionary = Dictionary.of(parse_files(zip(paths, contents, strict=True)))
    scanner = Scanner.of(dictionary, model)
    if path is not None and not dictionary.conditions:  # which are no arrays
        with suppress(OSError):
            _write(path, dictionary, scanner)
    return dictionary, scanner


def cache_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path | None:
    """Where compiled dictionaries are kept; None: nowhere."""
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
# magic, 8 bytes | length of the header, 8 | SHA-256 of all that follows, 32 | header, JSON | arrays, each at a
# multiple of 64 bytes, counted from the end of the header


def _write(path: Path, dictionary: Dictionary, scanner: Scanner) -> None:
    arrays: _Arrays = {}
    plain = {
        "dictionary": _take_apart(dictionary, "dictionary", arrays),
        "scanner": _take_apart(scanner, "scanner", arrays),
    }
    table: list[tuple[str, str, list[int], int]] = []
    size = 0
    for name, array in arrays.items():
        table.append((name, array.dtype.str, list(array.shape), size))
        size += -(-array.nbytes // ALIGN) * ALIGN
    header = json.dumps({"arrays": table, "size": size, "plain": plain}).encode()
    header += b" " * (-len(header) % ALIGN)
    body = bytearray(size)
    for (_, _, _, offset), array in zip(table, arrays.values(), strict=True):
        body[offset : offset + array.nbytes] = np.ascontiguousarray(array).tobytes()
    digest = hashlib.sha256(header + body).digest()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    try:
        with open(handle, "wb") as file:
            file.write(MAGIC + len(header).to_bytes(8, "little") + digest + header)
            file.write(body)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    _tidy(path.parent)


def _tidy(folder: Path) -> None:
    old = sorted(folder.glob("*.compiled"), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]
    for path in old:
        with suppress(OSError):
            path.unlink()


def _open(path: Path) -> tuple[Dictionary, Scanner]:
    # A plain view of the map: numpy's subclass for maps costs a microsecond on each of many small look-ups.
    data = np.asarray(np.memmap(path, np.uint8, "r")).view(np.ndarray)
    if bytes(data[:8]) != MAGIC or hashlib.sha256(data[48:].data).digest() != bytes(data[16:48]):
        raise ValueError("not a compiled dictionary")
    body = 48 + int.from_bytes(bytes(data[8:16]), "little")
    header = json.loads(bytes(data[48:body]))
    arrays = {}
    for name, dtype, shape, offset in header["arrays"]:
        kind = np.dtype(dtype)
        count = int(np.prod(shape, dtype=np.int64))
        begin = body + offset
        arrays[name] = data[begin : begin + count * kind.itemsize].view(kind).reshape(shape)
    plain = header["plain"]
    return (
        _put_together(Dictionary, "dictionary", arrays, plain["dictionary"]),
        _put_together(Scanner, "scanner", arrays, plain["scanner"]),
    )


# --- values ↔ arrays ---------------------------------------------------------------------------------------------


def _take_apart(value: Dictionary | Scanner, prefix: str, arrays: _Arrays) -> dict[str, Any]:
    """The fields of `value` that are arrays, or made of them, into `arrays`; the rest as JSON."""
    plain: dict[str, Any] = {}
    for field in fields(value):
        name, item = f"{prefix}/{field.name}", getattr(value, field.name)
        if isinstance(item, np.ndarray):
            arrays[name] = item
        elif isinstance(item, PhraseTrie):
            arrays[f"{name}/hashes"], arrays[f"{name}/first"] = item.nodes.hashes, item.nodes.first
            arrays[f"{name}/phrase"], arrays[f"{name}/leads_on"] = item.phrase, item.leads_on
            plain[field.name] = "trie"
        elif isinstance(item, Gate):
            arrays[f"{name}/single"], arrays[f"{name}/pair"] = item.single, item.pair
            plain[field.name] = "gate"
        elif isinstance(item, (tuple, Strings)) and field.name.endswith("_text"):
            pool = [text.encode("utf-8", "surrogatepass") for text in item]
            arrays[f"{name}/bytes"] = np.frombuffer(b"".join(pool), np.uint8)
            arrays[f"{name}/bounds"] = np.cumsum([0, *map(len, pool)], dtype=np.int64)
            plain[field.name] = "strings"
        elif isinstance(item, Mapping) and any(isinstance(key, int) for key in item):
            plain[field.name] = {"rows": [[key, one] for key, one in item.items()]}
        else:
            plain[field.name] = {"value": item}
    return plain


def _put_together(kind: Callable[..., _Made], prefix: str, arrays: _Arrays, plain: Mapping[str, Any]) -> _Made:
    values: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        name, how = f"{prefix}/{field.name}", plain.get(field.name)
        if how is None:
            values[field.name] = arrays[name]
        elif how == "trie":
            nodes = Vocabulary(arrays[f"{name}/hashes"], arrays[f"{name}/first"])
            values[field.name] = PhraseTrie(nodes, arrays[f"{name}/phrase"], arrays[f"{name}/leads_on"])
        elif how == "gate":
            values[field.name] = Gate(arrays[f"{name}/single"], arrays[f"{name}/pair"])
        elif how == "strings":
            values[field.name] = Strings(arrays[f"{name}/bytes"], arrays[f"{name}/bounds"])
        elif "rows" in how:
            values[field.name] = {int(key): _frozen(one) for key, one in how["rows"]}
        else:
            values[field.name] = _frozen(how["value"])
    return kind(**values)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


class Strings(Sequence[str]):
    """Strings in one array of bytes; each is made when it is asked for."""

    __slots__ = ("_bounds", "_bytes")

    def __init__(self, data: NDArray[np.uint8], bounds: NDArray[np.int64]) -> None:
        self._bytes, self._bounds = data, bounds

    def __len__(self) -> int:
        return len(self._bounds) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        return bytes(self._bytes[self._bounds[index] : self._bounds[index + 1]]).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[index] for index in range(len(self)))
