"""Tokens → what a spinner writes for itself and leaves over: spintax, and the marks of a thesaurus.

*{big|large}* is a choice that was never made. WordNet marks where adjectives may stand, *(a)*, *(p)* and *(ip)*, in
some editions in words, *(prenominal)*; who takes a word from there and does not take that off has it in the text:
*skillful(a)*. Words that WordNet joins by underscores, *take_place*, are left alone: manuals are full of such names.

Start reading from `spintax`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..text.tokens import Tokens
from ..util.array_types import I64
from ..util.lazy_regex import lazy

if TYPE_CHECKING:
    import regex

_CHOICE = lazy(r"(?<!\{)\{(?=[^{}\n]*\p{L}{3})(?:[\p{L}\p{N}\p{Zs},.'’-]*\|)+[\p{L}\p{N}\p{Zs},.'’-]*\}(?!\})")
# Behind a blank *(a)* begins an item of a list; glued to a short word it is the argument of a function.
_SENSE = lazy(r"(?<=\p{Ll}{4}) ?\((?:prenominal|postnominal)\)|(?<=\p{Zs}\p{Ll}{4,20})\((?:a|p|ip)\)(?=[\p{Zs}.,;]|$)")
_MARKS = ("nominal)", "(a)", "(p)", "(ip)")


def spintax(tokens: Tokens) -> tuple[I64, I64]:
    """The first tokens, and the last + 1, of choices left over."""
    return _spans(tokens, _CHOICE) if "{" in tokens.text else _none()


def sense_marks(tokens: Tokens) -> tuple[I64, I64]:
    """Likewise of the marks of a thesaurus behind a word."""
    return _spans(tokens, _SENSE) if any(mark in tokens.text for mark in _MARKS) else _none()


def _spans(tokens: Tokens, pattern: regex.Pattern[str]) -> tuple[I64, I64]:
    spans = [match.span() for match in pattern.finditer(tokens.text)]
    first = np.searchsorted(tokens.start, np.array([start for start, _ in spans], np.int64))
    last = np.searchsorted(tokens.start, np.array([end for _, end in spans], np.int64))
    clear = [not tokens.protected[a:b].any() for a, b in zip(first.tolist(), last.tolist(), strict=True)]
    keep = np.array(clear, np.bool_)
    return first[keep], last[keep]


def _none() -> tuple[I64, I64]:
    return np.zeros(0, np.int64), np.zeros(0, np.int64)
