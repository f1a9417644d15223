"""PDFs: lines and paragraphs, hyphens, running heads, columns, references, and what cannot be read."""

import json

import pytest
from papers_made import column, pdf
from strategies import verdict

from despin import Finding, Report
from despin.cli import main
from despin.readers import InputError, read, replace
from despin.readers.kinds import paper
from despin.readers.papers.pdf_layout import Line, keeps_hyphen, paper_of

FULL = "The clerk of the parish spoke for a long while about the old footbridge over the"
PROSE = [
    "The footbridge", "", FULL, "river, of counterfeit con-", "sciousness and of the water. She was thanked.",
    "\tThen the council went home, and nobody spoke of it again until the spring of", "next year.",
]  # fmt: skip


def lines(*texts, top=700.0, left=72.0, right=500.0, height=10.0):
    """Lines of a page, one under the other; of each the text, and what is different about it."""
    made = []
    for text in texts:
        text, more = text if isinstance(text, tuple) else (text, {})
        top = more.pop("top", top)
        size = more.pop("height", height)
        made.append(Line(text.removesuffix("~"), text.endswith("~"), more.get("left", left), top - size,
                         more.get("right", right), top))  # fmt: skip
        top -= 12
    return made


def prose(*pages, **more):
    return [one for one in paper_of(pages, b"", **more).prose.text.split("\n") if one]


# --- paragraphs (no PDF needed) -----------------------------------------------------------------------------------


def test_lines_become_paragraphs():
    page = lines("One line that goes", "on here.", ("Indented it begins", {"left": 90}), "and goes on.")
    assert prose(page) == ["One line that goes on here.", "Indented it begins and goes on."]
    page = lines("A line that is full and ends.", "Another goes", ("on.", {"right": 90}), "A third.")
    assert prose(page) == ["A line that is full and ends. Another goes on.", "A third."]
    page = lines("One", "two", "and three", ("After a gap.", {"top": 600}), ("Small print", {"height": 7, "top": 588}))
    assert prose(page) == ["One two and three", "After a gap.", "Small print"]


def test_paragraphs_go_on_over_columns_and_pages():
    page = [*lines("The left column ends", "in the middle of", top=100), *lines("a sentence.", left=320)]
    assert prose(page) == ["The left column ends in the middle of a sentence."]
    assert prose(lines("One page", "and the"), lines("next page.")) == ["One page and the next page."]


def test_words_are_put_together():
    assert prose(lines("The infor~", "mation age")) == ["The information age"]
    assert prose(lines("A well-known thing", "is a well~", "known thing")) == [
        "A well-known thing is a well-known thing"
    ]
    assert prose(lines("The zorbli~", "gram and", "the zorbligram too")) == ["The zorbligram and the zorbligram too"]
    assert not keeps_hyphen("state-of-the-art infor", "mation")


def test_heads_feet_and_numbers_are_left_out():
    pages = [
        lines("Journal of Things, vol. 3", f"Text of page {name} that", "goes on.", f"{number}")
        for number, name in enumerate(["one", "two", "three"], 11)
    ]
    assert prose(*pages) == [f"Text of page {name} that goes on." for name in ("one", "two", "three")]
    assert "Journal of Things" in paper_of(pages, b"").text


def test_references_are_left_out():
    page = lines("All of it.", "References", "[1] A. Miller. Counterfeit consciousness. 1999.", "[2] B. Smith. 2001.")
    assert prose(page) == ["All of it."]
    assert "Miller" in " ".join(prose(page, references=True))
    more = [*page, *lines("Appendix A", "More text.")]
    assert prose(more)[1:] in (["Appendix A More text."], ["Appendix A", "More text."])
    assert prose(lines("References", "to other works are rare.")) == ["References to other works are rare."]


# --- files --------------------------------------------------------------------------------------------------------


@pytest.fixture
def pdfium():
    return pytest.importorskip("pypdfium2")


def source_of(data, **more):
    return paper("a.pdf", data, "pdf", limit=1 << 24, **more)


@pytest.mark.usefixtures("pdfium")
def test_a_page():
    source = source_of(pdf([column(PROSE)]))
    assert [one for one in source.prose.split("\n") if one] == [
        "The footbridge",
        f"{FULL} river, of counterfeit consciousness and of the water. She was thanked.",
        "Then the council went home, and nobody spoke of it again until the spring of next year.",
    ]
    assert source.text.split("\n")[2] == "river, of counterfeit con-"
    assert source.encode(source.text).startswith(b"%PDF")


@pytest.mark.usefixtures("pdfium")
def test_two_columns_with_pages_and_lines():
    left = [
        "The left column is read from its top to",
        "its bottom, and then the right column is",
        "read, where this sentence goes on in the",
    ]
    right = ["same way as before. It speaks of bosom", "peril."]
    source = source_of(pdf([column(["One page."]), [*column(left), *column(right, left=320)]]))
    assert "goes on in the same way as before. It speaks of bosom peril." in source.prose
    at = source.prose.index("bosom peril")
    report = source.lift(Report(source.prose, (Finding(at, at + 11, "bosom peril", "breast cancer"),), verdict()))
    [found] = report.to_dict()["findings"]
    assert (found["page"], found["line"], found["column"], found["found"]) == (2, 4, 34, "bosom\nperil")


@pytest.mark.usefixtures("pdfium")
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"%PDF-1.4 and no more", "is damaged, or no PDF"),
        (b"words", "is damaged, or no PDF"),
        (pdf([[(72, 700, 10, "Secret words")]], encrypted=True), "is encrypted; save it without a password"),
        (pdf([[]]), "holds no text: its pages are pictures"),
        (pdf([[(72, 700, 10, "12 34")]]), "holds no text: its pages are pictures"),
    ],
)
def test_what_cannot_be_read_is_said(data, message):
    with pytest.raises(InputError, match=message):
        source_of(data)


@pytest.mark.usefixtures("pdfium")
def test_pages_without_text_are_told():
    assert source_of(pdf([column(PROSE), [], []])).notes == (
        "2 of its 3 pages hold no text, scanned perhaps; they were not checked",
    )


@pytest.mark.usefixtures("pdfium")
def test_too_much_text_is_refused():
    with pytest.raises(InputError, match="more than 30 characters"):
        paper("a.pdf", pdf([column(PROSE)]), "pdf", limit=30)


@pytest.mark.usefixtures("pdfium")
def test_a_pdf_is_never_written(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(data := pdf([column(PROSE)]))
    with pytest.raises(InputError, match="a PDF, which despin reads and does not write"):
        replace(read(str(path)), "something else\n")
    assert path.read_bytes() == data


def test_without_the_package_it_is_said(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pypdfium2", None)
    with pytest.raises(InputError, match=r"needs one more package: pip install 'despin\[pdf\]'"):
        source_of(b"%PDF")


# --- the command --------------------------------------------------------------------------------------------------


@pytest.fixture
def papers(tmp_path, monkeypatch, pdfium):
    """A folder of papers, and a list."""
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "one.pdf").write_bytes(pdf([column(["Nothing here to see."]), column(PROSE)]))
    (tmp_path / "papers" / "two.pdf").write_bytes(
        pdf([column([*PROSE, "It was a matter of counterfeit consciousness and of bosom peril, too."])])
    )
    (tmp_path / "papers" / "bad.pdf").write_bytes(b"%PDF")
    (tmp_path / "list.tsv").write_text(
        "counterfeit consciousness\tartificial intelligence\nbosom peril\tbreast cancer\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_of_papers(papers, capsys):
    assert main(["--check", "papers", "--dictionary", "list.tsv"]) == 2
    told = capsys.readouterr()
    assert (
        "papers/one.pdf: page 2, line 3: note: counterfeit consciousness reads like artificial intelligence" in told.out
    )
    assert "papers/bad.pdf: is damaged, or no PDF" in told.err
    ranking = told.err.splitlines()[-2:]
    assert ranking[0].startswith("    2  papers/two.pdf: ")
    assert ranking[1].startswith("    1  papers/one.pdf: ")


def test_a_spreadsheet_of_papers(papers, capsys):
    (papers / "papers" / "bad.pdf").unlink()
    assert main(["--check", "papers", "--dictionary", "list.tsv", "--format", "csv"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0] == "file,page,phrase,reads like,probability,listed by,place"
    assert rows[1] == 'papers/one.pdf,2,counterfeit consciousness,artificial intelligence,0.90,list,"page 2, line 3"'
    assert len(rows) == 5


def test_pages_in_json_and_on_the_page(papers, capsys):
    main(["--check", "papers/one.pdf", "--dictionary", "list.tsv", "--format", "json"])
    [found] = json.loads(capsys.readouterr().out)["documents"][0]["findings"]
    assert (found["page"], found["line"]) == (2, 3)
    main(["--check", "papers/one.pdf", "--dictionary", "list.tsv", "--format", "html"])
    assert '"place":"page 2, line 3"' in capsys.readouterr().out


def test_writing_is_refused_by_the_command(papers, capsys):
    assert main(["--write", "papers/one.pdf"]) == 2
    assert "papers/one.pdf: is a PDF, which despin reads and does not write" in capsys.readouterr().err
    (papers / "papers" / "text.txt").write_text("A plain text.")
    assert main(["--write", "papers"]) == 0  # a folder is no reason to refuse


def test_ligatures_without_a_name():
    from despin.readers.papers.pdf_ligatures import ligatures

    old_tex = [
        "di\x0berent e\x0borts of the \x0crst o\x0ece",
        "su\x0ecient \x0crm",
        "a bu\x0ber, and in\x0duence of \x0dow",
    ]
    assert ligatures(old_tex) == {"\x0b": "ff", "\x0c": "fi", "\x0e": "ffi", "\x0d": "fl"}
    assert ligatures(["nothing here", "x\x01y z\x01q \x02"]) == {}
