"""Weighed candidates → findings: which of them to make, and how they read in the text.

Two questions are asked of each place: was it substituted, and by what? All candidates that change the same words answer
the first together (`place_calibration`), each by itself the second. Of those that overlap the likeliest is taken; the
others become its alternatives where they change the same words. Then each is cut down to the words that change and
fitted to its place (`wording`). Start reading from `select`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

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
from ..text.language import LANGUAGE_RULES, LanguageRules
from ..text.token_features import Shape
from ..text.tokens import Tokens
from ..util.array_types import F64, I8, I32, I64, AnyArray, Bool
from ..util.arrays import among, ordered
from ..util.process import gc_paused
from .cut import Cut
from .evidence import Weighed
from .finishing import FindingBatch, Rivals
from .wording import APOSTROPHES, AROUND, agreeing, apostrophe_of, fitted, wordings

NEAR = 30  # tokens on either side within which others bear a contraction out
ENOUGH_BESIDE = 2  # of them
CONTRACTION_DOUBT = 0.5  # share of the doubt allowed elsewhere: at 0.8 to 0.9, 4 of 5 were right in unseen news
SHOW_FROM = 0.05  # confidence below which an alternative is not worth naming


@gc_paused()
def select(
    texts: Sequence[str],
    verdicts: Sequence[Verdict],
    spun: F64,
    lattice: Lattice,
    channel: Channel,
    decoded: Decoded,
    weighed: Weighed,
    dictionary: Dictionary,
    config: Config,
) -> list[LazyFindings]:
    """The findings of each text, sorted by place, disjoint, and not made yet.

    `spun` is (candidates,), the probability that the words around each were spun (`passages.spun_at`).

    >>> from despin import check
    >>> from despin.runtime.example import EXAMPLE
    >>> [(one.found, one.original) for one in check(EXAMPLE.text).findings][:2]
    [('Profound', 'Deep'), ('irregular', 'random')]
    """
    worthy, chance, substituted = _worth_showing(spun, weighed, config)
    rules = LANGUAGE_RULES[config.language]
    cut = _cut(weighed.rows[worthy], lattice, channel, dictionary, rules)
    keep = cut.keeps_words(lattice.tokens, dictionary, rules)
    worthy, chance, substituted, cut = worthy[keep], chance[keep], substituted[keep], cut.those(keep)
    shown = weighed.rows[worthy]
    chosen = choose(cut.first, cut.last, chance, substituted >= config.suggest_from)
    places = _Places.of(chosen, cut, texts, channel.text[shown], lattice.tokens)
    places, original = _worded(places, cut, texts, dictionary, config.language)

    confidence, substituted = chance[places.row], substituted[places.row]
    likely = np.array([verdict.probability >= LIKELY for verdict in verdicts], np.bool_)
    certain = (substituted >= config.min_confidence) & (confidence >= config.min_wording * substituted)
    certain &= likely[places.document]
    sure = substituted >= 1 - (1 - config.min_confidence) * CONTRACTION_DOUBT
    contraction = channel.contraction[shown]
    certain &= ~contraction[places.row] | (sure & _beside_others(places, certain, contraction))
    places, original, article = _with_articles(places, original, certain, texts, lattice.tokens, config.language)
    made_of = FindingBatch(
        dictionary=dictionary,
        language=config.language,
        confidence=confidence,
        substituted=substituted,
        certain=certain,
        article=article,
        chosen=places.row,
        family=decoded.family[shown[places.row]],
        weighed=weighed.terms,
        row=worthy[places.row],
        plain=places.plain,
        apostrophe=places.apostrophe,
        around=places.around,
        rivals=Rivals(places.head, places.tail, chosen.order, cut.entry, cut.head, cut.tail, chance),
    )
    columns = places.start.tolist(), places.end.tolist(), original.tolist(), certain.tolist()
    size = len(places.row)
    findings = LazyFindings("", *columns, range(size), [made_of] * size)
    ends = np.searchsorted(places.document, np.arange(len(texts)), side="right").tolist()
    return [findings.part(a, b, text) for text, a, b in zip(texts, [0, *ends], ends, strict=False)]


def chances(spun: F64, weighed: Weighed) -> tuple[F64, F64]:
    """(rows,) twice: the probability of each row of `weighed`, and that its place was substituted by anything; `spun`
    is (candidates,), as `select` takes it."""
    around = spun[weighed.rows]
    chance, anything = (
        around / (1 + np.exp(-np.clip(odds, -50, 50))) for odds in (weighed.log_odds, weighed.substituted)
    )
    return chance, np.maximum(anything, chance)


def _beside_others(places: _Places, certain: Bool, contraction: Bool) -> Bool:
    """(places,): whether enough places near each are certain that are more than a contraction, which alone is no sign
    that anybody but the writer was here; `contraction` is of the candidates shown."""
    token = places.first[certain & ~contraction[places.row]]  # documents lie one after the other
    bounds = np.searchsorted(places.document, [places.document, places.document + 1])
    low, high = places.first.take(bounds[0], mode="clip"), places.first.take(bounds[1] - 1, mode="clip")
    first, last = np.maximum(places.first - NEAR, low), np.minimum(places.first + NEAR, high)
    enough: Bool = np.searchsorted(token, last, "right") - np.searchsorted(token, first) >= ENOUGH_BESIDE
    return enough


def show_from(config: Config) -> float:
    """The probability from which a candidate is looked at: for a finding, or as an alternative."""
    return min(SHOW_FROM, config.suggest_from)


def with_repairs(findings: LazyFindings, repairs: Sequence[Finding], verdict: Verdict, config: Config) -> LazyFindings:
    """`findings` and those of `repairs` that lie between them, by place; these only where the text was likely spun."""
    if verdict.probability < LIKELY or not repairs:
        return findings
    fitting = []
    for repair in repairs:
        before = bisect_left(findings.start, repair.end)  # findings that begin before it ends
        if not before or findings.end[before - 1] <= repair.start:
            certain = repair.action == "restore" and repair.substituted >= config.min_confidence
            fitting.append((before, before, replace(repair, action="restore" if certain else "suggest")))
    return findings.spliced(fitting) if fitting else findings


def _worth_showing(spun: F64, weighed: Weighed, config: Config) -> tuple[I64, F64, F64]:
    """The rows of `weighed` worth a finding or to be named as an alternative; the probability of each, and that its
    place was substituted by anything, which is never less."""
    chance, substituted = chances(spun, weighed)
    worthy = np.flatnonzero(chance >= show_from(config))
    return worthy, chance[worthy], substituted[worthy]


def _cut(rows: I64, lattice: Lattice, channel: Channel, dictionary: Dictionary, rules: LanguageRules) -> Cut:
    """The candidates `rows`, cut down to the words that change."""
    arcs, arc = lattice.arcs, channel.candidate.take(rows)
    first, last = lattice.token.take(arcs.start.take(arc)), lattice.token.take(arcs.end.take(arc) - 1) + 1
    return Cut.of(first, last, arcs.entry.take(arc), lattice.tokens, dictionary, rules)


class Chosen(NamedTuple):
    """The candidates to make, by place, no two overlapping."""

    row: I64
    head: I64
    """The rivals of each, itself among them, are order[head:tail], the likeliest first."""
    tail: I64
    order: I64


def choose(first: I64, last: I64, chance: F64, worthy: Bool) -> Chosen:
    """Of the candidates that change the tokens `first` to `last` and are `worthy`, those to make: where some overlap,
    the likelier."""
    order = ordered(((1.0 - chance) * 0xFFFFFFFF).astype(np.int64))
    for key in (last - first, first):
        order = order.take(ordered(key.take(order)))
    if not len(order):
        return Chosen(order, order, order, order)
    fresh = np.concatenate([[True], (np.diff(first[order]) != 0) | (np.diff(last[order]) != 0)])
    heads = np.flatnonzero(fresh)
    tails = np.append(heads[1:], len(order))
    likely = np.flatnonzero(worthy[order[heads]])
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
    return Chosen(order[heads[likely]], heads[likely], tails[likely], order)


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Where chosen candidates stand; each (places,), sorted by place."""

    row: I64
    """Which of the candidates shown."""
    head: I64
    tail: I64
    """Its rivals, as in `Chosen`."""
    document: I32
    start: I64
    """First code point in its text."""
    end: I64
    """Last code point + 1."""
    first: I64
    """First token."""
    plain: Bool
    """Whether nothing there has a capital."""
    apostrophe: I8
    """Which of `APOSTROPHES` the text has."""
    around: I8
    """Which of `AROUND` it is by its neighbours."""

    @classmethod
    def of(cls, chosen: Chosen, cut: Cut, texts: Sequence[str], document: I32, tokens: Tokens) -> _Places:
        """The places of `chosen`; `document` is the text of each candidate shown."""
        document, first, last = document[chosen.row], cut.first[chosen.row], cut.last[chosen.row]
        offset = tokens.offset[document]
        capitals = np.concatenate([[0], np.cumsum(tokens.shape > Shape.LOWER)])
        apostrophe = np.array([apostrophe_of(text) for text in texts], np.int8)
        return cls(
            chosen.row, chosen.head, chosen.tail, document, tokens.start[first] - offset, tokens.end[last - 1] - offset,
            first, capitals[last] == capitals[first], apostrophe[document],
            _around(first, last, tokens),
        )  # fmt: skip

    def those(self, keep: Bool) -> _Places:
        """The places where `keep`, (places,), is true."""
        if keep.all():
            return self
        return _Places(*(getattr(self, name)[keep] for name in _Places.__slots__))


def _around(first: I64, last: I64, tokens: Tokens) -> I8:
    """(places,): which of `AROUND` each place is by what stands before its `first` token and from its `last` on."""
    before, behind = np.maximum(first - 1, 0), np.minimum(last, len(tokens) - 1)
    opens = _opens_sentence(first, tokens)
    closes = (last >= len(tokens)) | tokens.opens.take(behind)
    shape, next_shape = tokens.shape.take(before), tokens.shape.take(behind)
    capital = ~closes & (next_shape == Shape.TITLE)
    shouted = (opens | (shape == Shape.UPPER)) & (closes | (next_shape == Shape.UPPER)) & ~(opens & closes)
    around: I8 = np.where(shouted, 3, np.where(opens, 2, capital)).astype(np.int8)
    return around


def _opens_sentence(first: I64, tokens: Tokens) -> Bool:
    """(places,): whether no word of its sentence stands before the token `first` of each; signs may, as that of a
    heading does."""
    begins = np.cumsum(tokens.opens | among(tokens.word, _STOPS))
    rows = np.where(tokens.shape >= Shape.NUMBER, np.arange(len(tokens)), -1)
    word = np.concatenate([[-1], np.maximum.accumulate(rows)])[first]  # the last word before each
    answer: Bool = (word < 0) | (begins.take(first) > begins.take(word))
    return answer


_STOPS = hash_words([".", "!", "?"])


def _worded(
    places: _Places, cut: Cut, texts: Sequence[str], dictionary: Dictionary, language: str
) -> tuple[_Places, AnyArray]:
    """The original of each place, fitted to it; places where that is what stands there are left out."""
    known, cut = wordings(dictionary, language), cut.those(places.row)
    original = known.of(cut, places.apostrophe)
    keep = np.ones(len(places.row), np.bool_)
    rows = np.flatnonzero(~places.plain | cut.idle)  # the others are as they are, and other words
    columns = places.document, places.start, places.end, places.plain, places.apostrophe, places.around
    cores = known.cores(cut.those(rows), places.apostrophe[rows]).tolist()
    for row, core, number, begin, stop, plain, style, around in zip(
        rows.tolist(), cores, *(column[rows].tolist() for column in columns), strict=True
    ):
        found = texts[number][begin:stop]
        if not plain:
            original[row] = fitted(core, found, language, APOSTROPHES[style], AROUND[around])
        keep[row] = original[row] != found
    return places.those(keep), original[keep]


def _with_articles(
    places: _Places, original: AnyArray, certain: Bool, texts: Sequence[str], tokens: Tokens, language: str
) -> tuple[_Places, AnyArray, dict[int, str]]:
    """The same, with the article before a place where it no longer fits; and place → that article as it stood."""
    start, original, article = places.start.copy(), original.copy(), {}
    for row, begin, before, fitting in _articles(places, original, certain, texts, tokens, language):
        start[row], article[row] = begin, before
        original[row] = f"{fitting} {original[row]}"
    return replace(places, start=start), original, article


def _articles(
    places: _Places, original: AnyArray, certain: Bool, texts: Sequence[str], tokens: Tokens, language: str
) -> Iterator[tuple[int, int, str, str]]:
    """Of the places that are certain those whose article, right before them, no longer fits: the row, where the article
    begins, how it stands, what it should be."""
    document, start, end, first = places.document, places.start, places.end, places.first
    before = np.maximum(first - 1, 0)
    rows = np.flatnonzero(among(tokens.word.take(before), hash_words(list(LANGUAGE_RULES[language].articles))))
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
