"""Lattice + spin rate → what the author probably wrote, and how sure that is.

The channel of a spinner (docs/design.md): each key `o` of the original is replaced with probability ρ·r(o), by `s` with
probability P(s | o). ρ, the spin rate, is one number a text, and unknown. So

    weight of a restoration   ln ρ + ln P(s | o)
    weight of a kept key      ln (1 − ρ·r(o))

* `posteriors`: one forward and one backward sweep over all regions of all texts at once (sum-product), for the
  probability of every arc given the whole text.
* `estimate`: ρ of each text by expectation–maximisation, starting low. The lattice's scores are reused; only the weights
  of the arcs change.
* `best_path`: the most probable reading (Viterbi, max-product), the same sweep with another sum.

Start reading from `decode`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .dictionary import Dictionary
from .lattice import Lattice

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

ROUNDS = 8
START = 0.1  # ρ at the beginning: low, so that weak evidence never lifts it off the ground
LOWEST = 1e-4
HIGHEST = 0.98


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """What the search found."""

    rate: F64
    """(texts,): ρ̂."""
    gain: F64
    """(texts,): ln of the likelihood ratio of ρ̂ against ρ = 0."""
    chosen: I64
    """Arcs of the best path that restore something, in order of place."""
    posterior: F64
    """(arcs,): probability of each arc at ρ̂."""


def decode(lattice: Lattice, dictionary: Dictionary, texts: int) -> Decoded:
    """The best reading of each of the `texts` texts at its own spin rate."""
    channel = Channel.of(lattice, dictionary, texts)
    rate = np.full(texts, START)
    for _ in range(ROUNDS):
        posterior, total = posteriors(lattice, channel.weights(rate))
        rate = channel.maximise(posterior)
    weights = channel.weights(rate)
    posterior, total = posteriors(lattice, weights)
    gain = np.bincount(lattice.region, total - lattice.plain, minlength=texts) + channel.penalty(rate)
    return Decoded(rate, gain, best_path(lattice, weights), posterior)


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """What the spin rate weighs: restorations in the lattice, and keys that stand anywhere in the texts."""

    lattice: Lattice
    texts: int
    candidate: I64
    """Arcs that restore."""
    log_channel: F64
    """ln P(s | o) of each candidate."""
    key_arc: I64
    """For each key that stands in a region: the arc that keeps its last word; −1 for the others."""
    key_rate: F64
    """r(o) of each key that stands."""
    key_text: NDArray[np.int32]

    @classmethod
    def of(cls, lattice: Lattice, dictionary: Dictionary, texts: int) -> Channel:
        """The channel over `lattice`."""
        arcs, keys = lattice.arcs, lattice.keys
        candidate = np.flatnonzero(arcs.entry >= 0)
        plain = np.flatnonzero(arcs.entry < 0)
        last = lattice.slot[keys.first + keys.length - 1]
        at = np.searchsorted(arcs.start[plain], last)
        inside = (at < len(plain)) & (arcs.start[plain[np.minimum(at, len(plain) - 1)]] == last) if len(plain) else at < 0
        key_arc = np.where(inside, plain[np.minimum(at, len(plain) - 1)] if len(plain) else -1, -1)
        return cls(
            lattice, texts, candidate, dictionary.log_channel[arcs.entry[candidate]].astype(np.float64), key_arc,
            dictionary.replaced[keys.phrase].astype(np.float64), lattice.tokens.document[keys.first],
        )  # fmt: skip

    def weights(self, rate: F64) -> F64:
        """(arcs,): the weight of every arc at `rate`."""
        weight = np.zeros(len(self.lattice.arcs))
        weight[self.candidate] = np.log(rate[self.lattice.document[self.candidate]]) + self.log_channel
        inside = self.key_arc >= 0
        np.add.at(
            weight, self.key_arc[inside], np.log1p(-rate[self.key_text[inside]] * self.key_rate[inside])
        )
        return weight

    def penalty(self, rate: F64) -> F64:
        """(texts,): the weight of the keys that stand outside all regions."""
        outside = self.key_arc < 0
        weight = np.log1p(-rate[self.key_text[outside]] * self.key_rate[outside])
        return np.bincount(self.key_text[outside], weight, minlength=self.texts)

    def maximise(self, posterior: F64) -> F64:
        """(texts,): the ρ that makes the expected replacements and survivals likeliest, found by bisection."""
        replaced = np.bincount(self.lattice.document[self.candidate], posterior[self.candidate], minlength=self.texts)
        stands = np.where(self.key_arc >= 0, posterior[np.maximum(self.key_arc, 0)] if len(posterior) else 0.0, 1.0)
        low, high = np.full(self.texts, LOWEST), np.full(self.texts, HIGHEST)
        for _ in range(20):
            rate = (low + high) / 2
            pull = stands * self.key_rate / (1 - rate[self.key_text] * self.key_rate)
            rises = replaced > rate * np.bincount(self.key_text, pull, minlength=self.texts)
            low, high = np.where(rises, rate, low), np.where(rises, high, rate)
        return (low + high) / 2


# --- sweeps ----------------------------------------------------------------------------------------------------


def posteriors(lattice: Lattice, weights: F64) -> tuple[F64, F64]:
    """Probability of every arc, (arcs,), and ln of the summed weight of all paths of every region, (regions,)."""
    pair_score = lattice.score + weights[lattice.second]
    forward = np.zeros(len(lattice.first))
    for begin, end in zip(lattice.level[1:-1].tolist(), lattice.level[2:].tolist(), strict=True):
        if begin < end:
            first, last = lattice.first_triple[begin], lattice.first_triple[end]
            through = forward[lattice.source[first:last]] + lattice.reach[first:last]
            forward[begin:end] = _log_sum(through, lattice.first_triple[begin:end] - first) + pair_score[begin:end]
    total = forward[lattice.final]

    order, leaving, targets = _by_source(lattice)
    backward = np.zeros(len(lattice.first))
    value = pair_score
    closed = np.zeros(len(lattice.first), np.bool_)
    closed[lattice.final] = True
    for begin, end in zip(lattice.level[-2::-1].tolist(), lattice.level[:0:-1].tolist(), strict=True):
        rows = begin + np.flatnonzero(~closed[begin:end])
        if len(rows):
            first, last = leaving[begin], leaving[end]
            onward = order[first:last]
            to = targets[first:last]
            through = backward[to] + value[to] + lattice.reach[onward]
            backward[rows] = _log_sum(through, leaving[rows] - first)
    region = _regions(lattice)
    share = np.exp(np.minimum(forward + backward - total[region], 0.0))
    posterior = np.bincount(lattice.second, share, minlength=len(lattice.arcs))
    return np.minimum(posterior, 1.0), total


def best_path(lattice: Lattice, weights: F64) -> I64:
    """The arcs of the most probable path of every region that restore something, by place."""
    pair_score = lattice.score + weights[lattice.second]
    forward = np.zeros(len(lattice.first))
    for begin, end in zip(lattice.level[1:-1].tolist(), lattice.level[2:].tolist(), strict=True):
        if begin < end:
            first, last = lattice.first_triple[begin], lattice.first_triple[end]
            through = forward[lattice.source[first:last]] + lattice.reach[first:last]
            starts = lattice.first_triple[begin:end] - first
            forward[begin:end] = np.maximum.reduceat(through, starts) + pair_score[begin:end]
    through = forward[lattice.source] + lattice.reach
    at, chosen = lattice.final, []
    while len(at):
        arc = lattice.second[at]
        chosen.append(arc[lattice.arcs.entry[arc] >= 0])
        begin, count = lattice.first_triple[at], np.diff(lattice.first_triple)[at]
        at, begin, count = at[count > 0], begin[count > 0], count[count > 0]
        if not len(at):
            break
        row = np.repeat(begin - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
        group = np.repeat(np.arange(len(at)), count)
        value = through[row]
        order = np.lexsort((-value, group))
        best = order[np.cumsum(count) - count]
        at = lattice.source[row[best]]
    return np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, np.int64)


def _log_sum(values: F64, starts: I64) -> F64:
    """ln Σ exp of each group of `values` that begins at `starts`."""
    top = np.maximum.reduceat(values, starts)
    counts = np.diff(starts, append=len(values))
    return top + np.log(np.add.reduceat(np.exp(values - np.repeat(top, counts)), starts))


def _by_source(lattice: Lattice) -> tuple[I64, I64, I64]:
    """Triples ordered by the pair they come from; where each pair's begin; the pair each leads to."""
    target = np.repeat(np.arange(len(lattice.first)), np.diff(lattice.first_triple))
    order = np.argsort(lattice.source, kind="stable")
    leaving = np.searchsorted(lattice.source[order], np.arange(len(lattice.first) + 1))
    return order, leaving, target[order]


def _regions(lattice: Lattice) -> I64:
    """The region of each pair."""
    borders = lattice.arcs.end[lattice.second[lattice.final]]
    return np.searchsorted(borders, lattice.arcs.end[lattice.second], side="left")
