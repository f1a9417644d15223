"""What goes together: an option that would do nothing is refused, in every mode. And the short options."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from despin.cli import main
from despin.cli.errors import UsageError
from despin.cli.options import parse
from despin.cli.parser import RULES, parser

SPUN = (
    "In a brand new video, the band work collectively on a music for the following season. After the lengthy tour, the "
    "singer appears drained, however she goes on to joke in regards to the rain.\n"
)
MODES = {
    "": ["a.txt"],
    "check": ["--check", "a.txt"],
    "diff": ["--diff", "a.txt"],
    "write": ["--write", "a.txt"],
    "jsonl": ["--jsonl", "text", "a.jsonl"],
    "column": ["--column", "text", "a.parquet"],
    "apply": ["--apply", "d.json", "a.txt"],
    "undo": ["--undo", "r.json", "a.txt"],
    "trace": ["--trace", "peril", "a.txt"],
    "against": ["--against", "ours", "a.txt"],
    "show-config": ["--show-config"],
    "show-files": ["--show-files"],
    "lookup": ["--lookup", "bosom peril"],
    "validate": ["--validate", "a.tsv"],
    "print-completion": ["--print-completion", "bash"],
}
TEXTS = "check diff write jsonl column against"
# Option → the modes in which it does something ("" is none, in which the text is printed).
WORKS = {
    "--min-confidence 0.5": f"- {TEXTS} trace show-config",
    "--min-wording 0.3": f"- {TEXTS} trace show-config",
    "--max-probability 0.6": f"- {TEXTS} trace show-config",
    "--language en-x": f"- {TEXTS} trace show-config lookup validate",
    "--dictionary web": f"- {TEXTS} trace show-config lookup",
    "--reference b.txt": f"- {TEXTS} trace show-config",
    "--allow peril": f"- {TEXTS} trace show-config",
    "--no-quotes": f"- {TEXTS} show-config",
    "--effort quick": f"- {TEXTS} trace show-config",
    "--quick": f"- {TEXTS} trace show-config",
    "--no-inline": "- check diff write against show-config",
    "--strict": "check",
    "--format json": "check against lookup",
    "--baseline b.json": "check",
    "--exclude x": "check diff write column against show-config show-files",
    "--no-gitignore": "check diff write column against show-files",
    "--force-exclude": "- check diff write column against show-files",
    "--config c.toml": f"- {TEXTS} trace show-config show-files lookup validate",
    "--isolated": f"- {TEXTS} trace show-config show-files lookup validate",
    "--jobs 2": f"- {TEXTS}",
    "--type html": f"- {TEXTS} apply undo trace",
    "--references-section": "- check diff write against apply undo trace",
    "--encoding utf-16": "- check diff write against apply undo trace",
    "--main-content": f"- {TEXTS} apply undo trace",
    "--max-bytes 7": f"- {TEXTS} apply undo trace",
    "--explain": "- check write lookup",
    "--no-evidence": "jsonl",
    "--exit-zero": "check diff against",
    "--exit-nonzero-on-write": "write",
    "--output x": (
        "- check diff against jsonl column apply undo trace show-config show-files lookup validate print-completion"
    ),
    "--quiet": " ".join(mode or "-" for mode in MODES),
    "--color never": " ".join(mode or "-" for mode in MODES),
}
CHECKED = {"--exclude x", "--no-gitignore"}  # with --column only beside --check


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("option", WORKS)
def test_an_option_works_or_is_refused(mode, option):
    arguments = [*option.split(), *(["--check"] if mode == "column" and option in CHECKED else []), *MODES[mode]]
    if (mode or "-") in WORKS[option].split():
        parse(arguments, stdin_waits=False)
    else:
        with pytest.raises(UsageError, match=option.split()[0]):
            parse(arguments, stdin_waits=False)


def test_the_table_has_every_option():
    known = {name for action in parser()._actions for name in action.option_strings if name.startswith("--")}
    told = {option.split()[0] for option in WORKS}
    apart = {"--stdin-name", "--update-baseline", "--version", "--help", "--pairs"} | {
        f"--{mode}" for mode in MODES if mode
    }
    assert known == told | apart


def test_every_rule_names_options_that_there_are():
    known = vars(parser().parse_args([])).keys()
    for rule in RULES:
        assert {rule.option, *rule.others} <= known
        assert rule.sentence.startswith("--")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--jobs", "0", "a.txt"], "'0' is neither a number of processes nor 'auto'"),
        (["--jsonl", "text", "--check", "--exclude", "x", "a.jsonl"], "--exclude does nothing with --jsonl"),
        (["--column", "text", "--write", "--explain", "a.parquet"], "--explain does nothing with --column"),
        (["--exclude", "x", "a.txt"], "--exclude does nothing to a file that is named outright"),
        (["--check", "--explain", "--format", "json", "a.txt"], "--explain does nothing with --format json"),
        (["--lookup", "peril", "--explain", "--format", "json"], "--explain does nothing with --format json"),
        (["--main-content", "--type", "markdown", "a.txt"], "--main-content is of pages"),
        (["--show-config", "--stdin-name", "b.txt"], "--stdin-name names standard input"),
        (["--validate", "a.tsv", "--stdin-name", "b.txt"], "--stdin-name does nothing with --validate"),
        (["--write", "-o", "b.txt", "a.txt"], "--output does nothing with --write"),
        (["--undo", "r.json", "--no-quotes", "a.txt"], "--no-quotes does nothing with --undo"),
    ],
)
def test_what_does_nothing_is_refused_in_words(arguments, message):
    with pytest.raises(UsageError, match=message):
        parse(arguments, stdin_waits=False)


def test_what_does_something_after_all():
    parse(["--column", "text", "--check", "--explain", "a.parquet"], stdin_waits=False)
    parse(["--exclude", "x", "--force-exclude", "a.txt"], stdin_waits=False)
    parse(["--check", "--explain", "--format", "text", "a.txt"], stdin_waits=False)


def test_the_short_options():
    options = parse(["-q", "-j", "3", "-o", "b.txt", "a.txt"], stdin_waits=False)
    assert (options.quiet, options.jobs, options.output) == (True, 3, "b.txt")
    done = [subprocess.run([sys.executable, "-m", "despin", flag], capture_output=True) for flag in ("-V", "--version")]
    assert done[0].stdout == done[1].stdout != b""


# --- output -------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(SPUN)
    return tmp_path


def test_the_product_goes_into_a_file(folder, capfdbinary):
    for arguments in (["a.txt"], ["--check", "a.txt"], ["--check", "--format", "html", "a.txt"], ["--diff", "a.txt"]):
        status = main(arguments)
        printed = capfdbinary.readouterr().out
        assert main([*arguments, "-o", "out"]) == status
        assert capfdbinary.readouterr().out == b""
        assert (folder / "out").read_bytes() == printed != b""


def test_a_run_that_fails_leaves_the_file_as_it_was(folder, capfd):
    (folder / "out").write_text("before")
    assert main(["-o", "out", "missing.txt"]) == 2
    assert main(["-o", "out", "--min-confidence", "2", "a.txt"]) == 2
    assert (folder / "out").read_text() == "before"
    assert main(["-o", "new", "missing.txt"]) == 2
    assert not (folder / "new").exists()
    assert main(["-o", "missing/out", "a.txt"]) == 2
    assert "despin: the output cannot be written: missing/out: no such file or directory" in capfd.readouterr().err


def test_a_report_on_what_failed_is_written(folder, capfd):
    assert main(["--check", "--format", "json", "-o", "out", "missing.txt"]) == 2
    assert json.loads((folder / "out").read_text())["errors"][0]["path"] == "missing.txt"


def test_the_output_is_no_input(folder, capfd):
    (folder / "link.txt").symlink_to("a.txt")
    for name in ("a.txt", "./a.txt", str(folder / "a.txt"), "link.txt"):
        assert main(["-o", name, "a.txt"]) == 2
        assert "is what is read; restore it in place with --write" in capfd.readouterr().err
    assert (folder / "a.txt").read_text() == SPUN


def test_a_table_may_be_written_to_a_file(folder, capfd):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": [SPUN, None]}), "a.parquet")
    assert main(["--column", "text", "-o", "b.parquet", "a.parquet"]) == 0
    first, second = pq.read_table("b.parquet").column("text").to_pylist()
    assert (first != SPUN, second) == (True, None)


# --- nothing, and null --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["--check", "--diff", "--write"])
@pytest.mark.parametrize("name", ["empty.txt", "empty.md", "empty.html", "empty.txt.gz", "packed.txt.gz"])
def test_an_empty_file_is_a_text_without_findings(folder, mode, name, capfd):
    import gzip

    (folder / name).write_bytes(gzip.compress(b"") if name.startswith("packed") else b"")
    before = (folder / name).read_bytes()
    assert main([mode, name]) == 0
    out, said = capfd.readouterr()
    assert out == ""
    assert "despin:" not in said
    assert (folder / name).read_bytes() == before


def test_an_empty_file_in_json(folder, capfd):
    (folder / "empty.txt").write_text("")
    assert main(["--check", "--format", "json", "empty.txt", "a.txt"]) == 1
    report = json.loads(capfd.readouterr().out)
    assert next((d["path"], d["words"], d["verdict"], d["findings"]) for d in report["documents"]) == (
        "empty.txt", 0, "clean", [],
    )  # fmt: skip


def test_empty_files_of_a_folder_are_skipped(folder, capfd):
    import bz2
    import gzip

    (folder / "b.txt").write_bytes(b"")
    (folder / "c.txt.gz").write_bytes(gzip.compress(b""))
    (folder / "d.txt.bz2").write_bytes(bz2.compress(b""))
    (folder / "e.txt.gz").write_bytes(b"")
    (folder / "f.txt.gz").write_bytes(gzip.compress(b"x"))
    (folder / "g.txt.gz").write_bytes(b"no gzip")
    assert main(["--show-files", "."]) == 0
    assert capfd.readouterr().out.splitlines() == ["a.txt", "f.txt.gz", "g.txt.gz"]


def test_null_is_no_text_and_no_fault(folder, capfd):
    (folder / "a.jsonl").write_text('{"id": 1, "text": null}\n{"id": 2, "text": "Glomb vrint."}\n')
    for check in ([], ["--check"]):
        assert main(["--jsonl", "text", *check, "a.jsonl"]) == 0
        first, second = map(json.loads, capfd.readouterr().out.splitlines())
        assert first == {"id": 1, "text": None, "despin": {"verdict": None}}
        assert second["despin"]["verdict"] == "clean"
        schema = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
        for line in (first, second):
            jsonschema.validate(line, schema | {"$ref": "#/$defs/record", "required": [], "properties": {}})


# --- baselines, attributes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("paths", [["dcos"], ["a.txt", "dcos"], ["nothing"]], ids=" ".join)
def test_a_mistyped_path_makes_no_baseline(folder, paths, capfd):
    (folder / "nothing").mkdir()
    assert main(["--check", "--baseline", "known.json", "--update-baseline", *paths]) == 2
    assert not (folder / "known.json").exists()
    said = "despin: known.json: was not made, since not all that was named could be checked\n"
    assert said in capfd.readouterr().err


def test_nor_do_texts_that_are_all_excluded(folder, capfd):
    arguments = ["--check", "--baseline", "known.json", "--update-baseline", "--exclude", "*.txt", "."]
    assert main(arguments) == 2
    assert not (folder / "known.json").exists()


def test_clean_texts_make_an_empty_one(folder, capfd):
    (folder / "a.txt").write_text("Glomb vrint.\n")
    assert main(["--check", "--baseline", "known.json", "--update-baseline", "a.txt"]) == 0
    assert json.loads((folder / "known.json").read_text())["findings"] == []


def test_a_mistyped_path_leaves_a_baseline_as_it_was(folder, capfd):
    assert main(["--check", "--baseline", "known.json", "--update-baseline", "a.txt"]) == 0
    before = (folder / "known.json").read_bytes()
    assert main(["--check", "--baseline", "known.json", "--update-baseline", "dcos"]) == 2
    assert (folder / "known.json").read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="needs extended attributes")
def test_extended_attributes_stay(folder, capfd):
    try:
        os.setxattr("a.txt", "user.source", b"https://example.org")
    except OSError:
        pytest.skip("needs a file system with extended attributes")
    # An access control list for user 65534, as acl(5) lays it out: version, then tag, rights and id of each entry.
    entries = [(1, 6, -1), (2, 4, 65534), (4, 4, -1), (16, 4, -1), (32, 0, -1)]
    acl = (2).to_bytes(4, "little") + b"".join(
        tag.to_bytes(2, "little") + rights.to_bytes(2, "little") + (who % 2**32).to_bytes(4, "little")
        for tag, rights, who in entries
    )
    names = {"user.source": b"https://example.org"}
    try:
        os.setxattr("a.txt", "system.posix_acl_access", acl)
        names["system.posix_acl_access"] = acl
    except OSError:
        pass
    mode = os.stat("a.txt").st_mode
    assert main(["--write", "a.txt"]) == 0
    assert (folder / "a.txt").read_text() != SPUN
    assert {name: os.getxattr("a.txt", name) for name in names} == names
    assert os.stat("a.txt").st_mode == mode


def test_exit_nonzero_on_write_holds_for_every_mode_that_writes(folder, capfd):
    assert main(["--check", "--format", "json", "-o", "r.json", "a.txt"]) == 1
    assert main(["--write", "--exit-nonzero-on-write", "a.txt"]) == 1
    assert main(["--undo", "r.json", "--write", "--exit-nonzero-on-write", "a.txt"]) == 1
    assert (folder / "a.txt").read_text() == SPUN
