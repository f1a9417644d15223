"""The program: the stages in order. The file to read first.

    texts → views → tokens → first look → scan → candidates → lattice → spin rate → verdict → evidence → findings →
    excused → reports

Everything is done for a batch of texts at once (docs/design.md, "Speed"); `check` and `restore` are batches of one.
Texts come in batches from `queueing`; a text is read with one dictionary or several, as `asking` decides.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from .config import Config
from .decoding.channel import Channel
from .decoding.decode import decode
from .decoding.lattice import build
from .detection import damage
from .detection.passages import divide
from .detection.screening import glance, scan
from .detection.verdict import judge
from .dictionary.dictionary import Dictionary
from .restoration.evidence import weigh
from .restoration.names import support
from .restoration.selection import LEAST, find, least_shown, with_repairs
from .restoration.titles import merge_titles
from .results.lift import lift
from .results.report import Report, Verdict
from .results.suppression import excuse
from .runtime.batching import BATCH, UNMASKED, Work, batches, queued
from .runtime.knowledge import Knowledge
from .runtime.tiers import ask
from .text.tokens import Tokeniser, Tokens, tokenise
from .text.unmask import unmask_all
from .text.view import View


def restore(text: str, config: Config = Config()) -> str:
    """The text with every likely substitution undone.

    Raises
    ------
    DictionaryError, ModelError
        The data named by `config` cannot be used.
    """
    return check(text, config).restored


def check(text: str, config: Config = Config()) -> Report:
    """What despin says of one text. Raises as `restore` does."""
    return next(check_many([text], config))


def check_many(texts: Iterable[str], config: Config = Config(), batch_bytes: int = BATCH) -> Iterator[Report]:
    """One report a text, in order, in batches: this is where the speed is. Raises as `restore` does.

    So that the texts worth decoding can be decoded together, others wait for them: of at most `batch_bytes` of text, or
    of one text where it alone is longer.
    """
    return (excuse(report, config) for report in find_many(texts, config, batch_bytes))


def find_many(texts: Iterable[str], config: Config = Config(), batch_bytes: int = BATCH) -> Iterator[Report]:
    """As `check_many`, with nothing excused: for who knows more of a text than its prose, and calls `suppress.excuse`
    on reports about all of it."""
    known = Knowledge.of(config)
    views: deque[View | None] = deque()  # None: the text as it is

    def plain(batch: Sequence[str]) -> list[str]:
        seen = [view for few in batches(batch, UNMASKED, len) for view in unmask_all(few)]
        views.extend(seen)
        return [text if view is None else view.text for text, view in zip(batch, seen, strict=True)]

    tokens = Tokeniser()
    work = Work(
        plain,
        lambda batch: glance(tokens(batch), len(batch), known),
        lambda batch: scan(tokens(batch), len(batch), known),
        partial(ask, known=known, read=partial(_read, known=known, tokenise=tokens)),
    )
    reports = queued(texts, work, batch_bytes)
    return (report if (view := views.popleft()) is None else lift(view, report) for report in reports)


def _read(
    batch: Sequence[str],
    dictionary: Dictionary,
    verdicts: Sequence[Verdict] = (),
    *,
    known: Knowledge,
    tokenise: Callable[[Sequence[str]], Tokens] = tokenise,
) -> list[Report]:
    """One report a text, read with one dictionary; with `verdicts`, these stand and only findings are looked for."""
    config, surface = known.config, known.surface
    tokens = tokenise(batch)
    damaged = damage.find(tokens, surface)
    lattice = build(tokens, dictionary, known.model)
    channel = Channel.of(lattice, dictionary, len(batch))
    decoded = decode(lattice, channel)
    in_part = bool(dictionary.partial.any())
    verdicts = verdicts or judge(
        tokens, decoded, damage.log_odds(damaged, len(batch)), dictionary.families, in_part, config
    )
    passages = divide(batch, tokens, lattice, channel, decoded, verdicts, in_part, config)
    worthy = np.array([verdict.probability >= least_shown(config) for verdict in verdicts])
    if not worthy.any():
        return [
            Report(text, (), verdict, parted) for text, verdict, parted in zip(batch, verdicts, passages, strict=True)
        ]
    # Where nothing will be found, nobody asks which candidate leads.
    decoded = replace(decoded, leads=decoded.leads & worthy[channel.text])
    said = support(tokens, lattice, channel, decoded, dictionary, known.names, surface)
    # Whoever asks for the least certain findings gets them, also those that are hardly worth the work.
    everything = least_shown(config) < LEAST
    weighed = weigh(lattice, channel, decoded, said, dictionary, known.model, known.weights, everything)
    found = find(batch, verdicts, lattice, channel, decoded, weighed, dictionary, config)
    mended = damage.repairs(tokens, damaged, batch, surface)
    reports = []
    for text, verdict, parted, substitutions, repairs in zip(batch, verdicts, passages, found, mended, strict=True):
        findings = merge_titles(text, with_repairs(substitutions, repairs, verdict, config), surface)
        reports.append(Report.later(text, findings, verdict, parted))
    return reports
