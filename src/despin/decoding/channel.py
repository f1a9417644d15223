"""What the spin rate weighs: the channel of a spinner over the candidates of a lattice.

Each key `o` of the original is replaced with probability ρ·r(o), by `s` with probability P(s | o). A text may have been
through several spinners, so there is a channel for each family of them, and ρ, the spin rate, is one number for each
text and family. So

    weight of a restoration   ln Σ ρ·P(s | o)       over the families
    weight of a kept key      Σ ln (1 − ρ·r(o))     likewise

Start reading from `Channel`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..dictionary.dictionary import Dictionary
from ..dictionary.phrase_trie import Hits
from ..text.hashing import hash_phrases
from ..util.array_types import F64, I32, I64, Bool
from ..util.arrays import alike, ordered
from .candidates import REACH, maximal
from .contractions import contracting
from .lattice import Lattice

NEWTON_STEPS = 30  # of Newton's method, at most; four or five are usual
EQUAL_SHARE = 1 - 1e-9  # of two shares: what lies between is rounding
CONVERGED_WITHIN = 1e-6  # a step from which the next would be about its square
MIN_RATE = 1e-4
MAX_RATE = 0.98
PSEUDO_KEYS = 15.0  # keys that stand, added to every text: a few words of good luck do not make a spin rate
PSEUDO_KEYS_PARTIAL = 40.0  # of families known in part: what we wrote down is broad, and honest texts are full of it
REPEATS_EXPONENT = 0.5  # of how often a key stands: its occurrences are neither one fact nor as many as they are


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """What the spin rate weighs: restorations in the lattice, and keys that stand anywhere in the texts."""

    lattice: Lattice
    texts: int
    families: int
    pseudo_keys: F64
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
    """(candidates,): candidates that change the text in the same way have one number, that of one of them."""
    group: I64
    """(candidates,): candidates of one entry in one text have one number, likewise."""
    contraction: Bool
    """(candidates,): nothing but *don't* for *do not*, or the other way round: no evidence of a spinner."""
    stands: F64
    """(candidates,): 1 where the original stands elsewhere in the text, else 0."""
    key_arc: I64
    """For each key that stands in a region: the arc that keeps its last word; −1 for the others."""
    key_rate: F64
    """r(o) of each key that stands, for the family whose key it is."""
    key_share: F64
    """Weight of each of its occurrences: a key is kept or replaced once a text, roughly."""
    key_cell: I64
    """Its text and family: the row of these in (texts × families)."""
    key_inside: I64
    """Which of the keys stand in a region, …"""
    key_outside: I64
    """… and which do not."""
    key_run: I64
    """The first of each run of keys of one text and family: there is one of each."""
    key_token: I64
    """Its first token."""

    @classmethod
    def of(cls, lattice: Lattice, dictionary: Dictionary, texts: int) -> Channel:
        """The channel over `lattice`."""
        arcs = lattice.arcs
        keys, key_family = standing_keys(lattice.keys, dictionary)
        candidate = np.flatnonzero(arcs.entry >= 0)
        # The first slots of a region are on every path, and no node of the graph: what stands there is outside.
        plain = np.flatnonzero(arcs.entry < 0)
        itself = np.full(len(lattice.token), -1)
        itself[arcs.start[plain]] = plain
        for step in range(REACH):
            itself[lattice.begin + step] = -1
        key_arc = itself[lattice.slot[keys.first + keys.length - 1]]

        text, entry = lattice.document[candidate], arcs.entry[candidate]
        entries, originals = len(dictionary), len(dictionary.replaced)
        changes = [
            (arcs.start[candidate] + dictionary.head[entry]).astype(np.uint64),
            (arcs.end[candidate] - dictionary.tail[entry]).astype(np.uint64),
            dictionary.core[entry],
        ]
        families = len(dictionary.families)
        key_text = lattice.tokens.document[keys.first].astype(np.int64)
        key_cell = key_text * families + key_family
        # Originals that are offered and originals that stand, text by text.
        own = text.astype(np.int64) * originals + dictionary.original[entry]
        same = alike(np.concatenate([own, key_text * originals + keys.phrase]))
        stands = np.zeros(len(same))
        stands[same[len(own) :]] = 1.0
        standing = same[len(own) :] * families + key_family
        times = np.bincount(standing, minlength=1).take(standing).astype(np.float64)
        return cls(
            lattice=lattice,
            texts=texts,
            families=families,
            pseudo_keys=np.where(dictionary.partial, PSEUDO_KEYS_PARTIAL, PSEUDO_KEYS),
            candidate=candidate,
            probability=dictionary.probability[entry].astype(np.float64),
            log_channel=dictionary.log_channel[entry].astype(np.float64),
            text=text,
            head=dictionary.head[entry].astype(np.int64),
            effect=alike(hash_phrases(changes)),
            group=alike(text.astype(np.int64) * entries + entry),
            contraction=contracting(
                lattice.tokens, lattice.token.take(arcs.start[candidate]),
                lattice.token.take(arcs.end[candidate] - 1) + 1, entry, dictionary,
            ),
            stands=stands.take(same[: len(own)]),
            key_arc=key_arc,
            key_rate=dictionary.replaced[keys.phrase, key_family].astype(np.float64),
            key_share=times ** (REPEATS_EXPONENT - 1.0),
            key_cell=key_cell,
            key_inside=np.flatnonzero(key_arc >= 0),
            key_outside=np.flatnonzero(key_arc < 0),
            key_run=np.flatnonzero(np.diff(key_cell, prepend=-1)),
            key_token=keys.first,
        )  # fmt: skip

    def uniform(self, rate: float) -> F64:
        """(texts, families): the same `rate` for all."""
        return np.full((self.texts, self.families), rate)

    def weights(self, rate: F64) -> F64:
        """(arcs,): the weight of every arc at `rate`."""
        weight = np.zeros(len(self.lattice.arcs))
        weight[self.candidate] = np.log(np.einsum("cf,cf->c", rate[self.text], self.probability))
        np.add.at(weight, self.key_arc.take(self.key_inside), self._kept(rate, self.key_inside))
        return weight

    def shares(self, rate: F64) -> F64:
        """(candidates, families): of each candidate's weight at `rate`, the part that each family gives."""
        part: F64 = rate[self.text] * self.probability
        share: F64 = part / part.sum(axis=1, keepdims=True)
        return share

    def explained(self, posterior: F64, context: F64, rate: F64) -> F64:
        """(texts, families): the evidence of substitutions that each family explains, in nats."""
        own = posterior[self.candidate] * np.maximum(context, 0.0) * ~self.contraction
        own *= self.lattice.repeat_weight[self.lattice.arcs.region[self.candidate]]
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

    def said_by_contractions(self, context: F64, weight: F64) -> F64:
        """(regions,): what contractions add to ln of the likelihood ratio, the candidates having `weight`.

        Of an arc with the posterior p it is −ln (1 − p): so much less would all readings weigh without it.
        """
        rows = np.flatnonzero(self.contraction)
        region = self.lattice.arcs.region[self.candidate[rows]]
        said = np.logaddexp(0.0, context[rows] + weight[rows])
        return np.bincount(region, said, minlength=len(self.lattice.region)).astype(np.float64)

    def best_of_change(self, posterior: F64) -> Bool:
        """(candidates,): which is the likeliest, the first of several, of those that are one change of the text."""
        several = np.bincount(self.effect, minlength=1).take(self.effect) > 1
        leads = ~several
        rows = np.flatnonzero(several)
        if len(rows):
            rows = rows.take(ordered(self.effect[rows]))
            share, effect = posterior[self.candidate[rows]], self.effect[rows]
            heads = np.flatnonzero(np.diff(effect, prepend=-1))
            count = np.diff(np.append(heads, len(rows)))
            best = np.flatnonzero(share >= np.repeat(np.maximum.reduceat(share, heads) * EQUAL_SHARE, count))
            leads[rows[best[np.diff(effect[best], prepend=-1) != 0]]] = True
        return leads

    def penalty(self, rate: F64) -> F64:
        """(texts,): the weight of the keys that stand outside all regions."""
        weight: F64 = self._by_cell(self.outside(rate)).reshape(self.texts, self.families).sum(axis=1)
        return weight

    def outside(self, rate: F64) -> F64:
        """(keys that stand,): the weight of each that stands outside all regions, 0 for the others."""
        weight = np.zeros(len(self.key_arc))
        weight[self.key_outside] = self._kept(rate, self.key_outside)
        return weight

    def _kept(self, rate: F64, keys: I64) -> F64:
        """(keys,): the weight of some of the keys that stand."""
        kept: F64 = np.log1p(-rate.reshape(-1).take(self.key_cell.take(keys)) * self.key_rate.take(keys))
        kept *= self.key_share.take(keys)
        return kept

    def maximise(self, posterior: F64, rate: F64) -> F64:
        """(texts, families): the ρ that makes the replacements and survivals expected at `rate` likeliest.

        For all texts and families at once.
        """
        once = self.lattice.repeat_weight.take(self.lattice.arcs.region)  # what is said twice is no news
        missed = np.log1p(-np.minimum(posterior.take(self.candidate), 1 - 1e-9)) * once.take(self.candidate)
        active = -np.expm1(np.bincount(self.group, missed, minlength=len(self.group)))  # 0 for numbers of no group
        both = self.texts * self.families
        replaced = np.zeros((self.texts, self.families))
        for family, share in enumerate(self.shares(rate).T):
            replaced[:, family] = np.bincount(self.text, active * share, minlength=self.texts)
        stands = np.ones(len(self.key_arc))
        arc = self.key_arc.take(self.key_inside)
        stands[self.key_inside] = posterior.take(arc) * once.take(arc)
        pseudo_keys = np.tile(self.pseudo_keys, self.texts)
        stands *= self.key_rate
        return self._balanced(replaced.reshape(both), stands, pseudo_keys, rate.reshape(both)).reshape(
            self.texts, self.families
        )

    def _balanced(self, replaced: F64, stands: F64, pseudo_keys: F64, start: F64) -> F64:
        """(texts × families,): the ρ between `MIN_RATE` and `MAX_RATE` at which ρ·(Σ `stands` / (1 − ρ·r) +
        `pseudo_keys`), the sum being over the keys of each text and family, is as large as `replaced`.

        By Newton's method, from `start`. What is to be balanced is convex and grows with ρ, so that after the first
        step all others lead down to the answer; each of them doubles the digits.
        """
        found, moving = start, np.ones(len(start), np.bool_)
        for _ in range(NEWTON_STEPS):
            odds = 1.0 / (1.0 - found.take(self.key_cell) * self.key_rate)
            pull = stands * odds
            held = self._by_cell(pull) + pseudo_keys
            slope = self._by_cell(pull * odds) + pseudo_keys  # since ρ·r·odds = odds − 1
            nearer = np.clip(found - (found * held - replaced) / slope, MIN_RATE, MAX_RATE)
            # One that has come to rest stays, however long others take: no text depends on its batch.
            nearer = np.where(moving, nearer, found)
            moving &= np.abs(nearer - found) > CONVERGED_WITHIN
            found = nearer
            if not moving.any():
                break
        return found

    def _by_cell(self, amount: F64) -> F64:
        """(texts × families,): the sums of `amount`, one a key that stands; over runs, in a tenth of the time that
        `np.bincount` takes."""
        sums = np.zeros(self.texts * self.families)
        if len(self.key_run):
            sums[self.key_cell[self.key_run]] = np.add.reduceat(amount, self.key_run)
        return sums


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
