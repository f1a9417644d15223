"""The numbers of the dismissal: what each step's terms weigh, and where a text is dismissed. Nothing is computed here.

They are what benchmarks/fit_dismissal.py printed. It fits them to what decoding says, so after a change there the
second digit of some is another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..util.array_types import F64

CLEAR = 6.0  # log-odds from which nobody need look closer before decoding
EVEN = 0.0  # likewise in context, after a first look: phrases of which most say nothing are not to tell otherwise


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


NONE = Step((), 0.0, 0.0)  # holds the place of the step that a first look makes superfluous; never asked
FIRST_LOOK = Step((0.67, 0.98, 0.21, -8.00, -4.11), 0.43, -4.07)
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
        Step((2.13, 0.59, 0.46, -0.43, -6.29, -10.50, 1.36, 0.09, 1.27, 0.96, 6.92, 2.91), -9.56, -3.13, EVEN),
        Step((2.46, 1.22, 1.58, -0.96, -12.58, -6.05, 1.23, -0.07, 1.55, 1.88, -2.69, -3.27), -1.91, -1.67),
    ),
    (True, True): (
        NONE,
        Step((1.74, 1.33, 0.47, -0.63, -7.26, -10.62, 1.64, 0.19, 1.19, 1.49, 5.49, 2.26), -9.06, -3.46, EVEN),
        Step((1.96, 1.74, 1.59, -0.67, -10.96, -8.71, 2.08, -0.19, 1.80, 2.14, -3.55, -3.29), -1.38, -1.37),
    ),
}
"""(Whether there was a first look, whether spinners known in part are asked about too) → the steps of the scan: of
`dismissal.COLUMNS`, and behind them those of the first look if there was one; its first step is then left out."""
