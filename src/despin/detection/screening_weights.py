"""The numbers of the screening: what each step's features weigh, and where a text is dismissed.

Fitted by benchmarks/fit_screening.py to what decoding says; fit them anew after any change to decoding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from ..util.array_types import F64

DECODE_FROM = 6.0  # log-odds from which nobody need look closer before decoding
# Likewise, of salient phrases after a first look: all the others, of which most say nothing, are not to tell otherwise.
DECODE_FROM_SALIENT = 0.0


class Step(Enum):
    """How closely a scan looks (`scanner`)."""

    SALIENT = auto()
    """Salient phrases, without context."""
    SALIENT_IN_CONTEXT = auto()
    ALL_IN_CONTEXT = auto()


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression."""

    weights: Sequence[float]
    constant: float
    dismiss_below: float
    """Log-odds below which a text is dismissed."""
    decode_from: float = DECODE_FROM
    """Log-odds from which nobody need look closer before decoding."""

    def log_odds(self, features: F64) -> F64:
        """(texts,): that decoding would call them likely spun; `features` are (texts, weights)."""
        log_odds: F64 = np.einsum("tc,c->t", features, np.array(self.weights)) + self.constant
        return log_odds


FIRST_LOOK = Logistic((0.67, 0.98, 0.21, -8.00, -4.11), 0.43, -4.07)
"""Of `first_look.COLUMNS`."""

FRESH: Mapping[bool, Mapping[Step, Logistic]] = {
    False: {
        Step.SALIENT: Logistic((1.42, 0.30, 0.89, 0.10, -3.42, -5.94, 1.96), -2.28, -5.25),
        Step.SALIENT_IN_CONTEXT: Logistic((2.18, 0.43, 1.26, 0.34, -3.35, -5.08, 2.07), -1.43, -4.03),
        Step.ALL_IN_CONTEXT: Logistic((2.81, 0.80, 2.05, -0.03, 4.11, -15.21, 1.63), 0.32, -2.93),
    },
    True: {
        Step.SALIENT: Logistic((1.14, 0.71, 0.61, 0.01, -2.84, -5.87, 2.25), -2.45, -5.52),
        Step.SALIENT_IN_CONTEXT: Logistic((1.50, 1.02, 1.35, 0.21, -2.27, -5.72, 2.52), -1.03, -5.59),
        Step.ALL_IN_CONTEXT: Logistic((1.96, 1.32, 2.26, 0.11, 3.43, -11.97, 2.26), 1.62, -3.04),
    },
}
"""Whether spinners known in part are asked about too → the steps of the scan, of `screening.COLUMNS`."""

AFTER_FIRST_LOOK: Mapping[bool, Mapping[Step, Logistic]] = {
    False: {
        Step.SALIENT_IN_CONTEXT: Logistic(
            (2.13, 0.59, 0.46, -0.43, -6.29, -10.50, 1.36, 0.09, 1.27, 0.96, 6.92, 2.91), -9.56, -3.13,
            DECODE_FROM_SALIENT,
        ),
        Step.ALL_IN_CONTEXT: Logistic(
            (2.46, 1.22, 1.58, -0.96, -12.58, -6.05, 1.23, -0.07, 1.55, 1.88, -2.69, -3.27), -1.91, -1.67
        ),
    },
    True: {
        Step.SALIENT_IN_CONTEXT: Logistic(
            (1.74, 1.33, 0.47, -0.63, -7.26, -10.62, 1.64, 0.19, 1.19, 1.49, 5.49, 2.26), -9.06, -3.46,
            DECODE_FROM_SALIENT,
        ),
        Step.ALL_IN_CONTEXT: Logistic(
            (1.96, 1.74, 1.59, -0.67, -10.96, -8.71, 2.08, -0.19, 1.80, 2.14, -3.55, -3.29), -1.38, -1.37
        ),
    },
}  # fmt: skip
"""Likewise for texts that had a first look, which makes the first step superfluous: of `screening.COLUMNS` and
`first_look.COLUMNS`."""
