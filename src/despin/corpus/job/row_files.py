"""A file of a corpus → chunks of rows with their texts, and chunks → a file. Start reading from `Chunk`.

Whatever else is in a row goes through as it is: other columns of Parquet keep their bytes (`readers.parquet_file`), and
JSON Lines keep every character, since new values are put in by their place in the line (`readers.jsonl`).
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from ...readers.jsonl import Record, records
from ...readers.parquet_file.fields import GROUP_ROWS
from ...readers.parquet_file.footer import Footer, read_footer, selected
from ...readers.parquet_file.library import explained, opened
from ...readers.parquet_file.splice import Splice
from ...readers.source import InputError
from ...util.errors import DespinError
from ..batch import COLUMNS, PREFIX
from ..extras import needs

with needs("pyarrow", "datatrove"):
    import pyarrow as pa

    from .. import arrow

ORIGINAL = "original"
"""What restoring keeps of a text that it changed, among the columns of despin."""

_ROWS = 1024  # of a chunk
_LINES = 1 << 20  # bytes of lines of a chunk, roughly


class FormatError(DespinError, ValueError):
    """A file cannot be used; the message says why, without its name."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some rows in a row."""

    rows: Any
    """The number of the first row in a Parquet file, or a list of `Record`."""
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

    def discard(self) -> None:
        """Give back what it holds, finished or not."""


# --- Parquet ---------------------------------------------------------------------------------------------------


def read_parquet(stream: Any, size: int, field: str, url: str | None) -> Iterator[Chunk]:
    """The rows of a Parquet file; no other column than those two is decoded.

    Raises
    ------
    FormatError
        It is none, or has no such columns.
    """
    wanted = [field, url] if url else [field]
    with _told():
        footer = read_footer(stream, "")
        for name in wanted:
            _need_text(stream, footer, name)
        file = opened(stream, selected(footer, wanted), "")
        total, done = max(file.metadata.num_rows, 1), 0
        batches = file.iter_batches(batch_size=_ROWS)
    while True:
        with _told(), explained("", "cannot be read as Parquet"):
            batch = next(batches, None)
            if batch is None:
                return
            texts = batch.column(field).to_pylist()
            urls = batch.column(url).to_pylist() if url else [None] * batch.num_rows
        first, done = done, done + batch.num_rows
        yield Chunk(first, texts, urls, [""] * len(texts), done / total)


@contextmanager
def _told() -> Iterator[None]:
    """What a reader of Parquet says is a FormatError inside."""
    try:
        yield
    except InputError as problem:
        raise FormatError(problem.message) from problem


def _need_text(stream: Any, footer: Footer, name: str) -> None:
    if footer.tops().count(name) != 1:
        raise FormatError(f"has no column {name!r}; it has: {', '.join(footer.tops())}")
    if not any(leaf.is_text and leaf.top == name for leaf in footer.leaves()):
        kind = opened(stream, selected(footer, [name]), "").schema_arrow.field(0).type
        raise FormatError(f"has a column {name!r} of the type {kind}, which is not text")


_SPARK = b"org.apache.spark.sql.parquet.row.metadata"
_HUGGING_FACE = b"huggingface"
_ARROW = b"ARROW:schema"
_SPARK_TYPES = {str: "string", float: "double", int: "integer"}


class ParquetSink:
    """Parquet like the file `template`, which stays open, with the columns of despin at the end of each row group.

    Columns keep their bytes (`readers.parquet_file`) but where rows are left out.
    """

    def __init__(self, stream: Any, template: Any, field: str, restoring: bool) -> None:
        """Raises FormatError where the template is no Parquet, or the text is in a column that is written."""
        self._stream, self._field, self._restoring = stream, field, restoring
        kinds = {name: kind for name, kind in COLUMNS.items() if name != "restored"}
        self._kinds = kinds | ({ORIGINAL: str} if restoring else {})
        added = pa.schema([(PREFIX + name, arrow.TYPES[kind]) for name, kind in self._kinds.items()])
        if field in added.names:
            raise FormatError(f"{field!r} is a column that despin writes; its text has to stand in another one")
        earlier = {PREFIX + name for name in (*COLUMNS, ORIGINAL)} - {field}
        with _told():
            footer = read_footer(template, "")
            self._splice = Splice(template, footer, "", sorted(earlier & set(footer.tops())), added)
        self._sizes = [group.get(GROUP_ROWS) for group in footer.groups]
        self._group = self._start = 0
        self._rows: list[tuple[int, Said, str | None, bool]] = []
        """Of the row group: number in it, what is said, text now, whether that is another one than it was."""

    def write(self, chunk: Chunk, rows: Sequence[int], said: Sequence[Said], texts: Sequence[str | None]) -> None:
        """See `Sink`."""
        for number, one, text in zip(rows, said, texts, strict=True):
            place = chunk.rows + number - self._start
            while place >= self._sizes[self._group]:
                place -= self._sizes[self._group]
                self._end_group()
            self._rows.append((place, one, text, text != chunk.texts[number]))

    def close(self) -> None:
        """See `Sink`."""
        while self._group < len(self._sizes):
            self._end_group()
        with _told():
            self._splice.write(self._stream, self._keys())

    def discard(self) -> None:
        """See `Sink`."""
        self._splice.close()

    def _end_group(self) -> None:
        added = {
            PREFIX + name: pa.array([said.get(name) for _, said, _, _ in self._rows], arrow.TYPES[kind])
            for name, kind in self._kinds.items()
        }
        with _told():
            if len(self._rows) == self._sizes[self._group]:
                if self._restoring and any(changed for *_, changed in self._rows):
                    texts = pa.array([text for _, _, text, _ in self._rows], pa.large_string())
                    added = {self._field: texts} | added
                self._splice.put(self._group, added)
            else:
                self._splice.thin(self._group, [row for row, *_ in self._rows], added)
        self._start += self._sizes[self._group]
        self._group += 1
        self._rows = []

    def _keys(self) -> list[tuple[bytes, bytes | None]]:
        """The metadata of the file, in which some describe its columns."""
        kept = []
        for key, value in self._splice.footer.metadata():
            if key == _ARROW and value is not None:
                value = self._widened(value)
            if key == _SPARK and value is not None:
                value = self._spark(value)
            # The features that Hugging Face keeps there would be other ones than the file has.
            if key != _HUGGING_FACE:
                kept.append((key, value))
        return kept

    def _widened(self, schema: bytes) -> bytes:
        """Arrow's own schema, with our columns."""
        with explained("", "has an Arrow schema that cannot be read"):
            known = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(schema)))
            kept = [field for field in known if field.name not in self._splice.removed]
            ours = [pa.field(PREFIX + name, arrow.TYPES[kind]) for name, kind in self._kinds.items()]
            return base64.b64encode(pa.schema(kept + ours, metadata=known.metadata).serialize().to_pybytes())

    def _spark(self, schema: bytes) -> bytes:
        """Spark's own schema, with our columns; as it is where it is none."""
        try:
            known = json.loads(schema)
            kept = [one for one in known["fields"] if one["name"] not in self._splice.removed]
        except (ValueError, TypeError, KeyError):
            return schema
        ours = [
            {"name": PREFIX + name, "type": _SPARK_TYPES[kind], "nullable": True, "metadata": {}}
            for name, kind in self._kinds.items()
        ]
        return json.dumps(known | {"fields": kept + ours}).encode()


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

    def discard(self) -> None:
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
