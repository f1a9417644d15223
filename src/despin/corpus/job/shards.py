"""What a run reads and writes: the files of a corpus, each a shard, and the record of the run beside the output.

    OUT/a/0001.parquet           the shard of IN/a/0001.parquet
    OUT/_excluded/a/0001.parquet what was dropped of it
    OUT/_despin/run.json         what the run was asked for, and its shards in order: a shard keeps its number
    OUT/_despin/shards/00000.json  what was counted in one
    OUT/_despin/completions/…, logs/…, stats/…   datatrove's own

Every file appears whole or not at all: it is written beside its place under a name of its own and then renamed. So a
shard may be begun as often as it takes.
"""

from __future__ import annotations

import json
import os
import posixpath
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from ...util.errors import DespinError
from ...util.files import explain
from ..extras import needs

with needs("fsspec", "datatrove"):
    from fsspec.core import url_to_fs

RECORD = "_despin"
EXCLUDED = "_excluded"
SUFFIXES = (".parquet", ".jsonl", ".ndjson")
PART = ".part"  # the end of the name of a file that is being written
PACKINGS = ("", ".gz", ".zst")  # of JSON Lines; Parquet compresses within


class CorpusError(DespinError, RuntimeError):
    """A corpus cannot be read or written; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One file."""

    path: str
    """Below IN; the output has the same below OUT."""
    size: int
    """Bytes."""

    @property
    def kind(self) -> tuple[str, str]:
        """(".parquet" or ".jsonl", ".gz", ".zst" or nothing)."""
        _, last = posixpath.splitext(self.path.lower())
        if last in PACKINGS:
            return ".jsonl", last
        return (".parquet", "") if last == ".parquet" else (".jsonl", "")


class Place:
    """A folder, here or at any address that fsspec knows."""

    def __init__(self, address: str) -> None:
        """Raises CorpusError where nothing can be found behind such an address."""
        self.name = address
        """As it was typed, for people."""
        try:
            self.files, self.root = url_to_fs(address)
        except (ValueError, ImportError, OSError) as problem:
            raise CorpusError(f"{address}: cannot be used: {problem}") from problem
        self.root = self.root.rstrip("/") or self.root
        self.address = self.root if "file" in _protocols(self.files) else address
        """For another process, on a machine that may stand elsewhere."""

    def at(self, path: str) -> str:
        """`path` below this folder, as its file system names it."""
        return f"{self.root}/{path}" if path else self.root

    def read_json(self, path: str) -> Any:
        """What is in a JSON file; None where there is none.

        Raises
        ------
        CorpusError
            It cannot be read.
        """
        try:
            with self.files.open(self.at(path), "rb") as stream:
                return json.loads(stream.read())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as problem:
            raise CorpusError(f"{self.at(path)}: cannot be read: {problem}") from problem

    def write_json(self, path: str, data: Any) -> None:
        """Put a JSON file in its place. Raises CorpusError."""
        with self.writing(path) as stream:
            stream.write((json.dumps(data, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))

    @contextmanager
    def writing(self, path: str) -> Iterator[Any]:
        """A binary stream into the file at `path`, which is replaced when all has gone well, and else stays as it is.

        Raises
        ------
        CorpusError
            It cannot be written.
        """
        final = self.at(path)
        folder, name = posixpath.split(final)
        beside = f"{folder}/.{name}.{uuid.uuid4().hex[:8]}{PART}"
        try:
            self.files.makedirs(folder, exist_ok=True)
            try:
                with self.files.open(beside, "wb") as stream:
                    yield stream
                self.files.mv(beside, final)
            except BaseException:
                with suppress(OSError):
                    self.files.rm(beside)
                raise
        except OSError as problem:
            raise CorpusError(f"{final}: cannot be written: {explain(problem)}") from problem

    def clear_parts(self, path: str) -> None:
        """Remove what a run that was killed has left of the file at `path`."""
        folder, name = posixpath.split(self.at(path))
        self.files.invalidate_cache()
        with suppress(OSError):
            for one in self.files.ls(folder, detail=False):
                here = posixpath.basename(one.rstrip("/"))
                if here.startswith(f".{name}.") and here.endswith(PART):
                    with suppress(OSError):
                        self.files.rm(one)


def find_shards(place: Place) -> tuple[Place, list[Shard]]:
    """The folder of the corpus at `place`, a folder or one file, and its shards, sorted by path.

    Raises
    ------
    CorpusError
        There are none.
    """
    try:
        if place.files.isfile(place.root):
            size = int(place.files.size(place.root) or 0)
            folder, name = posixpath.split(place.root)
            shard = Shard(name, size)
            _need_known(shard, place)
            return Place(place.files.unstrip_protocol(folder)), [shard]
        found = place.files.find(place.root, detail=True)
    except (OSError, ValueError) as problem:
        raise CorpusError(f"{place.name}: cannot be listed: {problem}") from problem
    shards = [
        Shard(path.removeprefix(place.root).lstrip("/"), int(about.get("size") or 0)) for path, about in found.items()
    ]
    shards = [shard for shard in shards if _is_known(shard.path) and not _is_hidden(shard.path)]
    if not shards:
        exists = place.files.exists(place.root)
        raise CorpusError(
            f"{place.name}: " + (f"holds no {_known()} files" if exists else "there is no such file or folder")
        )
    return place, sorted(shards, key=lambda shard: shard.path)


def in_order(before: Sequence[Shard], now: Sequence[Shard]) -> list[Shard]:
    """The shards of a run that goes on: those it had, in their order, and then the new ones.

    Raises
    ------
    CorpusError
        One has gone or has changed.
    """
    known = {shard.path: shard for shard in now}
    for shard in before:
        if known.get(shard.path) != shard:
            gone = shard.path not in known
            raise CorpusError(
                f"{shard.path} {'is gone' if gone else 'has changed'} since this run was begun; choose another folder "
                "for the output"
            )
    old = {shard.path for shard in before}
    return [*before, *(shard for shard in now if shard.path not in old)]


def begin(out: Place, asked: Mapping[str, Any], now: Sequence[Shard]) -> list[Shard]:
    """Write down what the run was asked for, or make sure that the one begun in `out` was asked for the same.

    Raises
    ------
    CorpusError
        `out` holds another run, or something else.
    """
    path = f"{RECORD}/run.json"
    known = out.read_json(path)
    shards = list(now)
    if known is None:
        if out.files.exists(out.root) and any(not one.endswith(PART) for one in out.files.find(out.root, maxdepth=2)):
            raise CorpusError(f"{out.name}: is not empty and holds no run of despin; choose another folder")
    else:
        try:
            before, then = [Shard(*one) for one in known["shards"]], dict(known["asked"])
        except (KeyError, TypeError) as problem:
            raise CorpusError(f"{out.at(path)}: is no record of a run: {problem!r}") from problem
        for name in sorted({*asked, *then}):
            if asked.get(name) != then.get(name):
                raise CorpusError(
                    f"{out.name}: was begun with another {name.replace('_', ' ')} ({then.get(name)}, not "
                    f"{asked.get(name)}); go on with that, or choose another folder"
                )
        shards = in_order(before, now)
        if shards == before:
            return shards
    out.write_json(path, {"asked": dict(asked), "shards": [[shard.path, shard.size] for shard in shards]})
    return shards


def apart(source: Place, out: Place) -> None:
    """Make sure that a run does not read what it writes, nor write over what it reads.

    Raises
    ------
    CorpusError
    """
    if source.files != out.files:
        return
    one, other = (os.path.realpath(p.root) if os.path.exists(p.root) else p.root for p in (source, out))
    if f"{other}/".startswith(f"{one}/") or f"{one}/".startswith(f"{other}/"):
        raise CorpusError(f"{out.name}: lies in the corpus, or the corpus in it; choose a folder of its own")


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)


def _is_known(path: str) -> bool:
    name = path.lower()
    return name.endswith(SUFFIXES) or name.endswith(tuple(s + p for s in SUFFIXES[1:] for p in PACKINGS))


def _is_hidden(path: str) -> bool:
    return any(part.startswith((".", "_")) for part in path.split("/"))


def _need_known(shard: Shard, place: Place) -> None:
    if not _is_known(shard.path):
        raise CorpusError(f"{place.name}: its name does not end in {_known()}")


def _known() -> str:
    return f"{SUFFIXES[0]}, {', '.join(s + p for s in SUFFIXES[1:] for p in PACKINGS)}"
