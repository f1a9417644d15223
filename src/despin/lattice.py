"""Tokens + dictionary + language model → a lattice of what the text may have been, all of its scores at hand.

Every token may stand for itself; every spun phrase that the dictionary knows may stand for each of its originals. An
*arc* is one such reading of a span; a text's readings are the paths through the arcs. The language model is a trigram
model, so a path's score is a sum over triples of neighbouring arcs, and every sum in the lattice is computed here, once
for each triple, in a handful of batch look-ups. What depends on the spin rate, the weights of the arcs, is added later
(`decode`), as often as wanted.

* The text falls into *pieces*, sentences and paragraphs, laid out in one row of *slots*: the words, and between two pieces
  what the language model should see there. Nothing spans two pieces, so work grows with the text, not with its lines.
* Only *regions* count: what candidates cover, and two slots on either side, the reach of a trigram. Between regions
  nothing can change, so no region touches another's score.
* A *pair* is two neighbouring arcs, the state of the search: it fixes the last two words. A *triple* leads from one pair
  to the next. Arcs and pairs are sorted by level, by how far from the start of their region they end, so that a sweep
  over the lattice is one numpy step a level for all regions of all texts at once (`sweeps`).
* First a coarse search with bigrams drops the originals that no context could make likely.

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
from .sweeps import Graph, sum_product
from .tokens import Tokens, hash_words

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

COARSE_RATE = 0.5  # spin rate that the coarse search assumes: high, so that it drops nothing that could matter
HOPELESS = 0.02  # probability in the coarse search below which an original is not looked at again
REACH = 2  # slots of context that a trigram sees
MOST_ORIGINALS = 10  # candidates of one spun phrase; the rest are its rarest and never win


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Readings of spans, sorted by level: by how far from the start of their region they end."""

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
    level: I64
    region: I64

    def __len__(self) -> int:
        return len(self.start)

    def take(self, rows: I64) -> Arcs:
        """The arcs `rows`, which must increase."""
        counts = np.diff(self.first_word)[rows]
        arc, place = _spread(counts)
        words = self.words[self.first_word[rows][arc] + place]
        first_word = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        columns = (column[rows] for column in (self.start, self.end, self.entry))
        return Arcs(*columns, first_word, words, self.level[rows], self.region[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """All readings of a batch, with their scores; natural logarithms throughout."""

    tokens: Tokens
    slot: I64
    """(tokens,): the slot of each token."""
    arcs: Arcs
    document: I32
    """(arcs,): the text each arc belongs to."""
    second: I64
    """(pairs,): the second arc of each pair."""
    graph: Graph
    """Its nodes are the pairs, its edges the triples."""
    pair_score: F64
    """(pairs,): the part of the second arc's score that the pair decides."""
    triple_score: F64
    """(triples,): the part that the triple decides."""
    region: I32
    """(regions,): the text of each region."""
    plain: F64
    """(regions,): log probability of the region as it stands."""
    keys: Hits
    """Originals that stand in the text: maximal occurrences."""


def build(tokens: Tokens, dictionary: Dictionary, model: LanguageModel, scale: float) -> Lattice:
    """The lattice of a batch. Language model scores are multiplied by `scale`."""
    slot, words, begins = _slots(tokens, model)
    spun = _whole(dictionary.spun.find(tokens), slot)
    live = np.zeros(len(words) + 1, np.int32)
    np.add.at(live, slot[spun.first], 1)
    np.add.at(live, slot[spun.first + spun.length - 1] + 1, -1)
    within = _dilate(np.cumsum(live[:-1]) > 0)
    starts = np.flatnonzero(within & (begins | ~np.concatenate([[False], within[:-1]])))
    ends = np.flatnonzero(within & np.concatenate([begins[1:] | ~within[1:], [True]])) + 1
    arcs = _arcs(dictionary, model, spun, slot, words, np.flatnonzero(within), starts)
    arcs = _likely(arcs, dictionary, model, scale)
    document = _documents(tokens, slot, len(words))
    second, graph, pair_score, triple_score = _score(arcs, model)
    return Lattice(
        tokens, slot, arcs, document[arcs.start], second, graph, pair_score * scale, triple_score * scale,
        document[starts], _plain(model, words, starts, ends) * scale, _maximal(dictionary.keys.find(tokens)),
    )  # fmt: skip


def _score(arcs: Arcs, model: LanguageModel) -> tuple[I64, Graph, F64, F64]:
    """Second arc of each pair, the graph of pairs, the scores of its nodes and of its edges."""
    long = np.diff(arcs.first_word) > 1
    first_word, last_word = arcs.words[arcs.first_word[:-1]], arcs.words[arcs.first_word[1:] - 1]
    second_word = np.where(long, arcs.words[np.minimum(arcs.first_word[:-1] + 1, len(arcs.words) - 1)], -1)
    before_last = np.where(long, arcs.words[arcs.first_word[1:] - 2], -1)

    first, second = _pairs(arcs)
    rows = np.flatnonzero(long[second])
    score = _inner(arcs, model)[second]
    score[rows] += _log_prob(model, last_word[first[rows]], first_word[second[rows]], second_word[second[rows]])
    rows = np.flatnonzero(long[first])
    score[rows] += _log_prob(model, before_last[first[rows]], last_word[first[rows]], first_word[second[rows]])

    # (a, b) → (b, c): the pairs with the second arc b stand together, since a level's pairs are sorted by it.
    count = np.bincount(second, minlength=len(arcs))
    heads = np.flatnonzero(np.concatenate([[True], second[1:] != second[:-1]])) if len(second) else second
    begin = np.zeros(len(arcs), np.int64)
    begin[second[heads]] = heads
    target, place = _spread(count[first])
    source = begin[first[target]] + place
    reach = np.zeros(len(source))
    rows = np.flatnonzero(~long[first[target]])
    a, b, c = first[source[rows]], first[target[rows]], second[target[rows]]
    reach[rows] = _log_prob(model, last_word[a], last_word[b], first_word[c])
    level = arcs.level[second]
    return second, Graph.of(level - (int(level[0]) if len(level) else 0), source, target, arcs.region[second]), score, reach


def _likely(arcs: Arcs, dictionary: Dictionary, model: LanguageModel, scale: float) -> Arcs:
    """The arcs worth a closer look: a search with bigrams alone drops those that it finds hopeless.

    Coarse-to-fine: the number of triples grows with the cube of the candidates at a place, that of pairs with the square.
    """
    first, second = _pairs(arcs)
    first_word, last_word = arcs.words[arcs.first_word[:-1]], arcs.words[arcs.first_word[1:] - 1]
    none = np.full(len(first), -1, np.int32)
    edge = _log_prob(model, none, last_word[first], first_word[second]) * scale
    node = _inner(arcs, model, from_word=1) * scale
    restores = arcs.entry >= 0
    node[restores] += np.log(COARSE_RATE) + dictionary.log_channel[arcs.entry[restores]]
    graph = Graph.of(arcs.level, first, second, arcs.region)
    posterior, _ = sum_product(graph, node, edge)
    return arcs.take(np.flatnonzero(~restores | (posterior > HOPELESS)))


def _slots(tokens: Tokens, model: LanguageModel) -> tuple[I64, I32, Bool]:
    """The slot of each token; the language model's id of each slot; where pieces begin.

    Between two pieces lie four slots: the end of a paragraph and a blank, a blank and the beginning of the next, or,
    between two sentences, two blanks and a copy of the last two words, the context of what follows.
    """
    if not len(tokens):
        return np.zeros(0, np.int64), np.full(2 * REACH, Word.BEGIN, np.int32), np.zeros(2 * REACH, np.bool_)
    ids = model.ids(tokens.word, tokens.shape)
    border = tokens.opens.copy()
    border[1:] |= np.isin(tokens.word[:-1], _STOPS)
    slot = np.arange(len(tokens)) + 2 * REACH * np.cumsum(border)
    words = np.full(int(slot[-1]) + 1 + 2 * REACH, Word.BEGIN, np.int32)
    words[slot] = ids
    heads = np.append(np.flatnonzero(border), len(tokens))
    gaps = np.append(slot[heads[:-1]] - 2 * REACH, int(slot[-1]) + 1)
    paragraph = np.append(tokens.opens[heads[:-1]], True)
    words[gaps[paragraph]] = Word.END
    inside = np.flatnonzero(~paragraph)
    for step in (1, 2):
        words[gaps[inside] + 2 * REACH - step] = ids[heads[inside] - step]
    begins = np.zeros(len(words), np.bool_)
    begins[gaps + REACH] = True
    return slot, words, begins


_STOPS = hash_words([".", "!", "?"])


def _documents(tokens: Tokens, slot: I64, size: int) -> I32:
    """The text of each slot; the slots before a piece are its own."""
    if not len(slot):
        return np.zeros(size, np.int32)
    at = np.searchsorted(slot, np.arange(size))
    return tokens.document[np.minimum(at, len(slot) - 1)]


def _dilate(live: Bool) -> Bool:
    within = live.copy()
    for step in range(1, REACH + 1):
        within[:-step] |= live[step:]
        within[step:] |= live[:-step]
    return within


def _whole(hits: Hits, slot: I64) -> Hits:
    """The hits that lie in one piece."""
    rows = np.flatnonzero(slot[hits.first + hits.length - 1] - slot[hits.first] == hits.length - 1)
    return Hits(hits.first[rows], hits.length[rows], hits.phrase[rows])


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


def _arcs(
    dictionary: Dictionary, model: LanguageModel, spun: Hits, slot: I64, words: I32, inside: I64, regions: I64
) -> Arcs:
    begin = dictionary.first_entry[spun.phrase]
    hit, place = _spread(np.minimum(dictionary.first_entry[spun.phrase + 1] - begin, MOST_ORIGINALS))
    entry = np.concatenate([np.full(len(inside), -1), begin[hit] + place])
    start = np.concatenate([inside, slot[spun.first[hit]]])
    end = np.concatenate([inside + 1, slot[(spun.first + spun.length - 1)[hit]] + 1])
    region = np.searchsorted(regions, start, side="right") - 1
    level = end - regions[region] - 1 if len(regions) else region
    order = np.lexsort((start, region, level))
    start, end, entry, region, level = (column[order] for column in (start, end, entry, region, level))

    ids = np.append(model.ids(dictionary.word, dictionary.shape), 0)
    original = np.append(dictionary.original, 0)[entry]  # −1 is the last, which no one looks at
    from_word = dictionary.first_word[original]
    counts = np.where(entry >= 0, dictionary.first_word[np.minimum(original + 1, len(dictionary.first_word) - 1)] - from_word, 1)
    arc, place = _spread(counts)
    row = np.where(entry[arc] >= 0, ids[np.minimum(from_word[arc] + place, len(ids) - 1)], words[start[arc]])
    first_word = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    return Arcs(start, end, entry, first_word, row.astype(np.int32), level, region)


def _inner(arcs: Arcs, model: LanguageModel, from_word: int = 2) -> F64:
    """(arcs,): log probability of each arc's words from the third on, which no neighbour changes.

    With `from_word` 1, of those from the second on, as far as the arc alone tells.
    """
    arc, place = _spread(np.diff(arcs.first_word))
    at = np.flatnonzero(place >= from_word)
    before = np.where(place[at] >= 2, arcs.words[at - 2], -1)
    return np.bincount(arc[at], _log_prob(model, before, arcs.words[at - 1], arcs.words[at]), minlength=len(arcs)).astype(np.float64)


def _pairs(arcs: Arcs) -> tuple[I64, I64]:
    """(first, second) of all neighbouring arcs, sorted by the second arc and then the first."""
    by_start = np.argsort(arcs.start, kind="stable")
    first_by_start = arcs.start[by_start]
    low, high = (np.searchsorted(first_by_start, arcs.end, side=side) for side in ("left", "right"))
    first, place = _spread(high - low)
    second = by_start[low[first] + place]
    inside = arcs.region[first] == arcs.region[second]
    first, second = first[inside], second[inside]
    order = np.lexsort((first, second))
    return first[order], second[order]


def _plain(model: LanguageModel, words: I32, starts: I64, ends: I64) -> F64:
    """Log probability of the slots of each region from the third on."""
    region, place = _spread(ends - starts - REACH)
    at = starts[region] + REACH + place
    return np.bincount(region, _log_prob(model, words[at - 2], words[at - 1], words[at]), minlength=len(starts)).astype(np.float64)


def _log_prob(model: LanguageModel, before: I32, last: I32, word: I32) -> F64:
    """Log probability of `word` after `before` and `last`; a beginning costs nothing, and nothing is known before it."""
    context = np.full((len(word), model.order - 1), -1, np.int32)
    context[:, -1] = last
    if model.order > 2:
        context[:, -2] = np.where(last == Word.BEGIN, -1, before)
    score = model.log_prob(context, word).astype(np.float64)
    score[(word == Word.BEGIN) | (last == Word.END)] = 0.0
    return score
