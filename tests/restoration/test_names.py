"""Names and titles: which mentions count, what they say for and against, and quoted titles made one finding."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from strategies import TEXTS, texts_with_findings

from despin import Evidence, Finding, Reading, apply, invert
from despin.decoding.channel import Channel
from despin.decoding.decode import decode
from despin.decoding.lattice import build
from despin.dictionary.dictionary import Dictionary
from despin.dictionary.entry import DictionaryFile, Entry
from despin.language_model.model import LanguageModel
from despin.learn.language_model.counts import read
from despin.learn.language_model.learn import Corpus, Options, learn
from despin.restoration.name_mentions import Names, gather
from despin.restoration.names import support
from despin.restoration.titles import merge_titles
from despin.text.tokens import tokenise

PAIRS = {
    "avenue": "street", "younger": "young", "website positioning": "seo", "large": "big", "inform": "tell",
    "noticed": "saw", "earlier than": "before", "kingdom": "realm", "previous": "old", "the previous": "the old",
}  # fmt: skip
PLAIN = """she walked down the street before dawn and saw a big dog
tell me what you saw in the old street said the young man
the avenue was large and the previous owner noticed it earlier than others
inform the younger man about website positioning in the kingdom"""


@cache
def data() -> tuple[Dictionary, LanguageModel]:
    entries = tuple(Entry(spun, original, "web", 50, 100) for spun, original in PAIRS.items())
    lines = [line for line in PLAIN.splitlines() for _ in range(3)]
    model = learn([Corpus("plain", 1.0, read(lines))], Options(3, min_count=1, max_bytes=1 << 20))
    return Dictionary.of([DictionaryFile("web", entries, "")]), model


def said(texts: str | list[str], references: Names | None = None) -> list[tuple[str, float]]:
    """What names say of every candidate of `texts` for which they say anything."""
    texts = [texts] if isinstance(texts, str) else texts
    dictionary, model = data()
    tokens = tokenise(texts)
    lattice = build(tokens, dictionary, model, 0.6)
    channel = Channel.of(lattice, dictionary, len(texts))
    numbers = support(tokens, lattice, channel, decode(lattice, channel), dictionary, references)
    assert numbers.shape == channel.candidate.shape
    assert numbers.dtype == np.float64
    spun = [dictionary.entry(entry).spun for entry in lattice.arcs.entry[channel.candidate].tolist()]
    return [(name, number) for name, number in zip(spun, numbers.tolist(), strict=True) if number]


def signs(texts: str | list[str], references: Names | None = None) -> dict[str, int]:
    return {name: int(np.sign(number)) for name, number in said(texts, references)}


# --- what the references say -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reference", "expected"),
    [
        ("Brokers left Wall Avenue early.", "Brokers left Wall Street late.", {"avenue": 1}),
        ("We met Lee Younger Hwa there.", "It was Lee Young Hwa who sang.", {"younger": 1}),
        ("We met Lee Younger Hwa there.", "It was Lee Young-hwa who sang.", {"younger": 1}),
        ("We met Lee Younger Hwa there.", "It was Lee Younghwa who sang.", {"younger": 1}),
        ("Then Website positioning Dan Ah left.", "Then Seo Dan Ah stayed.", {"website positioning": 1}),
        ("Website positioning Dan Ah left.", "Then Seo Dan Ah stayed.", {"website positioning": 1}),
        ("He led the Bank of Avenue Trade.", "He led the Bank of Street Trade.", {"avenue": 1}),
        (
            "It is “Inform Me What You Noticed” again.",
            "It is “Tell Me What You Saw” again.",
            {"inform": 1, "noticed": 1},
        ),
        ("A fan of The Previous Kingdom spoke.", "A fan of The Old Realm spoke.", {"the previous": 1, "kingdom": 1}),
        ("Here Rob Large spoke.", "Here Rob Large spoke too.", {"large": -1}),
        ("Here Rob Large spoke.", "Here Tom Small spoke, a big man.", {}),
        ("He paid a large sum.", "Here Rob Big spoke.", {}),
        ("He took the avenue to Wall.", "Brokers left Wall Street late.", {}),
        ("Brokers left Wall. Avenue trees fell.", "Brokers left Wall Street late.", {}),
        ("Brokers left Wall\nAvenue trees fell.", "Brokers left Wall Street late.", {}),
    ],
)
def test_references_speak_for_names_as_restored_and_against_them_as_found(text, reference, expected):
    assert signs(text, gather([reference])) == expected
    assert signs(text) == {}


def test_a_name_that_the_references_have_both_ways_stays():
    assert signs("Here Rob Large spoke.", gather(["Then Rob Large and then Rob Big came."])) == {"large": -1}


def test_more_of_the_name_says_more():
    text = "Guests of the Grand Avenue Hotel Berlin came."
    weights = [
        said(text, gather([f"They love the {name}."]))[0][1] for name in ("Grand Street", "Grand Street Hotel Berlin")
    ]
    assert 0 < weights[0] < weights[1]


def test_more_of_a_real_name_says_more_against_it():
    reference = gather(["We saw Earlier Than Dawn, by Rob Large."])
    weights = [said(text, reference)[0][1] for text in ("Here Rob Large spoke.", "We saw Earlier Than Dawn there.")]
    assert weights[1] < weights[0] < 0


# --- what the document says ------------------------------------------------------------------------------------


def test_another_mention_in_the_same_document_speaks_for_a_name():
    text = "He lives in Rose Avenue now. The shops of Rose Street are near."
    assert signs(text) == {"avenue": 1}
    assert signs(["He lives in Rose Avenue now.", "The shops of Rose Street are near."]) == {}


def test_a_name_that_is_repeated_as_found_is_no_evidence_for_a_restoration():
    assert all(number <= 0 for _, number in said("Here Rob Large spoke. Then Rob Large left. So Rob Large won."))


def test_a_lone_capitalised_word_elsewhere_speaks_against():
    assert signs("Here Rob Large spoke. They say Large left.")["large"] == -1


def test_protected_text_and_pronouns_are_no_names():
    assert len(gather(["see http://Rose.Street/Hotel and what I Will"])) == 0


@pytest.mark.parametrize("texts", [[], [""], ["", "\n"], ["-"], ["“”"], ["large"], ["Large"], ["“Large Avenue"]])
def test_little_text_is_no_trouble(texts):
    assert len(gather(texts)) <= 1
    assert all(number <= 0 for _, number in said(texts, gather(texts)))


@given(TEXTS, TEXTS)
def test_any_text_gets_a_finite_number_for_every_candidate(text, reference):
    words = f"{text} Wall Avenue {reference} Younger-Large “{text}”"
    assert all(np.isfinite(number) for _, number in said([words, text], gather([reference, words])))


# --- gathering -------------------------------------------------------------------------------------------------


def test_gathering_finds_runs_and_titles():
    names = gather(["We saw the Bank of England and Anna-Maria Smith read “One Day in the Sun” by a Smith."])
    assert names.spellings == ("bankofenglandandannamariasmith", "onedayinthesun")
    assert len(names) == 2
    assert np.all(names.windows[1:] > names.windows[:-1])


def test_one_word_that_begins_a_sentence_is_no_name_but_in_a_sentence_it_is():
    assert len(gather(["Large dogs bark. Large cats do not."]).windows) == 0
    assert len(gather(["Ask Large about it."]).windows) == 2  # "Large" and "Ask Large", but not "Ask" alone


def test_the_order_of_texts_does_not_matter():
    texts = ["We saw Rose Street.", "We saw Rob Large.", "We saw Rose Street."]
    one, other = gather(texts), gather(reversed(texts))
    assert np.array_equal(one.windows, other.windows)
    assert one.spellings == other.spellings


# --- titles ----------------------------------------------------------------------------------------------------


def found_in(text: str, *pairs: tuple[str, str, float]) -> list[Finding]:
    out = []
    for found, original, confidence in pairs:
        start = text.index(found)
        evidence = (Evidence("context", float(np.log(confidence / (1 - confidence)))),)
        out.append(
            Finding(
                start,
                start + len(found),
                found,
                original,
                confidence,
                readings=(Reading(original, confidence), Reading("other", 0.0)),
                entry=f"web:{found}",
                evidence=evidence,
            )
        )
    return out


@pytest.mark.parametrize("quotes", ["“”", '""', "«»"])
def test_findings_in_one_title_become_one(quotes):
    text = f"Then {quotes[0]}Inform Me What You Noticed{quotes[1]} came, a large film."
    apart = found_in(text, ("Inform", "Tell", 0.9), ("Noticed", "Saw", 0.8), ("large", "big", 0.7))
    whole, last = merge_titles(text, apart)
    assert (whole.found, whole.original) == ("Inform Me What You Noticed", "Tell Me What You Saw")
    assert (whole.confidence, whole.entry, whole.alternatives) == (0.8, "web:Noticed", ())
    assert sum(term.weight for term in whole.evidence) == pytest.approx(whole.log_odds)
    assert last == apart[2]
    assert apply(text, [whole, last]) == apply(text, apart)
    assert invert(apply(text, [whole, last]), [whole, last]) == text


def test_a_substitute_in_a_title_may_be_in_lower_case_after_its_first_word():
    text = "We read “Website positioning and Noticed Things” twice."
    whole, *none = merge_titles(text, found_in(text, ("Website positioning", "Seo", 0.9), ("Noticed", "Seen", 0.9)))
    assert (whole.original, none) == ("Seo and Seen", [])


@pytest.mark.parametrize(
    "text",
    [
        "He said, “Inform me what you Noticed there.”",
        "We know Inform Me What You Noticed well.",
        "“Inform Me” and “You Noticed” are two.",
        "“Inform Me\nYou Noticed” is broken.",
    ],
)
def test_findings_elsewhere_stay_apart(text):
    apart = found_in(text, ("Inform", "Tell", 0.9), ("Noticed", "Saw", 0.8))
    assert merge_titles(text, apart) == apart


def test_what_is_only_suggested_is_not_written_with_the_rest():
    text = "Then “Inform Large Men You Noticed” came."
    first, middle, last = found_in(text, ("Inform", "Tell", 0.9), ("Large", "Big", 0.3), ("Noticed", "Saw", 0.8))
    middle = Finding(middle.start, middle.end, middle.found, middle.original, action="suggest", confidence=0.3)
    assert merge_titles(text, [first, middle]) == [first, middle]
    (whole,) = merge_titles(text, [first, middle, last])
    assert whole.original == "Tell Large Men You Saw"


@given(texts_with_findings())
def test_merging_changes_nothing_that_is_written(case):
    text, findings = case
    merged = merge_titles(f"“{text}”", [shifted(finding) for finding in findings])
    written = [finding for finding in merged if finding.action == "restore"]
    assert apply(f"“{text}”", written) == apply(
        f"“{text}”", [shifted(finding) for finding in findings if finding.action == "restore"]
    )
    assert all(one.end <= other.start for one, other in pairwise(merged))


def shifted(finding):
    return replace(finding, start=finding.start + 1, end=finding.end + 1)
