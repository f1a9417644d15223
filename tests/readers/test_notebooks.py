"""Notebooks: places in the file, and that it stays one."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import verdict, views_are_lawful

from despin import Finding, Report
from despin.readers.markup.notebook import view
from despin.results.lift import lift

WORDS = st.sampled_from(
    ["two words", "one", "*a*", "`two words`", "é", "𝒳", '"', "\\", "\t", "\n", "\n\n", "&amp;", "\ud800"]
)
SOURCES = st.lists(WORDS, max_size=8).map(" ".join)
CELLS = st.fixed_dictionaries(
    {
        "cell_type": st.sampled_from(["markdown", "code", "raw"]),
        "source": SOURCES,
        "metadata": st.just({"source": ["two words"]}),
    }
)


def written(cells, lists, ascii_only, indent):
    """A notebook as different programs write it."""
    made = []
    for number, cell in enumerate(cells):
        cell = {"id": f"c{number}", **cell}
        if cell["cell_type"] == "code":
            cell |= {
                "outputs": [{"output_type": "stream", "name": "stdout", "text": ["two words"]}],
                "execution_count": None,
            }
        made.append(cell | {"source": cell["source"].splitlines(True)} if lists else cell)
    whole = {"cells": made, "metadata": {"cells": [{"cell_type": "markdown", "source": "two words"}]}, "nbformat": 4,
             "nbformat_minor": 5}  # fmt: skip
    return json.dumps(whole, ensure_ascii=ascii_only, indent=indent)


@given(st.lists(CELLS, max_size=4), st.booleans(), st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_only_words_of_markdown_cells_change(cells, lists, ascii_only, indent):
    text = written(cells, lists, ascii_only, indent)
    one = view(text)
    views_are_lawful(one)
    found = tuple(Finding(m.start(), m.end(), m[0], 'a "b" c') for m in re.finditer(r"two words", one.text))
    after = lift(one, Report(one.text, found, verdict())).restored
    before, now = json.loads(text), json.loads(after)
    for old, new in zip(before["cells"], now["cells"], strict=True):
        if old["cell_type"] == "markdown":
            old, new = ("".join(cell.pop("source")) for cell in (old, new))
            assert new.replace('a "b" c', "two words") == old
            assert new.count('a "b" c') >= len(re.findall(r"(?<!`)two words(?!`)", old)) - old.count("`")
    assert before == now


@given(st.lists(CELLS, min_size=1, max_size=3))
def test_nbformat_still_reads_it(cells):
    nbformat = pytest.importorskip("nbformat")
    text = written(cells, True, True, 1)
    one = view(text)
    words = [m.span() for m in re.finditer(r"\w+ \w+", one.text)]
    found = tuple(Finding(a, b, one.text[a:b], "new") for a, b in words if one.text[a:b] != "new")
    nbformat.validate(nbformat.from_dict(json.loads(lift(one, Report(one.text, found, verdict())).restored)))


@pytest.mark.parametrize(
    ("source", "found", "original", "after"),
    [
        (["bosom\n", "peril"], "bosom peril", "breast cancer", ["breast\n", "cancer"]),
        (["in\n", "regards to it"], "in regards to", "about", ["about", " it"]),
        ("a \u201cbosom\u201d peril\\n", "peril", 'so "called"', 'a \u201cbosom\u201d so "called"\\n'),
    ],
)
def test_words_are_put_back_into_strings(source, found, original, after):
    one = view(json.dumps({"cells": [{"cell_type": "markdown", "source": source}]}))
    start = one.text.index(found)
    report = lift(one, Report(one.text, (Finding(start, start + len(found), found, original),), verdict()))
    assert json.loads(report.restored)["cells"][0]["source"] == after


def test_the_third_version_has_its_cells_in_worksheets():
    cell = {"cell_type": "heading", "source": "two words"}
    assert view(json.dumps({"worksheets": [{"cells": [cell]}], "nbformat": 3})).text == "two words\n"
