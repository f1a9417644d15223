"""First look and scan → which texts need not be decoded, since decoding would find nothing in them, and what is said of
these.

Most texts are honest. A first look (`first_look`) settles nearly all of them, and a scan (`scanner`), which costs a
twentieth of decoding or less, most others: a cascade of classifiers, each of which asks more and sees fewer texts. A
text is dismissed where the log-odds that decoding would call it likely spun lie below a bound, and those of each of its
passages too. They are a logistic regression on what the step says (`screening_weights`); how it was fitted, and what is
lost, is told in docs/speed.md.

Start reading from `Screen`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..config import Config
from ..dictionary.dictionary import Dictionary
from ..dictionary.files import Tier
from ..dictionary.marker_phrases import MarkerPhrases
from ..language_model.model import LanguageModel
from ..results.report import Verdict
from ..text.language import LanguageRules
from ..text.tokens import Tokens
from ..util.array_types import F64, I32, I64, Bool
from . import damage
from .first_look import FirstLook, capped_features
from .hashed_odds import HashedOdds
from .passages import SCREENED_WORDS, Passages, by_division, cut
from .scanner import SCANNED_RATES, ContextScores, Estimate, Occurrences, Scanner
from .screening_weights import AFTER_FIRST_LOOK, FIRST_LOOK, FRESH, Logistic, Step
from .verdict import DOUBT, EXCUSED_FROM, ODDEST, SHORT_TEXT_WORDS, WEIGHTS, WEIGHTS_PARTIAL, count_words, judgement

COLUMNS = ("ratio, whole", "ratio, part", "rate, whole", "rate, part", "length", "length²", "damage")
DISMISSED_CAUTION = 1.5  # log-odds taken off those of what is dismissed, which decoding mostly calls less likely still
FIRST_LOOK_WORDS = 60  # for a first look to count: it knows no damage, which says much of a short text
SCAN_MIN_LENGTH = 100  # words: a shorter text counts as one of so many
DEFAULT_FINDABLE_FROM = 0.175  # `_findable_from` at the default thresholds, for which the bounds were fitted


UNTOUCHED = Verdict("clean", 0.0, 0.0, 0.0, "", 0)
"""That on a text which was not screened."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the screening says of a text."""

    verdict: Verdict
    """Where nothing is worth decoding."""
    tiers: tuple[Tier, ...]
    """The dictionaries with which it is worth decoding."""

    @property
    def worth_decoding(self) -> bool:
        return bool(self.tiers)


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """What texts are screened with.

    >>> from despin.runtime.example import EXAMPLE
    >>> screen = EXAMPLE.known.screen
    >>> screen.first_look(EXAMPLE.tokens, 1)  # in doubt
    [None]
    >>> [scanned.tiers for scanned in screen.scan(EXAMPLE.tokens, 1)]
    [(<Tier.WHOLE: 0>, <Tier.PARTIAL: 1>)]
    """

    config: Config
    model: LanguageModel
    tiers: Mapping[Tier, Dictionary]
    """The dictionaries that decoding may ask, one after the other; the last has the families of all."""
    scanner: Scanner
    """Of the last."""
    hashed_odds: HashedOdds | None
    """For the first look; without them there is none."""
    markers: MarkerPhrases
    rules: LanguageRules

    def first_look(self, tokens: Tokens, texts: int) -> list[Scanned | None]:
        """What a first look says of each text of a batch; None: it says too little, so the text is to be scanned."""
        least = _findable_from(self.config)
        if self.hashed_odds is None or least <= 0:
            return [None] * texts
        look = FirstLook.of(tokens, texts, self.hashed_odds)
        log_odds, in_passages = look.log_odds()
        bound = FIRST_LOOK.dismiss_below - _relaxed_by(least)
        dismissed = (np.maximum(log_odds, in_passages) < bound) & (look.words >= FIRST_LOOK_WORDS)
        decoded = look.throughout & (log_odds > 0)
        verdicts = _verdicts(log_odds, look.decades, look.rate, look.words, self.config)
        everything = Scanned(UNTOUCHED, tuple(self.tiers))
        rows = zip(verdicts, dismissed.tolist(), decoded.tolist(), strict=True)
        return [Scanned(verdict, ()) if gone else everything if sure else None for verdict, gone, sure in rows]

    def scan(self, tokens: Tokens, texts: int) -> list[Scanned]:
        """Which texts of a batch are worth decoding, and the verdicts on the others."""
        if not self.tiers or not texts:
            return [Scanned(UNTOUCHED, ())] * texts
        if _findable_from(self.config) <= 0:
            return [Scanned(UNTOUCHED, tuple(self.tiers))] * texts
        batch = self._batch(tokens, texts)
        partial = self._all_families.partial
        screens = tuple(
            _TierScreen.of(bool(dictionary.partial.any()), partial, batch, self.config)
            for dictionary in self.tiers.values()
        )
        salient = self.scanner.find_salient(tokens)
        if batch.look is None:
            screens = self._scan_salient(batch, salient, screens)
        if _doubtful(screens).any():
            screens = self._scan_salient_in_context(batch, salient, screens)
        if _doubtful(screens).any():
            screens = self._scan_all_in_context(batch, screens)
        return _scanned(tuple(self.tiers), screens, batch.words, self.config)

    @property
    def _all_families(self) -> Dictionary:
        """The last of the `tiers`."""
        return list(self.tiers.values())[-1]

    def _batch(self, tokens: Tokens, texts: int) -> _Batch:
        damaged = damage.log_odds(damage.find_damage(tokens, self.rules), texts)
        damaged += self.markers.find(tokens).log_odds(texts)
        if self.hashed_odds is None:
            passages = cut(tokens, np.arange(texts), SCREENED_WORDS, by_division)
            return _Batch(tokens, count_words(tokens, texts), damaged, passages, None)
        look = FirstLook.of(tokens, texts, self.hashed_odds)
        return _Batch(tokens, look.words, damaged, look.passages, look)

    def _scan_salient(self, batch: _Batch, salient: Occurrences, screens: _Screens) -> _Screens:
        """The first step: salient phrases, without context."""
        return self._step(Step.SALIENT, batch, salient, None, screens)

    def _scan_salient_in_context(self, batch: _Batch, salient: Occurrences, screens: _Screens) -> _Screens:
        """The second: the same, between their neighbours."""
        scores = self._score(batch, salient, _doubtful(screens))
        return self._step(Step.SALIENT_IN_CONTEXT, batch, salient, scores, screens)

    def _scan_all_in_context(self, batch: _Batch, screens: _Screens) -> _Screens:
        """The last: all phrases, between their neighbours."""
        doubtful = _doubtful(screens)
        phrases = self.scanner.find_all(batch.tokens, doubtful)
        # Where no spun phrase stands, there is nothing to decode.
        spun = phrases.token[phrases.phrase < len(self._all_families.spun_text)]
        some = np.bincount(batch.tokens.document[spun], minlength=len(doubtful)) > 0
        screens = tuple(replace(screen, open=screen.open & (some | ~doubtful)) for screen in screens)
        return self._step(Step.ALL_IN_CONTEXT, batch, phrases, self._score(batch, phrases, some), screens)

    def _score(self, batch: _Batch, phrases: Occurrences, texts: Bool) -> ContextScores:
        """What the phrases of `texts`, (texts,), say between their neighbours."""
        which = texts[batch.tokens.document[phrases.token]]
        return self.scanner.score_in_context(phrases, which, batch.tokens, self._all_families, self.model)

    def _step(
        self, step: Step, batch: _Batch, phrases: Occurrences, scores: ContextScores | None, screens: _Screens
    ) -> _Screens:
        """The screens after a step that scored `phrases`."""
        passages = batch.passages
        whole = self._estimate(step, phrases, scores, batch.tokens.document, batch.words)
        in_passages = self._estimate(step, phrases, scores, passages.apart, passages.words)
        partial = self._all_families.partial
        features = screening_features(whole, partial, batch.words, batch.damaged)
        passage_features = screening_features(in_passages, partial, passages.words, np.zeros(len(passages)))
        if batch.look is not None:
            features = np.hstack([features, capped_features(batch.look.features)])
            passage_features = np.hstack([passage_features, capped_features(batch.look.passage_features)])
        return tuple(screen.update(step, whole, features, passage_features, passages) for screen in screens)

    def _estimate(
        self, step: Step, phrases: Occurrences, scores: ContextScores | None, owner: I32, words: I64
    ) -> Estimate:
        """What `phrases` say of texts, or of passages, with so many `words`, to which the tokens belong as `owner`
        tells."""
        found = self.scanner.group_by_text(phrases, owner, len(words))
        if step is not Step.ALL_IN_CONTEXT:
            found = self.scanner.add_background(found, words)
        return self.scanner.estimate(found, scores)


def screening_features(estimate: Estimate, partial: Bool, words: I64, damaged: F64) -> F64:
    """(texts, COLUMNS): what the log-odds are made of. `partial` is (families,); `words`, and what damage adds to the
    log-odds, `damaged`, are (texts,)."""
    ratios, rates = [], []
    for families in (~partial, partial):
        ratio, rate = estimate.of(families)
        ratios.append(ratio / math.log(10))
        rates.append(np.log(np.maximum(rate, SCANNED_RATES[0])))
    length = np.log10(np.maximum(words, SCAN_MIN_LENGTH) / SCAN_MIN_LENGTH)
    return np.stack([*ratios, *rates, length, length**2, damaged], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Texts, and what every step of a scan needs to know of them."""

    tokens: Tokens
    words: I64
    """(texts,)"""
    damaged: F64
    """(texts,): what damage adds to the log-odds that each was spun."""
    passages: Passages
    look: FirstLook | None

    @property
    def looked(self) -> Bool:
        """(texts,): those of which a first look counts."""
        return (self.words >= FIRST_LOOK_WORDS) & (self.look is not None)


@dataclass(frozen=True, slots=True, eq=False)
class _TierScreen:
    """How far the screening for one tier of dictionaries has come; columns are (texts,).

    The first tier asks whether a text is the work of a spinner that is known whole, the last also of one of which a
    part is known (`verdict`).
    """

    partial: bool
    """Whether spinners known in part are asked about too."""
    families: Bool
    """(families,): those asked about."""
    relaxed_by: float
    looked: Bool
    """Those of which a first look counts."""
    open: Bool
    """May still be worth decoding."""
    sure: Bool
    """Worth no closer look before decoding."""
    log_odds: F64
    """What the last step says."""
    decades: F64
    """The likelihood ratio, log₁₀, likewise …"""
    rate: F64
    """… and the spin rate."""

    @classmethod
    def of(cls, partial: bool, families_partial: Bool, batch: _Batch, config: Config) -> _TierScreen:
        """Before the first step. `families_partial`, (families,), says of which families only a part is known."""
        families = np.ones(len(families_partial), np.bool_) if partial else ~families_partial
        none, no = np.zeros(len(batch.words)), np.zeros(len(batch.words), np.bool_)
        relaxed_by = _relaxed_by(_findable_from(config))
        return cls(partial, families, relaxed_by, batch.looked, ~no, no, none, none, none)

    @property
    def doubtful(self) -> Bool:
        """(texts,): those for the next step."""
        return self.open & ~self.sure

    def update(
        self, step: Step, estimate: Estimate, features: F64, passage_features: F64, passages: Passages
    ) -> _TierScreen:
        """The screen after `step`; the `estimate` and the `screening_features` are those of all texts, and of all their
        `passages`."""
        fresh, after_look = self._regressions(step)
        dismiss_below = np.where(self.looked, after_look.dismiss_below, fresh.dismiss_below) - self.relaxed_by
        decode_from = np.where(self.looked, after_look.decode_from, fresh.decode_from)
        looked_at_passages = np.full(len(passages), features.shape[1] > len(COLUMNS))
        of_texts = self._log_odds(step, features, self.looked)
        of_passages = self._log_odds(step, passage_features, looked_at_passages)
        for_length = self._for_length(features)
        if step is not Step.SALIENT:  # phrases without context say less than what the verdict takes off
            of_texts, of_passages = of_texts - for_length, of_passages - self._for_length(passage_features)
        sure = (of_texts if step is not Step.SALIENT else of_texts - for_length) >= decode_from
        strongest = passages.strongest(of_passages, len(of_texts))
        ratio, rate = estimate.of(self.families)
        now = self.doubtful
        return replace(
            self,
            open=self.open & (~now | (np.maximum(of_texts, strongest) >= dismiss_below)),
            sure=self.sure | (now & sure),
            log_odds=np.where(now, of_texts, self.log_odds),
            decades=np.where(now, ratio / math.log(10), self.decades),
            rate=np.where(now, rate, self.rate),
        )

    def _regressions(self, step: Step) -> tuple[Logistic, Logistic]:
        """For texts without a first look, and after one."""
        fresh = FRESH[self.partial][step]
        return fresh, AFTER_FIRST_LOOK[self.partial].get(step, fresh)

    def _log_odds(self, step: Step, features: F64, looked: Bool) -> F64:
        """What a step makes of its features, of texts, or passages, that had a first look, `looked`, or none."""
        fresh, after_look = self._regressions(step)
        log_odds = fresh.log_odds(features[:, : len(COLUMNS)])
        return np.where(looked, after_look.log_odds(features), log_odds) if looked.any() else log_odds

    def _for_length(self, features: F64) -> F64:
        """(texts,): what the verdict takes off very long texts."""
        hundreds = 10 ** features[:, COLUMNS.index("length")] * SCAN_MIN_LENGTH / 100
        per_decade = (WEIGHTS_PARTIAL if self.partial else WEIGHTS)["likelihood ratio"]
        return per_decade * ODDEST * np.maximum(hundreds - EXCUSED_FROM / 100, 0)


_Screens = tuple[_TierScreen, ...]
"""One for each tier."""


def _doubtful(screens: _Screens) -> Bool:
    """(texts,): those for the next step, whatever tier asks."""
    doubtful: Bool = np.any([screen.doubtful for screen in screens], axis=0)
    return doubtful


def _scanned(tiers: Sequence[Tier], screens: _Screens, words: I64, config: Config) -> list[Scanned]:
    """What the `screens` say in the end: the `tiers` for which a text is open, and the worst verdict of the others."""
    columns = []
    for screen in screens:
        decades = np.maximum(screen.decades, 0.0)
        rate = np.where(decades > 0, screen.rate, 0.0)
        columns.append(zip(_verdicts(screen.log_odds, decades, rate, words, config), screen.open.tolist(), strict=True))
    scanned = []
    for row in zip(*columns, strict=True):
        verdicts = [verdict for verdict, open_ in row if not open_]
        verdict = max(verdicts, key=lambda one: one.probability) if verdicts else UNTOUCHED
        scanned.append(Scanned(verdict, tuple(tier for tier, (_, open_) in zip(tiers, row, strict=True) if open_)))
    return scanned


def _verdicts(log_odds: F64, decades: F64, rate: F64, words: I64, config: Config) -> list[Verdict]:
    """On texts if they are dismissed: what is said is that of the step that did it, and the probability is below what
    would make a text anything but clean."""
    least = _findable_from(config)
    most = np.where(words < SHORT_TEXT_WORDS, min(least, DOUBT), least)
    chance = np.minimum(1 / (1 + np.exp(np.clip(DISMISSED_CAUTION - log_odds, -50, 50))), most)
    rows = zip(*(column.tolist() for column in (chance, rate, decades, words)), strict=True)
    return [Verdict(judgement(p, n, config.max_probability), p, r, ratio, "", n) for p, r, ratio, n in rows]


def _findable_from(config: Config) -> float:
    """The probability that a text was spun below which nothing is found in it, and it is not judged spun."""
    return min(config.max_probability, config.suggest_from)


def _relaxed_by(least: float) -> float:
    """By how much the bounds are lower: whoever asks to be shown less certain things has lower ones."""
    return max(0.0, _log_odds(DEFAULT_FINDABLE_FROM) - _log_odds(least))


def _log_odds(chance: float) -> float:
    return math.log(chance / (1 - chance)) if chance < 1 else math.inf
