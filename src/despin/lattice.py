"""Candidates + language model → a lattice of what the text may have been, all of its scores at hand.

A text's readings are the paths through the arcs of its candidates. The language model is a trigram model, so a path's
score is a sum over triples of neighbouring arcs, and every sum in the lattice is computed here, once for each triple,
in a handful of batch look-ups. What depends on the spin rate, the weights of the arcs, is added later (`decode`), as
often as wanted.

* A *pair* is two neighbouring arcs, the state of the search: it fixes the last two words. A *triple* leads from one
  pair to the next. Arcs and pairs are sorted by level, by how far from the start of their region they end, so that a
  sweep over the lattice is one numpy step a level for all regions of all texts at once (`sweeps`).
* First a coarse search with bigrams drops the originals that no context could make likely.

Start reading from `build`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .candidates import REACH, SCALE, Arcs, Candidates, candidates, spread
from .dictionary import Dictionary
from .language_model import LanguageModel
from .ngrams import Word
from .phrases import Hits, hash_phrases
from .sweeps import Graph, sum_product
from .tokens import Tokens

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

COARSE_RATE = 0.5  # spin rate that the coarse search assumes: high, so that it drops nothing that could matter
HOPELESS = 0.02  # probability in the coarse search below which an original is not looked at again


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
    begin: I64
    """(regions,): its first slot."""
    plain: F64
    """(regions,): log probability of the region as it stands."""
    once: F64
    """(regions,): 1 / how often the same words make a region of the same text: what is said twice is no news."""
    keys: Hits
    """Originals that stand in the text, also within one another."""


def build(tokens: Tokens, dictionary: Dictionary, model: LanguageModel, scale: float = SCALE) -> Lattice:
    """The lattice of a batch. Language model scores are multiplied by `scale`."""
    found = candidates(tokens, dictionary, model)
    arcs = _likely(found.arcs, dictionary, model, scale)
    second, graph, pair_score, triple_score = _score(arcs, model)
    region = found.document[found.starts]
    return Lattice(
        tokens, found.slot, arcs, found.document[arcs.start], second, graph, pair_score * scale, triple_score * scale,
        region, found.starts, _plain(model, found) * scale, _once(found, region), dictionary.keys.find(tokens),
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
    target, place = spread(count[first])
    source = begin[first[target]] + place
    reach = np.zeros(len(source))
    rows = np.flatnonzero(~long[first[target]])
    a, b, c = first[source[rows]], first[target[rows]], second[target[rows]]
    reach[rows] = _log_prob(model, last_word[a], last_word[b], first_word[c])
    level = arcs.level[second]
    return (
        second,
        Graph.of(level - (int(level[0]) if len(level) else 0), source, target, arcs.region[second]),
        score,
        reach,
    )


def _likely(arcs: Arcs, dictionary: Dictionary, model: LanguageModel, scale: float) -> Arcs:
    """The arcs worth a closer look: a search with bigrams alone drops those that it finds hopeless.

    Coarse-to-fine: the triples at a place grow with the cube of its candidates, the pairs with the square.
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


def _inner(arcs: Arcs, model: LanguageModel, from_word: int = 2) -> F64:
    """(arcs,): log probability of each arc's words from the third on, which no neighbour changes.

    With `from_word` 1, of those from the second on, as far as the arc alone tells.
    """
    arc, place = spread(np.diff(arcs.first_word))
    at = np.flatnonzero(place >= from_word)
    before = np.where(place[at] >= 2, arcs.words[at - 2], -1)
    score = _log_prob(model, before, arcs.words[at - 1], arcs.words[at])
    return np.bincount(arc[at], score, minlength=len(arcs)).astype(np.float64)


def _pairs(arcs: Arcs) -> tuple[I64, I64]:
    """(first, second) of all neighbouring arcs, sorted by the second arc and then the first."""
    by_end = np.argsort(arcs.end, kind="stable")
    count = np.bincount(arcs.end, minlength=int(arcs.end.max(initial=0)) + 1)
    begin = np.cumsum(count) - count
    second, place = spread(count[arcs.start])
    first = by_end[begin[arcs.start[second]] + place]
    inside = arcs.region[first] == arcs.region[second]
    return first[inside], second[inside]


def _plain(model: LanguageModel, found: Candidates) -> F64:
    """(regions,): log probability of the slots of each region from the third on, as they stand."""
    words = found.words
    region, place = spread(found.ends - found.starts - REACH)
    at = found.starts[region] + REACH + place
    score = _log_prob(model, words[at - 2], words[at - 1], words[at])
    return np.bincount(region, score, minlength=len(found.starts)).astype(np.float64)


def _once(found: Candidates, region_text: I32) -> F64:
    """(regions,): 1 / how many regions of the same text have the same words."""
    lengths = found.ends - found.starts
    if not len(lengths):
        return np.zeros(0)
    region, place = spread(lengths)
    value = hash_phrases([found.words[found.starts[region] + place].astype(np.uint64), place.astype(np.uint64)])
    value = np.add.reduceat(value, np.cumsum(lengths) - lengths)
    _, which, times = np.unique(
        hash_phrases([value, region_text.astype(np.uint64)]), return_inverse=True, return_counts=True
    )
    return 1.0 / times[which]


def _log_prob(model: LanguageModel, before: I32, last: I32, word: I32) -> F64:
    """Log probability of `word` after `before` and `last`; a beginning costs nothing, nothing is known before it."""
    context = np.full((len(word), model.order - 1), -1, np.int32)
    context[:, -1] = last
    if model.order > 2:
        context[:, -2] = np.where(last == Word.BEGIN, -1, before)
    score = model.log_prob(context, word).astype(np.float64)
    score[(word == Word.BEGIN) | (last == Word.END)] = 0.0
    return score
