"""SECURITY.md, threat by threat; what another test module holds is named there."""

import ast
import io
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest

import despin
from despin import Finding, Reading, Report, Verdict
from despin.cli import main
from despin.dictionary.entry import parse
from despin.dictionary.errors import DictionaryError
from despin.language_model.model_file import ModelError, open_model
from despin.readers import InputError, find, read, replace
from despin.renderers import diff
from despin.renderers import json as json_report
from despin.renderers import text as text_report
from despin.restoration.evidence import EvidenceError, Weights

ROOT = Path(despin.__file__).parent
FORBIDDEN_NAMES = """
    pickle cPickle marshal shelve dill joblib yaml subprocess ctypes socket urllib http requests xmlrpc ftplib smtplib
    code codeop pty
"""
FORBIDDEN = set(FORBIDDEN_NAMES.split())
CALLS = {"eval", "exec", "compile", "__import__"}
# What runs other programs does so for a person who asked for it, at a desk: learning, and a cluster's queue.
EXCEPT = {("learn", "subprocess"), ("corpus", "subprocess")}


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_executed(path):
    part = path.relative_to(ROOT).parts[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        names = [name.split(".")[0] for name in names if name != "urllib.parse"]  # which opens nothing
        assert not [name for name in names if name in FORBIDDEN and (part, name) not in EXCEPT], (path, node.lineno)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                assert node.func.id not in CALLS, (path, node.lineno)
            if isinstance(node.func, ast.Attribute):
                assert node.func.attr not in ("system", "popen", "fromfile", "read_pickle"), (path, node.lineno)
                if node.func.attr == "load" and ast.unparse(node.func.value) in ("np", "numpy"):
                    assert "allow_pickle=False" in ast.unparse(node), (path, node.lineno)


class Evil:
    def __reduce__(self):
        return os.system, ("touch evil",)


def test_weights_with_objects_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez(tmp_path / "evil.npz", provenance=np.array([Evil()], object), dense=np.zeros(1), keys=1, values=1)
    with pytest.raises(EvidenceError, match="these are no evidence weights"):
        Weights.open(tmp_path / "evil.npz")
    assert not (tmp_path / "evil").exists()


def test_a_dictionary_is_text_and_nothing_more():
    source = parse("#: name: {own}\n__import__('os')\t%s{0}\t1\t2\n", "a.tsv")
    assert source.entries[0].spun == "__import__('os')"
    with pytest.raises(DictionaryError, match=r"a\.tsv:2: the family must be named before"):
        parse("a\tb\n#: family: own\n", "a.tsv")


@pytest.mark.parametrize("shape", [[1 << 40], [1 << 62], [-1], [0], [1, 1], [1 << 70], ["9"], 7, None])
def test_a_model_that_claims_too_much_is_refused(tmp_path, shape):
    arrays = [{"name": "unigrams", "offset": 0, "shape": shape, "dtype": "<f4"}]
    for offset in (0, 64, 1 << 50, -64):
        arrays[0]["offset"] = offset
        header = {"order": 2, "arrays": arrays, "size": 0, "provenance": {}, "digest": ""}
        for _ in range(3):  # until the size that is noted is the size
            told = json.dumps(header).encode()
            data = b"despinLM" + (1).to_bytes(4, "little") + len(told).to_bytes(4, "little") + told + bytes(256)
            header["size"] = len(data)
        (tmp_path / "m.ngrams").write_bytes(data)
        with pytest.raises(ModelError, match=r"damaged|bytes of"):
            open_model(tmp_path / "m.ngrams")


def test_no_path_leaves_the_folder(tmp_path):
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.mkdir()
    folder.mkdir()
    (outside / "secret.txt").write_text("one")
    (folder / "own.txt").write_text("two")
    (folder / "link.txt").symlink_to(outside / "secret.txt")
    (folder / "up.txt").symlink_to("../outside/secret.txt")
    (folder / "inside.txt").symlink_to("own.txt")
    (folder / "sub").symlink_to(outside)
    (folder / "folder-twin").symlink_to(folder)
    assert [Path(path).name for path in find([str(folder)])] in (["inside.txt"], ["own.txt"])
    # Named outright, it is meant.
    assert list(find([str(folder / "link.txt")])) == [str(folder / "link.txt")]


def test_nothing_appears_but_beside_the_file(tmp_path, monkeypatch):
    opened = []
    real = os.open
    (tmp_path / "a.txt").write_text("one")
    monkeypatch.setattr(os, "open", lambda path, *more, **most: opened.append(str(path)) or real(path, *more, **most))
    replace(read(str(tmp_path / "a.txt")), "two")
    assert {os.path.dirname(path) for path in opened if os.path.isabs(path)} <= {str(tmp_path), str(tmp_path.parent)}
    assert os.listdir(tmp_path) == ["a.txt"]


NASTY = "bo\u202esom\u2066 \x1b[31mpe\u200bril\x07"


def test_reports_show_what_they_hide():
    text = f"a {NASTY} b\n"
    readings = (Reading(f"c{NASTY}", 0.9), Reading(NASTY, 0.1))
    report = Report(
        text,
        (Finding(2, 2 + len(NASTY), NASTY, f"c{NASTY}", readings=readings, entry=NASTY, family=NASTY),),
        Verdict("spun", 0.9, 0.5, 3.0, "web", 9),
    )  # fmt: skip
    name = f"x{NASTY}\n.txt"
    shown = [
        text_report.listing(report, name, zipf={NASTY: 1.0}),
        text_report.check_summary(1, 0, [name]),
        json_report.line(report, name),
        json_report.whole([report.to_dict(name)], [{"path": name, "message": NASTY}], "1", None),
        re.sub("\x1b\\[[0-9]+m", "", text_report.paint_diff(diff.unified(report, name))),
    ]
    for told in shown:
        assert not any(char in told for char in "\u202e\u2066\x1b\u200b\x07"), told
        assert told.count("\n") < 99
    assert json.loads(shown[2])["findings"][0]["found"] == NASTY


def test_errors_escape_names(tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["--check", "no\x1b[2J\u202e.txt"]) == 2
    told = capfd.readouterr().err
    assert r"no\x1b[2J\u202e.txt" in told
    assert "\x1b" not in told


def test_a_device_that_never_ends_is_refused():
    if not os.path.exists("/dev/zero"):
        pytest.skip("needs /dev/zero")
    with pytest.raises(InputError, match="larger than 100,000 bytes"):
        read("/dev/zero", limit=100_000)


def test_a_long_line_does_not_fill_the_memory(capfdbinary, monkeypatch):
    lines = b'{"text":"' + b"a" * 5000 + b'"}\n{"text":"b"}\n'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
    assert main(["--jsonl", "text", "--max-bytes", "1000", "-"]) == 2
    output, talk = capfdbinary.readouterr()
    assert [json.loads(line).get("text") for line in output.splitlines()] == [None, "b"]
    assert b"<stdin>:1: is too long a line; allow more with --max-bytes" in talk
