"""A spinner that nobody has met: how much of it is found, one family held out at a time.

    python benchmarks/unmet.py                          the table; needs the data folder (--data, ../shared)
    python benchmarks/unmet.py --only web --limit 20    one family, 20 texts a spin rate

The texts of a family are read with the dictionaries of all others, as if its own did not exist. `web` is unseen news
beside its real spun copies. The others are made here: pieces of honest texts (clean/), edited registers, spun by
inverting the family's dictionary (`spinner`). `fifth` is a thesaurus of our own, benchmarks/unmet_thesaurus.txt, which
no dictionary was made from and nothing has learned.

Not all of it is as strange as it should be: the reader, the evidence and the numbers of the verdict were fitted with
all shipped dictionaries. Only `fifth` is strange to them too.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import baselines
import data
import metrics
import numpy as np
import spinner
from baselines import Outcome
from data import Document
from metrics import Answers, Score
from tables import Table, to_json

from despin import Config
from despin.learn.commands.rewriter import _frequency, _inflector
from despin.learn.thesaurus.rewriter import build, render

FAMILIES = ("web", "rewriter", "thesaurus", "academic", "fifth")
THESAURUS = Path(__file__).with_name("unmet_thesaurus.txt")
WORDS = 300  # of a piece that is spun here
PRECISIONS = (0.8, 0.9)
REPLACED = 0.6  # share of the keys that a family without counts is taken to replace at rate 1
TEXTS = 60  # a spin rate


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0."""
    parser = argparse.ArgumentParser(description="How much is found of a spinner that nobody has met?")
    parser.add_argument("--only", action="append", choices=FAMILIES, help="one family; may be repeated")
    parser.add_argument("--limit", type=int, default=TEXTS, metavar="N", help="texts a spin rate (%(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of the table")
    parser.add_argument("--data", type=Path, default=data.DATA, help="folder with the texts (default: %(default)s)")
    options = parser.parse_args(arguments)
    rows = [row for family in options.only or FAMILIES for row in rows_of(family, options.data, options.limit)]
    title = "A spinner that nobody has met: one family's dictionary taken away at a time"
    table = Table("unmet", title, rows, (
        "judged: share judged spun; P, R: of restored edits, to the letter; hard, coverage: whatever was put there;",
        "R at P: recall of findings ranked by confidence, from the threshold that gives so much precision.",
    ))  # fmt: skip
    print(to_json([table]) if options.json else table)
    return 0


def rows_of(family: str, folder: Path, limit: int) -> Iterator[dict[str, Any]]:
    """The rows of the table for one family, one a spin rate."""
    texts = data.web(folder, limit) if family == "web" else list(spun_by(family, folder, limit))
    config = Config(dictionaries=tuple(p.stem for p in data.dictionary_files() if p.stem != family))
    for rate in sorted({text.rate for text in texts}, reverse=True):
        some = [text for text in texts if text.rate == rate]
        made = list(zip(some, baselines.despin([text.text for text in some], config), strict=True))
        yield {"family": family, "rate": rate, "texts": len(some)} | measured(made)


def spun_by(family: str, folder: Path, limit: int) -> Iterator[Document]:
    """Pieces of honest texts, spun by inverting the dictionary of `family`, at two rates."""
    facts = data.read_facts([data.DICTIONARIES / f"{family}.tsv"]) if family != "fifth" else fifth()
    spinner.count_by_hand(facts, REPLACED)
    pieces = [piece for one in data.clean(folder) for piece in data.pieces(one.text, WORDS)[:1]]
    for rate in (1.0, 0.5):
        chance = random.Random(f"{family} {rate}")
        yield from (spinner.spin(piece, facts, rate, chance) for piece in data.sample(pieces, limit))


def fifth() -> data.Facts:
    """The thesaurus of our own, all forms of it."""
    pairs = build([(THESAURUS.name, THESAURUS.read_text(encoding="utf-8"))], _inflector(), _frequency())
    lines = render(pairs, {"name": "fifth", "family": "fifth"})
    return data.facts_of(lines.splitlines(), THESAURUS.name)


def measured(made: Sequence[tuple[Document, Outcome]]) -> dict[str, Any]:
    """The figures of a set of texts and what was made of them."""
    golds = [document.gold() for document, _ in made]
    score, both, judged = Score(), Answers(), []
    for (_, outcome), (text, gold) in zip(made, golds, strict=True):
        score += metrics.compare(outcome.edits, gold, text.words).score
        both += metrics.answers(outcome.edits, gold)
        flags = metrics.compare([edit for edit, _ in outcome.proposals], gold, text.words, effect=True).system
        ranked = zip(outcome.proposals, flags, strict=True)
        judged += [(confidence, flag) for (_, confidence), flag in ranked if flag is not None]
    counted = sum(edit.counts for _, gold in golds for edit in gold)
    row = {"edits": counted, "judged": sum(bool(outcome.spun) for _, outcome in made) / len(made)}
    row |= {"P": score.precision, "R": score.recall, "hard": both.hard_precision, "coverage": both.coverage}
    return row | {f"R at P {least}": recall_at(judged, counted, least) for least in PRECISIONS}


def recall_at(judged: Sequence[tuple[float, bool]], gold: int, least: float) -> float:
    """The most of `gold` edits that are found by a threshold on the confidence that keeps so much precision.

    >>> recall_at([(0.9, True), (0.8, False), (0.7, True), (0.6, True)], 4, 0.75)
    0.75
    """
    right = np.cumsum([flag for _, flag in sorted(judged, reverse=True)])
    precise = np.flatnonzero(right >= least * np.arange(1, len(right) + 1))
    return float(right[precise[-1]] / max(gold, 1)) if len(precise) else 0.0


if __name__ == "__main__":
    sys.exit(main())
