"""What a token is: the hash of its word, and its shape. Start reading from `hash_tokens` and `shapes_of`."""

from __future__ import annotations

from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..util.array_types import I64, U8, U64
from .characters import CAPITAL, DIGIT, LETTER, Characters
from .hashing import APOSTROPHE, TRIPLES, hash_text_runs, hash_words, scramble, single_terms, triple_terms
from .token_boundaries import RareTokens, ends_of


class Shape(IntEnum):
    """How a token is written."""

    OTHER = 0  #: punctuation and symbols
    NUMBER = 1
    LOWER = 2
    TITLE = 3  #: one capital, at the front; a lone capital letter too
    UPPER = 4  #: all capitals, two or more
    MIXED = 5


_ODD_SHAPES = np.full(2 * CAPITAL, Shape.OTHER, np.uint8)  # of tokens that begin with what is odd, by its kind
_ODD_SHAPES[[DIGIT, DIGIT + CAPITAL]] = Shape.NUMBER
_ODD_SHAPES[[LETTER, LETTER + CAPITAL]] = Shape.LOWER, Shape.TITLE

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


def hash_tokens(chars: Characters, starts: I64, lead: U8, rare: RareTokens) -> U64:
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
        sizes = ends_of(starts, rows, chars.space) - starts.take(rows)
        begin = np.cumsum(sizes) - sizes
        at = np.arange(int(sizes.sum())) + np.repeat(starts[rows] - begin, sizes)
        word[rows] = hash_text_runs(chars, at, begin)
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


def shapes_of(chars: Characters, starts: I64, lead: U8, rare: RareTokens) -> U8:
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
        letters = ends_of(starts, rows, chars.space) - begins - quotes
        shape[rows] = np.where((counts == letters) & (letters > 1), Shape.UPPER, Shape.MIXED)
    return shape
