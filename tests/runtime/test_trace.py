"""The life of a candidate: for each place where one can vanish, a case in which it does."""

from __future__ import annotations

from pathlib import Path

import pytest

import despin
from despin import Config
from despin.pipeline import trace
from despin.restoration.evidence import KINDS
from despin.results.finding import ORIGINS
from despin.runtime.example import EXAMPLE
from despin.runtime.trace import Life, Stage

PAGE = (Path(__file__).parents[1] / "cases" / "page.txt").read_text(encoding="utf-8")
CLEAN = (Path(__file__).parents[1] / "fixtures" / "clean" / "lentil-soup.txt").read_text(encoding="utf-8")


def dictionary(folder: Path, *lines: str) -> Config:
    """The shipped spinner, and lines of our own."""
    web = (despin_data() / "web.tsv").read_text(encoding="utf-8")
    path = folder / "web.tsv"
    path.write_text(web + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return Config(dictionaries=(str(path),))


def despin_data() -> Path:
    from despin.dictionary.files import folder

    return folder("en")


def lives(text: str, phrase: str, config: Config = Config(), original: str | None = None) -> list[Life]:
    found = trace(text, phrase, config).lives
    return [life for life in found if original is None or life.original == original]


def ends(text: str, phrase: str, config: Config = Config(), original: str | None = None) -> set[Stage]:
    return {life.steps[-1].stage for life in lives(text, phrase, config, original)}


def test_what_is_chosen_is_traced_to_its_finding() -> None:
    [life] = lives(PAGE, "identify", original="name")
    assert life.steps[-1].stage is Stage.CHOSEN
    assert [step.passed for step in life.steps] == [True] * len(life.steps)
    finding = next(one for one in despin.check(PAGE).findings if one.found == "identify")
    assert life.steps[-1].note.endswith(f"{finding.original!r} ({finding.confidence:.2f})")
    assert life.entry == finding.entry
    file, _, number = life.source.partition(":")
    line = (despin_data() / file).read_text(encoding="utf-8").split("\n")[int(number) - 1]
    assert line.startswith("identify\tname\t")
    assert dict(life.terms).keys() == set(KINDS)


def test_an_original_far_rarer_than_the_best_is_dropped_before_any_text() -> None:
    assert ends(PAGE, "identify", original="determine") == {Stage.PRIOR}


def test_an_original_far_worse_than_the_words_found_is_not_offered(tmp_path: Path) -> None:
    config = dictionary(tmp_path, "the library\tzymurgical phlogiston\t1\t900")
    assert ends(PAGE, "the library", config, "zymurgical phlogiston") == {Stage.OFFER}


def test_a_phrase_around_it_excuses_an_entry(tmp_path: Path) -> None:
    config = dictionary(tmp_path, "a small stage\ta small scene\t5\t10\ta small stage for")
    assert ends(PAGE, "a small stage", config, "a small scene") == {Stage.UNLESS}


def test_what_no_neighbour_makes_likely_is_dropped_by_the_coarse_search() -> None:
    assert ends(EXAMPLE.text, "profound", original="spiritual") == {Stage.COARSE}


def test_of_two_that_make_one_change_the_likelier_stands_for_both() -> None:
    assert ends(EXAMPLE.text, "profound learning", original="deep learning") == {Stage.CHANGE}


def test_what_the_lattice_finds_hopeless_is_not_weighed(tmp_path: Path) -> None:
    config = dictionary(tmp_path, "kitchen\tscullery\t1\t900000")
    found = ends(PAGE, "kitchen", config, "scullery")
    assert found <= {Stage.PLAUSIBLE, Stage.OFFER, Stage.COARSE}
    assert Stage.CHOSEN not in found


def test_what_is_too_unlikely_is_neither_restored_nor_suggested() -> None:
    assert Stage.SELECTION in ends(PAGE, "they") | ends(PAGE, "close to") | ends(PAGE, "assist") | ends(
        PAGE, "studying"
    )


def test_an_excused_finding_is_told_to_be() -> None:
    assert ends(PAGE, "identify", Config(allow=("identify",)), "name") == {Stage.SUPPRESSION}


def test_a_text_that_was_dismissed_says_so() -> None:
    found = trace(CLEAN, "the")
    assert "Dismissed by detection.screening" in found.verdict
    assert Stage.CHOSEN not in {life.steps[-1].stage for life in found.lives}


def test_a_phrase_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="'bosom peril' does not stand in the text"):
        trace(PAGE, "bosom peril")


def test_it_prints() -> None:
    shown = str(trace(PAGE, "identify"))
    assert "web.tsv:" in shown
    assert "✗ decoding.entry_priors" in shown
    assert "= spin rate" in shown


def test_every_kind_of_evidence_names_its_module() -> None:
    assert set(ORIGINS) >= {*KINDS, "verdict", "damage"}
    root = Path(despin.__file__).parent
    assert all((root / (module.replace(".", "/") + ".py")).is_file() for module, _ in ORIGINS.values())
