"""Tokens → damage that shows without any dictionary: what a spinner breaks and an honest writer hardly ever does.

Five kinds, each a rule about neighbouring tokens, with the weight that was measured for it:

    article      an article that does not fit the word after it: *a extra seat*, *an company*
    possessive   a regular plural with 's (*kids's*), a lone apostrophe where none belongs (*Women' Generation*)
    doubled      a word twice in a row, where nobody says it twice: *tons of of*, *it looks like like*
    digits       a number word where digits belong: *seven.8*, *three,000*, *two%*
    spintax      what a spinner writes for itself, left over: *{big|large}*

They tell that a text was spun, not what stood there before; only a doubled word and left-over spintax can be mended
(`repairs`). Start reading from `find`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import regex
from numpy.typing import NDArray

from .language import Surface
from .phrases import hash_phrases
from .tokens import Shape, Tokens, hash_words, normalise

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
I32 = NDArray[np.int32]
U64 = NDArray[np.uint64]
Bool = NDArray[np.bool_]

KINDS = ("article", "possessive", "doubled", "digits", "spintax", "half")
ARTICLE, POSSESSIVE, DOUBLED, DIGITS, SPINTAX, HALF = range(len(KINDS))

_SPINTAX = regex.compile(r"(?<!\{)\{[^{}|\n]*\p{L}[^{}|\n]*(?:\|[^{}|\n]*)+\}(?!\})")


@dataclass(frozen=True, slots=True, eq=False)
class Damage:
    """Damaged places of a batch, one row each, by place; two kinds may share a token."""

    first: I64
    """First token."""
    last: I64
    """Last token + 1."""
    kind: NDArray[np.uint8]
    """Index into `KINDS`."""
    document: I32
    """The text each lies in."""
    phrase: U64
    """What is damaged, as a hash: equal places have equal ones."""

    def __len__(self) -> int:
        return len(self.first)


def find(tokens: Tokens, surface: Surface) -> Damage:
    """All damage in a batch. Protected tokens and the borders of paragraphs are left alone."""
    place = _Places.of(tokens)
    found = [
        _articles(tokens, surface, place),
        _possessives(tokens, surface, place),
        _doubled(tokens, surface, place),
        _digits(tokens, surface, place),
        _spintax(tokens),
        _half(tokens, place),
    ]
    first = np.concatenate([spans[0] for spans in found])
    last = np.concatenate([spans[1] for spans in found])
    kind = np.repeat(np.arange(len(KINDS), dtype=np.uint8), [len(spans[0]) for spans in found])
    order = np.lexsort((kind, first))
    first, last, kind = first[order], last[order], kind[order]
    phrase = hash_phrases([tokens.word[first], tokens.word[last - 1]]) if len(first) else np.zeros(0, np.uint64)
    return Damage(first, last, kind, tokens.document[first], phrase)


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """How each token stands to the next; the last one stands to none."""

    glued: Bool
    """(tokens,): nothing between this token and the next."""
    spaced: Bool
    """(tokens,): one character, and no line break, between them."""

    @classmethod
    def of(cls, tokens: Tokens) -> _Places:
        near = np.zeros(len(tokens), np.bool_)
        gap = np.zeros(len(tokens), np.int64)
        if len(tokens):
            near[:-1] = ~(tokens.opens[1:] | tokens.protected[1:] | tokens.protected[:-1])
            gap[:-1] = tokens.start[1:] - tokens.end[:-1]
        return cls(near & (gap == 0), near & (gap == 1))


def _matching(tokens: Tokens, rows: I64, pattern: regex.Pattern[str]) -> Bool:
    """(rows,): whether `pattern` matches the normalised form of each token; asked once for each distinct word."""
    _, one, which = np.unique(tokens.word[rows], return_index=True, return_inverse=True)
    answers = [bool(pattern.match(normalise(_form(tokens, row)))) for row in rows[one].tolist()]
    return np.array(answers, np.bool_)[which]


def _form(tokens: Tokens, row: int) -> str:
    return tokens.text[int(tokens.start[row]) : int(tokens.end[row])]


def _articles(tokens: Tokens, surface: Surface, place: _Places) -> tuple[I64, I64]:
    found = [np.zeros(0, np.int64)]
    for article, pattern in surface.misfits.items():
        rows = np.flatnonzero((tokens.word == hash_words([article])[0]) & place.spaced)
        # Names, abbreviations and single letters are read aloud in more than one way.
        rows = rows[(tokens.shape[rows] <= Shape.TITLE) & (tokens.shape[rows + 1] == Shape.LOWER)]
        rows = rows[tokens.end[rows + 1] - tokens.start[rows + 1] > 1]
        found.append(rows[_matching(tokens, rows + 1, pattern)])
    first = np.concatenate(found)
    return first, first + 2


def _possessives(tokens: Tokens, surface: Surface, place: _Places) -> tuple[I64, I64]:
    clitic = np.flatnonzero(place.glued[:-1] & (tokens.word[1:] == hash_words([surface.genitive])[0]))
    clitic = clitic[tokens.shape[clitic] == Shape.LOWER]  # names end as they like: James's
    clitic = clitic[_matching(tokens, clitic, surface.never_genitive)]

    quote = (tokens.word == hash_words(["'"])[0]) & (tokens.end - tokens.start == 1)
    follows = np.zeros(len(tokens), np.bool_)
    follows[1:] = place.glued[:-1] & (tokens.shape[:-1] >= Shape.LOWER)
    # Where a quotation may have begun in the same paragraph, the apostrophe may be its end.
    begins = np.cumsum(quote & ~follows)
    paragraph = np.flatnonzero(tokens.opens)
    before = begins - np.repeat(
        begins[paragraph] - (quote & ~follows)[paragraph], np.diff(paragraph, append=len(tokens))
    )
    lone = np.flatnonzero(quote & follows & place.spaced & (before == 0)) - 1
    lone = lone[(tokens.shape[lone] <= Shape.TITLE) & (tokens.shape[lone + 2] >= Shape.LOWER)]
    lone = lone[~_matching(tokens, lone, surface.apostrophe_at_home)]
    first = np.concatenate([clitic, lone])
    return first, first + 2


def _doubled(tokens: Tokens, surface: Surface, place: _Places) -> tuple[I64, I64]:
    twice = np.zeros(len(tokens), np.bool_)
    twice[:-1] = (tokens.word[1:] == tokens.word[:-1]) & place.spaced[:-1]
    rows = np.flatnonzero(twice & (tokens.shape == Shape.LOWER))
    rows = rows[tokens.shape[rows + 1] == Shape.LOWER]
    rows = rows[~twice[np.maximum(rows - 1, 0)] & ~twice[rows + 1]]  # three times is a song
    rows = rows[~np.isin(tokens.word[rows], hash_words(sorted(surface.repeatable)))]
    return rows, rows + 2


def _half(tokens: Tokens, place: _Places) -> tuple[I64, I64]:
    lower = tokens.shape == Shape.LOWER
    length = tokens.end - tokens.start
    rows = np.flatnonzero(
        place.spaced[:-1]
        & lower[:-1]
        & lower[1:]
        & (np.abs(length[1:] - length[:-1]) == 1)
        & (np.minimum(length[1:], length[:-1]) > 2)
    )
    codes = np.frombuffer(tokens.text.encode("utf-32-le", "surrogatepass"), "<u4")
    rows = rows[
        (codes[tokens.start[rows]] == codes[tokens.start[rows + 1]])
        & (codes[tokens.start[rows] + 1] == codes[tokens.start[rows + 1] + 1])
    ]
    keep = []
    for row in rows.tolist():
        a, b = sorted((_form(tokens, row), _form(tokens, row + 1)), key=len)
        if b == a + "s" and a not in ("the", "that", "not", "them"):
            keep.append(row)
    out = np.array(keep, np.int64)
    return out, out + 2


def _digits(tokens: Tokens, surface: Surface, place: _Places) -> tuple[I64, I64]:
    word = np.isin(tokens.word, hash_words(sorted(surface.number_words))) & (tokens.shape <= Shape.TITLE)
    number = tokens.shape == Shape.NUMBER
    inner = np.isin(tokens.word, hash_words([".", ",", ":"])) & place.glued
    inner[1:] &= place.glued[:-1]
    middle = np.flatnonzero(inner[1:-1] & (word[:-2] & number[2:] | number[:-2] & word[2:]))
    percent = np.flatnonzero(place.glued[:-1] & word[:-1] & (tokens.word[1:] == hash_words(["%"])[0]))
    price = np.flatnonzero(place.glued[:-1] & word[1:] & np.isin(tokens.word[:-1], hash_words(list("$£€"))))
    first = np.concatenate([middle, percent, price])
    return first, first + np.repeat([3, 2, 2], [len(middle), len(percent), len(price)])


def _spintax(tokens: Tokens) -> tuple[I64, I64]:
    spans = [match.span() for match in _SPINTAX.finditer(tokens.text)] if "{" in tokens.text else []
    first = np.searchsorted(tokens.start, np.array([start for start, _ in spans], np.int64))
    last = np.searchsorted(tokens.start, np.array([end for _, end in spans], np.int64))
    clear = [not tokens.protected[a:b].any() for a, b in zip(first.tolist(), last.tolist(), strict=True)]
    keep = np.array(clear, np.bool_)
    return first[keep], last[keep]
