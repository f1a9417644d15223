"""Lattice + spin rate → how probable each reading is.

What the spin rate ρ weighs is the `channel`'s; here it is looked for (docs/design.md).

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

from ..util.array_types import F64, I64, Bool
from .channel import MIN_RATE, Channel
from .forward_backward import Anchor, within_reach
from .lattice import Lattice

EM_ROUNDS = 2
START_RATES = (0.03, 0.25, 0.9)  # ρ to begin from: of equals the lowest, so that weak evidence lifts nothing
ANCHOR_START = 1  # which of them the others are reached from: from the middle, none is further than a few nats a word
MINOR_SHARE = 0.2  # of the evidence: below, a family is taken to have had no part in a text; few went through two


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """What the search found."""

    rate: F64
    """(texts, families): ρ̂."""
    gain: F64
    """(texts,): ln of the likelihood ratio of ρ̂ against ρ = 0."""
    log_ratio_at_starts: F64
    """(starts, regions): ln of the likelihood ratio of each of the rates `START_RATES`, for all families."""
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
    is_best_of_change: Bool
    """(candidates,): of the candidates that change the text in the same way, the likeliest. The others count as it."""


def decode(lattice: Lattice, channel: Channel) -> Decoded:
    """The best reading of each text of the batch at its own spin rate.

    >>> from despin.runtime.example import EXAMPLE
    >>> decoded = decode(EXAMPLE.lattice, EXAMPLE.channel)
    >>> rates = zip(EXAMPLE.dictionary.families, decoded.rate[0].round(2).tolist())
    >>> [(family, rate) for family, rate in rates if rate > 0], decoded.gain.round(1).tolist()
    ([('academic', 0.05), ('spinbot', 0.06)], [11.0])
    >>> rows = np.flatnonzero((decoded.posterior > 0.9) & (EXAMPLE.lattice.arcs.entry >= 0))
    >>> list(zip(EXAMPLE.pairs(EXAMPLE.lattice.arcs.entry[rows]), decoded.posterior[rows].round(2).tolist()))
    [('profound → deep', 0.95), ('flag → signal', 0.99), ('clamor → noise', 1.0), ('proportion → ratio', 0.98)]
    """
    starts = [channel.weights(channel.uniform(start)) for start in START_RATES]
    search = Search.of(lattice, starts[ANCHOR_START])
    trials = [search.at(weights) for weights in starts]
    tried = np.stack([trial.total for trial in trials]) - lattice.plain
    start = _start(lattice, channel, tried)
    rate = np.repeat(np.array(START_RATES)[start][:, None], channel.families, axis=1)
    same = len(start) > 0 and bool((start == start[0]).all())  # as mostly where one spinner was at work
    reading = trials[start[0]] if same else search.at(channel.weights(rate))
    for _ in range(EM_ROUNDS):
        posterior = reading.posteriors()
        explained = channel.explained(posterior, channel.context(posterior, reading.weights), rate)
        rate = channel.maximise(posterior, rate)
        rate[explained < MINOR_SHARE * explained.sum(axis=1, keepdims=True)] = MIN_RATE
        reading = search.at(channel.weights(rate))
    posterior, weights = reading.posteriors(), reading.weights
    context, best = channel.context(posterior, weights), channel.best_of_change(posterior)
    # That a writer says *don't* is no evidence.
    told = reading.total - lattice.plain - channel.said_by_contractions(context, weights[channel.candidate])
    gain = _sum(lattice, told, channel.texts) + channel.penalty(rate)
    at_starts = [channel.said_by_contractions(context, weights[channel.candidate]) for weights in starts]
    share = channel.shares(rate)
    family = share.argmax(axis=1) if share.size else np.zeros(len(share), np.int64)
    explained = channel.explained(posterior, context, rate)
    weight = weights[channel.candidate]
    tried -= np.stack(at_starts)
    return Decoded(rate, gain, tried, posterior, context, weight, share, family, explained, best)


def _sum(lattice: Lattice, scores: F64, texts: int) -> F64:
    """(texts,): the sums of `scores`, one a region."""
    return np.bincount(lattice.region, scores * lattice.repeat_weight, minlength=texts).astype(np.float64)


def _start(lattice: Lattice, channel: Channel, tried: F64) -> I64:
    """(texts,): which of `START_RATES` is likeliest.

    The likelihood has two humps where a short text is spun throughout: from a low start alone, expectation–maximisation
    ends on the wrong one.
    """
    gains = [
        _sum(lattice, total, channel.texts) + channel.penalty(channel.uniform(start))
        for start, total in zip(START_RATES, tried, strict=True)
    ]
    best: I64 = np.argmax(gains, axis=0)
    return best


def posteriors(lattice: Lattice, weights: F64) -> tuple[F64, F64]:
    """Probability of every arc, (arcs,), and ln of the summed weight of all readings of every region, (regions,)."""
    reading = Search.of(lattice, weights).at(weights)
    return reading.posteriors(), reading.total


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """The lattice at one choice of weights, from where it is cheap at others (`forward_backward.Anchor`)."""

    lattice: Lattice
    weights: F64
    """(arcs,): natural logs."""
    anchor: Anchor

    @classmethod
    def of(cls, lattice: Lattice, weights: F64) -> Search:
        """From `weights`, (arcs,), on."""
        node = lattice.pair_score + weights.take(lattice.last_arc)
        return cls(lattice, weights, Anchor.of(lattice.graph, node, lattice.triple_score))

    def at(self, weights: F64) -> Reading:
        """All readings where the arcs have `weights`, (arcs,), natural logs."""
        if weights is self.weights:
            here = np.ones(len(self.lattice.last_arc))
            return Reading(self, weights, here, here)
        ratio = np.exp(weights - self.weights).take(self.lattice.last_arc)
        ahead = self.anchor.forward(ratio)
        if within_reach(ahead):
            return Reading(self, weights, ratio, ahead)
        return Search.of(self.lattice, weights).at(weights)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """All readings at one choice of weights: what the way there found."""

    search: Search
    weights: F64
    """(arcs,)"""
    ratio: F64
    """(pairs,): how much more each weighs than where the search began."""
    ahead: F64
    """(pairs,): how much more reaches each."""

    @property
    def total(self) -> F64:
        """(regions,): ln of the summed weight of all readings."""
        lattice, anchor = self.search.lattice, self.search.anchor
        runs = anchor.total + np.log(self.ahead[anchor.graph.final])
        return np.bincount(lattice.run, runs, minlength=len(lattice.region)).astype(np.float64)

    def posteriors(self) -> F64:
        """(arcs,): the probability of every arc."""
        lattice = self.search.lattice
        pairs = self.search.anchor.backward(self.ratio, self.ahead)
        return np.minimum(np.bincount(lattice.last_arc, pairs, minlength=len(lattice.arcs)), 1.0)
