"""Make the pictures of the documentation again, from the texts in tests/fixtures: python docs/images/make.py

Needs Chromium, and `pip install -e '.[browser]' rich`.
"""

import io
import os
import pty
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

HERE = Path(__file__).parent
FIXTURES = HERE.parent.parent / "tests" / "fixtures"
DESPIN = [sys.executable, "-c", "import sys; from despin.cli import main; sys.exit(main())"]
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #1b1d21; color: #e6e1d8; }}
pre {{ display: inline-block; margin: 0; padding: 18px 24px; font: 15px/1.45 "DejaVu Sans Mono", monospace; }}
{stylesheet}</style><pre>{code}</pre>"""
_EIGHT = [(27, 29, 33), (235, 135, 110), (130, 210, 165), (228, 189, 104), (130, 170, 240), (200, 160, 230),
          (134, 197, 202), (230, 225, 216)]  # fmt: skip
COLOURS = TerminalTheme((27, 29, 33), (230, 225, 216), _EIGHT, _EIGHT)


def page_of(folder: Path, *paths: str) -> str:
    done = subprocess.run(
        [*DESPIN, "--check", "--format", "html", *paths], cwd=folder, stdout=subprocess.PIPE, check=False
    )
    (folder / "review.html").write_bytes(done.stdout)
    return (folder / "review.html").as_uri()


def evidence_of(folder: Path) -> str:
    """The page of a stolen article beside ours."""
    done = subprocess.run(
        [*DESPIN, "--against", "ours", "--format", "html", "stolen.txt"], cwd=FIXTURES / "copies",
        stdout=subprocess.PIPE, check=False, env={**os.environ, "SOURCE_DATE_EPOCH": "1767312000"},
    )  # fmt: skip
    (folder / "evidence.html").write_bytes(done.stdout)
    return (folder / "evidence.html").as_uri()


def typed(folder: Path, *arguments: str) -> str:
    """What a person sees who types this at a terminal of 100 columns."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*DESPIN, *arguments], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    output = b""
    try:
        while piece := os.read(ours, 4096):
            output += piece
    except OSError:  # the way Linux says that the other side has closed
        process.wait()
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text(f"$ despin {' '.join(arguments)}", style="bold"))
    console.print(Text.from_ansi(output.decode().replace("\r\n", "\n")))
    return console.export_html(theme=COLOURS, code_format=TERMINAL)


def shoot(browser: Browser, name: str, address: str, width: int, height: int, scheme: str = "light", act=None) -> None:
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto(address)
    if act:
        act(page)
    page.wait_for_timeout(300)
    page.screenshot(path=HERE / name)
    page.close()


def decide(page: Page) -> None:
    for key in "jjarjj":
        page.keyboard.press(key)
    page.evaluate("document.getElementById('say').classList.remove('seen')")


def side_by_side(page: Page) -> None:
    page.click("#beside")
    decide(page)


def beside(page: Page) -> None:
    page.evaluate("document.querySelector('.counts').scrollIntoView()")
    page.evaluate("scrollBy(0, -60)")
    for _ in range(8):
        page.keyboard.press("j")


def main() -> None:
    chromium = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        for path in (*FIXTURES.glob("spun/*.txt"), *FIXTURES.glob("clean/*.txt")):
            shutil.copy(path, folder)
        article = (FIXTURES / "spun" / "behind-the-scenes.txt").read_text(encoding="utf-8")
        (folder / "article.txt").write_text("\n".join(article.split("\n")[2:3]) + "\n", encoding="utf-8")
        (folder / "terminal.html").write_text(typed(folder, "article.txt"), encoding="utf-8")

        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        one = page_of(folder, "behind-the-scenes.txt")
        shoot(browser, "review.png", one, 1200, 760, act=decide)
        shoot(browser, "review-dark.png", one, 1200, 760, "dark", side_by_side)
        shoot(browser, "review-phone.png", one, 360, 740, act=decide)
        shoot(browser, "review-index.png", page_of(folder, *sorted(p.name for p in folder.glob("*.txt"))), 1200, 700)
        evidence = evidence_of(folder)
        shoot(browser, "evidence.png", evidence, 1200, 1000, act=beside)
        shoot(browser, "evidence-phone.png", evidence, 360, 740, act=beside)
        page = browser.new_page(viewport={"width": 1000, "height": 100})
        page.goto((folder / "terminal.html").as_uri())
        page.locator("pre").screenshot(path=HERE / "terminal.png")
        browser.close()


if __name__ == "__main__":
    main()
