"""Words → pieces of words, as BERT's tokeniser cuts them: what the `encoder` reads.

WordPiece (Wu et al. 2016, *Google's neural machine translation system*): of every word the longest piece that is in the
vocabulary, then the longest of the rest. Words are lower-cased, accents fall, and whatever is neither letter nor digit
is a piece of its own. Start reading from `WordPieces.of`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

PAD, UNKNOWN, BEGIN, BREAK = "[PAD]", "[UNK]", "[CLS]", "[SEP]"
MOST = 12
"""A word of more pieces is unknown."""
_STRAIGHT = str.maketrans("’‘‚‛ʼ“”„‟«»–—‐‑−", '\'\'\'\'\'""""""-----')


@dataclass(frozen=True, slots=True, eq=False)
class WordPieces:
    """A vocabulary of pieces; those that go on within a word begin with `##`."""

    pieces: Sequence[str]
    number: dict[str, int] = field(init=False)
    known: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Words cut before."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", {piece: row for row, piece in enumerate(self.pieces)})

    def of(self, phrase: str) -> tuple[int, ...]:
        """The rows of the pieces of `phrase`.

        >>> pieces = WordPieces(["[UNK]", "un", "##spun", "word", "##s", "'"])
        >>> [pieces.pieces[row] for row in pieces.of("Unspun words' x")]
        ['un', '##spun', 'word', '##s', "'", '[UNK]']
        """
        found = self.known.get(phrase)
        if found is None:
            found = tuple(row for word in _words(phrase) for row in self._cut(word))
            if len(self.known) < 200_000:  # a crawl has words without end
                self.known[phrase] = found
        return found

    def _cut(self, word: str) -> list[int]:
        rows: list[int] = []
        begin = 0
        while begin < len(word):
            for end in range(len(word), begin, -1):
                row = self.number.get(word[begin:end] if not begin else f"##{word[begin:end]}")
                if row is not None:
                    break
            else:
                return [self.number[UNKNOWN]]
            rows.append(row)
            begin = end
        return rows if len(rows) <= MOST else [self.number[UNKNOWN]]


def _words(phrase: str) -> list[str]:
    """Runs of letters and digits, and all else one by one."""
    plain = unicodedata.normalize("NFD", phrase.translate(_STRAIGHT).lower())
    words: list[str] = []
    inside = False
    for character in plain:
        if unicodedata.category(character) == "Mn":
            continue
        if character.isalnum():
            if inside:
                words[-1] += character
            else:
                words.append(character)
            inside = True
        else:
            inside = False
            if not character.isspace():
                words.append(character)
    return words
