"""The worked example of docs/dictionaries.md: five pairs of pages teach a new spinner, a sixth page is restored."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from despin import Config, check
from despin.dictionary.validation import validate
from despin.learn.cli import main

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parents[1] / "fixtures" / "new-spinner"
GUIDE = (ROOT / "docs" / "dictionaries.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def learned(tmp_path_factory) -> Path:
    output = tmp_path_factory.mktemp("learned") / "haven.tsv"
    assert main(["dictionary", str(FIXTURE / "pairs.jsonl"), "-o", str(output), "--quiet"]) == 0
    return output


def prose(text: str) -> str:
    """`text` in one line, without the marks of a quotation."""
    return " ".join(re.sub(r"^> ?", "", text, flags=re.MULTILINE).split())


def test_the_guide_shows_the_file_that_is_learned(learned):
    shown = "".join(f"    {line}\n" for line in learned.read_text(encoding="utf-8").splitlines())
    assert shown in GUIDE


def test_it_breaks_no_law(learned):
    problems = validate(learned.read_bytes(), "haven.tsv")[1]
    assert [problem.tell("haven.tsv") for problem in problems] == []


def test_the_guide_shows_what_is_restored(learned):
    page = (FIXTURE / "page.txt").read_text(encoding="utf-8")
    report = check(page, Config(dictionaries=(str(learned),)))
    assert report.verdict.judgement == "spun"
    assert prose(page) in prose(GUIDE)
    assert prose(report.restored) in prose(GUIDE)
    suggested = [(one.found, one.original) for one in report.findings if one.action == "suggest"]
    assert suggested == [("haven", "harbour"), ("ocean", "sea")]


def test_seen_once_is_enough_where_a_person_reads_it_over(learned, tmp_path):
    output = tmp_path / "haven.tsv"
    arguments = ["dictionary", str(FIXTURE / "pairs.jsonl"), "-o", str(output), "--quiet", "--min-seen", "1"]
    assert main(arguments) == 0
    before, after = (set(path.read_text(encoding="utf-8").splitlines()) for path in (learned, output))
    assert before < after
    assert len(after - before) == 11
    assert "unsealed\topened\t1\t1" in after - before


def test_the_original_page_is_left_alone(learned):
    text = (FIXTURE / "original.txt").read_text(encoding="utf-8")
    assert check(text, Config(dictionaries=(str(learned),))).restored == text


@pytest.mark.parametrize("number", ["0", "-1"])
def test_a_number_that_makes_no_sense(number, tmp_path, capsys):
    arguments = ["dictionary", str(FIXTURE / "pairs.jsonl"), "-o", str(tmp_path / "a.tsv"), "--min-seen", number]
    assert main(arguments) == 2
    assert "the number must be 1 or more" in capsys.readouterr().err
