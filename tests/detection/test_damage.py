"""Damage that shows without a dictionary: where it is seen, where it must not be, what it weighs, what is mended."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import TEXTS

from despin import apply
from despin.detection import damage as module
from despin.detection.damage import DOUBLED_RIGHT, KINDS, MAX_OF_KIND, WEIGHTS, find_damage, log_odds, repairs
from despin.text.language import ENGLISH
from despin.text.tokens import tokenise


def damage(text: str) -> list[tuple[str, str]]:
    tokens = tokenise([text])
    found = find_damage(tokens, ENGLISH)
    rows = zip(found.kind.tolist(), found.first.tolist(), found.last.tolist(), strict=True)
    return [(KINDS[kind], tokens.found(first, last)) for kind, first, last in rows]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("She opened a envelope.", "article", "a envelope"),
        ("An gardener came by.", "article", "An gardener"),
        ("It was a uncommon guest.", "article", "a uncommon"),
        ("They waited a hour.", "article", "a hour"),
        ("The kids's shoes were wet.", "possessive", "kids's"),
        ("The ladies’s room is upstairs.", "possessive", "ladies’s"),
        ("He joined the Women' Choir.", "possessive", "Women'"),
        ("Her mom' kitchen smelled of bread.", "possessive", "mom'"),
        ("My brother' kite flew off.", "possessive", "brother'"),
        ("There were tons of of apples.", "doubled", "of of"),
        ("It looks like like rain.", "doubled", "like like"),
        ("of of the apples, none was left.", "doubled", "of of"),
        ("The goat weighed seven.8 kilos.", "digits", "seven.8"),
        ("About three,000 people walked home.", "digits", "three,000"),
        ("The ferry left at 5.two sharp.", "digits", "5.two"),
        ("Rents rose by two% in May.", "digits", "two%"),
        ("The ticket was £nine at the door.", "digits", "£nine"),
        ("Rents rose by eight.Three % in May.", "digits", "eight.Three"),
        ("A {big|large|huge} barn burned.", "spintax", "{big|large|huge}"),
    ],
)
def test_damage_is_seen(text, kind, found):
    assert damage(text) == [(kind, found)]
    assert damage(f"Before.\n{text}\nAfter.") == [(kind, found)]


@pytest.mark.parametrize(
    "text",
    [
        # Writers differ, or the letters are read aloud.
        "An historic hotel, a MBA, an MP, an x-ray, a European, a one-off, a unit, a university, an hour, an 8.",
        "Choose a or b; a and c will do. Is it an e? He took vitamin a in winter.",
        "James's boss's house stands by the bus's stop.",
        "The farmers' market and the men's choir, rock 'n' roll, the fishin' trip, ol' Tom, shouldn't' he said.",
        "He called it 'a walk in the Garden' Tuesday.",
        "‘All of us went’ Ada wrote.",
        "He had had enough, and I know that that was very very true.",
        "Duran Duran sang; New York, New York. Go go go, la la la, row row row the boat.",
        "He walked on. On Monday he went in, in spite of all.",
        "Of\nof",
        "One, two, three. At seven. 8 came. Open at 10.30, 1,000 of them, 5%, £9.",
        "The set {x | x > 0}, the pair {a|b}, {{cite|book}} and {just one choice}.",
        "See `kids's a envelope of of` or <a href='of of'>there</a>.",
        "",
    ],
)
def test_honest_text_is_left_alone(text):
    assert damage(text) == []


def test_a_quotation_begun_in_another_paragraph_hides_nothing():
    assert damage("'Yes,' she said.\nHe joined the Women' Choir.") == [("possessive", "Women'")]


@given(st.lists(TEXTS, max_size=4))
def test_texts_of_a_batch_do_not_see_each_other(texts):
    tokens = tokenise(texts)
    found = find_damage(tokens, ENGLISH)
    together = [
        (int(document), KINDS[kind], tokens.found(int(first), int(last)))
        for document, kind, first, last in zip(found.document, found.kind, found.first, found.last, strict=True)
    ]
    assert together == [(k, kind, span) for k, text in enumerate(texts) for kind, span in damage(text)]


def test_what_words_are_like_is_asked_again_where_there_is_no_room_to_remember_it(monkeypatch):
    texts = ["a envelope, an gardener, a hour, the kids's, a gardener", "an envelope, an hour, Women' choir, the kid's"]
    known = [damage(text) for text in texts]
    assert [len(found) for found in known] == [4, 1]
    monkeypatch.setattr(module, "REMEMBERED_WORDS", 2)
    module._answers.cache_clear()
    try:
        assert [damage(text) for text in (*texts, *texts)] == known + known
    finally:
        module._answers.cache_clear()


def weigh(*texts: str) -> list[float]:
    found = find_damage(tokenise(texts), ENGLISH)
    return log_odds(found, len(texts)).tolist()


def test_damage_adds_up_to_a_limit_for_each_kind():
    doubled, article = WEIGHTS["doubled"], min(WEIGHTS["article"], MAX_OF_KIND)
    texts = ("Nothing is wrong.", "Tons of of apples.", "Tons of of apples like like pears fell out out of it.")
    assert weigh(*texts) == pytest.approx([0.0, doubled, min(3 * doubled, MAX_OF_KIND)])
    assert weigh("Tons of of apples in a oven.") == pytest.approx([doubled + article])
    assert weigh() == []


def test_the_same_mistake_again_adds_nothing():
    once, twice = weigh("Tons of of apples.", "Tons of of apples, lots of of pears.")
    assert once == twice == WEIGHTS["doubled"]


def test_every_kind_has_a_weight_and_none_can_judge_a_text_alone():
    assert set(WEIGHTS) == set(KINDS)
    assert all(weight == 0 or weight >= 0.7 for weight in WEIGHTS.values())
    assert max(weigh("a envelope, a oven, a apple, an dog, an cat, a easy, a extra, a interval")) == MAX_OF_KIND


def mend(*texts):
    tokens = tokenise(texts)
    return repairs(tokens, find_damage(tokens, ENGLISH), texts, ENGLISH)


def test_one_of_two_words_is_taken_away():
    text = "Tons of of apples.\r\nIt looks like like rain, in a oven."
    nothing, findings = mend("All is well.", text)
    assert nothing == []
    assert [(f.found, f.original, f.action, f.entry) for f in findings] == [
        ("of of", "of", "restore", "damage:doubled"),
        ("like like", "like", "restore", "damage:doubled"),
    ]
    assert apply(text, findings) == "Tons of apples.\r\nIt looks like rain, in a oven."
    for finding in findings:
        assert finding.family == "damage"
        assert finding.confidence == DOUBLED_RIGHT
        assert finding.log_odds == pytest.approx(math.fsum(e.weight for e in finding.evidence))


def test_doubled_words_that_may_stand_for_two_others_are_left():
    text = "The one one who was a bit bit late."
    assert [kind for kind, _ in damage(text)] == ["doubled", "doubled"]
    assert mend(text) == [[]]


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("Rents rose by eight.Three % in May.", "Rents rose by 8.3 percent in May."),
        ("Rents rose by eight.3% in May.", "Rents rose by 8.3% in May."),
        ("Rents rose by eight.3 per cent.", "Rents rose by 8.3 per cent."),
        ("A crowd of two,801 came.", "A crowd of 2,801 came."),
        ("It cost three.2 million, or $four.5bn.", "It cost 3.2 million, or $four.5bn."),  # looks like a variable
        ("It took two,801.five hours.", "It took 2,801.5 hours."),
        ("About two% stayed until 8:thirty.", "About 2% stayed until 8:thirty."),
    ],
)
def test_a_number_is_mended_as_a_whole(text, mended):
    [findings] = mend(text)
    assert apply(text, findings) == mended
    assert {(f.action, f.entry) for f in findings} == {("restore", "damage:digits")}


@pytest.mark.parametrize(
    "text",
    [
        "They left in 2005.One of them came back.",  # a sentence begins
        "About fifty five% of them stayed.",  # the number began before
        "About fifty-five% of them stayed.",
        "See chapter 1,one and version 1.2.three of it.",  # numbers of no known form
        "The two, three of them, were eight.",
    ],
)
def test_what_may_be_no_number_is_left_whole(text):
    assert mend(text) == [[]]


def test_spintax_is_only_suggested():
    [[finding]] = mend("A {big|large| huge|big|} barn burned.")
    assert finding.found == "{big|large| huge|big|}"
    assert (finding.original, finding.alternatives) == ("big", ("large", "huge"))
    assert finding.action == "suggest"
    assert finding.confidence == pytest.approx(1 / 4)


def test_a_doubled_word_within_spintax_is_part_of_it():
    [findings] = mend("Open {tons of of|many} doors.")
    assert [finding.found for finding in findings] == ["{tons of of|many}"]


@given(st.lists(TEXTS, max_size=4))
def test_repairs_stand_where_they_say(texts):
    for text, findings in zip(texts, mend(*texts), strict=True):
        apply(text, findings)
        assert all(f.found == text[f.start : f.end] != f.original for f in findings)


def test_rows_are_in_the_order_of_the_text():
    found = find_damage(tokenise(["A {big|large} oven, kids's of of a envelope seven.8", "a apple"]), ENGLISH)
    assert np.all(np.diff(found.first) >= 0)
    assert found.document.tolist() == sorted(found.document.tolist())
    assert len(found) == 6
