"""Is the source found, is the copy told from an honest report, is the alignment right? Prints five tables.

    python benchmarks/copies.py                         everything: half an hour and more
    python benchmarks/copies.py --only alignment        one of: found, alignment, verdicts, scale, trace

* found: of copies of unseen news, the share whose source comes first among so many others. Spun pages are whole, 200
  and 100 words, half of one in an honest page (of which no source is among the others), halves of two in one page
  (either source is right); spun by the spinner of `web-dev` and, from its originals, by the lists of the family
  `rewriter`.
  Beside `Sources`: MinHash (128 values) over runs of three words, and over runs of five words of the restored text;
  winnowing over runs of four words (Schleimer et al. 2003); shared runs of five words, the best five ranked again by
  their longest common subsequence (as passim does with an alignment, Smith et al. 2014);
* alignment: of the gold substitutions of `web-dev`, the share that is a difference of exactly these words; the same
  with paragraphs shuffled, and with a quarter of the sentences dropped. And how much of the token edit distance to the
  original restoring by the source takes away;
* verdicts: what pairs are called of which it is known what they are (`copied_pairs`), with sources and seeds that took
  no part in the fit, and honest ones that are asked for by other texts;
* scale: so many sources and pages, seconds and memory; sizes go to 100,000;
* trace: `despin-corpus trace` over a crawl of so many pages (--crawl), one in a hundred a spun copy, against so many
  sources; it needs datatrove, and is left out unless it is asked for.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import data
import numpy as np
from copied_pairs import copies, documents, half, honest, others, piece, spun_pairs
from edits import Edit, edit_of_span, gold_edit, minimise, words_of
from edits import tokenise as tokens_of
from fingerprint import plain
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq, Levenshtein
from spinner import count_by_hand, spin
from tables import Table, show

from despin import check_many, compare
from despin.comparison.restoring import with_source
from despin.comparison.sources import Sources
from despin.fingerprinting import min_hash

TABLES = ("found", "alignment", "verdicts", "scale", "trace")
WINDOW = 4  # of winnowing
U32 = NDArray[np.uint32]
_SENTENCE = re.compile(r"[.!?][\"”’')]*\s+|\n+")


# --- found -----------------------------------------------------------------------------------------------------------


class Shared:
    """The text that shares most of some hashes."""

    def __init__(self, hashes: Sequence[U32]) -> None:
        key = np.concatenate(hashes)
        owner = np.repeat(np.arange(len(hashes)), [len(one) for one in hashes])
        order = np.argsort(key, kind="stable")
        self.key, self.owner, self.size = key[order], owner[order], len(hashes)

    def best(self, asked: U32, number: int) -> list[int]:
        begin, end = (np.searchsorted(self.key, np.unique(asked), side) for side in ("left", "right"))
        found = [self.owner[a:b] for a, b in zip(begin.tolist(), end.tolist(), strict=True) if b - a < 2000]
        count = np.bincount(np.concatenate(found) if found else np.zeros(0, np.int64), minlength=self.size)
        best = np.argsort(-count, kind="stable")[:number].tolist()
        return [row for row in best if count[row]]


def winnowed(hashes: U32) -> U32:
    """The least hash of every window."""
    if len(hashes) < WINDOW:
        return np.unique(hashes)
    return np.unique(np.lib.stride_tricks.sliding_window_view(hashes, WINDOW).min(axis=1))


def in_chunks(shingle: Callable[[Sequence[str]], list[U32]], texts: Sequence[str]) -> list[U32]:
    return [one for start in range(0, len(texts), 1000) for one in shingle(texts[start : start + 1000])]


def ways(pool: Sequence[str]) -> Iterator[tuple[str, Callable[[Sequence[str]], list[int]]]]:
    """(name, function: pages → the nearest of `pool`, −1 where none is)."""
    with TemporaryDirectory() as folder:
        sources = Sources(index=folder)
        sources.add((str(row), text) for row, text in enumerate(pool))
        yield (
            "despin.Sources",
            lambda pages: [int(found[0].path) if found else -1 for found in sources.nearest_many(pages)],
        )
    for name, length, restored in (("MinHash, runs of 3", 3, False), ("MinHash, runs of 5, restored", 5, True)):
        shingle = plain(length)
        signatures = np.array([min_hash(one) for one in in_chunks(shingle, pool)])

        def nearest(
            pages: Sequence[str], shingle: object = shingle, made_of: U32 = signatures, restored: bool = restored
        ) -> list[int]:
            texts = [report.restored for report in check_many(pages)] if restored else pages
            made = (min_hash(one) for one in in_chunks(shingle, texts))  # type: ignore[arg-type]
            return [int((made_of == one).sum(axis=1).argmax()) for one in made]

        yield name, nearest
    four = Shared([winnowed(one) for one in in_chunks(plain(4), pool)])
    yield (
        "winnowing, runs of 4",
        lambda pages: [next(iter(four.best(winnowed(one), 1)), -1) for one in in_chunks(plain(4), pages)],
    )
    five = Shared(in_chunks(plain(5), pool))

    def aligned(pages: Sequence[str]) -> list[int]:
        found = []
        for page, hashes in zip(pages, in_chunks(plain(5), pages), strict=True):
            words = page.lower().split()
            best = five.best(hashes, 5)
            found.append(max(best, key=lambda row: LCSseq.similarity(words, pool[row].lower().split()), default=-1))
        return found

    yield "shared runs of 5, aligned", aligned


def found(options: argparse.Namespace) -> Table:
    """Source first, by kind of page and way."""
    chance = random.Random(options.seed)
    rows = data.web(options.data)
    news = [row for row in rows if row.rate == 1]
    facts = data.read_facts([data.DICTIONARIES / "rewriter.tsv"])
    count_by_hand(facts, 0.5)
    texts = [text for _, text in others(options.data, options.others / 51_000)]
    strangers, texts = texts[:: len(texts) // 200][:200], texts
    apart = set(strangers)
    originals = [row.original for row in news]
    pool = [*originals, *(text for text in texts if text not in apart)]
    # Pages on which half is of somebody whose text, or its next version, is among the others have two sources.
    with TemporaryDirectory() as folder:
        index = Sources(index=folder)
        index.add((str(row), text) for row, text in enumerate(pool))
        strangers = [
            text
            for text, near in zip(strangers, index.nearest_many(strangers), strict=True)
            if not near or near[0].similarity < 0.15
        ]
    spun = [row.text for row in news]
    halves = [half(text, chance) for text in spun]
    pages: dict[str, list[str]] = {
        "web, whole": spun,
        "200 words": [piece(text, 200, chance) for text in spun],
        "100 words": [piece(text, 100, chance) for text in spun],
        "half a page": [f"{one}\n{half(strangers[k % len(strangers)], chance)}" for k, one in enumerate(halves)],
        "two sources": [f"{one}\n{halves[(k + 1) % len(halves)]}" for k, one in enumerate(halves)],
        "rewriter, whole": [spin(text, facts, 1, chance).text for text in originals],
    }
    pages["rewriter, 100"] = [piece(text, 100, chance) for text in pages["rewriter, whole"]]
    lines: list[dict[str, object]] = []
    for name, nearest in islice(ways(pool), 1 if options.alone else None):
        line: dict[str, object] = {"way": name}
        begin = time.process_time()
        for kind, those in pages.items():
            right = [
                row in ((k, (k + 1) % len(those)) if kind == "two sources" else (k,))
                for k, row in enumerate(nearest(those))
            ]
            line[kind] = float(np.mean(right))
        line["ms/page"] = 1000 * (time.process_time() - begin) / sum(len(those) for those in pages.values())
        lines.append(line)
    title = f"source first: {len(spun)} pages of a kind, their sources among {len(pool) - len(originals):,} others"
    return Table("found", title, lines)


# --- alignment ---------------------------------------------------------------------------------------------------


def cut_up(row: data.Document, how: str, chance: random.Random) -> tuple[str, list[dict[str, object]]]:
    """The text with its paragraphs shuffled, or a quarter of its sentences dropped, and the gold edits with it."""
    text = row.text
    if how == "as it is":
        return text, list(row.edits)
    cuts = [0, *(m.end() for m in re.finditer(r"\n" if how == "shuffled" else _SENTENCE, text)), len(text)]
    parts = [(a, b) for a, b in pairwise(cuts) if a < b]
    if how == "shuffled":
        chance.shuffle(parts)
    else:
        parts = [part for part in parts if chance.random() >= 0.25]
    pieces, edits, size = [], [], 0
    for a, b in parts:
        line = text[a:b] if text[a:b].endswith("\n") or how != "shuffled" else text[a:b] + "\n"
        edits += [
            {**edit, "start": edit["start"] - a + size, "end": edit["end"] - a + size}
            for edit in row.edits
            if a <= edit["start"] and edit["end"] <= b
        ]
        pieces.append(line)
        size += len(line)
    return "".join(pieces), edits


def alignment(options: argparse.Namespace) -> Table:
    """Gold substitutions recovered exactly."""
    lines = []
    for how in ("as it is", "shuffled", "a quarter dropped"):
        chance = random.Random(options.seed)
        right = all_ = made = extra = 0
        before = after = pages = 0
        seconds = 0.0
        for row in data.sample(data.web(options.data), options.limit):
            text, edits = cut_up(row, how, chance)
            tokens = tokens_of(text)
            pages += 1
            begin = time.process_time()
            one = compare(text, row.original)
            seconds += time.process_time() - begin
            mine = set()
            for d in one.differences:
                edit = edit_of_span(tokens, d.start, d.end, d.original)
                edit = edit if d.found else Edit(edit.first, edit.first, words_of(d.original))
                if small := minimise(edit, tokens.words):
                    mine.add(small)
            accepted = set()
            for edit in edits:
                gold = gold_edit(tokens, edit["start"], edit["end"], edit["original"], bool(edit.get("optional")))  # type: ignore[arg-type]
                accepted |= gold.accepted
                if gold.counts:
                    all_ += 1
                    right += bool(gold.accepted & mine)
            made, extra = made + len(mine), extra + len(mine - accepted)
            if how == "as it is":
                [report] = check_many([text])
                restored = with_source(report, one, "the source").restored
                before += Levenshtein.distance(tokens.words, words_of(row.original))
                after += Levenshtein.distance(words_of(restored), words_of(row.original))
        lines.append({
            "text": how, "gold substitutions": all_, "recovered exactly": right / max(all_, 1),
            "differences": made, "not among gold": extra / max(made, 1), "ms/page": 1000 * seconds / max(pages, 1),
            "error reduction": 1 - after / before if before else None,
        })  # fmt: skip
    return Table("alignment", "gold substitutions of web-dev that are a difference of exactly these words", lines)


# --- verdicts ----------------------------------------------------------------------------------------------------


def verdicts(options: argparse.Namespace) -> Iterator[Table]:
    """What is called what."""
    texts = others(options.data, options.others / 51_000)
    strangers = documents(options.data, "guardian", 28_000)[26_000:]
    called: dict[str, Counter[str]] = {}
    most: dict[str, float] = {}
    with TemporaryDirectory() as folder:
        sources = Sources(index=folder)
        sources.add(texts)
        pairs = list(copies(spun_pairs(options.data, options.originals, skip=400), strangers, options.seed + 1))
        for row in data.web(options.data, 60):
            pairs.append(pairs[0]._replace(kind=f"web-dev, rate {row.rate:g}", text=row.text, source=row.original))
        for pair in (*pairs, *honest(sources, texts, options.asked, options.seed + 1)):
            one = compare(pair.text, pair.source)
            called.setdefault(pair.kind, Counter())[one.verdict] += 1
            most[pair.kind] = max(most.get(pair.kind, 0), one.probability)
    lines = [
        {"kind": kind, "pairs": count.total()}
        | {name: count[name] / count.total() for name in ("spun copy", "copy", "related", "none")}
        | {"highest probability": most[kind]}
        for kind, count in called.items()
    ]
    wrong = sum(
        called[kind][name] for kind in ("one event", "stranger") for name in ("copy", "spun copy") if kind in called
    )
    number = sum(called[kind].total() for kind in ("one event", "stranger") if kind in called)
    note = f"honest pairs called a copy: {wrong} of {number:,}"
    yield Table("verdicts", "pairs of which it is known what they are, and what they are called", lines, [note])


# --- scale -------------------------------------------------------------------------------------------------------


def scale(options: argparse.Namespace) -> Table:
    """Sources and pages: seconds and memory."""
    chance = random.Random(options.seed)
    news = [row for row in data.web(options.data) if row.rate == 1]
    lines = []
    for size in options.sizes:
        texts = [text for _, text in others(options.data, min(2.0, 1.02 * size / 51_000))][:size]
        with TemporaryDirectory() as folder:
            begin = time.process_time()
            sources = Sources(index=folder)
            sources.add((str(row), text) for row, text in enumerate(texts))
            sources.add((f"news {k}", row.original) for k, row in enumerate(news))
            built = time.process_time() - begin
            disk = sum(path.stat().st_size for path in Path(folder).iterdir())
            pages = [news[k % len(news)].text if k % 2 else chance.choice(texts) for k in range(options.pages)]
            begin = time.process_time()
            near = list(sources.nearest_many(pages))
            asked = time.process_time() - begin
            begin = time.process_time()
            for page, match in zip(pages, near, strict=True):
                compare(page, sources.text(match[0]))
            compared = time.process_time() - begin
        lines.append({
            "sources": len(texts) + len(news), "MB of text": sum(map(len, texts)) / 1e6, "built, s": built,
            "on disk, MB": disk / 1e6, "pages": len(pages), "nearest, s": asked, "compared, s": compared,
            "memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        })  # fmt: skip
    return Table("scale", "seconds of one core; the memory is the most that the process has had so far", lines)


def trace(options: argparse.Namespace) -> Table:
    """The command over a crawl: pages a second of processor time, and whether it finds the copies."""
    from despin.corpus.job.cli import main as corpus

    news = [row for row in data.web(options.data) if row.rate == 1]
    crawl = [text for name in ("blogs", "reddit", "imdb") for text in documents(options.data, name, options.crawl)]
    random.Random(options.seed).shuffle(crawl)
    lines: list[dict[str, object]] = []
    for size in options.sizes:
        texts = [text for name in ("guardian", "wikipedia") for text in documents(options.data, name, size // 2)]
        with TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "ours").mkdir()
            for number, text in enumerate([*texts, *(row.original for row in news)]):
                (folder / "ours" / f"{number:06}.txt").write_text(text, encoding="utf-8")
            pages = crawl[: options.crawl]
            copied = {k: news[k // 100 % len(news)].text for k in range(0, len(pages), 100)}
            _put(folder / "crawl", [copied.get(k, page) for k, page in enumerate(pages)])
            begin = time.process_time()
            index = Sources([folder / "ours"], folder / "index")
            built = time.process_time() - begin
            arguments = ["trace", str(folder / "crawl"), str(folder / "out"), "--sources", str(folder / "ours")]
            begin = time.perf_counter()
            if corpus([*arguments, "--index", str(folder / "index"), "--workers", "2", "--quiet"]):
                raise ValueError("the run has failed")
            wall = time.perf_counter() - begin
            found = json.loads((folder / "out" / "_despin" / "report.json").read_bytes())
            pairs = [json.loads(line) for one in (folder / "out").glob("*.jsonl") for line in one.open()]
            lines.append({
                "sources": len(index), "index built, s": built, "pages": found["documents"],
                "MB": found["characters"] / 1e6, "compared": found["compared"],
                "copies": len(copied), "found": sum(one["verdict"] == "spun copy" for one in pairs),
                "CPU s": found["seconds"]["cpu"], "pages/CPU s": found["documents"] / found["seconds"]["cpu"],
                "wall s, 2 workers": wall, "peak of a worker, MB": found["peak_memory"] / 1e6,
                "index, MB": sum(path.stat().st_size for path in (folder / "index").iterdir()) / 1e6,
            })  # fmt: skip
    return Table("trace", "seconds are processor time of the workers; a worker's start is in them", lines)


def _put(folder: Path, pages: Sequence[str]) -> None:
    """A crawl of eight files."""
    folder.mkdir()
    for number in range(8):
        with (folder / f"{number}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps({'text': page})}\n" for page in pages[number::8])


def tables(options: argparse.Namespace) -> Iterator[Table]:
    """The tables asked for."""
    if options.only in (None, "found"):
        yield found(options)
    if options.only in (None, "alignment"):
        yield alignment(options)
    if options.only in (None, "verdicts"):
        yield from verdicts(options)
    if options.only in (None, "scale"):
        yield scale(options)
    if options.only == "trace":
        yield trace(options)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0, or 2 where it could not run."""
    parser = argparse.ArgumentParser(description="How well are copies found, aligned and judged? Prints tables.")
    parser.add_argument("--only", choices=TABLES)
    parser.add_argument("--others", type=int, default=50_000, help="texts beside the sources (at most 51,000)")
    parser.add_argument("--alone", action="store_true", help="of the ways to find a source, only despin's")
    parser.add_argument("--limit", type=int, help="pages of web-dev for the alignment (default: all)")
    parser.add_argument("--originals", type=int, default=100, help="of the copies to judge")
    parser.add_argument("--asked", type=int, default=4000, help="texts whose nearest others are the honest pairs")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 50_000])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--crawl", type=int, default=20_000, help="pages of the crawl for trace")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object in place of the tables")
    parser.add_argument("--data", type=Path, default=data.DATA, help="folder with the texts (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        show(tables(options), options.json)
    except (OSError, ValueError) as problem:
        print(f"copies: {problem}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
