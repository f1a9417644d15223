"""Weighed candidates → findings: which of them to make, and how they read in the text.

Of candidates that overlap the likeliest is taken; the others become its alternatives where they change the same words.
Then each is cut down to the words that change and fitted to its place (`surface`). Start reading from `find`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .arrays import among, distinct, ordered
from .config import Config
from .decode import Channel, Decoded
from .dictionary import Dictionary
from .evidence import KINDS, Weighed
from .findings import Finding, Terms, Verdict, collector_paused, quick_finding
from .language import SURFACES, Surface
from .lattice import Lattice
from .surface import agrees, fit
from .tokens import Shape, Tokens, hash_words, tokenise
from .verdict import LIKELY

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

MOST_ALTERNATIVES = 4
LEAST = 0.05  # confidence below which an alternative is not worth naming
QUARTER = 0.25  # of `min_confidence`: from here on a candidate is suggested


@collector_paused()
def find(
    texts: Sequence[str],
    verdicts: Sequence[Verdict],
    lattice: Lattice,
    channel: Channel,
    decoded: Decoded,
    weighed: Weighed,
    dictionary: Dictionary,
    config: Config,
) -> list[list[Finding]]:
    """The findings of each text, sorted by place, disjoint."""
    spun = np.array([verdict.probability for verdict in verdicts])
    chance = spun[channel.text[weighed.rows]] / (1 + np.exp(-np.clip(weighed.log_odds, -50, 50)))
    worthy = np.flatnonzero(chance >= least_shown(config))
    shown, chance = weighed.rows[worthy], chance[worthy]
    curly = ["’" in text and text.count("’") >= text.count("'") for text in texts]
    candidates = _Candidates.of(shown, lattice, channel, dictionary, np.array(curly, np.bool_), config.language)
    chosen, rivals, order = _choose(candidates.first, candidates.last, chance, config.min_confidence * QUARTER)

    found: list[list[Finding]] = [[] for _ in texts]
    language, surface = config.language, SURFACES[config.language]
    likely = [verdict.probability >= LIKELY for verdict in verdicts]
    tokens = lattice.tokens
    first, last = candidates.first[chosen], candidates.last[chosen]
    document = channel.text[shown[chosen]]
    offset = tokens.offset[document]
    articles = hash_words(list(surface.articles)) if surface.articles else np.zeros(0, np.uint64)
    after_article = among(tokens.word[np.maximum(first - 1, 0)], articles)
    confidence = chance[chosen]
    terms = weighed.terms[worthy[chosen]]
    sure = np.clip(confidence, 1e-12, 1 - 1e-12)
    rest = np.log(sure / (1 - sure)) - terms.sum(axis=1)
    small = np.concatenate([[0], np.cumsum(tokens.shape > Shape.LOWER)])
    named, told = _all_told(dictionary, candidates.entry[chosen], decoded.family[shown[chosen]])
    columns = (
        chosen, document, first, offset, tokens.start[first] - offset, tokens.end[last - 1] - offset,
        confidence, after_article, small[last] == small[first], named,
    )  # fmt: skip
    table = np.column_stack([terms, rest])
    rows = zip(range(len(chosen)), rivals, *(column.tolist() for column in columns), strict=True)
    wording = candidates.wording
    for place, (head, tail), row, number, at, begin, start, end, sureness, behind_article, plain, of in rows:
        text = texts[number]
        here = text[start:end]
        core, settled = wording[row]
        original = settled if plain else _fitted(core, here, language, curly[number])
        if original == here:
            continue
        alternatives: tuple[str, ...] = ()
        if tail > head + 1:
            others = order[head + 1 : min(tail, head + 1 + MOST_ALTERNATIVES)].tolist()
            rest_of = [wording[other] for other in others]
            fitted = [one if plain else _fitted(core, here, language, curly[number]) for core, one in rest_of]
            alternatives = tuple(dict.fromkeys([other for other in fitted if other not in (original, here)]))
        name, entry, notes = told[of]
        certain = sureness >= config.min_confidence and likely[number]
        finding = quick_finding(
            start, end, here, original, alternatives, sureness, "restore" if certain else "suggest", name, entry,
            Terms(_ALL_KINDS, table, place, notes),
        )  # fmt: skip
        if certain and behind_article:
            earlier = found[number][-1].end if found[number] else 0
            finding = _with_article(finding, text, tokens, at, begin, earlier, surface)
        found[number].append(finding)
    return found


def least_shown(config: Config) -> float:
    """The probability from which a candidate is looked at: for a finding, or as an alternative."""
    return min(LEAST, config.min_confidence * QUARTER)


def with_repairs(
    findings: Sequence[Finding], repairs: Sequence[Finding], verdict: Verdict, config: Config
) -> list[Finding]:
    """`findings` and those of `repairs` that lie between them, by place; these only where the text was likely spun."""
    if verdict.probability < LIKELY or not repairs:
        return list(findings)
    result, starts = list(findings), [finding.start for finding in findings]
    for repair in repairs:
        before = bisect_left(starts, repair.end)  # findings that begin before it ends; they are sorted and disjoint
        if not before or findings[before - 1].end <= repair.start:
            certain = repair.action == "restore" and repair.confidence >= config.min_confidence
            result.append(replace(repair, action="restore" if certain else "suggest"))
    return sorted(result, key=lambda finding: finding.start)


@lru_cache(maxsize=1 << 16)
def _fitted(original: str, found: str, language: str, curly: bool) -> str:
    """`fit`, remembered: a spinner's favourite substitutions make up most of its work."""
    return fit(original, found, SURFACES[language], curly)


def _choose(first: I64, last: I64, chance: F64, least: float) -> tuple[I64, list[tuple[int, int]], I64]:
    """Rows to make, by place, no two overlapping, the likelier first; the rivals of each, itself among them, as a slice
    of the rows returned last, the likeliest first."""
    order = np.argsort(-chance, kind="stable")
    for key in (last - first, first):
        order = order.take(ordered(key.take(order)))
    if not len(order):
        return order, [], order
    fresh = np.concatenate([[True], (np.diff(first[order]) != 0) | (np.diff(last[order]) != 0)])
    heads = np.flatnonzero(fresh)
    tails = np.append(heads[1:], len(order))
    likely = np.flatnonzero(chance[order[heads]] >= least)
    begin, end = first[order[heads[likely]]], last[order[heads[likely]]]
    # Most places overlap no other; where some do, the likeliest wins.
    reach = np.maximum.accumulate(end)
    clash = np.concatenate([[False], begin[1:] < reach[:-1]]) if len(likely) else np.zeros(0, np.bool_)
    keep = np.ones(len(likely), np.bool_)
    clusters = np.append(np.flatnonzero(~clash), len(likely))
    crowded = np.flatnonzero(np.diff(clusters) > 1)
    for low, high in zip(clusters[crowded].tolist(), clusters[crowded + 1].tolist(), strict=True):
        taken: set[int] = set()
        mine = -chance[order[heads[likely[low:high]]]]
        for row in (low + np.argsort(mine, kind="stable")).tolist():
            places = range(int(begin[row]), int(end[row]))
            keep[row] = taken.isdisjoint(places)
            if keep[row]:
                taken.update(places)
    likely = likely[keep]
    rivals = list(zip(heads[likely].tolist(), tails[likely].tolist(), strict=True))
    return order[heads[likely]], rivals, order


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """Candidates cut down to the words that change; where one side would be empty, a word is left on both."""

    first: I64
    """First token."""
    last: I64
    """Last token + 1."""
    entry: I64
    wording: list[tuple[str, str]]
    """What is left of each original as the dictionary writes it, and as it should stand where nothing has a capital."""

    @classmethod
    def of(
        cls, rows: I64, lattice: Lattice, channel: Channel, dictionary: Dictionary, curly: Bool, language: str
    ) -> _Candidates:
        arc = channel.candidate[rows]
        entry = lattice.arcs.entry[arc]
        head, tail = dictionary.head[entry].astype(np.int64), dictionary.tail[entry].astype(np.int64)
        original = dictionary.original[entry]
        words = np.minimum(
            (lattice.arcs.end - lattice.arcs.start)[arc],
            dictionary.first_word[original + 1] - dictionary.first_word[original],
        )
        empty = words == head + tail
        head, tail = head - (empty & (tail == 0)), tail - (empty & (tail > 0))
        first = lattice.token.take(lattice.arcs.start[arc] + head)
        last = lattice.token.take(lattice.arcs.end[arc] - 1 - tail) + 1
        # A spinner's favourite substitutions make up most of its work: each is written once.
        style = curly[channel.text[rows]]
        _, which, inverse = distinct(2 * entry + style, 2 * len(dictionary))
        columns = (column[which].tolist() for column in (entry, head, tail, style))
        written = [_wording(dictionary, *row, language) for row in zip(*columns, strict=True)]
        return cls(first, last, entry, [written[k] for k in inverse.tolist()])


@lru_cache(maxsize=1 << 16)
def _wording(dictionary: Dictionary, row: int, head: int, tail: int, curly: bool, language: str) -> tuple[str, str]:
    core = _core(dictionary, row, head, tail)
    return core, _fitted(core, "", language, curly)


def _core(dictionary: Dictionary, row: int, head: int, tail: int) -> str:
    phrase = dictionary.original_text[int(dictionary.original[row])]
    if not head and not tail:
        return phrase
    tokens = tokenise([phrase])
    return phrase[tokens.start[head] : tokens.end[len(tokens) - 1 - tail]]


NOTES = {
    "spin rate": "how thoroughly this text was spun",
    "channel": "how often the spinner does this",
    "context": "how much better the original fits its neighbours",
    "topic": "how well the original goes with the rest of the text",
    "consistency": "other places of the same substitution in this text",
    "frequency": "how common either phrase is",
    "form": "capitals and length",
    "collocation": "what this pair was beside such neighbours before",
    "names": "what other mentions of the name say",
    "rivals": "what speaks for other originals of the place",
    "verdict": "that the text was spun at all",
}
_ALL_KINDS = (*KINDS, "verdict")  # what the verdict takes away comes last, so that all add up to the confidence
_CHANNEL = KINDS.index("channel")
_PLAIN_NOTES = tuple(NOTES[kind] for kind in _ALL_KINDS)


@lru_cache(maxsize=1 << 16)
def _told(dictionary: Dictionary, row: int, family: int) -> tuple[str, str, tuple[str, ...]]:
    """What a finding says of its entry: family, name, the notes of the evidence."""
    entry = dictionary.entry(row, family)
    notes = _PLAIN_NOTES
    if entry.of:
        notes = (*notes[:_CHANNEL], f"{entry.seen} of {entry.of} became this", *notes[_CHANNEL + 1 :])
    return entry.family, entry.name, notes


def _all_told(dictionary: Dictionary, entry: I64, family: I64) -> tuple[I64, list[tuple[str, str, tuple[str, ...]]]]:
    """What to say of each `entry` of a `family`, (rows,) both, as a row of the list of all that is said."""
    families = len(dictionary.families)
    _, which, inverse = distinct(entry * families + family, len(dictionary) * families)
    told = [_told(dictionary, *row) for row in zip(entry[which].tolist(), family[which].tolist(), strict=True)]
    return inverse, told


def _with_article(
    finding: Finding, text: str, tokens: Tokens, first: int, begin: int, earlier: int, surface: Surface
) -> Finding:
    """`finding` together with the article before it, where that no longer fits."""
    if first == 0 or tokens.opens[first]:
        return finding
    start, end = int(tokens.start[first - 1]) - begin, int(tokens.end[first - 1]) - begin
    article, gap = text[start:end], text[end : finding.start]
    if gap != " " or start < earlier:
        return finding
    fitting = agrees(article, finding.original, surface)
    stood = agrees(article, finding.found, surface)
    if fitting == article or stood != article:  # it fitted neither before nor after: not ours to mend
        return finding
    return replace(
        finding, start=start, found=text[start : finding.end], original=f"{fitting} {finding.original}",
        alternatives=tuple(f"{agrees(article, other, surface)} {other}" for other in finding.alternatives),
    )  # fmt: skip
