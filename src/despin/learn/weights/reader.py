"""Plain text, spun anew, and texts beside their spun copies → the weights of the `reader`.

Each passage is spun by one of the families at one of a few rates, and read with one dictionary or another; so every
candidate of every place is right or wrong, and it is known which. A conditional logit over the candidates of each
place, and leaving it alone, by stochastic gradient descent with a step of its own for each weight (AdaGrad: Duchi,
Hazan and Singer 2011): one pass, since more text teaches more than the same again. What is known of a candidate without
context (`dense`: how often the spinner does this, at what rate it worked, how common the phrases are) is learned along,
so that the hashed weights tell the rest; `evidence` weighs those anew.

Start reading from `Learner.read`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...decoding.candidates import DROP_BELOW_FOUND_NATS
from ...decoding.entry_priors import SCALE, Prospects, prospects
from ...dictionary.dictionary import Dictionary
from ...language_model.model import LanguageModel
from ...restoration.reader import VERSION, Hashing, Phrases, Places, Reader, Slots, WordClasses
from ...text.tokens import Tokens
from ...util.array_types import F32, F64, I64, U64, Bool
from ...util.arrays import spread
from .evidence import Alignment, Example
from .spinning import Spinner, Spun

BITS = 24
STEP, LAST_STEP = 0.08, 0.016
FRESH = 0.1  # what the squares of slopes begin with
STEEPEST = 20.0  # nats
SLIGHT = 5e-3  # slopes below teach nothing that is worth the time
TOGETHER = 4000  # candidates of one step
UNIT = 0.06  # nats of a unit in the file
RATES = (0.15, 0.25, 0.25, 0.5, 0.5, 0.75, 1.0, 1.0, 1.0, 1.0)
HONEST = 0.05  # share of the passages that are not spun
PARTIAL = 1.7  # times the rate: of families known in part the dictionary takes keys to be replaced seldom
SHORTEST, LONGEST = 80, 900  # tokens of a passage
DENSE = 8
_FACTOR = np.uint64(0xD6E8FEB86659FD93)  # odd

Truth = Callable[["Candidates"], Bool]


class Candidates(NamedTuple):
    """What may have stood where, by place; (candidates,) each."""

    entry: I64
    hit: I64
    """Which of the spun phrases found."""
    first: I64
    """Its first word."""
    end: I64
    """Its last word + 1."""
    fresh: Bool
    """The first candidate of a place."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A dictionary that texts are read with."""

    dictionary: Dictionary
    phrases: Phrases
    priors: Prospects
    common: F64
    """(entries,): log probability of the words of each original, regardless of context."""
    words: U64
    """(entries,): what the words of each original sum up to (`sums`)."""
    length: I64
    """(entries,): its words."""

    @classmethod
    def of(cls, dictionary: Dictionary, model: LanguageModel, classes: WordClasses, hashing: Hashing) -> Source:
        """What is known of `dictionary` before any text."""
        of, first = dictionary.original, dictionary.first_word
        alone = model.unigram(model.ids(dictionary.word, dictionary.shape)).astype(np.float64)
        row, place = spread(np.diff(first))
        words = np.zeros(len(first) - 1, np.uint64)
        np.add.at(words, row, dictionary.word * _powers(int(place.max(initial=0)) + 1)[place])
        common = np.bincount(row, alone, minlength=len(words)).astype(np.float64)
        priors = prospects(dictionary, model)
        phrases = Phrases.of(dictionary, classes, hashing)
        return cls(dictionary, phrases, priors, common[of], words[of], np.diff(first)[of].astype(np.int64))


def _powers(size: int) -> U64:
    powers = np.full(size, _FACTOR)
    powers[:1] = 1
    return np.multiply.accumulate(powers)


def sums(word: U64) -> tuple[U64, U64]:
    """The sums of all words before each, (words + 1,), each times a power of a factor, and these powers: a phrase is
    told by its part of the sum (Karp and Rabin 1987)."""
    powers = _powers(len(word) + 1)
    total = np.zeros(len(word) + 1, np.uint64)
    np.cumsum(word * powers[:-1], out=total[1:])
    return total, powers


@dataclass(slots=True, eq=False)
class Learner:
    """Weights that get better with every passage."""

    whole: Source
    """Families known whole, which most texts are read with."""
    others: Source
    """All but these: as if nobody had met the spinner."""
    everything: Source
    spinner: Spinner
    """Of everything."""
    model: LanguageModel
    classes: WordClasses
    hashing: Hashing
    bits: int = BITS
    chance: np.random.Generator = field(default_factory=lambda: np.random.default_rng(5))
    weight: F32 = field(init=False)
    slopes: F32 = field(init=False)
    """The squares of all slopes of each, summed up."""
    room: F32 = field(init=False)
    """Zeros, for sums."""
    dense: F64 = field(default_factory=lambda: np.array([0, 0, 0, 0.5, 0, 0, 0, 0], np.float64))
    dense_slopes: F64 = field(default_factory=lambda: np.full(DENSE, 10.0))
    step: float = STEP
    blocks: int = 0
    words: int = 0
    loss: float = 0.0
    """Of the last block, in nats a place."""

    def __post_init__(self) -> None:
        size = 1 << self.bits
        self.weight, self.room = np.zeros(size, np.float32), np.zeros(size, np.float32)
        self.slopes = np.full(size, FRESH, np.float32)

    @classmethod
    def of(cls, whole: Dictionary, others: Dictionary, everything: Dictionary, model: LanguageModel,
           classes: WordClasses, bits: int = BITS) -> Learner:  # fmt: skip
        """Nothing learned yet."""
        hashing = Hashing.drawn(bits)
        known, unmet, every = (Source.of(one, model, classes, hashing) for one in (whole, others, everything))
        return cls(known, unmet, every, Spinner.of(everything), model, classes, hashing, bits)

    def read(self, tokens: Tokens) -> None:
        """Learn from honest documents, whose passages are spun anew."""
        if not len(tokens):
            return
        text = self._cut(tokens)
        passages, families = int(text[-1]) + 1, self.spinner.dictionary.families
        turn = self.blocks % 10  # six of ten as the spinner known whole works and is read; see `_source`
        known = np.array([name in self.whole.dictionary.families for name in families])
        family = self.chance.choice(np.flatnonzero(known) if turn not in (7, 8) else np.arange(len(families)), passages)
        rate = self.chance.choice(RATES, passages)
        honest = self.chance.random(passages) < HONEST
        more = np.where(self.spinner.dictionary.partial[family], PARTIAL, 1.0)
        spun = self.spinner.spin(tokens, text, family, np.where(honest, 0.0, rate * more), self.chance)
        total, powers = sums(tokens.word)
        source = self._source(turn)

        def truth(these: Candidates) -> Bool:
            begin, end = spun.boundary[these.first], spun.boundary[these.end]
            fits = (begin >= 0) & (end - begin == source.length[these.entry])
            here = total[np.maximum(end, 0)] - total[np.maximum(begin, 0)]
            right: Bool = fits & (here == source.words[these.entry] * powers[np.maximum(begin, 0)])
            return right

        self._learn(spun, tokens.shape[spun.token], np.clip(rate, 0.02, 0.98), source, truth)

    def compare(self, examples: Sequence[Example], tokens: Tokens) -> None:
        """Learn from real copies, whose texts are `tokens`."""
        begins = np.searchsorted(tokens.document, np.arange(len(examples) + 1)).tolist()
        aligned = [Alignment.of(one, tokens, begins[row], begins[row + 1]) for row, one in enumerate(examples)]
        source = self.whole
        first_word = source.dictionary.first_word

        def truth(these: Candidates) -> Bool:
            right = np.zeros(len(these.entry), np.bool_)
            original = source.dictionary.original[these.entry]
            every = source.dictionary.word
            words = (every[first_word[one] : first_word[one + 1]].tolist() for one in original.tolist())
            columns = these.first.tolist(), these.end.tolist(), tokens.document[these.first].tolist(), words
            for row, (first, end, number, phrase) in enumerate(zip(*columns, strict=True)):
                begin = begins[number]
                right[row] = aligned[number].says(first - begin, end - begin, phrase)
            return right

        spun = Spun(tokens.word, tokens.opens, tokens.document.astype(np.int64))
        rate = np.clip(np.array([one.rate for one in examples]), 0.02, 0.98)
        self._learn(spun, tokens.shape, rate, source, truth)

    def _source(self, turn: int) -> Source:
        return self.whole if turn <= 5 else self.others if turn == 6 else self.everything

    def _cut(self, tokens: Tokens) -> I64:
        """(tokens,): documents in passages, the passage of each token."""
        size = len(tokens)
        lengths = np.exp(self.chance.uniform(np.log(SHORTEST), np.log(LONGEST), size // SHORTEST + 1)).astype(np.int64)
        heads = np.zeros(size, np.bool_)
        cuts = np.cumsum(lengths)
        heads[cuts[cuts < size]] = True
        heads[1:] |= tokens.document[1:] != tokens.document[:-1]
        heads[0] = False
        return np.cumsum(heads)

    def _learn(self, spun: Spun, shape: NDArray[np.uint8], rate: F64, source: Source, truth: Truth) -> None:
        these, common = self._candidates(spun, shape, source)
        self.blocks, self.words = self.blocks + 1, self.words + len(spun.word)
        if not len(these.entry):
            return
        right = truth(these)
        hits, where = np.unique(these.hit, return_index=True)
        place: I64 = np.searchsorted(hits, these.hit).astype(np.int64)
        first, end = these.first[where], these.end[where]
        opens = spun.opens | np.concatenate([[True], np.diff(spun.text) > 0])
        at = Places.of(spun.word, opens, first, end, self.classes, self.hashing)
        slots = Slots(at, source.phrases, self.hashing, self.bits)
        of_places = np.stack(slots.of_places(source.phrases.spun[these.entry[where]]))
        of_candidates = np.concatenate([np.stack(part) for part in slots.of_candidates(place, these.entry)])
        dense = self._dense(these, source, common, rate[spun.text[these.first]])
        starts = np.append(np.flatnonzero(these.fresh), len(place))
        done, losses = 0, 0.0
        while done < len(place):
            stop = int(starts[min(int(np.searchsorted(starts, done + TOGETHER)), len(starts) - 1)])
            some = slice(done, stop)
            low, high = int(place[some].min()), int(place[some].max()) + 1
            losses += self._step(of_places[:, low:high], place[some] - low, of_candidates[:, some], dense[:, some],
                                 right[some], these.fresh[some])  # fmt: skip
            done = stop
        self.loss = losses / (len(starts) - 1)

    def _candidates(self, spun: Spun, shape: NDArray[np.uint8], source: Source) -> tuple[Candidates, F64]:
        """The candidates of spun passages, as the lattice would have them before any search, and how common each of
        the spun phrases is."""
        dictionary, known = source.dictionary, source.priors
        hits = dictionary.spun.find(_as_tokens(spun))
        begin = known.first.take(hits.phrase)
        hit, place = spread(known.first.take(hits.phrase + 1) - begin, begin)
        alone = self.model.unigram(self.model.ids(spun.word, shape)).astype(np.float64)
        total = np.concatenate([np.zeros(1), np.cumsum(alone)])
        common = total[hits.first + hits.length] - total[hits.first]
        within = spun.text[hits.first] == spun.text[hits.first + hits.length - 1]
        worth = (known.prior.take(place) > (SCALE * common - DROP_BELOW_FOUND_NATS).take(hit)) & within.take(hit)
        hit, entry = hit[worth], known.entry.take(place[worth])
        first, end = hits.first[hit], (hits.first + hits.length)[hit]
        where = (
            ((first + dictionary.head[entry]) << 8) + (end - dictionary.tail[entry]) - first - dictionary.head[entry]
        )
        order = np.lexsort((-dictionary.log_channel[entry], dictionary.core[entry], where))
        core, where = dictionary.core[entry[order]], where[order]
        fresh = np.diff(where, prepend=-1) != 0
        leads = fresh.copy()
        leads[1:] |= core[1:] != core[:-1]  # of those that change the text in the same way the likeliest
        order = order[leads]
        return Candidates(entry[order], hit[order], first[order], end[order], fresh[leads]), common

    def _dense(self, these: Candidates, source: Source, common: F64, rate: F64) -> F64:
        """(DENSE, candidates): what is known without any context."""
        partial = source.dictionary.partial[source.dictionary.probability[these.entry].argmax(axis=1)]
        return np.stack([
            np.ones(len(rate)), np.log(rate), -np.log(1.02 - rate), source.dictionary.log_channel[these.entry],
            source.common[these.entry] / 4, common[these.hit] / 4, these.end - these.first - 1.0, partial,
        ])  # fmt: skip

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
        counts = np.array([self.blocks, self.words])
        return {"weight": self.weight, "slopes": self.slopes, "dense": self.dense, "dense_slopes": self.dense_slopes,
                "counts": counts, **self.hashing.arrays}  # fmt: skip

    def resume(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from a checkpoint."""
        self.weight, self.slopes = state["weight"].copy(), state["slopes"].copy()
        self.dense, self.dense_slopes = state["dense"].copy(), state["dense_slopes"].copy()
        self.blocks, self.words = (int(count) for count in state["counts"])


def _as_tokens(spun: Spun) -> Tokens:
    """As far as a search for phrases looks at tokens."""
    size = len(spun.word)
    none = np.zeros(size, np.bool_)
    empty = np.zeros(0, np.int64)
    return Tokens("", empty, none, np.arange(size), spun.word, np.zeros(size, np.uint8), spun.text.astype(np.int32),
                  spun.opens, lambda: none)  # fmt: skip
