"""Words stay words: no restoration joins two tokens, splits one, or eats or makes a blank that its wording has not.

Laws over every entry of every shipped dictionary: its spun phrase is put between other words, the finding that the
pipeline would make of it is made (what changes, and its wording), and the restored text is tokenised.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.dictionary.dictionary import Dictionary
from despin.dictionary.entry import DictionaryFile, Entry
from despin.dictionary.files import Tier, folder
from despin.dictionary.loading import load
from despin.dictionary.substitution import why_not
from despin.restoration.cut import Cut
from despin.restoration.wording import APOSTROPHES, wordings
from despin.text.language import ENGLISH
from despin.text.numerals import joined
from despin.text.tokens import Tokens, tokenise
from despin.util.array_types import I64, Bool
from despin.util.arrays import spread

SHIPPED = sorted(path.stem for path in folder("en").glob("*.tsv"))


@cache
def shipped(name: str) -> Dictionary:
    return load("en", (name,), Tier.RESERVE)


@dataclass(frozen=True)
class Frames:
    """Entries of a dictionary, each in a text of its own between the same words, before and after."""

    dictionary: Dictionary
    entry: I64
    spun: Tokens
    restored: Tokens
    first: I64
    """(entries,): the first token of the phrase."""
    last: I64
    """(entries,): its last + 1."""
    kept: Bool
    """(entries,): whether the phrase is found there and a finding is made of it."""

    @classmethod
    def of(cls, dictionary: Dictionary, before: str, after: str, step: int = 1, style: int | None = None) -> Frames:
        """Each `step`-th entry; with the apostrophe `style`, else with all of them by turns."""
        entry = np.arange(0, len(dictionary), step)
        phrase = (np.searchsorted(dictionary.first_entry, entry, side="right") - 1).tolist()
        styles = (entry // step % len(APOSTROPHES) if style is None else np.full(len(entry), style)).astype(np.int8)
        bare = [dictionary.spun_text[row] for row in phrase]
        phrases = [text.replace("'", APOSTROPHES[k]) for text, k in zip(bare, styles.tolist(), strict=True)]
        texts = [f"{before}{text}{after}" for text in phrases]
        tokens, alone = tokenise(texts), tokenise(phrases)
        begin = tokens.offset[:-1] + len(before)
        first = np.searchsorted(tokens.start, begin)
        last = np.searchsorted(tokens.start, tokens.offset[1:] - 1 - len(after.lstrip()))
        ends = np.searchsorted(alone.document, np.arange(len(entry) + 1))
        found = last - first == np.diff(ends)
        found[found] = tokens.start[first[found]] == begin[found]
        which, place = spread(np.diff(ends) * found)
        same = alone.word[ends[:-1][which] + place] == tokens.word[first[which] + place]
        found &= np.bincount(which, ~same, minlength=len(found)) == 0

        rows = np.flatnonzero(found)
        cut = Cut.of(first[rows], last[rows], entry[rows], tokens, dictionary, ENGLISH)
        original = wordings(dictionary, "en").of(cut, styles[rows])
        keep = cut.keeps_words(tokens, dictionary, ENGLISH)
        start, end = (at - tokens.offset[rows] for at in (tokens.start[cut.first], tokens.ends(cut.last - 1)))
        columns = (rows[keep], original[keep], start[keep], end[keep])
        for row, new, a, b in zip(*(column.tolist() for column in columns), strict=True):
            texts[row] = texts[row][:a] + new + texts[row][b:]
        kept = np.zeros(len(entry), np.bool_)
        kept[rows[keep]] = True
        return cls(dictionary, entry, tokens, tokenise(texts), first, last, kept)

    def broken(self) -> list[str]:
        """Restored texts that are not as they should be: the tokens around stay, those between are the original's, and
        so are the blanks between them."""
        now, then = (np.searchsorted(t.document, np.arange(len(t.offset))) for t in (self.restored, self.spun))
        original = self.dictionary.original[self.entry]
        opens, words = self.dictionary.first_word[original], np.diff(self.dictionary.first_word)[original]
        ahead, behind = self.first - then[:-1], then[1:] - self.last
        wrong = np.diff(now) != ahead + words + behind
        glued, glued_then = (joined(t, np.arange(len(t))) for t in (self.restored, self.spun))
        meant_glued = self.dictionary.joined
        for here, there, counts, word, blanks, skip in (
            (now[:-1], then[:-1], ahead, self.spun.word, glued_then, 0),
            (now[1:] - behind, self.last, behind, self.spun.word, glued_then, 0),
            (now[:-1] + ahead, opens, words, self.dictionary.word, meant_glued, 1),
        ):
            which, place = spread(counts)
            one, other = here[which] + place, there[which] + place
            differs = self.restored.word.take(one, mode="clip") != word.take(other, mode="clip")
            differs |= (glued.take(one, mode="clip") != blanks.take(other, mode="clip")) & (place >= skip)
            wrong |= np.bincount(which, differs, minlength=len(wrong)) > 0
        texts, entry = self.restored.text.split("\n"), self.entry.tolist()
        return [
            f"{self.dictionary.entry(entry[row])}: {texts[row]!r}"
            for row in np.flatnonzero(wrong & self.kept)[:5].tolist()
        ]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_entry_restores_to_the_tokens_of_its_original_between_those_that_were_there(name):
    frames = Frames.of(shipped(name), "the ", " too")
    assert [shipped(name).entry(row) for row in np.flatnonzero(~frames.kept)[:5].tolist()] == []
    assert frames.broken() == []


GLUED = [("(", ")"), ("“", ","), ("over-", "-like"), ("so-the-", "-led"), ("3", "th"), ("$", "%"), ("five.", ".5")]
GLUED += [("'", "'s"), ("", "’s"), ("", "ʼs"), ("non-", "."), ("", "…"), ("20", "/7"), ("a", "-")]


@pytest.mark.parametrize(("before", "after"), GLUED)
def test_what_stands_right_beside_a_place_stays_the_token_it_was(before, after):
    for name in SHIPPED:
        frames = Frames.of(shipped(name), f"so {before}", f"{after} too", step=7)
        assert frames.broken() == []


# --- dictionaries that nobody shipped ---------------------------------------------------------------------------

PIECES = ["he", "he's", "it", "is", "'s", "can't", "not", "-", "over-the-counter", "web", "site", "5", "five", "%"]
PIECES += ["percent", "1,000", "th", "s", "women's", "don't", "o'clock", ".", "3.5"]
PHRASE = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map(" ".join)
BEFORE = st.sampled_from(["so ", "so -", "so (", "so 5", "five.", "$", "he", "he's "])
AFTER = st.sampled_from([" too", "-too", "'s", "%", ",5", " 's too"])


@given(PHRASE, PHRASE, BEFORE, AFTER, st.integers(0, 2))
def test_no_entry_whatever_makes_other_tokens_of_what_stands_around_it(spun, original, before, after, style):
    dictionary = Dictionary.of([DictionaryFile("ours", (Entry(spun, original, "ours"),), "")])
    assert Frames.of(dictionary, before, after, style=style).broken() == []


@pytest.mark.parametrize(
    ("spun", "original"),
    [("web site", "website"), ("co operate", "co-operate"), ("over-the-counter", "over the counter"),
     ("with out a", "without a"), ("resistant", "-resistant"), ("self-", "own"), ("'s", "is"), ("percent", "%")],
)  # fmt: skip
def test_what_joins_or_parts_words_is_no_substitution(spun, original):
    assert why_not(spun, original)


@pytest.mark.parametrize(
    ("spun", "original"), [("he's", "he is"), ("%", "percent"), ("brand-new", "new"), ("its", "it's")]
)
def test_what_is_other_words_may_be_one(spun, original):
    assert why_not(spun, original) == ""
