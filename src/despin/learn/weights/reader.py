"""Texts spun anew (`anew`) → the weights of the `reader`.

A conditional logit over the candidates of each place, and leaving it alone, by stochastic gradient descent with a step
of its own for each weight (AdaGrad: Duchi, Hazan and Singer 2011): one pass, since more text teaches more than the same
again. What is known of a candidate without context (`dense`: how often the spinner does this, at what rate it worked,
how common the phrases are) is learned along, so that the hashed weights tell the rest; `evidence` weighs those anew.

Start reading from `Learner.learn`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...restoration.reader import VERSION, Hashing, Phrases, Places, Reader, Slots, WordClasses
from ...util.array_types import F32, F64, I64, Bool
from .anew import DENSE, FIRST_DENSE, Block, Source, Teacher

BITS = 24
STEP, LAST_STEP = 0.08, 0.016
FRESH = 0.1  # what the squares of slopes begin with
STEEPEST = 20.0  # nats
SLIGHT = 5e-3  # slopes below teach nothing that is worth the time
TOGETHER = 4000  # candidates of one step
UNIT = 0.06  # nats of a unit in the file
PASSAGE = 80, 900  # tokens


@dataclass(slots=True, eq=False)
class Learner:
    """Weights that get better with every passage."""

    teacher: Teacher
    phrases: Mapping[Source, Phrases]
    classes: WordClasses
    hashing: Hashing
    bits: int = BITS
    weight: F32 = field(init=False)
    slopes: F32 = field(init=False)
    """The squares of all slopes of each, summed up."""
    room: F32 = field(init=False)
    """Zeros, for sums."""
    dense: F64 = field(default_factory=lambda: np.array(FIRST_DENSE))
    dense_slopes: F64 = field(default_factory=lambda: np.full(DENSE, 10.0))
    step: float = STEP
    loss: float = 0.0
    """Of the last block, in nats a place."""

    def __post_init__(self) -> None:
        size = 1 << self.bits
        self.weight, self.room = np.zeros(size, np.float32), np.zeros(size, np.float32)
        self.slopes = np.full(size, FRESH, np.float32)

    @classmethod
    def of(cls, teacher: Teacher, classes: WordClasses, bits: int = BITS) -> Learner:
        """Nothing learned yet."""
        hashing = Hashing.drawn(bits)
        phrases = {source: Phrases.of(source.dictionary, classes, hashing) for source in teacher.sources}
        return cls(teacher, phrases, classes, hashing, bits)

    def learn(self, block: Block | None) -> None:
        """Learn from all places of `block`."""
        if block is None:
            return
        spun, these, phrases = block.spun, block.these, self.phrases[block.source]
        hits, where = np.unique(these.hit, return_index=True)
        place: I64 = np.searchsorted(hits, these.hit).astype(np.int64)
        first, end = these.first[where], these.end[where]
        opens = spun.opens | np.concatenate([[True], np.diff(spun.text) > 0])
        at = Places.of(spun.word, opens, first, end, self.classes, self.hashing)
        slots = Slots(at, phrases, self.hashing, self.bits)
        of_places = np.stack(slots.of_places(phrases.spun[these.entry[where]]))
        of_candidates = np.concatenate([np.stack(part) for part in slots.of_candidates(place, these.entry)])
        starts = np.append(np.flatnonzero(these.fresh), len(place))
        done, losses = 0, 0.0
        while done < len(place):
            stop = int(starts[min(int(np.searchsorted(starts, done + TOGETHER)), len(starts) - 1)])
            some = slice(done, stop)
            low, high = int(place[some].min()), int(place[some].max()) + 1
            losses += self._step(of_places[:, low:high], place[some] - low, of_candidates[:, some],
                                 block.dense[:, some], block.right[some], these.fresh[some])  # fmt: skip
            done = stop
        self.loss = losses / (len(starts) - 1)

    def _step(self, of_places: I64, place: I64, of_candidates: I64, dense: F64, right: Bool, fresh: Bool) -> float:
        """One step down the slope of the loss of some places; the loss, summed up over them."""
        about = self.weight.take(of_places).sum(axis=0)
        score = about.take(place) + self.weight.take(of_candidates).sum(axis=0) + self.dense @ dense
        score = np.clip(score, -STEEPEST, STEEPEST)
        which, heads = np.cumsum(fresh) - 1, np.flatnonzero(fresh)
        odds = np.exp(score)
        together = 1 + np.add.reduceat(odds, heads)
        times = np.maximum(np.add.reduceat(right.astype(np.float64), heads), 1.0)
        slope = odds / together[which] * times[which] - right
        down = dense @ slope
        self.dense_slopes += down**2
        self.dense -= self.step * down / np.sqrt(self.dense_slopes)
        of_place = np.bincount(place, slope, minlength=of_places.shape[1])
        for slots, slopes in ((of_places, of_place), (of_candidates, slope)):
            steep = np.flatnonzero(np.abs(slopes) > SLIGHT)
            self._down(slots[:, steep].ravel(), np.tile(slopes[steep].astype(np.float32), len(slots)))
        return float(times @ np.log(together) - score[right].sum())

    def _down(self, slots: I64, slopes: F32) -> None:
        np.add.at(self.room, slots, slopes)
        moved = self.room.take(slots)
        self.room[slots] = 0.0
        # What stands here twice is given the same new value twice.
        squares = self.slopes.take(slots) + moved**2
        self.slopes[slots] = squares
        self.weight[slots] = self.weight.take(slots) - np.float32(self.step) * moved / np.sqrt(squares)

    def learned(self, provenance: Mapping[str, Any]) -> Reader:
        """What has been learned so far."""
        weights = np.clip(np.rint(self.weight / UNIT), -127, 127).astype(np.int8)
        return Reader(weights, UNIT, self.hashing, self.classes, {**provenance, "version": VERSION})

    @property
    def state(self) -> dict[str, NDArray[Any]]:
        """For a checkpoint."""
        return {"weight": self.weight, "slopes": self.slopes, "dense": self.dense, "dense_slopes": self.dense_slopes,
                **self.teacher.state}  # fmt: skip

    def resume(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from a checkpoint, as if nothing had come between."""
        self.teacher.resume(state)
        self.weight, self.slopes = state["weight"].copy(), state["slopes"].copy()
        self.dense, self.dense_slopes = state["dense"].copy(), state["dense_slopes"].copy()
