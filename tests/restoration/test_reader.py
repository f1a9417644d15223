"""The reader: what it says of a candidate depends on its surroundings alone, and a damaged file says so."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from despin import Config, check, check_many
from despin.restoration.evidence import KINDS
from despin.restoration.reader import FINE, PARTS, Hashing, Reader, ReaderError, WordClasses
from despin.runtime.knowledge import Knowledge
from despin.text.hashing import hash_words
from despin.text.tokens import tokenise

SPUN = (
    "Website positioning Dan Ah surprises Lee Younger Hwa on the set, and the solid good the scene collectively.",
    "Try the total video under! She goal for his chin, and the ladies seize one another's arm.",
    "The crew work together to good the scene, and everybody was in a fine temper this evening.",
)
SENTENCES = st.lists(st.sampled_from(SPUN), min_size=3, max_size=12).map("\n".join)


def small(bits: int = 12) -> Reader:
    words = np.sort(hash_words(["the", "scene", "good", "perfect"]))
    classes = WordClasses(words, np.array([1, 2, 3, 4], np.uint8), np.array([5, 6, 7, 8], np.uint8))
    weights = np.random.default_rng(3).integers(-9, 9, 1 << bits).astype(np.int8)
    return Reader(weights, 0.1, Hashing.drawn(1), classes, {"version": 1})


def said(text: str, before: str = "") -> np.ndarray:
    known = Knowledge.of(Config()).all_families
    texts = [before, text] if before else [text]
    tokens = tokenise(texts)
    hits = known.spun.find(tokens)
    rows = np.flatnonzero(tokens.document[hits.first] == len(texts) - 1)
    entry = known.first_entry[hits.phrase[rows]].astype(np.int64)
    return small().read(tokens, known, entry, hits.first[rows], (hits.first + hits.length)[rows])


def test_what_is_said_depends_on_no_other_text_of_the_batch():
    alone, behind = said(SPUN[0]), said(SPUN[0], before=SPUN[1])
    assert alone.shape == (len(PARTS), alone.shape[1])
    assert alone.any()
    np.testing.assert_array_equal(alone, behind)


def test_one_that_has_read_nothing_says_nothing():
    known = Knowledge.of(Config()).all_families
    tokens = tokenise([SPUN[0]])
    hits = known.spun.find(tokens)
    entry = known.first_entry[hits.phrase].astype(np.int64)
    assert not Reader.none().read(tokens, known, entry, hits.first, hits.first + hits.length).any()


def write(path, reader, **changes):
    arrays = {**reader.arrays, "provenance": np.array(json.dumps({"version": 1})), **changes}
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})


def test_a_file_is_read_as_it_was_written(tmp_path):
    write(tmp_path / "reader.npz", small())
    for made in (Reader.open(tmp_path / "reader.npz"), Reader.load(tmp_path / "reader.npz")):
        for name, array in small().arrays.items():
            np.testing.assert_array_equal(made.arrays[name], array)


@pytest.mark.parametrize(
    "changes",
    [
        {"weights": None},
        {"weights": np.zeros(3, np.int8)},
        {"weights": np.zeros(8, np.float32)},
        {"phrase": np.zeros(3, np.uint64)},
        {"class_hashes": np.zeros(FINE, np.int64)},
        {"coarse": np.array([1, 2, 3, 200], np.uint8)},
        {"fine": np.zeros(2, np.uint8)},
        {"words": np.array([3, 2, 1, 0], np.uint64)},
        {"unit": np.asarray(7.0)},
        {"provenance": np.array("{")},
        {"provenance": np.array('{"version": 99}')},
    ],
)
def test_a_damaged_file_says_so(tmp_path, changes):
    write(tmp_path / "reader.npz", small(), **changes)
    with pytest.raises(ReaderError, match=r"reader\.npz: this is no reader .*; get the file again"):
        Reader.open(tmp_path / "reader.npz")


def test_a_file_cut_short_says_so(tmp_path):
    write(tmp_path / "reader.npz", small())
    whole = (tmp_path / "reader.npz").read_bytes()
    (tmp_path / "reader.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ReaderError, match="this is no reader"):
        Reader.open(tmp_path / "reader.npz")


@settings(max_examples=15, deadline=None)
@given(SENTENCES, st.floats(0.05, 0.95))
def test_the_laws_of_the_two_answers(text, least):
    config = Config(min_confidence=least)
    for finding in check(text, config).findings:
        assert 0 <= finding.confidence <= finding.substituted <= 1
        assert finding.readings[0] == (finding.original, finding.confidence)
        assert sum(one.confidence for one in finding.readings) <= finding.substituted + 1e-9
        assert finding.alternatives == tuple(one.original for one in finding.readings[1:])
        assert (finding.action == "restore") <= (finding.substituted >= least)
        assert sum(term.weight for term in finding.evidence) == pytest.approx(finding.log_odds)
        assert [term.kind for term in finding.evidence if finding.family][: len(KINDS)] in ([], list(KINDS))


@settings(max_examples=8, deadline=None)
@given(st.lists(SENTENCES, min_size=2, max_size=4))
def test_findings_depend_on_no_other_text_of_the_batch(texts):
    # As they are printed: the last digits of a sum may follow its order.
    together = [report.to_dict()["findings"] for report in check_many(texts)]
    assert together == [check(text, effort="quick").to_dict()["findings"] for text in texts]


def test_a_wording_has_to_have_its_share():
    text = "\n".join(SPUN * 3)
    free, strict = (check(text, Config(min_wording=share)) for share in (0.0, 0.9))
    restored = [one for one in strict.findings if one.action == "restore"]
    assert restored
    assert all(one.confidence >= 0.9 * one.substituted for one in restored)
    assert len(restored) <= sum(one.action == "restore" for one in free.findings)
