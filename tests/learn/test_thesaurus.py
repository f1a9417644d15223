"""A small WordNet of our own → pairs of forms → a dictionary."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from despin.dictionary.entry import Entry, parse
from despin.dictionary.formats.reading import Severity
from despin.dictionary.validation import validate
from despin.learn.cli import main
from despin.learn.errors import LearningError
from despin.learn.thesaurus import learn as thesaurus
from despin.learn.thesaurus.learn import NAMES, OF, ORIGINALS, features, learn
from despin.learn.thesaurus.near_words import Pairs, offered
from despin.learn.thesaurus.wordnet import Relation, Sense, WordNet, read

# Lines of wndb(5): offset, file number, type, words, pointers; and of the index: word, part, senses, …, offsets.
DATA = {
    "noun": [
        "00000001 06 n 02 boat 0 skiff 0 001 @ 00000002 n 0000 | a small craft",
        "00000002 06 n 02 vessel 0 Titanic 0 002 ~ 00000001 n 0000 ~ 00000003 n 0000 | what floats",
        "00000003 06 n 02 ship 0 full_rigged_old_ship 0 001 @ 00000002 n 0000 | a large craft",
        "00000004 07 n 01 privacy 0 001 + 00000021 a 0101 | being private",
        "00000005 07 n 01 privateness 0 001 + 00000021 a 0101 | being private",
    ],
    "verb": [
        "00000011 36 v 02 build 0 construct 0 000 00 | make",
        "00000012 36 v 02 set_up 0 establish 0 000 00 | found",
    ],
    "adj": [
        "00000021 00 a 01 private 0 002 + 00000004 n 0101 + 00000005 n 0101 | not public",
        "00000022 00 a 01 big 0 002 & 00000023 a 0000 & 00000024 a 0000 | of size",
        "00000023 00 s 01 sizeable(p) 0 001 & 00000022 a 0000 | rather big",
        "00000024 00 s 01 massive 0 001 & 00000022 a 0000 | very big",
        "00000025 00 a 02 quick 0 speedy 0 000 | fast",
    ],
    "adv": [
        "00000031 02 r 01 quickly 0 001 \\ 00000025 a 0101 | with speed",
        "00000032 02 r 01 speedily 0 001 \\ 00000025 a 0102 | with speed",
    ],
}
TAGGED = ["boat%1:06:00:: 1 9", "ship%1:06:00:: 1 20", "big%3:00:00:: 1 50", "sizeable%5:00:00:big:00 1 2"]
FORMS = {
    ("boat", "NNS"): ["boats", "boat"], ("skiff", "NNS"): ["skiffs"], ("vessel", "NNS"): ["vessels"],
    ("ship", "NNS"): ["ships"], ("build", "VBZ"): ["builds"], ("construct", "VBZ"): ["constructs"],
    ("build", "VBD"): ["built"], ("construct", "VBD"): ["constructed"], ("set", "VBZ"): ["sets"],
    ("establish", "VBZ"): ["establishes"], ("big", "JJR"): ["bigger"], ("big", "JJS"): ["biggest"],
}  # fmt: skip
COMMON = {"boat": 5.0, "ship": 5.2, "big": 5.9, "skiff": 2.5, "sizeable": 3.1, "a": 7.0}


def write(folder: Path) -> Path:
    index: dict[str, dict[str, list[int]]] = {name: {} for name in DATA}
    for name, lines in DATA.items():
        for line in lines:
            fields = line.split()
            for word in fields[4 : 4 + 2 * int(fields[3], 16) : 2]:
                index[name].setdefault(word.partition("(")[0].lower(), []).append(int(fields[0]))
        (folder / f"data.{name}").write_text("  1 The licence.\n" + "".join(f"{line}  \n" for line in lines))
        rows = [
            f"{word} {name[0]} {len(offsets)} 0 {len(offsets)} 0 " + " ".join(f"{o:08d}" for o in offsets)
            for word, offsets in sorted(index[name].items())
        ]
        (folder / f"index.{name}").write_text("  1 The licence.\n" + "".join(f"{row}  \n" for row in rows))
    (folder / "cntlist.rev").write_text("".join(f"{line}\n" for line in TAGGED))
    return folder


@pytest.fixture
def wordnet(tmp_path) -> WordNet:
    return read(write(tmp_path))


def zipf(phrase: str) -> float:
    return COMMON.get(phrase, 4.0)


def inflect(lemma: str, tag: str) -> list[str]:
    return FORMS.get((lemma, tag), [])


@pytest.fixture
def pairs(wordnet) -> Pairs:
    return offered(wordnet, zipf, inflect)


def relations(pairs: Pairs) -> dict[tuple[str, str], str]:
    return {pairs.pair(row): Relation(pairs.relation[row]).name for row in range(len(pairs))}


# --- reading -----------------------------------------------------------------------------------------------------


def test_words_senses_and_neighbours_are_read(wordnet):
    assert wordnet.senses["n", "boat"] == [Sense(("n", 1), 1, 9)]
    assert wordnet.senses["a", "sizeable"] == [Sense(("a", 23), 1, 2)]
    assert wordnet.words["v", 12] == ["set up", "establish"]
    assert wordnet.base["r", "speedily"] == ("a", "speedy")
    assert list(wordnet.neighbours(("n", 1), sisters=5)) == [
        (Relation.SAME, ("n", 1)), (Relation.MORE_GENERAL, ("n", 2)), (Relation.SISTER, ("n", 3)),
    ]  # fmt: skip
    assert (Relation.TWIN, ("a", 24)) in list(wordnet.neighbours(("a", 23), sisters=5))


def test_names_and_definitions_are_no_words(wordnet):
    assert wordnet.words["n", 2] == ["vessel"]
    assert wordnet.words["n", 3] == ["ship", "full rigged old ship"][:1]
    assert ("n", "titanic") not in wordnet.senses


def test_without_wordnet_the_way_to_it_is_told(tmp_path):
    with pytest.raises(LearningError, match=r"there is no data\.noun; install WordNet \(Debian: wordnet-base\)"):
        read(tmp_path)


def test_a_damaged_file_is_named_with_its_line(tmp_path):
    write(tmp_path)
    (tmp_path / "data.verb").write_text("  1 The licence.\n00000011 36 v 0x build\n")
    with pytest.raises(LearningError, match=r"data\.verb:2: this is not a line of wndb\(5\)"):
        read(tmp_path)


# --- pairs of forms ----------------------------------------------------------------------------------------------


def test_near_words_in_forms_that_agree(pairs):
    found = relations(pairs)
    assert found["skiff", "boat"] == "SAME"
    assert found["skiffs", "boats"] == "SAME"
    assert found["constructs", "builds"] == "SAME"
    assert found["constructed", "built"] == "SAME"
    assert found["sets up", "establishes"] == "SAME"
    assert found["boats", "vessels"] == "MORE_GENERAL"
    assert found["vessel", "ship"] == "MORE_SPECIAL"
    assert found["boat", "ship"] == "SISTER"
    assert found["massive", "sizeable"] == "TWIN"
    assert found["more sizeable", "bigger"] == "SIMILAR"
    assert found["most massive", "biggest"] == "SIMILAR"
    assert found["speedily", "quickly"] == "ADVERB"
    assert found["privateness", "privacy"] == "KIN"


def test_forms_that_do_not_agree_are_no_pair(pairs):
    found = relations(pairs)
    assert not {("skiffs", "boat"), ("skiff", "boats"), ("constructs", "build"), ("boat", "boats")} & found.keys()
    assert all(spun != original for spun, original in found)


def test_a_sense_that_is_usual_has_a_large_share(pairs):
    row = next(row for row in range(len(pairs)) if pairs.pair(row) == ("skiff", "boat"))
    np.testing.assert_allclose(pairs.shares[row], [1, 1, 1, 1])


def test_rare_originals_and_the_commonest_spun_words_are_left_out(wordnet):
    rare = offered(wordnet, lambda phrase: 1.5, inflect)
    assert len(rare) == 0
    common = offered(wordnet, lambda phrase: 6.5 if phrase == "big" else 4.0, inflect)
    assert {spun for spun, _ in relations(common)}.isdisjoint({"big", "bigger"})


# --- the fit -----------------------------------------------------------------------------------------------------


def many() -> Pairs:
    """Each of 600 spun words has a synonym and 11 sisters."""
    rng = np.random.default_rng(5)
    names = [f"spun{chr(97 + k % 26)}{chr(97 + k // 26)}" for k in range(600)]
    meant = [f"word{chr(97 + k % 26)}{chr(97 + k // 26)}" for k in range(300)]
    phrases = sorted(names + meant)
    spun = np.repeat([phrases.index(name) for name in names], 12).astype(np.int32)
    original = np.concatenate([rng.choice(300, 12, replace=False) for _ in names])
    original = np.array([phrases.index(meant[k]) for k in original.tolist()], np.int32)
    relation = np.tile([Relation.SAME] + [Relation.SISTER] * 11, 600).astype(np.uint8)
    zipfs = np.array([4.0] * len(phrases), np.float32)
    size = len(spun)
    return Pairs(
        tuple(phrases), zipfs, spun, original, relation, np.zeros(size, np.uint8), np.ones((size, 4), np.float32)
    )


def example(pairs: Pairs) -> list[Entry]:
    """A spinner that puts synonyms nine times in ten, the first sister else."""
    rows = [row for row in range(len(pairs)) if row % 12 < 2]
    return [Entry(*pairs.pair(row), "toy", 9 if row % 12 == 0 else 1, 100) for row in rows]


def test_what_the_example_shows_is_fitted_and_held_out():
    pairs = many()
    lines, account = learn(pairs, example(pairs), 10_000_000)
    assert account.weights["relation same"] > account.weights["relation sister"] + 2
    assert account.first == 1.0
    assert account.known == 1200
    assert account.covered == 1.0
    by_spun: dict[str, list[tuple[int, str]]] = {}
    for line in lines:
        by_spun.setdefault(line.spun, []).append((line.seen, line.original))
    assert max(map(len, by_spun.values())) == ORIGINALS
    best = {pairs.pair(row)[0]: pairs.pair(row)[1] for row in range(0, len(pairs), 12)}
    assert sum(max(found)[1] == best[spun] for spun, found in by_spun.items()) > 0.95 * len(by_spun)


def test_what_became_of_an_original_adds_up_to_no_more_than_there_was():
    pairs = many()
    seen: dict[str, int] = {}
    for line in learn(pairs, example(pairs), 10_000_000)[0]:
        assert 0 < line.seen <= line.of == OF
        seen[line.original] = seen.get(line.original, 0) + line.seen
    assert max(seen.values()) <= OF


@pytest.mark.parametrize("size", [0, 1000, 20_000])
def test_the_likeliest_pairs_come_first_where_there_is_no_room_for_all(size):
    pairs = many()
    lines, _ = learn(pairs, example(pairs), size)
    assert sum(len(f"{line.spun}\t{line.original}\t{line.seen}\t{line.of}\n") for line in lines) <= size
    synonyms = {pairs.pair(row) for row in range(0, len(pairs), 12)}
    if size == 1000:
        assert lines
        assert sum((line.spun, line.original) in synonyms for line in lines) == len(lines)


def test_an_example_that_has_nothing_to_do_with_it():
    with pytest.raises(LearningError, match="too little in common with WordNet"):
        learn(many(), [Entry("boat", "ship", "toy", 1, 2)], 10_000)


def test_there_is_a_name_for_each_feature(pairs):
    table = features(pairs, np.arange(len(pairs)))
    assert table.shape == (len(pairs), len(NAMES))
    assert np.isfinite(table).all()


# --- the command -------------------------------------------------------------------------------------------------


def test_the_command_writes_a_dictionary_that_breaks_no_law(tmp_path, monkeypatch, capsys):
    pytest.importorskip("lemminflect")
    monkeypatch.setattr(thesaurus, "MIN_GROUPS", 1)
    example = tmp_path / "toy.tsv"
    example.write_text(
        "skiff\tboat\t3\t9\nconstructs\tbuilds\t2\t9\nconstructed\tbuilt\t1\t4\nspeedily\tquickly\t1\t4\n"
    )
    output = tmp_path / "thesaurus.tsv"
    assert main(["thesaurus", str(example), "-o", str(output), "--wordnet", str(write(tmp_path))]) == 0
    assert "wrote" in capsys.readouterr().err
    source = parse(output.read_text(), "thesaurus.tsv")
    assert (source.family, source.partial, source.reserve) == ("thesaurus", True, True)
    assert ("skiffs", "boats") in {(entry.spun, entry.original) for entry in source.entries}
    _, problems = validate(output.read_bytes(), "thesaurus.tsv")
    assert [problem for problem in problems if problem.severity is Severity.ERROR or problem.line] == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["toy.tsv", "-o", "no/where.tsv"], "no: no such folder; make it first"),
        (["toy.tsv", "-o", "toy.tsv"], "toy.tsv: this is EXAMPLE; write the dictionary to another file"),
        (["bad.tsv", "-o", "x.tsv"], "bad.tsv:1: a line has 2 to 6 columns"),
        (["latin.tsv", "-o", "x.tsv"], "latin.tsv: byte 0 is not UTF-8"),
        (["toy.tsv", "-o", "x.tsv", "--max-bytes", "3"], "--max-bytes 3: too little"),
        (["none.tsv", "-o", "x.tsv"], "none.tsv: No such file"),
        (["toy.tsv", "-o", "x.tsv", "--wordnet", "empty"], "there is no data.noun; install WordNet"),
    ],
)
def test_what_is_wrong_is_told(arguments, says, tmp_path, monkeypatch, capsys):
    pytest.importorskip("lemminflect")
    monkeypatch.chdir(tmp_path)
    Path("toy.tsv").write_text("skiff\tboat\t3\t9\n")
    Path("bad.tsv").write_text("skiff\n")
    Path("latin.tsv").write_bytes(b"\xe9\tboat\n")
    assert main(["thesaurus", *arguments]) == 2
    assert says in capsys.readouterr().err
