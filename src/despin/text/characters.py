"""Characters → classes and hashes: what a letter is, and the 64-bit number that a word is known by.

The hash of a word is a sum over its characters of a scrambled (normal form, place) pair, scrambled once more:

    hash(w) = scramble( Σ term(normal(w[i]), min(i, 63)) )

A sum can be taken in any order and grouping. So the terms of three neighbouring ASCII letters are looked up together,
in a table of all triples (`triple_terms`): a third of a look-up a letter. Other characters are computed one by one.

* The normal form of a character is its lower case, with typographic quotes and dashes straightened.
* Language models are stored with these hashes: the function must never change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import regex
from numpy.typing import NDArray

from ..util.array_types import I64, U8, U32, U64, Bool

SPACE, LETTER, DIGIT, OTHER = 0, 1, 2, 3

# What is written in several ways and means one thing to a reader: the hash sees the plain form.
_PLAIN = {
    "’": "'", "‘": "'", "ʼ": "'", "＇": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "＂": '"',
    "–": "—", "―": "—", "‒": "—", "‐": "-", "‑": "-", "−": "-",
}  # fmt: skip
_PLAIN_CODES = str.maketrans(_PLAIN)
_APOSTROPHES = "'’ʼ＇"
PLACES = 64  # places in a word that the hash tells apart
TRIPLES = 1 << 15  # triples of letters, five bits each: 1 to 26 are those of ASCII, 27 is an apostrophe, 0 is neither
APOSTROPHE = 27

_MARK = regex.compile(r"\p{M}")


def class_of(char: str) -> int:
    """`SPACE`, `LETTER`, `DIGIT` or `OTHER`."""
    if char.isspace():
        return SPACE
    if char in _APOSTROPHES:
        return OTHER
    if char.isalpha() or _MARK.match(char):
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
def known(code: int) -> tuple[int, int, bool]:
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


def _learn(codes: I64) -> None:
    for code in set(codes[_facts.take(codes) == 0].tolist()):
        kind, form, capital = known(code)
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
        _learn(own)
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

    def hash_runs(self, at: I64, starts: I64) -> U64:
        """The hash of each run of the characters `at`, which begin at those of `at` that `starts` says."""
        place = np.arange(len(at)) - np.repeat(starts, np.diff(starts, append=len(at)))
        byte = self.byte.take(at)
        values = _all_terms().take(np.minimum(place, PLACES - 1) << 8 | byte)
        if len(self.odd):
            odd = np.flatnonzero(byte == ODD)
            which = np.searchsorted(self.odd, at.take(odd))
            values[odd] = terms(self.normals.take(which), place.take(odd))
        return scramble(np.add.reduceat(values, starts))


# --- the hash --------------------------------------------------------------------------------------------------


def scramble(value: U64) -> U64:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit."""
    shifted = value >> np.uint64(30)
    value = value ^ shifted
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= np.right_shift(value, np.uint64(27), out=shifted)
    value *= np.uint64(0x94D049BB133111EB)
    value ^= np.right_shift(value, np.uint64(31), out=shifted)
    return value


@cache
def _powers() -> U64:
    powers: U64 = scramble(np.arange(1, PLACES + 1, dtype=np.uint64)) | np.uint64(1)
    powers.flags.writeable = False
    return powers


def terms(normals: NDArray[np.uint32] | NDArray[np.uint64], place: I64) -> U64:
    """What characters of the normal forms `normals` at `place` in their words add to the sum; each (n,)."""
    values = normals.astype(np.uint64) + np.uint64(1)
    values *= _powers()[np.minimum(place, PLACES - 1)]
    values ^= values >> np.uint64(29)
    values *= np.uint64(0x9E3779B97F4A7C15)
    return values


@cache
def _all_terms() -> U64:
    """(PLACES · 256,): what each ASCII character adds at each place, at [character + 256 · place]."""
    table = np.zeros((PLACES, 256), np.uint64)
    normals = np.array([known(code)[1] for code in range(128)], np.uint32)
    table[:, :128] = terms(np.tile(normals, PLACES), np.repeat(np.arange(PLACES), 128)).reshape(PLACES, 128)
    table.flags.writeable = False
    return table.reshape(-1)


def single_terms() -> U64:
    """(256,): what each ASCII character adds at the place 0."""
    return _all_terms()[:256]


@cache
def triple_terms(place: int) -> U64:
    """(TRIPLES,): what the letters a, b, c at `place` and behind it add, at [a + 32 · b + 1024 · c]."""
    letters = np.arange(32, dtype=np.uint32) + np.uint32(96)
    letters[APOSTROPHE] = ord("'")
    single = terms(np.tile(letters, 3), place + np.repeat(np.arange(3), 32)).reshape(3, 32)
    single[:, 0] = 0
    table: U64 = (single[2][:, None, None] + single[1][:, None] + single[0]).reshape(TRIPLES)
    table.flags.writeable = False
    return table


def hash_runs(normals: U32, starts: I64) -> U64:
    """The hash of each run of characters that begins at one of `starts`, the first of which is 0."""
    if not len(starts):
        return np.zeros(0, np.uint64)
    place = np.arange(len(normals)) - np.repeat(starts, np.diff(starts, append=len(normals)))
    return scramble(np.add.reduceat(terms(normals, place), starts))


def normals_of(codes: U32) -> U32:
    """(n,): the normal form of each code point."""
    distinct, which = np.unique(codes, return_inverse=True)
    forms = np.array([known(code)[1] for code in distinct.tolist()], np.uint32)
    return forms[which] if len(forms) else forms


def hash_words(words: Sequence[str]) -> U64:
    """The `Tokens.word` of each of `words`, each of them one token as it may stand in a text.

    >>> [f"{value:x}" for value in hash_words(["Women", "women"]).tolist()]
    ['1b50cd5cacfa3172', '1b50cd5cacfa3172']
    """
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    if lengths.min(initial=1) == 0:
        raise ValueError("an empty string is not a word")
    return hash_runs(normals_of(codes_of("".join(words))), np.cumsum(lengths) - lengths)
