"""Ray Data: `checked` through `Dataset.map_batches`."""

from __future__ import annotations

from typing import Any

from ..config import Config
from . import arrow
from .extras import needs

with needs("ray", "ray"):
    from ray.data import Dataset


def checked(dataset: Dataset, column: str = "text", config: Config = Config(), **options: Any) -> Dataset:
    """`dataset` with what despin says of each text in `column`, one column `despin_…` for each of `COLUMNS`.

    `options` go to `Dataset.map_batches`: `batch_size`, `num_cpus`, `memory` …
    """
    chosen = {"column": column, "config": config}
    return dataset.map_batches(arrow.checked, batch_format="pyarrow", fn_kwargs=chosen, **options)
