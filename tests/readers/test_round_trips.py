"""Documents of other programs, a phrase in each part: found, its place named, restored, and nothing else changed.

python-docx makes documents of every kind of thing that papers have; LibreOffice, where it is installed, makes them anew
as OpenDocument and as Word documents of its own, and has to read what was written.
"""

import io
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile

import pytest

from despin import Config, check
from despin.readers.kinds import paper

docx = pytest.importorskip("docx")
names, oxml, packing = (pytest.importorskip(f"docx.{name}") for name in ("opc.constants", "oxml", "opc.part"))
parse_xml, nsdecls = oxml.parse_xml, pytest.importorskip("docx.oxml.ns").nsdecls

SPUN, MEANT = "counterfeit consciousness", "artificial intelligence"
PIECES = ("coun", "terfeit cons", "ciousness")
"""The phrase in three runs, as Word cuts text."""
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WHO = 'w:author="A. Miller" w:date="2020-01-01T00:00:00Z"'


def say(paragraph, before="The clerk spoke of ", after=" & of the water, at length."):
    """`paragraph` with the phrase in three runs, each in another face."""
    paragraph.add_run(before)
    for number, piece in enumerate(PIECES):
        run = paragraph.add_run(piece)
        run.bold, run.italic, run.underline = number == 0, number == 1, number == 2
    paragraph.add_run(after)


def run_of(text, tag="t"):
    return f'<w:r><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def styles(document):
    own = document.styles.add_style("Own", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    own.font.size, own.font.color.rgb = docx.shared.Pt(9), docx.shared.RGBColor(90, 0, 0)
    document.add_heading("The footbridge", 1)
    for style in ("Own", "Quote", "Intense Quote", "Caption", "Heading 2", "Title"):
        say(document.add_paragraph(style=style))


def lists(document):
    for style in ("List Bullet", "List Bullet 2", "List Number", "List Number 2", "List Continue"):
        document.add_paragraph("The boards are rotten.", style=style)
        say(document.add_paragraph(style=style))


def tables(document):
    table = document.add_table(3, 3, style="Table Grid")
    for cell in (table.cell(0, 0), table.cell(1, 2), table.cell(2, 1).merge(table.cell(2, 2))):
        say(cell.paragraphs[0], before="", after="")
    inner = table.cell(1, 0).add_table(1, 2)
    say(inner.cell(0, 1).paragraphs[0])


def hyperlinks(document):
    paragraph = document.add_paragraph("See ")
    link = document.part.relate_to("https://example.org/a", names.RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    runs = "".join(map(run_of, PIECES))
    paragraph._p.append(parse_xml(f'<w:hyperlink {nsdecls("w", "r")} r:id="{link}">{runs}</w:hyperlink>'))
    paragraph.add_run(" on the page.")
    half = document.add_paragraph("Half of counterfeit")
    half._p.append(parse_xml(f'<w:hyperlink {nsdecls("w")} w:anchor="x">{run_of(" consciousness")}</w:hyperlink>'))


def tracked_changes(document):
    paragraph = document.add_paragraph("We ")
    for xml in (
        f'<w:ins {nsdecls("w")} w:id="900" {WHO}>{run_of("study coun")}</w:ins>',
        f'<w:del {nsdecls("w")} w:id="901" {WHO}>{run_of("cilors", "delText")}</w:del>',
        f'<w:ins {nsdecls("w")} w:id="902" {WHO}>{run_of("terfeit cons")}{run_of("ciousness")}</w:ins>',
        f'<w:moveFrom {nsdecls("w")} w:id="903" {WHO}>{run_of(" that was moved")}</w:moveFrom>',
        f'<w:moveTo {nsdecls("w")} w:id="904" {WHO}>{run_of(" with care")}</w:moveTo>',
    ):
        paragraph._p.append(parse_xml(xml))
    paragraph.add_run(".")


def comments(document):
    paragraph = document.add_paragraph("Here ")
    say(paragraph)
    document.add_comment(paragraph.runs[1:3], "What is counterfeit consciousness?", author="B. Smith", initials="BS")
    document.add_comment(paragraph.runs[3:], "Cut this.", author="A. Miller", initials="AM")


def footnotes(document):
    say(document.add_paragraph("The bridge is old."))
    for name in ("footnote", "endnote"):
        mark = f'<w:{name} w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:{name}>'
        runs = "".join(map(run_of, (" On ", *PIECES, ", see the ledger.")))
        note = f'<w:{name} w:id="2"><w:p><w:r><w:{name}Ref/></w:r>{runs}</w:p></w:{name}>'
        xml = f"<w:{name}s {nsdecls('w')}>{mark}{note}</w:{name}s>".encode()
        content = getattr(names.CONTENT_TYPE, f"WML_{name.upper()}S")
        place = docx.opc.packuri.PackURI(f"/word/{name}s.xml")
        part = packing.Part(place, content, xml, document.part.package)
        document.part.relate_to(part, getattr(names.RELATIONSHIP_TYPE, f"{name.upper()}S"))
        paragraph = document.add_paragraph(f"With {name}")
        paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:{name}Reference w:id="2"/></w:r>'))


def headers_and_footers(document):
    document.add_paragraph("The bridge is old.")
    section = document.sections[0]
    section.different_first_page_header_footer = True
    say(section.header.paragraphs[0], before="Of ", after="")
    say(section.first_page_header.paragraphs[0], before="First of ", after="")
    say(section.footer.paragraphs[0], before="Last of ", after="")


def fields_and_bookmarks(document):
    paragraph = document.add_paragraph()
    ours = nsdecls("w")
    for xml in (
        f'<w:bookmarkStart {ours} w:id="7" w:name="here"/>',
        f"<w:r {ours}><w:t>coun</w:t></w:r>",
        f'<w:proofErr {ours} w:type="spellStart"/>',
        f'<w:r {ours}><w:rPr><w:lang w:val="en-GB"/></w:rPr><w:t>terfeit</w:t></w:r>',
        f'<w:proofErr {ours} w:type="spellEnd"/>',
        f'<w:bookmarkEnd {ours} w:id="7"/>',
        f'<w:sdt {ours}><w:sdtPr><w:tag w:val="x"/></w:sdtPr><w:sdtContent>{run_of(" cons")}</w:sdtContent></w:sdt>',
        f'<w:smartTag {ours} w:uri="u" w:element="e">{run_of("ciousness")}</w:smartTag>',
        f'<w:fldSimple {ours} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>',
    ):
        paragraph._p.append(parse_xml(xml))


def breaks_and_tabs(document):
    paragraph = document.add_paragraph("One\ttwo ")
    paragraph.add_run("counterfeit").add_break()
    paragraph.add_run("consciousness\tthree")
    document.add_page_break()
    say(document.add_paragraph())


def sections(document):
    for _ in range(3):
        say(document.add_paragraph())
        document.add_section()
    say(document.sections[-1].header.paragraphs[0])


MAKERS = (
    styles, lists, tables, hyperlinks, tracked_changes, comments, footnotes, headers_and_footers, fields_and_bookmarks,
    breaks_and_tabs, sections,
)  # fmt: skip
PLACES = {
    footnotes: ["footnotes, paragraph 1", "endnotes, paragraph 1"],
    headers_and_footers: ["header 1, paragraph 1", "header 2, paragraph 1", "footer, paragraph 1"],
    sections: ["header, paragraph 1"],
    tables: [f"paragraph {number}" for number in (1, 2, 3, 4)],
}
"""Where the phrase is said to stand, at least."""


def made(maker):
    document = docx.Document()
    maker(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def source_of(data, kind="docx"):
    return paper(f"a.{kind}", data, kind, limit=1 << 24)


def restored(source):
    """The text of `source` with every phrase restored: it may have any blank between its words."""
    return re.sub(SPUN.replace(" ", r"\s"), MEANT, source.text)


def skeleton(xml):
    """Elements and attributes in order; and the text of each, where it is no text of a document."""
    blank = "{http://www.w3.org/XML/1998/namespace}space"
    return [
        (
            one.tag,
            sorted((name, value) for name, value in one.attrib.items() if name != blank),
            None if one.tag == f"{W}t" else one.text,
        )
        for one in ET.fromstring(xml).iter()
    ]


def paragraphs(xml):
    """The text of each paragraph, its own only."""
    return ["".join(one.itertext()) for one in ET.fromstring(xml).iter(f"{W}p") if one.find(f".//{W}p") is None]


def only_phrases_changed(before, after):
    old, new = (zipfile.ZipFile(io.BytesIO(data)) for data in (before, after))
    assert [one.filename for one in old.infolist()] == [one.filename for one in new.infolist()]
    for name in old.namelist():
        was, now = old.read(name), new.read(name)
        if was != now:
            assert skeleton(was) == skeleton(now), name
            for one, other in zip(paragraphs(was), paragraphs(now), strict=True):
                assert one == other or "counterfeitconsciousness" in re.sub(r"\s|cilors", "", one), name


@pytest.mark.parametrize("maker", MAKERS, ids=lambda one: one.__name__)
def test_python_docx(maker):
    before = made(maker)
    source = source_of(before)
    count = len(re.findall(r"counterfeit\sconsciousness", source.text))
    assert count
    after = source.encode(restored(source))
    again = source_of(after)
    assert again.text.count(MEANT) == count
    assert not re.search(r"counterfeit\sconsciousness", again.text)
    assert again.text == restored(source)
    only_phrases_changed(before, after)
    docx.Document(io.BytesIO(after))  # which reads all of it


@pytest.mark.parametrize("maker", PLACES, ids=lambda one: one.__name__)
def test_places_name_the_element(maker, tmp_path):
    listed = tmp_path / "ours.tsv"
    listed.write_text(f"{SPUN}\t{MEANT}\n")
    source = source_of(made(maker))
    report = source.lift(check(source.prose, Config(dictionaries=(str(listed),))))
    told = [str(report.place(one.start)) for one in report.findings]
    assert len(told) == source.text.count(SPUN)
    assert [place for place in told if place in PLACES[maker]] == PLACES[maker]


def test_what_is_read_and_what_is_not():
    assert "What is" not in source_of(made(comments)).text
    text = source_of(made(tracked_changes)).text
    assert text == f"We study {SPUN} with care.\n"
    assert "First of" in source_of(made(headers_and_footers)).text


# LibreOffice


def by_office(folder, to, paths):
    """`paths` as LibreOffice writes them, in `folder`."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", to, "--outdir",
         str(folder), *map(str, paths)], check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """(name, kind) → the document, as it is restored, and what LibreOffice reads in either."""
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("office")
    for maker in MAKERS:
        (folder / f"{maker.__name__}.docx").write_bytes(made(maker))
    by_office(folder, "odt", folder.glob("*.docx"))
    (folder / "own").mkdir()
    by_office(folder / "own", "docx", folder.glob("*.odt"))
    cases = {}
    for path in [*folder.glob("*.docx"), *folder.glob("*.odt"), *(folder / "own").glob("*.docx")]:
        kind = path.suffix[1:] if path.parent == folder else "docx by LibreOffice"
        before = path.read_bytes()
        source = source_of(before, path.suffix[1:])
        after = source.encode(restored(source))
        for name, data in (("before", before), ("after", after)):
            into = folder / "read" / f"{path.stem}-{kind.split()[-1]}-{name}{path.suffix}"
            into.parent.mkdir(exist_ok=True)
            into.write_bytes(data)
        cases[path.stem, kind] = [before, after, into.stem.removesuffix("-after")]
    by_office(folder / "read", "txt:Text (encoded):UTF8", (folder / "read").glob("*.*"))
    for case in cases.values():
        case[2:] = [(folder / "read" / f"{case[2]}-{name}.txt").read_text("utf-8-sig") for name in ("before", "after")]
    return cases


@pytest.mark.parametrize("kind", ["docx", "odt", "docx by LibreOffice"])
@pytest.mark.parametrize("maker", MAKERS, ids=lambda one: one.__name__)
def test_libreoffice(office, maker, kind):
    before, after, read, read_after = office[maker.__name__, kind]
    assert re.search(r"counterfeit\sconsciousness", source_of(before, kind[:4].strip()).text)
    assert not re.search(r"counterfeit\sconsciousness", source_of(after, kind[:4].strip()).text)
    if kind == "odt":
        old, new = (zipfile.ZipFile(io.BytesIO(data)) for data in (before, after))
        assert old.namelist() == new.namelist()
        tags = re.compile(rb"<[^>]*>")
        for name in old.namelist():
            was, now = old.read(name), new.read(name)
            assert was == now or tags.findall(was) == tags.findall(now), name
    else:
        only_phrases_changed(before, after)
    read, read_after = (one.replace("cilors", "") for one in (read, read_after))  # it shows deleted text, too
    assert read_after.split() == re.sub(r"counterfeit\sconsciousness", MEANT, read).split()
