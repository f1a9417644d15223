"""Right words in spun texts: how many of them are changed all the same, and by no more than that."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import despin
from despin.decoding.contractions import contracting
from despin.runtime.example import EXAMPLE
from despin.text.contractions import is_contraction

TESTS = Path(__file__).parents[1]
PAGE = (TESTS / "cases" / "page.txt").read_text(encoding="utf-8") + "\n"
CASES = tomllib.loads((TESTS / "fixtures" / "right-words.toml").read_text(encoding="utf-8"))["case"]
CHANGED_ALL_THE_SAME = 27  # of 214; 30 before contractions and terms were looked at


def changed(text, stay, report):
    """Those of `stay` that a restoration touches; what is listed twice stands twice."""
    restored = [(f.start - len(PAGE), f.end - len(PAGE)) for f in report.findings if f.action == "restore"]
    after, touched = {}, []
    for words in stay:
        start = text.index(words, after.get(words, 0))
        after[words] = start + len(words)
        touched += [words] if any(a < start + len(words) and start < b for a, b in restored) else []
    return touched


def test_right_words_stay():
    reports = list(despin.check_many(PAGE + case["text"] + "\n" for case in CASES))
    assert len(CASES) >= 60
    assert all(report.verdict.judgement == "spun" for report in reports)
    found = [
        w for case, report in zip(CASES, reports, strict=True) for w in changed(case["text"], case["stay"], report)
    ]
    assert len(found) <= CHANGED_ALL_THE_SAME, found


def test_a_term_that_the_page_repeats_stays():
    text = (
        "The brand new paper on Person Re-ID seems at cameras in stations. "
        "Person Re-ID stays onerous when folks put on the identical coat."
    )
    restored = despin.restore(PAGE + text)
    assert restored.count("Person Re-ID") == 2
    assert "new paper" in restored


@pytest.mark.parametrize("text", [
    "I do not know, and you don't either; it's late, we're tired, they've gone, and I cannot stay.",
    "It is late and we are tired. They have gone, so I can not stay, and I will not wait. He does not mind.",
])  # fmt: skip
def test_contractions_alone_are_no_evidence(text):
    for times in (1, 12):
        varied = "\n".join(text.replace("late", f"late again, day {n}") for n in range(times))
        report = despin.check(varied, dictionaries=["web"])
        assert report.verdict.judgement != "spun"
        assert report.restored == varied


def test_a_contraction_is_restored_beside_other_certain_findings_only():
    spun = "He's a very good man, and it's a pity that we do not see him, she said. We didn't know."
    report = despin.check(
        PAGE + "\n" + "The rain fell on the roof and the cat slept in the chair by the fire.\n" * 12 + spun
    )
    alone = report.text[report.text.rindex("He's") :]
    assert report.restored.endswith(alone)


def test_which_pairs_are_contractions():
    for one, other in (("don't", "do not"), ("cannot", "can't"), ("it's", "it is"), ("i'd go", "i would go")):
        assert is_contraction(one, other)
        assert is_contraction(other, one)
    for one, other in (("don't", "don't"), ("won't", "might not"), ("we've got", "we have"), ("its", "it's")):
        assert not is_contraction(one, other)


@given(st.text(), st.text())
def test_being_a_contraction_has_no_direction(one, other):
    assert is_contraction(one, other) == is_contraction(other, one)
    assert not is_contraction(one, one)


def test_the_example_has_none():
    arcs = EXAMPLE.lattice.arcs
    rows = np.flatnonzero(arcs.entry >= 0)
    first, last = EXAMPLE.lattice.token[arcs.start[rows]], EXAMPLE.lattice.token[arcs.end[rows] - 1] + 1
    assert not contracting(EXAMPLE.tokens, first, last, arcs.entry[rows], EXAMPLE.dictionary).any()
