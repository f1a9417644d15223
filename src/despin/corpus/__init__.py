"""Adapters for the engines that corpora are cleaned with (docs/corpus.md), and the command `despin-corpus`.

`check_batch`, texts to columns, is all that an adapter needs, and what one for another engine would be written over.
Each engine is an extra (`pip install despin[datatrove]`), imported by its own module alone:

    despin.corpus.datatrove    DespinFilter, DespinFormatter, DespinSignature
    despin.corpus.spark, .ray, .datasets, .polars, .daft, .dask    checked(data, column)

    despin.corpus.tracing      SourceTracer, for datatrove

`batch` has `check_batch`; `arrow` is what adapters that speak Arrow share, `minhash` the signature of datatrove,
`extras` the error that names what to install; `job/` is the command.
"""

from .batch import COLUMNS, LONGEST, Unjudged, check_batch, examine

__all__ = ["COLUMNS", "LONGEST", "Unjudged", "check_batch", "examine"]
