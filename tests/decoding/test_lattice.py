"""The lattice against what it stands for: every reading of a text, one by one, scored by the language model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.decoding import candidates
from despin.decoding import lattice as stage
from despin.decoding.channel import Channel, standing_keys
from despin.decoding.decode import decode, posteriors
from despin.decoding.entry_priors import SCALE
from despin.decoding.lattice import Lattice, build
from despin.dictionary.dictionary import Dictionary
from despin.dictionary.entry import parse
from despin.language_model.model import LanguageModel
from despin.language_model.vocabulary import Word
from despin.learn.language_model.counts import read
from despin.learn.language_model.learn import Corpus, Options, learn
from despin.text.tokens import tokenise

HARBOUR = [
    "The boat left the harbour before the fog came in.",
    "The fog came in before the boat left the old harbour at once.",
    "Nobody saw the old boat again, and nobody saw the fog.",
    "The harbour master saw the new boat, and the fog saw him at once.",
    "In which harbour was the new boat? The old boat was in the harbour.",
]
LINES = """\
#: family: test
anchorage\tharbour\t6\t10
anchorage\tport\t2\t10
by which\tin which\t9\t10
craft\tboat\t7\t10
haze\tfog\t8\t10
haze\tmist\t1\t10
noticed\tsaw\t9\t10
a brand new\ta new\t9\t10
brand new\tnew\t1\t10
outdated\told\t8\t10
instantly\tat once\t7\t10
the outdated craft\tthe old boat\t3\t10
came\tgot here\t2\t10
"""
OTHERS = """\
#: family: others
craft\tboat\t1\t10
craft\tship\t1\t10
noticed\tsaw\t5\t10
unique\tnew
new harbour\tharbour\t9\t10
"""
WORDS = (
    "the", "a", "anchorage", "craft", "haze", "noticed", "brand", "new", "outdated", "instantly", "by", "which", "boat",
    "fog", "saw", "harbour", "came", "again", "1887", "pelican", ",",
)  # fmt: skip
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
TEXTS = st.lists(SENTENCES, min_size=1, max_size=2).map("\n".join)


@cache
def model() -> LanguageModel:
    return learn([Corpus("harbour", 1.0, read(HARBOUR))], Options(3, min_count=1, max_bytes=10_000_000))


@cache
def dictionary(lines: str = LINES) -> Dictionary:
    return Dictionary.of([parse(lines, "test.tsv")])


@cache
def both() -> Dictionary:
    return Dictionary.of([parse(LINES, "test.tsv"), parse(OTHERS, "others.tsv")])


@pytest.fixture(scope="module", autouse=True)
def no_coarse_search() -> Iterator[None]:
    """The coarse search, and the choice of candidates before it, drop readings on purpose; here all are wanted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "DROP_BELOW_FOUND_NATS", math.inf)
        patch.setattr(stage, "COARSE_MIN_POSTERIOR", 0.0)
        yield


def lattice(*texts: str, lines: str = LINES) -> Lattice:
    return build(tokenise(texts), dictionary(lines), model())


# --- the definition --------------------------------------------------------------------------------------------------


def readings(words: list[str], known: Dictionary) -> Iterator[tuple[list[str], list[tuple[int, int]]]]:
    """Every row of words that `words` may stand for, with what it restores: (place, entry)."""
    if not words:
        yield [], []
        return
    choices = [([words[0]], 1, -1)]
    for row, entry in enumerate(known.entries):
        phrase = entry.spun.split()
        if words[: len(phrase)] == phrase:
            choices.append((entry.original.split(), len(phrase), row))
    for meant, length, row in choices:
        for rest, made in readings(words[length:], known):
            later = [(place + length, one) for place, one in made]
            yield [*meant, *rest], [(0, row), *later] if row >= 0 else later


def log_prob(words: list[str]) -> float:
    """Natural log probability of a paragraph, its end included."""
    tokens = tokenise([" ".join(words)])
    ids = [int(Word.BEGIN), *model().ids(tokens.word, tokens.shape).tolist(), int(Word.END)]
    before = [-1, *ids[:-2]]  # nothing is known before the beginning of a paragraph
    context = np.array([before, ids[:-1]], np.int32).T
    return float(model().log_prob(np.ascontiguousarray(context), np.array(ids[1:], np.int32)).astype(np.float64).sum())


def summed(text: str, known: Dictionary, weight: dict[int, float]) -> float:
    """ln of the summed weight of all readings of `text`, against the text as it stands."""
    gain = 0.0
    for line in text.split("\n"):
        words = line.split()
        plain = log_prob(words)
        scores = [
            SCALE * (log_prob(read_as) - plain) + sum(weight[row] for _, row in made)
            for read_as, made in readings(words, known)
        ]
        gain += float(np.logaddexp.reduce(scores))
    return gain


@given(TEXTS, st.floats(-3, 3), st.floats(-3, 3))
def test_the_total_is_that_of_all_readings(text: str, even: float, odd: float) -> None:
    known = dictionary()
    weight = {row: odd if row % 2 else even for row in range(len(known))}
    one = lattice(text)
    weights = np.array([weight.get(row, 0.0) for row in one.arcs.entry.tolist()])
    _, total = posteriors(one, weights)
    assert float((total - one.plain).sum()) == pytest.approx(summed(text, known, weight), abs=1e-4)


@given(SENTENCES, st.floats(-3, 3))
def test_posteriors_are_shares_of_the_readings(text: str, bias: float) -> None:
    known, words = dictionary(), text.split()
    one = lattice(text)
    share, _ = posteriors(one, np.where(one.arcs.entry >= 0, bias, 0.0))
    found: dict[tuple[int, int], float] = {}
    everything = [(SCALE * log_prob(w) + bias * len(made), made) for w, made in readings(words, known)]
    total = float(np.logaddexp.reduce([score for score, _ in everything]))
    for score, made in everything:
        for place in made:
            found[place] = found.get(place, 0.0) + math.exp(score - total)
    token = np.searchsorted(one.slot, one.arcs.start)
    rows = np.flatnonzero(one.arcs.entry >= 0)
    mine = {(int(token[row]), int(one.arcs.entry[row])): float(share[row]) for row in rows}
    assert set(mine) == set(found)
    assert all(mine[place] == pytest.approx(found[place], abs=1e-4) for place in found)


@given(SENTENCES, st.floats(0.02, 0.9), st.floats(0.02, 0.9))
def test_the_likelihood_of_spin_rates_counts_every_key_that_stands(text: str, one: float, other: float) -> None:
    """ln P(text | ρ): restorations weigh Σ ρ P(s | o), keys that stand Π 1 − ρ r(o), each by how often it stands."""
    known, words = both(), text.split()
    rates = np.array([[one, other]])
    found = build(tokenise([text]), known, model())
    channel = Channel.of(found, known, 1)
    _, total = posteriors(found, channel.weights(rates))
    mine = float((total - found.plain).sum() + channel.penalty(rates)[0])

    # A key that ends where a reading restores something does not stand in that reading.
    keys, family = standing_keys(found.keys, known)
    last = (keys.first + keys.length - 1).tolist()
    kept = (np.log1p(-rates[0, family] * channel.key_rate) * channel.key_share).tolist()
    scores = []
    for meant, made in readings(words, known):
        covered = {place + k for place, row in made for k in range(len(known.entry(row).spun.split()))}
        score = SCALE * (log_prob(meant) - log_prob(words))
        score += sum(math.log(float(rates[0] @ known.probability[row])) for _, row in made)
        scores.append(score + sum(w for at, w in zip(last, kept, strict=True) if at not in covered))
    assert mine == pytest.approx(float(np.logaddexp.reduce(scores)), abs=1e-4)


def test_each_family_keeps_the_longest_of_its_own_keys() -> None:
    lines = "#: family: longer\nlatest harbour\tnew harbour\t1\t2\n"
    known = Dictionary.of([parse(LINES, "test.tsv"), parse(lines, "longer.tsv")])
    text = "the new harbour"
    keys, family = standing_keys(build(tokenise([text]), known, model()).keys, known)
    stood = {(known.original_text[row], known.families[k]) for row, k in zip(keys.phrase, family, strict=True)}
    assert stood == {("harbour", "test"), ("new", "test"), ("new harbour", "longer")}


def test_families_share_what_only_one_explains() -> None:
    known = both()
    text = "the unique boat noticed the unique fog\nthe unique harbour"
    found = build(tokenise([text]), known, model())
    channel = Channel.of(found, known, 1)
    share = channel.shares(np.array([[0.5, 0.5]]))
    alone = (channel.probability > 0).sum(axis=1) == 1
    assert alone.any()
    assert (share.max(axis=1)[alone] == 1).all()
    np.testing.assert_allclose(share.sum(axis=1), 1)


# --- borders ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.one_of(TEXTS, st.sampled_from(["", " ", "."])), min_size=1, max_size=4))
def test_a_batch_says_of_each_text_what_it_says_of_it_alone(texts: list[str]) -> None:
    together = decoded(texts)
    for row, text in enumerate(texts):
        rate, gain = decoded([text])
        assert together[0][row] == pytest.approx(rate[0], abs=1e-9)
        assert together[1][row] == pytest.approx(gain[0], abs=1e-9)


def decoded(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    one = lattice(*texts)
    found = decode(one, Channel.of(one, dictionary(), len(texts)))
    return found.rate, found.gain


@pytest.mark.parametrize(
    ("texts", "stands"),
    [
        (["the outdated craft"], True),
        (["the outdated", "craft"], False),
        (["the outdated\ncraft"], False),
        (["the outdated. craft"], False),
        (["the `outdated` craft"], False),
    ],
)
def test_a_phrase_stands_in_one_sentence_or_not_at_all(texts: list[str], stands: bool) -> None:
    one = lattice(*texts)
    meant = {dictionary().entry(row).original for row in one.arcs.entry.tolist() if row >= 0}
    assert ("the old boat" in meant) is stands


def test_a_text_without_candidates_has_no_regions() -> None:
    for texts in ([], [""], ["the harbour"], ["", "\n\n", "1887"]):
        one = lattice(*texts)
        assert len(one.arcs) == len(one.region) == 0


def test_the_second_sentence_is_read_after_the_first() -> None:
    """The context of a sentence's first words is the end of the sentence before."""
    alone = lattice("Haze came in.")
    after = lattice("The old boat was in the harbour. Haze came in.")
    assert alone.plain.tolist() != after.plain.tolist()
    assert [len(one.region) for one in (alone, after)] == [1, 1]


def test_regions_between_which_nothing_can_change_are_apart() -> None:
    assert len(lattice("the craft, and again and again and again the haze").region) == 2
    assert len(lattice("the craft and the haze").region) == 1


# --- what is not evidence --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("joint", [" ", "\n"], ids=["in one paragraph", "in many"])
def test_a_sentence_said_again_is_no_new_fact(joint: str) -> None:
    """All its places share one vote. In one paragraph the first and the last have other neighbours, so the vote moves a
    little until there are many between them; it never grows."""
    sentence = "The outdated craft left the anchorage instantly."
    (_, once), (some_rate, some), (many_rate, many) = (decoded([joint.join([sentence] * n)]) for n in (1, 20, 400))
    assert 0 < many[0] <= once[0] + 1e-6
    assert many_rate[0] == pytest.approx(some_rate[0], rel=0.05)
    assert many[0] == pytest.approx(some[0], rel=0.05)


def test_the_votes_of_a_repeated_region_sum_to_one() -> None:
    one = lattice("\n".join(["the craft in the haze"] * 7), "the craft in the haze\nthe haze")
    assert np.bincount(one.region, one.repeat_weight).tolist() == pytest.approx([1.0, 2.0])


def test_a_phrase_around_the_spun_one_excuses_it() -> None:
    lines = "#: family: test\nafter all\tnevertheless\t\t\tafter all these; after all those\ncraft\tboat\t1\t2\n"

    def offers(text: str) -> list[str]:
        one = lattice(text, lines=lines)
        return [dictionary(lines).entry(row).original for row in sorted(one.arcs.entry.tolist()) if row >= 0]

    assert offers("After all, the boat left.") == ["nevertheless"]
    assert offers("After all these years the craft left.") == ["boat"]
    assert offers("And AFTER ALL  those years the boat left.") == []
    assert offers("after all. These years") == ["nevertheless"]
    # The excuse must hold the spun phrase itself, so it excuses this place and no other.
    assert offers("after all these years, and after all, the boat") == ["nevertheless"]


def test_what_is_far_worse_than_the_words_found_is_no_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any context; the region stays, whatever is left of its candidates."""
    text, lines = "the craft left", "#: family: test\ncraft\tboat\t7\t10\nthe\tpelican\t1\t1000\n"
    full = lattice(text, lines=lines)
    assert {dictionary(lines).entry(row).original for row in full.arcs.entry if row >= 0} == {"boat", "pelican"}
    monkeypatch.setattr(candidates, "DROP_BELOW_FOUND_NATS", 4.5)
    some = lattice(text, lines=lines)
    assert {dictionary(lines).entry(row).original for row in some.arcs.entry if row >= 0} == {"boat"}
    monkeypatch.setattr(candidates, "DROP_BELOW_FOUND_NATS", -math.inf)
    none = lattice(text, lines=lines)
    assert (none.arcs.entry < 0).all()
    assert none.begin.tolist() == some.begin.tolist() == full.begin.tolist()


def test_the_coarse_search_drops_only_what_is_hopeless(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "The outdated craft left the anchorage before the haze came in. Nobody noticed the brand new craft."
    full = decoded([text])
    arcs = len(lattice(text).arcs)
    monkeypatch.setattr(stage, "COARSE_MIN_POSTERIOR", 0.02)
    assert len(lattice(text).arcs) < arcs
    assert decoded([text])[0] == pytest.approx(full[0], abs=0.02)
    assert decoded([text])[1] == pytest.approx(full[1], rel=0.02)
