"""Texts of any number and length → batches that are neither too small to be fast nor too large for memory.

It knows sizes, and nothing of what is done. Start reading from `queued`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from typing import TypeVar

from ..detection.screening import Scanned
from ..results.lazy_findings import LazyFindings, joined
from ..results.report import Passage, Report
from ..text import splitting
from ..util.process import keep_freed_memory

_Item = TypeVar("_Item")

# Code points handled at once: enough to make numpy's overhead vanish, little enough to stay in cache.
UNMASKED = 50_000
SCANNED = 800_000
DOUBTFUL = 200_000
DECODED = 500_000
BATCH = 8_000_000

MANY = 200_000  # code points in a batch that make it worth `keep_freed_memory`
_keep_freed_memory_once = cache(keep_freed_memory)


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with the texts of a queue, each of a batch."""

    plain: Callable[[Sequence[str]], Sequence[str]]
    """Takes disguise off them; all that follows is done with what is left."""
    glance: Callable[[Sequence[str]], Sequence[Scanned | None]]
    """Says at first sight which need not be decoded, and which must be; None: it says too little."""
    scan: Callable[[Sequence[str]], Sequence[Scanned]]
    """Says so of these."""
    decode: Callable[[Sequence[tuple[str, Scanned]]], Sequence[Report]]


def queued(texts: Iterable[str], work: Work, most: int) -> Iterator[Report]:
    """The report of each text, in order: every text is looked at, those in doubt are scanned, and those worth it are
    decoded.

    These wait for each other, and all behind them wait with them: `most` code points, or one text if it is longer.
    """
    queue = _Queue(work)
    for batch in batches(texts, min(SCANNED, most), len):
        if len(batch[0]) > splitting.LONGEST:  # it is alone then
            yield from queue.reports()
            yield _long(work.plain(batch)[0], work)
            continue
        if sum(map(len, batch)) > MANY:
            _keep_freed_memory_once()
        queue.add(work.plain(batch))
        if queue.doubtful >= DOUBTFUL or queue.held >= most:
            queue.settle()
        if not (queue.doubtful or queue.waiting) or queue.waiting >= DECODED or queue.held >= most:
            yield from queue.reports()
    yield from queue.reports()


@dataclass(slots=True)
class _Queue:
    """Texts whose reports are still to come."""

    work: Work
    rows: list[tuple[str, Scanned | None]] = field(default_factory=list)
    doubtful: int = 0
    """Code points to be scanned, and one for the end of each text."""
    waiting: int = 0
    """To be decoded, likewise."""
    held: int = 0
    """Of all texts, likewise."""

    def add(self, batch: Sequence[str]) -> None:
        """Texts behind all others."""
        said = self.work.glance(batch)
        self.rows += zip(batch, said, strict=True)
        self.held += sum(map(len, batch)) + len(batch)
        self.doubtful += sum(len(text) + 1 for text, one in zip(batch, said, strict=True) if one is None)
        self.waiting += sum(len(text) + 1 for text, one in zip(batch, said, strict=True) if one and one.worth_decoding)

    def settle(self) -> None:
        """Scan what is in doubt."""
        if not self.doubtful:
            return
        doubtful = batches((text for text, said in self.rows if said is None), SCANNED, len)
        scanned = chain.from_iterable(map(self.work.scan, doubtful))
        known = [(text, next(scanned) if said is None else said) for text, said in self.rows]
        self.rows, self.doubtful = [*known], 0
        self.waiting = sum(len(text) + 1 for text, said in known if said.worth_decoding)

    def reports(self) -> Iterator[Report]:
        """The reports of all texts; the queue is empty then. Of those that were dismissed, there is no more than a
        verdict; the others are decoded."""
        self.settle()
        rows = [(text, said) for text, said in self.rows if said is not None]
        self.rows, self.waiting, self.held = [], 0, 0
        worthy = batches((row for row in rows if row[1].worth_decoding), DECODED, lambda row: len(row[0]))
        decoded = chain.from_iterable(map(self.work.decode, worthy))
        for text, said in rows:
            yield next(decoded) if said.worth_decoding else Report(text, (), said.verdict)


def _long(text: str, work: Work) -> Report:
    """The report of a text that is too long to be decoded at once: part by part, each as a text of its own.

    It is as likely spun as the part that is likeliest.
    """
    findings: list[LazyFindings] = []
    passages: list[Passage] = []
    verdicts = []
    for begin, end in splitting.split_long(text):
        part = text[begin:end]
        queue = _Queue(work)
        queue.add([part])
        [report] = queue.reports()
        verdicts.append(report.verdict)
        found = report.lazy_findings
        found = found if isinstance(found, LazyFindings) else LazyFindings.of(part, found)
        findings.append(found.moved(text, begin))
        passages += [replace(one, start=one.start + begin, end=one.end + begin) for one in report.passages]
    whole = max(verdicts, key=lambda verdict: (verdict.probability, verdict.log_likelihood_ratio))
    whole = replace(whole, words=sum(verdict.words for verdict in verdicts))
    return Report.later(text, joined(text, findings), whole, tuple(passages))


def batches(items: Iterable[_Item], most: int, length: Callable[[_Item], int]) -> Iterator[list[_Item]]:
    """`items` in lists, each of at most `most` code points, unless a single one has more."""
    batch: list[_Item] = []
    size = 0
    for item in items:
        if batch and size + length(item) > most:
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += length(item) + 1
        if size >= most:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
