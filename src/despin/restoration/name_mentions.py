"""The names and titles in a text: runs of capitalised words, and windows of them as hashes.

* A *run* is a row of capitalised words, with small ones between them (*Bank of England*); inner hyphens count nothing
  (*Young-hwa* is *Young Hwa*). A quoted phrase in title case is one run.
* Every *window* of a run, up to `LONGEST_WINDOW` words, is a hash, so that all that is asked of names is looked up at
  once.

Start reading from `Runs.of`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..text.characters import normalise
from ..text.hashing import hash_phrases, hash_words
from ..text.language import ENGLISH, LanguageRules
from ..text.token_features import Shape
from ..text.tokens import Tokens, tokenise
from ..util.array_types import I64, U64, Bool

LONGEST_WINDOW = 7  # words of a window; longer phrases are recognised by their parts
LONGEST_QUOTE = 12  # tokens between the quotation marks of a title

HYPHEN = hash_words(["-"])[0]
_QUOTE = hash_words(['"'])[0]
_INNER = ("of", "the", "and", "&", "for", "de", "la", "du", "von", "van", "der", "al", "'", "'s")
_ENDS = (".", "!", "?", ":", '"', "'", "(", "[", "•", "*", "—", ">")


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """The names and titles of some texts. The length is how many different ones of two words or more there are."""

    windows: U64
    """Hashes of all windows of all runs, distinct, in increasing order."""
    spellings: tuple[str, ...]
    """The runs of two words or more: lower-cased letters and digits alone, distinct, sorted."""

    def __len__(self) -> int:
        return len(self.spellings)


def gather(texts: Iterable[str], surface: LanguageRules = ENGLISH) -> Names:
    """The names and quoted titles in `texts`, which are taken to be clean."""
    tokens = tokenise(texts)
    runs = Runs.of(tokens, surface)
    windows, _ = runs.windows(np.zeros(len(runs), np.uint64))
    spellings = (letters(tokens.text[begin:end]) for begin, end in runs.spans(tokens, *runs.bounds()))
    return Names(windows, tuple(sorted(set(spellings))))


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The words of a batch without its inner hyphens, and which of them form runs. One row a word."""

    token: I64
    """The token of each word."""
    at: I64
    """(tokens + 1,): the word of each token, of a hyphen that which follows."""
    word: U64
    capital: Bool
    member: Bool
    """Belongs to a run."""
    head: Bool
    """The first of its run."""
    opens: Bool
    """The first of its paragraph."""
    doubtful: Bool
    """Begins a sentence, where every word has a capital."""

    def __len__(self) -> int:
        return len(self.token)

    @classmethod
    def of(cls, tokens: Tokens, surface: LanguageRules) -> Runs:
        """The runs of a batch."""
        hyphen = _inner_hyphens(tokens)
        token = np.flatnonzero(~hyphen)
        at = np.concatenate([np.zeros(1, np.int64), np.cumsum(~hyphen)])
        word, shape, opens = tokens.word.take(token), tokens.shape.take(token), tokens.opens.take(token)
        kind = _Kinds.of(surface.always_capital, surface.small_words).kind(word)
        pronoun = (kind & PRONOUN) > 0
        capital = (shape >= Shape.TITLE) & ~pronoun & ~tokens.protected[token]
        capital |= _shift(hyphen, 1)[token] & (shape == Shape.LOWER) & _shift(capital, 1)

        inner = ((kind & INNER) > 0) & ~capital & ~opens
        before, after = _shift(capital, 1), _shift(capital & ~opens, -1)
        pair = inner & before & _shift(inner & after, -1)  # "of the"
        member = capital | (inner & before & after) | pair | _shift(pair, 1)
        small = pronoun | (shape <= Shape.NUMBER) | ((kind & SMALL) > 0)
        member |= _quoted(word, opens, capital, capital | small)
        head = member & (opens | ~_shift(member, 1))
        return cls(token, at, word, capital, member, head, opens, opens | _shift((kind & END) > 0, 1))

    def bounds(self) -> tuple[I64, I64]:
        """First word and last word + 1 of each run."""
        return np.flatnonzero(self.head), np.flatnonzero(self.member & ~_shift(self.member & ~self.head, -1)) + 1

    def windows(self, prefix: U64) -> tuple[U64, I64]:
        """Hashes of all windows with a capital at both ends, each after its word of `prefix`; how often each stands.

        A single word that begins a sentence is none: there its capital says nothing.
        """
        run = np.cumsum(self.head)
        first = np.flatnonzero(self.capital)
        value = hash_phrases([prefix[first], self.word[first]])
        found = [value[~(self.doubtful & self.head)[first]]]
        for length in range(1, LONGEST_WINDOW):
            last = np.minimum(first + length, len(self) - 1)
            inside = np.flatnonzero((last == first + length) & self.member[last] & (run[first] == run[last]))
            first, last = first[inside], last[inside]
            value = hash_phrases([value[inside], self.word[last]])
            found.append(value[self.capital[last]])
        return np.unique(np.concatenate(found), return_counts=True)

    def spans(self, tokens: Tokens, first: I64, last: I64) -> list[tuple[int, int]]:
        """Code points of the words from `first` to `last`, where these are two or more."""
        many = last - first > 1
        begin, end = tokens.start[self.token[first[many]]], tokens.end[self.token[last[many] - 1]]
        return list(zip(begin.tolist(), end.tolist(), strict=True))


PRONOUN, INNER, SMALL, END = 1, 2, 4, 8
_SIXTEEN = np.uint64(0xFFFF)


@dataclass(frozen=True, slots=True, eq=False)
class _Kinds:
    """The few words that names and titles are told by: which of them stands where is asked once."""

    word: U64
    bits: NDArray[np.uint8]
    """What each is: sums of the kinds above."""
    shift: np.uint64
    """From here on, sixteen bits of a word tell it from all others of them."""
    row: NDArray[np.uint8]
    """(65536,): which of the words has these bits, if any has."""

    @staticmethod
    @lru_cache(maxsize=8)
    def of(pronouns: frozenset[str], small: frozenset[str]) -> _Kinds:
        """Those of a language in which `pronouns` always have a capital, and `small` words have none in a title."""
        known: dict[str, int] = {}
        kinds = ((PRONOUN, pronouns), (INNER, _INNER), (SMALL, small), (END, _ENDS))
        for bit, words in kinds:
            for word in words:
                known[word] = known.get(word, 0) | bit
        hashes, bits = hash_words(list(known)), np.array([*known.values()], np.uint8)
        if len(known) > 256:
            raise ValueError(f"{len(known)} words are too many for a table of bytes")
        for shift in np.arange(49, dtype=np.uint64):
            place = (hashes >> shift) & _SIXTEEN
            if len(set(place.tolist())) == len(known):
                row = np.zeros(1 << 16, np.uint8)
                row[place.astype(np.int64)] = np.arange(len(known))
                return _Kinds(hashes, bits, shift, row)
        raise ValueError("no sixteen bits tell these words apart")

    def kind(self, word: U64) -> NDArray[np.uint8]:
        """(words,): what each is, 0 if none of these."""
        row = self.row.take(((word >> self.shift) & _SIXTEEN).view(np.int64))
        kind: NDArray[np.uint8] = self.bits.take(row) * (self.word.take(row) == word)
        return kind


def _inner_hyphens(tokens: Tokens) -> Bool:
    """(tokens,): which are hyphens with no space on either side."""
    inner = np.zeros(len(tokens), np.bool_)
    rows = np.flatnonzero(tokens.word == HYPHEN)
    rows = rows[(rows > 0) & (rows < len(tokens) - 1)]
    glued = (tokens.ends(rows - 1) == tokens.start[rows]) & (tokens.ends(rows) == tokens.start[rows + 1])
    inner[rows[glued]] = True
    return inner


def _quoted(word: U64, opens: Bool, capital: Bool, fits: Bool) -> Bool:
    """The words between quotation marks where all of them fit a title and its ends have capitals."""
    quotes = np.flatnonzero(word == _QUOTE)
    begin, end = quotes[:-1] + 1, quotes[1:]
    near = (end - begin >= 2) & (end - begin <= LONGEST_QUOTE)
    begin, end = begin[near], end[near]
    odd = np.concatenate([[0], np.cumsum(~fits | opens)])
    titles = (odd[end] == odd[begin]) & capital[begin] & capital[end - 1]
    steps = np.zeros(len(word) + 1, np.int64)
    steps[begin[titles]] += 1
    steps[end[titles]] -= 1
    return np.cumsum(steps[:-1]) > 0


@lru_cache(maxsize=1 << 14)
def letters(text: str) -> str:
    """The letters and digits of `text`, lower-cased: spellings of a name mostly differ in what is between them."""
    return "".join(filter(str.isalnum, normalise(text)))


def _shift(column: Bool, by: int) -> Bool:
    """`column` moved by so many places, filled up with False."""
    out = np.zeros_like(column)
    if by > 0:
        out[by:] = column[:-by]
    else:
        out[:by] = column[-by:]
    return out
