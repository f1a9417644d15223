"""Dictionaries in the formats of others: what is read, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin import Config, check_many
from despin.dictionary.conditions import Beside, Condition, Document, Near, Phrase, holds
from despin.dictionary.dictionary import Dictionary
from despin.dictionary.errors import DictionaryError
from despin.dictionary.formats.detect import Reading, load, read, sniff, written
from despin.dictionary.formats.query import QueryError, branches
from despin.dictionary.formats.reading import canonical
from despin.text.hashing import hash_words
from despin.text.tokens import tokenise

FIXTURES = Path(__file__).parents[1] / "fixtures"


def pairs(reading: Reading) -> list[tuple[int, str, str, int | None, int | None]]:
    return [
        (line, entry.spun, entry.original, entry.seen, entry.of)
        for line, entry in zip(reading.lines, reading.source.entries, strict=True)
    ]


# --- which format --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "format"),
    [
        ("a.tsv", "boat\tship\n", "despin"),
        ("a.txt", "boat\tship\n", "despin"),
        ("a.txt", "#: name: ours\nboat|ship\n", "despin"),
        ("a.txt", "use|employ\n", "pipes"),
        ("a.txt", "# made by hand\n\nuse|employ\n", "pipes"),
        ("a.txt", "The {old|aged} man\n", "spintax"),
        ("a.txt", "{use|employ}\n", "spintax"),
        ("a.csv", "query,expected\na b,c\n", "screener"),
        ("a.csv", "Fingerprint;Expected phrase\na b;c\n", "screener"),
        ("a.tsv", "tortured\texpected\tpapers\na b\tc\t3\n", "screener"),
        ("a.csv", "something,else\n", "screener"),
        ("a.txt", "use|employ\nuse\nbig|large\n", "pipes"),
    ],
)
def test_the_format_is_told_from_the_content(name, text, format):
    assert sniff(text, name) == format
    assert read(text, name).format == format


def test_what_is_no_dictionary_is_an_error():
    with pytest.raises(DictionaryError, match=r"page\.txt: this is no dictionary in a known format"):
        sniff("The boat left.\n", "page.txt")


def test_a_file_with_errors_is_refused_with_the_first_of_them():
    with pytest.raises(
        DictionaryError, match=r"^a\.txt:2: a \} closes nothing; .* \(1 more: despin --validate a\.txt\)$"
    ):
        load(b"{use|employ}\n}\n{\n", "a.txt")


def test_one_with_warnings_is_taken():
    reading = load(b"use|employ|use | ...\n", "a.txt")
    assert pairs(reading) == [(1, "employ", "use", 1, 2)]
    assert [problem.tell("a.txt") for problem in reading.warnings] == [
        "a.txt:1: warning: '...' is not written in words, so that it is never found in a text; the entry is left out"
    ]


def test_what_is_read_can_be_used():
    made = Dictionary.of([load(b"Big House|large  home|Mansion\n", "ours.txt").source])
    assert [(entry.family, entry.spun, entry.original) for entry in made.entries] == [
        ("ours", "large home", "big house"), ("ours", "mansion", "big house"),
    ]  # fmt: skip


# --- spinners' thesauri --------------------------------------------------------------------------------------------


def test_pipes_are_turned_round():
    reading = read("# words\nuse|make use of|employ\r\n\nbig|large\nUSE|utilise\nbig|large|Huge\n", "thing.txt")
    assert reading.problems == ()
    assert reading.source.family == "thing"
    assert sorted(pairs(reading)) == [
        (2, "employ", "use", 1, 3), (2, "make use of", "use", 1, 3), (4, "large", "big", 1, 2),
        (5, "utilise", "use", 1, 3), (6, "huge", "big", 1, 2),
    ]  # fmt: skip


SPINTAX = [
    ("{use|employ}", [("employ", "use", 1, 2)]),
    ("The {old|aged|elderly} man", [("aged", "old", 1, 3), ("elderly", "old", 1, 3)]),
    ("{big|{very |}large} boat", [("very large", "big", 1, 3), ("large", "big", 1, 3)]),
    ("{a {new|fresh} boat|a ship}", [("fresh", "new", 1, 2), ("a ship", "a new boat", 1, 2)]),
    ("{go\nout|leave}", [("leave", "go out", 1, 2)]),
    (r"{a \{b\} c|d e}, \{f\|g\}", []),
    ("{name} says {hello|hi}", [("hi", "hello", 1, 2)]),
    ("{one|one}", []),
]


@pytest.mark.parametrize(("text", "entries"), SPINTAX)
def test_the_first_alternative_is_the_original(text, entries):
    assert [entry[1:] for entry in pairs(read(text, "a.txt", "spintax"))] == entries


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{a|b\n", "a.txt:1: a { is never closed; close it, or write \\{ if it is text"),
        ("{a|b}\n}", "a.txt:2: a } closes nothing; take it out, or write \\} if it is text"),
        ("{" * 101 + "a|b" + "}" * 101, "a.txt:1: groups stand more than 100 deep; take some apart"),
        ("{|a}", "a.txt:1: warning: the group's first alternative, taken for the original, is no phrase; left out"),
        (
            "{x|" + "{a|b}" * 6 + "}",
            "a.txt:1: warning: with the groups inside it, the group has more than 32 readings; the rest is left out",
        ),
        (
            "{x|" + "word " * 100 + "}",
            "a.txt:1: warning: an alternative is longer than a phrase; left out, groups inside it aside",
        ),
        (
            "{x|" + "word " * 13 + "}",
            "a.txt:1: warning: 'word word word word word word word word…' is longer than 12 words; the entry is left "
            "out",
        ),
    ],
)
def test_what_is_wrong_with_spintax_is_told(text, says):
    assert says in [problem.tell("a.txt") for problem in read(text, "a.txt", "spintax").problems]


# --- a screener's table --------------------------------------------------------------------------------------------


def condition(reading: Reading, spun: str, original: str) -> tuple[Condition, ...]:
    return reading.conditions.get((spun, original), ())


def test_a_screeners_table():
    reading = read(
        "papers,Query,Expected\n"
        '3,bosom peril,breast cancer\n'
        '3,"""haze figuring"" AND ""cloud""",fog computing (FC)\n'
        '3,"""irregular woodland"" OR ""arbitrary timberland"" NOT ""trees""",random forest\n',
        "screen.csv",
    )  # fmt: skip
    assert reading.problems == ()
    assert pairs(reading) == [
        (2, "bosom peril", "breast cancer", None, None),
        (3, "haze figuring", "fog computing", None, None),
        (4, "irregular woodland", "random forest", None, None),
        (4, "arbitrary timberland", "random forest", None, None),
    ]
    assert condition(reading, "bosom peril", "breast cancer") == ()
    assert condition(reading, "haze figuring", "fog computing") == (Condition(all_of=(Phrase(("cloud",)),)),)
    assert condition(reading, "irregular woodland", "random forest") == ()
    assert condition(reading, "arbitrary timberland", "random forest") == (Condition(none_of=(Phrase(("trees",)),)),)


@pytest.mark.parametrize("row", ['"a b e" AND "c, d",x', '"a b e" AND "c, d" ,x', '"""a b e"" AND ""c, d""",x'])
def test_a_query_that_was_not_quoted_for_csv_is_understood(row):
    reading = read(f"query,expected\n{row}\n", "a.csv")
    assert [problem.message for problem in reading.problems] == []
    assert condition(reading, "a b e", "x") == (Condition(all_of=(Phrase(("c", ",", "d")),)),)


def test_several_queries_for_one_pair_are_alternatives():
    both = read('query,expected\n"a b" AND "c",x\n"a b" AND "d",x\n', "a.csv")
    assert condition(both, "a b", "x") == (
        Condition(all_of=(Phrase(("c",)),)), Condition(all_of=(Phrase(("d",)),)),
    )  # fmt: skip
    always = read('query,expected\n"a b" AND "c",x\n"a b",x\n', "a.csv")
    assert condition(always, "a b", "x") == ()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("a b", "a.csv:2: warning: left out: the line has 1 columns, or an empty one, and its header names more"),
        (",x", "a.csv:2: warning: left out: the line has 2 columns, or an empty one, and its header names more"),
        ("a b,", "a.csv:2: warning: no expected term is given, so that nothing can be restored; left out"),
        ("a b,(x)", "a.csv:2: warning: no expected term is given, so that nothing can be restored; left out"),
        ('"a b"~4,x', "a.csv:2: warning: 'a b' is looked for as it stands, without other words between"),
        ("...,x", "a.csv:2: warning: left out: '...' cannot be looked for: a phrase is one to 12 words; correct it"),
        ("neuron*,x", "a.csv:2: warning: left out: 'neuron*' has a wildcard, and only whole words are looked for; "
         "write the words out, with OR between them"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_told(row, says):
    reading = read(f"query,expected\n{row}\n", "a.csv")
    assert says in [problem.tell("a.csv") for problem in reading.problems]


def test_a_table_without_names_for_its_columns():
    errors = read("bosom peril,breast cancer\n", "a.csv").errors
    assert any("the first line must name the columns" in error.message for error in errors)


# --- queries -------------------------------------------------------------------------------------------------------


A, B, C = Phrase(("a", "a")), Phrase(("b",)), Phrase(("c",))
QUERIES = [
    ("a a", [("a a", None)]),
    ('"A  a"', [("a a", None)]),
    ('("a a")', [("a a", None)]),
    ('"b" "a a"', [("a a", Condition(all_of=(B,)))]),
    ('b AND "a a" AND c', [("a a", Condition(all_of=(B, C)))]),
    ('"a a" OR b AND c', [("a a", None), ("b", Condition(all_of=(C,)))]),
    ('"a a" AND (b OR c)', [("a a", Condition(all_of=(B,))), ("a a", Condition(all_of=(C,)))]),
    ('"a a" NOT b', [("a a", Condition(none_of=(B,)))]),
    ('"a a" AND NOT (b OR c)', [("a a", Condition(none_of=(B, C)))]),
    ('"a a" NEAR/3 b', [("a a", Condition(beside=(Beside(B, 3),)))]),
    ('b NEAR/3 "a a"', [("a a", Condition(beside=(Beside(B, 3),)))]),
    ('"a a" PRE/3 b', [("a a", Condition(beside=(Beside(B, 3, before=False),)))]),
    ('b PRE/3 "a a"', [("a a", Condition(beside=(Beside(B, 3, after=False),)))]),
    ('"a a" AND (b W/3 c)', [("a a", Condition(all_of=(Near(B, Beside(C, 3)),)))]),
    ('"a a" NOT (b PRE/3 c)', [("a a", Condition(none_of=(Near(B, Beside(C, 3, before=False)),)))]),
    ('"a a" AND "b c"~2', [("a a", Condition(all_of=(Phrase(("b", "c"), 2),)))]),
    ("“a a” AND b", [("a a", Condition(all_of=(B,)))]),
    ("nor and android", [("nor and android", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "found"), QUERIES, ids=[query for query, _ in QUERIES])
def test_queries(query, found):
    assert [(branch.spun, branch.condition) for branch in branches(query)] == found


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ('"a', "a quotation mark at character 1 is never closed"),
        ('a AND "b', "a quotation mark at character 7 is never closed"),
        ("(a", r"'\(' at character 1 is never closed"),
        ("a)", "'\\)' at character 2 is not expected"),
        ("a AND", "a phrase is missing before the end"),
        ("OR a", "a phrase is missing before 'OR' at character 1"),
        ("NOT a", "only says what must not stand"),
        ("a OR NOT b", "only says what must not stand"),
        ("NOT NOT a", "NOT NOT says nothing"),
        ("a NOT (b AND c)", "after NOT stands a phrase"),
        ("a NEAR/3 (b AND c)", "beside NEAR/3 stands a phrase"),
        ("a NEAR/3 b NEAR/3 c", "only two phrases"),
        ("a NEAR/5000 b", "more than 1000"),
        ("a*", "wildcard"),
        ('""', "cannot be looked for"),
        ("word " * 13, "cannot be looked for"),
        ("(" * 30 + "a" + ")" * 30, "21 deep"),
        (" AND ".join(["(a OR b)"] * 7), "more than 64 alternatives"),
        ("", "a phrase is missing before the end"),
    ],
)
def test_queries_that_cannot_be_understood(query, says):
    with pytest.raises(QueryError, match=says):
        branches(query)


# --- conditions ----------------------------------------------------------------------------------------------------

WORDS = st.sampled_from("abc")
PHRASES = st.lists(WORDS, min_size=1, max_size=2).map(tuple)


def document(words: list[str]) -> Document:
    return Document(hash_words(words).tolist() if words else [])


@given(st.lists(WORDS, max_size=12), PHRASES)
def test_a_phrase_stands_where_its_words_do(words, phrase):
    size = len(phrase)
    wanted = [(k, k + size) for k in range(len(words) - size + 1) if tuple(words[k : k + size]) == phrase]
    assert document(words).spans(Phrase(phrase)) == wanted


@given(st.lists(WORDS, max_size=12), st.lists(WORDS, min_size=2, max_size=3).map(tuple), st.integers(1, 4))
def test_words_apart_stand_in_some_window(words, phrase, slop):
    size = len(phrase) + slop
    windows = [words[k : k + size] for k in range(len(words))]
    wanted = any(all(window.count(word) >= phrase.count(word) for word in phrase) for window in windows)
    assert bool(document(words).spans(Phrase(phrase, slop))) == wanted


@given(st.lists(WORDS, max_size=12), PHRASES, PHRASES, st.integers(0, 3), st.booleans(), st.booleans())
def test_beside_is_a_matter_of_the_words_between(words, left, right, within, before, after):
    text = document(words)
    near = Near(Phrase(left), Beside(Phrase(right), within, before, after))
    wanted = [
        (begin, end)
        for begin, end in text.spans(Phrase(left))
        if any(
            (after and 0 <= other[0] - end <= within) or (before and 0 <= begin - other[1] <= within)
            for other in text.spans(Phrase(right))
        )
    ]
    assert text.spans(near) == wanted


@pytest.mark.parametrize(
    ("query", "text", "counts"),
    [
        ('"bosom peril" AND "mammography"', "Bosom peril shows in Mammography.", True),
        ('"bosom peril" AND "mammography"', "Bosom peril shows.", False),
        ('"bosom peril" NOT "novel"', "A novel: bosom peril.", False),
        ('"bosom peril" NEAR/2 "women"', "Bosom peril of old women.", True),
        ('"bosom peril" NEAR/2 "women"', "Bosom peril of very many women.", False),
        ('"bosom peril" PRE/2 "women"', "Women fear bosom peril.", False),
        ('"women" PRE/2 "bosom peril"', "Women fear bosom peril.", True),
    ],
)
def test_a_condition_is_asked_of_the_words_of_a_text(query, text, counts):
    tokens = tokenise(["Another text about women and mammography, no novel.", text])
    text_words = Document.of(tokens, 1)
    (branch,) = branches(query)
    (first,) = [k for k in range(len(text_words.words)) if text_words.words[k] == int(hash_words(["bosom"])[0])]
    assert branch.condition is not None
    assert holds([branch.condition], text_words, first, 2) == counts
    assert holds([], text_words, first, 2)


SCREENER = """query,expected
"surface squint" AND "mammography",face recognition
"profound learnings" NOT "novella",deep learning
"haze figuring" NEAR/5 "gateway",fog computing
"counterfeit brains" AND ("mammography" OR "cytology") NOT "opera",artificial intelligence
"enormous information",big data
"remote organization",wireless network
"focal handling unit",central processing unit
"flag to clamor",signal to noise
irregular woodland,random forest
straight relapse,linear regression
normal blunder,average error
"""
PAPER = (
    "The paper uses surface squint and profound learnings with haze figuring. A model was trained on enormous "
    "information, and counterfeit brains were used too.\nThe flag to clamor ratio of the remote organization was "
    "measured, and the focal handling unit was slow. An irregular woodland and a straight relapse were compared by "
    "their normal blunder. The irregular woodland finds more on enormous information than a straight relapse does.\n"
)
CONDITIONAL = {"surface squint", "profound learnings", "haze figuring", "counterfeit brains"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """What is found of the screener's phrases in such pages, all in one batch; … stands for a clean text."""
    table = tmp_path_factory.mktemp("screener") / "ours.csv"
    table.write_text(SCREENER)
    between = (FIXTURES / "clean" / "casting-news.txt").read_text(encoding="utf-8")
    config = Config(dictionaries=(str(table),), min_confidence=0.0)  # no text is dismissed unread then

    def found(*texts):
        reports = check_many([text.replace("…", f"\n{between}\n\n") for text in texts], config)
        return [[finding.found for finding in report.findings] for report in reports]

    return found


@pytest.mark.parametrize(
    ("end", "more"),
    [
        ("The end.", {"profound learnings"}),
        ("Mammography came later.", {"profound learnings", "surface squint", "counterfeit brains"}),
        ("It is a novella.", set()),
        ("It is about Cytology.", {"profound learnings", "counterfeit brains"}),
        ("It is about cytology, and an opera.", {"profound learnings"}),
        ("There was a gateway.", {"profound learnings"}),
    ],
)
@pytest.mark.parametrize("first", [True, False], ids=["behind", "before"])
def test_a_condition_is_asked_of_a_whole_page(pages, end, more, first):
    page = f"{PAPER}…{end}\n" if first else f"{end}\n…{PAPER}"
    without, found, _ = pages(f"{PAPER}…", page, "Mammography and cytology, a novella and an opera.\n…")
    assert CONDITIONAL & set(without) == {"profound learnings"}
    assert CONDITIONAL & set(found) == more
    assert "enormous information" in found


def test_a_place_has_a_condition_of_its_own_on_a_whole_page(pages):
    [found] = pages(f"{PAPER}…There is haze figuring at the big gateway.\n")
    assert found.count("haze figuring") == 1
    assert found[-1] == "haze figuring"  # the one beside the gateway


# --- phrases -------------------------------------------------------------------------------------------------------


@given(st.lists(st.text(max_size=20), max_size=5))
def test_a_phrase_made_normal_stays_as_it_is(phrases):
    normal = canonical(phrases)
    assert list(normal) == list(dict.fromkeys(phrases))
    found = [text for text in normal.values() if text is not None]
    assert canonical(found) == {text: text for text in found}


@given(st.lists(st.sampled_from(["a", "b-c", "Long-Term", "women's", "x", "1,000", "$5", "50%"]), max_size=14))
def test_a_phrase_of_words_is_found_in_a_text(words):
    phrase = " ".join(words)
    normal = canonical([phrase])[phrase]
    tokens = tokenise([phrase])
    if 0 < len(tokens) <= 12:
        assert normal is not None
        assert tokenise([normal]).word.tolist() == tokens.word.tolist()
        assert written([normal]) == normal
    else:
        assert normal is None


def test_the_table_that_the_guide_shows_is_read():
    guide = (Path(__file__).parents[2] / "docs" / "dictionaries.md").read_text(encoding="utf-8")
    table = guide[guide.index("    query,expected\n") :].partition("\n\n")[0]
    reading = read("".join(f"{line.strip()}\n" for line in table.splitlines()), "guide.csv")
    assert reading.problems == ()
    assert [(spun, original, bool(condition(reading, spun, original))) for _, spun, original, *_ in pairs(reading)] == [
        ("bosom peril", "breast cancer", False), ("bosom malignancy", "breast cancer", False),
        ("irregular woodland", "random forest", True), ("bosom", "breast", True), ("haze", "fog", True),
    ]  # fmt: skip
