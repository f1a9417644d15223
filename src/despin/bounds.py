"""The numbers of the dismissal: what each step's terms weigh, and where a text is dismissed. Nothing is computed here.

They are what benchmarks/fit_dismissal.py prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


CLEAR = 6.0
SPUN = 20.0  # at first look: few honest texts come near it, and nearly all that are spun throughout lie beyond
NO_LESS = -1.0  # in context: who is in two minds then is not to be told by phrases of which most say nothing


@dataclass(frozen=True, slots=True)
class Step:
    """A logistic regression."""

    weights: Sequence[float]
    constant: float
    bound: float
    """Log-odds below which a text is dismissed."""
    clear: float = CLEAR
    """Log-odds from which nobody need look closer before decoding."""

    def log_odds(self, terms: F64) -> F64:
        """(texts,): that decoding would call them likely spun; `terms` are (texts, weights)."""
        log_odds: F64 = np.einsum("tc,c->t", terms, np.array(self.weights)) + self.constant
        return log_odds


NONE = Step((), 0.0, 0.0)  # a step that is left out
FIRST_LOOK = Step((0.78, 0.82, 0.47, -7.58, -3.77), 0.30, -4.22, SPUN)
"""Of `first_look.COLUMNS`."""

STEPS = {
    (False, False): (
        Step((1.42, 0.30, 0.89, 0.10, -3.42, -5.94, 1.96), -2.28, -5.25),
        Step((2.18, 0.43, 1.26, 0.34, -3.35, -5.08, 2.07), -1.43, -4.03),
        Step((2.81, 0.80, 2.05, -0.03, 4.11, -15.21, 1.63), 0.32, -2.93),
    ),
    (False, True): (
        Step((1.14, 0.71, 0.61, 0.01, -2.84, -5.87, 2.25), -2.45, -5.52),
        Step((1.50, 1.02, 1.35, 0.21, -2.27, -5.72, 2.52), -1.03, -5.59),
        Step((1.96, 1.32, 2.26, 0.11, 3.43, -11.97, 2.26), 1.62, -3.04),
    ),
    (True, False): (
        NONE,
        Step((2.03, 0.57, 0.95, -0.23, -4.88, -13.11, 1.57, -0.08, 0.97, 0.41, 9.19, 3.58), -8.60, -3.18, NO_LESS),
        Step((2.59, 1.40, 1.91, -1.05, -11.41, -11.65, 1.08, 0.01, 0.85, 1.11, -2.03, -4.19), 0.66, -1.45),
    ),
    (True, True): (
        NONE,
        Step((1.70, 1.40, 0.93, -0.45, -5.61, -14.31, 1.94, -0.12, 1.09, 0.68, 8.84, 3.31), -8.97, -3.21, NO_LESS),
        Step((2.14, 1.93, 1.77, -0.83, -9.01, -13.74, 1.92, -0.01, 0.91, 1.05, -1.05, -3.24), -0.16, -1.71),
    ),
}
"""(Whether there was a first look, whether spinners known in part are asked about too) → the steps of the scan: of
`dismissal.COLUMNS`, and behind them those of the first look if there was one; its first step is then left out."""
