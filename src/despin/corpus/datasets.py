"""Hugging Face datasets: `checked` through `map(batched=True)`, of a `Dataset` or an `IterableDataset`."""

from __future__ import annotations

from typing import Any, TypeVar

from ..config import Config
from .batch import COLUMNS, PREFIX, check_batch
from .extras import needs

with needs("datasets", "datasets"):
    from datasets import Features, Value

Data = TypeVar("Data")

_TYPES = {str: "string", float: "float64", int: "int32"}


def checked(dataset: Data, column: str = "text", config: Config = Config(), **options: Any) -> Data:
    """`dataset` with what despin says of each text in `column`, one column `despin_…` for each of `COLUMNS`.

    `options` go to `map`: `batch_size`, and for a `Dataset` `num_proc`.
    """

    def rows(texts: list[str | None]) -> dict[str, list[Any]]:
        return {PREFIX + name: values for name, values in check_batch(texts, config).items()}

    data: Any = dataset
    ours = {PREFIX + name: Value(_TYPES[kind]) for name, kind in COLUMNS.items()}
    # A stream may not know its own features; then those of the result are read off its first batch.
    known = None if data.features is None else Features({**data.features, **ours})
    made: Data = data.map(rows, batched=True, input_columns=[column], features=known, **options)
    return made
