"""`despin-corpus`: what comes out of a corpus, and that nothing is lost or doubled whatever happens."""

import datetime
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest

import despin

pytest.importorskip("datatrove")
pa = pytest.importorskip("pyarrow")
zstandard = pytest.importorskip("zstandard")
pytestmark = pytest.mark.filterwarnings("default")  # what engines warn of is theirs

import kill_corpus  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

from despin.corpus.job.cli import main  # noqa: E402
from despin.corpus.job.shards import CorpusError, Place, Shard, in_order  # noqa: E402

FIXTURES = Path(__file__).parents[1] / "fixtures"
SPUN = (FIXTURES / "spun" / "behind-the-scenes.txt").read_text(encoding="utf-8")
CLEAN = [path.read_text(encoding="utf-8") for path in sorted((FIXTURES / "clean").glob("*.txt"))]
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
LINUX = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks into /proc")
WHICH = [0, 5]  # the spun ones of the rows
TEXTS = [SPUN, CLEAN[0], "", CLEAN[1], None, SPUN, CLEAN[2]]
# A number that no float has, a key twice, an escape that need not be one: what must go through as it is.
ODD = '{"n": 0.1000000000000000055, "n": 12345678901234567890, "e": "\\u00e9", "text": %s, "url": "http://a.org/%d"}'


def table() -> pa.Table:
    days = [datetime.datetime(2020, 1, 1 + n) for n in range(len(TEXTS))]
    return pa.table(
        {
            "text": pa.array(TEXTS, pa.large_string()),
            "id": pa.array(range(len(TEXTS)), pa.uint8()),
            "day": pa.array(days, pa.timestamp("ms", "UTC")),
            "price": pa.array([Decimal("1.10")] * len(TEXTS), pa.decimal128(9, 2)),
            "nested": [[{"a": n}] for n in range(len(TEXTS))],
            "url": pa.array([f"https://h{n % 2}.org/{n}" for n in range(len(TEXTS))]).dictionary_encode(),
        }
    )


def lines() -> list[str]:
    return [ODD % (json.dumps(text), number) for number, text in enumerate(TEXTS)]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    source = tmp_path / "in"
    (source / "deep").mkdir(parents=True)
    pq.write_table(table(), source / "a.parquet", compression="gzip")
    data = "".join(f"{line}\n" for line in lines()).encode()
    (source / "b.jsonl").write_bytes(data)
    (source / "deep" / "c.ndjson.gz").write_bytes(gzip.compress(data))
    # Two frames, as tools that append write them.
    (source / "deep" / "d.jsonl.zst").write_bytes(zstandard.compress(data[:999]) + zstandard.compress(data[999:]))
    (source / "_hidden.jsonl").write_text("no corpus\n")
    (source / "notes.txt").write_text("no corpus either\n")
    return source


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def rows(folder: Path, name: str) -> list[dict]:
    path = folder / name
    if not path.exists():
        return []
    data = path.read_bytes()
    if name.endswith(".parquet"):
        return pq.read_table(path).to_pylist()
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    if name.endswith(".zst"):
        data = zstandard.ZstdDecompressor().stream_reader(data).read()
    return [json.loads(line) for line in data.decode().splitlines()]


NAMES = ["a.parquet", "b.jsonl", "deep/c.ndjson.gz", "deep/d.jsonl.zst"]


def said(row: dict, name: str) -> object:
    return row["despin"].get(name) if "despin" in row else row[f"despin_{name}"]


def test_mark(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(corpus, out, "--workers", 2, "--url-column", "url") == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "28 documents in 4 files" in told.err
    assert "likely spun: 8 of 20 = 40 % (95 % interval 21.9 % to 61.3 %)" in told.err
    assert f"report: {out}/_despin/report.html" in told.err
    for name in NAMES:
        made = rows(out, name)
        assert [row["text"] for row in made] == TEXTS
        assert [n for n, row in enumerate(made) if said(row, "verdict") == "spun"] == WHICH
        assert [n for n, row in enumerate(made) if said(row, "verdict") is None] == [2, 4]
        assert said(made[0], "probability") == round(despin.check(SPUN).verdict.probability, 4)
    # Everything else goes through as it was.
    before, after = table(), pq.read_table(out / "a.parquet")
    assert after.select(before.column_names).cast(before.schema).equals(before)
    assert after.schema.field("price").type == before.schema.field("price").type
    assert pq.ParquetFile(out / "a.parquet").metadata.row_group(0).column(0).compression == "GZIP"
    for line, raw in zip((out / "b.jsonl").read_text(encoding="utf-8").splitlines(), lines(), strict=True):
        assert line.startswith(raw[:-1])
    assert sorted(path.name for path in out.iterdir()) == ["_despin", "a.parquet", "b.jsonl", "deep"]
    report = json.loads((out / "_despin" / "report.json").read_text())
    assert report["verdicts"] == {"clean": 12, "empty": 8, "spun": 8}
    assert {host["host"] for host in report["hosts"]} == {"a.org", "h0.org", "h1.org"}
    assert (out / "_despin" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_drop(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(corpus, out, "--workers", 1, "--mode", "drop", "--quiet") == 0
    for name in NAMES:
        kept, dropped = rows(out, name), rows(out / "_excluded", name)
        assert [row["text"] for row in kept] == [text for n, text in enumerate(TEXTS) if n not in WHICH]
        assert [row["text"] for row in dropped] == [SPUN, SPUN]
        assert {said(row, "verdict") for row in dropped} == {"spun"}


def test_restore(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(corpus, out, "--workers", 2, "--mode", "restore", "--quiet") == 0
    restored = despin.restore(SPUN)
    for name in NAMES:
        made = rows(out, name)
        assert [row["text"] for row in made] == [restored if text == SPUN else text for text in TEXTS]
        assert [said(row, "original") for row in made] == [text if text == SPUN else None for text in TEXTS]
    assert pq.read_schema(out / "a.parquet").field("text").type == pa.large_string()


def test_a_probability_nobody_reaches_drops_nothing(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(corpus / "b.jsonl", out, "--mode", "drop", "--max-probability", 1, "--workers", 1, "--quiet") == 0
    assert [row["text"] for row in rows(out, "b.jsonl")] == TEXTS
    assert not (out / "_excluded").exists()


def test_bad_lines_are_told_and_kept_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "One."}\n{"broken\n{"text": 7}\n{"text": "Two."}\n{"other": "x"}\n')
    assert run(source, tmp_path / "marked", "--workers", 1) == 2
    talk = capsys.readouterr().err
    assert "despin-corpus: in.jsonl: line 2 is not a JSON object" in talk
    assert "despin-corpus: in.jsonl: line 5 has no field 'text'; it has: other" in talk
    assert "could not be used: 3" in talk
    made = rows(tmp_path / "marked", "in.jsonl")
    assert ["error" in row["despin"] for row in made] == [False, True, True, False, True]
    assert run(source, tmp_path / "clean", "--workers", 1, "--mode", "drop", "--quiet") == 2
    assert [row["text"] for row in rows(tmp_path / "clean", "in.jsonl")] == ["One.", "Two."]
    assert len(rows(tmp_path / "clean" / "_excluded", "in.jsonl")) == 3


def test_a_broken_file_does_not_cost_the_others(
    corpus: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (corpus / "bad.parquet").write_bytes(b"PAR1 and then nothing")
    data = (corpus / "deep" / "c.ndjson.gz").read_bytes()
    (corpus / "cut.jsonl.gz").write_bytes(data[: len(data) // 2])
    out = tmp_path / "out"
    assert run(corpus, out, "--workers", 2) == 2
    talk = capfd.readouterr().err
    assert "Traceback" not in talk
    assert "despin-corpus: bad.parquet: is no Parquet file, or is damaged" in talk
    assert "despin-corpus: cut.jsonl.gz: cannot be read to its end" in talk
    assert "2 of 6 files are not done; the same command tries again" in talk
    assert [bool(rows(out, name)) for name in NAMES] == [True] * 4
    assert not list(out.rglob("*.part"))
    assert not (out / "bad.parquet").exists()
    # What was wrong is mended, under the same size, and only that is done.
    before = (out / "a.parquet").stat().st_mtime_ns
    (corpus / "bad.parquet").unlink()
    assert run(corpus, out, "--workers", 2) == 2
    assert "bad.parquet is gone since this run was begun" in capfd.readouterr().err
    assert (out / "a.parquet").stat().st_mtime_ns == before


def test_a_run_goes_on(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(corpus, out, "--workers", 2, "--quiet") == 0
    before = kill_corpus.contents(out)
    times = {name: (out / name).stat().st_mtime_ns for name in NAMES}
    # As a kill would leave it: not marked as done, half a file beside it.
    (out / "_despin" / "completions" / "00001").unlink()
    (out / ".b.jsonl.0123abcd.part").write_text("half a li")
    assert run(corpus, out, "--workers", 2, "--quiet") == 0
    assert kill_corpus.contents(out) == before
    changed = [name for name in NAMES if (out / name).stat().st_mtime_ns != times[name]]
    assert changed == ["b.jsonl"]
    # Another choice would mix two corpora in one folder.
    assert run(corpus, out, "--mode", "drop", "--workers", 2) == 2
    assert "was begun with another mode (mark, not drop)" in capsys.readouterr().err
    # New files are taken in.
    (corpus / "0-new.jsonl").write_text('{"text": "New."}\n')
    assert run(corpus, out, "--workers", 1, "--quiet") == 0
    assert len(rows(out, "0-new.jsonl")) == 1
    assert (out / "b.jsonl").read_bytes() == before["b.jsonl"]


@LINUX
def test_killed_runs_end_as_one_that_was_not(tmp_path: Path) -> None:
    source = tmp_path / "in"
    kill_corpus.build(source, files=6, rows=60)
    subprocess.run(kill_corpus.command(source, tmp_path / "calm", "drop"), check=True)
    calm = kill_corpus.contents(tmp_path / "calm")
    killed, wrong = kill_corpus.disturb(source, tmp_path / "wild", calm, "drop", 4, 4.0, random.Random(3))
    assert sum(killed.values()) == 4
    assert not wrong


@pytest.mark.parametrize(("times", "done"), [(1, True), (3, True), (4, False)])
def test_a_worker_that_dies_is_replaced(tmp_path: Path, times: int, done: bool) -> None:
    from dying import Dying

    from despin.corpus.job.executor import PatientExecutor

    failed = PatientExecutor([Dying(str(tmp_path), times)], tasks=5, workers=2, logging_dir=str(tmp_path / "log")).run()
    assert "not today" in failed.pop(2)
    assert [rank for rank in range(5) if (tmp_path / f"done-{rank}").exists()] == ([0, 1, 3, 4] if done else [0, 3, 4])
    assert failed == ({} if done else {1: "its worker was killed again and again, perhaps for want of memory"})


@POSIX
def test_an_interruption(tmp_path: Path) -> None:
    source = tmp_path / "in"
    kill_corpus.build(source, files=6, rows=300)
    with subprocess.Popen(
        kill_corpus.command(source, tmp_path / "out", "mark"), stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        while process.poll() is None and not (tmp_path / "out" / "_despin" / "logs").exists():
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        talk = process.stderr.read().decode()
        assert (process.wait(timeout=60), talk) == (
            130,
            "despin-corpus: interrupted; the same command goes on from here\n",
        )
    assert not list((tmp_path / "out").glob("*.jsonl.part"))


@POSIX
def test_a_terminal_sees_how_far_it_is(corpus: Path, tmp_path: Path) -> None:
    import pty
    import termios

    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))  # on a terminal without a size a bar has no room
    line = [*kill_corpus.COMMAND, str(corpus), str(tmp_path / "out"), "--workers", "1"]
    end = b"the command has ended"  # systems differ in what can still be read of a terminal that was closed
    with subprocess.Popen(line, stderr=theirs) as process:
        threading.Thread(target=lambda: (process.wait(), os.write(theirs, end))).start()
        shown = b""
        while not shown.endswith(end):
            shown += os.read(ours, 10_000)
        assert process.wait() == 0
    os.close(theirs)
    os.close(ours)
    assert b"0 documents, 0/s" in shown
    assert b"28 documents, " in shown
    assert b"report: " in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere", "out"], "nowhere: there is no such file or folder"),
        (["in", "in/out"], "in/out: lies in the corpus"),
        (["in", "in"], "in: lies in the corpus"),
        (["in", "full"], "full: is not empty and holds no run of despin"),
        (["empty", "out"], "empty: holds no .parquet, .jsonl, .jsonl.gz"),
        (["in/notes.txt", "out"], "its name does not end in .parquet"),
        (["in", "out", "--field", "body"], "a.parquet: has no column 'body'; it has: text, id"),
        (["in", "out", "--field", "id"], "a.parquet: has a column 'id' of the type uint8, which is not text"),
        (["in", "out", "--url-column", "address"], "a.parquet: has no column 'address'"),
        (
            ["in/b.jsonl", "out", "--field", "body"],
            "b.jsonl: none of its first 7 lines can be used: line 1 has no field",
        ),
        (["in", "out", "--max-probability", "2"], "'2' is not a number between 0 and 1"),
        (["in", "out", "--workers", "0"], "'0' is not a whole number from 1 on"),
        (["in", "out", "--dictionary", "nowhere"], "there is no dictionary 'nowhere'"),
        (["in", "out", "--language", "xx"], "there is no data for the language 'xx'"),
        (["in", "out", "--executor", "slurm"], "--executor slurm needs --partition"),
        (["in", "out", "--memory", "4"], "--memory goes with --executor slurm or ray"),
        (["in", "out", "--url-column", "text"], "--url-column and --field are the same column"),
        (["in"], "the following arguments are required: OUT; see despin-corpus --help"),
        (["nosuch://x", "out"], "nosuch://x: cannot be used: Protocol not known"),
    ],
)
def test_what_cannot_be_done_is_told(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    arguments: list[str], told: str,
) -> None:  # fmt: skip
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    talk = capsys.readouterr().err
    assert told in talk
    assert talk.startswith("despin-corpus: ")
    assert talk.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_address_is_as_good_as_a_path(corpus: Path, tmp_path: Path) -> None:
    assert run(f"file://{corpus}/b.jsonl", f"file://{tmp_path}/out", "--workers", 1, "--quiet") == 0
    assert len(rows(tmp_path / "out", "b.jsonl")) == len(TEXTS)


# --- shards --------------------------------------------------------------------------------------------------------


def test_shards_keep_their_numbers() -> None:
    one, two, new = Shard("a", 1), Shard("b", 2), Shard("0", 3)
    assert in_order([one, two], [new, one, two]) == [one, two, new]
    with pytest.raises(CorpusError, match="b has changed since"):
        in_order([one, two], [one, Shard("b", 3)])


@pytest.mark.parametrize("address", ["memory://place", "{tmp}"])
def test_a_file_appears_whole_or_not_at_all(tmp_path: Path, address: str) -> None:
    place = Place(address.format(tmp=tmp_path))
    place.write_json("deep/a.json", {"is": "whole"})

    def fail() -> None:
        with place.writing("deep/a.json") as stream:
            stream.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert place.read_json("deep/a.json") == {"is": "whole"}
    assert [name for name in place.files.find(place.root) if ".part" in name] == []
    assert place.read_json("deep/b.json") is None


# --- other executors -------------------------------------------------------------------------------------------------

SBATCH = """#!/bin/bash
# A Slurm of one machine: runs the array at once, one task after the other.
for script; do :; done
cp "$script" "$FAKE_SLURM/job-$(ls "$FAKE_SLURM" | wc -l)"
tasks=$(sed -n 's/^#SBATCH --array=0-\\([0-9]*\\).*/\\1/p' "$script")
for task in $(seq 0 "${tasks:-0}"); do
  SLURM_ARRAY_TASK_ID=$task SLURM_NODELIST=here SLURM_JOB_ID=1 RUN_OFFSET=0 bash "$script" >> "$FAKE_SLURM.log" 2>&1
done
echo Submitted batch job 1
"""
SRUN = """#!/bin/bash
while [[ $1 == -* ]]; do [[ $1 == -n ]] && shift; shift; done
exec "$@"
"""


@POSIX
def test_slurm(corpus: Path, tmp_path: Path) -> None:
    tools, jobs = tmp_path / "tools", tmp_path / "jobs"
    tools.mkdir()
    jobs.mkdir()
    for name, script in (("sbatch", SBATCH), ("srun", SRUN), ("scontrol", "#!/bin/bash\necho here\n")):
        (tools / name).write_text(script)
        (tools / name).chmod(0o755)
    paths = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])
    env = os.environ | {"PATH": paths, "FAKE_SLURM": str(jobs)}
    line = [*kill_corpus.COMMAND, "in", "out", "--executor", "slurm", "--partition", "cpu", "--time", "1:00:00"]
    done = subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    log = jobs.with_suffix(".log")
    assert done.returncode == 0, (done.stderr, log.read_text() if log.exists() else "no log")
    assert "likely spun: 8 of 20" in done.stderr
    job = (jobs / "job-0").read_text()
    assert "#SBATCH --partition=cpu" in job
    assert "#SBATCH --array=0-3" in job
    assert [row["text"] for row in rows(tmp_path / "out", "a.parquet")] == TEXTS


def test_slurm_that_is_not_there(corpus: Path, tmp_path: Path) -> None:
    line = [*kill_corpus.COMMAND, "in", "out", "--executor", "slurm", "--partition", "cpu", "--time", "1:00:00"]
    env = os.environ | {"PATH": str(tmp_path)}
    done = subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "despin-corpus: Slurm is not here: there is no command 'sbatch'\n")


def test_ray(corpus: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    line = [*kill_corpus.COMMAND, "in", "out", "--executor", "ray", "--workers", "2", "--memory", "1"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "likely spun: 8 of 20" in done.stderr
    assert [row["text"] for row in rows(tmp_path / "out", "a.parquet")] == TEXTS
