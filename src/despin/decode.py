"""Lattice + spin rate → how probable each reading is.

The channel of a spinner (docs/design.md): each key `o` of the original is replaced with probability ρ·r(o), by `s` with
probability P(s | o). A text may have been through several spinners, so there is a channel for each family of them, and
ρ, the spin rate, is one number for each text and family, and unknown. So

    weight of a restoration   ln Σ ρ·P(s | o)       over the families
    weight of a kept key      Σ ln (1 − ρ·r(o))     likewise

* ρ is found by expectation–maximisation, from the likeliest of a few starts. The families share what is found as a
  mixture does: each in proportion to its part of the weight. The lattice's scores are reused; only the weights of the
  arcs change from round to round.
* The probability of each arc, given everything else that the text may have been, comes from a forward and a backward
  sweep.

Start reading from `decode`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import among, ordered
from .candidates import REACH, maximal
from .dictionary import Dictionary
from .lattice import Lattice
from .phrases import Hits, hash_phrases
from .sweeps import forward, sum_product

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

ROUNDS = 2
STARTS = (0.03, 0.25, 0.9)  # ρ to begin from: of equals the lowest, so that weak evidence lifts nothing
MINOR = 0.2  # share of the evidence below which a family is taken to have had no part in a text: few went through two
LOWEST = 1e-4
HIGHEST = 0.98
SILENT_KEYS = 15.0  # keys that stand, added to every text: a few words of good luck do not make a spin rate
SILENT_PARTIAL = 40.0  # of families known in part: what we wrote down is broad, and honest texts are full of it
SHARED = 0.5  # exponent of how often a key stands: occurrences of one key are neither one fact nor as many as they are


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """What the search found."""

    rate: F64
    """(texts, families): ρ̂."""
    gain: F64
    """(texts,): ln of the likelihood ratio of ρ̂ against ρ = 0."""
    tried: F64
    """(starts, regions): ln of the likelihood ratio of each of the rates `STARTS`, for all families."""
    posterior: F64
    """(arcs,): probability of each arc at ρ̂."""
    context: F64
    """(candidates,): natural log-odds of each candidate of the channel from its context alone."""
    weight: F64
    """(candidates,): ln of the weight of each candidate at ρ̂."""
    share: F64
    """(candidates, families): the part of it that each family gives."""
    family: I64
    """(candidates,): the family that gives most."""
    explained: F64
    """(texts, families): the evidence of substitutions that each family explains, in nats."""
    leads: Bool
    """(candidates,): of the candidates that change the text in the same way, the likeliest. The others count as it."""


def decode(lattice: Lattice, channel: Channel) -> Decoded:
    """The best reading of each text of the batch at its own spin rate."""
    tried = _try(lattice, channel)
    rate = _start(lattice, channel, tried)
    for _ in range(ROUNDS):
        weights = channel.weights(rate)
        posterior, total = posteriors(lattice, weights)
        explained = channel.explained(posterior, weights, rate)
        rate = channel.maximise(posterior, rate)
        rate[explained < MINOR * explained.sum(axis=1, keepdims=True)] = LOWEST
    weights = channel.weights(rate)
    posterior, total = posteriors(lattice, weights)
    gain = _sum(lattice, total - lattice.plain, channel.texts) + channel.penalty(rate)
    context, leads = channel.context(posterior, weights), channel.leads(posterior)
    share = channel.shares(rate)
    family = share.argmax(axis=1) if share.size else np.zeros(len(share), np.int64)
    explained = channel.explained(posterior, weights, rate)
    return Decoded(rate, gain, tried, posterior, context, weights[channel.candidate], share, family, explained, leads)


def _sum(lattice: Lattice, scores: F64, texts: int) -> F64:
    """(texts,): the sums of `scores`, one a region."""
    return np.bincount(lattice.region, scores * lattice.once, minlength=texts).astype(np.float64)


def _try(lattice: Lattice, channel: Channel) -> F64:
    """(starts, regions): what each region says for each of the rates `STARTS`."""
    shape = (channel.texts, channel.families)
    weights = np.stack([channel.weights(np.full(shape, start)) for start in STARTS])
    node = lattice.pair_score + weights.take(lattice.second, axis=1)
    total: F64 = forward(lattice.graph, node, lattice.triple_score)[:, lattice.graph.final] - lattice.plain
    return total


def _start(lattice: Lattice, channel: Channel, tried: F64) -> F64:
    """(texts, families): the likeliest of a few rates.

    The likelihood has two humps where a short text is spun throughout: from a low start alone, expectation–maximisation
    ends on the wrong one.
    """
    shape = (channel.texts, channel.families)
    gains = [
        _sum(lattice, total, channel.texts) + channel.penalty(np.full(shape, start))
        for start, total in zip(STARTS, tried, strict=True)
    ]
    best: F64 = np.array(STARTS)[np.argmax(gains, axis=0)]
    return np.repeat(best[:, None], channel.families, axis=1)


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
    families: int
    silent: F64
    """(families,): keys that stand, added to every text."""
    candidate: I64
    """Arcs that restore."""
    probability: F64
    """(candidates, families): P(s | o)."""
    log_channel: F64
    """(candidates,): ln P(s | o) of the family that gives most."""
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
    """r(o) of each key that stands, for the family whose key it is."""
    key_share: F64
    """Weight of each of its occurrences: a key is kept or replaced once a text, roughly."""
    key_text: I32
    key_family: I64
    key_token: I64
    """Its first token."""

    @classmethod
    def of(cls, lattice: Lattice, dictionary: Dictionary, texts: int) -> Channel:
        """The channel over `lattice`."""
        arcs = lattice.arcs
        keys, key_family = standing_keys(lattice.keys, dictionary)
        candidate = np.flatnonzero(arcs.entry >= 0)
        # The first slots of a region are on every path, and no node of the graph: what stands there is outside.
        plain = np.flatnonzero((arcs.entry < 0) & (arcs.level >= REACH))
        itself = np.full(len(lattice.token), -1)
        itself[arcs.start[plain]] = plain
        key_arc = itself[lattice.slot[keys.first + keys.length - 1]]

        text = lattice.document[candidate]
        entries, originals = len(dictionary), len(dictionary.replaced)
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
        families = len(dictionary.families)
        standing = key_text.astype(np.int64) * originals + keys.phrase
        _, which, times = np.unique(standing * families + key_family, return_inverse=True, return_counts=True)
        return cls(
            lattice=lattice,
            texts=texts,
            families=families,
            silent=np.where(dictionary.partial, SILENT_PARTIAL, SILENT_KEYS),
            candidate=candidate,
            probability=dictionary.probability[entry].astype(np.float64),
            log_channel=dictionary.log_channel[entry].astype(np.float64),
            text=text,
            head=dictionary.head[entry].astype(np.int64),
            effect=effect,
            group=group,
            groups=len(known),
            stands=among(of_original, standing).astype(np.float64),
            key_arc=key_arc,
            key_rate=dictionary.replaced[keys.phrase, key_family].astype(np.float64),
            key_share=times[which] ** (SHARED - 1.0) if len(which) else np.zeros(0),
            key_text=key_text,
            key_family=key_family,
            key_token=keys.first,
        )

    def weights(self, rate: F64) -> F64:
        """(arcs,): the weight of every arc at `rate`."""
        weight = np.zeros(len(self.lattice.arcs))
        weight[self.candidate] = np.log(np.einsum("cf,cf->c", rate[self.text], self.probability))
        inside = self.key_arc >= 0
        np.add.at(weight, self.key_arc[inside], self._kept(rate)[inside])
        return weight

    def shares(self, rate: F64) -> F64:
        """(candidates, families): of each candidate's weight at `rate`, the part that each family gives."""
        part: F64 = rate[self.text] * self.probability
        share: F64 = part / part.sum(axis=1, keepdims=True)
        return share

    def explained(self, posterior: F64, weights: F64, rate: F64) -> F64:
        """(texts, families): the evidence of substitutions that each family explains, in nats."""
        context = self.context(posterior, weights)
        own = posterior[self.candidate] * np.maximum(context, 0.0)
        own *= self.lattice.once[self.lattice.arcs.region[self.candidate]]
        sums = [np.bincount(self.text, own * part, minlength=self.texts) for part in self.shares(rate).T]
        return np.stack(sums, axis=1).astype(np.float64) if sums else np.zeros((self.texts, 0))

    def context(self, posterior: F64, weights: F64) -> F64:
        """(candidates,): log-odds of each candidate from its context alone.

        *the 2* → *the two* and *2* → *two* are one change of the text: they share what they have won.
        """
        together = np.bincount(self.effect, posterior[self.candidate])[self.effect]
        together = np.clip(together, 1e-9, 1 - 1e-9)
        odds: F64 = np.log(together) - np.log1p(-together) - weights[self.candidate]
        return odds

    def leads(self, posterior: F64) -> Bool:
        """(candidates,): which is the likeliest, the first of several, of those that are one change of the text."""
        leads = np.zeros(len(self.candidate), np.bool_)
        if len(leads):
            order = ordered(self.effect)
            share = posterior[self.candidate[order]]
            count = np.bincount(self.effect)
            heads = np.cumsum(count) - count
            best = np.flatnonzero(share == np.repeat(np.maximum.reduceat(share, heads), count))
            whose = self.effect[order[best]]
            leads[order[best[np.append(True, whose[1:] != whose[:-1])]]] = True
        return leads

    def penalty(self, rate: F64) -> F64:
        """(texts,): the weight of the keys that stand outside all regions."""
        weight = np.bincount(self.key_text, self.outside(rate), minlength=self.texts)
        return weight.astype(np.float64)

    def outside(self, rate: F64) -> F64:
        """(keys that stand,): the weight of each that stands outside all regions, 0 for the others."""
        return np.where(self.key_arc < 0, self._kept(rate), 0.0)

    def _kept(self, rate: F64) -> F64:
        return np.log1p(-rate[self.key_text, self.key_family] * self.key_rate) * self.key_share

    def maximise(self, posterior: F64, rate: F64) -> F64:
        """(texts, families): the ρ that makes the replacements and survivals expected at `rate` likeliest.

        Found by bisection, for all texts and families at once.
        """
        once = self.lattice.once[self.lattice.arcs.region]  # what is said twice is no news
        missed = np.log1p(-np.minimum(posterior[self.candidate], 1 - 1e-9)) * once[self.candidate]
        active = -np.expm1(np.bincount(self.group, missed, minlength=self.groups))
        group_text, group_share = np.zeros(self.groups, np.int64), np.zeros((self.groups, self.families))
        group_text[self.group], group_share[self.group] = self.text, self.shares(rate)
        both = self.texts * self.families
        parts = [np.bincount(group_text, active * share, minlength=self.texts) for share in group_share.T]
        replaced = np.stack(parts, axis=1).reshape(both) if parts else np.zeros(0)
        stands = np.ones(len(self.key_arc))
        inside = self.key_arc >= 0
        stands[inside] = posterior[self.key_arc[inside]] * once[self.key_arc[inside]]
        key = self.key_text * self.families + self.key_family
        silent = np.tile(self.silent, self.texts)
        stands *= self.key_rate
        low, high = np.full(both, LOWEST), np.full(both, HIGHEST)
        for _ in range(20):
            middle = (low + high) / 2
            pull = stands / (1 - middle[key] * self.key_rate)
            rises = replaced > middle * (np.bincount(key, pull, minlength=both) + silent)
            low, high = np.where(rises, middle, low), np.where(rises, high, middle)
        found: F64 = ((low + high) / 2).reshape(self.texts, self.families)
        return found


def standing_keys(keys: Hits, dictionary: Dictionary) -> tuple[Hits, I64]:
    """Every key that stands, once for each family that has it, and that family; of keys within keys, the longest.

    A family replaces the longest of its own keys, whatever another's are.
    """
    parts = []
    for family in range(len(dictionary.families)):
        rows = np.flatnonzero(dictionary.replaced[keys.phrase, family] > 0)
        parts.append(maximal(Hits(keys.first[rows], keys.length[rows], keys.phrase[rows])))
    if not parts:
        return Hits(keys.first[:0], keys.length[:0], keys.phrase[:0]), np.zeros(0, np.int64)
    whose = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    first, length, phrase = (
        np.concatenate([getattr(part, column) for part in parts]) for column in ("first", "length", "phrase")
    )
    return Hits(first, length, phrase), whose
