"""Golden cases of the command line: tests/fixtures/cli/*.toml, which anybody can add to.

A case is `args`, and if needed `about`, `stdin`, `files` (name → content) and `copy` (files of tests/fixtures); what
has to come out is `status`, `stdout`, `stderr` and `after` (the files that differ). `pytest --accept` fills those in:
read the diff before you commit it.
"""

import io
import json
import re
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest
import tomlkit

from despin import __version__
from despin.cli import main

FIXTURES = Path(__file__).parents[1] / "fixtures"
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
CASES = sorted((FIXTURES / "cli").glob("*.toml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path, request, tmp_path, monkeypatch, capfdbinary):
    case = tomllib.loads(path.read_text())
    given = {name: content.encode() for name, content in case.get("files", {}).items()}
    given |= {Path(name).name: (FIXTURES / name).read_bytes() for name in case.get("copy", [])}
    for name, content in given.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(case.get("stdin", "").encode())))

    try:
        status = main(case["args"])
    except SystemExit as stop:  # --version and --help
        status = stop.code
    output, talk = (mask(stream.decode()) for stream in capfdbinary.readouterr())
    after = {str(p.relative_to(tmp_path)): p.read_bytes() for p in sorted(tmp_path.rglob("*")) if p.is_file()}
    valid(case["args"], output)
    changed = {name: content.decode() for name, content in after.items() if given.get(name) != content}
    outcome = {"status": status, "stdout": output, "stderr": talk} | ({"after": changed} if changed else {})

    if request.config.getoption("--accept"):
        path.write_text(with_outcome(path.read_text(), outcome))
    else:
        assert "status" in case, "this case has no expected outcome yet: run pytest --accept, and read what it wrote"
        assert outcome == {key: case[key] for key in ("status", "stdout", "stderr", "after") if key in case}
    assert given.keys() <= after.keys()


def valid(arguments: list[str], output: str) -> None:
    """What a JSON format prints, whatever happened, is what docs/report.schema.json says."""
    if "--format" in arguments and arguments[arguments.index("--format") + 1] == "json":
        jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(output.replace("sha256:…", "sha256:" + "0" * 64)))


def mask(text: str) -> str:
    """What changes with every release or dictionary says nothing about the command line."""
    return re.sub(r"sha256:[0-9a-f]{64}", "sha256:…", text).replace(__version__, "VERSION")


def with_outcome(case: str, outcome: dict) -> str:
    document = tomlkit.parse(case)
    for key in ("status", "stdout", "stderr", "after"):
        document.pop(key, None)
    for key, value in outcome.items():
        document[key] = {name: multiline(v) for name, v in value.items()} if key == "after" else multiline(value)
    return tomlkit.dumps(document)


def multiline(value):
    if (
        not isinstance(value, str)
        or "\n" not in value
        or "'''" in value
        or re.search(r"[^\S\n ]|[\x00-\x09\x0b-\x1f]", value)
    ):
        return value
    return tomlkit.parse(f"value = '''\n{value}'''\n")["value"]
