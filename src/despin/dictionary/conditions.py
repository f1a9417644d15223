"""Conditions of an entry on the whole text: what else must stand in it, or must not, and how near.

The queries of a screener of papers say *"bosom peril" AND "mammography"*: the phrase alone may be an accident. An
entry made from such a query counts only in a text in which its condition holds.

Start reading from `Condition.holds`; formats/query.py makes them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter

from ..text.hashing import hash_words
from ..text.tokens import Tokens

Span = tuple[int, int]  # first word, last word + 1


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """The words of one text, by which conditions look phrases up. Made once a text, used for all its entries: what was
    looked up is remembered, so that an entry which stands a thousand times is asked for in linear time."""

    words: Sequence[int]
    """Word hashes (`hashing.hash_words`)."""
    _places: dict[int, list[int]] = field(default_factory=dict)
    _spans: dict[Phrase | Near, list[Span]] = field(default_factory=dict)

    @classmethod
    def of(cls, tokens: Tokens, text: int) -> Document:
        """The text number `text` of a batch; places count from its first token."""
        return cls(tokens.word[tokens.document == text].tolist())

    def places(self, word: int) -> list[int]:
        """Where `word` stands, increasing."""
        if not self._places:
            for place, each in enumerate(self.words):
                self._places.setdefault(each, []).append(place)
        return self._places.get(word, [])

    def spans(self, what: Phrase | Near) -> list[Span]:
        """Where `what` stands, increasing by beginning and by end."""
        if what not in self._spans:
            self._spans[what] = what.find(self)
        return self._spans[what]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand together: one after the other, or, with `slop`, in any order with so many others between."""

    words: tuple[str, ...]
    """Token words, normalised."""
    slop: int = 0

    def find(self, document: Document) -> list[Span]:
        """Where it stands; ask `Document.spans`."""
        hashes = _hashes(self.words)
        if self.slop:
            return _within(document, hashes, len(hashes) + self.slop)
        size = len(hashes)
        return [
            (place, place + size)
            for place in document.places(hashes[0])
            if size == 1 or tuple(document.words[place : place + size]) == hashes
        ]


@dataclass(frozen=True, slots=True)
class Beside:
    """That `phrase` stands near a place, with at most `within` words between, `before` it or `after` it."""

    phrase: Phrase
    within: int
    before: bool = True
    after: bool = True

    def holds(self, document: Document, span: Span) -> bool:
        """Whether it is so for the place `span`."""
        others = document.spans(self.phrase)
        if self.after:
            following = bisect_left(others, span[1], key=itemgetter(0))
            if following < len(others) and others[following][0] - span[1] <= self.within:
                return True
        if self.before:
            leading = bisect_right(others, span[0], key=itemgetter(1)) - 1
            return leading >= 0 and span[0] - others[leading][1] <= self.within
        return False


@dataclass(frozen=True, slots=True)
class Near:
    """A phrase where another stands beside it."""

    phrase: Phrase
    beside: Beside

    def find(self, document: Document) -> list[Span]:
        """Where it stands; ask `Document.spans`."""
        return [span for span in document.spans(self.phrase) if self.beside.holds(document, span)]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a text must be like for an entry to count in it."""

    all_of: tuple[Phrase | Near, ...] = ()
    none_of: tuple[Phrase | Near, ...] = ()
    beside: tuple[Beside, ...] = ()
    """What must stand near the entry's own place."""

    def holds(self, document: Document, first: int, length: int) -> bool:
        """Whether it holds for an entry whose spun phrase stands at words `first` to `first` + `length`."""
        return (
            all(document.spans(what) for what in self.all_of)
            and not any(document.spans(what) for what in self.none_of)
            and all(each.holds(document, (first, first + length)) for each in self.beside)
        )


def holds(conditions: Sequence[Condition], document: Document, first: int, length: int) -> bool:
    """Whether one of `conditions` holds; without any, the entry counts everywhere."""
    return not conditions or any(condition.holds(document, first, length) for condition in conditions)


@cache
def _hashes(words: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(hash_words(words).tolist())


def _within(document: Document, hashes: Sequence[int], size: int) -> list[Span]:
    """The spans of at most `size` words with all of `hashes`, each as short as can be, one for each last word."""
    wanted = {word: hashes.count(word) for word in hashes}
    places = sorted((place, word) for word in wanted for place in document.places(word))
    found, have, begin, lacking = [], dict.fromkeys(wanted, 0), 0, len(hashes)
    for place, word in places:
        have[word] += 1
        lacking -= have[word] <= wanted[word]
        while lacking == 0 and have[places[begin][1]] > wanted[places[begin][1]]:
            have[places[begin][1]] -= 1
            begin += 1
        if lacking == 0 and place + 1 - places[begin][0] <= size:
            found.append((places[begin][0], place + 1))
    return found
