"""Tokens + dictionary → what every span may stand for: the arcs of the lattice, without a score.

Every token may stand for itself; every spun phrase that the dictionary knows may stand for each of its originals. An
*arc* is one such reading of a span.

* The text falls into *pieces*, sentences and paragraphs, laid out in one row of *slots*: the words, and between two
  pieces what the language model should see there. Nothing spans two pieces, so work grows with the text and not with
  its lines.
* Only *regions* count: what candidates cover, and two slots on either side, the reach of a trigram. Between regions
  nothing can change, so no region touches another's score.

Start reading from `candidates`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..dictionary.conditions import Document, holds
from ..dictionary.dictionary import Dictionary
from ..dictionary.phrase_trie import Hits
from ..language_model.model import LanguageModel
from ..language_model.vocabulary import Word
from ..text.characters import normalise
from ..text.hashing import hash_words
from ..text.tokens import Tokens
from ..util.array_types import F32, F64, I32, I64, Bool
from ..util.arrays import spread
from .entry_priors import SCALE, prospects
from .forward_backward import levels

DROP_BELOW_FOUND_NATS = 4.0  # a candidate so much worse than the words found, before any context, is not looked at
MAX_PIECE_WORDS = 120  # where no sentence ends for so long, a piece is cut; with its context, below 256 slots
EXCUSE_WINDOW = 5  # words on either side among which the phrases that excuse an entry are looked for
REACH = 2  # slots of context that a trigram sees


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Readings of spans, sorted by level: by how far behind the last boundary they end (`Candidates.boundary`)."""

    start: I64
    """First slot."""
    end: I64
    """Last slot + 1."""
    entry: I64
    """Row in the dictionary; −1: the slot stands for itself."""
    region: I64
    """Numbered from 0 through the batch."""

    def __len__(self) -> int:
        return len(self.start)

    def those(self, keep: Bool) -> Arcs:
        """The arcs where `keep`, (arcs,), is true."""
        if keep.all():
            return self
        rows = np.flatnonzero(keep)
        return Arcs(*(column.take(rows) for column in (self.start, self.end, self.entry, self.region)))


def covered(start: I64, end: I64, slots: int) -> Bool:
    """(slots,): which of them a span from `start` to `end`, (spans,) each, covers."""
    live = np.bincount(start, minlength=slots + 1) - np.bincount(end, minlength=slots + 1)
    within: Bool = np.cumsum(live[:-1]) > 0
    return within


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The arcs of a batch, and the slots they lie on."""

    arcs: Arcs
    slot: I64
    """(tokens,): the slot of each token."""
    token: I64
    """(slots + 1,): the token of each slot; of those between two pieces, the one that follows."""
    words: I32
    """(slots,): language model ids."""
    summed: F64
    """(slots + 1,): log probability of all words before each slot, regardless of context."""
    document: I32
    """(slots,): the text of each slot."""
    starts: I64
    """(regions,): the first slot of each region."""
    ends: I64
    """(regions,): its last slot + 1."""
    boundary: Bool
    """(slots,): nothing is offered for it nor for the slot before it, so that all readings have both in common."""
    level: NDArray[np.uint8]
    """(slots,): how far each lies behind the last of these; 0 for the first two of a region."""


def candidates(tokens: Tokens, dictionary: Dictionary, model: LanguageModel) -> Candidates:
    """The readings of every span of a batch.

    >>> from despin.runtime.example import EXAMPLE
    >>> arcs = candidates(EXAMPLE.tokens, EXAMPLE.dictionary, EXAMPLE.known.model).arcs
    >>> [pair for pair in EXAMPLE.pairs(arcs.entry) if "profound" in pair]
    ['profound → deep', 'profound → spiritual', 'profound learning → deep learning']
    """
    slot, words, begins = _slots(tokens, model)
    size = len(words)
    token = np.zeros(size + 1, np.int64)
    token[slot + 1] = 1
    np.cumsum(token, out=token)
    spun = _whole(dictionary.spun.find(tokens), slot)
    summed = np.concatenate([np.zeros(1), np.cumsum(model.unigram(words), dtype=np.float64)])
    offers = _offers(spun, slot, summed, dictionary, model)
    # A spun phrase makes a region whether or not anything is offered for it: what is said twice is known by its region.
    begin = slot.take(spun.first)
    within = _dilate(covered(begin, begin + spun.length, size))
    heads = within & (begins | ~np.concatenate([[False], within[:-1]]))
    starts = np.flatnonzero(heads)
    stops = np.flatnonzero(within & np.concatenate([begins[1:] | ~within[1:], [True]])) + 1
    boundary = ~covered(offers.start, offers.end, size)
    boundary[1:] &= boundary[:-1]
    level = levels(boundary, starts + 1).astype(np.uint8)
    level[starts] = 0
    arcs = _arcs(offers, within, heads, level)
    arcs = _permitted(_unexcused(arcs, dictionary, tokens, token), dictionary, tokens, token)
    document = tokens.document.take(token[:-1], mode="clip") if len(tokens) else np.zeros(size, np.int32)
    return Candidates(arcs, slot, token, words, summed, document, starts, stops, boundary, level)


def _slots(tokens: Tokens, model: LanguageModel) -> tuple[I64, I32, Bool]:
    """The slot of each token; the language model's id of each slot; where pieces begin.

    Between two pieces lie four slots: the end of a paragraph and a blank, a blank and the beginning of the next, or,
    between two sentences, two blanks and a copy of the last two words, the context of what follows.
    """
    if not len(tokens):
        return np.zeros(0, np.int64), np.full(2 * REACH, Word.BEGIN, np.int32), np.zeros(2 * REACH, np.bool_)
    ids = model.ids(tokens.word, tokens.shape)
    border = sentence_heads(tokens)
    heads = np.flatnonzero(border)
    lengths = np.diff(np.append(heads, len(tokens)))
    long = lengths > MAX_PIECE_WORDS
    for head, length in zip(heads[long].tolist(), lengths[long].tolist(), strict=True):
        border[head : head + length : MAX_PIECE_WORDS] = True
    slot = np.arange(len(tokens)) + 2 * REACH * np.cumsum(border)
    words = np.full(int(slot[-1]) + 1 + 2 * REACH, Word.BEGIN, np.int32)
    words[slot] = ids
    heads = np.append(np.flatnonzero(border), len(tokens))
    gaps = np.append(slot[heads[:-1]] - 2 * REACH, int(slot[-1]) + 1)
    paragraph = np.append(tokens.opens[heads[:-1]], True)
    words[gaps[paragraph]] = Word.END
    inside = np.flatnonzero(~paragraph)
    for step in (1, 2):
        words[gaps[inside] + 2 * REACH - step] = ids[np.maximum(heads[inside] - step, 0)]
    begins = np.zeros(len(words), np.bool_)
    begins[gaps + REACH] = True
    return slot, words, begins


def sentence_heads(tokens: Tokens) -> Bool:
    """(tokens,): which token begins a sentence or a paragraph."""
    heads = tokens.opens.copy()
    heads[1:] |= np.isin(tokens.word[:-1], _SENTENCE_ENDS)
    return heads


_SENTENCE_ENDS = hash_words([".", "!", "?"])


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


def maximal(hits: Hits) -> Hits:
    """The hits that no other one contains: long keys win."""
    rows = np.flatnonzero(np.diff(hits.first, append=-1))  # of those that begin at one place the last is the longest
    end = hits.first.take(rows) + hits.length.take(rows)
    furthest = np.maximum.accumulate(end) if len(end) else end
    keep = np.ones(len(rows), np.bool_)
    keep[1:] = end[1:] > furthest[:-1]
    rows = rows[keep]
    return Hits(hits.first.take(rows), hits.length.take(rows), hits.phrase.take(rows))


class _Offers(NamedTuple):
    """The candidates of a batch, sorted by where they start; (candidates,) each."""

    start: I64
    """First slot."""
    end: I64
    """Last slot + 1."""
    entry: I64


def _offers(spun: Hits, slot: I64, summed: F64, dictionary: Dictionary, model: LanguageModel) -> _Offers:
    """What the phrases `spun` may stand for, but for what no context makes likely.

    Of an original and the words found, the channel and their own n-grams say most; what is far worse by these is
    dropped before anything around it is looked up: in spun news two fifths of the candidates, and of those that end
    up with a probability above 0.3 one in 4,000.
    """
    known = prospects(dictionary, model)
    begin = known.first.take(spun.phrase)
    hit, place = spread(known.first.take(spun.phrase + 1) - begin, begin)
    start = slot.take(spun.first)
    end = start + spun.length
    worth = np.flatnonzero(known.prior.take(place) > least_prior(start, end, summed).take(hit))
    place, hit = place.take(worth), hit.take(worth)
    return _Offers(start.take(hit), end.take(hit), known.entry.take(place))


def least_prior(start: I64, end: I64, summed: F64) -> F32:
    """(hits,): the prior (`Prospects.prior`) that an original needs to be offered for the slots from `start` to `end`:
    not far below that of the words found.

    These are told by their unigrams alone: what a spinner put together seldom makes n-grams.
    """
    return (SCALE * (summed.take(end) - summed.take(start)) - DROP_BELOW_FOUND_NATS).astype(np.float32)


def _arcs(offers: _Offers, within: Bool, heads: Bool, level: NDArray[np.uint8]) -> Arcs:
    """The arcs on the slots `within`, of the regions that begin at `heads`; `level` as in `Candidates`."""
    at = offers.start
    inside = np.flatnonzero(within)
    # Both kinds are sorted by where they start: counting tells where each goes among the other, which sorting would
    # take ten times as long to find out. A slot goes before the candidates that start there.
    rank = np.cumsum(within)
    ahead = np.cumsum(np.bincount(at, minlength=len(within)))
    of_slot = np.arange(len(inside))
    of_slot[1:] += ahead.take(inside[1:] - 1)
    of_candidate = np.arange(len(at))
    of_candidate += rank.take(at)
    # Short numbers, until they are in order: what is picked from all over an array had better fit into the cache.
    entry, start, end = np.full((3, len(inside) + len(at)), -1, np.int32)
    entry[of_candidate] = offers.entry
    start[of_slot], start[of_candidate] = inside, at
    end[of_slot], end[of_candidate] = inside + 1, offers.end

    number = np.cumsum(heads, dtype=np.int32)
    number -= 1
    region = number.take(start)
    order = np.argsort(level.take(end - 1), kind="stable")  # numpy sorts numbers so short in linear time
    return Arcs(*(column.take(order).astype(np.int64) for column in (start, end, entry, region)))


def _unexcused(arcs: Arcs, dictionary: Dictionary, tokens: Tokens, token: I64) -> Arcs:
    """The arcs without those whose entry is excused by a phrase that stands around them."""
    if not dictionary.unless:
        return arcs
    keep = np.ones(len(arcs), np.bool_)
    for arc in np.flatnonzero(np.isin(arcs.entry, list(dictionary.unless))).tolist():
        first, last = token[[arcs.start[arc], arcs.end[arc] - 1]].tolist()
        low, high = max(first - EXCUSE_WINDOW, 0), min(last + EXCUSE_WINDOW, len(tokens) - 1)
        before, here, after = (
            normalise(tokens.text[tokens.start[a] : tokens.end[b]]) if a <= b else ""
            for a, b in ((low, first - 1), (first, last), (last + 1, high))
        )
        around = " ".join(f"{before} {here} {after}".split())
        keep[arc] = not any(
            here in phrase and f" {phrase} " in f" {around} " for phrase in dictionary.unless[int(arcs.entry[arc])]
        )
    return arcs.those(keep)


def _permitted(arcs: Arcs, dictionary: Dictionary, tokens: Tokens, token: I64) -> Arcs:
    """The arcs without those whose entry asks for something that the text, or the place, does not have."""
    if not dictionary.conditions:
        return arcs
    keep = np.ones(len(arcs), np.bool_)
    documents: dict[int, tuple[Document, int]] = {}
    for arc in np.flatnonzero(np.isin(arcs.entry, list(dictionary.conditions))).tolist():
        first, last = token[[arcs.start[arc], arcs.end[arc] - 1]].tolist()
        text = int(tokens.document[first])
        if text not in documents:
            documents[text] = Document.of(tokens, text), int(np.searchsorted(tokens.document, text))
        document, begin = documents[text]
        keep[arc] = holds(dictionary.conditions[int(arcs.entry[arc])], document, first - begin, last - first + 1)
    return arcs.those(keep)
