"""A text beside its source: the laws of the alignment, kinds of differences, the verdict, restoring by the source."""

import json
import random
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import despin
from despin import Comparison, compare
from despin.comparison.differences import is_form
from despin.comparison.known import Arc
from despin.comparison.regions import SAME, Region, best_way
from despin.comparison.restoring import CERTAIN, with_source
from despin.renderers.comparisons import source_object
from despin.renderers.evidence_page import Compared

COPIES = Path(__file__).parents[1] / "fixtures" / "copies"
FERRY = (COPIES / "ours" / "ferry.txt").read_text(encoding="utf-8")
LIBRARY = (COPIES / "ours" / "library.txt").read_text(encoding="utf-8")
STORM = (COPIES / "ours" / "storm.txt").read_text(encoding="utf-8")
STOLEN = (COPIES / "stolen.txt").read_text(encoding="utf-8")
RIVAL = (COPIES / "rival.txt").read_text(encoding="utf-8")

words = st.text("abcdeé ,.'\"“”A1-\n", max_size=80)


def whole(one):
    """What every comparison is, whatever the texts."""
    for d in one.differences:
        assert one.text[d.start : d.end] == d.found
        assert one.source[d.source_start : d.source_end] == d.original
        assert d.found or d.original
    for run in one.runs:
        left, right = one.text[run.start : run.end], one.source[run.source_start : run.source_end]
        assert left.split()
        assert right.split()
        assert run.words > 0
    there = sorted((p.source_start, p.source_end) for p in one.passages)
    for spans in ([(p.start, p.end) for p in one.passages], there):
        assert spans == sorted(spans)
        assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert 0 <= one.kept_words <= min(one.words, one.source_words)
    assert 0 <= one.similarity <= 1
    assert 0 <= one.copied_share <= one.explained <= 1
    assert 0 <= one.probability <= 1
    assert sum(run.words for run in one.runs) == one.kept_words == sum(p.kept for p in one.passages)
    assert one.substitutions == one.counts["substitution"]


@given(words, words)
def test_spans_are_right_whatever_the_texts(text, source):
    one = compare(text, source)
    whole(one)
    assert Comparison.from_dict(one.to_dict()) == one


@given(words)
def test_a_text_keeps_every_word_of_itself(text):
    one = compare(text, text)
    whole(one)
    assert one.kept_words == one.words
    assert not one.differences
    assert not one.moved


@pytest.mark.parametrize("text", [FERRY, LIBRARY, STOLEN, "the the the " * 300, "a b " * 50 + "\n" + "b a " * 50])
def test_real_and_monotonous_texts_keep_themselves(text):
    one = compare(text, text)
    assert (one.kept_words, one.similarity, one.explained) == (one.words, 1, 1)


@settings(max_examples=25)
@given(st.permutations(range(5)), st.sampled_from([(FERRY, FERRY), (STOLEN, FERRY), (LIBRARY, LIBRARY)]))
def test_the_order_of_paragraphs_changes_nothing_but_moved(order, texts):
    text, source = texts
    lines = text.rstrip("\n").split("\n")
    shuffled = "\n".join(lines[k] for k in order if k < len(lines)) + "\n" + "\n".join(lines[5:])
    before, after = compare("\n".join(lines), source), compare(shuffled.rstrip("\n"), source)
    whole(after)
    assert after.kept_words == before.kept_words
    assert after.substitutions == before.substitutions
    assert Counter((d.kind, d.found, d.original) for d in after.differences if d.kind in ("substitution", "form")) == (
        Counter((d.kind, d.found, d.original) for d in before.differences if d.kind in ("substitution", "form"))
    )


def test_paragraphs_that_moved_came_and_went_are_told():
    lines = FERRY.rstrip("\n").split("\n")
    text = "\n".join([lines[0], lines[3], lines[2], "Quite another paragraph was put here by somebody.", lines[4]])
    one = compare(text, FERRY)
    assert one.moved == 1
    assert [text[a:b] for a, b in one.added()] == ["Quite another paragraph was put here by somebody."]
    assert [FERRY[a:b] for a, b in one.dropped()] == [lines[1], lines[5]]
    assert [d.kind for d in one.differences] == ["deletion", "insertion", "deletion"]


@pytest.mark.parametrize(
    ("text", "source", "kind", "found", "original"),
    [
        ("He purchased a house at the lake.", "He bought a house at the lake.", "substitution", "purchased", "bought"),
        ("The colours of the house were bright.", "The colors of the house were bright.", "form", "colours", "colors"),
        ("He walks to the old house at night.", "He walked to the old house at night.", "form", "walks", "walked"),
        ("We met at the NATO summit in May.", "We met at the Nato summit in May.", "form", "NATO", "Nato"),
        ("It was a very long day at sea.", "It was a long day at sea.", "insertion", "very", ""),
        ("It was a day at sea for all.", "It was a long day at sea for all.", "deletion", "", "long"),
        ("She said it was a lovely day.", 'She said it was a "lovely" day.', "quotation", "", '"'),
    ],
)
def test_kinds_of_differences(text, source, kind, found, original):
    one = compare(text, source)
    whole(one)
    assert (kind, found, original) in [(d.kind, d.found, d.original) for d in one.differences]


@pytest.mark.parametrize(
    ("found", "original", "same"),
    [
        ("an", "a", True), ("e-mail", "email", True), ("it's", "it is", True), ("organise", "organize", True),
        ("running", "run", True), ("centre", "center", True), ("cats", "dogs", False), ("than", "that", False),
        ("the", "them", False), ("", "word", False),
    ],
)  # fmt: skip
def test_forms(found, original, same):
    assert is_form(found, original) is same


def test_a_known_phrase_is_taken_whole():
    known = [Arc(1, 3, 1, 2, 7)]
    region = Region([1, 2, 3, 4], [1, 9, 4], [True] * 4, 0, 0)
    assert [tuple(step) for step in best_way(region, known)] == [
        (0, 1, 0, 1, SAME), (1, 3, 1, 2, 7), (3, 4, 2, 3, SAME),
    ]  # fmt: skip


def test_verdicts():
    spun, rival = compare(STOLEN, FERRY), compare(RIVAL, FERRY)
    assert (spun.verdict, spun.copied) == ("spun copy", True)
    assert spun.probability > 0.99
    assert spun.families["web"] > 30
    assert compare(FERRY, FERRY).verdict == "copy"
    assert rival.verdict == "related"
    assert rival.probability < 0.1
    assert compare(LIBRARY, FERRY).verdict == "none"
    assert compare("", "").verdict == compare(FERRY, "").verdict == "none"


def test_quoting_is_no_copying():
    paragraph = FERRY.split("\n")[3]
    text = f"{LIBRARY}“{paragraph}” wrote the paper.\n"
    one = compare(text, FERRY)
    assert one.verdict == "related"
    assert one.runs
    assert all(run.quoted for run in one.runs if run.words > 3)


def test_the_schema_knows_every_member():
    schema = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))[
        "$defs"
    ]
    made = source_object(Compared("a", "b", compare(STOLEN, FERRY)))
    assert made.keys() == set(schema["source"]["required"]) == schema["source"]["properties"].keys()
    assert all(one.keys() == set(schema["difference"]["required"]) for one in made["differences"])


def test_words_are_short():
    assert repr(compare(FERRY, FERRY)).startswith("Comparison('copy', probability=")
    assert len(repr(compare(FERRY, FERRY))) < 120


def test_what_is_no_comparison_is_refused():
    with pytest.raises(ValueError, match="no comparison"):
        Comparison.from_dict({"text": ""})


def test_restoring_by_the_source():
    one = compare(STOLEN, FERRY)
    report = with_source(despin.check(STOLEN), one, "ours/ferry.txt")
    lines = FERRY.split("\n")
    assert report.restored.startswith("\n".join([lines[0], lines[1], lines[3], lines[2], lines[4]]) + "\n")
    assert all(f.confidence == CERTAIN for f in report.findings if f.family == "source")
    assert despin.invert(report.restored, [f for f in report.findings if f.action == "restore"]) == STOLEN
    assert with_source(despin.check(RIVAL), compare(RIVAL, FERRY), "x").restored == despin.check(RIVAL).restored
    with pytest.raises(ValueError, match="different texts"):
        with_source(despin.check(RIVAL), one, "x")


def test_pairs_are_passages_in_the_order_of_the_source():
    original, spun = compare(STOLEN, FERRY).paired()
    assert len(original.split("\n")) == len(spun.split("\n"))
    assert [line.split()[0] for line in spun.split("\n")] == [line.split()[0] for line in original.split("\n")]


@pytest.mark.parametrize("make", [
    lambda n: "the " * n, lambda n: "a b c " * (n // 3), lambda n: "the storm broke the ramp. " * (n // 6),
    lambda n: " ".join(f"w{random.Random(k).randrange(n // 4)}" for k in range(n)), lambda n: '"' * n,
    lambda n: "one two\n" * (n // 2),
])  # fmt: skip
def test_time_grows_as_the_text(make):
    def seconds(size):
        text = make(size)
        other = text[len(text) // 3 :] + " and more " + text[: len(text) // 3]
        best = float("inf")
        for _ in range(2):
            begin = time.process_time()
            compare(text, other)
            best = min(best, time.process_time() - begin)
        return best

    compare("warm", "up")
    assert seconds(12_000) < 10 * seconds(3000) + 0.5
