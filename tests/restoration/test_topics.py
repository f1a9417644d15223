"""What goes together in a text: the vectors, what they say of a candidate, and how they are learned."""

from __future__ import annotations

import lzma
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from despin.config import Config
from despin.decoding.channel import Channel
from despin.decoding.lattice import build
from despin.dictionary.dictionary import Dictionary
from despin.dictionary.entry import parse
from despin.language_model.word_vectors import WordVectors
from despin.learn.cli import main
from despin.learn.commands.topics import read
from despin.learn.errors import LearningError
from despin.learn.weights import topics as learner
from despin.restoration.topic_fit import BLOCK, CONTEXT_OFFSET, topical
from despin.runtime.knowledge import load_data
from despin.text.hashing import hash_words
from despin.text.tokens import tokenise

TABLE = "#: name: t\n#: family: t\n#: source: s\n#: licence: Apache-2.0\ngame\tmatch\t5\t10\ngame\tsport\t5\t10\n"
FILLER = ["apples", "and", "pears", "are", "green", "and", "red", "and", "small", "and", "large", "and", "old", "and"]


def vectors(**around: int) -> WordVectors:
    """*match* goes with what is positive in `around`, *sport* with what is negative, *game* with neither."""
    meaning = {"match": 10, "sport": -10, "game": 0}
    sides = []
    for table in (meaning, around):
        words = hash_words(list(table))
        order = np.argsort(words)
        sides += [words[order], np.array(list(table.values()), np.int8)[order, None]]
    return WordVectors(*sides, unit=0.1)


def said(topics: WordVectors, *texts: str) -> dict[str, tuple[float, float]]:
    """Original → (near, far), of the only place of each in `texts`."""
    dictionary = Dictionary.of([parse(TABLE, "t.tsv")])
    lattice = build(tokenise(texts), dictionary, load_data(Config())[1])
    channel = Channel.of(lattice, dictionary, len(texts))
    start, entries = lattice.arcs.start[channel.candidate], lattice.arcs.entry[channel.candidate]
    length = lattice.arcs.end[channel.candidate] - start
    found = topical(lattice.tokens, len(texts), dictionary, topics, entries, lattice.token[start], length)
    rows = zip(entries, *(column.tolist() for column in found), strict=True)
    return {dictionary.entry(entry).original: (near, far) for entry, near, far in rows}


def test_a_word_near_by_speaks_for_what_it_goes_with() -> None:
    found = said(vectors(goal=5), "A goal won the game.")
    assert found["match"] == (pytest.approx(10 * 5 * 0.1 / np.sqrt(1 + CONTEXT_OFFSET)), 0)
    assert found["sport"] == (pytest.approx(-10 * 5 * 0.1 / np.sqrt(1 + CONTEXT_OFFSET)), 0)


def test_a_word_far_away_speaks_too_but_apart() -> None:
    text = " ".join(["goal", *FILLER, *FILLER, "game"])
    assert len(text.split()) > 3 * BLOCK
    near, far = said(vectors(goal=5), text)["match"]
    assert near == 0
    assert far == pytest.approx(10 * 5 * 0.1 / np.sqrt(1 + CONTEXT_OFFSET))


def test_texts_and_the_place_itself_say_nothing() -> None:
    assert set(said(vectors(game=5, goal=5), "goal goal goal", "the game", "goal").values()) == {(0, 0)}


def test_without_vectors_nothing_is_said() -> None:
    assert set(said(WordVectors.none(), "A goal won the game.").values()) == {(0, 0)}


# --- learning --------------------------------------------------------------------------------------------------------

TOPICS = ("goal", "match", "pitch"), ("stage", "play", "actor")


def documents(seed: int = 0) -> list[Sequence[str]]:
    """Documents of two topics, whose words never meet, in a sauce of others."""
    chance = np.random.default_rng(seed)
    texts = []
    for number in range(300):
        words = [*chance.choice(TOPICS[number % 2], 12), *chance.choice(FILLER, 12)]
        texts.append(" ".join(chance.permutation(words)))
    return [texts[:150], texts[150:]]


@pytest.fixture
def learned(monkeypatch: pytest.MonkeyPatch) -> WordVectors:
    monkeypatch.setattr(learner, "COMMON", 1)
    monkeypatch.setattr(learner, "DIMENSIONS", 3)
    return learner.learn(documents, np.unique(hash_words(["match", "play", "unheard"])))


def product(topics: WordVectors, word: str, around: str) -> float:
    row = topics.words.tolist().index(int(hash_words([word])[0]))
    column = topics.around_words.tolist().index(int(hash_words([around])[0]))
    return float(topics.meaning[row].astype(float) @ topics.around[column].astype(float)) * topics.unit


def test_words_of_one_topic_go_together(learned: WordVectors) -> None:
    for own, other in (TOPICS, TOPICS[::-1]):
        word = own[1]
        assert min(product(learned, word, near) for near in own) > 0.3
        assert max(product(learned, word, far) for far in other) < -1


def test_only_words_that_were_seen_have_vectors(learned: WordVectors) -> None:
    assert set(learned.words.tolist()) == set(hash_words(["match", "play"]).tolist())


def test_the_same_text_gives_the_same_vectors(learned: WordVectors) -> None:
    again = learner.learn(documents, np.unique(hash_words(["match", "play", "unheard"])))
    assert all(np.array_equal(array, again.arrays[name]) for name, array in learned.arrays.items())


def test_counts_are_of_words_that_stand_neither_too_near_nor_too_far() -> None:
    words, around = np.sort(hash_words(["match"])), np.sort(hash_words(["goal"]))
    for apart, times in ((1, 0), (learner.NEAREST - 1, 0), (learner.NEAREST, 1), (learner.FURTHEST, 1), (40, 0)):
        text = " ".join(["match", *["so"] * (apart - 1), "goal"])
        assert learner.count([[text], ["goal"]], words, around).tolist() == [[times]], apart


def test_too_little_text_is_told() -> None:
    with pytest.raises(LearningError, match="too little text"):
        learner.learn(lambda: [["a match"]], hash_words(["match"]))


# --- files -----------------------------------------------------------------------------------------------------------


def test_the_command_leaves_out_what_it_is_told_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paragraph = "It may help or support the country that needs the money of others."
    text = tmp_path / "text.txt.xz"
    chance = np.random.default_rng(1)
    common = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(400)]
    lines = [" ".join(chance.choice([*common, "help", "money"], 40)) for _ in range(500)]
    with lzma.open(text, "wt") as file:
        file.write("\n\n".join([*lines, *[paragraph] * 40]) + "\n")
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"original": "' + paragraph + '", "spun": ""}\n')
    output = tmp_path / "topics.npz"
    assert main(["topics", str(text), "-o", str(output), "--quiet"]) == 0
    whole = read(output)
    assert main(["topics", str(text), "-o", str(output), "--without", str(pairs)]) == 0
    part = read(output)
    needs = int(hash_words(["country"])[0])
    assert needs in [*whole.words.tolist(), *whole.around_words.tolist()]
    assert needs not in [*part.words.tolist(), *part.around_words.tolist()]
    assert "words" in capsys.readouterr().err


def test_other_files_are_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.npz"
    path.write_bytes(b"no vectors")
    with pytest.raises(LearningError, match=r"other\.npz: these are no word vectors .*make them by: topics"):
        read(path)
    assert main(["topics", str(tmp_path / "none.txt"), "-o", str(tmp_path / "nowhere" / "t.npz")]) == 2
    assert "no such folder" in capsys.readouterr().err
