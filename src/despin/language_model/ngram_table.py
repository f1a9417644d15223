"""N-grams and words in hash tables of flat arrays: what the language model is made of.

* `NgramTable` keeps an n-gram as a 15-bit fingerprint and an 8-bit code for its probability, all but the longest
  n-grams with one more for the back-off weight: about 3.3 bytes a trigram. Four fingerprints fill one 64-bit word, so
  one look compares four; an n-gram that found its word full stands in another one, and the top bit says whether to
  look there.
* A fingerprint tells 32,767 n-grams apart, no more: of the n-grams that were never stored about one in 5,000 is taken
  for one that was.
* `Vocabulary` turns the 64-bit word hashes of `tokens` into small numbers, `Word` and then the rank of the hash.

learn/language_model.py fills the tables; start reading from `NgramTable.find`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..util.array_types import F32, I32, I64, U8, U64


class Word(IntEnum):
    """The ids that stand for no word in particular; those of the vocabulary follow, in the order of their hashes."""

    UNKNOWN = 0  #: `<unk>`, a word that is not in the vocabulary
    NUMBER = 1  #: a number that is not in the vocabulary
    BEGIN = 2  #: `<s>`, the start of a paragraph; only ever a context
    END = 3  #: `</s>`, the end of a paragraph


# --- the hash table --------------------------------------------------------------------------------------------
LANES = 4  # fingerprints in one 64-bit word of the table
_ONES = np.uint64(0x0001_0001_0001_0001)
_FIELDS = np.uint64(0x7FFF_7FFF_7FFF_7FFF)
_TOPS = np.uint64(0x8000_8000_8000_8000)
SPILLED = np.uint64(1 << 63)  # for some n-gram this word of the table was full: look in its second choice too
_FINGERPRINT = np.uint64(0x7FFF)
# Odd multipliers, one for each place in the n-gram counted from its last word: digits of pi (Blowfish's P-array).
_PLACES = np.array(
    [
        0x243F6A8885A308D3,
        0x13198A2E03707345,
        0xA4093822299F31D1,
        0x082EFA98EC4E6C89,
        0x452821E638D01377,
        0xBE5466CF34E90C6D,
    ],
    np.uint64,
)
MAX_ORDER = len(_PLACES)


def mix(total: U64) -> U64:
    """Spread the sum of the terms of an n-gram over all 64 bits: the top ones choose its place, low ones mark it."""
    spread: U64 = total ^ (total >> np.uint64(29))
    spread *= np.uint64(0xBF58476D1CE4E5B9)
    spread ^= spread >> np.uint64(32)
    return spread


def term(ids: NDArray[np.integer[Any]], place: int) -> U64:
    """What the words `ids` add to the sums of their n-grams, standing `place` words before the last one."""
    product: U64 = ids.astype(np.uint64) * _PLACES[place]
    return product


def hash_ngrams(words: Sequence[NDArray[np.integer[Any]]]) -> U64:
    """The hashes of the n-grams whose words stand in the columns `words`, in reading order, each (n,) ids."""
    total = term(words[-1], 0)
    for place in range(1, len(words)):
        total += term(words[-1 - place], place)
    return mix(total)


def choices(hashes: U64, size: int) -> tuple[I64, I64]:
    """The two words of a table of `size` words where an n-gram of each hash may stand: look in the first first."""
    return _scale(hashes, size), second_choice(hashes, size)


def second_choice(hashes: U64, size: int) -> I64:
    """The second of `choices`."""
    return _scale(hashes * np.uint64(0x94D049BB133111EB), size)


def _scale(hashes: U64, size: int) -> I64:
    """The top half of each hash brought below `size`: a multiplication does it without a division (Lemire 2019)."""
    return (((hashes >> np.uint64(32)) * np.uint64(size)) >> np.uint64(32)).view(np.int64)


def fingerprints(hashes: U64) -> U64:
    """15 bits of each hash that the first of `choices` does not depend on; never 0, which marks an empty lane."""
    marks: U64 = np.maximum(hashes & _FINGERPRINT, np.uint64(1))
    return marks


@dataclass(frozen=True, slots=True, eq=False)
class NgramTable:
    """The stored n-grams of one length. `codes[4 * i + k]` belongs to lane k of `words[i]`."""

    words: U64
    codes: U8
    values: F32
    """(256,): the log probability each code stands for."""
    backoffs: U8
    """Codes of back-off weights; 0: no longer n-gram begins with this one. Empty for the longest n-grams."""
    weights: F32
    """(256,): the log back-off weight each code stands for; the first is 0. Empty for the longest n-grams."""

    def find(self, hashes: U64) -> tuple[I64, I64]:
        """Rows of `hashes` that are stored, and where in `codes`."""
        wanted = fingerprints(hashes)
        wanted *= _ONES
        place = _scale(hashes, len(self.words))
        line = self.words.take(place, mode="clip")
        equal = _equal_lanes(line, wanted)
        again = ((equal == 0) & (line >= SPILLED)).nonzero()[0]
        second = second_choice(hashes.take(again), len(self.words))
        equal[again] = _equal_lanes(self.words.take(second, mode="clip"), wanted.take(again))
        place[again] = second
        rows = (equal != 0).nonzero()[0]  # of true and false numpy counts eight at a time
        slot = place.take(rows)
        slot *= LANES
        slot += _lane(equal.take(rows))
        return rows, slot


def _equal_lanes(lines: U64, wanted: U64) -> U64:
    """The top bit of each lane of `lines` that equals that of `wanted`, whatever its own top bit is."""
    # Where two lanes are equal their difference is 0, and that is all that does not carry into the top bit.
    equal = (lines & _FIELDS) ^ wanted
    equal += _FIELDS
    np.invert(equal, out=equal)
    equal &= _TOPS
    return equal


def _lane(mark: U64) -> I64:
    """The number of the lowest lane whose top bit is set; one must be."""
    lowest = (mark & (~mark + np.uint64(1))) >> np.uint64(15)  # 1 << 16 * lane
    # The multiplication moves the two bits that spell the lane to the top.
    return ((lowest * np.uint64((1 << 46) | (2 << 30) | (3 << 14))) >> np.uint64(62)).view(np.int64)


# --- the vocabulary --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The words that have ids."""

    hashes: U64
    """In increasing order, closed by the largest number there is."""
    first: NDArray[np.uint32]
    """(a power of two,): for each value of the top bits of a hash, how many of `hashes` have smaller ones."""

    @classmethod
    def of(cls, hashes: U64) -> Vocabulary:
        """The vocabulary of the sorted, distinct `hashes`."""
        bits = max(1, len(hashes).bit_length())
        tops = np.arange(1 << bits, dtype=np.uint64) << np.uint64(64 - bits)
        first = np.searchsorted(hashes, tops).astype(np.uint32)
        return cls(np.append(hashes, np.uint64(0xFFFF_FFFF_FFFF_FFFF)), first)

    def ids(self, words: U64) -> I32:
        """The id of each word hash, `Word.UNKNOWN` for those that are not here; (n,) to (n,)."""
        rows, known = self.find(words)
        ids = np.full(len(words), Word.UNKNOWN, np.int32)
        ids[rows] = known
        return ids

    def find(self, words: U64) -> tuple[I64, I64]:
        """Which of `words` are here, and their ids."""
        shift = np.uint64(64 - (len(self.first).bit_length() - 1))
        place = self.first.take((words >> shift).view(np.int64), mode="clip").astype(np.int64)
        found = self.hashes.take(place, mode="clip")
        # About one word shares the first bits with the wanted one: a step or two finds it or passes its place. The
        # largest number, which closes the hashes, ends all searches.
        on = (found < words).nonzero()[0]
        while on.size:
            wanted, at = words[on], place[on] + 1
            here = self.hashes.take(at, mode="clip")
            place[on], found[on] = at, here
            on = on[(here < wanted) & (at < len(self.hashes))]
        rows = (found == words).nonzero()[0]
        place = place[rows]
        if len(rows) and int(place.max()) >= len(self.hashes) - 1:
            rows, place = rows[place < len(self.hashes) - 1], place[place < len(self.hashes) - 1]
        place += len(Word)
        return rows, place
