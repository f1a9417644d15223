"""Candidates with features, of which some are right → what makes a candidate likely.

Two models, one after the other. The first is linear: a softmax over the candidates of a word, with weights that can be
read. The second sees the same features, and the first one's score and rank, through boosted trees (scikit-learn), which
can tell that nearness means much for one kind of word and little for another. Both are mixed by weights fitted on words
that the trees have not seen, so that the result is a probability.

Start reading from `Ranker.fit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from itertools import chain
from typing import Any

import numpy as np

from ...util.array_types import F64
from ..errors import LearningError

Example = tuple[F64, F64]  # (candidates, features), (candidates,) how much each is right, 0 for most

RIDGE = 5e-4
LAST_RANK = 50
TREES = {
    "max_iter": 150, "learning_rate": 0.06, "max_leaf_nodes": 15, "min_samples_leaf": 60, "l2_regularization": 5.0,
    "random_state": 0,
}  # fmt: skip


class Ranker:
    """What was fitted; see the head of the module."""

    def __init__(self, weights: F64, trees: Any, mixture: F64) -> None:
        self.weights = weights
        """(features,): of the linear model."""
        self._trees, self._mixture = trees, mixture

    @classmethod
    def fit(cls, parts: Sequence[Sequence[Example]], size: int) -> Ranker:
        """Fitted on examples with `size` features; the last of `parts` serves to mix the two models.

        Raises
        ------
        LearningError
            scikit-learn is missing.
        """
        weights = softmax_weights([*chain(*parts)], size)
        trees = _trees([*chain(*parts[:-1])], weights)
        if trees is None:
            return cls(weights, None, np.ones(1))
        both = [(_scores(features, weights, trees), right) for features, right in parts[-1]]
        return cls(weights, _trees([*chain(*parts)], weights), softmax_weights(both, 2))

    def shares(self, words: Sequence[F64]) -> list[F64]:
        """The probabilities of the candidates of several words, each from its (candidates, features)."""
        if self._trees is None:
            return [_softmax(features @ self.weights) for features in words]
        table = [_widened(features, self.weights) for features in words]
        bounds = np.cumsum([len(rows) for rows in table])[:-1]
        # In one call: it costs far more to start than to do.
        said = np.split(self._trees.decision_function(np.concatenate(table)), bounds)
        return [
            _softmax(np.stack([features @ self.weights, trees], axis=1) @ self._mixture)
            for features, trees in zip(words, said, strict=True)
        ]


def _softmax(score: F64) -> F64:
    share = np.exp(score - score.max(initial=-np.inf))
    total: F64 = share / share.sum()
    return total


def _scores(features: F64, weights: F64, trees: Any) -> F64:
    """(candidates, 2): what each of the two models says."""
    return np.stack([features @ weights, trees.decision_function(_widened(features, weights))], axis=1)


def _widened(features: F64, weights: F64) -> F64:
    """`features`, and what the linear model makes of them: its score below the best, and its rank."""
    score = features @ weights
    below, rank = score - score.max(), np.argsort(np.argsort(-score, kind="stable"), kind="stable")
    log_share = below - np.log(np.exp(below).sum())
    return np.column_stack([features, below, log_share, np.minimum(rank, LAST_RANK)])


def _trees(examples: Sequence[Example], weights: F64) -> Any:
    """Boosted trees that tell right candidates from others; None where there is nothing to tell apart."""
    if not examples:
        return None
    try:
        ensemble = import_module("sklearn.ensemble")
    except ImportError as error:
        raise LearningError("scikit-learn is not installed; install it with: pip install 'despin[learn]'") from error
    right = np.concatenate([one for _, one in examples])
    if not (right == 0).any():
        return None
    table = np.concatenate([_widened(features, weights) for features, _ in examples])
    trees = ensemble.HistGradientBoostingClassifier(**TREES)
    return trees.fit(table, right > 0, sample_weight=np.where(right > 0, right, 1.0))


def softmax_weights(examples: Sequence[Example], size: int) -> F64:
    """(size,): the weights of a softmax over the candidates of each example that make the right ones likeliest."""
    from scipy.optimize import minimize

    if not examples:
        return np.zeros(size)
    lengths = np.array([len(features) for features, _ in examples])
    begin = np.cumsum(lengths) - lengths
    features, right = (np.concatenate(column) for column in zip(*examples, strict=True))
    group = np.repeat(np.arange(len(examples)), lengths)
    weight = np.add.reduceat(right, begin)

    def loss(weights: F64) -> tuple[float, F64]:
        score = features @ weights
        score -= np.maximum.reduceat(score, begin)[group]
        share = np.exp(score)
        total = np.add.reduceat(share, begin)
        slope = features.T @ (share * (weight / total)[group] - right)
        value = -(right @ score - weight @ np.log(total))
        return value / weight.sum() + RIDGE / 2 * weights @ weights, slope / weight.sum() + RIDGE * weights

    found: F64 = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B").x
    return found
