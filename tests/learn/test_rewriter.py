"""Hand-written thesauri: the format, the forms that are made of it, and the dictionary that is shipped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.dictionary.entry import parse
from despin.dictionary.files import folder
from despin.dictionary.substitution import why_not
from despin.learn.cli import main
from despin.learn.errors import LearningError
from despin.learn.thesaurus.rewriter import Pair, build, render

FORMS = {
    ("help", "VBZ"): ("helps",), ("help", "VBG"): ("helping",), ("help", "VBD"): ("helped",),
    ("help", "VBN"): ("helped", "holpen"),
    ("lend", "VBZ"): ("lends",), ("lend", "VBG"): ("lending",), ("lend", "VBD"): ("lent",), ("lend", "VBN"): ("lent",),
    ("algorithm", "NNS"): ("algorithms",), ("set", "NNS"): ("sets",), ("rule", "NNS"): ("rules",),
    ("information", "NNS"): ("informations",), ("fact", "NNS"): ("facts",),
    ("big", "JJR"): ("bigger",), ("big", "JJS"): ("biggest",),
    ("organize", "VBZ"): ("organizes",), ("arrange", "VBZ"): ("arranges",),
}  # fmt: skip
RARE = {"holpen": 0.0, "informations": 1.5, "organise": 4.0, "organises": 3.5, "sizabler": 0.0}


def inflect(lemma, tag):
    return FORMS.get((lemma, tag), ())


def made(text):
    return build([("ours.txt", text)], inflect, lambda word: RARE.get(word, 4.2))


def pairs(text):
    return {(pair.spun, pair.original) for pair in made(text)}


# --- forms -------------------------------------------------------------------------------------------------------


def test_verbs_agree_and_the_first_word_has_the_forms():
    assert pairs("[verb]\nhelp: lend a hand") == {
        ("lend a hand", "help"),
        ("lends a hand", "helps"),
        ("lending a hand", "helping"),
        ("lent a hand", "helped"),
    }


def test_nouns_agree_and_the_word_before_a_preposition_has_the_forms():
    assert pairs("[noun]\nalgorithm: set of rules") == {("set of rules", "algorithm"), ("sets of rules", "algorithms")}


def test_a_star_says_which_word_has_the_forms():
    assert pairs("[noun]\nalgorithm: set of rule*") == {("set of rule", "algorithm"), ("set of rules", "algorithms")}
    assert pairs("[noun]\nalgorithm: rule* set") == {("rule set", "algorithm"), ("rules set", "algorithms")}


def test_forms_that_nobody_writes_are_left_out():
    assert pairs("[noun]\ninformation: fact") == {("fact", "information")}
    assert ("holpen", "lent") not in pairs("[verb]\nlend: help")


def test_comparatives_meet_more_and_most():
    assert pairs("[adjective]\nbig: sizable") == {
        ("sizable", "big"), ("more sizable", "bigger"), ("most sizable", "biggest"),
    }  # fmt: skip
    assert pairs("[adjective]\nsizable: weighty") == {("weighty", "sizable")}, "more stays more"


def test_british_spelling_on_both_sides():
    assert pairs("[verb]\narrange: organize") >= {("organizes", "arranges"), ("organises", "arranges")}


def test_phrases_stay_as_they_are():
    assert pairs("[phrase]\nto, so to: a good way to") == {("a good way to", "to"), ("a good way to", "so to")}


def test_a_tilde_goes_both_ways():
    assert pairs("[phrase]\nsince: ~because") == {("because", "since"), ("since", "because")}


def test_excuses_and_comments():
    assert made("# ours\n[phrase]  # here\nwhile: even as {even as a child; even as he}, even as\n") == [
        Pair("even as", "while", ("even as a child", "even as he"))
    ]


# --- faults ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("help: aid", r"ours\.txt:1: say first of which part of speech"),
        ("[verbs]\nhelp: aid", r"ours\.txt:1: there is no part of speech 'verbs'; known: verb, noun"),
        ("[verb]\n\nhelp aid", r"ours\.txt:3: a line is 'original: spun, spun, …'"),
        ("[verb]\nhelp:", r"ours\.txt:2: a line is"),
        ("[verb]\nhelp: aid {in", r"ours\.txt:2: 'aid \{in' is not"),
        ("[noun]\nhelp: aid* of* all", r"ours\.txt:2: .* has one head at most"),
        ("[phrase]\nhelp: Aid", r"ours\.txt:2: 'Aid' would not be found in a text; write lower-case"),
        ("[phrase]\nhelp: the 1 st", r"ours\.txt:2: 'the 1 st' would not be found"),
    ],
)
def test_a_fault_is_named_with_its_line(text, says):
    with pytest.raises(LearningError, match=says):
        made(text)


# --- laws --------------------------------------------------------------------------------------------------------

WORDS = st.text("abcxyz", min_size=1, max_size=4)
PHRASES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


@given(st.lists(st.tuples(PHRASES, st.lists(PHRASES, min_size=1, max_size=3)), min_size=1, max_size=6))
def test_what_is_made_is_sorted_unique_and_can_be_read(lines):
    found = made("[phrase]\n" + "\n".join(f"{original}: {', '.join(spun)}" for original, spun in lines))
    keys = [(pair.spun, pair.original) for pair in found]
    assert keys == sorted(set(keys))
    assert {*keys} == {(s, o) for o, spun in lines for s in spun if not why_not(s, o)}
    read = parse(render(found, {"name": "toys", "family": "toys"}), "toys.tsv")
    assert [(entry.spun, entry.original) for entry in read.entries] == keys


# --- the command and the shipped file ----------------------------------------------------------------------------


def test_the_command_writes_a_dictionary(tmp_path, capsys):
    pytest.importorskip("lemminflect")
    (tmp_path / "words.txt").write_text("[verb]\nbuy: purchase, shop for\n[noun]\nchild: youngster\n")
    output = tmp_path / "toys.tsv"
    assert main(["rewriter", str(tmp_path / "words.txt"), "-o", str(output), "--prior", "0.05"]) == 0
    assert "entries" in capsys.readouterr().err
    lines = output.read_text().splitlines()
    assert lines[:5] == [
        "#: name: toys", "#: family: toys", "#: source: written by hand", "#: licence: unknown", "#: prior: 0.05",
    ]  # fmt: skip
    assert {"shopping for\tbuying", "shopped for\tbought", "youngsters\tchildren"} <= set(lines)


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("[verb]\nbuy purchase\n", [], "words.txt:2: a line is"),
        ("# nothing\n", [], "there is no entry in these files"),
        ("[verb]\nbuy: purchase\n", ["--name", "a\nb"], "--name: the text must be one line"),
    ],
)
def test_the_command_says_what_is_wrong(text, options, says, tmp_path, capsys):
    pytest.importorskip("lemminflect")
    (tmp_path / "words.txt").write_text(text)
    assert main(["rewriter", str(tmp_path / "words.txt"), "-o", str(tmp_path / "toys.tsv"), *options]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "toys.tsv").exists()


@pytest.mark.parametrize("family", ["rewriter", "spinbot", "evenas", "so-as-to", "wordai-like"])
def test_the_shipped_dictionary_is_what_its_sources_make(family, tmp_path):
    pytest.importorskip("lemminflect")
    shipped = folder("en") / f"{family}.tsv"
    header = dict(line[3:].split(": ", 1) for line in shipped.read_text().splitlines() if line.startswith("#: "))
    options = [option for key in ("source", "licence", "prior") for option in (f"--{key}", header[key])]
    if header.get("partial"):
        options += ["--counted", str(folder("en") / "academic.tsv")]
    sources = sorted(map(str, (folder("en") / family).glob("*.txt")))
    assert main(["rewriter", *sources, "-o", str(tmp_path / f"{family}.tsv"), "--quiet", *options]) == 0
    assert (tmp_path / f"{family}.tsv").read_text().splitlines() == shipped.read_text().splitlines()


@pytest.mark.parametrize(
    ("spun", "original"),
    [
        ("set of rules", "algorithm"),
        ("sets of rules", "algorithms"),
        ("gadget getting to know", "machine learning"),
        ("with the aid of", "by"),
        ("keeping in mind the end goal to", "in order to"),
        ("even as", "while"),
        ("the usage of", "using"),
        ("may additionally", "may also"),
        ("dad and mom", "parents"),
        ("youngsters", "children"),
    ],
)
def test_what_rewriters_are_known_for(spun, original):
    lines = (folder("en") / "rewriter.tsv").read_text().splitlines()
    assert f"{spun}\t{original}" in {"\t".join(line.split("\t")[:2]) for line in lines}
