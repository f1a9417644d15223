"""Ligatures that a font of a PDF does not name → the letters that they are. Start reading from `ligatures`.

Older TeX fonts have ff, fi, fl, ffi and ffl at codes that mean nothing elsewhere, and not all at the same ones. So each
such code is asked in the words of the document: the letters that make most of them words are what it means.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_LIGATURES = ("fi", "ff", "fl", "ffi", "ffl")
_CODED = re.compile(r"[^\W\d_]{0,30}(?:[\x01-\x1f][^\W\d_]{0,30}){1,3}")
_CODE = re.compile(r"[\x01-\x1f]")
_PROOF = 2  # words at least
_ASKED = 200  # words of a code


def ligatures(texts: Iterable[str]) -> dict[str, str]:
    """What each control character in the words of `texts` means, where that is clear.

    >>> ligatures(["a di\\x1derent o\\x1dice, the \\x1brst", "a di\\x1dicult e\\x1dort of the \\x1brst"])
    {'\\x1d': 'ff', '\\x1b': 'fi'}
    """
    words: dict[str, set[str]] = {}
    for text in texts:
        if not _CODE.search(text):
            continue
        for word in _CODED.findall(text):
            codes = _CODE.findall(word)
            if len(codes) == 1 and len(word) > 2 and len(asked := words.setdefault(codes[0], set())) < _ASKED:
                asked.add(word)
    return {code: letters for code, those in words.items() if (letters := _meant(code, those))}


def _meant(code: str, words: Iterable[str]) -> str:
    """The letters that make most of `words` known ones; empty where none makes enough."""
    from wordfreq import zipf_frequency  # 0.2 s

    votes: Counter[str] = Counter()
    for word in words:
        known = {letters: zipf_frequency(word.replace(code, letters), "en") for letters in _LIGATURES}
        best = max(known, key=known.__getitem__)
        votes[best] += known[best] > 0
    best, count = max(votes.items(), key=lambda one: one[1], default=("", 0))
    return best if count >= _PROOF or (count and len(votes) == 1) else ""
