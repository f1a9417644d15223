"""How fast is despin? Prints one table: the whole command, the stages, and what they are made of.

    python benchmarks/speed.py                  everything
    python benchmarks/speed.py --only stages    one part
    python benchmarks/speed.py --json

1 MB is 10^6 bytes of UTF-8. Every figure is the median of `--runs` runs after one that is not counted, beside the
slowest and the fastest: on a shared computer the spread says how far to trust it. The texts are the spun and the clean
ones of the data folder, or the project's own fixtures where that is absent.

A part is a function that yields `Measured` values; to add one, add it to `PARTS`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import data
import numpy as np
from baselines import windows
from tables import Table, to_json

from despin import check_many
from despin.tokens import tokenise

ARTICLE = data.PROJECT / "tests" / "fixtures" / "spun" / "behind-the-scenes.txt"
FIXTURES = data.PROJECT / "tests" / "fixtures"
COMMAND = (sys.executable, "-c", "import sys; from despin.cli import main; sys.exit(main())")
"""What the installed command runs."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One line: seconds of each run, and how much was done in one."""

    what: str
    seconds: Sequence[float]
    amount: float = 1.0
    unit: str = "ms"
    """"ms" for a time; else what is done in a second."""

    def row(self) -> dict[str, object]:
        """Median and range in `unit`."""
        values = [1000 * s if self.unit == "ms" else self.amount / s for s in self.seconds]
        ends = (max(values), min(values)) if self.unit == "ms" else (min(values), max(values))
        return {
            "what": self.what, "median": statistics.median(values), "slowest": ends[0], "fastest": ends[1],
            "unit": self.unit, "runs": len(values),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Material:
    """What the parts run on."""

    texts: dict[str, list[str]]
    """Name of a set → its texts."""
    model: Path
    runs: int


def timed(work: Callable[[], object], runs: int) -> list[float]:
    """Seconds of each of `runs` calls, after one that is not counted."""
    work()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds


def megabytes(texts: Sequence[str]) -> float:
    """10^6 bytes of UTF-8."""
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) / 1e6


def command(material: Material) -> Iterator[Measured]:
    """From the start of the process to its end, on one article of 3 kB."""
    for what, line in (
        ("python, doing nothing", (sys.executable, "-c", "")),
        ("python, importing numpy", (sys.executable, "-c", "import numpy")),
        ("despin --version", (*COMMAND, "--version")),
        ("despin article.txt", (*COMMAND, os.fspath(ARTICLE))),
    ):
        yield Measured(what, timed(partial(_run, line), material.runs))


def _run(line: Sequence[str]) -> None:
    done = subprocess.run(line, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise RuntimeError(f"{' '.join(line[1:])!r} failed with status {done.returncode}: {last}")


def stages(material: Material) -> Iterator[Measured]:
    """check_many and tokenise on whole sets of texts, in one process."""
    for name, texts in material.texts.items():
        yield Measured(f"check_many, {name}", timed(partial(_check, texts), material.runs), megabytes(texts), "MB/s")
    for name, texts in material.texts.items():
        yield Measured(f"tokenise, {name}", timed(partial(tokenise, texts), material.runs), megabytes(texts), "MB/s")


def _check(texts: Sequence[str]) -> int:
    return sum(len(report.findings) for report in check_many(texts))


def language_model(material: Material) -> Iterator[Measured]:
    """Words scored in a second: as they follow each other in a text, and with contexts drawn at random."""
    from despin.language_model import LanguageModel

    start = time.perf_counter()
    model = LanguageModel.open(material.model)
    yield Measured("open the language model, once", [time.perf_counter() - start])
    pairs = [windows(model, text) for texts in material.texts.values() for text in texts]
    context = np.concatenate([context for context, _ in pairs])
    word = np.concatenate([word for _, word in pairs])
    mixed = np.random.default_rng(1).permutation(len(word))
    for what, rows in (("running text", context), ("random contexts", context[mixed])):
        seconds = timed(partial(model.log_prob, rows, word), material.runs)
        yield Measured(f"language model, {what}", seconds, len(word) / 1e6, "M words/s")


PARTS: dict[str, tuple[str, Callable[[Material], Iterator[Measured]]]] = {
    "command": ("The whole command, start included", command),
    "stages": ("Stages, one process", stages),
    "language-model": ("The language model", language_model),
}


def gather(folder: Path, model: Path, runs: int, limit: int | None = None) -> Material:
    """The texts of the data folder, or the fixtures, repeated to half a megabyte, where it is absent."""
    if (folder / "parallel").is_dir():
        documents = data.web(folder)
        texts = {
            "spun news": [document.text for document in data.sample(documents, limit)],
            "clean texts": [document.text for document in data.sample(data.clean(folder), limit)],
        }
    else:
        print(f"speed: there is no {folder}: measuring on the project's own short fixtures", file=sys.stderr)
        texts = {}
        for name in ("spun", "clean"):
            own = [path.read_text(encoding="utf-8") for path in sorted((FIXTURES / name).glob("*.txt"))]
            texts[f"{name} fixtures"] = own * max(1, round(0.5 / megabytes(own)))
    return Material(texts, model, runs)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0, or 2 where a part could not run."""
    parser = argparse.ArgumentParser(description="How fast is despin? Prints a table.")
    parser.add_argument("--only", action="append", choices=list(PARTS), help="one part; may be repeated")
    parser.add_argument("--runs", type=int, default=5, help="runs behind each figure (default: %(default)s)")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N documents of each set")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of the table")
    parser.add_argument("--data", type=Path, default=data.DATA, help="folder with the texts (default: %(default)s)")
    parser.add_argument("--model", type=Path, default=data.DICTIONARIES / "model.ngrams")
    options = parser.parse_args(arguments)
    material = gather(options.data, options.model, max(1, options.runs), options.limit)
    status, made = 0, []
    for name in options.only or PARTS:
        title, part = PARTS[name]
        try:
            made.append(Table(name, title, [measured.row() for measured in part(material)]))
        except (OSError, ValueError, RuntimeError, ImportError) as problem:
            print(f"speed: {name} is left out: {problem}", file=sys.stderr)
            status = 2
            continue
        if not options.json:
            print(made[-1], end="\n\n", flush=True)
    if options.json:
        print(to_json(made))
    return status


if __name__ == "__main__":
    sys.exit(main())
