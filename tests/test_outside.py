"""despin where other programs run it: a notebook's kernel, and pre-commit. Each skips where the program is missing."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import despin

ROOT = Path(__file__).parents[1]
SPUN = (ROOT / "tests" / "fixtures" / "docs" / "docs" / "a.md").read_text(encoding="utf-8")
CLEAN = "The bridge was closed on Monday because the river had risen over the road.\n"


@pytest.mark.filterwarnings("default")  # what a kernel warns of is its own
def test_a_report_in_a_real_notebook(tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(despin.__file__).parents[1]), *filter(None, sys.path)]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    cells = [
        "import despin",
        f"report = despin.check({SPUN + '<script>alert(1)</script>'!r})\nreport",
        "report.findings[:1]",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    _, [shown], [listed] = (cell["outputs"] for cell in notebook["cells"])
    page, plain = shown["data"]["text/html"], shown["data"]["text/plain"]
    assert "<mark" in page
    assert "collectively" in page
    assert "<script" not in page
    assert len(plain) < 200
    assert "\n" not in plain
    assert len(listed["data"]["text/plain"]) < 300


# pre-commit


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with a spun page, a clean one, and a file that is no text."""
    if not shutil.which("git") or not shutil.which("pre-commit"):
        pytest.skip("git or pre-commit is missing")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    for name, content in (("spun.md", SPUN), ("clean.txt", CLEAN), ("code.py", f"TEXT = '''{SPUN}'''\n")):
        Path(name).write_text(content, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], check=True)
    return tmp_path


def pre_commit(*arguments):
    subprocess.run(["git", "add", "spun.md", "clean.txt", "code.py"], check=True)
    done = subprocess.run(["pre-commit", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_the_hooks_in_pre_commit(repository):
    """The hooks as they stand, but for where the command is from: of this checkout."""
    hooks = (
        (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8").replace("language: python", "language: system")
    )
    ours = f"env PYTHONPATH={Path(despin.__file__).parents[1]} {sys.executable} -m despin"
    hooks = re.sub(r"entry: despin ", f"entry: {ours} ", hooks)
    listed = "".join(f"      {line}\n" for line in hooks.splitlines())
    Path(".pre-commit-config.yaml").write_text(f"repos:\n  - repo: local\n    hooks:\n{listed}", encoding="utf-8")

    code, said = pre_commit("run", "despin")
    assert code == 1
    assert "spun.md: likely spun" in said
    assert "code.py" not in said
    assert Path("spun.md").read_text(encoding="utf-8") == SPUN
    code, said = pre_commit("run", "despin-write")
    assert code == 1
    assert "collectively" in said
    assert "*together*" in Path("spun.md").read_text(encoding="utf-8")
    assert pre_commit("run", "--all-files")[0] == 0


@pytest.mark.skipif(
    not os.environ.get("DESPIN_PRE_COMMIT"), reason="DESPIN_PRE_COMMIT=1: installs from a package index"
)
def test_pre_commit_installs_it(repository):
    code, said = pre_commit("try-repo", str(ROOT), "despin", "--files", "spun.md")
    if "likely spun" not in said:
        pytest.skip(f"pre-commit could not install it here: {said[-300:]}")
    assert code == 1
