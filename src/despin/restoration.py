"""Weighed candidates → findings: which of them to make, and how they read in the text.

Of candidates that overlap the likeliest is taken; the others become its alternatives where they change the same words.
Then each is cut down to the words that change and fitted to its place (`surface`). Start reading from `find`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import compress, repeat
from operator import ne
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from .arrays import among, distinct, ordered
from .collector import collector_paused
from .config import Config
from .decode import Channel, Decoded
from .dictionary import Dictionary
from .drafts import Batch, fitted, wording
from .evidence import Weighed
from .findings import Action, Draft, Finding, Verdict
from .language import SURFACES, Surface
from .lattice import Lattice
from .surface import agrees
from .tokens import Shape, Tokens, hash_words
from .verdict import LIKELY

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

_Value = TypeVar("_Value")

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
) -> list[list[Draft]]:
    """The findings of each text, sorted by place, disjoint, and not made yet."""
    spun = np.array([verdict.probability for verdict in verdicts])
    chance = spun[channel.text[weighed.rows]] / (1 + np.exp(-np.clip(weighed.log_odds, -50, 50)))
    worthy = np.flatnonzero(chance >= least_shown(config))
    shown, chance = weighed.rows[worthy], chance[worthy]
    curly = np.array(["’" in text and text.count("’") >= text.count("'") for text in texts], np.bool_)
    candidates = _Candidates.of(shown, lattice, channel, dictionary)
    chosen, head, tail, order = _choose(candidates.first, candidates.last, chance, config.min_confidence * QUARTER)

    tokens, document = lattice.tokens, channel.text[shown[chosen]]
    first, last = candidates.first[chosen], candidates.last[chosen]
    offset = tokens.offset[document]
    start, end = tokens.start[first] - offset, tokens.end[last - 1] - offset
    small = np.concatenate([[0], np.cumsum(tokens.shape > Shape.LOWER)])
    plain = small[last] == small[first]
    found = [texts[a][b:c] for a, b, c in zip(document.tolist(), start.tolist(), end.tolist(), strict=True)]
    # A spinner's favourite substitutions make up most of its work: each is written once.
    style = curly[document]
    _, example, which = distinct(2 * candidates.entry[chosen] + style, 2 * len(dictionary))
    rows = chosen[example]
    columns = (
        column.tolist()
        for column in (candidates.entry[rows], candidates.head[rows], candidates.tail[rows], style[example])
    )
    written = [wording(dictionary, *row, config.language) for row in zip(*columns, strict=True)]
    original = _picked([settled for _, settled in written], which)
    for row in np.flatnonzero(~plain).tolist():
        original[row] = fitted(written[which[row]][0], found[row], config.language, bool(style[row]))
    kept = np.flatnonzero(np.fromiter(map(ne, found, original), np.bool_, len(chosen)))

    confidence = chance[chosen]
    likely = np.array([verdict.probability >= LIKELY for verdict in verdicts], np.bool_)
    certain = (confidence >= config.min_confidence) & likely[document]
    article = [""] * len(chosen)
    for row, begin, before, fitting in _articles(
        texts, found, original, kept, certain, document, start, end, first, tokens, SURFACES[config.language]
    ):
        start[row], article[row] = begin, before
        found[row], original[row] = f"{before} {found[row]}", f"{fitting} {original[row]}"

    terms = weighed.terms[worthy[chosen]]
    sure = np.clip(confidence, 1e-12, 1 - 1e-12)
    rest = np.log(sure / (1 - sure)) - terms.sum(axis=1)
    batch = Batch(
        dictionary, config.language, chosen, decoded.family[shown[chosen]],
        np.column_stack([terms, rest]), plain, style, head, tail, order, candidates.entry, candidates.head,
        candidates.tail,
    )  # fmt: skip
    fields = (
        start.tolist(), end.tolist(), found, original, confidence.tolist(), _picked(_ACTIONS, certain),
        _picked(_ALTERNATIVES, tail > head + 1), article, range(len(chosen)), repeat(batch),
    )  # fmt: skip
    drafts = list(map(_draft, compress(zip(*fields, strict=False), map(ne, found, original))))
    ends = np.searchsorted(document[kept], np.arange(len(texts)), side="right").tolist()
    return [drafts[a:b] for a, b in zip([0, *ends], ends, strict=False)]


_ACTIONS: tuple[Action, Action] = ("suggest", "restore")
_ALTERNATIVES = ((), None)
_draft: Callable[[Iterable[object]], Draft] = partial(tuple.__new__, Draft)  # as `Draft._make`, in half the time


def _picked(values: Sequence[_Value], rows: NDArray[np.integer[Any] | np.bool_]) -> list[_Value]:
    """Of `values` the `rows`, as a list."""
    picked: list[_Value] = np.fromiter(values, object, len(values)).take(rows).tolist()
    return picked


def least_shown(config: Config) -> float:
    """The probability from which a candidate is looked at: for a finding, or as an alternative."""
    return min(LEAST, config.min_confidence * QUARTER)


def with_repairs(
    findings: Sequence[Draft], repairs: Sequence[Finding], verdict: Verdict, config: Config
) -> list[Finding | Draft]:
    """`findings` and those of `repairs` that lie between them, by place; these only where the text was likely spun."""
    if verdict.probability < LIKELY or not repairs:
        return list(findings)
    result: list[Finding | Draft] = list(findings)
    starts = [finding.start for finding in findings]
    for repair in repairs:
        before = bisect_left(starts, repair.end)  # findings that begin before it ends; they are sorted and disjoint
        if not before or findings[before - 1].end <= repair.start:
            certain = repair.action == "restore" and repair.confidence >= config.min_confidence
            result.append(replace(repair, action="restore" if certain else "suggest"))
    return sorted(result, key=lambda finding: finding.start)


def _choose(first: I64, last: I64, chance: F64, least: float) -> tuple[I64, I64, I64, I64]:
    """Rows to make, by place, no two overlapping, the likelier first; head and tail of the rivals of each, itself among
    them, in the rows returned last, the likeliest first."""
    order = np.argsort(-chance, kind="stable")
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
    crowded = np.flatnonzero(np.diff(clusters) > 1)
    for low, high in zip(clusters[crowded].tolist(), clusters[crowded + 1].tolist(), strict=True):
        taken: set[int] = set()
        mine = (begin[low:high].tolist(), end[low:high].tolist(), chance[order[heads[likely[low:high]]]].tolist())
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

    @classmethod
    def of(cls, rows: I64, lattice: Lattice, channel: Channel, dictionary: Dictionary) -> _Candidates:
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
        return cls(first, last, entry, head, tail)


def _articles(
    texts: Sequence[str],
    found: Sequence[str],
    original: Sequence[str],
    kept: I64,
    certain: Bool,
    document: I32,
    start: I64,
    end: I64,
    first: I64,
    tokens: Tokens,
    surface: Surface,
) -> Iterator[tuple[int, int, str, str]]:
    """Of the rows `kept`, sorted by place, those that are certain and whose article, right before them, no longer fits:
    the row, where the article begins, how it stands, what it should be."""
    if not surface.articles or not len(kept):
        return
    before = np.maximum(first - 1, 0)
    behind = among(tokens.word[before], hash_words(list(surface.articles)))
    behind &= certain & (first > 0) & ~tokens.opens[first]
    free = np.zeros(len(first), np.int64)  # where the finding before each ends
    free[kept[1:]] = np.where(document[kept[1:]] == document[kept[:-1]], end[kept[:-1]], 0)
    rows = kept[behind[kept]]
    offset, word = tokens.offset[document[rows]], before[rows]
    columns = (rows, document[rows], tokens.start[word] - offset, tokens.end[word] - offset, start[rows], free[rows])
    for row, number, begin, stop, at, earlier in zip(*(column.tolist() for column in columns), strict=True):
        text = texts[number]
        if text[stop:at] != " " or begin < earlier:
            continue
        article = text[begin:stop]
        fitting = agrees(article, original[row], surface)
        # Where it fitted neither before nor after, it is not ours to mend.
        if fitting != article and agrees(article, found[row], surface) == article:
            yield row, begin, article, fitting
