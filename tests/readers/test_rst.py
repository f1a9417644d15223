"""reStructuredText: what is prose, compared with what docutils makes of the same text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import verdict, views_are_lawful

from despin import Finding, Report
from despin.readers.markup.rst import view
from despin.results.lift import lift

PIECES = [
    "one", "two words", " ", "\n", "\n\n", "   ", "* ", "- ", "1. ", "(a) ", "   four\n", "``five``", "`six`_",
    "seven_",
    ":ref:`eight`", "|nine|", "**ten**", "*eleven*", "::\n\n", "::\n\n   twelve\n\n", ".. note:: ",
    ".. code::\n\n   x\n\n",
    ".. image:: y.png\n", ".. a comment\n", ".. _target:\n\n", ":field: ", ":param x: ", "====\n", "----\n", ">>> z\n",
    "| line\n", "+---+\n", "|---|\n", "\\*", "`", "``", "*", "_", "::", "..", "[1]_", ".. [1] ", "== ==\n", "- - ",
    "\t",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("one\ntwo\n\nthree", "one two\nthree\n"),
        ("One\n===\n\ntwo", "two\n"),
        ("===\nOne\n\ntwo", "two\n"),
        ("=====\n One\n=====\n\ntwo", "two\n"),
        ("===\nOne\n===\n\ntwo\n\n----\n\nthree", "two\nthree\n"),
        ("one::\n\n  two\n\n  three\n\nfour", "one::\nfour\n"),
        ("one\n::\n\n  two\n\nthree", "one ::\nthree\n"),
        ("::\n\n  two\n\nthree", "three\n"),
        ("one::\n\n> two\n> three\n\nfour", "one::\nfour\n"),
        ("* one\n  two\n\n  three\n* four", "one two\nthree\nfour\n"),
        ("1. one\n\n   a) two::\n\n        three\n\n      four", "one\ntwo::\nfour\n"),
        ("  quoted\n  text\n\nplain", "quoted text\nplain\n"),
        ("term\n  told\n  so", "term\ntold so\n"),
        ("two lines\nof a term\n  odd", ""),
        (".. note:: one\n   two\n\n   three\n\nfour", "one two\nthree\nfour\n"),
        (".. versionadded:: 3.2 One\n   two", "One two\n"),
        (".. unknown:: one\n\n   two\n\nthree", "three\n"),
        (".. a comment\n   that goes on\n\none", "one\n"),
        (".. figure:: a.png\n   :alt: one\n\n   two", "two\n"),
        (":field: one\n:param x: two\n   three", "two three\n"),
        ("-a  one\n--all  two\n\nthree", "three\n"),
        ("| one\n| two", "one\ntwo\n"),
        ("``a`` b `c <d>`_ e :f:`g` h i_ j |k| l\\ m", "￼ b ￼ e ￼ h ￼ j ￼ l￼m\n"),
        ("== ==\na  b\n== ==\nc  d\n== ==\n\none", "one\n"),
        ("+--+\n|a |\n+--+\n\none", "one\n"),
        ("", ""),
    ],
)
def test_prose(text, prose):
    assert view(text).text == prose


@given(TEXTS)
def test_views_are_lawful(text):
    views_are_lawful(view(text))


@settings(max_examples=200)
@given(TEXTS)
def test_what_docutils_knows_to_be_no_prose_is_none(text):
    pytest.importorskip("docutils")
    marked = [f"w{k}q" if re.fullmatch(r"[a-z ]+", p) else p for k, p in enumerate(re.split(r"(\w+)", text))]
    text = "".join(marked)
    if "Incomplete section title" not in told(text):  # nobody knows how much of it docutils drops
        assert set(re.findall(r"w\d+q", view(text).text)) <= shown(text)


def tree_of(text):
    from docutils.core import publish_doctree

    quiet = {"report_level": 5, "halt_level": 5, "file_insertion_enabled": False, "_disable_config": True}
    return publish_doctree(text, settings_overrides=quiet)


def told(text):
    """What docutils complains of."""
    from docutils import nodes

    return " ".join(node.astext() for node in tree_of(text).findall(nodes.system_message))


def shown(text):
    """The words that docutils has outside of literals, comments and the like."""
    from docutils import nodes

    apart = (
        nodes.literal_block, nodes.literal, nodes.comment, nodes.target, nodes.reference, nodes.title,
        nodes.doctest_block,
        nodes.field_name, nodes.image, nodes.table,
    )  # fmt: skip
    words = set()
    for node in tree_of(text).findall(nodes.Text):
        up = node.parent
        while up is not None and not isinstance(up, apart):
            up = up.parent
        if up is None:
            words.update(re.findall(r"w\d+q", node.astext()))
    return words


@settings(max_examples=100)
@given(TEXTS)
def test_restored_texts_have_the_nodes_they_had(text):
    pytest.importorskip("docutils")
    one = view(text)
    found = tuple(
        Finding(m.start(), m.end(), m[0], "new words") for m in re.finditer(r"\b(?:two|one|words)\b", one.text)
    )
    after = lift(one, Report(one.text, found, verdict())).restored
    assert outline(after) == outline(text)


def outline(text):
    from docutils import nodes

    return [type(node).__name__ for node in tree_of(text).findall() if not isinstance(node, nodes.Text)]


def test_deep_and_long_texts_take_no_longer():
    for piece in ("- ", "* a\n  ", "a\n b\n  c\n", "`", "``a", "|a", "a_b", "a\\", ".. ", "\n", ":a", "a::\n\n", "=\n"):
        view(piece * (20_000 // len(piece)))
    view("".join(" " * k + "a\n\n" for k in range(400)))
