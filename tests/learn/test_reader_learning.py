"""A toy run of `despin-learn reader`: it learns, it goes on from a checkpoint, and what it writes is a reader."""

from __future__ import annotations

import json

import numpy as np
import pytest

from despin.dictionary import files
from despin.learn.cli import main
from despin.learn.commands import anew
from despin.learn.commands import reader as command
from despin.learn.weights.reader import Learner
from despin.learn.weights.word_classes import Counter
from despin.restoration.reader import Reader
from despin.text.tokens import tokenise

pytest.importorskip("sklearn")

ROWS = 80
DOCUMENT = "The crew work together to perfect the scene, and the ladies help everyone in the class. It is a good video."


def learn(folder, *more):
    model = files.folder("en") / "model.ngrams"
    pair = {"original": DOCUMENT, "spun": DOCUMENT.replace("perfect", "good").replace("together", "collectively")}
    (folder / "text.txt").write_text("\n\n".join(f"{DOCUMENT} Number {row} of many." for row in range(ROWS)) + "\n")
    (folder / "pairs.jsonl").write_text(json.dumps(pair) + "\n")
    options = ["--pairs", str(folder / "pairs.jsonl"), "--language-model", str(model), "--left", "0", "--bits", "12"]
    return main(["reader", str(folder / "text.txt"), "-o", str(folder / "reader.npz"), "--quiet", *options, *more])


def test_it_learns_and_writes_a_reader(tmp_path):
    assert learn(tmp_path) == 0
    made = Reader.open(tmp_path / "reader.npz")
    assert made.bits == 12
    assert made.weights.any()
    assert made.provenance["words"] > 1000
    assert not (tmp_path / "reader.npz.checkpoint").exists()


def test_what_was_broken_off_ends_like_what_was_not(tmp_path, monkeypatch):
    monkeypatch.setattr(anew, "BATCH", 800)
    monkeypatch.setattr(command, "CHECKPOINT", 3)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    assert learn(whole) == 0
    read, calls = Learner.learn, iter(range(100))

    def breaks_off(learner, block):
        if next(calls) == 7:
            raise KeyboardInterrupt
        read(learner, block)

    with monkeypatch.context() as patch:
        patch.setattr(Learner, "learn", breaks_off)
        assert learn(broken) != 0
    assert (broken / "reader.npz.checkpoint").exists()
    assert learn(broken) == 0
    one, other = (Reader.open(folder / "reader.npz") for folder in (whole, broken))
    assert one.weights.any()
    assert one.weights.tolist() == other.weights.tolist()
    assert one.provenance == other.provenance


def test_without_text_it_says_so(tmp_path, capsys):
    (tmp_path / "text.txt").write_text("\n")
    model = str(files.folder("en") / "model.ngrams")
    assert main(["reader", str(tmp_path / "text.txt"), "--language-model", model, "-o", str(tmp_path / "r.npz")]) == 2
    assert "there is nothing to learn from" in capsys.readouterr().err


def test_words_that_stand_among_the_same_neighbours_are_of_one_class():
    tokens = tokenise([" ".join(f"the {noun} sat and a {noun} ran ." for noun in ("cat", "dog") * 200)])
    counter = Counter.of(tokens)
    counter.count(tokens)
    assert counter.beside[0].sum() == len(tokens)
    classes = counter.learned()
    assert (np.diff(classes.words.astype(object)) > 0).all()
    assert 1 <= classes.coarse.min() <= classes.coarse.max() < 50
