"""What CI systems run: the hooks' command lines, and the script of the action, executed as GitHub does."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from despin.cli.options import parse

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".github" / "action.py"
SPUN = (
    "In a brand new video, the band work collectively on a music for the following season. After the lengthy tour, the "
    "singer appears drained, however she goes on to joke in regards to the rain.\n"
)
CLEAN = "The bridge was closed on Monday because the river had risen over the road. " * 4 + "\n"


def test_the_hooks_are_commands_that_the_command_takes():
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text()
    entries = dict(zip(re.findall(r"id: (\S+)", hooks), re.findall(r"entry: despin (.*)", hooks), strict=True))
    report, restore = (parse([*entry.split(), "a.md"], stdin_waits=False) for entry in entries.values())
    assert list(entries) == ["despin", "despin-write"]
    assert (report.check, report.write, report.force_exclude) == (True, False, True)
    assert (restore.check, restore.write, restore.exit_nonzero_on_write) == (False, True, True)


def test_the_action_gives_the_script_what_it_reads():
    action, script = (ROOT / "action.yml").read_text(), SCRIPT.read_text()
    inputs = re.findall(r"^  ([a-z-]+):$", action.split("outputs:")[0], re.MULTILINE)
    assert inputs == ["paths", "min-confidence", "max-probability", "baseline", "version"]
    for name in inputs:
        assert f"DESPIN_{name.upper().replace('-', '_')}: ${{{{ inputs.{name} }}}}" in action
    # An input in a script would be code.
    assert not re.search(r"run: .*\$\{\{|\|\n(?:        .*\n)*?        .*\$\{\{", action)
    for name in ("findings", "probability"):
        assert f"steps.check.outputs.{name}" in action
        assert f"{name}=" in script


def run(folder, **inputs):
    """The script in `folder`, with what it wrote for GitHub."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "DESPIN_"))}
    environment |= {"GITHUB_OUTPUT": str(folder / "output"), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    environment |= {f"DESPIN_{key.upper()}": value for key, value in inputs.items()}
    done = subprocess.run(
        [sys.executable, SCRIPT], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    return done, (folder / "output").read_text(), (folder / "summary.md").read_text()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "spun | <b>.md").write_text(SPUN)
    (tmp_path / "docs" / "clean.txt").write_text(CLEAN)
    return tmp_path


def test_the_action_on_a_spun_text(folder):
    done, output, summary = run(folder, paths="docs\nmissing.txt\n", min_confidence="", max_probability="0.5")
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    assert lines[0] == "::error file=missing.txt::no such file or directory"
    assert lines[1].startswith("::error file=docs/spun | <b>.md,title=likely spun::Likely spun: probability >0.99.")
    place = re.escape("file=docs/spun | <b>.md,line=1,col=") + r"\d+,endColumn=\d+,title=spun phrase\?"
    assert re.fullmatch(rf"::warning {place}::[a-z ]+ -> [a-z ]+ \(substituted >?0\.\d\d: .*, [a-z-]+\)", lines[2])
    kinds = [line.split()[0] for line in lines[2:]]
    assert kinds == sorted(kinds, reverse=True)  # warnings before notices
    assert "2 checked, 1 likely spun. **1 could not be checked**, so the run has failed." in summary
    assert r"| docs/spun \| &lt;b\>.md | likely spun | >0.99 |" in summary
    assert "clean.txt" not in summary
    assert "- missing.txt: no such file or directory" in summary
    [findings] = re.findall(r"\Afindings=(\d+)\nprobability=(?:1\.0|0\.99\d*)\n\Z", output)
    assert len(kinds) == min(10, int(findings))


def test_the_action_on_clean_texts(folder):
    done, output, summary = run(folder, paths="docs/clean.txt")
    assert (done.returncode, done.stdout) == (0, "")
    assert "1 checked, none likely spun." in summary
    assert output.startswith("findings=0\nprobability=0.0")


def test_the_action_with_a_baseline(folder):
    command = [sys.executable, "-c", "import sys; from despin.cli import main; sys.exit(main())"]
    subprocess.run(
        [*command, "--check", "--quiet", "--baseline", "known.json", "--update-baseline", "docs"],
        cwd=folder, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    done, output, summary = run(folder, baseline="known.json", min_confidence="0.9")
    assert (done.returncode, done.stdout) == (0, "")
    assert "likely spun, but excused" in summary
    assert output.startswith("findings=0\n")


def test_the_action_with_a_wrong_input(folder):
    done, output, _ = run(folder, min_confidence="high")
    assert done.returncode == 2
    assert done.stdout.startswith("::error::argument --min-confidence: 'high' is not a number")
    assert output == "findings=0\nprobability=0\n"


def test_the_action_where_nothing_could_be_checked(folder):
    done, _, summary = run(folder, paths="missing.txt")
    assert done.returncode == 2
    assert "**No text could be checked.**" in summary
    assert "likely spun" not in summary


def test_the_action_where_despin_is_killed(folder, monkeypatch):
    """No exit code of a run without a report is a verdict."""
    script = SCRIPT.read_text(encoding="utf-8")
    broken = folder / "action.py"
    broken.write_text(
        re.sub(r"^COMMAND = .*", 'COMMAND = [sys.executable, "-c", "raise SystemExit(1)"]', script, flags=re.M)
    )
    done = subprocess.run([sys.executable, broken], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stdout == "::error::despin printed no report; its exit code was 1\n"


@pytest.mark.parametrize("probability", [0.0, 0.004, 0.0051, 0.5, 0.934, 0.9949, 0.995, 1.0])
def test_the_action_rounds_as_the_reports_do(probability):
    from despin.renderers.text import share

    names = {"__name__": "action"}
    exec(compile(SCRIPT.read_text(encoding="utf-8"), str(SCRIPT), "exec"), names)
    assert names["share"](probability) == share(probability)
