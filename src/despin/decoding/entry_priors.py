"""Dictionary + language model → what is known of every entry before any text.

Whatever depends on the entry alone is worked out here, once for each dictionary: the words of its original as the
language model knows them, how likely these are after one another, and whether the entry is worth a look at all.

Start reading from `prospects`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..dictionary.dictionary import Dictionary
from ..language_model.model import LanguageModel
from ..util.array_types import F32, F64, I32, I64, Bool
from ..util.arrays import spread

SCALE = 0.6  # of language model scores: n-grams overlap, so their evidence counts more than once (docs/quality.md)
DROP_BELOW_BEST_NATS = 5.0  # an original so much worse than the best one of its phrase, before any context
MAX_ORIGINALS = 8  # candidates of one spun phrase; the rest are its rarest and never win


@dataclass(frozen=True, slots=True, eq=False)
class Prospects:
    """What is known of the entries of a dictionary before any text; natural logarithms throughout."""

    first: I64
    """(spun phrases + 1,): the entries of spun phrase k that some context could make likely are
    entry[first[k]:first[k + 1]]."""
    entry: I64
    prior: F32
    """One for each of `entry`: ln P(spun | original), and the scaled log probability of the original by itself."""
    opener: I32
    """(entries,): language model id of the original's first word."""
    follower: I32
    """(entries,): of the second; of a single word, that and no other."""
    before_last: I32
    """(entries,): of the last but one, likewise."""
    last: I32
    """(entries,): of the last."""
    long: Bool
    """(entries,): two words or more."""
    opening: F32
    """(entries,): log probability of the second word after the first; 0 where there is none."""
    rest: F32
    """(entries,): of all words from the third on, each after the two before it."""
    closing: F32
    """(entries,): back-off weight of the last two words; 0 where there are none."""


@lru_cache(maxsize=8)
def prospects(dictionary: Dictionary, model: LanguageModel) -> Prospects:
    """What is known of the entries of `dictionary`.

    Of the originals of one spun phrase, one that is e^`DROP_BELOW_BEST_NATS` times rarer than the likeliest before any
    context is never restored in practice, and only makes the lattice large; so are all beyond the `MAX_ORIGINALS`
    likeliest.
    """
    begin, end = dictionary.first_word[:-1], dictionary.first_word[1:]
    ids = model.ids(dictionary.word, dictionary.shape)
    unigram = model.unigram(ids)
    opening, rest, closing = _inner(ids, dictionary.first_word, model)
    of = dictionary.original
    first, entry = _worthwhile(dictionary, unigram_priors(dictionary, model))
    alone = unigram[begin] + opening + rest
    prior = dictionary.log_channel[entry] + np.float32(SCALE) * alone[of[entry]]
    long = end - begin > 1
    follower, before_last = ids[begin + long], ids[end - 1 - long]
    return Prospects(
        first, entry, prior, ids[begin][of], follower[of], before_last[of], ids[end - 1][of], long[of],
        opening[of], rest[of], closing[of],
    )  # fmt: skip


def unigram_priors(dictionary: Dictionary, model: LanguageModel) -> F64:
    """(entries,): ln P(spun | original), and the scaled log probability of the original's words regardless of order."""
    if not len(dictionary):
        return np.zeros(0)
    unigram = model.unigram(model.ids(dictionary.word, dictionary.shape))
    alone = np.add.reduceat(unigram.astype(np.float64), dictionary.first_word[:-1])
    prior: F64 = dictionary.log_channel + SCALE * alone[dictionary.original]
    return prior


def _worthwhile(dictionary: Dictionary, prior: F64) -> tuple[I64, I64]:
    """`Prospects.first` and `entry`; `prior` are `unigram_priors`."""
    if not len(dictionary):
        return np.zeros(1, np.int64), np.zeros(0, np.int64)
    counts = np.diff(dictionary.first_entry)
    best = np.repeat(np.maximum.reduceat(prior, dictionary.first_entry[:-1]), counts)
    worthwhile = prior > best - DROP_BELOW_BEST_NATS
    # Few phrases have so many left that they must be put in order.
    phrase = np.repeat(np.arange(len(counts)), counts)
    left = np.bincount(phrase[worthwhile], minlength=len(counts))
    many = np.flatnonzero(worthwhile & (left > MAX_ORIGINALS)[phrase])
    _, rank = spread(left[left > MAX_ORIGINALS])
    order = many[np.lexsort((-prior[many], phrase[many]))]
    worthwhile[order[rank >= MAX_ORIGINALS]] = False
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(worthwhile)])[dictionary.first_entry]
    return first, np.flatnonzero(worthwhile)


def _inner(ids: I32, first_word: I64, model: LanguageModel) -> tuple[F32, F32, F32]:
    """(originals,) each: `opening`, `rest` and `closing` of the originals whose words are
    ids[first_word[k]:first_word[k + 1]]."""
    original, place = spread(np.diff(first_word))
    score, backoff = np.zeros((2, len(ids)), np.float32)
    later = np.flatnonzero(place > 0)
    score[later], backoff[later] = model.bigrams(ids[later - 1], ids[later])
    third = np.flatnonzero(place > 1)
    after = model.trigrams(ids[third - 2], ids[third - 1], ids[third], backoff[third - 1], score[third])
    opening, rest, closing = np.zeros((3, len(first_word) - 1), np.float32)
    second = np.flatnonzero(place == 1)
    opening[original[second]] = score[second]
    rest[:] = np.bincount(original[third], after, minlength=len(rest))
    closing[:] = backoff[first_word[1:] - 1]  # that of a single word is 0
    return opening, rest, closing
