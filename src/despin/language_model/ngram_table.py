"""N-grams in hash tables of flat arrays: what the language model is made of.

* `NgramTable` keeps an n-gram as a 15-bit fingerprint and an 8-bit code for its probability, all but the longest
  n-grams with one more for the back-off weight: about 3.3 bytes a trigram. Four fingerprints fill one 64-bit word, so
  one look compares four; an n-gram that found its word full stands in another one, and the top bit says whether to
  look there.
* A fingerprint tells 32,767 n-grams apart, no more: of the n-grams that were never stored about one in 5,000 is taken
  for one that was.

learn/language_model/pack.py fills the tables; start reading from `NgramTable.find`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..util.array_types import F32, I64, U8, U64

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
