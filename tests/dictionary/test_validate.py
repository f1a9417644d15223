"""The laws of a dictionary's data, on files that break them; every message has a line and says what to do."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.dictionary.files import folder
from despin.dictionary.formats.detect import NAMED
from despin.dictionary.formats.reading import Problem, Severity
from despin.dictionary.validation import summary, validate

HEADER = "#: name: ours\n#: family: ours\n#: source: made up\n#: licence: CC0-1.0\n"


def told(content: str | bytes, name: str = "ours.tsv") -> list[str]:
    data = content if isinstance(content, bytes) else content.encode()
    return [problem.tell(name) for problem in validate(data, name)[1]]


def test_a_good_file_has_no_problems():
    assert told(f"{HEADER}after all\tnevertheless\t\t\tafter all these\tnote\nboat\tship\t1\t2\n") == []


@pytest.mark.parametrize("path", sorted(folder("en").glob("*.tsv")), ids=lambda path: path.stem)
def test_the_shipped_dictionaries_break_no_law(path):
    reading, problems = validate(path.read_bytes(), path.name)
    assert reading is not None
    assert reading.source.family == path.stem
    # Circles are what broad dictionaries are made of; only a stated prior makes them a warning.
    assert [problem.tell(path.name) for problem in problems if "lead in circles" not in problem.message] == []


BROKEN = tomllib.loads(
    (Path(__file__).parents[1] / "fixtures" / "broken-dictionaries.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_told_with_its_line_and_a_remedy(case):
    found = [message for message in told(HEADER + BROKEN[case]["content"]) if "there is no entry" not in message]
    assert sorted(found) == sorted(BROKEN[case]["says"])


def test_nobody_looks_into_a_line_of_ten_megabytes():
    assert told(f"{HEADER}boat\tship\n" + "x" * 10_000_000 + "\n") == [
        "ours.tsv:6: the line has 10,000,000 characters, and at most 20,000 are read; split it, or check that this is "
        "a dictionary"
    ]


def test_where_a_prior_is_stated_context_decides_between_circles():
    assert told(f"{HEADER}#: prior: 0.02\nemploy\tuse\nhire\temploy\nuse\temploy\n") == [
        "ours.tsv: warning: 2 entries lead in circles (the first: line 6); as the header states a prior, context "
        "decides which way. Remove what goes one way only."
    ]


def test_without_a_header():
    assert told("boat\tship\n") == [
        "ours.tsv: warning: the header does not say name, family, source, licence; add #: name: …, #: family: …, "
        "#: source: …, #: licence: …"
    ]


def test_a_file_without_entries():
    assert told(HEADER) == ["ours.tsv: there is no entry; write one a line: spun, a tab, original"]


def test_an_encoding_is_named_with_its_line():
    assert told(HEADER.encode() + b"boat\tsh\xefp\n") == [
        f"ours.tsv:5: byte {len(HEADER) + 7} is not UTF-8; save the file as UTF-8"
    ]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_taken_off(codec):
    assert told((HEADER + "boat\tship\n").encode(codec)) == [
        "ours.tsv:1: warning: the file begins with a byte order mark; save it as UTF-8 without"
    ]


def test_utf_16_without_a_mark_is_no_text():
    assert "U+0000" in told((HEADER + "boat\tship\n").encode("utf-16-le"))[0]


def test_something_else():
    (message,) = told("The boat left.\n", "page.txt")
    assert message.startswith("page.txt: this is no dictionary in a known format")


def test_a_million_bad_lines_make_no_million_messages():
    messages = told(HEADER + "boat\n" * (NAMED + 50))
    assert len(messages) == NAMED + 2
    assert any("50 more lines like that" in message for message in messages)


def test_the_summary_counts():
    data = (HEADER + "Boat\tship\nboat\n").encode()
    reading, problems = validate(data, "ours.tsv")
    assert summary(reading, problems, "ours.tsv") == "ours.tsv: read as despin, 1 entry; 1 error, 1 warning"
    reading, problems = validate((HEADER + "boat\tship\n").encode(), "ours.tsv")
    assert summary(reading, problems, "ours.tsv") == "ours.tsv: read as despin, 1 entry; no problems"


PIECES = st.sampled_from(
    ["boat", "ship", "a b", "\t", "\t", "\n", "\n", "\r\n", "|", "{", "}", '"', "(", ")", " AND ", " OR ", " NOT ",
     "~3", " NEAR/2 ", ",", "query,expected\n", "#: family: x\n", "#: prior: 0.5\n", "#", "3", "\\", "\0", "\x85", "é",
     "-", "\u2028", "http://x.org", "."]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(["a.tsv", "a.csv", "a.txt"]))
def test_whatever_a_file_holds_is_understood_or_told(text, name):
    reading, problems = validate(text.encode(), name)
    assert reading is not None or [problem.severity for problem in problems] == [Severity.ERROR]
    assert all(isinstance(problem, Problem) and "\n" not in problem.tell(name) for problem in problems)
    if reading is not None:
        lines = text.count("\n") + 1
        assert all(0 <= problem.line <= lines for problem in problems)
        assert all(1 <= line <= lines for line in reading.lines)
        assert len(reading.lines) == len(reading.source.entries)
        assert reading.source.entries or reading.errors


@given(st.binary(max_size=200), st.sampled_from(["a.tsv", "a.csv", "a.txt"]))
def test_so_are_bytes(data, name):
    reading, problems = validate(data, name)
    assert reading is not None or problems
