"""Which words are acronyms: counted spellings, and what is too rare, too mixed, shouted, or a name."""

from __future__ import annotations

import pytest

from despin.learn.acronyms import FEWEST, learn
from despin.learn.cli import main


def learned(*lines: str) -> list[str]:
    return [one.spelling for one in learn(line for line in lines for _ in range(FEWEST))]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["Good SEO needs time, and TVs cost more than a PhD."], ["PhD", "SEO", "TVs"]),
        (["They told us that the US is large, and so it is."], []),
        (["The baker Seo sells bread.", "The SEO of a page is work.", "Our SEO is better than your SEO."], ["SEO"]),
        (["Ask IAN now, said the tall man by the door.", "Ask Ian now.", "Ask Ian then."], []),
        (["THE NEWS OF TODAY IS GOOD"], []),  # nobody writes prose so
        (["YouTube and McCartney met a dog."], []),
    ],
)
def test_a_word_is_an_acronym_where_it_is_usually_written_so(lines, found):
    assert learned(*lines) == found


def test_what_is_rare_is_none():
    assert learn(["Good SEO needs time."] * (FEWEST - 1)) == []


def test_the_command_writes_spellings_and_counts(tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("Good SEO needs time.\n" * FEWEST)
    assert main(["acronyms", str(text), "-o", str(tmp_path / "out.txt"), "--quiet"]) == 0
    assert (tmp_path / "out.txt").read_text() == f"#: source: counted over text\nSEO\t{FEWEST}\t{FEWEST}\t0\n"


def test_the_command_says_where_there_is_none(tmp_path, capsys):
    (tmp_path / "text.txt").write_text("Nothing here.\n")
    assert main(["acronyms", str(tmp_path / "text.txt"), "-o", str(tmp_path / "out.txt")]) == 2
    assert "no acronym" in capsys.readouterr().err
    assert not (tmp_path / "out.txt").exists()
