"""Signals that ask the command to end: what was half done is undone, and the process dies of them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")

BEGIN = """
import os, signal, sys
from despin.util.signals import command
def me(number):
    os.kill(os.getpid(), number)
@command
def main(arguments=None):
    try:
        {body}
        return 3
    except KeyboardInterrupt:
        return 130
    finally:
        print("undone", flush=True)
"""


def run(body, after="sys.exit(main())", before=""):
    source = f"{BEGIN.format(body=body)}\n{before}\n{after}"
    path = {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=os.environ | path)
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_what_was_half_done_is_undone_and_the_sender_sees_that_it_worked(name):
    assert run(f"me(signal.{name})") == (-getattr(signal, name), "undone\n")


def test_ctrl_c_is_as_it_was():
    assert run("me(signal.SIGINT)", before="signal.signal(signal.SIGINT, signal.default_int_handler)") == (
        130,
        "undone\n",
    )


@pytest.mark.parametrize("handler", ["signal.SIG_IGN", "lambda *_: print('theirs', flush=True)"])
def test_what_others_handle_is_theirs(handler):
    status, out = run("me(signal.SIGTERM)", before=f"signal.signal(signal.SIGTERM, {handler})")
    assert (status, out) == (3, "undone\n" if "IGN" in handler else "theirs\nundone\n")


def test_ctrl_c_when_all_is_done_comes_too_late():
    assert run("pass", after="main(); me(signal.SIGINT); sys.exit(0)") == (0, "undone\n")


def test_other_threads_are_left_alone():
    after = "import threading; t = threading.Thread(target=main); t.start(); t.join()"
    assert run("pass", after=after) == (0, "undone\n")


def test_a_caller_gets_its_signals_back():
    assert run("pass", after="main([]); print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)") == (
        0,
        "undone\nTrue\n",
    )
