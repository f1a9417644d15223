"""Weighed candidates → findings: which of them to make, and how they read in the text.

Of candidates that overlap the likeliest is taken; the others become its alternatives where they change the same words.
Then each is cut down to the words that change and fitted to its place (`surface`). Start reading from `find`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..config import Config
from ..decoding.channel import Channel
from ..decoding.decode import Decoded
from ..decoding.lattice import Lattice
from ..detection.verdict import LIKELY
from ..dictionary.dictionary import Dictionary
from ..results.finding import Finding
from ..results.lazy_findings import LazyFindings
from ..results.report import Verdict
from ..text.hashing import hash_words
from ..text.language import SURFACES
from ..text.token_features import Shape
from ..text.tokens import Tokens
from ..util.array_types import F64, I32, I64, AnyArray, Bool
from ..util.arrays import among, ordered
from ..util.process import gc_paused
from .evidence import Weighed
from .finishing import Batch, agreeing, fitted, wordings

LEAST = 0.05  # confidence below which an alternative is not worth naming


@gc_paused()
def find(
    texts: Sequence[str],
    verdicts: Sequence[Verdict],
    lattice: Lattice,
    channel: Channel,
    decoded: Decoded,
    weighed: Weighed,
    dictionary: Dictionary,
    config: Config,
) -> list[LazyFindings]:
    """The findings of each text, sorted by place, disjoint, and not made yet."""
    spun = np.array([verdict.probability for verdict in verdicts])
    chance = spun[channel.text[weighed.rows]] / (1 + np.exp(-np.clip(weighed.log_odds, -50, 50)))
    worthy = np.flatnonzero(chance >= least_shown(config))
    shown, chance = weighed.rows[worthy], chance[worthy]
    curly = np.array(["’" in text and text.count("’") >= text.count("'") for text in texts], np.bool_)
    candidates = _Candidates.of(shown, lattice, channel, dictionary)
    chosen, head, tail, order = _choose(candidates.first, candidates.last, chance, config.suggest_from)

    tokens, document = lattice.tokens, channel.text[shown[chosen]]
    first, last = candidates.first[chosen], candidates.last[chosen]
    offset = tokens.offset[document]
    start, end = tokens.start[first] - offset, tokens.end[last - 1] - offset
    small = np.concatenate([[0], np.cumsum(tokens.shape > Shape.LOWER)])
    plain = small[last] == small[first]
    style = curly[document]
    known, entry = wordings(dictionary, config.language), candidates.entry[chosen]
    original = known.of(entry, candidates.head[chosen], candidates.tail[chosen], style)

    kept = np.ones(len(chosen), np.bool_)
    rows = np.flatnonzero(~plain | candidates.idle[chosen])  # the others are as they are, and other words
    columns = (column[rows].tolist() for column in (document, start, end, plain, style))
    cores = known.cores(entry[rows], style[rows]).tolist()
    for row, core, number, begin, stop, easy, curled in zip(rows.tolist(), cores, *columns, strict=True):
        found = texts[number][begin:stop]
        if not easy:
            original[row] = fitted(core, found, config.language, curled)
        kept[row] = original[row] != found
    if not kept.all():
        chosen, head, tail, document, start, end, first, original = (
            chosen[kept], head[kept], tail[kept], document[kept], start[kept], end[kept], first[kept], original[kept]
        )  # fmt: skip
        plain, style = plain[kept], style[kept]

    confidence = chance[chosen]
    likely = np.array([verdict.probability >= LIKELY for verdict in verdicts], np.bool_)
    certain = (confidence >= config.min_confidence) & likely[document]
    article = {}
    for row, begin, before, fitting in _articles(
        texts, original, certain, document, start, end, first, tokens, config.language
    ):
        start[row], article[row] = begin, before
        original[row] = f"{fitting} {original[row]}"

    batch = Batch(
        dictionary, config.language, confidence, certain, article, chosen, decoded.family[shown[chosen]],
        weighed.terms, worthy[chosen], plain, style, head, tail, order, candidates.entry, candidates.head,
        candidates.tail,
    )  # fmt: skip
    size = len(chosen)
    findings = LazyFindings(
        "", start.tolist(), end.tolist(), original.tolist(), certain.tolist(), range(size), [batch] * size
    )
    ends = np.searchsorted(document, np.arange(len(texts)), side="right").tolist()
    return [findings.part(a, b, text) for text, a, b in zip(texts, [0, *ends], ends, strict=False)]


def least_shown(config: Config) -> float:
    """The probability from which a candidate is looked at: for a finding, or as an alternative."""
    return min(LEAST, config.suggest_from)


def with_repairs(findings: LazyFindings, repairs: Sequence[Finding], verdict: Verdict, config: Config) -> LazyFindings:
    """`findings` and those of `repairs` that lie between them, by place; these only where the text was likely spun."""
    if verdict.probability < LIKELY or not repairs:
        return findings
    fitting = []
    for repair in repairs:
        before = bisect_left(findings.start, repair.end)  # findings that begin before it ends
        if not before or findings.end[before - 1] <= repair.start:
            certain = repair.action == "restore" and repair.confidence >= config.min_confidence
            fitting.append((before, before, replace(repair, action="restore" if certain else "suggest")))
    return findings.spliced(fitting) if fitting else findings


def _choose(first: I64, last: I64, chance: F64, least: float) -> tuple[I64, I64, I64, I64]:
    """Rows to make, by place, no two overlapping, the likelier first; head and tail of the rivals of each, itself among
    them, in the rows returned last, the likeliest first."""
    order = ordered(((1.0 - chance) * 0xFFFFFFFF).astype(np.int64))
    for key in (last - first, first):
        order = order.take(ordered(key.take(order)))
    if not len(order):
        return order, order, order, order
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
    size = np.diff(clusters)
    one = clusters[:-1][size == 2]
    own = chance[order[heads[likely]]]
    keep[np.where(own[one] < own[one + 1], one, one + 1)] = False
    crowded = np.flatnonzero(size > 2)
    for low, high in zip(clusters[crowded].tolist(), clusters[crowded + 1].tolist(), strict=True):
        taken: set[int] = set()
        mine = (begin[low:high].tolist(), end[low:high].tolist(), own[low:high].tolist())
        for _, row, a, b in sorted((-c, row, a, b) for row, (a, b, c) in enumerate(zip(*mine, strict=True), low)):
            places = range(a, b)
            if taken.isdisjoint(places):
                taken.update(places)
            else:
                keep[row] = False
    likely = likely[keep]
    return order[heads[likely]], heads[likely], tails[likely], order


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """Candidates cut down to the words that change; where one side would be empty, a word is left on both."""

    first: I64
    """First token."""
    last: I64
    """Last token + 1."""
    entry: I64
    head: I64
    """Words that are cut off in front."""
    tail: I64
    """Words that are cut off behind."""
    idle: Bool
    """Whether both sides are the same words, written in other ways."""

    @classmethod
    def of(cls, rows: I64, lattice: Lattice, channel: Channel, dictionary: Dictionary) -> _Candidates:
        arc = channel.candidate.take(rows)
        start, end, entry = (column.take(arc) for column in (lattice.arcs.start, lattice.arcs.end, lattice.arcs.entry))
        head, tail = dictionary.head.take(entry).astype(np.int64), dictionary.tail.take(entry).astype(np.int64)
        found, meant = end - start, np.diff(dictionary.first_word).take(dictionary.original.take(entry))
        empty = np.minimum(found, meant) == head + tail
        idle = empty & (found == meant)
        head, tail = head - (empty & (tail == 0)), tail - (empty & (tail > 0))
        first = lattice.token.take(start + head)
        last = lattice.token.take(end - 1 - tail) + 1
        return cls(first, last, entry, head, tail, idle)


def _articles(
    texts: Sequence[str],
    original: AnyArray,
    certain: Bool,
    document: I32,
    start: I64,
    end: I64,
    first: I64,
    tokens: Tokens,
    language: str,
) -> Iterator[tuple[int, int, str, str]]:
    """Of the rows, sorted by place, those that are certain and whose article, right before them, no longer fits: the
    row, where the article begins, how it stands, what it should be."""
    before = np.maximum(first - 1, 0)
    rows = np.flatnonzero(among(tokens.word.take(before), hash_words(list(SURFACES[language].articles))))
    rows = rows[certain[rows] & (first[rows] > 0) & ~tokens.opens[first[rows]]]
    offset, word = tokens.offset[document[rows]], before[rows]
    earlier = np.where(document[rows] == document[rows - 1], end[rows - 1], 0)
    earlier[rows == 0] = 0  # where the finding before each ends
    columns = (rows, document[rows], tokens.start[word] - offset, tokens.end[word] - offset, start[rows], end[rows])
    for row, number, begin, stop, at, last, free in zip(
        *(column.tolist() for column in (*columns, earlier)), strict=True
    ):
        text = texts[number]
        if text[stop:at] != " " or begin < free:
            continue
        article = text[begin:stop]
        fitting = agreeing(article, original[row], language)
        # Where it fitted neither before nor after, it is not ours to mend.
        if fitting != article and agreeing(article, text[at:last], language) == article:
            yield row, begin, article, fitting
