"""Entries → pairs of phrases as columns: what a `Dictionary` is made of. Start reading from `PhrasePairs.of`.

A dictionary has a quarter of a million entries, and who starts despin for the first time waits for this. So Python
looks at each entry a few times only; all else is done for all of them at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ..text.characters import normalise
from ..util.array_types import F64, I32, I64, U64
from .entry import Entry

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class PhrasePairs:
    """PhrasePairs of phrases, however many entries state each, sorted by spun phrase, the likeliest original first."""

    known: Sequence[str]
    """Normal forms of all phrases, sorted; a phrase is numbered by its place here."""
    spun: I64
    """(pairs,): the spun phrase of each."""
    original: I64
    """(pairs,): the original of each."""
    first: I64
    """(pairs,): the first of the entries that state it."""
    row: I64
    """(entries,): the pair that each states."""
    column: I64
    """(entries,): its family."""
    probability: F64
    """(entries,): P(spun | original)."""
    seen: I64
    """(entries,): the counts that was read off, 0 where there are none."""
    out_of: I64
    """(entries,)"""

    @classmethod
    def of(cls, entries: Sequence[Entry], families: Sequence[str]) -> PhrasePairs:
        """The pairs that `entries` state, whose families are among `families`."""
        made = normalise_all([entry.spun for entry in entries])
        meant = normalise_all([entry.original for entry in entries])
        known = sorted({*made, *meant})
        number = {name: place for place, name in enumerate(known)}
        spun, original = (np.array([number[name] for name in names], np.int64) for names in (made, meant))
        probability = np.array([entry.probability for entry in entries], np.float64)
        column = {name: place for place, name in enumerate(families)}
        pair, first, which = np.unique(spun * len(known) + original, return_index=True, return_inverse=True)
        best = np.zeros(len(pair))
        np.maximum.at(best, which, probability)
        spun, original = np.divmod(pair, max(len(known), 1))
        order = np.lexsort((original, -best, spun))
        row = np.empty(len(order), np.int64)
        row[order] = np.arange(len(order))
        return cls(
            known=known,
            spun=spun[order],
            original=original[order],
            first=first[order].astype(np.int64),
            row=row[which],
            column=np.array([column[entry.family] for entry in entries], np.int64),
            probability=probability,
            seen=np.array([entry.seen or 0 for entry in entries], np.int64),
            out_of=np.array([entry.of or 0 for entry in entries], np.int64),
        )

    def __len__(self) -> int:
        return len(self.spun)

    def spellings(self, phrases: Sequence[int], entries: Sequence[Entry]) -> tuple[str, ...]:
        """How each of `phrases` is written by the first entry of the first pair that it is in, on whatever side."""
        pair = np.full(len(self.known), len(self))
        np.minimum.at(pair, self.spun, np.arange(len(self)))
        np.minimum.at(pair, self.original, np.arange(len(self)))
        pair = pair[np.array(phrases, np.int64)]
        is_spun = (self.spun[pair] == phrases).tolist()
        those = [entries[number] for number in self.first[pair].tolist()]
        return tuple(entry.spun if spun else entry.original for entry, spun in zip(those, is_spun, strict=True))

    def with_more(self, entries: Sequence[Entry]) -> Iterator[tuple[int, Entry]]:
        """Those of `entries` that have excuses or a note, each with its pair; pair by pair."""
        some = [number for number, entry in enumerate(entries) if entry.unless or entry.note]
        rows = self.row[some].tolist()
        for place in sorted(range(len(some)), key=rows.__getitem__):
            yield rows[place], entries[some[place]]

    def among(self, those: Mapping[tuple[str, str], _T]) -> dict[int, _T]:
        """What `those` say of pairs of normal forms, by pair."""
        named = zip(self.spun.tolist(), self.original.tolist(), strict=True) if those else ()
        pairs = enumerate((self.known[spun], self.known[original]) for spun, original in named)
        return {row: said for row, pair in pairs if (said := those.get(pair))}


def normalise_all(phrases: Sequence[str]) -> list[str]:
    """`normalise` of each.

    >>> normalise_all(["Women’s", "A B"])
    ["women's", 'a b']
    """
    # One character for one: so a line break stays one, and nothing else becomes one. Of what is plain ASCII, as nearly
    # all is, a whole file takes no longer than a phrase.
    plain = normalise("\n".join(phrase if phrase.isascii() else "" for phrase in phrases)).split("\n")
    if len(plain) != len(phrases):
        return [normalise(phrase) for phrase in phrases]
    return [one if phrase.isascii() else normalise(phrase) for one, phrase in zip(plain, phrases, strict=True)]


def numbered(values: I64) -> tuple[list[int], I64]:
    """The distinct `values` in the order in which they come first, and (n,) the place of each among them."""
    distinct, first, which = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return distinct[order].tolist(), place[which]


def common(left: tuple[U64, I64, I64], right: tuple[U64, I64, I64]) -> tuple[I32, I32]:
    """(pairs,): equal words in front and, of the others, equal words behind. Either side is the words of phrases, where
    each phrase begins, (phrases + 1,), and the phrase of each pair."""
    (one, first_one, which_one), (other, first_other, which_other) = left, right
    begin, end = first_one[which_one], first_one[which_one + 1]
    begin_other, end_other = first_other[which_other], first_other[which_other + 1]
    shorter = np.minimum(end - begin, end_other - begin_other)
    head, tail = np.zeros(len(begin), np.int32), np.zeros(len(begin), np.int32)
    on = np.flatnonzero(shorter)
    while len(on):
        on = on[one[begin[on] + head[on]] == other[begin_other[on] + head[on]]]
        head[on] += 1
        on = on[head[on] < shorter[on]]
    on = np.flatnonzero(head < shorter)
    while len(on):
        on = on[one[end[on] - 1 - tail[on]] == other[end_other[on] - 1 - tail[on]]]
        tail[on] += 1
        on = on[head[on] + tail[on] < shorter[on]]
    return head, tail


def cores(words: U64, begin: I64, end: I64) -> U64:
    """(pairs,): a hash of words[begin:end] of each."""
    size = len(words) + 1
    # Nothing is trimmed off most originals, so that all their pairs have one core.
    span, which = np.unique(begin * size + end, return_inverse=True)
    bounds = zip((span // size).tolist(), (span % size).tolist(), strict=True)
    return digests(words[begin:end].tobytes() for begin, end in bounds)[which]


def digests(contents: Iterable[bytes]) -> U64:
    """A hash of each, the same on every computer."""
    found = (hashlib.blake2b(content, digest_size=8).digest() for content in contents)
    return np.frombuffer(b"".join(found), "<u8").astype(np.uint64)
