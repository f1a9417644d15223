"""Every kind of file: what is prose is found and restored, and what is not stays, in pages of tests/fixtures/readers.

In these pages all that says *spun words* is prose, and all that says *kids at school* is none.
"""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import verdict, views_are_lawful

from despin import Finding, Report
from despin.readers import InputError, decode, read
from despin.readers.kinds import KINDS, SUFFIXES, kind_of, refused, remarks, seen, view
from despin.results.lift import lift
from despin.text.protected import protected_spans

PAGES = sorted((Path(__file__).parents[1] / "fixtures" / "readers").iterdir())
PHRASE = re.compile(r"spun(\s+)words", re.I)


def restored(source, words="good ones"):
    """The text of `source` with `words` for every spun phrase in its prose."""
    kept = protected_spans(source.prose)
    found = [
        Finding(match.start(), match.end(), match[0], words)
        for match in PHRASE.finditer(source.prose)
        if not any(a < match.end() and match.start() < b for a, b in kept)
    ]
    report = Report(source.prose, tuple(found), verdict())
    return (report if source.view is None else lift(source.view, report)).restored


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_prose_is_restored_and_nothing_else_changes(path):
    source = read(str(path))
    assert source.encode(source.text) == path.read_bytes()
    between = r'(spun)(\s+|\}\s|\*\s|~|\s*\n",?\s*")(words)'
    expected = re.sub(between, lambda m: f"good{m[2]}ones", source.text, flags=re.I)
    assert restored(source) == expected
    assert "good" in expected


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_is_no_prose_is_never_looked_at(path):
    source = read(str(path))
    kept = protected_spans(source.prose)
    for match in re.finditer("kids|school", source.prose, re.I):
        assert any(a <= match.start() and match.end() <= b for a, b in kept), source.prose[
            max(match.start() - 40, 0) :
        ][:80]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_line_endings_make_no_difference(path):
    text = path.read_text()
    kind = kind_of(str(path))
    if kind in ("text", "notebook"):
        return
    windows = text.replace("\n", "\r\n")
    assert view(windows, kind).text.replace("\r\n", "\n") == view(text, kind).text
    assert restored(seen(decode("a", windows.encode(), kind=kind))) == restored(
        seen(decode("a", text.encode(), kind=kind))
    ).replace("\n", "\r\n")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "text"])
@given(st.data())
def test_views_of_every_kind_are_lawful(kind, data):
    pieces = [
        piece
        for path in PAGES
        if kind_of(str(path)) == kind
        for piece in re.split(r"(?<=[\s{}\[\]`])", path.read_text())
    ]
    text = "".join(data.draw(st.lists(st.sampled_from([*pieces, "\n", "\n\n", "  ", "é", "\ufffc"]), max_size=16)))
    if kind == "notebook":
        text = json.dumps({"cells": [{"cell_type": "markdown", "source": text.splitlines(True)}]}, ensure_ascii=False)
    views_are_lawful(view(text, kind))
    source = seen(decode("a", text.encode() or b" ", kind=kind))
    assert len(remarks(source)) == len(source.text)


def test_every_suffix_has_a_kind():
    assert set(SUFFIXES.values()) == set(KINDS)
    assert [kind_of(name) for name in ("a.Rmd", "a.qmd.gz", "a.TEX", "a")] == ["markdown", "markdown", "latex", "text"]


@pytest.mark.parametrize("name", ["a.org", "a.py", "a.json", "a.CSV", "a.rtf"])
def test_what_is_not_read_is_said(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"spun words")
    with pytest.raises(InputError, match="a format that despin does not read; nothing was changed"):
        read(str(path))
    assert refused(name)
    assert not any(map(refused, ("a.txt", "notes", "notes.v2")))


def test_a_kind_that_is_said_holds(tmp_path):
    (tmp_path / "a.org").write_bytes(b"spun words")
    assert read(str(tmp_path / "a.org"), kind="text").prose == "spun words"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"kids", "Expecting value at character 0"),
        (b"[]", "it has no cells"),
        (b"[" * 9999, "nested too deeply|no cells|Expecting"),
    ],
)
def test_what_is_no_notebook_is_said(data, why):
    with pytest.raises(InputError, match=f"is no notebook: .*(?:{why})"):
        seen(decode("a.ipynb", data, kind="notebook"))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("markdown", "```html\n<!-- despin: off -->\n```\n\n`<!-- despin: off -->` and\n\n    <!-- despin: off -->\n"),
        ("html", "<pre># despin: off</pre><script>// despin: off</script><p>; despin: off</p>"),
        ("rst", "Code::\n\n   .. despin: off\n\n.. code-block:: rst\n\n   .. despin: off\n"),
        ("latex", "\\begin{verbatim}\n% despin: off\n\\end{verbatim}\n"),
        ("asciidoc", "----\n// despin: off\n----\n"),
        ("notebook", '{"cells": [{"cell_type": "code", "source": ["# despin: off"]}]}'),
    ],
)
def test_comments_count_where_the_language_has_them(kind, text):
    assert "despin" not in remarks(seen(decode("a", text.encode(), kind=kind)))


@pytest.mark.parametrize(
    ("kind", "comment"),
    [
        ("markdown", "<!-- despin: off -->"), ("html", "<!-- despin: off -->"), ("html", "{# despin: off #}"),
        ("rst", ".. despin: off"), ("latex", "% despin: off"), ("asciidoc", "// despin: off"), ("text",
        "# despin: off"),
    ],
)  # fmt: skip
def test_and_there_they_do(kind, comment):
    assert comment in remarks(seen(decode("a", f"One\n\n{comment}\n\nTwo".encode(), kind=kind)))


def test_the_hooks_offer_what_is_read():
    hooks = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text()
    for pattern in re.findall(r"files: (\S+)", hooks):
        assert all(re.search(pattern, f"docs/a{suffix}") and re.search(pattern, f"a{suffix}.gz") for suffix in SUFFIXES)
        assert not any(re.search(pattern, name) for name in ("a.py", "a.json", "a.csv", "md", "a.md.bak"))
    assert hooks.count("files:") == hooks.count("id:")
