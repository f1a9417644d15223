"""What a phrase may stand for, and what spinners make of a term."""

from __future__ import annotations

import io
import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.config import Config
from despin.dictionary import phrase_lookup
from despin.dictionary.dictionary import Dictionary
from despin.dictionary.entry import parse
from despin.dictionary.errors import DictionaryError
from despin.dictionary.files import folder
from despin.dictionary.formats.detect import written
from despin.dictionary.phrase_lookup import Lookup, Part, lookup, spun_of
from despin.dictionary.proposals import Proposals, columns
from despin.language_model.model import LanguageModel
from despin.learn.language_model.counts import read
from despin.learn.language_model.learn import Corpus, Options, learn
from despin.pipeline import check
from despin.renderers.lookup import listing
from despin.runtime.knowledge import load_data

TEXT = [
    "The tidal sea wall was built before the sea gate of the old harbour.",
    "A sea wall keeps the tidal harbour calm, and the sea gate keeps the boats in.",
    "Birds watch the sea wall from the tidal path, and the bird house stands on the sea wall.",
    "The prison wall has no gate, and the ocean has no wall.",
]
LINES = """\
#: family: academic
#: partial: yes
ocean\tsea\t3\t4
partition\tdivision\t1\t9
partition\twall\t2\t5
take a look at\twatch\t2\t3
"""
MINE = """\
#: family: mine
fowl\tbird\t9\t10
ocean\tlake\t1\t10
"""
WORDS = ("ocean", "partition", "tidal", "fowl", "take", "a", "look", "at", "lunar", "the", "unheard", "-", "1887")
PHRASES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join).filter(lambda p: p.strip(" -"))


@cache
def model() -> LanguageModel:
    return learn([Corpus("harbour", 1.0, read(TEXT))], Options(3, min_count=1, max_bytes=10_000_000))


@cache
def dictionary() -> Dictionary:
    return Dictionary.of([parse(LINES, "academic.tsv"), parse(MINE, "mine.tsv")])


def proposals(table: dict[str, dict[str, float]] | None = None) -> Proposals:
    data = io.BytesIO()
    np.savez_compressed(
        data, **columns(table or {"lunar": {"tidal": 0.7, "lunar": 0.2, "bird house": 0.1}}, {"a": "b"})
    )
    held = np.load(io.BytesIO(data.getvalue()))
    phrases = tuple(held["phrases"].tobytes().decode().split("\n"))
    rows = {phrases[k]: row for row, k in enumerate(held["words"].tolist())}
    return Proposals(phrases, rows, held["first"].astype(np.int64), held["original"], held["code"])


# --- lookup ----------------------------------------------------------------------------------------------------------


def test_a_phrase_is_put_together_from_its_parts():
    best = lookup("Ocean partition", dictionary(), model())[0]
    assert best.original == "sea wall"
    assert [(part.found, part.original) for part in best.parts] == [("ocean", "sea"), ("partition", "wall")]
    assert best.families == ("academic",)


def test_the_language_model_chooses_between_originals():
    answers = [answer.original for answer in lookup("tidal partition", dictionary(), model())]
    assert answers.index("tidal wall") < answers.index("tidal division")


def test_proposals_are_used_where_no_entry_is():
    assert not any("tidal" in answer.original for answer in lookup("lunar ocean partition", dictionary(), model()))
    best = lookup("lunar ocean partition", dictionary(), model(), proposals())[0]
    assert best.original == "tidal sea wall"
    assert best.parts[0] == Part("lunar", "tidal")


def test_phrases_of_several_words_count_as_one_part():
    answers = lookup("take a look at fowl", dictionary(), model())
    assert answers[0].original == "watch bird"
    assert [part.found for part in answers[0].parts] == ["take a look at", "fowl"]


@given(PHRASES)
def test_every_answer_follows_from_its_parts(phrase):
    answers = lookup(phrase, dictionary(), model(), proposals())
    texts = [answer.original for answer in answers]
    assert len(answers) <= phrase_lookup.MAX_READINGS
    assert len(set(texts)) == len(texts)
    assert written(phrase.split()) not in texts
    assert [answer.score for answer in answers] == sorted((answer.score for answer in answers), reverse=True)
    assert sum(answer.probability for answer in answers) <= 1 + 1e-6
    for answer in answers:
        assert written(" ".join(part.original for part in answer.parts).split()) == answer.original
        assert written(" ".join(part.found for part in answer.parts).split()) == written(phrase.split())
        assert all(part.entry is None or part.entry.original == part.original for part in answer.parts)


def test_a_score_is_its_channel_and_its_language():
    best = lookup("take a look at", dictionary(), model())[0]
    ids = model().ids(*_hashed("watch"))
    alone = float(model().log_prob(np.array([[-1, -1]], np.int32), ids)[0])
    channel = math.log(2 / (2 + phrase_lookup.UNSEEN))
    common = float(model().unigram(ids)[0])
    expected = phrase_lookup.CHANNEL * channel + phrase_lookup.CONTEXT * alone - phrase_lookup.COMMON * common
    assert best.score == pytest.approx(expected, rel=1e-5)


def _hashed(word: str):
    from despin.text.tokens import tokenise

    tokens = tokenise([word])
    return tokens.word, tokens.shape


@pytest.mark.parametrize(("phrase", "says"), [("", "no word"), ("?!", "no word"), ("word " * 17, "despin --check")])
def test_what_cannot_be_looked_up_is_told(phrase, says):
    for ask in (lambda: lookup(phrase, dictionary(), model()), lambda: spun_of(phrase, dictionary())):
        with pytest.raises(ValueError, match=says):
            ask()


def test_an_unknown_phrase_has_no_answer():
    assert lookup("unheard", dictionary(), model()) == []
    assert spun_of("unheard", dictionary()) == []
    assert lookup("ocean", Dictionary.of([]), model()) == []


# --- spun_of ---------------------------------------------------------------------------------------------------------


def test_what_spinners_make_of_a_term():
    answers = spun_of("Sea wall", dictionary())
    shares = {answer.original: answer.probability for answer in answers}
    assert answers[0].original == "ocean wall"
    assert shares["ocean wall"] == pytest.approx(3 / 4 * (1 - 2 / 5))
    assert shares["ocean partition"] == pytest.approx(3 / 4 * 2 / 5)
    assert "sea wall" not in [answer.original for answer in answers]


@given(PHRASES)
def test_what_is_made_of_a_term_follows_from_entries(phrase):
    for answer in spun_of(phrase, dictionary()):
        assert any(part.entry for part in answer.parts)
        assert all(part.entry is None or part.entry.original == part.found for part in answer.parts)
        assert 0 < answer.probability <= 1


# --- proposals -------------------------------------------------------------------------------------------------------

TABLES = st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    st.dictionaries(st.text("abc", min_size=1, max_size=3), st.floats(1e-6, 1.0), min_size=1, max_size=4),
    min_size=1,
    max_size=6,
)


@given(TABLES)
def test_proposals_outlive_their_file(table):
    held = proposals(table)
    assert len(held) == len(table)
    for word, originals in table.items():
        found = held.of(word)
        assert found.keys() == originals.keys()
        for original, probability in originals.items():
            assert math.log(found[original]) == pytest.approx(max(math.log(probability), -255 / 16), abs=1 / 31)
    assert held.of("zzz") == {}


def test_proposals_are_read_from_a_file(tmp_path):
    np.savez_compressed(tmp_path / "some.npz", **columns({"lunar": {"tidal": 1.0}}, {"source": "a test"}))
    held = Proposals.load(tmp_path / "some.npz")
    assert held.of("lunar") == {"tidal": 1.0}
    assert held.provenance == {"source": "a test"}


@pytest.mark.parametrize("damage", ["cut", "other", "rows", "text"])
def test_a_damaged_file_is_refused(tmp_path, damage):
    arrays = columns({"lunar": {"tidal": 0.5, "lunar": 0.5}}, {})
    if damage == "rows":
        arrays["original"] = arrays["original"][:1]
    if damage == "other":
        arrays = {"weights": np.zeros(3)}
    path = tmp_path / "some.npz"
    np.savez_compressed(path, **arrays)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-30])
    if damage == "text":
        path.write_text("lunar\ttidal\n")
    with pytest.raises(DictionaryError, match="get the file again"):
        Proposals.load(path)


# --- lines -----------------------------------------------------------------------------------------------------------


def test_a_listing_says_how_the_words_came_about():
    text = listing(
        "lunar ocean partition",
        lookup("lunar ocean partition", dictionary(), model(), proposals())[:1],
        spun_of("sea wall", dictionary())[:1],
        zipf=lambda phrase: 1.25,
    )
    assert text.splitlines()[0] == "lunar ocean partition may stand for"
    assert "      ocean -> sea: academic, 3 of 4" in text.splitlines()
    assert "      lunar -> tidal: similar, no entry" in text.splitlines()
    assert "zipf 1.2" in text
    assert text.endswith("\n")


def test_a_listing_of_nothing_says_so():
    assert listing("unheard", [], []).count("\n") == 1


@pytest.mark.parametrize(("probability", "shown"), [(1.0, "1.00"), (0.999, ">0.99"), (0.001, "<0.01"), (0.5, "0.50")])
def test_a_probability_is_never_rounded_to_certainty(probability, shown):
    assert f"  {shown}  " in listing("a", [Lookup("b", probability, 0.0, (Part("a", "b"),))], [])


# --- with the data that are shipped ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped():
    home = folder("en")
    dictionary, model, _ = load_data(Config())
    return lambda phrase: [
        answer.original for answer in lookup(phrase, dictionary, model, Proposals.load(home / "academic.npz"))
    ]


@pytest.mark.parametrize(
    ("phrase", "original"),
    [
        ("profound neural organization", "deep neural network"),
        ("counterfeit consciousness", "artificial intelligence"),
        ("unpredictable woodland regressor", "random forest regressor"),
        ("straight relapse coefficient", "linear regression coefficient"),
        ("acoustic commotion abatement", "acoustic noise reduction"),
        ("recurrence of the corrosive answer", "frequency of the acid solution"),
    ],
)
def test_phrases_are_restored_from_their_parts(shipped, phrase, original):
    assert original in shipped(phrase)[:5]


PAPERS = [
    """We train a profound neural organization, and its blunder rate is lower than that of the help vector machine. The
    preparation information and the test information were separated by ten-overlap cross approval, and picture
    acknowledgment was finished by a convolutional neural organization.""",
    """The remote sensor organization sends its information to the base station. To diminish the vitality utilization, a
    molecule swarm advancement calculation chooses the bunch heads, and the reproduction results show that the
    organization lifetime is expanded.""",
]
WALKS = [
    """We left the car by the gate and walked into an irregular woodland of oak and birch. The profound quiet was broken
    by a jay. After an hour the path met a stream, and my daughter found a feather. The organization of the walk was
    perfect, and our picture of the old mill came out well.""",
    """The charity is a community organization that helps people with anxiety. Its work has had a profound effect on the
    town, and the information that it gives is clear. After the examination of the accounts the mayor praised its
    vitality and the direct discourse of the evening.""",
]


TERMS = {
    ("profound", "deep"), ("organization", "network"), ("blunder", "error"), ("help", "support"),
    ("preparation", "training"), ("information", "data"), ("overlap", "fold"), ("picture", "image"),
    ("diminish", "reduce"), ("vitality", "energy"), ("calculation", "algorithm"), ("advancement", "optimization"),
    ("molecule", "particle"), ("remote", "wireless"),
}  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_with_tortured_phrases_gets_its_terms_back(paper):
    report = check(paper, Config(dictionaries=("web", "academic")))
    assert report.verdict.judgement == "spun"
    assert report.verdict.family == "academic"
    restored = {(f.found, f.original) for f in report.findings if f.action == "restore"}
    assert restored & {("organization", "network"), ("vitality", "energy"), ("picture", "image")}
    # In forty words little is restored at a confidence of 0.8; the right term is suggested then (*algorithm*, 0.64).
    assert len(restored & TERMS) >= 2
    assert len({(f.found, f.original) for f in report.findings} & TERMS) >= 5


@pytest.mark.parametrize("walk", WALKS)
def test_the_same_words_in_other_texts_are_left_alone(walk):
    report = check(walk, Config(dictionaries=("web", "academic")))
    assert report.restored == walk
    assert report.verdict.judgement != "spun"
