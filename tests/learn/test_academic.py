"""Listed tortured phrases → cells, blocks, entries and proposals; on a made-up list."""

import io
import itertools
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.dictionary.entry import parse
from despin.learn.academic.learn import FEWEST_CLOSED, base_form, blend, block_counts, learn, parts
from despin.learn.academic.monotone import SHAPES, Aligner
from despin.learn.academic.terms import MOST_VARIANTS, Listed, clean, clean_spun, read
from despin.learn.cli import main
from despin.learn.dictionary.learn import render

# A maker of tortured phrases who always puts the same words, and phrases of two and three of them.
PUT = {
    "sea": "ocean", "wall": "partition", "gate": "entryway", "stone": "pebble", "light": "illumination",
    "house": "lion's den", "watch": "take a look at", "bird": "fowl", "path": "track", "salt": "salt",
}  # fmt: skip


def made_up() -> list[str]:
    return [
        f"{' '.join(PUT[word] for word in words)}\t{' '.join(words)}\t{k}"
        for k, words in enumerate(
            [*itertools.permutations(PUT, 2), *itertools.islice(itertools.permutations(PUT, 3), 40)]
        )
    ]


def forms(word: str) -> tuple[tuple[str, str], ...]:
    """Nouns, and nothing irregular."""
    return (("NNS", word[:-1]),) if word.endswith("s") and word != "lion's" else (("NN", word),)


def inflect(lemma: str, tag: str) -> tuple[str, ...]:
    return (lemma + "s" if tag == "NNS" else lemma,) if tag.startswith("NN") else ()


# --- cells -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "like", "terms"),
    [
        ("tidal sea wall (TSW)", "", ["tidal sea wall"]),
        ("TSW (Tidal Sea Wall)", "", ["Tidal Sea Wall", "TSW"]),
        ("[tidal] sea wall", "", ["sea wall", "tidal sea wall"]),
        ("tidal sea (wall)", "", ["tidal sea", "tidal sea wall"]),
        ("tidal sea wall (tsw)", "", ["tidal sea wall"]),
        ("sea wall(s)", "", ["sea wall", "sea walls"]),
        ("sea wall (?)", "", ["sea wall"]),
        ("sea wall ?", "", ["sea wall"]),
        ("sea gate (a part of a lock)", "", ["sea gate"]),
        ("sea gate (or possibly \"lock gate\")", "", ["sea gate", "lock gate"]),
        ("sea/lock gate", "", ["sea gate", "lock gate"]),
        ("sea/lock gate", "ocean/bolt entryway", ["sea/lock gate"]),
        ("sea wall / lock gate", "", ["sea wall", "lock gate"]),
        ("sea wall or lock gate", "", ["sea wall", "lock gate"]),
        ("sea wall or lock gate", "ocean partition or bolt entryway", ["sea wall or lock gate"]),
        ("blocks, is in the way", "", ["blocks", "is in the way"]),
        ("wall, gate, and path", "partition, entryway, and track", ["wall, gate, and path"]),
        (r"\"sea wall (SW)\"", "", ["sea wall"]),
        ("(?)", "", []),
        ("", "", []),
    ],
)  # fmt: skip
def test_a_cell_is_read_without_its_remarks(cell, like, terms):
    assert clean(cell, like) == terms


def test_a_phrase_loses_its_abbreviation_and_nothing_else():
    assert clean_spun("tidal ocean partition (TOP)") == "tidal ocean partition"
    assert clean_spun("ocean partition (for fowl)") == "ocean partition for fowl"


@given(st.text(alphabet='ab AB()[]/,;?"\\or', max_size=40), st.text(alphabet="ab /,or", max_size=10))
def test_any_cell_is_read_and_gives_few_terms_with_a_letter(cell, like):
    terms = clean(cell, like)
    assert len(terms) <= MOST_VARIANTS
    assert len(set(terms)) == len(terms)
    assert all(any(map(str.isalpha, term)) and term == " ".join(term.split()) for term in terms)
    read([f"{like}\t{cell}\t1"])


def test_lines_without_a_phrase_or_a_term_are_counted():
    listed, dropped = read(
        ["#: a list", "tortured\texpected\tpapers", "ocean partition\tsea wall\t12", "a\t(?)", "\tb", "c\tc"]
    )
    assert listed == [Listed(("ocean", "partition"), (("sea", "wall"),), 12)]
    assert dropped == 3


def test_the_reading_to_align_with_is_as_long_as_the_phrase():
    assert Listed(("a", "b"), (("c",), ("c", "d"))).term == ("c", "d")


# --- blocks ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def toy():
    listed, _ = read(made_up())
    aligner = Aligner([(one.spun, one.term) for one in listed], lambda word: base_form(word, forms))
    return listed, aligner


def test_the_makers_habits_are_recovered(toy):
    listed, aligner = toy
    found = Counter(block for one in listed for block in aligner.align(one.spun, one.term))
    for word, put in PUT.items():
        if len(put.split()) < 4:
            alike = [(spun, number) for (spun, original), number in found.items() if original == (word,)]
            best = max(alike, key=lambda pair: pair[1])[0]
            assert " ".join(best).replace(" 's", "'s") == put


WORDS = st.lists(st.sampled_from(["ocean", "sea", "fowl", "the", "-", "bird", "fowls"]), min_size=1, max_size=6).map(
    tuple
)


@given(WORDS, WORDS)
def test_blocks_are_a_cut_of_both_phrases(toy, spun, original):
    blocks = toy[1].align(spun, original)
    if blocks:
        assert tuple(word for one, _ in blocks for word in one) == spun
        assert tuple(word for _, two in blocks for word in two) == original
        assert all((len(one), len(two)) in SHAPES for one, two in blocks)
    else:
        assert len(spun) > 3 * len(original) or len(original) > 3 * len(spun)


def test_expected_counts_are_of_all_words(toy):
    listed, aligner = toy
    spun = sum(number * len(block[0]) for block, number in aligner.counts.items())
    assert spun == pytest.approx(sum(len(one.spun) for one in listed), rel=0.01)


def test_parts_share_no_term(toy):
    _, aligner = toy
    plural = [Listed(("fowls", "track"), (("birds", "path"),)), Listed(("fowl", "track"), (("bird", "path"),))]
    groups = parts([(one, aligner.align(one.spun, one.term)) for one in plural], lambda word: base_form(word, forms))
    assert sum(map(bool, groups)) == 1


# --- entries ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def learned():
    return learn(read(made_up())[0], forms, inflect)


def test_entries_are_the_habits_and_their_other_forms(learned):
    pairs = {(one.spun, one.original) for one in learned.entries}
    assert {("ocean", "sea"), ("fowl", "bird"), ("lion's den", "house")} <= pairs
    assert ("fowls", "birds") in pairs
    assert not any("salt" in pair for pair in pairs if pair[0] == pair[1])


def test_counts_are_of_distinct_phrases(learned):
    listed = [words for line in made_up() for words in [line.split("\t")[1].split()]]
    entry = next(one for one in learned.entries if (one.spun, one.original) == ("ocean", "sea"))
    assert entry.seen == sum("sea" in words for words in listed)


def test_the_laws_of_the_data_hold(learned):
    became = defaultdict(int)
    for one in learned.entries:
        assert 0 < one.seen <= one.of
        became[one.original, one.of] += one.seen
    assert all(number <= of for (_, of), number in became.items())
    lines = render(learned.entries, {"family": "academic", "partial": "yes"})
    assert len(parse(lines, "academic.tsv").entries) == len(learned.entries)
    assert [(one.spun, one.original) for one in learned.entries] == sorted(
        (o.spun, o.original) for o in learned.entries
    )


def test_a_phrase_listed_once_is_no_entry_as_a_whole():
    rows = [*made_up(), "cold pickle\tnorthern harbour"]
    pairs = {(one.spun, one.original) for one in learn(read(rows)[0], forms, inflect).entries}
    assert ("cold pickle", "northern harbour") not in pairs


def test_function_words_need_more_than_one_witness():
    rows = [*made_up(), "partition beyond\twall of"]
    pairs = {(one.spun, one.original) for one in learn(read(rows)[0], forms, inflect).entries}
    assert FEWEST_CLOSED > 1
    assert ("beyond", "of") not in pairs


# --- proposals -------------------------------------------------------------------------------------------------------


def test_counts_outweigh_similarity_where_there_are_many():
    listed, _ = read(["ocean partition\tsea wall", "ocean track\tsea path", "ocean entryway\tsea gate"])
    aligned = [(one, list(zip(((w,) for w in one.spun), ((w,) for w in one.term), strict=True))) for one in listed]
    table = blend({"ocean": {"ocean": 0.5, "lake": 0.5}, "pond": {"lake": 0.75, "pond": 0.25}}, aligned)
    assert table["pond"] == pytest.approx({"lake": 0.75, "pond": 0.25})
    assert table["ocean"]["sea"] > table["ocean"]["lake"] > 0
    assert sum(table["ocean"].values()) == pytest.approx(1)
    assert block_counts(aligned)[("ocean",), ("sea",)] == 3


def test_a_similar_word_is_proposed_for_one_that_was_never_seen():
    pytest.importorskip("scipy")
    pytest.importorskip("sklearn")
    from despin.learn.academic.vectors import learn as learn_vectors

    # *waters* stands where *ocean* stands, so it is proposed to stand for what *ocean* stands for.
    places = ["warm", "deep", "salty", "blue", "rough", "wide"]
    text = [f"the {place} {noun} was calm at night" for place in places for noun in ("ocean", "waters", "sea")] * 12
    text += [f"they built a {kind} {noun} of clay" for kind in ("high", "thick") for noun in ("wall", "partition")] * 16
    words = sorted({word for line in text for word in line.split()} | set(PUT))
    vectors = learn_vectors(words, frozenset(), text, [], size=8)
    assert vectors.vectors.shape == (len(vectors.words), min(8, len(vectors.words)))
    row = {word: vectors.vectors[k] for k, word in enumerate(vectors.words)}
    assert row["ocean"] @ row["waters"] > row["ocean"] @ row["partition"]

    found = learn(read(made_up())[0], forms, inflect, vectors, ({"fowl": {"bird": 1.0}},)).proposals
    assert sum(found["ocean"].values()) <= 1 + 1e-9
    assert max(found["ocean"], key=found["ocean"].__getitem__) == "sea"
    assert found["waters"]["sea"] > found["waters"].get("wall", 0.0)


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_writes_a_dictionary(tmp_path, capsys):
    pytest.importorskip("lemminflect")
    phrases = tmp_path / "phrases.tsv"
    phrases.write_text("\n".join(["tortured\texpected\tpapers", *made_up()]), encoding="utf-8")
    assert main(["academic", str(phrases), "-o", str(tmp_path / "mine.tsv"), "--licence", "CC0"]) == 0
    source = parse((tmp_path / "mine.tsv").read_text(encoding="utf-8"), "mine.tsv")
    assert source.family == "mine"
    assert source.partial
    assert ("ocean", "sea") in {(one.spun, one.original) for one in source.entries}
    said = capsys.readouterr()
    assert said.out == ""
    assert "entries" in said.err


def test_with_texts_it_proposes_too(tmp_path):
    pytest.importorskip("lemminflect")
    pytest.importorskip("scipy")
    pytest.importorskip("sklearn")
    from despin.dictionary.proposals import Proposals

    (tmp_path / "phrases.tsv").write_text("\n".join(made_up()), encoding="utf-8")
    (tmp_path / "papers.txt").write_text("the sea and the ocean and the wall of the house\n" * 60, encoding="utf-8")
    arguments = ["academic", str(tmp_path / "phrases.tsv"), "-o", str(tmp_path / "mine.tsv"), "--quiet"]
    arguments += ["--papers", str(tmp_path / "papers.txt"), "--vectors", str(tmp_path / "kept.npz")]
    assert main(arguments) == 0
    first = (tmp_path / "mine.npz").read_bytes()
    assert Proposals.load(tmp_path / "mine.npz").of("ocean")["sea"] > 0.5
    (tmp_path / "papers.txt").unlink()  # the vectors were kept
    assert main(arguments) == 0
    assert (tmp_path / "mine.npz").read_bytes()[:4] == first[:4]


@pytest.mark.parametrize(
    ("content", "more", "says"),
    [
        ("nothing here\n", [], "no phrase with its term"),
        ("a b\tc d\n", ["--like", "x.tsv"], "need --papers"),
        ("a b\tc d\n", ["--source", "two\nlines"], "must be one line"),
    ],
)
def test_wrong_input_is_a_sentence(tmp_path, capsys, content, more, says):
    phrases = tmp_path / "phrases.tsv"
    phrases.write_text(content, encoding="utf-8")
    assert main(["academic", str(phrases), "-o", str(tmp_path / "mine.tsv"), *more]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "mine.tsv").exists()


def test_the_list_is_not_overwritten(tmp_path, capsys):
    phrases = tmp_path / "phrases.tsv"
    phrases.write_text("a b\tc d\n", encoding="utf-8")
    assert main(["academic", str(phrases), "-o", str(phrases)]) == 2
    assert "one of the inputs" in capsys.readouterr().err


def test_vectors_of_another_kind_are_refused(tmp_path, capsys):
    pytest.importorskip("lemminflect")
    (tmp_path / "phrases.tsv").write_text("ocean partition\tsea wall\n", encoding="utf-8")
    data = io.BytesIO()
    np.savez(data, other=np.zeros(3))
    (tmp_path / "kept.npz").write_bytes(data.getvalue())
    arguments = ["academic", str(tmp_path / "phrases.tsv"), "-o", str(tmp_path / "mine.tsv")]
    assert main([*arguments, "--vectors", str(tmp_path / "kept.npz")]) == 2
    assert "no word vectors" in capsys.readouterr().err
