"""Candidates + language model → a lattice of what the text may have been, all of its scores at hand.

A text's readings are the paths through the arcs of its candidates. The language model is a trigram model, so a path's
score is a sum over triples of neighbouring arcs, and every sum in the lattice is computed here, once for each triple,
in a handful of batch look-ups. What depends on the spin rate, the weights of the arcs, is added later (`decode`), as
often as wanted.

* A *pair* is two neighbouring arcs, the state of the search: it fixes the last two words. A *triple* leads from one
  pair to the next. Arcs and pairs are sorted by level, by how far from the start of their region they end, so that a
  sweep over the lattice is one numpy step a level for all regions of all texts at once (`forward_backward`).
* First a coarse search with bigrams drops the originals that no context could make likely.

Start reading from `build`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dictionary.dictionary import Dictionary
from ..dictionary.phrase_trie import Hits
from ..language_model.model import BigramScores, LanguageModel
from ..language_model.vocabulary import Word
from ..text.hashing import hash_phrases
from ..text.tokens import Tokens
from ..util.array_types import F32, F64, I32, I64, Bool
from ..util.arrays import spread
from .candidates import Arcs, Candidates, candidates
from .entry_priors import SCALE, Prospects, prospects
from .forward_backward import Graph, probabilities

COARSE_RATE = 0.5  # spin rate that the coarse search assumes: high, so that it drops nothing that could matter
COARSE_MIN_POSTERIOR = 0.025  # probability in the coarse search below which an original is not looked at again


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """All readings of a batch, with their scores; natural logarithms throughout."""

    tokens: Tokens
    slot: I64
    """(tokens,): the slot of each token."""
    token: I64
    """(slots + 1,): the token of each slot; of those between two pieces, the one that follows."""
    arcs: Arcs
    document: I32
    """(arcs,): the text each arc belongs to."""
    last_arc: I64
    """(pairs,): the second arc of each pair."""
    graph: Graph
    """Its nodes are the pairs, its edges the triples."""
    run: I64
    """(runs of the graph,): the region of each."""
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
    repeat_weight: F64
    """(regions,): 1 / how often the same words make a region of the same text: what is said twice is no news."""
    keys: Hits
    """Originals that stand in the text, also within one another."""


def build(tokens: Tokens, dictionary: Dictionary, model: LanguageModel, scale: float = SCALE) -> Lattice:
    """The lattice of a batch. Language model scores are multiplied by `scale`.

    >>> from despin.runtime.example import EXAMPLE
    >>> lattice = build(EXAMPLE.tokens, EXAMPLE.dictionary, EXAMPLE.known.model)
    >>> [pair for pair in EXAMPLE.pairs(lattice.arcs.entry) if "profound" in pair]
    ['profound → deep', 'profound learning → deep learning']
    >>> len(lattice.pair_score), len(lattice.triple_score), lattice.plain.round(1).tolist()
    (56, 86, [-74.1])
    """
    found = candidates(tokens, dictionary, model)
    known = prospects(dictionary, model)
    links = _Links.of(found, known, model)
    keep = _coarse_posterior(found, links, known, dictionary, scale) > COARSE_MIN_POSTERIOR
    keep |= found.arcs.entry < 0
    arcs, links = found.arcs.those(keep), links.those(keep)
    long = np.zeros(len(arcs), np.bool_)  # restores two words or more
    restores = np.flatnonzero(arcs.entry >= 0)
    long[restores] = known.long.take(arcs.entry.take(restores))
    target, source = _triples(links, len(arcs))
    reach = _reach(long, links, source, target, model)
    place = arcs.end.take(links.second) - 1
    graph = Graph.of(found.level.take(place), source, target, found.boundary.take(place))
    run = arcs.region.take(links.second.take(graph.final))
    region = found.document[found.starts]
    return Lattice(
        tokens, found.slot, found.token, arcs, found.document[arcs.start], links.second, graph, run,
        _alone(arcs, long, links, known, model) * scale, reach.astype(np.float64) * scale, region, found.starts,
        _plain(links, source, target, reach, arcs, len(region)) * scale, _repeat_weight(found, region),
        dictionary.keys.find(tokens),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Links:
    """What the language model says of every two neighbouring arcs: all but the trigrams, whose back-off it is, so that
    of a trigram nothing but itself need be looked up."""

    opener: I32
    """(arcs,): the first word of each."""
    last: I32
    """(arcs,): the last."""
    first: I64
    """(pairs,): the first arc of each pair."""
    second: I64
    """(pairs,): its second arc; pairs are sorted by it and then by the first."""
    pairs: BigramScores
    """What the model says of the first arc's last word and the second's first."""
    free: Bool
    """(pairs,): what comes there costs nothing: a beginning, or what follows an end."""

    @classmethod
    def of(cls, found: Candidates, known: Prospects, model: LanguageModel) -> _Links:
        """The links of all arcs."""
        opener = found.words.take(found.arcs.start)
        last = opener.copy()
        restores = np.flatnonzero(found.arcs.entry >= 0)
        entry = found.arcs.entry.take(restores)
        opener[restores], last[restores] = known.opener.take(entry), known.last.take(entry)
        first, second = _pairs(found)
        pairs = model.pairs(last, opener, first, second)
        begins = (opener == Word.BEGIN).take(second)
        free = begins | (last == Word.END).take(first)
        pairs.score[free] = 0.0
        pairs.backoff[begins] = 0.0  # nothing is known before a beginning
        return cls(opener, last, first, second, pairs, free)

    def those(self, keep: Bool) -> _Links:
        """The links of the arcs where `keep`, (arcs,), is true."""
        number = np.cumsum(keep, dtype=np.int64)
        number -= 1
        arcs = np.flatnonzero(keep)
        rows = np.flatnonzero(keep.take(self.first) & keep.take(self.second))
        first, second = number.take(self.first.take(rows)), number.take(self.second.take(rows))
        pairs, free = self.pairs.those(rows), self.free.take(rows)
        return _Links(self.opener.take(arcs), self.last.take(arcs), first, second, pairs, free)


def coarse_posterior(found: Candidates, dictionary: Dictionary, model: LanguageModel, scale: float = SCALE) -> F64:
    """(arcs,): the probability of each arc in the coarse search: below `COARSE_MIN_POSTERIOR` it is dropped."""
    known = prospects(dictionary, model)
    return _coarse_posterior(found, _Links.of(found, known, model), known, dictionary, scale)


def _coarse_posterior(found: Candidates, links: _Links, known: Prospects, dictionary: Dictionary, scale: float) -> F64:
    """The same; it is a search with bigrams alone, which drops what it finds hopeless.

    Coarse-to-fine: the triples at a place grow with the cube of its candidates, the pairs with the square.
    """
    arcs = found.arcs
    # Measured by the words found, no path is far better or worse than another.
    node = (found.summed.take(arcs.start) - found.summed.take(arcs.end)) * scale
    restores = np.flatnonzero(arcs.entry >= 0)
    entry = arcs.entry.take(restores)
    inner = (known.opening + known.rest) * scale + dictionary.log_channel
    node[restores] += inner.take(entry) + np.log(COARSE_RATE)
    last = arcs.end - 1
    graph = Graph.of(found.level.take(last), links.first, links.second, found.boundary.take(last))
    return probabilities(graph, node, links.pairs.score.astype(np.float64) * scale)


def _pairs(found: Candidates) -> tuple[I64, I64]:
    """(first, second) of all neighbouring arcs, sorted by the second arc and then the first."""
    # Arcs with one end stand together: they are of one level and run.
    arcs = found.arcs
    fresh = np.flatnonzero(np.append(True, arcs.end[1:] != arcs.end[:-1])[: len(arcs)])
    count, begin = np.zeros((2, int(arcs.end.max(initial=0)) + 1), np.int64)
    count[arcs.end[fresh]] = np.diff(np.append(fresh, len(arcs)))
    begin[arcs.end[fresh]] = fresh
    count[found.starts] = 0  # what ends there is of another region
    second, first = spread(count.take(arcs.start), begin.take(arcs.start))
    return first, second


def _triples(links: _Links, arcs: int) -> tuple[I64, I64]:
    """The pair that each triple leads to, in increasing order, and the one it comes from."""
    # (a, b) → (b, c): the pairs with the second arc b stand together, since pairs are sorted by it.
    count = np.bincount(links.second, minlength=arcs)
    begin = np.cumsum(count) - count
    before = count.take(links.first)
    return spread(before, begin.take(links.first))


def _alone(arcs: Arcs, long: Bool, links: _Links, known: Prospects, model: LanguageModel) -> F64:
    """(pairs,): the part of the second arc's score that the pair decides."""
    rest = np.zeros(len(arcs))
    rest[long] = known.rest.take(arcs.entry[long])
    score = rest.take(links.second)
    rows = np.flatnonzero(long.take(links.second))
    a, b = links.first.take(rows), links.second.take(rows)
    entry = arcs.entry.take(b)
    score[rows] += model.trigrams(
        links.last.take(a), links.opener.take(b), known.follower.take(entry),
        links.pairs.backoff.take(rows), known.opening.take(entry),
    )  # fmt: skip
    rows = np.flatnonzero(long.take(links.first) & ~links.free)
    a, b = links.first.take(rows), links.second.take(rows)
    entry = arcs.entry.take(a)
    score[rows] += model.trigrams(
        known.before_last.take(entry), links.last.take(a), links.opener.take(b),
        known.closing.take(entry), links.pairs.score.take(rows),
    )  # fmt: skip
    return score


def _reach(long: Bool, links: _Links, source: I64, target: I64, model: LanguageModel) -> F32:
    """(triples,): the part of the last arc's score that the triple decides: where the middle one is a single word."""
    before, word = links.last.take(links.first), links.opener.take(links.second)
    counts = ~(long.take(links.first) | links.free)
    return model.triples(before, word, links.pairs, source, target, counts)


def _plain(links: _Links, source: I64, target: I64, reach: F32, arcs: Arcs, regions: int) -> F64:
    """(regions,): log probability of each region as it stands: of the triples of slots that stand for themselves."""
    itself = arcs.entry < 0
    pair = itself[links.first] & itself[links.second]
    rows = np.flatnonzero(pair.take(source) & pair.take(target))
    region = arcs.region.take(links.second.take(target.take(rows)))
    return np.bincount(region, reach[rows], minlength=regions).astype(np.float64)


def _repeat_weight(found: Candidates, region_text: I32) -> F64:
    """(regions,): 1 / how many regions of the same text have the same words; what the sentences around them say, of
    which a region sees two words, does not matter."""
    lengths = found.ends - found.starts
    if not len(lengths):
        return np.zeros(0)
    region, place = spread(lengths)
    own = np.full(len(found.words), Word.BEGIN, np.int32)
    own[found.slot] = found.words.take(found.slot)
    value = hash_phrases([own[found.starts[region] + place].astype(np.uint64), place.astype(np.uint64)])
    value = np.add.reduceat(value, np.cumsum(lengths) - lengths)
    _, which, times = np.unique(
        hash_phrases([value, region_text.astype(np.uint64)]), return_inverse=True, return_counts=True
    )
    return 1.0 / times[which]
