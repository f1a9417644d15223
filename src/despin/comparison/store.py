"""An index of texts on disk: segments that never change, and one small file that says which of them count.

    sources.json          the segments, in order, and the numbers of texts that are gone
    NAME.postings.npy     hashes and numbers of texts, sorted (`postings`): mapped, not read
    NAME.texts            the texts, each compressed by itself
    NAME.documents.json   of each text: its name, the state of its file, where it stands in NAME.texts

A segment is written whole, and synced, before `sources.json` takes the place of the one before it, in one step. So
whenever a process is killed, what stands on disk is the index before or the index after, and files that no index names
are swept away by the next that writes. One process writes at a time; any number may read.

Start reading from `Store.open`.
"""

from __future__ import annotations

import contextlib
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..util.array_types import U64
from ..util.files import write_whole
from .postings import pairs_of, postings, without_common

VERSION = 1  # of the files, and of how texts become postings
MANIFEST = "sources.json"
SEGMENTS = 12  # that are kept beside each other; more are joined
_PARTS = ("postings.npy", "texts", "documents.json")


@dataclass(frozen=True, slots=True)
class Document:
    """A text of the index."""

    name: str
    state: str
    """Of the file: what says whether it has changed. Empty: it came from no file."""
    digest: str
    """SHA-256 of the text, as UTF-8."""
    offset: int
    size: int
    """Where the text stands among the others of its segment, compressed: bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Texts that were added together; they are numbered from `first` on."""

    name: str
    first: int
    postings: U64
    documents: Sequence[Document]


@dataclass(slots=True, eq=False)
class Store:
    """The segments of an index, and which texts of them are gone."""

    folder: Path
    segments: list[Segment] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)

    @classmethod
    def open(cls, folder: Path) -> Store:
        """The index in `folder`; an empty one where there is none, or none that this version can read."""
        try:
            data = json.loads((folder / MANIFEST).read_bytes())
            if data.get("version") != VERSION:
                return cls(folder)
            segments = [_read(folder, one["name"], int(one["first"])) for one in data["segments"]]
            return cls(folder, segments, {int(number) for number in data["gone"]})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(folder)

    def __len__(self) -> int:
        return sum(len(segment.documents) for segment in self.segments) - len(self.gone)

    def documents(self) -> Iterator[tuple[int, Document]]:
        """Number and document of all texts that are not gone."""
        for segment in self.segments:
            for number, document in enumerate(segment.documents, start=segment.first):
                if number not in self.gone:
                    yield number, document

    def document(self, number: int) -> Document:
        """The document of that number."""
        segment = self._of(number)
        return segment.documents[number - segment.first]

    def text(self, number: int) -> str:
        """The text of that number.

        Raises
        ------
        OSError, ValueError
            The index was damaged.
        """
        segment = self._of(number)
        document = segment.documents[number - segment.first]
        with open(self.folder / f"{segment.name}.texts", "rb") as file:
            file.seek(document.offset)
            packed = file.read(document.size)
        try:
            return zlib.decompress(packed).decode("utf-8", "surrogatepass")
        except zlib.error as problem:
            raise ValueError(
                f"the index {self.folder} is damaged ({problem}); delete it, and it is made anew"
            ) from None

    def change(self, added: Sequence[tuple[str, str, str, str]], gone: set[int]) -> None:
        """Add texts (name, state of the file, digest, text), and forget those numbered `gone`.

        Raises
        ------
        OSError
            The folder cannot be written to. The index is then as it was.
        """
        segments = list(self.segments)
        if added:
            segments.append(self._write_segment(added, self._next()))
        self._write_manifest(segments, self.gone | gone)
        if len(self.segments) > SEGMENTS:
            self._join()

    # --- within -------------------------------------------------------------------------------------------------------

    def _of(self, number: int) -> Segment:
        row = int(np.searchsorted([segment.first for segment in self.segments], number, side="right")) - 1
        return self.segments[row]

    def _next(self) -> int:
        return max((segment.first + len(segment.documents) for segment in self.segments), default=0)

    def _write_segment(self, added: Sequence[tuple[str, str, str, str]], first: int) -> Segment:
        packed = [zlib.compress(text.encode("utf-8", "surrogatepass")) for *_, text in added]
        documents, offset = [], 0
        for (name, state, digest, _), content in zip(added, packed, strict=True):
            documents.append(Document(name, state, digest, offset, len(content)))
            offset += len(content)
        array = postings(pairs_of([text for *_, text in added]), first)
        return self._put(documents, array, packed, first)

    def _put(self, documents: Sequence[Document], array: U64, packed: Sequence[bytes], first: int) -> Segment:
        name = os.urandom(8).hex()
        self.folder.mkdir(parents=True, exist_ok=True)
        rows = [[d.name, d.state, d.digest, d.offset, d.size] for d in documents]
        head = json.dumps(rows, ensure_ascii=True).encode()
        write_whole(str(self.folder / f"{name}.postings.npy"), lambda file: np.save(file, array))
        write_whole(str(self.folder / f"{name}.texts"), lambda file: file.writelines(packed))
        write_whole(str(self.folder / f"{name}.documents.json"), lambda file: file.write(head))
        return _read(self.folder, name, first)

    def _write_manifest(self, segments: list[Segment], gone: set[int]) -> None:
        """From here on the index is `segments` without `gone`; what else lies in the folder goes."""
        kept = [s for s in segments if any(n not in gone for n in range(s.first, s.first + len(s.documents)))]
        held = {n for s in kept for n in range(s.first, s.first + len(s.documents))}
        data: dict[str, Any] = {
            "kind": "despin-sources",
            "version": VERSION,
            "segments": [{"name": segment.name, "first": segment.first} for segment in kept],
            "gone": sorted(gone & held),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps(data).encode()
        write_whole(str(self.folder / MANIFEST), lambda file: file.write(content))
        self.segments, self.gone = kept, gone & held
        self._sweep()

    def _sweep(self) -> None:
        named = {f"{segment.name}.{part}" for segment in self.segments for part in _PARTS}
        for path in self.folder.iterdir():
            if (path.name not in named and path.name.endswith(_PARTS)) or path.name.startswith(".despin-"):
                with contextlib.suppress(OSError):  # another process may still have it mapped
                    path.unlink()

    def _join(self) -> None:
        """Make one segment of the smaller half: neighbours, so that numbers stay in order."""
        sizes = [len(segment.documents) for segment in self.segments]
        half = len(sizes) // 2
        start = min(range(len(sizes) - half), key=lambda row: sum(sizes[row : row + half + 1]))
        chosen = self.segments[start : start + half + 1]
        documents: list[Document] = []
        packed: list[bytes] = []
        offset = 0
        for segment in chosen:
            content = (self.folder / f"{segment.name}.texts").read_bytes()
            documents += [Document(d.name, d.state, d.digest, d.offset + offset, d.size) for d in segment.documents]
            packed.append(content)
            offset += len(content)
        array = without_common(np.sort(np.concatenate([segment.postings for segment in chosen])))
        joined = self._put(documents, array, packed, chosen[0].first)
        self._write_manifest([*self.segments[:start], joined, *self.segments[start + half + 1 :]], self.gone)


def _read(folder: Path, name: str, first: int) -> Segment:
    rows = json.loads((folder / f"{name}.documents.json").read_bytes())
    array = np.load(folder / f"{name}.postings.npy", mmap_mode="r", allow_pickle=False)
    if array.dtype != np.uint64:
        raise ValueError("no postings")
    return Segment(name, first, array.view(np.ndarray), [Document(*row) for row in rows])
