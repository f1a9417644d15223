"""Which spans of a text no later stage may change: URLs, e-mail addresses, code, mark-up tags, handles.

Start reading from `protected_spans`; `protected_tokens` is the same for a batch, and looks around signs only.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import reduce
from itertools import accumulate, product
from typing import TYPE_CHECKING

import numpy as np

from ..util.array_types import I64, U8, Bool
from ..util.lazy_regex import lazy
from .characters import ODD, Characters
from .token_boundaries import ends_of

if TYPE_CHECKING:
    import regex

    _Kinds = tuple[tuple[tuple[str, ...], regex.Pattern[str]], ...]


def _pattern(text: str) -> regex.Pattern[str]:
    return lazy(f"(?si){text}")


# What is protected, by a sign that a text must hold before it is worth a search: most texts hold none.
# `protected_tokens` knows these signs by their bytes.
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


# --- of tokens -------------------------------------------------------------------------------------------------

_BACKTICK, _LESS, _POINT, _COLON = b"`<.:"
# What may follow a sign, for anything to be protected: a letter, mostly. All that is odd may be one, and an apostrophe
# (it stands for ʼ too).
_NAME = np.zeros(256, np.bool_)
_NAME[list(b"'_-") + [code for code in range(256) if code >= ODD or chr(code).isalnum()]] = True
_ENTITY, _TAG = _NAME.copy(), _NAME.copy()
_ENTITY[ord("#")] = _TAG[list(b"/!")] = True
_FOLLOWS = {ord("@"): _NAME, ord("#"): _NAME, ord("&"): _ENTITY}
_DOMAINS = np.zeros(1 << 16, np.bool_)  # whether two bytes may follow the point of an address
for _small, _large in ((b"co", b"CO"), (b"or", b"OR"), (b"ne", b"NE"), (b"ed", b"ED"), (b"go", b"GO"), (b"io", b"IO")):
    _DOMAINS[[one << 8 | two for one, two in product(*zip(_small, _large, strict=True))]] = True


def protected_tokens(
    text: str, texts: list[str], chars: Characters, offset: I64, starts: I64, lead: U8, points: I64
) -> Bool:
    """(tokens,): what may not be changed, as `protected_spans` says of the whole text; `lead` is their first byte, and
    `points` are the characters that may be points in addresses.

    Most texts hold no sign of it; where one stands, only what lies around it is searched, unless it begins a span that
    may go on for paragraphs.
    """
    protected = np.zeros(len(starts), np.bool_)
    signs = starts.take(np.flatnonzero(reduce(np.logical_or, [lead == sign for sign in b"&@#`<:"])))
    at = np.concatenate([signs, points]) if len(points) else signs
    if not len(at):
        return protected
    here, one, two = (chars.byte.take(at + step, mode="clip") for step in (0, 1, 2))
    point, long = here == _POINT, (here == _BACKTICK) | (here == _LESS) & _TAG.take(one)
    sign = np.zeros(len(at), np.bool_)
    for mark, follows in _FOLLOWS.items():
        sign |= (here == mark) & follows.take(one)
    sign |= point & _DOMAINS.take(one.astype(np.uint16) << np.uint16(8) | two)
    sign |= (here == _COLON) & (one == ord("/")) & (two == ord("/"))
    for step in (1, 2, 3):
        point &= (chars.byte.take(at - step, mode="clip") | np.uint8(32)) == ord("w")
    sign |= point
    spans = spans_around(text, np.sort(at[sign]).tolist())
    if long.any():
        for k in sorted(set((np.searchsorted(offset, at[long], side="right") - 1).tolist())):
            spans += [(int(offset[k]) + a, int(offset[k]) + b) for a, b in long_spans(texts[k])]
    if spans:
        begin, stop = np.array(spans, np.int64).T
        # From the token that the span begins in, if it does.
        first, last = np.searchsorted(starts, begin, "right"), np.searchsorted(starts, stop)
        before = np.maximum(first - 1, 0)
        first -= (first > 0) & (ends_of(starts, before, chars.space) > begin)
        for a, b in zip(first.tolist(), last.tolist(), strict=True):
            protected[a:b] = True
    return protected
