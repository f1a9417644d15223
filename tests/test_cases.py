"""The sentences of tests/cases: what they are restored to, and which are known to go wrong."""

import tomllib
from pathlib import Path

import pytest

import despin

FOLDER = Path(__file__).parent / "cases"
CASES = [
    case for path in sorted(FOLDER.glob("*.toml")) for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]


def marked(case):
    fails = pytest.mark.xfail(reason=case["comment"])  # strict: a gain is noticed
    return pytest.param(case, id=case["label"], marks=[fails] if case["expect"] == "fail" else [])


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_a_sentence_comes_out_as_expected(case):
    before = "" if case.get("alone") else (FOLDER / "page.txt").read_text(encoding="utf-8") + "\n"
    restored = despin.restore(before + case["text"] + "\n")
    assert restored.splitlines()[-1] == case["expected"]


def test_every_case_says_what_it_is():
    assert len({case["label"] for case in CASES}) == len(CASES)
    for case in CASES:
        assert set(case) <= {"label", "comment", "text", "expected", "expect", "alone"}
        assert case["expect"] in ("pass", "fail")
        assert case["comment"]
