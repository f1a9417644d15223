"""Texts of any number and length → batches that are neither too small to be fast nor too large for memory.

It knows sizes, and in which order the stages are asked; what they do is theirs. Start reading from `batched`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from typing import Protocol, TypeVar

from ..detection.screening import Scanned
from ..results.lazy_findings import LazyFindings, joined
from ..results.lift import lift
from ..results.report import Passage, Report
from ..text import splitting
from ..text.view import View
from ..util.process import keep_freed_memory

_Item = TypeVar("_Item")

# Code points handled at once: enough to make numpy's overhead vanish, little enough to stay in cache.
UNMASKED = 50_000
SCANNED = 800_000
DOUBTFUL = 200_000
DECODED = 500_000
BATCH = 8_000_000

WORTH_ROOM = 200_000  # code points in a batch that make it worth `keep_freed_memory`
_keep_freed_memory_once = cache(keep_freed_memory)


class Stages(Protocol):
    """What is done with the texts, a batch at a time."""

    def unmask(self, texts: Sequence[str]) -> Sequence[View | None]:
        """The texts without disguise, with the way back; None for one that is as it seems."""

    def first_look(self, texts: Sequence[str]) -> Sequence[Scanned | None]:
        """Which texts are settled at first sight, and how; None for one that is to be scanned."""

    def scan(self, texts: Sequence[str]) -> Sequence[Scanned]:
        """Which of these are worth decoding."""

    def decode(self, rows: Sequence[tuple[str, Scanned]]) -> Sequence[Report]:
        """The reports of texts that are worth it."""

    def find_listed(self, reports: Sequence[Report]) -> Sequence[Report]:
        """The reports, of texts without disguise, with the phrases that are reported wherever they stand."""


def batched(texts: Iterable[str], stages: Stages, most: int) -> Iterator[Report]:
    """The report of each text, in order: every text is looked at, those in doubt are scanned, and those worth it are
    decoded.

    These wait for each other, and all behind them wait with them: `most` code points, or one text if it is longer.
    """
    queue = _Queue(stages)
    for batch in batches(texts, min(SCANNED, most), len):
        if len(batch[0]) > splitting.LONGEST:  # it is alone then
            yield from queue.reports()
            yield _long(batch[0], stages)
            continue
        if sum(map(len, batch)) > WORTH_ROOM:
            _keep_freed_memory_once()
        queue.add(_rows(batch, stages))
        if queue.doubtful >= DOUBTFUL or queue.held >= most:
            queue.settle()
        if not (queue.doubtful or queue.waiting) or queue.waiting >= DECODED or queue.held >= most:
            yield from queue.reports()
    yield from queue.reports()


@dataclass(slots=True)
class _Row:
    """A text on its way to its report."""

    text: str
    """Without disguise: all that follows is done with it."""
    view: View | None
    """The way back to the text as it came; None if it is that text."""
    scanned: Scanned | None = None
    """What is known so far; None: it is still in doubt."""

    def __len__(self) -> int:
        return len(self.text)

    @property
    def waits(self) -> bool:
        """Whether it waits to be decoded."""
        return self.scanned is not None and self.scanned.worth_decoding

    def back(self, report: Report) -> Report:
        """`report`, which is on `text`, as one on the text as it came."""
        return report if self.view is None else lift(self.view, report)


def _rows(texts: Sequence[str], stages: Stages) -> list[_Row]:
    """The rows of `texts`, of which nothing is known yet."""
    views = chain.from_iterable(map(stages.unmask, batches(texts, UNMASKED, len)))
    return [_Row(text if view is None else view.text, view) for text, view in zip(texts, views, strict=True)]


@dataclass(slots=True)
class _Queue:
    """Texts whose reports are still to come."""

    stages: Stages
    rows: list[_Row] = field(default_factory=list)
    doubtful: int = 0
    """Code points to be scanned, and one for the end of each text."""
    waiting: int = 0
    """To be decoded, likewise."""
    held: int = 0
    """Of all texts, likewise."""

    def add(self, rows: Sequence[_Row]) -> None:
        """Look at more texts, which come behind all others."""
        for row, scanned in zip(rows, self.stages.first_look([row.text for row in rows]), strict=True):
            row.scanned = scanned
        self.rows += rows
        self.held += _size(rows)
        self.doubtful += _size(row for row in rows if row.scanned is None)
        self.waiting += _size(row for row in rows if row.waits)

    def settle(self) -> None:
        """Scan what is in doubt."""
        if not self.doubtful:
            return
        for rows in batches((row for row in self.rows if row.scanned is None), SCANNED, len):
            for row, scanned in zip(rows, self.stages.scan([row.text for row in rows]), strict=True):
                row.scanned = scanned
        self.doubtful, self.waiting = 0, _size(row for row in self.rows if row.waits)

    def reports(self) -> Iterator[Report]:
        """The reports of all texts, as they came, with what is reported wherever it stands; the queue is empty then."""
        for some in batches(self.read(), SCANNED, lambda pair: len(pair[0])):
            yield from _finished([row for row, _ in some], [report for _, report in some], self.stages)

    def read(self) -> Iterator[tuple[_Row, Report]]:
        """All texts with their reports; the queue is empty then. Of those that were dismissed, there is no more than a
        verdict; the others are decoded."""
        self.settle()
        rows, self.rows, self.waiting, self.held = self.rows, [], 0, 0
        decoded = chain.from_iterable(map(self._decoded, batches((row for row in rows if row.waits), DECODED, len)))
        for row in rows:
            yield row, next(decoded) if row.waits else _dismissed(row)

    def _decoded(self, rows: Sequence[_Row]) -> Sequence[Report]:
        return self.stages.decode([(row.text, row.scanned) for row in rows if row.scanned is not None])


def _dismissed(row: _Row) -> Report:
    """The report of a text that was not decoded."""
    assert row.scanned is not None
    return Report(row.text, (), row.scanned.verdict)


def _finished(rows: Sequence[_Row], reports: Sequence[Report], stages: Stages) -> Iterator[Report]:
    """The reports on the texts of `rows`, with what is reported wherever it stands, as reports on the texts as they
    came."""
    for row, report in zip(rows, stages.find_listed(reports), strict=True):
        yield row.back(report)


def _size(rows: Iterable[_Row]) -> int:
    """Code points of `rows`, and one for the end of each text."""
    return sum(len(row) + 1 for row in rows)


def _long(text: str, stages: Stages) -> Report:
    """The report of a text that is too long to be decoded at once: part by part, each as a text of its own.

    It is as likely spun as the part that is likeliest.
    """
    [row] = _rows([text], stages)
    findings: list[LazyFindings] = []
    passages: list[Passage] = []
    verdicts = []
    for begin, end in splitting.split_long(row.text):
        part = row.text[begin:end]
        queue = _Queue(stages)
        queue.add([_Row(part, None)])
        [(_, report)] = queue.read()
        verdicts.append(report.verdict)
        found = report.lazy_findings
        found = found if isinstance(found, LazyFindings) else LazyFindings.of(part, found)
        findings.append(found.moved(row.text, begin))
        passages += [replace(one, start=one.start + begin, end=one.end + begin) for one in report.passages]
    whole = max(verdicts, key=lambda verdict: (verdict.probability, verdict.log_likelihood_ratio))
    whole = replace(whole, words=sum(verdict.words for verdict in verdicts))
    report = Report.later(row.text, joined(row.text, findings), whole, tuple(passages))
    return next(_finished([row], [report], stages))


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
