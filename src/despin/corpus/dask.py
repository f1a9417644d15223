"""Dask: `checked` through `map_partitions` of a Dask DataFrame."""

from __future__ import annotations

from ..config import Config
from .batch import COLUMNS, PREFIX, check_batch
from .extras import needs

with needs("dask.dataframe", "dask"):
    import pandas as pd
    from dask.dataframe import DataFrame

# Types that know a missing value: a text may be unjudged.
_TYPES = {str: "string[pyarrow]", float: "Float64", int: "Int32"}


def checked(frame: DataFrame, column: str = "text", config: Config = Config()) -> DataFrame:
    """`frame` with what despin says of each text in `column`, one column `despin_…` for each of `COLUMNS`."""

    def rows(part: pd.DataFrame) -> pd.DataFrame:
        made = check_batch(part[column], config)
        return part.assign(**{
            PREFIX + name: pd.Series(values, part.index, _TYPES[COLUMNS[name]]) for name, values in made.items()
        })  # fmt: skip

    nothing = rows(frame._meta)
    return frame.map_partitions(rows, meta=nothing)
