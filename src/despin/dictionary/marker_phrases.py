"""Phrases that spinners write and hardly anyone else: how much one tells.

*Maintain a strategic distance from* stands in 131 million words of plain text not once; a spinner that puts it for
*avoid* writes it every few pages. The language model knows such a phrase by its trigrams only, each of them ordinary,
so it takes it for likelier than it is. Here it is counted: in plain text, and how often it would stand there if a
spinner had been at work, from how often its originals do (`despin-learn marker-phrases`). The ratio of both is what it
says that a text was spun, and, in a text that was, that this place was.

Start reading from `MarkerPhrases`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ..language_model.vocabulary import Vocabulary
from ..text.tokens import Tokens, tokenise
from ..util import array_cache
from ..util.array_cache import Arrays
from ..util.array_types import F32, F64, I32, I64, U64
from .dictionary import Dictionary
from .errors import DictionaryError
from .phrase_trie import PhraseTrie, Prefilter, longest

VERSION = 1  # of what `load` keeps
UNSEEN = 2.0  # occurrences added to those in plain text: what was not seen is not impossible

# What a phrase adds to the log-odds that a text was spun, natural: a part of what it would if the counts were all there
# is to know, since honest texts differ more than chance does, and only phrases that tell much.
TELLING = 4.0  # ln of the ratio from which a phrase counts for the text …
RARE = 10  # … if it does not stand there more often: others may have it as a habit
FIRST_FOR_TEXT = 1.5  # log-odds of one of them: a text in a hundred that was not spun has one, none of 6,775 two
FURTHER_FOR_TEXT = 3.0  # of each further one
MOST_FOR_TEXT = 9.0  # and of all that stand in a text: they are no more independent than other evidence
# And to the log-odds that its place was substituted, in a text that is likely spun.
FOR_PLACE = 0.5  # of ln of the ratio
MOST_FOR_PLACE = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """Where telling phrases stand in a batch, by place."""

    token: I64
    """The first of each."""
    text: I32
    phrase: I32

    def log_odds(self, texts: int) -> F64:
        """(texts,): what they add to the log-odds that each text was spun; a phrase counts once a text."""
        one = (self.text.astype(np.int64) << 32) + self.phrase
        _, first = np.unique(one, return_index=True)  # without indices numpy would import its masked arrays
        return _for_text(np.bincount(self.text[first], minlength=texts))

    def between(self, head: I64, end: I64) -> F64:
        """(passages,): the same for passages, the tokens from `head` to `end` of which are (passages,).

        The first says nothing there: of all passages of a text it is the one with a marker that is asked about.
        """
        counts = [
            len(np.unique(self.phrase[low:high]))
            for low, high in zip(np.searchsorted(self.token, head), np.searchsorted(self.token, end), strict=True)
        ]
        return _for_text(np.array(counts, np.int64)) - FIRST_FOR_TEXT * (np.array(counts) > 0)


def _for_text(times: I64) -> F64:
    """(texts,): what so many different marker phrases add to the log-odds of each text."""
    first = np.minimum(times, 1)
    return np.minimum(first * FIRST_FOR_TEXT + (times - first) * FURTHER_FOR_TEXT, MOST_FOR_TEXT)


@dataclass(frozen=True, slots=True, eq=False)
class MarkerPhrases:
    """Marker phrases, ready to be searched for."""

    trie: PhraseTrie
    """Those that tell of a text; of two of which one holds the other, the shorter: a writer has one habit, and not as
    many as there are words behind it."""
    prefilter: Prefilter
    """For them."""
    key: U64
    """A hash of each phrase, as `Dictionary.spun_key` has it, in increasing order."""
    ratio: F32
    """(phrases,): ln of how much more often a spinner writes each than others do; in the order of `key`."""

    @classmethod
    def of(cls, counts: Mapping[str, tuple[float, float]]) -> MarkerPhrases:
        """From phrase → (occurrences in plain text, occurrences if it had been spun).

        >>> markers = MarkerPhrases.of({"maintain a strategic distance from": (0, 900)})
        >>> marked = markers.find(tokenise(["They maintain a strategic distance from sugar."]))
        >>> marked.token.tolist(), marked.log_odds(1).tolist()
        ([1], [1.5])
        """
        from .phrase_pairs import digests

        names = list(counts)
        key = digests(name.encode() for name in names)
        order = np.argsort(key)
        names = [names[row] for row in order.tolist()]
        ratio = np.array([log_ratio(*counts[name]) for name in names], np.float32)
        tokens = tokenise(names)
        bounds = np.searchsorted(tokens.document, np.arange(len(names) + 1)).tolist()
        words = [tokens.word[low:high] for low, high in pairwise(bounds)]
        rare = (name for name in names if counts[name][0] <= RARE)
        telling = _shortest([name for name in rare if log_ratio(*counts[name]) >= TELLING])
        sought = [one for one, name in zip(words, names, strict=True) if name in telling]
        trie = PhraseTrie.of(sought)
        return cls(trie, trie.prefilter(sought), key[order], ratio)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> MarkerPhrases:
        """Those in the file at `path` (dictionaries/README.md).

        Raises
        ------
        DictionaryError
            A line is not of the format.
        OSError
            The file cannot be read.
        """
        name = os.fspath(path)
        counts: dict[str, tuple[float, float]] = {}
        for number, line in enumerate(Path(path).read_text(encoding="utf-8").split("\n"), start=1):
            if not line or line.startswith("#:"):
                continue
            phrase, *columns = line.split("\t")
            if len(columns) != 2 or not all(column.isdecimal() for column in columns):
                raise DictionaryError(
                    f"{name}:{number}: a line has a phrase and two counts, separated by tabs; get the file again"
                )
            counts[phrase] = float(columns[0]), float(columns[1])
        return cls.of(counts)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> MarkerPhrases:
        """As `open`, but what it gave once is mapped from the user's cache (`array_cache`). Raises as it does."""
        made_of = [repr((TELLING, RARE, UNSEEN))]
        return array_cache.cached(
            "marker phrases", VERSION, made_of, [path], lambda _: cls.open(path), cls._packed, cls._unpacked
        )

    def _packed(self) -> tuple[Mapping[str, Any], Arrays]:
        return {}, {
            "hashes": self.trie.nodes.hashes, "first": self.trie.nodes.first, "phrase": self.trie.phrase,
            "leads_on": self.trie.leads_on, "single": self.prefilter.single, "pair": self.prefilter.pair,
            "key": self.key, "ratio": self.ratio,
        }  # fmt: skip

    @classmethod
    def _unpacked(cls, _: Mapping[str, Any], arrays: Arrays) -> MarkerPhrases:
        trie = PhraseTrie(Vocabulary(arrays["hashes"], arrays["first"]), arrays["phrase"], arrays["leads_on"])
        return cls(trie, Prefilter(arrays["single"], arrays["pair"]), arrays["key"], arrays["ratio"])

    def find(self, tokens: Tokens) -> Marked:
        """Where those that tell of a text stand in a batch."""
        walk = self.trie.walk_through(self.prefilter, tokens) if len(tokens) > 1 else ()
        phrase = longest(walk, len(tokens))
        first = np.flatnonzero(phrase >= 0)
        return Marked(first, tokens.document.take(first), phrase.take(first))


def log_ratio(seen: float, expected: float) -> float:
    """ln of how much more often a spinner writes a phrase than others do, from how often it was `seen` in plain text,
    and is `expected` there if that is spun."""
    return math.log((expected + UNSEEN) / (seen + UNSEEN))


def _shortest(names: Sequence[str]) -> frozenset[str]:
    """Those of `names` in which no other stands, word for word."""
    known = frozenset(names)

    def holds_another(words: list[str]) -> bool:
        spans = ((low, high) for low in range(len(words)) for high in range(low + 1, len(words) + 1))
        return any(high - low < len(words) and " ".join(words[low:high]) in known for low, high in spans)

    return frozenset(name for name in names if not holds_another(name.split(" ")))


@lru_cache(maxsize=8)
def for_places(markers: MarkerPhrases, dictionary: Dictionary) -> F64:
    """(entries,): what the spun phrase of each entry of `dictionary` adds to the log-odds that its place was
    substituted; 0 where it is no marker."""
    at = np.minimum(np.searchsorted(markers.key, dictionary.spun_key), max(len(markers.key) - 1, 0))
    if not len(markers.key):
        return np.zeros(len(dictionary))
    known = markers.key.take(at) == dictionary.spun_key
    ratio = np.where(known, markers.ratio.take(at), 0.0)
    return np.minimum(ratio * FOR_PLACE, MOST_FOR_PLACE)
