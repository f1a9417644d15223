"""Which dictionaries a text is read with, one after the other. Start reading from `read_by_tiers`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..detection.screening import Scanned
from ..detection.verdict import LIKELY
from ..dictionary.dictionary import Dictionary
from ..results.report import Report, Verdict
from .knowledge import Knowledge

THOROUGH_RATE = 0.6  # spin rate from which the family that explains a text leaves no room for another
MANY_PASSAGES = 20  # passages of a long text, for which the rate is estimated too low: there the passages are asked
THOROUGH_SHARE = 0.99  # share of its words in passages at such rates that will do; at a rate of a half: 0.4 to 0.97

Read = Callable[[Sequence[str], Dictionary, Sequence[Verdict]], list[Report]]
"""Reads texts with a dictionary; if there are verdicts, they stand, and only findings are looked for."""


class Reading(NamedTuple):
    """A text as one dictionary, or none yet, reads it."""

    report: Report
    dictionary: Dictionary | None = None


def read_by_tiers(batch: Sequence[tuple[str, Scanned]], known: Knowledge, read: Read) -> list[Reading]:
    """One reading a text: its report, and the dictionary that it is owed to.

    A text that one family known whole explains is settled. Others are read again, with the families of which we know a
    part as well, and once more with the dictionaries kept in reserve if they are likely spun.
    """
    readings = [Reading(Report(text, (), scanned.verdict)) for text, scanned in batch]
    for tier, dictionary in known.tiers.items():
        rows = [n for n, (_, scanned) in enumerate(batch) if tier in scanned.tiers and not _settled(readings[n].report)]
        reports = read([batch[row][0] for row in rows], dictionary, []) if rows else []
        for row, report in zip(rows, reports, strict=True):
            readings[row] = _better(Reading(report, dictionary), readings[row])
    unknown = [row for row, reading in enumerate(readings) if _partly_known(reading)]
    everything = known.reserve if unknown else None
    rows = [row for row in unknown if readings[row].dictionary is not everything]
    if everything is not None and rows:  # the verdicts stand: only findings are looked for
        verdicts = [readings[row].report.verdict for row in rows]
        for row, report in zip(rows, read([batch[row][0] for row in rows], everything, verdicts), strict=True):
            readings[row] = Reading(report, everything)
    return readings


def _better(later: Reading, earlier: Reading) -> Reading:
    """Of two readings of a text the one that stands."""
    if earlier.dictionary is None or later.dictionary is None:
        return later
    return later if _says_more(later.report, earlier.report, later.dictionary) else earlier


def _settled(report: Report) -> bool:
    """Whether a family known whole explains a spun text so thoroughly that no other need be asked."""
    verdict, passages = report.verdict, report.passages
    if verdict.probability < LIKELY or not verdict.family:
        return False
    # A substitution that recurs counts once a text, a key that stands more than once: the longer, the lower the rate.
    thorough = sum(passage.words for passage in passages if passage.spin_rate >= THOROUGH_RATE)
    everywhere = len(passages) >= MANY_PASSAGES and thorough >= THOROUGH_SHARE * sum(
        passage.words for passage in passages
    )
    return verdict.spin_rate >= THOROUGH_RATE or everywhere


def _says_more(later: Report, earlier: Report, dictionary: Dictionary) -> bool:
    """Whether a later reading, with more families, takes the place of an earlier one: if they had a part in it."""
    if later.verdict.probability < LIKELY or earlier.verdict.probability < LIKELY:
        return later.verdict.probability > earlier.verdict.probability
    return any(dictionary.partial[dictionary.families.index(name)] for name, _ in later.verdict.families)


def _partly_known(reading: Reading) -> bool:
    """Whether the text is likely spun, and mostly not by a spinner that is known whole."""
    verdict, dictionary = reading.report.verdict, reading.dictionary
    if dictionary is None or not dictionary or verdict.probability < LIKELY:
        return False
    return not verdict.family or bool(dictionary.partial[dictionary.families.index(verdict.family)])
