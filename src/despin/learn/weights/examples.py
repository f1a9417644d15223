"""Texts beside their spun copies, as examples: at all spin rates, and with what each word was made from.

Texts of lower spin rates are made from those of the highest by putting a share of the keys back, each key everywhere
in its text, as a spinner at that rate would have left them. Start reading from `examples`.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Indel

from ...text.tokens import Tokens, tokenise

RATES = (1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25)  # one is drawn for each text; texts spun throughout are the commonest


@dataclass(frozen=True, slots=True)
class Example:
    """A text, and what it was made from."""

    original: str
    text: str
    rate: float


def examples(pairs: Iterable[tuple[str, str]], seed: int = 1) -> Iterator[Example]:
    """Texts at all spin rates from `pairs` of (original, spun); of several copies of one original, the first."""
    chance = random.Random(seed)
    known: set[str] = set()
    for original, spun in pairs:
        if original in known:
            continue
        known.add(original)
        rate = chance.choice(RATES)
        text = original if rate == 0 else spun if rate == 1 else put_back(original, spun, rate, chance)
        if text is not None:
            yield Example(original, text, rate)


def put_back(original: str, spun: str, rate: float, chance: random.Random) -> str | None:
    """`spun` with all but a share `rate` of its keys as in `original`; None where the paragraphs do not correspond."""
    left, right = original.split("\n"), spun.split("\n")
    if len(left) != len(right):
        return None
    stays: dict[tuple[int, ...], bool] = {}
    columns = tokenise(left), tokenise(right)
    lines = []
    for index, line in enumerate(right):
        rows = [slice(*np.searchsorted(tokens.document, [index, index + 1]).tolist()) for tokens in columns]
        words = [tokens.word[row].tolist() for tokens, row in zip(columns, rows, strict=True)]
        old, new = (
            list(
                zip(
                    (tokens.start[row] - tokens.offset[index]).tolist(),
                    (tokens.end[row] - tokens.offset[index]).tolist(),
                    strict=True,
                )
            )
            for tokens, row in zip(columns, rows, strict=True)
        )
        pieces, done = [], 0
        for i, j, k, m in differences(*words):
            key = tuple(words[0][i:j])
            if stays.setdefault(key, chance.random() < rate):
                continue
            begin = new[k][0] if k < len(new) else len(line)
            end = new[m - 1][1] if m > k else begin
            text = left[index][old[i][0] : old[j - 1][1]] if j > i else ""
            if m == k:
                text += " "
            elif j == i:
                end += line[end : end + 1] == " "
            pieces += [line[done:begin], text]
            done = end
        lines.append("".join(pieces) + line[done:])
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which places of the original each place of the text may correspond to."""

    original: list[int]
    low: list[int]
    """(places + 1,): the first place of the original that each place between two words may correspond to."""
    high: list[int]
    """(places + 1,): the last."""

    @classmethod
    def of(cls, example: Example, tokens: Tokens, begin: int, end: int) -> Alignment:
        words, original = tokens.word[begin:end].tolist(), tokenise([example.original]).word.tolist()
        low, high = [0] * (len(words) + 1), [0] * (len(words) + 1)
        i = k = 0
        for first, last, start, stop in [*differences(original, words), (len(original),) * 2 + (len(words),) * 2]:
            for place in range(k + 1, start + 1):  # kept words
                low[place] = high[place] = i + place - k
            for place in range(start + 1, stop):  # inside a difference: anywhere in it
                low[place], high[place] = first, last
            high[start] = last if start == stop else high[start]  # words left out: before or after them
            if stop > start:
                low[stop] = high[stop] = last
            i, k = last, stop
        return cls(original, low, high)

    def says(self, first: int, last: int, words: list[int]) -> bool:
        """Whether `words` stand in the original where the text has its words from `first` to `last`."""
        begin, end = self.low[first], self.high[last]
        for at in range(begin, min(self.high[first], end - len(words)) + 1):
            if at + len(words) >= self.low[last] and self.original[at : at + len(words)] == words:
                return True
        return False

    def keeps(self, first: int, last: int, words: list[int]) -> bool:
        """Whether `words`, from `first` to `last`, were there before; no words: whether nothing was left out there."""
        return self.says(first, last, words) if words else self.low[first] == self.high[first]


def differences(left: Sequence[int], right: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Where two rows of words differ: left[i:j] against right[k:m], maximal and in order."""
    found: list[tuple[int, int, int, int]] = []
    for code in Indel.opcodes(left, right):
        i, j, k, m = code.src_start, code.src_end, code.dest_start, code.dest_end
        if code.tag == "equal":
            continue
        if found and (found[-1][1], found[-1][3]) == (i, k):
            i, k = found[-1][0], found[-1][2]
            found.pop()
        found.append((i, j, k, m))
    return found
