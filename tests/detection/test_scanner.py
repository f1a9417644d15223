"""The scan, and what is dismissed by it."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import despin
from despin import Config, pipeline
from despin.detection.screening import UNTOUCHED, Scanned
from despin.detection.verdict import count_words
from despin.dictionary.files import Tier
from despin.runtime import compiled
from despin.runtime.knowledge import Knowledge, load_data
from despin.runtime.tiers import read_by_tiers
from despin.text.tokens import tokenise

FIXTURES = Path(__file__).parents[1] / "fixtures"
ARTICLE = (FIXTURES / "spun" / "behind-the-scenes.txt").read_text(encoding="utf-8")
CLEAN = [path.read_text(encoding="utf-8") for path in sorted((FIXTURES / "clean").glob("*.txt"))]
SENTENCES = [line for text in (ARTICLE, *CLEAN) for line in text.split("\n") if line]


EVERYTHING = Scanned(UNTOUCHED, (Tier.WHOLE, Tier.PARTIAL))


def data():
    dictionary, model, _ = load_data(Config())
    return dictionary, model, compiled.load("en", (), model)[1]


def scanned(texts, config=Config()):
    """What is said of texts at first sight, and of those that it leaves in doubt after the scan."""
    screen = Knowledge.of(config).screen
    tokens = tokenise(texts)
    first, later = screen.first_look(tokens, len(texts)), screen.scan(tokens, len(texts))
    return [after if said is None else said for said, after in zip(first, later, strict=True)]


def decoded(text):
    known = Knowledge.of(Config())
    [report] = read_by_tiers([(text, EVERYTHING)], known, pipeline.Stages(known).read)
    return report


def estimates(texts):
    dictionary, model, scanner = data()
    tokens = tokenise(texts)
    everything = np.ones(len(texts), np.bool_)
    some, all_phrases = scanner.find_salient(tokens), scanner.find_all(tokens, everything)
    found = scanner.group_by_text(some, tokens.document, len(texts))
    found = scanner.add_background(found, count_words(tokens, len(texts)))
    whole = scanner.group_by_text(all_phrases, tokens.document, len(texts))
    scores, all_scores = (
        scanner.score_in_context(phrases, np.ones(len(phrases.token), np.bool_), tokens, dictionary, model)
        for phrases in (some, all_phrases)
    )
    return [scanner.estimate(found), scanner.estimate(found, scores), scanner.estimate(whole, all_scores)]


@settings(max_examples=30)
@given(st.lists(st.lists(st.sampled_from(SENTENCES), max_size=4).map("\n".join), min_size=1, max_size=5))
def test_a_batch_says_what_its_texts_say_one_by_one(texts):
    together = estimates(texts)
    for number, text in enumerate(texts):
        for whole, alone in zip(together, estimates([text]), strict=True):
            assert whole.ratio[:, number] == pytest.approx(alone.ratio[:, 0], abs=1e-6)
            assert whole.rate[:, number].tolist() == alone.rate[:, 0].tolist()


def test_a_spun_text_stands_out_in_every_step():
    web = data()[0].families.index("web")
    for estimate in estimates([ARTICLE, *CLEAN]):
        assert estimate.ratio[web, 0] > 10 * math.log(10)
        assert estimate.ratio[web, 0] > 3 * estimate.ratio[web, 1:].max()


def test_the_prefilter_lets_all_salient_phrases_through():
    """The first step misses nothing that a search for all phrases finds."""
    _, _, scanner = data()
    tokens = tokenise([ARTICLE, *CLEAN, "a hyper-accelerated artificial-intelligence of sorts"])
    through, every = (
        {(place, int(phrase)) for first, found in walk for place, phrase in zip(first.tolist(), found, strict=True)}
        for walk in (scanner.phrases.walk_through(scanner.prefilter, tokens), scanner.phrases.walk(tokens))
    )
    salient = {(place, phrase) for place, phrase in every if scanner.salient[phrase]}
    assert len(salient) > 50
    assert salient <= through <= every
    assert len(through) < len(every) / 2


def test_a_text_without_phrases_says_nothing():
    first, second, last = estimates(["", "xyzzy 42 !", "\n"])
    for estimate in (first, second):  # the more words, the more of them might have been keys
        assert not estimate.ratio[:, [0, 2]].any()
        assert (estimate.ratio[:, 1] < 0).all()
    assert not last.ratio.any()


def test_what_does_not_change_is_no_evidence():
    """Repeating a text that speaks for a spinner makes it no surer."""
    once, often = (estimates([text])[0].ratio[:, 0] for text in (ARTICLE, "\n".join([ARTICLE] * 5)))
    assert (often <= once + 1e-6).all()


@settings(max_examples=25)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6).map("\n".join))
def test_decoding_finds_nothing_in_what_is_dismissed(text):
    [said] = scanned([text])
    verdict = said.verdict
    if not said.worth_decoding:
        report = decoded(text)
        assert report.verdict.judgement == verdict.judgement == "clean"
        assert not report.findings
        assert report.verdict.words == verdict.words


def test_clean_fixtures_are_dismissed_and_the_spun_one_is_not():
    spun, *clean = scanned([ARTICLE, *CLEAN])
    assert spun.tiers == EVERYTHING.tiers
    dismissed = [said.verdict for said in clean if not said.worth_decoding]
    assert dismissed
    for verdict in dismissed:
        assert 0 <= verdict.probability <= Config().min_confidence / 4
        assert verdict.log_likelihood_ratio >= 0


@pytest.mark.parametrize("config", [Config(min_confidence=0.0), Config(max_probability=0.0)])
def test_whoever_wants_all_gets_all(config):
    assert all(said.tiers == EVERYTHING.tiers for said in scanned([ARTICLE, *CLEAN], config))


def test_lower_thresholds_dismiss_fewer():
    few, many = (scanned(SENTENCES, Config(min_confidence=least)) for least in (0.05, 0.7))
    assert all(set(other.tiers) <= set(one.tiers) for one, other in zip(few, many, strict=True))


def test_a_word_said_very_often_is_read_in_time():
    """Nothing grows with the square of it: a hundred thousand times is a few megabytes."""
    report = despin.check(ARTICLE + "\n" + "onerous " * 20_000)
    assert report.verdict.words > 20_000


def test_one_spun_paragraph_of_a_long_page_is_not_dismissed():
    """The page as a whole says too little; its passage says enough."""
    paragraph = max(ARTICLE.split("\n"), key=len)
    page = "\n".join([*CLEAN, *CLEAN, paragraph])
    assert not scanned(["\n".join([*CLEAN, *CLEAN])])[0].worth_decoding
    assert scanned([page])[0].worth_decoding
    assert any(one.judgement == "spun" and one.end == len(page) for one in despin.check(page).passages)


def test_a_small_dictionary_is_heard(tmp_path):
    """What stands out is so of every dictionary: a few phrases of one's own are not drowned in an average."""
    table = tmp_path / "own.tsv"
    table.write_text(
        "surface squint\tface recognition\nprofound learnings\tdeep learning\nflag to clamor\tsignal to noise\n"
        "enormous information\tbig data\nremote organization\twireless network\n"
    )
    page = (
        "The paper uses surface squint and profound learnings on enormous information. The flag to clamor ratio of\n"
        "the remote organization was measured twice, and the authors say that it was low."
    )
    known = Knowledge.of(Config(dictionaries=(str(table),)))
    said, filler = known.screen.scan(tokenise([page, CLEAN[0]]), 2)
    assert said.worth_decoding
    assert not filler.worth_decoding


def test_what_is_repeated_is_not_dismissed_for_its_length():
    line = max(ARTICLE.split("\n"), key=len)
    assert scanned([line])[0].worth_decoding
    assert scanned(["\n".join([line] * 20)])[0].worth_decoding
