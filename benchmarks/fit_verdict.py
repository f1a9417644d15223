"""Fit the numbers of `despin.verdict`, and say how they do on registers they have not seen.

Texts that were not spun: every register of clean/, whole and in pieces. Spun ones: web-dev at all rates, read twice:
as it is, and with the partial dictionaries alone, as if its spinner were one that nobody has met. Logistic regression
on the terms of `verdict.terms`; each register is left out in turn, with a share of the spun texts, and judged by what
was fitted to the others. The constant that is printed is lowered by `CAUTION`: far fewer pages are spun than half.
Run it from the root of the project; copy the numbers by hand.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import data
import numpy as np
from numpy.typing import NDArray
from tables import Table

from despin import Config, check_many
from despin.dictionary import load_sources
from despin.verdict import TERMS, terms

F64 = NDArray[np.float64]

SIZES = (50, 100, 200, 0)
PIECES = 6  # of one document and size, at most
CAUTION = 2.5
UNKNOWN = 0.5  # weight of a text of a spinner that nobody has met
PENALTY = 0.1


def read(texts: Sequence[str], config: Config) -> F64:
    """(texts, terms)."""
    rows = []
    for report in check_many(texts, config):
        said = report.verdict
        numbers = said.log_likelihood_ratio, said.spin_rate, float(said.words)
        rows.append(terms(*(np.array([number]) for number in numbers))[0])
    return np.array(rows)


def fit(columns: F64, spun: F64, weight: F64) -> F64:
    """Weights of the columns, and a constant last, by Newton's method."""
    scale = np.append(columns.std(axis=0), 1.0)
    design = np.column_stack([columns, np.ones(len(columns))]) / scale
    found = np.zeros(design.shape[1])
    penalty = np.append(np.full(columns.shape[1], PENALTY), 0.0)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (weight * (chance - spun)) + penalty * found
        curve = (design * (weight * np.maximum(chance * (1 - chance), 1e-6))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        found -= step / max(1.0, float(np.abs(step).max()) / 2)
        if np.abs(step).max() < 1e-8:
            break
    return found / scale


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Fit the numbers of the verdict.")
    parser.add_argument("--data", type=Path, default=data.DATA)
    options = parser.parse_args()
    clean, web = data.clean(options.data), data.web(options.data)
    partial = tuple(source.family for source in load_sources("en", reserve=True) if source.partial)

    sets: list[tuple[str, float, int, str, str]] = []  # register, rate, size, source, text
    for size in SIZES:
        for document in (*clean, *web):
            pieces = [document.text] if not size else data.pieces(document.text, size)[:PIECES]
            sets += [(document.register, document.rate, size, "known", piece) for piece in pieces]
    sets += [(register, rate, size, "unknown", text) for register, rate, size, _, text in sets if rate and partial]
    parts = []
    for source, config in (("known", Config()), ("unknown", Config(dictionaries=partial))):
        if texts := [text for *_, where, text in sets if where == source]:
            parts.append(read(texts, config))
    columns = np.concatenate(parts)
    register = np.array([row[0] for row in sets])
    rate, size = np.array([row[1] for row in sets]), np.array([row[2] for row in sets])
    source = np.array([row[3] for row in sets])
    spun = (rate > 0).astype(np.float64)
    weight = np.where(source == "unknown", UNKNOWN, 1.0)

    registers = sorted(set(register[spun == 0]))
    share = np.random.default_rng(0).integers(0, len(registers), len(sets))
    score = np.zeros(len(sets))
    for number, name in enumerate(registers):
        out = np.where(spun == 1, share == number, register == name)
        found = fit(columns[~out], spun[~out], weight[~out])
        score[out] = columns[out] @ found[:-1] + found[-1] - CAUTION
    found = fit(columns, spun, weight)

    rows = [{"term": name, "weight": value} for name, value in zip((*TERMS, "constant"), found.tolist(), strict=True)]
    rows[-1]["weight"] = found[-1] - CAUTION
    print(Table("weights", "The numbers", rows), end="\n\n")
    rows = []
    for length in SIZES:
        honest = score[(spun == 0) & (size == length)]
        row = {
            "words": str(length or "whole"),
            "clean": len(honest),
            "judged spun, %": 100 * float((honest > 0).mean()),
        }
        for where in ("known", "unknown"):
            for r in sorted(set(rate) - {0.0}, reverse=True):
                these = score[(rate == r) & (size == length) & (source == where)]
                if len(these):
                    row[f"{where}, rate {r:g}"] = float((these > 0).mean())
        rows.append(row)
    print(Table("left out", "Share judged spun, by what was fitted to other registers", rows))
    worst = {
        name: 100 * float((score[(spun == 0) & (register == name) & (size == 0)] > 0).mean()) for name in registers
    }
    name = max(worst, key=lambda key: worst[key])
    highest = score[(spun == 0) & (size == 0)].max()
    print(
        f"  worst register, whole documents: {name}, {worst[name]:.2f} %; highest log-odds of a clean one {highest:.2f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
