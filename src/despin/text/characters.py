"""What a character is to all later stages: its class, its normal form, whether it is a capital; a text as bytes.

The normal form of a character is its lower case, with typographic quotes and dashes straightened: what is written in
several ways and means one thing to a reader has one form, which the hash of a word sees (`hashing`).

Start reading from `Characters`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np

from ..util.array_types import I64, U8, U32, Bool
from ..util.lazy_regex import lazy

SPACE, LETTER, DIGIT, OTHER = 0, 1, 2, 3

# What is written in several ways and means one thing to a reader: the hash sees the plain form.
_PLAIN = {
    "’": "'", "‘": "'", "ʼ": "'", "＇": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "＂": '"',
    "–": "—", "―": "—", "‒": "—", "‐": "-", "‑": "-", "−": "-",
}  # fmt: skip
_PLAIN_CODES = str.maketrans(_PLAIN)
_APOSTROPHES = "'’ʼ＇"

_MARK = lazy(r"\p{M}")


def _is_mark(char: str) -> bool:
    """Whether `char` is a combining mark, as `regex` has it, which may know a later Unicode than Python does."""
    category = unicodedata.category(char)
    return category[0] == "M" or (category == "Cn" and _MARK.match(char) is not None)


def class_of(char: str) -> int:
    """`SPACE`, `LETTER`, `DIGIT` or `OTHER`."""
    if char.isspace():
        return SPACE
    if char in _APOSTROPHES:
        return OTHER
    if char.isalpha() or _is_mark(char):
        return LETTER
    return DIGIT if char.isdecimal() else OTHER


def normal(char: str) -> str:
    """The form that the hash sees; one character."""
    lowered = _PLAIN.get(char, char).lower()
    return lowered if len(lowered) == 1 else char


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
    return "".join(normal(char) for char in text)


@cache
def facts_of(code: int) -> tuple[int, int, bool]:
    """Class, normal form and whether it is a capital, of one character; lone surrogates are none of anything."""
    char = chr(code)
    return class_of(char), ord(normal(char)), char.isupper() or char.istitle()


def codes_of(text: str) -> U32:
    """(n,): the code points of `text`."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32, copy=False)


# --- a text as bytes -------------------------------------------------------------------------------------------

ODD = 128
CAPITAL = 4
_CONTROLS = 28  # below are control characters; the four from it on are spaces

# What is known of the characters beyond ASCII that have been seen; 0 where nothing is. Pages that nobody touches take
# no memory.
_facts = np.zeros(0x110000, np.uint8)  # 1 + 2 · (class + CAPITAL)
_bytes = np.zeros(0x110000, np.uint8)
_normals = np.zeros(0x110000, np.uint32)


def _remember(codes: I64) -> None:
    for code in set(codes[_facts.take(codes) == 0].tolist()):
        kind, form, capital = facts_of(code)
        # The ASCII character that is the same to every later stage, if there is one.
        _bytes[code] = ODD if form >= 128 else ord(chr(form).upper()) if capital else form
        _normals[code] = form
        _facts[code] = 1 + 2 * (kind + CAPITAL * capital)  # last: from now on the others are trusted


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """A text as bytes: what it is made of is told by arithmetic on them, a few hundredths of a nanosecond each.

    A character beyond ASCII is written as its normal form where that is in ASCII, as ’ is; else it is *odd*: a byte of
    `ODD` here, and a row of the columns `odd` and `normals`.
    """

    byte: U8
    letter: Bool
    digit: Bool
    space: Bool
    upper: Bool
    odd: I64
    """Where the odd characters are."""
    normals: U32
    """Their normal forms."""
    kinds: U8
    """What they are: `SPACE`, `LETTER`, `DIGIT` or `OTHER`, and `CAPITAL` added if they are one."""
    breaks: I64
    """Where the line breaks are that end a paragraph."""

    @classmethod
    def of(cls, text: str) -> Characters:
        if text.isascii():
            byte = np.frombuffer(text.encode("ascii"), np.uint8)
            none = np.zeros(0, np.int64)
            return cls._with(byte, np.flatnonzero(byte < _CONTROLS), none, none)
        # An array of one string is written several times as fast as the string is encoded.
        codes = np.array(text, f"<U{len(text)}").reshape(1).view("<u4")
        byte = codes.astype(np.uint8)
        # One search finds what is beyond ASCII and the control characters.
        few = np.flatnonzero((codes >= 128) | (byte < _CONTROLS))
        here = codes.take(few)
        beyond, own = few.compress(here >= 128), here.compress(here >= 128).astype(np.int64)
        _remember(own)
        byte[beyond] = plain = _bytes.take(own)
        odd = np.flatnonzero(plain == ODD)
        return cls._with(byte, few.compress(here < 128), beyond[odd], own[odd])

    @classmethod
    def _with(cls, byte: U8, controls: I64, odd: I64, codes: I64) -> Characters:
        letter = ((byte | np.uint8(32)) - np.uint8(97)) < 26
        upper = (byte - np.uint8(65)) < 26
        digit = (byte - np.uint8(48)) < 10
        # Nearly all control characters are line breaks or other spaces: those that are not are taken out again.
        space = byte <= 32
        here = byte.take(controls)
        space[controls.compress((here - np.uint8(9)) >= 5)] = False
        breaks = controls.compress((here == 10) | (here == 13))
        kinds = _facts.take(codes) >> np.uint8(1)
        if len(odd):
            kind = kinds & np.uint8(CAPITAL - 1)
            letter[odd], digit[odd], space[odd] = kind == LETTER, kind == DIGIT, kind == SPACE
            upper[odd] = kinds >= CAPITAL
            more = odd.compress(codes == 0x2029)
            breaks = np.sort(np.concatenate([breaks, more])) if len(more) else breaks
        return cls(byte, letter, digit, space, upper, odd, _normals.take(codes), kinds, breaks)
