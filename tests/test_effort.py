"""Which texts are read with care: by default those that people look at one by one, and none that is not spun."""

from __future__ import annotations

from pathlib import Path

import pytest

import despin
from despin import Config
from despin.restoration.encoder import MOST_WORDS, reads_with_care
from despin.results.report import Verdict

SPUN = (Path(__file__).parent / "fixtures" / "spun" / "behind-the-scenes.txt").read_text(encoding="utf-8")
HONEST = (
    "We took the train to the coast, and my brother slept all the way. The sea was grey, and nobody was there. " * 3
)


def of(words: int, probability: float = 0.9) -> Verdict:
    return Verdict("spun", probability, 0.5, 20.0, "web", words)


@pytest.mark.parametrize(
    ("effort", "verdict", "asked"),
    [
        ("auto", of(300), True),
        ("auto", of(MOST_WORDS), True),
        ("auto", of(MOST_WORDS + 1), False),
        ("careful", of(MOST_WORDS + 1), True),
        ("careful", of(300, probability=0.4), False),
        ("quick", of(300), False),
    ],
)
def test_who_is_asked(effort, verdict, asked):
    assert reads_with_care(verdict, Config(effort=effort)) is asked


def test_one_text_is_read_with_care_and_many_are_not():
    assert despin.check(SPUN).verdict.effort == "careful"
    assert [one.verdict.effort for one in despin.check_many([SPUN])] == ["quick"]
    assert despin.check(SPUN, effort="quick") == next(despin.check_many([SPUN]))
    assert despin.check(SPUN) == next(despin.check_many([SPUN], effort="careful"))


def test_a_text_that_is_not_spun_costs_nothing():
    assert despin.check(HONEST).verdict.effort == "quick"


def test_what_is_read_with_care_is_the_same_alone_and_among_others():
    alone = despin.check(SPUN)
    among = list(despin.check_many([HONEST, SPUN, SPUN + HONEST, SPUN], effort="careful"))
    said = [[(one.start, one.original, one.action, round(one.confidence, 9)) for one in r.findings] for r in among]
    assert said[1] == said[3] == [(f.start, f.original, f.action, round(f.confidence, 9)) for f in alone.findings]


def test_an_effort_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="effort is 'heroic', but it must be one of: auto, careful, quick"):
        Config(effort="heroic")
