"""Entries with counts, learned elsewhere → those of them that join a hand-written dictionary.

What was seen of a pair of words is seen of their lemmas: *blunders* for *errors* is hardly ever counted often enough by
itself, *blunder* for *error* is. So forms are counted together, and a pair of lemmas that was seen too seldom is left
out with all its forms. Start reading from `frequent`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from ...dictionary.entry import Entry
from .rewriter import Pair

Lemmatiser = Callable[[str], str]
"""Word → its lemma, or one that stands for all that it may have."""


def frequent(entries: Iterable[Entry], least: int, lemma: Lemmatiser) -> list[Pair]:
    """The pairs of `entries` with counts that were seen `least` times or more, all forms of their words together.

    >>> learned = [Entry("errata", "error", "", 1, 9), Entry("slips", "errors", "", 1, 9)]
    >>> learned += [Entry("slip", "error", "", 2, 9)]
    >>> [pair.spun for pair in frequent(learned, 3, lambda word: word.removesuffix("s"))]
    ['slips', 'slip']
    """
    counted = [entry for entry in entries if entry.seen and entry.of]

    def lemmas(entry: Entry) -> tuple[str, str]:
        spun, original = (" ".join(map(lemma, phrase.split())) for phrase in (entry.spun, entry.original))
        return spun, original

    seen: Counter[tuple[str, str]] = Counter()
    for entry in counted:
        seen[lemmas(entry)] += entry.seen or 0
    return [
        Pair(entry.spun, entry.original, entry.unless, entry.seen, entry.of)
        for entry in counted
        if seen[lemmas(entry)] >= least
    ]


def joined(written: Iterable[Pair], counted: Iterable[Pair]) -> list[Pair]:
    """Both, sorted; where both know a pair, the counts stand."""
    pairs = {(pair.spun, pair.original): pair for pair in (*written, *counted)}
    return [pairs[key] for key in sorted(pairs)]
