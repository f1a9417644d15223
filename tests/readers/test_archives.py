"""Texts in OpenDocument, books in EPUB, articles in JATS: what is prose in them, and that nothing else changes."""

import io
import re
import zipfile

import pytest
from papers_made import archive

from despin.readers import InputError
from despin.readers.kinds import paper
from despin.readers.markup import jats, latex

ODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="o" xmlns:text="t" xmlns:draw="d"><office:body><office:text>
<text:tracked-changes><text:changed-region><text:deletion><text:p>deleted</text:p></text:deletion></text:changed-region>
</text:tracked-changes><text:table-of-content><text:p>Contents</text:p></text:table-of-content>
<text:h text:outline-level="1">The footbridge</text:h>
<text:p>The clerk spoke of counter<text:span text:style-name="T1">feit</text:span>
   conscious<text:span>ness</text:span><text:note><text:note-citation>1</text:note-citation><text:note-body>
<text:p>A note.</text:p></text:note-body></text:note> &amp;<text:s text:c="2"/>of<text:tab/>water<office:annotation>
<text:p>A remark</text:p></office:annotation>.<draw:image/></text:p><text:p/>
<text:list><text:list-item><text:p><![CDATA[An <item>]]></text:p></text:list-item></text:list>
<text:h>References</text:h><text:p>Miller, A. (1999). On counterfeit consciousness.</text:p>
<text:bibliography><text:p>Smith, B. (2001). On words.</text:p></text:bibliography>
<text:h>Thanks</text:h><text:p>To all.</text:p></office:text></office:body></office:document-content>"""
ODT_TEXT = """The footbridge
The clerk spoke of counterfeit consciousness & of water.\ufffc
An <item>
References
Miller, A. (1999). On counterfeit consciousness.
Thanks
To all.
A note.
"""
PAGE = """<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Title</title></head><body>{}</body></html>"""
OPF = """<package><manifest><item id="two" href="b%20c.xhtml" media-type="application/xhtml+xml"/><item id="css"
href="s.css" media-type="text/css"/><item id="one" href="text/a.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="one"/><itemref idref="two"/><itemref idref="gone"/></spine></package>"""
CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'


def odt(content=ODT, **more):
    return archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode(), **more})


def epub(first="<p>Counter<b>feit</b>\nconsciousness.</p>", second="<h1>Two</h1>Bare text", **more):
    pages = {"OEBPS/text/a.xhtml": PAGE.format(first), "OEBPS/b c.xhtml": PAGE.format(second)}
    members = {"META-INF/container.xml": CONTAINER, "OEBPS/content.opf": OPF, "OEBPS/s.css": "p {}", **pages, **more}
    return archive({"mimetype": b"application/epub+zip"} | {name: text.encode() for name, text in members.items()})


def source_of(data, kind, **more):
    return paper(f"a.{kind}", data, kind, limit=1 << 24, **more)


def test_open_document():
    source = source_of(odt(), "odt")
    assert source.text == ODT_TEXT
    assert source.encode(ODT_TEXT) == odt()
    assert "Miller" not in source.prose
    assert "To all" in source.prose
    everything = source_of(odt(), "odt", references=True)
    assert "Miller" in everything.prose
    assert "Smith" in everything.prose


STYLES = """<office:document-styles xmlns:office="o" xmlns:style="s" xmlns:text="t"><office:master-styles>
<style:master-page><style:header><text:p>Of counter<text:span>feit</text:span> consciousness</text:p></style:header>
<style:footer><text:p><text:page-number>1</text:page-number></text:p></style:footer></style:master-page>
</office:master-styles></office:document-styles>"""


def test_notes_headers_and_footers_of_open_document():
    """They are read by themselves, named, and written: notes stand in the same file as the body."""
    note = ODT.replace("A note.", "On counter<text:span>feit</text:span> consciousness.")
    before = odt(note, **{"styles.xml": STYLES.encode()})
    source = source_of(before, "odt")
    assert (
        source.text
        == ODT_TEXT.replace("A note.", "On counterfeit consciousness.") + "Of counterfeit consciousness\n1\n"
    )
    assert [part.name for part in source.paper.parts] == ["", "notes", "headers and footers"]
    new = source.text.replace("counterfeit consciousness", "artificial <intelligence>")
    after = source.encode(new)
    assert source_of(after, "odt").text == new
    old, now = (zipfile.ZipFile(io.BytesIO(data)) for data in (before, after))
    tags = re.compile(rb"<[^>]*>")
    for name in ("content.xml", "styles.xml"):
        assert old.read(name) != now.read(name)
        assert tags.findall(old.read(name)) == tags.findall(now.read(name))


def test_a_note_of_open_document_alone():
    """One view of the file changes and the other does not."""
    source = source_of(odt(), "odt")
    new = source.text.replace("A note.", "Another note.")
    assert source_of(source.encode(new), "odt").text == new


def test_epub():
    source = source_of(epub(), "epub")
    assert source.text == "Counterfeit consciousness.\nTwo\nBare text\n"
    assert [part.name for part in source.paper.parts] == ["a.xhtml", "b c.xhtml"]
    assert source.encode(source.text) == epub()


@pytest.mark.parametrize(("kind", "data"), [("odt", odt()), ("epub", epub())])
def test_only_words_change(kind, data):
    source = source_of(data, kind)
    new = re.sub("(?i)counterfeit consciousness(?! *[.]\n.*Thanks)", "artificial <intelligence>", source.text, count=1)
    after = source.encode(new)
    assert source_of(after, kind).text.split() == new.split()
    old, now = zipfile.ZipFile(io.BytesIO(data)), zipfile.ZipFile(io.BytesIO(after))
    assert old.namelist() == now.namelist()
    changed = [name for name in old.namelist() if old.read(name) != now.read(name)]
    [name] = changed
    tags = re.compile(rb"<[^>]*>")
    assert tags.findall(old.read(name)) == tags.findall(now.read(name))
    assert after[:60] == data[:60]  # mimetype comes first, and is not packed: so programs know the file


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        ("odt", archive({"a": b""}), "no text in OpenDocument"),
        ("odt", odt(**{"META-INF/manifest.xml": b"<manifest:encryption-data/>"}), "is encrypted"),
        ("odt", odt("<office:document-content/>"), "holds no text"),
        ("epub", archive({"a": b""}), "no book in EPUB"),
        ("epub", epub("", ""), "holds no text"),
        (
            "epub",
            epub(**{"META-INF/encryption.xml": '<encryption><CipherReference URI="OEBPS/text/a.xhtml"/></encryption>'}),
            "protected by its publisher",
        ),
        ("epub", archive({"META-INF/container.xml": CONTAINER.encode()}), "there is no OEBPS/content.opf in it"),
    ],
)
def test_what_cannot_be_read_is_said(kind, data, message):
    with pytest.raises(InputError, match=message):
        source_of(data, kind)


ARTICLE = (
    "<article><body><p>All of it.</p></body><back><ref-list><ref><mixed-citation>On words.</mixed-citation></ref>"
    "</ref-list></back></article>"
)


def test_references_of_jats_and_latex_are_left_out():
    assert jats.view(ARTICLE).text == "All of it.\n"
    assert jats.view(ARTICLE, references=True).text == "All of it.\nOn words.\n"
    text = "\\begin{document}All.\\begin{thebibliography}{9}\\bibitem{a} On words.\\end{thebibliography}\\end{document}"
    assert "On words" not in latex.view(text).text
    assert "On words" in latex.view(text, references=True).text


def test_entities_of_an_article_expand_to_nothing():
    laughs = '<!DOCTYPE article [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    assert jats.view(f"{laughs}<article><body><p>One &b; two</p></body></article>").text == "One \ufffc two\n"
