"""Other spellings of a name: that most pairs are ruled out without a look at their letters loses none."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from despin.config import Config
from despin.decoding.channel import Channel
from despin.decoding.lattice import build
from despin.dictionary.dictionary import Dictionary
from despin.dictionary.entry import parse
from despin.restoration import name_spellings
from despin.restoration.name_mentions import Names, Runs, gather
from despin.restoration.name_spellings import Changes, resembling
from despin.runtime.knowledge import load_data
from despin.text.language import ENGLISH
from despin.text.tokens import tokenise

TABLE = """\
more youthful\tyoung\t5\t9
younger\tyoung\t5\t9
wall\tyoung-hwa\t5\t9
jung\tjungk\t5\t9
"""
WORDS = ["Lee", "Younger", "Young", "Hwa", "hwa", "Wall", "Younghwa", "Léé", "Jung", "Jungk", "O’Neil", "Lees", "7"]
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)
TEXTS = st.lists(st.one_of(NAMES.map(" ".join), NAMES.map("-".join), NAMES.map("".join)), min_size=1, max_size=9).map(
    " and then ".join
)


def alike(texts: list[str], names: Names | None) -> set[str]:
    """What may be restored there, with what stands there already as another spelling."""
    dictionary = Dictionary.of([parse(TABLE, "t.tsv")])
    tokens = tokenise(texts)
    lattice = build(tokens, dictionary, load_data(Config())[1])
    runs, arcs = Runs.of(tokens, ENGLISH), lattice.arcs
    arc = Channel.of(lattice, dictionary, len(texts)).candidate
    first = runs.at[lattice.token[arcs.start[arc]]]
    last = runs.at[lattice.token[arcs.end[arc] - 1] + 1]
    inside = np.flatnonzero(runs.member[first] & (last > first))
    arc, first, last = arc[inside], first[inside], last[inside]
    goes_on = np.append(runs.member & ~runs.head, False)[last]
    rows = resembling(Changes(arc, first, last, goes_on), lattice, dictionary, runs, names)
    return {f"{first[row]} {dictionary.entry(int(arcs.entry[arc[row]])).original}" for row in rows}


def test_a_name_is_known_by_another_spelling() -> None:
    assert alike(["Lee Younger Hwa and then Lee Younghwa"], None) == {"1 young"}
    assert not alike(["Lee Younger Hwa and then Wall Street", "Lee Younghwa"], None)
    assert alike(["Lee Younger Hwa"], gather(["there came Lee Younghwa"])) == {"1 young"}


def test_letters_beyond_ascii_are_compared_themselves() -> None:
    assert alike(["Léé Younger Hwa and then Léé Younghwa"], None) == {"1 young"}
    assert alike(["O’Neil Younger Hwa and then O’Neil Younghwa"], None)


@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_no_pair_that_is_alike_is_ruled_out(texts: list[str]) -> None:
    quick = alike(texts, None)
    pairs = name_spellings._pairs

    def every(asked, known, *_):
        rows, others = np.nonzero(asked.document[:, None] == known.document)
        return rows, others

    name_spellings._pairs = every
    try:
        assert alike(texts, None) == quick
    finally:
        name_spellings._pairs = pairs
