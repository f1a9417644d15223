"""AsciiDoc, subtitles and MDX: what is prose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import verdict, views_are_lawful

from despin import Finding, Report
from despin.readers.markup import asciidoc, markdown, subtitles
from despin.readers.markup.mdx import code_spans
from despin.results.lift import lift


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("= One\nKids <a@b.c>\n:a: b\n\ntwo\nthree", "One\ntwo three\n"),
        ("----\none\n----\ntwo", "two\n"),
        ("----\nnever closed\n\none", ""),
        ("[source]\none\ntwo\n\nthree", "three\n"),
        ("[source]\n--\none\n\ntwo\n--\nthree", "three\n"),
        ("====\none\n====\n\n____\ntwo\n____", "one\ntwo\n"),
        ("* one\n** two\n. three\n1. four\n<1> five", "one\ntwo\nthree\nfour\nfive\n"),
        ("term:: one\nother::\n  two", "one\n"),
        ("NOTE: one\ntwo", "one two\n"),
        ("One\n---\n\ntwo", "two\n"),
        (".One\ntwo", "One\ntwo\n"),
        ("image::a[b]\ninclude::c[]\n// d\none", "one\n"),
        ("`a` +b+ {c} <<d,e>> f:g[h] https://i.j[k] l", "￼ ￼ ￼ ￼ ￼ ￼ l\n"),
        ("one +\ntwo", "one￼ two\n"),
        ("|===\n|a\n|===\none", "one\n"),
        (" literal\n\none", "one\n"),
        (" =======\n\none", "one\n"),
        ("", ""),
    ],
)
def test_prose_of_asciidoc(text, prose):
    assert asciidoc.view(text).text == prose


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("1\n00:00:01,0 --> 00:00:02,0\none\ntwo\n\n2\n00:00:03,0 --> 00:00:04,0\nthree", "one two\nthree\n"),
        ("1\n00:00:01,000 --> 00:00:02,000\n- one\n- two", "one\ntwo\n"),
        ("1\n00:00:01,000 --> 00:00:02,000\n<i>one</i> {\\an8}two &amp; three", "one two &amp; three\n"),
        ("WEBVTT\n\nNOTE one\n\na\n00:01.000 --> 00:02.000 line:0\n<v Kid>two &amp; three", "two & three\n"),
        ("one\n\ntwo", ""),
    ],
)
def test_prose_of_subtitles(text, prose):
    assert subtitles.view(text).text == prose


def test_a_finding_may_cross_the_lines_of_a_cue():
    one = subtitles.view("1\n00:00:01,0 --> 00:00:02,0\nin\nregards to it\n")
    report = lift(one, Report(one.text, (Finding(0, 13, "in regards to", "about"),), verdict()))
    assert report.restored == "1\n00:00:01,0 --> 00:00:02,0\nabout it\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("import a from 'b'\n\none", ["import a from 'b'"]),
        ("export const a = {\n\n}\n\none", ["export const a = {\n\n}"]),
        ("one {two} {{three}} {four", ["{two}", "{{three}}"]),
        ("`{a}` \\{b\\} {c}", ["{c}"]),
        ("```\n{a\n```\n{b}", ["{b}"]),
        ("one import two", []),
        ("<style>{`a`}</style>", ["<style>{`a`}</style>"]),
    ],
)
def test_code_of_mdx(text, code):
    assert [text[a:b] for a, b in code_spans(text)] == code


def test_what_stands_between_tags_of_mdx_is_prose():
    text = "<Note>\none *two*\n</Note>\n\n    three\n"
    assert markdown.view(text, mdx=True).text == "one two \nthree\n"
    assert markdown.view(text).text == ""


SIGNS = [*"{}[]()<>`+*_=-.|:#/~^\\&!@ \n", "\n\n", "one", "::", "----\n", "====\n", "[source]\n", "a:b[", "--> ",
         "00:00:01,0",
         "00:00:01,000 --> 00:00:02,000\n", "```\n", "import ", "export ", "WEBVTT\n", "|===\n", "* ", ". ", "<i>",
         "+\n"]  # fmt: skip


@given(st.lists(st.sampled_from(SIGNS), max_size=16).map("".join))
def test_views_are_lawful(text):
    views_are_lawful(asciidoc.view(text))
    views_are_lawful(subtitles.view(text))
    views_are_lawful(markdown.view(text, mdx=True))


def test_long_texts_take_no_longer():
    for sign in SIGNS:
        text = sign * (8_000 // len(sign))
        asciidoc.view(text), subtitles.view(text), markdown.view(text, mdx=True)
