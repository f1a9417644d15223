"""All that speaks for the candidates of a place → the log-odds that it was substituted at all.

The candidates of a place share the odds that one of *them* stood there. It may also have been something that no
dictionary offers; and at low spin rates sums of weights are surer than they should be. So the sum is calibrated: a
logistic regression on its logarithm and on the spin rate (Platt 1999, *Probabilistic outputs for support vector
machines*), fitted on places of parallel text that the weights were not learned from (learn/weights/evidence).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..util.array_types import F64, I64

PLACE_FEATURES = ("constant", "together", "together for", "log rate", "together at the rate", "log rest")


def place_features(together: F64, columns: Mapping[str, F64]) -> F64:
    """(features, rows): `PLACE_FEATURES` of places whose candidates weigh e^`together`; `columns` has the evidence's
    features, by name (`features_of`).

    >>> columns = {"log rate": np.array([0.0]), "log rest": np.array([3.9])}
    >>> place_features(np.array([2.0]), columns).ravel().tolist()
    [1.0, 2.0, 2.0, 0.0, 0.0, 3.9]
    """
    rate, rest = columns["log rate"], columns["log rest"]
    return np.stack([np.ones(len(together)), together, np.maximum(together, 0.0), rate, rate * together, rest])


def place_log_odds(together: F64, columns: Mapping[str, F64], weights: F64, whose: I64) -> F64:
    """(rows,): natural log-odds that the place of each row was substituted; `weights` is (kinds of families, features),
    and `whose` (rows,) tells which of them holds for each."""
    features = place_features(together, columns)
    odds = np.zeros(len(together))
    for number, column in enumerate(features):  # not @: its sums depend on how many rows there are
        odds += column * weights[:, number].take(whose)
    return odds
