"""The synonym-reversal dictionary: entries → columns that can be searched.

An entry says: this spun phrase may stand for that original; of so many occurrences of the original in the sources of
spun texts, so many became this.

* `entries.parse` reads one file's text and says what is wrong with it, line by line; `Dictionary.of` turns entries into
  columns. `files` finds dictionary files, `loading` reads them.
* A *family* is one kind of spinner. The same pair may be known to several; it is one entry, with a channel for each.
* P(spun | original) is `seen` / `of`. An entry without counts gets its family's prior.
* How often a family replaces an original at all, r(o), is the sum over its entries. A key with r ≈ 1 that still stands
  in a text is evidence that no such spinner was at work.

Start reading from `Dictionary`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..text.characters import normalise
from ..text.tokens import tokenise
from ..util.array_types import F32, I32, I64, U64, Bool
from .phrase_trie import PhraseTrie

if TYPE_CHECKING:  # what makes a dictionary, and an entry of it, is imported when one is made
    from .conditions import Condition
    from .entry import DictionaryFile, Entry
    from .phrase_pairs import PhrasePairs


MOST_REPLACED = 0.98  # no key is so sure to be replaced that one which stands settles the matter
MOST_BY_HAND = 0.3  # and far less so where nobody counted: no spinner knows all that we wrote down of all of them


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary:
    """Entries as columns. `row` numbers a spun phrase, an original or an entry, in this order of tables.

    An entry is a pair of phrases, however many families know it; entries are sorted by spun phrase, the likeliest
    original first.
    """

    digests: Mapping[str, str]
    """Family → SHA-256 of its file."""
    families: tuple[str, ...]
    partial: Bool
    """(families,): only a part of what spinners of this family do is known."""
    spun_text: Sequence[str]
    """(spun phrases,): as the dictionary writes them."""
    original_text: Sequence[str]
    """(originals,): likewise."""
    spun: PhraseTrie
    """Finds spun phrases; a phrase's row selects its entries by `first_entry`."""
    keys: PhraseTrie
    """Finds originals that still stand; the row is that of `replaced`."""
    first_entry: I64
    """(spun phrases + 1,): the entries of spun phrase k are first_entry[k] to first_entry[k + 1]."""
    original: I32
    """(entries,): row of the original."""
    probability: F32
    """(entries, families): P(spun | original); 0 where a family does not know the pair."""
    seen: I32
    """(entries, families): the counts it was read off, 0 where there are none."""
    out_of: I32
    """(entries, families)"""
    log_channel: F32
    """(entries,): ln P(spun | original) of the family that gives most."""
    replaced: F32
    """(originals, families): r(o), the share of its occurrences that a spinner replaces, below 1."""
    word: U64
    """Hashes of the words of all originals, one after another."""
    shape: NDArray[np.uint8]
    """Their shapes."""
    joined: Bool
    """Whether nothing stands between each of them and the one before it, in the original."""
    first_word: I64
    """(originals + 1,): the words of original k are word[first_word[k]:first_word[k + 1]]."""
    spun_key: U64
    """(entries,): a hash of each entry's spun phrase, whatever else the dictionary holds."""
    original_key: U64
    """(originals,): likewise of each original."""
    head: I32
    """(entries,): words that both phrases begin with; what is left after them and before `tail` is what changes."""
    tail: I32
    """(entries,): words that both phrases end with."""
    core: U64
    """(entries,): a hash of what is left of the original."""
    unless: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Entry → normalised phrases that excuse it."""
    notes: Mapping[int, str] = field(default_factory=dict)
    """Entry → its note, where there is one."""
    conditions: Mapping[int, tuple[Condition, ...]] = field(default_factory=dict)
    """Entry → it counts only in a text, and at a place, where one of these holds; no key: everywhere."""
    notices: tuple[str, ...] = ()
    """What a person should know about how the files were read."""
    line: I32 = field(default_factory=lambda: np.zeros(0, np.int32))
    """(entries,): its line in a user's file, from 1; 0 where that is not known."""

    @classmethod
    def of(cls, sources: Iterable[DictionaryFile]) -> Dictionary:
        """One dictionary from several files."""
        from .phrase_pairs import PhrasePairs, common, cores, numbered
        from .phrase_pairs import digests as hash_all

        sources = list(sources)
        families = tuple(dict.fromkeys(source.family for source in sources))
        entries = [entry for source in sources for entry in source.entries]
        pairs = PhrasePairs.of(entries, families)
        (spun_phrases, spun), (originals, original) = numbered(pairs.spun), numbered(pairs.original)
        spun_names, original_names = ([pairs.known[phrase] for phrase in those] for those in (spun_phrases, originals))
        probability = np.zeros((len(pairs), len(families)), np.float32)
        seen, out_of = np.zeros(probability.shape, np.int32), np.zeros(probability.shape, np.int32)
        place = pairs.row, pairs.column  # if a family states a pair several times, the last counts
        probability[place], seen[place], out_of[place] = pairs.probability, pairs.seen, pairs.out_of
        unless: dict[int, tuple[str, ...]] = {}
        notes: dict[int, str] = {}
        for row, entry in pairs.with_more(entries):
            if entry.unless:
                unless[row] = (*unless.get(row, ()), *map(normalise, entry.unless))
            if entry.note:
                notes[row] = entry.note
        spun_words, original_words = tokenise(spun_names), tokenise(original_names)
        first_spun = np.searchsorted(spun_words.document, np.arange(len(spun_names) + 1))
        first_word = np.searchsorted(original_words.document, np.arange(len(original_names) + 1))
        head, tail = common((spun_words.word, first_spun, spun), (original_words.word, first_word, original))
        return cls(
            digests={source.family: source.digest for source in sources},
            families=families,
            partial=np.array([any(s.partial for s in sources if s.family == name) for name in families], np.bool_),
            spun_text=pairs.spellings(spun_phrases, entries),
            original_text=pairs.spellings(originals, entries),
            spun=PhraseTrie.of(_split(spun_words.word, first_spun)),
            keys=PhraseTrie.of(_split(original_words.word, first_word)),
            first_entry=np.searchsorted(spun, np.arange(len(spun_names) + 1)),
            original=original.astype(np.int32),
            probability=probability,
            seen=seen,
            out_of=out_of,
            log_channel=np.log(np.maximum(probability.max(axis=1, initial=0), 1e-6)).astype(np.float32),
            replaced=_replaced(original, probability, out_of, len(original_names)),
            word=original_words.word,
            shape=original_words.shape,
            joined=~original_words.space[original_words.start - 1] & (np.arange(len(original_words)) > 0),
            first_word=first_word,
            spun_key=hash_all(name.encode() for name in spun_names)[spun],
            original_key=hash_all(name.encode() for name in original_names),
            head=head,
            tail=tail,
            core=cores(original_words.word, first_word[original] + head, first_word[original + 1] - tail),
            unless=unless,
            notes=notes,
            conditions=pairs.among(_conditions(sources)),
            notices=tuple(line for source in sources for line in source.notices),
            line=_lines(sources, pairs),
        )

    def __len__(self) -> int:
        return len(self.original)

    def entry(self, row: int, family: int | None = None) -> Entry:
        """The entry `row` as `family` states it; by default the one to which it is likeliest."""
        from .entry import Entry

        column = int(self.probability[row].argmax()) if family is None else family
        seen, of = int(self.seen[row, column]), int(self.out_of[row, column])
        spun = int(np.searchsorted(self.first_entry, row, side="right")) - 1
        return Entry(
            self.spun_text[spun], self.original_text[int(self.original[row])], self.families[column],
            seen or None, of or None, self.unless.get(row, ()), self.notes.get(row, ""),
            float(self.probability[row, column]),
        )  # fmt: skip

    @property
    def entries(self) -> Iterator[Entry]:
        """All entries, each as the family states it to which it is likeliest."""
        return map(self.entry, range(len(self)))


def _conditions(sources: Sequence[DictionaryFile]) -> dict[tuple[str, str], tuple[Condition, ...]]:
    """The conditions of each pair; none where one of the sources knows it without any."""
    found: dict[tuple[str, str], tuple[Condition, ...]] = {}
    for source in sources if any(source.conditions for source in sources) else ():
        for entry in source.entries:
            pair = normalise(entry.spun), normalise(entry.original)
            here = source.conditions.get(pair, ())
            before = found.get(pair, here)
            found[pair] = () if not before or not here else tuple(dict.fromkeys((*before, *here)))
    return found


def _lines(sources: Sequence[DictionaryFile], pairs: PhrasePairs) -> I32:
    """(pairs,): the first line in a user's file that states each, 0 where there is none."""
    known = [line for source in sources for line in source.lines or [0] * len(source.entries)]
    last = np.iinfo(np.int32).max
    first = np.full(len(pairs), last, np.int32)
    np.minimum.at(first, pairs.row, np.where(np.array(known, np.int64) > 0, known, last).astype(np.int32))
    return np.where(first == last, 0, first).astype(np.int32)


def _replaced(original: I64, probability: F32, out_of: I32, originals: int) -> F32:
    """(originals, families): r(o), from the entries of each original."""
    replaced = np.zeros((originals, probability.shape[1]))
    for column in range(probability.shape[1]):
        counted = out_of[:, column] > 0
        by_count = np.bincount(original, np.where(counted, probability[:, column], 0), minlength=originals)
        by_hand = np.bincount(original, np.where(counted, 0, probability[:, column]), minlength=originals)
        replaced[:, column] = np.minimum(by_count + np.minimum(by_hand, MOST_BY_HAND), MOST_REPLACED)
    return replaced.astype(np.float32)


def _split(words: U64, bounds: I64) -> list[U64]:
    return [words[begin:end] for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)]
