"""A candidate → what of it changes: the words that both phrases begin or end with are cut off, since they stand there.

Where one phrase joins such a word to its neighbour and the other does not, nothing is cut: *he's* becomes *he is* as a
whole, never *heis*. And what would join a word to one beside it, or part it from one, or replace a part of a number, is
no finding at all (`Cut.keeps_words`). Start reading from `Cut.of`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dictionary.dictionary import Dictionary
from ..text.hashing import hash_words
from ..text.language import LanguageRules
from ..text.numerals import inside, joined
from ..text.token_features import Shape
from ..text.tokens import Tokens
from ..util.array_types import I64, Bool
from ..util.arrays import among

_JOIN_BEFORE = hash_words(["-", "%", "'s"])  # what has no blank before it
_CLITIC = hash_words(["'s"])
_JOIN_BEHIND = hash_words(["-"])


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Candidates cut down to the words that change; where one side would be empty, a word is left on both.

    A cut lies where both phrases have a blank, or neither has, so that nothing is joined there and nothing parted; and
    not within a number.
    """

    first: I64
    """(candidates,): first token."""
    last: I64
    """(candidates,): last token + 1."""
    entry: I64
    """(candidates,): row in the dictionary."""
    head: I64
    """(candidates,): words that are cut off in front."""
    tail: I64
    """(candidates,): words that are cut off behind."""
    idle: Bool
    """(candidates,): whether both sides are the same words, written in other ways."""

    @classmethod
    def of(cls, first: I64, last: I64, entry: I64, tokens: Tokens, dictionary: Dictionary, rules: LanguageRules) -> Cut:
        """Candidates that put the originals of `entry` for the tokens from `first` up to, not including, `last`."""
        head, tail = dictionary.head.take(entry).astype(np.int64), dictionary.tail.take(entry).astype(np.int64)
        opens, ends = _original(dictionary, entry)
        found, meant = last - first, ends - opens
        empty = np.minimum(found, meant) == head + tail
        idle = empty & (found == meant)
        head, tail = head - (empty & (tail == 0)), tail - (empty & (tail > 0))
        for cut, border, meant_border in ((head, first + head, opens + head), (tail, last - tail, ends - tail)):
            cut *= joined(tokens, border) == dictionary.joined.take(meant_border, mode="clip")
            cut *= ~inside(tokens, border, rules)
        return cls(first + head, last - tail, entry, head, tail, idle)

    def those(self, rows: Bool | I64) -> Cut:
        """The candidates `rows`: numbers, or (candidates,) where they are wanted."""
        return Cut(*(getattr(self, name)[rows] for name in Cut.__slots__))

    def keeps_words(self, tokens: Tokens, dictionary: Dictionary, rules: LanguageRules) -> Bool:
        """(candidates,): whether the tokens around stay as they are where each is put into the text, and no number is
        replaced in part."""
        opens, ends = _original(dictionary, self.entry)
        opens, ends = opens + self.head, ends - self.tail
        edges = (
            (self.first, opens, self.first, -1, self.head, _JOIN_BEFORE),
            (self.last - 1, ends - 1, self.last, 1, self.tail, _JOIN_BEHIND),
        )
        keep = np.ones(len(self.entry), np.bool_)
        for found, meant, border, outwards, cut, joining in edges:
            one, other = tokens.word.take(found), dictionary.word.take(meant)
            glued = joined(tokens, border)
            alike = (cut > 0) | (one == other)
            keep &= alike | ~(among(other, joining) | glued & among(one, joining))
            other_kind = _KIND.take(tokens.shape.take(found)) != _KIND.take(dictionary.shape.take(meant))
            keep &= ~(glued & other_kind & _clings(tokens, found + outwards, outwards))
            keep &= ~inside(tokens, border, rules)
        behind = joined(tokens, self.last) & among(tokens.word.take(self.last, mode="clip"), _CLITIC)
        keep &= ~(behind & among(dictionary.word.take(ends - 1), _CLITIC))  # *let's's*
        return keep


_KIND = np.array([0, 1, 2, 2, 2, 2], np.uint8)  # of a token of each shape: a sign, a number, a word
_APOSTROPHE = hash_words(["'"])
_POINTS = hash_words([".", ","])


def _clings(tokens: Tokens, rows: I64, outwards: int) -> Bool:
    """(rows,): whether each token would be another, or no token, were there something of another kind beside it."""
    rows = np.clip(rows, 0, len(tokens) - 1)
    word, beyond = tokens.word.take(rows), np.clip(rows + outwards, 0, len(tokens) - 1)
    point = among(word, _POINTS) & joined(tokens, np.maximum(rows, beyond))
    point &= tokens.shape.take(beyond) == Shape.NUMBER
    answer: Bool = (tokens.shape.take(rows) > Shape.OTHER) | among(word, _APOSTROPHE) | point
    return answer


def _original(dictionary: Dictionary, entry: I64) -> tuple[I64, I64]:
    """(entries,) each: the first word of the original of each `entry`, and the last + 1, among all originals' words."""
    row = dictionary.original.take(entry)
    return dictionary.first_word.take(row), dictionary.first_word.take(row + 1)
