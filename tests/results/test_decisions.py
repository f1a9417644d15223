"""Decisions of a review: what a saved file may hold, and that replaying it gives what the page showed."""

import json
import re
from functools import partial
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts_with_findings

import despin
from despin.readers import Source
from despin.readers.kinds import reworded, seen
from despin.results.decisions import Decision, Decisions, DecisionsError, choose, digest, parse, replay, written

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "decisions.schema.json").read_text(encoding="utf-8"))
TEXT = "We labored collectively all evening"
MADE = [
    {"start": 3, "end": 10, "found": "labored", "decision": "rejected", "replacement": None},
    {"start": 11, "end": 23, "found": "collectively", "decision": "accepted", "replacement": "together"},
    {"start": 28, "end": 35, "found": "evening", "decision": "changed", "replacement": "night"},
]


def saved(**more):
    document = {"path": "a.txt", "sha256": digest(TEXT), "decisions": MADE} | more
    return {"kind": "despin-decisions", "schema": 1, "documents": [document]}


def read(data):
    return parse(json.dumps(data))


def test_a_saved_file_is_replayed():
    jsonschema.validate(saved(), SCHEMA)
    [decisions] = read(saved())
    assert replay(TEXT, decisions) == "We labored together all night"


@given(texts_with_findings())
def test_accepting_every_finding_is_applying_them(example):
    text, findings = example
    made = tuple(Decision(f.start, f.end, f.found, "accepted", f.original) for f in findings)
    assert replay(text, Decisions("a", digest(text), made)) == despin.apply(text, findings)


@given(texts_with_findings(), st.randoms(use_true_random=False))
def test_rejecting_is_leaving_out(example, random):
    text, findings = example
    kept = [f for f in findings if random.random() < 0.5]
    made = tuple(
        Decision(f.start, f.end, f.found, *(("accepted", f.original) if f in kept else ("rejected", None)))
        for f in findings
    )
    assert replay(text, Decisions("a", digest(text), made)) == despin.apply(text, kept)


@given(st.text(), st.text())
def test_another_text_is_refused(text, other):
    decisions = Decisions("a", digest(other), ())
    if text == other:
        assert replay(text, decisions) == text
    else:
        with pytest.raises(DecisionsError, match="has changed since it was reviewed"):
            replay(text, decisions)


def test_a_text_with_a_lone_surrogate_has_a_digest_of_its_own():
    assert digest("\ud800") != digest("\ud801")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"found": "laboured"}, "is not 'laboured'"),
        ({"start": 8, "end": 15, "found": "ed coll"}, "overlaps"),
    ],
)
def test_decisions_that_do_not_fit_each_other_are_refused(change, sentence):
    made = [MADE[0] | {"decision": "accepted", "replacement": "worked"} | change, MADE[1]]
    made.append({"start": 3, "end": 10, "found": "labored", "decision": "accepted", "replacement": "worked"})
    [decisions] = read(saved(decisions=made))
    with pytest.raises(DecisionsError, match=sentence):
        replay(TEXT, decisions)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is not JSON"),
        ("[]", "holds no decisions of a review"),
        ('{"schema": 1, "documents": []}', "holds no decisions of a review"),
        (json.dumps(saved() | {"schema": 2}), "schema 2, but this version reads 1"),
        (json.dumps(saved() | {"documents": {}}), "the file: 'documents' is missing or not a list"),
        (json.dumps(saved(path=None)), "document 1: 'path' is missing or not a string"),
        (json.dumps(saved(decisions=["x"])), "document 1, decision 1: 'start' is missing or not a whole number"),
        (json.dumps(saved(decisions=[MADE[0] | {"start": True}])), "'start' is missing or not a whole number"),
        (json.dumps(saved(decisions=[MADE[0] | {"end": 3}])), "3 to 3 is no place"),
        (json.dumps(saved(decisions=[MADE[0] | {"decision": "yes"}])), "'yes' is no decision"),
        (json.dumps(saved(decisions=[MADE[0] | {"replacement": "x"}])), "'rejected' does not go with"),
        (json.dumps(saved(decisions=[MADE[1] | {"replacement": None}])), "'accepted' does not go with"),
    ],
)
def test_what_is_no_file_of_decisions_is_told(content, sentence):
    with pytest.raises(DecisionsError, match=sentence):
        parse(content)


@pytest.mark.parametrize("change", [{"decision": "yes"}, {"replacement": "x"}, {"start": -1}, {"found": 1}])
def test_the_schema_refuses_what_is_wrong(change):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(saved(decisions=[MADE[0] | change]), SCHEMA)


def test_a_text_is_known_by_what_it_says_and_not_by_its_name():
    here, there = Decisions("a.txt", digest(TEXT), ()), Decisions("b.txt", digest("other"), ())
    assert choose(TEXT, "renamed.txt", [here, there]) is here
    assert choose("other", "a.txt", [here, there]) is there
    with pytest.raises(DecisionsError, match="has changed since"):
        choose("new", "a.txt", [here, there])
    with pytest.raises(DecisionsError, match="was not reviewed"):
        choose("new", "c.txt", [here, there])


def test_equal_texts_are_told_apart_by_their_names():
    made = tuple(read(saved())[0].made)
    first, second = Decisions("a.txt", digest(TEXT), made), Decisions("b.txt", digest(TEXT), ())
    assert choose(TEXT, "b.txt", [first, second]) is second
    with pytest.raises(DecisionsError, match=r"as a\.txt, b\.txt, and their decisions differ"):
        choose(TEXT, "c.txt", [first, second])
    assert choose(TEXT, "c.txt", [first, first]) is first


# --- the reviewer's own words ---------------------------------------------------------------------------------------


def changed(kind, text, found, words):
    """`text` of `kind` after a review in which `words` were written for `found`."""
    source = seen(Source("a", text, kind=kind))
    start = text.index(found)
    made = Decision(start, start + len(found), found, "changed", words)
    decisions = written(Decisions("a", digest(text), (made,)), partial(reworded, source))
    return replay(text, decisions)


@pytest.mark.parametrize(
    ("kind", "text", "found", "words", "result"),
    [
        ("text", "a < lovely day", "lovely", "<b> & *", "a < <b> & * day"),
        ("html", "<p>a lovely day</p>", "lovely", "<b> & so", "<p>a &lt;b&gt; &amp; so day</p>"),
        ("html", "<p>a lovely day</p>", "lovely", "caf&eacute; &#38; R&D", "<p>a caf&eacute; &#38; R&amp;D day</p>"),
        ("html", "<p>brand <b>new</b></p>", "brand <b>new", "very <b>new & odd", "<p>very <b>new &amp; odd</b></p>"),
        ("html", "<p>brand <b>new</b></p>", "brand <b>new", "very fresh", "<p>very <b>fresh</b></p>"),
        ("html", "<p>brand <b>new</b></p>", "brand <b>new", "<i>fresh", "<p>&lt;i&gt;fresh<b></b></p>"),
        ("html", "<p>in regards &amp; to</p>", "regards &amp; to", "R&amp;D <", "<p>in R&amp;D &lt;</p>"),
        ("markdown", "a lovely day", "lovely", "*_[x](y) | `z` ~~", r"a \*\_\[x\](y) \| \`z\` \~\~ day"),
        ("markdown", "a lovely day", "lovely", r"C\* &amp; 2 < 3", r"a C\* &amp; 2 \< 3 day"),
        ("markdown", "a *brand* new day", "brand* new", "very* new_", r"a *very* new\_ day"),
        ("markdown", "> lovely day", "lovely", "# 1", r"> \# 1 day"),
        ("markdown", "- one\n- lovely day", "lovely", "1. x", "- one\n- 1\\. x day"),
        ("markdown", "so lovely day", "lovely", "- 1.", "so - 1. day"),
    ],
)
def test_words_are_written_so_that_they_are_read_as_typed(kind, text, found, words, result):
    assert changed(kind, text, found, words) == result


@pytest.mark.parametrize("kind", ["html", "markdown"])
@given(words=st.text("ab1 .)&<>;*_`[]()|#~+-=\\\"'!", min_size=1).map(lambda words: f"x{words}x"))
def test_whatever_is_typed_is_text(kind, words):
    text = "<p>a lovely day</p>" if kind == "html" else "a lovely day\n"
    result = seen(Source("a", changed(kind, text, "lovely", words), kind=kind))
    meant = words if kind == "html" else re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", words)
    assert result.prose == f"a {' '.join(meant.split())} day\n"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("html", "<p>In a brand <b>new</b> video, the band work&nbsp;collectively on a music.</p>"),
        ("markdown", "In a brand **new** video, the band\n> work collectively on a music.\n"),
    ],
)
def test_what_despin_offers_is_written_already(kind, text):
    source = seen(Source("a", text, kind=kind))
    report = source.lift(despin.check(source.prose * 1))
    for finding in report.findings:
        for words in (finding.found, finding.original, *finding.alternatives):
            assert reworded(source, finding.start, finding.end, words) == words


def test_code_that_is_left_out_is_told():
    with pytest.raises(DecisionsError, match="leaves out what is no text"):
        changed("html", "<p>a brand <code>x</code> new day</p>", "brand <code>x</code> new", "very new")
