"""What the whole text says: likelihood ratio, spin rate and length → probability and judgement.

The likelihood ratio compares two stories of the whole text. Chance alone makes it grow with a text's length, in honest
texts too: a long one has more phrases that happen to look substituted. So the probability is a logistic function of the
ratio and of the length, fitted so that honest texts of registers never seen stay clear of it (docs/quality.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .config import Config
from .damage import FAMILY
from .decode import Decoded
from .findings import Finding, Judgement, Verdict
from .tokens import Shape, Tokens

F64 = NDArray[np.float64]

FEW_WORDS = 40  # below, a text is rather unclear than clean
DOUBT = 0.02  # probability from which a short text is unclear

# Log-odds of a spun text. Fitted by logistic regression on pieces of 50, 100 and 200 words and on whole documents of
# the development sets, spun at rates 1, 0.5 and 0.25 against 18 registers that were not, each register left out in
# turn; the constant then lowered, since far fewer pages are spun than half.
PER_DECADE = 1.52
PER_LENGTH = -5.6  # for every ten times as many words
PER_RATE = 0.81  # for every factor of e in the spin rate
CONSTANT = -2.5
SHORT = 100  # words below which length excuses nothing: a short text is not likelier to be spun
MOST_DECADES = 25.0
LEAST_RATE = 1e-3


def judge(tokens: Tokens, decoded: Decoded, damage: F64, config: Config) -> list[Verdict]:
    """The verdict on each text of a batch, its family still open.

    `damage` is (texts,), what damage that shows without a dictionary adds to the log-odds of each.
    """
    texts = len(damage)
    words = np.bincount(tokens.document[tokens.shape >= Shape.LOWER], minlength=texts)
    decades = decoded.gain / math.log(10)
    log_odds = (
        CONSTANT
        + PER_DECADE * np.clip(decades, -MOST_DECADES, MOST_DECADES)
        + PER_LENGTH * np.log10(np.maximum(words, SHORT) / SHORT)
        + PER_RATE * np.log(np.maximum(decoded.rate, LEAST_RATE))
        + damage
    )
    chance = 1 / (1 + np.exp(-np.clip(log_odds, -50, 50)))
    return [
        Verdict(_judgement(p, n, config.max_probability), p, rate, ratio, "", n)
        for p, n, rate, ratio in zip(
            chance.tolist(), words.tolist(), decoded.rate.tolist(), decades.tolist(), strict=True
        )
    ]


def _judgement(probability: float, words: int, limit: float) -> Judgement:
    if probability > limit:
        return "spun"
    return "unclear" if words < FEW_WORDS and probability > DOUBT else "clean"


def with_family(verdict: Verdict, findings: Sequence[Finding]) -> Verdict:
    """`verdict` with the family that explains most of the certain findings."""
    families = Counter(f.family for f in findings if f.action == "restore" and f.family != FAMILY)
    return replace(verdict, family=families.most_common(1)[0][0]) if families else verdict
