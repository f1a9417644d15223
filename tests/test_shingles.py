"""Fingerprints: what a text shares with its source and its siblings."""

import random
from pathlib import Path

import data
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spinner import spin
from strategies import TEXTS

import despin
from despin.fingerprinting import EMPTY, min_hash, shingles

FIXTURES = Path(__file__).parent / "fixtures"
ARTICLES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((FIXTURES / "clean").glob("*.txt"))}
ROWS = 128


def spins(text: str, number: int) -> list[str]:
    facts = data.read_facts([data.DICTIONARIES / "web.tsv"])
    return [spin(text, facts, 1.0, random.Random(turn)).text for turn in range(number)]


def test_a_spun_copy_is_near_its_source_and_its_siblings() -> None:
    names = ["band-interview", "island-hotel", "star-wedding"]
    copies = {name: list(despin.fingerprints(spins(ARTICLES[name], 3))) for name in names}
    originals = {name: despin.fingerprint(text) for name, text in ARTICLES.items()}
    for name, made in copies.items():
        for copy in made:
            near = sorted(originals, key=lambda other, copy=copy: -copy.similarity(originals[other]))
            assert near[0] == name
            assert copy.similarity(originals[name]) > 0.3 > copy.similarity(originals[near[1]])
            assert all(copy.similarity(sibling) > 0.3 for sibling in made)


def test_restoring_brings_a_copy_nearer() -> None:
    text = ARTICLES["star-wedding"]
    before = after = 0.0
    for copy in spins(text, 5):
        source = despin.fingerprint(text)
        as_found = despin.Fingerprint(min_hash(shingles([copy])[0]))
        before, after = before + as_found.similarity(source), after + despin.fingerprint(copy).similarity(source)
    assert after > before


def test_words_that_no_spinner_touches_count_where_the_others_have_gone() -> None:
    """Names in their order, and not one run of three words the same."""
    one = despin.fingerprint("Sooyoung met Kang and Hwarin saw Minjae so Jiyeon told Sooyoung.")
    other = despin.fingerprint("Sooyoung, then Kang; later Hwarin, perhaps Minjae; but Jiyeon or Sooyoung?")
    stranger = despin.fingerprint("Sooyoung, then Minjae; later Sooyoung, perhaps Jiyeon; but Hwarin or Kang?")
    assert one.similarity(other) > 0.25 > one.similarity(stranger)


@settings(max_examples=60)
@given(TEXTS)
def test_a_text_is_like_itself_and_a_report_changes_nothing(text: str) -> None:
    one = despin.fingerprint(text)
    assert one == despin.fingerprint(text, report=despin.check(text))
    assert hash(one) == hash(despin.fingerprint(text))
    assert one.values.shape == (ROWS,)
    words = bool((one.values != EMPTY).any())
    assert one.similarity(one) == float(words)
    assert words == any(char.isalnum() for char in text) or not text.isascii()


@settings(max_examples=30)
@given(st.lists(st.one_of(TEXTS, st.sampled_from(list(ARTICLES.values()))), max_size=4))
def test_in_a_batch_or_alone(texts: list[str]) -> None:
    together = shingles(texts)
    assert len(together) == len(texts)
    for text, one in zip(texts, together, strict=True):
        assert sorted(one) == sorted(shingles([text])[0])


def test_case_and_marks_of_punctuation_do_not_count() -> None:
    text = ARTICLES["lighthouse"]
    plain = "".join(char if char.isalnum() or char in "'’-" else " " for char in text)
    one = despin.Fingerprint(min_hash(shingles([text.upper()])[0]))
    assert one.similarity(despin.Fingerprint(min_hash(shingles([plain])[0]))) > 0.9


@given(st.sets(st.integers(0, 2**32 - 1), min_size=1, max_size=40), st.sets(st.integers(0, 2**32 - 1), max_size=40))
def test_the_minimum_of_a_union_is_the_lesser_of_the_two(one: set[int], other: set[int]) -> None:
    rows = [np.array(sorted(part), np.uint32) for part in (one, other, one | other)]
    first, second, both = (min_hash(row) for row in rows)
    assert (np.minimum(first, second) == both).all()


def test_a_long_text_is_hashed_in_parts() -> None:
    hashes = np.arange(10_000, dtype=np.uint32)
    assert (min_hash(hashes) == np.minimum(min_hash(hashes[:7000]), min_hash(hashes[5000:]))).all()


def test_what_cannot_be_compared_or_made_is_told() -> None:
    text = ARTICLES["lighthouse"]
    with pytest.raises(ValueError, match="only if seed and number of permutations are the same"):
        despin.fingerprint(text).similarity(despin.fingerprint(text, permutations=64))
    with pytest.raises(ValueError, match="only if seed"):
        despin.fingerprint(text).similarity(despin.fingerprint(text, seed=2))
    with pytest.raises(ValueError, match="of another text"):
        despin.fingerprint(text, report=despin.check("Another."))
    with pytest.raises(ValueError, match="permutations is 0"):
        despin.fingerprint(text, permutations=0)


# --- datasketch ----------------------------------------------------------------------------------------------------


@given(st.sets(st.integers(0, 2**32 - 1), max_size=50), st.integers(0, 5))
def test_values_are_those_of_datasketch(hashes: set[int], seed: int) -> None:
    datasketch = pytest.importorskip("datasketch")
    theirs = datasketch.MinHash(num_perm=ROWS, seed=seed, hashfunc=int, scheme="affine32")
    theirs.update_batch(sorted(hashes))
    ours = min_hash(np.array(sorted(hashes), np.uint32), ROWS, seed)
    assert (theirs.hashvalues == ours).all()
    made = despin.Fingerprint(ours, seed).to_datasketch()
    assert made.jaccard(theirs) == 1.0
    assert (made.permutations == theirs.permutations).all()
