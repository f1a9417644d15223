"""A toy run of `despin-learn encoder`: the loss falls, it goes on from a checkpoint, and what it writes is an encoder.

What needs PyTorch is skipped where it is not installed.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec

import numpy as np
import pytest
import toy_bert

from despin.dictionary import files
from despin.dictionary.dictionary import Dictionary
from despin.learn.cli import main
from despin.learn.commands import anew
from despin.learn.commands import encoder as command
from despin.learn.weights.batches import Speller, batches
from despin.learn.weights.bert import renamed
from despin.learn.weights.examples import Example
from despin.restoration.encoder import Encoder
from despin.restoration.word_pieces import WordPieces
from despin.text.tokens import tokenise

trained = pytest.mark.skipif(
    not all(map(find_spec, ("torch", "safetensors"))), reason="PyTorch is not installed: pip install 'despin[neural]'"
)
DOCUMENT = (
    "The women work together in a perfect scene, and the girls help everyone in the class. It is a fine student film."
)
COPY = (
    "The ladies work collectively in a good scene, and the ladies assist everyone in the entire class. It is a video."
)
ROWS = 60


@pytest.fixture
def start(tmp_path):
    """A folder with the toy BERT."""
    from safetensors.numpy import save_file

    folder = tmp_path / "start"
    folder.mkdir()
    save_file(toy_bert.bert(), folder / "model.safetensors")
    (folder / "vocab.txt").write_text("\n".join(toy_bert.VOCABULARY) + "\n")
    return folder


@pytest.fixture(autouse=True)
def toy_dictionaries(monkeypatch):
    monkeypatch.setattr(anew, "load_files", lambda language: toy_bert.dictionary_files())


def learner(budget=10**6, layers=2):
    from despin.learn.weights.encoder import Learner, Model

    teacher = toy_bert.teacher()
    speller = Speller.of(WordPieces(toy_bert.VOCABULARY), teacher.sources)
    return Learner(teacher, speller, Model.started(renamed(toy_bert.bert(), layers)), budget)


def learn(folder, start, *more):
    folder.mkdir(exist_ok=True)
    model = files.folder("en") / "model.ngrams"
    (folder / "text.txt").write_text("\n\n".join(f"{DOCUMENT} Number {row} of many." for row in range(ROWS)) + "\n")
    (folder / "pairs.jsonl").write_text(json.dumps({"original": DOCUMENT, "spun": COPY}) + "\n")
    options = ["--pairs", str(folder / "pairs.jsonl"), "--language-model", str(model), "--left", "0", "--layers", "2"]
    named = ["--start", str(start)] if start else []
    return main(["encoder", str(folder / "text.txt"), "-o", str(folder / "encoder.npz"), *options, *named, *more])


@trained
def test_the_loss_falls(monkeypatch):
    from despin.learn.weights import encoder

    monkeypatch.setattr(encoder, "WARM_UP", 5)
    one, losses = learner(), []
    for _ in range(20):
        one.learn(one.teacher.spin(tokenise([f"{DOCUMENT} {DOCUMENT}"] * 30)))
        losses.append(one.loss)
    assert np.mean(losses[-5:]) < 0.8 * losses[0]


@trained
def test_steps_grow_then_shrink_and_the_budget_is_the_end():
    one = learner(budget=9_000)
    shares = []
    while one.pieces < one.budget:
        shares.append(one.share)
        one.learn(one.teacher.spin(tokenise([DOCUMENT] * 20)))
    assert max(shares) < 1
    assert one.share == pytest.approx(0.03 * min(1, (one.steps + 1) / 150))
    steps = one.steps
    one.learn(one.teacher.spin(tokenise([DOCUMENT] * 20)))
    assert one.steps == steps


@trained
def test_it_learns_and_writes_an_encoder(tmp_path, start, capsys):
    assert learn(tmp_path, start, "--tokens", "2000") == 0
    made = Encoder.open(tmp_path / "encoder.npz")
    assert made.provenance["layers"] == 2
    assert made.provenance["tokens"] >= 2000
    assert made.provenance["start"].startswith("sha256:")
    assert made.pieces.pieces == toy_bert.VOCABULARY
    assert not (tmp_path / "encoder.npz.checkpoint").exists()
    assert "the texts end" not in capsys.readouterr().err


@trained
def test_what_was_broken_off_ends_like_what_was_not(tmp_path, start, monkeypatch, capsys):
    from despin.learn.weights.encoder import Learner

    monkeypatch.setattr(anew, "BATCH", 800)
    monkeypatch.setattr(command, "CHECKPOINT", 2)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert learn(whole, start) == 0
    assert "the texts end before 15,000,000 pieces" in capsys.readouterr().err
    read, calls = Learner.learn, iter(range(100))

    def breaks_off(one, tokens):
        if next(calls) == 5:
            raise KeyboardInterrupt
        read(one, tokens)

    with monkeypatch.context() as patch:
        patch.setattr(Learner, "learn", breaks_off)
        assert learn(broken, start) != 0
    assert (broken / "encoder.npz.checkpoint").exists()
    assert learn(broken, start, "--layers", "1") == 2
    assert "this is no checkpoint of such an encoder" in capsys.readouterr().err
    assert learn(broken, start) == 0
    one, other = (dict(np.load(folder / "encoder.npz")) for folder in (whole, broken))
    assert one.keys() == other.keys()
    for name in one:
        assert one[name].tolist() == other[name].tolist(), name


@trained
def test_what_is_trained_is_what_is_read():
    """The scores of training, and those of the numpy encoder on the same text, with the same rounded weights."""
    import torch

    from despin.learn.weights.encoder import tensors

    one = learner()
    for _ in range(3):
        one.learn(one.teacher.spin(tokenise([f"{DOCUMENT} {DOCUMENT}"] * 40)))
    made = one.learned({})
    state = one.model.state_dict()
    for name in ("word", "place", "match", *(f"{n}.{part}" for n in range(2) for part in ("qkv", "out", "up", "down"))):
        full = f"layers.{name}.weight" if name[0].isdigit() else f"{name}.weight"
        state[full] = torch.tensor(made.arrays[name] * made.arrays[f"{name}.scale"][:, None])
    one.model.load_state_dict(state)
    texts = [f"{COPY}\nA brand new movie about the ladies, then. {COPY}", f"{COPY} Such a good movie"]
    tokens = tokenise(texts)
    block = one.teacher.compare([Example(text, text, 1.0) for text in texts], tokens)
    these = block.these
    dense = np.zeros_like(block.dense)
    dense[0] = np.arange(len(these.entry))
    every = np.ones(2, np.bool_)
    said = made.read(tokens, every, block.source.dictionary, these.entry, these.first, these.end).sum(axis=0)
    seen = 0
    for batch in batches(block._replace(dense=dense), one.speller, np.random.default_rng(0)):
        rows = batch.dense[:, 0].astype(int)
        with torch.no_grad():
            scores = one.model.scores(tensors(batch._replace(dense=np.zeros_like(batch.dense)))).numpy()
        assert scores == pytest.approx(said[rows], abs=1e-4)
        seen += len(rows)
    assert seen == len(these.entry) > 20


@trained
def test_what_it_cannot_start_from_is_said(tmp_path, start, capsys):
    def said(*more):
        assert learn(tmp_path / "toy", start, "--quiet", *more) == 2
        return capsys.readouterr().err

    assert "model.safetensors: these are not the weights of a BERT of 7 layers" in said("--layers", "7")
    assert "--layers: one at least is needed" in said("--layers", "0")
    (start / "vocab.txt").write_text("\n".join(toy_bert.VOCABULARY[:-1]))
    assert f"vocab.txt has {len(toy_bert.VOCABULARY) - 1} pieces, model.safetensors is of" in said()
    (start / "vocab.txt").write_text("a\nb\n")
    assert "vocab.txt: [CLS] is missing" in said()
    (start / "vocab.txt").write_bytes(b"\xff\n")
    assert "vocab.txt: this is not UTF-8" in said()
    (start / "vocab.txt").write_text("\n".join(toy_bert.VOCABULARY))
    (start / "model.safetensors").write_bytes(b"nothing of the kind")
    assert "model.safetensors: this cannot be read" in said()
    (start / "model.safetensors").unlink()
    assert "model.safetensors: No such file" in said()


@trained
def test_without_text_it_says_so(tmp_path, start, capsys):
    (tmp_path / "text.txt").write_text("\n")
    model = str(files.folder("en") / "model.ngrams")
    arguments = [
        "encoder",
        str(tmp_path / "text.txt"),
        "--language-model",
        model,
        "--start",
        str(start),
        "--layers",
        "2",
    ]
    assert main([*arguments, "-o", str(tmp_path / "e.npz")]) == 2
    assert "there is nothing to learn from" in capsys.readouterr().err


def test_without_a_start_it_says_what_is_needed(tmp_path, capsys):
    assert learn(tmp_path, None) == 2
    assert "--start is needed: a folder with vocab.txt and model.safetensors" in capsys.readouterr().err


def test_without_pytorch_it_names_the_extra(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert learn(tmp_path, tmp_path) == 2
    assert "torch is not installed; install it with: pip install 'despin[neural]'" in capsys.readouterr().err


def test_the_toy_dictionaries_are_read_as_they_are_meant():
    known, partly = toy_bert.dictionary_files()
    assert (known.partial, partly.partial) == (False, True)
    assert Dictionary.of([known, partly]).families == ("known", "partly")
