"""Which spans of a text no later stage may change: URLs, e-mail addresses, code, mark-up tags, handles.

Start reading from `protected_spans`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from ..util.lazy_regex import late

if TYPE_CHECKING:
    import regex

    _Kinds = tuple[tuple[tuple[str, ...], regex.Pattern[str]], ...]


def _pattern(text: str) -> regex.Pattern[str]:
    return late(f"(?si){text}")


# What is protected, by a sign that a text must hold before it is worth a search: most texts hold none. `tokens` knows
# these signs by their bytes.
_LONG: _Kinds = (
    (("`",), _pattern(r"```.*?(?:```|\z)|`[^`\n]+`")),  # code, fenced and inline
    (
        ("<",),  # elements whose content is no prose, comments, tags
        _pattern(
            r"<(?:script|style|pre|code)\b[^>]*>.*?(?:</(?:script|style|pre|code)\s*>|\z)"
            r"|<!--.*?(?:-->|\z)|</?[a-z][^<>]*>"
        ),
    ),
)
# Rule: none of these reaches over a blank or looks behind one.
_SHORT: _Kinds = (
    (("&",), _pattern(r"&(?:\#\d+|\#x[0-9a-f]+|[a-z][a-z0-9]+);")),  # entities
    (("://", "www."), _pattern(r"\b(?:https?|ftp)://[^\s<>\"]+|\bwww\.[^\s<>\"]+")),
    (("@",), _pattern(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\w)@\w+")),  # e-mail, handles
    (("#",), _pattern(r"(?<!\w)\#\w+")),
    (
        (".com", ".org", ".net", ".edu", ".gov", ".io", ".co.uk"),  # addresses without a scheme
        _pattern(r"(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|(?-i:[iI])o|co\.uk)\b(?:/[^\s<>\"]*)?"),
    ),
)


def protected_spans(text: str) -> list[tuple[int, int]]:
    """Spans of `text` that must stay as they are, in code points, half-open, increasing.

    >>> protected_spans("mail me@example.org or see www.example.org")
    [(5, 19), (27, 42)]
    """
    spans = long_spans(text) + short_spans(text)
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def long_spans(text: str) -> list[tuple[int, int]]:
    """Code and mark-up, which may reach over many paragraphs."""
    return _find(text, _LONG)


def short_spans(text: str) -> list[tuple[int, int]]:
    """The others, none of which has a blank in it: each stretch between two blanks can be searched alone."""
    return _find(text, _SHORT)


# Which of `_SHORT` are worth a search around which sign.
_AROUND = {"&": (0,), ":": (1,), "@": (2,), "#": (3,), ".": (4,), "w.": (1, 4)}


def spans_around(text: str, marks: Sequence[int]) -> list[tuple[int, int]]:
    """The short spans in the stretches between two spaces around `marks`: where signs of them stand, increasing."""
    kinds: dict[int, dict[int, str]] = {}  # the stretches, by their beginnings, that are searched for each
    signs: set[str] = set()  # of a stretch
    begin = stop = 0
    for mark in marks:
        if mark >= stop:
            begin = max(text.rfind(" ", stop, mark) + 1, stop)
            stop = text.find(" ", mark)
            stop = stop if stop >= 0 else len(text)
            signs.clear()
        sign = text[mark]
        if sign == "." and text[mark - 1 : mark] in ("w", "W"):
            sign = "w."
        if sign not in signs:
            signs.add(sign)
            for kind in _AROUND[sign]:
                kinds.setdefault(kind, {})[begin] = text[begin:stop]
    spans = []
    for kind, stretches in kinds.items():
        # All of them are searched as one text, and what is found lies in one of them.
        begins = list(stretches)
        places = [0, *accumulate(len(stretch) + 1 for stretch in stretches.values())]
        for match in _SHORT[kind][1].finditer(" ".join(stretches.values())):
            k = bisect_right(places, match.start()) - 1
            moved = begins[k] - places[k]
            spans.append((match.start() + moved, match.end() + moved))
    return spans


def _find(text: str, kinds: _Kinds) -> list[tuple[int, int]]:
    lowered = text.lower()
    return [
        match.span()
        for signs, pattern in kinds
        if any(sign in lowered for sign in signs)
        for match in pattern.finditer(text)
    ]
