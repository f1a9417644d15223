"""Text → the columns that a comparison looks at: words, the paragraphs they stand in, and whether they are quoted.

Start reading from `Words.of`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..text.hashing import hash_words
from ..text.token_features import Shape
from ..text.tokens import Tokens, tokenise
from ..util.array_types import I64, U64, Bool

_OPEN, _CLOSE = "“«„", "”»"
LONGEST_QUOTATION = 400  # tokens; a mark that finds no other within so many is one that somebody forgot


@dataclass(frozen=True, eq=False)
class Words:
    """One text as columns, a row a token: a word, a number, or a sign."""

    text: str
    tokens: Tokens
    word: U64
    """Hash of the normal form."""
    start: I64
    """First code point."""
    end: I64
    """Last code point + 1."""
    counted: Bool
    """Words and numbers; signs are aligned too, but nobody counts them."""
    quoted: Bool
    """Between quotation marks."""
    mark: Bool
    """A quotation mark."""
    border: I64
    """(paragraphs + 1,): the first token of each paragraph, and the number of tokens."""

    @classmethod
    def of(cls, text: str) -> Words:
        """The columns of `text`."""
        tokens = tokenise([text])
        counted = (tokens.shape >= Shape.LOWER) | (tokens.shape == Shape.NUMBER)
        border = np.append(np.flatnonzero(tokens.opens), len(tokens)).astype(np.int64)
        quoted, mark = _quoted(text, tokens, border)
        return cls(text, tokens, tokens.word, tokens.start, tokens.end, counted, quoted, mark, border)

    def __len__(self) -> int:
        return len(self.word)

    def paragraph_of(self, token: int) -> tuple[int, int]:
        """The first token of the paragraph of `token`, and the last + 1."""
        row = int(np.searchsorted(self.border, token, side="right")) - 1
        return int(self.border[row]), int(self.border[row + 1])

    def found(self, first: int, last: int) -> str:
        """The text from token `first` up to, not including, token `last`; empty if there is none."""
        return self.text[self.start[first] : self.end[last - 1]] if first < last else ""

    def span(self, first: int, last: int) -> tuple[int, int]:
        """First code point of token `first`, and the last + 1 of token `last` - 1; where nothing stands, both are the
        end of what stands before."""
        if first < last:
            return int(self.start[first]), int(self.end[last - 1])
        at = int(self.end[first - 1]) if first else 0
        return at, at

    def names(self) -> U64:
        """Hashes of the different names and numbers: words with a capital that begin no sentence, and what has digits
        and more than one."""
        capital = (self.tokens.shape >= Shape.TITLE) & ~self.begins
        number = (self.tokens.shape == Shape.NUMBER) & (self.end - self.start > 1)
        return np.unique(self.word[(capital & (self.end - self.start > 1)) | number])

    @cached_property
    def begins(self) -> Bool:
        """(tokens,): the first word of a sentence, where a capital says nothing."""
        after = np.zeros(len(self), np.bool_)
        after[1:] = np.isin(self.word[:-1], _ENDS)
        return after | self.tokens.opens

    def number(self, first: int, last: int) -> int:
        """Words, signs not counted, among tokens `first` to `last`."""
        return int(np.count_nonzero(self.counted[first:last]))


def _quoted(text: str, tokens: Tokens, border: I64) -> tuple[Bool, Bool]:
    """Which tokens stand between double quotation marks of one paragraph, and which are such marks."""
    quoted = np.zeros(len(tokens), np.bool_)
    mark = tokens.word == _MARK
    begin, here = -1, -1
    marks = np.flatnonzero(mark)
    paragraph = np.searchsorted(border, marks, side="right")
    for at, row in zip(marks.tolist(), paragraph.tolist(), strict=True):
        if row != here or at - begin > LONGEST_QUOTATION:
            begin, here = -1, row
        sign = text[tokens.start[at]]
        if begin < 0 and sign not in _CLOSE:
            begin = at
        elif begin >= 0 and sign not in _OPEN:
            quoted[begin : at + 1] = True
            begin = -1
    return quoted, mark


_MARK = hash_words(['"'])[0]
_ENDS = hash_words([".", "!", "?", ":", '"', "'", "—"])
