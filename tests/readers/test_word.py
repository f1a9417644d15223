"""Documents of Word: what is prose in them, and that nothing else changes."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from papers_made import archive as zipped
from strategies import verdict

from despin import Finding, Report, invert
from despin.readers import InputError, read, replace
from despin.readers.kinds import paper

FIXTURE = (Path(__file__).parents[1] / "fixtures" / "papers" / "word.xml").read_bytes()
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BODY = f'<w:document xmlns:w="{NAMESPACE}"><w:body>{{}}</w:body></w:document>'
NOTES = f'''<w:footnotes xmlns:w="{NAMESPACE}"><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r>
<w:t xml:space="preserve"> See the ledger.</w:t></w:r></w:p></w:footnote></w:footnotes>'''.encode()
TEXT = """The footbridge
The clerk spoke of counterfeit consciousness & of the water.
One two three\ufffc\ufffc
left cell
right cell
\ufffc
In a box
References
Miller, A. (1999). On counterfeit consciousness. The Parish 3, 1–9.
Tables of the year 1999
None.
 See the ledger.
"""


def archive(members):
    """The archive of a document, with members that are no text."""
    return zipped({"[Content_Types].xml": b"<Types/>", "media/a.png": bytes(range(256)), **members})


def document(xml=FIXTURE, **more):
    return archive({"word/document.xml": xml, **{f"word/{name}.xml": content for name, content in more.items()}})


def source_of(data, **more):
    return paper("a.docx", data, "docx", limit=1 << 24, **more)


def body(data):
    return zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()


def test_what_is_prose():
    source = source_of(document(footnotes=NOTES))
    assert source.text == TEXT
    assert source.encode(source.text) == document(footnotes=NOTES)
    assert "Miller" not in source.prose
    assert "References" not in source.prose
    assert "Tables of the year" in source.prose
    assert "Miller" in source_of(document(), references=True).prose


def test_places_are_paragraphs():
    source = source_of(document(footnotes=NOTES))
    at = source.prose.index("ledger")
    report = source.lift(Report(source.prose, (Finding(at, at + 6, "ledger", "book"),), verdict()))
    [finding] = report.findings
    assert str(report.place(finding.start)) == "footnotes, paragraph 1"
    assert (report.to_dict()["findings"][0]["part"], report.to_dict()["findings"][0]["paragraph"]) == ("footnotes", 1)


def test_a_phrase_is_put_back_into_its_runs():
    source = source_of(document())
    restored = source.text.replace("counterfeit consciousness &", "artificial intelligence &")
    after = source.encode(restored)
    assert source_of(after).text == restored
    assert (
        'xml:space="preserve">The clerk spoke of artific</w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>ial</w:t>'
        in body(after)
    )
    # All but the text of the runs is as it was: tracked changes, bookmarks, styles, and all that is not read.
    text = re.compile(r"(<w:t(?: [^>]*)?>)[^<]*")
    assert text.sub(r"\1", body(after)) == text.sub(r"\1", FIXTURE.decode())
    assert zipfile.ZipFile(io.BytesIO(after)).testzip() is None


def test_other_members_keep_every_byte():
    before = document(footnotes=NOTES)
    after = source_of(before).encode(TEXT.replace("ledger", "book of accounts"))
    old, new = zipfile.ZipFile(io.BytesIO(before)), zipfile.ZipFile(io.BytesIO(after))
    assert new.comment == old.comment
    assert [one.filename for one in new.infolist()] == [one.filename for one in old.infolist()]
    for one, other in zip(old.infolist(), new.infolist(), strict=True):
        assert (one.date_time, one.external_attr, one.compress_type) == (
            other.date_time, other.external_attr, other.compress_type,
        )  # fmt: skip
        if one.filename != "word/footnotes.xml":
            assert old.read(one) == new.read(other)
    assert before[: before.index(b"word/footnotes.xml") - 30] == after[: after.index(b"word/footnotes.xml") - 30]


def test_blanks_at_the_end_of_a_run_are_kept():
    xml = BODY.format("<w:p><w:r><w:t>uti</w:t></w:r><w:r><w:t>lise</w:t></w:r><w:r><w:t>it</w:t></w:r></w:p>")
    source = source_of(document(xml.encode()))
    assert source.text == "utiliseit\n"
    after = source.encode("ma ke useit\n")
    assert source_of(after).text == "ma ke useit\n"
    assert 'xml:space="preserve"' in body(after)


def test_the_mark_of_a_note_keeps_its_run():
    """The letters of a restored word stay out of a raised figure behind it, and of a bracket before it."""
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{}</w:t></w:r>'
    words = "<w:r><w:t>counterfeit consciousness</w:t></w:r>"
    xml = BODY.format(f"<w:p>{raised.format('3(')}{words}{raised.format('12,')}</w:p>")
    source = source_of(document(xml.encode()))
    after = body(source.encode("3(artificial intelligence12,\n"))
    assert after == xml.replace("counterfeit consciousness", "artificial intelligence")


WORDS = st.sampled_from(["kids", "a&b", "“quoted”", "é", "<", "one", "two"])
RUNS = st.lists(st.text("ab &<é ", max_size=5), max_size=4)


@given(st.lists(RUNS, min_size=1, max_size=4), st.data())
def test_any_change_of_words_comes_back(paragraphs, data):
    from despin.readers.papers.xml_tags import escape

    def run(content):
        return f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{escape(content)}</w:t></w:r>'

    xml = BODY.format("".join(f"<w:p>{''.join(map(run, runs))}</w:p>" for runs in paragraphs))
    try:
        source = source_of(document(xml.encode()))
    except InputError as problem:
        assert "holds no text" in problem.message  # noqa: PT017
        return
    lines = []
    for line in source.text.split("\n"):
        words = [data.draw(st.one_of(st.just(word), WORDS)) for word in line.split()]
        lines.append(" ".join(words) if words != line.split() else line)
    after = source.encode("\n".join(lines))
    assert source_of(after).text.split() == "\n".join(lines).split()
    text = re.compile(r"(<w:t[^>]*>)[^<]*")
    assert text.sub(r"\1", body(after)) == text.sub(r"\1", xml)


def test_writing_in_place_and_undoing(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(document())
    source = read(str(path))
    at = source.text.index("counterfeit consciousness")
    finding = Finding(at, at + 25, "counterfeit consciousness", "artificial intelligence")
    report = Report(source.text, (finding,), verdict())
    replace(source, report.restored)
    restored = read(str(path))
    assert restored.text == report.restored
    replace(restored, invert(restored.text, report.findings))
    assert read(str(path)).text == source.text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"words", "is damaged: it cannot be unpacked"),
        (document()[:-80], "is damaged: it cannot be unpacked"),
        (archive({}), "is no document of Word"),
        (archive({"_rels/.rels": b'<r><R Type="x/officeDocument" Target="none.xml"/></r>'}), "there is no none.xml"),
        (document(b"<w:document/>"), "holds no text"),
        (document(b"\xff\xfe\x00\xd8"), "is not valid UTF-16-LE"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "is protected by a password"),
    ],
)
def test_what_cannot_be_read_is_said(data, message):
    with pytest.raises(InputError, match=message):
        source_of(data)


def test_an_encrypted_member_is_said():
    data = bytearray(document())
    for sign, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = data.index(sign)
        while place >= 0:
            data[place + flags] |= 1
            place = data.find(sign, place + 1)
    with pytest.raises(InputError, match="is encrypted"):
        source_of(bytes(data))


def test_a_bomb_is_not_unpacked():
    bomb = document(BODY.format("<w:p><w:r><w:t>" + "a" * 5_000_000 + "</w:t></w:r></w:p>").encode())
    assert len(bomb) < 20_000
    with pytest.raises(InputError, match="unpacks to more than 1,000,000 bytes"):
        paper("a.docx", bomb, "docx", limit=1_000_000)


def test_entities_of_the_document_expand_to_nothing():
    laughs = '<!DOCTYPE x [<!ENTITY a "ha ha"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    source = source_of(document((laughs + BODY.format("<w:p><w:r><w:t>One &b; two &c;</w:t></w:r></w:p>")).encode()))
    assert source.text == "One \ufffc two \ufffc\n"


def test_changes_that_cannot_be_written_are_refused():
    source = source_of(document())
    with pytest.raises(InputError, match="more or fewer paragraphs"):
        source.encode(source.text + "another\n")
    with pytest.raises(InputError, match="runs into what is no text"):
        source.encode(source.text.replace("One two three\ufffc\ufffc", "One two four"))
