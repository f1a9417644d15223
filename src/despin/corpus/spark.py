"""PySpark: `checked` through `DataFrame.mapInArrow`, so that rows reach Python as columns and leave it as columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..config import Config
from . import arrow
from .batch import COLUMNS, PREFIX
from .extras import needs

with needs("pyspark", "spark"):
    from pyspark.sql import DataFrame
    from pyspark.sql.types import DoubleType, IntegerType, StringType, StructField, StructType

_TYPES = {str: StringType, float: DoubleType, int: IntegerType}


def checked(frame: DataFrame, column: str = "text", config: Config = Config()) -> DataFrame:
    """`frame` with what despin says of each text in `column`, one column `despin_…` for each of `COLUMNS`.

    A batch is as many rows as `spark.sql.execution.arrow.maxRecordsPerBatch` says; a hundred or more keep despin busy.
    """

    def rows(batches: Iterable[arrow.Table]) -> Iterator[arrow.Table]:
        return (arrow.checked(batch, column, config) for batch in batches)

    ours = [StructField(PREFIX + name, _TYPES[kind]()) for name, kind in COLUMNS.items()]
    kept = [field for field in frame.schema.fields if field.name not in {one.name for one in ours}]
    return frame.mapInArrow(rows, StructType(kept + ours))
