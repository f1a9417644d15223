"""Pages that mix their own text with spun text."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import despin
from despin import Report
from despin.detection.passages import JUDGED_WORDS
from despin.renderers import text as lines

FIXTURES = Path(__file__).parents[1] / "fixtures"


def read(path: str) -> str:
    return (FIXTURES / path).read_text(encoding="utf-8").strip("\n")


CLEAN, OTHER, SPUN = read("clean/teaser-news.txt"), read("clean/casting-news.txt"), read("spun/behind-the-scenes.txt")
PARAGRAPHS = [part for text in (CLEAN, OTHER, SPUN) for part in text.split("\n") if part.strip()]


def words(text: str, report: Report, judgement: str) -> set[str]:
    spans = [text[p.start : p.end] for p in report.passages if p.judgement == judgement]
    return {line for span in spans for line in span.split("\n") if line.strip()}


@pytest.mark.parametrize("first", [True, False])
def test_of_a_mixed_page_the_spun_part_is_named(first: bool) -> None:
    text = f"{SPUN}\n{CLEAN}" if first else f"{CLEAN}\n{SPUN}"
    report = despin.check(text)
    own = [line for line in CLEAN.split("\n") if len(line.split()) > JUDGED_WORDS]
    assert not words(text, report, "spun") & set(own)
    assert words(text, report, "spun") >= {line for line in SPUN.split("\n") if len(line.split()) > JUDGED_WORDS}


def test_a_clean_page_is_not_divided() -> None:
    assert despin.check(f"{CLEAN}\n{OTHER}").passages == ()


def test_one_paragraph_is_no_passage() -> None:
    report = despin.check(SPUN.replace("\n", " "))
    assert report.verdict.judgement == "spun"
    assert report.passages == ()


@given(st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=12).map("\n".join))
@settings(max_examples=60)
def test_passages_cover_the_text(text: str) -> None:
    passages = despin.check(text).passages
    if passages:
        assert len(passages) > 1
        assert passages[0].start == 0
        assert passages[-1].end == len(text)
        assert all(one.end == other.start for one, other in pairwise(passages))
        assert any(passage.judgement == "spun" for passage in passages)
        assert all(passage.words >= JUDGED_WORDS for passage in passages)


def test_the_listing_names_lines_only_where_they_say_more_than_the_verdict() -> None:
    mixed, spun = despin.check(f"{CLEAN}\n{OTHER}\n{SPUN}"), despin.check(SPUN)
    assert "by themselves: likely spun" in lines.passages(mixed, "page.txt")
    assert lines.passages(despin.check(CLEAN), "page.txt") == ""
    if all(passage.judgement == "spun" for passage in spun.passages):
        assert lines.passages(spun, "page.txt") == ""


def test_a_text_is_as_likely_spun_as_its_likeliest_passage() -> None:
    for honest in (0, 2, 8):
        report = despin.check("\n".join([*CLEAN.split("\n")[:honest], SPUN, *OTHER.split("\n")]))
        most = max((part.probability for part in report.passages), default=0.0)
        assert report.verdict.probability >= most
        assert report.verdict.judgement == "spun"
        assert report.verdict.family


def test_what_is_certain_in_its_passage_is_written() -> None:
    alone = despin.check(SPUN)
    mixed = despin.check("\n".join([CLEAN, OTHER, SPUN]))
    written = [sum(one.action == "restore" for one in report.findings) for report in (alone, mixed)]
    assert written[1] > written[0] / 2
    assert {line for line in (CLEAN + "\n" + OTHER).split("\n") if line} <= set(mixed.restored.split("\n"))
