"""Words and phrases → the 64-bit numbers that they are known by.

The hash of a word is a sum over its characters of a scrambled (normal form, place) pair, scrambled once more:

    hash(w) = scramble( Σ term(normal(w[i]), min(i, 63)) )

A sum can be taken in any order and grouping. So the terms of three neighbouring ASCII letters are looked up together,
in a table of all triples (`triple_terms`): a third of a look-up a letter. Other characters are computed one by one.
The hash of a phrase goes from word to word (`extend`).

Language models are stored with these hashes: the functions must never change. Start reading from `hash_words`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..util.array_types import I64, U32, U64
from .characters import ODD, Characters, codes_of, facts_of

PLACES = 64  # places in a word that the hash tells apart
TRIPLES = 1 << 15  # triples of letters, five bits each: 1 to 26 are those of ASCII, 27 is an apostrophe, 0 is neither
APOSTROPHE = 27

_STEP = np.uint64(0xD6E8FEB86659FD93)  # of a phrase: odd, so that no bit is lost


def scramble(value: U64) -> U64:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit."""
    shifted = value >> np.uint64(30)
    value = value ^ shifted
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= np.right_shift(value, np.uint64(27), out=shifted)
    value *= np.uint64(0x94D049BB133111EB)
    value ^= np.right_shift(value, np.uint64(31), out=shifted)
    return value


@cache
def _powers() -> U64:
    powers: U64 = scramble(np.arange(1, PLACES + 1, dtype=np.uint64)) | np.uint64(1)
    powers.flags.writeable = False
    return powers


def hash_terms(normals: NDArray[np.uint32] | NDArray[np.uint64], place: I64) -> U64:
    """What characters of the normal forms `normals` at `place` in their words add to the sum; each (n,)."""
    values = normals.astype(np.uint64) + np.uint64(1)
    values *= _powers()[np.minimum(place, PLACES - 1)]
    values ^= values >> np.uint64(29)
    values *= np.uint64(0x9E3779B97F4A7C15)
    return values


@cache
def _all_terms() -> U64:
    """(PLACES · 256,): what each ASCII character adds at each place, at [character + 256 · place]."""
    table = np.zeros((PLACES, 256), np.uint64)
    normals = np.array([facts_of(code)[1] for code in range(128)], np.uint32)
    table[:, :128] = hash_terms(np.tile(normals, PLACES), np.repeat(np.arange(PLACES), 128)).reshape(PLACES, 128)
    table.flags.writeable = False
    return table.reshape(-1)


def single_terms() -> U64:
    """(256,): what each ASCII character adds at the place 0."""
    return _all_terms()[:256]


@cache
def triple_terms(place: int) -> U64:
    """(TRIPLES,): what the letters a, b, c at `place` and behind it add, at [a + 32 · b + 1024 · c]."""
    letters = np.arange(32, dtype=np.uint32) + np.uint32(96)
    letters[APOSTROPHE] = ord("'")
    single = hash_terms(np.tile(letters, 3), place + np.repeat(np.arange(3), 32)).reshape(3, 32)
    single[:, 0] = 0
    table: U64 = (single[2][:, None, None] + single[1][:, None] + single[0]).reshape(TRIPLES)
    table.flags.writeable = False
    return table


def hash_runs(normals: U32, starts: I64) -> U64:
    """The hash of each run of characters that begins at one of `starts`, the first of which is 0."""
    if not len(starts):
        return np.zeros(0, np.uint64)
    place = np.arange(len(normals)) - np.repeat(starts, np.diff(starts, append=len(normals)))
    return scramble(np.add.reduceat(hash_terms(normals, place), starts))


def hash_text_runs(chars: Characters, at: I64, starts: I64) -> U64:
    """The hash of each run of the characters `at` of a text, which begin at those of `at` that `starts` says."""
    place = np.arange(len(at)) - np.repeat(starts, np.diff(starts, append=len(at)))
    byte = chars.byte.take(at)
    values = _all_terms().take(np.minimum(place, PLACES - 1) << 8 | byte)
    if len(chars.odd):
        odd = np.flatnonzero(byte == ODD)
        which = np.searchsorted(chars.odd, at.take(odd))
        values[odd] = hash_terms(chars.normals.take(which), place.take(odd))
    return scramble(np.add.reduceat(values, starts))


def normals_of(codes: U32) -> U32:
    """(n,): the normal form of each code point."""
    distinct, which = np.unique(codes, return_inverse=True)
    forms = np.array([facts_of(code)[1] for code in distinct.tolist()], np.uint32)
    return forms[which] if len(forms) else forms


def hash_words(words: Sequence[str]) -> U64:
    """The `Tokens.word` of each of `words`, each of them one token as it may stand in a text.

    >>> [f"{value:x}" for value in hash_words(["Women", "women"]).tolist()]
    ['1b50cd5cacfa3172', '1b50cd5cacfa3172']
    """
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    if lengths.min(initial=1) == 0:
        raise ValueError("an empty string is not a word")
    return hash_runs(normals_of(codes_of("".join(words))), np.cumsum(lengths) - lengths)


# --- phrases ---------------------------------------------------------------------------------------------------


def extend(prefix: U64, word: U64) -> U64:
    """(n,): the hashes of phrases, each `prefix` and one `word` more."""
    return _mixed((prefix * _STEP) ^ word)


def _mixed(value: U64) -> U64:
    mixed: U64 = value >> np.uint64(32)
    mixed ^= value
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    return mixed


def hash_phrases(columns: Sequence[U64]) -> U64:
    """A hash of each row of `columns`, in their order; the columns are word hashes or hashes of phrases, each (n,)."""
    value = _mixed(columns[0])  # what extends nothing
    for column in columns[1:]:
        value = extend(value, column)
    return value


def hash_pairs(first: U64, second: U64) -> U64:
    """A hash of each two words, of which the first bits are good: cheaper than `hash_phrases`."""
    both: U64 = first * _STEP
    both ^= second
    return both
