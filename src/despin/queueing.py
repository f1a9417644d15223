"""Texts of any number and length → batches that are neither too small to be fast nor too large for memory.

It knows sizes, and nothing of what is done. Start reading from `queued`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import TypeVar

import numpy as np

from . import parts
from .dismissal import Scanned
from .findings import Drafts, Passage, Report, joined, made_drafts

_Item = TypeVar("_Item")

# Code points handled at once: enough to make numpy's overhead vanish, little enough to stay in cache.
SCANNED = 800_000
DECODED = 400_000
BATCH = 8_000_000

MANY = 200_000  # code points in a batch that make it worth `_keep_room`

Scan = Callable[[Sequence[str]], list[Scanned]]
Decode = Callable[[Sequence[tuple[str, Scanned]]], list[Report]]


def queued(texts: Iterable[str], scan: Scan, decode: Decode, most: int) -> Iterator[Report]:
    """The report of each text, in order: every text is scanned, and those worth it are decoded.

    These wait for each other, and all behind them wait with them: `most` code points, or one text if it is longer.
    """
    queue: list[tuple[str, Scanned]] = []
    waiting = held = 0  # code points to be decoded, and of the whole queue
    for batch in _batches(texts, min(SCANNED, most), len):
        if len(batch[0]) > parts.LONGEST:  # it is alone then
            yield from _reports(queue, decode)
            queue, waiting, held = [], 0, 0
            yield _long(batch[0], scan, decode)
            continue
        if sum(map(len, batch)) > MANY:
            _keep_room()
        scanned = scan(batch)
        queue += zip(batch, scanned, strict=True)
        waiting += sum(len(text) for text, said in zip(batch, scanned, strict=True) if said.worth_decoding)
        held += sum(map(len, batch))
        if not waiting or waiting >= DECODED or held >= most:
            yield from _reports(queue, decode)
            queue, waiting, held = [], 0, 0
    yield from _reports(queue, decode)


@cache
def _keep_room() -> None:
    """Teach the C library to keep what large arrays leave for those that follow.

    glibc maps every piece of memory that is larger than the largest freed so far (32 MB at most: mallopt(3), dynamic
    threshold), and its pages are faults when they are first touched: a third of the time of tokens. Here such a piece
    is freed, once, without ever being touched.
    """
    np.empty((32 << 20) - (1 << 16), np.uint8)


def _reports(queue: Sequence[tuple[str, Scanned]], decode: Decode) -> Iterator[Report]:
    """The reports of a queue: of texts that the scan dismissed, no more than its verdict; the others are decoded."""
    batches = _batches((row for row in queue if row[1].worth_decoding), DECODED, lambda row: len(row[0]))
    decoded = chain.from_iterable(decode(batch) for batch in batches)
    for text, said in queue:
        yield next(decoded) if said.worth_decoding else Report(text, (), said.verdict)


def _long(text: str, scan: Scan, decode: Decode) -> Report:
    """The report of a text that is too long to be decoded at once: part by part, each as a text of its own.

    It is as likely spun as the part that is likeliest.
    """
    findings: list[Drafts] = []
    passages: list[Passage] = []
    verdicts = []
    for begin, end in parts.cut(text):
        part = text[begin:end]
        [report] = _reports([(part, said) for said in scan([part])], decode)
        verdicts.append(report.verdict)
        drafts = report.drafts
        drafts = drafts if isinstance(drafts, Drafts) else made_drafts(part, drafts)
        findings.append(drafts.moved(text, begin))
        passages += [replace(one, start=one.start + begin, end=one.end + begin) for one in report.passages]
    whole = max(verdicts, key=lambda verdict: (verdict.probability, verdict.log_likelihood_ratio))
    whole = replace(whole, words=sum(verdict.words for verdict in verdicts))
    return Report.later(text, joined(text, findings), whole, tuple(passages))


def _batches(items: Iterable[_Item], most: int, length: Callable[[_Item], int]) -> Iterator[list[_Item]]:
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
