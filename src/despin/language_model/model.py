"""The n-gram language model: arrays, asked in batches.

How likely is a word after the words before it? `LanguageModel` answers for a hundred thousand places at once. It is a
back-off model: the longest n-gram that is stored decides, and each step down to a shorter one costs the back-off weight
of the context that was given up,

    log p(w | u v) = stored(u v w)                           if the trigram is stored
                   = backoff(u v) + log p(w | v)             else; backoff(u v) = 0 if `u v` is not stored either

* How n-grams and words are stored, and how often a search errs, is told in `ngram_table`.
* Probabilities are 8-bit codes for 256 evenly spaced logarithms, so one is off by half a step at most.

Start reading from `LanguageModel.log_prob`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..text.token_features import Shape
from ..util.array_types import F32, I32, I64, U8, U64, Bool
from .ngram_table import NgramTable, mix, term
from .vocabulary import Vocabulary, Word

_CHUNK = 16_384  # rows scored at a time: the temporaries of one chunk stay in the second-level cache


@dataclass(frozen=True, slots=True, eq=False)
class BigramScores:
    """What `LanguageModel.pairs` says of pairs of words; (pairs,) each."""

    score: F32
    """Log probability of the second word after the first."""
    backoff: F32
    """Back-off weight of the two; 0: no trigram begins with them."""
    key: U64
    """The sum of their terms, which is that of all trigrams that end with them but for the first word's."""

    def those(self, rows: I64) -> BigramScores:
        """The pairs `rows`."""
        return BigramScores(self.score.take(rows), self.backoff.take(rows), self.key.take(rows))


@dataclass(frozen=True, slots=True, eq=False)
class LanguageModel:
    """A language model. Immutable; all values are natural logarithms.

    Invariant: for each context, the probabilities of all ids but `Word.BEGIN` sum to one, as far as 8-bit codes can
    say, where `Word.UNKNOWN` and `Word.NUMBER` count once for each word they stand for.
    """

    order: int
    """Words of the longest n-gram."""
    vocabulary: Vocabulary
    unigrams: F32
    """(ids,): log probability of each id without context."""
    backoffs: F32
    """(ids,): log back-off weight of each id as a context of one; 0: nothing longer begins with it."""
    shares: F32
    """(2,): log share of one unknown word, and of one unknown number, in the probability of all of them."""
    tables: tuple[NgramTable, ...]
    """The n-grams of two words, of three, …"""
    provenance: Mapping[str, Any]
    """What the model was learned from, with which options; credit lines of its sources."""
    digest: str
    """SHA-256 of the arrays, as noted when they were written."""

    def ids(self, word: U64, shape: U8) -> I32:
        """Ids of the tokens with the hashes `word` and the `Shape`s `shape`; each (n,)."""
        ids = self.vocabulary.ids(word)
        ids[(ids == Word.UNKNOWN) & (shape == Shape.NUMBER)] = Word.NUMBER
        return ids

    def unigram(self, word: I32) -> F32:
        """Log probability of each of the ids `word`, (n,), regardless of context."""
        score: F32 = self.unigrams.take(word, mode="clip")
        self._single_out(word, score)
        return score

    def log_prob(self, context: I32, word: I32) -> F32:
        """Log probability of `word` after `context`.

        `context` is (n, order - 1), the nearest word last; `word` is (n,); both hold ids. A negative id in a context
        says that nothing is known there or before: the model backs off past it without a penalty. Returns (n,), none
        above 0.

        Raises
        ------
        ValueError
            The shapes do not fit.
        """
        if context.shape != (len(word), self.order - 1):
            raise ValueError(f"context is {context.shape}, but must be {(len(word), self.order - 1)}")
        score = np.empty(len(word), np.float32)
        for start in range(0, len(word), _CHUNK):
            rows = slice(start, start + _CHUNK)
            score[rows] = self._log_prob(context[rows], word[rows])
        return score

    def bigrams(self, before: I32, word: I32) -> tuple[F32, F32]:
        """Log probability of each `word` after `before` alone, and the back-off weight of the two, what it costs to
        give them up as a context; 0: no trigram begins with them. All are (n,), and hold ids."""
        row = np.arange(len(word))
        found = self.pairs(before, word, row, row)
        return found.score, found.backoff

    def pairs(self, before: I32, word: I32, first: I64, second: I64) -> BigramScores:
        """`bigrams` of before[first] and word[second], where each word stands in several pairs: what depends on a
        single word is looked up once for it. `first` and `second` are (n,), indices."""
        count = len(first)
        score, backoff, key = np.empty(count, np.float32), np.zeros(count, np.float32), np.empty(count, np.uint64)
        front, back = term(before, 1), term(word, 0)
        penalty, unigram = self.backoffs.take(before, mode="clip"), self.unigrams.take(word, mode="clip")
        table, rare = self.tables[0], word <= Word.NUMBER
        for start in range(0, count, _CHUNK):
            rows = slice(start, start + _CHUNK)
            left, right = first[rows], second[rows]
            total, here = key[rows], score[rows]
            np.add(front.take(left), back.take(right), out=total)
            np.add(penalty.take(left), unigram.take(right), out=here)
            stored, slot = table.find(mix(total))
            here[stored] = table.values.take(table.codes.take(slot))
            if self.order > 2:
                backoff[rows][stored] = table.weights.take(table.backoffs.take(slot))
            single = np.flatnonzero(rare.take(right))
            here[single] += self.shares.take(word.take(right.take(single)))
        return BigramScores(score, backoff, key)

    def trigrams(self, first: I32, second: I32, word: I32, backoff: F32, shorter: F32) -> F32:
        """Log probability of each `word` after `first` and `second`; all are (n,), and hold ids.

        `backoff` is what `bigrams` says of `first` and `second`, and `shorter` of `second` and `word`: where the
        trigram is not stored they decide, so that nothing else is looked up here.
        """
        score: F32 = backoff + shorter
        asked = np.flatnonzero(backoff)
        for start in range(0, len(asked), _CHUNK):
            rows = asked[start : start + _CHUNK]
            total = term(first.take(rows), 2)
            total += term(second.take(rows), 1)
            total += term(word.take(rows), 0)
            self._trigrams(total, rows, word, rows, score)
        return score

    def triples(self, before: I32, word: I32, pairs: BigramScores, left: I64, right: I64, counts: Bool) -> F32:
        """`trigrams` of the pairs `left` and `right`, (n,) each, which overlap in the middle word.

        `before` is the first word of every pair, (pairs,), and `word` the last; `counts` says which of them may be the
        second of two: what ends with another has the score 0.
        """
        score = pairs.backoff.take(left)
        score += pairs.score.take(right)
        asked = (pairs.backoff != 0).take(left)
        known = counts.take(right)
        asked &= known
        score[np.flatnonzero(~known)] = 0.0
        asked = np.flatnonzero(asked)
        front = term(before, 2)
        for start in range(0, len(asked), _CHUNK):
            rows = asked[start : start + _CHUNK]
            behind = right.take(rows)
            total = front.take(left.take(rows))
            total += pairs.key.take(behind)
            self._trigrams(total, rows, word, behind, score)
        return score

    def _trigrams(self, total: U64, rows: I64, word: I32, last: I64, score: F32) -> None:
        """Note in score[rows] the trigrams with the sums of terms `total` that are stored; they end with word[last]."""
        table = self.tables[1]
        stored, slot = table.find(mix(total))
        value = table.values.take(table.codes.take(slot))
        self._single_out(word.take(last.take(stored)), value)
        score[rows.take(stored)] = value

    def _log_prob(self, context: I32, word: I32) -> F32:
        score = np.zeros(len(word), np.float32)
        before = [np.ascontiguousarray(context[:, -1 - place]) for place in range(self.order - 1)]
        known = before[0] >= 0
        asking = [known.nonzero()[0]]  # for each length of context, the rows that have one
        for column in before[1:]:
            known = known & (column >= 0)
            asking.append(known.nonzero()[0])
        closed = np.zeros(len(word), np.bool_)
        for length in range(self.order - 1, 0, -1):  # words of context
            asked = asking[length - 1]
            if length < self.order - 1:
                asked = asked[~closed[asked]]
            if not len(asked):
                continue
            # A context that no longer n-gram begins with has nothing to look for and no penalty.
            if length == 1:
                penalty = self.backoffs.take(before[0][asked], mode="clip")
                begins = penalty.nonzero()[0]
                asked, penalty = asked[begins], penalty[begins]
                total = term(before[0][asked], 1)
            else:
                heads = term(before[0][asked], 0)
                for place in range(1, length):
                    heads += term(before[place][asked], place)
                hit, slot = self.tables[length - 2].find(mix(heads))
                penalty = self.tables[length - 2].weights.take(self.tables[length - 2].backoffs.take(slot))
                begins = penalty.nonzero()[0]
                asked, penalty = asked[hit[begins]], penalty[begins]
                total = term(before[0][asked], 1)
                for place in range(1, length):
                    total += term(before[place][asked], place + 1)
            total += term(word[asked], 0)
            table = self.tables[length - 1]
            hit, slot = table.find(mix(total))
            penalty[hit] = table.values.take(table.codes.take(slot))
            score[asked] += penalty
            closed[asked[hit]] = True
        rows = (~closed).nonzero()[0]
        score[rows] += self.unigrams.take(word[rows], mode="clip")
        self._single_out(word, score)
        return score

    def _single_out(self, word: I32, score: F32) -> None:
        # Stored are the probabilities of meeting any unknown word; asked is that of one of them.
        rows = (word <= Word.NUMBER).nonzero()[0]
        score[rows] += self.shares.take(word[rows])
