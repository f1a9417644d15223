"""The program: the stages in order. The file to read first.

    text → view → tokens → first look → scan → lattice → channel → decoding → verdict → names → evidence → findings →
    listed phrases → excused → report

`check_many` hands texts to `runtime.batching`, which asks the `Stages` below, each for a batch of texts: first whether
a text is worth decoding at all (`detection.screening`), and then for its report (`read`). Everything is done for a
batch at once (docs/design.md, "Speed"); `check` is a batch of one. What people call is
in `library`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from .config import Config, with_usual
from .detection.screening import Scanned
from .results.report import Report, Verdict
from .results.suppression import excuse
from .runtime.batching import BATCH, batched
from .runtime.knowledge import Knowledge
from .text.tokens import Tokeniser, Tokens, tokenise
from .text.unmask import unmask_all

if TYPE_CHECKING:
    from .dictionary.dictionary import Dictionary
    from .runtime.trace import Trace
    from .text.view import View


def check(text: str, config: Config = Config()) -> Report:
    """What despin says of one text.

    Raises
    ------
    DictionaryError, ModelError
        The data named by `config` cannot be used.
    """
    return next(check_many([text], with_usual(config, "careful")))


def check_many(texts: Iterable[str], config: Config = Config(), batch_bytes: int = BATCH) -> Iterator[Report]:
    """One report a text, in order, in batches: this is where the speed is. Raises as `check` does.

    So that the texts worth decoding can be decoded together, others wait for them: of at most `batch_bytes` of text, or
    of one text where it alone is longer.
    """
    return (excuse(report, config) for report in find_many(texts, config, batch_bytes))


def trace(text: str, phrase: str, config: Config = Config()) -> Trace:
    """What became of every candidate for `phrase` in `text`, stage by stage; print it. Raises as `check` does, and
    ValueError where `phrase` does not stand in the text.

    >>> from despin.runtime.example import EXAMPLE
    >>> [(life.original, life.steps[-1].stage.name) for life in trace(EXAMPLE.text, "profound").lives[:3]]
    [('deep', 'CHOSEN'), ('spiritual', 'COARSE'), ('scholarly', 'COARSE')]
    """
    from .runtime.tiers import read_by_tiers
    from .runtime.trace import trace_candidates

    config = with_usual(config, "careful")
    stages = Stages(Knowledge.of(config))
    report = check(text, config)
    [view] = stages.unmask([text])
    plain = text if view is None else view.text
    [scanned] = [look or scan for look, scan in zip(stages.first_look([plain]), stages.scan([plain]), strict=True)]
    [reading] = read_by_tiers([(plain, scanned)], stages.known, stages.read)
    return trace_candidates(plain, phrase, report, scanned, reading, stages.known)


def find_many(texts: Iterable[str], config: Config = Config(), batch_bytes: int = BATCH) -> Iterator[Report]:
    """As `check_many`, with nothing excused: for who knows more of a text than its prose, and calls
    `suppression.excuse` on reports about all of it."""
    return batched(texts, Stages(Knowledge.of(config)), batch_bytes)


@dataclass(frozen=True, slots=True)
class Stages:
    """What is done with a batch of texts, stage by stage (`runtime.batching.Stages`)."""

    known: Knowledge
    tokens: Tokeniser = field(default_factory=Tokeniser)
    """Of the last batch: the stages often ask for the same texts, one after the other."""

    def unmask(self, texts: Sequence[str]) -> list[View | None]:
        """The texts without disguise; None for one that has none."""
        return unmask_all(texts)

    def first_look(self, texts: Sequence[str]) -> list[Scanned | None]:
        """Which texts are settled at first sight."""
        return self.known.screen.first_look(self.tokens(texts), len(texts))

    def scan(self, texts: Sequence[str]) -> list[Scanned]:
        """Which of the others are worth decoding."""
        return self.known.screen.scan(self.tokens(texts), len(texts))

    def decode(self, rows: Sequence[tuple[str, Scanned]]) -> list[Report]:
        """The reports of texts that are worth it, read with one dictionary after another."""
        from .runtime.tiers import read_by_tiers

        return [reading.report for reading in read_by_tiers(rows, self.known, self.read)]

    def find_listed(self, reports: Sequence[Report]) -> Sequence[Report]:
        """The reports with the phrases of the user's own dictionaries, whatever was made of the texts as a whole."""
        listed = self.known.listed
        if listed is None:
            return reports
        from .restoration.lone_phrases import with_listed

        return with_listed(reports, listed, self.known.rules, self.tokens)

    def read(self, texts: Sequence[str], dictionary: Dictionary, verdicts: Sequence[Verdict]) -> list[Report]:
        """The reports of texts read with one dictionary."""
        return read(texts, dictionary, self.known, verdicts, self.tokens)


def read(
    texts: Sequence[str],
    dictionary: Dictionary,
    known: Knowledge,
    verdicts: Sequence[Verdict] = (),
    tokenise: Callable[[Sequence[str]], Tokens] = tokenise,
) -> list[Report]:
    """One report a text, read with one dictionary; with `verdicts`, these stand and only findings are looked for."""
    # Here and not above: most runs meet clean texts alone, and half of their start would be these.
    from .decoding.channel import Channel
    from .decoding.decode import decode
    from .decoding.lattice import build
    from .detection import damage
    from .detection.passages import judge_passages
    from .detection.period import old_decades
    from .detection.verdict import LIKELY, judge, liken, raise_to_passages
    from .restoration.evidence import weigh
    from .restoration.names import support
    from .restoration.selection import SHOW_FROM, select, show_from, with_repairs
    from .restoration.titles import merge_titles

    config, rules = known.config, known.rules
    some_in_part = bool(dictionary.partial.any())

    tokens = tokenise(texts)
    damaged = damage.find_damage(tokens, rules)
    marked = known.markers.find(tokens)
    lattice = build(tokens, dictionary, known.model)
    channel = Channel.of(lattice, dictionary, len(texts))
    decoded = decode(lattice, channel)
    anew, old = not verdicts, old_decades(tokens, len(texts), config.language)
    if anew:
        apart = damage.log_odds(damaged, len(texts)) + marked.log_odds(len(texts))
        verdicts = judge(tokens, decoded, apart, dictionary.families, some_in_part, config, old)
    judged = judge_passages(texts, tokens, lattice, channel, decoded, verdicts, marked, some_in_part, old)
    passages = judged.reported(len(texts), config)
    verdicts = raise_to_passages(verdicts, passages, decoded, dictionary.families, config)
    verdicts = liken(verdicts, decoded, dictionary) if anew else verdicts
    spun = judged.spun_at(lattice, channel, verdicts)

    worthy = np.array([verdict.probability >= show_from(config) for verdict in verdicts])
    if not worthy.any():  # nothing will be found
        rows = zip(texts, verdicts, passages, strict=True)
        return [Report(text, (), verdict, parts) for text, verdict, parts in rows]
    decoded = replace(decoded, is_best_of_change=decoded.is_best_of_change & worthy[channel.text])
    names = support(tokens, lattice, channel, decoded, dictionary, known.names, rules)
    everything = show_from(config) < SHOW_FROM  # also what is hardly worth the work
    weights = known.weights, known.reader, known.markers
    careful = np.array([verdict.probability >= LIKELY for verdict in verdicts]) & (config.effort == "careful")
    encoder = known.encoder if careful.any() else None
    verdicts = [replace(one, effort="careful") if asked else one for one, asked in zip(verdicts, careful, strict=True)]
    weighed = weigh(
        lattice, channel, decoded, names, dictionary, known.model, *weights, encoder, careful, everything=everything
    )
    selected = select(texts, verdicts, spun, lattice, channel, decoded, weighed, dictionary, config)
    repairs = damage.repairs(tokens, damaged, texts, rules)

    reports = []
    for text, verdict, parts, findings, mended in zip(texts, verdicts, passages, selected, repairs, strict=True):
        complete = merge_titles(text, with_repairs(findings, mended, verdict, config), rules)
        reports.append(Report.later(text, complete, verdict, parts))
    return reports
