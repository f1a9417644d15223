"""The article of a page alone."""

import pytest
from strategies import views_are_lawful

from despin.cli import main
from despin.readers import read
from despin.readers.markup.html import view

pytest.importorskip("trafilatura")

SPUN = (
    "In a brand new video, the band work collectively on a music for the following season. After the lengthy tour, the "
    "singer appears drained, however she goes on to joke in regards to the <b>rain</b>. They usually follow at "
    "evening, as a result of the road is just too noisy."
)
PAGE = f"""<!doctype html><html><head><title>The band and the rain</title></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/b">In regards to us</a></li></ul></nav>
<article><h1>The band and the rain</h1><p>{SPUN}</p><p>{SPUN.replace("band", "choir")}</p></article>
<aside><p>Read extra <a href="/x">lengthy tales</a></p></aside>
<footer><p>Copyright in regards to all. All rights reserved.</p></footer></body></html>
"""


def test_the_article_alone_is_looked_at(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    source = read(str(path), main_content=True)
    assert "collectively" in source.prose
    assert "Home" not in source.prose
    assert "Copyright" not in source.prose
    assert source.prose.count("\n") < view(PAGE).text.count("\n")
    views_are_lawful(source.view)


def test_the_rest_of_the_page_stays(tmp_path, capfdbinary):
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    assert main(["--main-content", str(path)]) == 0
    output = capfdbinary.readouterr()[0].decode()
    assert output.count("work together on a") == 2
    assert "about the <b>rain</b>" in output
    assert output.startswith(PAGE[: PAGE.index("<article>")])
    assert output.endswith(PAGE[PAGE.index("</article>") :])


def test_a_page_without_content_has_no_prose(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<nav><a href=x>Home</a></nav>")
    source = read(str(path), main_content=True)
    views_are_lawful(source.view)
    assert len(source.prose) < 8
