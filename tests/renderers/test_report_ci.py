"""Formats for CI: workflow commands of GitHub Actions, and SARIF, which is held against the published schema."""

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts_with_findings

from despin import Evidence, Finding, Reading, Report, Verdict
from despin.renderers import github, sarif

SCHEMA = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "schemas" / "sarif-2.1.0-rtm.4.json").read_text(encoding="utf-8")
)
TEXT = "We labored collectively\nall evening.\r\nThe 𝒳 road was loud"
SPUN = Verdict("spun", 0.9999, 0.8, 12.34, "web", 9)
CLEAN = Report("A plain text.", (), Verdict("clean", 0.001, 0.0, 0.0, "", 3))


def finding(found, original, **more):
    start = TEXT.index(found)
    return Finding(start, start + len(found), found, original, **({"family": "web", "entry": f"web:{found}"} | more))


REPORT = Report(
    TEXT,
    (
        finding("labored", "worked", confidence=0.4, action="suggest"),
        finding(
            "collectively\nall", "together\neach", confidence=0.9, substituted=0.97,
            readings=(Reading("together\neach", 0.9), Reading("as one\nevery", 0.05), Reading("jointly\nall", 0.02)),
            evidence=(Evidence("context", 2.197, "it fits"),),
        ),
        finding("road", "line", confidence=0.95, family="Our own, list"),
    ),
    SPUN,
)  # fmt: skip


# --- workflow commands ------------------------------------------------------------------------------------------


def unescaped(command):
    """A workflow command as the runner reads it (actions/runner, ActionCommand.cs): name, properties, message."""
    name, properties, message = re.fullmatch(r"::(\w+) (.*?)::(.*)", command).groups()
    assert "\r" not in command

    def plain(value, signs):
        for sign, code in signs:
            value = value.replace(code, sign)
        return value.replace("%25", "%")

    data = [("\r", "%0D"), ("\n", "%0A")]
    pairs = (pair.split("=", 1) for pair in properties.split(","))
    return name, {k: plain(v, [*data, (":", "%3A"), (",", "%2C")]) for k, v in pairs}, plain(message, data)


def test_the_surest_comes_first_whichever_text_it_is_in():
    other = Report("An ample lot", (Finding(3, 8, "ample", "large", confidence=0.93),), replace(SPUN, probability=0.6))
    lines = github.commands([("b.txt", other), ("c.txt", CLEAN), ("a.txt", REPORT)]).splitlines()
    assert [unescaped(line)[0] for line in lines] == ["error", "error", "warning", "warning", "warning", "notice"]
    assert [unescaped(line)[1]["file"] for line in lines] == ["a.txt", "b.txt", "a.txt", "b.txt", "a.txt", "a.txt"]
    assert lines[0] == (
        "::error file=a.txt,line=1,title=likely spun::likely spun: probability >0.99, 3 findings in 9 words. "
        "This is a sign, not a proof: read the findings."
    )
    assert lines[2] == (
        "::warning file=a.txt,line=3,col=7,endColumn=11,"
        "title=likely spun phrase (substituted >0.99%3A line 0.95%2C Our own%2C list)::road -> line"
    )
    # Columns are refused on an annotation of several lines.
    assert lines[4].startswith("::warning file=a.txt,line=1,endLine=2,title=")
    assert lines[5].endswith(
        "title=perhaps a spun phrase (substituted >0.99%3A worked 0.40%2C web)::labored -> worked?"
    )


def test_errors_come_before_all_and_an_unclear_text_is_no_error():
    unclear = replace(REPORT, findings=(), verdict=replace(SPUN, judgement="unclear", probability=0.3))
    errors = [{"path": "x.txt", "message": "50% of it\nis lost"}, {"message": "no"}]
    lines = github.commands([("a.txt", unclear)], errors).splitlines()
    assert [unescaped(line) for line in lines[:2]] == [
        ("error", {"file": "x.txt", "title": "despin"}, "50% of it\nis lost"),
        ("error", {"title": "despin"}, "no"),
    ]
    assert lines[2].startswith("::notice file=a.txt,line=1,title=unclear whether spun::unclear: probability 0.30, 0 f")
    assert github.commands([("c.txt", CLEAN)]) == ""


@given(texts_with_findings(), st.text(min_size=1))
def test_whatever_a_text_says_a_command_is_one_line_and_says_it(example, path):
    report = Report(example[0], example[1], SPUN)
    lines = github.commands([(path, report)]).split("\n")
    assert len(lines) == len(report.findings) + 2
    assert lines.pop() == ""
    for line in lines:
        name, properties, _ = unescaped(line)
        assert name in ("error", "warning", "notice")
        assert properties["file"] == path


# --- SARIF ------------------------------------------------------------------------------------------------------


def logged(documents, errors=(), provenance=None):
    log = json.loads(sarif.whole(documents, errors, "0.1.0", provenance))
    jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(log)
    [run] = log["runs"]
    return run


def cut(text, region):
    """The text of a SARIF region whose columns count code points."""
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: region["startLine"] - 1]) + region["startColumn"] - 1
    end = sum(len(line) + 1 for line in lines[: region["endLine"] - 1]) + region["endColumn"] - 1
    return start, end


def test_the_schema_is_a_schema_that_refuses():
    jsonschema.Draft4Validator.check_schema(SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SCHEMA).validate({"version": "2.1.0", "runs": [{"results": []}]})


def test_findings_and_verdict():
    run = logged([("docs/a b.txt", REPORT), ("c.txt", CLEAN)])
    verdict, *results = run["results"]
    assert (verdict["ruleId"], verdict["level"]) == ("likely-spun", "error")
    assert verdict["message"]["text"] == "Likely spun: probability >0.99, 3 findings in 9 words."
    assert [result["level"] for result in results] == ["note", "warning", "warning"]
    assert [result["message"]["text"] for result in results] == [
        "“labored” may stand for “worked” (substituted >0.99: worked 0.40).",
        "“collectively all” is likely to stand for “together each” "
        "(substituted 0.97: together each 0.90, as one every 0.05, jointly all 0.02).",
        "“road” is likely to stand for “line” (substituted >0.99: line 0.95).",
    ]
    place = results[2]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "docs/a%20b.txt"
    assert place["region"] == {"startLine": 3, "startColumn": 7, "endLine": 3, "endColumn": 11}
    assert run["columnKind"] == "unicodeCodePoints"
    assert results[1]["properties"]["evidence"] == [{"kind": "context", "weight": 2.197, "note": "it fits"}]


def test_every_result_has_its_rule_with_help():
    run = logged([("a.txt", REPORT)], provenance={"dictionaries": {"web": "sha256:0"}})
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["likely-spun", "spun-phrase/Our-own-list", "spun-phrase/web"]
    assert all("a sign and not a proof" in rule["help"]["text"] for rule in rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert run["tool"]["driver"]["properties"] == {"dictionaries": {"web": "sha256:0"}}


def test_each_original_is_a_fix_of_its_own():
    fixes = logged([("a.txt", REPORT)])["results"][2]["fixes"]
    changes = [fix["artifactChanges"][0]["replacements"][0] for fix in fixes]
    assert [change["insertedContent"]["text"] for change in changes] == [
        "together\neach", "as one\nevery", "jointly\nall",
    ]  # fmt: skip
    assert fixes[0]["description"]["text"] == "Put back: together each"


@given(texts_with_findings())
def test_regions_and_fixes_fit_the_text(example):
    text, findings = example
    results = logged([("a.txt", Report(text, findings, SPUN))])["results"][1:]
    assert len(results) == len(findings)
    for result, expected in zip(results, findings, strict=True):
        start, end = cut(text, result["locations"][0]["physicalLocation"]["region"])
        assert text[start:end] == expected.found
        change = result["fixes"][0]["artifactChanges"][0]["replacements"][0]
        assert (cut(text, change["deletedRegion"]), change["insertedContent"]["text"]) == (
            (start, end),
            expected.original,
        )


def test_what_went_wrong_is_in_the_invocation():
    [fine] = logged([("a.txt", REPORT)])["invocations"]
    assert fine["executionSuccessful"] is True
    [failed] = logged([], [{"path": "x.txt", "message": "no such file"}, {"message": "unknown"}])["invocations"]
    assert failed["executionSuccessful"] is False
    [notice] = failed["toolExecutionNotifications"]
    assert notice["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "x.txt"
    assert failed["toolConfigurationNotifications"] == [{"level": "error", "message": {"text": "unknown"}}]


@given(st.text(min_size=1).filter(lambda path: "\0" not in path))
def test_every_path_has_a_uri(path):
    shown = sarif.uri(path)
    assert re.fullmatch(r"(file:///?)?[\w/.~%-]*", shown, re.ASCII)
    if not path.startswith("/"):
        assert Path(unquote(shown)) == Path(path)


def test_fingerprints_outlive_what_moves_and_tell_equals_apart():
    text = "a big big dog sat by the big old red gate"
    found = [Finding(m.start(), m.end(), "big", "large") for m in re.finditer("big", text)]
    moved = "Once upon a time\n\n" + text
    prints = sarif.fingerprints(Report(text, tuple(found), SPUN))
    assert len(set(prints)) == 3
    assert (
        prints[2]
        == sarif.fingerprints(
            Report(moved, tuple(replace(f, start=f.start + 18, end=f.end + 18) for f in found), SPUN)
        )[2]
    )
    twice = text + " and then " + text
    found += [replace(f, start=f.start + 51, end=f.end + 51) for f in found]
    again = sarif.fingerprints(Report(twice, tuple(found), SPUN))
    assert len(set(again)) == 6


def test_github_takes_the_log():
    """What GitHub asks for beyond the schema (docs.github.com, "SARIF support for code scanning")."""
    run = logged([("a.txt", REPORT)])
    for rule in run["tool"]["driver"]["rules"]:
        assert len(rule["id"]) <= 255
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
        assert len(rule["properties"]["tags"]) <= 20
    for result in run["results"]:
        assert result["message"]["text"]
        assert result["partialFingerprints"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert 1 <= region["startLine"] <= region.get("endLine", region["startLine"])
