"""Why a restoration is believed: terms that add up to its log-odds.

The lattice knows the channel and the neighbouring words; it is a model of the language, and a little too sure of
itself. Here its answers become *features* of every candidate, and a logistic regression, fitted on parallel text
(learn/evidence.py), weighs them against each other and against what else speaks for or against a restoration:

    spin rate     how thoroughly this text was spun
    channel       how often the spinner makes this substitution; and how seldom others write such a phrase, where that
                  was counted (`marker_phrases`; not learned with the others)
    context       how much better the original fits between its neighbours, with everything else undecided
    topic         how well the original goes with the words further away (`topics`)
    consistency   other places of the same substitution; the original standing elsewhere in the text
    frequency     how common either phrase is
    form          capitals, length
    reader        what stood beside such words, and beside such classes of words, where texts were spun anew (`reader`);
                  and what the whole paragraph calls for, in texts that are read with care (`encoder`)
    collocation   what this pair, beside this very neighbour, turned out to be in parallel text
    names         what other mentions of a name say (`names`)
    rivals        what speaks for the other originals of the same place

Of the originals that may have stood at one place one at most did: a conditional logit (McFadden 1974), in which a place
was left alone with weight 1, and each original has the exponential of its other terms as its weight. So the log-odds of
a candidate are these terms, which simply add up, less ln (1 + what its rivals weigh), and the confidence is their
logistic function. Whether the place was substituted at all, whichever of them stood there, is another question: what
all of them weigh together answers it (`place_calibration`). Start reading from `weigh`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ..decoding.channel import Channel
from ..decoding.decode import Decoded
from ..decoding.lattice import Lattice
from ..dictionary.dictionary import Dictionary
from ..dictionary.marker_phrases import MarkerPhrases, for_places
from ..language_model.model import LanguageModel
from ..language_model.vocabulary import Vocabulary, Word
from ..language_model.word_vectors import WordVectors
from ..util import array_cache, npz
from ..util.array_cache import Arrays
from ..util.array_types import F32, F64, I64, U64, Bool
from ..util.errors import DespinError
from .encoder import PARTS, Encoder
from .entry_keys import keys_of
from .features import FEATURES, Rows, beside, features_of, places_of, plausible
from .place_calibration import PLACE_FEATURES, place_log_odds
from .reader import Reader

MOST_SCORE = 25.0  # beyond, sums of exponentials lose the smaller ones

KINDS = (*dict.fromkeys(FEATURES.values()), "collocation", "names", "rivals")


VERSION = 3  # of what `Weights.load` keeps


class EvidenceError(DespinError, ValueError):
    """The file of weights cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What `despin-learn evidence` fitted."""

    dense: F64
    """(4, features): one weight for each of `FEATURES`: for families known whole, and for those known in part
    (`Dictionary.partial`), where texts are read quickly; and likewise where they are read with care."""
    place: F64
    """(4, place features): likewise, one for each of `PLACE_FEATURES`."""
    keys: U64
    """Collocations with a weight of their own, as hashes, in increasing order."""
    values: F32
    """(2, collocations): their weights where texts are read quickly, and with care."""
    topics: WordVectors
    """The word vectors that the features of the topic were learned with."""
    provenance: Mapping[str, Any]

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Weights:
        """The weights in the file at `path`.

        Raises
        ------
        EvidenceError
            The file holds no weights, or weights of other features than this version's.
        OSError
            The file cannot be read.
        """
        name = os.fspath(path)

        def wrong(reason: str) -> EvidenceError:
            return EvidenceError(f"{name}: these are no evidence weights ({reason}); get the file again")

        columns, provenance = npz.read(path, ("dense", "keys", "values"), wrong)
        dense, keys, values = columns["dense"], columns["keys"], columns["values"]
        another = not isinstance(provenance, dict) or "place" not in columns or _features(provenance) != [*_FEATURES]
        with npz.explained(wrong):
            topics = WordVectors.none() if another else WordVectors.of(columns)
        place = np.zeros(0) if another else columns["place"]
        if another or dense.shape != (4, len(FEATURES)) or place.shape != (4, len(PLACE_FEATURES)):
            raise EvidenceError(
                f"{name}: the weights are of another version; learn them anew with: despin-learn evidence"
            )
        right = keys.ndim == 1 and values.shape == (2, len(keys))
        if not right or keys.dtype != np.uint64 or any(one.dtype.kind != "f" for one in (dense, place, values)):
            raise EvidenceError(f"{name}: the weights are damaged (their arrays do not fit); get the file again")
        finite = all(np.isfinite(one).all() for one in (dense, place, values))
        if not finite or not (keys[1:] > keys[:-1]).all():
            raise EvidenceError(f"{name}: the weights are damaged (their values make no sense); get the file again")
        return cls(
            dense.astype(np.float64), place.astype(np.float64), keys, values.astype(np.float32), topics, provenance
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Weights:
        """As `open`, but what it gave once is mapped from the user's cache (`array_cache`), and nothing is unpacked."""
        return array_cache.cached(
            "weights", VERSION, tuple(FEATURES), [path], lambda _: cls.open(path), cls._packed, cls._unpacked
        )

    def _packed(self) -> tuple[Mapping[str, Any], Arrays]:
        own = {"dense": self.dense, "place": self.place, "keys": self.keys, "values": self.values}
        return self.provenance, {**own, **self.topics.arrays}

    @classmethod
    def _unpacked(cls, provenance: Mapping[str, Any], arrays: Arrays) -> Weights:
        dense, place, keys, values = (arrays[name] for name in ("dense", "place", "keys", "values"))
        return cls(dense, place, keys, values, WordVectors.of(arrays), provenance)


_FEATURES = (*FEATURES, *PLACE_FEATURES)


def _features(provenance: Mapping[str, Any]) -> list[str]:
    return [*provenance.get("features", ()), *provenance.get("features of places", ())]


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Rows of a batch with their evidence: those that are worth a finding."""

    rows: I64
    """Which of `Channel.candidate`."""
    terms: F64
    """(rows, kinds): natural log-odds, by `KINDS`."""
    log_odds: F64
    """(rows,): their sums."""
    place: I64
    """(rows,): candidates that change the same words have one number, that of one of them."""
    substituted: F64
    """(rows,): natural log-odds that the place of each was substituted at all."""


def weigh(
    lattice: Lattice,
    channel: Channel,
    decoded: Decoded,
    names: F64,
    dictionary: Dictionary,
    model: LanguageModel,
    weights: Weights,
    reader: Reader,
    markers: MarkerPhrases,
    encoder: Encoder | None = None,
    careful: Bool | None = None,
    everything: bool = False,
) -> Weighed:
    """The evidence for and against every plausible candidate of the batch, or with `everything` of each that leads;
    `names` is what `names.support` says of each candidate. The `encoder` is asked in the texts that are to be read with
    care: `careful`, (texts,), none by default.

    >>> from despin.runtime.example import EXAMPLE
    >>> weighed = EXAMPLE.weighed
    >>> entries = EXAMPLE.lattice.arcs.entry[EXAMPLE.channel.candidate[weighed.rows]]
    >>> dict(zip(EXAMPLE.pairs(entries), weighed.log_odds.round(1).tolist()))["irregular → random"] > 1
    True
    """
    rows = np.flatnonzero(decoded.is_best_of_change) if everything else plausible(decoded)
    these = Rows.of(rows, lattice, channel)
    family = decoded.family.take(rows)
    partial = dictionary.partial[family] if len(dictionary.families) else np.zeros(0, np.bool_)
    closely, with_care = np.zeros((len(PARTS), len(rows))), np.zeros(len(rows), np.bool_)
    if encoder is not None and careful is not None and careful.any():
        with_care = careful.take(channel.text.take(rows))
        closely = encoder.read(lattice.tokens, careful, dictionary, these.entry, these.first, these.last + 1)
    columns = features_of(these, lattice, channel, decoded, dictionary, model, weights.topics, reader, closely)
    terms, whose = np.zeros((len(KINDS), len(rows))), partial + 2 * with_care.astype(np.int64)
    mixed = len(whose) and bool((whose != whose[0]).any())
    for number, (name, kind) in enumerate(FEATURES.items()):  # not @: its sums depend on how many rows there are
        weight = weights.dense[:, number].take(whose if mixed else whose[:1])
        terms[KINDS.index(kind)] += columns[name] * weight
    if len(weights.keys):
        learned = _of_entries(weights, dictionary).take(these.entry, axis=1)
        for keys in beside(these, lattice.tokens, dictionary):
            learned += _learned(weights, keys)
        terms[-3] = np.where(partial, 0.0, np.where(with_care, learned[1], learned[0]))
    terms[KINDS.index("channel")] += for_places(markers, dictionary).take(these.entry)
    terms[-2] = names.take(rows)
    place = places_of(these, lattice, dictionary)
    alone = terms.sum(axis=0)
    terms[-1] = rivals(alone, place)
    substituted = place_log_odds(together(alone, place), columns, weights.place, whose)
    return Weighed(rows, terms.T, terms.sum(axis=0), place, substituted)


def _learned(weights: Weights, keys: U64) -> F64:
    """(2, keys): the weights of the collocations `keys`; 0 for those that have none."""
    learned = np.zeros((2, len(keys)))
    at, key = _vocabulary(weights).find(keys)
    learned[:, at] = weights.values[:, key - len(Word)]
    return learned


@lru_cache(maxsize=8)
def _of_entries(weights: Weights, dictionary: Dictionary) -> F64:
    """(2, entries): the weights of each entry of `dictionary`, whatever stands beside it."""
    return _learned(weights, keys_of(dictionary))


@lru_cache(maxsize=8)
def _vocabulary(weights: Weights) -> Vocabulary:
    """The keys of `weights` to be searched in."""
    return Vocabulary.of(weights.keys)


def together(score: F64, place: I64) -> F64:
    """(rows,): ln of what all candidates at the `place` of each weigh; `score` is for each."""
    weight = np.exp(np.clip(score, -MOST_SCORE, MOST_SCORE))
    logarithm: F64 = np.log(np.bincount(place, weight)[place] if len(place) else weight)
    return logarithm


def rivals(score: F64, place: I64) -> F64:
    """(rows,): what the rivals at its `place` take from the log-odds of each candidate; `score` is for it."""
    weight = np.exp(np.clip(score, -MOST_SCORE, MOST_SCORE))
    together = np.bincount(place, weight)[place] if len(place) else weight
    against: F64 = -np.log(np.maximum(1.0 + together - weight, 1.0))
    return against
