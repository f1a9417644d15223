"""Fit the numbers of `despin.comparison.verdict`, and say how they do on sources they have not seen.

Three questions, each a logistic regression on a few terms: was the text copied at all; if so, was it spun; if not, are
the two about one event? The pairs are those of `copied_pairs`. Each is judged by what was fitted to four fifths of the
others, those with other sources. The constant of the first question is lowered by a caution: far fewer pages are copies
than are here, and nobody is to be accused wrongly.

Copy the numbers by hand.
"""

from __future__ import annotations

import argparse
import pickle
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import data
import numpy as np
from copied_pairs import Pair, copies, documents, honest, others, spun_pairs
from fit_verdict import fit
from numpy.typing import NDArray
from tables import Table

from despin.comparison.compare import features_of
from despin.comparison.sources import Sources
from despin.comparison.verdict import Features, copied_terms, related_terms, spun_terms

CAUTION = 2.3
FOLDS = 5
F64 = NDArray[np.float64]


def crossed(columns: F64, truth: F64, fold: NDArray[np.int64]) -> F64:
    """(rows,): log-odds by what was fitted to the other folds."""
    found = np.zeros(len(columns))
    for one in range(FOLDS):
        train = fold != one
        weights = fit(columns[train], truth[train], _balanced(truth[train]))
        found[~train] = columns[~train] @ weights[:-1] + weights[-1]
    return found


def _balanced(truth: F64) -> F64:
    """Weights that make either answer count as much."""
    return np.where(truth > 0, 0.5 / max(truth.mean(), 1e-9), 0.5 / max(1 - truth.mean(), 1e-9))


def question(
    name: str, pairs: Sequence[Pair], features: Sequence[Features], fold: NDArray[np.int64],
    terms: Callable[[Features], tuple[float, ...]], truth: Callable[[Pair], bool], caution: float = 0.0,
) -> None:  # fmt: skip
    """Print the numbers, and how they do by kind of pair."""
    columns = np.array([terms(one) for one in features])
    answers = np.array([float(truth(pair)) for pair in pairs])
    weights = fit(columns, answers, _balanced(answers))
    weights[-1] -= caution
    print(f"{name} = ({', '.join(f'{weight:.3f}' for weight in weights)})")
    odds = crossed(columns, answers, fold) - caution
    kinds: defaultdict[str, list[int]] = defaultdict(list)
    for row, pair in enumerate(pairs):
        kinds[pair.kind].append(row)
    rows = [
        {
            "kind": kind, "pairs": len(here), "truth": truth(pairs[here[0]]),
            "called so": float(np.mean(odds[here] >= 0)), "log-odds, 1 %": float(np.quantile(odds[here], 0.01)),
            "median": float(np.median(odds[here])), "99 %": float(np.quantile(odds[here], 0.99)),
            "most": float(odds[here].max()),
        }
        for kind, here in kinds.items()
    ]  # fmt: skip
    chance = 1 / (1 + np.exp(-odds))
    error = sum(
        np.sum(inside) / len(odds) * abs(float(chance[inside].mean() - answers[inside].mean()))
        for low in np.arange(0, 1, 0.1)
        if (inside := (chance >= low) & (chance < low + 0.1 + 1e-9)).any()
    )
    print(Table(name, f"{name}: by what was fitted to other sources", rows, [f"calibration error {error:.3f}"]), "\n")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Fit the numbers of the verdict on copies.")
    parser.add_argument("--data", type=Path, default=data.DATA)
    parser.add_argument("--originals", type=int, default=120)
    parser.add_argument("--asked", type=int, default=1500, help="texts whose nearest others are the honest pairs")
    parser.add_argument("--share", type=float, default=0.4, help="of the 51,000 texts of the corpora")
    parser.add_argument("--keep", type=Path, help="write pairs and features there, for a closer look")
    options = parser.parse_args()
    texts = others(options.data, options.share)
    strangers = documents(options.data, "guardian", 26_000)[22_000:]
    with TemporaryDirectory() as folder:
        sources = Sources(index=folder)
        sources.add(texts)
        pairs = list(copies(spun_pairs(options.data, options.originals), strangers))
        pairs += honest(sources, texts, options.asked)
    print(f"{len(pairs):,} pairs", file=sys.stderr)
    features = [features_of(pair.text, pair.source) for pair in pairs]
    if options.keep:
        options.keep.write_bytes(pickle.dumps((pairs, features)))
    number = {source: row for row, source in enumerate(dict.fromkeys(pair.source for pair in pairs))}
    fold = np.array([number[pair.source] % FOLDS for pair in pairs])
    question("COPIED", pairs, features, fold, copied_terms, lambda pair: pair.copied, CAUTION)

    def those(chosen: Callable[[Pair], bool]) -> list[int]:
        return [row for row, pair in enumerate(pairs) if chosen(pair)]

    for name, rows, terms, truth in (
        ("SPUN", those(lambda pair: pair.copied), spun_terms, lambda pair: pair.spun),
        ("RELATED", those(lambda pair: not pair.copied), related_terms, lambda pair: pair.related),
    ):
        question(name, [pairs[r] for r in rows], [features[r] for r in rows], fold[rows], terms, truth)
    return 0


if __name__ == "__main__":
    sys.exit(main())
