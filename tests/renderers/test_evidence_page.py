"""The evidence page: what the file holds, and how it behaves in a real browser (see test_review_page.py)."""

import html as escaping
import os
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import despin
from despin.renderers import evidence_page
from despin.renderers.evidence_page import Compared, digest

COPIES = Path(__file__).parents[1] / "fixtures" / "copies"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FERRY = (COPIES / "ours" / "ferry.txt").read_text(encoding="utf-8")
STOLEN = (COPIES / "stolen.txt").read_text(encoding="utf-8")
HOSTILE = """<script>window.hit = 1</script> plain words here </div></section><img src=x onerror="window.hit = 2">
"onload="window.hit = 3" ]]> <!-- {{script}} {{index}} &lt;b&gt; \u202e \u2028 javascript:window.hit=4 </style>
"""


def made(text=STOLEN, source=FERRY, path="stolen.txt", source_path="ours/ferry.txt", errors=()):
    item = Compared(path, source_path, despin.compare(text, source))
    return evidence_page.page([item], errors, "0.1.0", "2026-01-02")


def side(page, name):
    """The text of one side, as a reader has it."""
    body = re.search(rf'<div class="side card {name}"[^>]*>(.*?)</div>', page, re.S)[1]
    return escaping.unescape(re.sub(r"<[^>]+>", "", re.sub(r"<sub>.*?</sub>", "", body)))


def test_all_of_both_texts_is_there():
    page = made()
    assert side(page, "text") == STOLEN
    assert side(page, "source") == FERRY
    assert digest(STOLEN) in page
    assert digest(FERRY) in page
    assert "0.1.0" in page
    assert "2026-01-02" in page
    one = despin.compare(STOLEN, FERRY)
    assert page.count('<tr><th scope="row">') == len(one.differences)


@settings(max_examples=30)
@given(st.text("ab <>&\"'\n“”.", max_size=60), st.text("ab <>&\"'\n“”.", max_size=60))
def test_nothing_of_a_text_is_lost_or_becomes_an_element(text, source):
    page = made(text, source)
    assert side(page, "text") == text
    assert side(page, "source") == source


def test_the_page_asks_for_nothing_from_elsewhere():
    page = made(HOSTILE + STOLEN, HOSTILE + FERRY, HOSTILE, HOSTILE, [{"path": HOSTILE, "message": HOSTILE}])
    assert page.count("<script") == 1
    assert page.count("<style") == 1
    assert "<img" not in page
    assert not re.search(r"\bsrc=[^x]|@import|\burl\(|https?://", page.replace("http://www.w3.org", ""))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert " style=" not in page


def test_several_pages_have_an_index():
    items = [
        Compared("a.txt", "ours/ferry.txt", despin.compare("Something else.", FERRY)),
        Compared("b.txt", "ours/ferry.txt", despin.compare(STOLEN, FERRY)),
    ]
    page = evidence_page.page(items, [], "0.1.0", "2026-01-02")
    assert re.findall(r'<a href="#comparison-\d">([^<]+)', page) == ["b.txt", "a.txt"]
    assert len(set(re.findall(r' id="([^"]+)"', page))) == len(re.findall(r' id="([^"]+)"', page))


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
    """Open a page; whatever it complains of, or asks of the network, fails the test."""
    trouble, contexts = [], []

    def opened(content, width=1280, height=900, **more):
        (tmp_path / "evidence.html").write_bytes(content.encode())
        context = chromium.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda problem: trouble.append(str(problem)))
        page.on("request", lambda request: request.url.startswith("file:") or trouble.append(request.url))
        page.goto((tmp_path / "evidence.html").as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []


def test_a_hostile_text_stays_inert(open_page):
    page = open_page(made(HOSTILE + STOLEN, HOSTILE + FERRY, HOSTILE, HOSTILE, [{"message": HOSTILE}]))
    assert page.evaluate("window.hit") is None
    assert page.locator("main img, main script").count() == 0
    assert "<script>window.hit = 1</script>" in page.inner_text(".side.text")


def test_by_keyboard_alone(open_page):
    page = open_page(made())
    first = despin.compare(STOLEN, FERRY).differences[0]
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == first.found
    assert page.locator(".side.source .d.at").all_inner_texts() == [first.original]
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.locator(".side.text .d.at").all_inner_texts() == [first.found]
    page.keyboard.press("Enter")
    assert page.locator(".d.at").count() == 2


def until(page, condition):
    """Wait for it; `wait_for_function` would need `eval`, which the page forbids."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(25)
    raise AssertionError(condition)


def test_the_sides_scroll_together(open_page):
    page = open_page(made((STOLEN + "\n") * 6, (FERRY + "\n") * 6))
    page.locator(".side.text").hover()
    page.evaluate("document.querySelector('.side.text').scrollTop = 900")
    until(page, "document.querySelector('.side.source').scrollTop > 400")
    page.locator(".side.source").hover()
    page.evaluate("document.querySelector('.side.source').scrollTop = 0")
    until(page, "document.querySelector('.side.text').scrollTop < 60")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_no_sideways_scrolling(open_page, scheme):
    word = "antidisestablishmentarian" * 8
    page = open_page(made(f"{word} {STOLEN}", FERRY, "folder/" * 12 + "a.txt"), 360, 740, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_paper_nothing_is_cut(open_page):
    page = open_page(made((STOLEN + "\n") * 4, (FERRY + "\n") * 4))
    page.emulate_media(media="print")
    assert page.evaluate("[...document.querySelectorAll('.side')].every(s => s.scrollHeight <= s.clientHeight + 2)")
    assert len(page.pdf()) > 10_000


def test_without_a_script_all_is_there(open_page):
    page = open_page(made(), java_script_enabled=False)
    assert page.locator(".side.text .d").count() > 40
    assert page.locator(".differences tbody tr").count() > 40


def test_axe_finds_no_fault(open_page):
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="needs axe-core-python")
    # axe adds a script of its own, which the page's policy forbids: the policy is looked at in other tests.
    page = open_page(re.sub(r"<meta http-equiv[^>]+>", "", made()))
    faults = axe.Axe().run(page)["violations"]
    assert [(fault["id"], [node["html"][:150] for node in fault["nodes"]]) for fault in faults] == []
