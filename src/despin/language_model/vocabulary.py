"""Words as numbers: 64-bit hashes (`text.tokens`) → small ids, by which arrays can be indexed.

Start reading from `Vocabulary.ids`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from ..util.array_types import I32, I64, U64


class Word(IntEnum):
    """The ids that stand for no word in particular; those of the vocabulary follow, in the order of their hashes."""

    UNKNOWN = 0  #: `<unk>`, a word that is not in the vocabulary
    NUMBER = 1  #: a number that is not in the vocabulary
    BEGIN = 2  #: `<s>`, the start of a paragraph; only ever a context
    END = 3  #: `</s>`, the end of a paragraph


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
