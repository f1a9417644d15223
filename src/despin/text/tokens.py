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

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property, partial
from operator import is_

import numpy as np
from numpy.typing import NDArray

from ..util.array_types import I64, U8, U64, Bool
from .characters import (
    APOSTROPHE,
    CAPITAL,
    DIGIT,
    LETTER,
    ODD,
    TRIPLES,
    Characters,
    hash_words,
    scramble,
    single_terms,
    triple_terms,
)
from .protected import long_spans, spans_around


class Shape(IntEnum):
    """How a token is written."""

    OTHER = 0  #: punctuation and symbols
    NUMBER = 1
    LOWER = 2
    TITLE = 3  #: one capital, at the front; a lone capital letter too
    UPPER = 4  #: all capitals, two or more
    MIXED = 5


@dataclass(frozen=True, eq=False)
class Tokens:
    """Columns over a batch of texts joined by newlines; all columns but `offset` and `space` have one row a token.

    Invariants: spans increase and never overlap; no token crosses a text's border; only space stands between tokens.
    """

    text: str
    """The texts of the batch, joined by newlines."""
    offset: I64
    """(texts + 1,): where each text begins in `text`, in code points; text k is text[offset[k]:offset[k + 1] - 1]."""
    space: Bool
    """(code points,): which characters of `text` are space."""
    start: I64
    """First code point."""
    word: U64
    """Hash of the normalised form (see `hash_words`)."""
    shape: NDArray[np.uint8]
    """A `Shape`."""
    document: NDArray[np.int32]
    """Which text of the batch."""
    opens: Bool
    """True for the first token of a paragraph: nothing before it in its text, or a line break."""
    protect: Callable[[], Bool]
    """Works out `protected`."""

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def protected(self) -> Bool:
        """True where nothing may be changed. Worked out when it is first asked for: a first look never does."""
        return self.protect()

    @cached_property
    def end(self) -> I64:
        """Last code point + 1. Worked out when it is first asked for: of texts that are not decoded, `ends` of a few
        tokens is all that is needed."""
        return self.ends(np.arange(len(self)))

    def ends(self, rows: I64) -> I64:
        """(rows,): the `end` of some of the tokens."""
        return _ends(self.start, rows, self.space)

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
    start, rare = _boundaries(chars)
    lead = chars.byte.take(start)
    word = _hash(chars, start, lead, rare)
    shape = _shapes(chars, start, lead, rare)
    protect = partial(_protected, text, texts, chars, offset, start, lead, rare.points, rare.capital)
    counts = np.diff(np.searchsorted(start, offset))
    document = np.repeat(np.arange(len(texts), dtype=np.int32), counts)
    return Tokens(text, offset, chars.space, start, word, shape, document, _opens(chars, start), protect)


class Tokeniser:
    """`tokenise`, which remembers the last batch: what is looked at, scanned, and read with several dictionaries is
    often the same."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._tokens: Tokens | None = None

    def __call__(self, texts: Sequence[str]) -> Tokens:
        """Columns of the tokens of `texts`."""
        same = len(texts) == len(self._texts) and all(map(is_, texts, self._texts))
        if self._tokens is None or not same:
            self._texts, self._tokens = list(texts), tokenise(texts)
        return self._tokens


_QUOTE, _POINT = b"'."
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
    capital: I64
    """The tokens of the capitals that are no word's first letter."""
    points: I64
    """The points and commas that no space follows: characters."""


def _boundaries(chars: Characters) -> tuple[I64, _Rare]:
    """The first character of each token; and what is rare."""
    byte, letter, digit, space = chars.byte, chars.letter, chars.digit, chars.space
    size = len(byte)
    if size == 0:
        none = np.zeros(0, np.int64)
        return none, _Rare(none, none, none, none, none, none)
    joined = np.zeros(size + 1, np.bool_)  # joined[i]: character i belongs to the token of character i - 1
    np.logical_and(letter[1:], letter[:-1], out=joined[1:size])
    joined[1:size] |= digit[1:] & digit[:-1]
    # What is rare is found by one search.
    few = (byte | np.uint8(2)) == _POINT  # a comma too, which is one bit from it
    np.greater(few[:-1], space[1:], out=few[:-1])
    quote = byte == _QUOTE
    quote[1:-1] &= letter[:-2]
    quote[1:-1] &= letter[2:]
    few |= quote
    few[:: max(size - 1, 1)] = False  # they stand between others
    few |= chars.upper & joined[:size]
    at = np.flatnonzero(few)
    here = byte.take(at)
    quotes = at.compress(here == _QUOTE)
    points = at.compress((here | np.uint8(2)) == _POINT)
    for inside in (points.compress(digit.take(points - 1) & digit.take(points + 1)), quotes):
        joined[inside] = joined[inside + 1] = True
    follows = np.minimum(quotes + 2, size - 1)
    more = letter[follows] | joined[np.minimum(quotes + 3, size)] & (byte[follows] == _QUOTE)
    is_clitic = ((byte[quotes + 1] | np.uint8(32)) == ord("s")) & ((quotes + 2 >= size) | ~more)
    joined[quotes.compress(is_clitic)] = False  # the clitic 's stands for itself
    capitals = at.compress(chars.upper.take(at))
    behind = (quotes + 1).compress(chars.upper.take(quotes + 1))
    capitals = np.sort(np.concatenate([capitals, behind])) if len(behind) else capitals
    starts = np.flatnonzero(~(joined[:size] | space))
    # Of capitals one behind the other the first one's token is that of all.
    run = np.ones(len(capitals), np.bool_)
    np.not_equal(capitals[1:], capitals[:-1] + 1, out=run[1:])
    inner, odd, capital = (
        np.searchsorted(starts, places, side="right") - 1 for places in (quotes, chars.odd, capitals.compress(run))
    )
    return starts, _Rare(quotes, inner, inner.compress(is_clitic), odd, capital.take(np.cumsum(run) - 1), points)


def _ends(starts: I64, rows: I64, space: Bool) -> I64:
    """(rows,): the character behind the last of some tokens: where the next begins, but for the space before it."""
    ends = starts.take(rows + 1, mode="clip")
    ends[rows == len(starts) - 1] = len(space)
    ends -= space.take(ends - 1)
    wide = np.flatnonzero(space.take(ends - 1))  # more than one character of space
    if len(wide):
        solid = np.flatnonzero(~space)
        ends[wide] = solid[np.searchsorted(solid, ends[wide]) - 1] + 1
    return ends


def _opens(chars: Characters, starts: I64) -> Bool:
    """Whether each token is the first of a paragraph."""
    behind = np.zeros(len(chars.byte) + 1, np.bool_)  # characters right behind a line break
    behind[chars.breaks + 1] = True
    opens = behind.take(starts)
    # Where space follows the line break, the token behind that is looked for.
    apart = chars.breaks.compress(chars.space.take(chars.breaks + 1, mode="clip"))
    if len(apart):
        token = np.searchsorted(starts, apart)
        opens[token.compress(token < len(starts))] = True
    opens[:1] = True
    return opens


# --- what a token is -------------------------------------------------------------------------------------------

_CLITIC = hash_words(["'s"])[0]
_LONGEST = 15  # letters of a word that are looked up; hardly any word has more
_FULL = 1 << 10  # the least number of a triple of three letters


@cache
def _first_terms() -> U64:
    """What the first three letters of a word add to its hash, by the number of their triple; behind these, at `TRIPLES`
    + its byte, what a character does that is no letter."""
    table = np.concatenate([triple_terms(0), single_terms()])
    table.flags.writeable = False
    return table


def _hash(chars: Characters, starts: I64, lead: U8, rare: _Rare) -> U64:
    """The hash of each token, of which `lead` is the first byte.

    Nearly all words are ASCII letters and apostrophes: they are hashed three letters at a time, all words at once, the
    longer ones again and again. A single character is one look-up. The rest is hashed character by character.
    """
    if not len(starts):
        return np.zeros(0, np.uint64)
    triples = _triples(chars, rare.quotes, starts[rare.clitic])
    first = triples.take(starts)
    # What goes on behind three letters is more of the word.
    behind = triples[3:].take(starts)
    behind *= first >= _FULL
    alone = lead.astype(np.uint16)
    alone += np.uint16(TRIPLES)
    alone *= first == 0
    first += alone
    word = _first_terms().take(first)
    word += triple_terms(3).take(behind)
    rows = np.flatnonzero(behind >= _FULL)
    at = starts.take(rows)
    for place in range(6, _LONGEST, 3):
        triple = triples[place:].take(at)
        more = triple_terms(place).take(triple)
        more += word.take(rows)
        word[rows] = more
        full = triple >= _FULL
        rows, at = rows.compress(full), at.compress(full)
    word = scramble(word)
    word[rare.clitic] = _CLITIC

    numbers = np.flatnonzero((lead - np.uint8(ord("0"))) < 10)
    slow = [numbers, rows]
    if len(rare.odd):
        inside = ~chars.space.take(chars.odd)
        inside[1:] &= (rare.odd[1:] != rare.odd[:-1]) | ~inside[:-1]  # each token once
        slow.append(rare.odd[inside])
    rows = np.concatenate(slow)
    if len(rows):
        sizes = _ends(starts, rows, chars.space) - starts.take(rows)
        begin = np.cumsum(sizes) - sizes
        at = np.arange(int(sizes.sum())) + np.repeat(starts[rows] - begin, sizes)
        word[rows] = chars.hash_runs(at, begin)
    return word


def _triples(chars: Characters, quotes: I64, clitics: I64) -> NDArray[np.uint16]:
    """The three characters from each on, as `triple_terms` numbers them: 0 for what is no letter, or behind one that is
    none."""
    size = len(chars.byte)
    letter = chars.letter.view(np.uint8).copy()
    first = chars.byte & np.uint8(31)
    first *= letter
    first[quotes], letter[quotes] = APOSTROPHE, 1
    first[clitics] = letter[clitics] = 0
    second, third = np.empty((2, size), np.uint8)
    np.multiply(first[1:], letter[:-1], out=second[:-1])
    np.multiply(second[1:], letter[:-1], out=third[:-1])
    second[-1:] = third[-2:] = 0
    padded = np.empty(size + 3, np.uint16)
    padded[size:] = 0
    triples = padded[:size]
    triples[:] = third
    triples <<= np.uint16(5)
    triples |= second
    triples <<= np.uint16(5)
    triples |= first
    return padded


def _shapes(chars: Characters, starts: I64, lead: U8, rare: _Rare) -> U8:
    """The shape of each token, of which `lead` is the first byte."""
    # A number is 1, and a letter 2; a capital 3.
    shape: U8 = ((lead - np.uint8(ord("0"))) < 10).view(np.uint8)
    shape += (((lead | np.uint8(32)) - np.uint8(ord("a"))) < 26).view(np.uint8) * np.uint8(Shape.LOWER)
    shape += (lead - np.uint8(ord("A"))) < 26
    shape[rare.clitic] = Shape.LOWER
    if len(rare.odd) and len(starts):
        begins = (rare.odd >= 0) & (chars.odd == starts[rare.odd])
        shape[rare.odd[begins]] = _ODD_SHAPES.take(chars.kinds[begins])
    # The few words with more than a capital at the front are looked at again.
    if len(rare.capital):
        heads = np.flatnonzero(np.concatenate([[True], rare.capital[1:] != rare.capital[:-1]]))
        rows = rare.capital[heads]
        begins = starts.take(rows)
        counts = np.append(heads[1:], len(rare.capital)) - heads + chars.upper.take(begins)
        quotes = np.searchsorted(rare.inner, rows, "right") - np.searchsorted(rare.inner, rows)
        letters = _ends(starts, rows, chars.space) - begins - quotes
        shape[rows] = np.where((counts == letters) & (letters > 1), Shape.UPPER, Shape.MIXED)
    return shape


# --- protected spans -------------------------------------------------------------------------------------------


def _bytes(chars: str, odd: bool = False) -> Bool:
    """(256,): whether a byte is one of `chars`, or with `odd` of those that may be any character beyond ASCII."""
    table = np.zeros(256, np.bool_)
    table[list(chars.encode())] = True
    table[ODD:] = odd
    return table


# What may follow a sign, for anything to be protected: a letter, mostly. All that is odd may be one, and an apostrophe
# (it stands for ʼ too).
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAME = _bytes(_LETTERS + "0123456789'_-", odd=True)
_ANY = np.ones(256, np.bool_)
_FOLLOWS = {
    "@": _NAME, "#": _NAME | _bytes("{"), "&": _NAME | _bytes("#"), "/": _NAME | _bytes(".~"), "\\": _ANY, "_": _NAME,
    "(": _bytes(")"), "-": _bytes("-"), "{": _NAME | _bytes(".:"), "$": _bytes(_LETTERS + "_{", odd=True),
    "%": _bytes("({"), ":": _bytes("/"),
}  # fmt: skip
_LONG_FOLLOWS = {
    "`": _ANY, "<": _NAME | _bytes("/!?%"), "{": _NAME | _bytes("{%#:.= \t"), "[": _NAME | _bytes("[/"), "$": _ANY,
    "\\": _NAME | _bytes("(["), ":": _bytes("`:"),
}  # fmt: skip
_SIGNS, _LONG_SIGNS = _bytes("".join(_FOLLOWS)), _bytes("".join([*_LONG_FOLLOWS, "."]))
_FRONTS = _bytes("\n\r-")  # before the last part of a word that begins a line
_FRONT_SIGNS = _bytes("-+;{")


def _humps(chars: Characters, starts: I64, lead: U8, capital: I64) -> I64:
    """Where words begin that are written like camelCase: two small letters, and a capital later on; `capital` are the
    tokens of the capitals that are no word's first letter."""
    rows = np.unique(capital)
    rows = rows.compress((lead.take(rows) - np.uint8(ord("a"))) < 26)
    at = starts.take(rows)
    return at.compress((chars.byte.take(at + 1) - np.uint8(ord("a"))) < 26)


def _protected(
    text: str, texts: list[str], chars: Characters, offset: I64, starts: I64, lead: U8, points: I64, capital: I64
) -> Bool:
    """(tokens,): what may not be changed, as `protected_spans` says of the whole text; `lead` is their first byte, and
    `points` are the characters that may be points in addresses, `capital` the tokens of capitals inside of words.

    Most texts hold no sign of it; where one stands, only what lies around it is searched, unless it begins a span that
    may go on for paragraphs.
    """
    protected = np.zeros(len(starts), np.bool_)
    rows = np.flatnonzero((_SIGNS | _LONG_SIGNS).take(lead))
    signs = starts.take(rows)
    first = starts.take(np.flatnonzero(_FRONT_SIGNS.take(lead)))
    first = first.compress(np.isin(first, offset))
    humps = _humps(chars, starts, lead, capital)
    if not (len(signs) or len(points) or len(humps)):
        return protected
    here, one = chars.byte.take(signs), chars.byte.take(signs + 1, mode="clip")
    sign, long = np.zeros(len(signs), np.bool_), np.zeros(len(signs), np.bool_)
    for found, table in ((sign, _FOLLOWS), (long, _LONG_FOLLOWS)):
        for mark, follows in table.items():
            found |= (here == ord(mark)) & follows.take(one)
    # Heads of mails have a colon behind the first word of a line, or the last part of it; directives two points.
    before = chars.byte.take(np.maximum(starts.take(np.maximum(rows - 1, 0)) - 1, 0))
    long |= (here == ord(":")) & (_FRONTS.take(before) | (rows < 2))
    long |= (here == _POINT) & (one == _POINT) & _bytes(" \t").take(chars.byte.take(signs + 2, mode="clip"))
    # A point in an address or the name of a file stands between characters of names.
    before, behind = chars.byte.take(points - 1), chars.byte.take(points + 1, mode="clip")
    points = points.compress(
        (chars.byte.take(points) == _POINT) & _NAME.take(before) & (_NAME.take(behind) | _bytes("wW").take(before))
    )
    spans = spans_around(text, np.sort(np.concatenate([signs.compress(sign), points, humps])).tolist())
    for k in sorted(set((np.searchsorted(offset, [*signs.compress(long), *first], side="right") - 1).tolist())):
        spans += [(int(offset[k]) + a, int(offset[k]) + b) for a, b in long_spans(texts[k])]
    if spans:
        begin, stop = np.array(spans, np.int64).T
        # From the token that the span begins in, if it does.
        first, last = np.searchsorted(starts, begin, "right"), np.searchsorted(starts, stop)
        before = np.maximum(first - 1, 0)
        first -= (first > 0) & (_ends(starts, before, chars.space) > begin)
        for a, b in zip(first.tolist(), last.tolist(), strict=True):
            protected[a:b] = True
    return protected
