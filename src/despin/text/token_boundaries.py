"""Where tokens begin and end, and what few of them have. Start reading from `boundaries`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..util.array_types import I64, Bool
from .characters import Characters

_QUOTE, _POINT = b"'."


@dataclass(frozen=True, slots=True, eq=False)
class RareTokens:
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


def boundaries(chars: Characters) -> tuple[I64, RareTokens]:
    """The first character of each token; and what is rare."""
    byte, letter, digit, space = chars.byte, chars.letter, chars.digit, chars.space
    size = len(byte)
    if size == 0:
        none = np.zeros(0, np.int64)
        return none, RareTokens(none, none, none, none, none, none)
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
    return starts, RareTokens(quotes, inner, inner.compress(is_clitic), odd, capital.take(np.cumsum(run) - 1), points)


def ends_of(starts: I64, rows: I64, space: Bool) -> I64:
    """(rows,): the character behind the last of some tokens: where the next begins, but for the space before it."""
    ends = starts.take(rows + 1, mode="clip")
    ends[rows == len(starts) - 1] = len(space)
    ends -= space.take(ends - 1)
    wide = np.flatnonzero(space.take(ends - 1))  # more than one character of space
    if len(wide):
        solid = np.flatnonzero(~space)
        ends[wide] = solid[np.searchsorted(solid, ends[wide]) - 1] + 1
    return ends


def paragraph_starts(chars: Characters, starts: I64) -> Bool:
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
