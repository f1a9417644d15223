"""Which phrases of a fixed set stand where: a trie whose nodes are hashes.

A phrase is a row of word hashes (`tokens`). A node of the trie is the hash of a phrase's first words, so that walking
the trie is hashing, and the whole batch walks at once: every token asks for its first word's node, those that have one
and from which a longer phrase leads on ask for the next, and so on. Most tokens drop out at once.

Where only some of the phrases are looked for, a `Prefilter` sees to it that most tokens need not even ask.

Start reading from `PhraseTrie.find`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..language_model.vocabulary import Vocabulary, Word
from ..text.hashing import extend, hash_pairs, hash_phrases
from ..text.tokens import Tokens
from ..util.array_types import I32, I64, U64, Bool


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Phrases found, sorted by place and length; one row a hit."""

    first: I64
    """Index of the first token."""
    length: I64
    """Tokens."""
    phrase: I32
    """Row of the phrase in the set that was searched for."""

    def __len__(self) -> int:
        return len(self.first)


def longest(walk: Iterable[tuple[I64, I32]], tokens: int) -> I32:
    """(tokens,): the longest phrase of a `PhraseTrie.walk` that begins at each token, −1 where none does or a longer
    one goes on there."""
    phrase = np.full(tokens, -1, np.int32)
    inside = np.zeros(tokens, np.bool_)
    for length, (first, found) in enumerate(walk, start=1):
        phrase[first] = found
        for step in range(1, length):
            inside[first + step] = True
    phrase[inside] = -1
    return phrase


@dataclass(frozen=True, slots=True, eq=False)
class Prefilter:
    """Lets few tokens through, but each at which one of certain phrases begins: two tables small enough for the cache
    closest to the processor, of which each token asks for one bit of its word, and of it and the next."""

    single: Bool
    """(2¹⁸,): by the first bits of a hash, whether a phrase is that one word."""
    pair: Bool
    """(2¹⁸,): by the first bits of a hash of two words, whether a phrase begins with them."""


_PREFILTER_BITS = 18  # bits


def _bucket(hashes: U64) -> I64:
    return (hashes >> np.uint64(64 - _PREFILTER_BITS)).view(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class PhraseTrie:
    """A set of phrases that can be searched for in a batch of texts."""

    nodes: Vocabulary
    phrase: I32
    """(node ids,): the phrase that ends at each node, −1 where none does."""
    leads_on: Bool
    """(node ids,): a longer phrase passes through."""

    @classmethod
    def of(cls, phrases: Sequence[U64]) -> PhraseTrie:
        """The trie of `phrases`; of equal ones the last counts."""
        lengths = np.fromiter(map(len, phrases), np.int64, len(phrases))
        words = np.concatenate(phrases) if len(phrases) else np.zeros(0, np.uint64)
        begin = np.cumsum(lengths) - lengths
        prefix, levels, ends = np.zeros(len(phrases), np.uint64), [], np.zeros(len(phrases), np.uint64)
        for place in range(int(lengths.max(initial=0))):
            rows = np.flatnonzero(lengths > place)
            prefix[rows] = extend(prefix[rows], words[begin[rows] + place])
            levels.append((rows, prefix[rows].copy()))
            ends[rows] = prefix[rows]
        distinct = np.unique(np.concatenate([hashes for _, hashes in levels])) if levels else np.zeros(0, np.uint64)
        nodes = Vocabulary.of(distinct)
        size = len(distinct) + len(Word)
        phrase, leads_on = np.full(size, -1, np.int32), np.zeros(size, np.bool_)
        if len(phrases):
            phrase[nodes.ids(ends)] = np.arange(len(phrases), dtype=np.int32)
        for place, (rows, hashes) in enumerate(levels):
            leads_on[nodes.ids(hashes[lengths[rows] > place + 1])] = True
        return cls(nodes, phrase, leads_on)

    def prefilter(self, phrases: Sequence[U64]) -> Prefilter:
        """The prefilter for some of the phrases of this trie."""
        single, pair = np.zeros((2, 1 << _PREFILTER_BITS), np.bool_)
        single[_bucket(np.array([words[0] for words in phrases if len(words) == 1], np.uint64))] = True
        begin = np.array([words[:2] for words in phrases if len(words) > 1], np.uint64).reshape(-1, 2)
        pair[_bucket(hash_pairs(begin[:, 0], begin[:, 1]))] = True
        return Prefilter(single, pair)

    def walk(self, tokens: Tokens, of: Bool | None = None) -> Iterator[tuple[I64, I32]]:
        """For each length from 1 on, the first tokens of the phrases that stand in one paragraph and are not protected,
        and these phrases; all that may be longer take each step together. Only phrases of the texts `of`, (texts,), if
        given."""
        at = np.arange(len(tokens)) if of is None else np.flatnonzero(of.take(tokens.document))
        if tokens.protected.any():
            at = at[~tokens.protected[at]]
        return self._on(tokens, at, extend(np.zeros(1, np.uint64), tokens.word[at]), 1)

    def walk_through(self, prefilter: Prefilter, tokens: Tokens) -> Iterator[tuple[I64, I32]]:
        """As `walk`, but sure to meet those phrases only that the prefilter is for."""
        free = ~tokens.protected
        at = np.flatnonzero(prefilter.single.take(_bucket(tokens.word)))
        at = at[free[at]]
        prefix = extend(np.zeros(1, np.uint64), tokens.word[at])
        yield next(self._on(tokens, at, prefix, 1), (at, np.zeros(0, np.int32)))
        at = np.flatnonzero(prefilter.pair.take(_bucket(hash_pairs(tokens.word[:-1], tokens.word[1:]))))
        at = at[free[at] & free[at + 1] & ~tokens.opens[at + 1]]
        prefix = hash_phrases([tokens.word[at], tokens.word[at + 1]])
        yield from self._on(tokens, at, prefix, 2)

    def _on(self, tokens: Tokens, at: I64, prefix: U64, length: int) -> Iterator[tuple[I64, I32]]:
        """The walk, from the tokens `at` on, of which the first `length` words have the hashes `prefix`."""
        joined = np.append(~(tokens.opens | tokens.protected), False)
        while len(at):
            known, node = self.nodes.find(prefix)
            at, prefix = at[known], prefix[known]
            phrase = self.phrase.take(node)
            ends = np.flatnonzero(phrase >= 0)
            yield at[ends], phrase[ends]
            on = np.flatnonzero(self.leads_on.take(node) & joined.take(at + length))
            at = at[on]
            prefix = extend(prefix[on], tokens.word.take(at + length))
            length += 1

    def find(self, tokens: Tokens) -> Hits:
        """Every occurrence of every phrase, overlapping ones too, that lies in one paragraph and is not protected."""
        found = list(self.walk(tokens))
        # A phrase goes behind the shorter ones of its place: counting says where that is, and needs no sorting.
        behind = np.zeros(len(tokens) + 1, np.int64)
        for first, _ in found:
            behind[first + 1] += 1
        np.cumsum(behind, out=behind)
        firsts, lengths = np.empty((2, int(behind[-1])), np.int64)
        phrases = np.empty(len(firsts), np.int32)
        for length, (first, phrase) in enumerate(found, start=1):
            place = behind.take(first)
            behind[first] += 1
            firsts[place], lengths[place], phrases[place] = first, length, phrase
        return Hits(firsts, lengths, phrases)
