"""How many of the substitutions seen on real spun pages could the dictionaries undo, style by style?

    python benchmarks/coverage.py                         the shipped dictionaries, each alone and all together
    python benchmarks/coverage.py --half unseen           only the pages that no entry was written from

Oracle recall: the share of gold edits whose original is offered for the spun phrase, by entries and words kept as they
are (`data.Facts.reaches`). It says what decoding could restore at best, and nothing of precision.

The pages are halved, so that entries written from one half are measured on the other: of every style, the first page
and every second after it are *seen*; of a style with a single page, that page is *unseen*.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import data
import edits
from tables import Table, to_json

Page = dict[str, Any]


def halves(pages: Sequence[Page]) -> tuple[list[Page], list[Page]]:
    """(seen, unseen) pages.

    >>> [[p["n"] for p in half] for half in halves([{"style": s, "n": n} for n, s in enumerate("aaabb" "c")])]
    [[0, 2, 3], [1, 4, 5]]
    """
    count = Counter(page["style"] for page in pages)
    place: Counter[str] = Counter()
    seen, unseen = [], []
    for page in pages:
        style = page["style"]
        (unseen if place[style] % 2 or count[style] == 1 else seen).append(page)
        place[style] += 1
    return seen, unseen


def reached(pages: Iterable[Page], facts: data.Facts) -> dict[str, list[bool]]:
    """Style → for each gold edit, whether its original is offered."""
    flags: dict[str, list[bool]] = {}
    for page in pages:
        flags.setdefault(page["style"], []).extend(
            facts.reaches(edits.words_of(pair["spun"]), edits.words_of(pair["original"])) for pair in page["edits"]
        )
    return flags


def table(name: str, title: str, pages: Sequence[Page], sets: dict[str, data.Facts]) -> Table:
    """One row a style, one column a set of dictionaries."""
    rows: list[dict[str, Any]] = []
    by_set = {label: reached(pages, facts) for label, facts in sets.items()}
    styles = sorted({page["style"] for page in pages})
    for style in [*styles, "all"]:
        row: dict[str, Any] = {"style": style}
        for label, flags in by_set.items():
            these = [flag for each in flags.values() for flag in each] if style == "all" else flags[style]
            row |= {"edits": len(these), label: sum(these) / len(these) if these else float("nan")}
        rows.append(row)
    if styles:
        means = {label: sum(row[label] for row in rows[:-1]) / len(styles) for label in sets}
        rows.append({"style": "mean of styles", "edits": len(styles), **means})
    return Table(name, title, rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=data.DATA, help="the folder with gold/observed-dev.jsonl")
    parser.add_argument("--dictionaries", type=Path, default=data.DICTIONARIES, help="a folder of .tsv files")
    parser.add_argument("--half", choices=("seen", "unseen", "both"), default="both", help="of the pages (both)")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args(arguments)
    try:
        pages = data.observed(options.data)
        files = data.dictionary_files(options.dictionaries)
        sets = {path.stem: data.read_facts([path]) for path in files} | {"together": data.read_facts(files)}
    except (OSError, ValueError) as problem:
        print(f"coverage: {problem}", file=sys.stderr)
        return 2
    seen, unseen = halves(pages)
    wanted = {"seen": seen, "unseen": unseen}
    tables = [
        table(half, f"Oracle recall, {half} pages", wanted[half], sets)
        for half in wanted
        if options.half in (half, "both")
    ]
    print(to_json(tables) if options.json else "\n\n".join(map(str, tables)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
