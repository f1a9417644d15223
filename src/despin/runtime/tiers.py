"""Which dictionaries a text is read with, one after the other. Start reading from `read_by_tiers`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..detection.screening import Scanned
from ..detection.verdict import LIKELY
from ..dictionary.dictionary import Dictionary
from ..results.report import Report, Verdict
from .knowledge import Knowledge

THOROUGH = 0.6  # spin rate from which the family that explains a text leaves no room for another
MANY = 20  # passages of a long text, for which the rate is estimated too low: there the passages are asked
NEARLY = 0.99  # share of its words in passages at such rates that will do; at a rate of a half: 0.4 to 0.97

Read = Callable[[Sequence[str], Dictionary, Sequence[Verdict]], list[Report]]
"""Reads texts with a dictionary; if there are verdicts, they stand, and only findings are looked for."""


def read_by_tiers(batch: Sequence[tuple[str, Scanned]], known: Knowledge, read: Read) -> list[Report]:
    """One report a text.

    A text that one family known whole explains is settled. Others are read again, with the families of which we know a
    part as well, and once more with the dictionaries kept in reserve if they are likely spun.
    """
    texts = [text for text, _ in batch]
    reports = [Report(text, (), said.verdict) for text, said in batch]
    used: list[Dictionary] = [Dictionary.of([])] * len(batch)

    def again(rows: list[int], dictionary: Dictionary, stand: bool) -> None:
        if rows:
            verdicts = [reports[row].verdict for row in rows] if stand else []
            later = read([texts[row] for row in rows], dictionary, verdicts)
            for place, row in enumerate(rows):
                if stand or not used[row] or _says_more(later[place], reports[row], dictionary):
                    reports[row], used[row] = later[place], dictionary

    for tier, dictionary in known.tiers.items():
        open_ = [n for n, (_, said) in enumerate(batch) if tier in said.tiers and not _settled(reports[n])]
        again(open_, dictionary, False)
    said_by = zip(reports, used, strict=True)
    if unknown := [row for row, (report, of) in enumerate(said_by) if of and _partly_known(report, of)]:
        everything = known.reserve
        again([row for row in unknown if used[row] is not everything], everything, True)
    return reports


def _settled(report: Report) -> bool:
    """Whether a family known whole explains a spun text so thoroughly that no other need be asked."""
    verdict, passages = report.verdict, report.passages
    if verdict.probability < LIKELY or not verdict.family:
        return False
    # A substitution that recurs counts once a text, a key that stands more than once: the longer, the lower the rate.
    thorough = sum(passage.words for passage in passages if passage.spin_rate >= THOROUGH)
    everywhere = len(passages) >= MANY and thorough >= NEARLY * sum(passage.words for passage in passages)
    return verdict.spin_rate >= THOROUGH or everywhere


def _says_more(later: Report, earlier: Report, dictionary: Dictionary) -> bool:
    """Whether a later reading, with more families, takes the place of an earlier one: if they had a part in it."""
    if later.verdict.probability < LIKELY or earlier.verdict.probability < LIKELY:
        return later.verdict.probability > earlier.verdict.probability
    return any(dictionary.partial[dictionary.families.index(name)] for name, _ in later.verdict.families)


def _partly_known(report: Report, dictionary: Dictionary) -> bool:
    """Whether the text is likely spun, and mostly not by a spinner that is known whole."""
    verdict = report.verdict
    if verdict.probability < LIKELY:
        return False
    return not verdict.family or bool(dictionary.partial[dictionary.families.index(verdict.family)])
