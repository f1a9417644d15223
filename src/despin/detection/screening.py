"""First look and scan → which texts need not be decoded, since decoding would find nothing in them, and what is said of
these.

Most texts are honest. A first look (`first_look`) settles nearly all of them, and a scan, which costs a twentieth of
decoding or less, most others. After each of its steps (`scan`) a text is dismissed where the log-odds that decoding
would call it likely spun lie below a bound, and those of each of its passages too. They are a logistic regression on
what the step says (`bounds`); how it was fitted, and what is lost, is told in docs/speed.md. Start reading from
`glance` and `scan`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..config import Config
from ..dictionary.dictionary import Dictionary, Tier
from ..results.report import Verdict
from ..runtime.knowledge import Knowledge
from ..text.tokens import Tokens
from ..util.array_types import F64, I64, Bool
from . import damage
from .first_look import FirstLook, Parts, capped
from .scanner import RATES, Estimate, Heard, Seen
from .screening_weights import FIRST_LOOK, STEPS, Step
from .verdict import DOUBT, FEW_WORDS, LONG, ODDEST, TERMS, TERMS_PARTIAL, count_words, judgement

COLUMNS = ("ratio, whole", "ratio, part", "rate, whole", "rate, part", "length", "length²", "damage")
CAUTION = 1.5  # log-odds taken off those of what is dismissed, which decoding mostly calls less likely still
FEWEST = 60  # words for a first look to count: it knows no damage, which says much of a short text
EVERYTHING = 2  # the last step: it sees all phrases
SHORT = 100  # words below which a text is as one of so many
USUAL = 0.175  # probability below which nothing is found at the default thresholds; who asks for less has lower bounds


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


def glance(tokens: Tokens, texts: int, known: Knowledge) -> list[Scanned | None]:
    """What a first look says of each text of a batch; None: it says too little, so the text is to be scanned."""
    config, odds, tiers = known.config, known.hashed_odds, tuple(known.tiers)
    least = _least(config)
    if odds is None or least <= 0:
        return [None] * texts
    look = FirstLook.of(tokens, texts, odds)
    log_odds, loudest = look.log_odds()
    dismissed = (np.maximum(log_odds, loudest) < FIRST_LOOK.bound - _ease(least)) & (look.words >= FEWEST)
    verdicts = _verdicts(log_odds, look.decades, look.rate, look.words, least, config)
    return [
        Scanned(verdict, ()) if gone else Scanned(NOTHING, tiers) if clear else None
        for verdict, gone, clear in zip(
            verdicts, dismissed.tolist(), (look.throughout & (log_odds > 0)).tolist(), strict=True
        )
    ]


def scan(tokens: Tokens, texts: int, known: Knowledge) -> list[Scanned]:
    """Which texts of a batch need not be decoded, and the verdicts on them."""
    if not known.tiers:
        return [Scanned(NOTHING, ()) for _ in range(texts)]
    scanned = []
    for verdicts in zip(*dismiss(tokens, texts, known), strict=True):
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
    look = None if known.hashed_odds is None else FirstLook.of(tokens, texts, known.hashed_odds)
    parts = Parts.of(tokens, texts) if look is None else look.parts
    words = count_words(tokens, texts) if look is None else look.words
    apart = parts.apart
    looked = words >= FEWEST if look is not None else np.zeros(texts, np.bool_)
    asked = [_Question.of(also, looked, dictionary, least) for also in partial]
    passages_looked = np.full(len(parts), look is not None)

    def hear(step: int, seen: Seen, heard: Heard | None, of: Bool) -> Bool:
        """Which texts are in doubt after a step; `of`, (texts,), before it."""
        whole, in_part = scanner.gather(seen, tokens.document, texts), scanner.gather(seen, apart, len(parts))
        if step < EVERYTHING:
            whole, in_part = scanner.expect(whole, words), scanner.expect(in_part, parts.words)
        estimate, in_parts = scanner.estimate(whole, heard), scanner.estimate(in_part, heard)
        columns = terms(estimate, dictionary.partial, words, damaged)
        part_columns = terms(in_parts, dictionary.partial, parts.words, np.zeros(len(parts)))
        if look is not None:
            columns = np.hstack([columns, capped(look.terms)])
            part_columns = np.hstack([part_columns, capped(look.part_terms)])
        for question in asked:
            in_passages = question.log_odds_of(step, part_columns, passages_looked)
            question.hear(step, estimate, columns, parts.loudest(in_passages), of)
        doubtful: Bool = np.any([question.open & ~question.clear for question in asked], axis=0)
        return doubtful

    seen = scanner.outstanding_in(tokens)
    doubtful = np.ones(texts, np.bool_)
    if look is None:
        doubtful = hear(0, seen, None, doubtful)
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

    steps: Sequence[Step]
    after_look: Sequence[Step]
    """Those for texts that were `looked` at before."""
    looked: Bool
    per_decade: float
    """What a decade of the likelihood ratio weighs in the verdict."""
    families: Bool
    ease: float
    open: Bool
    """Worth another look."""
    clear: Bool
    """Worth no closer look before decoding."""
    log_odds: F64
    decades: F64
    rate: F64

    @classmethod
    def of(cls, partial: bool, looked: Bool, dictionary: Dictionary, least: float) -> _Question:
        """Whether spinners known in part are asked about too, `partial`."""
        families = np.ones(len(dictionary.partial), np.bool_) if partial else ~dictionary.partial
        per_decade = (TERMS_PARTIAL if partial else TERMS)["likelihood ratio"]
        none, no = np.zeros(len(looked)), np.zeros(len(looked), np.bool_)
        return cls(
            STEPS[False, partial], STEPS[True, partial], looked, per_decade, families, _ease(least), ~no, no, none,
            none, none,
        )  # fmt: skip

    def log_odds_of(self, step: int, columns: F64, looked: Bool) -> F64:
        """What a step makes of its `terms`, for texts, or parts of them, that were `looked` at before or not."""
        log_odds = self.steps[step].log_odds(columns[:, : len(COLUMNS)])
        if looked.any():
            log_odds = np.where(looked, self.after_look[step].log_odds(columns), log_odds)
        return log_odds - self._for_length(columns) if step else log_odds

    def _for_length(self, columns: F64) -> F64:
        """(texts,): what the verdict takes off very long texts; phrases without context say less than that."""
        hundreds = 10 ** columns[:, COLUMNS.index("length")] * SHORT / 100
        return self.per_decade * ODDEST * np.maximum(hundreds - LONG / 100, 0)

    def hear(self, step: int, estimate: Estimate, columns: F64, loudest: F64, of: Bool) -> None:
        """Take in what a step says of the texts `of`; `columns` are its `terms`, `loudest` what it makes of the passage
        that says most, (texts,)."""
        plain, after_look = self.steps[step], self.after_look[step]
        bound = np.where(self.looked, after_look.bound, plain.bound) - self.ease
        clear = np.where(self.looked, after_look.clear, plain.clear)
        ratio, rate = estimate.of(self.families)
        which = self.open & of & ~self.clear
        log_odds = self.log_odds_of(step, columns, self.looked)
        self.log_odds = np.where(which, log_odds, self.log_odds)
        self.clear = self.clear | (which & (log_odds - (0 if step else self._for_length(columns)) >= clear))
        self.decades = np.where(which, ratio / math.log(10), self.decades)
        self.rate = np.where(which, rate, self.rate)
        self.open = self.open & (~which | (np.maximum(self.log_odds, loudest) >= bound))

    def verdicts(self, words: I64, least: float, config: Config) -> list[Verdict | None]:
        """On each text that is not open."""
        decades = np.maximum(self.decades, 0.0)
        said = _verdicts(self.log_odds, decades, np.where(decades > 0, self.rate, 0.0), words, least, config)
        return [None if decode else verdict for decode, verdict in zip(self.open.tolist(), said, strict=True)]


def _verdicts(log_odds: F64, decades: F64, rate: F64, words: I64, least: float, config: Config) -> list[Verdict]:
    """On texts if they are dismissed."""
    most = np.where(words < FEW_WORDS, min(least, DOUBT), least)
    chance = np.minimum(1 / (1 + np.exp(np.clip(CAUTION - log_odds, -50, 50))), most)
    rows = zip(*(column.tolist() for column in (chance, rate, decades, words)), strict=True)
    return [Verdict(judgement(p, n, config.max_probability), p, r, ratio, "", n) for p, r, ratio, n in rows]


def _ease(least: float) -> float:
    """By how much the bounds are lower: whoever asks to be shown less certain things has lower ones."""
    return max(0.0, _log_odds(USUAL) - _log_odds(least))


def _least(config: Config) -> float:
    """The probability that a text was spun below which nothing is found in it, and it is not judged spun."""
    return min(config.max_probability, config.suggest_from)


def _log_odds(chance: float) -> float:
    return math.log(chance / (1 - chance)) if chance < 1 else math.inf
