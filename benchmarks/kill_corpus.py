"""Does a run of `despin-corpus` survive being killed? Kills workers and whole runs at random, and compares the output.

    python benchmarks/kill_corpus.py                       10 times, in a corpus of the project's own fixtures
    python benchmarks/kill_corpus.py --times 50 --mode restore

Every other time a worker is killed (SIGKILL) and the run must go on by itself; else the whole run is, with all its
processes, and started again. In the end every file must be that of a run that nobody disturbed, byte for byte, the
counts the same, and nothing else left. Linux only: workers are found in /proc.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from data import PROJECT

FIXTURES = PROJECT / "tests" / "fixtures"
COMMAND = (sys.executable, "-m", "despin.corpus.job.cli")


def build(source: Path, files: int, rows: int) -> None:
    """A corpus of the fixtures, again and again: Parquet, JSON Lines, and these compressed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = [path.read_text(encoding="utf-8") for path in sorted(FIXTURES.glob("clean/*.txt"))]
    texts.append((FIXTURES / "spun" / "behind-the-scenes.txt").read_text(encoding="utf-8"))
    source.mkdir(parents=True)
    for number in range(files):
        table = [
            {"id": f"{number}-{row}", "text": texts[(number + row) % len(texts)], "row": row} for row in range(rows)
        ]
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table).encode()
        if number % 3 == 0:
            pq.write_table(pa.Table.from_pylist(table), source / f"{number:03d}.parquet")
        elif number % 3 == 1:
            (source / f"{number:03d}.jsonl").write_bytes(lines)
        else:
            (source / f"{number:03d}.jsonl.gz").write_bytes(gzip.compress(lines))


def command(source: Path, out: Path, mode: str) -> list[str]:
    """The command line of a run."""
    return [*COMMAND, str(source), str(out), "--mode", mode, "--workers", "2", "--quiet"]


def disturb(
    source: Path, out: Path, calm: dict[str, bytes], mode: str, times: int, longest: float, chance: random.Random
) -> tuple[dict[str, int], list[str]]:
    """Kill `times` times; what was killed how often, and which files then differ from `calm`, that of a run nobody
    disturbed. A run that comes to its end first is compared, thrown away, and begun anew.

    Raises
    ------
    RuntimeError
        A run that nobody killed fails.
    """
    killed = {"worker": 0, "run": 0}
    wrong: set[str] = set()
    run: subprocess.Popen[bytes] | None = None
    while sum(killed.values()) < times:
        if run is None:
            run = subprocess.Popen(command(source, out, mode), start_new_session=True)
        with suppress(subprocess.TimeoutExpired):
            run.wait(chance.uniform(0.2, longest))
            wrong |= ended(run, out, calm)
            shutil.rmtree(out)
            run = None
            continue
        workers = _workers(run.pid)
        if sum(killed.values()) % 2 == 0 and workers:
            with suppress(ProcessLookupError):  # it has just done all it had to do
                os.kill(chance.choice(workers), signal.SIGKILL)
                killed["worker"] += 1
        else:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            run, killed["run"] = None, killed["run"] + 1
    run = run or subprocess.Popen(command(source, out, mode))
    run.wait()
    return killed, sorted(wrong | ended(run, out, calm))


def ended(run: subprocess.Popen[bytes], out: Path, calm: dict[str, bytes]) -> set[str]:
    """Files that differ. Raises `RuntimeError` if the run failed."""
    if run.returncode:
        raise RuntimeError(f"a run that was disturbed fails, with exit code {run.returncode}")
    other = contents(out)
    return {name for name in calm.keys() | other.keys() if calm.get(name) != other.get(name)}


def _workers(run: int) -> list[int]:
    """Processes that work for `run`: its children but for the one that keeps its books."""
    found = []
    for path in Path(f"/proc/{run}/task").glob("*/children"):
        with suppress(OSError):  # it has just ended
            for pid in path.read_text().split():
                if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(int(pid))
    return found


def contents(out: Path) -> dict[str, bytes]:
    """All that a run has made: file → bytes; of the counts, what does not depend on time and memory."""
    found = {}
    for path in sorted(out.rglob("*")):
        name = str(path.relative_to(out))
        if not path.is_file() or name.startswith(("_despin/logs", "_despin/stats", "_despin/report")):
            continue
        data = path.read_bytes()
        if name.startswith("_despin/shards"):
            counted = json.loads(data)
            del counted["seconds"], counted["peak_memory"]
            data = json.dumps(counted, sort_keys=True).encode()
        found[name] = data
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 if nothing was lost, 1 if something was, 2 if it could not run."""
    parser = argparse.ArgumentParser(description="Does a run of despin-corpus survive being killed?")
    parser.add_argument("--times", type=int, default=10, help="to kill")
    parser.add_argument("--mode", choices=("mark", "drop", "restore"), default="drop")
    parser.add_argument("--files", type=int, default=24)
    parser.add_argument("--rows", type=int, default=300, help="of a file")
    parser.add_argument("--longest", type=float, default=8.0, help="seconds between two kills")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="despin-") as temporary:
        source, calm, wild = (Path(temporary) / name for name in ("corpus", "calm", "wild"))
        build(source, options.files, options.rows)
        start = time.perf_counter()
        subprocess.run(command(source, calm, options.mode), check=True)
        print(f"undisturbed: {time.perf_counter() - start:.0f} s")
        chance = random.Random(options.seed)
        try:
            one = contents(calm)
            killed, wrong = disturb(source, wild, one, options.mode, options.times, options.longest, chance)
        except RuntimeError as problem:
            print(f"kill_corpus: {problem}", file=sys.stderr)
            return 1
    print("killed: " + ", ".join(f"{what} {times}" for what, times in killed.items()))
    print(f"{len(one)} files, {len(wrong)} different{': ' if wrong else ''}{', '.join(wrong[:10])}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
