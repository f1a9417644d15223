"""Tokens → tokens, as spinners would leave them: the channels of a dictionary, drawn from, on columns.

Nothing is said of capitals, blanks or *a* and *an*: what comes out are words as `tokens` knows them, their hashes, for
learners that count. Start reading from `Spinner`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...decoding.channel import standing_keys
from ...dictionary.dictionary import Dictionary
from ...text.hashing import hash_phrases
from ...text.tokens import Tokens, tokenise
from ...util.array_types import F64, I64, U64, Bool
from ...util.arrays import spread


@dataclass(frozen=True, slots=True, eq=False)
class Spun:
    """Words of several texts, one after the other."""

    word: U64
    """(words,): hashes, as in `Tokens`."""
    opens: Bool
    """(words,): the first of a paragraph."""
    text: I64
    """(words,): which text each belongs to; increasing."""
    token: I64 = field(default_factory=lambda: np.zeros(0, np.int64))
    """(words,): the token that each came of, of a phrase its first; empty: nobody knows."""
    boundary: I64 = field(default_factory=lambda: np.zeros(0, np.int64))
    """(words + 1,): the token before which the words from here on stood; −1 inside what was put for a key. Empty:
    nobody knows."""


@dataclass(frozen=True, slots=True, eq=False)
class Spinner:
    """A dictionary, ready to be read the other way round."""

    dictionary: Dictionary
    word: U64
    """The words of all spun phrases, one after the other."""
    first: I64
    """(spun phrases + 1,): those of phrase k are word[first[k]:first[k + 1]]."""
    spun: I64
    """(entries,): the spun phrase of each entry; by original."""
    begin: I64
    """(originals + 1,): the entries of original k are begin[k] to begin[k + 1]."""
    head: I64
    """(entries,): words that both phrases of each entry begin with; by original."""
    tail: I64
    """(entries,): likewise end with."""
    total: F64
    """(entries + 1, families): P(spun | original), summed up over the entries before each."""

    @classmethod
    def of(cls, dictionary: Dictionary) -> Spinner:
        """The spinner of all families of `dictionary`."""
        words = tokenise(dictionary.spun_text)
        order = np.argsort(dictionary.original, kind="stable")
        phrase = np.repeat(np.arange(len(dictionary.spun_text)), np.diff(dictionary.first_entry))
        total = np.zeros((len(order) + 1, len(dictionary.families)))
        np.cumsum(dictionary.probability[order], axis=0, out=total[1:])
        return cls(
            dictionary,
            words.word,
            np.searchsorted(words.document, np.arange(len(dictionary.spun_text) + 1)),
            phrase[order],
            np.searchsorted(dictionary.original[order], np.arange(len(dictionary.replaced) + 1)),
            dictionary.head[order].astype(np.int64),
            dictionary.tail[order].astype(np.int64),
            total,
        )

    def spin(self, tokens: Tokens, text: I64, family: I64, rate: F64, chance: np.random.Generator) -> Spun:
        """`tokens`, cut into texts anew: `text` is (tokens,), increasing. Each text is spun by its `family` at its
        `rate`, both (texts,); at a rate of 0 it stays as it is.

        The longest keys win, of those that overlap the first; what is put for a key is the same all over a text.
        """
        keys, whose = standing_keys(self.dictionary.keys.find(tokens), self.dictionary)
        owner = text[keys.first]
        share = np.minimum(rate[owner] * self.dictionary.replaced[keys.phrase, whose], 1.0)
        rows = np.flatnonzero(
            (whose == family[owner])
            & (text[keys.first + keys.length - 1] == owner)
            & (chance.random(len(owner)) < share)
        )
        rows = rows[np.argsort(keys.first[rows], kind="stable")]
        end = (keys.first + keys.length)[rows]
        free = np.ones(len(rows), np.bool_)
        free[1:] = keys.first[rows][1:] >= np.maximum.accumulate(end)[:-1]
        rows = rows[free]
        first, length = keys.first[rows], keys.length[rows]
        entry = self._drawn(keys.phrase[rows].astype(np.int64), whose[rows], owner[rows], chance)
        phrase = self.spun[entry]

        times = np.ones(len(tokens), np.int64)  # words that come of each token: of the first of a key, all that is put
        key, place = spread(length)
        times[first[key] + place] = 0
        times[first] = self.first[phrase + 1] - self.first[phrase]
        begins = np.full(len(tokens), -1)
        begins[first] = self.first[phrase]
        token, place = spread(times)
        word = tokens.word[token]
        put = np.flatnonzero(begins[token] >= 0)
        word[put] = self.word[begins[token[put]] + place[put]]
        key = np.full(len(tokens), -1)
        key[first] = np.arange(len(first))
        boundary = np.append(token, len(tokens))
        boundary[put] = self._boundaries(entry, first, length, key[token[put]], place[put])
        return Spun(word, tokens.opens[token] & (place == 0), text[token], token, boundary)

    def _boundaries(self, entry: I64, first: I64, length: I64, key: I64, place: I64) -> I64:
        """(words,): the token before which the word number `place` of what was put for each `key` stood: known of the
        words that both phrases begin or end with."""
        row = entry[key]
        phrase = self.spun[row]
        left = self.first[phrase + 1] - self.first[phrase] - place  # words from here to the end of the phrase
        head, tail = self.head[row], self.tail[row]
        behind = np.where(left <= tail, first[key] + length[key] - left, -1)
        return np.where(place <= head, first[key] + place, behind)

    def _drawn(self, original: I64, family: I64, text: I64, chance: np.random.Generator) -> I64:
        """(rows,): the entry, by original, that is drawn for each `original`, the same wherever all three are."""
        columns = [column.astype(np.uint64) for column in (original, family, text)]
        seed = chance.integers(1 << 63, dtype=np.uint64)
        share = (hash_phrases([np.full(len(original), seed), *columns]) >> np.uint64(11)).astype(np.float64) / 2**53
        begin, end = self.begin[original], self.begin[original + 1]
        low, high = self.total[begin, family], self.total[end, family]
        entry = np.zeros(len(original), np.int64)
        for number in range(len(self.dictionary.families)):
            some = np.flatnonzero(family == number)
            drawn = low[some] + share[some] * (high[some] - low[some])
            entry[some] = np.searchsorted(self.total[:, number], drawn, side="right") - 1
        return np.clip(entry, begin, end - 1)
