"""Tokens → log-odds that a text, or a part of it, was spun, from hashes of its words: the first look at every text.

A word, and a word with the one behind it, has a weight: ln of how much likelier spinners are to leave it there than
honest writers. Weights are found by hashes (feature hashing: Weinberger et al., *Feature hashing for large scale
multitask learning*, 2009), so a token costs two look-ups, whatever it is. With ℓ, the sum of the two, a token in a text
spun at rate ρ is

    1 − ρ + ρ·exp ℓ   times as likely as in one that was not,

the noisy channel with all context left out but a neighbour. What a text says at each of a few rates is the sum of the
logarithms; tokens are counted by ℓ first (`HashedOdds.tally`), so rates cost nothing. `despin-learn hashed-odds` fits
the weights to texts spun by the channels of the dictionaries, so they serve only where these are asked.

Start reading from `HashedOdds`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..text.hashing import hash_pairs
from ..text.tokens import Tokens
from ..util import array_cache, npz
from ..util.array_cache import Arrays
from ..util.array_types import F64, I8, I64, U64
from ..util.errors import DespinError

HASHED_RATES = (0.05, 0.12, 0.3, 0.6, 0.95)
WORD_BITS = 20
PAIR_BITS = 23
UNIT = 1 / 8  # nats
MAX_WEIGHT = 63  # units of one weight, so that the sum of two is a signed byte
LEVELS = 64  # of ℓ, four units each
VERSION = 1  # of what `HashedOdds.load` keeps


class HashedOddsError(DespinError, ValueError):
    """The file of weights cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class HashedOdds:
    """What `despin-learn hashed-odds` fitted."""

    word: I8
    """(2^WORD_BITS,): the weight of a word by its hash, in `UNIT`."""
    pair: I8
    """(2^PAIR_BITS,): of a word and the one behind it, in the same paragraph."""
    prior: F64
    """(rates,): what is added to the log-odds of each of `HASHED_RATES`."""
    provenance: Mapping[str, Any]

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> HashedOdds:
        """The weights in the file at `path`.

        Raises
        ------
        HashedOddsError
            The file holds none, or those of another version.
        OSError
            The file cannot be read.
        """
        name = os.fspath(path)
        columns, provenance = npz.read(
            path,
            ("word", "pair", "prior"),
            lambda reason: HashedOddsError(f"{name}: these are no hashed odds ({reason}); get the file again"),
        )
        word, pair, prior = columns["word"], columns["pair"], columns["prior"]
        shapes = [(1 << WORD_BITS,), (1 << PAIR_BITS,), (len(HASHED_RATES),)]
        kinds = [word.dtype.str, pair.dtype.str, prior.dtype.kind]
        if [word.shape, pair.shape, prior.shape] != shapes or kinds != ["|i1", "|i1", "f"]:
            raise HashedOddsError(
                f"{name}: these hashed odds are of another version; learn them anew with: despin-learn hashed-odds"
            )
        largest = max(word.max(), pair.max(), -int(min(word.min(), pair.min())))
        if largest > MAX_WEIGHT or not np.isfinite(prior).all():
            raise HashedOddsError(f"{name}: the hashed odds are damaged (they make no sense); get the file again")
        return cls(word, pair, prior.astype(np.float64), provenance)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> HashedOdds:
        """As `open`, but what it gave once is mapped from the user's cache (`array_cache`), and nothing is unpacked."""
        return array_cache.cached(
            "hashed odds", VERSION, [], [path], lambda _: cls.open(path), cls._packed, cls._unpacked
        )

    def _packed(self) -> tuple[Mapping[str, Any], Arrays]:
        return self.provenance, {"word": self.word, "pair": self.pair, "prior": self.prior}

    @classmethod
    def _unpacked(cls, provenance: Mapping[str, Any], arrays: Arrays) -> HashedOdds:
        return cls(arrays["word"], arrays["pair"], arrays["prior"], provenance)

    def tally(self, tokens: Tokens, part: I64, parts: int) -> I64:
        """(parts, LEVELS): how many tokens of each part of the texts have which ℓ; `part`, (tokens,), is the part that
        each belongs to."""
        level = self.word.take(word_bucket(tokens.word))
        beside = self.pair.take(pair_bucket(tokens.word))
        beside[np.flatnonzero(tokens.opens)[1:] - 1] = 0
        level[:-1] += beside
        # A signed byte from −126 to 126 becomes a row of a table: the sign bit turned is 128 more.
        row = level.view(np.uint8)
        row ^= np.uint8(0x80)
        row >>= np.uint8(2)
        place = part * LEVELS
        place += row
        return np.bincount(place, minlength=parts * LEVELS).reshape(parts, LEVELS)

    def ratios(self, tally: I64) -> F64:
        """(texts, rates): ln of how much likelier texts are at each of `HASHED_RATES` than not spun; `tally` is (texts,
        LEVELS)."""
        ratios: F64 = np.einsum("tl,lr->tr", tally.astype(np.float64), _LIKELIER)  # no sum depends on the others
        return ratios

    def log_odds(self, ratios: F64) -> F64:
        """(texts,): of having been spun at one of the rates; `ratios` are (texts, rates)."""
        each = ratios + self.prior
        most = each.max(axis=1)
        odds: F64 = most + np.log(np.exp(each - most[:, None]).sum(axis=1))
        return odds


def word_bucket(words: U64) -> I64:
    """Where the weight of each word stands, by its hash."""
    return (words >> np.uint64(64 - WORD_BITS)).view(np.int64)


def pair_bucket(words: U64) -> I64:
    """(tokens − 1,): where the weight of each two neighbours stands."""
    return (hash_pairs(words[:-1], words[1:]) >> np.uint64(64 - PAIR_BITS)).view(np.int64)


_LIKELIER: F64 = np.log1p(np.expm1((np.arange(LEVELS) * 4 + 1.5 - 2 * LEVELS) * UNIT)[:, None] * np.array(HASHED_RATES))
