"""Names and titles: what their other mentions say about the candidates inside them.

A spinner hits names like any other words: *Wall Avenue*, *Lee Younger Hwa*. There the language model is of little help,
but the other mentions of a name are: in the same document, or in reference texts on the same topic. And clean pages are
full of names that merely contain somebody's substitute: *Rob Large*.

* All candidates of a batch are looked up at once among the windows of runs (`name_mentions`): with how many neighbours
  of its run does one stand elsewhere as it was found? With how many as it would be restored?
* Runs that do not stand there as they are may be other spellings (*Younghwa*, `name_spellings`).

Start reading from `support`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..decoding.channel import Channel
from ..decoding.decode import Decoded
from ..decoding.lattice import Lattice
from ..dictionary.dictionary import Dictionary
from ..text.hashing import hash_phrases
from ..text.language import ENGLISH, LanguageRules
from ..text.tokens import Tokens
from ..util.array_types import F64, I64, U64, Bool
from .name_mentions import HYPHEN, Names, Runs
from .name_spellings import Changes, resembling

NEIGHBOURS = 3  # neighbours of a candidate that are looked at, on either side
MIN_LOG_ODDS = -6.0  # log-odds, whatever the spin rate, that nothing said here could outweigh

# Natural log-odds, on top of all other evidence (docs/quality.md).
RESTORED_IN_REFERENCES = 2.7  # the references have the name as restored, with one more word of it
RESTORED_PER_WORD = 0.5  # and for every further word, up to MOST_FURTHER_WORDS
MOST_FURTHER_WORDS = 3
FOUND_IN_REFERENCES = -2.5  # the references have the name as found, two words of it
FOUND_PER_WORD = -1.5  # and for every further word, up to MOST_FURTHER_WORDS
RESTORED_ELSEWHERE = 2.0  # another place of the document has the name as restored
RESTORED_RESPELT = 1.0  # the references, or another place, have another spelling of the name as restored
FOUND_AGAIN = -2.5  # the found word stands elsewhere in the document with the same capitalised neighbours: a term
FOUND_ELSEWHERE = -0.4  # the found word, with a capital, is found elsewhere in the document apart from its neighbours


def support(
    tokens: Tokens,
    lattice: Lattice,
    channel: Channel,
    decoded: Decoded,
    dictionary: Dictionary,
    references: Names | None = None,
    rules: LanguageRules = ENGLISH,
) -> F64:
    """(candidates,): natural log-odds that names and titles add to each candidate; 0 where they say nothing.

    Positive where the candidate, with neighbours of its run, stands elsewhere as it would be restored; negative where
    it stands there as it was found. A name that the document itself repeats as it was found says little: a spinner
    makes the same substitution everywhere.
    """
    weight = np.zeros(len(channel.candidate))
    odds = decoded.context + channel.log_channel
    runs = Runs.of(tokens, rules)
    rows = np.flatnonzero(decoded.is_best_of_change & (odds > MIN_LOG_ODDS))
    places = _Places.of(rows, lattice, channel, dictionary, runs)
    if not len(places.row):
        return weight
    likeliest = places.swap(odds, runs)

    def respelt(rows: I64, names: Names | None) -> I64:
        rows = rows[places.left[rows, 0] | places.right[rows, 0]]
        arc, goes_on = channel.candidate[places.row[rows]], places.right[rows, 0]
        changes = Changes(arc, places.first[rows], places.last[rows], goes_on)
        return rows[resembling(changes, lattice, dictionary, runs, names)]

    document = tokens.document[runs.token].astype(np.uint64) + np.uint64(1)
    own = document[places.first]
    known, times = runs.windows(document)
    found = places.depth(runs.word, own, known[times > 1], restored=False)
    others = places.beside(likeliest != runs.word)
    restored = places.depth(runs.word, own, known, restored=True, least=1)
    restored = np.maximum(restored, places.depth(likeliest, own, known, restored=True, least=1, rows=others))
    term = np.where(found == 0, FOUND_ELSEWHERE, 0.0)
    term[found >= 1] = FOUND_AGAIN
    unsaid = np.flatnonzero((restored < 1) & (found < 1))
    term[respelt(unsaid, None)] = RESTORED_RESPELT
    term[restored > np.maximum(found, 0)] = RESTORED_ELSEWHERE

    if references is not None and len(references.windows):
        none = np.zeros(len(own), np.uint64)
        found = places.depth(runs.word, none, references.windows, restored=False, least=1)
        restored = places.depth(runs.word, none, references.windows, restored=True, least=1)
        swapped = places.depth(likeliest, none, references.windows, restored=True, least=1, rows=others)
        restored = np.maximum(restored, swapped)
        unsaid = np.flatnonzero((restored < 1) & (found < 1) & (term < RESTORED_RESPELT))
        term[respelt(unsaid, references)] = RESTORED_RESPELT
        more = np.clip(found + places.capitals(runs) - 2, 0, MOST_FURTHER_WORDS)
        term = np.where(found >= 1, FOUND_IN_REFERENCES + FOUND_PER_WORD * more, term)
        agrees = restored > np.maximum(found, 0)
        term[agrees] = RESTORED_IN_REFERENCES + RESTORED_PER_WORD * np.clip(restored[agrees] - 1, 0, MOST_FURTHER_WORDS)
    weight[places.row] = term
    return weight


# --- candidates in runs ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Candidates that begin with a capital: the words that change, and their neighbours in the run."""

    row: I64
    """Which candidate."""
    first: I64
    """First word that changes."""
    last: I64
    """Last word that changes + 1."""
    found: U64
    """(rows, words): the words that change, 0 where there are fewer."""
    original: U64
    """(rows, words): those that they are changed to, likewise."""
    left: Bool
    """(rows, NEIGHBOURS): the words before, nearest first, that belong to the run."""
    right: Bool
    """(rows, NEIGHBOURS): the words behind."""
    capital: Bool
    """(words,): as in the runs."""

    @classmethod
    def of(cls, rows: I64, lattice: Lattice, channel: Channel, dictionary: Dictionary, runs: Runs) -> _Places:
        """Those of the candidates `rows` whose first word that changes has a capital."""
        start = lattice.arcs.start[channel.candidate[rows]] + channel.head[rows]
        first = runs.at.take(lattice.token.take(start))
        capital = np.append(runs.capital, False)[first]  # few have one
        rows, start, first = rows[capital], start[capital], first[capital]
        arc = channel.candidate[rows]
        entry = lattice.arcs.entry[arc]
        head, tail = dictionary.head[entry].astype(np.int64), dictionary.tail[entry].astype(np.int64)
        stop = lattice.arcs.end[arc] - tail
        row = dictionary.original[entry]
        begin, end = dictionary.first_word[row] + head, dictionary.first_word[row + 1] - tail
        last = runs.at.take(lattice.token.take(stop - 1)) + 1
        # One that starts at a hyphen begins between two words, so it has no run of its own.
        good = (stop > start) & (end > begin) & (last > first) & (last <= len(runs))
        rows, first, last, begin, end = (column[good] for column in (rows, first, last, begin, end))
        left, right = np.zeros((2, len(rows), NEIGHBOURS), np.bool_)
        before, behind = ~runs.head[first], np.ones(len(rows), np.bool_)
        bounded = np.append(runs.member & ~runs.opens, False)
        for step in range(NEIGHBOURS):
            at = np.maximum(first - 1 - step, 0)
            left[:, step] = before & (first - 1 - step >= 0) & runs.member[at]
            before = left[:, step] & ~runs.head[at]
            right[:, step] = behind = behind & bounded[np.minimum(last + step, len(runs))]
        found = _rows(np.append(runs.word, np.uint64(0)), first, last)
        return cls(rows, first, last, found, _rows(dictionary.word, begin, end), left, right, runs.capital)

    def capitals(self, runs: Runs) -> I64:
        """(rows,): capitalised words among those that change."""
        total = np.append(0, np.cumsum(runs.capital)).astype(np.int64)
        count: I64 = total[self.last] - total[self.first]
        return count

    def swap(self, odds: F64, runs: Runs) -> U64:
        """The words of the batch, each that may stand for one other with the likeliest such in its place."""
        out = runs.word.copy()
        single = (self.last - self.first == 1) & ((self.original > 0).sum(axis=1) == 1)
        rows = np.flatnonzero(single)
        rows = rows[np.argsort(odds[self.row[rows]], kind="stable")]
        out[self.first[rows]] = self.original[rows, 0]
        return out

    def beside(self, words: Bool) -> I64:
        """The rows with any of `words`, (words,), among the neighbours that are looked at."""
        before = np.append(0, np.cumsum(words))
        left = before[self.first] - before[np.maximum(self.first - NEIGHBOURS, 0)]
        right = before[np.minimum(self.last + NEIGHBOURS, len(words))] - before[self.last]
        return np.flatnonzero(left + right)

    def depth(
        self, around: U64, prefix: U64, known: U64, restored: bool, least: int = 0, rows: I64 | None = None
    ) -> F64:
        """(rows,): the most capitalised neighbours with which a place stands among `known`, at least `least`; else −1.

        As it was found or `restored`; with its neighbours taken from `around`, and after its own `prefix`. With `rows`,
        only these are looked at.
        """
        most = np.full(len(self.row), -1.0)
        if not len(known):
            return most
        core = self.original if restored else self.found
        every = np.arange(len(self.row)) if rows is None else rows
        for a in range(NEIGHBOURS + 1):
            at = every
            if a:
                at = at[self.left[at, a - 1] & self.capital[np.maximum(self.first[at] - a, 0)]]
            elif least:  # alone is not enough
                at = at[self.right[at, 0]]
            value, capitals = prefix[at], np.zeros(len(at))
            for step in range(a, 0, -1):
                where = self.first[at] - step
                value, capitals = hash_phrases([value, around[where]]), capitals + self.capital[where]
            for place in range(core.shape[1]):
                has = np.flatnonzero(core[at, place])
                value[has] = hash_phrases([value[has], core[at[has], place]])
            ends = np.ones(len(at), np.bool_)
            for b in range(NEIGHBOURS + 1):
                if b:  # a word further than the last time
                    on = np.flatnonzero(self.right[at, b - 1])
                    at = at[on]
                    where = self.last[at] + b - 1
                    ends = self.capital[where]
                    value, capitals = hash_phrases([value[on], around[where]]), capitals[on] + ends
                if a + b >= least and len(at):
                    asked = np.flatnonzero(ends)
                    window = value[asked]
                    asked = asked[known[np.minimum(np.searchsorted(known, window), len(known) - 1)] == window]
                    most[at[asked]] = np.maximum(most[at[asked]], capitals[asked])
        return most


def _rows(words: U64, begin: I64, end: I64) -> U64:
    """(rows, most words): words[begin:end] of each row without hyphens, filled up with 0."""
    out = np.zeros((len(begin), int((end - begin).max(initial=1))), np.uint64)
    for place in range(out.shape[1]):
        has = np.flatnonzero(begin + place < end)
        out[has, place] = words[begin[has] + place]
    out[out == HYPHEN] = 0
    return out
