"""Tokens + dictionary + language model → a lattice of what the text may have been, all of its scores at hand.

Every token may stand for itself; every spun phrase that the dictionary knows may stand for each of its originals. An
*arc* is one such reading of a span; a text's readings are the paths through the arcs. The language model is a trigram
model, so a path's score is a sum over triples of neighbouring arcs, and every sum in the lattice is computed here, once
for each triple, in a handful of batch look-ups. What depends on the spin rate, the weights of the arcs, is added later
(`decode`), as often as wanted.

* Paragraphs are joined into one row of *slots*: the words, and between two paragraphs an end and a beginning.
* Only *regions* count: what candidates cover, and two slots on either side, the reach of a trigram. Between regions
  nothing can change, so no region touches another's score.
* A *pair* is two neighbouring arcs, the state of the search: it fixes the last two words. A *triple* leads from one pair
  to the next. Pairs are sorted by where they end, level by level within their regions, so that a sweep over the lattice
  is one numpy step a level for all regions of all texts at once.

Start reading from `build`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .dictionary import Dictionary
from .language_model import LanguageModel
from .ngrams import Word
from .phrases import Hits
from .tokens import Tokens

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

REACH = 2  # slots of context that a trigram sees
MOST_ORIGINALS = 12  # candidates of one spun phrase; the rest are its rarest and never win


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Readings of spans, sorted by where they start."""

    start: I64
    """First slot."""
    end: I64
    """Last slot + 1."""
    entry: I64
    """Row in the dictionary; −1: the slot stands for itself."""
    first_word: I64
    """(arcs + 1,): the words of arc k are words[first_word[k]:first_word[k + 1]]."""
    words: I32
    """Language model ids."""
    inner: F64
    """Log probability of the third word and those after it, which no neighbour changes."""

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """All readings of a batch, with their scores; natural logarithms throughout."""

    tokens: Tokens
    slot: I64
    """(tokens,): the slot of each token."""
    arcs: Arcs
    document: I32
    """(arcs,): the text each arc belongs to."""
    first: I64
    """(pairs,): the first arc of each pair."""
    second: I64
    """(pairs,): its second arc."""
    score: F64
    """(pairs,): the part of the second arc's score that the pair decides."""
    level: I64
    """(levels + 1,): the pairs of level k are those from level[k] to level[k + 1]; those of level 0 begin a region."""
    source: I64
    """(triples,): the pair each triple comes from; triples are sorted by the pair they lead to."""
    reach: F64
    """(triples,): the part of the score that the triple decides."""
    first_triple: I64
    """(pairs + 1,): the triples that lead to pair k are those from first_triple[k] to first_triple[k + 1]."""
    final: I64
    """The last pair of each region."""
    region: I32
    """(regions,): the text of each region."""
    plain: F64
    """(regions,): log probability of the region as it stands."""
    keys: Hits
    """Originals that stand in the text: maximal occurrences."""


def build(tokens: Tokens, dictionary: Dictionary, model: LanguageModel, scale: float) -> Lattice:
    """The lattice of a batch. Language model scores are multiplied by `scale`."""
    slot, words = _slots(tokens, model)
    spun = dictionary.spun.find(tokens)
    keys = _maximal(dictionary.keys.find(tokens))
    live = np.zeros(len(words) + 1, np.int32)
    np.add.at(live, slot[spun.first], 1)
    np.add.at(live, slot[spun.first + spun.length - 1] + 1, -1)
    within = _dilate(np.cumsum(live[:-1]) > 0)
    arcs = _arcs(dictionary, model, spun, slot, words, np.flatnonzero(within))
    first, second, levels = _pairs(arcs, within)

    last_word = arcs.words[arcs.first_word[1:] - 1]
    first_word = arcs.words[arcs.first_word[:-1]]
    long = np.diff(arcs.first_word) > 1
    before_last = np.full(len(arcs), -1, np.int32)
    before_last[long] = arcs.words[arcs.first_word[1:][long] - 2]
    second_word = np.full(len(arcs), -1, np.int32)
    second_word[long] = arcs.words[arcs.first_word[:-1][long] + 1]

    score = np.zeros(len(first))
    rows = np.flatnonzero(long[second])
    score[rows] = _log_prob(model, last_word[first[rows]], first_word[second[rows]], second_word[second[rows]])
    rows = np.flatnonzero(long[first])
    score[rows] += _log_prob(model, before_last[first[rows]], last_word[first[rows]], first_word[second[rows]])
    score += arcs.inner[second]

    # Triples, by the pair they lead to: (a, b) → (b, c) for every pair (a, b) with that b.
    source, first_triple = _triples(first, second, len(arcs))
    target = np.repeat(np.arange(len(first)), np.diff(first_triple))
    reach = np.zeros(len(source))
    rows = np.flatnonzero(~long[first[target]])
    a, b, c = first[source[rows]], first[target[rows]], second[target[rows]]
    reach[rows] = _log_prob(model, last_word[a], last_word[b], first_word[c])

    starts = np.flatnonzero(within & ~np.concatenate([[False], within[:-1]]))
    ends = np.flatnonzero(within & ~np.concatenate([within[1:], [False]])) + 1
    document = _documents(tokens, slot, len(words))
    final = np.flatnonzero(~within[np.minimum(arcs.end[second], len(within) - 1)] | (arcs.end[second] == len(within)))
    final = final[np.argsort(arcs.end[second[final]], kind="stable")]
    return Lattice(
        tokens, slot, arcs, document[arcs.start], first, second, score * scale, levels, source, reach * scale,
        first_triple, final, document[starts], _plain(model, words, starts, ends) * scale, keys,
    )  # fmt: skip


def _slots(tokens: Tokens, model: LanguageModel) -> tuple[I64, I32]:
    """The slot of each token, and the language model's id of each slot."""
    borders = np.cumsum(tokens.opens)
    slot = np.arange(len(tokens)) + REACH * borders
    words = np.full(len(tokens) + REACH * (int(borders[-1]) + 1 if len(tokens) else 1), -1, np.int32)
    words[slot] = model.ids(tokens.word, tokens.shape)
    rest = np.flatnonzero(words < 0)
    words[rest[0::2]], words[rest[1::2]] = Word.END, Word.BEGIN
    return slot, words


def _documents(tokens: Tokens, slot: I64, size: int) -> I32:
    """The text of each slot; the two slots before a paragraph are its own."""
    document = np.zeros(size, np.int32)
    if len(slot):
        at = np.searchsorted(slot, np.arange(size))
        document = tokens.document[np.minimum(at, len(slot) - 1)]
    return document


def _dilate(live: Bool) -> Bool:
    within = live.copy()
    for step in range(1, REACH + 1):
        within[:-step] |= live[step:]
        within[step:] |= live[:-step]
    return within


def _maximal(hits: Hits) -> Hits:
    """The hits that no other one contains: long keys win."""
    order = np.lexsort((-hits.length, hits.first))
    first, end = hits.first[order], (hits.first + hits.length)[order]
    furthest = np.maximum.accumulate(end) if len(end) else end
    keep = np.ones(len(order), np.bool_)
    keep[1:] = end[1:] > furthest[:-1]
    return Hits(first[keep], (end - first)[keep], hits.phrase[order][keep])


def _spread(counts: I64) -> tuple[I64, I64]:
    """For groups of `counts` rows: the group of every row, and its place in the group."""
    group = np.repeat(np.arange(len(counts)), counts)
    return group, np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)


def _arcs(dictionary: Dictionary, model: LanguageModel, spun: Hits, slot: I64, words: I32, inside: I64) -> Arcs:
    begin = dictionary.first_entry[spun.phrase]
    hit, place = _spread(np.minimum(dictionary.first_entry[spun.phrase + 1] - begin, MOST_ORIGINALS))
    entry = np.concatenate([np.full(len(inside), -1), begin[hit] + place])
    start = np.concatenate([inside, slot[spun.first[hit]]])
    end = np.concatenate([inside + 1, slot[(spun.first + spun.length - 1)[hit]] + 1])
    order = np.lexsort((end, start))
    start, end, entry = start[order], end[order], entry[order]

    original = np.where(entry >= 0, dictionary.original[np.maximum(entry, 0)], 0) if len(dictionary.original) else entry
    ids = model.ids(dictionary.word, dictionary.shape)
    from_word = dictionary.first_word[np.maximum(original, 0)]
    counts = np.where(entry >= 0, dictionary.first_word[np.maximum(original, 0) + 1] - from_word, 1)
    arc, place = _spread(counts)
    if len(ids):
        made = ids[np.minimum(from_word[arc] + place, len(ids) - 1)]
    else:
        made = np.zeros(len(arc), np.int32)
    row = np.where(entry[arc] >= 0, made, words[start[arc]]).astype(np.int32)
    first_word = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    inner = np.zeros(len(start))
    third = np.flatnonzero(place >= 2)
    np.add.at(inner, arc[third], _log_prob(model, row[third - 2], row[third - 1], row[third]))
    return Arcs(start, end, entry, first_word, row, inner)


def _pairs(arcs: Arcs, within: Bool) -> tuple[I64, I64, I64]:
    """Pairs sorted by level, second arc and first arc; where each level begins."""
    leaving = np.searchsorted(arcs.start, np.arange(len(within) + 2))
    end = np.minimum(arcs.end, len(within))
    first, place = _spread(leaving[end + 1] - leaving[end])
    second = leaving[end[first]] + place
    starts = np.flatnonzero(within & ~np.concatenate([[False], within[:-1]]))
    origin = starts[np.searchsorted(starts, arcs.start[second], side="right") - 1] if len(starts) else first
    depth = arcs.end[second] - origin - REACH
    order = np.lexsort((first, second, depth))
    first, second, depth = first[order], second[order], depth[order]
    levels = np.searchsorted(depth, np.arange((int(depth[-1]) if len(depth) else -1) + 2))
    return first, second, levels


def _triples(first: I64, second: I64, arcs: int) -> tuple[I64, I64]:
    """For every pair (b, c) the pairs (a, b): they stand together, since a level's pairs are sorted by second arc."""
    count = np.bincount(second, minlength=arcs)
    begin = np.zeros(arcs, np.int64)
    heads = np.flatnonzero(np.concatenate([[True], second[1:] != second[:-1]])) if len(second) else second
    begin[second[heads]] = heads
    target, place = _spread(count[first])
    return begin[first[target]] + place, np.concatenate([np.zeros(1, np.int64), np.cumsum(count[first])])


def _plain(model: LanguageModel, words: I32, starts: I64, ends: I64) -> F64:
    """Log probability of the slots of each region from the third on."""
    region, place = _spread(ends - starts - REACH)
    at = starts[region] + REACH + place
    return np.bincount(region, _log_prob(model, words[at - 2], words[at - 1], words[at]), minlength=len(starts))


def _log_prob(model: LanguageModel, before: I32, last: I32, word: I32) -> F64:
    """Log probability of `word` after `before` and `last`; a beginning costs nothing, and nothing is known before it."""
    context = np.full((len(word), model.order - 1), -1, np.int32)
    context[:, -1] = last
    if model.order > 2:
        context[:, -2] = np.where(last == Word.BEGIN, -1, before)
    score = model.log_prob(context, word).astype(np.float64)
    score[word == Word.BEGIN] = 0.0
    return score
