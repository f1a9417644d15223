"""What is excused in a text, counted, with the reasons. Start reading from `counts`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..results.report import Report
from .escaping import printable, whole


def counts(report: Report) -> str:
    """How many findings are known and how many are ignored, as the end of a line; empty where none is."""
    known = sum(f.known for f in report.findings)
    numbers = ((known, "in the baseline"), (len(report.ignored), f"more ignored{_reasons(report)}"))
    return "".join(f", {count} {what}" for count, what in numbers if count)


def _reasons(report: Report) -> str:
    """Why findings are ignored, in brackets: with their numbers, where reasons differ."""
    reasons = Counter(one.excuse.partition(":")[0] for one in report.ignored if one.excuse)
    if len(reasons) == 1 and reasons.total() == len(report.ignored):
        return f" ({next(iter(reasons))})"
    both = ", ".join(f"{count} {reason}" for reason, count in reasons.items())
    return f" ({both})" if both else ""


def excuses(report: Report) -> Iterator[tuple[int, str]]:
    """Where each ignored finding begins, and what is said of it."""
    for one in report.ignored:
        yield one.start, f"ignored: {printable(whole(one.found))} ({one.excuse or 'excused'})"
