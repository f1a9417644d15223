"""Polars: `checked` of a `DataFrame`, or of a `LazyFrame` through `map_batches`."""

from __future__ import annotations

from typing import TypeVar

from ..config import Config
from .batch import COLUMNS, PREFIX, check_batch
from .extras import needs

with needs("polars", "polars"):
    import polars as pl

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

_TYPES = {str: pl.String, float: pl.Float64, int: pl.Int32}
_SCHEMA = {PREFIX + name: _TYPES[kind] for name, kind in COLUMNS.items()}


def checked(frame: Frame, column: str = "text", config: Config = Config()) -> Frame:
    """`frame` with what despin says of each text in `column`, one column `despin_…` for each of `COLUMNS`.

    The streaming engine asks for a lazy frame piece by piece: `frame.collect(engine="streaming")`, `sink_parquet`.
    """

    def rows(part: pl.DataFrame) -> pl.DataFrame:
        made = check_batch(part[column], config)
        return part.drop(_SCHEMA, strict=False).with_columns(
            pl.Series(PREFIX + name, values, _SCHEMA[PREFIX + name]) for name, values in made.items()
        )

    if isinstance(frame, pl.DataFrame):
        return rows(frame)
    kept = {name: kind for name, kind in frame.collect_schema().items() if name not in _SCHEMA}
    return frame.map_batches(rows, schema={**kept, **_SCHEMA}, streamable=True)
