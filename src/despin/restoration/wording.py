"""An original as the dictionary has it → as it should stand where the spun phrase stood.

* What is cut off: the words that both phrases begin or end with stand there already (`Cut`). Where one side joins such
  a word to its neighbour and the other does not, nothing is cut: *he's* becomes *he is* as a whole, never *heis*.
* What may not be replaced at all, since words beside it would be joined to it or parted from it (`Cut.keeps_words`).
* Case, apostrophes, and the article before it. The dictionary is in lower case; the text decides how a phrase is
  written (`fit`).

Start reading from `Cut.of` and `fit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ..dictionary.dictionary import Dictionary
from ..text.characters import hash_words
from ..text.language import SURFACES, Surface
from ..text.numbers import inside, joined
from ..text.tokens import Shape, Tokens, tokenise
from ..util.array_types import I8, I64, AnyArray, Bool
from ..util.arrays import among
from ..util.lazy_regex import late

if TYPE_CHECKING:
    import regex

APOSTROPHES = "'’ʼ"  # how a text may write them
_JOIN_BEFORE = hash_words(["-", "%", "'s"])  # what has no blank before it
_CLITIC = hash_words(["'s"])
_JOIN_BEHIND = hash_words(["-"])
_WORD = late(r"[\p{L}\p{M}\p{N}]+(?:['’ʼ＇][\p{L}\p{M}]+)*")


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Candidates cut down to the words that change; where one side would be empty, a word is left on both.

    A cut lies where both phrases have a blank, or neither has, so that nothing is joined there and nothing parted; and
    not within a number.
    """

    first: I64
    """(candidates,): first token."""
    last: I64
    """(candidates,): last token + 1."""
    entry: I64
    """(candidates,): row in the dictionary."""
    head: I64
    """(candidates,): words that are cut off in front."""
    tail: I64
    """(candidates,): words that are cut off behind."""
    idle: Bool
    """(candidates,): whether both sides are the same words, written in other ways."""

    @classmethod
    def of(cls, first: I64, last: I64, entry: I64, tokens: Tokens, dictionary: Dictionary, surface: Surface) -> Cut:
        """Candidates that put the originals of `entry` for the tokens from `first` up to, not including, `last`."""
        head, tail = dictionary.head.take(entry).astype(np.int64), dictionary.tail.take(entry).astype(np.int64)
        opens, ends = _original(dictionary, entry)
        found, meant = last - first, ends - opens
        empty = np.minimum(found, meant) == head + tail
        idle = empty & (found == meant)
        head, tail = head - (empty & (tail == 0)), tail - (empty & (tail > 0))
        for cut, border, meant_border in ((head, first + head, opens + head), (tail, last - tail, ends - tail)):
            cut *= joined(tokens, border) == dictionary.joined.take(meant_border, mode="clip")
            cut *= ~inside(tokens, border, surface)
        return cls(first + head, last - tail, entry, head, tail, idle)

    def those(self, rows: Bool | I64) -> Cut:
        """The candidates `rows`: numbers, or (candidates,) where they are wanted."""
        return Cut(*(getattr(self, name)[rows] for name in Cut.__slots__))

    def keeps_words(self, tokens: Tokens, dictionary: Dictionary, surface: Surface) -> Bool:
        """(candidates,): whether the tokens around stay as they are where each is put into the text, and no number is
        replaced in part."""
        opens, ends = _original(dictionary, self.entry)
        opens, ends = opens + self.head, ends - self.tail
        edges = (
            (self.first, opens, self.first, -1, self.head, _JOIN_BEFORE),
            (self.last - 1, ends - 1, self.last, 1, self.tail, _JOIN_BEHIND),
        )
        keep = np.ones(len(self.entry), np.bool_)
        for found, meant, border, outwards, cut, joining in edges:
            one, other = tokens.word.take(found), dictionary.word.take(meant)
            glued = joined(tokens, border)
            alike = (cut > 0) | (one == other)
            keep &= alike | ~(among(other, joining) | glued & among(one, joining))
            other_kind = _KIND.take(tokens.shape.take(found)) != _KIND.take(dictionary.shape.take(meant))
            keep &= ~(glued & other_kind & _clings(tokens, found + outwards, outwards))
            keep &= ~inside(tokens, border, surface)
        behind = joined(tokens, self.last) & among(tokens.word.take(self.last, mode="clip"), _CLITIC)
        keep &= ~(behind & among(dictionary.word.take(ends - 1), _CLITIC))  # *let's's*
        return keep


_KIND = np.array([0, 1, 2, 2, 2, 2], np.uint8)  # of a token of each shape: a sign, a number, a word
_APOSTROPHE = hash_words(["'"])
_POINTS = hash_words([".", ","])


def _clings(tokens: Tokens, rows: I64, outwards: int) -> Bool:
    """(rows,): whether each token would be another, or no token, were there something of another kind beside it."""
    rows = np.clip(rows, 0, len(tokens) - 1)
    word, beyond = tokens.word.take(rows), np.clip(rows + outwards, 0, len(tokens) - 1)
    point = among(word, _POINTS) & joined(tokens, np.maximum(rows, beyond))
    point &= tokens.shape.take(beyond) == Shape.NUMBER
    answer: Bool = (tokens.shape.take(rows) > Shape.OTHER) | among(word, _APOSTROPHE) | point
    return answer


def _original(dictionary: Dictionary, entry: I64) -> tuple[I64, I64]:
    """(entries,) each: the first word of the original of each `entry`, and the last + 1, among all originals' words."""
    row = dictionary.original.take(entry)
    return dictionary.first_word.take(row), dictionary.first_word.take(row + 1)


# --- what is put there ------------------------------------------------------------------------------------------


class Wordings:
    """What `wording` says of the entries of a dictionary, each cut to the words that change: asked once, and kept.

    A spinner's favourite substitutions make up most of its work.
    """

    def __init__(self, dictionary: Dictionary, language: str) -> None:
        self._dictionary, self._language = dictionary, language
        self._known = np.zeros(_VARIANTS * len(dictionary), np.bool_)
        self._core, self._settled = np.empty((2, _VARIANTS * len(dictionary)), object)

    def of(self, cut: Cut, apostrophe: I8) -> AnyArray:
        """(rows,): how the original of each of `cut` should stand where nothing has a capital; `apostrophe`, (rows,),
        numbers those of `APOSTROPHES`."""
        key = _variant(cut, apostrophe)
        new = np.flatnonzero(~self._known[key])
        if len(new):
            places = dict(zip(key[new].tolist(), new.tolist(), strict=True))  # where one is met first, or again
            rows = np.fromiter(places.values(), np.int64, len(places))
            cores = _cores(self._dictionary, cut.entry[rows], cut.head[rows], cut.tail[rows])
            for place, core, style in zip(places, cores, apostrophe[rows].tolist(), strict=True):
                self._core[place], self._settled[place] = core, fitted(core, "", self._language, APOSTROPHES[style])
            self._known[key[new]] = True
        return self._settled.take(key)

    def cores(self, cut: Cut, apostrophe: I8) -> AnyArray:
        """(rows,): how the dictionary writes the original of each of `cut`, which `of` was asked for."""
        return self._core.take(_variant(cut, apostrophe))


_VARIANTS = 4 * len(APOSTROPHES)  # of an entry: cut in front or not, cut behind or not, by apostrophe


def _variant(cut: Cut, apostrophe: I8) -> I64:
    """(rows,): numbers the wordings of each entry. Where it is cut at all, it is cut by the same words."""
    number: I64 = ((cut.entry * len(APOSTROPHES) + apostrophe) * 2 + (cut.head > 0)) * 2 + (cut.tail > 0)
    return number


@lru_cache(maxsize=8)
def wordings(dictionary: Dictionary, language: str) -> Wordings:
    """The one `Wordings` of `dictionary` in `language`."""
    return Wordings(dictionary, language)


@lru_cache(maxsize=1 << 16)
def wording(
    dictionary: Dictionary, row: int, front: int, behind: int, apostrophe: str, language: str
) -> tuple[str, str]:
    """The original of entry `row` without `front` words in front and `behind` behind, as the dictionary writes it and
    as it should stand where nothing has a capital."""
    [core] = _cores(dictionary, np.array([row]), np.array([front]), np.array([behind]))
    return core, fitted(core, "", language, apostrophe)


def _cores(dictionary: Dictionary, entry: I64, front: I64, behind: I64) -> list[str]:
    """(rows,): the original of each `entry` without so many words in front and behind. All are cut together: to
    tokenise them one by one would take most of the time of a process's first megabyte of spun text."""
    texts = [dictionary.original_text[row] for row in dictionary.original[entry].tolist()]
    rows = np.flatnonzero((front > 0) | (behind > 0))
    tokens = tokenise([texts[row] for row in rows.tolist()])
    bounds = np.searchsorted(tokens.document, np.arange(len(rows) + 1))
    begin = tokens.start[bounds[:-1] + front[rows]] - tokens.offset[:-1]
    end = tokens.ends(bounds[1:] - 1 - behind[rows]) - tokens.offset[:-1]
    for row, first, last in zip(rows.tolist(), begin.tolist(), end.tolist(), strict=True):
        texts[row] = texts[row][first:last]
    return texts


def apostrophe_of(text: str) -> int:
    """Which of `APOSTROPHES` `text` uses; of two as frequent the later, which nobody types by accident.

    >>> apostrophe_of("It’s here, and that's all.")
    1
    """
    if text.isascii():
        return 0
    return max(
        range(len(APOSTROPHES)),
        key=lambda style: (text.count(APOSTROPHES[style]), style * (APOSTROPHES[style] in text)),
    )


@lru_cache(maxsize=1 << 16)
def fitted(original: str, found: str, language: str, apostrophe: str) -> str:
    """`fit`, remembered: a spinner's favourite substitutions make up most of its work."""
    return fit(original, found, SURFACES[language], apostrophe)


@lru_cache(maxsize=1 << 14)
def agreeing(article: str, word: str, language: str) -> str:
    """`agrees`, remembered likewise."""
    return agrees(article, word, SURFACES[language])


def fit(original: str, found: str, surface: Surface, apostrophe: str = "'") -> str:
    """`original` in the case of `found`, with the text's own `apostrophe`.

    >>> from despin.text.language import ENGLISH
    >>> fit("tell", "Inform", ENGLISH)
    'Tell'
    >>> fit("machine learning", "GADGET GETTING TO KNOW", ENGLISH)
    'MACHINE LEARNING'
    """
    if found.islower() and surface.always_capital.isdisjoint(original.split()):  # most of the time
        return original.replace("'", apostrophe)
    words = _WORD.findall(found)
    letters = [word for word in words if any(char.isalpha() for char in word)]
    shouted = bool(letters) and all(word.isupper() for word in letters) and max(map(len, letters)) > 1
    if shouted:
        text = original.upper()
    elif letters and all(word[0].isupper() for word in letters) and len(letters) > 1:
        text = _title(original, surface)
    elif words and words[0][0].isupper():
        text = _capital(original, surface)
    else:
        text = _WORD.sub(lambda match: _word(match[0], surface), original)
    return text.replace("'", apostrophe)


def _word(word: str, surface: Surface) -> str:
    return word[0].upper() + word[1:] if word in surface.always_capital else word


def _capital(text: str, surface: Surface) -> str:
    """The first word with a capital."""
    text = _WORD.sub(lambda match: _word(match[0], surface), text)
    match = _WORD.search(text)
    return text[: match.start()] + text[match.start()].upper() + text[match.start() + 1 :] if match else text


def _title(text: str, surface: Surface) -> str:
    """Every word with a capital, the small ones after the first aside."""

    def one(match: regex.Match[str]) -> str:
        word: str = match[0]
        return word if match.start() and word in surface.small_words else word[0].upper() + word[1:]

    return _WORD.sub(one, text)


def agrees(article: str, word: str, surface: Surface) -> str:
    """`article` in the form that goes before `word`, in its own case; unchanged where it has no other form.

    >>> from despin.text.language import ENGLISH
    >>> agrees("A", "adorable", ENGLISH), agrees("an", "university", ENGLISH), agrees("the", "end", ENGLISH)
    ('An', 'a', 'the')
    """
    forms = surface.articles.get(article.lower())
    if forms is None:
        return article
    form = forms[bool(surface.vowel_sound.match(word.lower()))]
    if article.lower() == form:
        return article
    return form.capitalize() if article[0].isupper() else form
