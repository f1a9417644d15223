"""Phrases that a text quotes as examples of tortured phrases: no findings; and those that only look so: findings."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import despin
from despin import Config, Finding, Report
from despin.results.quoted_examples import EXAMPLE, Examples
from despin.results.report import Verdict
from despin.results.suppression import excuse

PHRASE = "counterfeit consciousness"
LIST = {PHRASE: "artificial intelligence", "bosom peril": "breast cancer", "irregular woodland": "random forest"}
CASES = tomllib.loads((Path(__file__).parents[1] / "fixtures" / "quoted-examples.toml").read_text(encoding="utf-8"))
FAR = "\n\n" + "The weir was mended in the spring, and the miller paid for it.\n\n" * 60
CLEAN = Verdict("clean", 0.0, 0.0, 0.0, "", 9)


def cases(table):
    """Each text with the name that it stands under."""
    return [
        pytest.param(text.replace("{about}", CASES["about"]).replace("{far}", FAR), name, id=f"{name[:30]}-{number}")
        for name, texts in CASES[table].items()
        for number, text in enumerate(texts)
    ]


def found_in(text):
    """The listed phrases of `text`, as they are found."""
    places = re.finditer("|".join(LIST), text, re.IGNORECASE)
    return [
        Finding(one.start(), one.end(), one[0], LIST[one[0].casefold()], 0.9, "suggest", alone=True) for one in places
    ]


def asked(text):
    """What is said of the phrase that the cases are about."""
    findings = found_in(text)
    [phrase] = [one for one in findings if one.found.casefold() == PHRASE]
    return Examples(text, findings).why(phrase)


@pytest.mark.parametrize(("text", "name"), cases("examples"))
def test_examples(text, name):
    assert asked(text) == f"{EXAMPLE}: {name}"


@pytest.mark.parametrize(("text", "name"), cases("reported"))
def test_what_only_looks_like_one(text, name):
    assert asked(text) == "", name


def test_the_cases_hold_from_a_list_to_the_report(tmp_path):
    """Through the whole program: what the list finds, and what is said of it."""
    path = tmp_path / "ours.tsv"
    path.write_text("".join(f"{spun}\t{meant}\n" for spun, meant in LIST.items()), encoding="utf-8")
    config = Config(dictionaries=(str(path),))
    for table in ("examples", "reported"):
        for text, name in (case.values for case in cases(table)):
            report = despin.check(text, config)
            if report.verdict.judgement == "spun":
                continue  # nothing is alone there
            kept, ignored = ([one.found.casefold() for one in some] for some in (report.findings, report.ignored))
            assert PHRASE in (ignored if table == "examples" else kept), (name, text[:200])
            assert all(one.excuse.startswith(EXAMPLE) for one in report.ignored)


def test_every_other_reading_may_explain_it():
    text = "The thesaurus makes “counterfeit consciousness” (machine intelligence) of it."
    [phrase] = found_in(text)
    assert Examples(text, [phrase]).why(phrase) == ""
    read = tuple(despin.Reading(one, 0.1) for one in ("artificial intelligence", "machine intelligence"))
    assert Examples(text, [phrase]).why(replace(phrase, readings=read)).startswith(EXAMPLE)


def test_a_table_of_many_rows_is_one():
    rows = "".join(f"{spun}\t{meant}\t{number}\n" for number, (spun, meant) in enumerate(LIST.items()))
    text = f"Table 2. Tortured phrases in the journal.\n\nphrase\tmeant\tpapers\n{rows}"
    report = excuse(Report(text, tuple(found_in(text)), CLEAN), Config())
    assert (len(report.findings), len(report.ignored)) == (0, 3)


def test_only_phrases_by_themselves_are_asked():
    text = f"Tortured phrases such as “{PHRASE}” are a sign."
    [phrase] = found_in(text)
    report = Report(text, (replace(phrase, alone=False),), Verdict("spun", 0.9, 0.5, 3.0, "web", 9))
    assert excuse(report, Config()) is report
