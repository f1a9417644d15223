"""The ends of the pipeline of `despin-corpus`: shards → documents, and documents → the same shards again.

datatrove's own readers and writers would do, but for what they lose: rows without text, types, bad lines, and the
places of the rows. Between the two stands a step of `datatrove.py`, as in anybody's pipeline.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from ..batch import PREFIX, Unjudged
from ..datatrove import ORIGINAL, Result
from ..extras import needs
from . import progress
from .row_files import Chunk, FormatError, JsonLinesSink, ParquetSink, Sink, packed, read_jsonl, read_parquet, unpacked
from .shards import EXCLUDED, RECORD, CorpusError, Place, Shard
from .tally import Tally

with needs("datatrove", "datatrove"):
    from datatrove.data import Document, DocumentsPipeline
    from datatrove.pipeline.base import PipelineStep
    from datatrove.pipeline.writers.disk_base import DiskWriter

_ROW = "_despin_row"


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Where a document is from."""

    chunk: Chunk
    number: int
    number_in_file: int = 0
    """From 1."""

    @property
    def error(self) -> str:
        """What is wrong with it; empty where nothing is."""
        return self.chunk.errors[self.number]


def row_of(document: Document) -> Row:
    """Where `document` is from, which a `ShardReader` has read."""
    row: Row = document.metadata[_ROW]
    return row


class ShardReader(PipelineStep):
    """The rows of one file as documents, those without text too. A task reads the shard of its number."""

    type, name = "📖 - READER", "🧶 shard"

    def __init__(self, source: str, shards: Sequence[Shard], field: str, url_column: str | None = None) -> None:
        super().__init__()
        self.source, self.shards, self.field, self.url_column = source, list(shards), field, url_column

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """The documents of shard `rank`. Raises CorpusError where it cannot be read."""
        place, shard = Place(self.source), self.shards[rank]
        try:
            with place.files.open(place.at(shard.path), "rb") as stream:
                chunks = read(stream, shard, self.field, self.url_column)
                before, place_in_file = 0.0, 0
                while (chunk := self._next(chunks)) is not None:
                    for number, text in enumerate(chunk.texts):
                        row = Row(chunk, number, place_in_file + number + 1)
                        yield Document(text or "", f"{shard.path}/{number}", metadata={_ROW: row})
                    self.stat_update("documents", value=len(chunk.texts), unit="chunk")
                    progress.advance(len(chunk.texts), (chunk.read - before) * shard.size)
                    before = chunk.read
                    place_in_file += len(chunk.texts)
        except (FormatError, OSError) as problem:
            raise CorpusError(f"{shard.path}: {problem}") from problem

    def _next(self, chunks: Iterator[Chunk]) -> Chunk | None:
        with self.track_time("chunk"):
            return next(chunks, None)


def read(stream: Any, shard: Shard, field: str, url_column: str | None = None) -> Iterator[Chunk]:
    """The rows of the open file of `shard`. Raises FormatError while it is read."""
    kind, packing = shard.kind
    if kind == ".parquet":
        return read_parquet(stream, shard.size, field, url_column)
    return read_jsonl(stream, shard.size, field, url_column, unpacked(packing))


@contextmanager
def _of(shard: Shard) -> Iterator[None]:
    """What is wrong with a file is a CorpusError inside, with the name of `shard`."""
    try:
        yield
    except FormatError as problem:
        raise CorpusError(f"{shard.path}: {problem}") from problem


class Counting:
    """What the step in the middle is observed by: a tally of a shard."""

    def __init__(self) -> None:
        self.tally = Tally()

    def __call__(self, document: Document, result: Result) -> None:
        row: Row = document.metadata[_ROW]
        if row.error:
            result = Unjudged(row.error)
        self.tally.add(result, row.chunk.urls[row.number], document.id.rpartition("/")[0])


class ShardWriter(DiskWriter):
    """Documents back into a file like the one that they are from, in their order.

    One is the last step; in a corpus where documents are dropped another one, `excluding`, gets those.
    """

    type, name = "💽 - WRITER", "🧶 shard"

    def __init__(
        self, source: str, out: str, shards: Sequence[Shard], field: str, restoring: bool = False,
        excluding: bool = False,
    ) -> None:  # fmt: skip
        PipelineStep.__init__(self)
        self.source, self.out, self.shards, self.field = source, out, shards, field
        self.restoring, self.excluding = restoring, excluding
        self._open: ExitStack | None = None
        self._sink: Sink | None = None
        self._shard = Shard("", 0)
        self._chunk: Chunk | None = None
        self._rows: list[tuple[int, Document]] = []

    def __enter__(self) -> ShardWriter:
        self._open = ExitStack()
        return self

    def __exit__(self, kind: Any, problem: Any, trace: Any) -> None:
        assert self._open is not None
        with self._open:  # closes what was opened: a file is put in its place only if there was no problem
            if kind is None:
                self._flush()
                if self._sink is not None:
                    with _of(self._shard):
                        self._sink.close()
            else:
                self._open.__exit__(kind, problem, trace)
        self._open = self._sink = None

    def close(self) -> None:
        """Nothing is left to do: files are closed by the context."""

    def begin(self, rank: int) -> None:
        """Open the file of shard `rank`, within the context."""
        if self._sink is not None:
            return
        assert self._open is not None
        shard, source, out = self.shards[rank], Place(self.source), Place(self.out)
        self._shard = shard
        path = f"{EXCLUDED}/{shard.path}" if self.excluding else shard.path
        out.clear_parts(path)
        stream = self._open.enter_context(out.writing(path))
        kind, packing = shard.kind
        if kind == ".parquet":
            try:
                template = self._open.enter_context(source.files.open(source.at(shard.path), "rb"))
            except OSError as problem:
                raise CorpusError(f"{shard.path}: {problem}") from problem
            with _of(shard):
                self._sink = ParquetSink(stream, template, self.field, self.restoring)
            self._open.callback(self._sink.discard)
            return
        packing_stream = packed(stream, packing)
        if packing_stream is not None:
            stream = self._open.enter_context(packing_stream)
        self._sink = JsonLinesSink(stream, self.restoring)

    def write(self, document: Document, rank: int = 0, **kwargs: Any) -> None:
        """Add one document; those of a chunk are written together."""
        self.begin(rank)
        row: Row = document.metadata[_ROW]
        if row.chunk is not self._chunk:
            self._flush()
            self._chunk = row.chunk
        self._rows.append((row.number, document))

    def _write(self, document: dict[str, Any], file_handler: Any, filename: str) -> None:
        raise NotImplementedError  # of DiskWriter, whose `write` is not used

    def _flush(self) -> None:
        if self._chunk is None or self._sink is None:
            return
        with self.track_time("chunk"):
            numbers = [number for number, _ in self._rows]
            said = [_said(document, self.restoring) for _, document in self._rows]
            texts = [
                document.text if self._chunk.texts[number] is not None else None for number, document in self._rows
            ]
            with _of(self._shard):
                self._sink.write(self._chunk, numbers, said, texts)
        self._chunk, self._rows = None, []


class ShardEnd(ShardWriter):
    """The last step: the documents that are kept, and then what was counted in the shard."""

    def __init__(
        self, source: str, out: str, shards: Sequence[Shard], field: str, counting: Counting,
        steps: Sequence[PipelineStep], restoring: bool = False, excluded: ShardWriter | None = None,
    ) -> None:  # fmt: skip
        super().__init__(source, out, shards, field, restoring)
        self.counting, self.steps, self.excluded = counting, list(steps), excluded

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """Write all documents of `data`, and pass them on."""
        start, busy = time.perf_counter(), time.process_time()
        with self:
            self.begin(rank)
            for document in data:
                row: Row = document.metadata[_ROW]
                if row.error and self.excluded is not None:
                    self.excluded.write(document, rank)  # not a document, so nothing to keep among those that are
                else:
                    self.write(document, rank)
                yield document
        spent = {("read", "despin")[i]: step.stats.time_stats.total for i, step in enumerate(self.steps)}
        spent |= {"write": self.stats.time_stats.total, "wall": time.perf_counter() - start}
        spent["cpu"] = time.process_time() - busy
        shard = self.shards[rank]
        counted = {"shard": shard.path, "bytes": shard.size} | self.counting.tally.to_dict()
        counted |= {"seconds": {name: round(value, 3) for name, value in spent.items()}, "peak_memory": peak()}
        Place(self.out).write_json(f"{RECORD}/shards/{rank:05d}.json", counted)


def _said(document: Document, restoring: bool) -> dict[str, Any]:
    """What a document's metadata say, as `batch.row` has it: None where it is unjudged."""
    said = {name.removeprefix(PREFIX): value for name, value in document.metadata.items() if name.startswith(PREFIX)}
    if not said["verdict"]:
        return {"verdict": None, "error": document.metadata[_ROW].error or said["error"] or None}
    said["error"] = None
    if restoring:
        said["original"] = document.metadata[ORIGINAL] or None
    return said


def peak() -> int | None:
    """The most memory that this process has held so far, in bytes; None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most) * (1 if sys.platform == "darwin" else 1024)
