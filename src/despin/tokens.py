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

import numpy as np
from numpy.typing import NDArray

from .characters import DIGIT, LETTER, PLACES, SPACE, U8, U64, hash_runs, known, pair_terms, scramble, single_terms
from .characters import hash_words as hash_words
from .characters import normalise as normalise
from .protected import long_spans, short_spans
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
    chars = _Characters.of(text)
    start, end, quotes = _boundaries(chars)
    counts = np.diff(np.searchsorted(start, offset))
    document = np.repeat(np.arange(len(texts), dtype=np.int32), counts)
    opens = np.zeros(len(start) + 1, np.bool_)
    opens[np.searchsorted(start, chars.breaks)] = True
    opens[:1] = True
    inner = np.searchsorted(start, quotes, side="right") - 1
    protected = _protected(texts, chars, offset, start, end)
    word = _hash(chars, start, end, inner)
    return Tokens(text, offset, start, end, word, _shapes(chars, start, end, inner), document, opens[:-1], protected)


@dataclass(frozen=True, slots=True, eq=False)
class _Characters:
    """A text as bytes: what it is made of is told by arithmetic on them, a few hundredths of a nanosecond each.

    A character beyond ASCII is written as its normal form where that is in ASCII, as ’ is; else it is *odd*: a byte of
    128 here, and a row of the columns `odd` and `normals`.
    """

    byte: U8
    letter: Bool
    digit: Bool
    space: Bool
    upper: Bool
    odd: I64
    """Where the odd characters are."""
    normals: NDArray[np.uint32]
    """Their normal forms."""
    breaks: I64
    """Where the line breaks are that end a paragraph."""

    @classmethod
    def of(cls, text: str) -> _Characters:
        if text.isascii():
            byte = np.frombuffer(text.encode("ascii"), np.uint8)
            return cls._with(byte, np.zeros(0, np.int64), np.zeros(0, np.uint32))
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        byte = codes.astype(np.uint8)
        beyond = np.flatnonzero(codes >= 128)
        distinct, which = np.unique(codes[beyond], return_inverse=True)
        plain = np.array([_as_ascii(code) for code in distinct.tolist()], np.uint8)[which]
        byte[beyond] = plain
        odd = np.flatnonzero(plain == _ODD)
        return cls._with(byte, beyond[odd], codes[beyond[odd]])

    @classmethod
    def _with(cls, byte: U8, odd: I64, codes: NDArray[np.uint32]) -> _Characters:
        letter = ((byte | np.uint8(32)) - np.uint8(97)) < 26
        upper = (byte - np.uint8(65)) < 26
        digit = (byte - np.uint8(48)) < 10
        space = byte == 32
        space |= (byte - np.uint8(9)) < 5
        space |= (byte - np.uint8(28)) < 4
        ends = (byte == 10) | (byte == 13)
        normals = codes
        if len(odd):
            distinct, which = np.unique(codes, return_inverse=True)
            classes, forms, capitals = (
                np.array(column)[which] for column in zip(*map(known, distinct.tolist()), strict=True)
            )
            letter[odd], digit[odd], space[odd] = classes == LETTER, classes == DIGIT, classes == SPACE
            upper[odd], ends[odd] = capitals, codes == 0x2029
            normals = forms.astype(np.uint32)
        return cls(byte, letter, digit, space, upper, odd, normals, np.flatnonzero(ends))


_ODD = 128
_QUOTE, _BACKTICK, _LESS, _POINT, _COMMA, _COLON, _SLASH, _S, _W = b"'`<.,:/sw"


def _as_ascii(code: int) -> int:
    """The ASCII character that is the same to every later stage as the one beyond ASCII, or `_ODD`."""
    _, normal, capital = known(code)
    if normal >= 128:
        return _ODD
    return ord(chr(normal).upper()) if capital else normal


def _boundaries(chars: _Characters) -> tuple[I64, I64, I64]:
    """First character and last character + 1 of each token; the apostrophes inside words."""
    byte, letter, digit = chars.byte, chars.letter, chars.digit
    size = len(byte)
    if size == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
    joined = np.zeros(size + 1, np.bool_)  # joined[i]: character i belongs to the token of character i - 1
    np.logical_and(letter[1:], letter[:-1], out=joined[1:size])
    joined[1:size] |= digit[1:] & digit[:-1]
    point = np.flatnonzero(((byte == _POINT) | (byte == _COMMA))[1:-1] & digit[:-2]) + 1
    point = point[digit[point + 1]]
    joined[point] = joined[point + 1] = True
    quote = np.flatnonzero((byte == _QUOTE)[1:-1] & letter[:-2]) + 1
    quote = quote[letter[quote + 1]]
    joined[quote] = joined[quote + 1] = True
    follows = np.minimum(quote + 2, size - 1)
    more = letter[follows] | joined[np.minimum(quote + 3, size)] & (byte[follows] == _QUOTE)
    clitic = ((byte[quote + 1] | np.uint8(32)) == _S) & ((quote + 2 >= size) | ~more)
    joined[quote[clitic]] = False  # the clitic 's stands for itself
    token = ~chars.space
    joined[:size] &= token
    starts = np.flatnonzero(token & ~joined[:size])
    ends = np.flatnonzero(token & ~joined[1:]) + 1
    return starts, ends, quote


def _hash(chars: _Characters, starts: I64, ends: I64, inner: I64) -> U64:
    """The hash of each token; `inner` are the tokens with apostrophes.

    Most words are ASCII letters and nothing else: they are hashed two letters at a time, all words at once, the longer
    ones again and again. A single character is one look-up. The rest is hashed character by character.
    """
    if not len(starts):
        return np.zeros(0, np.uint64)
    byte, length = chars.byte, ends - starts
    first = byte.take(starts)
    plain = ((first | np.uint8(32)) - np.uint8(97)) < 26
    plain[inner] = False
    single = length == 1
    if len(chars.odd):
        rows = np.searchsorted(starts, chars.odd, side="right") - 1
        rows = rows[(rows >= 0) & (chars.odd < ends[rows])]
        plain[rows] = single[rows] = False
    plain &= length <= PLACES
    word = single_terms().take(first, mode="clip")

    letters = (byte & np.uint8(31)).astype(np.uint16)
    letters *= chars.letter
    pairs = letters.copy()
    pairs[:-1] |= letters[1:] << np.uint16(5)
    rows = np.flatnonzero(plain & ~single)
    half = ((length[rows] - 1) >> 1).astype(np.uint8)  # pairs of letters after the first pair
    order = np.argsort(half, kind="stable")
    rows = rows[order]
    at, terms = starts[rows], pair_terms()
    value = terms[0].take(pairs.take(at))
    shorter = np.cumsum(np.bincount(half, minlength=1)).tolist()
    for step, done in enumerate(shorter[:-1], start=1):
        value[done:] += terms[step].take(pairs.take(at[done:] + 2 * step))
    word[rows] = scramble(value)

    rows = np.flatnonzero(~(plain | single))
    if len(rows):
        sizes = length[rows]
        begin = np.cumsum(sizes) - sizes
        at = np.arange(int(sizes.sum())) + np.repeat(starts[rows] - begin, sizes)
        word[rows] = hash_runs(_normals(chars, at), begin)
    return word


def _normals(chars: _Characters, at: I64) -> NDArray[np.uint32]:
    """The normal forms of the characters `at`, which increase."""
    normals = _LOWER.take(chars.byte.take(at)).astype(np.uint32)
    if len(chars.odd):
        odd = np.flatnonzero(chars.byte[at] == _ODD)
        normals[odd] = chars.normals[np.searchsorted(chars.odd, at[odd])]
    return normals


_LOWER = np.array([known(code)[1] for code in range(_ODD)] + [0] * _ODD, np.uint8)


# By what a token begins with: 1 a digit, 2 a letter, or an apostrophe and a letter, 4 a capital.
_SHAPES = np.array([Shape.OTHER, Shape.NUMBER, Shape.LOWER, Shape.NUMBER, 0, 0, Shape.TITLE, 0], np.uint8)


def _shapes(chars: _Characters, starts: I64, ends: I64, inner: I64) -> U8:
    size = len(starts)
    if not size:
        return np.zeros(0, np.uint8)
    first = chars.upper.take(starts)
    word = chars.letter.take(starts)
    word[inner] = True
    kind = chars.digit.take(starts).view(np.uint8) | (word << np.uint8(1)) | (first << np.uint8(2))
    shape: U8 = _SHAPES.take(kind)
    # The few words with more than a capital at the front are looked at again.
    within = chars.upper.copy()
    within[starts] = False
    capitals = np.searchsorted(starts, np.flatnonzero(within), side="right") - 1
    rows, counts = np.unique(capitals, return_counts=True)
    letters = (ends - starts)[rows] - np.isin(rows, inner) * np.bincount(inner, minlength=size)[rows]
    shape[rows] = np.where((counts + first[rows] == letters) & (letters > 1), Shape.UPPER, Shape.MIXED)
    return shape


# --- protected spans -------------------------------------------------------------------------------------------

_SIGNS, _DOMAINS = np.zeros((2, 256), np.bool_)
_SIGNS[list(b"&@#")] = True
_DOMAINS[list(b"conegiCONEGI")] = True  # what may follow the point of an address


def _protected(texts: list[str], chars: _Characters, offset: I64, starts: I64, ends: I64) -> Bool:
    """(tokens,): what may not be changed, as `protected_spans` says of the whole text.

    Most texts hold no sign of it; where one stands, only what lies around it is searched, unless it begins a span that
    may go on for paragraphs.
    """
    protected = np.zeros(len(starts), np.bool_)
    byte = chars.byte
    marks = starts[~(chars.letter | chars.digit)[starts]] if len(starts) else starts
    here, after, before = byte[marks], byte[np.minimum(marks + 1, len(byte) - 1)], byte[np.maximum(marks - 1, 0)]
    long = (here == _BACKTICK) | (here == _LESS)
    sign = _SIGNS[here]
    sign |= (here == _POINT) & (_DOMAINS[after] | ((before | np.uint8(32)) == _W))
    sign |= (here == _COLON) & (after == _SLASH)
    if not (long | sign).any():
        return protected
    document = np.searchsorted(offset, marks, side="right") - 1
    spans = [
        (int(offset[k]) + a, int(offset[k]) + b) for k in np.unique(document[long]) for a, b in long_spans(texts[k])
    ]
    blank = np.flatnonzero((byte == 32) | (byte == 9) | (byte == 10) | (byte == 13))
    place = np.unique(np.searchsorted(blank, marks[sign]))
    begins = np.concatenate([[0], blank + 1])[place].tolist()
    stops = np.append(blank, len(byte))[place].tolist()
    first = np.searchsorted(offset, begins, side="right") - 1
    for begin, stop, k in zip(begins, stops, first.tolist(), strict=True):
        origin = int(offset[k])
        spans += [(begin + a, begin + b) for a, b in short_spans(texts[k][begin - origin : stop - origin])]
    for a, b in spans:
        protected[np.searchsorted(ends, a, "right") : np.searchsorted(starts, b)] = True
    return protected
