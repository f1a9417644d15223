"""Rows → what may speak for or against each: the features that `evidence` weighs.

The lattice's answers, and what the text says besides: other places of the same substitution, the original standing
elsewhere, how common the phrases are, capitals; and for each candidate the keys of its collocations, its phrases beside
each neighbour. Start reading from `features_of`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..decoding.channel import Channel
from ..decoding.decode import Decoded
from ..decoding.lattice import Lattice
from ..dictionary.dictionary import Dictionary
from ..language_model.model import LanguageModel
from ..language_model.word_vectors import WordVectors
from ..text.hashing import hash_phrases
from ..text.language import ENGLISH, LanguageRules
from ..text.token_features import Shape
from ..text.tokens import Tokens
from ..util.array_types import F64, I64, U64
from ..util.arrays import alike, distinct, spread
from .cut import Cut
from .entry_keys import keys_of
from .reader import Reader
from .topic_fit import topical

PLAUSIBLE_FROM = -6.0  # candidates with lower odds than this in the lattice are not worth a closer look
MOST_SUPPORT = 4.0  # of one other occurrence: a single place, however clear, is one place
SOME_SUPPORT = 2.0  # support beyond which more occurrences add little

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
    "the spun phrase read": "reader",
    "the original read": "reader",
    "the entry read": "reader",
    "the classes read": "reader",
    "the place read closely": "reader",
    "the original read closely": "reader",
}
CLOSELY = tuple(name for name in FEATURES if name.endswith("closely"))
"""What the `encoder` says: nothing, where it is not asked."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
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
    def of(cls, rows: I64, lattice: Lattice, channel: Channel) -> Rows:
        """The candidates `rows`."""
        arcs, arc = lattice.arcs, channel.candidate.take(rows)
        start, end = arcs.start.take(arc), arcs.end.take(arc)
        return cls(rows, arcs.entry.take(arc), start, end, lattice.token.take(start), lattice.token.take(end - 1))


def plausible(decoded: Decoded) -> I64:
    """The candidates worth a closer look."""
    return np.flatnonzero((decoded.context + decoded.weight > PLAUSIBLE_FROM) & decoded.is_best_of_change)


def places(lattice: Lattice, channel: Channel, dictionary: Dictionary, rows: I64) -> I64:
    """(rows,): the place that each candidate `rows` changes: places have the number of one of their rows."""
    return places_of(Rows.of(rows, lattice, channel), lattice, dictionary)


def places_of(these: Rows, lattice: Lattice, dictionary: Dictionary, rules: LanguageRules = ENGLISH) -> I64:
    """(rows,): the place that each of `these` changes, likewise: the words that are left of it when it is cut."""
    first, last = lattice.token.take(these.start), lattice.token.take(these.end - 1) + 1
    cut = Cut.of(first, last, these.entry, lattice.tokens, dictionary, rules)
    return alike((cut.first << 8) + cut.last - cut.first)


def features(
    lattice: Lattice,
    channel: Channel,
    decoded: Decoded,
    dictionary: Dictionary,
    model: LanguageModel,
    topics: WordVectors,
    reader: Reader,
    closely: F64,
    rows: I64,
) -> F64:
    """(rows, features): the dense features of the candidates `rows`, in the order of `FEATURES`."""
    these = Rows.of(rows, lattice, channel)
    columns = features_of(these, lattice, channel, decoded, dictionary, model, topics, reader, closely)
    return np.stack([columns[name] for name in FEATURES]).T


def features_of(
    these: Rows,
    lattice: Lattice,
    channel: Channel,
    decoded: Decoded,
    dictionary: Dictionary,
    model: LanguageModel,
    topics: WordVectors,
    reader: Reader,
    closely: F64,
) -> Mapping[str, F64]:
    """(rows,) each of `FEATURES`, of `these`; `closely` is what the encoder says of them (`Encoder.read`)."""
    tokens, rows = lattice.tokens, these.row
    context = decoded.context.take(rows)
    family = decoded.family.take(rows)
    rate = decoded.rate[channel.text.take(rows), family]
    support = _support(channel, decoded.context).take(rows)
    shape = tokens.shape.take(these.first)
    replaced, share = _replaced(these, lattice, channel, decoded)
    of_original, of_spun = _frequencies(dictionary, model).of(these, tokens)
    read = reader.read(tokens, dictionary, these.entry, these.first, these.last + 1)
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
        "some support": np.minimum(support, SOME_SUPPORT),
        "stands": channel.stands.take(rows),
        "frequency of the original": of_original,
        "frequency of the spun": of_spun,
        "title": (shape == Shape.TITLE).astype(np.float64),
        "shouted": (shape == Shape.UPPER).astype(np.float64),
        "length": these.end - these.start - 1.0,
        "the spun phrase read": read[0],
        "the original read": read[1],
        "the entry read": read[2],
        "the classes read": read[3],
        **dict(zip(CLOSELY, closely, strict=True)),
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

    def of(self, these: Rows, tokens: Tokens) -> tuple[F64, F64]:
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


def _replaced(these: Rows, lattice: Lattice, channel: Channel, decoded: Decoded) -> tuple[F64, F64]:
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
    these = Rows.of(rows, lattice, channel)
    return np.stack([keys_of(dictionary).take(these.entry), *beside(these, lattice.tokens, dictionary)], axis=1)


def beside(these: Rows, tokens: Tokens, dictionary: Dictionary) -> list[U64]:
    """(rows,) twice: of the entry of each of `these` its key with the word before it, and with that after it."""
    pair = keys_of(dictionary).take(these.entry)
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
