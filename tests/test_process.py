"""The command as a process: what only shows from outside."""

import os
import signal
import subprocess
import sys
import time

import pytest

COMMAND = [sys.executable, "-c", "import sys; from despin.cli import main; sys.exit(main())"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX pipes and signals")


def run(*arguments, **more):
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, timeout=60, **{"stdin": subprocess.DEVNULL} | more
    )


def test_the_version_comes_without_numpy():
    code = "import sys; from despin.cli import main\ntry: main(['--version'])\nfinally: print(sorted(sys.modules))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    version, modules = output.splitlines()
    assert version.startswith("despin 0.")
    assert "'despin.options'" in modules
    assert "numpy" not in modules
    assert "wordfreq" not in modules


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
        assert (process.wait(), talk) == (2, "despin: the output cannot be written: its reader has gone\n")


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
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 130
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
