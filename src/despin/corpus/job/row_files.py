"""A file of a corpus → chunks of rows with their texts, and chunks → a file. Start reading from `Chunk`.

Whatever else is in a row goes through as it is: Parquet rows keep their types, since they stay Arrow from end to end,
and JSON Lines keep every character, since new values are put in by their place in the line (`readers.jsonl`).
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from ...readers.jsonl import Record, records
from ..batch import COLUMNS, PREFIX
from ..extras import needs

with needs("pyarrow", "datatrove"):
    import pyarrow as pa
    import pyarrow.parquet as pq

    from .. import arrow

ORIGINAL = "original"
"""What restoring keeps of a text that it changed, among the columns of despin."""

_ROWS = 1024  # of a chunk
_LINES = 1 << 20  # bytes of lines of a chunk, roughly
_ROW_GROUP = 64 << 20  # bytes in memory of a row group that is written


class FormatError(ValueError):
    """A file cannot be used; the message says why, without its name."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some rows in a row."""

    rows: Any
    """A `pyarrow.RecordBatch`, or a list of `Record`."""
    texts: Sequence[str | None]
    urls: Sequence[str | None]
    errors: Sequence[str]
    """What is wrong with a row; empty where nothing is."""
    read: float
    """The share of the file that has been read by now, 0 to 1."""


Said = Mapping[str, Any]
"""What despin says of one row: `batch.row`, and `ORIGINAL` in a corpus that is restored."""


class Sink(Protocol):
    """A file being written."""

    def write(self, chunk: Chunk, rows: Sequence[int], said: Sequence[Said], texts: Sequence[str | None]) -> None:
        """Rows of `chunk`, by number, with what is said of them and their texts now."""

    def close(self) -> None:
        """Finish the file; the stream under it stays open."""


# --- Parquet ---------------------------------------------------------------------------------------------------


def read_parquet(stream: Any, size: int, field: str, url: str | None) -> Iterator[Chunk]:
    """The rows of a Parquet file.

    Raises
    ------
    FormatError
        It is none, or has no such columns.
    """
    try:
        with pq.ParquetFile(stream) as file:
            schema, total, done = file.schema_arrow, max(file.metadata.num_rows, 1), 0
            for name in filter(None, (field, url)):
                _need_text(schema, name)
            for batch in file.iter_batches(batch_size=_ROWS):
                done += batch.num_rows
                urls = batch.column(url).to_pylist() if url else [None] * batch.num_rows
                yield Chunk(batch, batch.column(field).to_pylist(), urls, [""] * batch.num_rows, done / total)
    except (pa.ArrowException, OSError) as problem:
        raise _no_parquet(problem) from problem


def _no_parquet(problem: Exception) -> FormatError:
    return FormatError(f"cannot be read as Parquet: {problem}")


def _need_text(schema: pa.Schema, name: str) -> None:
    if schema.names.count(name) != 1:
        raise FormatError(f"has no column {name!r}; it has: {', '.join(schema.names)}")
    kind = schema.field(name).type
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner)):
        raise FormatError(f"has a column {name!r} of the type {kind}, which is not text")


class ParquetSink:
    """Parquet like the file `template`, with the columns of despin at the end."""

    def __init__(self, stream: Any, template: Any, field: str, restoring: bool) -> None:
        """Raises FormatError where the template is no Parquet."""
        try:
            with pq.ParquetFile(template) as file:
                schema = file.schema_arrow
                group = file.metadata.row_group(0) if file.metadata.num_row_groups else None
                codec = group.column(0).compression.lower() if group and group.num_columns else "zstd"
        except (pa.ArrowException, OSError) as problem:
            raise _no_parquet(problem) from problem
        if schema.metadata:
            # The features that Hugging Face keeps there would be other ones than the file has.
            kept = {key: value for key, value in schema.metadata.items() if key != b"huggingface"}
            schema = schema.with_metadata(kept)
        self._input = schema
        self._field, self._restoring = field, restoring
        self._extra = [pa.field(PREFIX + ORIGINAL, pa.string())] if restoring else []
        self._writer = pq.ParquetWriter(stream, self._widened(schema), compression=codec)
        self._waiting: list[Any] = []
        self._size = 0

    def write(self, chunk: Chunk, rows: Sequence[int], said: Sequence[Said], texts: Sequence[str | None]) -> None:
        """See `Sink`."""
        table = pa.Table.from_batches([chunk.rows.take(pa.array(rows, pa.int64()))]).cast(self._input)
        if self._restoring:
            at = table.schema.get_field_index(self._field)
            table = table.set_column(
                at, table.schema.field(at), pa.array(texts, pa.string()).cast(table.schema.field(at).type)
            )
        columns = {PREFIX + name: [one.get(name) for one in said] for name in [*COLUMNS, ORIGINAL]}
        schema = self._widened(self._input)
        made = pa.Table.from_arrays(
            [pa.array(columns[f.name], f.type) if f.name in columns else table.column(f.name) for f in schema],
            schema=schema,
        )
        self._waiting.append(made)
        self._size += made.nbytes
        if self._size >= _ROW_GROUP:
            self._flush()

    def close(self) -> None:
        """See `Sink`."""
        self._flush()
        self._writer.close()

    def _widened(self, schema: pa.Schema) -> pa.Schema:
        fields = [f for f in arrow.widened(schema) if f.name not in (PREFIX + ORIGINAL, PREFIX + "restored")]
        return pa.schema(fields + self._extra, metadata=schema.metadata)

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting))
            self._waiting, self._size = [], 0


# --- JSON Lines ------------------------------------------------------------------------------------------------


def read_jsonl(
    stream: Any, size: int, field: str, url: str | None, wrap: Callable[[Any], Any] | None = None
) -> Iterator[Chunk]:
    """The lines of a JSON Lines file; a bad line is a row with an error. `wrap` undoes a compression.

    Raises
    ------
    FormatError
        The compression is broken.
    """
    lines = wrap(stream) if wrap else stream
    waiting: list[Record] = []
    weight = 0
    try:
        for record in records(lines, field):
            waiting.append(record)
            weight += len(record.raw) + 1
            if weight >= _LINES:
                yield _lines(waiting, url, stream.tell() / max(size, 1))
                waiting, weight = [], 0
    except _broken() as problem:
        raise FormatError(f"cannot be read to its end: {problem}") from problem
    if waiting:
        yield _lines(waiting, url, 1.0)


def _lines(found: list[Record], url: str | None, read: float) -> Chunk:
    return Chunk(
        found,
        [None if record.error or record.missing else record.text for record in found],
        [_member(record, url) if url else None for record in found],
        [record.error and f"line {record.line} {record.error}" for record in found],
        min(read, 1.0),
    )


def _member(record: Record, name: str) -> str | None:
    value = _written(record, name)
    return json.loads(value) if value.startswith('"') else None


def _written(record: Record, name: str) -> str:
    """The value of a member as it stands in the line; empty where there is none."""
    spans = {key: (start, end) for key, start, end in record.members}
    start, end = spans.get(name, (0, 0))
    return record.raw[start:end]


class JsonLinesSink:
    """JSON Lines: the lines as they were, with an object "despin"."""

    def __init__(self, stream: Any, restoring: bool) -> None:
        self._stream, self._restoring = stream, restoring

    def write(self, chunk: Chunk, rows: Sequence[int], said: Sequence[Said], texts: Sequence[str | None]) -> None:
        """See `Sink`."""
        lines = []
        for number, one, text in zip(rows, said, texts, strict=True):
            record: Record = chunk.rows[number]
            if record.error:
                result: dict[str, Any] = {"error": record.error, "line": record.line}
            else:
                result = {name: value for name, value in one.items() if value is not None or name == "verdict"}
            lines.append(record.with_result(result, text if self._restoring else None) + "\n")
        self._stream.write("".join(lines).encode())

    def close(self) -> None:
        """See `Sink`."""


# --- compression of JSON Lines -----------------------------------------------------------------------------------


def unpacked(suffix: str) -> Callable[[Any], Any] | None:
    """What undoes the compression that the last `suffix` of a file's name says; None: there is none."""
    if suffix == ".gz":
        return lambda stream: gzip.GzipFile(fileobj=stream, mode="rb")
    if suffix == ".zst":
        return lambda stream: io.BufferedReader(
            _zstandard().ZstdDecompressor().stream_reader(stream, read_across_frames=True)
        )
    return None


def packed(stream: Any, suffix: str) -> Any:
    """A stream that compresses into `stream`; closing it leaves that open."""
    if suffix == ".gz":
        # Neither time nor name: the same input gives the same file.
        return gzip.GzipFile(filename="", fileobj=stream, mode="wb", mtime=0)
    if suffix == ".zst":
        return _zstandard().ZstdCompressor().stream_writer(stream, closefd=False)
    return None


def _zstandard() -> Any:
    with needs("zstandard", "datatrove"):
        import zstandard
    return zstandard


def _broken() -> tuple[type[Exception], ...]:
    """What a compression that is broken raises."""
    known = (OSError, EOFError, ValueError, zlib.error)
    with suppress(ImportError):
        import zstandard

        return *known, zstandard.ZstdError
    return known
