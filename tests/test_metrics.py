"""The measurement measured: a fault here would move every figure."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from baselines import FixedMap, FrequencyOnly, outcome
from data import Facts, pieces, read_facts
from edits import (
    Edit,
    apply_edits,
    edit_of_span,
    edits_of_alignment,
    gold_edit,
    minimise,
    tokenise,
    words_of,
)
from hypothesis import given
from hypothesis import strategies as st
from metrics import Score, auroc, by_effect, calibration, compare, edit_distance, ranks, tpr_at_fpr

from despin import Finding, Report, Verdict

few_words = st.lists(st.sampled_from("abc"), max_size=7).map(tuple)


# --- tokens ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Women’s", ["women", "'s"]),
        ("JOHN'S", ["john", "'s"]),
        ("Don’t o'clock rock’n’roll", ["don't", "o'clock", "rock'n'roll"]),
        ("the boys' room", ["the", "boys", "'", "room"]),
        ("'some' 's", ["'", "some", "'", "'s"]),
        ("it'sn't", ["it'sn't"]),
        ("1,000.5 and 3. 7.eight", ["1,000.5", "and", "3", ".", "7", ".", "eight"]),
        ("co-star_2 €5!", ["co", "-", "star", "_", "2", "€", "5", "!"]),
        ("Zoë cafe\u0301", ["zoë", "cafe\u0301"]),
        ("", []),
    ],
)
def test_tokens(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words
    found = tokenise(text)
    assert list(found.words) == words
    assert "".join(text[a:b] for a, b in zip(found.start, found.end, strict=True)) == "".join(text.split())


@given(st.text())
def test_tokens_leave_out_only_blanks(text: str) -> None:
    found = tokenise(text)
    spans = list(zip(found.start, found.end, strict=True))
    assert all(a < b for a, b in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    covered = {i for a, b in spans for i in range(a, b)}
    assert all(char.isspace() for i, char in enumerate(text) if i not in covered)


# --- edits -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "original", "edit"),
    [
        ("a brand new", "a new", Edit(1, 2, ())),
        ("new", "brand new", Edit(0, 0, ("brand",))),
        ("like like", "like", Edit(1, 2, ())),
        ("Good", "good", None),
        ("moved on", "went on", Edit(0, 1, ("went",))),
    ],
)
def test_minimise(found: str, original: str, edit: Edit | None) -> None:
    words = words_of(found)
    assert minimise(Edit(0, len(words), words_of(original)), words) == edit


@given(few_words, few_words)
def test_minimised_edits_do_the_same_and_have_different_ends(words: tuple[str, ...], new: tuple[str, ...]) -> None:
    edit = minimise(Edit(0, len(words), new), words)
    assert apply_edits(words, [] if edit is None else [edit]) == new
    if edit is not None and edit.words and edit.first < edit.last:
        assert words[edit.first] != edit.words[0]
        assert words[edit.last - 1] != edit.words[-1]


@given(few_words, few_words)
def test_edits_of_an_alignment_apply(words: tuple[str, ...], restored: tuple[str, ...]) -> None:
    assert apply_edits(words, edits_of_alignment(words, restored)) == restored


def test_a_span_inside_a_token_takes_the_whole_token() -> None:
    text = tokenise("an unlovely day")
    assert edit_of_span(text, 5, 11, "kind") == Edit(1, 2, ("unkind",))
    assert edit_of_span(text, 3, 11, "adorable") == Edit(1, 2, ("adorable",))
    assert edit_of_span(text, 11, 11, "") == Edit(2, 2, ())
    with pytest.raises(ValueError, match="does not lie in a text"):
        edit_of_span(text, 5, 99, "kind")


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="overlaps"):
        apply_edits("abc", [Edit(0, 2, ()), Edit(1, 3, ())])


# --- comparing -------------------------------------------------------------------------------------------------

TEXT = tokenise("In a brand new clip they good the scene and it looks like like unexpectedly good .")


def _span(found: str) -> tuple[int, int]:
    start = TEXT.text.index(found)
    return start, start + len(found)


GOLD = [
    gold_edit(TEXT, *_span("brand new"), ["new"]),
    gold_edit(TEXT, *_span("good"), ["perfect", "finish"]),
    gold_edit(TEXT, *_span("looks like"), ["looks"]),
    gold_edit(TEXT, *_span("unexpectedly"), ["suddenly"], optional=True),
    gold_edit(TEXT, *_span("good ."), ["good .", "perfect ."]),  # may stay
]


def _made(*spans: tuple[str, str]) -> list[Edit]:
    edits = [minimise(edit_of_span(TEXT, *_span(found), original), TEXT.words) for found, original in spans]
    return [edit for edit in edits if edit is not None]


@pytest.mark.parametrize(
    ("spans", "strict", "effect"),
    [
        pytest.param([], Score(0, 0, 0, 3), Score(0, 0, 0, 3), id="nothing"),
        pytest.param([("a brand new", "a new")], Score(1, 0, 1, 2), Score(1, 0, 1, 2), id="minimised alike"),
        pytest.param([("good the", "finish the")], Score(1, 0, 1, 2), Score(1, 0, 1, 2), id="second original"),
        pytest.param([("good the", "improve the")], Score(0, 1, 0, 3), Score(0, 1, 0, 3), id="wrong"),
        pytest.param([("they", "we")], Score(0, 1, 0, 3), Score(0, 1, 0, 3), id="elsewhere"),
        pytest.param([("like like", "like")], Score(0, 1, 0, 3), Score(1, 0, 1, 2), id="the other like"),
        pytest.param(
            [("brand new clip they good", "new clip they perfect")],
            Score(0, 1, 0, 3), Score(1, 0, 2, 1), id="two in one",
        ),
        pytest.param([("unexpectedly", "suddenly")], Score(0, 0, 0, 3), Score(0, 0, 0, 3), id="optional, made"),
        pytest.param([("unexpectedly", "at once")], Score(0, 1, 0, 3), Score(0, 1, 0, 3), id="optional, another"),
        pytest.param([("good .", "perfect .")], Score(1, 0, 1, 3), Score(1, 0, 1, 3), id="may stay, made"),
        pytest.param([("good .", "great .")], Score(0, 1, 0, 3), Score(0, 1, 0, 3), id="may stay, another"),
        pytest.param(
            [("unexpectedly good", "suddenly perfect")],
            Score(0, 1, 0, 3), Score(1, 0, 1, 3), id="optional and not, in one",
        ),
    ],
)  # fmt: skip
def test_compare(spans: list[tuple[str, str]], strict: Score, effect: Score) -> None:
    made = _made(*spans)
    assert compare(made, GOLD, TEXT.words).score == strict
    assert compare(made, GOLD, TEXT.words, effect=True).score == effect


@pytest.mark.parametrize(
    ("spans", "right", "extra"),
    [
        pytest.param([], 0, 0, id="nothing"),
        pytest.param([("brand new", "new")], 1, 0, id="met"),
        pytest.param([("they", "we")], 0, 1, id="elsewhere"),
        pytest.param([("good the", "improve the")], 0, 0, id="another original is no extra"),
        pytest.param([("brand new clip they good", "new clip they perfect")], 2, 0, id="two in one"),
        pytest.param([("brand new clip they good", "new clip they good")], 1, 0, id="one of two"),
        pytest.param([("unexpectedly good", "suddenly perfect")], 0, 0, id="only what is required counts"),
    ],
)
def test_the_outside_count(spans: list[tuple[str, str]], right: int, extra: int) -> None:
    assert by_effect(_made(*spans), GOLD, TEXT.words) == (right, extra)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=8), few_words)
def test_a_whole_and_its_alignment_agree_by_effect(words: list[str], restored: tuple[str, ...]) -> None:
    text = tokenise(" ".join(words))
    gold = gold_edit(text, 0, len(text.text), [" ".join(restored)])
    score = compare(edits_of_alignment(words, restored), [gold], words, effect=True).score
    assert (score.wrong, score.missed) == (0, 0)


def test_score() -> None:
    score = Score(6, 2, 6, 6) + Score(0, 0, 0, 0)
    assert (score.precision, score.recall) == (0.75, 0.5)
    assert score.f() == pytest.approx(1.25 * 0.75 * 0.5 / (0.25 * 0.75 + 0.5))
    assert (Score(0, 0, 0, 5).precision, Score(0, 0, 0, 5).recall, Score(0, 0, 0, 5).f()) == (1.0, 0.0, 0.0)


def test_edit_distance_counts_tokens() -> None:
    assert edit_distance(words_of("a brand new clip"), words_of("a new video")) == 2


# --- detection and calibration ---------------------------------------------------------------------------------

scores = st.lists(st.integers(0, 6), min_size=1, max_size=30)


@given(scores, scores)
def test_auroc_is_the_share_of_pairs_in_order(spun: list[int], clean: list[int]) -> None:
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in spun for b in clean]
    assert auroc(spun, clean) == pytest.approx(sum(pairs) / len(pairs))


@given(scores, scores, st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_tpr_at_fpr_is_the_best_threshold(spun: list[int], clean: list[int], rate: float) -> None:
    allowed = [t for t in range(-1, 8) if sum(c > t for c in clean) <= rate * len(clean) + 1e-9]
    assert tpr_at_fpr(spun, clean, rate) == pytest.approx(max(sum(s > t for s in spun) / len(spun) for t in allowed))


def test_ranks_break_ties_by_the_next_number() -> None:
    assert ranks([(0.5, 2.0), (0.5, 1.0), (0.1, 9.0), (0.5, 2.0)]).tolist() == [2, 1, 0, 2]
    assert ranks([]).tolist() == []


def test_calibration() -> None:
    bins, error = calibration([0.95, 0.95, 0.85, 1.0, 0.05], [True, True, False, False, False])
    assert [b.findings for b in bins] == [1, 0, 0, 0, 0, 0, 0, 0, 1, 3]
    assert bins[9].right == pytest.approx(2 / 3)
    assert math.isnan(bins[4].confidence)
    assert error == pytest.approx((0.05 + 0.85 + 3 * abs(2.9 / 3 - 2 / 3)) / 5)
    assert math.isnan(calibration([], [])[1])


def test_calibrated_confidences_have_no_error() -> None:
    right = np.arange(1000) % 4 != 0
    assert calibration(np.full(1000, 0.75), right)[1] == pytest.approx(0.0)


# --- data and baselines ----------------------------------------------------------------------------------------


def test_pieces() -> None:
    assert pieces("one  two\nthree four five", 2) == ["one  two", "three four"]
    assert pieces("one two", 3) == []
    assert pieces("one  two", 0) == ["one  two"]


@pytest.fixture
def facts(tmp_path) -> Facts:  # type: ignore[no-untyped-def]
    path = tmp_path / "web.tsv"
    path.write_text(
        "#: name\tweb\nby which\tin which\t9\t10\nby which\twhereby\t1\t1\nbrand new\tnew\nbrand\tmake\t2\t3\n"
        "content material\tcontent\t5\t6\tcontent material science\tseen in the wild\nlovely\tadorable\t1\t9\n",
        encoding="utf-8",
    )
    return read_facts([path])


def test_facts(facts: Facts) -> None:
    assert facts.offered("By which") == {"in which", "whereby"}
    assert facts.offered("in which") == set()
    assert facts.replaced["in", "which"] == {("by", "which"): (9, 10)}
    assert ("new",) not in facts.replaced


@pytest.mark.parametrize(
    ("spun", "original", "reached"),
    [
        ("brand new content material", "new content", True),
        ("brand new content", "make new content", True),
        ("brand new content", "content", False),
        ("an lovely day", "an adorable day", True),
        ("a lovely day", "an adorable day", True),
        ("a lovely day", "the adorable day", False),
    ],
)
def test_the_oracle_combines_entries_and_words_kept(facts: Facts, spun: str, original: str, reached: bool) -> None:
    assert facts.reaches(words_of(spun), words_of(original)) is reached


def test_a_broken_dictionary_is_refused_with_its_place(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "web.tsv"
    path.write_text("good\tperfect\tmany\t3\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"web\.tsv:1"):
        read_facts([path])


def test_a_report_in_the_terms_of_the_measurement() -> None:
    findings = (
        Finding(3, 12, "brand new", "new", confidence=0.9),
        Finding(13, 21, "FESTIVAL", "Festival", confidence=0.8),
        Finding(29, 37, "by which", "in which", confidence=0.4, action="suggest"),
    )
    report = Report("A  brand new FESTIVAL, days  by which", findings, Verdict("spun", 0.7, 0.5, 3.0, "web", 7))
    assert report.restored == "A  new Festival, days  by which"
    made = outcome(report)
    assert made.edits == (Edit(1, 2, ()),)
    assert made.proposals == ((Edit(1, 2, ()), 0.9, 1.0), (Edit(6, 7, ("in",)), 0.4, 1.0))
    assert (made.score, made.spun, made.probability) == ((0.7, 3.0), True, 0.7)


def test_the_fixed_map_takes_the_longest_phrase_and_the_most_frequent_original(facts: Facts) -> None:
    assert FixedMap(facts).edits(words_of("The brand new brand by which")) == [
        Edit(1, 2, ()),
        Edit(3, 4, ("make",)),
        Edit(4, 5, ("in",)),
    ]


def test_frequency_only_replaces_by_more_frequent_words(facts: Facts) -> None:
    words = words_of("a lovely brand new clip by which")
    # "in which" is more frequent than "by which"; "adorable" is rarer than "lovely"
    assert FrequencyOnly(facts, 0.0).edits(words) == [Edit(2, 3, ()), Edit(5, 6, ("in",))]
    assert FrequencyOnly(facts, 9.0).edits(words) == []
