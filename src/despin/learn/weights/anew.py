"""Plain text, spun anew, and texts beside their spun copies → what may have stood where, and whether it did.

Each passage is spun by one of the families at one of a few rates, and read with one dictionary or another; so every
candidate of every place is right or wrong, and it is known which. The `reader` learns from that, and the `encoder`.

Start reading from `Teacher.spin`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...decoding.candidates import DROP_BELOW_FOUND_NATS
from ...decoding.entry_priors import SCALE, Prospects, prospects
from ...dictionary.dictionary import Dictionary
from ...language_model.model import LanguageModel
from ...text.tokens import Tokens
from ...util.array_types import F64, I64, U64, Bool
from ...util.arrays import spread
from .examples import Alignment, Example
from .spinning import Spinner, Spun

RATES = (0.15, 0.25, 0.25, 0.5, 0.5, 0.75, 1.0, 1.0, 1.0, 1.0)
HONEST = 0.05  # share of the passages that are not spun
PARTIAL = 1.7  # times the rate: of families known in part the dictionary takes keys to be replaced seldom
DENSE = 8
FIRST_DENSE = (0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0)
"""What the dense columns weigh before anything is learned: the channel counts, half."""
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
    priors: Prospects
    common: F64
    """(entries,): log probability of the words of each original, regardless of context."""
    words: U64
    """(entries,): what the words of each original sum up to (`sums`)."""
    length: I64
    """(entries,): its words."""

    @classmethod
    def of(cls, dictionary: Dictionary, model: LanguageModel) -> Source:
        """What is known of `dictionary` before any text."""
        of, first = dictionary.original, dictionary.first_word
        alone = model.unigram(model.ids(dictionary.word, dictionary.shape)).astype(np.float64)
        row, place = spread(np.diff(first))
        words = np.zeros(len(first) - 1, np.uint64)
        np.add.at(words, row, dictionary.word * _powers(int(place.max(initial=0)) + 1)[place])
        common = np.bincount(row, alone, minlength=len(words)).astype(np.float64)
        priors = prospects(dictionary, model)
        return cls(dictionary, priors, common[of], words[of], np.diff(first)[of].astype(np.int64))


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


class Block(NamedTuple):
    """Passages, and what may have stood in them."""

    tokens: Tokens
    """What the passages were made of."""
    spun: Spun
    source: Source
    """What they are read with."""
    these: Candidates
    right: Bool
    """(candidates,): it stood there."""
    dense: F64
    """(DENSE, candidates): what is known without any context."""


@dataclass(slots=True, eq=False)
class Teacher:
    """Spins passages, and knows what stood in them."""

    whole: Source
    """Families known whole, which most texts are read with."""
    others: Source
    """All but these: as if nobody had met the spinner."""
    everything: Source
    spinner: Spinner
    """Of everything."""
    model: LanguageModel
    shortest: int
    """Tokens of a passage."""
    longest: int
    chance: np.random.Generator = field(default_factory=lambda: np.random.default_rng(5))
    blocks: int = 0
    words: int = 0

    @classmethod
    def of(cls, whole: Dictionary, others: Dictionary, everything: Dictionary, model: LanguageModel,
           passage: tuple[int, int]) -> Teacher:  # fmt: skip
        """Nothing spun yet; a `passage` has so many tokens, from the one to the other."""
        known, unmet, every = (Source.of(one, model) for one in (whole, others, everything))
        return cls(known, unmet, every, Spinner.of(everything), model, *passage)

    @property
    def sources(self) -> tuple[Source, Source, Source]:
        """All that passages are read with."""
        return self.whole, self.others, self.everything

    def spin(self, tokens: Tokens) -> Block | None:
        """The passages of honest documents, spun anew; None: nothing may have stood there but what does."""
        if not len(tokens):
            return None
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

        return self._block(tokens, spun, tokens.shape[spun.token], np.clip(rate, 0.02, 0.98), source, truth)

    def compare(self, examples: Sequence[Example], tokens: Tokens) -> Block | None:
        """Real copies, whose texts are `tokens`."""
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
        return self._block(tokens, spun, tokens.shape, rate, source, truth)

    def _source(self, turn: int) -> Source:
        return self.whole if turn <= 5 else self.others if turn == 6 else self.everything

    def _cut(self, tokens: Tokens) -> I64:
        """(tokens,): documents in passages, the passage of each token."""
        size = len(tokens)
        lengths = self.chance.uniform(np.log(self.shortest), np.log(self.longest), size // self.shortest + 1)
        lengths = np.exp(lengths).astype(np.int64)
        heads = np.zeros(size, np.bool_)
        cuts = np.cumsum(lengths)
        heads[cuts[cuts < size]] = True
        heads[1:] |= tokens.document[1:] != tokens.document[:-1]
        heads[0] = False
        return np.cumsum(heads)

    def _block(self, tokens: Tokens, spun: Spun, shape: NDArray[np.uint8], rate: F64, source: Source,
               truth: Truth) -> Block | None:  # fmt: skip
        these, common = self._candidates(spun, shape, source)
        self.blocks, self.words = self.blocks + 1, self.words + len(spun.word)
        if not len(these.entry):
            return None
        dense = _dense(these, source, common, rate[spun.text[these.first]])
        return Block(tokens, spun, source, these, truth(these), dense)

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

    @property
    def state(self) -> dict[str, NDArray[Any]]:
        """For a checkpoint."""
        drawn = json.dumps(self.chance.bit_generator.state)
        return {"counts": np.array([self.blocks, self.words]), "chance": np.array(drawn)}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on from a checkpoint, as if nothing had come between."""
        self.chance.bit_generator.state = json.loads(str(state["chance"]))
        self.blocks, self.words = (int(count) for count in state["counts"])


def _dense(these: Candidates, source: Source, common: F64, rate: F64) -> F64:
    """(DENSE, candidates)"""
    partial = source.dictionary.partial[source.dictionary.probability[these.entry].argmax(axis=1)]
    return np.stack([
        np.ones(len(rate)), np.log(rate), -np.log(1.02 - rate), source.dictionary.log_channel[these.entry],
        source.common[these.entry] / 4, common[these.hit] / 4, these.end - these.first - 1.0, partial,
    ])  # fmt: skip


def _as_tokens(spun: Spun) -> Tokens:
    """As far as a search for phrases looks at tokens."""
    size = len(spun.word)
    none = np.zeros(size, np.bool_)
    empty = np.zeros(0, np.int64)
    return Tokens("", empty, none, np.arange(size), spun.word, np.zeros(size, np.uint8), spun.text.astype(np.int32),
                  spun.opens, lambda: none)  # fmt: skip
