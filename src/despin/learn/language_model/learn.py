"""Plain text → a language model of a given size: the stages in order.

* counts.py: text → ids → n-gram counts.
* kneser_ney.py: counts → probabilities, and which n-grams to keep.
* pack.py: what is kept → arrays → bytes.

Nothing here touches a file. The same texts and options give the same bytes. Start reading from `learn`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ...language_model.model import LanguageModel
from ...language_model.ngram_table import MAX_ORDER
from ...language_model.vocabulary import Vocabulary, Word
from ...text.hashing import hash_words
from ...text.tokens import tokenise
from ...util.array_types import F64, I32, U64
from ..errors import LearningError
from .counts import END, MAX_WORDS, Stream, choose_words, count, encode
from .kneser_ney import Prior, fit
from .pack import cost, store

_SLACK = 100_000  # bytes for the header, the gaps between arrays and the ends of the hash tables

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How to learn."""

    order: int = 3
    """Words of the longest n-gram."""
    vocabulary: int = 220_000
    """The commonest words, so many at most; those of `Frequencies` come on top."""
    min_count: int = 3
    """A word seen less often is unknown: with two sightings it is as likely a slip as a word."""
    max_bytes: int = 40_000_000
    """Size of the file."""
    prior_weight: float = 0.15
    """Share of the word frequencies from elsewhere; enough to correct what the corpora happen to speak about."""


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """A text to learn from."""

    name: str
    weight: float
    """What a word of it counts, against 1."""
    stream: Stream


@dataclass(frozen=True, slots=True, eq=False)
class Frequencies:
    """Word frequencies from elsewhere."""

    words: U64
    """Hashes, distinct."""
    frequency: F64
    """Of each of `words`, in any unit."""
    at_least: int
    """So many of the commonest belong into the vocabulary even if the texts do not have them."""
    credit: str


def frequencies(pairs: Iterable[tuple[str, float]], at_least: int, credit: str) -> Frequencies:
    """Those of (word, frequency) `pairs`, the commonest first, that are one token each."""
    words, numbers = [], []
    for word, number in pairs:
        words.append(word)
        numbers.append(number)
    tokens = tokenise(words)
    single = np.flatnonzero(np.bincount(tokens.document, minlength=len(words)) == 1)
    hashes = hash_words([words[row].strip() for row in single.tolist()])
    _, first = np.unique(hashes, return_index=True)
    first.sort()
    return Frequencies(hashes[first], np.asarray(numbers, np.float64)[single[first]], at_least, credit)


def learn(
    corpora: Sequence[Corpus],
    options: Options = Options(),
    elsewhere: Frequencies | None = None,
    report: Report = lambda line: None,
) -> LanguageModel:
    """The language model of `corpora`.

    Raises
    ------
    LearningError
        There is no text, or the options cannot be met.
    """
    if not 2 <= options.order <= MAX_ORDER:
        raise LearningError(f"a model of order {options.order} cannot be stored; choose 2 to {MAX_ORDER}")
    if not any(corpus.stream.tokens for corpus in corpora):
        raise LearningError("there is no text to learn from")
    weights = [corpus.weight for corpus in corpora]
    if min(weights) <= 0:
        raise LearningError("the weight of a text must be above 0; to leave a text out, do not name it")
    common = elsewhere.words[: elsewhere.at_least] if elsewhere else np.zeros(0, np.uint64)
    streams = [corpus.stream for corpus in corpora]
    chosen, others = choose_words(streams, weights, options.vocabulary, options.min_count, common)
    vocabulary = Vocabulary.of(chosen)
    ids = len(chosen) + len(Word)
    if ids > MAX_WORDS:
        raise LearningError(f"{ids:,} words are more than the {MAX_WORDS:,} that fit; choose a smaller vocabulary")
    fixed = 8 * ids + vocabulary.hashes.nbytes + vocabulary.first.nbytes + _SLACK
    if fixed >= options.max_bytes:
        raise LearningError(
            f"the {ids:,} words alone take {fixed:,} bytes, and {options.max_bytes:,} are allowed; "
            "allow more, or choose a smaller vocabulary"
        )
    numbers = np.unique(np.concatenate([stream.numbers for stream in streams]))
    strange_numbers = int(np.count_nonzero(np.isin(others, numbers)))
    shares = -np.log(np.maximum([len(others) - strange_numbers, strange_numbers], 1)).astype(np.float32)
    report(f"vocabulary: {len(chosen):,} words; {len(others):,} rarer ones are unknown")

    texts = [encode(stream, vocabulary) for stream in streams]
    tokens = {corpus.name: corpus.stream.tokens for corpus in corpora}
    del streams
    tables = count(texts, weights, options.order)
    del texts
    report("counted: " + ", ".join(f"{len(table):,} {k}-grams" for k, table in enumerate(tables, start=2)))
    prior = _prior(elsewhere, vocabulary, ids, options.prior_weight)
    costs = [cost(length, options.order) for length in range(2, options.order + 1)]
    levels, kept = fit(tables, ids, costs, options.max_bytes - fixed, prior, report=report)
    stored = store(tables, levels, kept)
    provenance = {
        "corpora": [{"name": c.name, "tokens": tokens[c.name], "weight": c.weight} for c in corpora],
        "options": {name: getattr(options, name) for name in Options.__slots__},
        "ngrams": {str(k): int(np.count_nonzero(one)) for k, one in enumerate(kept, start=2)},
        "smoothing": "interpolated modified Kneser-Ney, pruned n-grams handed down",
        "credits": [elsewhere.credit] if elsewhere and elsewhere.credit else [],
    }
    backoffs = np.log(np.minimum(levels[1].left, 1)).astype(np.float32)
    unigrams = np.log(np.maximum(levels[0].probability, 1e-30)).astype(np.float32)
    return LanguageModel(options.order, vocabulary, unigrams, backoffs, shares, stored, provenance, "")


def _prior(elsewhere: Frequencies | None, vocabulary: Vocabulary, ids: int, weight: float) -> Prior | None:
    if elsewhere is None or weight == 0:
        return None
    where = vocabulary.ids(elsewhere.words)
    known = where != Word.UNKNOWN
    frequency = np.zeros(ids, np.float64)
    frequency[where[known]] = elsewhere.frequency[known]
    return Prior(frequency / frequency.sum(), weight)


# --- how well it foretells -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Foretold:
    """How well a model foretells a text. An unknown word counts as one typical unknown word."""

    tokens: int
    unknown: int
    nats: float
    """Minus the log probability of all tokens and ends of paragraphs."""
    ends: int

    @property
    def perplexity(self) -> float:
        """exp of the mean of `nats` over tokens and ends; infinite for no text."""
        places = self.tokens + self.ends
        return float(np.exp(self.nats / places)) if places else float("inf")


def foretell(model: LanguageModel, stream: Stream) -> Foretold:
    """Score the held-out text `stream`."""
    ids = encode(stream, model.vocabulary)
    places = np.flatnonzero(ids != Word.BEGIN)
    context = contexts(ids, model.order)[places]
    nats = -float(model.log_prob(context, ids[places]).sum(dtype=np.float64))
    ends = int(np.count_nonzero(stream.words == END))
    return Foretold(len(places) - ends, int(np.count_nonzero(ids == Word.UNKNOWN)), nats, ends)


def contexts(ids: I32, order: int) -> I32:
    """(n, order - 1): what stands before each of `ids`, the nearest last, -1 before the start of a paragraph."""
    before = np.full((len(ids), order - 1), -1, np.int32)
    within = np.ones(len(ids), np.bool_)
    for back in range(1, order):
        within[:back] = False
        before[back:, -back] = np.where(within[back:], ids[:-back], -1)
        within[back:] &= ids[:-back] != Word.BEGIN
    return before
