"""Daft: `checked` through a batch function that gives several columns."""

from __future__ import annotations

from ..config import Config
from .batch import COLUMNS, PREFIX, check_batch
from .extras import needs

with needs("daft", "daft"):
    import daft
    import pyarrow as pa
    from daft import DataFrame, DataType, Series

_TYPES = {str: DataType.string(), float: DataType.float64(), int: DataType.int32()}
_STRUCT = DataType.struct({PREFIX + name: _TYPES[kind] for name, kind in COLUMNS.items()})


def checked(frame: DataFrame, column: str = "text", config: Config = Config(), batch_size: int = 1000) -> DataFrame:
    """`frame` with what despin says of each text in `column`, one column `despin_…` for each of `COLUMNS`."""

    @daft.func.batch(return_dtype=_STRUCT, unnest=True, batch_size=batch_size)
    def rows(texts: Series) -> pa.Array:
        made = check_batch(texts, config)
        return pa.StructArray.from_arrays(
            [pa.array(values, _STRUCT.to_arrow_dtype().field(PREFIX + name).type) for name, values in made.items()],
            fields=list(_STRUCT.to_arrow_dtype()),
        )

    kept = [daft.col(name) for name in frame.column_names if name not in _STRUCT.to_arrow_dtype().names]
    return frame.select(*kept, rows(daft.col(column)))
