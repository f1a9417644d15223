"""Two texts → passages: which words of the one stand for which of the other, whatever the order of the paragraphs.

Paragraphs that are the same come first; then the chains of what is rare (`anchors`); then the words between the
anchors and beside them, by the best way from one text to the other (`regions`). A passage ends where the texts part.

Start reading from `align`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from ..util.array_types import Bool
from .anchors import REACH, Chain, chains
from .known import Arc, Known
from .regions import SAME, Region, Step, best_way
from .words import Words

LARGEST = 6000  # cells of a region that is gone through word by word; of a larger one only what lies at its ends
FAINT = 1.0  # what seeds are worth together that are reason enough to compare two paragraphs that nothing else claims
LEAST_KEPT = (
    0.4  # share of words kept, or known to be substituted, of a pair of paragraphs that no rare word holds together
)
SHORT = 3  # characters: a word that stands alone between others, and is as short, is no anchor


@dataclass(slots=True)
class Passage:
    """Tokens of the text that stand for tokens of the source, step by step."""

    steps: list[Step]
    moved: bool = False
    """It stands in another order than most others."""

    @property
    def first(self) -> int:
        return self.steps[0].first

    @property
    def last(self) -> int:
        return self.steps[-1].last

    @property
    def begin(self) -> int:
        return self.steps[0].begin

    @property
    def end(self) -> int:
        return self.steps[-1].end

    @property
    def kept(self) -> int:
        """Tokens that are the same."""
        return sum(step.last - step.first for step in self.steps if step.entry == SAME)


def align(text: Words, source: Words, known: Known) -> list[Passage]:
    """The passages that the two share, by their place in the text; they overlap in neither."""
    aligner = _Aligner(text, source, known)
    passages = aligner.whole_paragraphs()
    free, source_free = aligner.free(passages)
    passages += [aligner.between_anchors(chain) for chain in chains(text, source, free, source_free)]
    passages = aligner.extended(passages)
    passages = [_trimmed(passage) for passage in passages + aligner.what_is_left(passages)]
    passages.sort(key=lambda passage: passage.first)
    _mark_moved(passages)
    return passages


@dataclass(slots=True)
class _Aligner:
    text: Words
    source: Words
    known: Known
    ids: list[int] = field(init=False)
    source_ids: list[int] = field(init=False)
    counted: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        self.ids, self.source_ids = self.text.word.tolist(), self.source.word.tolist()
        self.counted = self.text.counted.tolist()

    # --- the three steps ------------------------------------------------------------------------------------------

    def whole_paragraphs(self) -> list[Passage]:
        """Paragraphs of the text that stand in the source word for word, each with one there."""
        there: defaultdict[bytes, list[tuple[int, int]]] = defaultdict(list)
        for begin, end in reversed(list(_paragraphs(self.source))):
            there[self.source.word[begin:end].tobytes()].append((begin, end))
        found = []
        for first, last in _paragraphs(self.text):
            if (same := there.get(self.text.word[first:last].tobytes())) and self.text.counted[first:last].any():
                begin, end = same.pop()
                found.append(Passage([Step(first, last, begin, end, SAME)]))
        return found

    def free(self, passages: Sequence[Passage]) -> tuple[Bool, Bool]:
        """Which tokens of the text, and of the source, are in none of `passages`."""
        here, there = np.ones(len(self.text), np.bool_), np.ones(len(self.source), np.bool_)
        for passage in passages:
            here[passage.first : passage.last] = there[passage.begin : passage.end] = False
        return here, there

    def between_anchors(self, chain: Chain) -> Passage:
        """The passage from the first to the last anchor of `chain`."""
        one, other = self._anchors(chain)
        steps: list[Step] = []
        for at, there, next_at, next_there in zip(
            one, other, [*one[1:], one[-1] + 1], [*other[1:], other[-1] + 1], strict=True
        ):
            _add(steps, Step(at, at + 1, there, there + 1, SAME))
            self._fill(steps, at + 1, next_at, there + 1, next_there)
        return Passage(steps)

    def extended(self, passages: list[Passage]) -> list[Passage]:
        """`passages`, and the words beside each as far as they go on in both texts; pairs of paragraphs between."""
        if not passages:
            return self._only_paragraphs(0, len(self.text), 0, len(self.source))
        passages.sort(key=lambda passage: passage.first)
        there = sorted(range(len(passages)), key=lambda row: passages[row].begin)
        rank = {row: place for place, row in enumerate(there)}
        more: list[Passage] = []
        for row, passage in enumerate(passages):
            follows = passages[row + 1] if row + 1 < len(passages) else None
            place = rank[row] + 1
            there_follows = passages[there[place]] if place < len(there) else None
            here_end = follows.first if follows else len(self.text)
            there_end = there_follows.begin if there_follows else len(self.source)
            if follows is there_follows:
                more += self._gap(passage, follows, here_end, there_end)
            else:
                self._to_the_right(passage, here_end, there_end)
        bounds = self._ends_before(passages)
        for row, passage in enumerate(passages):
            if not row or not rank[row] or there[rank[row] - 1] != row - 1:
                self._to_the_left(passage, *bounds[row])
        if rank[0] == 0:
            more += self._only_paragraphs(0, passages[0].first, 0, passages[0].begin)
        return passages + more

    def what_is_left(self, passages: Sequence[Passage]) -> list[Passage]:
        """Passages of whole paragraphs of which nothing is in `passages`; what is rare among these is enough."""
        here, there = self.free(passages)
        for free, words in ((here, self.text), (there, self.source)):
            for first, last in _paragraphs(words):
                free[first:last] &= free[first:last].all()
        found: list[Passage] = []
        for chain in sorted(chains(self.text, self.source, here, there, FAINT), key=lambda chain: -chain.score):
            first, last = self.text.paragraph_of(int(chain.text[0]))
            begin, end = self.source.paragraph_of(int(chain.source[0]))
            if here[first:last].all() and there[begin:end].all() and (passage := self._whole(first, last, begin, end)):
                here[first:last] = there[begin:end] = False
                found.append(passage)
        return found

    # --- anchors --------------------------------------------------------------------------------------------------

    def _anchors(self, chain: Chain) -> tuple[list[int], list[int]]:
        """Those of the chain that are sure: long words, and words beside others that are kept."""
        one, other = chain.text, chain.source
        goes_on = np.zeros(len(one) + 1, np.bool_)
        goes_on[1:-1] = (np.diff(one) == 1) & (np.diff(other) == 1)
        size = self.text.end[one] - self.text.start[one]
        sure = goes_on[1:] | goes_on[:-1] | (size > SHORT)
        return (one[sure].tolist(), other[sure].tolist()) if sure.any() else (one.tolist(), other.tolist())

    def _fill(self, steps: list[Step], first: int, last: int, begin: int, end: int) -> None:
        """Add the best way through a region to `steps`."""
        if first == last and begin == end:
            return
        if (last - first) * (end - begin) > LARGEST:
            _add(steps, Step(first, last, begin, end))
        elif last - first == 1 == end - begin:
            _add(steps, self._single(first, begin))
        else:
            for step in best_way(self._region(first, last, begin, end), self.known.arcs(first, last, begin, end)):
                for part in self._cored(step):
                    _add(steps, part)

    def _cored(self, step: Step) -> Iterator[Step]:
        """A known substitution without the words that both phrases begin or end with, which were kept; whole, if there
        is nothing else on one side."""
        first, last, begin, end, entry = step
        while entry >= 0 and first < last and begin < end and self.ids[first] == self.source_ids[begin]:
            first, begin = first + 1, begin + 1
        while entry >= 0 and first < last and begin < end and self.ids[last - 1] == self.source_ids[end - 1]:
            last, end = last - 1, end - 1
        if first == last or begin == end:
            yield step
            return
        if first > step.first:
            yield Step(step.first, first, step.begin, begin, SAME)
        yield Step(first, last, begin, end, entry)
        if last < step.last:
            yield Step(last, step.last, end, step.end, SAME)

    def _single(self, first: int, begin: int) -> Step:
        if self.ids[first] == self.source_ids[begin]:
            return Step(first, first + 1, begin, begin + 1, SAME)
        arc = next(self.known.arcs(first, first + 1, begin, begin + 1), None)
        return Step(first, first + 1, begin, begin + 1, arc.entry if arc else -1)

    def _region(self, first: int, last: int, begin: int, end: int) -> Region:
        return Region(self.ids[first:last], self.source_ids[begin:end], self.counted[first:last], first, begin)

    # --- beside a passage -----------------------------------------------------------------------------------------

    def _gap(self, passage: Passage, follows: Passage | None, here_end: int, there_end: int) -> list[Passage]:
        """What lies between two passages that follow each other in both texts, or behind the last."""
        cuts = self._cuts(self.text, passage.last, here_end)
        there_cuts = self._cuts(self.source, passage.end, there_end)
        if follows is not None and (len(cuts) == 2 or len(there_cuts) == 2):
            if (here_end - passage.last) * (there_end - passage.end) <= LARGEST:
                self._fill(passage.steps, passage.last, here_end, passage.end, there_end)
            else:
                self._to_the_right(passage, here_end, there_end)
                self._to_the_left(follows, passage.last, passage.end)
            return []
        self._extend(passage, cuts[1], there_cuts[1], synced=True)
        if follows is not None:
            self._extend_left(follows, cuts[-2], there_cuts[-2], synced=True)
        last = len(cuts) - 1 if follows is None else len(cuts) - 2
        there_last = len(there_cuts) - 1 if follows is None else len(there_cuts) - 2
        if last < 2 or there_last < 2:
            return []
        return self._only_paragraphs(cuts[1], cuts[last], there_cuts[1], there_cuts[there_last])

    def _only_paragraphs(self, first: int, last: int, begin: int, end: int) -> list[Passage]:
        """Passages of paragraphs that no rare word holds together, one beside one, if there are as many and they are
        alike; or none."""
        here = [(one, other) for one, other in pairwise(self._cuts(self.text, first, last)) if one < other]
        there = [(one, other) for one, other in pairwise(self._cuts(self.source, begin, end)) if one < other]
        if len(here) != len(there):
            return []
        pairs = (self._whole(*one, *other) for one, other in zip(here, there, strict=True))
        return [passage for passage in pairs if passage]

    def _whole(self, first: int, last: int, begin: int, end: int) -> Passage | None:
        """The passage of a paragraph of the text and one of the source; None if they are not alike."""
        if (last - first) * (end - begin) > LARGEST:
            return None
        passage = Passage([])
        self._fill(passage.steps, first, last, begin, end)
        known = sum(step.last - step.first for step in passage.steps if step.entry >= 0)
        return passage if passage.kept + known >= LEAST_KEPT * max(last - first, end - begin) else None

    @staticmethod
    def _cuts(words: Words, first: int, last: int) -> list[int]:
        """`first`, the paragraphs that begin between, and `last`."""
        rows = slice(int(np.searchsorted(words.border, first)), int(np.searchsorted(words.border, last, side="right")))
        inner = [at for at in words.border[rows].tolist() if first <= at <= last and 0 < at < len(words)]
        return [first, *inner, last]

    def _to_the_right(self, passage: Passage, here_end: int, there_end: int) -> None:
        """Go on behind `passage`, as far as its paragraphs reach."""
        here = min(here_end, self.text.paragraph_of(passage.last - 1)[1])
        there = min(there_end, self.source.paragraph_of(passage.end - 1)[1])
        synced = here == self.text.paragraph_of(passage.last - 1)[1]
        synced &= there == self.source.paragraph_of(passage.end - 1)[1]
        self._extend(passage, here, there, synced=synced)

    def _to_the_left(self, passage: Passage, here: int, there: int) -> None:
        """Likewise before it."""
        first, begin = self.text.paragraph_of(passage.first)[0], self.source.paragraph_of(passage.begin)[0]
        synced = first >= here and begin >= there
        self._extend_left(passage, max(here, first), max(there, begin), synced=synced)

    def _extend(self, passage: Passage, here: int, there: int, *, synced: bool) -> None:
        first, begin = passage.last, passage.end
        if synced and (here - first) * (there - begin) <= LARGEST:
            self._fill(passage.steps, first, here, begin, there)
            return
        here, there = min(here, first + REACH), min(there, begin + REACH)
        region = self._region(first, here, begin, there)
        for step in best_way(region, self.known.arcs(first, here, begin, there), loose_end=True):
            for part in self._cored(step):
                _add(passage.steps, part)

    def _extend_left(self, passage: Passage, here: int, there: int, *, synced: bool) -> None:
        last, end = passage.first, passage.begin
        steps: list[Step] = []
        if synced and (last - here) * (end - there) <= LARGEST:
            self._fill(steps, here, last, there, end)
        else:
            here, there = max(here, last - REACH), max(there, end - REACH)
            steps = self._mirrored(here, last, there, end)
        for step in passage.steps:
            _add(steps, step)
        passage.steps = steps

    def _mirrored(self, first: int, last: int, begin: int, end: int) -> list[Step]:
        """The best way to the end of a region from wherever it is worth most: that of the region read backwards."""
        region = Region(
            self.ids[first:last][::-1], self.source_ids[begin:end][::-1], self.counted[first:last][::-1], 0, 0
        )
        arcs = (
            Arc(last - arc.last, last - arc.first, end - arc.end, end - arc.begin, arc.entry)
            for arc in self.known.arcs(first, last, begin, end)
        )
        way = best_way(region, arcs, loose_end=True)
        turned = [Step(last - s.last, last - s.first, end - s.end, end - s.begin, s.entry) for s in reversed(way)]
        return [part for step in turned for part in self._cored(step)]

    def _ends_before(self, passages: Sequence[Passage]) -> list[tuple[int, int]]:
        """For each passage where the one before it ends, in the text and in the source."""
        there = sorted(range(len(passages)), key=lambda row: passages[row].begin)
        source_end = {row: passages[before].end for before, row in pairwise(there)}
        return [(passages[row - 1].last if row else 0, source_end.get(row, 0)) for row in range(len(passages))]


def _add(steps: list[Step], step: Step) -> None:
    """Put `step` behind the others; kept words that follow each other are one step."""
    if steps and step.entry == SAME == steps[-1].entry:
        step = Step(steps[-1].first, step.last, steps[-1].begin, step.end, SAME)
        steps.pop()
    steps.append(step)


def _trimmed(passage: Passage) -> Passage:
    """`passage` without what was only put in or left out at its ends."""
    steps = passage.steps
    first, last = 0, len(steps)
    while first < last - 1 and (steps[first].first == steps[first].last or steps[first].begin == steps[first].end):
        first += 1
    while first < last - 1 and (
        steps[last - 1].first == steps[last - 1].last or steps[last - 1].begin == steps[last - 1].end
    ):
        last -= 1
    return Passage(steps[first:last])


def _paragraphs(words: Words) -> Iterator[tuple[int, int]]:
    return pairwise(words.border.tolist())


def _mark_moved(passages: Sequence[Passage]) -> None:
    """Mark those that are not in the row of passages, in order in both texts, that keeps most words."""
    order = sorted(range(len(passages)), key=lambda row: passages[row].begin)
    rank = {row: place for place, row in enumerate(order)}
    best = _Heaviest(len(passages))
    chosen: list[tuple[int, int]] = []  # worth, passage before
    for row, passage in enumerate(passages):
        worth, before = best.below(rank[row])
        chosen.append((worth + passage.kept, before))
        best.put(rank[row], worth + passage.kept, row)
        passage.moved = True
    row = best.below(len(passages))[1]
    while row >= 0:
        passages[row].moved = False
        row = chosen[row][1]


class _Heaviest:
    """The highest worth of any rank below one, in logarithmic time (Fenwick 1994)."""

    def __init__(self, size: int) -> None:
        self.tree = [(0, -1)] * (size + 1)

    def below(self, rank: int) -> tuple[int, int]:
        best = (0, -1)
        while rank > 0:
            best = max(best, self.tree[rank])
            rank -= rank & -rank
        return best

    def put(self, rank: int, worth: int, row: int) -> None:
        rank += 1
        while rank < len(self.tree):
            self.tree[rank] = max(self.tree[rank], (worth, row))
            rank += rank & -rank
