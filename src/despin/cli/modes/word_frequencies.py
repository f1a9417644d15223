"""How common words are on the Zipf scale, for --explain. wordfreq is imported when it is asked: 0.2 s and 90 MB."""

from __future__ import annotations

import os
from collections.abc import Iterable

from ...results.report import Report
from ..run import Run
from ..settings.settings import Chosen


def zipf_of_findings(run: Run, report: Report, chosen: Chosen) -> dict[str, float] | None:
    """How common the words of the findings are; None without --explain, {} in a language that wordfreq lacks."""
    if not run.options.explain:
        return None
    phrases = {phrase for f in report.findings for phrase in (f.found, f.original)}
    return _frequencies(phrases, chosen.values["language"])


def zipf_of(run: Run, phrase: str) -> float:
    """How common `phrase` is, for --lookup; 0 where nothing is known."""
    return _frequencies([phrase], run.chosen(os.curdir).values["language"]).get(phrase, 0.0)


def _frequencies(phrases: Iterable[str], language: str) -> dict[str, float]:
    if not phrases:
        return {}
    from wordfreq import zipf_frequency

    try:
        return {phrase: zipf_frequency(phrase, language) for phrase in phrases}
    except LookupError:  # a language that wordfreq does not know
        return {}
