"""Parallel text → the weights of the evidence (`evidence.Weights`).

Every candidate that the lattice offers in a spun text is right or wrong, and the pair of texts says which. A
conditional logit over the candidates of each place, and leaving it alone, weighs the features; every entry, alone and
beside each of its frequent neighbours, gets a weight of its own, drawn towards zero (an L2 penalty), so that only what
recurs counts.

The language model that scores the training texts must not have been learned from them, or it would seem to know much
more than it does of any other text; `despin-learn evidence` is given one that was learned without them.

Of a spinner whose thesaurus was learned whole, the dictionary knows nearly every substitution; of the others we know a
part. So there are two rows of weights. The second is fitted to the same texts with the dictionaries alone that did not
learn from them: as if this spinner were one of those that nobody has met.

Texts of lower spin rates are made from those of the highest by putting a share of the keys back, each key everywhere
in its text, as a spinner at that rate would have left them. Texts that were not spun take no part: the verdict keeps
them safe.
Start reading from `learn`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from ...decoding.channel import Channel
from ...decoding.decode import decode
from ...decoding.lattice import Lattice, build
from ...dictionary.dictionary import Dictionary
from ...language_model.model import LanguageModel
from ...language_model.word_vectors import WordVectors
from ...restoration.evidence import MOST_SCORE, Weights
from ...restoration.features import FEATURES, collocations, features, places, plausible
from ...restoration.reader import Reader
from ...text.tokens import Tokens, tokenise
from ...util.array_types import F64, I64, U64
from ...util.errors import DespinError

RATES = (1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25)  # one is drawn for each text; texts spun throughout are the commonest
BATCH = 150
PENALTY = 10.0  # stronger ones lose, and so do weaker, on texts from elsewhere
MIN_PLACES = 4  # of a collocation
SMALL = 0.05  # weights nearer to zero are left out of the file


class EvidenceLearningError(DespinError, ValueError):
    """Nothing can be learned from what was given; the message says why."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text, and what it was made from."""

    original: str
    text: str
    rate: float


def examples(pairs: Iterable[tuple[str, str]], seed: int = 1) -> Iterator[Example]:
    """Texts at all spin rates from `pairs` of (original, spun); of several copies of one original, the first."""
    chance = random.Random(seed)
    known: set[str] = set()
    for original, spun in pairs:
        if original in known:
            continue
        known.add(original)
        rate = chance.choice(RATES)
        text = original if rate == 0 else spun if rate == 1 else put_back(original, spun, rate, chance)
        if text is not None:
            yield Example(original, text, rate)


def put_back(original: str, spun: str, rate: float, chance: random.Random) -> str | None:
    """`spun` with all but a share `rate` of its keys as in `original`; None where the paragraphs do not correspond."""
    left, right = original.split("\n"), spun.split("\n")
    if len(left) != len(right):
        return None
    stays: dict[tuple[int, ...], bool] = {}
    columns = tokenise(left), tokenise(right)
    lines = []
    for index, line in enumerate(right):
        rows = [slice(*np.searchsorted(tokens.document, [index, index + 1]).tolist()) for tokens in columns]
        words = [tokens.word[row].tolist() for tokens, row in zip(columns, rows, strict=True)]
        old, new = (
            list(
                zip(
                    (tokens.start[row] - tokens.offset[index]).tolist(),
                    (tokens.end[row] - tokens.offset[index]).tolist(),
                    strict=True,
                )
            )
            for tokens, row in zip(columns, rows, strict=True)
        )
        pieces, done = [], 0
        for i, j, k, m in differences(*words):
            key = tuple(words[0][i:j])
            if stays.setdefault(key, chance.random() < rate):
                continue
            begin = new[k][0] if k < len(new) else len(line)
            end = new[m - 1][1] if m > k else begin
            text = left[index][old[i][0] : old[j - 1][1]] if j > i else ""
            if m == k:
                text += " "
            elif j == i:
                end += line[end : end + 1] == " "
            pieces += [line[done:begin], text]
            done = end
        lines.append("".join(pieces) + line[done:])
    return "\n".join(lines)


def learn(
    texts: Sequence[Example],
    whole: Dictionary,
    part: Dictionary,
    model: LanguageModel,
    topics: WordVectors,
    reader: Reader,
    scale: float,
    progress: Callable[[str], None] = lambda message: None,
) -> Weights:
    """The weights that make what was right in `texts` likeliest.

    `whole` was learned from texts of their kind, `part` was not; where it is empty, the weights of `whole` serve.

    Raises
    ------
    EvidenceLearningError
        No candidate in any text was right.
    """
    dense, names, values, candidates = _learn(texts, whole, model, topics, reader, scale, progress)
    other = _learn(texts, part, model, topics, reader, scale, progress, collocate=False)[0] if len(part) else dense
    kept = np.abs(values) >= SMALL
    order = np.argsort(names[kept])
    provenance = {
        "features": list(FEATURES), "texts": len(texts), "candidates": candidates, "scale": scale,
        "dictionaries": dict(whole.digests), "partial dictionaries": dict(part.digests),
    }  # fmt: skip
    chosen = values[kept][order].astype(np.float32)
    return Weights(np.stack([dense, other]), names[kept][order], chosen, topics, provenance)


def _learn(
    texts: Iterable[Example],
    dictionary: Dictionary,
    model: LanguageModel,
    topics: WordVectors,
    reader: Reader,
    scale: float,
    progress: Callable[[str], None],
    collocate: bool = True,
) -> tuple[F64, U64, F64, int]:
    """Dense weights, collocation keys and their weights, and how many candidates they were fitted to."""
    dense: list[NDArray[np.float32]] = []
    keys: list[U64] = []
    truths: list[NDArray[np.bool_]] = []
    where: list[I64] = []
    count = known = 0
    for batch in _batches(texts):
        one = _candidates(batch, dictionary, model, topics, reader, scale)
        dense.append(one[0])
        keys.append(one[1])
        truths.append(one[2])
        where.append(one[3] + known)
        known += int(one[3].max(initial=-1)) + 1
        count += len(batch)
        progress(f"weighing evidence: {count:,} texts, {sum(map(len, truths)):,} candidates")
    if not any(truth.any() for truth in truths):
        raise EvidenceLearningError(
            "no restoration in any of the texts was right; are these pairs of original and spun?"
        )
    columns = np.concatenate(dense), np.concatenate(keys), np.concatenate(truths), np.concatenate(where)
    found = _fit(*columns, MIN_PLACES if collocate else None, progress)
    return *found, sum(map(len, truths))


def _batches(texts: Iterable[Example]) -> Iterator[list[Example]]:
    batch: list[Example] = []
    for one in texts:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _candidates(
    batch: Sequence[Example],
    dictionary: Dictionary,
    model: LanguageModel,
    topics: WordVectors,
    reader: Reader,
    scale: float,
) -> tuple[NDArray[np.float32], U64, NDArray[np.bool_], I64]:
    """Features, collocations, truth and place of every candidate worth a look."""
    tokens = tokenise([one.text for one in batch])
    lattice = build(tokens, dictionary, model, scale)
    channel = Channel.of(lattice, dictionary, len(batch))
    decoded = decode(lattice, channel)
    rows = plausible(decoded)
    truth = labels(batch, lattice, channel, dictionary)
    return (
        features(lattice, channel, decoded, dictionary, model, topics, reader, rows).astype(np.float32),
        collocations(lattice, channel, dictionary, rows),
        truth[rows],
        places(lattice, channel, dictionary, rows),
    )


def labels(batch: Sequence[Example], lattice: Lattice, channel: Channel, dictionary: Dictionary) -> NDArray[np.bool_]:
    """(candidates,): whether each candidate is what stood in the original."""
    tokens, arcs = lattice.tokens, lattice.arcs
    first = lattice.token.take(arcs.start[channel.candidate])
    last = lattice.token.take(arcs.end[channel.candidate] - 1) + 1
    row = dictionary.original[arcs.entry[channel.candidate]]
    right = np.zeros(len(first), np.bool_)
    order = np.argsort(channel.text, kind="stable")
    bounds = np.searchsorted(channel.text[order], np.arange(len(batch) + 1))
    begins = np.searchsorted(tokens.document, np.arange(len(batch) + 1))
    for index, one in enumerate(batch):
        if one.rate == 0:
            continue
        here = order[bounds[index] : bounds[index + 1]]
        truth = Alignment.of(one, tokens, int(begins[index]), int(begins[index + 1]))
        for candidate in here.tolist():
            word = dictionary.word[dictionary.first_word[row[candidate]] : dictionary.first_word[row[candidate] + 1]]
            at, end = int(first[candidate] - begins[index]), int(last[candidate] - begins[index])
            right[candidate] = truth.says(at, end, word.tolist())
    return right


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which places of the original each place of the text may correspond to."""

    original: list[int]
    low: list[int]
    """(places + 1,): the first place of the original that each place between two words may correspond to."""
    high: list[int]
    """(places + 1,): the last."""

    @classmethod
    def of(cls, example: Example, tokens: Tokens, begin: int, end: int) -> Alignment:
        words, original = tokens.word[begin:end].tolist(), tokenise([example.original]).word.tolist()
        low, high = [0] * (len(words) + 1), [0] * (len(words) + 1)
        i = k = 0
        for first, last, start, stop in [*differences(original, words), (len(original),) * 2 + (len(words),) * 2]:
            for place in range(k + 1, start + 1):  # kept words
                low[place] = high[place] = i + place - k
            for place in range(start + 1, stop):  # inside a difference: anywhere in it
                low[place], high[place] = first, last
            high[start] = last if start == stop else high[start]  # words left out: before or after them
            if stop > start:
                low[stop] = high[stop] = last
            i, k = last, stop
        return cls(original, low, high)

    def says(self, first: int, last: int, words: list[int]) -> bool:
        """Whether `words` stand in the original where the text has its words from `first` to `last`."""
        begin, end = self.low[first], self.high[last]
        for at in range(begin, min(self.high[first], end - len(words)) + 1):
            if at + len(words) >= self.low[last] and self.original[at : at + len(words)] == words:
                return True
        return False


def differences(left: Sequence[int], right: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Where two rows of words differ: left[i:j] against right[k:m], maximal and in order."""
    found: list[tuple[int, int, int, int]] = []
    for code in Indel.opcodes(left, right):
        i, j, k, m = code.src_start, code.src_end, code.dest_start, code.dest_end
        if code.tag == "equal":
            continue
        if found and (found[-1][1], found[-1][3]) == (i, k):
            i, k = found[-1][0], found[-1][2]
            found.pop()
        found.append((i, j, k, m))
    return found


def _fit(
    dense: NDArray[np.float32],
    keys: U64,
    truth: NDArray[np.bool_],
    place: I64,
    least: int | None,
    progress: Callable[[str], None],
) -> tuple[F64, U64, F64]:
    """Dense weights, collocation keys and their weights: a conditional logit by L-BFGS (Liu and Nocedal 1989).

    A collocation has a weight if it is found `least` times; None: none has.
    """
    from scipy.optimize import minimize  # heavy, and only for learning
    from scipy.sparse import csr_matrix, hstack

    names, counts = np.unique(keys, return_counts=True)
    names = names[counts >= least] if least else names[:0]
    size = dense.std(axis=0)
    size[size == 0] = 1.0
    at = np.minimum(np.searchsorted(names, keys), max(len(names) - 1, 0))
    rows, columns = np.nonzero(names[at] == keys) if len(names) else (np.zeros(0, int), np.zeros(0, int))
    ones = np.ones(len(rows), np.float32)
    sparse = csr_matrix((ones, (rows, at[rows, columns])), shape=(len(truth), len(names)))
    matrix = hstack([csr_matrix(dense / size), sparse]).tocsr()
    turned = matrix.T.tocsr()
    penalty = np.concatenate([np.full(dense.shape[1], 1e-3), np.full(len(names), PENALTY)])
    target = truth.astype(np.float64)
    # Two spellings of one original may both be right: the place then counts once for each.
    times = np.maximum(np.bincount(place, target), 1.0)

    def loss(weight: F64) -> tuple[float, F64]:
        score = np.clip(matrix @ weight, -MOST_SCORE, MOST_SCORE)
        odds = np.exp(score)
        total = 1.0 + np.bincount(place, odds)
        share = odds / total[place] * times[place]
        slope = turned @ (share - target) + penalty * weight
        return float(times @ np.log(total) - target @ score + (penalty * weight**2).sum() / 2), slope

    progress(f"fitting {matrix.shape[1]:,} weights to {len(truth):,} candidates")
    found = minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 120}).x
    return found[: dense.shape[1]] / size, names, found[dense.shape[1] :]
