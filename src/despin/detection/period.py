"""How old a text reads: a background of its own, which spinners do not write.

A book of the 19th century is full of words that dictionaries of spinners have for common ones: *forsake* for *abandon*,
*till* for *until*, *commence* for *begin*. Its likelihood ratio grows with every page, at a rate that in a modern text
says that it was spun. But such a book also has what no spinner writes: *thither*, *shew*, *every thing*, *to-morrow*,
and semicolons amid its sentences, ten times as many as modern prose. Where these stand, as much of the ratio as the
oddest of old books has is theirs (`OLD_DECADES`), and does not count.

The words are in `archaic.txt` (dictionaries/README.md). None of them is a spun phrase, so that no text of a spinner
gets older by what it put. Start reading from `old_decades`.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from ..dictionary.files import folder
from ..text.hashing import hash_phrases, hash_words
from ..text.token_features import Shape
from ..text.tokens import Tokens, tokenise
from ..util.array_types import F64, U64, Bool
from ..util.arrays import alike, among

OLD_DECADES = 2.0  # of the likelihood ratio for every hundred words, in the oddest of old texts
MODERN_BELOW = 0.4  # signs for every hundred words; of a hundred modern texts some two have more
OLD_FROM = 1.0  # … from which on a text is taken to be old throughout
SEMICOLON = 0.5  # what a semicolon amid a sentence counts, as far as words bear it out
MOST_OF_A_WORD = 3  # times that one word counts in a text: what is said again says no more
FEWEST_WORDS = 100  # of a text, for its density: a word or two in a short one make no period
LONGEST = 3  # tokens of an entry: *to-day* has three


def old_decades(tokens: Tokens, texts: int, language: str = "en") -> F64:
    """(texts,): the decades of likelihood ratio for every hundred words that are owed to how old each text reads.

    >>> from despin.text.tokens import tokenise
    >>> old, new = "Thither he went; and to-morrow, quoth he, I shall shew thee. ", "He often goes there. "
    >>> old_decades(tokenise([old * 9, new * 9]), 2).tolist()
    [2.0, 0.0]
    """
    words = np.bincount(tokens.document[tokens.shape >= Shape.LOWER], minlength=texts)
    density = signs(tokens, texts, language) * 100 / np.maximum(words, FEWEST_WORDS)
    share = np.clip((density - MODERN_BELOW) / (OLD_FROM - MODERN_BELOW), 0.0, 1.0)
    decades: F64 = OLD_DECADES * share
    return decades


def signs(tokens: Tokens, texts: int, language: str = "en") -> F64:
    """(texts,): how many signs of age each text has."""
    found: F64 = np.zeros(texts)
    for length, known in enumerate(archaic(language), start=1):
        if len(tokens) < length or not len(known):
            continue
        columns = [tokens.word[step : len(tokens) - length + 1 + step] for step in range(length)]
        phrase = columns[0] if length == 1 else hash_phrases(columns)
        rows = np.flatnonzero(among(phrase, known))
        rows = rows[tokens.document[rows] == tokens.document[rows + length - 1]]
        document = tokens.document[rows].astype(np.uint64)
        times = np.bincount(alike(hash_phrases([document, phrase[rows]])), minlength=len(rows))
        first = np.flatnonzero(times)  # one row for each phrase of a text
        found += np.bincount(tokens.document[rows[first]], np.minimum(times[first], MOST_OF_A_WORD), minlength=texts)
    semicolons = np.bincount(tokens.document[_semicolons(tokens)], minlength=texts) * SEMICOLON
    found += np.minimum(semicolons, found)  # alone they are somebody's list
    return found


def _semicolons(tokens: Tokens) -> Bool:
    """(tokens,): a semicolon between two words in lower case: not in a list of names, or of sources."""
    lower = tokens.shape == Shape.LOWER
    amid: Bool = tokens.word == _SEMICOLON
    amid[1:] &= lower[:-1]
    amid[:-1] &= lower[1:]
    return amid


_SEMICOLON = hash_words([";"])[0]


@cache
def archaic(language: str) -> tuple[U64, ...]:
    """The phrases of old books, as hashes, by the number of their tokens: first the words, then pairs and triples."""
    path = folder(language) / "archaic.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    tokens = tokenise([line for line in lines if not line.startswith("#")])
    length = np.bincount(tokens.document).take(tokens.document)
    by_length = [tokens.word[length == size].reshape(-1, size) for size in range(1, LONGEST + 1)]
    return tuple(words[:, 0] if words.shape[1] == 1 else hash_phrases(list(words.T)) for words in by_length)
