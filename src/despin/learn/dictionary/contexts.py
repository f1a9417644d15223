"""Phrase pairs at their places → counts: the third and fourth step of learning a dictionary.

A spinner's thesaurus has keys; a key is replaced wherever it stands, unless a longer key takes the place first. So an
original that is replaced everywhere is a key as it is, and one that is replaced only after `a` is a fragment of a
longer key: *new* stays, *a new* becomes *a brand new*. What a neighbour decides is read off the counts, not guessed.

Start reading from `count`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...util.array_types import I32, I64, U64
from .align import PARAGRAPH
from .spans import Phrase, Row, couple

Pair = tuple[Phrase, Phrase]

MIN_SEEN = 2  # an entry seen once is as likely an accident of the alignment as a fact
MIN_PLACES = 2  # different places a pair of several words must show: a source spun thrice is one
DECISIVE = 0.5  # a neighbour joins a pair when with it at least this share is replaced …
LIFT = 2.0  # … and at least this many times the share without it
EVIDENT, EVIDENT_LIFT = 0.25, 8.0  # a smaller share decides too where the difference is this clear
MIN_CONTEXT = 3  # different places that a context must show: a source spun thrice is one
MIN_KEPT = 5  # kept occurrences after which a context counts as a longer key …
EXCUSED = 0.1  # … when beside it at most this part of the usual share is replaced
MAX_WORDS = 6  # of an original with its context
WIDE = 0.75  # originals replaced more often than this need no context

# Words before and after that may decide; of those in one row, the side that decides more places goes first.
SIDES = (((1, 0), (0, 1)), ((1, 1), (2, 0), (0, 2)))


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Phrase pairs, and where in the text of originals each stands. One row a pair but for `place`."""

    text: Row
    spun: Row
    first: I64
    """One place of the original in `text`."""
    length: I64
    spun_first: I64
    """One place of the substitute in `spun`."""
    spun_length: I64
    bounds: I64
    """(pairs + 1,): pair k stands at place[bounds[k]:bounds[k + 1]]."""
    place: I64

    def hashes(self) -> U64:
        """Of each pair."""
        original = self.text.hashes(self.first, self.length)
        return couple(original, self.spun.hashes(self.spun_first, self.spun_length))


@dataclass(frozen=True, slots=True)
class Counted:
    """Of `of` occurrences of an original, `seen` became a certain phrase."""

    seen: int
    of: int
    context: bool
    """A neighbouring word was found to belong to the original."""


def count(
    spans: Spans, progress: Callable[[str], None] = lambda message: None, min_seen: int = MIN_SEEN
) -> dict[Pair, Counted]:
    """(original, spun) → how often, with contexts where they decide; originals replaced less often are left out."""
    text = spans.text
    windows = text.grams(2)
    before = _replaced_before(spans)
    result: dict[Pair, Counted] = {}
    originals = list(_by_original(spans, min_seen))
    one = np.array([rows[0] for rows in originals], np.int64)
    first, length = spans.first[one], spans.length[one]
    phrase, place = text.places(first, length)
    bounds = np.searchsorted(phrase, np.arange(len(originals) + 1)).tolist()
    for row, rows in enumerate(originals):
        if row % 4096 == 0:
            progress(f"counting: {row:,} of {len(originals):,} originals")
        at = place[bounds[row] : bounds[row + 1]]
        size = int(length[row])
        kept = at[before[at + size] == before[at]]  # no part of it was replaced
        hits = [spans.place[spans.bounds[pair] : spans.bounds[pair + 1]] for pair in rows.tolist()]
        names = [spans.spun.phrase(int(spans.spun_first[pair]), int(spans.spun_length[pair])) for pair in rows.tolist()]
        here = _Occurrences(text.ids, windows, before, text.phrase(int(first[row]), size), names, hits, kept)
        for pair, (seen, of, context) in here.counted(min(MIN_PLACES, min_seen)):
            # With a context and without, one pair can arise from two originals: *one of*, and *one* before *of*.
            known = result.get(pair, Counted(0, 0, False))
            result[pair] = Counted(seen + known.seen, max(of, known.of), context or known.context)
    totals: dict[Phrase, tuple[int, int]] = {}
    for (original, _), found in result.items():
        seen, of = totals.get(original, (0, 0))
        totals[original] = seen + found.seen, max(of, found.of)
    return {pair: replace(found, of=max(totals[pair[0]])) for pair, found in result.items()}


def _replaced_before(spans: Spans) -> I64:
    """(words + 1,): how many words before each place of the text were replaced."""
    covered = np.zeros(len(spans.text.ids) + 1, np.int32)
    lengths = np.repeat(spans.length, np.diff(spans.bounds))
    for step in range(int(lengths.max(initial=0))):
        covered[spans.place[lengths > step] + step] = 1
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(covered, dtype=np.int64)])


def _by_original(spans: Spans, min_seen: int) -> Iterator[I64]:
    """The pairs of each original that was replaced often enough."""
    hashes = spans.text.hashes(spans.first, spans.length)
    order = np.argsort(hashes, kind="stable")
    often = np.diff(spans.bounds)
    for rows in np.split(order, np.flatnonzero(np.diff(hashes[order])) + 1) if len(order) else []:
        if int(often[rows].sum()) >= min_seen:
            yield rows


class _Occurrences:
    """Where one original was replaced (`hit`), by `which` of `names`, and where it was `kept`.

    A neighbour with which the original is always kept belongs to a longer key of its own (*long* is replaced, *as long
    as* is not): such places are no occurrences of this original. Whether replacing or keeping is the rule is judged by
    kinds of neighbours, not by places: *new* is kept beside hundreds of words and replaced after one.
    """

    def __init__(
        self,
        ids: I32,
        windows: U64,
        before: I64,
        original: Phrase,
        names: Sequence[Phrase],
        hits: Sequence[I64],
        kept: I64,
    ) -> None:
        self.ids, self.windows, self.before, self.original, self.names = ids, windows, before, original, names
        self.hit = np.concatenate(hits)
        self.which = np.repeat(np.arange(len(names)), [len(places) for places in hits])
        self.kept = kept

    def counted(self, min_places: int) -> Iterator[tuple[Pair, tuple[int, int, bool]]]:
        """Every pair with (seen, of, context): with the neighbours that decide, and without."""
        size = len(self.original)
        for sides in SIDES:
            left = list(sides)
            while left:
                if not len(self.hit) or len(self.hit) > WIDE * (len(self.hit) + len(self.kept)):
                    break
                left = [side for side in left if size + sum(side) <= MAX_WORDS]
                looks = [_Neighbours(self, *side) for side in left]
                if not looks:
                    break
                best = max(range(len(looks)), key=lambda row: looks[row].decided)
                left.pop(best)
                yield from self._apply(looks[best])
        for name in np.unique(self.which).tolist():
            here = self.hit[self.which == name]
            if size + len(self.names[name]) > 2 and len(np.unique(self.window(here))) < min_places:
                continue
            yield (self.original, self.names[name]), (len(here), len(self.hit) + len(self.kept), False)

    def _apply(self, look: _Neighbours) -> Iterator[tuple[Pair, tuple[int, int, bool]]]:
        for row in np.flatnonzero(look.decides).tolist():
            head, tail = look.words(row)
            inside = self.which[look.alone & (look.hit == row)]
            total = len(inside) + int(look.stays[row])
            for name in np.unique(inside).tolist():
                pair = (head + self.original + tail, head + self.names[name] + tail)
                yield pair, (int((inside == name).sum()), total, True)
        rest = ~(look.alone & look.decides[look.hit])
        self.hit, self.which = self.hit[rest], self.which[rest]
        self.kept = self.kept[~(look.decides | look.excused)[look.kept]]

    def window(self, at: I64) -> I64:
        """A hash of the two words before and the two after each occurrence: copies of one source show the same."""
        left = self.windows[np.maximum(at - 2, 0)]
        right = self.windows[np.minimum(at + len(self.original), len(self.windows) - 1)]
        return (left * np.uint64(3) ^ right).astype(np.int64)


class _Neighbours:
    """The words beside one original, `left` of them before and `right` after, and which of them decide."""

    def __init__(self, here: _Occurrences, left: int, right: int) -> None:
        size = len(here.original)
        self.left = left
        at = np.concatenate([here.hit, here.kept])
        columns = [here.ids[at + step].astype(np.int64) for step in (*range(-left, 0), *range(size, size + right))]
        packed = columns[0] if len(columns) == 1 else columns[0] << 32 | columns[1]
        found, kind = np.unique(packed, return_inverse=True)
        self.found = found[:, None] if len(columns) == 1 else np.stack([found >> 32, found & 0xFFFFFFFF], axis=1)
        self.hit, self.kept = kind[: len(here.hit)], kind[len(here.hit) :]
        replaced, self.stays = (np.bincount(kinds, minlength=len(found)) for kinds in (self.hit, self.kept))
        share = replaced / (replaced + self.stays)
        rule = float(share.mean())  # every kind of neighbour has one vote
        # Where a neighbour was replaced too, it is no part of this pair: *a picture* → *an image* is not *an picture*.
        replaced_here = here.before[here.hit + size + right] - here.before[here.hit - left]
        self.alone: NDArray[np.bool_] = replaced_here == size
        alone = np.bincount(self.hit[self.alone], minlength=len(found))
        places = np.unique(np.stack([self.hit, here.window(here.hit)])[:, self.alone], axis=1)[0]
        words = (self.found != PARAGRAPH).all(axis=1)
        often = np.bincount(places, minlength=len(found)) >= MIN_CONTEXT
        part = alone / (replaced + self.stays)
        sure = (part >= max(DECISIVE, LIFT * rule)) | (part >= max(EVIDENT, EVIDENT_LIFT * rule))
        self.decides: NDArray[np.bool_] = often & sure & words
        self.excused: NDArray[np.bool_] = (self.stays >= MIN_KEPT) & (share <= EXCUSED * rule) & words
        self.decided = int(alone[self.decides].sum())

    def words(self, row: int) -> tuple[Phrase, Phrase]:
        """The words before and after."""
        return tuple(self.found[row, : self.left].tolist()), tuple(self.found[row, self.left :].tolist())
