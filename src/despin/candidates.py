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
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .arrays import spread
from .condition import Document, holds
from .dictionary import Dictionary
from .language_model import LanguageModel
from .ngrams import Word
from .phrases import Hits
from .tokens import Tokens, hash_words, normalise

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

SCALE = 0.6  # of language model scores: n-grams overlap, so their evidence counts more than once (docs/quality.md)
UNLIKELY = 5.0
LONGEST = 120  # words of a piece: where no sentence ends for so long, it is cut
AROUND = 5  # words on either side among which the phrases that excuse an entry are looked for
REACH = 2  # slots of context that a trigram sees
MOST_ORIGINALS = 8  # candidates of one spun phrase; the rest are its rarest and never win


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
    """How far from the start of its region each ends, less one."""
    region: I64
    """Numbered from 0 through the batch."""

    def __len__(self) -> int:
        return len(self.start)

    def those(self, keep: Bool) -> Arcs:
        """The arcs where `keep`, (arcs,), is true."""
        counts = np.diff(self.first_word)
        first_word = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts[keep])])
        words = self.words[np.repeat(keep, counts)]
        rows = np.flatnonzero(keep)
        start, end, entry = self.start.take(rows), self.end.take(rows), self.entry.take(rows)
        return Arcs(start, end, entry, first_word, words, self.level.take(rows), self.region.take(rows))


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
    document: I32
    """(slots,): the text of each slot."""
    starts: I64
    """(regions,): the first slot of each region."""
    ends: I64
    """(regions,): its last slot + 1."""


def candidates(tokens: Tokens, dictionary: Dictionary, model: LanguageModel) -> Candidates:
    """The readings of every span of a batch."""
    slot, words, begins = _slots(tokens, model)
    size = len(words)
    token = np.zeros(size + 1, np.int64)
    token[slot + 1] = 1
    np.cumsum(token, out=token)
    spun = _whole(dictionary.spun.find(tokens), slot)
    ends = slot[spun.first + spun.length - 1] + 1
    live = np.bincount(slot[spun.first], minlength=size + 1) - np.bincount(ends, minlength=size + 1)
    within = _dilate(np.cumsum(live[:-1]) > 0)
    heads = within & (begins | ~np.concatenate([[False], within[:-1]]))
    starts = np.flatnonzero(heads)
    stops = np.flatnonzero(within & np.concatenate([begins[1:] | ~within[1:], [True]])) + 1
    arcs = _arcs(dictionary, model, spun, slot, words, within, heads)
    arcs = _permitted(_unexcused(arcs, dictionary, tokens, token), dictionary, tokens, token)
    document = tokens.document.take(token[:-1], mode="clip") if len(tokens) else np.zeros(size, np.int32)
    return Candidates(arcs, slot, token, words, document, starts, stops)


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
    place = np.arange(len(tokens))
    border |= (place - np.maximum.accumulate(np.where(border, place, 0))) % LONGEST == 0
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


_STOPS = hash_words([".", "!", "?"])


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
    order = np.lexsort((-hits.length, hits.first))
    first, end = hits.first[order], (hits.first + hits.length)[order]
    furthest = np.maximum.accumulate(end) if len(end) else end
    keep = np.ones(len(order), np.bool_)
    keep[1:] = end[1:] > furthest[:-1]
    return Hits(first[keep], (end - first)[keep], hits.phrase[order][keep])


def _arcs(
    dictionary: Dictionary, model: LanguageModel, spun: Hits, slot: I64, words: I32, within: Bool, heads: Bool
) -> Arcs:
    """The arcs on the slots `within`, of the regions that begin at `heads`."""
    known = _known(dictionary, model)
    begin = known.first[spun.phrase]
    hit, place = spread(known.first[spun.phrase + 1] - begin)
    offered = known.entry[begin[hit] + place]
    at = slot[spun.first][hit]
    inside = np.flatnonzero(within)

    # Both kinds are sorted by where they start: counting tells where each goes among the other, which sorting would
    # take ten times as long to find out. A slot goes before the candidates that start there.
    rank = np.cumsum(within)
    ahead = np.cumsum(np.bincount(at, minlength=len(words)))
    of_slot = np.arange(len(inside)) + np.concatenate([np.zeros(1, np.int64), ahead])[inside]
    of_candidate = np.arange(len(at)) + rank[at]
    size = len(inside) + len(at)
    # Short numbers, until they are in order: what is picked from all over an array had better fit into the cache.
    entry, start, end, from_word = np.full((4, size), -1, np.int32)
    entry[of_candidate] = offered
    start[of_slot], start[of_candidate] = inside, at
    end[of_slot], end[of_candidate] = inside + 1, slot[spun.first + spun.length - 1][hit] + 1
    original = dictionary.original[offered]
    count = np.ones(size, np.int32)
    count[of_candidate] = dictionary.first_word[original + 1] - dictionary.first_word[original]
    # The words of all originals, and after them those of the slots.
    from_word[of_slot], from_word[of_candidate] = len(known.words) + inside, dictionary.first_word[original]

    region = (np.cumsum(heads, dtype=np.int32) - np.int32(1)).take(start)
    level = end - np.flatnonzero(heads).astype(np.int32).take(region) - np.int32(1)
    order = np.argsort(level.astype(np.uint16), kind="stable")  # numpy sorts numbers so short in linear time
    starts, ends, entries, regions, levels, counts, origins = (
        column.take(order).astype(np.int64) for column in (start, end, entry, region, level, count, from_word)
    )
    arc, row = spread(counts)
    row += origins.take(arc)
    first_word = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    return Arcs(starts, ends, entries, first_word, np.concatenate([known.words, words]).take(row), levels, regions)


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What is known of the entries of a dictionary before any text."""

    words: I32
    """Language model ids of the words of all originals."""
    first: I64
    """(spun phrases + 1,): the entries of spun phrase k that some context could make likely are
    entry[first[k]:first[k + 1]]."""
    entry: I64


@lru_cache(maxsize=8)
def _known(dictionary: Dictionary, model: LanguageModel) -> _Known:
    """What is known of the entries of `dictionary`.

    Of the originals of one spun phrase, one that is e^`UNLIKELY` times rarer than the likeliest before any context is
    never restored in practice, and only makes the lattice large; so are all beyond the `MOST_ORIGINALS` likeliest.
    """
    ids = model.ids(dictionary.word, dictionary.shape)
    if not len(dictionary):
        return _Known(ids, np.zeros(1, np.int64), np.zeros(0, np.int64))
    alone = np.add.reduceat(model.unigram(ids).astype(np.float64), dictionary.first_word[:-1])
    prior = dictionary.log_channel + SCALE * alone[dictionary.original]
    counts = np.diff(dictionary.first_entry)
    best = np.repeat(np.maximum.reduceat(prior, dictionary.first_entry[:-1]), counts)
    phrase, place = spread(counts)
    rank = np.empty(len(prior), np.int64)
    rank[np.lexsort((-prior, phrase))] = place
    worthwhile = (prior > best - UNLIKELY) & (rank < MOST_ORIGINALS)
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(worthwhile)])[dictionary.first_entry]
    return _Known(ids, first, np.flatnonzero(worthwhile))


def _unexcused(arcs: Arcs, dictionary: Dictionary, tokens: Tokens, token: I64) -> Arcs:
    """The arcs without those whose entry is excused by a phrase that stands around them."""
    if not dictionary.unless:
        return arcs
    keep = np.ones(len(arcs), np.bool_)
    for arc in np.flatnonzero(np.isin(arcs.entry, list(dictionary.unless))).tolist():
        first, last = token[[arcs.start[arc], arcs.end[arc] - 1]].tolist()
        low, high = max(first - AROUND, 0), min(last + AROUND, len(tokens) - 1)
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
