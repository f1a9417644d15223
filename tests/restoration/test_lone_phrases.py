"""Listed means reported: a phrase of a user's list, put into any honest paragraph, is a finding there."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from despin import Config, Finding, apply, check, check_many
from despin.restoration.lone_phrases import LISTED

CLEAN = sorted((Path(__file__).parents[1] / "fixtures" / "clean").glob("*.txt"))
SPUN = Path(__file__).parents[1] / "fixtures" / "spun"
PARAGRAPHS = [
    " ".join(paragraph.split())
    for path in CLEAN
    for paragraph in re.split(r"\n\s*\n", path.read_text(encoding="utf-8"))
    if len(paragraph.split()) > 15
]
LIST = {
    "counterfeit consciousness": "artificial intelligence",
    "profound neural organization": "deep neural network",
    "bosom peril": "breast cancer",
    "flag-to-clamor proportion": "signal-to-noise ratio",
    "gouda cheddar": "swiss cheese",
}


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("list") / "ours.csv"
    path.write_text("query,expected\n" + "".join(f'"{spun}",{meant}\n' for spun, meant in LIST.items()))
    return Config(dictionaries=(str(path),))


def test_every_paragraph_and_every_phrase(config):
    """Reported, suggested only, and the verdict is that of the text."""
    texts, places = [], []
    for number, paragraph in enumerate(PARAGRAPHS):
        words = paragraph.split(" ")
        for shift, spun in enumerate(LIST):
            at = (7 * number + 3 * shift) % len(words)
            before = "".join(f"{word} " for word in words[:at])
            texts.append(f"{before}{spun} {' '.join(words[at:])}")
            places.append((len(before), spun))
    plain = Config(dictionaries=config.dictionaries)
    for (start, spun), report in zip(places, check_many(texts, plain), strict=True):
        [finding] = [one for one in report.findings if one.start == start]
        assert (finding.found, finding.original, finding.action) == (spun, LIST[spun], "suggest")
        assert finding.alone
        assert finding.entry == f"ours:{spun}"
        assert finding.confidence == LISTED
        assert report.verdict.judgement != "spun"
        assert report.restored == report.text
        assert not report.fails()
        assert report.fails(strict=True)
        assert report.to_dict()["phrases_alone"] == len([one for one in report.findings if one.alone])


def break_lines(text, at):
    """`text` with a line end in place of the blank that is nearest behind `at`, or a word cut in two there."""
    return text[:at] + "\n" + text[at + 1 :] if text[at] == " " else text[:at] + "-\n" + text[at:]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PARAGRAPHS), st.sampled_from(sorted(LIST)), st.data())
def test_line_ends_and_case(config, paragraph, spun, data):
    cuts = [
        at
        for at in range(1, len(spun) - 1)
        if spun[at] == " " or (spun[at - 1 : at + 1].isalpha() and spun[at + 1].isalpha())
    ]
    case = data.draw(st.sampled_from((str, str.upper, str.title)))
    phrase = break_lines(case(spun), data.draw(st.sampled_from(cuts)))
    text = f"{paragraph}\n\nOf {phrase} there was talk.\n"
    report = check(text, config)
    assert [one.found for one in report.findings] == [phrase]
    assert report.findings[0].original.casefold() == LIST[spun]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([*LIST, "and then", "the", "bosom", "peril", "\n", "\n\n", ".", "-"]), max_size=30))
def test_findings_are_sorted_disjoint_and_where_they_say(config, pieces):
    report = check(" ".join(pieces), config)
    assert apply(report.text, report.findings) is not None  # raises where they overlap
    assert list(report.findings) == sorted(report.findings, key=lambda one: one.start)
    assert len(report.findings) >= sum(piece in LIST for piece in pieces)


@pytest.mark.parametrize(
    "text",
    [
        "a bosom\n\nperil",
        "the bosom's peril",
        "bosom perils",
        "abosom peril",
        "`bosom peril` in code",
        "https://example.org/bosom peril".replace(" ", "-"),
        "bosom, peril",
        "- bosom\n- peril",
    ],
)
def test_what_is_another_phrase(config, text):
    assert check(text, config).findings == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a bosom\r\nperil", "bosom\r\nperil"),
        ("a bo\u00adsom peril", "bo\u00adsom peril"),
        ("a b\u043esom\u200b peril", "b\u043esom\u200b peril"),
        ("(Bosom   peril)", "Bosom   peril"),
        ("a flag-to-\nclamor proportion", "flag-to-\nclamor proportion"),
    ],
)
def test_what_is_the_phrase(config, text, found):
    assert [one.found for one in check(text, config).findings] == [found]


def test_the_longest_of_those_that_begin_first(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text("query,expected\nrandom wood,forest\nrandom wood land,random forest\nland mine,mine\n")
    report = check("In a random wood land mine.", Config(dictionaries=(str(path),)))
    assert [one.found for one in report.findings] == ["random wood land"]


def test_several_originals_and_conditions(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text(
        'query,expected\nbosom peril,breast cancer\nbosom peril,breast tumour\n"colossal data" NOT whale,big data\n'
    )
    config = Config(dictionaries=(str(path),))
    first, second = check("A bosom peril and colossal data.", config).findings
    assert (first.original, first.alternatives, second.original) == ("breast cancer", ("breast tumour",), "big data")
    assert [one.found for one in check("A bosom peril, colossal data, a whale.", config).findings] == ["bosom peril"]


FIELDS = {
    "profound learning": (
        "deep learning",
        "pedagogy",
        "Pedagogy speaks of profound learning where pupils change their minds.",
    ),
    "random woodland": ("random forest", "ecology", "In ecology, a random woodland has trees of any age and kind."),
    "help vectors": ("support vectors", "nurses", "The nurses drew arrows, their help vectors, from bed to bed."),
}
"""Phrases that honest people write, in their fields: what is meant elsewhere, a word of the field, and a sentence."""


def test_what_a_field_writes_is_excused_by_the_list_or_by_its_user(tmp_path):
    """Listed means reported, here too: only a condition of the list, or --allow, which is told, takes it out."""
    plain, asking = tmp_path / "plain.csv", tmp_path / "asking.csv"
    rows = [(phrase, meant, word) for phrase, (meant, word, _) in FIELDS.items()]
    plain.write_text("query,expected\n" + "".join(f"{phrase},{meant}\n" for phrase, meant, _ in rows))
    asking.write_text(
        "query,expected\n" + "".join(f'"""{phrase}"" NOT {word}",{meant}\n' for phrase, meant, word in rows)
    )
    for phrase, (meant, _, sentence) in FIELDS.items():
        other = f"The network was trained with {phrase} on a hundred images."
        for text, path, found in ((sentence, plain, 1), (sentence, asking, 0), (other, plain, 1), (other, asking, 1)):
            findings = check(text, Config(dictionaries=(str(path),))).findings
            assert [(one.found, one.original, one.alone) for one in findings] == [(phrase, meant, True)] * found
        report = check(sentence, Config(dictionaries=(str(plain),), allow=(phrase,)))
        assert (report.findings, [one.excuse for one in report.ignored]) == ((), ["allowed"])


def test_no_list_no_finding():
    assert check("There was talk of the harbour and the gouda cheddar.").findings == ()
    assert check("A gouda cheddar.", Config(dictionaries=("academic", "web"))).findings == ()


def test_what_was_found_in_the_ordinary_way_stays(tmp_path):
    path = tmp_path / "ours.tsv"
    path.write_text("cargo net\tgood things\n")
    text = next(SPUN.glob("*.txt")).read_text(encoding="utf-8") + "\nThe cargo net hung there.\n"
    before = check(text, Config(dictionaries=("web",)))
    after = check(text, Config(dictionaries=("web", str(path))))
    assert after.verdict.judgement == "spun"
    [own] = [one for one in after.findings if one.family == "ours"]
    assert own.found == "cargo net"
    assert own.action == "suggest"
    assert not own.alone
    assert {one.found for one in before.findings if one.action == "restore"} <= {one.found for one in after.findings}


def test_very_long_texts(config):
    text = "The harbour was quiet and the boats lay still.\n\n" * 16_000 + "A bosom peril was named.\n"
    report = check(text, config)
    assert [one.found for one in report.findings] == ["bosom peril"]


def test_json_and_back(config):
    [finding] = check("A bosom peril was named.", config).findings
    data = json.loads(json.dumps(finding.to_dict()))
    assert data["alone"] is True
    assert Finding.from_dict(data).alone
    assert "alone" not in Finding(0, 1, "a", "b").to_dict()


def test_a_lister_in_doubt_lists_all_the_same(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text("query,expected\nbosom peril,breast cancer? (BC)\nodd one,(?)\n")
    found = check("A bosom peril, an odd one.", Config(dictionaries=(str(path),))).findings
    assert [(one.found, one.original) for one in found] == [("bosom peril", "breast cancer")]
