"""Five hundred real pages, half of them spun: only words change, as an independent parser sees it.

The pages are those that Debian's documentation packages bring along (apt-get install python3-doc libxslt1-dev, say);
where there are none, these tests are skipped.
"""

import random
import re
from functools import cache
from pathlib import Path

import pytest
from test_quality import facts, spin

import despin
from despin import Finding, Report
from despin.readers import InputError, read
from despin.readers.kinds import seen
from despin.readers.source import decode

lxml_html = pytest.importorskip("lxml.html")
PAGES = 150
FOLDERS = ("/usr/share/doc", "/usr/share/gtk-doc", "/usr/share/devhelp")
NO_PROSE_NAMES = """
    script style pre code kbd samp var tt textarea select svg math template noscript iframe object listing xmp datalist
    audio video canvas noframes
"""
NO_PROSE = set(NO_PROSE_NAMES.split())


@cache
def paths():
    found = [p for folder in FOLDERS for p in Path(folder).rglob("*.htm*") if p.suffix in (".html", ".htm")]
    found = [p for p in found if p.is_file() and 2_000 < p.stat().st_size < 80_000]
    found = sorted(found, key=lambda p: (p.stat().st_size, str(p)))
    return found[:: max(len(found) // PAGES, 1)][:PAGES]  # of all sizes


def tree(page):
    """The page as lxml sees it. A declaration of XML would make it refuse a string."""
    return lxml_html.document_fromstring(re.sub(r"\A\s*<\?xml.*?\?>", "", page, flags=re.S))


def outline(root):
    """All of a tree but its prose: tags, attributes, comments, and the text of what is no prose."""
    told = []
    for node in root.iter():
        if not isinstance(node.tag, str):
            told.append(("other", node.text))
        else:
            told.append((node.tag, tuple(node.attrib.items())))
            if node.tag in NO_PROSE:
                told.append(node.text)
    return told


def prose(root):
    return " ".join("".join(root.itertext()).split())


def spun(page, chance):
    """`page` with the text of every node spun, written by lxml."""
    root = tree(page)
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        inside = node.tag in NO_PROSE or any(up.tag in NO_PROSE for up in node.iterancestors())
        if node.text and not inside and node.tag != "title":
            node.text = spin(node.text, facts(), 1.0, chance).text
        if node.tail and node.getparent() is not None and node.getparent().tag not in NO_PROSE:
            outside = not any(up.tag in NO_PROSE for up in node.iterancestors())
            node.tail = spin(node.tail, facts(), 1.0, chance).text if outside else node.tail
    return lxml_html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")


@cache
def sources():
    """All pages, every second one spun."""
    chance = random.Random(7)
    found = []
    for number, path in enumerate(paths()):
        try:
            source = read(str(path))
        except InputError:
            continue
        if number % 2:
            data = spun(source.text, chance).encode("utf-8", "surrogateescape")
            source = seen(decode(f"{path}, spun", data, kind="html", encoding="utf-8"))
        found.append(source)
    return found


@cache
def reports():
    return list(despin.check_many(source.prose for source in sources()))


needs_pages = pytest.mark.skipif(len(paths()) < 20, reason="no documentation in HTML is installed")


@needs_pages
def test_pages_come_back_byte_for_byte():
    for path in paths():
        data = path.read_bytes()
        try:
            source = read(str(path))
        except InputError:
            continue
        assert source.encode(source.text) == data


@needs_pages
def test_only_restored_words_differ():
    changed = 0
    for source, report in zip(sources(), reports(), strict=True):
        made = [f for f in report.findings if f.action == "restore"]
        lifted = source.lift(Report(report.text, tuple(made), report.verdict))
        if not lifted.findings:
            assert lifted.restored is source.text
            continue
        changed += 1
        before, after = tree(source.text), tree(lifted.restored)
        assert outline(before) == outline(after), source.name
        # The same page with a sign in every place: what it parses to says what may differ.
        kept = [f for f in made if source.lift(Report(report.text, (f,), report.verdict)).findings]
        assert len(kept) == len(lifted.findings)
        signs = tuple(Finding(f.start, f.end, f.found, f"Q{k}Q") for k, f in enumerate(kept))
        marked = prose(tree(source.lift(Report(report.text, signs, report.verdict)).restored))
        pieces = re.split(r"(Q\d+Q)", marked)
        assert [f"Q{k}Q" for k in range(len(kept))] == pieces[1::2], source.name
        for text, words in ((prose(before), [f.found for f in kept]), (prose(after), [f.original for f in kept])):
            filled = [words[int(piece[1:-1])] if k % 2 else piece for k, piece in enumerate(pieces)]
            assert squeezed("".join(filled)) == squeezed(text), source.name
    assert changed > len(sources()) / 5


def squeezed(text):
    return re.sub(r"[\s\ufffc]+", "", text)


@needs_pages
def test_spun_pages_are_found_and_others_are_not():
    judged = {True: [], False: []}
    for source, report in zip(sources(), reports(), strict=True):
        if report.verdict.words > 100:
            judged[source.name.endswith(", spun")].append(report.verdict.judgement == "spun")
    # Manuals and indexes repeat a few words of their trade all over, and some look spun; what is right is in
    # docs/quality.md, and this only notices when it gets much worse.
    assert sum(judged[False]) <= len(judged[False]) / 10
    assert sum(judged[True]) >= len(judged[True]) / 2


@needs_pages
def test_html5lib_agrees():
    html5lib = pytest.importorskip("html5lib")
    checked = 0
    for source, report in zip(sources(), reports(), strict=True):
        restored = source.lift(report).restored
        if restored is source.text or len(source.text) > 20_000:
            continue
        one, two = html5lib.parse(source.text), html5lib.parse(restored)
        assert [(n.tag, n.attrib) for n in one.iter()] == [(n.tag, n.attrib) for n in two.iter()]
        checked += 1
        if checked == 25:
            break
    assert checked
