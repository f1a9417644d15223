"""Every file of the fuzzing corpus through its target: what once made despin fail must not do so again."""

import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).parent.parent / "fuzz"
FILES = sorted(path for path in (FUZZ / "corpus").glob("*/*") if path.is_file())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_replay(path, monkeypatch):
    monkeypatch.syspath_prepend(str(FUZZ))
    sys.modules.pop("targets", None)
    import targets

    targets.TARGETS[path.parent.name](path.read_bytes())


def test_every_target_has_seeds():
    assert FILES
