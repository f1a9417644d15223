"""Kill `despin --write` at random moments, and look at every file: each has to be the old one or the new one, whole.

    python benchmarks/kill_write.py [--files 200] [--kills 50] [--jobs 1] [--seed 1]

Each round puts spun texts into a folder, starts the command, and sends it SIGKILL at a moment drawn evenly from the
time in which it writes. Prints a table; exits with 1 if a file was lost or half-written.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

COMMAND = [sys.executable, "-c", "import sys; from despin.cli import main; sys.exit(main())"]
SPUN = (
    "In a brand new video, the band work collectively on a music for the following season. After the lengthy tour, the "
    "singer appears drained, however she goes on to joke in regards to the rain. They usually follow at evening, as a "
    "result of the road is just too noisy.\r\n"
)


def texts(files: int) -> dict[str, bytes]:
    """So many spun texts, all different, some with a byte order mark, some long enough to be written in pieces."""
    return {
        f"{number:04}.txt": (b"\xef\xbb\xbf" * (number % 3 == 0))
        + (f"Number {number}.\n" + SPUN * (1 + 19 * (number % 20 == 0))).encode()
        for number in range(files)
    }


def fill(folder: Path, old: dict[str, bytes]) -> None:
    """Make `folder` hold the old files, and nothing else."""
    for path in folder.iterdir():
        path.unlink()
    for name, content in old.items():
        (folder / name).write_bytes(content)


def start(folder: Path, jobs: int) -> subprocess.Popen[bytes]:
    """The command, at work on `folder`."""
    arguments = ["--write", "--quiet", "--isolated", "--jobs", str(jobs), str(folder)]
    return subprocess.Popen(
        [*COMMAND, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def first_write(folder: Path, before: int) -> float:
    """When the folder first changed (the monotonic clock, seconds)."""
    limit = time.monotonic() + 120
    while folder.stat().st_mtime_ns == before and time.monotonic() < limit:
        time.sleep(0.0005)
    return time.monotonic()


def undisturbed(folder: Path, old: dict[str, bytes], jobs: int) -> tuple[dict[str, bytes], float]:
    """What the command makes of the files, and how long it writes (seconds)."""
    fill(folder, old)
    before = folder.stat().st_mtime_ns
    process = start(folder, jobs)
    began = first_write(folder, before)
    process.wait()
    return {path.name: path.read_bytes() for path in folder.iterdir()}, time.monotonic() - began


def kill(folder: Path, old: dict[str, bytes], new: dict[str, bytes], delay: float, jobs: int) -> Counter[str]:
    """One round: how many files are old, new, lost, broken, and left over."""
    fill(folder, old)
    before = folder.stat().st_mtime_ns
    process = start(folder, jobs)
    first_write(folder, before)
    time.sleep(delay)
    os.kill(process.pid, signal.SIGKILL)
    found: Counter[str] = Counter({"ended before": int(process.wait() != -signal.SIGKILL)})
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name in old:
        if name not in after:
            found["lost"] += 1
        elif after[name] == new[name]:
            found["new"] += 1
        else:
            found["old" if after[name] == old[name] else "broken"] += 1
    found["left over"] = len(after.keys() - old.keys())
    return found


def run(files: int, kills: int, jobs: int = 1, seed: int = 1, report: bool = False) -> Counter[str]:
    """All rounds; what came of them, added up."""
    chance = random.Random(seed)
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder, old = Path(name), texts(files)
        new, took = undisturbed(folder, old, jobs)
        if not all(old[name] != new.get(name) for name in old):
            raise SystemExit("an undisturbed run does not change every file: there is nothing to test")
        for number in range(1, kills + 1):
            delay = chance.uniform(0, took)
            found = kill(folder, old, new, delay, jobs)
            total += found
            total["stopped half-way"] += 0 < found["new"] < files
            if report:
                print(
                    f"{number:4}  after {1000 * delay:6.1f} ms  {found['old']:5} old  {found['new']:5} new", flush=True
                )
    return total


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Kill despin --write at random moments, and look at every file.")
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    total = run(options.files, options.kills, options.jobs, options.seed, report=True)
    print(f"{options.kills} kills, {options.files} files each:")
    for what in ("old", "new", "lost", "broken", "left over", "stopped half-way", "ended before"):
        print(f"  {what:<18} {total[what]:6}")
    return 1 if total["lost"] or total["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
