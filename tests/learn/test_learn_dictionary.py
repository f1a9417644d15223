"""The dictionary learner against a toy spinner whose thesaurus is known, and the command around it."""

from __future__ import annotations

import gzip
import json
import lzma
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.dictionary.entry import parse
from despin.dictionary.formats.detect import written
from despin.learn.cli import main
from despin.learn.dictionary import graph, segment
from despin.learn.dictionary.align import align
from despin.learn.dictionary.graph import Differences
from despin.learn.dictionary.learn import Account, Learned, learn, render
from despin.learn.dictionary.spans import Row, ranges
from despin.text.tokens import tokenise

# What a key may become. Keys inside longer ones, insertions, neighbours that glue, a substitute with two origins.
THESAURUS = {
    ("a", "new"): ["a brand new"],
    ("use",): ["make use of", "employ"],
    ("because", "of"): ["due to"],
    ("because",): ["as a result of", "since"],
    ("young",): ["youthful", "younger"],
    ("people",): ["individuals", "folks"],
    ("was", "able", "to"): ["used to be capable of"],
    ("big",): ["large", "massive"],
    ("large",): ["huge"],
    ("school",): ["college"],
    ("no", "longer"): ["not"],
    ("we", "all"): ["all of us"],
    ("it", "'s"): ["it is"],
}
WORDS = """
    the boat mayor river bridge quiet market garden window yellow paper seven lamp table over under beside often
    walked sang carried painted found new to of all able long green a 's
"""
PLAIN = WORDS.split()


def sentence(rng: random.Random) -> list[str]:
    words: list[str] = []
    while len(words) < 12:
        if rng.random() < 0.15:
            words += rng.choice(list(THESAURUS))
            if rng.random() < 0.3:  # a neighbour, so that the two stand in one block
                words += rng.choice(list(THESAURUS))
        else:
            words.append(rng.choice(PLAIN))
    return words


def spin(words: list[str], chosen: dict[tuple[str, ...], str], counts: Counter[tuple[str, str]]) -> list[str]:
    """`words` with every key replaced as `chosen` says, the longest one at a place first."""
    result, at = [], 0
    while at < len(words):
        key = next((k for n in (3, 2, 1) if (k := tuple(words[at : at + n])) in chosen and len(k) == n), None)
        if key:
            counts[chosen[key], written(key)] += 1
            result.append(chosen[key])
            at += len(key)
        else:
            result.append(words[at])
            at += 1
    return result


def corpus(documents: int) -> tuple[list[tuple[str, str]], Counter[tuple[str, str]]]:
    """Pairs of texts, one substitute a key and document, and how often each was put."""
    rng, counts, pairs = random.Random(7), Counter[tuple[str, str]](), []
    for _ in range(documents):
        chosen = {key: rng.choice(substitutes) for key, substitutes in THESAURUS.items()}
        lines = [sentence(rng) for _ in range(6)]
        spun = [spin(words, chosen, counts) for words in lines]
        pairs.append(tuple("\n".join(written(" ".join(words).split()) + "." for words in s) for s in (lines, spun)))
    return pairs, counts


@pytest.fixture(scope="module")
def toy() -> tuple[list[tuple[str, str]], Counter[tuple[str, str]], list[Learned], Account]:
    pairs, counts = corpus(400)
    return pairs, counts, *learn(pairs)


def test_the_keys_of_the_toy_spinner_are_recovered(toy):
    _, counts, entries, _ = toy
    learned = {(entry.spun, entry.original): entry.seen for entry in entries}
    assert counts.keys() <= learned.keys()


def test_so_are_the_counts(toy):
    _, counts, entries, _ = toy
    of = Counter[str]()
    for (_, original), seen in counts.items():
        of[original] += seen
    for entry in entries:
        if (entry.spun, entry.original) in counts:
            assert entry.seen == pytest.approx(counts[entry.spun, entry.original], rel=0.1), entry
            assert entry.of == pytest.approx(of[entry.original], rel=0.1), entry


def test_hardly_anything_else_is_found(toy):
    _, counts, entries, _ = toy
    other = [entry for entry in entries if (entry.spun, entry.original) not in counts]
    assert sum(entry.seen for entry in other) <= 0.02 * counts.total(), other


def test_the_account_counts_what_was_found(toy):
    pairs, _, entries, account = toy
    assert account.pairs == len(pairs)
    assert account.entries == len(entries)
    assert account.originals == len({entry.original for entry in entries})
    assert account.spun == len({entry.spun for entry in entries})
    single = [n for n in Counter(entry.spun for entry in entries).values() if n == 1]
    assert account.single_origin == len(single)
    assert account.blocks > account.distinct > 0
    assert account.unexplained == 0


def test_the_order_of_the_pairs_hardly_matters(toy):
    pairs, _, entries, _ = toy
    other = {(entry.spun, entry.original): entry for entry in learn(pairs[::-1])[0]}
    assert other.keys() == {(entry.spun, entry.original) for entry in entries}
    for entry in entries:  # where two ways through a block are alike, the first one is taken
        assert other[entry.spun, entry.original].seen == pytest.approx(entry.seen, abs=2)


def test_texts_that_have_nothing_in_common_are_left_out():
    _, account = learn([("one two three four", "five six seven eight"), ("", "a b"), ("a b c", "a b d")])
    assert account.pairs == 1
    assert sorted(account.skipped.values()) == [1, 1]


def test_what_was_seen_once_is_no_entry():
    assert learn([("a red house stood there", "a crimson house stood there")])[0] == []


# --- the steps ---------------------------------------------------------------------------------------------------


def blocks(original: str, spun: str) -> list[tuple[str, str]]:
    found = align([(original, spun)])
    words = np.array(found.words)

    def phrase(row: Row, first: np.int64, length: np.int64) -> str:
        return " ".join(words[list(row.phrase(int(first), int(length)))])

    b = found.blocks
    return [
        (phrase(found.text, b.first[k], b.length[k]), phrase(b.spun, b.spun_first[k], b.spun_length[k]))
        for k in range(len(b))
    ]


@pytest.mark.parametrize(
    ("original", "spun", "found"),
    [
        ("He saw the big boat.", "He saw the large boat.", [("big", "large")]),
        ("He saw a new boat.", "He saw a brand new boat.", [("", "brand")]),
        ("It was very old now.", "It was old now.", [("very", "")]),
        ("They use it every day.", "They make use of it every day.", [("use", "make use of")]),
        ("He was able to swim.", "He used to be capable of swim.", [("was able to", "used to be capable of")]),
        ("Big red boat there", "large red craft there", [("big", "large"), ("boat", "craft")]),
        ("First line ends\nnext line", "First row ends\nnext line", [("line", "row")]),
        ("the same words", "the same words", []),
    ],
)
def test_blocks(original, spun, found):
    assert blocks(original, spun) == found


def test_a_long_difference_is_left_out():
    rest = " ".join(f"word{k}" for k in range(40))
    found = align([(rest, rest + " " + " ".join(f"more{k}" for k in range(20)))])
    assert len(found.blocks) == 0
    assert list(found.skipped.values()) == [1]


def every_way(original: tuple[int, ...], spun: tuple[int, ...]) -> Iterable[list[tuple[int, int, int, int]]]:
    """All monotone segmentations, slowly."""

    def on(i: int, k: int) -> Iterable[list[tuple[int, int, int, int]]]:
        if i == len(original) and k == len(spun):
            yield []
        for j in range(i + 1, min(len(original), i + graph.MAX_ORIGINAL) + 1):
            for m in range(k + 1, min(len(spun), k + graph.MAX_SPUN) + 1):
                if j - i == m - k > 1 and original[i:j] == spun[k:m]:
                    continue
                for rest in on(j, m):
                    yield [(i, j, k, m), *rest]

    return on(0, 0)


PHRASES = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


@given(st.lists(st.tuples(PHRASES, PHRASES, st.integers(1, 3)), min_size=1, max_size=5, unique_by=lambda b: b[:2]))
def test_expected_counts_are_those_of_all_ways(found):
    originals, spun = ([side for block in found for side in block[row]] for row in (0, 1))
    sizes = np.array([[len(a), len(b)] for a, b, _ in found], np.int64)
    first = np.cumsum(sizes, axis=0) - sizes
    counts = np.array([count for _, _, count in found], np.int64)
    rows = [Row(np.array(ids, np.int32)) for ids in (originals, spun)]
    differences = Differences(*rows, first[:, 0], sizes[:, 0], first[:, 1], sizes[:, 1], counts)
    arcs, pairs = graph.build(differences)
    chance = np.random.default_rng(3).uniform(0.1, 1, pairs.numbers)
    chance[pairs.kept], chance[pairs.never] = 1, 0
    expected = segment._expectation(arcs, chance, counts.astype(float))

    number = {}
    for row in range(len(pairs)):
        original = rows[0].phrase(int(pairs.first[row]), int(pairs.length[row]))
        number[original, rows[1].phrase(int(pairs.spun_first[row]), int(pairs.spun_length[row]))] = row
    wanted = np.zeros(pairs.numbers)
    for a, b, count in found:

        def named(cell: tuple[int, int, int, int], a: tuple[int, ...] = a, b: tuple[int, ...] = b) -> int:
            left, right = a[cell[0] : cell[1]], b[cell[2] : cell[3]]
            if left == right:
                return pairs.kept
            return number.get((left, right), pairs.alone(len(left) + len(right)))

        ways = [[named(cell) for cell in way] for way in every_way(a, b)]
        weights = [float(np.prod(chance[way])) for way in ways]
        for way, weight in zip(ways, weights, strict=True):
            for one in way:
                wanted[one] += count * weight / sum(weights)
    np.testing.assert_allclose(expected, wanted)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=8))
def test_ranges(found):
    first, length = (np.array([pair[side] for pair in found], np.int64) for side in (0, 1))
    assert ranges(first, length).tolist() == [k for a, n in found for k in range(a, a + n)]


@given(st.lists(st.integers(0, 3), min_size=4, max_size=30), st.data())
def test_a_row_counts_its_phrases(ids, data):
    row = Row(np.array(ids, np.int32))
    spans = st.tuples(st.integers(0, len(ids) - 3), st.integers(1, 3))
    first, length = np.array(data.draw(st.lists(spans, min_size=1, max_size=6)), np.int64).T
    for count, a, n in zip(row.counts(first, length).tolist(), first.tolist(), length.tolist(), strict=True):
        whole = sum(ids[k : k + n] == ids[a : a + n] for k in range(len(ids) - n + 1))
        around = sum((ids + ids)[k : k + n] == ids[a : a + n] for k in range(len(ids) - n + 1, len(ids)))
        assert whole <= count <= whole + around  # a phrase may wrap around the row's end


def test_a_written_phrase_has_the_same_words():
    for words in (["women", "'s", "long", "-", "term", "plan"], ["$", "5", "or", "100", "%"], ["don't", "stop"]):
        tokens = tokenise([written(words)])
        assert [tokens.found(row, row + 1) for row in range(len(tokens))] == words


def test_a_rendered_dictionary_can_be_parsed():
    entries = [Learned("employ", "use", 3, 9), Learned("make use of", "use", 5, 9)]
    text = render(entries, {"name": "toy", "family": "toys", "source": None, "licence": "CC0"})
    assert text.startswith("#: name: toy\n#: family: toys\n#: licence: CC0\n")
    source = parse(text, "toy.tsv")
    assert source.family == "toys"
    assert [(e.spun, e.original, e.seen, e.of) for e in source.entries] == [
        (e.spun, e.original, e.seen, e.of) for e in entries
    ]


# --- the command -------------------------------------------------------------------------------------------------


def records(pairs: Iterable[tuple[str, str]], original: str = "original", spun: str = "spun") -> bytes:
    return "".join(json.dumps({original: a, spun: b}) + "\n" for a, b in pairs).encode()


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    code = main(["dictionary", *map(str, arguments)])
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return code, captured.err


@pytest.mark.parametrize(
    ("name", "pack"), [("p.jsonl", bytes), ("p.jsonl.xz", lzma.compress), ("p.jsonl.gz", gzip.compress)]
)
def test_json_lines_become_a_file(tmp_path, capsys, toy, name, pack):
    pairs, _, entries, _ = toy
    (tmp_path / name).write_bytes(pack(records(pairs)))
    out = tmp_path / "toys.tsv"
    code, said = run(capsys, tmp_path / name, "-o", out, "--licence", "CC0", "--source", "a toy")
    assert code == 0
    text = out.read_bytes().decode()
    assert text == render(entries, {"name": "toys", "family": "toys", "source": "a toy", "licence": "CC0"})
    assert f"{len(entries):,} entries" in said
    assert f"{len(pairs):,}" in said
    assert {path.name for path in tmp_path.iterdir()} == {name, "toys.tsv"}


def test_the_fields_and_names_can_be_chosen(tmp_path, capsys, toy):
    pairs, _, entries, _ = toy
    (tmp_path / "p.jsonl").write_bytes(records(pairs, "before", "after"))
    options = ["--original", "before", "--spun", "after", "--family", "web", "--name", "mine", "--quiet"]
    code, said = run(capsys, tmp_path / "p.jsonl", "-o", tmp_path / "x.tsv", *options)
    assert (code, said) == (0, "")
    text = (tmp_path / "x.tsv").read_text(encoding="utf-8")
    assert text.startswith("#: name: mine\n#: family: web\n#: source: 400 pairs")
    assert len(parse(text, "x").entries) == len(entries)


def test_two_plain_texts_are_one_pair(tmp_path, capsys, toy):
    pairs, _, _, _ = toy
    for row, name in enumerate(("original.txt", "spun.txt")):
        (tmp_path / name).write_text("\n".join(pair[row] for pair in pairs[:60]), encoding="utf-8")
    code, _ = run(capsys, tmp_path / "original.txt", tmp_path / "spun.txt", "-o", tmp_path / "x.tsv")
    assert code == 0
    found = {(e.spun, e.original) for e in parse((tmp_path / "x.tsv").read_text(encoding="utf-8"), "x").entries}
    assert ("a brand new", "a new") in found


def test_bad_lines_are_named_counted_and_skipped(tmp_path, capsys, toy):
    pairs, _, entries, _ = toy
    bad = [
        b"{",
        b"\xff\xfe",
        b"[1]",
        b'{"original": "a"}',
        b'{"original": "a", "spun": 3}',
        b'{"original": "a", "spun": ""}',
    ]
    (tmp_path / "p.jsonl").write_bytes(b"\n".join([*bad, b"", b"}", records(pairs)]))
    code, said = run(capsys, tmp_path / "p.jsonl", "-o", tmp_path / "x.tsv")
    assert code == 0
    assert len(parse((tmp_path / "x.tsv").read_text(encoding="utf-8"), "x").entries) == len(entries)
    for number, reason in enumerate(["not JSON", "not UTF-8", "not a record", "no field 'spun'"], start=1):
        assert f"p.jsonl:{number}: {reason}" in said
    assert "p.jsonl:5: the field 'spun' is not text" in said
    counted = {line.rpartition(" ")[0].strip(): line.split()[-1] for line in said.splitlines() if "skipped: " in line}
    assert counted["skipped: not JSON"] == "2"
    assert counted["skipped: a side without words"] == "1"


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["missing.jsonl"], "missing.jsonl: No such file"),
        (["empty.jsonl"], "no pair of texts"),
        (["binary.jsonl"], "no pair of texts"),
        (["once.jsonl"], "no substitution was seen 2 times in 1 pairs"),
        (["broken.jsonl.xz"], "damaged or cut off"),
        (["broken.jsonl.gz"], "damaged or cut off"),
        (["a.txt"], "PAIRS must be"),
        (["a.txt", "once.jsonl"], "PAIRS must be"),
        (["a.txt", "latin.txt"], "latin.txt: this is not UTF-8"),
        (["a.txt", "zero.txt"], "line 2 holds a zero byte"),
        (["x.tsv", "a.txt"], "write the dictionary to another file"),
    ],
)
def test_wrong_input_is_a_sentence_and_leaves_the_old_file(tmp_path, capsys, names, says):
    contents = {
        "empty.jsonl": b"",
        "binary.jsonl": bytes(range(256)) * 9,
        "once.jsonl": records([("a red house stood there", "a crimson house stood there")]),
        "broken.jsonl.xz": lzma.compress(records([("a b", "a c")] * 99))[:-9],
        "broken.jsonl.gz": gzip.compress(records([("a b", "a c")] * 99))[:-9],
        "a.txt": b"a text",
        "latin.txt": b"caf\xe9",
        "zero.txt": b"one\n\0two",
        "x.tsv": b"the old one\n",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    code, said = run(capsys, *(tmp_path / name for name in names), "-o", tmp_path / "x.tsv")
    assert code == 2
    assert says in said
    assert said.splitlines()[-1].startswith("despin-learn: ")
    assert (tmp_path / "x.tsv").read_bytes() == b"the old one\n"


def test_a_missing_folder_is_told_before_the_work(tmp_path, capsys):
    code, said = run(capsys, tmp_path / "missing.jsonl", "-o", tmp_path / "no" / "x.tsv")
    assert code == 2
    assert "no such folder" in said


def test_a_header_is_one_line(tmp_path, capsys):
    code, said = run(capsys, tmp_path / "p.jsonl", "-o", tmp_path / "x.tsv", "--source", "a\nb\tc\t1\t1")
    assert code == 2
    assert "--source: the text must be one line" in said
