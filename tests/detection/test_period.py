"""Old books: none is accused, and none is changed, be it a page or a volume."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import despin
from despin.detection.period import LONGEST, MODERN_BELOW, OLD_DECADES, archaic, old_decades, signs
from despin.dictionary.files import Tier, dictionary_paths, folder
from despin.text.tokens import tokenise

PASSAGES = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[1] / "fixtures" / "old-books").glob("*.txt"))
}
any_texts = st.text(st.sampled_from("shew to-day; any thing thither\n."), max_size=60)
CHANCE = random.Random(1)
VOLUMES = ["\n\n".join(CHANCE.sample(list(PASSAGES.values()), size)) for size in (4, 4, 8, 8, len(PASSAGES))]


def test_there_are_letters_voyages_sermons_and_novels_short_and_long():
    assert len(PASSAGES) >= 20
    lengths = [len(text.split()) for text in PASSAGES.values()]
    assert min(lengths) < 100
    assert max(lengths) > 500


@pytest.mark.parametrize("texts", [list(PASSAGES.values()), VOLUMES], ids=["passages", "volumes"])
def test_an_old_book_is_neither_accused_nor_changed(texts):
    for report in despin.check_many(texts):
        assert report.verdict.judgement == "clean"
        assert report.restored == report.text
        assert not report.findings


def test_a_volume_would_be_accused_if_its_age_were_not_seen(monkeypatch):
    monkeypatch.setattr("despin.detection.period.old_decades", lambda tokens, texts, language: np.zeros(texts))
    assert any(report.verdict.judgement == "spun" for report in despin.check_many(VOLUMES))


def test_a_spun_page_stays_spun():
    page = (Path(__file__).parents[1] / "cases" / "page.txt").read_text(encoding="utf-8")
    assert despin.check(page).verdict.judgement == "spun"
    assert old_decades(tokenise([page]), 1)[0] == 0


ANY_SYNONYM = {"random-senses": 8}
"""Family that draws any synonym of WordNet, *shew* and *thither* too → one word in so many may be among its own."""


def test_hardly_a_word_of_old_books_is_what_a_spinner_puts():
    words = {w for w in (folder("en") / "archaic.txt").read_text(encoding="utf-8").splitlines() if w[:1] != "#"}
    for path in dictionary_paths("en", tier=Tier.PARTIAL):
        spun = {line.split("\t")[0] for line in path.read_text(encoding="utf-8").splitlines()}
        most = 0 if path.stem == "web" else len(words) // ANY_SYNONYM.get(path.stem, 20)
        assert len(words & spun) <= most, path.name


def test_every_entry_can_be_found():
    entries = [w for w in (folder("en") / "archaic.txt").read_text(encoding="utf-8").splitlines() if w[:1] != "#"]
    assert entries == sorted(set(entries))
    assert sum(map(len, archaic("en"))) == len(entries)
    assert len(archaic("en")) == LONGEST
    assert (signs(tokenise(entries), len(entries)) > 0).all()


def test_semicolons_alone_are_somebodys_list():
    listed = "red apples; green pears; ripe plums; sweet figs; sour grapes; " * 5
    assert signs(tokenise([listed]), 1)[0] == 0


def test_one_word_makes_no_period():
    text = "The shop hardly sells any thing but parasols, and it is open on Sundays. " + "We went there again. " * 25
    assert signs(tokenise([text]), 1)[0] > 0
    assert signs(tokenise([text * 9]), 1)[0] <= 3
    assert old_decades(tokenise([text * 9]), 1)[0] == 0


@given(any_texts, any_texts)
def test_no_text_is_older_for_its_neighbour(first, second):
    alone = [signs(tokenise([text]), 1)[0] for text in (first, second)]
    assert signs(tokenise([first, second]), 2).tolist() == alone


@given(any_texts)
def test_the_share_owed_to_age_has_bounds(text):
    assert 0 <= old_decades(tokenise([text]), 1)[0] <= OLD_DECADES
    assert MODERN_BELOW > 0
