"""The encoder: its arithmetic beside torch's, windows, pieces, and a text read alone or in a batch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.dictionary.dictionary import Dictionary
from despin.dictionary.entry import DictionaryFile, Entry
from despin.restoration.encoder import OVERLAP, PARTS, WINDOW, Encoder, EncoderError, _windows
from despin.restoration.word_pieces import BEGIN, BREAK, UNKNOWN, WordPieces
from despin.text.tokens import tokenise

FIXTURES = Path(__file__).parents[1] / "fixtures" / "encoder"
"""A toy with random weights, and what torch made of it (tests/learn/test_encoder.py makes the same comparison afresh,
where torch is installed)."""


def toy() -> Encoder:
    return Encoder.open(FIXTURES / "toy.npz")


def activations() -> Mapping[str, Any]:
    with np.load(FIXTURES / "toy-activations.npz") as stored:
        return dict(stored)


# --- arithmetic ------------------------------------------------------------------------------------------------------


def test_states_are_those_of_torch() -> None:
    stored = activations()
    assert np.abs(toy().states(stored["piece"]) - stored["states"]).max() < 1e-4


def test_states_do_not_depend_on_what_was_read_before() -> None:
    encoder, piece = toy(), activations()["piece"]
    once = encoder.states(piece)
    encoder.states(piece[:7])
    assert encoder.states(piece).tobytes() == once.tobytes()


def dictionary_of(pairs: Mapping[str, str]) -> Dictionary:
    entries = tuple(Entry(spun, original, "ours") for spun, original in pairs.items())
    return Dictionary.of([DictionaryFile("ours", entries, "")])


DICTIONARY = {"sail": "boat", "the total": "the whole", "lengthy": "long", "attempt": "try"}
TEXT = "Watch the total video.\nWe attempt the lengthy road into the harbour. Don't try the long street."


def read(texts: list[str], chosen: list[bool]) -> tuple[Any, Any]:
    """What the toy says of every phrase of `DICTIONARY` in `texts`; the text of each."""
    dictionary, tokens = dictionary_of(DICTIONARY), tokenise(texts)
    hits = dictionary.spun.find(tokens)
    entry = dictionary.first_entry[hits.phrase]
    said = toy().read(tokens, np.array(chosen), dictionary, entry, hits.first, hits.first + hits.length)
    return said, tokens.document[hits.first]


def test_a_text_is_read_alike_alone_and_in_a_batch() -> None:
    alone, _ = read([TEXT], [True])
    said, document = read(["The total road.", TEXT, "", TEXT + " Sail."], [True, True, True, True])
    assert said[:, document == 1].tobytes() == alone.tobytes()
    assert alone.shape[0] == len(PARTS)
    assert np.abs(alone).min() > 0


def test_texts_that_are_not_chosen_are_not_read() -> None:
    said, document = read([TEXT, TEXT], [False, True])
    assert not said[:, document == 0].any()
    assert said[:, document == 1].all()


def test_what_both_phrases_begin_with_is_cut_off() -> None:
    """*the total → the whole* asks about *total*, and whether it was *whole*."""
    both, _ = read(["Watch the total video."], [True])
    dictionary, tokens = dictionary_of({"total": "whole"}), tokenise(["Watch the total video."])
    hits = dictionary.spun.find(tokens)
    own = toy().read(tokens, np.ones(1, np.bool_), dictionary, hits.phrase * 0, hits.first, hits.first + hits.length)
    assert np.allclose(both, own)


def test_long_texts_are_read_in_windows() -> None:
    long = " ".join(["the long road into the harbour."] * 60 + [TEXT] + ["the long road into the harbour."] * 60)
    said, _ = read([long], [True])
    assert said.shape[1] == 3
    assert np.isfinite(said).all()


@given(st.integers(1, 2000), st.data())
def test_every_place_is_read_once_with_words_on_both_sides(size: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, 20))
    begin = np.array([data.draw(st.integers(0, size - 1)) for _ in range(number)])
    end = np.minimum(begin + np.array([data.draw(st.integers(0, 5)) for _ in range(number)]), size - 1)
    seen = []
    for low, rows in _windows(size, begin, end):
        seen += rows.tolist()
        high = min(low + WINDOW, size)
        assert (begin[rows] >= low).all()
        assert (end[rows] < high).all()
        margin = OVERLAP // 2 - 5
        assert ((begin[rows] - low >= margin) | (low == 0)).all()
        assert ((high - end[rows] >= margin) | (high == size)).all()
    assert sorted(seen) == list(range(number))


def test_pieces_follow_the_tokens() -> None:
    encoder = toy()
    tokens = tokenise(["The harbour.\n\nWe sailed!"])
    pieces = encoder.cut(tokens, 0, len(tokens))
    names = [encoder.pieces.pieces[row] for row in pieces.piece.tolist()]
    assert names == [BEGIN, "the", "harbour", ".", BREAK, "we", "sail", "##ed", UNKNOWN]
    spans = [names[a : b + 1] for a, b in zip(pieces.first.tolist(), pieces.last.tolist(), strict=True)]
    assert spans == [["the"], ["harbour"], ["."], ["we"], ["sail", "##ed"], [UNKNOWN]]


# --- pieces of words -------------------------------------------------------------------------------------------------


@given(st.text(max_size=40))
def test_any_phrase_can_be_cut(phrase: str) -> None:
    pieces = WordPieces([UNKNOWN, "a", "##b", "é", "'"])
    assert set(pieces.of(phrase)) <= set(range(5))


def test_accents_capitals_and_curly_signs_make_no_difference() -> None:
    pieces = WordPieces([UNKNOWN, "cafe", "'", "s"])
    assert pieces.of("CAFÉ’s") == pieces.of("cafe's") == (1, 2, 3)


def test_a_word_without_end_is_unknown() -> None:
    pieces = WordPieces([UNKNOWN, "a", "##a"])
    assert pieces.of("a" * 12) == (1, *[2] * 11)
    assert pieces.of("a" * 13) == (0,)


# --- the file --------------------------------------------------------------------------------------------------------


def stored(path: Path, **changed: Any) -> Path:
    arrays = {**toy().arrays, "provenance": json.dumps(dict(toy().provenance)), **changed}
    np.savez(path, **{name: np.asarray(value) for name, value in arrays.items() if value is not None})
    return path


def test_the_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    piece = activations()["piece"]
    assert Encoder.open(stored(tmp_path / "e.npz")).states(piece).tobytes() == toy().states(piece).tobytes()


@pytest.mark.parametrize(
    "changed",
    [
        {"word": None},
        {"word.scale": np.zeros(3, np.float32)},
        {"0.up": np.zeros((3, 3), np.int8)},
        {"1.qkv.bias": np.full(192, np.nan, np.float32)},
        {"position": np.zeros((5, 64), np.float32)},
        {"pieces": np.frombuffer(b"a\nb", np.uint8)},
        {"provenance": "{}"},
        {"provenance": None},
        {"provenance": json.dumps({"version": 1, "layers": 3})},
    ],
)
def test_a_damaged_file_is_told_in_a_sentence(tmp_path: Path, changed: dict[str, Any]) -> None:
    path = stored(tmp_path / "e.npz", **changed)
    with pytest.raises(EncoderError, match=r"this is no encoder .*; get the file again") as caught:
        Encoder.open(path)
    assert str(caught.value).startswith(str(path))
