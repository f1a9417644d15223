"""What excuses a finding: allowed phrases, comments, [sic], quotations. The findings here are made by hand."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import despin
from despin import Config, Finding, Report, Verdict
from despin.results.suppression import excuse, misspelt, quotations

VERDICT = Verdict("spun", 0.99, 0.8, 12.0, "web", 20)


def report(text, *phrases, entry=None):
    """A report that finds each of `phrases`, wherever it stands in `text`."""
    findings = [
        Finding(m.start(), m.end(), m.group(), "original", entry=entry or f"web:{m.group()}")
        for phrase in phrases
        for m in re.finditer(re.escape(phrase), text)
    ]
    return Report(text, tuple(sorted(findings, key=lambda f: f.start)), VERDICT)


def left(text, *phrases, **config):
    """What of `phrases` is still found in `text`."""
    return [f.found for f in excuse(report(text, *phrases), Config(**config)).findings]


# --- the allow list ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allow", "text", "phrase", "excused"),
    [
        ("bosom peril", "the bosom peril", "bosom peril", True),
        ("Bosom PERIL", "the bosom peril", "bosom peril", True),
        ("bosom peril", "BOSOM Peril!", "BOSOM Peril", True),
        ("to and fro", "it went to and fro", "fro", True),
        ("to and fro", "he is fro there", "fro", False),
        ("to and fro", "to\nand  fro", "fro", True),
        ("to and fro", "to and frozen", "fro", False),
        ("women's hour", "the Women’s Hour", "Women’s", True),
        ("wo-men", "wo–men", "men", False),
        ("peril", "bosom peril", "bosom peril", False),
        ("straße", "the STRASSE", "STRASSE", True),
        ("a.b", "a.b", "a", True),
        ("a.b", "axb", "axb", False),
        ("a\u039c", "A\xb5", "A\xb5", True),
        ("A\xb5", "a\u039c", "a\u039c", True),
        (" ", "the peril", "peril", False),
    ],
)
def test_allowed_phrases(allow, text, phrase, excused):
    assert left(text, phrase, allow=(allow,)) == ([] if excused else [phrase])


@pytest.mark.parametrize(
    "disguised",
    ["t\u043e and fr\u043e", "to\u200b a\xadnd\u00a0f\u2060ro", "ｔｏ ａｎｄ ｆｒｏ", "to \u2066and f\u0335ro"],
)
@pytest.mark.parametrize("before", ["it went ", "\ufb01ve \u0456t we\u200bnt "])
def test_disguise_makes_no_difference(disguised, before):
    *_, word = re.split(r"[ \xa0]", disguised)
    text = f"{before}{disguised} there"
    assert left(text, word, allow=("to and fro",)) == []
    assert left(text, word, allow=(disguised,)) == []
    assert left(text.replace("there", "there, to"), word, allow=("fro, there",)) == [word]
    assert left(f"he is {word} there", word, allow=("to and fro",)) == [word]


def test_disguise_makes_no_difference_to_what_is_found():
    text = (
        "In a brand new video, the band work c\u043ellectively on a music. After the lengthy t\xadour, the singer "
        "appears dr\u0430ined, however she goes on to joke in regards to the rain."
    )
    found = [f.found for f in despin.check(text).findings]
    assert {"c\u043ellectively", "dr\u0430ined"} <= set(found)
    allow = ("work collectively", "appears drained", "lengthy tour")
    excused = {"c\u043ellectively", "dr\u0430ined", "lengthy", "appears"}
    assert [f.found for f in despin.check(text, Config(allow=allow)).findings] == [f for f in found if f not in excused]


def test_the_phrase_of_an_entry_is_allowed_as_reports_name_it():
    found = report("a lovely day", "a lovely", entry="web:lovely")
    assert not excuse(found, Config(allow=("Lovely",))).findings
    assert excuse(found, Config(allow=("love",))).findings


def test_what_is_excused_is_kept_apart_and_not_restored():
    excused = excuse(report("bosom peril and bosom", "bosom"), Config(allow=("bosom peril",)))
    assert [f.start for f in excused.findings] == [16]
    assert [f.start for f in excused.ignored] == [0]
    assert excused.restored == "bosom peril and original"


def test_the_library_has_the_allow_list_too():
    text = (
        "In a brand new video, the band work collectively on a music for the following season. After the lengthy "
        "tour, the singer appears drained, however she goes on to joke in regards to the rain."
    )
    assert "collectively" not in despin.restore(text)
    assert "work collectively on" in despin.restore(text, Config(allow=("work collectively",)))


# --- comments ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- despin: ignore -->", "<!--despin:ignore-->", "# despin: ignore", "// despin: ignore", "; despin: ignore",
        "/* despin: ignore */", "-- despin: ignore", "% despin: ignore, since it is a quotation", ".. despin: ignore",
        "{# despin: ignore #}", "{{/* despin: ignore */}}", "(* despin: ignore *)", "[//]: # (despin: ignore)",
        '[comment]: <> "despin: ignore"', "<!-- DESPIN: Ignore -->", "REM despin: ignore", "{- despin: ignore -}",
        '.\\" despin: ignore', "@c despin: ignore", "<!-- despin: ignore[vrint , GLOMB ZUQ] -->",
    ],
)  # fmt: skip
def test_any_comment_syntax(comment):
    text = f"a zuq\nglomb zuq {comment}\na zuq"
    assert left(text, "zuq", inline=True) == ["zuq", "zuq"]
    assert left(text, "zuq") == ["zuq"] * 3


@pytest.mark.parametrize(
    "text", ["despin: ignore vrint", "vrint, so write `despin: ignore`", "vrint <!-- respin: ignore -->"]
)
def test_what_is_no_comment(text):
    assert left(text, "vrint", inline=True) == ["vrint"]


@pytest.mark.parametrize(
    ("text", "still"),
    [
        ("vrint\n# despin: ignore-next-line\nvrint\nglomb", ["vrint", "glomb"]),
        ("<!-- despin: ignore-next-line -->\n\n  \nvrint\nglomb", ["glomb"]),
        ("vrint\n# despin: ignore-next-line", ["vrint"]),
        ("# despin: ignore-next-line[Glomb]\nvrint glomb\nglomb", ["vrint", "glomb"]),
        ("vrint <!-- despin: off --> vrint\nvrint <!-- despin: on --> glomb", ["vrint", "glomb"]),
        ("# despin: off\nvrint\n\nvrint", []),
        ("# despin: off[vrint]\nvrint glomb\n# despin: on\nvrint", ["glomb", "vrint"]),
        ("# despin: on\nvrint", ["vrint"]),
        ("vrint glomb # despin: ignore[a vrint, vrint glomb]", []),
        ("vrint # despin: ignore[]", ["vrint"]),
    ],
)
def test_how_far_a_comment_reaches(text, still):
    assert left(text, "vrint", "glomb", inline=True) == still


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("# despin: ignroe", "did you mean 'ignore'?"),
        ("# despin: ignore-nextline", "did you mean 'ignore-next-line'?"),
        ("# despin: xyzzy", "it knows: ignore, ignore-next-line, off, on"),
    ],
)
def test_a_comment_that_says_nothing_is_told(text, advice):
    [(place, message)] = misspelt(f"a\n{text}")
    assert place == 2
    assert message.endswith(advice)
    assert not list(misspelt("# despin: ignore, despin: whatever"))


@pytest.mark.parametrize(
    "text", ["# despin: a tool", "## despin: findings and verdicts\n\nvrint", "// despin: see below"]
)
def test_a_heading_about_despin_is_no_comment(text):
    assert not list(misspelt(text))


# --- [sic] and quotations ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "still"),
    [
        ("the vrint [sic] of", []),
        ('the "vrint" [sic] of', []),
        ("the **vrint** (SIC!)", []),
        ("“a vrint of glomb” [sic] and vrint", ["vrint"]),
        ("the vrint sic", ["vrint"]),
        ("the vrint [sick]", ["vrint"]),
        ("vrint of [sic]", ["vrint"]),
    ],
)
def test_sic_is_always_respected(text, still):
    assert left(text, "vrint") == still


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('say "one two" and "three"', ['"one two"', '"three"']),
        ("„eins“ «deux» ‘it’s’ “x\ny”", ["„eins“", "«deux»", "‘it’s’", "“x\ny”"]),
        ('5" of 6" pipe', []),
        ("“never closed\n\nand” here", []),
        ("the girls’ and ’tis", []),
        ("> said he\nnot he", ["> said he"]),
        ("<blockquote>a <q>b</q></blockquote> c </q>", ["<blockquote>a <q>b</q></blockquote>", "<q>b</q>"]),
    ],
)
def test_quotations(text, quoted):
    assert sorted(text[start:end] for start, end in quotations(text)) == sorted(quoted)


def test_quotations_are_left_alone_on_request():
    text = 'vrint "a vrint" vrint'
    assert left(text, "vrint") == ["vrint"] * 3
    assert [f.start for f in excuse(report(text, "vrint"), Config(quotes=False)).findings] == [0, 16]


# --- laws -------------------------------------------------------------------------------------------------------

SCRAPS = st.lists(
    st.sampled_from(
        ["vrint", "glomb", " ", "\n", "“", "”", '"', "[sic]", "# despin: off", "<!-- despin: on -->", "<q>"]
    )
).map("".join)


@given(SCRAPS, st.booleans(), st.booleans(), st.lists(st.sampled_from(["vrint", "glomb vrint", "“", ""])))
def test_excusing_only_moves_findings(text, quotes, inline, allow):
    before = report(text, "vrint", "glomb")
    after = excuse(before, Config(quotes=quotes, inline=inline, allow=tuple(allow)))
    ignored = [replace(one, excuse="") for one in after.ignored]
    assert sorted((*after.findings, *ignored), key=lambda f: f.start) == list(before.findings)
    assert all(one.excuse for one in after.ignored)
    assert not any(one.excuse for one in after.findings)
    assert (after.text, after.verdict) == (before.text, before.verdict)
    assert after is before or after.ignored
    assert excuse(after, Config(quotes=quotes, inline=inline, allow=tuple(allow))).findings == after.findings


@given(st.text(), st.data())
def test_allowing_what_is_found_excuses_it(text, data):
    words = re.findall(r"\w+", text)
    phrase = data.draw(st.sampled_from(words)) if words else "none"
    before = report(f"{text} {phrase} {text}", f" {phrase} ")
    assert not excuse(before, Config(allow=(phrase.swapcase(),))).findings or phrase.swapcase().casefold() != (
        phrase.casefold()
    )


def test_what_is_never_closed_costs_no_more():
    # Each of these would take minutes if every sign were looked for its end.
    for sign in ("“", "‘", "«", "<q>", "<q", '"', "[sic", "„", "# despin: off\n"):
        text = f"vrint {sign} a " * 20_000
        assert quotations(text) is not None
        excuse(report(text, "vrint"), Config(quotes=False, inline=True))


# --- what fails a check -----------------------------------------------------------------------------------------


def marked(judgement, *findings, ignored=()):
    return Report("", tuple(findings), Verdict(judgement, 0.9, 0.5, 3.0, "web", 9), ignored=ignored)


SURE, KNOWN = Finding(0, 1, "a", "b"), Finding(0, 1, "a", "b", known=True)
DOUBTFUL = Finding(2, 3, "a", "b", action="suggest")
DOUBTFUL_KNOWN = Finding(2, 3, "a", "b", action="suggest", known=True)


@pytest.mark.parametrize(
    ("report", "fails", "fails_strictly"),
    [
        (marked("clean"), False, False),
        (marked("clean", DOUBTFUL), False, True),
        (marked("clean", DOUBTFUL_KNOWN), False, False),
        (marked("unclear", DOUBTFUL), False, True),
        (marked("spun"), True, True),
        (marked("spun", SURE), True, True),
        (marked("spun", SURE, DOUBTFUL_KNOWN), True, True),
        (marked("spun", KNOWN, DOUBTFUL), False, True),
        (marked("spun", KNOWN, DOUBTFUL_KNOWN), False, False),
        (marked("spun", ignored=(SURE,)), False, False),
        (marked("spun", SURE, ignored=(SURE,)), True, True),
        (marked("spun", DOUBTFUL), True, True),
        (marked("spun", DOUBTFUL, ignored=(DOUBTFUL,)), True, True),
        (marked("spun", DOUBTFUL, ignored=(SURE,)), False, True),
        (marked("spun", DOUBTFUL_KNOWN), False, False),
    ],
)
def test_what_fails_a_check(report, fails, fails_strictly):
    assert (report.fails(), report.fails(strict=True)) == (fails, fails_strictly)
