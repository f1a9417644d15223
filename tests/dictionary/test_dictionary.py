"""The dictionary format, the laws of the shipped data (dictionaries/README.md), and the search for phrases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.dictionary.dictionary import MOST_BY_HAND, Dictionary
from despin.dictionary.entry import PRIOR, Entry, parse
from despin.dictionary.errors import DictionaryError
from despin.dictionary.files import Tier, folder
from despin.dictionary.loading import load_files
from despin.dictionary.phrase_trie import PhraseTrie
from despin.text.characters import normalise
from despin.text.hashing import hash_words
from despin.text.tokens import tokenise

# --- format ------------------------------------------------------------------------------------------------------


def loaded(language, names, tier=Tier.PARTIAL):
    return Dictionary.of(load_files(language, names, tier))


def test_a_file_is_read():
    source = parse(
        "#: name: ours\n#: family: toys\n#: source: made up\n\n"
        "after all\talways\t3\t9\tafter all these; after all those\ta note\n"
        "boat\tship\n",
        "ours.tsv",
    )
    assert source.family == "toys"
    assert source.entries == (
        Entry("after all", "always", "toys", 3, 9, ("after all these", "after all those"), "a note"),
        Entry("boat", "ship", "toys"),
    )
    assert [entry.probability for entry in source.entries] == [1 / 3, PRIOR]
    assert source.entries[0].name == "toys:after all"
    assert source.digest.startswith("sha256:")


def test_without_a_header_the_file_names_the_family():
    assert parse("boat\tship\n", "some/where/harbour.tsv").family == "harbour"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("boat", "2 to 6 columns separated by tabs"),
        ("boat ship", "2 to 6 columns"),
        ("a\tb\t1\t2\tc\td\te", "this one has 7"),
        ("boat\t", "must both be there"),
        (" \tship", "must both be there"),
        ("Boat\tboat", "stand for itself"),
        ("women’s\twomen's", "stand for itself"),
        ("boat\tship\t3", "both filled or both empty"),
        ("boat\tship\t\t3", "both filled or both empty"),
        ("boat\tship\t4\t3", "4 of 3"),
        ("boat\tship\t0\t3", "0 of 3"),
        ("boat\tship\t-1\t3", "-1 of 3"),
        ("boat\tship\t1.5\t3", "1.5 of 3"),
        ("boat\tship\tmany\tmore", "many of more"),
    ],
)
def test_a_wrong_line_is_named(line, says):
    with pytest.raises(DictionaryError) as caught:
        parse(f"#: family: toys\nboat\tship\n{line}\n", "ours.tsv")
    assert str(caught.value).startswith("ours.tsv:3: ")
    assert says in str(caught.value)


# --- what is made of it ------------------------------------------------------------------------------------------


def test_entries_become_columns():
    first = parse("boat\tship\t1\t4\nboat\tvessel\t3\t4\nred boat\tcrimson ship\t2\t2\n", "a.tsv")
    second = parse("Boat\tship\t2\t4\nharbour\tport\n", "b.tsv")
    made = Dictionary.of([first, second])
    assert made.families == ("a", "b")
    assert made.digests == {"a": first.digest, "b": second.digest}
    entries = list(made.entries)
    assert len(made) == 4
    assert [entry.spun for entry in entries] == ["boat", "boat", "harbour", "red boat"]
    assert [entry.original for entry in entries] == ["vessel", "ship", "port", "crimson ship"]
    assert made.first_entry.tolist() == [0, 2, 3, 4]
    np.testing.assert_allclose(made.probability, [[0.75, 0], [0.25, 0.5], [0, PRIOR], [1, 0]], rtol=1e-6)
    np.testing.assert_allclose(np.exp(made.log_channel), [0.75, 0.5, PRIOR, 1.0], rtol=1e-6)
    assert [made.entry(1, family).name for family in (0, 1)] == ["a:boat", "b:boat"]
    assert [(made.entry(1, family).seen, made.entry(1, family).of) for family in (0, 1)] == [(1, 4), (2, 4)]
    replaced = {made.original_text[row]: made.replaced[row].tolist() for row in range(4)}
    assert replaced == {
        "vessel": pytest.approx([0.75, 0]), "ship": pytest.approx([0.25, 0.5]),
        "port": pytest.approx([0, PRIOR]), "crimson ship": pytest.approx([0.98, 0]),
    }  # fmt: skip
    for entry, o in zip(entries, made.original.tolist(), strict=True):
        words = made.word[made.first_word[o] : made.first_word[o + 1]]
        assert words.tolist() == tokenise([entry.original]).word.tolist()


def test_a_family_has_a_prior_of_its_own():
    source = parse("#: prior: 0.02\nboat\tship\nboat\tvessel\t3\t4\n", "low.tsv")
    assert [entry.probability for entry in source.entries] == [0.02, 0.75]


def test_what_was_never_counted_is_known_in_part():
    assert not parse("boat\tship\t1\t4\n", "a.tsv").partial
    assert parse("boat\tship\n", "a.tsv").partial
    assert parse("#: partial: yes\nboat\tship\t1\t4\n", "a.tsv").partial
    sources = [parse("boat\tship\n", "a.tsv"), parse("boat\tship\t1\t4\n", "b.tsv")]
    assert Dictionary.of(sources).partial.tolist() == [True, False]


def test_dictionaries_in_reserve_come_when_asked_for(tmp_path):
    (tmp_path / "front.tsv").write_text("boat\tship\n")
    (tmp_path / "back.tsv").write_text("#: family: back\n#: reserve: yes\nboat\tvessel\n")
    names = (str(tmp_path / "front.tsv"), str(tmp_path / "back.tsv"))
    assert loaded("en", names).families == ("front",)
    assert loaded("en", names, Tier.RESERVE).families == ("front", "back")
    assert loaded("en", names, Tier.WHOLE).families == ()


def test_what_was_written_by_hand_never_makes_a_key_sure_to_be_replaced():
    lines = "".join(f"word{letter}\tship\n" for letter in "abcdefghij")
    assert Dictionary.of([parse(lines, "a.tsv")]).replaced.max() == pytest.approx(MOST_BY_HAND)


def test_an_empty_dictionary_finds_nothing():
    made = Dictionary.of([parse("", "empty.tsv")])
    assert len(made) == 0
    assert len(made.spun.find(tokenise(["a boat"]))) == 0


def test_excuses_belong_to_their_entry():
    made = Dictionary.of([parse("boat\tship\nafter all\talways\t\t\tAfter all these\n", "a.tsv")])
    assert made.unless == {0: ("after all these",)}


# --- loading -----------------------------------------------------------------------------------------------------


def test_files_are_loaded_by_path(tmp_path):
    (tmp_path / "ours.tsv").write_text("\ufeffboat\tship\n", encoding="utf-8")
    assert [entry.spun for entry in loaded("en", (str(tmp_path / "ours.tsv"),)).entries] == ["boat"]


@pytest.mark.parametrize("name", ["nowhere", "no/where.tsv"])
def test_a_dictionary_that_is_not_there(name):
    with pytest.raises(DictionaryError, match=r"there is no dictionary .*web"):
        loaded("en", (name,))


@pytest.mark.parametrize("language", ["xx", "", "../en", "."])
def test_a_language_that_is_not_there(language):
    with pytest.raises(DictionaryError, match=r"no data for the language .*en"):
        folder(language)


def test_a_file_that_is_not_utf_8(tmp_path):
    (tmp_path / "ours.tsv").write_bytes(b"boat\tsh\xefp\n")
    with pytest.raises(DictionaryError, match=r"ours\.tsv:1: byte 7 is not UTF-8"):
        loaded("en", (str(tmp_path / "ours.tsv"),))


# --- laws of the shipped data ------------------------------------------------------------------------------------

FILES = sorted(folder("en").glob("*.tsv"))


def test_there_are_some():
    assert "web" in {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestShipped:
    # The laws of the data are asserted by tests/test_validate.py, with the code that users have for their own files.

    def test_the_bytes_are_plain(self, path):
        content = path.read_bytes()
        assert content.endswith(b"\n")
        assert b"\r" not in content
        assert not content.startswith(b"\xef\xbb\xbf")
        content.decode("utf-8")

    def test_every_entry_is_found_in_a_text(self, path):
        made = loaded("en", (path.stem,), Tier.RESERVE)
        names = list(dict.fromkeys(normalise(entry.spun) for entry in made.entries))
        tokens = tokenise(names)
        hits = made.spun.find(tokens)
        whole = np.bincount(tokens.document, minlength=len(names))
        found = {
            int(phrase)
            for first, length, phrase in zip(
                hits.first.tolist(), hits.length.tolist(), hits.phrase.tolist(), strict=True
            )
            if length == whole[tokens.document[first]] and phrase == tokens.document[first]
        }
        assert [names[k] for k in range(len(names)) if k not in found] == []

    def test_probabilities_are_finite(self, path):
        made = loaded("en", (path.stem,), Tier.RESERVE)
        assert all(math.isfinite(value) and value <= 0 for value in made.log_channel.tolist())
        assert (made.replaced > 0).all()
        assert (made.replaced < 1).all()


# --- the search --------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(["a", "b", "c", "d", "'s", "-"])
PHRASES = st.lists(st.lists(WORDS, min_size=1, max_size=4).map(tuple), max_size=8, unique=True)
TEXTS = st.lists(st.lists(st.one_of(WORDS, st.sampled_from(["\n", "`b c`", "A", "B"])), max_size=12), max_size=4)


@given(PHRASES, TEXTS)
def test_the_trie_finds_what_a_plain_search_finds(phrases, texts):
    tokens = tokenise([" ".join(text) for text in texts])
    trie = PhraseTrie.of([hash_words(list(phrase)) for phrase in phrases])
    found = trie.find(tokens)
    keys = [hash_words(list(phrase)).tolist() for phrase in phrases]
    wanted = [
        (at, length, keys.index(tokens.word[at : at + length].tolist()))
        for at in range(len(tokens))
        for length in range(1, 5)
        if at + length <= len(tokens)
        and not tokens.opens[at + 1 : at + length].any()
        and not tokens.protected[at : at + length].any()
        and tokens.word[at : at + length].tolist() in keys
    ]
    assert list(zip(found.first.tolist(), found.length.tolist(), found.phrase.tolist(), strict=True)) == wanted
    assert len(found) == len(wanted)


def test_of_equal_phrases_the_last_counts():
    trie = PhraseTrie.of([hash_words(["a"]), hash_words(["b"]), hash_words(["A"])])
    assert trie.find(tokenise(["a b"])).phrase.tolist() == [2, 1]
