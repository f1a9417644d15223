"""Entries → columns, against a plain reading of what each column means."""

from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from despin.dictionary.dictionary import Dictionary
from despin.dictionary.entry import DictionaryFile, Entry
from despin.dictionary.phrase_pairs import cores, normalise_all
from despin.text.characters import normalise

PHRASES = st.lists(st.sampled_from(["red", "Red", "big", "an", "apple", "öl", "Women’s", "7"]), min_size=1, max_size=4)
PHRASE = PHRASES.map(" ".join)
COUNTS = st.one_of(st.just((None, None)), st.tuples(st.integers(1, 5), st.integers(5, 9)))


@st.composite
def sources(draw):
    made = []
    for family in draw(st.lists(st.sampled_from("abc"), max_size=3)):
        entries = []
        for _ in range(draw(st.integers(0, 5))):
            spun, original = draw(PHRASE), draw(PHRASE)
            excuses = draw(st.sampled_from([(), ("a Red apple",)]))
            entries.append(Entry(spun, original, family, *draw(COUNTS), excuses, draw(st.sampled_from(["", "why"]))))
        made.append(DictionaryFile(family, tuple(entries), "sha256:0", draw(st.booleans())))
    return made


def plainly(sources):
    """What is said of each pair of normal forms, in order."""
    pairs = {}
    for source in sources:
        for entry in source.entries:
            pairs.setdefault((normalise(entry.spun), normalise(entry.original)), []).append(entry)
    best = {pair: max(entry.probability for entry in same) for pair, same in pairs.items()}
    return [(pair, pairs[pair]) for pair in sorted(pairs, key=lambda pair: (pair[0], -best[pair], pair[1]))]


@given(sources())
def test_the_columns_say_what_the_entries_say(given):
    dictionary, expected = Dictionary.of(given), plainly(given)
    assert len(dictionary) == len(expected)
    spun = np.repeat(np.arange(len(dictionary.spun_text)), np.diff(dictionary.first_entry))
    for row, (pair, same) in enumerate(expected):
        texts = dictionary.spun_text[spun[row]], dictionary.original_text[dictionary.original[row]]
        assert tuple(map(normalise, texts)) == pair
        for column, family in enumerate(dictionary.families):
            last = [entry for entry in same if entry.family == family][-1:]
            known = last[0] if last else SimpleNamespace(probability=0, seen=0, of=0)
            assert dictionary.probability[row, column] == np.float32(known.probability)
            assert dictionary.seen[row, column] == (known.seen or 0)
            assert dictionary.out_of[row, column] == (known.of or 0)
        excuses = tuple(normalise(phrase) for entry in same for phrase in entry.unless)
        assert dictionary.unless.get(row, ()) == excuses
        assert dictionary.notes.get(row, "") == next((e.note for e in reversed(same) if e.note), "")
        words = [name.replace("'s", " 's").split() for name in pair]
        head = next((k for k, (a, b) in enumerate(zip(*words, strict=False)) if a != b), min(map(len, words)))
        rest = [word[head:][::-1] for word in words]
        tail = next((k for k, (a, b) in enumerate(zip(*rest, strict=False)) if a != b), min(map(len, rest)))
        assert (dictionary.head[row], dictionary.tail[row]) == (head, tail)


@given(sources())
def test_a_phrase_is_written_as_it_first_was(given):
    dictionary, expected = Dictionary.of(given), plainly(given)
    written = {}
    for pair, same in expected:
        for name in pair:
            entry = same[0]
            written.setdefault(name, entry.spun if normalise(entry.spun) == name else entry.original)
    assert list(dictionary.spun_text) == [written[name] for name in dict.fromkeys(pair[0] for pair, _ in expected)]
    assert list(dictionary.original_text) == [written[name] for name in dict.fromkeys(pair[1] for pair, _ in expected)]


@given(st.lists(st.text(st.characters() | st.sampled_from("ΣİAé’\n"), max_size=6)))
def test_all_at_once_is_one_by_one(phrases):
    assert normalise_all(phrases) == [normalise(phrase) for phrase in phrases]


def test_equal_rests_have_equal_cores():
    words = np.array([1, 2, 3, 1, 2], np.uint64)
    found = cores(words, np.array([0, 3, 1, 2]), np.array([2, 5, 2, 2]))
    assert found[0] == found[1]
    assert len(set(found.tolist())) == 3
