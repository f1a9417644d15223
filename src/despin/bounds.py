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
FIRST_LOOK = Step((0.67, 0.98, 0.21, -8.00, -4.11), 0.43, -4.07, SPUN)
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
        Step((2.09, 0.51, 0.90, -0.24, -5.01, -12.47, 1.57, -0.10, 1.10, 0.36, 8.46, 3.36), -8.66, -3.26, NO_LESS),
        Step((2.55, 1.33, 1.93, -1.08, -11.22, -10.09, 1.02, -0.05, 1.03, 0.93, -1.69, -3.92), 0.14, -1.49),
    ),
    (True, True): (
        NONE,
        Step((1.75, 1.39, 0.83, -0.48, -5.89, -13.47, 1.86, -0.15, 1.24, 0.67, 7.72, 2.90), -8.97, -3.31, NO_LESS),
        Step((2.14, 1.91, 1.78, -0.88, -9.20, -12.77, 1.79, -0.07, 1.11, 0.98, -1.11, -3.22), -0.54, -1.10),
    ),
}
"""(Whether there was a first look, whether spinners known in part are asked about too) → the steps of the scan: of
`dismissal.COLUMNS`, and behind them those of the first look if there was one; its first step is then left out."""
