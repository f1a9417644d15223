"""Tokens → which ending each has: a guess at its form, by its letters alone. Start reading from `suffixes`."""

from __future__ import annotations

import numpy as np

from ..util.array_types import U8, Bool
from .characters import codes_of, normalise
from .tokens import Tokens

SUFFIXES = ("", "s", "ing", "ed", "er", "est", "ly")
"""What `suffixes` numbers; the first: none of the others."""
_STEM = 3  # letters before an ending, at least: *king*, *red* and *bus* have none
_NO_PLURAL = "sui"  # *glass*, *virus*, *crisis*


def suffixes(tokens: Tokens) -> U8:
    """(tokens,): the place of each one's ending in `SUFFIXES`.

    >>> from despin.text.tokens import tokenise
    >>> [SUFFIXES[ending] for ending in suffixes(tokenise(["Meals are being cooked faster, thus glass breaks"]))]
    ['s', '', '', 'ed', 'er', '', '', '', 's']
    """
    text = normalise(tokens.text)
    letters = codes_of(text if len(text) == len(tokens.text) else tokens.text)
    found = np.zeros(len(tokens), np.uint8)
    for number, suffix in enumerate(SUFFIXES[1:], start=1):
        fits = tokens.end - tokens.start >= _STEM + len(suffix)
        for back, letter in enumerate(reversed(suffix), start=1):
            fits &= letters.take(tokens.end - back, mode="clip") == ord(letter)
        found[fits & _plain(letters, tokens, suffix)] = number
    return found


def _plain(letters: np.ndarray[tuple[int], np.dtype[np.uint32]], tokens: Tokens, suffix: str) -> Bool:
    """(tokens,): whether the letter before the `suffix` does not make another ending of it."""
    before = letters.take(tokens.end - len(suffix) - 1, mode="clip")
    if suffix != "s":
        return np.ones(len(tokens), np.bool_)
    answer: Bool = np.logical_and.reduce([before != ord(letter) for letter in _NO_PLURAL])
    return answer
