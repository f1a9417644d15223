"""Pairs of original and spun text → blocks: where the two differ, and between which words.

The first step of learning a dictionary. Both texts are turned into word ids and aligned by their longest common
subsequence (rapidfuzz's bit-parallel Indel distance: kept words are anchors, everything else is a difference),
paragraph by paragraph where both have the same number of them. A *block* is a maximal run of differences. A spinner
that replaces neighbouring phrases leaves one block for several of them; `segment` takes those apart.

Start reading from `align`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel, Opcode

from ...text.characters import normalise
from ...text.tokens import Tokens, tokenise
from ...util.array_types import I32, I64
from .spans import Row

BATCH = 200  # pairs tokenised in one call: enough to make numpy's overhead vanish, little enough to stay in cache
MAX_BLOCK = 14  # words on one side; a longer difference is a rewrite or a misalignment, not a row of substitutions
MIN_KEPT = 0.3  # share of common words below which two texts are not a text and its spun copy
MARGIN = 2  # borders before the first word and after the last, so that every word has so many neighbours
PARAGRAPH = 0  # the id of a paragraph's border: equal on both sides, part of no phrase


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Differences as columns, one row a block: `length` words of the originals from `first` became others."""

    first: I64
    """Place in the text of all originals."""
    length: I64
    spun_first: I64
    """Place in `spun`."""
    spun_length: I64
    ragged: NDArray[np.bool_]
    """The block has an empty side, or is put together of some that had: the kept words beside it may belong to it."""
    spun: Row
    """For each block the kept word before it, its spun words, and the kept word after it."""

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """What `align` found, all words as ids into `words`."""

    words: list[str]
    text: Row
    """All originals, one after another, each paragraph between two `PARAGRAPH`."""
    pairs: int
    blocks: Blocks
    skipped: dict[str, int]
    """Reason → how many pairs (or blocks) were left out."""


class _Vocabulary:
    """Word hash → id, and the normalised word once for each."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.known: dict[int, int] = {}

    def ids(self, tokens: Tokens) -> I32:
        distinct, first, inverse = np.unique(tokens.word, return_index=True, return_inverse=True)
        ids = np.empty(len(distinct), np.int32)
        for row, (word, at) in enumerate(zip(distinct.tolist(), first.tolist(), strict=True)):
            known = self.known.get(word)
            if known is None:
                known = self.known[word] = len(self.words)
                self.words.append(normalise(tokens.found(at, at + 1)))
            ids[row] = known
        return ids[inverse].astype(np.int32)


def align(pairs: Iterable[tuple[str, str]], progress: Callable[[int], None] = lambda count: None) -> Aligned:
    """Align every (original, spun) pair. `progress` is called with the number of pairs done."""
    words = ["\n"]
    vocabulary, found = _Vocabulary(words), _Found()
    for batch in _batches(pairs, BATCH):
        columns = [tokenise(side) for side in zip(*batch, strict=True)]
        ids = [vocabulary.ids(tokens) for tokens in columns]
        rows = [np.searchsorted(tokens.document, np.arange(len(batch) + 1)) for tokens in columns]
        for index in range(len(batch)):
            original, spun = (
                _paragraphs(side[row[index] : row[index + 1]], tokens.opens[row[index] : row[index + 1]])
                for side, tokens, row in zip(ids, columns, rows, strict=True)
            )
            _align_one(original, spun, found)
        progress(len(batch))
    return found.aligned(words)


def _batches(pairs: Iterable[tuple[str, str]], size: int) -> Iterator[list[tuple[str, str]]]:
    stream = iter(pairs)
    while batch := list(islice(stream, size)):
        yield batch


def _paragraphs(ids: I32, opens: NDArray[np.bool_]) -> list[I32]:
    return np.split(ids, np.flatnonzero(opens)[1:]) if len(ids) else []


class _Found:
    """Blocks so far. Machine integers, not objects: there are millions of them."""

    def __init__(self) -> None:
        self.text = array("i", [PARAGRAPH] * MARGIN)
        self.pairs = 0
        self.first, self.length, self.spun_length = array("q"), array("q"), array("q")
        self.ragged = array("b")
        self.spun = array("i")
        self.skipped: dict[str, int] = {}

    def skip(self, reason: str) -> None:
        """Count one thing left out for `reason`."""
        self.skipped[reason] = self.skipped.get(reason, 0) + 1

    def add(self, at: int, original: list[int], spun: list[int], block: _Block) -> None:
        """Add a block of the paragraph of which `original` begins at `at`."""
        first, last, begin, end, ragged = block
        if max(last - first, end - begin) > MAX_BLOCK:
            self.skip(f"a difference longer than {MAX_BLOCK} words")
            return
        self.first.append(at + first)
        self.length.append(last - first)
        self.spun_length.append(end - begin)
        self.ragged.append(ragged)
        self.spun.append(original[first - 1] if first else PARAGRAPH)
        self.spun.extend(spun[begin:end])
        self.spun.append(original[last] if last < len(original) else PARAGRAPH)

    def aligned(self, words: list[str]) -> Aligned:
        first, length, spun_length = (np.array(c, np.int64) for c in (self.first, self.length, self.spun_length))
        spun_first = np.cumsum(spun_length + 2) - spun_length - 1
        ragged = np.array(self.ragged, np.int8).astype(np.bool_)
        blocks = Blocks(first, length, spun_first, spun_length, ragged, Row(np.array(self.spun, np.int32)))
        self.text.extend([PARAGRAPH] * MARGIN)
        return Aligned(words, Row(np.array(self.text, np.int32)), self.pairs, blocks, self.skipped)


_Block = tuple[int, int, int, int, bool]  # original[first:last] became spun[begin:end]; ragged


def _align_one(original: list[I32], spun: list[I32], found: _Found) -> None:
    if not original or not spun:
        found.skip("a side without words")
        return
    if len(original) != len(spun):  # paragraphs do not correspond: align the texts whole
        original, spun = [np.concatenate(original)], [np.concatenate(spun)]
    lefts, rights = ([side.tolist() for side in sides] for sides in (original, spun))
    rows = [[_row(code) for code in Indel.opcodes(*sides)] for sides in zip(lefts, rights, strict=True)]
    kept = sum(j - i for codes in rows for equal, i, j, _, _ in codes if equal)
    if kept < MIN_KEPT * max(sum(map(len, lefts)), sum(map(len, rights))):
        found.skip("not a text and its spun copy: hardly a word in common")
        return
    found.pairs += 1
    for left, right, codes in zip(lefts, rights, rows, strict=True):
        at = len(found.text)
        found.text.extend(left)
        found.text.append(PARAGRAPH)
        for block in _blocks(codes):
            found.add(at, left, right, block)


def _row(code: Opcode) -> tuple[bool, int, int, int, int]:
    return code.tag == "equal", code.src_start, code.src_end, code.dest_start, code.dest_end


def _blocks(opcodes: Iterable[tuple[bool, int, int, int, int]]) -> list[_Block]:
    """The differences; those one kept word apart are one if either lacks a side, or if one grows and one shrinks.

    *use* → *make use of* leaves the word itself as kept, and *was able to* → *used to be capable of* a chance *to*.
    Whether that word was kept is for `segment` to say.
    """
    blocks: list[_Block] = []
    for equal, i, j, k, m in opcodes:
        if equal:
            continue
        if blocks and i == blocks[-1][1] and k == blocks[-1][3]:  # a deletion beside an insertion: one block
            first, _, begin, _, _ = blocks.pop()
            i, k = first, begin
        blocks.append((i, j, k, m, i == j or k == m))
    joined = blocks[:1]
    for block in blocks[1:]:
        first, last, begin, end, ragged = joined[-1]
        longer, next_longer = (end - begin) - (last - first), (block[3] - block[2]) - (block[1] - block[0])
        if (
            block[0] == last + 1
            and (ragged or block[4] or longer * next_longer < 0)
            and max(block[1] - first, block[3] - begin) <= MAX_BLOCK
        ):
            joined[-1] = (first, block[1], begin, block[3], True)
        else:
            joined.append(block)
    return joined
