"""The first look: hashed odds, what it says of texts and passages, and how its weights are learned."""

from __future__ import annotations

import json
import math
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from despin import Config
from despin.detection.first_look import FirstLook
from despin.detection.hashed_odds import (
    HASHED_RATES,
    MAX_WEIGHT,
    PAIR_BITS,
    UNIT,
    WORD_BITS,
    HashedOdds,
    HashedOddsError,
    pair_bucket,
    word_bucket,
)
from despin.detection.passages import SCREENED_WORDS, Passages, by_division, cut
from despin.dictionary.dictionary import Dictionary
from despin.dictionary.entry import parse
from despin.learn.cli import main
from despin.learn.weights.hashed_odds import Learner
from despin.learn.weights.spinning import Spinner
from despin.runtime.knowledge import Knowledge
from despin.text.hashing import hash_words
from despin.text.token_features import Shape
from despin.text.tokens import tokenise

FIXTURES = Path(__file__).parents[1] / "fixtures"
ARTICLE = (FIXTURES / "spun" / "behind-the-scenes.txt").read_text(encoding="utf-8")
CLEAN = [path.read_text(encoding="utf-8") for path in sorted((FIXTURES / "clean").glob("*.txt"))]
SENTENCES = [line for text in (ARTICLE, *CLEAN) for line in text.split("\n") if line]
TEXTS = st.lists(st.sampled_from(SENTENCES), max_size=6).map("\n".join)
TABLE = """#: name: t
#: family: t
#: source: s
#: licence: Apache-2.0
huge\tlarge\t5\t10
sizable\tlarge\t4\t10
hound\tdog\t9\t10
hot canine\thot dog\t8\t10
"""
HEADER = "".join(TABLE.splitlines(keepends=True)[:4])


def shipped() -> HashedOdds:
    odds = Knowledge.of(Config()).hashed_odds
    assert odds is not None
    return odds


# --- the odds ------------------------------------------------------------------------------------------------------


def plainly(odds: HashedOdds, text: str) -> list[float]:
    """What a text says at each rate, word by word."""
    tokens = tokenise([text])
    said = [0.0] * len(HASHED_RATES)
    for place in range(len(tokens)):
        units = int(odds.word[word_bucket(tokens.word[place : place + 1])[0]])
        if place + 1 < len(tokens) and not tokens.opens[place + 1]:
            units += int(odds.pair[pair_bucket(tokens.word[place : place + 2])[0]])
        likelier = math.exp((units // 4 * 4 + 1.5) * UNIT)  # four units are one level
        for row, rate in enumerate(HASHED_RATES):
            said[row] += math.log(1 - rate + rate * likelier)
    return said


@given(st.lists(TEXTS, min_size=1, max_size=4))
@settings(max_examples=30)
def test_a_batch_says_what_its_texts_say_word_by_word(texts: list[str]) -> None:
    odds = shipped()
    look = FirstLook.of(tokenise(texts), len(texts), odds)
    for number, text in enumerate(texts):
        assert look.ratios[number].tolist() == pytest.approx(plainly(odds, text), abs=1e-6)
        alone = FirstLook.of(tokenise([text]), 1, odds)
        assert look.features[number].tolist() == alone.features[0].tolist()
        assert [row[number] for row in look.log_odds()] == [row[0] for row in alone.log_odds()]


@given(st.lists(TEXTS, min_size=1, max_size=4))
@settings(max_examples=30)
def test_passages_are_all_of_a_text_and_begin_with_paragraphs(texts: list[str]) -> None:
    tokens = tokenise(texts)
    parts = cut(tokens, np.arange(len(texts)), SCREENED_WORDS, by_division)
    assert np.diff(parts.number).tolist() == [int(step) for step in np.diff(parts.number) > 0]
    heads = np.flatnonzero(np.append(True, np.diff(parts.number) > 0)[: len(tokens)])
    assert tokens.opens[heads].all()
    words = np.bincount(parts.number, tokens.shape >= Shape.LOWER, minlength=len(parts))
    assert parts.words.tolist() == words.tolist()
    assert parts.text.tolist() == tokens.document[heads].tolist()
    several = np.bincount(parts.text, minlength=len(texts)) > 1
    assert ((parts.apart >= 0) == several[tokens.document]).all()


def test_the_strongest_passage_speaks_for_its_text() -> None:
    none = np.zeros(0, np.int64)
    parts = Passages(np.array([0, 0, 2, 3, 3, 3]), none, none, np.full(6, 100))
    strongest = parts.strongest(np.array([1.0, 20.0, 50.0, 3.0, 2.0, 30.0]), 4)
    assert strongest[1] == strongest[2] == -math.inf  # one passage is the text, and none is nothing
    assert strongest[0] > strongest[3] - 30.0 + 20.0 > strongest[0] - 1  # the more there are, the more caution


def test_spun_text_and_honest_text_look_different() -> None:
    look = FirstLook.of(tokenise([ARTICLE, *CLEAN]), 1 + len(CLEAN), shipped())
    log_odds, _ = look.log_odds()
    assert log_odds[0] > 5 > 0 > log_odds[1:].max()
    assert look.decades[0] > 10
    assert look.rate[0] >= 0.3


def test_no_text_and_no_words_say_nothing() -> None:
    look = FirstLook.of(tokenise(["", "...", ""]), 3, shipped())
    assert look.ratios[0].tolist() == look.ratios[2].tolist() == [0.0] * len(HASHED_RATES)
    assert np.isfinite(look.features).all()
    assert FirstLook.of(tokenise([]), 0, shipped()).features.shape[0] == 0


def test_only_the_dictionaries_it_was_learned_with_are_looked_at_so(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text(TABLE, encoding="utf-8")
    assert Knowledge.of(Config(dictionaries=(str(path),))).hashed_odds is None
    assert Knowledge.of(Config(dictionaries=("web",))).hashed_odds is None


# --- the file ------------------------------------------------------------------------------------------------------


def columns(**others: object) -> dict[str, object]:
    word, pair = np.zeros(1 << WORD_BITS, np.int8), np.zeros(1 << PAIR_BITS, np.int8)
    return {"word": word, "pair": pair, "prior": np.zeros(len(HASHED_RATES)), "provenance": json.dumps({}), **others}


def test_a_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "odds.npz"
    word = np.zeros(1 << WORD_BITS, np.int8)
    word[7] = -MAX_WEIGHT
    np.savez_compressed(path, **columns(word=word, provenance=json.dumps({"passes": 3})))
    for made in (HashedOdds.open(path), HashedOdds.load(path), HashedOdds.load(path)):
        assert made.word.tolist() == word.tolist()
        assert made.provenance == {"passes": 3}


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({"word": np.zeros(5, np.int8)}, "another version"),
        ({"pair": np.zeros(1 << PAIR_BITS, np.int16)}, "another version"),
        ({"word": np.full(1 << WORD_BITS, MAX_WEIGHT + 1, np.int8)}, "damaged"),
        ({"prior": np.full(len(HASHED_RATES), np.nan)}, "damaged"),
        ({"prior": np.array(["a"] * len(HASHED_RATES))}, "another version"),
        ({"provenance": "{"}, "no hashed odds"),
    ],
)
def test_another_file_is_refused_with_a_sentence(tmp_path: Path, others: dict[str, object], said: str) -> None:
    path = tmp_path / "odds.npz"
    np.savez_compressed(path, **columns(**others))
    with pytest.raises(HashedOddsError, match=said):
        HashedOdds.open(path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(HashedOddsError, match="no hashed odds"):
        HashedOdds.open(path)
    path.write_text("something else", encoding="utf-8")
    with pytest.raises(HashedOddsError, match="no hashed odds"):
        HashedOdds.open(path)


def test_a_member_that_is_no_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odds.npz"
    np.savez_compressed(path, **columns(word=np.zeros(0)))
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "new.npz", "w") as new:
        for name in old.namelist():
            new.writestr("word" if name == "word.npy" else name, b"what?" if name == "word.npy" else old.read(name))
    with pytest.raises(HashedOddsError, match="no hashed odds"):
        HashedOdds.open(tmp_path / "new.npz")


# --- a spinner on columns ------------------------------------------------------------------------------------------

WORDS = st.lists(st.sampled_from(["large", "dog", "hot", "cat", "dogs", "a"]), min_size=1, max_size=30)


@given(st.lists(WORDS, min_size=1, max_size=4), st.floats(0, 1), st.integers(0, 9))
def test_a_spinner_puts_entries_for_keys_and_leaves_all_else(texts: list[list[str]], rate: float, seed: int) -> None:
    spinner = Spinner.of(Dictionary.of([parse(TABLE, "t.tsv")]))
    tokens = tokenise([" ".join(words) for words in texts])
    whose = tokens.document.astype(np.int64)
    none = np.zeros(len(texts), np.int64)
    rates = np.where(np.arange(len(texts)) % 2, rate, 0.0)
    spun = spinner.spin(tokens, whose, none, rates, np.random.default_rng(seed))
    names = dict(zip(hash_words(names_ := ["large", "dog", "hot", "cat", "dogs", "a", "huge", "sizable", "hound",
                                           "canine"]).tolist(), names_, strict=True))  # fmt: skip
    for number, words in enumerate(texts):
        left = [names[word] for word in spun.word[spun.text == number].tolist()]
        if not rates[number]:
            assert left == words
        assert not {"huge", "sizable"} <= set(left)  # the same all over a text
        back = " ".join(left).replace("hot canine", "hot dog").replace("hound", "dog")
        assert back.replace("huge", "large").replace("sizable", "large").split() == words
        assert spun.opens[spun.text == number].tolist() == [True] + [False] * (len(left) - 1)


def test_a_spinner_replaces_as_often_as_its_counts_say() -> None:
    spinner = Spinner.of(Dictionary.of([parse(TABLE, "t.tsv")]))
    tokens = tokenise(["a dog"] * 4000)
    none = np.zeros(4000, np.int64)
    spun = spinner.spin(tokens, tokens.document.astype(np.int64), none, np.full(4000, 0.5), np.random.default_rng(1))
    share = np.mean(spun.word == hash_words(["hound"])[0]) * 2
    assert share == pytest.approx(0.5 * 0.9, abs=0.03)


# --- the learner ---------------------------------------------------------------------------------------------------


def story(chance: np.random.Generator) -> str:
    plain = ["the", "large", "dog", "sees", "a", "cat", "and", "hot", "bread", "here", "large", "dog"]
    return " ".join(chance.choice(plain, 80))


def test_what_a_spinner_leaves_is_learned() -> None:
    chance = np.random.default_rng(3)
    learner = Learner.of(Dictionary.of([parse(TABLE, "t.tsv")]), {})
    for _ in range(3):
        learner.read(tokenise([story(chance) for _ in range(400)]))
    odds = learner.learned({})
    honest = story(chance)
    spun = honest.replace("hot dog", "hot canine").replace("dog", "hound").replace("large", "huge")
    look = FirstLook.of(tokenise([honest, spun]), 2, odds)
    assert odds.log_odds(look.ratios)[1] > 2 > -2 > odds.log_odds(look.ratios)[0]
    word = dict(zip(["hound", "dog", "cat"], odds.word[word_bucket(hash_words(["hound", "dog", "cat"]))], strict=True))
    assert word["hound"] > word["cat"] > word["dog"]


def test_real_copies_teach_what_no_dictionary_holds() -> None:
    chance = np.random.default_rng(3)
    learner = Learner.of(Dictionary.of([parse(TABLE, "t.tsv")]), {})
    texts = [story(chance) for _ in range(400)]
    copies = [text.replace("bread", "loaf") for text in texts]
    for _ in range(3):
        learner.compare(tokenise([*texts, *copies]), np.repeat([False, True], len(texts)))
    look = FirstLook.of(tokenise([texts[0], copies[0]]), 2, learner.learned({}))
    assert look.ratios[1].max() > 2 > 0 > look.ratios[0, -1]


def test_the_command_learns_from_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = np.random.default_rng(3)
    plain, pairs, output = tmp_path / "plain.txt", tmp_path / "pairs.jsonl", tmp_path / "odds.npz"
    plain.write_text("\n\n".join(story(chance) for _ in range(30)), encoding="utf-8")
    lines = [json.dumps({"original": text, "spun": text.replace("dog", "hound")}) for text in map(story, [chance] * 30)]
    pairs.write_text("\n".join(lines), encoding="utf-8")
    assert main(["hashed-odds", str(plain), "--pairs", str(pairs), "-o", str(output), "--passes", "1"]) == 0
    made = HashedOdds.open(output)
    assert made.provenance["texts"] == ["plain.txt", "pairs.jsonl"]
    assert made.provenance["passages"] > 30
    assert made.word.any()
    assert made.pair.any()
    assert "wrote" in capsys.readouterr().err


def test_nothing_to_learn_from_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = tmp_path / "plain.txt"
    plain.write_text("Too short.\n", encoding="utf-8")
    assert main(["hashed-odds", str(plain), "-o", str(tmp_path / "odds.npz")]) == 2
    assert "no document is long enough" in capsys.readouterr().err
    assert not (tmp_path / "odds.npz").exists()
    assert main(["hashed-odds", str(tmp_path / "absent.txt"), "-o", str(tmp_path / "odds.npz")]) == 2
    assert "absent.txt" in capsys.readouterr().err
    assert main(["hashed-odds", str(plain), "-o", str(tmp_path / "odds.npz"), "--without", "nobody"]) == 2
    assert "no such family" in capsys.readouterr().err
