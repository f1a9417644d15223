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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
import regex
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
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


# --- character tables ------------------------------------------------------------------------------------------

_SPACE, _LETTER, _DIGIT, _OTHER = 0, 1, 2, 3
_BMP = 0x10000

# What is written in several ways and means one thing to a reader: the hash sees the plain form.
_PLAIN = {
    "’": "'", "‘": "'", "ʼ": "'", "＇": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "＂": '"',
    "–": "—", "―": "—", "‒": "—", "‐": "-", "‑": "-", "−": "-",
}  # fmt: skip
_PLAIN_CODES = str.maketrans(_PLAIN)
_APOSTROPHES = "'’ʼ＇"


def _class_of(char: str) -> int:
    if char.isspace():
        return _SPACE
    if char in _APOSTROPHES:
        return _OTHER
    if char.isalpha() or regex.match(r"\p{M}", char):
        return _LETTER
    return _DIGIT if char.isdecimal() else _OTHER


def _normal(char: str) -> str:
    lowered = _PLAIN.get(char, char).lower()
    return lowered if len(lowered) == 1 else char


def _scramble(value: U64) -> U64:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.bool_], U64]:
    """Class, plain lower-case form and case of every code point of the basic plane; the powers of the hash."""
    classes = np.empty(_BMP, np.uint8)
    normal = np.arange(_BMP, dtype=np.uint32)
    upper = np.zeros(_BMP, np.bool_)
    for code in range(_BMP):
        char = chr(code)
        classes[code] = _class_of(char) if not 0xD800 <= code < 0xE000 else _OTHER
        plain = _normal(char)
        normal[code] = ord(plain)
        upper[code] = char.isupper() or char.istitle()
    powers = _scramble(np.arange(1, 65, dtype=np.uint64)) | np.uint64(1)
    for table in (classes, normal, upper, powers):
        table.flags.writeable = False
    return classes, normal, upper, powers


def _look_up(codes: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], NDArray[np.uint32], Bool]:
    classes, normal, upper, _ = _tables()
    if codes.size == 0 or int(codes.max()) < _BMP:
        return classes[codes], normal[codes], upper[codes]
    low = np.minimum(codes, _BMP - 1)
    out = classes[low], normal[low], upper[low]
    for code in np.unique(codes[codes >= _BMP]).tolist():
        char, where = chr(code), codes == code
        out[0][where] = _class_of(char)
        out[1][where] = ord(_normal(char))
        out[2][where] = char.isupper()
    return out


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32, copy=False)


def _hash_runs(normal: NDArray[np.uint32], blank: Bool, starts: I64) -> U64:
    """Hash of each run of characters that begins at `starts` and ends before the next one; blanks count nothing.

    A sum of scrambled (character, place in word) pairs: order matters, and the whole text is hashed at once.
    """
    if len(starts) == 0:
        return np.zeros(0, np.uint64)
    if starts[0]:  # blanks before the first word
        normal, blank, starts = normal[starts[0] :], blank[starts[0] :], starts - starts[0]
    lengths = np.diff(starts, append=len(normal))
    place = np.arange(len(normal), dtype=np.int64) - np.repeat(starts, lengths)
    powers = _tables()[3]
    values = (normal.astype(np.uint64) + np.uint64(1)) * powers[np.minimum(place, 63)]
    values ^= values >> np.uint64(29)
    values *= np.uint64(0x9E3779B97F4A7C15)
    values[blank] = 0
    return _scramble(np.add.reduceat(values, starts))


def hash_words(words: Sequence[str]) -> U64:
    """The `Tokens.word` of each of `words`, each of them one token as it may stand in a text.

    >>> bool(hash_words(["Women"])[0] == tokenise(["women"]).word[0])
    True
    """
    if not words:
        return np.zeros(0, np.uint64)
    joined = _codes("".join(words))
    lengths = np.fromiter((len(word) for word in words), np.int64, len(words))
    if lengths.min() == 0:
        raise ValueError("an empty string is not a word")
    _, normal, _ = _look_up(joined)
    return _hash_runs(normal, np.zeros(len(joined), np.bool_), np.cumsum(lengths) - lengths)


def normalise(text: str) -> str:
    """`text` as the hash sees it: lower-cased, quotes and dashes straightened, one character for one.

    >>> normalise("Women’s")
    "women's"
    """
    plain = text.translate(_PLAIN_CODES)
    lowered = plain.lower()
    # Two things lower() does that one character at a time would not: it lengthens İ, and it looks around Σ.
    if len(lowered) == len(plain) and "Σ" not in plain:
        return lowered
    return "".join(_normal(char) for char in text)


# --- protected spans -------------------------------------------------------------------------------------------


def _pattern(text: str) -> regex.Pattern[str]:
    return regex.compile(text, regex.DOTALL | regex.IGNORECASE)


# What is protected, by a sign that a text must hold before it is worth a search: most texts hold none.
_PROTECTED: tuple[tuple[tuple[str, ...], regex.Pattern[str]], ...] = (
    (("`",), _pattern(r"```.*?(?:```|\z)|`[^`\n]+`")),  # code, fenced and inline
    (
        ("<",),  # elements whose content is no prose, comments, tags
        _pattern(
            r"<(?:script|style|pre|code)\b[^>]*>.*?(?:</(?:script|style|pre|code)\s*>|\z)"
            r"|<!--.*?(?:-->|\z)|</?[a-z][^<>]*>"
        ),
    ),
    (("&",), _pattern(r"&(?:\#\d+|\#x[0-9a-f]+|[a-z][a-z0-9]+);")),  # entities
    (("://", "www."), _pattern(r"\b(?:https?|ftp)://[^\s<>\"]+|\bwww\.[^\s<>\"]+")),
    (("@",), _pattern(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\w)@\w+")),  # e-mail, handles
    (("#",), _pattern(r"(?<!\w)\#\w+")),
    (
        (".com", ".org", ".net", ".edu", ".gov", ".io", ".co.uk"),  # addresses without a scheme
        _pattern(r"(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|io|co\.uk)\b(?:/[^\s<>\"]*)?"),
    ),
)


def protected_spans(text: str) -> list[tuple[int, int]]:
    """Spans of `text` that must stay as they are, in code points, half-open, increasing.

    >>> protected_spans("mail me@example.org or see www.example.org")
    [(5, 19), (27, 42)]
    """
    lowered = text.lower()
    spans = [
        match.span()
        for signs, pattern in _PROTECTED
        if any(sign in lowered for sign in signs)
        for match in pattern.finditer(text)
    ]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


# --- the stage -------------------------------------------------------------------------------------------------


def tokenise(texts: Iterable[str]) -> Tokens:
    """Columns of the tokens of `texts`.

    >>> tokens = tokenise(["Women’s 1,000 e-mails."])
    >>> [tokens.text[s:e] for s, e in zip(tokens.start.tolist(), tokens.end.tolist())]
    ['Women', '’s', '1,000', 'e', '-', 'mails', '.']
    """
    texts = list(texts)
    text = "\n".join(texts)
    lengths = np.fromiter((len(t) + 1 for t in texts), np.int64, len(texts))
    offset = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    codes = _codes(text)
    classes, normal, upper = _look_up(codes)

    starts, ends = _boundaries(codes, classes, normal)
    word = _hash_runs(normal, classes == _SPACE, starts)
    # A hash run reaches to the next token; only blanks, which count nothing, lie between.
    document = (np.searchsorted(offset, starts, side="right") - 1).astype(np.int32)
    breaks = np.concatenate([np.zeros(1, np.int64), np.cumsum((codes == 10) | (codes == 13) | (codes == 0x2029))])
    opens = np.ones(len(starts), np.bool_)
    opens[1:] = breaks[starts[1:]] != breaks[starts[:-1]]
    protected = np.zeros(len(starts), np.bool_)
    for index, one in enumerate(texts):
        for first, last in protected_spans(one):
            a, b = np.searchsorted(ends, offset[index] + first, "right"), np.searchsorted(starts, offset[index] + last)
            protected[a:b] = True
    return Tokens(text, offset, starts, ends, word, _shapes(classes, upper, starts, ends), document, opens, protected)


def _boundaries(codes: NDArray[np.uint32], classes: NDArray[np.uint8], normal: NDArray[np.uint32]) -> tuple[I64, I64]:
    size = len(codes)
    if size == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    letter, digit = classes == _LETTER, classes == _DIGIT
    joined = np.zeros(size + 1, np.bool_)  # joined[i]: character i belongs to the token of character i - 1
    joined[1:size] = (letter[1:] & letter[:-1]) | (digit[1:] & digit[:-1])
    marks = np.flatnonzero(classes == _OTHER)
    marks = marks[(marks > 0) & (marks < size - 1)]
    sign = codes[marks]
    point = marks[((sign == 46) | (sign == 44))]
    point = point[digit[point - 1] & digit[point + 1]]
    joined[point] = joined[point + 1] = True
    quote = marks[normal[marks] == 39]
    quote = quote[letter[quote - 1] & letter[quote + 1]]
    quote = quote[codes[quote] != 0x60]
    joined[quote] = joined[quote + 1] = True
    follows = np.minimum(quote + 2, size - 1)
    ends_word = (quote + 2 >= size) | ~(letter[follows] | joined[np.minimum(quote + 3, size)] & (normal[follows] == 39))
    joined[quote[(normal[quote + 1] == 115) & ends_word]] = False  # the clitic 's stands for itself
    inside = classes != _SPACE
    joined[:size] &= inside
    starts = np.flatnonzero(inside & ~joined[:size])
    last = np.flatnonzero(inside & ~joined[1:])
    return starts.astype(np.int64), last.astype(np.int64) + 1


def _shapes(classes: NDArray[np.uint8], upper: Bool, starts: I64, ends: I64) -> NDArray[np.uint8]:
    if len(starts) == 0:
        return np.zeros(0, np.uint8)
    letters = np.add.reduceat((classes == _LETTER).astype(np.int32), starts)
    capitals = np.add.reduceat(upper.astype(np.int32), starts)
    first = upper[starts]
    shape = np.full(len(starts), Shape.MIXED, np.uint8)
    shape[capitals == 0] = Shape.LOWER
    shape[(capitals == letters) & (letters > 1)] = Shape.UPPER
    shape[(capitals == 1) & first] = Shape.TITLE
    shape[letters == 0] = Shape.OTHER
    shape[(letters == 0) & (classes[starts] == _DIGIT)] = Shape.NUMBER
    return shape
