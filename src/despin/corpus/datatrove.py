"""datatrove: steps for a pipeline that cleans a crawl. Start reading from `DespinFilter`.

* Documents are collected until a batch is worth the call (`queueing.BATCH` code points), and leave in their order; so
  the step is as fast as despin is, whatever the size of documents.
* A step is a small value until it runs: it holds a `Config` and no data, so that any executor can send it to a worker.
  The worker maps the language model; all workers of a machine share its pages.
* What is said of a document goes into its metadata under the names of `check_batch`, `despin_verdict` and so on. The
  keys and types are the same for every document, since datatrove's `ParquetWriter` takes its schema from the first.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

from ..config import Config
from ..results.report import Report
from ..runtime.batching import BATCH
from .batch import COLUMNS, PREFIX, Unjudged, examine, row
from .extras import needs

with needs("datatrove", "datatrove"):
    from datatrove.data import Document, DocumentsPipeline
    from datatrove.pipeline.base import PipelineStep
    from datatrove.pipeline.filters.base_filter import BaseFilter
    from datatrove.pipeline.formatters.base import BaseFormatter
    from datatrove.pipeline.writers.disk_base import DiskWriter
    from datatrove.utils.typeshelper import StatHints

REASON = "despin_likely_spun"
"""The reason of a document that `DespinFilter` drops: in the statistics, and in the metadata of what is excluded."""

ORIGINAL = PREFIX + "original"
"""Where `DespinFormatter` keeps the text as it was; empty where nothing was changed."""

Result = Report | Unjudged
Observer = Callable[[Document, Result], None]

_NOTHING = {str: "", float: math.nan, int: 0}


class _Examining(PipelineStep):
    """What the steps share: batches, statistics, metadata."""

    config: Config
    observe: Observer | None

    def _examined(self, data: DocumentsPipeline) -> Iterator[tuple[Document, Result]]:
        """Each document with its report, which is in its metadata too, in order."""
        for batch in batches(data):
            with self.track_time("batch"):
                results = examine([document.text for document in batch], self.config)
            self.stat_update("batches")
            for document, result in zip(batch, results, strict=True):
                self._tell(document, result)
                yield document, result

    def _tell(self, document: Document, result: Result) -> None:
        said = row(result)
        for name, kind in COLUMNS.items():
            if name != "restored":
                document.metadata[PREFIX + name] = _NOTHING[kind] if said[name] is None else said[name]
        self.stat_update(StatHints.total)
        self.stat_update(PREFIX + (said["verdict"] or "unjudged"))
        if said["verdict"] == "spun":
            self.stat_update(f"{PREFIX}family_{said['family'] or 'none'}")
        if self.observe is not None:
            self.observe(document, result)


class DespinFilter(_Examining, BaseFilter):
    """Drop documents that were probably spun, or only mark them.

    Parameters
    ----------
    max_probability
        A document above is judged spun; None: that of `config`.
    action
        "drop": with the reason `REASON`, to `exclusion_writer` if there is one; "mark": metadata only.
    exclusion_writer
        Gets what is dropped.
    config
        Language, dictionaries and thresholds.
    observe
        Called with each document and its report, or why it has none, in order. It is sent to the workers, so it must
        be one that can be pickled.
    """

    name = "🧶 despin"

    def __init__(
        self,
        max_probability: float | None = None,
        action: Literal["drop", "mark"] = "drop",
        exclusion_writer: DiskWriter | None = None,
        config: Config = Config(),
        observe: Observer | None = None,
    ) -> None:
        super().__init__(exclusion_writer)
        if action not in ("drop", "mark"):
            raise ValueError(f"action is {action!r}; it must be 'drop' or 'mark'")
        self.config = config if max_probability is None else replace(config, max_probability=max_probability)
        self.action = action
        self.observe = observe

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Whether to keep one document. `run` is the fast way."""
        [(_, result)] = self._examined(iter([doc]))
        return self._judged(result)

    def _judged(self, result: Result) -> bool | tuple[bool, str]:
        spun = isinstance(result, Report) and result.verdict.judgement == "spun"
        return (False, REASON) if spun and self.action == "drop" else True

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """The documents of `data` that are kept, in order."""
        with self.exclusion_writer or contextlib.nullcontext() as writer:
            for document, result in self._examined(data):
                if self._judged(result) is True:
                    self.stat_update(StatHints.forwarded)
                    self.update_doc_stats(document)
                    yield document
                    continue
                self.stat_update(StatHints.dropped, f"dropped_{REASON}")
                if writer is not None:
                    document.metadata["filter_reason"] = REASON
                    writer.write(document, rank)


class DespinFormatter(_Examining, BaseFormatter):
    """Restore documents; the text as it was goes to `metadata["despin_original"]`, if it was changed.

    `config` and `observe` are those of `DespinFilter`. Only documents that were probably spun are ever changed.
    """

    name = "🧶 despin"

    def __init__(self, config: Config = Config(), observe: Observer | None = None) -> None:
        super().__init__()
        self.config = config
        self.observe = observe

    def format(self, text: str) -> str:
        """One text, restored. `run` is the fast way."""
        [result] = examine([text], self.config)
        return result.restored if isinstance(result, Report) else text

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """The documents of `data`, restored, in order."""
        for document, result in self._examined(data):
            restored = result.restored if isinstance(result, Report) else document.text
            changed = restored != document.text
            document.metadata[ORIGINAL] = document.text if changed else ""
            document.text = restored
            if changed:
                self.stat_update("restored")
            yield document


def batches(data: DocumentsPipeline) -> Iterator[list[Document]]:
    """The documents of `data` in lists, each worth a call: so many texts that they are `BATCH` code points or more."""
    batch: list[Document] = []
    size = 0
    for document in data:
        batch.append(document)
        size += len(document.text or "") + 1
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
