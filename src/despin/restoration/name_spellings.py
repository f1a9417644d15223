"""Other spellings of a name: *Younghwa* for *Young-hwa*, *Jung Yonghwa* for *Jeong Yonghwa*.

Two spellings are one name where nearly all their letters are the same (`SIMILAR`). rapidfuzz compares strings, one pair
at a time; but nearly all pairs of a text have nothing in common, and a few numbers tell that of all pairs at once:

* In spellings with so many letters as these only so many may be put in or taken out.
* Each of them changes whether there is an odd number of one letter. So a bit for every letter says so of each word;
  those of a run are those of its words, taken together by exclusive or, whichever words stand there.

Start reading from `resembling`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..decoding.lattice import Lattice
from ..dictionary.dictionary import Dictionary
from ..text.tokens import Tokens
from ..util.array_types import I64, U64, Bool
from ..util.arrays import spread
from .name_mentions import Names, Runs, letters

SIMILAR = 90.0  # rapidfuzz ratio of two spellings of one name
NEARER = 5.0  # by how much the restored spelling must be nearer to a name than the found one

_SURPLUS = (200.0 - SIMILAR) / SIMILAR  # how many times as long as one similar spelling the other may be
_MOST_LETTERS = 8  # where more letters may be put in or taken out, bits rule nothing out
_UNTOLD = 1 << 32  # the size of one letter beyond ASCII, of which bits say nothing


class Changes(NamedTuple):
    """Arcs that change words of a run; columns of one row each."""

    arc: I64
    first: I64
    """First word that changes."""
    last: I64
    """Last word that changes + 1."""
    goes_on: Bool
    """Whether the run goes on behind these."""


def resembling(changes: Changes, lattice: Lattice, dictionary: Dictionary, runs: Runs, names: Names | None) -> I64:
    """Rows of those of `changes` whose run, restored, is another spelling of one of `names` (None: of those of two
    words or more in its document)."""
    alike: list[int] = []
    if not len(changes.arc):
        return np.array(alike, np.int64)
    bounds = runs.bounds()
    asked, known = _Asked.of(changes, lattice, runs, *bounds), _Known.of(lattice.tokens, runs, *bounds)
    if names is None:
        rows, others = _pairs(asked, known, lattice, dictionary, runs)
        first = np.append(np.flatnonzero(np.diff(rows, prepend=-1)), len(rows))
        rows, last = rows[first[:-1]], first[1:]
        begins, ends = known.spans(others, lattice.tokens, runs)
    else:
        rows = np.arange(len(asked.document))
        spellings = _ByLength.of(names.spellings)
    if not len(rows):
        return rows
    from rapidfuzz import fuzz, process

    text = lattice.tokens.text
    columns = (rows, *(column[rows] for column in (*asked.span, asked.entry)))
    for number, (row, b, s, e, z, entry) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        before, after = letters(text[b:s]), letters(text[e:z])
        restored = before + _spelling(dictionary, entry) + after
        found = before + letters(text[s:e]) + after
        if names is None:
            here = slice(first[number], last[number])
            choices = _ordered({letters(text[x:y]) for x, y in zip(begins[here], ends[here], strict=True)})
        else:
            choices = spellings.near(restored)
        best = process.extractOne(restored, choices, scorer=fuzz.ratio, score_cutoff=SIMILAR)
        if best is not None and fuzz.ratio(found, best[0]) <= best[1] - NEARER:
            alike.append(row)
    return np.array(alike, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """The runs of two words or more: those that others may be spellings of."""

    first: I64
    last: I64
    """Last word + 1."""
    document: I64

    @classmethod
    def of(cls, tokens: Tokens, runs: Runs, first: I64, last: I64) -> _Known:
        """Of the runs whose words are from `first` to `last`."""
        many = last - first > 1
        return cls(first[many], last[many], tokens.document[runs.token[first[many]]].astype(np.int64))

    def spans(self, rows: I64, tokens: Tokens, runs: Runs) -> tuple[list[int], list[int]]:
        """Where each of `rows` begins, and where it ends."""
        begin, end = runs.token[self.first[rows]], runs.token[self.last[rows] - 1]
        return tokens.start[begin].tolist(), tokens.end[end].tolist()


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """Runs that somebody may have changed, each row with one of its changes."""

    document: I64
    entry: I64
    span: tuple[I64, I64, I64, I64]
    """Code points: where the run begins, where the spun phrase begins and ends, where the run ends."""
    word: tuple[I64, I64, I64, I64]
    """The same in words."""

    @classmethod
    def of(cls, changes: Changes, lattice: Lattice, runs: Runs, first: I64, last: I64) -> _Asked:
        """Those of the runs whose words are from `first` to `last` that `changes` stand in."""
        tokens, arcs, arc = lattice.tokens, lattice.arcs, changes.arc
        head, tail = lattice.token.take(arcs.start[arc]), lattice.token.take(arcs.end[arc] - 1)
        start, end = runs.at.take(head), runs.at.take(tail + 1)
        begin = first[np.searchsorted(first, changes.first, side="right") - 1]
        stop = last[np.minimum(np.searchsorted(last, changes.last, side="right"), len(last) - 1)]
        spun_end = tokens.end[tail]
        run_end = np.where(changes.goes_on, tokens.end[runs.token[stop - 1]], spun_end)
        return cls(
            tokens.document[head].astype(np.int64),
            arcs.entry[arc],
            (tokens.start[runs.token[begin]], tokens.start[head], spun_end, run_end),
            (begin, start, end, np.where(changes.goes_on, stop, end)),
        )


def _pairs(asked: _Asked, known: _Known, lattice: Lattice, dictionary: Dictionary, runs: Runs) -> tuple[I64, I64]:
    """(pairs,) each: row of `asked`, in increasing order, and row of `known`, in the same document, that it may be
    another spelling of once it is restored."""
    begin, start, end, stop = asked.word
    wanted = runs.member.copy()
    for step in range(int((end - start).max())):  # a phrase may reach beyond its run
        wanted[np.minimum(start + step, end - 1)] = True
    signs = _Signs.of(lattice.tokens, runs, wanted)
    bits, size = _originals(dictionary).of(asked.entry)
    for first, last in ((np.minimum(begin, start), start), (end, np.maximum(end, stop))):
        bits, size = bits ^ signs.bits(first, last), size + signs.size(first, last)
    their_bits, their_size = signs.bits(known.first, known.last), signs.size(known.first, known.last)

    # All pairs of a document whose sizes let them be similar; where one of the two is not told, all pairs.
    told, theirs_told = size < _UNTOLD, their_size < _UNTOLD
    key = known.document * _UNTOLD + np.where(theirs_told, their_size, 0)
    order = np.argsort(key, kind="stable")
    key, base = key[order], asked.document * _UNTOLD
    shortest = np.where(told, np.ceil(size / _SURPLUS - 1e-6), 0).astype(np.int64)
    longest = np.where(told, np.floor(size * _SURPLUS + 1e-6), _UNTOLD - 1).astype(np.int64)
    low = np.searchsorted(key, base + shortest)
    row, place = spread(np.searchsorted(key, base + longest, side="right") - low, low)
    untold = np.searchsorted(key, base)  # of those in its document the first ones
    few = np.searchsorted(key, base, side="right") - untold
    more, its = spread(np.where(told & (shortest > 0), few, 0), untold)
    row, other = np.append(row, more), order[np.append(place, its)]

    spare = ((size[row] + their_size[other]) * (1 - SIMILAR / 100) + 1e-6).astype(np.int64)
    different = bits[row] ^ their_bits[other]
    for step in range(min(_MOST_LETTERS, int(spare.max(initial=0)))):
        different = np.where(spare > step, different & (different - np.uint64(1)), different)  # without its lowest bit
    good = (different == 0) | (spare > _MOST_LETTERS)  # which is so where a size is not told
    # Who is near to nothing but itself as it was found is no other spelling of anything.
    itself = (known.first[other] == begin[row]) & (known.last[other] == stop[row]) & (start[row] >= begin[row])
    good &= np.bincount(row, good & ~itself, minlength=len(start))[row] > 0
    good = np.flatnonzero(good)
    good = good[np.argsort(row[good], kind="stable")]
    return row[good], other[good]


# --- signs of spellings ----------------------------------------------------------------------------------------


def _sign(code: int) -> int:
    """The bit of an ASCII character; 0 where it is no letter or digit."""
    char = chr(code)
    return 1 << int(char, 36) if char.isalnum() else 0


_OTHER = 128  # stands for all other characters
_BIT = np.array([_sign(code) for code in range(_OTHER)] + [0], np.uint64)
_SIZE = np.where(_BIT > 0, 1, 0) + np.append(np.zeros(_OTHER, np.int64), _UNTOLD)
_MARKS = (0x2000, 0x206F)  # general punctuation: curly quotes, dashes


def _known_codes(codes: NDArray[np.uint32]) -> I64:
    """(characters,): rows of `_BIT` and `_SIZE`."""
    known = np.minimum(codes, _OTHER).astype(np.int64)
    for place in np.flatnonzero(known == _OTHER).tolist():
        if _MARKS[0] <= codes[place] <= _MARKS[1]:
            known[place] = ord(" ")
    return known


@dataclass(frozen=True, slots=True, eq=False)
class _Signs:
    """The signs of all windows of words, from those of everything before each word."""

    odd: U64
    """(words + 1,): which letters stand an odd number of times before each."""
    count: I64
    """(words + 1,): how many letters."""

    @classmethod
    def of(cls, tokens: Tokens, runs: Runs, wanted: Bool) -> _Signs:
        """Those of the words `wanted`; the others have no letters."""
        word = np.flatnonzero(wanted)
        start = tokens.start[runs.token[word]]
        size = tokens.end[runs.token[word]] - start
        codes = np.frombuffer(tokens.text.encode("utf-32-le", "surrogatepass"), np.uint32)
        _, place = spread(size, start)
        code = _known_codes(codes.take(place))
        odd, count = np.zeros(len(code) + 1, np.uint64), np.zeros(len(code) + 1, np.int64)
        np.bitwise_xor.accumulate(_BIT.take(code), out=odd[1:])
        np.cumsum(_SIZE.take(code), out=count[1:])
        bound = np.zeros(len(wanted) + 1, np.int64)
        bound[word + 1] = size
        np.cumsum(bound, out=bound)
        return cls(odd.take(bound), count.take(bound))

    def bits(self, first: I64, last: I64) -> U64:
        """(rows,): a bit for every letter that stands an odd number of times in the words from `first` to `last`."""
        return self.odd[first] ^ self.odd[last]

    def size(self, first: I64, last: I64) -> I64:
        """(rows,): letters and digits in these words; where some are not ASCII, `_UNTOLD` or more."""
        size: I64 = self.count[last] - self.count[first]
        return size


class _Originals:
    """The signs of the originals of a dictionary: of each found out when it is first met, and kept."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._bits = np.zeros(len(dictionary), np.uint64)
        self._size = np.full(len(dictionary), -1, np.int64)

    def of(self, entry: I64) -> tuple[U64, I64]:
        """(rows,) each: of every `entry`, as `_Signs` has them, bits and size."""
        for new in entry[self._size[entry] < 0].tolist():
            spelling = _spelling(self._dictionary, new)
            codes = [min(ord(char), _OTHER) for char in spelling]
            self._bits[new], self._size[new] = np.bitwise_xor.reduce(_BIT[codes]), _SIZE[codes].sum()
        return self._bits[entry], self._size[entry]


@lru_cache(maxsize=8)
def _originals(dictionary: Dictionary) -> _Originals:
    """The one `_Originals` of `dictionary`."""
    return _Originals(dictionary)


@lru_cache(maxsize=1 << 16)
def _spelling(dictionary: Dictionary, entry: int) -> str:
    """The letters of the original of an entry."""
    return letters(dictionary.original_text[int(dictionary.original[entry])])


@dataclass(frozen=True, slots=True)
class _ByLength:
    """Spellings of names, the shorter first."""

    spellings: Sequence[str]
    lengths: Sequence[int]

    @classmethod
    def of(cls, spellings: Iterable[str]) -> _ByLength:
        """Those of `spellings`, which are distinct."""
        ordered = _ordered(spellings)
        return cls(ordered, [len(one) for one in ordered])

    def near(self, spelling: str) -> Sequence[str]:
        """Those whose length lets them be `SIMILAR`: of two spellings, the surplus of the longer is all different."""
        low = bisect_left(self.lengths, len(spelling) / _SURPLUS - 1e-9)
        return self.spellings[low : bisect_right(self.lengths, len(spelling) * _SURPLUS + 1e-9)]


def _ordered(spellings: Iterable[str]) -> Sequence[str]:
    """The shorter first: of those that are equally near the first is taken."""
    return sorted(spellings, key=lambda one: (len(one), one))
