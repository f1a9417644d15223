"""A corpus with some spun documents through the engines: speed, memory, precision and recall, and the same results?

    python benchmarks/corpus.py                                    50 MB through datatrove, two workers
    python benchmarks/corpus.py --megabytes 1000                   1 GB
    python benchmarks/corpus.py --engine datatrove --engine spark --engine ray \
        --python spark=/venv/spark/bin/python --python ray=/venv/ray/bin/python

Documents of the data folder's corpora, of which `--share` are spun by `spinner.py`, in Parquet. An engine runs in a
process of its own, under the Python that `--python` names, since Spark and Ray want other packages than datatrove;
its start and end count. Memory is what /proc says of all processes below that one (Linux), sampled twice a second:
the largest worker's proportional set size, in which a page that four workers share counts a quarter.
"""

from __future__ import annotations

import argparse
import glob
import hashlib
import json
import lzma
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import data
from spinner import spin
from tables import Table, show

CORPORA = ("guardian", "wikipedia", "reddit", "imdb", "blogs", "arxiv", "ted_talks")
MIN_CHARACTERS = 200  # characters: below, nobody could tell
COLUMNS = ("verdict", "probability", "spin_rate", "log_likelihood_ratio", "family", "words", "substitutions")
ENGINES = ("datatrove", "spark", "ray")


# --- the corpus --------------------------------------------------------------------------------------------------


def documents(folder: Path, size: float) -> Iterator[str]:
    """Documents of all corpora in turn, `size` megabytes in all; when a corpus ends, its fellows go on.

    Where that is not enough, all are taken again with the order of their lines turned round: no text stands twice.
    """
    left = size * 1e6
    for turned in (False, True):
        readers = [_documents(folder / "corpora" / f"{name}.txt.xz") for name in CORPORA]
        while readers:
            for reader in list(readers):
                text = next(reader, None)
                if text is None:
                    readers.remove(reader)
                    continue
                if turned:
                    text = "\n".join(reversed(text.split("\n")))
                left -= len(text.encode())
                yield text
                if left <= 0:
                    return
    raise ValueError(f"the corpora hold {left / 1e6:,.0f} MB less than {size:,.0f} MB")


def _documents(path: Path) -> Iterator[str]:
    lines: list[str] = []
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.strip():
                lines.append(line)
            elif lines:
                if len(text := "".join(lines).strip()) >= MIN_CHARACTERS:
                    yield text
                lines = []


def build(folder: Path, source: Path, size: float, share: float, rate: float, shards: int) -> None:
    """Write the corpus: columns id, text, url, and spun, the truth. One that is there already is taken as it is."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    about = {"size": size, "share": share, "rate": rate, "shards": shards}
    made = source / "about.json"
    if made.exists() and json.loads(made.read_text()) == about:
        return
    source.mkdir(parents=True, exist_ok=True)
    facts = data.read_facts([data.DICTIONARIES / "web.tsv"])
    chance = random.Random(1)
    rows: list[dict[str, Any]] = []
    weight, part, number = 0, 0, 0
    for number, text in enumerate(documents(folder, size)):
        spun = chance.random() < share
        if spun:
            text = spin(text, facts, rate, random.Random(number)).text
        rows.append({"id": number, "text": text, "url": f"https://host{number % 97}.example/{number}", "spun": spun})
        weight += len(text.encode())
        if weight >= size * 1e6 / shards:
            pq.write_table(pa.Table.from_pylist(rows), source / f"{part:05d}.parquet", compression="zstd")
            rows, weight, part = [], 0, part + 1
    if rows:
        pq.write_table(pa.Table.from_pylist(rows), source / f"{part:05d}.parquet", compression="zstd")
    made.write_text(json.dumps(about))


# --- the engines, each in a process of its own ----------------------------------------------------------------------


def run_datatrove(source: str, out: str, workers: int) -> None:
    """`despin-corpus`, which is datatrove's pipeline."""
    from despin.corpus.job.cli import main

    status = main([source, out, "--mode", "restore", "--workers", str(workers), "--quiet"])
    if status:
        raise SystemExit(status)


def run_spark(source: str, out: str, workers: int) -> None:
    """PySpark on this machine."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from pyspark.sql import SparkSession

    from despin.corpus.spark import checked

    builder = SparkSession.builder.master(f"local[{workers}]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "500")
    spark = builder.config("spark.driver.memory", "1500m").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    checked(spark.read.parquet(f"{source}/*.parquet")).write.parquet(out)
    spark.stop()


def run_ray(source: str, out: str, workers: int) -> None:
    """Ray Data on this machine."""
    import ray

    from despin.corpus.ray import checked

    ray.init(num_cpus=workers, include_dashboard=False, object_store_memory=400_000_000, log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    files = sorted(glob.glob(f"{source}/*.parquet"))
    checked(ray.data.read_parquet(files), batch_size=500).write_parquet(out)
    ray.shutdown()


def measure(engine: str, python: str, source: Path, out: Path, workers: int) -> tuple[float, float, float]:
    """Run an engine; seconds, and the most megabytes of one process that works for it, and of all together."""
    line = [python, __file__, "--child", engine, str(source), str(out), str(workers)]
    start = time.perf_counter()
    with tempfile.TemporaryFile() as talk:
        process = subprocess.Popen(line, stdout=talk, stderr=subprocess.STDOUT, start_new_session=True)
        peaks: dict[int, float] = {}
        most = [0.0]
        done = threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, peaks, most, done), daemon=True)
        watcher.start()
        status = process.wait()
        seconds = time.perf_counter() - start
        done.set()
        watcher.join()
        if status:
            talk.seek(0)
            raise RuntimeError(f"{engine} failed with status {status}: {talk.read().decode(errors='replace')[-2000:]}")
    return seconds, max(peaks.values(), default=float("nan")), most[0] or float("nan")


def _watch(root: int, peaks: dict[int, float], most: list[float], done: threading.Event) -> None:
    while not done.wait(0.5):
        now = {pid: size for pid in _below(root) if (size := _python_memory(pid)) is not None}
        for pid, size in now.items():
            peaks[pid] = max(peaks.get(pid, 0.0), size)
        most[0] = max(most[0], sum(now.values()))


def _below(root: int) -> set[int]:
    parents: dict[int, int] = {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            fields = Path(path).read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.split("/")[2])] = int(fields[1])
    found, fresh = {root}, {root}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def _python_memory(pid: int) -> float | None:
    """Proportional set size of a Python process in megabytes; of another, such as Java, nothing."""
    try:
        if "python" not in os.readlink(f"/proc/{pid}/exe"):
            return None
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1000
    except OSError:
        pass
    return None


# --- what came out -----------------------------------------------------------------------------------------------


def results(out: Path, restored: str) -> dict[int, tuple[Any, ...]]:
    """Document → all that despin said of it, and a digest of its text restored."""
    import pyarrow.parquet as pq

    names = ["id", "spun", *(f"despin_{name}" for name in COLUMNS), restored]
    found: dict[int, tuple[Any, ...]] = {}
    paths = sorted(path for path in out.rglob("*.parquet") if not path.name.startswith(("_", ".")))
    for path in paths:
        for row in pq.read_table(path, columns=names).to_pylist():
            if row["id"] in found:
                raise RuntimeError(f"{out}: document {row['id']} is there twice")
            digest = hashlib.blake2b(row[restored].encode("utf-8", "surrogatepass"), digest_size=16).digest()
            found[row["id"]] = (*(row[name] for name in names[:-1]), digest)
    return found


def judged(found: dict[int, tuple[Any, ...]]) -> dict[str, Any]:
    """Precision and recall of the filter."""
    right = sum(row[1] and row[2] == "spun" for row in found.values())
    wrong = sum(not row[1] and row[2] == "spun" for row in found.values())
    there = sum(row[1] for row in found.values())
    return {
        "documents": len(found), "spun": there, "found": right, "false alarms": wrong,
        "precision": right / (right + wrong) if right + wrong else 1.0, "recall": right / there if there else 1.0,
    }  # fmt: skip


def differing(one: dict[int, tuple[Any, ...]], other: dict[int, tuple[Any, ...]]) -> int:
    """Documents of which the two say different things, or that only one has."""
    return sum(one.get(number) != other.get(number) for number in one.keys() | other.keys())


def tables(options: argparse.Namespace, folder: Path) -> Iterator[Table]:
    """Speed and memory of each engine, then what was found."""
    source = folder / "corpus"
    build(options.data, source, options.megabytes, options.share, options.rate, options.shards)
    pythons = dict(one.split("=", 1) for one in options.python)
    first: dict[int, tuple[Any, ...]] = {}
    rows, notes = [], []
    for engine in options.engine or ["datatrove"]:
        out = folder / f"out-{engine}-{os.getpid()}"
        python = pythons.get(engine, sys.executable)
        seconds, largest, together = measure(engine, python, source, out, options.workers)
        found = results(out, "text" if engine == "datatrove" else "despin_restored")
        row: dict[str, Any] = {
            "engine": engine, "seconds": seconds, "documents/s": len(found) / seconds,
            "MB/s": options.megabytes / seconds, "largest process, MB": largest, "all processes, MB": together,
        }  # fmt: skip
        if engine == "datatrove":
            row |= _shares(out, options.megabytes)
        if first:
            row["differing documents"] = differing(first, found)
        rows.append(row)
        first = first or found
    title = f"{options.megabytes:g} MB of text in {options.shards} files, {options.workers} workers"
    notes.append("shares are of the workers' time, in despin and in the rest of the pipeline; start and end left out,")
    notes.append("MB/CPU second is of their processor time, whatever else the machine was doing")
    yield Table("engines", title, rows, notes)
    yield Table("filter", f"The filter; {options.share:.0%} spun at rate {options.rate:g}", [judged(first)])


def _shares(out: Path, size: float) -> dict[str, float]:
    spent = [json.loads(path.read_text())["seconds"] for path in sorted((out / "_despin" / "shards").glob("*.json"))]
    wall, inside, busy = (sum(one[name] for one in spent) for name in ("wall", "despin", "cpu"))
    return {"in despin": inside / wall, "in the engine": 1 - inside / wall, "MB/CPU second": size / busy}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0, or 2 where it could not run."""
    parser = argparse.ArgumentParser(description="A corpus through the engines. Prints tables.")
    parser.add_argument("--megabytes", type=float, default=50, help="of text, UTF-8 (default: %(default)s)")
    parser.add_argument("--share", type=float, default=0.01, help="of the documents that are spun")
    parser.add_argument("--rate", type=float, default=1.0, help="spin rate of those")
    parser.add_argument("--shards", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--engine", action="append", choices=ENGINES, help="may be repeated (default: datatrove)")
    parser.add_argument("--python", action="append", default=[], metavar="ENGINE=FILE", help="runs that engine")
    parser.add_argument("--folder", type=Path, help="keep corpus and output here (default: a folder that is removed)")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of the tables")
    parser.add_argument("--data", type=Path, default=data.DATA, help="folder with the texts (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="despin-") as temporary:
            show(tables(options, options.folder or Path(temporary)), options.json)
    except (OSError, ValueError, RuntimeError, ImportError) as problem:
        print(f"corpus: {problem}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _, _, name, source_, out_, workers_ = sys.argv
        {"datatrove": run_datatrove, "spark": run_spark, "ray": run_ray}[name](source_, out_, int(workers_))
        sys.exit(0)
    sys.exit(main())
