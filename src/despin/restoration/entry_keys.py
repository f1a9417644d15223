"""Entries of a dictionary as hashes of their words: what is learned of them outlives the order of the dictionary."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..dictionary.dictionary import Dictionary
from ..text.hashing import hash_phrases
from ..util.array_types import I64, U64


@lru_cache(maxsize=8)
def keys_of(dictionary: Dictionary) -> U64:
    """(entries,): as `entry_keys`, of all."""
    return entry_keys(dictionary, np.arange(len(dictionary)))


def entry_keys(dictionary: Dictionary, entry: I64) -> U64:
    """(entries,): a hash of the two phrases of each `entry`."""
    return hash_phrases([dictionary.spun_key[entry], dictionary.original_key[dictionary.original[entry]]])
