"""What is measured, as pure functions: edits compared and counted, detection, calibration.

**Two ways to compare** a system's edits with the gold ones:

* `strict`, the definition: as sets. An edit is right if it equals a gold edit.
* `by_effect`: edits that the first way leaves over, and that overlap or touch, are compared by what they make of the
  words they cover together: the most on either side that have the same effect are right, as variant calls are
  compared in genomics (vcfeval; Cleary et al. 2015). So one piece or two, or which "like" of "like like" was dropped,
  makes no difference. The rule is symmetric: exchange system and gold, and the same edits agree.

**Gold edits** may accept several originals; any is right. An `optional` one counts neither when made nor when missed,
but another replacement in its place is wrong: nobody vouches for it, and a reader would see a changed text. One that
also accepts the words as they stand ("good" → "good" or "perfect") is right when made and not missed when left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import prod
from typing import NamedTuple

import numpy as np
from edits import Edit, GoldEdit, Words, apply_edits
from numpy.typing import ArrayLike, NDArray
from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over a set of edits; they add up."""

    right: int = 0
    """System edits that are right."""
    wrong: int = 0
    found: int = 0
    """Gold edits that were made; differs from `right` only when comparing by effect."""
    missed: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.right + other.right, self.wrong + other.wrong, self.found + other.found, self.missed + other.missed
        )

    @property
    def precision(self) -> float:
        """1 where no edit was made."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """1 where there was nothing to find."""
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0

    def f(self, beta: float = 0.5) -> float:
        """F-measure (van Rijsbergen 1979); beta 0.5 weighs precision twice as much as recall."""
        p, r = self.precision, self.recall
        return (1 + beta**2) * p * r / (beta**2 * p + r) if p + r else 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of each system edit and each gold edit of one text."""

    system: tuple[bool | None, ...]
    """True: right; False: wrong; None: counts neither way."""
    gold: tuple[bool | None, ...]
    """True: found; False: missed; None: counts neither way."""

    @property
    def score(self) -> Score:
        """The counts."""
        counts = [side.count(flag) for side in (self.system, self.gold) for flag in (True, False)]
        return Score(counts[0], counts[1], counts[2], counts[3])


def compare(system: Sequence[Edit], gold: Sequence[GoldEdit], words: Sequence[str], effect: bool = False) -> Judged:
    """Compare a system's minimised, disjoint edits of `words` with the gold ones: as sets, or also by effect."""
    right: list[bool | None] = [False] * len(system)
    found: list[bool | None] = [False if edit.counts else None for edit in gold]
    place = {edit: index for index, one in enumerate(gold) for edit in one.accepted}
    left = set(range(len(gold)))
    for index, edit in enumerate(system):
        if (match := place.get(edit)) is not None:
            right[index] = None if gold[match].optional else True
            found[match] = None if gold[match].optional else True
            left.discard(match)
    if effect:
        for touching in (False, True):
            rest = [i for i, flag in enumerate(right) if flag is False]
            for ours, theirs in _groups(system, rest, gold, sorted(left), touching):
                made, met = _same_effect([system[i] for i in ours], [gold[g] for g in theirs], words)
                optional = all(gold[theirs[g]].optional for g in met)
                for i in made:
                    right[ours[i]] = None if optional else True
                for g in (theirs[g] for g in met):
                    found[g] = None if gold[g].optional else True
                    left.discard(g)
    return Judged(tuple(right), tuple(found))


def _span(edit: GoldEdit) -> tuple[int, int]:
    return min(e.first for e in edit.accepted), max(e.last for e in edit.accepted)


def _groups(
    system: Sequence[Edit], ours: Iterable[int], gold: Sequence[GoldEdit], theirs: Iterable[int], touching: bool
) -> Iterator[tuple[list[int], list[int]]]:
    """Groups of edits, of both sides, whose spans hang together."""
    spans = [(system[i].first, system[i].last, 0, i) for i in ours]
    spans += [(*_span(gold[g]), 1, g) for g in theirs if gold[g].accepted]
    group: tuple[list[int], list[int]] = ([], [])
    reach = -1
    for first, last, side, index in sorted(spans):
        if first > reach or (first == reach and not touching):
            if group[0] and group[1]:
                yield group
            group, reach = ([], []), -1
        group[side].append(index)
        reach = max(reach, last)
    if group[0] and group[1]:
        yield group


_MANY = 4096  # ways to choose among the edits of one group; a group with more is left as the sets judged it


def _same_effect(ours: Sequence[Edit], theirs: Sequence[GoldEdit], words: Sequence[str]) -> tuple[list[int], list[int]]:
    """The most of `ours` and of `theirs`, as indices, that make the same of the words; none if none do."""
    spans = [(edit.first, edit.last) for edit in ours] + [_span(edit) for edit in theirs]
    first, last = min(a for a, _ in spans), max(b for _, b in spans)
    system: list[list[Edit | None]] = [[edit, None] for edit in ours]
    gold: list[list[Edit | None]] = [[*sorted(edit.accepted), None] for edit in theirs]
    best: tuple[list[int], list[int]] = ([], [])
    if prod(map(len, system)) * prod(map(len, gold)) > _MANY:
        return best

    def effects(ways: list[list[Edit | None]]) -> Iterator[tuple[Words, list[int]]]:
        for way in product(*ways):
            yield apply_edits(words, filter(None, way), first, last), [i for i, edit in enumerate(way) if edit]

    meant: dict[Words, list[int]] = {}
    for effect, chosen in effects(gold):
        if len(chosen) > len(meant.get(effect, [])):
            meant[effect] = chosen
    for effect, chosen in effects(system):
        if chosen and effect in meant and len(chosen) + len(meant[effect]) > len(best[0]) + len(best[1]):
            best = chosen, meant[effect]
    return best


def by_effect(system: Sequence[Edit], gold: Sequence[GoldEdit], words: Sequence[str]) -> tuple[int, int]:
    """The outside count: gold edits that were met, and edits of the system that touch none.

    A gold edit that counts is met when the words over its span, widened to every edit of the system that touches it,
    are those of the reference, with the neighbouring gold edits in any accepted form, the optional ones made or not.
    """
    right = sum(edit.counts and _met(edit, system, gold, words) for edit in gold)
    return right, sum(not near(edit, gold) for edit in system)


def _met(edit: GoldEdit, system: Sequence[Edit], gold: Sequence[GoldEdit], words: Sequence[str]) -> bool:
    spans = [_span(edit), *((one.first, one.last) for one in system if _touch(one.first, one.last, *_span(edit)))]
    first, last = min(a for a, _ in spans), max(b for _, b in spans)
    made = apply_edits(words, [one for one in system if first <= one.first and one.last <= last], first, last)
    others = [
        [*sorted(one.accepted), *([None] if one.optional or one.stands else [])]
        for one in gold
        if one.accepted and one is not edit and first <= _span(one)[0] and _span(one)[1] <= last
    ]
    if prod(map(len, others)) > _MANY:
        return False
    meant = (filter(None, way) for way in product(sorted(edit.accepted), *others))
    return any(made == apply_edits(words, way, first, last) for way in map(list, meant) if _disjoint(way))


def _disjoint(edits: Sequence[Edit]) -> bool:
    order = sorted(edits)
    return all(one.last <= other.first for one, other in pairwise(order))


@dataclass(frozen=True, slots=True)
class Answers:
    """Two questions apart: was a place substituted, and by what? Counts; they add up."""

    changed: int = 0
    """System edits."""
    spun: int = 0
    """Of these, edits of words that were substituted at all: that touch a gold edit."""
    right: int = 0
    """Of these, edits with the original."""
    gold: int = 0
    """Gold edits that count."""
    reached: int = 0
    """Of these, those whose words a system edit touches."""

    def __add__(self, other: Answers) -> Answers:
        return Answers(
            self.changed + other.changed, self.spun + other.spun, self.right + other.right, self.gold + other.gold,
            self.reached + other.reached,
        )  # fmt: skip

    @property
    def hard_precision(self) -> float:
        """The share of the changed places that were substituted; 1 where none was changed."""
        return self.spun / self.changed if self.changed else 1.0

    @property
    def coverage(self) -> float:
        """The share of the substituted places that were changed."""
        return self.reached / self.gold if self.gold else 1.0

    @property
    def exactness(self) -> float:
        """Of the substituted places that were changed, the share that has the original."""
        return self.right / self.spun if self.spun else 1.0


def answers(system: Sequence[Edit], gold: Sequence[GoldEdit]) -> Answers:
    """What a system's minimised, disjoint edits say to either question; as sets, like `compare` without effect."""
    accepted = {edit for one in gold for edit in one.accepted}
    touched: set[int] = set()
    spun = right = 0
    for edit in system:
        touches = near(edit, gold)
        touched |= touches
        spun += bool(touches)
        right += edit in accepted
    counts = {row for row, one in enumerate(gold) if one.counts}
    return Answers(len(system), spun, right, len(counts), len(touched & counts))


def near(edit: Edit, gold: Sequence[GoldEdit]) -> set[int]:
    """Which of the `gold` edits `edit` touches."""
    return {row for row, one in enumerate(gold) if one.accepted and _touch(edit.first, edit.last, *_span(one))}


def _touch(first: int, last: int, begin: int, end: int) -> bool:
    """Whether two spans share a word; what is put between two words touches both."""
    if first == last or begin == end:
        return first <= end and begin <= last
    return first < end and begin < last


def edit_distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Levenshtein distance between two sequences of tokens."""
    return int(Levenshtein.distance(a, b))


# --- detection and calibration ---------------------------------------------------------------------------------


def ranks(scores: Iterable[Sequence[float]]) -> NDArray[np.int64]:
    """Score tuples → dense ranks: by the first number, ties by the second, and so on."""
    rows = np.array([tuple(score) for score in scores], dtype=np.float64)
    if len(rows) == 0:
        return np.zeros(0, np.int64)
    return np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def auroc(spun: ArrayLike, clean: ArrayLike) -> float:
    """Probability that a spun text scores higher than a clean one; ties count half (Mann and Whitney 1947)."""
    a, b = np.asarray(spun), np.sort(np.asarray(clean))
    if not len(a) or not len(b):
        return float("nan")
    below = np.searchsorted(b, a, "left") + np.searchsorted(b, a, "right")
    return float(below.sum() / (2 * len(a) * len(b)))


def tpr_at_fpr(spun: ArrayLike, clean: ArrayLike, rate: float) -> float:
    """Share of spun texts above the lowest threshold that at most `rate` of the clean texts exceed."""
    a, b = np.asarray(spun), np.sort(np.asarray(clean))[::-1]
    if not len(a) or not len(b):
        return float("nan")
    allowed = int(np.floor(rate * len(b) + 1e-9))
    return 1.0 if allowed >= len(b) else float(np.mean(a > b[allowed]))


class Bin(NamedTuple):
    """One bin of a reliability diagram."""

    low: float
    findings: int
    confidence: float
    """Mean; nan where the bin is empty."""
    right: float
    """Share that is right; nan where the bin is empty."""


def calibration(confidence: ArrayLike, right: ArrayLike, bins: int = 10) -> tuple[list[Bin], float]:
    """Equal-width bins and the expected calibration error (Naeini et al. 2015); nan without findings."""
    c, r = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    where = np.minimum((c * bins).astype(np.int64), bins - 1)
    count = np.bincount(where, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(where, c, bins) / count
        share = np.bincount(where, r, bins) / count
    rows = [Bin(i / bins, int(count[i]), float(mean[i]), float(share[i])) for i in range(bins)]
    error = float(np.nansum(count * np.abs(mean - share)) / len(c)) if len(c) else float("nan")
    return rows, error
