"""Lattice + spin rate → how probable each reading is.

The channel of a spinner (docs/design.md): each key `o` of the original is replaced with probability ρ·r(o), by `s` with
probability P(s | o). ρ, the spin rate, is one number a text, and unknown. So

    weight of a restoration   ln ρ + ln P(s | o)
    weight of a kept key      ln (1 − ρ·r(o))

* ρ of each text is found by expectation–maximisation, from the likeliest of a few starts. The lattice's scores are
  reused; only the weights of the arcs change from round to round.
* The probability of each arc, given everything else that the text may have been, comes from a forward and a backward
  sweep.

Start reading from `decode`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .candidates import REACH
from .dictionary import Dictionary
from .lattice import Lattice
from .phrases import hash_phrases
from .sweeps import forward, sum_product

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

ROUNDS = 2
STARTS = (0.03, 0.25, 0.9)  # ρ to begin from: of equals the lowest, so that weak evidence lifts nothing
LOWEST = 1e-4
HIGHEST = 0.98
SILENT_KEYS = 15.0  # keys that stand, added to every text: a few words of good luck do not make a spin rate
SHARED = 0.5  # exponent of how often a key stands: occurrences of one key are neither one fact nor as many as they are


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """What the search found."""

    rate: F64
    """(texts,): ρ̂."""
    gain: F64
    """(texts,): ln of the likelihood ratio of ρ̂ against ρ = 0."""
    posterior: F64
    """(arcs,): probability of each arc at ρ̂."""
    context: F64
    """(candidates,): natural log-odds of each candidate of the channel from its context alone."""
    leads: Bool
    """(candidates,): of the candidates that change the text in the same way, the likeliest. The others count as it."""


def decode(lattice: Lattice, channel: Channel) -> Decoded:
    """The best reading of each text of the batch at its own spin rate."""
    texts = channel.texts
    rate = _start(lattice, channel, texts)
    for _ in range(ROUNDS):
        posterior, total = posteriors(lattice, channel.weights(rate))
        rate = channel.maximise(posterior)
    weights = channel.weights(rate)
    posterior, total = posteriors(lattice, weights)
    gain = np.bincount(lattice.region, (total - lattice.plain) * lattice.once, minlength=texts) + channel.penalty(rate)
    return Decoded(rate, gain, posterior, *channel.context(posterior, weights))


def _start(lattice: Lattice, channel: Channel, texts: int) -> F64:
    """(texts,): the likeliest of a few rates.

    The likelihood has two humps where a short text is spun throughout: from a low start alone, expectation–maximisation
    ends on the wrong one.
    """
    gains = []
    for start in STARTS:
        rate = np.full(texts, start)
        node = lattice.pair_score + channel.weights(rate)[lattice.second]
        total = forward(lattice.graph, node, lattice.triple_score)[lattice.graph.final]
        gains.append(np.bincount(lattice.region, total * lattice.once, minlength=texts) + channel.penalty(rate))
    best: F64 = np.array(STARTS)[np.argmax(gains, axis=0)]
    return best


def posteriors(lattice: Lattice, weights: F64) -> tuple[F64, F64]:
    """Probability of every arc, (arcs,), and ln of the summed weight of all readings of every region, (regions,)."""
    node = lattice.pair_score + weights[lattice.second]
    share, total = sum_product(lattice.graph, node, lattice.triple_score)
    posterior = np.bincount(lattice.second, share, minlength=len(lattice.arcs))
    return np.minimum(posterior, 1.0), total


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """What the spin rate weighs: restorations in the lattice, and keys that stand anywhere in the texts."""

    lattice: Lattice
    texts: int
    candidate: I64
    """Arcs that restore."""
    log_channel: F64
    """ln P(s | o) of each candidate."""
    text: I32
    """(candidates,)"""
    head: I64
    """(candidates,): words in front that a candidate leaves as they are."""
    effect: I64
    """(candidates,): candidates that change the text in the same way have one number."""
    group: I64
    """(candidates,): candidates of one entry in one text have one number."""
    groups: int
    """How many numbers there are."""
    stands: F64
    """(groups,): 1 where the original stands elsewhere in the text, else 0."""
    key_arc: I64
    """For each key that stands in a region: the arc that keeps its last word; −1 for the others."""
    key_rate: F64
    """r(o) of each key that stands."""
    key_share: F64
    """Weight of each of its occurrences: a key is kept or replaced once a text, roughly."""
    key_text: I32

    @classmethod
    def of(cls, lattice: Lattice, dictionary: Dictionary, texts: int) -> Channel:
        """The channel over `lattice`."""
        arcs, keys = lattice.arcs, lattice.keys
        candidate = np.flatnonzero(arcs.entry >= 0)
        plain = np.flatnonzero(arcs.entry < 0)
        plain = plain[np.argsort(arcs.start[plain])]
        last = lattice.slot[keys.first + keys.length - 1]
        at = np.searchsorted(arcs.start[plain], last)
        key_arc = np.full(len(last), -1)
        if len(plain):
            nearest = plain[np.minimum(at, len(plain) - 1)]
            # The first slots of a region are on every path, and no node of the graph: what stands there is outside.
            key_arc = np.where((arcs.start[nearest] == last) & (arcs.level[nearest] >= REACH), nearest, -1)

        text = lattice.document[candidate]
        entries, originals = len(dictionary.entries), len(dictionary.replaced)
        known, group = np.unique(text.astype(np.int64) * entries + arcs.entry[candidate], return_inverse=True)
        of_original = known // entries * originals + dictionary.original[known % entries] if entries else known
        entry = arcs.entry[candidate]
        changes = [
            (arcs.start[candidate] + dictionary.head[entry]).astype(np.uint64),
            (arcs.end[candidate] - dictionary.tail[entry]).astype(np.uint64),
            dictionary.core[entry],
        ]
        _, effect = np.unique(hash_phrases(changes), return_inverse=True)
        key_text = lattice.tokens.document[keys.first]
        standing = key_text.astype(np.int64) * originals + keys.phrase
        distinct, which, times = np.unique(standing, return_inverse=True, return_counts=True)
        return cls(
            lattice=lattice,
            texts=texts,
            candidate=candidate,
            log_channel=dictionary.log_channel[entry].astype(np.float64),
            text=text,
            head=dictionary.head[entry].astype(np.int64),
            effect=effect,
            group=group,
            groups=len(known),
            stands=np.isin(of_original, distinct).astype(np.float64),
            key_arc=key_arc,
            key_rate=dictionary.replaced[keys.phrase].astype(np.float64),
            key_share=times[which] ** (SHARED - 1.0) if len(which) else np.zeros(0),
            key_text=key_text,
        )

    def weights(self, rate: F64) -> F64:
        """(arcs,): the weight of every arc at `rate`."""
        weight = np.zeros(len(self.lattice.arcs))
        weight[self.candidate] = np.log(rate[self.text]) + self.log_channel
        inside = self.key_arc >= 0
        np.add.at(weight, self.key_arc[inside], self._kept(rate)[inside])
        return weight

    def context(self, posterior: F64, weights: F64) -> tuple[F64, Bool]:
        """(candidates,): log-odds of each candidate from its context alone; and which lead.

        *the 2* → *the two* and *2* → *two* are one change of the text: they share what they have won.
        """
        if not len(self.candidate):
            return np.zeros(0), np.zeros(0, np.bool_)
        share = posterior[self.candidate]
        together = np.bincount(self.effect, share)[self.effect]
        order = np.lexsort((-share, self.effect))
        leads = np.zeros(len(share), np.bool_)
        leads[order[np.searchsorted(self.effect[order], np.arange(int(self.effect.max()) + 1))]] = True
        together = np.clip(together, 1e-9, 1 - 1e-9)
        return np.log(together) - np.log1p(-together) - weights[self.candidate], leads

    def penalty(self, rate: F64) -> F64:
        """(texts,): the weight of the keys that stand outside all regions."""
        outside = self.key_arc < 0
        weight = np.bincount(self.key_text[outside], self._kept(rate)[outside], minlength=self.texts)
        return weight.astype(np.float64)

    def _kept(self, rate: F64) -> F64:
        return np.log1p(-rate[self.key_text] * self.key_rate) * self.key_share

    def maximise(self, posterior: F64) -> F64:
        """(texts,): the ρ that makes the expected replacements and survivals likeliest, found by bisection."""
        once = self.lattice.once[self.lattice.arcs.region]  # what is said twice is no news
        missed = np.log1p(-np.minimum(posterior[self.candidate], 1 - 1e-9)) * once[self.candidate]
        active = -np.expm1(np.bincount(self.group, missed, minlength=self.groups))
        group_text = np.zeros(self.groups, np.int64)
        group_text[self.group] = self.text
        replaced = np.bincount(group_text, active, minlength=self.texts)
        stands = np.ones(len(self.key_arc))
        inside = self.key_arc >= 0
        stands[inside] = posterior[self.key_arc[inside]] * once[self.key_arc[inside]]
        low, high = np.full(self.texts, LOWEST), np.full(self.texts, HIGHEST)
        for _ in range(20):
            rate = (low + high) / 2
            pull = stands * self.key_rate / (1 - rate[self.key_text] * self.key_rate)
            rises = replaced > rate * (np.bincount(self.key_text, pull, minlength=self.texts) + SILENT_KEYS)
            low, high = np.where(rises, rate, low), np.where(rises, high, rate)
        middle: F64 = (low + high) / 2
        return middle
