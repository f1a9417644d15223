"""What a run exits with when something goes wrong around it, or in it: never with 1, which is a verdict."""

import json
import os
import subprocess
import sys

import pytest

from despin import cli, pipeline
from despin.corpus.job import cli as corpus
from despin.learn import cli as learn
from despin.util import fault

COMMAND = [sys.executable, "-m", "despin"]
SPUN = (
    "In a brand new video, the band work collectively on a music for the following season. After the lengthy tour, the "
    "singer appears drained, however she goes on to joke in regards to the rain.\n"
)
CLOSED = "standard input is closed, so there is nothing to read"
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")


def shell(folder, arguments, redirection=""):
    script = f'"$@" {redirection}'
    return subprocess.run(
        ["sh", "-c", script, "sh", *COMMAND, *arguments], cwd=folder, capture_output=True, timeout=120
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.txt").write_text(SPUN)
    (tmp_path / "b.txt").write_text(SPUN)
    (tmp_path / "r.jsonl").write_text(json.dumps({"text": SPUN}) + "\n")
    return tmp_path


@POSIX
@pytest.mark.parametrize(
    "arguments",
    [["-"], ["--check", "-"], ["--diff", "-"], ["--jsonl", "text", "-"], ["--check", "a.txt", "-"]],
    ids=str,
)
def test_standard_input_is_closed(folder, arguments):
    done = shell(folder, arguments, "<&-")
    assert done.returncode == 2
    assert f"despin: <stdin>: {CLOSED}\n" in done.stderr.decode()


@POSIX
def test_standard_input_is_closed_and_json_was_asked_for(folder):
    done = shell(folder, ["--check", "--format", "json", "-"], "<&-")
    assert done.returncode == 2
    assert json.loads(done.stdout)["errors"] == [{"path": "<stdin>", "message": CLOSED}]


@POSIX
def test_a_table_from_standard_input_that_is_closed(folder):
    pytest.importorskip("pyarrow")
    done = shell(folder, ["--column", "text", "-"], "<&-")
    assert (done.returncode, CLOSED in done.stderr.decode()) == (2, True)


@POSIX
@pytest.mark.parametrize(
    "arguments",
    [
        ["a.txt"], ["--check", "a.txt"], ["--check", "--jobs", "2", "a.txt", "b.txt"], ["--diff", "a.txt"],
        ["--jsonl", "text", "r.jsonl"], ["--show-config"], ["--show-files"], ["--lookup", "bosom peril"], ["--version"],
        ["--help"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_standard_output_is_closed_or_full(folder, arguments):
    for redirection in (">&-", *([">/dev/full"] if os.path.exists("/dev/full") else [])):
        done = shell(folder, arguments, redirection)
        reason = "standard output is closed" if redirection == ">&-" else "no space left on device"
        assert done.returncode == 2
        assert done.stderr.decode().endswith(f"despin: the output cannot be written: {reason}\n")


@POSIX
def test_who_says_nothing_on_standard_output_needs_none(folder):
    assert shell(folder, ["--write", "a.txt"], ">&-").returncode == 0
    assert (folder / "a.txt").read_text() != SPUN


@POSIX
@pytest.mark.parametrize("redirection", ["2>&-", "2>&- <&-", "2>/dev/full"])
def test_standard_error_is_closed_or_full(folder, redirection):
    spoken = shell(folder, ["--check", "a.txt"])
    done = shell(folder, ["--check", "a.txt"], redirection)
    assert (done.returncode, done.stdout) == (1, spoken.stdout)


@POSIX
def test_a_reader_that_has_seen_enough_is_told_nothing(folder):
    for number in range(300):
        (folder / f"{number}.txt").write_text(SPUN)
    done = shell(folder, ["--check", "--quiet", "."], "| head -n 1")
    assert (done.stdout.count(b"\n"), done.stderr) == (1, b"")


# --- a fault of our own -------------------------------------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("a wheel came off")

    monkeypatch.setattr(pipeline, "find_many", broken)


@pytest.mark.parametrize("mode", [[], ["--check"], ["--diff"], ["--write"]], ids=str)
def test_a_fault_of_our_own_is_no_verdict(broken, folder, monkeypatch, capsys, mode):
    monkeypatch.chdir(folder)
    assert cli.main([*mode, "a.txt"]) == fault.EXIT == 70
    said = capsys.readouterr().err
    assert said.startswith("despin: this is a fault in despin ")
    assert "ZeroDivisionError: a wheel came off (cli/checking.py:" in said
    assert "please report it" in said
    assert said.count("\n") == 1
    assert (folder / "a.txt").read_text() == SPUN


def test_a_fault_of_our_own_in_json(broken, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    assert cli.main(["--check", "--format", "json", "a.txt"]) == 70
    [error] = json.loads(capsys.readouterr().out)["errors"]
    assert "ZeroDivisionError" in error["message"]


def test_the_traceback_can_be_had(broken, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DESPIN_TRACEBACK", "1")
    assert cli.main(["--check", "a.txt"]) == 70
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_a_fault_in_a_worker_is_one_of_the_run():
    from despin import Config
    from despin.cli import workers

    pool = workers._Pool(1)
    with pytest.raises(fault.Relayed, match=r"TypeError: .* \(\w+/\w+\.py:\d+\)"):
        list(pool.run([(Config(), ["one", "two"])], lambda item: 17))  # no text


def test_no_memory_is_a_sentence(folder, monkeypatch, capsys):
    def broken(*_):
        raise MemoryError

    monkeypatch.setattr(pipeline, "find_many", broken)
    monkeypatch.chdir(folder)
    assert cli.main(["--check", "a.txt"]) == 2
    assert "despin: there is not enough memory" in capsys.readouterr().err


def test_faults_of_the_learner_and_of_the_corpus_command(monkeypatch, capsys):
    def broken(*_):
        raise ZeroDivisionError("a wheel came off")

    monkeypatch.setattr(learn.dictionary, "read_pairs", broken)
    monkeypatch.setattr(corpus, "_run", broken)
    assert learn.main(["dictionary", "pairs.jsonl", "-o", "x.tsv"]) == 70
    assert corpus.main(["in", "out"]) == 70
    said = capsys.readouterr().err
    assert said.startswith("despin-learn: this is a fault in despin")
    assert "\ndespin-corpus: this is a fault in despin" in said
