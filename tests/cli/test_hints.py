"""The command that a check proposes does what was shown, when it is pasted; or none is proposed."""

import gzip
import os
import re
import shlex
import subprocess
import sys

import pytest

from despin.cli import main

SPUN = (
    "In a brand new video, the band work collectively on a music for the following season. After the lengthy tour, the "
    "singer appears drained, however she goes on to joke in regards to the rain.\n"
)
NAMES = [
    "a.txt", "my article.txt", "-draft.txt", "--.txt", "it's.txt", 'a "b".txt', "a$HOME.txt", "a;b.txt", "größe.txt",
    "#a.txt", "~a.txt", "sub/-b.txt", "*.txt",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    return tmp_path


def hint(capfd, *arguments):
    """What is proposed after `arguments`, as a person would copy it; None if nothing is."""
    main(["--check", *arguments])
    found = re.search(r"Restore with: (.*)\n", capfd.readouterr().err)
    return found and found[1]


def pasted(line):
    """Let a shell run `line`."""
    here = f'despin() {{ {shlex.quote(sys.executable)} -m despin "$@"; }}\n{line}'
    return subprocess.run(["sh", "-c", here], capture_output=True, text=True)


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_pasted(folder, capfd, name):
    (folder / name).write_text(SPUN)
    (folder / "other.txt").write_text(SPUN)
    done = pasted(hint(capfd, "--", name))
    assert done.returncode == 0, done.stderr
    assert (folder / name).read_text() != SPUN
    assert (folder / "other.txt").read_text() == SPUN


def test_a_name_that_cannot_be_typed_is_not_proposed(folder, capfd):
    for name in ("a\nb.txt", "a\x1b[31m.txt", "a\u202eb.txt", os.fsdecode(b"a\xff.txt")):
        (folder / name).write_text(SPUN)
        assert hint(capfd, name) is None
        os.unlink(name)


@pytest.mark.parametrize(
    "options",
    [
        ["--min-confidence", "0.9"], ["--max-probability", "0.4"], ["--dictionary", "web"],
        ["--dictionary", "web", "--dictionary", "my own.tsv"], ["--reference", "sub/clean.txt"],
        ["--allow", "a brand new"], ["--allow=-er"], ["--no-quotes"], ["--no-inline"], ["--isolated"],
        ["--config", "own.toml"], ["--type", "markdown"], ["--encoding", "utf-8"], ["--max-bytes", "1000000"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_it_restores_by_the_same_settings(folder, capfd, options):
    (folder / "sub" / "clean.txt").write_text("The band is home.\n")
    (folder / "my own.tsv").write_text("glass harbour\tplace\n")
    (folder / "own.toml").write_text("min-confidence = 0.93\n")
    (folder / "a.txt").write_text(SPUN)
    main([*options, "a.txt"])
    expected = capfd.readouterr().out
    done = pasted(hint(capfd, *options, "a.txt"))
    assert done.returncode == 0, done.stderr
    assert (folder / "a.txt").read_text() == expected


def test_what_only_says_how_to_report_is_left_out(folder, capfd):
    (folder / "a.txt").write_text(SPUN)
    known = ["--strict", "--exit-zero", "--explain", "--color", "never", "--exclude", "x", "--jobs", "2"]
    assert hint(capfd, *known, "a.txt") == "despin --write a.txt"


def test_many_files_are_not_listed(folder, capfd):
    for number in range(4):
        (folder / f"{number}.txt").write_text(SPUN)
    assert hint(capfd, "--isolated", ".") == "despin --write --isolated PATH ..."
    assert hint(capfd, "1.txt", "2.txt") == "despin --write 1.txt 2.txt"


def test_a_compressed_file_can_be_restored(folder, capfd):
    (folder / "a.txt.gz").write_bytes(gzip.compress(SPUN.encode()))
    assert hint(capfd, "a.txt.gz") == "despin --write a.txt.gz"


def test_standard_input_cannot(folder):
    for name in ([], ["--stdin-name", "a.txt"]):
        done = subprocess.run(
            [sys.executable, "-m", "despin", "--check", *name, "-"], input=SPUN, capture_output=True, text=True
        )
        assert done.stderr == "1 file checked, 1 likely spun.\n"


def test_rows_cannot(folder, capfd):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": [SPUN, None]}), "a.parquet")
    assert hint(capfd, "--column", "text", "a.parquet") is None


def test_what_would_not_be_changed_is_not_proposed(folder, capfd):
    (folder / "a.txt").write_text(SPUN)
    assert hint(capfd, "--min-confidence", "1", "a.txt") is None
