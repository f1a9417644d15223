"""Scan → which texts need not be decoded, since decoding would find nothing in them, and what is said of these.

Most texts are honest, and a scan costs a twentieth of decoding or less. After each of its steps (`scan`) a text is
dismissed where the log-odds that decoding would call it likely spun lie below a bound, and those of each of its
passages too. They are a logistic regression on what the step says; how it was fitted, and what is lost, is told in
docs/speed.md. Start reading from `scan`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import damage
from .config import Config
from .dictionary import Dictionary, Tier
from .findings import Verdict
from .knowledge import Knowledge
from .scan import RATES, Estimate, Heard, Seen
from .tokens import Shape, Tokens, tokenise
from .verdict import DOUBT, FEW_WORDS, LONG, ODDEST, TERMS, TERMS_PARTIAL, count_words, judgement

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

# For each step of the scan, the weights of `COLUMNS`, the constant, and the bound: log-odds below which a text is
# dismissed. Asked about spinners known whole, and with them of those known in part (`Dictionary.partial`):
# benchmarks/fit_dismissal.py.
COLUMNS = ("ratio, whole", "ratio, part", "rate, whole", "rate, part", "length", "length²", "damage")
STEPS = (
    ((1.31, 0.23, 1.04, 0.21, -3.45, -4.50, 2.19), -1.92, -5.56),
    ((2.07, 0.60, 1.37, 0.40, -3.25, -6.24, 2.74), -1.27, -3.14),
    ((2.80, 0.42, 1.54, 0.70, 2.60, -11.34, 2.43), 0.98, -2.79),
)
STEPS_PARTIAL = (
    ((1.08, 0.69, 0.52, 0.08, -3.42, -4.57, 2.42), -2.36, -5.56),
    ((1.46, 1.10, 1.34, 0.38, -3.60, -4.88, 3.17), -0.78, -4.26),
    ((1.82, 1.00, 2.02, 0.56, 2.23, -8.25, 2.66), 2.31, -2.59),
)
CLEAR = 6.0  # log-odds from which nobody need look closer before decoding
CAUTION = 1.5  # log-odds taken off those of what is dismissed, which decoding mostly calls less likely still
EVERYTHING = 2  # the last step: it sees all phrases
SHORT = 100  # words below which a text is as one of so many
PASSAGE = 100  # words of a passage, at least; more where a paragraph has more
PASSAGE_CAUTION = 6.0  # log-odds for one of them to count, and more the more there are: at 1.5 twice as much is decoded
USUAL = 0.175  # probability below which nothing is found at the default thresholds; who asks for less has lower bounds
QUARTER = 0.25  # of `Config.min_confidence`: nothing is suggested below


NOTHING = Verdict("clean", 0.0, 0.0, 0.0, "", 0)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the scan says of a text."""

    verdict: Verdict
    """Where nothing is worth decoding."""
    tiers: tuple[Tier, ...]
    """The dictionaries with which it is worth decoding."""

    @property
    def worth_decoding(self) -> bool:
        return bool(self.tiers)


def scan(batch: Sequence[str], known: Knowledge) -> list[Scanned]:
    """Which texts need not be decoded, and the verdicts on them."""
    if not known.tiers:
        return [Scanned(NOTHING, ()) for _ in batch]
    scanned = []
    for verdicts in zip(*dismiss(tokenise(batch), len(batch), known), strict=True):
        said = [verdict for verdict in verdicts if verdict is not None]
        open_ = tuple(tier for tier, verdict in zip(known.tiers, verdicts, strict=True) if verdict is None)
        scanned.append(Scanned(max(said, key=lambda one: one.probability) if said else NOTHING, open_))
    return scanned


def dismiss(tokens: Tokens, texts: int, known: Knowledge) -> list[list[Verdict | None]]:
    """For each tier of dictionaries, the verdict on each text of a batch that need not be decoded with it; None for the
    others.

    The first asks whether a text is the work of a spinner that is known whole, the last also of one of which a part is
    known (`verdict`). The likelihood ratio and the spin rate are those of the scan, and so is the probability, which is
    below what would make a text anything but clean.
    """
    config, model, scanner, dictionary = known.config, known.model, known.scanner, known.all_families
    partial = [bool(one.partial.any()) for one in known.tiers.values()]
    least = _least(config)
    if least <= 0 or not texts:
        return [[None] * texts for _ in partial]
    damaged = damage.log_odds(damage.find(tokens, known.surface), texts)
    words = count_words(tokens, texts)
    passages = _Passages.of(tokens, texts)
    asked = [_Question.of(also, dictionary, least, texts) for also in partial]

    def hear(step: int, seen: Seen, heard: Heard | None, of: Bool) -> Bool:
        """Which texts are in doubt after a step; `of`, (texts,), before it."""
        whole, parts = (
            scanner.gather(seen, tokens.document, texts),
            scanner.gather(seen, passages.number, len(passages)),
        )
        if step < EVERYTHING:
            whole, parts = scanner.expect(whole, words), scanner.expect(parts, passages.words)
        estimate, in_parts = scanner.estimate(whole, heard), scanner.estimate(parts, heard)
        columns = terms(estimate, dictionary.partial, words, damaged)
        part_columns = terms(in_parts, dictionary.partial, passages.words, np.zeros(len(passages)))
        for question in asked:
            question.hear(step, estimate, columns, passages.loudest(question.log_odds_of(step, part_columns)), of)
        doubtful: Bool = np.any([question.open & ~question.clear for question in asked], axis=0)
        return doubtful

    seen = scanner.outstanding_in(tokens)
    doubtful = hear(0, seen, None, np.ones(texts, np.bool_))
    if doubtful.any():
        heard = scanner.listen(seen, doubtful[tokens.document[seen.token]], tokens, dictionary, model)
        doubtful = hear(1, seen, heard, doubtful)
    if doubtful.any():
        seen = scanner.all_in(tokens, doubtful)
        # Where no spun phrase stands, there is nothing to decode.
        spun = tokens.document[seen.token[seen.phrase < len(dictionary.spun_text)]]
        some = np.bincount(spun, minlength=texts) > 0
        for question in asked:
            question.open &= some | ~doubtful
        heard = scanner.listen(seen, some[tokens.document[seen.token]], tokens, dictionary, model)
        hear(EVERYTHING, seen, heard, doubtful & some)
    return [question.verdicts(words, least, config) for question in asked]


@dataclass(frozen=True, slots=True, eq=False)
class _Passages:
    """Texts in passages: a page may be honest, and one paragraph of it spun. Those of one text stand together; a text
    that is a single passage has none."""

    number: I32
    """(tokens,): the passage of each token; −1 in texts that have none."""
    text: I64
    """(passages,)"""
    words: I64
    """(passages,)"""
    texts: int

    def __len__(self) -> int:
        return len(self.text)

    @classmethod
    def of(cls, tokens: Tokens, texts: int) -> _Passages:
        """Paragraphs, short ones joined: a passage ends with the paragraph in which it reaches `PASSAGE` words."""
        heads = np.flatnonzero(tokens.opens)
        document = tokens.document[heads]
        before = np.concatenate([[0], np.cumsum(tokens.shape >= Shape.LOWER)])
        first = np.searchsorted(document, document)  # the first paragraph of the same text
        part = (before[heads] - before[heads[first]]) // PASSAGE
        begins = np.ones(len(heads), np.bool_)
        begins[1:] = (document[1:] != document[:-1]) | (part[1:] != part[:-1])
        several = np.bincount(document[begins], minlength=texts) > 1
        kept = several[document]
        begins &= kept
        rank = np.where(kept, np.cumsum(begins) - 1, -1).astype(np.int32)
        number = np.repeat(rank, np.diff(heads, append=len(tokens)))
        starts = np.flatnonzero(begins)
        words = np.bincount(rank[kept], np.diff(before[np.append(heads, len(tokens))])[kept], minlength=len(starts))
        return cls(number, document[starts].astype(np.int64), words.astype(np.int64), texts)

    def loudest(self, log_odds: F64) -> F64:
        """(texts,): the highest `log_odds`, (passages,), of the passages; with the more caution the more there are."""
        count = np.bincount(self.text, minlength=self.texts)
        loudest = np.full(self.texts, -np.inf)
        np.maximum.at(loudest, self.text, log_odds - PASSAGE_CAUTION - np.log(count[self.text]))
        return loudest


def terms(estimate: Estimate, partial: Bool, words: I64, damaged: F64) -> F64:
    """(texts, COLUMNS): what the log-odds are made of. `partial` is (families,); `words`, and what damage adds to the
    log-odds, `damaged`, are (texts,)."""
    ratios, rates = [], []
    for families in (~partial, partial):
        ratio, rate = estimate.of(families)
        ratios.append(ratio / math.log(10))
        rates.append(np.log(np.maximum(rate, RATES[0])))
    length = np.log10(np.maximum(words, SHORT) / SHORT)
    return np.stack([*ratios, *rates, length, length**2, damaged], axis=1)


@dataclass(slots=True, eq=False)
class _Question:
    """A question, and how far the answers have come; columns are (texts,)."""

    partial: bool
    families: Bool
    ease: float
    """By how much the bounds are lower: whoever asks to be shown less certain things has lower ones."""
    open: Bool
    """Worth another look."""
    clear: Bool
    """Worth no closer look before decoding."""
    log_odds: F64
    decades: F64
    rate: F64

    @classmethod
    def of(cls, partial: bool, dictionary: Dictionary, least: float, texts: int) -> _Question:
        ease = max(0.0, _log_odds(USUAL) - _log_odds(least))
        families = np.ones(len(dictionary.partial), np.bool_) if partial else ~dictionary.partial
        none = np.zeros(texts)
        return cls(partial, families, ease, np.ones(texts, np.bool_), np.zeros(texts, np.bool_), none, none, none)

    def log_odds_of(self, step: int, columns: F64) -> F64:
        """What a step makes of its `terms`."""
        weights, constant, _ = (STEPS_PARTIAL if self.partial else STEPS)[step]
        log_odds: F64 = np.einsum("tc,c->t", columns, weights) + constant
        return log_odds - self._for_length(columns) if step else log_odds

    def _for_length(self, columns: F64) -> F64:
        """(texts,): what the verdict takes off very long texts; phrases without context say less than that."""
        hundreds = 10 ** columns[:, COLUMNS.index("length")] * SHORT / 100
        per_decade = (TERMS_PARTIAL if self.partial else TERMS)["likelihood ratio"]
        return per_decade * ODDEST * np.maximum(hundreds - LONG / 100, 0)

    def hear(self, step: int, estimate: Estimate, columns: F64, loudest: F64, of: Bool) -> None:
        """Take in what a step says of the texts `of`; `columns` are its `terms`, `loudest` what it makes of the passage
        that says most, (texts,)."""
        bound = (STEPS_PARTIAL if self.partial else STEPS)[step][2] - self.ease
        ratio, rate = estimate.of(self.families)
        which = self.open & of & ~self.clear
        log_odds = self.log_odds_of(step, columns)
        self.log_odds = np.where(which, log_odds, self.log_odds)
        self.clear = self.clear | (which & (log_odds - (0 if step else self._for_length(columns)) >= CLEAR))
        self.decades = np.where(which, ratio / math.log(10), self.decades)
        self.rate = np.where(which, rate, self.rate)
        self.open = self.open & (~which | (np.maximum(self.log_odds, loudest) >= bound))

    def verdicts(self, words: I64, least: float, config: Config) -> list[Verdict | None]:
        decades = np.maximum(self.decades, 0.0)
        rate = np.where(decades > 0, self.rate, 0.0)
        most = np.where(words < FEW_WORDS, min(least, DOUBT), least)
        chance = np.minimum(1 / (1 + np.exp(np.clip(CAUTION - self.log_odds, -50, 50))), most)
        rows = zip(*(column.tolist() for column in (self.open, chance, rate, decades, words)), strict=True)
        return [
            None if decode else Verdict(judgement(p, n, config.max_probability), p, r, ratio, "", n)
            for decode, p, r, ratio, n in rows
        ]


def _least(config: Config) -> float:
    """The probability that a text was spun below which nothing is found in it, and it is not judged spun."""
    return min(config.max_probability, config.min_confidence * QUARTER)


def _log_odds(chance: float) -> float:
    return math.log(chance / (1 - chance)) if chance < 1 else math.inf
