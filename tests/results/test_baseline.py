"""The baseline: it knows what it recorded, moves with the text, and only shrinks."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin import Finding, Report, Verdict
from despin.results.baseline import Baseline, BaselineError, Matching

VERDICT = Verdict("spun", 0.99, 0.8, 12.0, "web", 20)
TEXT = "The band work collectively at evening.\nThe evening is loud.\nWe labored collectively at evening.\n"


def report(text):
    found = re.finditer(r"collectively|evening|labored", text)
    return Report(text, tuple(Finding(m.start(), m.end(), m[0], "x", entry=f"web:{m[0]}") for m in found), VERDICT)


def against(baseline, documents, gone=()):
    """What of `documents` the baseline does not know, and the comparison."""
    matching = Matching(baseline, gone)
    marked = {path: matching.known(path, report(text)) for path, text in documents.items()}
    return {path: [f.start for f in r.findings if not f.known] for path, r in marked.items()}, matching


BASELINE = Baseline.of([("a.txt", report(TEXT))])


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "A title\n\nAnd a paragraph.\n\n" + TEXT,
        "\n".join(reversed(TEXT.splitlines())),
        TEXT.replace("work", "play"),
        TEXT.replace("collectively", "together", 1),
        TEXT.replace("\n", "\r\n"),
        TEXT.upper().lower(),
        "Nothing left.",
    ],
)
def test_it_moves_with_the_text(text):
    unknown, matching = against(BASELINE, {"a.txt": text})
    assert unknown == {"a.txt": []}
    assert matching.added == 0
    assert matching.stale == len(report(TEXT).findings) - len(report(text).findings)


@pytest.mark.parametrize(
    ("documents", "unknown", "stale"),
    [
        ({"a.txt": TEXT + "One more evening."}, {"a.txt": [105]}, 0),
        ({"a.txt": TEXT, "b.txt": "All evening."}, {"a.txt": [], "b.txt": [4]}, 0),
        ({"b.txt": TEXT}, {"b.txt": [14, 30, 43, 63, 71, 87]}, 0),
        ({"a.txt": "", "b.txt": TEXT}, {"a.txt": [], "b.txt": [14, 30, 43, 63, 71, 87]}, 6),
    ],
)
def test_what_it_does_not_know(documents, unknown, stale):
    result, matching = against(BASELINE, documents)
    assert (result, matching.stale, matching.added) == (unknown, stale, sum(map(len, unknown.values())))


def test_a_file_that_was_renamed_keeps_its_records():
    unknown, matching = against(BASELINE, {"b.txt": TEXT, "c.txt": TEXT}, gone=["a.txt"])
    assert (unknown["b.txt"], len(unknown["c.txt"]), matching.stale) == ([], 6, 0)
    assert {place.path for place in matching.shrunk().counts} == {"b.txt"}


def test_files_that_were_not_checked_are_left_in_peace():
    _, matching = against(BASELINE, {"b.txt": "Nothing."})
    assert matching.stale == 0
    assert matching.shrunk() == BASELINE


def test_making_one_knows_everything():
    unknown, matching = against(None, {"a.txt": TEXT})
    assert unknown == {"a.txt": []}
    assert matching.shrunk() == BASELINE


def test_it_names_no_lines_and_tells_no_text():
    data = json.loads(BASELINE.dump())
    assert list(data) == ["schema", "about", "findings"]
    assert {tuple(record) for record in data["findings"]} == {("path", "entry", "sha", "count")}
    assert "band" not in BASELINE.dump()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "no baseline|not a baseline"),
        ('{"schema": 2, "findings": []}', "not a baseline of schema 1"),
        ('{"schema": 1}', "not a baseline"),
        ('{"schema": 1, "findings": [1]}', "number 1"),
        ('{"schema": 1, "findings": [{"path": "a", "entry": "b", "sha": "c", "count": 0}]}', "number 1"),
        ('{"schema": 1, "findings": [{"path": "a", "entry": "b", "sha": "c", "count": true}]}', "number 1"),
        ('{"schema": 1, "findings": [{"path": 1, "entry": "b", "sha": "c", "count": 1}]}', "number 1"),
    ],
)
def test_what_is_no_baseline(content, message):
    with pytest.raises(BaselineError, match=message):
        Baseline.parse(content)


# --- laws -------------------------------------------------------------------------------------------------------

TEXTS = st.lists(st.sampled_from(["collectively", "evening", "labored", "the", "band"]), max_size=12).map(" ".join)
DOCUMENTS = st.dictionaries(st.sampled_from(["a", "b", "c"]), TEXTS)


@given(DOCUMENTS)
def test_a_baseline_and_back(documents):
    baseline = Baseline.of((path, report(text)) for path, text in documents.items())
    assert Baseline.parse(baseline.dump()) == baseline
    unknown, matching = against(baseline, documents)
    assert not any(unknown.values())
    assert matching.stale == 0
    assert matching.shrunk() == baseline


@given(DOCUMENTS, DOCUMENTS, st.sets(st.sampled_from(["a", "b", "c"])))
def test_it_only_shrinks_and_adds_up(before, after, gone):
    gone -= after.keys()
    baseline = Baseline.of((path, report(text)) for path, text in before.items())
    unknown, matching = against(baseline, after, gone)
    shrunk = matching.shrunk()
    assert shrunk.counts.total() == baseline.counts.total() - matching.stale
    assert matching.added == sum(map(len, unknown.values()))
    for path, text in after.items():
        for entry in ("web:evening", "web:labored", "web:collectively"):
            known = sum(f.entry == entry for f in report(text).findings)
            assert sum(n for p, n in shrunk.counts.items() if (p.path, p.entry) == (path, entry)) <= known
    again, matching = against(shrunk, after)
    assert again == unknown
    assert matching.stale == 0
