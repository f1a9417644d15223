"""Text → n-gram counts: the first stage of learning a language model.

* `read` turns paragraphs into one stream of word hashes, each paragraph between `BEGIN` and `END`.
* `choose_words` picks the vocabulary; `encode` turns streams into ids.
* `count` finds every n-gram. An n-gram is named by its row in the table of its length; its *prefix* (all but the last
  word) and its *suffix* (all but the first) are rows of the table one shorter. So keys stay below 64 bits at any
  order, and everything is sorting: no dictionary, no loop over words.

Each n-gram is counted twice: `total` is how often it was seen at all, which says how much to trust it, and `weighted`
is the sum of the weights of the corpora it was seen in, which says how much it matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...language_model.vocabulary import Vocabulary, Word
from ...text.token_features import Shape
from ...text.tokens import tokenise
from ...util.array_types import F32, I32, I64, U64, Bool

BEGIN, END = np.uint64(0), np.uint64(1)  # no word has these hashes, short of a chance of one in 2**63
_CHARACTERS = 1 << 18  # tokenised at a time
WORD_BITS = 20
_CORPUS_BITS = 8
_WORD = np.uint64((1 << WORD_BITS) - 1)
MAX_WORDS = 1 << WORD_BITS


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """A corpus as one row of word hashes: `BEGIN`, the words of a paragraph, `END`, `BEGIN`, …"""

    words: U64
    numbers: U64
    """The distinct hashes among `words` that are numbers, sorted."""

    @property
    def tokens(self) -> int:
        """Words and signs, without the marks."""
        return len(self.words) - 2 * int(np.count_nonzero(self.words == BEGIN))


def read(paragraphs: Iterable[str]) -> Stream:
    """The stream of `paragraphs`."""
    pieces, numbers = [], [np.zeros(0, np.uint64)]
    for batch in _batches(paragraphs):
        tokens = tokenise(batch)
        if len(tokens) == 0:
            continue
        shift = 2 * np.cumsum(tokens.opens) - 1
        begins = np.flatnonzero(tokens.opens)
        begins += shift[begins] - 1
        piece = np.empty(len(tokens) + 2 * len(begins), np.uint64)
        piece[np.arange(len(tokens)) + shift] = tokens.word
        piece[begins] = BEGIN
        piece[begins[1:] - 1] = piece[-1] = END
        pieces.append(piece)
        numbers.append(np.unique(tokens.word[tokens.shape == Shape.NUMBER]))
    words = np.concatenate(pieces) if pieces else np.zeros(0, np.uint64)
    return Stream(words, np.unique(np.concatenate(numbers)))


def _batches(paragraphs: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for paragraph in map(str.strip, paragraphs):
        if not paragraph:
            continue
        batch.append(paragraph)
        size += len(paragraph)
        if size > _CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def choose_words(
    streams: Sequence[Stream], weights: Sequence[float], limit: int, least: int, also: U64
) -> tuple[U64, U64]:
    """Sorted hashes of the vocabulary, and of all the other words that were seen.

    In come the `limit` words of the greatest weighted count that were seen `least` times or more, and the words `also`.
    """
    counted = [np.unique(stream.words[stream.words > END], return_counts=True) for stream in streams]
    words, inverse = np.unique(np.concatenate([words for words, _ in counted] or [also[:0]]), return_inverse=True)
    counts = np.concatenate([counts for _, counts in counted] or [np.zeros(0, np.int64)])
    heavy = [counts * weight for (_, counts), weight in zip(counted, weights, strict=True)]
    total = np.bincount(inverse, weights=counts, minlength=len(words))
    weighted = np.bincount(inverse, weights=np.concatenate(heavy or [counts]), minlength=len(words))
    best = np.lexsort((words, -weighted))[:limit]  # of equals the smaller hash: any rule does, if it is always the same
    chosen = np.union1d(words[best[total[best] >= least]], also)
    return chosen, np.setdiff1d(words, chosen, assume_unique=True)


def encode(stream: Stream, vocabulary: Vocabulary) -> I32:
    """The ids of `stream`, one for one."""
    ids = vocabulary.ids(stream.words)
    unknown = np.flatnonzero(ids == Word.UNKNOWN)
    ids[unknown[np.isin(stream.words[unknown], stream.numbers)]] = Word.NUMBER
    ids[stream.words == BEGIN] = Word.BEGIN
    ids[stream.words == END] = Word.END
    return ids


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """The n-grams of one length, sorted by prefix and last word; one row each.

    No n-gram reaches over the end of a paragraph. `suffix` is a row of the table one shorter, for a bigram a word.
    """

    keys: U64
    suffix: I32
    total: I32
    weighted: F32
    begins: Bool
    """True where the first word is `Word.BEGIN`."""

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def prefix(self) -> I32:
        """A row of the table one shorter; for a bigram a word."""
        return (self.keys >> np.uint64(WORD_BITS)).astype(np.int32)

    @property
    def word(self) -> I32:
        """The last word."""
        return (self.keys & _WORD).astype(np.int32)


def count(texts: Sequence[I32], weights: Sequence[float], order: int) -> list[Counts]:
    """The n-grams of two words, of three, … of `order` in the encoded `texts`, of which each has its weight.

    Raises
    ------
    ValueError
        There are more texts than can be told apart.
    """
    if len(texts) >= 1 << _CORPUS_BITS:
        raise ValueError(f"{len(texts)} texts are more than can be told apart; join some of them")
    tables: list[Counts] = []
    before: Sequence[I32] = texts  # for each place the row of the n-gram that ends there, -1 for none
    for length in range(2, order + 1):
        follows = [(rows[:-1] >= 0) & (ids[1:] != Word.BEGIN) for rows, ids in zip(before, texts, strict=True)]
        keys = np.empty(sum(int(np.count_nonzero(one)) for one in follows), np.uint64)
        start = 0
        for corpus, (rows, ids, here) in enumerate(zip(before, texts, follows, strict=True)):
            key = rows[:-1][here].astype(np.uint64) << np.uint64(WORD_BITS)
            key |= ids[1:][here].astype(np.uint64)
            keys[start : start + len(key)] = (key << np.uint64(_CORPUS_BITS)) | np.uint64(corpus)
            start += len(key)
            del key
        if length == order:
            keys.sort()
            tables.append(_table(keys, weights, tables))
            break
        order_of = np.argsort(keys)
        keys = keys[order_of]
        tables.append(_table(keys, weights, tables))
        rows = np.empty(len(keys), np.int32)
        rows[order_of] = np.cumsum(_changes(keys >> np.uint64(_CORPUS_BITS)), dtype=np.int32) - 1
        del keys, order_of
        before = _spread(rows, follows)
    return tables


def _spread(rows: I32, follows: Sequence[Bool]) -> list[I32]:
    spread, start = [], 0
    for here in follows:
        one = np.full(len(here) + 1, -1, np.int32)
        size = int(np.count_nonzero(here))
        one[1:][here] = rows[start : start + size]
        spread.append(one)
        start += size
    return spread


def _changes(values: U64) -> Bool:
    changes = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


def _table(keys: U64, weights: Sequence[float], shorter: Sequence[Counts]) -> Counts:
    """Count the sorted `keys`, in whose lowest bits the corpus stands."""
    starts = np.flatnonzero(_changes(keys))
    times = np.diff(starts, append=len(keys))
    keys = keys[starts]
    weighted = times * np.asarray(weights, np.float64)[(keys & np.uint64((1 << _CORPUS_BITS) - 1)).astype(np.int64)]
    keys >>= np.uint64(_CORPUS_BITS)
    starts = np.flatnonzero(_changes(keys))
    keys = keys[starts]
    total = np.add.reduceat(times, starts).astype(np.int32) if len(starts) else np.zeros(0, np.int32)
    heavy = np.add.reduceat(weighted, starts).astype(np.float32) if len(starts) else np.zeros(0, np.float32)
    prefix, word = (keys >> np.uint64(WORD_BITS)).astype(np.int32), (keys & _WORD).astype(np.int32)
    if not shorter:
        return Counts(keys, word, total, heavy, prefix == Word.BEGIN)
    below = shorter[-1]
    wanted = (below.suffix[prefix].astype(np.uint64) << np.uint64(WORD_BITS)) | word.astype(np.uint64)
    return Counts(keys, _locate(below.keys, wanted), total, heavy, below.begins[prefix])


def _locate(table: U64, wanted: U64) -> I32:
    """Rows of the sorted `table` that hold `wanted`; all of them are there."""
    order = np.argsort(wanted)
    ordered = wanted[order]
    changes = _changes(ordered)
    # Searching in the order of the table keeps to the cache; searching as they come is ten times slower.
    places: I64 = np.searchsorted(table, ordered[changes])
    rows = np.empty(len(wanted), np.int32)
    rows[order] = places[np.cumsum(changes) - 1].astype(np.int32)
    return rows
