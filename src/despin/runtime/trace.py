"""What became of every candidate for one phrase of a text, stage by stage: where it came from, which number let it pass
or dropped it, what spoke for and against it, and whether it was chosen.

A candidate can vanish at a dozen places (`Stage`), nearly all of them silent: texts are read a million times as often
as anybody asks why. So here the stages, which are pure, are run once more on the one text, and their values kept.
Start reading from `trace_candidates`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import chain

import numpy as np

from ..config import Config
from ..decoding.candidates import Arcs, Candidates, candidates, least_prior
from ..decoding.channel import Channel
from ..decoding.decode import Decoded, decode
from ..decoding.entry_priors import DROP_BELOW_BEST_NATS, MAX_ORIGINALS, prospects, unigram_priors
from ..decoding.lattice import COARSE_MIN_POSTERIOR, Lattice, build, coarse_posterior
from ..detection.passages import premise
from ..detection.screening import Scanned
from ..detection.verdict import LIKELY
from ..dictionary.dictionary import Dictionary
from ..dictionary.files import dictionary_paths
from ..dictionary.phrase_trie import Hits
from ..restoration.evidence import KINDS, Weighed, weigh
from ..restoration.features import PLAUSIBLE_FROM
from ..restoration.names import support
from ..restoration.selection import chances
from ..results.finding import Finding
from ..results.report import Report
from ..text.characters import normalise
from ..text.tokens import Tokens, tokenise
from ..util.array_types import F64
from .knowledge import Knowledge
from .tiers import Reading


class Stage(Enum):
    """The stages at which a candidate may end, in the order of the pipeline, each with its module."""

    PRIOR = "decoding.entry_priors"
    OFFER = "decoding.candidates"
    UNLESS = "dictionary.conditions"
    COARSE = "decoding.lattice"
    CHANGE = "decoding.channel"
    PLAUSIBLE = "restoration.features"
    EVIDENCE = "restoration.evidence"
    SELECTION = "restoration.selection"
    WORDING = "restoration.wording"
    TITLE = "restoration.titles"
    SUPPRESSION = "results.suppression"
    CHOSEN = "results.finding"


@dataclass(frozen=True, slots=True)
class Step:
    """What one stage said of a candidate."""

    stage: Stage
    passed: bool
    note: str
    """The number that decided, and the bound it was held against."""

    def __str__(self) -> str:
        return f"{'  ' if self.passed else '✗ '}{self.stage.value}: {self.note}"


@dataclass(frozen=True, slots=True)
class Life:
    """One candidate for a place, from its entry to what became of it."""

    start: int
    """First code point, in the text without disguise."""
    end: int
    """Last code point + 1."""
    found: str
    original: str
    """As the dictionary writes it."""
    entry: str
    """The dictionary entry, "family:spun phrase"."""
    source: str
    """The file and line that it was read from; empty where it is no file of ours."""
    steps: tuple[Step, ...]
    terms: tuple[tuple[str, float], ...] = ()
    """Kind of evidence → natural log-odds, if it came so far."""

    @property
    def fate(self) -> str:
        """The last thing that happened to it, in words."""
        return f"{self.steps[-1].stage.value}: {self.steps[-1].note}"

    def __str__(self) -> str:
        head = f"{self.found!r} at {self.start} → {self.original!r}   [{self.entry}, {self.source or 'no file'}]"
        terms = "  ".join(f"{kind} {weight:+.2f}" for kind, weight in self.terms if weight)
        return "\n".join([head, *(f"    {step}" for step in self.steps), *([f"      = {terms}"] if terms else [])])


@dataclass(frozen=True, slots=True)
class Trace:
    """All candidates for a phrase of a text; `str` shows them."""

    phrase: str
    verdict: str
    """What was said of the whole text, and which dictionaries it was read with."""
    lives: tuple[Life, ...]

    def __str__(self) -> str:
        return "\n".join([self.verdict, "", *(f"{life}\n" for life in self.lives)]).rstrip("\n")


def trace_candidates(
    text: str, phrase: str, report: Report, scanned: Scanned, reading: Reading, known: Knowledge
) -> Trace:
    """The lives of all candidates for `phrase` in `text`, which is without disguise.

    `report` is what was said in the end, `scanned` what the screening said, `reading` the report before anything was
    excused, with the dictionary that it is owed to.

    Raises
    ------
    ValueError
        `phrase` does not stand in the text.
    """
    tokens = tokenise([text])
    places = _occurrences(tokens, phrase)
    if not places:
        raise ValueError(f"{phrase!r} does not stand in the text")
    dictionary = known.all_families if reading.dictionary is None else reading.dictionary
    run = _Run.of(text, tokens, dictionary, report, reading.report, known)
    hits = dictionary.spun.find(tokens)
    touching = [
        row
        for row, (first, length) in enumerate(zip(hits.first.tolist(), hits.length.tolist(), strict=True))
        if any(first < end and begin < first + length for begin, end in places)
    ]
    lives = chain.from_iterable(run.lives(hits, row) for row in touching)
    return Trace(phrase, _verdict(report, scanned, dictionary), tuple(lives))


def _verdict(report: Report, scanned: Scanned, dictionary: Dictionary) -> str:
    verdict = report.verdict
    said = f"The text: probability {verdict.probability:.3f} that it was spun, spin rate {verdict.spin_rate:.2f}."
    if not scanned.worth_decoding:
        return f"{said} Dismissed by detection.screening, so nothing was decoded; what would have been:"
    return f"{said} Read with {', '.join(dictionary.families)}."


def _occurrences(tokens: Tokens, phrase: str) -> list[tuple[int, int]]:
    """First token and last + 1 of each place where the words of `phrase` stand."""
    words = tokenise([phrase]).word
    if not len(words) or len(words) > len(tokens):
        return []
    windows = np.lib.stride_tricks.sliding_window_view(tokens.word, len(words))
    return [(first, first + len(words)) for first in np.flatnonzero((windows == words).all(axis=1)).tolist()]


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """The stages run once more on one text, and their values."""

    text: str
    tokens: Tokens
    dictionary: Dictionary
    known: Knowledge
    report: Report
    before: Report
    """Before anything was excused."""
    found: Candidates
    coarse: F64
    lattice: Lattice
    channel: Channel
    decoded: Decoded
    weighed: Weighed

    @classmethod
    def of(
        cls, text: str, tokens: Tokens, dictionary: Dictionary, report: Report, before: Report, known: Knowledge
    ) -> _Run:
        found = candidates(tokens, dictionary, known.model)
        lattice = build(tokens, dictionary, known.model)
        channel = Channel.of(lattice, dictionary, 1)
        decoded = decode(lattice, channel)
        names = support(tokens, lattice, channel, decoded, dictionary, known.names, known.rules)
        careful = known.config.effort == "careful" and report.verdict.probability >= LIKELY
        learned = known.weights, known.reader, known.markers, known.encoder if careful else None, np.array([careful])
        weighed = weigh(lattice, channel, decoded, names, dictionary, known.model, *learned, everything=True)
        coarse = coarse_posterior(found, dictionary, known.model)
        return cls(text, tokens, dictionary, known, report, before, found, coarse, lattice, channel, decoded, weighed)

    def lives(self, hits: Hits, row: int) -> Iterator[Life]:
        """Of the candidates for one spun phrase that stands in the text."""
        first, length, phrase = int(hits.first[row]), int(hits.length[row]), int(hits.phrase[row])
        start, end = int(self.tokens.start[first]), int(self.tokens.end[first + length - 1])
        slots = int(self.found.slot[first]), int(self.found.slot[first + length - 1]) + 1
        for entry in range(int(self.dictionary.first_entry[phrase]), int(self.dictionary.first_entry[phrase + 1])):
            stated = self.dictionary.entry(entry)
            steps = tuple(self._steps(phrase, entry, slots, length, start, end))
            terms = self._terms(entry, slots)
            yield Life(
                start, end, self.text[start:end], stated.original, stated.name,
                _line(self.known.config, stated.family, stated.spun, stated.original), steps, terms,
            )  # fmt: skip

    def _steps(
        self, phrase: int, entry: int, slots: tuple[int, int], length: int, start: int, end: int
    ) -> Iterator[Step]:
        """What each stage said, up to the first that dropped it."""
        for step in self._all_steps(phrase, entry, slots, length, start, end):
            yield step
            if not step.passed:
                return

    def _all_steps(
        self, phrase: int, entry: int, slots: tuple[int, int], length: int, start: int, end: int
    ) -> Iterator[Step]:
        known = prospects(self.dictionary, self.known.model)
        rows = slice(int(known.first[phrase]), int(known.first[phrase + 1]))
        prior, best = self._priors(phrase, entry)
        worthwhile = entry in known.entry[rows]
        bound = (
            f"the best original has {best:.1f}; kept: within {DROP_BELOW_BEST_NATS:g}, the {MAX_ORIGINALS} likeliest"
        )
        yield Step(Stage.PRIOR, worthwhile, f"prior {prior:.1f} nats, {bound}")
        if slots[1] - slots[0] != length:
            yield Step(Stage.OFFER, False, "the phrase crosses the end of a sentence")
        least = least_prior(np.array(slots[:1]), np.array(slots[1:]), self.found.summed)[0]
        prior = float(known.prior[rows][known.entry[rows] == entry][0])
        yield Step(Stage.OFFER, prior > least, f"prior {prior:.1f} nats with its n-grams, {least:.1f} is needed")
        arc = _at(self.found.arcs, entry, slots)
        if entry in self.dictionary.unless or entry in self.dictionary.conditions:
            why = "; ".join(self.dictionary.unless.get(entry, ())) or "its conditions"
            yield Step(Stage.UNLESS, arc is not None, f"excused by {why}" if arc is None else f"not excused by {why}")
        if arc is None:
            return
        chance = float(self.coarse[arc])
        bound = f"{COARSE_MIN_POSTERIOR:g} is needed"
        yield Step(Stage.COARSE, chance > COARSE_MIN_POSTERIOR, f"posterior {chance:.3f} with bigrams alone, {bound}")
        row = self._candidate(entry, slots)
        if row is None:
            return
        leads = bool(self.decoded.is_best_of_change[row])
        yield Step(Stage.CHANGE, leads, "the likeliest to make its change" if leads else self._leader(row))
        odds = float(self.decoded.context[row] + self.decoded.weight[row])
        yield Step(Stage.PLAUSIBLE, odds > PLAUSIBLE_FROM, f"log-odds {odds:+.2f}, {PLAUSIBLE_FROM:g} is needed")
        yield from self._selection(row, start, end)

    def _selection(self, row: int, start: int, end: int) -> Iterator[Step]:
        """From the evidence to the finding."""
        at = np.flatnonzero(self.weighed.rows == row)[0]
        everywhere = np.full(len(self.channel.candidate), premise(self.report.verdict))
        chance, together = (float(one[at]) for one in chances(everywhere, self.weighed))
        score, config = float(self.weighed.log_odds[at]), self.known.config
        low = f"suggested from {config.suggest_from:.2f}, restored from {config.min_confidence:.2f}"
        yield Step(Stage.EVIDENCE, True, f"log-odds {score:+.2f}, with the verdict a probability of {chance:.2f}")
        shown = together >= config.suggest_from
        yield Step(Stage.SELECTION, shown, f"the place was substituted with probability {together:.2f}; {low}")
        here = [one for one in self.before.findings if one.start < end and start < one.end]
        entry = self.dictionary.entry(int(self.lattice.arcs.entry[self.channel.candidate[row]]))
        own = [one for one in here if one.entry.partition(":")[2] == entry.spun and _says(one, entry.original)]
        if not here:
            yield Step(Stage.WORDING, False, "fitted to its place it is what stands there")
            return
        if not own:
            kept = here[0]
            stage = Stage.TITLE if kept.found.count(" ") > entry.spun.count(" ") + 1 else Stage.SELECTION
            yield Step(stage, False, f"{kept.found!r} → {kept.original!r} is likelier ({kept.confidence:.2f})")
            return
        excused = any(one.entry == own[0].entry and one.found == own[0].found for one in self.report.ignored)
        yield Step(Stage.SUPPRESSION, not excused, "excused" if excused else "not excused")
        yield Step(Stage.CHOSEN, True, f"{own[0].action}, written {own[0].original!r} ({own[0].confidence:.2f})")

    def _priors(self, phrase: int, entry: int) -> tuple[float, float]:
        """Of an entry, and of the best of its phrase."""
        priors = unigram_priors(self.dictionary, self.known.model)
        low, high = self.dictionary.first_entry[phrase : phrase + 2]
        return float(priors[entry]), float(priors[low:high].max())

    def _candidate(self, entry: int, slots: tuple[int, int]) -> int | None:
        """Which candidate of the channel the entry is at its place; None if the search dropped it."""
        arc = _at(self.lattice.arcs, entry, slots)
        if arc is None:
            return None
        rows = np.flatnonzero(self.channel.candidate == arc)
        return int(rows[0]) if len(rows) else None

    def _leader(self, row: int) -> str:
        """Which candidate makes the same change as the candidate `row`, and is likelier."""
        same = np.flatnonzero((self.channel.effect == self.channel.effect[row]) & self.decoded.is_best_of_change)
        leader = self.dictionary.entry(int(self.lattice.arcs.entry[self.channel.candidate[same[0]]]))
        return f"{leader.spun!r} → {leader.original!r} makes the same change, and is likelier"

    def _terms(self, entry: int, slots: tuple[int, int]) -> tuple[tuple[str, float], ...]:
        """Its evidence, by kind."""
        row = self._candidate(entry, slots)
        if row is None or row not in self.weighed.rows:
            return ()
        terms = self.weighed.terms[np.flatnonzero(self.weighed.rows == row)[0]]
        return tuple(zip(KINDS, terms.tolist(), strict=True))


def _at(arcs: Arcs, entry: int, slots: tuple[int, int]) -> int | None:
    """The arc of `entry` on `slots`, if there is one."""
    rows = np.flatnonzero((arcs.entry == entry) & (arcs.start == slots[0]) & (arcs.end == slots[1]))
    return int(rows[0]) if len(rows) else None


def _says(finding: Finding, original: str) -> bool:
    """Whether the words of a finding are those of an original, or the part of them that changes."""
    return normalise(finding.original).split()[-1:] == normalise(original).split()[-1:] or normalise(
        finding.original
    ) in normalise(original)


@cache
def _line(config: Config, family: str, spun: str, original: str) -> str:
    """The file and line that state a pair."""
    beginning = f"{spun}\t{original}"
    for path in dictionary_paths(config.language, config.dictionaries):
        with path.open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, start=1):
                states = line.rstrip("\n") == beginning or line.startswith(f"{beginning}\t")
                if states and (family in (path.stem, "") or config.dictionaries):
                    return f"{path.name}:{number}"
    return ""
