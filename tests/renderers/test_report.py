"""Renderers: a report in, a string out. The JSON is held against its schema, docs/report.schema.json."""

import copy
import json as stdlib_json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from strategies import texts_with_findings

from despin import Evidence, Finding, Reading, Report, Verdict
from despin.renderers import diff, json, text

SCHEMA = stdlib_json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
TEXT = "We labored collectively\nall evening.\r\nThe road was loud"
DIGEST = "sha256:" + "0" * 64
PROVENANCE = {"dictionaries": {"web": DIGEST}, "language_model": DIGEST}


def finding(found, original, **more):
    start = TEXT.index(found)
    return Finding(start, start + len(found), found, original, **({"family": "web", "entry": f"web:{found}"} | more))


FINDINGS = (
    finding("labored", "worked", confidence=0.4, action="suggest"),
    finding(
        "collectively",
        "together",
        confidence=0.9933,
        substituted=0.9987,
        readings=(Reading("together", 0.9933), Reading("as one", 0.0041)),
        evidence=(Evidence("context", 6.0, "the phrase fits"), Evidence("spin rate", -1.0, "few others")),
    ),
    finding("evening", "night", confidence=0.9999),
)
VERDICT = Verdict("spun", 0.9999, 0.8, 12.34, "web", 9)
REPORT = Report(TEXT, FINDINGS, VERDICT)
CLEAN = Report("A plain text.", (), Verdict("clean", 0.001, 0.0, 0.0, "", 3))


def valid(data, name=None):
    schema = SCHEMA if name is None else {"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]}
    jsonschema.Draft202012Validator(schema).validate(data)


# --- text -------------------------------------------------------------------------------------------------------


def test_listing():
    assert text.listing(REPORT, "a.txt") == (
        "a.txt:1:4: note: labored -> worked? (substituted >0.99: worked 0.40, web)\n"
        "a.txt:1:12: collectively -> together (substituted >0.99: together 0.99, as one <0.01, web)\n"
        "a.txt:2:5: evening -> night (substituted >0.99: night >0.99, web)\n"
        "a.txt: likely spun: probability >0.99, 3 findings in 9 words\n"
    )


def test_a_clean_text_is_passed_over_in_silence_unless_an_explanation_is_wanted():
    assert text.listing(CLEAN, "a.txt") == ""
    assert text.listing(CLEAN, "a.txt", zipf={}) == (
        "a.txt: no sign of spinning: probability <0.01, 0 findings in 3 words\n"
        "    spin rate 0.00, log10 likelihood ratio +0.0\n"
    )


def test_explanation():
    shown = text.findings(REPORT, "a.txt", zipf={"collectively": 3.61, "together": 5.72})
    assert shown.split("a.txt:1:12: ")[1].split("a.txt:2:5: ")[0] == (
        "collectively -> together (substituted >0.99: together 0.99, as one <0.01, web)\n"
        "     +6.0  context     the phrase fits\n"
        "     -1.0  spin rate   few others\n"
        "     +5.0  sum         log-odds of a confidence of 0.99\n"
        "           how common  'collectively' 3.6, 'together' 5.7 (Zipf scale)\n"
        "           readings    substituted >0.99: together 0.99, as one <0.01\n"
        "           entry       web:collectively\n"
    )


def test_only_what_was_written_is_listed_as_written():
    assert "labored" not in text.findings(REPORT, "a.txt", suggestions=False)
    assert text.restored_summary(REPORT, "a.txt") == (
        "a.txt: likely spun: probability >0.99, 2 phrases restored, 1 more suggested in 9 words\n"
    )


def test_colour_adds_nothing_but_colour():
    for render in (text.listing, text.findings, text.verdict, text.restored_summary):
        coloured = render(REPORT, "a.txt", colour=True)
        assert "\x1b[" in coloured
        assert re.sub(r"\x1b\[\d+m", "", coloured) == render(REPORT, "a.txt")


def test_found_text_cannot_play_tricks_on_a_terminal():
    trick = Report("a \x1b[2J\nb", (Finding(2, 8, "\x1b[2J\nb", "c\r\x07"),), VERDICT)
    line = text.findings(trick, "x\n\x1b.txt")
    assert line.count("\n") == 1
    assert "\x1b" not in line
    assert "\x07" not in line


def test_what_is_excused_is_shown_and_said():
    known = Report(TEXT, tuple(replace(f, known=True) for f in FINDINGS), VERDICT, ignored=(finding("loud", "noisy"),))
    assert text.listing(known, "a.txt") == (
        "a.txt:1:4: note: labored -> worked? (substituted >0.99: worked 0.40, web, baseline)\n"
        "a.txt:1:12: collectively -> together (substituted >0.99: together 0.99, as one <0.01, web, baseline)\n"
        "a.txt:2:5: evening -> night (substituted >0.99: night >0.99, web, baseline)\n"
        "a.txt: likely spun, but excused: probability >0.99, 3 findings in 9 words, 3 in the baseline, 1 more ignored\n"
    )
    assert text.listing(known, "a.txt", colour=True).startswith("\x1b[2ma.txt:1:4: ")
    assert text.listing(Report(TEXT, (), VERDICT, ignored=FINDINGS), "a.txt") == ""


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((3, 0, ["a"], 2), "3 files checked, 1 likely spun, 2 more excused. Restore with: despin --write a\n"),
        ((1, 0, ["a b.txt"]), "1 file checked, 1 likely spun. Restore with: despin --write 'a b.txt'\n"),
        ((9, 2, list("wxyz")), "9 files checked, 4 likely spun, 2 unclear. Restore with: despin --write PATH ...\n"),
        ((2, 0, []), "2 files checked, none likely spun.\n"),
    ],
)
def test_check_summary(arguments, line):
    assert text.check_summary(*arguments) == line


# --- diff -------------------------------------------------------------------------------------------------------


def test_diff():
    assert diff.unified(REPORT, "a.txt") == (
        "--- a.txt\n"
        "+++ a.txt\n"
        "@@ -1,3 +1,3 @@\n"
        "-We labored collectively\n"
        "-all evening.\r\n"
        "+We labored together\n"
        "+all night.\r\n"
        " The road was loud\n"
        "\\ No newline at end of file\n"
    )
    assert diff.unified(CLEAN, "a.txt") == ""


@pytest.mark.skipif(shutil.which("patch") is None, reason="needs patch")
@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\x0b\u2028x\x1c"])
def test_patch_takes_the_diff(tmp_path, ending):
    report = Report(TEXT + ending, FINDINGS, VERDICT)
    (tmp_path / "a.txt").write_bytes(report.text.encode())
    patch = diff.unified(report, "a.txt").encode()
    subprocess.run(["patch", "--binary", "-s", "-p0"], input=patch, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "a.txt").read_bytes() == report.restored.encode()


# --- JSON -------------------------------------------------------------------------------------------------------


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_whole_object():
    data = stdlib_json.loads(json.whole([REPORT.to_dict("a.txt")], [{"message": "no"}], "0.1.0", PROVENANCE))
    valid(data)
    assert data["documents"][0]["restored"] == "We labored together\nall night.\r\nThe road was loud"
    assert data["tool"] == {"name": "despin", "version": "0.1.0", **PROVENANCE}
    assert data["errors"] == [{"message": "no"}]


def test_the_whole_object_where_no_data_could_be_loaded():
    valid(stdlib_json.loads(json.whole([], [{"path": "a", "message": "no"}], "0.1.0", None)))


def test_a_line_and_a_record():
    assert json.line(REPORT, "a.txt").count("\n") == 1
    valid(stdlib_json.loads(json.line(REPORT, "a.txt")), "document")
    valid({"id": 1, "despin": json.result(REPORT)}, "record")
    valid({"despin": {"error": "bad", "line": 3}}, "record")
    assert "restored" not in json.result(REPORT)


def test_a_record_without_evidence():
    short = json.result(REPORT, evidence=False)
    valid({"id": 1, "despin": short}, "record")
    whole = json.result(REPORT)
    for finding in whole["findings"]:
        del finding["evidence"]
    assert short == whole


@given(texts_with_findings())
def test_every_report_fits_the_schema(example):
    report = Report(example[0], example[1], VERDICT)
    valid(report.to_dict("a.txt"), "document")
    valid(stdlib_json.loads(json.line(report, "a.txt")), "document")


def test_the_schema_knows_every_member():
    known = tuple(replace(f, known=True, alone=True) for f in FINDINGS)
    ignored = (replace(finding("loud", "noisy"), excuse="allowed"),)
    document = Report(TEXT, known, VERDICT, ignored=ignored).to_dict("a.txt")
    named = SCHEMA["$defs"]
    known = named["document"]["properties"].keys() | named["judgement"]["properties"].keys()
    assert document.keys() == known - {"source"}  # of --against alone
    of_documents = {"page", "paragraph", "part"}  # of those that have such
    plain = [name for name in named["finding"]["properties"] if name not in of_documents]
    assert list(document["findings"][1]) == plain
    assert list(REPORT.to_dict()["findings"][1]) == [*named["finding"]["required"], "evidence"]
    assert list(document["findings"][1]["evidence"][0]) == named["evidence"]["required"]
    assert [*json.result(REPORT)] == named["judgement"]["required"]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("schema",), 2),
        (("tool", "name"), "spin"),
        (("tool", "language_model"), "md5:0"),
        (("documents", 0, "verdict"), "guilty"),
        (("documents", 0, "probability"), 1.5),
        (("documents", 0, "words"), "9"),
        (("documents", 0, "findings", 0, "action"), "write"),
        (("documents", 0, "findings", 0, "line"), 0),
        (("documents", 0, "findings", 1, "evidence", 0, "weight"), "+1"),
        (("errors", 0), "no"),
    ],
)
def test_the_schema_refuses_what_is_wrong(place, value):
    data = {
        "schema": 1,
        "tool": {"name": "despin", "version": "0.1.0", **PROVENANCE},
        "documents": [REPORT.to_dict("a.txt")],
        "errors": [{"message": "no"}],
    }
    valid(data)
    broken = copy.deepcopy(data)
    target = broken
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        valid(broken)
