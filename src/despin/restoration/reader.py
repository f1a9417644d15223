"""What stood at a place, as texts that were spun anew have taught: a hashed conditional logit.

The language model knows what people write; the reader has seen what spinners leave. It was taught by plain text that
the channels of all dictionaries spun, so that the neighbours it learned from were mostly spun themselves, and every
original was at hand. Each candidate of a place is described by some sixty *features*: the spun phrase, the original and
the two together, each beside the words around it, beside two of them at once, and beside their classes, which tell what
grammar allows (*to good the scene*: no adjective stands there). A feature's weight is found under its hash, in a table
that knows no words (Weinberger et al. 2009, *Feature hashing for large scale multitask learning*). The weights of a
candidate add up, by what they are about (`PARTS`), and `evidence` weighs the sums.

Classes of words are clusters by distribution: words that stand among the same neighbours (learn/weights/word_classes).

Start reading from `Reader.read`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..dictionary.dictionary import Dictionary
from ..language_model.vocabulary import Vocabulary, Word
from ..text.tokens import Tokens
from ..util import array_cache, npz
from ..util.array_cache import Arrays
from ..util.array_types import F64, I64, U64, Bool
from ..util.arrays import alike, distinct
from ..util.errors import DespinError
from .entry_keys import keys_of

I8 = NDArray[np.int8]
U8 = NDArray[np.uint8]

VERSION = 1  # of what `Reader.load` keeps
PARTS = ("spun phrase", "original", "entry", "classes")
"""What the weights of a candidate are about."""
COARSE, FINE = 50, 257
"""Numbers of classes, with one for words without a class and one for what stands beyond a paragraph."""
BORDER = np.uint64(0x1234567)  # stands for a word beyond the paragraph
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)

# The neighbours of a place, by their row in `Neighbours.each`: words, coarse classes, fine classes.
_L1, _R1, _L2, _R2, _L3, _R3, _L4, _R4 = range(8)
_CL1, _CR1, _CL2, _CR2, _FL1, _FR1 = range(8, 14)
CONTEXTS: Sequence[tuple[int, ...]] = (
    (_L1,), (_R1,), (_L2,), (_R2,), (_L3,), (_R3,), (_L4,), (_R4,),
    (_L1, _R1), (_L2, _L1), (_R1, _R2),
    (_CL1,), (_CR1,), (_CL1, _CR1), (_CL2, _CL1), (_CR1, _CR2), (_CL1, _CR1, _CL2, _CR2),
)  # fmt: skip
"""What stands around a place, one neighbour or several together."""
_NEAR = (0, 1, 2, 3, *range(8, 17))
"""The contexts that an entry is seen in: of the words, the two on either side."""
_BESIDE = ((_CL2, _CL1), (_CR1, _CR2), (_FL1, _FR1))
"""The contexts that the classes of a phrase's first and last word are seen in, besides the fine class next to each."""

SPUN = 1 + len(CONTEXTS) + 5
"""Features of a place; those of a candidate are `ORIGINAL`, `ENTRY` and `CLASSES`."""
ORIGINAL, ENTRY, CLASSES = 1 + len(CONTEXTS), 1 + len(_NEAR), 7
FEATURES = SPUN + ORIGINAL + ENTRY + CLASSES
_JOINTS = sum(len(context) for context in (*CONTEXTS, *_BESIDE) if len(context) > 1) + 2


class ReaderError(DespinError, ValueError):
    """The file of the reader cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Hashing:
    """How features become places in the table: odd multipliers, drawn when the weights were learned."""

    phrase: U64
    """(features,): of the phrase."""
    context: U64
    """(features,): of its context."""
    joint: U64
    """(joints,): of the parts of a context that has several, and of the two ends of a phrase."""
    classes: U64
    """(FINE,): the hash of each class."""

    @classmethod
    def drawn(cls, seed: int) -> Hashing:
        """Multipliers for a new table."""
        chance = np.random.default_rng(seed)
        sizes = (FEATURES, FEATURES, _JOINTS, FINE)
        return cls(
            *(chance.integers(0, 1 << 63, size, dtype=np.uint64) * np.uint64(2) + np.uint64(1) for size in sizes)
        )

    @property
    def arrays(self) -> dict[str, U64]:
        """For a file."""
        return {"phrase": self.phrase, "context": self.context, "joint": self.joint, "class_hashes": self.classes}


@dataclass(frozen=True, slots=True, eq=False)
class WordClasses:
    """Words that stand among the same neighbours."""

    words: U64
    """Hashes, in increasing order."""
    coarse: U8
    """(words,): from 1, below `COARSE` − 1."""
    fine: U8
    """(words,): from 1, below `FINE` − 1."""

    def of(self, words: U64) -> tuple[U8, U8]:
        """The coarse and the fine class of each of `words`, any hashes; 0 of those that have none."""
        coarse, fine = np.zeros((2, len(words)), np.uint8)
        rows, ids = _vocabulary(self).find(words)
        coarse[rows], fine[rows] = self.coarse.take(ids - len(Word)), self.fine.take(ids - len(Word))
        return coarse, fine


@lru_cache(maxsize=4)
def _vocabulary(classes: WordClasses) -> Vocabulary:
    return Vocabulary.of(classes.words)


class Phrases(NamedTuple):
    """What is known of the entries of a dictionary before any text; (entries,) each."""

    entry: U64
    original: U64
    spun: U64
    first: U64
    """The hash of the fine class of the original's first word."""
    last: U64

    @classmethod
    def of(cls, dictionary: Dictionary, classes: WordClasses, hashing: Hashing) -> Phrases:
        """Of all entries."""
        of = dictionary.original
        ends = dictionary.word[dictionary.first_word[:-1]], dictionary.word[dictionary.first_word[1:] - 1]
        first, last = (hashing.classes.take(classes.of(words)[1]).take(of) for words in ends)
        return cls(keys_of(dictionary), dictionary.original_key.take(of), dictionary.spun_key, first, last)


def scrambled(value: U64) -> U64:
    """`value` with all of its bits in the high ones."""
    value = value ^ (value >> np.uint64(29))
    return value * _GOLDEN


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Spun phrases where they stand, and what is around them; (places,) each."""

    contexts: list[U64]
    """One for each of `CONTEXTS`."""
    beside: list[U64]
    """One for each of `_BESIDE`."""
    before: U64
    """The hash of the fine class of the word before."""
    after: U64
    first: U64
    """Likewise of the first word of the phrase."""
    last: U64

    @classmethod
    def of(cls, word: U64, opens: Bool, first: I64, end: I64, classes: WordClasses, hashing: Hashing) -> Places:
        """The phrases from the tokens `first` up to `end`, not included, of a text whose words have the hashes `word`,
        and whose paragraphs begin where `opens`, (tokens,) each."""
        around = _neighbours(opens, first, end)
        each = [np.where(inside, word.take(at), BORDER) for at, inside in around]
        all_coarse, all_fine = classes.of(word)  # of every token once, though it is beside many places
        near = around[:4]
        coarse, fine = ([column.take(at) for at, _ in near] for column in (all_coarse, all_fine))
        far = [~inside for _, inside in near]
        each += [hashing.classes.take(np.where(out, COARSE - 1, one)) for out, one in zip(far, coarse, strict=True)]
        each += [
            hashing.classes.take(np.where(out, FINE - 1, one.astype(np.int64)))
            for out, one in zip(far[:2], fine[:2], strict=True)
        ]
        joint = iter(hashing.joint)

        def together(context: tuple[int, ...]) -> U64:
            if len(context) == 1:
                return scrambled(each[context[0]])
            total = each[context[0]] * next(joint)
            for one in context[1:]:
                total += each[one] * next(joint)
            return scrambled(total)

        contexts, beside = [together(one) for one in CONTEXTS], [together(one) for one in _BESIDE]
        ends = (hashing.classes.take(all_fine.take(at)) for at in (first, end - 1))
        return cls(contexts, beside, each[_FL1], each[_FR1], *ends)


def _neighbours(opens: Bool, first: I64, end: I64) -> list[tuple[I64, Bool]]:
    """The tokens around each place, by turns on the left and on the right, the nearest first; and whether they are in
    its paragraph."""
    paragraph, size = np.cumsum(opens, dtype=np.int32), len(opens)
    here, each = paragraph.take(first), []
    for step in range(1, 5):
        for at in (first - step, end - 1 + step):
            inside = np.clip(at, 0, size - 1)
            each.append((inside, (at == inside) & (paragraph.take(inside) == here)))
    return each


class Slots:
    """Features → places in a table of 2^`bits` weights."""

    def __init__(self, places: Places, phrases: Phrases, hashing: Hashing, bits: int) -> None:
        self._places, self._phrases, self._hashing = places, phrases, hashing
        self._shift = np.uint64(64 - bits)

    def of_places(self, spun: U64) -> list[I64]:
        """`SPUN` times (places,): where spun phrases with the keys `spun` have their weights."""
        at, number = self._places, iter(range(SPUN))
        slots = [self._slot(next(number), spun, None)]
        slots += [self._slot(next(number), spun, context) for context in at.contexts]
        return slots + self._of_classes(number, at.first, at.last, None)

    def of_candidates(self, place: I64, entry: I64) -> list[list[I64]]:
        """(candidates,) each, the features of the original, of the entry, and of their classes: `place` is which of the
        places each candidate stands at."""
        at, known, number = self._places, self._phrases, iter(range(SPUN, FEATURES))
        parts = []
        for phrase, contexts in ((known.original.take(entry), at.contexts), (known.entry.take(entry), _near(at))):
            slots = [self._slot(next(number), phrase, None)]
            parts.append(slots + [self._slot(next(number), phrase, context, place) for context in contexts])
        first, last = known.first.take(entry), known.last.take(entry)
        classes = self._of_classes(number, first, last, place)
        ends = ((first, at.first), (last, at.last))
        return [*parts, classes + [self._slot(next(number), own, spun, place) for own, spun in ends]]

    def _of_classes(self, number: Any, first: U64, last: U64, place: I64 | None) -> list[I64]:
        """Those of a phrase by the classes of its two ends."""
        at, joint = self._places, self._hashing.joint
        both = first * joint[-2] + last * joint[-1]
        before, after, around = at.beside
        pairs = ((first, at.before), (last, at.after), (first, before), (last, after), (both, around))
        return [self._slot(next(number), phrase, context, place) for phrase, context in pairs]

    def _slot(self, number: int, phrase: U64, context: U64 | None, place: I64 | None = None) -> I64:
        value = phrase * self._hashing.phrase[number]
        if context is not None:
            more = context * self._hashing.context[number]
            value += more if place is None else more.take(place)
        value ^= value >> np.uint64(32)
        value *= _GOLDEN
        value >>= self._shift
        slot: I64 = value.view(np.int64)
        return slot


def _near(places: Places) -> list[U64]:
    return [places.contexts[number] for number in _NEAR]


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """What `despin-learn reader` learned."""

    weights: I8
    """(a power of two,): in units."""
    unit: float
    """Natural log-odds."""
    hashing: Hashing
    classes: WordClasses
    provenance: Mapping[str, Any]

    @property
    def bits(self) -> int:
        """log2 of the size of the table."""
        return len(self.weights).bit_length() - 1

    def read(self, tokens: Tokens, dictionary: Dictionary, entry: I64, first: I64, end: I64) -> F64:
        """(parts, rows): what the weights say, by `PARTS`, in natural log-odds, of each `entry` where the tokens from
        `first` up to `end`, not included, are its spun phrase."""
        one = alike((first << 8) + end - first)  # candidates of one phrase have all about it in common
        places, _, place = distinct(one, len(one))
        known = phrases(dictionary, self)
        at = Places.of(tokens.word, tokens.opens, first[places], end[places], self.classes, self.hashing)
        slots = Slots(at, known, self.hashing, self.bits)
        said = np.empty((len(PARTS), len(entry)))
        said[0] = self._sum(slots.of_places(known.spun.take(entry[places]))).take(place)
        for row, part in enumerate(slots.of_candidates(place, entry), start=1):
            said[row] = self._sum(part)
        said *= self.unit
        return said

    def _sum(self, slots: Sequence[I64]) -> NDArray[np.int32]:
        total = np.zeros(len(slots[0]), np.int32)  # whole numbers: no sum depends on what else is in a batch
        for one in slots:
            total += self.weights.take(one)
        return total

    @classmethod
    def none(cls) -> Reader:
        """One that has read nothing, and says nothing."""
        nothing = np.zeros(0, np.uint8)
        return cls(
            np.zeros(2, np.int8), 0.5, Hashing.drawn(0), WordClasses(np.zeros(0, np.uint64), nothing, nothing), {}
        )

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Reader:
        """The reader in the file at `path`.

        Raises
        ------
        ReaderError
            The file holds no reader, or one of another version.
        OSError
            The file cannot be read.
        """
        name = os.fspath(path)

        def wrong(reason: str) -> ReaderError:
            return ReaderError(f"{name}: this is no reader ({reason}); get the file again")

        columns, provenance = npz.read(path, ("weights", "unit"), wrong)
        with npz.explained(wrong):
            return cls._of(provenance, columns)

    @classmethod
    def _of(cls, provenance: Mapping[str, Any], arrays: Arrays) -> Reader:
        """The reader in `arrays`. Raises ValueError where they do not fit, KeyError where one is missing."""
        weights, unit = arrays["weights"], float(arrays["unit"])
        hashing = Hashing(*(arrays[name] for name in ("phrase", "context", "joint", "class_hashes")))
        classes = WordClasses(*(arrays[name] for name in ("words", "coarse", "fine")))
        if provenance.get("version") != VERSION:
            raise ValueError("it is of another version")
        sizes = [len(part) for part in (hashing.phrase, hashing.context, hashing.joint, hashing.classes)]
        if sizes != [FEATURES, FEATURES, _JOINTS, FINE] or any(a.dtype != np.uint64 for a in hashing.arrays.values()):
            raise ValueError("its multipliers do not fit")
        if weights.dtype != np.int8 or weights.ndim != 1 or len(weights) < 2 or len(weights) & (len(weights) - 1):
            raise ValueError("its table does not fit")
        if classes.words.dtype != np.uint64 or not (classes.words[1:] > classes.words[:-1]).all():
            raise ValueError("its words do not fit")
        if not len(classes.words) == len(classes.coarse) == len(classes.fine) or not 0 < unit < 1:
            raise ValueError("its classes do not fit")
        if (
            any(one.dtype != np.uint8 for one in (classes.coarse, classes.fine))
            or classes.coarse.max(initial=0) >= COARSE
        ):
            raise ValueError("its classes make no sense")
        return cls(weights, unit, hashing, classes, provenance)

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """For a file."""
        words, coarse, fine = self.classes.words, self.classes.coarse, self.classes.fine
        classes: dict[str, NDArray[Any]] = {"words": words, "coarse": coarse, "fine": fine}
        return {"weights": self.weights, "unit": np.asarray(self.unit), **self.hashing.arrays, **classes}

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Reader:
        """As `open`, but what it gave once is mapped from the user's cache (`array_cache`), and nothing is unpacked."""
        return array_cache.cached(
            "reader",
            VERSION,
            PARTS,
            [path],
            lambda _: cls.open(path),
            lambda one: (one.provenance, one.arrays),
            cls._of,
        )


@lru_cache(maxsize=8)
def phrases(dictionary: Dictionary, reader: Reader) -> Phrases:
    """The one `Phrases` of the two."""
    return Phrases.of(dictionary, reader.classes, reader.hashing)
