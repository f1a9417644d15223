"""Why a restoration is believed: terms that add up to its log-odds.

The lattice knows the channel and the neighbouring words; it is a model of the language, and a little too sure of
itself. Here its answers become *features* of every candidate, and a logistic regression, fitted on parallel text
(learn/evidence.py), weighs them against each other and against what else speaks for or against a restoration:

    spin rate     how thoroughly this text was spun
    channel       how often the spinner makes this substitution
    context       how much better the original fits between its neighbours, with everything else undecided
    consistency   other places of the same substitution; the original standing elsewhere in the text
    form          capitals, length
    collocation   what this pair, beside this very neighbour, turned out to be in parallel text
    names         what other mentions of a name say (`names`)

The model is linear, so the terms of one candidate simply add up; their sum is the log-odds, and the confidence is its
logistic function. Start reading from `weigh`.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path
from struct import error as StructError
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from .decode import Channel, Decoded
from .dictionary import Dictionary
from .lattice import Lattice
from .phrases import hash_phrases
from .tokens import Shape

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]

MOST_SUPPORT = 4.0  # of one other occurrence: a single place, however clear, is one place
SEVERAL = 2.0  # support beyond which more occurrences add little

#: Feature → the kind of evidence it is part of.
FEATURES: Mapping[str, str] = {
    "constant": "spin rate",
    "log rate": "spin rate",
    "log rest": "spin rate",
    "channel": "channel",
    "context": "context",
    "context for": "context",
    "replaced": "context",
    "replaced for": "context",
    "share": "context",
    "support": "consistency",
    "some support": "consistency",
    "stands": "consistency",
    "title": "form",
    "shouted": "form",
    "length": "form",
}
KINDS = (*dict.fromkeys(FEATURES.values()), "collocation", "names")


# What reading a damaged file raises: of NumPy, of zip files and their compressions, and of a size that is none.
_DAMAGED = (
    ValueError, KeyError, EOFError, TypeError, AttributeError, OSError, RuntimeError, MemoryError, OverflowError,
    BadZipFile, LZMAError, StructError, zlib.error,
)  # fmt: skip


class EvidenceError(ValueError):
    """The file of weights cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What `despin-learn evidence` fitted."""

    dense: F64
    """(2, features): one weight for each of `FEATURES`: for families known whole, and for those known in part
    (`Dictionary.partial`)."""
    keys: U64
    """Collocations with a weight of their own, as hashes, in increasing order."""
    values: F32
    """Their weights."""
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
        with Path(path).open("rb") as file:
            try:
                with np.load(file, allow_pickle=False) as arrays:
                    columns = {key: arrays[key] for key in ("provenance", "dense", "keys", "values")}
                if not all(isinstance(array, np.ndarray) for array in columns.values()):
                    raise ValueError("a part of it is no array")
                provenance = json.loads(str(columns["provenance"]))
            except _DAMAGED as problem:
                raise EvidenceError(f"{name}: these are no evidence weights ({problem}); get the file again") from None
        dense, keys, values = columns["dense"], columns["keys"], columns["values"]
        if (
            not isinstance(provenance, dict)
            or provenance.get("features") != list(FEATURES)
            or dense.shape != (2, len(FEATURES))
        ):
            raise EvidenceError(
                f"{name}: the weights are of another version; learn them anew with: despin-learn evidence"
            )
        right = keys.ndim == 1 and keys.shape == values.shape
        if not right or keys.dtype != np.uint64 or dense.dtype.kind != "f" or values.dtype.kind != "f":
            raise EvidenceError(f"{name}: the weights are damaged (their arrays do not fit); get the file again")
        if not (np.isfinite(dense).all() and np.isfinite(values).all() and (keys[1:] > keys[:-1]).all()):
            raise EvidenceError(f"{name}: the weights are damaged (their values make no sense); get the file again")
        return cls(dense.astype(np.float64), keys, values.astype(np.float32), provenance)


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """The candidates of a batch with their evidence; one row a candidate, in the order of `Channel.candidate`."""

    terms: F64
    """(candidates, kinds): natural log-odds, by `KINDS`."""
    log_odds: F64
    """(candidates,): their sums."""


def weigh(
    lattice: Lattice, channel: Channel, decoded: Decoded, names: F64, dictionary: Dictionary, weights: Weights
) -> Weighed:
    """The evidence for and against every candidate of the batch; `names` is what `names.support` says of each."""
    partial = dictionary.partial[decoded.family] if len(dictionary.families) else np.zeros(0, np.bool_)
    parts = features(lattice, channel, decoded) * weights.dense[partial.astype(np.int64)]
    kinds = list(FEATURES.values())
    terms = np.stack([parts[:, [k == kind for k in kinds]].sum(axis=1) for kind in KINDS[:-2]], axis=1)
    learned = np.zeros(len(terms))
    if len(weights.keys):
        for column in collocations(lattice, channel, dictionary).T:
            at = np.minimum(np.searchsorted(weights.keys, column), len(weights.keys) - 1)
            learned += np.where((weights.keys[at] == column) & ~partial, weights.values[at], 0.0)
    terms = np.concatenate([terms, learned[:, None], names[:, None]], axis=1)
    return Weighed(terms, terms.sum(axis=1))


def features(lattice: Lattice, channel: Channel, decoded: Decoded) -> F64:
    """(candidates, features): the dense features of every candidate, in the order of `FEATURES`."""
    arcs, candidate = lattice.arcs, channel.candidate
    rate = decoded.rate[channel.text, decoded.family]
    support = _support(channel, decoded.context)
    first = _tokens(lattice, arcs.start[candidate])
    shape = lattice.tokens.shape[first]
    replaced, share = _replaced(lattice, channel, decoded)
    columns = {
        "constant": np.ones(len(candidate)),
        "log rate": np.log(rate),
        "log rest": -np.log(1.02 - rate),
        "channel": np.log(channel.probability[np.arange(len(candidate)), decoded.family]),
        "context": decoded.context,
        "context for": np.maximum(decoded.context, 0.0),
        "replaced": replaced,
        "replaced for": np.maximum(replaced, 0.0),
        "share": share,
        "support": support,
        "some support": np.minimum(support, SEVERAL),
        "stands": channel.stands[channel.group],
        "title": (shape == Shape.TITLE).astype(np.float64),
        "shouted": (shape == Shape.UPPER).astype(np.float64),
        "length": (arcs.end - arcs.start)[candidate] - 1.0,
    }
    return np.stack([columns[name] for name in FEATURES], axis=1)


def _replaced(lattice: Lattice, channel: Channel, decoded: Decoded) -> tuple[F64, F64]:
    """(candidates,): log-odds that the place was replaced by anything; ln of the candidate's share of that.

    That a phrase is out of place, and which of several synonyms stood there, are two questions, and the language model
    is not equally good at both.
    """
    arcs, candidate = lattice.arcs, channel.candidate
    if not len(candidate):
        return np.zeros(0), np.zeros(0)
    size = int(arcs.end.max()) + 1
    steps = np.bincount(arcs.start[candidate], decoded.posterior[candidate], minlength=size)
    steps -= np.bincount(arcs.end[candidate], decoded.posterior[candidate], minlength=size)
    covered = np.cumsum(steps)[arcs.start[candidate] + channel.head]
    own = decoded.context + decoded.weight
    covered = np.clip(np.maximum(covered, 1 / (1 + np.exp(-own))), 1e-9, 1 - 1e-6)
    return np.log(covered) - np.log1p(-covered), -np.logaddexp(0, -own) - np.log(covered)


def _support(channel: Channel, context: F64) -> F64:
    """(candidates,): how clearly the other occurrences of the same entry in the same text speak for it."""
    own = np.minimum(np.logaddexp(0, context), MOST_SUPPORT)
    together: F64 = np.bincount(channel.group, own, minlength=channel.groups).astype(np.float64)
    return together[channel.group] - own


def collocations(lattice: Lattice, channel: Channel, dictionary: Dictionary) -> U64:
    """(candidates, 3): keys of the entry alone, with the word before it, and with the word after it.

    Keys are made of the words themselves, so that they outlive the order of the dictionary.
    """
    arcs, tokens = lattice.arcs, lattice.tokens
    start, end = arcs.start[channel.candidate], arcs.end[channel.candidate]
    first, last = _tokens(lattice, start), _tokens(lattice, end - 1)
    pair = entry_keys(dictionary)[arcs.entry[channel.candidate]]
    none = np.uint64(0)
    before = np.where(tokens.opens[first], none, tokens.word[np.maximum(first - 1, 0)])
    after = np.minimum(last + 1, len(tokens) - 1)
    behind = np.where((last + 1 >= len(tokens)) | tokens.opens[after], none, tokens.word[after])
    side = np.full(len(pair), 1, np.uint64)
    return np.stack([pair, hash_phrases([pair, before, side]), hash_phrases([pair, behind, side + side])], axis=1)


def entry_keys(dictionary: Dictionary) -> U64:
    """(entries,): a hash of each entry's two phrases."""
    return hash_phrases([dictionary.spun_key, dictionary.original_key[dictionary.original]])


def _tokens(lattice: Lattice, slots: I64) -> I64:
    """The token at each of `slots`, which are slots of tokens."""
    return np.searchsorted(lattice.slot, slots)
