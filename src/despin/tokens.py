"""Text → columns of tokens: the first stage.

A batch of texts goes in; `Tokens`, a handful of numpy columns over one joined string, comes out. Nothing is
copied per word and no Python loop runs per token, so a token costs tens of nanoseconds (docs/design.md, "Speed").

* A token is a run of letters with inner apostrophes, a clitic ``'s`` of its own, a number with inner ``.`` or ``,``,
  or any other single non-space character.
* A token's identity is a 64-bit hash of its lower-cased code points, with typographic quotes and dashes
  straightened: `Women’S` and `women's` are the same two words. Dictionary and language model know words by it alone.
* Some spans are protected: URLs, e-mail addresses, code, mark-up tags, `[sic]`. No later stage changes them.

Start reading from `tokenise`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import product

import numpy as np
from numpy.typing import NDArray

from .characters import (
    APOSTROPHE,
    CAPITAL,
    DIGIT,
    LETTER,
    U8,
    U64,
    Characters,
    hash_runs,
    scramble,
    single_terms,
    triple_terms,
)
from .characters import hash_words as hash_words
from .characters import normalise as normalise
from .protected import long_spans, spans_around
from .protected import protected_spans as protected_spans

I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


class Shape(IntEnum):
    """How a token is written."""

    OTHER = 0  #: punctuation and symbols
    NUMBER = 1
    LOWER = 2
    TITLE = 3  #: one capital, at the front; a lone capital letter too
    UPPER = 4  #: all capitals, two or more
    MIXED = 5


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """Columns over a batch of texts joined by newlines; all columns but `offset` have one row a token.

    Invariants: spans increase and never overlap; no token crosses a text's border.
    """

    text: str
    """The texts of the batch, joined by newlines."""
    offset: I64
    """(texts + 1,): where each text begins in `text`, in code points; text k is text[offset[k]:offset[k + 1] - 1]."""
    start: I64
    """First code point."""
    end: I64
    """Last code point + 1."""
    word: U64
    """Hash of the normalised form (see `hash_words`)."""
    shape: NDArray[np.uint8]
    """A `Shape`."""
    document: NDArray[np.int32]
    """Which text of the batch."""
    opens: Bool
    """True for the first token of a paragraph: nothing before it in its text, or a line break."""
    protected: Bool
    """True where nothing may be changed."""

    def __len__(self) -> int:
        return len(self.start)

    def found(self, first: int, last: int) -> str:
        """The text from token `first` up to, not including, token `last`."""
        return self.text[self.start[first] : self.end[last - 1]]


# --- the stage -------------------------------------------------------------------------------------------------


def tokenise(texts: Iterable[str]) -> Tokens:
    """Columns of the tokens of `texts`.

    >>> tokens = tokenise(["Women’s 1,000 e-mails."])
    >>> [tokens.text[s:e] for s, e in zip(tokens.start.tolist(), tokens.end.tolist())]
    ['Women', '’s', '1,000', 'e', '-', 'mails', '.']
    """
    texts = list(texts)
    text = "\n".join(texts)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    offset = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    chars = Characters.of(text)
    start, end, rare = _boundaries(chars)
    length, kind = end - start, _KINDS.take(chars.byte.take(start))
    word = _hash(chars, start, length, kind, rare)
    shape = _shapes(chars, start, length, kind, rare)
    protected = _protected(text, texts, chars, offset, start, end, kind)
    counts = np.diff(np.searchsorted(start, offset))
    document = np.repeat(np.arange(len(texts), dtype=np.int32), counts)
    opens = np.zeros(len(start) + 1, np.bool_)
    opens[np.searchsorted(start, rare.breaks)] = True
    opens[:1] = True
    return Tokens(text, offset, start, end, word, shape, document, opens[:-1], protected)


_QUOTE, _BACKTICK, _LESS, _POINT, _COLON = b"'`<.:"

# By the byte that a token begins with: its shape, as far as that tells, and whether it is a letter, or may be a sign of
# a protected span.
_SHAPE, _WORD, _SIGN, _LONG = 7, 8, 16, 32
_KINDS = np.zeros(256, np.uint8)
_KINDS[list(range(ord("0"), ord("9") + 1))] = Shape.NUMBER
_KINDS[list(range(ord("a"), ord("z") + 1))] = Shape.LOWER | _WORD
_KINDS[list(range(ord("A"), ord("Z") + 1))] = Shape.TITLE | _WORD
_KINDS[list(b"&@#.:")] = _SIGN
_KINDS[[_BACKTICK, _LESS]] = _LONG
_ODD_SHAPES = np.full(2 * CAPITAL, Shape.OTHER, np.uint8)  # of tokens that begin with what is odd, by its kind
_ODD_SHAPES[[DIGIT, DIGIT + CAPITAL]] = Shape.NUMBER
_ODD_SHAPES[[LETTER, LETTER + CAPITAL]] = Shape.LOWER, Shape.TITLE


@dataclass(frozen=True, slots=True, eq=False)
class _Rare:
    """What few tokens have."""

    quotes: I64
    """The apostrophes in words, those of clitics among them: characters."""
    inner: I64
    """The tokens they stand in."""
    clitic: I64
    """The tokens 's."""
    odd: I64
    """For each odd character the last token that does not begin behind it; −1 where there is none."""
    capitals: I64
    """Capitals that are no word's first letter: characters."""
    breaks: I64
    """Line breaks: characters."""


def _boundaries(chars: Characters) -> tuple[I64, I64, _Rare]:
    """The first character of each token and the one behind its last; and what is rare."""
    byte, letter, digit = chars.byte, chars.letter, chars.digit
    size = len(byte)
    if size == 0:
        none = np.zeros(0, np.int64)
        return none, none, _Rare(none, none, none, none, none, none)
    joined = np.zeros(size + 1, np.bool_)  # joined[i]: character i belongs to the token of character i - 1
    np.logical_and(letter[1:], letter[:-1], out=joined[1:size])
    joined[1:size] |= digit[1:] & digit[:-1]
    # What is rare is found by one search.
    few = (byte | np.uint8(2)) == _POINT  # a comma too, which is one bit from it
    few[1:-1] &= digit[:-2] & digit[2:]
    quote = byte == _QUOTE
    quote[1:-1] &= letter[:-2] & letter[2:]
    few |= quote
    few[:: max(size - 1, 1)] = False  # they stand between others
    few |= chars.ends
    few[1:] |= chars.upper[1:] > chars.space[:-1]
    at = np.flatnonzero(few)
    here = byte.take(at)
    quotes = at.compress(here == _QUOTE)
    points = at.compress((here | np.uint8(2)) == _POINT)
    for inside in (points, quotes):
        joined[inside] = joined[inside + 1] = True
    follows = np.minimum(quotes + 2, size - 1)
    more = letter[follows] | joined[np.minimum(quotes + 3, size)] & (byte[follows] == _QUOTE)
    clitics = quotes[((byte[quotes + 1] | np.uint8(32)) == ord("s")) & ((quotes + 2 >= size) | ~more)]
    joined[clitics] = False  # the clitic 's stands for itself
    token = ~chars.space
    joined[:size] &= token
    starts = np.flatnonzero(token > joined[:size])
    ends = np.flatnonzero(token > joined[1:])
    ends += 1
    inner, odd = (np.searchsorted(starts, places, side="right") - 1 for places in (quotes, chars.odd))
    capitals, breaks = at.compress(chars.upper.take(at) & joined.take(at)), at.compress(chars.ends.take(at))
    return starts, ends, _Rare(quotes, inner, np.searchsorted(starts, clitics), odd, capitals, breaks)


# --- what a token is -------------------------------------------------------------------------------------------

_CLITIC = hash_words(["'s"])[0]
_LONGEST = 15  # letters of a word that are looked up; hardly any word has more


def _hash(chars: Characters, starts: I64, length: I64, kind: U8, rare: _Rare) -> U64:
    """The hash of each token, of its `kind`.

    Nearly all words are ASCII letters and apostrophes: they are hashed three letters at a time, all words at once, the
    longer ones again and again. A single character is one look-up. The rest is hashed character by character.
    """
    if not len(starts):
        return np.zeros(0, np.uint64)
    triples = _triples(chars, rare.quotes, starts[rare.clitic])
    word = triple_terms(0).take(triples.take(starts))
    behind = triples.take(starts + 3)
    behind *= (length > 3).astype(np.uint16)  # 0 for what is none of the word: no letters add nothing
    word += triple_terms(3).take(behind)
    rows = np.flatnonzero(length > 6)
    for place in range(6, _LONGEST, 3):
        more = triple_terms(place).take(triples.take(starts.take(rows) + place))
        more += word.take(rows)
        word[rows] = more
        rows = rows.compress(length.take(rows) > place + 3)
    word = scramble(word)
    others = np.flatnonzero((kind & np.uint8(_WORD)) == 0)
    word[others] = single_terms().take(chars.byte.take(starts.take(others)))
    word[rare.clitic] = _CLITIC

    slow = [others.compress((length.take(others) > 1) & (kind.take(others) == Shape.NUMBER)), rows]
    if len(rare.odd):
        inside = (rare.odd >= 0) & (chars.odd < starts[rare.odd] + length[rare.odd])
        inside[1:] &= (rare.odd[1:] != rare.odd[:-1]) | ~inside[:-1]  # each token once
        slow.append(rare.odd[inside])
    rows = np.concatenate(slow)
    if len(rows):
        sizes = length[rows]
        begin = np.cumsum(sizes) - sizes
        at = np.arange(int(sizes.sum())) + np.repeat(starts[rows] - begin, sizes)
        word[rows] = hash_runs(chars.normal(at), begin)
    return word


def _triples(chars: Characters, quotes: I64, clitics: I64) -> NDArray[np.uint16]:
    """The three characters from each on, as `triple_terms` numbers them: 0 for what is no letter, or behind one that is
    none."""
    size = len(chars.byte)
    letter = chars.letter.view(np.uint8).copy()
    plain = chars.byte & np.uint8(31)
    plain *= letter
    plain[quotes], letter[quotes] = APOSTROPHE, 1
    plain[clitics] = letter[clitics] = 0
    letters = np.zeros(size + 5, np.uint16)
    letters[:size] = plain
    plain[1:] *= letter[:-1]  # as a third letter it counts behind a second only
    triples = np.empty(size + 3, np.uint16)
    triples[: max(size - 2, 0)], triples[max(size - 2, 0) :] = plain[2:], 0
    triples <<= np.uint16(5)
    triples |= letters[1:-1]
    triples <<= np.uint16(5)
    triples |= letters[:-2]
    return triples


def _shapes(chars: Characters, starts: I64, length: I64, kind: U8, rare: _Rare) -> U8:
    """The shape of each token, of its `kind`."""
    shape = kind & np.uint8(_SHAPE)
    shape[rare.clitic] = Shape.LOWER
    if len(rare.odd) and len(starts):
        begins = (rare.odd >= 0) & (chars.odd == starts[rare.odd])
        shape[rare.odd[begins]] = _ODD_SHAPES.take(chars.kinds[begins])
    # The few words with more than a capital at the front are looked at again.
    if len(rare.capitals):
        every = np.searchsorted(starts, rare.capitals, side="right") - 1
        heads = np.flatnonzero(np.concatenate([[True], every[1:] != every[:-1]]))
        rows = every[heads]
        counts = np.append(heads[1:], len(every)) - heads + chars.upper.take(starts.take(rows))
        letters = length.take(rows) - (np.searchsorted(rare.inner, rows, "right") - np.searchsorted(rare.inner, rows))
        shape[rows] = np.where((counts == letters) & (letters > 1), Shape.UPPER, Shape.MIXED)
    return shape


# --- protected spans -------------------------------------------------------------------------------------------

_DOMAINS = np.zeros(1 << 16, np.bool_)  # whether two bytes may follow the point of an address
for _small, _large in ((b"co", b"CO"), (b"or", b"OR"), (b"ne", b"NE"), (b"ed", b"ED"), (b"go", b"GO"), (b"io", b"IO")):
    _DOMAINS[[one << 8 | two for one, two in product(*zip(_small, _large, strict=True))]] = True


def _protected(text: str, texts: list[str], chars: Characters, offset: I64, starts: I64, ends: I64, kind: U8) -> Bool:
    """(tokens,): what may not be changed, as `protected_spans` says of the whole text.

    Most texts hold no sign of it; where one stands, only what lies around it is searched, unless it begins a span that
    may go on for paragraphs.
    """
    protected = np.zeros(len(starts), np.bool_)
    marks = np.flatnonzero(kind >= _SIGN)
    if not len(marks):
        return protected
    at, long = starts[marks], kind[marks] == _LONG
    here = chars.byte.take(at)
    one, two = (chars.byte.take(at + step, mode="clip") for step in (1, 2))
    point, colon = here == _POINT, here == _COLON
    sign = ~(long | point | colon)
    sign |= point & _DOMAINS.take(one.astype(np.uint16) << np.uint16(8) | two)
    sign |= colon & (one == ord("/")) & (two == ord("/"))
    for step in (1, 2, 3):
        point &= (chars.byte.take(at - step, mode="clip") | np.uint8(32)) == ord("w")
    sign |= point
    spans = spans_around(text, at[sign].tolist())
    if long.any():
        for k in sorted(set((np.searchsorted(offset, at[long], side="right") - 1).tolist())):
            spans += [(int(offset[k]) + a, int(offset[k]) + b) for a, b in long_spans(texts[k])]
    if spans:
        begin, stop = np.array(spans, np.int64).T
        first, last = np.searchsorted(ends, begin, "right"), np.searchsorted(starts, stop)
        for a, b in zip(first.tolist(), last.tolist(), strict=True):
            protected[a:b] = True
    return protected
