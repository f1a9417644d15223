"""How fast is despin, and how fast are its peers? Prints tables.

    python benchmarks/speed.py                  everything
    python benchmarks/speed.py --only peers     one part
    python benchmarks/speed.py --json

1 MB is 10^6 bytes of UTF-8. On a shared computer the same work takes twice as long a minute later. So all that is
compared runs in turns, one round after the other, each `--runs` times after one that is not counted, and a *ratio* is
the median of the ratios within the rounds. Time is that of the processor in this process, and by the clock where a
process is started. Peers that are not installed are named; what they do is told in peers.py.

The texts are those of the data folder, or the project's own fixtures where that is absent. A part is a function that
yields rows; to add one, add it to `PARTS`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path

import data
import numpy as np
import peers
from baselines import windows
from tables import Table, to_json

from despin import Config, check_many
from despin.runtime.knowledge import load_data
from despin.text.tokens import tokenise

ARTICLE = data.PROJECT / "tests" / "fixtures" / "spun" / "behind-the-scenes.txt"
FIXTURES = data.PROJECT / "tests" / "fixtures"
COMMAND = (sys.executable, "-c", "import sys; from despin.cli import main; sys.exit(main())")
"""What the installed command runs."""
SPUN_SHARE = 50  # one text of so many is spun in mixed text

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Material:
    """What the parts run on."""

    clean: Sequence[str]
    spun: Sequence[str]
    """At spin rate 1."""
    model: Path
    runs: int
    folder: Path
    """For files that are made."""
    most: float
    """Megabytes of the largest input of growth."""

    def mixed(self) -> list[str]:
        """The clean texts, and after every 49 of them a spun one."""
        texts, spun = [], cycle(self.spun)
        for number, text in enumerate(self.clean, start=1):
            texts.append(text)
            if number % (SPUN_SHARE - 1) == 0:
                texts.append(next(spun))
        return texts


def megabytes(texts: Sequence[str]) -> float:
    """10^6 bytes of UTF-8."""
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) / 1e6


def alternate(
    works: Mapping[str, Callable[[], object]], runs: int, clock: Callable[[], float] = time.process_time
) -> dict[str, list[float]]:
    """Seconds of each of `works`, in rounds, after one call each that is not counted."""
    for work in works.values():
        work()
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            start = clock()
            work()
            seconds[name].append(clock() - start)
    return seconds


def speeds(seconds: Mapping[str, Sequence[float]], amounts: Mapping[str, float], to: str) -> Iterator[Row]:
    """Median speed of each, its range, and the median of its ratios to `to` within the rounds."""
    for name, times in seconds.items():
        values = [amounts[name] / one for one in times]
        ratios = [a / (amounts[to] / b) for a, b in zip(values, seconds[to], strict=True)]
        yield {
            "what": name, "MB/s": statistics.median(values), "slowest": min(values), "fastest": max(values),
            f"× {to}": statistics.median(ratios),
        }  # fmt: skip


def against_peers(material: Material) -> Iterator[Row]:
    """despin on clean, mixed and spun text, and every peer on the clean text; in one process, one core."""
    dictionary, _, _ = load_data(Config())
    phrases = sorted({*dictionary.spun_text, *dictionary.original_text})
    clean, mixed = list(material.clean), material.mixed()
    despin = {"despin: verdict on clean text": clean, "despin: check of mixed text": mixed}
    despin["despin: restoring spun text"] = list(material.spun)
    works: dict[str, Callable[[], object]] = {name: partial(_restore, texts) for name, texts in despin.items()}
    amounts = {name: megabytes(texts) for name, texts in despin.items()}
    makers: dict[str, Callable[[], peers.Work]] = {
        f"ahocorasick_rs, the same {len(phrases):,} phrases": partial(peers.aho_corasick, phrases, clean),
        "kenlm, scoring sentences": partial(peers.kenlm, [*clean, *material.spun], clean, material.folder),
        "ftfy": partial(peers.ftfy, clean),
    }
    missing = []
    for name, make in makers.items():
        try:
            works[name] = make()
            amounts[name] = megabytes(clean)
        except peers.Missing as problem:
            missing.append((name, problem))
    yield from speeds(alternate(works, material.runs), amounts, "despin: verdict on clean text")
    # The commands: by the clock, start included; the slow one gets less to do.
    few = clean[: max(1, len(clean) // 40)]
    files = {name: (few if name == "proselint" else clean) for name in peers.COMMANDS}
    works, amounts = {"despin --check": _despin("--check", peers.write(clean, material.folder))}, {}
    amounts["despin --check"] = megabytes(clean)
    for name, texts in files.items():
        try:
            works[name] = peers.command(*peers.COMMANDS[name], peers.write(texts, material.folder))
            amounts[name] = megabytes(texts)
        except peers.Missing as problem:
            missing.append((name, problem))
    for row in speeds(alternate(works, material.runs, time.perf_counter), amounts, "despin --check"):
        yield {**row, "what": f"{row['what']}, the whole command on one file"}
    for name, problem in missing:
        yield {"what": f"{name}: not installed (pip install {problem})"}


def _restore(texts: Sequence[str]) -> int:
    return sum(len(report.restored) for report in check_many(texts))


def _despin(*arguments: str | Path) -> Callable[[], None]:
    def run() -> None:
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)], capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
        if done.returncode > 1:
            last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise RuntimeError(f"despin {' '.join(map(str, arguments))} failed with status {done.returncode}: {last}")

    return run


def command(material: Material) -> Iterator[Row]:
    """From the start of the process to its end: one article of 3 kB, and a thousand of them."""
    many = material.folder / "thousand"
    many.mkdir(exist_ok=True)
    texts = cycle([*material.clean, *material.spun])
    for number in range(1000):
        (many / f"{number:04}.txt").write_text(next(texts)[:3000], encoding="utf-8", errors="replace")
    for group in (
        {
            "python, doing nothing": _other(sys.executable, "-c", ""),
            "python, importing numpy": _other(sys.executable, "-c", "import numpy"),
            "despin --version": _despin("--version"),
            "despin article.txt": _despin(ARTICLE),
            "codespell article.txt": ("codespell", ARTICLE),
            "typos article.txt": ("typos", ARTICLE),
        },
        {
            "despin --check, 1,000 files": _despin("--check", many),
            "codespell, 1,000 files": ("codespell", many),
            "typos, 1,000 files": ("typos", many),
        },
    ):
        works: dict[str, Callable[[], object]] = {}
        for name, work in group.items():
            try:
                works[name] = work if callable(work) else peers.command(*peers.COMMANDS[work[0]], work[1])
            except peers.Missing as problem:
                yield {"what": f"{name}: not installed (pip install {problem})"}
        for name, times in alternate(works, material.runs, time.perf_counter).items():
            milliseconds = [1000 * one for one in times]
            yield {
                "what": name, "ms": statistics.median(milliseconds), "fastest": min(milliseconds),
                "slowest": max(milliseconds),
            }  # fmt: skip


def _other(*line: str) -> Callable[[], object]:
    return partial(subprocess.run, line, capture_output=True, stdin=subprocess.DEVNULL, check=True)


def growth(material: Material) -> Iterator[Row]:
    """Time and memory as input, documents and dictionaries grow, each measured in a process of its own, which has read
    three texts of the kind and an article before, so that all data are there."""
    sizes = [size for size in (1, 4, 16, 64) if size <= material.most]
    for kind, what in (("clean", "clean texts"), ("mixed", "mixed texts"), ("spun", "spun texts")):
        for size in sizes:
            yield _measured(material, f"{size} MB of {what}", kind, size, 0, "")
    for words in (100, 1_000, 10_000, 100_000):
        yield _measured(material, f"spun documents of {words:,} words", "spun", min(2.0, material.most), words, "")
    entries = _phrases(material)
    for size in (10_000, 50_000, 200_000):
        path = material.folder / f"{size}.tsv"
        path.write_text("#: family: web\n" + "".join(sorted(entries[:size])), encoding="utf-8")
        yield _measured(
            material, f"clean texts, a dictionary of {size:,} phrases", "clean", min(4, material.most), 0, str(path)
        )


def _phrases(material: Material) -> list[str]:
    """Lines of a dictionary: pairs of words that stand in the texts for others that do, each only once."""
    rng = np.random.default_rng(1)
    words = sorted({word for text in material.clean for word in text.lower().split() if word.isalpha()})
    lines: dict[str, str] = {}
    while len(lines) < 200_000:
        for a, b, c in rng.choice(len(words), (50_000, 3)).tolist():
            spun = f"{words[a]} {words[b]}"
            if words[c] not in (words[a], words[b]):
                lines.setdefault(spun, f"{spun}\t{words[c]}\t1\t1000\n")
    return list(lines.values())[:200_000]


_PROBE = """
import resource, sys, time
from itertools import cycle
from despin import Config, check_many
paths, size, words, dictionary = sys.argv[1].split(","), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
texts = [open(path, encoding="utf-8").read().split("\\0") for path in paths]
config = Config(dictionaries=(dictionary,)) if dictionary else Config()
sizes = []
def some():
    number, first, other = 0, cycle(texts[0]), cycle(texts[-1])
    while sum(sizes[-1:]) < size * 1e6:
        number += 1
        parts = [next(other if number % 50 == 0 else first)]
        blanks = parts[0].count(" ")
        while words and blanks < words:
            parts.append(next(first))
            blanks += parts[-1].count(" ")
        text = "\\n".join(parts)
        text = " ".join(text.split(" ")[:words]) if words else text
        sizes.append(sum(sizes[-1:]) + len(text.encode("utf-8", "replace")))
        yield text
list(check_many([*texts[0][:3], open(sys.argv[5], encoding="utf-8").read()], config))
start = time.process_time()
count = sum(len(report.restored) for report in check_many(some(), config))
print(sizes[-1] / 1e6, time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def _measured(material: Material, what: str, kind: str, size: float, words: int, dictionary: str) -> Row:
    paths = {"clean": [material.clean], "spun": [material.spun], "mixed": [material.clean, material.spun]}[kind]
    files = []
    for number, texts in enumerate(paths):
        path = material.folder / f"{kind}{number}.nul"
        path.write_text("\0".join(texts), encoding="utf-8", errors="replace")
        files.append(str(path))
    line = [sys.executable, "-c", _PROBE, ",".join(files), str(size), str(words), dictionary, str(ARTICLE)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{what}: {done.stderr.strip().rpartition(chr(10))[2]}")
    read, seconds, peak = map(float, done.stdout.split())
    return {"what": what, "MB/s": read / seconds, "ms/MB": 1000 * seconds / read, "peak MB": peak}


def stages(material: Material) -> Iterator[Row]:
    """The first stage alone, and the language model: words scored as they follow each other, and at random."""
    from despin.language_model.model_file import open_model

    model = open_model(material.model)
    pairs = [windows(model, text) for text in material.clean]
    context, word = (np.concatenate(columns) for columns in zip(*pairs, strict=True))
    mixed = np.random.default_rng(1).permutation(len(word))
    works: dict[str, Callable[[], object]] = {
        "tokenise, MB/s": partial(tokenise, material.clean),
        "language model, running text, M words/s": partial(model.log_prob, context, word),
        "language model, random contexts, M words/s": partial(model.log_prob, context[mixed], word),
    }
    amounts = [megabytes(material.clean), len(word) / 1e6, len(word) / 1e6]
    for (name, times), amount in zip(alternate(works, material.runs).items(), amounts, strict=True):
        values = [amount / one for one in times]
        yield {"what": name, "median": statistics.median(values), "slowest": min(values), "fastest": max(values)}


PARTS: dict[str, tuple[str, Callable[[Material], Iterator[Row]]]] = {
    "peers": ("despin and its peers", against_peers),
    "command": ("The whole command, start included", command),
    "stages": ("Stages", stages),
    "growth": ("Growth, a process each", growth),
}


def gather(folder: Path, model: Path, runs: int, limit: int | None, scratch: Path, most: float) -> Material:
    """The texts of the data folder, or the fixtures, repeated to half a megabyte, where it is absent."""
    if (folder / "parallel").is_dir():
        clean = [document.text for document in data.sample(data.clean(folder), limit)]
        spun = [d.text for d in data.sample([d for d in data.web(folder) if d.rate == 1], limit)]
    else:
        print(f"speed: there is no {folder}: measuring on the project's own short fixtures", file=sys.stderr)
        clean, spun = (
            [path.read_text(encoding="utf-8") for path in sorted((FIXTURES / name).glob("*.txt"))]
            for name in ("clean", "spun")
        )
        clean, spun = (texts * max(1, round(0.5 / megabytes(texts))) for texts in (clean, spun))
    return Material(clean, spun, model, runs, scratch, most)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0, or 2 where a part could not run."""
    parser = argparse.ArgumentParser(description="How fast is despin, and how fast are its peers? Prints tables.")
    parser.add_argument("--only", action="append", choices=list(PARTS), help="one part; may be repeated")
    parser.add_argument("--runs", type=int, default=5, help="runs behind each figure (default: %(default)s)")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N documents of each set")
    parser.add_argument("--most", type=float, default=64, metavar="MB", help="largest input of growth (default: 64)")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of the tables")
    parser.add_argument("--data", type=Path, default=data.DATA, help="folder with the texts (default: %(default)s)")
    parser.add_argument("--model", type=Path, default=data.DICTIONARIES / "model.ngrams")
    options = parser.parse_args(arguments)
    status, made = 0, []
    scratch = Path(tempfile.mkdtemp(prefix="despin-speed-"))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its byte code beside it
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)  # of the processes that are started
    try:
        material = gather(options.data, options.model, max(1, options.runs), options.limit, scratch, options.most)
        for name in options.only or PARTS:
            title, part = PARTS[name]
            try:
                made.append(Table(name, title, list(part(material))))
            except (OSError, ValueError, RuntimeError, ImportError) as problem:
                print(f"speed: {name} is left out: {problem}", file=sys.stderr)
                status = 2
                continue
            if not options.json:
                print(made[-1], end="\n\n", flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if options.json:
        print(to_json(made))
    return status


if __name__ == "__main__":
    sys.exit(main())
