"""Pairs of short phrases → which words of one became which words of the other.

A tortured phrase is its term, substituted piece by piece and in order. So an alignment is a cut of both phrases into
the same number of *blocks* of up to three words, and each block is a substitution. Expectation–maximisation over all
cuts of all pairs (the segmental model of DeNero, Bouchard-Côté and Klein 2008, *Sampling alignment structure under a
Bayesian phrase model*, made monotone) finds what recurs. What keeps it from learning whole phrases by heart:

* a block is scored by the geometric mean of P(original | spun) and P(spun | original), so that a long block gains
  nothing from being rare;
* each block's shape has a price, and one word for one word is by far the cheapest;
* both conditionals back off, first to the lemmas of the words, then to how common the words are, with a bonus for
  words that are kept or share a stem.

Start reading from `Aligner`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

Words = tuple[str, ...]
Block = tuple[Words, Words]  # spun, original; either may be empty
Cell = tuple[int, int, int, int, Block, float]

ROUNDS = 6
SHAPES: Mapping[tuple[int, int], float] = {
    (1, 1): 0.82, (2, 1): 0.06, (1, 2): 0.05, (2, 2): 0.015, (3, 1): 0.01, (1, 0): 0.01, (0, 1): 0.01,
    (1, 3): 0.005, (3, 2): 0.004, (2, 3): 0.004, (3, 3): 0.001,
}  # fmt: skip
CONCENTRATION = 2.0  # occurrences that the back-off is worth
KEPT, INFLECTED, STEM = 0.3, 0.1, 0.02  # prior of a word that stays, changes its form, shares its first letters
MISMATCH = 0.02  # factor for a function word made of a content word, or of nothing
FAINT = 1e-4  # posteriors below are not counted
FUNCTION = frozenset({
    "the", "a", "an", "of", "in", "on", "for", "to", "and", "by", "with", "from", "at", "as", "or", "-", "'s",
    "is", "are", "be", "was", "were", "into", "over", "under", "its", "it", "that", "this",
})  # fmt: skip


class Aligner:
    """Learns from `pairs` of (spun, original) words; `lemma` gives the base form of a word.

    The one mutable object here: `counts` are the expected numbers of each block, after `ROUNDS` rounds.
    """

    def __init__(self, pairs: Iterable[tuple[Words, Words]], lemma: Callable[[str], str], rounds: int = ROUNDS) -> None:
        self.lemma = cache(lemma)
        self.pairs = [(spun, original) for spun, original in pairs if spun and original]
        self._made = Counter(word for spun, _ in self.pairs for word in spun)
        self._meant = Counter(word for _, original in self.pairs for word in original)
        self._totals = sum(self._made.values()), sum(self._meant.values())
        self._bases: dict[tuple[Block, bool], float] = {}
        self.counts: dict[Block, float] = {}
        self._count({})
        for _ in range(rounds):
            self._count(self._expected())

    def align(self, spun: Words, original: Words) -> list[Block]:
        """The likeliest blocks of a pair, in order; empty if there are none."""
        best: dict[tuple[int, int], tuple[float, tuple[int, int], Block]] = {}
        score = {(0, 0): 0.0}
        for i, j, i2, j2, block, weight in self._cells(spun, original):
            if (i, j) in score:
                total = score[i, j] + math.log(weight)
                if total > score.get((i2, j2), -math.inf):
                    score[i2, j2], best[i2, j2] = total, (total, (i, j), block)
        at, blocks = (len(spun), len(original)), []
        while at in best:
            _, at, block = best[at]
            blocks.append(block)
        return blocks[::-1]

    # --- expectation and maximisation

    def _expected(self) -> dict[Block, float]:
        counts: defaultdict[Block, float] = defaultdict(float)
        for spun, original in self.pairs:
            cells = self._cells(spun, original)
            before: defaultdict[tuple[int, int], float] = defaultdict(float, {(0, 0): 1.0})
            for i, j, i2, j2, _, weight in cells:
                before[i2, j2] += before[i, j] * weight
            total = before[len(spun), len(original)]
            after: defaultdict[tuple[int, int], float] = defaultdict(float, {(len(spun), len(original)): 1.0})
            for i, j, i2, j2, block, weight in reversed(cells):
                share = weight * after[i2, j2]
                after[i, j] += share
                posterior = before[i, j] * share / total if total else 0.0
                if posterior > FAINT:
                    counts[block] += posterior
        return dict(counts)

    def _count(self, counts: dict[Block, float]) -> None:
        self.counts = counts
        self._spun: Counter[Words] = Counter()
        self._original: Counter[Words] = Counter()
        self._lemmas: Counter[Block] = Counter()
        self._lemmas_spun: Counter[Words] = Counter()
        self._lemmas_original: Counter[Words] = Counter()
        for (spun, original), number in counts.items():
            one, two = self._base(spun), self._base(original)
            for total, key in (
                (self._spun, spun), (self._original, original), (self._lemmas_spun, one), (self._lemmas_original, two)
            ):  # fmt: skip
                total[key] += number  # type: ignore[assignment]
            self._lemmas[one, two] += number  # type: ignore[assignment]
        self._scores: dict[Block, float] = {}

    def _cells(self, spun: Words, original: Words) -> list[Cell]:
        cells = []
        for i in range(len(spun) + 1):
            for j in range(len(original) + 1):
                for a, b in SHAPES:
                    if i + a <= len(spun) and j + b <= len(original):
                        block = spun[i : i + a], original[j : j + b]
                        weight = self._scores.get(block)
                        if weight is None:
                            weight = self._scores[block] = self._score(block)
                        cells.append((i, j, i + a, j + b, block, weight))
        return cells

    def _score(self, block: Block) -> float:
        spun, original = block
        number, (one, two) = self.counts.get(block, 0.0), (self._base(spun), self._base(original))
        shared = 0.3 * self._lemmas[one, two]
        direct = _backed_off(number, self._spun[spun], shared, self._lemmas_spun[one], self._prior(block, False))
        inverse = _backed_off(
            number, self._original[original], shared, self._lemmas_original[two], self._prior(block, True)
        )
        return math.sqrt(direct * inverse) * SHAPES[len(spun), len(original)]

    def _base(self, words: Words) -> Words:
        return tuple(map(self.lemma, words))

    def _prior(self, block: Block, inverse: bool) -> float:
        """P(one side | the other) before anything was seen."""
        known = self._bases.get((block, inverse))
        if known is None:
            known = self._bases[block, inverse] = self._first_guess(*block, inverse)
        return known

    def _first_guess(self, spun: Words, original: Words, inverse: bool) -> float:
        given = spun if inverse else original  # the side whose probability is asked
        counts, total = (self._made, self._totals[0]) if inverse else (self._meant, self._totals[1])
        guess = math.prod((counts[word] + 0.5) / (total + 1000) for word in given)
        if len(spun) == len(original) == 1:
            one, two = spun[0], original[0]
            guess /= 2
            if one == two:
                guess += KEPT
            elif self.lemma(one) == self.lemma(two):
                guess += INFLECTED
            elif shared_start(one, two) >= max(4, min(len(one), len(two)) / 2):
                guess += STEM
            return guess * (MISMATCH if (one in FUNCTION) != (two in FUNCTION) else 1.0)
        if not spun or not original:
            return guess * (MISMATCH if _content(spun or original) else 1.0)
        return guess * (MISMATCH if _content(spun) != _content(original) else 1.0)


def _backed_off(number: float, total: float, lemmas: float, all_lemmas: float, prior: float) -> float:
    by_lemma = (lemmas + CONCENTRATION * prior) / (all_lemmas + CONCENTRATION)
    return (number + CONCENTRATION * by_lemma) / (total + CONCENTRATION)


def _content(words: Sequence[str]) -> bool:
    return any(word not in FUNCTION for word in words)


def shared_start(one: str, two: str) -> int:
    """How many letters two words begin with alike."""
    return next((k for k, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
