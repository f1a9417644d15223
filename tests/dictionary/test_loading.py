"""Dictionaries of users, as the pipeline gets them: any format, by all laws, with what their entries ask of a text."""

import numpy as np
import pytest

from despin import Config
from despin.decoding.candidates import candidates
from despin.dictionary.dictionary import Dictionary
from despin.dictionary.errors import DictionaryError
from despin.dictionary.files import digests, folder
from despin.dictionary.loading import parse_files, users
from despin.language_model.model_file import open_model
from despin.runtime import compiled, knowledge
from despin.text.tokens import tokenise

MODEL = open_model(folder("en") / "model.ngrams")
TABLE = b"""query,expected
"glass harbour" AND "ferry",mirror dock
"tall sand" NEAR/2 "lighthouse",dune
"grey milk" NOT "cow",fog
"old rain",dew
"""


def offered(dictionary: Dictionary, *texts: str) -> list[set[str]]:
    """The originals that are candidates in each of `texts`."""
    tokens = tokenise(texts)
    found = candidates(tokens, dictionary, MODEL)
    rows = np.flatnonzero(found.arcs.entry >= 0)
    return [
        {
            dictionary.entry(row).original
            for row in found.arcs.entry[rows][found.document[found.arcs.start[rows]] == text].tolist()
        }
        for text in range(len(texts))
    ]


@pytest.mark.parametrize(
    ("text", "originals"),
    [
        ("The glass harbour was empty.", set()),
        ("The glass harbour was empty. We took the ferry.", {"mirror dock"}),
        ("The tall sand by the lighthouse moved.", {"dune"}),
        ("The tall sand was there, far from any lighthouse.", set()),
        ("A grey milk lay over the old rain.", {"fog", "dew"}),
        ("A grey milk from a cow, and old rain.", {"dew"}),
    ],
)
def test_an_entry_counts_where_its_condition_holds(text, originals):
    dictionary = Dictionary.of([users("ours.csv", TABLE)])
    assert offered(dictionary, text) == [originals]
    # Nothing of another text in the batch counts.
    assert offered(dictionary, "The ferry and the lighthouse, and a cow.", text, "One ferry.") == [
        set(),
        originals,
        set(),
    ]


def test_who_knows_a_pair_without_a_condition_lifts_it():
    plain = users("plain.tsv", b"glass harbour\tmirror dock\n")
    for sources in ([users("ours.csv", TABLE), plain], [plain, users("ours.csv", TABLE)]):
        assert offered(Dictionary.of(sources), "The glass harbour.", "Grey milk of a cow.") == [{"mirror dock"}, set()]


def test_conditions_outlive_the_cache(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_bytes(TABLE)
    for _ in range(2):
        dictionary, _ = compiled.load("en", (str(path),), MODEL)
        assert len(dictionary.conditions) == 3
        compiled._load.cache_clear()


def test_a_file_that_changed_is_read_again(tmp_path):
    path = tmp_path / "ours.txt"
    config = Config(dictionaries=(str(path),))
    for content, original in (("fog|grey milk\n", "fog"), ("mist|grey milk\n", "mist"), ("{dew|grey milk}\n", "dew")):
        path.write_text(content)
        assert [entry.original for entry in knowledge.load_data(config)[0].entries] == [original]
        assert knowledge.notices(config)[0].startswith(f"{path}: read as ")


def test_a_file_that_breaks_a_law_is_refused():
    with pytest.raises(
        DictionaryError, match=r"ours\.tsv:1: .* is also a spun phrase \(line 2\).*\(1 more: despin --val"
    ):
        users("ours.tsv", b"boat\tship\nship\tboat\n")


def test_what_was_left_out_is_told_and_no_more_than_ten_times():
    content = "fog|grey milk\n" + "".join(f"fo{'o' * n}g|...\n" for n in range(30))
    told = users("ours.txt", content.encode()).notices
    assert told[0] == "ours.txt: read as a spinner's thesaurus, word|alternative|alternative: 1 entry"
    assert told[1].startswith("ours.txt:2: warning: ")
    assert told[-1] == "ours.txt: 20 more warnings; see them with: despin --validate ours.txt"
    assert len(told) == 12
    assert users("ours.tsv", b"boat\tship\n").notices == ()


@pytest.mark.parametrize("partial", ["", "#: partial: yes\n"])
def test_a_header_says_the_same_in_a_file_of_users(tmp_path, partial):
    content = f"{partial}#: family: ours\n#: reserve: yes\nboat\tship\t3\t4\n".encode()
    source = users("ours.tsv", content)
    assert (source.family, source.partial, source.reserve) == ("ours", bool(partial), True)


def test_two_files_of_one_family_both_have_a_digest(tmp_path):
    paths = [tmp_path / "a.tsv", tmp_path / "b.tsv"]
    for path in paths:
        path.write_text(f"#: family: ours\n{path.stem}\tc\n")
    assert set(digests(paths)) == {"ours", str(paths[1])}


def test_shipped_files_are_not_held_to_laws_again():
    path = folder("en") / "web.tsv"
    [source] = parse_files([(path, b"boat\tship\nship\tboat\n")])
    assert len(source.entries) == 2
