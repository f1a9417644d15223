"""A report on a text, and its source → the same report with the source's own wording where the two run side by side.

Start reading from `with_source`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..results.finding import Evidence, Finding
from ..results.report import Report
from .result import Comparison, Difference

FAMILY = "source"
CERTAIN = 0.9999
SHORT = 3  # words put in or left out in a row that are taken for a spinner's; more are somebody's own


def with_source(report: Report, comparison: Comparison, path: str) -> Report:
    """`report` with the wording of a source, if the text is a copy of it: what differs there is certain, and nothing
    else is found where the two are the same.

    Raises
    ------
    ValueError
        The two are of different texts.
    """
    if report.text != comparison.text:
        raise ValueError("the report and the comparison are of different texts")
    if not comparison.copied:
        return report
    covered = _Spans([(one.start, one.end) for one in comparison.passages])
    others = [one for one in report.findings if not covered.touch(one.start, one.end)]
    return replace(report, findings=tuple(sorted([*others, *_findings(comparison, path)], key=lambda one: one.start)))


def _findings(comparison: Comparison, path: str) -> Iterator[Finding]:
    """A finding for each difference inside the passages, by place."""
    note = f"so it stands in {path}"
    evidence = (Evidence("source", math.log(CERTAIN / (1 - CERTAIN)), note),)
    inside = _Spans([(one.start, one.end) for one in comparison.passages])
    ends = [run.end for run in comparison.runs]
    done = 0
    for one in comparison.differences:
        wanted = _widened(comparison, one, ends)
        if wanted is None or not inside.hold(*wanted[:2]):
            continue
        start, end, original = wanted
        found = comparison.text[start:end]
        if start >= done and found != original:
            entry = f"{FAMILY}:{found}"
            yield Finding(start, end, found, original, CERTAIN, "restore", FAMILY, entry, evidence)
            done = end


def _widened(comparison: Comparison, one: Difference, ends: Sequence[int]) -> tuple[int, int, str] | None:
    """What to put for what; words put in or left out go with the word before them, since nothing can stand for nothing.
    None: it stays. `ends` are those of the runs."""
    if one.found and one.original:
        return one.start, one.end, one.original
    row = bisect_right(ends, one.start) - 1
    if max(len(one.found.split()), len(one.original.split())) > SHORT or row < 0:
        return None
    run = comparison.runs[row]
    if comparison.text[run.end : one.start].strip():
        return None
    start = _last_word(comparison.text, run.end)
    source_start = _last_word(comparison.source, run.source_end)
    end, source_end = (one.end, run.source_end) if one.found else (run.end, one.source_end)
    return start, end, comparison.source[source_start:source_end]


def _last_word(text: str, end: int) -> int:
    """Where the word begins that ends at `end`."""
    start = end
    while start and not text[start - 1].isspace():
        start -= 1
    return start


class _Spans:
    """Spans that are sorted and disjoint."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self.starts, self.ends = [start for start, _ in spans], [end for _, end in spans]

    def touch(self, start: int, end: int) -> bool:
        """Whether any reaches into start … end."""
        row = bisect_right(self.ends, start)
        return row < len(self.starts) and self.starts[row] < end

    def hold(self, start: int, end: int) -> bool:
        """Whether one has all of start … end."""
        row = bisect_right(self.starts, start) - 1
        return row >= 0 and end <= self.ends[row]
