"""The evidence of a finding adds up, and a damaged file of weights says so in a sentence."""

from __future__ import annotations

import json
import math
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import despin
from despin import Config, Report
from despin.decoding.channel import Channel
from despin.decoding.decode import Decoded, decode
from despin.decoding.lattice import Lattice, build
from despin.dictionary.marker_phrases import MarkerPhrases
from despin.language_model.word_vectors import WordVectors
from despin.restoration.evidence import KINDS, EvidenceError, Weighed, Weights, rivals, weigh
from despin.restoration.features import CLOSELY, FEATURES, features, plausible
from despin.restoration.place_calibration import PLACE_FEATURES
from despin.restoration.reader import Reader
from despin.runtime.knowledge import Knowledge, load_data
from despin.text.tokens import tokenise

FIXTURES = Path(__file__).parents[1] / "fixtures"
ARTICLE = (FIXTURES / "spun" / "behind-the-scenes.txt").read_text(encoding="utf-8")
CLEAN = sorted((FIXTURES / "clean").glob("*.txt"))


@cache
def report() -> Report:
    return despin.check(ARTICLE)


def reader() -> Reader:
    return Knowledge.of(Config()).reader


MARKERS = MarkerPhrases.of({})


def stages(*texts: str) -> tuple[Lattice, Channel, Decoded]:
    dictionary, model, _ = load_data(Config())
    lattice = build(tokenise(texts), dictionary, model)
    channel = Channel.of(lattice, dictionary, len(texts))
    return lattice, channel, decode(lattice, channel)


def weighed(weights: Weights, *texts: str) -> Weighed:
    lattice, channel, decoded = stages(*texts)
    dictionary, model, _ = load_data(Config())
    nothing = np.zeros(len(channel.candidate))
    return weigh(lattice, channel, decoded, nothing, dictionary, model, weights, reader(), MARKERS)


# --- sums ------------------------------------------------------------------------------------------------------------


def test_terms_sum_to_the_log_odds() -> None:
    one = weighed(load_data(Config())[2], ARTICLE, CLEAN[0].read_text(encoding="utf-8"), "")
    assert one.terms.shape == (len(one.log_odds), len(KINDS))
    assert len(one.log_odds) > 100
    assert np.isfinite(one.terms).all()
    assert np.allclose(one.terms.sum(axis=1), one.log_odds)


def test_names_are_a_term_of_their_own() -> None:
    dictionary, model, weights = load_data(Config())
    lattice, channel, decoded = stages(ARTICLE)
    said = np.linspace(-2, 2, len(channel.candidate))
    one = weigh(lattice, channel, decoded, said, dictionary, model, weights, reader(), MARKERS)
    assert one.terms[:, KINDS.index("names")].tolist() == said[one.rows].tolist()
    other = weighed(weights, ARTICLE)
    rest = [kind not in ("names", "rivals") for kind in KINDS]
    assert np.allclose(one.terms[:, rest], other.terms[:, rest])


def test_without_weights_nothing_speaks_for_anything() -> None:
    no_keys, no_values = np.zeros(0, np.uint64), np.zeros((2, 0), np.float32)
    none = Weights(
        np.zeros((4, len(FEATURES))), np.zeros((4, len(PLACE_FEATURES))), no_keys, no_values, WordVectors.none(), {}
    )
    terms = weighed(none, ARTICLE).terms
    rivals = KINDS.index("rivals")
    assert not np.delete(terms, rivals, axis=1).any()
    assert set(np.rint(np.exp(-terms[:, rivals])).tolist()) <= set(range(1, 30))  # a place, and each rival, weigh 1


@given(st.lists(st.tuples(st.floats(-20, 20), st.integers(0, 4)), min_size=1, max_size=30))
def test_at_most_one_rival_stood_at_a_place(rows: list[tuple[float, int]]) -> None:
    score, place = np.array([score for score, _ in rows]), np.array([place for _, place in rows])
    against = rivals(score, place)
    assert (against <= 0).all()
    chance = 1 / (1 + np.exp(-(score + against)))
    assert (np.bincount(place, chance) <= 1 + 1e-6).all()
    for number in range(5):
        if (place == number).sum() == 1:
            assert against[place == number] == pytest.approx(0)


def test_every_feature_is_finite_and_has_its_column() -> None:
    dictionary, model, weights = load_data(Config())
    lattice, channel, decoded = stages(ARTICLE, "", "1887")
    said = np.zeros((len(CLOSELY), len(plausible(decoded))))
    table = features(lattice, channel, decoded, dictionary, model, weights.topics, reader(), said, plausible(decoded))
    assert table.shape[1] == len(FEATURES)
    assert np.isfinite(table).all()


def test_a_batch_without_candidates_has_no_evidence() -> None:
    one = weighed(load_data(Config())[2], "", "1887")
    assert one.terms.shape == (0, len(KINDS))


def test_the_evidence_of_every_finding_sums_to_its_confidence() -> None:
    findings = report().findings
    assert len(findings) > 50
    for finding in findings:
        assert 0 < finding.confidence < 1
        total = sum(one.weight for one in finding.evidence)
        assert total == pytest.approx(math.log(finding.confidence / (1 - finding.confidence)), abs=1e-6), finding
        assert total == pytest.approx(finding.log_odds, abs=1e-6)


def test_each_kind_of_evidence_is_named_once_and_explained() -> None:
    for finding in report().findings:
        kinds = [one.kind for one in finding.evidence]
        assert len(set(kinds)) == len(kinds)
        assert set(kinds) <= {*KINDS, "verdict"}
        assert all(one.note for one in finding.evidence)


def test_the_verdict_only_takes_away() -> None:
    for finding in report().findings:
        assert all(one.weight <= 1e-9 for one in finding.evidence if one.kind == "verdict")


# --- the file --------------------------------------------------------------------------------------------------------


def stored(path: Path, **changed: object) -> Path:
    names = list(FEATURES)
    arrays = (
        {
            "dense": np.arange(4.0 * len(names)).reshape(4, -1),
            "place": np.zeros((4, len(PLACE_FEATURES))),
            "keys": np.array([3, 5], np.uint64),
            "values": np.array([[0.5, -0.5], [0.25, 0]], np.float32),
            "provenance": json.dumps({"features": names, "features of places": list(PLACE_FEATURES)}),
        }
        | WordVectors.none().arrays
        | changed
    )
    np.savez(path, **{name: np.asarray(value) for name, value in arrays.items() if value is not None})
    return path


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    one = Weights.open(stored(tmp_path / "weights.npz"))
    assert one.dense.ravel().tolist() == list(range(4 * len(FEATURES)))
    assert dict(zip(one.keys.tolist(), one.values.T.tolist(), strict=True)) == {3: [0.5, 0.25], 5: [-0.5, 0]}
    assert one.provenance["features"] == list(FEATURES)


def test_weights_of_another_version_say_what_to_do(tmp_path: Path) -> None:
    path = stored(tmp_path / "weights.npz", provenance=json.dumps({"features": ["another"]}))
    with pytest.raises(EvidenceError, match="another version; learn them anew with: despin-learn evidence") as caught:
        Weights.open(path)
    assert str(caught.value).startswith(str(path))


DAMAGED = {
    "empty": b"",
    "text": b"not weights at all",
    "a pickle": b"\x80\x04K\x01.",
    "cut off": None,
    "another archive": b"zip",
    "one array": b"npy",
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_told_in_a_sentence(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "weights.npz"
    if damage == "cut off":
        whole = stored(path).read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "another archive":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme", "nothing here")
    elif damage == "one array":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    else:
        path.write_bytes(DAMAGED[damage] or b"")
    with pytest.raises(EvidenceError, match=r"these are no evidence weights .*; get the file again") as caught:
        Weights.open(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    "changed",
    [
        {"dense": None},
        {"topic_around": None},
        {"topic_meaning": np.zeros((2, 3), np.int8)},
        {"topic_unit": np.float64(np.nan)},
        {"provenance": None},
        {"provenance": "{"},
        {"provenance": "[]"},
        {"provenance": "7"},
        {"dense": np.array([["a"] * len(FEATURES)] * 2)},
        {"dense": np.float64(1)},
        {"keys": np.zeros((2, 2), np.uint64)},
        {"keys": np.zeros(1, np.uint64)},
        {"keys": np.array([5, 3], np.uint64)},
        {"dense": np.zeros(3)},
        {"provenance": "{}"},
        {"dense": np.full((2, len(FEATURES)), np.nan)},
    ],
    ids=[
        "no weights",
        "no vectors",
        "vectors without words",
        "vectors without a unit",
        "no provenance",
        "broken JSON",
        "a list",
        "a number",
        "words",
        "no row",
        "a table",
        "too few keys",
        "keys in disorder",
        "too few weights",
        "no features",
        "no number",
    ],
)
def test_a_file_that_makes_no_sense_is_told_in_a_sentence(tmp_path: Path, changed: dict[str, object]) -> None:
    path = stored(tmp_path / "weights.npz", **changed)
    with pytest.raises(EvidenceError) as caught:
        Weights.open(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Weights.open(tmp_path / "nowhere.npz")
