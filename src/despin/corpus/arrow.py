"""Arrow tables with the columns of `check_batch` beside their own: what Spark, Ray and Parquet files share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from ..config import Config
from .batch import COLUMNS, PREFIX, check_batch
from .extras import needs

with needs("pyarrow", "datatrove"):
    import pyarrow as pa

Table = TypeVar("Table")

TYPES = {str: pa.string(), float: pa.float64(), int: pa.int32()}
FIELDS = [pa.field(PREFIX + name, TYPES[kind]) for name, kind in COLUMNS.items()]


def widened(schema: pa.Schema) -> pa.Schema:
    """`schema` with the columns of `check_batch` at its end; what an earlier run put there makes way."""
    names = {field.name for field in FIELDS}
    return pa.schema([field for field in schema if field.name not in names] + FIELDS, metadata=schema.metadata)


def with_columns(table: Table, columns: Mapping[str, Sequence[Any]]) -> Table:
    """`table`, a `pyarrow.Table` or `RecordBatch`, with the columns of `check_batch`; its schema is `widened`."""
    rows: Any = table
    schema = widened(rows.schema)
    kept = [rows.column(field.name) for field in schema if not _is_ours(field)]
    added = [pa.array(columns[field.name.removeprefix(PREFIX)], field.type) for field in FIELDS]
    made: Table = type(rows).from_arrays(kept + added, schema=schema)
    return made


def checked(table: Table, column: str = "text", config: Config = Config()) -> Table:
    """`table`, a `pyarrow.Table` or `RecordBatch`, with what despin says of each text in `column`.

    Raises
    ------
    KeyError
        There is no such column.
    """
    rows: Any = table
    return with_columns(table, check_batch(rows.column(column), config))


def _is_ours(field: pa.Field) -> bool:
    return any(field.name == ours.name for ours in FIELDS)
