"""What happens when something breaks: each fault injected several times, and a table of what came of it.

Usage: python benchmarks/faults.py [TIMES]

A run passes if no input is lost (each file is as it was, or whole and restored), if standard error has sentences and no
traceback, and if the exit code says that something went wrong. Start reading from `FAULTS`; tests/test_faults.py runs
each of them once.
"""

from __future__ import annotations

import gzip
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
ARTICLE = (
    "In a brand new video, the band work collectively on a music for the following season. After the lengthy tour, the "
    "singer appears drained, however she goes on to joke in regards to the rain. They usually follow at evening, as a "
    "result of the road is just too noisy.\n"
)
FILES = 12
COMMAND = "import sys; from despin.cli import main; sys.exit(main())"


class Skipped(Exception):
    """This fault cannot be made here."""


@dataclass
class Outcome:
    """What came of one run."""

    lost: int = 0
    """Files that are neither as they were nor restored."""
    left: int = 0
    """Temporary files that were left behind."""
    tracebacks: int = 0
    codes: list[int] = field(default_factory=list)
    said: str = ""


def _environment(source: Path | None = None) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(source or ROOT / "src"), "PYTHONUNBUFFERED": "1"}


def _start(
    folder: Path, *arguments: str, code: str = COMMAND, source: Path | None = None, **more: object
) -> subprocess.Popen[bytes]:
    # A job in the background of a script is started with SIGINT ignored, and would hand that on.
    options = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.PIPE,
        "preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    } | more
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, cwd=folder, env=_environment(source), **options)  # type: ignore[call-overload,no-any-return]


def _finish(process: subprocess.Popen[bytes], outcome: Outcome) -> None:
    talk = (process.communicate(timeout=300)[1] or b"").decode(errors="replace")
    outcome.codes.append(process.returncode)
    outcome.tracebacks += "Traceback" in talk
    lines = [line for line in talk.splitlines() if line.startswith("despin:")]
    outcome.said = lines[0] if lines else outcome.said


def _texts(number: int) -> str:
    return f"{ARTICLE}This is page {number} of {FILES}.\n" * 3


def _fill(folder: Path) -> None:
    for number in range(FILES):
        (folder / f"{number}.txt").write_text(_texts(number))


_RESTORED: dict[int, str] = {}


def _restored(number: int) -> str:
    if number not in _RESTORED:
        sys.path.insert(0, str(ROOT / "src"))
        import despin

        _RESTORED[number] = despin.restore(_texts(number))
    return _RESTORED[number]


def _count_losses(folder: Path, outcome: Outcome, *, gone: int = 0) -> None:
    names = {path.name for path in folder.iterdir()}
    outcome.left += sum(name.startswith(".despin-") for name in names)
    present = 0
    for number in range(FILES):
        path = folder / f"{number}.txt"
        if path.exists():
            present += 1
            outcome.lost += path.read_text() not in (_texts(number), _restored(number))
    outcome.lost += max(FILES - gone - present, 0)


@contextmanager
def _mounted(folder: Path, *options: str) -> Iterator[None]:
    done = subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)], capture_output=True)
    if done.returncode:
        raise Skipped("needs the right to mount")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


# --- the faults: each takes an empty folder and a random number generator -----------------------------------------


def full_disk(folder: Path, chance: random.Random) -> Outcome:
    """A disk without room for one more file."""
    outcome = Outcome()
    with _mounted(folder, "-o", "size=64k"):
        _fill(folder)
        with open(folder / "ballast", "wb") as file:
            try:
                while True:
                    file.write(b"x" * 512)
                    file.flush()
            except OSError:
                pass
            finally:
                with suppress(OSError):
                    file.close()
        _finish(_start(folder, "--write", "."), outcome)
        _count_losses(folder, outcome)
    return outcome


def no_room_for_a_file(folder: Path, chance: random.Random) -> Outcome:
    """The system refuses to let a file grow (a quota, say)."""
    outcome = Outcome()
    _fill(folder)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    _finish(_start(folder, "--write", ".", preexec_fn=limit), outcome)
    _count_losses(folder, outcome)
    return outcome


def full_output(folder: Path, chance: random.Random) -> Outcome:
    """Standard output goes to a full disk."""
    if not os.path.exists("/dev/full"):
        raise Skipped("needs /dev/full")
    outcome = Outcome()
    _fill(folder)
    with open("/dev/full", "wb") as full:
        _finish(_start(folder, "--check", "--format", "json", ".", stdout=full), outcome)
    _count_losses(folder, outcome)
    return outcome


def read_only_folder(folder: Path, chance: random.Random) -> Outcome:
    """A folder in which nothing may be written."""
    outcome = Outcome()
    if os.getuid():
        _fill(folder)
        folder.chmod(0o555)
        try:
            _finish(_start(folder, "--write", "."), outcome)
        finally:
            folder.chmod(0o755)
        _count_losses(folder, outcome)
        return outcome
    with _mounted(folder):
        _fill(folder)
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        _finish(_start(folder, "--write", "."), outcome)
        _count_losses(folder, outcome)
    return outcome


_BEFORE_WRITING = """
import sys, os
from despin import cli
from despin.cli.modes import texts
original = texts.put_back
def replace(source, text):
    path = source.name
    if os.path.basename(path) == "3.txt":
        {act}
    original(source, text)
texts.put_back = replace
sys.exit(cli.main())
"""


def vanishing_file(folder: Path, chance: random.Random) -> Outcome:
    """A file is removed after it was read."""
    outcome = Outcome()
    _fill(folder)
    _finish(_start(folder, "--write", ".", code=_BEFORE_WRITING.format(act="os.unlink(path)")), outcome)
    _count_losses(folder, outcome, gone=1)
    outcome.lost += (folder / "3.txt").exists()
    return outcome


def changing_file(folder: Path, chance: random.Random) -> Outcome:
    """A file gets another content after it was read: of the same length, and with the old time of change."""
    outcome = Outcome()
    _fill(folder)
    theirs = "Somebody else's words. " * 99
    theirs = theirs[: len(_texts(3))].ljust(len(_texts(3)))
    act = f"t = os.stat(path).st_mtime_ns; open(path, 'w').write({theirs!r}); os.utime(path, ns=(t, t))"
    _finish(_start(folder, "--write", ".", code=_BEFORE_WRITING.format(act=act)), outcome)
    outcome.lost += (folder / "3.txt").read_text() != theirs
    (folder / "3.txt").write_text(_texts(3))
    _count_losses(folder, outcome)
    return outcome


def broken_pipe(folder: Path, chance: random.Random) -> Outcome:
    """The reader of standard output goes away."""
    outcome = Outcome()
    _fill(folder)
    (folder / "big.txt").write_text("Glomb vrint.\n" * 30_000)
    process = _start(folder, "big.txt", stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.read(1)
    process.stdout.close()
    process.stdout = None
    _finish(process, outcome)
    _count_losses(folder, outcome)
    return outcome


def _stopped(folder: Path, chance: random.Random, sign: int) -> Outcome:
    outcome = Outcome()
    _fill(folder)
    process = _start(folder, "--write", *[f"{number}.txt" for number in range(FILES)])
    assert process.stderr
    # The first words on stderr say that the first file was written; some time after that is in the middle.
    process.stderr.read(1)
    time.sleep(chance.random() * 0.03)
    process.send_signal(sign)
    _finish(process, outcome)
    _count_losses(folder, outcome)
    return outcome


def interrupted(folder: Path, chance: random.Random) -> Outcome:
    """Ctrl-C while files are being written."""
    return _stopped(folder, chance, signal.SIGINT)


def terminated(folder: Path, chance: random.Random) -> Outcome:
    """SIGTERM while files are being written."""
    return _stopped(folder, chance, signal.SIGTERM)


def killed(folder: Path, chance: random.Random) -> Outcome:
    """SIGKILL while files are being written."""
    return _stopped(folder, chance, signal.SIGKILL)


def interrupted_early(folder: Path, chance: random.Random) -> Outcome:
    """Ctrl-C at any time, while the program is being loaded too."""
    outcome = Outcome()
    _fill(folder)
    process = _start(folder, "--write", ".")
    time.sleep(0.3 + chance.random())
    process.send_signal(signal.SIGINT)
    _finish(process, outcome)
    _count_losses(folder, outcome)
    return outcome


def concurrent_runs(folder: Path, chance: random.Random) -> Outcome:
    """Four runs write the same folder at once."""
    outcome = Outcome()
    _fill(folder)
    processes = [_start(folder, "--write", ".") for _ in range(4)]
    for process in processes:
        _finish(process, outcome)
    _count_losses(folder, outcome)
    for number in range(FILES):
        outcome.lost += (folder / f"{number}.txt").read_text() != _restored(number)
    return outcome


def _with_data(folder: Path, name: str, damage: Callable[[bytearray], bytes]) -> Outcome:
    """A run with a copy of the program whose data file `name` was damaged."""
    outcome = Outcome()
    package = folder / "src" / "despin"
    shutil.copytree(ROOT / "src" / "despin", package)
    home = package / "dictionaries" / "en"
    home.mkdir(parents=True)
    for path in (ROOT / "dictionaries" / "en").iterdir():
        (home / path.name).symlink_to(path)
    (home / name).unlink()
    (home / name).write_bytes(damage(bytearray((ROOT / "dictionaries" / "en" / name).read_bytes())))
    texts = folder / "texts"
    texts.mkdir()
    _fill(texts)
    _finish(_start(texts, "--write", ".", source=folder / "src"), outcome)
    for number in range(FILES):
        # Damaged weights may restore other words, figures too, but whole files.
        outcome.lost += f" of {FILES}.\n" not in (texts / f"{number}.txt").read_text()
    outcome.left += sum(path.name.startswith(".despin-") for path in texts.iterdir())
    return outcome


def _cut(chance: random.Random) -> Callable[[bytearray], bytes]:
    return lambda data: bytes(data[: chance.randrange(len(data))])


def _flip(chance: random.Random, within: int) -> Callable[[bytearray], bytes]:
    def damage(data: bytearray) -> bytes:
        data[chance.randrange(min(len(data), within))] ^= 1 << chance.randrange(8)
        return bytes(data)

    return damage


def truncated_model(folder: Path, chance: random.Random) -> Outcome:
    """The language model was cut off."""
    return _with_data(folder, "model.ngrams", _cut(chance))


def damaged_header_of_the_model(folder: Path, chance: random.Random) -> Outcome:
    """A bit of the language model's header was flipped."""
    return _with_data(folder, "model.ngrams", _flip(chance, 600))


def damaged_model(folder: Path, chance: random.Random) -> Outcome:
    """A bit of the language model was flipped."""
    return _with_data(folder, "model.ngrams", _flip(chance, 1 << 60))


def truncated_evidence(folder: Path, chance: random.Random) -> Outcome:
    """The file of weights was cut off."""
    return _with_data(folder, "evidence.npz", _cut(chance))


def damaged_evidence(folder: Path, chance: random.Random) -> Outcome:
    """A bit of the file of weights was flipped."""
    return _with_data(folder, "evidence.npz", _flip(chance, 1 << 60))


def truncated_dictionary(folder: Path, chance: random.Random) -> Outcome:
    """The dictionary was cut off."""
    return _with_data(folder, "web.tsv", _cut(chance))


def truncated_input(folder: Path, chance: random.Random) -> Outcome:
    """A compressed input was cut off."""
    outcome = Outcome()
    _fill(folder)
    data = gzip.compress(_texts(0).encode() * 9)
    cut = data[: chance.randrange(10, len(data))]
    (folder / "cut.txt.gz").write_bytes(cut)
    _finish(_start(folder, "--write", "."), outcome)
    outcome.lost += (folder / "cut.txt.gz").read_bytes() != cut
    _count_losses(folder, outcome)
    return outcome


#: The faults, and the exit codes that are right.
FAULTS: dict[Callable[[Path, random.Random], Outcome], tuple[int, ...]] = {
    full_disk: (2,),
    no_room_for_a_file: (2,),
    full_output: (2,),
    read_only_folder: (2,),
    vanishing_file: (2,),
    changing_file: (2,),
    broken_pipe: (2,),
    interrupted: (130, 0),
    interrupted_early: (130, 0),
    terminated: (-15, 0),
    killed: (-9, 0),
    concurrent_runs: (0, 2),
    truncated_model: (2,),
    damaged_header_of_the_model: (0, 2),
    damaged_model: (0, 2),
    truncated_evidence: (2,),
    damaged_evidence: (0, 2),
    truncated_dictionary: (0, 2),
    truncated_input: (2,),
}


def inject(fault: Callable[[Path, random.Random], Outcome], seed: int) -> Outcome:
    """One run of `fault` in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="despin-fault-") as name:
        return fault(Path(name), random.Random(seed))


def main() -> None:
    """Print the table."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print("| fault | runs | exit codes | lost | temporary files left | tracebacks | what it says |")
    print("|---|---|---|---|---|---|---|")
    failed = 0
    for fault, right in FAULTS.items():
        told = (fault.__doc__ or "").rstrip(".")
        try:
            outcomes = [inject(fault, seed) for seed in range(times)]
        except Skipped as why:
            print(f"| {told} | 0 | {why} | | | | |")
            continue
        codes = Counter(code for outcome in outcomes for code in outcome.codes)
        lost, left = sum(o.lost for o in outcomes), sum(o.left for o in outcomes)
        tracebacks = sum(o.tracebacks for o in outcomes)
        failed += bool(lost or tracebacks or set(codes) - set(right))
        shown = ", ".join(f"{code} ({n}x)" for code, n in sorted(codes.items()))
        said = next((o.said for o in outcomes if o.said), "").replace("|", "\\|").replace(tempfile.gettempdir(), "…")
        print(f"| {told} | {times} | {shown} | {lost} | {left} | {tracebacks} | {said[:150]} |", flush=True)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
