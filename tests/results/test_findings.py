"""Laws of findings: applying, undoing, and going through JSON."""

import copy
import json
import math
import pickle
from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import TEXTS, texts_with_findings

from despin import Evidence, Finding, Report, Verdict, apply, invert
from despin.results.lazy_findings import LazyFinding, LazyFindings, changed, joined, quick_finding
from despin.results.lift import lift
from despin.text.unmask import unmask


def report(text, findings):
    return Report(text, tuple(findings), Verdict("spun", 0.9, 0.5, 3.0, "web", 9))


@given(texts_with_findings())
def test_invert_undoes_apply(example):
    text, findings = example
    assert invert(apply(text, findings), findings) == text


@given(texts_with_findings(), st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(example, random):
    text, findings = example
    shuffled = random.sample(findings, len(findings))
    assert apply(text, shuffled) == apply(text, findings)
    assert invert(apply(text, findings), shuffled) == text


@given(texts_with_findings())
def test_text_outside_findings_stays(example):
    text, findings = example
    restored, place, shift = apply(text, findings), 0, 0
    for finding in findings:
        assert restored[place + shift : finding.start + shift] == text[place : finding.start]
        shift += len(finding.original) - len(finding.found)
        assert restored[: finding.end + shift].endswith(finding.original)
        place = finding.end
    assert restored[place + shift :] == text[place:]


@given(TEXTS)
def test_a_text_without_findings_is_returned_as_the_same_object(text):
    assert apply(text, ()) is text
    assert report(text, ()).restored is text


@given(texts_with_findings())
def test_any_subset_applies(example):
    text, findings = example
    for chosen in (findings[::2], findings[1::2], findings[:1]):
        assert invert(apply(text, chosen), chosen) == text


@given(texts_with_findings())
def test_only_restorations_are_written(example):
    text, findings = example
    assert report(text, findings).restored == apply(text, [f for f in findings if f.action == "restore"])


@given(texts_with_findings())
def test_json_and_back(example):
    text, findings = example
    sent = json.loads(json.dumps(report(text, findings).to_dict("a.txt")))
    received = [Finding.from_dict(data) for data in sent["findings"]]
    assert [f.to_dict() for f in received] == [f.to_dict() for f in findings]
    assert apply(text, received) == apply(text, findings)
    written = [f for f in received if f.action == "restore"]
    assert invert(sent["restored"], written) == text


@given(texts_with_findings())
def test_line_and_column_lead_back_to_the_place(example):
    text, findings = example
    lines = text.split("\n")
    for finding in report(text, findings).to_dict()["findings"]:
        line, column = finding["line"], finding["column"]
        assert sum(len(before) + 1 for before in lines[: line - 1]) + column - 1 == finding["start"]
        assert column <= len(lines[line - 1]) + 1


@pytest.mark.parametrize(
    ("findings", "message"),
    [
        ([Finding(0, 5, "spun", "woven")], "another text"),
        ([Finding(90, 94, "spun", "woven")], "another text"),
        ([Finding(5, 4, "", "woven")], "another text"),
        ([Finding(0, 4, "spun", "woven"), Finding(2, 6, "un t", "ove")], "overlaps"),
        ([Finding(0, 4, "spun", "woven"), Finding(0, 4, "spun", "turned")], "overlaps"),
    ],
)
def test_findings_of_another_text_are_refused(findings, message):
    with pytest.raises(ValueError, match=message):
        apply("spun text", findings)


def test_inverting_another_text_is_refused():
    with pytest.raises(ValueError, match="another text"):
        invert("quite another", [Finding(0, 4, "spun", "woven")])


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"start": 1e999, "end": 1, "found": "a", "original": "b"},
        {"start": 0, "end": 1, "found": "a"},
        {"start": None, "end": 1, "found": "a", "original": "b"},
    ],
)
def test_json_of_something_else_is_refused(data):
    with pytest.raises(ValueError, match="not a finding of schema 1"):
        Finding.from_dict(data)


@given(st.floats(0.001, 0.999))
def test_log_odds_are_those_of_the_confidence(confidence):
    odds = Finding(0, 1, "a", "b", confidence=confidence).log_odds
    assert 1 / (1 + math.exp(-odds)) == pytest.approx(confidence)


def test_a_finding_made_quickly_is_a_finding_like_any_other() -> None:
    fields = (3, 9, "lovely", "adorable", 0.75, "suggest", "web", "web:lovely", (Evidence("channel", 1.5),))
    plain, quick = Finding(*fields), quick_finding(*fields)
    assert type(quick) is Finding
    assert quick == plain
    assert hash(quick) == hash(plain)
    assert repr(quick) == repr(plain)
    assert quick.to_dict() == plain.to_dict()
    assert replace(quick, known=True) == replace(plain, known=True) != plain
    assert pickle.loads(pickle.dumps(quick)) == plain
    with pytest.raises(FrozenInstanceError):
        quick.start = 4  # type: ignore[misc]


class Making:
    """Makes findings, and remembers which."""

    def __init__(self, findings):
        self.findings, self.made = findings, []

    def one_by_one(self):
        return [self.lazy(place, f.start, f.end, f.found, f.original) for place, f in enumerate(self.findings)]

    def columns(self, text):
        """The same as `LazyFindings`."""
        start, end = [f.start for f in self.findings], [f.end for f in self.findings]
        original, certain = [f.original for f in self.findings], [f.action == "restore" for f in self.findings]
        return LazyFindings(text, start, end, original, certain, list(range(len(start))), [self] * len(start))

    def lazy(self, place, start, end, found, original):
        one = self.findings[place]
        said = one.substituted, one.confidence, one.action
        return LazyFinding(start, end, found, original, *said, None, "", place, self)

    def finish(self, one):
        self.made.append(one.place)
        return replace(self.findings[one.place], start=one.start, end=one.end)


@given(texts_with_findings())
def test_what_restores_makes_no_finding(example):
    text, findings = example
    making = Making(findings)
    later, now = Report.later(text, making.one_by_one(), report("", ()).verdict), report(text, findings)
    assert later.restored == now.restored
    assert later.substitutions == now.substitutions
    assert len(later.substitutions) == sum(f.action == "restore" for f in findings)
    assert not making.made
    assert later.findings == tuple(findings)
    assert later.findings is later.findings is later.lazy_findings
    assert making.made == list(range(len(findings)))  # each once


@pytest.mark.parametrize(
    "use",
    [
        lambda one: one,
        hash,
        repr,
        lambda one: pickle.loads(pickle.dumps(one)),
        copy.copy,
        copy.deepcopy,
        lambda one: replace(one, text=one.text),
        lambda one: replace(one, findings=one.findings[1:]),
        lambda one: one.to_dict("a.txt"),
        Report.fails,
    ],
)
def test_a_report_whose_findings_come_later_is_a_report_like_any_other(use) -> None:
    findings = [Finding(0, 2, "an", "a"), Finding(3, 9, "lovely", "sweet", 0.6, "suggest")]
    now = report("an lovely day", findings)
    later = Report.later(now.text, Making(findings).one_by_one(), now.verdict)
    assert use(later) == use(now)
    assert use(later) == use(now)  # when they are made, too
    with pytest.raises(FrozenInstanceError):
        later.findings = ()  # type: ignore[misc]
    with pytest.raises(AttributeError, match="no attribute 'finding'"):
        later.finding  # noqa: B018


def test_lazy_findings_change_as_findings_do() -> None:
    finding = Finding(3, 9, "lovely", "sweet")
    [lazy] = Making([finding]).one_by_one()
    assert changed(finding, start=4, end=10) == replace(finding, start=4, end=10)
    moved = changed(lazy, start=4, end=10)
    assert moved.maker.finish(moved) == replace(finding, start=4, end=10)


def made(lazy):
    """The findings that `lazy` stand for."""
    return Report.later(lazy.text, lazy, report("", ()).verdict).findings


@given(texts_with_findings(), st.integers(0, 9), st.integers(0, 9))
def test_columns_are_a_list_of_findings(example, first, last):
    text, findings = example
    lazy = Making(findings).columns(text)
    later = Report.later(text, lazy, report("", ()).verdict)
    assert later.restored == report(text, findings).restored
    assert later.substitutions == report(text, findings).substitutions
    assert made(lazy) == made(LazyFindings.of(text, findings)) == tuple(findings)
    assert made(lazy.part(first, last)) == tuple(findings[first:last])
    assert [f.place for f in lazy[first:last]] == list(range(len(findings)))[first:last]
    assert made(joined(text, [lazy.part(0, first), lazy.part(first, len(findings))])) == tuple(findings)
    further = lazy.moved("ab" + text, 2)
    assert made(further) == tuple(replace(f, start=f.start + 2, end=f.end + 2) for f in findings)
    assert made(LazyFindings.of(text, findings).moved("ab" + text, 2)) == made(further)


@given(texts_with_findings(), st.data())
def test_columns_are_spliced_as_lists_are(example, data):
    text, findings = example
    first = data.draw(st.integers(0, len(findings)))
    last = data.draw(st.integers(first, len(findings)))
    one = Finding(0, 0, "", "new", action=data.draw(st.sampled_from(["restore", "suggest"])))
    spliced = Making(findings).columns(text).spliced([(first, last, one)])
    assert made(spliced) == (*findings[:first], one, *findings[last:])
    assert spliced.certain == [f.action == "restore" for f in made(spliced)]


@given(texts_with_findings(), st.data())
def test_columns_are_lifted_as_findings_are(example, data):
    text, findings = example
    findings = [replace(one, readings=()) for one in findings]  # nobody makes one of an empty phrase
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=3)), reverse=True)
    source = text
    for place in places:
        source = f"{source[:place]}\u200b{source[place:]}"
    view = unmask(source)
    if view.text != text:
        return
    now = lift(view, report(text, findings))
    later = lift(view, Report.later(text, Making(findings).columns(text), now.verdict))
    assert later.restored == now.restored
    assert later.findings == now.findings
