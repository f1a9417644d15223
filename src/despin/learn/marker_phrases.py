"""Dictionaries and plain text → phrases that spinners write and hardly anyone else, with what was counted.

All spun phrases and all originals are looked for at once. How often a spinner would have written a phrase is estimated
from how often its originals stand there, at a spin rate of a half. Start reading from `Counter.add`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..dictionary.dictionary import Dictionary
from ..dictionary.marker_phrases import UNSEEN
from ..text.tokens import tokenise
from ..util.array_types import F64, I64

SPIN_RATE = 0.5  # of the text that is imagined spun
KEPT_FROM = 2.5  # ln of the ratio from which a phrase is kept
FEWEST_WORDS = 2  # of a phrase: how common a word is, the language model knows


@dataclass(slots=True)
class Counter:
    """Occurrences in the texts read so far."""

    dictionary: Dictionary
    spun: I64
    """(spun phrases,)"""
    original: I64
    """(originals,)"""
    words: int = 0

    @classmethod
    def of(cls, dictionary: Dictionary) -> Counter:
        """Before any text."""
        return cls(
            dictionary, np.zeros(len(dictionary.spun_text), np.int64), np.zeros(len(dictionary.original_text), np.int64)
        )

    def add(self, text: str) -> None:
        """Count one text more."""
        tokens = tokenise([text])
        self.words += len(tokens)
        self.spun += np.bincount(self.dictionary.spun.find(tokens).phrase, minlength=len(self.spun))
        self.original += np.bincount(self.dictionary.keys.find(tokens).phrase, minlength=len(self.original))

    @property
    def expected(self) -> F64:
        """(spun phrases,): how often each would stand in the texts if they had been spun, but for those that do."""
        dictionary = self.dictionary
        chance = dictionary.probability.max(axis=1, initial=0).astype(np.float64)
        each = self.original.take(dictionary.original) * chance * SPIN_RATE
        phrase = np.repeat(np.arange(len(self.spun)), np.diff(dictionary.first_entry))
        return np.bincount(phrase, each, minlength=len(self.spun)).astype(np.float64)

    def markers(self) -> Mapping[str, tuple[int, int]]:
        """Phrase → (occurrences, occurrences if the texts had been spun), sorted, of those that tell."""
        expected = self.expected
        ratio = ratios(expected, self.spun)
        names = self.dictionary.spun_text
        kept = [n for n in np.flatnonzero(ratio >= KEPT_FROM).tolist() if len(names[n].split()) >= FEWEST_WORDS]
        return {names[n]: (int(self.spun[n]), round(expected[n])) for n in sorted(kept, key=lambda n: names[n])}


def ratios(expected: F64, seen: I64) -> F64:
    """(phrases,): ln of how much more often each is `expected` in spun texts than `seen` in plain ones."""
    ratio: F64 = np.log((expected + UNSEEN) / (seen + UNSEEN))
    return ratio


def render(markers: Mapping[str, tuple[int, int]], words: int, source: str) -> str:
    """The file: a header, and a phrase with its two counts a line (dictionaries/README.md)."""
    lines = [f"#: source: {source}", f"#: words: {words}"]
    lines += [f"{phrase}\t{seen}\t{expected}" for phrase, (seen, expected) in markers.items()]
    return "".join(line + "\n" for line in lines)
