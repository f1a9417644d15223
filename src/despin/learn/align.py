"""Pairs of original and spun text → blocks: where the two differ, and between which words.

The first step of learning a dictionary. Both texts are turned into word ids and aligned by their longest common
subsequence (rapidfuzz's bit-parallel Indel distance: kept words are anchors, everything else is a difference),
paragraph by paragraph where both have the same number of them. A *block* is a maximal run of differences. A spinner that
replaces neighbouring phrases leaves one block for several of them; `segment` takes those apart.

Start reading from `align`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from ..tokens import Tokens, normalise, tokenise

Ids = NDArray[np.int32]
Phrase = tuple[int, ...]

BATCH = 200  # pairs tokenised in one call: enough to make numpy's overhead vanish, little enough to stay in cache
MAX_BLOCK = 14  # words on one side; a longer difference is a rewrite or a misalignment, not a row of substitutions
MIN_KEPT = 0.3  # share of common words below which two texts are not a text and its spun copy
PARAGRAPH = 0  # the id of a paragraph's border: equal on both sides, part of no phrase


@dataclass(frozen=True, slots=True)
class Block:
    """One difference: original[first:last] became the words `spun`, in document `document`."""

    document: int
    first: int
    last: int
    spun: Phrase


@dataclass(slots=True)
class Aligned:
    """What `align` found, all words as ids into `words`."""

    words: list[str] = field(default_factory=lambda: ["\n"])
    originals: list[Ids] = field(default_factory=list)
    """Per document: its original, each paragraph between two `PARAGRAPH`."""
    blocks: list[Block] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    """Reason → how many pairs (or blocks) were left out."""

    def skip(self, reason: str) -> None:
        """Count one thing left out for `reason`."""
        self.skipped[reason] = self.skipped.get(reason, 0) + 1


class _Vocabulary:
    """Word hash → id, and the normalised word once for each."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.known: dict[int, int] = {}

    def ids(self, tokens: Tokens) -> Ids:
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
    result = Aligned()
    vocabulary = _Vocabulary(result.words)
    for batch in _batches(pairs, BATCH):
        columns = [tokenise(side) for side in zip(*batch, strict=True)]
        ids = [vocabulary.ids(tokens) for tokens in columns]
        rows = [np.searchsorted(tokens.document, np.arange(len(batch) + 1)) for tokens in columns]
        for index in range(len(batch)):
            original, spun = (
                _paragraphs(words[row[index] : row[index + 1]], tokens.opens[row[index] : row[index + 1]])
                for words, tokens, row in zip(ids, columns, rows, strict=True)
            )
            _align_one(original, spun, result)
        progress(len(batch))
    return result


def _batches(pairs: Iterable[tuple[str, str]], size: int) -> Iterator[list[tuple[str, str]]]:
    stream = iter(pairs)
    while batch := list(islice(stream, size)):
        yield batch


def _paragraphs(ids: Ids, opens: NDArray[np.bool_]) -> list[Ids]:
    return np.split(ids, np.flatnonzero(opens)[1:]) if len(ids) else []


def _align_one(original: list[Ids], spun: list[Ids], result: Aligned) -> None:
    if not original or not spun:
        result.skip("a side without words")
        return
    if len(original) != len(spun):  # paragraphs do not correspond: align the texts whole
        original, spun = [np.concatenate(original)], [np.concatenate(spun)]
    document, at, kept = len(result.originals), 1, 0
    pieces: list[Ids] = [np.array([PARAGRAPH], np.int32)]
    blocks: list[Block] = []
    for left, right in zip(original, spun, strict=True):
        words = right.tolist()
        first = last = begin = end = -1
        for tag, i, j, k, m in Indel.opcodes(left.tolist(), words):
            if tag == "equal":
                kept += j - i
                continue
            if i == last and k == end:  # a deletion beside an insertion: one block
                blocks.pop()
            else:
                first, begin = i, k
            last, end = j, m
            blocks.append(Block(document, at + first, at + last, tuple(words[begin:end])))
        at += len(left) + 1
        pieces += [left, np.array([PARAGRAPH], np.int32)]
    if kept < MIN_KEPT * max(sum(map(len, original)), sum(map(len, spun))):
        result.skip("not a text and its spun copy: hardly a word in common")
        return
    result.originals.append(np.concatenate(pieces))
    for block in blocks:
        if max(block.last - block.first, len(block.spun)) > MAX_BLOCK:
            result.skip(f"a difference longer than {MAX_BLOCK} words")
        else:
            result.blocks.append(block)
