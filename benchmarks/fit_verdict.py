"""Fit the numbers of `despin.detection.verdict`, and say how they do on registers they have not seen.

There are two questions (`pipeline`, `dictionary.Tier`). Was the text through a spinner that is known whole? Texts that
were not spun are all registers of clean/, the news before spinning, and more with --honest, whole and in pieces; spun
ones are web-dev at all rates. And was it through one of which we know a part? The same texts, the spun ones read with
the partial dictionaries alone: as if their spinner were one that nobody has met.

Logistic regression on `verdict_features`; each register is left out in turn, with a share of the spun texts, and judged
by what was fitted to the others. The constant that is printed is lowered by a caution: far fewer pages are spun than
half. Copy the numbers by hand.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import data
import numpy as np
from numpy.typing import NDArray
from tables import Table

from despin.decoding.channel import Channel
from despin.decoding.decode import decode
from despin.decoding.lattice import build
from despin.detection.period import old_decades
from despin.detection.verdict import WEIGHTS, count_words, owed, verdict_features
from despin.dictionary.dictionary import Dictionary
from despin.dictionary.files import Tier, folder
from despin.dictionary.loading import load_files
from despin.language_model.model_file import open_model
from despin.text.tokens import tokenise

F64 = NDArray[np.float64]

SIZES = (50, 100, 200, 0)
PIECES = 6  # of one document and size, at most
CAUTION, CAUTION_PARTIAL = 1.5, 4.9  # the more, the broader the dictionaries: nobody is to be accused wrongly
PENALTY = 0.1
BATCH = 60  # texts
OLD_BOOKS = data.PROJECT / "tests" / "fixtures" / "old-books"
VOLUMES = 10  # of each size


def read(texts: Sequence[str], dictionary: Dictionary) -> F64:
    """(texts, features), every text decoded."""
    model = open_model(folder("en") / "model.ngrams")
    rows = []
    for begin in range(0, len(texts), BATCH):
        batch = texts[begin : begin + BATCH]
        tokens = tokenise(batch)
        lattice = build(tokens, dictionary, model)
        decoded = decode(lattice, Channel.of(lattice, dictionary, len(batch)))
        rates, words = decoded.rate.max(axis=1, initial=0), count_words(tokens, len(batch))
        decades = decoded.gain / math.log(10) - owed(old_decades(tokens, len(batch)), words)
        rows.append(verdict_features(decades, rates, words))
    return np.concatenate(rows)


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
    parser.add_argument("--honest", type=Path, help="JSON Lines of more texts that were not spun: text, register")
    options = parser.parse_args()
    clean = [(one.register, one.text) for one in data.clean(options.data)]
    web = data.web(options.data)
    clean += [("news before spinning", one.original) for one in web if one.original]
    clean += [("old books", text) for text in old_books()]
    if options.honest:
        lines = options.honest.read_text(encoding="utf-8").splitlines()
        clean += [(one["register"], one["text"]) for one in map(json.loads, lines)]
    spun = [(one.rate, one.text) for one in web]
    sources = load_files("en", tier=Tier.PARTIAL)
    whole = Dictionary.of(source for source in sources if not source.partial)
    part = Dictionary.of(source for source in sources if source.partial)
    report("A spinner known whole", pieces(clean), pieces(spun), whole, whole, CAUTION)
    if len(part):
        report("A spinner known in part", pieces(clean), pieces(spun), Dictionary.of(sources), part, CAUTION_PARTIAL)
    return 0


_Label = TypeVar("_Label", str, float)


def old_books() -> list[str]:
    """Passages of our own in the manner of the 19th century, and volumes of some of them."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(OLD_BOOKS.glob("*.txt"))]
    chance = random.Random(1)
    return texts + ["\n\n".join(chance.sample(texts, size)) for size in (4, 8) * VOLUMES]


def pieces(texts: Iterable[tuple[_Label, str]]) -> list[tuple[_Label, int, str]]:
    """(label, size, text) of the texts, whole and in pieces."""
    return [
        (label, size, piece)
        for size in SIZES
        for label, text in texts
        for piece in ([text] if not size else data.pieces(text, size)[:PIECES])
    ]


def report(
    title: str,
    clean: Sequence[tuple[str, int, str]],
    spun: Sequence[tuple[float, int, str]],
    honestly: Dictionary,
    dictionary: Dictionary,
    caution: float,
) -> None:
    """Fit one question, and print how it does."""
    columns = np.concatenate([read([t for *_, t in clean], honestly), read([t for *_, t in spun], dictionary)])
    register = np.array([label for label, *_ in clean] + [""] * len(spun))
    rate = np.array([0.0] * len(clean) + [label for label, *_ in spun])
    size = np.array([length for _, length, _ in (*clean, *spun)])
    truth = (rate > 0).astype(np.float64)
    weight = np.ones(len(truth))
    registers = sorted(set(register[truth == 0]))
    share = np.random.default_rng(0).integers(0, len(registers), len(truth))
    score = np.zeros(len(truth))
    for number, name in enumerate(registers):
        out = np.where(truth == 1, share == number, register == name)
        found = fit(columns[~out], truth[~out], weight[~out])
        score[out] = columns[out] @ found[:-1] + found[-1] - caution
    found = fit(columns, truth, weight)
    found[-1] -= caution
    rows = [{"term": name, "weight": value} for name, value in zip((*WEIGHTS, "constant"), found.tolist(), strict=True)]
    print(Table("weights", f"{title}: the numbers", rows), end="\n\n")
    rows = []
    for length in SIZES:
        honest = score[(truth == 0) & (size == length)]
        row: dict[str, Any] = {"words": str(length or "whole"), "clean": len(honest)}
        row["judged spun, %"] = 100 * float((honest > 0).mean())
        for r in sorted(set(rate) - {0.0}, reverse=True):
            row[f"spun at {r:g}"] = float((score[(rate == r) & (size == length)] > 0).mean())
        rows.append(row)
    worst = {name: score[(register == name) & (size == 0)] for name in registers}
    notes = [
        f"{name}: {100 * float((s > 0).mean()):.2f} % of {len(s)} whole documents, highest log-odds {s.max():.1f}"
        for name, s in sorted(worst.items(), key=lambda item: -item[1].max())[:4]
    ]
    print(Table("left out", f"{title}: share judged spun, by what was fitted to other registers", rows, notes), "\n")


if __name__ == "__main__":
    sys.exit(main())
