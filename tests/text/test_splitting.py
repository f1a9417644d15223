"""Laws of cutting, and of texts that were cut."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import despin
from despin.text import splitting

FIXTURES = Path(__file__).parents[1] / "fixtures"
ARTICLE = (FIXTURES / "spun" / "behind-the-scenes.txt").read_text(encoding="utf-8")


@given(st.text(st.sampled_from("ab .!?\n”"), max_size=200), st.integers(1, 50))
def test_parts_are_the_text(text, longest):
    bounds = splitting.split_long(text, longest)
    assert "".join(text[a:b] for a, b in bounds) == text
    assert all(a[1] == b[0] for a, b in pairwise(bounds))
    assert all(0 < b - a <= longest for a, b in bounds) or text == ""
    for a, b in bounds[:-1]:
        window = text[a:b]
        assert window.endswith("\n") or "\n" not in text[a : a + longest - 1]


@pytest.mark.parametrize("glue", ["\n", " "], ids=["paragraphs", "one line"])
def test_a_long_text_has_the_findings_of_its_parts(monkeypatch, glue):
    text = glue.join([ARTICLE.replace("\n", glue)] * 3)
    monkeypatch.setattr(splitting, "LONGEST", 4000)
    monkeypatch.setattr(splitting.split_long, "__defaults__", (4000,))
    report = despin.check(text)
    bounds = splitting.split_long(text)
    alone = [despin.check(text[a:b]) for a, b in bounds]
    assert len(bounds) > 1
    assert [(f.start, f.end, f.original, f.confidence) for f in report.findings] == [
        (f.start + a, f.end + a, f.original, f.confidence)
        for (a, _), one in zip(bounds, alone, strict=True)
        for f in one.findings
    ]
    assert report.restored == "".join(one.restored for one in alone)
    assert report.verdict.words == sum(one.verdict.words for one in alone)
    assert report.verdict.probability == max(one.verdict.probability for one in alone)


def test_batch_bytes_changes_nothing():
    texts = [ARTICLE, "A plain sentence.", *ARTICLE.split("\n")]
    whole = [one.to_dict() for one in despin.check_many(texts)]
    for size in (1, 1000, 10_000_000):
        some = [one.to_dict() for one in despin.check_many(iter(texts), batch_bytes=size)]
        assert [one["restored"] for one in some] == [one["restored"] for one in whole]
        assert [one["verdict"] for one in some] == [one["verdict"] for one in whole]
