"""Why a restoration is believed: terms that add up to its log-odds.

The lattice knows the channel and the neighbouring words; it is a model of the language, and a little too sure of
itself. Here its answers become *features* of every candidate, and a logistic regression, fitted on parallel text
(learn/evidence.py), weighs them against each other and against what else speaks for or against a restoration:

    spin rate     how thoroughly this text was spun
    channel       how often the spinner makes this substitution
    context       how much better the original fits between its neighbours, with everything else undecided
    topic         how well the original goes with the words further away (`topics`)
    consistency   other places of the same substitution; the original standing elsewhere in the text
    frequency     how common either phrase is
    form          capitals, length
    collocation   what this pair, beside this very neighbour, turned out to be in parallel text
    names         what other mentions of a name say (`names`)
    rivals        what speaks for the other originals of the same place

Of the originals that may have stood at one place one at most did: a conditional logit (McFadden 1974), in which a place
was left alone with weight 1, and each original has the exponential of its other terms as its weight. So the log-odds of
a candidate are these terms, which simply add up, less ln (1 + what its rivals weigh), and the confidence is their
logistic function. Start reading from `weigh`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import mapped
from .arrays import alike, distinct, spread
from .decode import Channel, Decoded
from .dictionary import Dictionary
from .language_model import LanguageModel
from .lattice import Lattice
from .ngrams import Vocabulary, Word
from .phrases import hash_phrases
from .tokens import Shape, Tokens
from .topics import Topics, topical

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]

CLEAR = -6.0  # candidates with lower odds than this in the lattice are not worth a closer look
MOST_SUPPORT = 4.0  # of one other occurrence: a single place, however clear, is one place
MOST_SCORE = 25.0  # beyond, sums of exponentials lose the smaller ones
SEVERAL = 2.0  # support beyond which more occurrences add little

#: Feature → the kind of evidence it is part of.
FEATURES: Mapping[str, str] = {
    "constant": "spin rate",
    "log rate": "spin rate",
    "log rest": "spin rate",
    "channel": "channel",
    "context": "context",
    "context from -3": "context",
    "context for": "context",
    "context from 3": "context",
    "replaced": "context",
    "replaced from -3": "context",
    "replaced for": "context",
    "replaced from 2": "context",
    "share": "context",
    "near": "topic",
    "far": "topic",
    "support": "consistency",
    "some support": "consistency",
    "stands": "consistency",
    "frequency of the original": "frequency",
    "frequency of the spun": "frequency",
    "title": "form",
    "shouted": "form",
    "length": "form",
}
KINDS = (*dict.fromkeys(FEATURES.values()), "collocation", "names", "rivals")


VERSION = 1  # of what `Weights.load` keeps


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
    topics: Topics
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
        with Path(path).open("rb") as file:
            try:
                with np.load(file, allow_pickle=False) as arrays:
                    columns = dict(arrays)
                if not all(isinstance(array, np.ndarray) for array in columns.values()):
                    raise ValueError("a part of it is no array")
                provenance = json.loads(str(columns["provenance"]))
                dense, keys, values = columns["dense"], columns["keys"], columns["values"]
                another = not isinstance(provenance, dict) or provenance.get("features") != list(FEATURES)
                topics = Topics.none() if another else Topics.of(columns)
            except Exception as problem:
                if not isinstance(problem, _damaged()):
                    raise
                raise EvidenceError(f"{name}: these are no evidence weights ({problem}); get the file again") from None
        if another or dense.shape != (2, len(FEATURES)):
            raise EvidenceError(
                f"{name}: the weights are of another version; learn them anew with: despin-learn evidence"
            )
        right = keys.ndim == 1 and keys.shape == values.shape
        if not right or keys.dtype != np.uint64 or dense.dtype.kind != "f" or values.dtype.kind != "f":
            raise EvidenceError(f"{name}: the weights are damaged (their arrays do not fit); get the file again")
        if not (np.isfinite(dense).all() and np.isfinite(values).all() and (keys[1:] > keys[:-1]).all()):
            raise EvidenceError(f"{name}: the weights are damaged (their values make no sense); get the file again")
        return cls(dense.astype(np.float64), keys, values.astype(np.float32), topics, provenance)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Weights:
        """As `open`, but what it gave once is mapped from the user's cache (`mapped`), and nothing is unpacked."""
        content = Path(path).read_bytes()
        place = mapped.place("weights", VERSION, FEATURES, [content])
        if place is not None:
            with suppress(*mapped.DAMAGED):
                provenance, arrays = mapped.find(place)
                return cls(arrays["dense"], arrays["keys"], arrays["values"], Topics.of(arrays), provenance)
        made = cls.open(path)
        columns = {"dense": made.dense, "keys": made.keys, "values": made.values, **made.topics.arrays}
        mapped.write(place, made.provenance, columns)
        return made


def _damaged() -> tuple[type[Exception], ...]:
    """What reading a damaged file raises: of NumPy, of zip files and their compressions, and of a size that is none."""
    from lzma import LZMAError
    from struct import error as StructError
    from zipfile import BadZipFile
    from zlib import error as ZlibError

    return (
        ValueError, KeyError, EOFError, TypeError, AttributeError, OSError, RuntimeError, MemoryError, OverflowError,
        BadZipFile, LZMAError, StructError, ZlibError,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Candidates of a batch with their evidence: those that are worth a finding."""

    rows: I64
    """Which of `Channel.candidate`."""
    terms: F64
    """(rows, kinds): natural log-odds, by `KINDS`."""
    log_odds: F64
    """(rows,): their sums."""


def weigh(
    lattice: Lattice,
    channel: Channel,
    decoded: Decoded,
    names: F64,
    dictionary: Dictionary,
    model: LanguageModel,
    weights: Weights,
    everything: bool = False,
) -> Weighed:
    """The evidence for and against every plausible candidate of the batch, or with `everything` of each that leads;
    `names` is what `names.support` says of each candidate."""
    rows = np.flatnonzero(decoded.leads) if everything else plausible(decoded)
    these = _Candidates.of(rows, lattice, channel)
    family = decoded.family.take(rows)
    partial = dictionary.partial[family] if len(dictionary.families) else np.zeros(0, np.bool_)
    columns = _features(these, lattice, channel, decoded, dictionary, model, weights.topics)
    terms, whose = np.zeros((len(KINDS), len(rows))), partial.astype(np.int64)
    mixed = partial.any() and not partial.all()
    for number, (name, kind) in enumerate(FEATURES.items()):  # not @: its sums depend on how many rows there are
        weight = weights.dense[:, number].take(whose if mixed else whose[:1])
        terms[KINDS.index(kind)] += columns[name] * weight
    if len(weights.keys):
        learned = _of_entries(weights, dictionary).take(these.entry)
        for keys in _beside(these, lattice.tokens, dictionary):
            learned += _learned(weights, keys)
        terms[-3] = np.where(partial, 0.0, learned)
    terms[-2] = names.take(rows)
    terms[-1] = rivals(terms.sum(axis=0), _places(these, channel, dictionary))
    return Weighed(rows, terms.T, terms.sum(axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """Where some of the candidates of a channel are; each (rows,)."""

    row: I64
    """Which of `Channel.candidate`."""
    entry: I64
    start: I64
    """First slot."""
    end: I64
    """Last slot + 1."""
    first: I64
    """First token."""
    last: I64
    """Last token."""

    @classmethod
    def of(cls, rows: I64, lattice: Lattice, channel: Channel) -> _Candidates:
        """The candidates `rows`."""
        arcs, arc = lattice.arcs, channel.candidate.take(rows)
        start, end = arcs.start.take(arc), arcs.end.take(arc)
        return cls(rows, arcs.entry.take(arc), start, end, lattice.token.take(start), lattice.token.take(end - 1))


def _learned(weights: Weights, keys: U64) -> F64:
    """(keys,): the weights of the collocations `keys`; 0 for those that have none."""
    learned = np.zeros(len(keys))
    at, key = _vocabulary(weights).find(keys)
    learned[at] = weights.values[key - len(Word)]
    return learned


@lru_cache(maxsize=8)
def _of_entries(weights: Weights, dictionary: Dictionary) -> F64:
    """(entries,): the weight of each entry of `dictionary`, whatever stands beside it."""
    return _learned(weights, _keys(dictionary))


@lru_cache(maxsize=8)
def _vocabulary(weights: Weights) -> Vocabulary:
    """The keys of `weights` to be searched in."""
    return Vocabulary.of(weights.keys)


def plausible(decoded: Decoded) -> I64:
    """The candidates worth a closer look."""
    return np.flatnonzero((decoded.context + decoded.weight > CLEAR) & decoded.leads)


def places(lattice: Lattice, channel: Channel, dictionary: Dictionary, rows: I64) -> I64:
    """(rows,): the place that each candidate `rows` changes: places have the number of one of their rows."""
    return _places(_Candidates.of(rows, lattice, channel), channel, dictionary)


def _places(these: _Candidates, channel: Channel, dictionary: Dictionary) -> I64:
    first = these.start + channel.head.take(these.row)
    last = these.end - dictionary.tail.take(these.entry)
    return alike((first << 8) + last - first)


def rivals(score: F64, place: I64) -> F64:
    """(rows,): what the rivals at its `place` take from the log-odds of each candidate; `score` is for it."""
    weight = np.exp(np.clip(score, -MOST_SCORE, MOST_SCORE))
    together = np.bincount(place, weight)[place] if len(place) else weight
    against: F64 = -np.log(np.maximum(1.0 + together - weight, 1.0))
    return against


def features(
    lattice: Lattice,
    channel: Channel,
    decoded: Decoded,
    dictionary: Dictionary,
    model: LanguageModel,
    topics: Topics,
    rows: I64,
) -> F64:
    """(rows, features): the dense features of the candidates `rows`, in the order of `FEATURES`."""
    these = _Candidates.of(rows, lattice, channel)
    columns = _features(these, lattice, channel, decoded, dictionary, model, topics)
    return np.stack([columns[name] for name in FEATURES]).T


def _features(
    these: _Candidates,
    lattice: Lattice,
    channel: Channel,
    decoded: Decoded,
    dictionary: Dictionary,
    model: LanguageModel,
    topics: Topics,
) -> Mapping[str, F64]:
    """(rows,) each of `FEATURES`, of `these`."""
    tokens, rows = lattice.tokens, these.row
    context = decoded.context.take(rows)
    family = decoded.family.take(rows)
    rate = decoded.rate[channel.text.take(rows), family]
    support = _support(channel, decoded.context).take(rows)
    shape = tokens.shape.take(these.first)
    replaced, share = _replaced(these, lattice, channel, decoded)
    of_original, of_spun = _frequencies(dictionary, model).of(these, tokens)
    near, far = topical(tokens, channel.texts, dictionary, topics, these.entry, these.first, these.end - these.start)
    return {
        "constant": np.ones(len(rows)),
        "log rate": np.log(rate),
        "log rest": -np.log(1.02 - rate),
        "channel": np.log(channel.probability[rows, family]),
        "context": context,
        # Bends: what the lattice is sure of is not as sure as it says, in either direction.
        "context from -3": np.maximum(context + 3.0, 0.0),
        "context for": np.maximum(context, 0.0),
        "context from 3": np.maximum(context - 3.0, 0.0),
        "replaced": replaced,
        "replaced from -3": np.maximum(replaced + 3.0, 0.0),
        "replaced for": np.maximum(replaced, 0.0),
        "replaced from 2": np.maximum(replaced - 2.0, 0.0),
        "share": share,
        "near": near,
        "far": far,
        "support": support,
        "some support": np.minimum(support, SEVERAL),
        "stands": channel.stands.take(rows),
        "frequency of the original": of_original,
        "frequency of the spun": of_spun,
        "title": (shape == Shape.TITLE).astype(np.float64),
        "shouted": (shape == Shape.UPPER).astype(np.float64),
        "length": these.end - these.start - 1.0,
    }


class _Frequencies:
    """ln of how common the phrases of a dictionary are: of spun phrases found out when first met, and kept."""

    def __init__(self, dictionary: Dictionary, model: LanguageModel) -> None:
        self._model = model
        self._met = np.zeros(len(dictionary), np.bool_)
        self._found = np.zeros(len(dictionary))
        row, _ = spread(np.diff(dictionary.first_word))
        common = model.unigram(model.ids(dictionary.word, dictionary.shape))
        meant = np.bincount(row, common, minlength=len(dictionary.original_text)).astype(np.float64)
        self._meant: F64 = meant[dictionary.original]

    def of(self, these: _Candidates, tokens: Tokens) -> tuple[F64, F64]:
        """(rows,) each: of the words of the originals of `these`, and of the spun phrases, which are the same words
        wherever they stand."""
        new = np.flatnonzero(~self._met.take(these.entry))
        if len(new):
            entry, which, _ = distinct(these.entry[new], len(self._met))
            new = new[which]
            row, token = spread(these.end[new] - these.start[new], these.first[new])
            common = self._model.unigram(self._model.ids(tokens.word[token], tokens.shape[token]))
            self._found[entry] = np.bincount(row, common, minlength=len(new))
            self._met[entry] = True
        return self._meant.take(these.entry), self._found.take(these.entry)


@lru_cache(maxsize=8)
def _frequencies(dictionary: Dictionary, model: LanguageModel) -> _Frequencies:
    """The one `_Frequencies` of the two."""
    return _Frequencies(dictionary, model)


def _replaced(these: _Candidates, lattice: Lattice, channel: Channel, decoded: Decoded) -> tuple[F64, F64]:
    """(rows,): log-odds that the place was replaced by anything; ln of the candidate's share of that.

    That a phrase is out of place, and which of several synonyms stood there, are two questions, and the language model
    is not equally good at both.
    """
    arcs, candidate = lattice.arcs, channel.candidate
    if not len(these.row):
        return np.zeros(0), np.zeros(0)
    size, posterior = int(arcs.end.max()) + 1, decoded.posterior.take(candidate)
    steps = np.bincount(arcs.start.take(candidate), posterior, minlength=size)
    steps -= np.bincount(arcs.end.take(candidate), posterior, minlength=size)
    covered = np.cumsum(steps).take(these.start + channel.head.take(these.row))
    own = decoded.context.take(these.row) + decoded.weight.take(these.row)
    covered = np.clip(np.maximum(covered, 1 / (1 + np.exp(-own))), 1e-9, 1 - 1e-6)
    logarithm = np.log(covered)
    return logarithm - np.log1p(-covered), -_softplus(-own) - logarithm


def _softplus(value: F64) -> F64:
    """ln (1 + e^value), as `np.logaddexp` says it, which takes ten times as long."""
    soft: F64 = np.log1p(np.exp(-np.abs(value)))
    soft += np.maximum(value, 0.0)
    return soft


def _support(channel: Channel, context: F64) -> F64:
    """(candidates,): how clearly the other occurrences of the same entry in the same text speak for it."""
    own = np.minimum(_softplus(context), MOST_SUPPORT)
    together: F64 = np.bincount(channel.group, own, minlength=len(own)).astype(np.float64)
    return together[channel.group] - own


def collocations(lattice: Lattice, channel: Channel, dictionary: Dictionary, rows: I64) -> U64:
    """(rows, 3): keys of the entry alone, with the word before it, and with the word after it.

    Keys are made of the words themselves, so that they outlive the order of the dictionary.
    """
    these = _Candidates.of(rows, lattice, channel)
    return np.stack([_keys(dictionary).take(these.entry), *_beside(these, lattice.tokens, dictionary)], axis=1)


def _beside(these: _Candidates, tokens: Tokens, dictionary: Dictionary) -> list[U64]:
    """(rows,) twice: of the entry of each of `these` its key with the word before it, and with that after it."""
    pair = _keys(dictionary).take(these.entry)
    opens, none = np.flatnonzero(tokens.opens), np.zeros(1, np.uint64)
    before = np.concatenate([none, tokens.word[:-1]])  # of each token the word before it in its paragraph
    before[opens] = 0
    after = np.concatenate([tokens.word[1:], none])
    after[opens[opens > 0] - 1] = 0
    one, two = np.array([[1], [2]], np.uint64)
    return [
        hash_phrases([pair, before.take(these.first), one]),
        hash_phrases([pair, after.take(these.last), two]),
    ]


@lru_cache(maxsize=8)
def _keys(dictionary: Dictionary) -> U64:
    """(entries,): as `entry_keys`, of all."""
    return entry_keys(dictionary, np.arange(len(dictionary)))


def entry_keys(dictionary: Dictionary, entry: I64) -> U64:
    """(entries,): a hash of the two phrases of each `entry`."""
    return hash_phrases([dictionary.spun_key[entry], dictionary.original_key[dictionary.original[entry]]])
