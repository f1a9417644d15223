"""The review page: what the file holds, and how it behaves in a real browser.

The browser is Chromium as the system has it, driven by Playwright: `pip install -e '.[browser]'`. Without either, those
tests are skipped.
"""

import json
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts_with_findings

import despin
from despin import Evidence, Finding, Reading, Report, Verdict
from despin.cli import main
from despin.renderers import html
from despin.renderers.escaping import visible
from despin.results.decisions import choose, digest, parse, replay

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT / "tests" / "fixtures" / "spun" / "behind-the-scenes.txt"
DECISIONS = json.loads((ROOT / "docs" / "decisions.schema.json").read_text(encoding="utf-8"))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SPUN = Verdict("spun", 0.98, 0.8, 12.34, "web", 9)
CLEAN = Report("A plain text.\n", (), Verdict("clean", 0.001, 0.0, 0.0, "", 3))

HOSTILE = """<script>window.hit = 1</script> ordinary words </script><script>window.hit = 2</script>
"onload="window.hit = 3" ]]> <!-- <script> --> <img src=x onerror="window.hit = 4"> &lt;b&gt; {{script}} {{data}}
<svg onload=window.hit=5> </textarea></title></style> \u2028 \u2029 𝒳 <a href="javascript:window.hit=6">x</a>\r
"""


def finding(text, found, original, **more):
    start = text.index(found)
    more = {"family": "web", "entry": f"web:{found}", "confidence": 0.9} | more
    return Finding(start, start + len(found), found, original, **more)


TEXT = "𝒳 We labored collectively\r\nall evening.\n\nThe road was loud, the road was onerous.\n"
REPORT = Report(
    TEXT,
    (
        finding(TEXT, "labored", "worked", confidence=0.4, action="suggest"),
        finding(
            TEXT, "collectively", "together", substituted=0.97,
            readings=(Reading("together", 0.9), Reading("as one", 0.05), Reading("jointly", 0.02)),
            evidence=(Evidence("context", 3.0, "it fits"), Evidence("spin rate", -0.8, "few")), confidence=0.9,
        ),
        finding(TEXT, "evening", "night", confidence=0.99, family="academic"),
        finding(TEXT, "onerous", "hard", confidence=0.8),
    ),
    SPUN,
)  # fmt: skip


# --- the file -----------------------------------------------------------------------------------------------------


class Parts(HTMLParser):
    """What an HTML parser makes of a page: its start tags, and what its script elements hold."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.scripts = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] == "script" and self.cdata_elem == "script":
            self.scripts[-1] += data


PLAIN = Parts(html.page([("a.txt", CLEAN)], [], "0.1.0"))


@given(st.one_of(texts_with_findings(), st.just((HOSTILE, ()))), st.sampled_from(["a.txt", HOSTILE]))
def test_no_text_can_leave_its_data(example, path):
    text, findings = example
    page = html.page([(path, Report(text, findings, SPUN))], [{"path": path, "message": text}], "0.1.0")
    page.encode()
    parts = Parts(page)
    assert [tag for tag, _ in parts.tags] == [tag for tag, _ in PLAIN.tags]
    data, script = parts.scripts
    assert script == PLAIN.scripts[1]
    assert not set(data) & set("<>&\u2028\u2029")
    [document] = json.loads(data)["documents"]
    assert "".join(document["pieces"]) == text
    assert document["sha256"] == digest(text)
    assert [(f["start"], f["end"], f["original"]) for f in document["findings"]] == [
        (f.start, f.end, f.original) for f in findings
    ]


def test_the_page_asks_for_nothing_from_elsewhere():
    page = html.page([("a.txt", REPORT)], [], "0.1.0")
    assert not re.search(r"\b(?:https?:)?//[\w.]+\.\w", page.replace("http://www.w3.org/2000/svg", ""))
    assert not re.search(r"\bsrc=|@import|\burl\(", re.sub(r"<script.*", "", page, flags=re.S))
    policy = next(a["content"] for t, a in Parts(page).tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy


def test_the_likeliest_comes_first():
    page = html.page([("a.txt", CLEAN), ("b.txt", REPORT)], [], "0.1.0")
    assert [d["path"] for d in json.loads(Parts(page).scripts[0])["documents"]] == ["b.txt", "a.txt"]


@given(st.lists(st.floats(-30, 30), max_size=12))
def test_what_is_shown_adds_up(weights):
    shown = html.in_hundredths([Evidence("context", weight) for weight in weights])
    assert sum(shown) == round(sum(100 * weight for weight in weights))
    assert all(abs(a - 100 * b) <= 1.001 for a, b in zip(shown, weights, strict=True))


# --- in a browser -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra 'browser'")
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # its sandbox refuses to run as root, as in containers
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if root else [])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, tmp_path):
    """Open a page of these documents; whatever it complains of, or asks of the network, fails the test."""
    trouble, contexts = [], []

    def opened(documents, errors=(), width=1280, height=900, **more):
        page_file = tmp_path / "review.html"
        content = documents if isinstance(documents, str) else html.page(documents, errors, "0.1.0")
        page_file.write_bytes(content.encode())
        context = chromium.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda problem: trouble.append(str(problem)))
        page.on("dialog", lambda dialog: dialog.accept() if dialog.type == "beforeunload" else trouble.append("dialog"))
        page.on("request", lambda request: request.url.startswith(("file:", "blob:")) or trouble.append(request.url))
        page.goto(page_file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []


def downloaded(page, button):
    with page.expect_download() as waiting:
        page.click(button)
    return Path(waiting.value.path()).read_bytes()


def enter(page):
    """From the index to its first text; the address changes at once, and the page a moment later."""
    page.click("#texts a >> nth=0")
    page.wait_for_selector("#document")


def said(page, sentence):
    page.locator("#say", has_text=sentence).wait_for()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_what_nobody_sees_is_shown_and_kept(open_page):
    nasty = "bo\u202esom\u2066 \x1b[31mpe\u200bril\x07\xad\U000e0041❤\ufe0f"
    text = f"a {nasty} b {nasty}"
    readings = Reading(f"c{nasty}", 0.9), Reading(f"d{nasty}", 0.05)
    one = Finding(2, 2 + len(nasty), nasty, f"c{nasty}", 0.9, entry=f"x:{nasty}", family=nasty, readings=readings)
    report = Report(text, (one,), SPUN)
    page = open_page([(f"{nasty}.txt", report), ("b.txt", CLEAN)], [{"path": nasty, "message": nasty}])
    shown = [page.inner_text("body")]
    enter(page)
    page.click('[data-number="0"]')
    shown += [page.inner_text("body"), page.get_attribute('[data-number="0"]', "aria-label")]
    page.click("#beside")
    shown.append(page.inner_text("body"))
    press(page, "a")
    said(page, "bo")
    shown.append(page.inner_text("#say"))
    for told in shown:
        assert not re.search("[\u202e\u2066\x1b\u200b\x07\xad\U000e0041]", told), told
        assert visible(nasty) in told
    assert downloaded(page, "#download").decode() == text.replace(nasty, f"c{nasty}", 1)


def test_review_download_and_replay(open_page, tmp_path, capfdbinary):
    article = tmp_path / "article.txt"
    article.write_bytes(ARTICLE.read_bytes())
    assert main(["--check", "--format", "html", str(article)]) == 1
    page = open_page(capfdbinary.readouterr().out.decode())
    report = despin.check(ARTICLE.read_bytes().decode())
    first, second = [f for f in report.findings if f.action == "restore"][:2]

    page.click(f'[data-number="{report.findings.index(first)}"]')
    assert page.inner_text("#found") == first.found
    page.click("#reject")
    page.click(f'[data-number="{report.findings.index(second)}"]')
    page.click("#edit")
    page.fill("#words", "something <else>")
    page.keyboard.press("Enter")
    result = downloaded(page, "#download")
    decisions = downloaded(page, "#save")

    jsonschema.validate(json.loads(decisions), DECISIONS)
    others = [f for f in report.findings if f.action == "restore" and f not in (first, second)]
    mine = Finding(second.start, second.end, second.found, "something <else>")
    assert result.decode() == despin.apply(report.text, [mine, *others])

    (tmp_path / "decisions.json").write_bytes(decisions)
    assert main(["--apply", str(tmp_path / "decisions.json"), str(article)]) == 0
    assert capfdbinary.readouterr().out == result
    assert main(["--write", "--apply", str(tmp_path / "decisions.json"), str(article)]) == 0
    assert article.read_bytes() == result
    assert main(["--apply", str(tmp_path / "decisions.json"), str(article)]) == 2
    assert b"has changed since it was reviewed" in capfdbinary.readouterr().err


def test_a_hostile_text_stays_inert(open_page):
    text = HOSTILE + TEXT
    found = (
        finding(text, "</script><script>window.hit = 2</script>", "<img src=x onerror=window.hit=7>"),
        finding(text, 'onload="window.hit', "]]><script>window.hit=8</script>", readings=(Reading("<b>bold</b>", 0.1),),
                family="<i>family</i>", evidence=(Evidence("<u>kind</u>", 2.2, "<u>note</u>"),)),
    )  # fmt: skip
    errors = [{"path": "<b>x</b>", "message": "<script>window.hit=9</script>"}]
    page = open_page([(HOSTILE, Report(text, found, SPUN)), ("b.txt", CLEAN)], errors)
    assert "<script>window.hit=9</script>" in page.inner_text("#errors")
    enter(page)
    press(page, "j", "1", "k", "e")
    page.keyboard.type("<script>window.hit=10</script>")
    page.keyboard.press("Enter")
    page.click("#beside")
    assert page.evaluate("window.hit") is None
    assert page.evaluate("document.scripts.length") == 2
    assert page.locator("img, b:not(.brand b), i, u, main script").count() == 0
    expected = text.replace(found[0].found, "<script>window.hit=10</script>").replace(found[1].found, "<b>bold</b>")
    assert downloaded(page, "#download").decode() == expected


def test_nothing_may_be_slipped_in_later(chromium, tmp_path):
    (tmp_path / "review.html").write_text(html.page([("a.txt", REPORT)], [], "0.1.0"), encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "review.html").as_uri())
    for attempt in ("document.body.innerHTML = '<b>x</b>'", "document.createElement('script').text = '1'"):
        with pytest.raises(Exception, match="Trusted"):
            page.evaluate(f"() => {{ {attempt} }}")
    page.close()


def test_by_keyboard_alone(open_page):
    page = open_page([("a.txt", REPORT)])
    press(page, "j")  # to the second
    assert page.evaluate("document.activeElement.dataset.number") == "1"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == (
        "collectively, likely: together, substituted 0.97, this wording 0.90, undecided"
    )
    press(page, "2")  # its second alternative, and on
    press(page, "r")
    press(page, "e", "Control+a")
    page.keyboard.type("tough")
    press(page, "Enter", "k", "k", "k", "a")
    press(page, "Enter")  # from the text to the panel
    assert page.evaluate("document.activeElement.id") == "accept"
    assert page.inner_text("#progress") == "4 of 4 decided"
    saved = json.loads(downloaded(page, "#save"))["documents"][0]
    assert [(d["decision"], d["replacement"]) for d in saved["decisions"]] == [
        ("accepted", "worked"), ("changed", "jointly"), ("rejected", None), ("changed", "tough"),
    ]  # fmt: skip
    press(page, "u", "u")
    assert page.inner_text("#progress") == "2 of 4 decided"
    press(page, "?")
    assert page.is_visible("#help")
    page.uncheck("#keys")
    press(page, "Escape", "a")
    assert page.inner_text("#progress") == "2 of 4 decided"


def test_every_control_is_reached_by_tab_and_has_a_name(open_page):
    page = open_page([("a.txt", REPORT), ("b.txt", CLEAN)])
    enter(page)
    reached = set()
    page.evaluate("document.body.focus()")
    for _ in range(60):
        press(page, "Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
    enabled = page.evaluate(
        "[...document.querySelectorAll('button[id], select, summary, input')]"
        ".filter(e => e.checkVisibility() && !e.disabled).map(e => e.id).filter(Boolean)"
    )
    assert set(enabled) <= reached
    assert any("mark" in name for name in reached)
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, select, textarea, input, [role=img], [role=button]')]"
        ".filter(e => e.checkVisibility() && !e.ariaLabel && !e.labels?.length && !e.textContent.trim())"
        ".map(e => e.outerHTML)"
    )
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_no_sideways_scrolling(open_page, scheme):
    word = "antidisestablishmentarian" * 8
    text = f"An {word} and onerous {'road ' * 300}"
    why = (Evidence("context", 2.2, word),)
    report = Report(text, (finding(text, word, word.upper(), evidence=why), finding(text, "onerous", "hard")), SPUN)
    documents = [("folder/" * 12 + "a.txt", report), ("b.txt", CLEAN), ("unclear-" * 20 + ".txt", REPORT)]
    page = open_page(documents, [{"path": word, "message": "no"}], width=360, height=740, color_scheme=scheme)

    def fits():
        return page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    assert fits()
    enter(page)
    assert fits()
    page.click("#edit")
    page.click("#evidence summary")
    page.click("#filtering summary")
    assert fits()
    page.click("#beside")
    assert fits()
    page.click("#show-help")
    assert fits()


def test_filters_narrow_what_is_shown(open_page):
    page = open_page([("a.txt", REPORT)])
    shown = page.locator(".mark:not(.off)")
    assert shown.count() == 4
    page.uncheck('[data-filter="action"][value="suggest"]')
    assert shown.all_inner_texts() == ["collectivelytogether", "eveningnight", "oneroushard"]
    page.uncheck('[data-filter="family"][value="academic"]')
    assert page.inner_text("#count") == "2 shown"
    page.fill("#confidence", "0.85")
    assert shown.all_inner_texts() == ["collectivelytogether"]
    page.fill("#confidence", "0")
    page.click("#reject-all")
    page.select_option("#decision", "rejected")
    assert shown.count() == 2
    page.select_option("#decision", "accepted")
    assert page.inner_text("#which") == "No finding is shown"
    press(page, "j", "a", "e", "1")
    assert downloaded(page, "#download").decode() == TEXT.replace("evening", "night")


def test_side_by_side_shows_both_texts(open_page):
    page = open_page([("a.txt", REPORT)])
    page.click("#beside")
    left = " ".join(page.locator("p.spun").all_text_contents())
    right = " ".join(page.locator("p.restored").all_text_contents())
    assert left.split() == TEXT.split()
    assert right.split() == REPORT.restored.split()
    press(page, "j", "r")
    assert "collectively" in "".join(page.locator("p.restored").all_text_contents())


def test_the_evidence_shown_adds_up(open_page):
    page = open_page([("a.txt", REPORT)])
    press(page, "j")
    weights = [float(cell.replace("−", "-")) for cell in page.locator("#evidence td.number").all_inner_texts()]
    assert weights == [3.0, -0.8, 2.2]
    assert "0.90" in page.inner_text("#evidence tfoot")


def test_saved_decisions_are_loaded_again(open_page, tmp_path):
    page = open_page([("a.txt", REPORT), ("b.txt", CLEAN)])
    enter(page)
    press(page, "a", "2", "r")
    saved, result = downloaded(page, "#save"), downloaded(page, "#download")
    (tmp_path / "saved.json").write_bytes(saved)
    (tmp_path / "other.json").write_text("{}")
    (tmp_path / "strange.json").write_bytes(saved.replace(b'"start": 13', b'"start": 12'))

    again = open_page([("a.txt", REPORT), ("b.txt", CLEAN)])
    enter(again)
    again.set_input_files("#file", tmp_path / "other.json")
    said(again, "That file holds no decisions of a review.")
    broken = {"kind": "despin-decisions", "schema": 1, "documents": [None, {"decisions": 1}, {"decisions": [None]}]}
    (tmp_path / "broken.json").write_text(json.dumps(broken))
    again.set_input_files("#file", tmp_path / "broken.json")
    said(again, "0 decisions loaded. 1 did not fit")
    again.set_input_files("#file", tmp_path / "saved.json")
    said(again, "3 decisions loaded.")
    assert downloaded(again, "#download") == result
    again.set_input_files("#file", tmp_path / "strange.json")
    said(again, "1 did not fit")
    [a, b] = parse(saved)
    assert (a.path, b.made) == ("a.txt", ())
    assert replay(TEXT, choose(TEXT, "x", [a, b])) == result.decode()


def test_the_index_and_the_way_back(open_page):
    page = open_page([("b.txt", CLEAN), ("a.txt", REPORT)], [{"path": "x.txt", "message": "no such file"}])
    assert page.locator("#texts tbody th").all_inner_texts() == ["a.txt", "b.txt"]
    assert page.locator("#texts .badge").all_inner_texts() == ["likely spun", "no sign of spinning"]
    assert page.inner_text("#errors li") == "x.txt: no such file"
    enter(page)
    press(page, "a")
    page.click("#after")
    page.locator("#path", has_text="b.txt").wait_for()
    assert page.inner_text("#which") == "No findings"
    page.go_back()
    page.locator("#path", has_text="a.txt").wait_for()
    assert page.inner_text("#progress") == "1 of 4 decided"
    page.click(".brand")
    page.wait_for_selector("#texts")
    assert page.locator('[data-name="decided"]').all_inner_texts() == ["1", "0"]


def test_copying(open_page):
    page = open_page([("a.txt", REPORT)], permissions=["clipboard-read", "clipboard-write"])
    page.click("#copy")
    said(page, "The result is copied.")
    pasted = page.evaluate("navigator.clipboard.readText()")
    assert pasted.replace("\r\n", "\n") == REPORT.restored.replace("\r\n", "\n")


def test_five_thousand_findings(open_page):
    sentence = "The onerous road was loud.\n"
    text = sentence * 5000
    found = [Finding(i * 27 + 4, i * 27 + 11, "onerous", "hard", family="web", confidence=0.9) for i in range(5000)]
    page = open_page([("long.txt", Report(text, tuple(found), SPUN))])
    press(page, "j", "a", "r")
    page.click("#charts svg >> nth=0", position={"x": 200, "y": 20})
    assert int(page.evaluate("document.querySelector('.mark.at').dataset.number")) > 1000
    page.select_option("#decision", "undecided")
    assert page.inner_text("#count") == "4998 shown"
    page.click("#beside")
    page.click("#reject-all")
    assert downloaded(page, "#download").decode() == text.replace("onerous", "hard", 2).replace("hard", "onerous", 1)
