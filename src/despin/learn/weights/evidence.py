"""Parallel text → the weights of the evidence (`evidence.Weights`).

Every candidate that the lattice offers in a spun text is right or wrong, and the pair of texts says which. A
conditional logit over the candidates of each place, and leaving it alone, weighs the features; every entry, alone and
beside each of its frequent neighbours, gets a weight of its own, drawn towards zero (an L2 penalty), so that only what
recurs counts. Whether a place was substituted at all, perhaps by what no dictionary offers, is a logistic regression of
its own (`place_calibration`), fitted on the scores that each half of the texts gets from weights learned of the other.

The language model that scores the training texts must not have been learned from them, or it would seem to know much
more than it does of any other text; `despin-learn evidence` is given one that was learned without them.

Of a spinner whose thesaurus was learned whole, the dictionary knows nearly every substitution; of the others we know a
part. So there are two rows of weights. The second is fitted to the same texts with the dictionaries alone that did not
learn from them: as if this spinner were one of those that nobody has met.

Texts that were not spun take no part: the verdict keeps them safe.
Start reading from `learn`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...decoding.channel import Channel
from ...decoding.decode import decode
from ...decoding.lattice import Lattice, build
from ...dictionary.dictionary import Dictionary
from ...language_model.model import LanguageModel
from ...language_model.word_vectors import WordVectors
from ...restoration.cut import Cut
from ...restoration.encoder import Encoder
from ...restoration.evidence import MOST_SCORE, Weights, together
from ...restoration.features import CLOSELY, FEATURES, Rows, collocations, features, places_of, plausible
from ...restoration.place_calibration import PLACE_FEATURES, place_features
from ...restoration.reader import Reader
from ...restoration.selection import choose
from ...text.language import ENGLISH
from ...text.tokens import Tokens, tokenise
from ...util.array_types import F32, F64, I64, U64, Bool
from ...util.errors import DespinError
from .examples import Alignment, Example

BATCH = 150
WINDOWS = 3000  # of a batch: they are read once, with all dictionaries
WEAK_PENALTY = 1e-3
PENALTY = 10.0  # of a collocation: stronger ones lose, and so do weaker, on texts from elsewhere
MIN_PLACES = 4  # of a collocation
SMALL = 0.05  # weights nearer to zero are left out of the file


class EvidenceLearningError(DespinError, ValueError):
    """Nothing can be learned from what was given; the message says why."""


class Known(NamedTuple):
    """What the texts are read with, besides a dictionary."""

    model: LanguageModel
    topics: WordVectors
    reader: Reader
    encoder: Encoder | None
    """None: the weights for reading with care are those for reading quickly."""
    scale: float


def learn(
    texts: Sequence[Example],
    whole: Dictionary,
    part: Dictionary,
    known: Known,
    careful: int = 2000,
    progress: Callable[[str], None] = lambda message: None,
) -> Weights:
    """The weights that make what was right in `texts` likeliest.

    `whole` was learned from texts of their kind, `part` was not; where it is empty, the weights of `whole` serve. The
    encoder, if there is one, reads the first `careful` of the texts.

    Raises
    ------
    EvidenceLearningError
        No candidate in any text was right.
    """
    dictionaries = (whole, part) if len(part) else (whole,)
    found = _all_candidates(texts, dictionaries, known._replace(encoder=None), progress)
    count = len(found[0].right)
    quickly = [_learn(these, these is found[0], progress) for these in found]
    carefully = quickly
    if known.encoder:
        found = _all_candidates(texts[:careful], dictionaries, known, progress)
        carefully = [_learn(these, these is found[0], progress) for these in found]
    keys, values = _side_by_side(quickly[0], carefully[0])
    provenance = {
        "features": list(FEATURES), "features of places": list(PLACE_FEATURES), "texts": len(texts),
        "texts read with care": min(careful, len(texts)) if known.encoder else 0, "candidates": count,
        "scale": known.scale, "dictionaries": dict(whole.digests), "partial dictionaries": dict(part.digests),
    }  # fmt: skip
    rows = [quickly[0], quickly[-1], carefully[0], carefully[-1]]
    dense, place = np.stack([one.dense for one in rows]), np.stack([one.place for one in rows])
    return Weights(dense, place, keys, values, known.topics, provenance)


def _side_by_side(one: _Fitted, other: _Fitted) -> tuple[U64, F32]:
    """The collocations of both that weigh something, in increasing order, and the weights of each."""
    keys = np.union1d(*(fitted.names[np.abs(fitted.values) >= SMALL] for fitted in (one, other)))
    values = np.zeros((2, len(keys)), np.float32)
    for row, fitted in zip(values, (one, other), strict=True):
        _, mine, theirs = np.intersect1d(keys, fitted.names, return_indices=True)
        row[mine] = fitted.values[theirs]
    return keys, values


class _Fitted(NamedTuple):
    """Weights, before they are put together."""

    dense: F64
    names: U64
    """Collocations, in increasing order."""
    values: F64
    """Their weights."""
    place: F64


class _Candidates(NamedTuple):
    """Candidates worth a look, and what became of them; (candidates,) each."""

    dense: F32
    """(candidates, features)"""
    keys: U64
    """(candidates, 3): collocations."""
    right: Bool
    """Whether the original has it."""
    place: I64
    text: I64
    first: I64
    """The first token that it changes."""
    last: I64
    """The last + 1."""
    substituted: Bool
    """Whether the original has anything else there."""

    def those(self, chosen: Bool) -> _Candidates:
        """Some of them."""
        return _Candidates(
            self.dense[chosen], self.keys[chosen], self.right[chosen], self.place[chosen], self.text[chosen],
            self.first[chosen], self.last[chosen], self.substituted[chosen],
        )  # fmt: skip

    def after(self, other: _Candidates) -> _Candidates:
        """The same with places, texts and tokens numbered on from those of `other`."""
        place, text, last = (int(part.max(initial=-1)) + 1 for part in (other.place, other.text, other.last))
        return self._replace(
            place=self.place + place, text=self.text + text, first=self.first + last, last=self.last + last
        )

    @classmethod
    def joined(cls, parts: Iterable[_Candidates]) -> _Candidates:
        """`parts` one after the other."""
        numbered: list[_Candidates] = []
        for part in parts:
            numbered.append(part.after(numbered[-1]) if numbered else part)
        return cls(*(np.concatenate(column) for column in zip(*numbered, strict=True)))


def _all_candidates(
    texts: Iterable[Example], dictionaries: Sequence[Dictionary], known: Known, progress: Callable[[str], None]
) -> list[_Candidates]:
    """Those of `texts`, by dictionary."""
    if known.encoder:
        known = known._replace(encoder=replace(known.encoder, remembered=WINDOWS))
    parts: list[list[_Candidates]] = [[] for _ in dictionaries]
    count = 0
    for batch in _batches(texts):
        for those, dictionary in zip(parts, dictionaries, strict=True):
            those.append(_candidates(batch, dictionary, known))
        count += len(batch)
        progress(f"weighing evidence: {count:,} texts, {sum(len(part.right) for part in parts[0]):,} candidates")
    if not all(any(part.right.any() for part in those) for those in parts):
        raise EvidenceLearningError(
            "no restoration in any of the texts was right; are these pairs of original and spun?"
        )
    return [_Candidates.joined(those) for those in parts]


def _learn(these: _Candidates, collocate: bool, progress: Callable[[str], None]) -> _Fitted:
    """What candidates teach of their dictionary; collocations only if asked to."""
    least = MIN_PLACES if collocate else None
    return _Fitted(*_fit(these, least, progress), _calibrated(these, least, progress))


def _calibrated(these: _Candidates, least: int | None, progress: Callable[[str], None]) -> F64:
    """The weights of `PLACE_FEATURES`, from the places that would be chosen; each half of the texts is scored by what
    the other taught."""
    score = np.zeros(len(these.right))
    halves = [these.text % 2 == half for half in (0, 1)]
    for mine, other in (halves, halves[::-1]):
        score[mine] = _scored(these.those(mine), *_fit(these.those(other), least, progress))
    chosen = choose(these.first, these.last, score, np.ones(len(score), np.bool_)).row
    columns = {name: these.dense[:, number].astype(np.float64) for number, name in enumerate(FEATURES)}
    features = place_features(together(score, these.place), columns)[:, chosen].T
    target = these.substituted[chosen].astype(np.float64)

    def loss(weight: F64) -> tuple[float, F64]:
        odds = features @ weight
        slope = features.T @ (1 / (1 + np.exp(-odds)) - target) + WEAK_PENALTY * weight
        return float(np.logaddexp(0, odds).sum() - target @ odds + WEAK_PENALTY * weight @ weight / 2), slope

    return _lowest(loss, features.shape[1])


def _scored(these: _Candidates, dense: F64, names: U64, values: F64) -> F64:
    """(candidates,): what weights say of `these`."""
    score = these.dense @ dense
    if len(names):
        at = np.minimum(np.searchsorted(names, these.keys), len(names) - 1)
        score += np.where(names[at] == these.keys, values[at], 0.0).sum(axis=1)
    return np.asarray(score, np.float64)


def _batches(texts: Iterable[Example]) -> Iterator[list[Example]]:
    batch: list[Example] = []
    for one in texts:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _candidates(batch: Sequence[Example], dictionary: Dictionary, known: Known) -> _Candidates:
    """Every candidate worth a look."""
    model, topics, reader, encoder, scale = known
    tokens = tokenise([one.text for one in batch])
    lattice = build(tokens, dictionary, model, scale)
    channel = Channel.of(lattice, dictionary, len(batch))
    decoded = decode(lattice, channel)
    rows = plausible(decoded)
    these, text = Rows.of(rows, lattice, channel), channel.text[rows].astype(np.int64)
    cut = Cut.of(these.first, these.last + 1, these.entry, tokens, dictionary, ENGLISH)
    _, place = np.unique(places_of(these, lattice, dictionary), return_inverse=True)
    closely = np.zeros((len(CLOSELY), len(rows)))
    if encoder:
        everywhere = np.ones(len(batch), np.bool_)
        closely = encoder.read(tokens, everywhere, dictionary, these.entry, these.first, these.last + 1)
    return _Candidates(
        features(lattice, channel, decoded, dictionary, model, topics, reader, closely, rows).astype(np.float32),
        collocations(lattice, channel, dictionary, rows),
        labels(batch, lattice, channel, dictionary)[rows],
        place, text, cut.first, cut.last, _substituted(batch, tokens, text, cut.first, cut.last),
    )  # fmt: skip


def _substituted(batch: Sequence[Example], tokens: Tokens, text: I64, first: I64, last: I64) -> Bool:
    """(candidates,): whether the words that each changes are others in the original."""
    begins = np.searchsorted(tokens.document, np.arange(len(batch) + 1)).tolist()
    truths = [Alignment.of(one, tokens, low, high) for one, low, high in zip(batch, begins, begins[1:], strict=False)]
    word = tokens.word.tolist()
    kept = [
        truths[index].keeps(start - begins[index], end - begins[index], word[start:end])
        for index, start, end in zip(text.tolist(), first.tolist(), last.tolist(), strict=True)
    ]
    return ~np.array(kept, np.bool_)


def labels(batch: Sequence[Example], lattice: Lattice, channel: Channel, dictionary: Dictionary) -> Bool:
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


def _fit(these: _Candidates, least: int | None, progress: Callable[[str], None]) -> tuple[F64, U64, F64]:
    """Dense weights, collocation keys and their weights: a conditional logit.

    A collocation has a weight if it is found `least` times; None: none has.
    """
    from scipy.sparse import csr_matrix, hstack  # heavy, and only for learning

    dense, truth = these.dense, these.right
    _, place = np.unique(these.place, return_inverse=True)
    names, counts = np.unique(these.keys, return_counts=True)
    names = names[counts >= least] if least else names[:0]
    size = dense.std(axis=0)
    size[size == 0] = 1.0
    at = np.minimum(np.searchsorted(names, these.keys), max(len(names) - 1, 0))
    rows, columns = np.nonzero(names[at] == these.keys) if len(names) else (np.zeros(0, int), np.zeros(0, int))
    ones = np.ones(len(rows), np.float32)
    sparse = csr_matrix((ones, (rows, at[rows, columns])), shape=(len(truth), len(names)))
    matrix = hstack([csr_matrix(dense / size), sparse]).tocsr()
    turned = matrix.T.tocsr()
    penalty = np.concatenate([np.full(dense.shape[1], WEAK_PENALTY), np.full(len(names), PENALTY)])
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
    found = _lowest(loss, matrix.shape[1])
    return found[: dense.shape[1]] / size, names, found[dense.shape[1] :]


def _lowest(loss: Callable[[F64], tuple[float, F64]], size: int) -> F64:
    """The weights with the lowest `loss`, by L-BFGS (Liu and Nocedal 1989)."""
    from scipy.optimize import minimize  # heavy, and only for learning

    found: F64 = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": 120}).x
    return found
