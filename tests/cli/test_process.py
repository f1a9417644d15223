"""The command as a process: what only shows from outside."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from despin.cli import main
from despin.cli.parser import SHELLS

COMMAND = [sys.executable, "-c", "import sys; from despin.cli import main; sys.exit(main())"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX pipes and signals")


def run(*arguments, **more):
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, timeout=60, **{"stdin": subprocess.DEVNULL} | more
    )


def loaded(code, **more):
    """The modules that a process has imported after `code`."""
    code += "\nimport sys; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, **more)
    return set(done.stderr.splitlines()[-1].split()), done.stdout


# Each takes milliseconds to import, or more, and most runs have no use for it.
SELDOM = {
    "backports", "charset_normalizer", "concurrent.futures", "ctypes.util", "difflib", "ftfy", "gzip",
    "importlib.metadata", "importlib.resources", "pathspec", "pyarrow", "rapidfuzz", "scipy",
    "shlex", "sklearn", "tomllib", "tqdm", "wordfreq", "zipfile",
    "despin.dictionary.formats.detect", "despin.dictionary.loading", "despin.dictionary.validation",
    "despin.dictionary.phrase_lookup", "despin.fingerprinting", "despin.phrasebook", "despin.results.decisions",
    "despin.renderers.html", "despin.renderers.sarif",
}  # fmt: skip
LIGHT = {"argparse", "dataclasses", "hashlib", "inspect", "json", "numpy", "pathlib", "re", "regex", "typing"}


def test_the_version_comes_alone():
    before, _ = loaded("pass")
    after, version = loaded("from despin.cli import main\nassert main(['--version']) == 0")
    assert version.startswith("despin 0.")
    assert "despin.cli" in after
    assert not ((SELDOM | LIGHT) - before) & after


def test_importing_the_library_imports_nothing():
    before, _ = loaded("pass")
    after, _ = loaded("import despin")
    assert "despin" in after
    assert not ((SELDOM | LIGHT) - before) & after
    assert {name for name in after if name.startswith("despin.")} <= {"despin._version"}


def test_a_check_of_what_is_clean_brings_nothing_of_decoding(tmp_path):
    (tmp_path / "a.txt").write_text("Glomb vrint.\n")
    code = "from despin.cli import main\nassert main(['--check', 'a.txt']) == 0"
    for _ in range(2):  # the first finds that all data can be used, and notes it
        after, _ = loaded(code, cwd=tmp_path, env=os.environ | {"DESPIN_CACHE_DIR": str(tmp_path / "cache")})
    late = ("despin.restoration.", "despin.decoding.", "despin.readers.parquet", "despin.cli.workers")
    # Of decoding only a number that the scan, which short texts come to, needs too.
    assert {name for name in after if name.startswith(late)} <= {"despin.decoding.entry_priors"}


def test_a_check_imports_only_what_it_needs(tmp_path):
    (tmp_path / "a.txt").write_text("Glomb vrint.\n")
    code = "from despin.cli import main\nassert main(['--check', 'a.txt']) == 0"
    before, _ = loaded("import numpy")
    loaded(code, cwd=tmp_path)  # the cache is filled
    after, _ = loaded(code, cwd=tmp_path)
    assert "despin.pipeline" in after
    assert not ((SELDOM | {"numpy.ma"}) - before) & after


def test_the_command_leaves_the_processor_to_others():
    code = "import os\nfrom despin.cli import main\nimport sys; sys.argv = ['despin', '--version']; main()"
    code += "\nprint(os.environ.get('OPENBLAS_NUM_THREADS'))"
    assert loaded(code, env={**os.environ, "OPENBLAS_NUM_THREADS": "3"})[1].split()[-1] == "3"
    bare = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    assert loaded(code, env=bare)[1].split()[-1] == "1"


def test_bytes_go_through_untouched(tmp_path):
    # Words that no dictionary has, so that nothing is restored.
    text = "\ufeffGlomb.\r\nVrint.\rZuq 17.\n\n\u2028pl\u00e9x \U0001d4b3".encode()
    (tmp_path / "a.txt").write_bytes(text)
    done = run(
        str(tmp_path / "a.txt"), env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    )
    assert (done.returncode, done.stdout) == (0, text.removeprefix(b"\xef\xbb\xbf"))


@POSIX
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("mode", [[], ["--check", "--format", "json"], ["--check", "--format", "jsonl"]])
def test_a_reader_that_goes_away(tmp_path, mode, unbuffered):
    (tmp_path / "a.txt").write_text("Glomb vrint.\n" * 30_000)
    command, env = [*COMMAND, *mode, "a.txt"], os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(1)
        process.stdout.close()
        talk = process.stderr.read().decode()
        assert (process.wait(), talk) == (2, "")  # who went has seen enough


@POSIX
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("mode", [[], ["--check", "--format", "json"]])
def test_a_full_disk(tmp_path, mode):
    (tmp_path / "a.txt").write_text("Glomb vrint.\n")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*COMMAND, *mode, "a.txt"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.endswith(b"despin: the output cannot be written: no space left on device\n")


@POSIX
def test_closed_streams(tmp_path):
    (tmp_path / "a.txt").write_text("Glomb vrint.\n")
    for redirection in (">&-", "2>&-", "<&-"):
        script = f'"$@" a.txt {redirection}'
        done = subprocess.run(["sh", "-c", script, "sh", *COMMAND], cwd=tmp_path, capture_output=True)
        assert b"Traceback" not in done.stderr
        assert done.returncode == (2 if redirection == ">&-" else 0)
    script = '"$@" <&-'
    done = subprocess.run(["sh", "-c", script, "sh", *COMMAND], capture_output=True)
    assert done.returncode == 2
    assert done.stderr.startswith(b"despin: nothing to read")


@POSIX
def test_an_interruption():
    # Standard input stays open, so the command waits for it.
    with subprocess.Popen([*COMMAND, "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        # On a busy machine the first may come while a library is being imported, which may swallow it.
        for _ in range(10):
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
                break
        assert process.returncode == 130
        assert process.stderr.read() == b"despin: interrupted\n"


@POSIX
def test_on_a_terminal_the_changes_are_listed_in_colour(tmp_path):
    import pty

    (tmp_path / "a.txt").write_text("Glomb vrint.\n")
    shown = {}
    for variables in ({}, {"NO_COLOR": "1"}):
        ours, theirs = pty.openpty()
        done = subprocess.run(
            [*COMMAND, "a.txt"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=theirs,
            env={k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"} | variables,
        )
        os.close(theirs)
        shown[bool(variables)] = os.read(ours, 10_000).decode()
        os.close(ours)
        assert done.stdout == b"Glomb vrint.\n"
    assert "\x1b[1ma.txt\x1b[0m: " in shown[False]
    assert "\x1b" not in shown[True]


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_one_long_line(tmp_path, unbuffered):
    line = b"glomb vrint, zuq 17; " * 50_000
    (tmp_path / "a.txt").write_bytes(line)
    done = run(str(tmp_path / "a.txt"), "--quiet", env=os.environ | {"PYTHONUNBUFFERED": unbuffered})
    assert (done.returncode, done.stdout, done.stderr) == (0, line, b"")


# --- what the command writes --------------------------------------------------------------------------------------

SPUN = (
    "In a brand new video, the band work collectively on a music for the following season. After the lengthy tour, the "
    "singer appears drained, however she goes on to joke in regards to the rain.\r\n"
)


def test_restored_and_given_back_byte_for_byte(tmp_path):
    before = {"a.txt": b"\xef\xbb\xbf" + SPUN.encode(), "b.md": SPUN.encode("utf-16"), "c.txt": b"Glomb vrint.\n"}
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "a.txt").chmod(0o640)
    report = run("--check", "--format", "json", ".", cwd=tmp_path)
    (tmp_path / "report.json").write_bytes(report.stdout)
    run("--write", "--quiet", ".", cwd=tmp_path)
    restored = {name: (tmp_path / name).read_bytes() for name in before}
    assert [name for name in before if restored[name] == before[name]] == ["c.txt"]
    undone = run("--undo", "report.json", "--write", "--quiet", *before, cwd=tmp_path)
    assert (undone.returncode, undone.stdout, undone.stderr) == (0, b"", b"")
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


@POSIX
def test_killed_while_it_writes(tmp_path):
    import kill_write

    total = kill_write.run(files=40, kills=3)
    assert total["lost"] == total["broken"] == 0
    assert total["old"] + total["new"] == 120


# --- what is not loaded, and what only a terminal shows -----------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--help"], 0),
        (["--nonsense"], 2),
        (["--check", "a.txt", "--config", "missing.toml"], 2),
        (["--show-config"], 0),
        (["--show-files"], 0),
        (["--undo", "missing.json", "a.txt"], 2),
        (["--validate", "missing.tsv"], 2),
        (["--print-completion", "bash"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_reads_no_text_comes_without_numpy(tmp_path, arguments, status):
    if "--print-completion" in arguments:
        pytest.importorskip("shtab")
    (tmp_path / "a.txt").write_text("Glomb vrint.\n")
    (tmp_path / "despin.toml").write_text('[[files]]\nmatch = "*.md"\nquotes = false\n')
    code = (
        "import sys\nfrom despin.cli import main\n"
        f"try: status = main({arguments})\nexcept SystemExit as stop: status = stop.code\n"
        "assert not {'numpy', 'wordfreq', 'tqdm', 'rapidfuzz'} & set(sys.modules), sys.modules.keys()\nsys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    assert (done.stdout or done.stderr).strip()


@POSIX
@pytest.mark.parametrize("shell", SHELLS)
def test_the_completion_knows_every_option(shell):
    pytest.importorskip("shtab")
    done = run("--print-completion", shell)
    assert done.returncode == 0
    for option in (b"--check", b"--update-baseline", b"--jobs", b"--force-exclude"):
        assert option.lstrip(b"-") in done.stdout


def test_a_shell_that_an_older_shtab_does_not_know(monkeypatch, capfd):
    shtab = pytest.importorskip("shtab")
    monkeypatch.setattr(shtab, "SUPPORTED_SHELLS", ["bash", "zsh", "tcsh"])
    assert main(["--print-completion", "fish"]) == 2
    assert capfd.readouterr().err == (
        "despin: this shtab knows nothing of fish; get a newer one: pip install --upgrade shtab\n"
    )


def until_closed(terminal):
    """What was written to the other end of `terminal`, which is closed by now."""
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 10_000):
            yield piece
    os.close(terminal)


@POSIX
def test_a_bar_on_long_runs_and_only_on_a_terminal(monkeypatch, tmp_path, capfd):
    import pty
    import termios

    from despin.cli import streams

    monkeypatch.setattr(streams, "_PATIENCE", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    shown = {}
    for quiet in (True, False):
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 80))
        with open(theirs, "w") as terminal:
            monkeypatch.setattr(sys, "stderr", terminal)
            writer = streams.Streams()
            writer.quiet = quiet
            for number in writer.progress(iter([1, 2, 3]), 3, "files"):
                writer.talk(f"talk {number}\n")
        shown[quiet] = b"".join(until_closed(ours)).decode()
    assert shown[True] == ""
    assert "/3 [" in shown[False]
    assert " files/s" in shown[False]
    assert shown[False].index("talk 1") > shown[False].index("0/3")
    monkeypatch.setattr(sys, "stderr", sys.__stderr__)
    writer = streams.Streams()
    assert list(writer.progress(iter([1, 2]), 2, "files")) == [1, 2]
    assert capfd.readouterr().err == ""
