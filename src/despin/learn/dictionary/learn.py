"""Parallel text → the synonym-reversal dictionary of one spinner.

    align       pairs of texts → blocks of difference
    segment     blocks → phrase pairs (original, spun), each at its places
    contexts    how often each original stood in the sources, what became of it, and which neighbours decide that

This module puts them together, and writes what they found as lines. Start reading from `learn`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import regex

from ...dictionary.formats.detect import written
from ...dictionary.substitution import why_not
from ...text.characters import normalise
from ...text.tokens import tokenise
from ...util.array_types import U64, Bool
from .align import PARAGRAPH, Aligned, Blocks, align
from .contexts import MIN_SEEN, Counted, Pair, Spans, count
from .graph import Differences
from .segment import segment
from .spans import Phrase, Row, couple, numbered, ranges

MIN_RATE = 0.008  # of its original's occurrences; below lie slips of the alignment beside frequent words
RARE = 2  # a pair of a whole block that was seen no more often is tried again with the words beside it


@dataclass(frozen=True, slots=True)
class Learned:
    """One line of the dictionary: of `of` occurrences of `original`, `seen` became `spun`."""

    spun: str
    original: str
    seen: int
    of: int


@dataclass(slots=True)
class Account:
    """What the learner did, for the table it prints."""

    pairs: int = 0
    blocks: int = 0
    distinct: int = 0
    unexplained: int = 0
    """Blocks in which no phrase pair was found."""
    entries: int = 0
    originals: int = 0
    spun: int = 0
    single_origin: int = 0
    """Spun phrases that stand for one original only."""
    contexts: int = 0
    """Entries with a neighbouring word in both phrases, because it decides."""
    skipped: dict[str, int] = field(default_factory=dict)


def learn(
    pairs: Iterable[tuple[str, str]],
    progress: Callable[[str], None] = lambda message: None,
    min_seen: int = MIN_SEEN,
) -> tuple[list[Learned], Account]:
    """The dictionary of the spinner that made `pairs` of (original, spun) texts, sorted, and an account of the work.

    What was seen less than `min_seen` times is left out: once is as likely an accident of the alignment as a fact. Of a
    handful of pairs, read and corrected by a person, 1 makes the most.
    """
    done = 0

    def aligned_so_far(count: int) -> None:
        nonlocal done
        done += count
        progress(f"aligning: {done:,} pairs")

    aligned = align(pairs, aligned_so_far)
    account = Account(aligned.pairs, len(aligned.blocks), skipped=dict(aligned.skipped))
    counts = count(_phrase_pairs(aligned, account, progress), progress, min_seen)
    entries = _entries(counts, aligned.words, account, min_seen)
    account.entries = len(entries)
    account.originals, account.spun = len({e.original for e in entries}), len({e.spun for e in entries})
    origins = Counter(e.spun for e in entries)
    account.single_origin = sum(1 for count in origins.values() if count == 1)
    return entries, account


# --- phrase pairs at their places ------------------------------------------------------------------------------


def _phrase_pairs(aligned: Aligned, account: Account, progress: Callable[[str], None]) -> Spans:
    """Segment all blocks, twice: what the first pass could not tell alone is tried again with the words beside it.

    Three kinds of block want their neighbours: those with an empty side; those that only a rare pair explains; and
    those that begin or end with a fragment of a longer key, as the first pass found it (*it is* → *it's* differs in
    *is* alone, so that *is more* → *'s extra* looks like a pair).
    """
    text, blocks = aligned.text, aligned.blocks
    left, right = text.mixed[blocks.first - 1], text.mixed[blocks.first + blocks.length]
    within = couple(text.hashes(blocks.first, blocks.length), blocks.spun.hashes(blocks.spun_first, blocks.spun_length))
    account.distinct = len(np.unique(couple(within, couple(left, right))))

    spans, _ = _segmented(text, blocks, within, blocks.ragged, progress)
    rare = spans.hashes()[np.diff(spans.bounds) <= RARE]
    fragments = _hashes({pair[0] for pair, found in count(spans).items() if found.context}, text)
    del spans
    wide = blocks.ragged | np.isin(within, rare)
    for size in (1, 2):
        rows = np.flatnonzero(~wide & (blocks.length > size))
        first, last = blocks.first[rows], blocks.first[rows] + blocks.length[rows]
        begins = np.isin(text.hashes(first - 1, size + 1), fragments)
        wide[rows] = begins | np.isin(text.hashes(last - size, size + 1), fragments)
    spans, account.unexplained = _segmented(text, blocks, within, wide, progress)
    return spans


def _hashes(phrases: Iterable[Phrase], text: Row) -> U64:
    """What `text` calls the hashes of `phrases`."""
    phrases = list(phrases)
    lengths = np.fromiter(map(len, phrases), np.int64, len(phrases))
    flat = np.fromiter((word for phrase in phrases for word in phrase), np.int32, int(lengths.sum()))
    return Row(flat).hashes(np.cumsum(lengths) - lengths, lengths)


def _segmented(
    text: Row, blocks: Blocks, within: U64, wide: Bool, progress: Callable[[str], None]
) -> tuple[Spans, int]:
    """Phrase pairs at their places, the kept neighbours taking part in the blocks `wide`; blocks left unexplained."""
    before = wide & (text.ids[blocks.first - 1] != PARAGRAPH)
    after = wide & (text.ids[blocks.first + blocks.length] != PARAGRAPH)
    first, spun_first = blocks.first - before, blocks.spun_first - before
    length, spun_length = blocks.length + before + after, blocks.spun_length + before + after
    beside = couple(text.mixed[blocks.first - 1], text.mixed[blocks.first + blocks.length])
    group, index, often = numbered(np.where(wide, couple(within, beside), within))
    differences = Differences(
        text, blocks.spun, first[index], length[index], spun_first[index], spun_length[index], often
    )
    path = segment(differences, progress)
    cells = np.bincount(path.difference, minlength=len(index))
    unexplained = int(often[cells == 0].sum())

    # Every block has the cells of its group.
    begin = np.cumsum(cells) - cells
    cell = ranges(begin[group], cells[group])
    place = np.repeat(first, cells[group]) + path.i[cell]
    difference = path.difference
    original, substitute = differences.first[difference] + path.i, differences.spun_first[difference] + path.k
    sizes = path.j - path.i, path.m - path.k
    pair, index, _ = numbered(couple(text.hashes(original, sizes[0]), blocks.spun.hashes(substitute, sizes[1])))
    pair = pair[cell]
    order = np.lexsort((place, pair))
    bounds = np.searchsorted(pair[order], np.arange(len(index) + 1))
    spans = Spans(
        text, blocks.spun, original[index], sizes[0][index], substitute[index], sizes[1][index], bounds, place[order]
    )
    return spans, unexplained


# --- lines -----------------------------------------------------------------------------------------------------


def _entries(counts: Mapping[Pair, Counted], words: Sequence[str], account: Account, min_seen: int) -> list[Learned]:
    """Lines worth keeping, sorted."""
    lines: dict[tuple[str, str], Counted] = {}
    for (original, spun), found in counts.items():
        if found.seen < min_seen or found.seen < MIN_RATE * found.of or original == spun:
            continue
        sides = [words[w] for w in spun], [words[w] for w in original]
        if not all(_WORD.fullmatch(word) for side in sides for word in side):
            continue  # a quotation mark or comma beside a pair is a place, not a part of it
        line = written(sides[0]), written(sides[1])
        if [normalise(word) for word in _words(line)] == [*sides[0], *sides[1]] and not why_not(*line):
            lines[line] = found
    account.contexts = sum(found.context for found in lines.values())
    return [Learned(spun, original, found.seen, found.of) for (spun, original), found in sorted(lines.items())]


def _words(texts: Iterable[str]) -> list[str]:
    tokens = tokenise(texts)
    return [tokens.found(row, row + 1) for row in range(len(tokens))]


def render(entries: Iterable[Learned], header: Mapping[str, str | None]) -> str:
    """A dictionary file: `header`, of which what is empty is left out, and `entries` (dictionaries/README.md)."""
    lines = [f"#: {key}: {value}" for key, value in header.items() if value]
    lines += [f"{entry.spun}\t{entry.original}\t{entry.seen}\t{entry.of}" for entry in entries]
    return "".join(line + "\n" for line in lines)


_WORD = regex.compile(r"['\p{L}\p{M}\p{N}.,]*[\p{L}\p{N}][\p{L}\p{M}\p{N}'.,]*|[-%$€£&]")
