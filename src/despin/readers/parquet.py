"""A column of a Parquet file → texts, and back into the file. Start reading from `Table`.

One row group is in memory at a time. Schema, metadata, row groups, compression and all other columns stay as they are;
the column keeps its type, and a value that is null stays null. Needs ``despin[parquet]``.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

from ..util.files import explain
from .files import check_unchanged, put_in_place
from .source import LIMIT, InputError

SUFFIXES = (".parquet", ".pq", ".parq")
MAGIC = b"PAR1"


def is_parquet(path: str) -> bool:
    """Whether the file `path` is called so."""
    return path.lower().endswith(SUFFIXES)


class Table:
    """A Parquet file, and the one column of it that is read."""

    def __init__(self, path: str, column: str, limit: int = LIMIT, name: str = "") -> None:
        """Open the file `path`, which messages call `name`; a text of more than `limit` characters is refused.

        Raises
        ------
        InputError
            It cannot be read, is no Parquet file, or has no such column of texts, or pyarrow is not installed.
        """
        self.path, self.name, self.limit = path, name or path, limit
        self.arrow, self.parquet = _pyarrow(self.name)
        try:
            self.state = os.stat(path)
            self.file = self.parquet.ParquetFile(path)
        except self.arrow.ArrowInvalid as problem:
            raise InputError(self.name, f"is no Parquet file, or is damaged ({_short(problem)})") from None
        except OSError as problem:
            raise InputError(self.name, explain(problem)) from None
        schema = self.file.schema_arrow
        texts = [field.name for field in schema if self._is_text(field.type)]
        if schema.names.count(column) != 1 or column not in texts:
            what = "is not a column of texts" if column in schema.names else "is not a column"
            raise InputError(self.name, f"{column!r} {what}; columns of texts: {', '.join(texts) or 'none'}")
        self.index = schema.get_field_index(column)

    def _is_text(self, kind: Any) -> bool:
        types = self.arrow.types
        if types.is_dictionary(kind):
            kind = kind.value_type
        return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *problem: object) -> None:
        self.file.close()

    def groups(self) -> Iterator[tuple[Any, list[str | None]]]:
        """Each row group: the whole of it, for `write`, and the values of the column.

        Raises
        ------
        InputError
            The file is damaged, or a text in it is too large.
        """
        for number in range(self.file.num_row_groups):
            try:
                group = self.file.read_row_group(number)
                values = group.column(self.index).to_pylist()
            except (self.arrow.ArrowException, OSError, UnicodeDecodeError) as problem:
                raise InputError(self.name, f"row group {number} cannot be read ({_short(problem)})") from None
            for row, value in enumerate(values):
                if value is not None and len(value) > self.limit:
                    raise InputError(
                        self.name,
                        f"the text in row {row} of row group {number} is larger than {self.limit:,} characters; "
                        "allow more with --max-bytes",
                    )
            yield group, values

    def rows(self) -> Iterator[tuple[int, str]]:
        """Row number, from 1, and text of every row that has one. Raises as `groups` does."""
        done = 0
        for _, values in self.groups():
            yield from ((done + row, value) for row, value in enumerate(values, 1) if value is not None)
            done += len(values)

    def write(self, sink: Any, restore: Callable[[Sequence[str]], Iterable[str]]) -> None:
        """The whole file to `sink`, with `restore` of each row group's texts in the column. Raises as `groups` does."""
        metadata = self.file.metadata
        codecs = {}
        if metadata.num_row_groups:
            first = metadata.row_group(0)
            columns = [first.column(k) for k in range(first.num_columns)]
            codecs = {c.path_in_schema: c.compression for c in columns}
        codec = {name: "NONE" if kind == "UNCOMPRESSED" else kind for name, kind in codecs.items()}
        with self.parquet.ParquetWriter(
            sink, self.file.schema_arrow, compression=codec or "NONE", version=metadata.format_version
        ) as writer:
            for group, values in self.groups():
                restored = iter(restore([value for value in values if value is not None]))
                column = [None if value is None else next(restored) for value in values]
                if column != values:
                    field = self.file.schema_arrow.field(self.index)
                    plain = field.type.value_type if self.arrow.types.is_dictionary(field.type) else field.type
                    array = self.arrow.array(column, plain)
                    if plain != field.type:
                        array = array.dictionary_encode().cast(field.type)
                    group = group.set_column(self.index, field, array)
                writer.write_table(group, row_group_size=max(len(values), 1))

    def replace(self, restore: Callable[[Sequence[str]], Iterable[str]]) -> None:
        """Put the restored table where it was read from: the whole file or nothing.

        Raises
        ------
        InputError
            As `groups` does, or the file cannot be written, or has changed meanwhile.
        """
        put_in_place(
            self.path, lambda beside: self.write(beside, restore), lambda: check_unchanged(self.path, self.state)
        )


@contextlib.contextmanager
def from_stream(stream: IO[bytes]) -> Iterator[str]:
    """The path of a file with the content of `stream`: what is where in a Parquet file stands at its end."""
    import shutil
    import tempfile

    with tempfile.NamedTemporaryFile(prefix="despin-", suffix=".parquet") as file:
        shutil.copyfileobj(stream, file)
        file.flush()
        yield file.name


def _pyarrow(path: str) -> tuple[Any, Any]:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise InputError(path, "is read with pyarrow, which is not installed: pip install 'despin[parquet]'") from None


def _short(problem: Exception) -> str:
    return str(problem).split("\n")[0].rstrip(".")[:200]
