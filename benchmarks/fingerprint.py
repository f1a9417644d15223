"""Is the source of a spun article found? Prints one table a spin rate.

    python benchmarks/fingerprint.py                       500 articles spun three times, among 50,000 others
    python benchmarks/fingerprint.py --articles 100 --others 5000

Articles are taken from the corpora of the data folder and spun by `spinner.py`, which inverts despin's own dictionary:
so the words that no spinner touches are known perfectly, which of another spinner they would not be. The last table
therefore has real ones: unseen news with the copies that the spinner of the `web` family made.

* found first: of all originals and strangers the source is the most similar one; a tie is a miss;
* similarity: with the source, estimated by 128 values; the mean, and what 95 % of the copies reach;
* stranger: the similarity of the nearest text that is not the source, its mean and the highest of 99 %;
* siblings: the similarity of the spins of one article, the mean;
* from 0.5: of the copies so many are that similar to their source, and so many to a stranger: what deduplication
  with that threshold would merge rightly and wrongly.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import data
import numpy as np
from numpy.typing import NDArray
from spinner import spin
from tables import Table, show

from despin import check_many
from despin.fingerprinting import min_hash, runs, shingles
from despin.text.token_features import Shape
from despin.text.tokens import tokenise

U32 = NDArray[np.uint32]
CORPORA = ("guardian", "imdb", "reddit", "wikipedia", "blogs")
SHORTEST, LONGEST = 500, 1500  # characters: short articles, so that all of them can be restored in minutes
SIMILAR = 0.5
CHUNK = 1000  # texts whose shingles are made at once


def plain(length: int) -> Callable[[Sequence[str]], list[U32]]:
    """Shingles as everybody makes them: runs of `length` words."""

    def shingle(texts: Sequence[str]) -> list[U32]:
        tokens = tokenise(texts)
        counted = (tokens.shape >= Shape.LOWER) | (tokens.shape == Shape.NUMBER)
        hashes, owner = runs(tokens.word[counted], tokens.document[counted], length)
        cuts = np.searchsorted(owner, np.arange(1, len(texts)))
        return np.split((hashes >> np.uint64(32)).astype(np.uint32), cuts)

    return shingle


@dataclass(frozen=True, slots=True)
class Way:
    """A way to make a fingerprint."""

    name: str
    shingle: Callable[[Sequence[str]], list[U32]]
    restored: bool
    """Whether of the restored text."""


WAYS = (
    Way("runs of 5 words, as found", plain(5), False),
    Way("runs of 3 words, as found", plain(3), False),
    Way("runs of 5 words, restored", plain(5), True),
    Way("runs of 3 words, restored", plain(3), True),
    Way("despin's shingles, as found", shingles, False),
    Way("despin.fingerprint", shingles, True),
)


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as found and restored."""

    found: Sequence[str]
    restored: Sequence[str]

    @classmethod
    def of(cls, found: Sequence[str]) -> Texts:
        """`found`, and what despin makes of them."""
        return cls(found, [report.restored for report in check_many(found)])

    def signatures(self, way: Way) -> U32:
        """(texts, 128)"""
        texts = self.restored if way.restored else self.found
        made = (way.shingle(texts[start : start + CHUNK]) for start in range(0, len(texts), CHUNK))
        return np.array([min_hash(one) for chunk in made for one in chunk])


def articles(folder: Path, number: int, chance: random.Random) -> list[str]:
    """So many different short articles of several corpora."""
    pool: set[str] = set()
    for name in CORPORA:
        with lzma.open(folder / "corpora" / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
            text = file.read(number * 1500)
        pool |= {one for part in text.split("\n\n") if SHORTEST <= len(one := part.strip()) <= LONGEST}
    if len(pool) < number:
        raise ValueError(f"the corpora hold only {len(pool):,} articles of that length, not {number:,}")
    return chance.sample(sorted(pool), number)


def measure(way: Way, sources: Texts, strangers: Texts, copies: Texts, spins: int) -> dict[str, object]:
    """One row: copy k is of source k // spins."""
    base = np.vstack([sources.signatures(way), strangers.signatures(way)])
    asked = copies.signatures(way)
    near, far = np.zeros(len(asked)), np.zeros(len(asked))
    for row, one in enumerate(asked):
        similarity = (base == one).mean(axis=1)
        near[row] = similarity[row // spins]
        similarity[row // spins] = -1
        far[row] = similarity.max()
    siblings = [
        (asked[a] == asked[b]).mean()
        for start in range(0, len(asked), spins)
        for a, b in combinations(range(start, start + spins), 2)
    ]
    return {
        "fingerprint": way.name, "found first": float(np.mean(near > far)), "similarity": float(near.mean()),
        "95 % have": float(np.quantile(near, 0.05)), "stranger": float(far.mean()),
        "99 % below": float(np.quantile(far, 0.99)),
        "siblings": float(np.mean(siblings)) if siblings else float("nan"),
        "from 0.5: source": float(np.mean(near >= SIMILAR)), "stranger ": float(np.mean(far >= SIMILAR)),
    }  # fmt: skip


def tables(options: argparse.Namespace) -> Iterator[Table]:
    """One table a spin rate, and one of real copies."""
    chance = random.Random(options.seed)
    pool = articles(options.data, options.articles + options.others, chance)
    sources, strangers = Texts.of(pool[: options.articles]), Texts.of(pool[options.articles :])
    facts = data.read_facts([data.DICTIONARIES / "web.tsv"])
    for rate in options.rate or (1.0, 0.5):
        spun = [
            spin(text, facts, rate, random.Random(f"{options.seed} {number} {turn} {rate}")).text
            for number, text in enumerate(sources.found)
            for turn in range(options.spins)
        ]
        copies = Texts.of(spun)
        rows = [measure(way, sources, strangers, copies, options.spins) for way in WAYS]
        title = (
            f"{len(spun):,} spins of {options.articles:,} articles at rate {rate:g}, among {options.others:,} others"
        )
        yield Table(f"rate {rate:g}", title, rows)
    real = [json.loads(line) for line in (options.data / "parallel" / "web-dev.jsonl").open(encoding="utf-8")]
    real = [row for row in real if row["rate"] == 1]
    originals, copies = Texts.of([row["original"] for row in real]), Texts.of([row["text"] for row in real])
    rows = [measure(way, originals, strangers, copies, 1) for way in WAYS]
    yield Table("real", f"{len(real)} real spins of unseen news, among {options.others:,} others", rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0, or 2 where it could not run."""
    parser = argparse.ArgumentParser(description="Is the source of a spun article found? Prints tables.")
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--spins", type=int, default=3, help="of each article")
    parser.add_argument("--others", type=int, default=50_000)
    parser.add_argument("--rate", type=float, action="append", help="spin rate; may be repeated (1 and 0.5)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object in place of the tables")
    parser.add_argument("--data", type=Path, default=data.DATA, help="folder with the texts (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        show(tables(options), options.json)
    except (OSError, ValueError) as problem:
        print(f"fingerprint: {problem}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
