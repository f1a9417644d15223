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

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import regex
from numpy.typing import NDArray

from .arrays import among
from .findings import Evidence, Finding
from .language import Surface
from .phrases import hash_phrases
from .tokens import Shape, Tokens, hash_words, normalise

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
I32 = NDArray[np.int32]
U64 = NDArray[np.uint64]
Bool = NDArray[np.bool_]

FAMILY = "damage"  # of its findings: no dictionary, and no kind of spinner
KINDS = ("article", "possessive", "doubled", "digits", "spintax")
_DOUBLED, _SPINTAX = KINDS.index("doubled"), KINDS.index("spintax")

# Log-odds, natural, of one mistake. How they were measured: different mistakes of a text in 10,000 words, in the 23,669
# training pairs, spun against original, one half of the pairs at a time; the honest rate is the worst of the originals
# and of the 18 clean registers, each register's count joined by 20,000 words of originals, since some are small. Here
# stands the lower half's, rounded down. At spin rate 0.25 an article is worth 1.7, not 2.8: `MOST` allows for that.
#
#                  spun   originals   worst register, joined   ln, one half   ln, the other
#     article     14.0      0.39        0.76 student essays        2.91           2.88
#     possessive   1.61     0.06        none in any                3.37           3.07
#     doubled      3.64     0.72        0.90 old fiction           1.39           1.43
#     digits       0.29     0.014       none in any                3.14           2.84
#     spintax      one place in 12 million words, in the original too: nothing to measure, so no weight
#
# Tried and left out, their weight being below 0.7: a word beside its own plural (*days day*), two articles or
# possessives in a row (*the a*), two comparatives in one (*more simpler*), two words said twice (*of the of the*).
WEIGHTS = {"article": 2.8, "possessive": 3.0, "doubled": 1.35, "digits": 2.8, "spintax": 0.0}
MOST_ANSWERS = 1 << 16  # words remembered for each pattern
MOST = 2.0  # of one kind in one text: a writer with one bad habit is not a spinner

# Share of the doubled `mendable` words in spun text where taking one away brings the text nearer to its original: 0.934
# of 1,409, in the half of the training pairs that did not choose the words; 8 of 9 in the development set.
DOUBLED_RIGHT = 0.93

_CHOICE = regex.compile(r"(?<!\{)\{(?=[^{}\n]*\p{L}{3})(?:[\p{L}\p{N}\p{Zs},.'’-]*\|)+[\p{L}\p{N}\p{Zs},.'’-]*\}(?!\})")


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
    """Hash of the first and the last token: the same mistake made twice has one number."""

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
    words, one, which = np.unique(tokens.word[rows], return_index=True, return_inverse=True)
    known = _answers(pattern)
    if len(known) > MOST_ANSWERS:
        known.clear()
    for word, row in zip(words.tolist(), rows[one].tolist(), strict=True):
        if word not in known:
            known[word] = bool(pattern.match(normalise(_form(tokens, row))))
    return np.array([known[word] for word in words.tolist()], np.bool_)[which]


@cache
def _answers(pattern: regex.Pattern[str]) -> dict[int, bool]:
    """Whether `pattern` matches the words with these hashes: remembered, since texts are made of the same words."""
    return {}


@cache
def _hashes(words: tuple[str, ...]) -> U64:
    return hash_words(words)


def _form(tokens: Tokens, row: int) -> str:
    return tokens.text[int(tokens.start[row]) : int(tokens.end[row])]


def _articles(tokens: Tokens, surface: Surface, place: _Places) -> tuple[I64, I64]:
    found = [np.zeros(0, np.int64)]
    for article, pattern in surface.misfits.items():
        rows = np.flatnonzero((tokens.word == _hashes((article,))[0]) & place.spaced)
        # Names, abbreviations and single letters are read aloud in more than one way.
        rows = rows[(tokens.shape[rows] <= Shape.TITLE) & (tokens.shape[rows + 1] == Shape.LOWER)]
        rows = rows[tokens.end[rows + 1] - tokens.start[rows + 1] > 1]
        found.append(rows[_matching(tokens, rows + 1, pattern)])
    first = np.concatenate(found)
    return first, first + 2


def _possessives(tokens: Tokens, surface: Surface, place: _Places) -> tuple[I64, I64]:
    clitic = np.flatnonzero(place.glued[:-1] & (tokens.word[1:] == _hashes((surface.genitive,))[0]))
    clitic = clitic[tokens.shape[clitic] == Shape.LOWER]  # names end as they like: James's
    clitic = clitic[_matching(tokens, clitic, surface.never_genitive)]

    quote = (tokens.word == _hashes(("'",))[0]) & (tokens.end - tokens.start == 1)
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
    rows = rows[~among(tokens.word[rows], _hashes(tuple(sorted(surface.repeatable))))]
    return rows, rows + 2


def _digits(tokens: Tokens, surface: Surface, place: _Places) -> tuple[I64, I64]:
    known = _hashes(tuple(sorted(surface.number_words)))

    def word(rows: I64) -> Bool:
        return among(tokens.word[rows], known) & (tokens.shape[rows] <= Shape.TITLE)

    # Numbers and signs are rare, so they are looked for first.
    number = np.flatnonzero(tokens.shape == Shape.NUMBER)
    middle = np.concatenate([number[number >= 2] - 2, number[number + 2 < len(tokens)]])
    middle = np.sort(middle[place.glued[middle] & place.glued[middle + 1]])
    middle = middle[among(tokens.word[middle + 1], _hashes((".", ",", ":"))) & (word(middle) | word(middle + 2))]
    sign = np.flatnonzero(tokens.shape == Shape.OTHER)
    percent = sign[(tokens.word[sign] == _hashes(("%",))[0]) & (sign > 0)] - 1
    percent = percent[place.glued[percent] & word(percent)]
    price = sign[among(tokens.word[sign], _hashes(("$", "£", "€"))) & place.glued[sign]]
    price = price[word(price + 1)]
    first = np.concatenate([middle, percent, price])
    return first, first + np.repeat([3, 2, 2], [len(middle), len(percent), len(price)])


def _spintax(tokens: Tokens) -> tuple[I64, I64]:
    spans = [match.span() for match in _CHOICE.finditer(tokens.text)] if "{" in tokens.text else []
    first = np.searchsorted(tokens.start, np.array([start for start, _ in spans], np.int64))
    last = np.searchsorted(tokens.start, np.array([end for _, end in spans], np.int64))
    clear = [not tokens.protected[a:b].any() for a, b in zip(first.tolist(), last.tolist(), strict=True)]
    keep = np.array(clear, np.bool_)
    return first[keep], last[keep]


def log_odds(damage: Damage, documents: int) -> F64:
    """(documents,): what the damage adds to the log-odds, natural logarithm, that each text was spun; never negative.

    Different mistakes of a kind add up to `MOST`; the same mistake made again adds nothing.
    """
    rows = np.stack([damage.document.astype(np.uint64), damage.kind.astype(np.uint64), damage.phrase], axis=1)
    distinct = np.unique(rows, axis=0, return_index=True)[0][:, :2].astype(np.int64)
    times = np.bincount(distinct[:, 0] * len(KINDS) + distinct[:, 1], minlength=documents * len(KINDS))
    weights = np.array([WEIGHTS[kind] for kind in KINDS])
    summed: F64 = np.minimum(times.reshape(documents, len(KINDS)) * weights, MOST).sum(axis=1)
    return summed


def repairs(tokens: Tokens, damage: Damage, texts: Sequence[str], surface: Surface) -> list[list[Finding]]:
    """What can be mended with certainty, for each text, sorted by place, disjoint; meant for texts that were spun.

    Of a doubled word one is taken away, where it is one of those that nobody says twice. Left-over spintax is only
    suggested to be its first choice: which of them the original had, nobody can tell.
    """
    found: list[list[Finding]] = [[] for _ in texts]
    mendable = among(tokens.word[damage.first], _hashes(tuple(sorted(surface.mendable))))
    certain = np.flatnonzero((damage.kind == _DOUBLED) & mendable | (damage.kind == _SPINTAX))
    done = 0
    for row in certain.tolist():
        first, last, document = int(damage.first[row]), int(damage.last[row]), int(damage.document[row])
        if first < done:
            continue
        begin = int(tokens.offset[document])
        start, end = int(tokens.start[first]) - begin, int(tokens.end[last - 1]) - begin
        text = texts[document][start:end]
        if damage.kind[row] == _DOUBLED:
            finding = _finding(start, text, (_form(tokens, first),), DOUBLED_RIGHT, "doubled", "a word twice in a row")
        else:
            choices = tuple(dict.fromkeys(choice.strip() for choice in text[1:-1].split("|") if choice.strip()))
            finding = _finding(start, text, choices, 1 / (len(choices) + 1), "spintax", "a choice left over")
        found[document].append(finding)
        done = last
    return found


def _finding(start: int, found: str, originals: tuple[str, ...], confidence: float, kind: str, note: str) -> Finding:
    """A finding whose one term of evidence is its confidence."""
    return Finding(
        start, start + len(found), found, originals[0], originals[1:], confidence,
        "restore" if kind == "doubled" else "suggest", FAMILY, f"{FAMILY}:{kind}",
        (Evidence("damage", math.log(confidence / (1 - confidence)), note),),
    )  # fmt: skip
