"""Which candidates put *don't* for *do not*, or the other way round: no evidence of a spinner. See `contracting`."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..dictionary.dictionary import Dictionary
from ..text.contractions import TOKENS, is_contraction
from ..text.tokens import Tokens
from ..util.array_types import I64, Bool
from ..util.arrays import among


def contracting(tokens: Tokens, first: I64, last: I64, entry: I64, dictionary: Dictionary) -> Bool:
    """(candidates,): whether the originals of `entry`, for the tokens from `first` up to, not including, `last`, differ
    from them in nothing but contractions."""
    contracted = np.concatenate([[0], np.cumsum(among(tokens.word, TOKENS))])
    found = contracted.take(last) > contracted.take(first)
    rows = np.flatnonzero(found | _contracted(dictionary).take(dictionary.original.take(entry)))
    only = np.zeros(len(entry), np.bool_)
    only[rows] = [_only(dictionary, one) for one in entry[rows].tolist()]
    return only


@lru_cache(maxsize=8)
def _contracted(dictionary: Dictionary) -> Bool:
    """(originals,): whether any word of each may be a contraction."""
    before = np.concatenate([[0], np.cumsum(among(dictionary.word, TOKENS))])
    answer: Bool = np.diff(before.take(dictionary.first_word)) > 0
    return answer


@lru_cache(maxsize=1 << 14)
def _only(dictionary: Dictionary, entry: int) -> bool:
    known = dictionary.entry(entry)
    return is_contraction(known.spun, known.original)
