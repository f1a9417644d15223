"""Texts → what an index knows them by, and in which of them each of it stands: one sorted array.

A text is known by its pairs of neighbouring words. Of these about half survive a spinner that replaces a quarter of the
words, and most stand in few texts, so that a hundred words of a copy share dozens of rare ones with their source and
with nobody else: no text need be restored to be asked about. Of a MinHash of a whole text a hundred words are too small
a part, and so is one page of two (docs/copies.md has the figures).

Start reading from `pairs_of`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..text.hashing import hash_phrases
from ..text.token_features import Shape
from ..text.tokens import tokenise
from ..util.array_types import F64, I64, U32, U64, Bool
from ..util.arrays import spread

COMMON = 300
"""A pair that stands in more texts says nothing any more; of an array, or of all that are asked."""
EVERYWHERE = 0xFFFFFFFF
"""In place of the numbers of the texts where a common pair stands."""
_HIGH, _NUMBER = np.uint64(32), np.uint64(0xFFFFFFFF)


def pairs_of(texts: Sequence[str]) -> list[U32]:
    """For each text hashes of its pairs of neighbouring words, each once, sorted; of one word that word's."""
    tokens = tokenise(texts)
    counted = (tokens.shape >= Shape.LOWER) | (tokens.shape == Shape.NUMBER)
    word, document = tokens.word[counted], tokens.document[counted]
    cuts = np.searchsorted(document, np.arange(1, len(texts)))
    return [_pairs(words) for words in np.split(word, cuts)] if len(texts) else []


def _pairs(words: U64) -> U32:
    hashes = hash_phrases([words[:-1], words[1:]]) if len(words) > 1 else words
    return np.unique((hashes >> _HIGH).astype(np.uint32))


def postings(pairs: Sequence[U32], first: int) -> U64:
    """(postings,): hash and number of the text, 32 bits each, of everything in `pairs`, sorted; the texts are numbered
    from `first` on."""
    number = np.repeat(np.arange(first, first + len(pairs), dtype=np.uint64), [len(one) for one in pairs])
    hashes = np.concatenate(pairs).astype(np.uint64) if pairs else np.zeros(0, np.uint64)
    return without_common(np.sort(hashes << _HIGH | number))


def without_common(array: U64) -> U64:
    """`array`, sorted, with one posting `EVERYWHERE` in place of those of a pair that is common."""
    if not len(array):
        return array
    hashes = array >> _HIGH
    begins = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1]))
    ends = np.append(begins[1:], len(array)).astype(np.int64)
    last = ends - 1
    common = (ends - begins > COMMON) | ((array[last] & _NUMBER) == EVERYWHERE)
    kept = np.repeat(~common, ends - begins)
    kept[last[common]] = True
    result: U64 = array.copy()
    result[last[common]] |= _NUMBER
    result = result[kept]
    return result


def matches(arrays: Sequence[U64], pairs: U32) -> tuple[I64, I64, Bool]:
    """(matches,): which of `pairs` stands in which text, by number, but for the common ones; (pairs,): these."""
    asked = pairs.astype(np.uint64) << _HIGH
    begins = [np.searchsorted(array, asked) for array in arrays]
    counts = [
        np.searchsorted(array, asked | _NUMBER, side="right") - begin
        for array, begin in zip(arrays, begins, strict=True)
    ]
    common = np.sum(counts, axis=0, initial=0) + np.zeros(len(pairs)) > COMMON
    rare = np.flatnonzero(~common)
    found = [np.zeros((2, 0), np.int64)]
    for array, begin, count in zip(arrays, begins, counts, strict=True):
        which, place = spread(count[rare], begin[rare])
        found.append(np.stack([rare[which], (array[place] & _NUMBER).astype(np.int64)]))
    which, texts = np.concatenate(found, axis=1)
    common[which[texts == EVERYWHERE]] = True
    kept = ~common[which]
    return which[kept], texts[kept], common


def weights(count: I64, texts: int) -> F64:
    """What pairs are worth that stand in `count` of so many texts: the rarer the more."""
    return np.log(1 + texts / np.maximum(count, 1))
