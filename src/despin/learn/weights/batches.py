"""Texts spun anew (`anew`), in pieces of words → batches that the `encoder` is trained on.

Texts are cut into chunks of pieces, as long as the encoder's window at most; the places of a chunk, with their
candidates, go where the chunk goes. Start reading from `batches`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...restoration.encoder import WINDOW
from ...restoration.word_pieces import BEGIN, BREAK, UNKNOWN, WordPieces
from ...text.tokens import Tokens, tokenise
from ...util.array_types import F32, I64, U64, Bool
from ...util.arrays import spread
from .anew import Block, Source
from .spinning import Spun

ROOM = WINDOW - 16
"""Pieces that a chunk is meant to have at most: a word at its end may be of several."""
TOGETHER = 3200
"""Pieces of a batch."""

Spelled = Mapping[int, tuple[int, ...]]
"""Words, by hash, in pieces."""


class Batch(NamedTuple):
    """Chunks of about one length, and the places in them."""

    piece: I64
    """(chunks, pieces)"""
    inside: Bool
    """(chunks, pieces): it is a piece, and no filling."""
    chunk: I64
    """(places,)"""
    first: I64
    """(places,): the first piece of each, in its chunk."""
    last: I64
    """(places,): the last."""
    place: I64
    """(candidates,): of each; all candidates of a place are together."""
    original: I64
    """The pieces of the candidates' originals, one after the other, without the words that both phrases have."""
    begin: I64
    """(candidates,): where the pieces of each begin in `original`."""
    dense: F32
    """(candidates, DENSE)"""
    right: F32
    """(candidates,): 1 if it stood there, else 0."""


class Chunks(NamedTuple):
    """Texts in pieces. Each chunk begins with the piece BEGIN, and BREAK stands before each further paragraph."""

    piece: I64
    """(pieces,): of one chunk after the other."""
    start: I64
    """(chunks + 1,): the pieces of chunk k are start[k] to start[k + 1]."""
    of_word: I64
    """(words,): the chunk that has each word."""
    first: I64
    """(words,): the first piece of each, in its chunk."""
    last: I64
    """(words,): the last."""

    @classmethod
    def cut(cls, spun: Spun, pieces: I64, size: I64, special: tuple[int, int]) -> Chunks:
        """`spun`, whose words have the `pieces`, of each word so many (`size`). `special`: BEGIN and BREAK. Long texts
        are cut into parts of about one length, so that no part has hardly any context."""
        heads = np.append(True, spun.text[1:] != spun.text[:-1])
        text = np.cumsum(heads) - 1
        upto = np.cumsum(size + (spun.opens | heads))
        total = np.diff(np.append(upto[:-1][heads[1:]], upto[-1]), prepend=0)
        upto -= (np.cumsum(total) - total)[text]
        part = (upto - 1) * -(-total // ROOM)[text] // total[text]
        fresh = heads | np.append(True, part[1:] != part[:-1])
        last = np.cumsum(size + (spun.opens | fresh)) - 1
        first = last - size + 1
        piece = np.full(int(last[-1]) + 1, special[1])
        _, where = spread(size, first)
        piece[where] = pieces
        start = np.append(first[fresh] - 1, len(piece))
        piece[start[:-1]] = special[0]
        chunk = np.cumsum(fresh) - 1
        return cls(piece, start, chunk, first - start[chunk], last - start[chunk])


@dataclass(frozen=True, slots=True, eq=False)
class Speller:
    """Words in pieces."""

    pieces: WordPieces
    known: Spelled
    """The words of the dictionaries."""
    originals: Mapping[Source, tuple[I64, I64]]
    """The pieces of all words of a dictionary's originals, and where those of each word begin, (words + 1,)."""

    @classmethod
    def of(cls, pieces: WordPieces, sources: Sequence[Source]) -> Speller:
        """Of texts that are read with `sources`."""
        known: dict[int, tuple[int, ...]] = {}
        for dictionary in (source.dictionary for source in sources):
            for texts in (dictionary.original_text, dictionary.spun_text):
                known |= _spelled(tokenise(texts), pieces)
        originals = {}
        for source in sources:
            flat, size = _flat(source.dictionary.word, known, pieces)
            originals[source] = flat, np.append(0, np.cumsum(size))
        return cls(pieces, known, originals)

    def chunks(self, block: Block) -> Chunks:
        """The texts of `block`."""
        known = {**self.known, **_spelled(block.tokens, self.pieces)}
        special = self.pieces.number[BEGIN], self.pieces.number[BREAK]
        return Chunks.cut(block.spun, *_flat(block.spun.word, known, self.pieces), special)


def _spelled(tokens: Tokens, pieces: WordPieces) -> Spelled:
    words, where = np.unique(tokens.word, return_index=True)
    bounds = zip(words.tolist(), tokens.start[where].tolist(), tokens.ends(where).tolist(), strict=True)
    return {word: pieces.of(tokens.text[start:end]) for word, start, end in bounds}


def _flat(words: U64, known: Spelled, pieces: WordPieces) -> tuple[I64, I64]:
    """The pieces of all `words`, one after the other, and how many each has, (words,): one at least."""
    unknown = (pieces.number[UNKNOWN],)
    rows = [known.get(word) or unknown for word in words.tolist()]
    size = np.fromiter(map(len, rows), np.int64, len(rows))
    return np.fromiter((piece for row in rows for piece in row), np.int64, int(size.sum())), size


def batches(block: Block, speller: Speller, chance: np.random.Generator) -> Iterator[Batch]:
    """All places of `block` that a chunk has whole, in batches, in any order that `chance` draws."""
    chunks = speller.chunks(block)
    begin, end = _ends(block)
    chunk, first, last = chunks.of_word[begin], chunks.first[begin], chunks.last[end]
    rows = np.flatnonzero((chunk == chunks.of_word[end]) & (last < WINDOW))
    bounds = np.searchsorted(chunk[rows], np.arange(len(chunks.start)))
    length = np.minimum(np.diff(chunks.start), WINDOW)
    groups = _groups(length, np.flatnonzero(np.diff(bounds)))
    for number in chance.permutation(len(groups)).tolist():
        group = groups[number]
        _, at = spread(length[group], chunks.start[group])
        inside = np.arange(int(length[group].max())) < length[group][:, None]
        piece = np.zeros(inside.shape, np.int64)
        piece[inside] = chunks.piece[at]
        row, some = spread(np.diff(bounds)[group], bounds[group])
        some = rows[some]
        fresh = block.these.fresh[some]
        heads = some[fresh]
        yield Batch(
            piece, inside, row[fresh], first[heads], last[heads], np.cumsum(fresh) - 1,
            *_originals(block, speller, some),
            np.ascontiguousarray(block.dense[:, some].T, np.float32), block.right[some].astype(np.float32),
        )  # fmt: skip


def _ends(block: Block) -> tuple[I64, I64]:
    """(candidates,): the first and the last word of what changes, the same for all candidates of a place. Where the
    original only has words more, it is the word behind them, or the last of the text."""
    these, text, dictionary = block.these, block.spun.text, block.source.dictionary
    heads = np.flatnonzero(these.fresh)
    entry = these.entry[heads]
    stop = np.searchsorted(text, text[these.first[heads]], side="right") - 1
    begin = np.minimum(these.first[heads] + dictionary.head[entry], stop)
    end = np.maximum(these.end[heads] - dictionary.tail[entry] - 1, begin)
    place = np.cumsum(these.fresh) - 1
    return begin[place], end[place]


def _originals(block: Block, speller: Speller, some: I64) -> tuple[I64, I64]:
    """The pieces of the originals of the candidates `some`, and where those of each begin, (some,)."""
    dictionary, entry = block.source.dictionary, block.these.entry[some]
    pieces, border = speller.originals[block.source]
    original = dictionary.original[entry]
    low = border[dictionary.first_word[original] + dictionary.head[entry]]
    size = border[dictionary.first_word[original + 1] - dictionary.tail[entry]] - low
    _, which = spread(size, low)
    return pieces[which], np.cumsum(size) - size


def _groups(length: I64, chunks: I64) -> list[I64]:
    """The `chunks` in groups, the longest first, so that there is little filling: of `TOGETHER` pieces at most, filled
    to one `length`, (all chunks,).

    >>> [group.tolist() for group in _groups(np.array([1600, 9, 1500, 20]), np.array([0, 2, 3]))]
    [[0, 2], [3]]
    """
    order = chunks[np.argsort(-length[chunks], kind="stable")]
    groups, done = [], 0
    while done < len(order):
        many = max(1, TOGETHER // int(length[order[done]]))
        groups.append(order[done : done + many])
        done += many
    return groups
