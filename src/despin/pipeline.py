"""The program: the stages in order. The file to read first.

    texts → tokens → scan → candidates → lattice → spin rate → verdict → evidence → findings, fitted → excused → reports

Everything is done for a batch of texts at once (docs/design.md, "Speed"); `check` and `restore` are batches of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from . import compiled, damage, parts
from . import dictionary as dictionaries
from .config import Config
from .decode import Channel, decode
from .dictionary import Dictionary
from .dismissal import dismiss, finds_nothing
from .evidence import Weights, weigh
from .findings import Finding, Passage, Report, Verdict
from .language import SURFACES
from .language_model import LanguageModel
from .lattice import build
from .names import Names, gather, merge_titles, support
from .passages import divide
from .restoration import find, with_repairs
from .suppress import excuse
from .tokens import tokenise
from .verdict import LIKELY, count_words, judge

F64 = NDArray[np.float64]

# Code points handled at once: enough to make numpy's overhead vanish, little enough to stay in cache.
SCANNED = 200_000
DECODED = 400_000
BATCH = 8_000_000


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
    queue: list[tuple[str, Verdict | None]] = []
    waiting = held = 0  # code points to be decoded, and of the whole queue
    for batch in _batches(texts, min(SCANNED, batch_bytes)):
        if len(batch[0]) > parts.LONGEST:  # it is alone then
            yield from _reports(queue, config)
            queue, waiting, held = [], 0, 0
            yield _long(batch[0], config)
            continue
        verdicts = _dismissed(batch, config)
        queue += zip(batch, verdicts, strict=True)
        waiting += sum(len(text) for text, verdict in zip(batch, verdicts, strict=True) if verdict is None)
        held += sum(map(len, batch))
        if not waiting or waiting >= DECODED or held >= batch_bytes:
            yield from _reports(queue, config)
            queue, waiting, held = [], 0, 0
    yield from _reports(queue, config)


def _dismissed(batch: Sequence[str], config: Config) -> list[Verdict | None]:
    """The verdicts on those texts that need not be decoded; None for the others."""
    model, _ = _models(config.language)
    dictionary, scanner = compiled.load(config.language, config.dictionaries, model)
    return dismiss(tokenise(batch), len(batch), scanner, dictionary, model, config)


def _reports(queue: Sequence[tuple[str, Verdict | None]], config: Config) -> Iterator[Report]:
    """The reports of a queue: of texts with a verdict, no more than that; the others are decoded."""
    batches = _batches((text for text, verdict in queue if verdict is None), DECODED)
    decoded = chain.from_iterable(_decoded(batch, config)[0] for batch in batches)
    for text, verdict in queue:
        yield next(decoded) if verdict is None else Report(text, (), verdict)


def _long(text: str, config: Config) -> Report:
    """The report of a text that is too long to be decoded at once: part by part, at the spin rate of a sample."""
    bounds = parts.cut(text)
    verdicts = [_dismissed([text[begin:end]], config)[0] for begin, end in bounds]
    said = [verdict for verdict in verdicts if verdict is not None]
    if len(said) == len(verdicts):
        whole = max(said, key=lambda verdict: verdict.probability)
        return Report(text, (), replace(whole, words=sum(verdict.words for verdict in said)))
    [heard], dictionary, rate = _decoded([parts.sample(text)], config)
    words = sum(count_words(tokenise([text[begin:end]]), 1).item() for begin, end in bounds)
    whole = replace(heard.verdict, words=words)
    findings: list[Finding] = []
    ignored: list[Finding] = []
    passages: list[Passage] = []
    for (begin, end), dismissed in zip(bounds, verdicts, strict=True):
        part = text[begin:end]
        if finds_nothing(whole, config):
            # There still may be a part that was spun: it is judged by itself.
            report = Report(part, (), dismissed) if dismissed else _decoded([part], config)[0][0]
        else:
            [report], _ = _check([part], dictionary, config, [whole], rate)
            findings += [_moved(one, begin) for one in report.findings]
            ignored += [_moved(one, begin) for one in report.ignored]
        passages += [_moved(one, begin) for one in report.passages]
    return excuse(Report(text, tuple(findings), whole, tuple(passages), tuple(ignored)), config)


_Placed = TypeVar("_Placed", Finding, Passage)


def _moved(one: _Placed, by: int) -> _Placed:
    return replace(one, start=one.start + by, end=one.end + by)


def _decoded(batch: Sequence[str], config: Config) -> tuple[list[Report], Dictionary, F64]:
    """One report a text; the dictionary and the spin rates of the last one."""
    dictionary, _, _ = load_data(config)
    reports, rates = _check(batch, dictionary, config)
    # A text of a spinner of which we know only a part is read again, with the dictionaries kept in reserve.
    unknown = [row for row, report in enumerate(reports) if _partly_known(report, dictionary)]
    if unknown and (whole := _with_reserve(config)) is not dictionary:
        texts, verdicts = [batch[row] for row in unknown], [reports[row].verdict for row in unknown]
        again, more = _check(texts, whole, config, verdicts)
        for row, report in zip(unknown, again, strict=True):
            reports[row] = report
        if unknown[-1] == len(batch) - 1:
            dictionary, rates = whole, more
    return reports, dictionary, rates[-1:]


def _check(
    batch: Sequence[str],
    dictionary: Dictionary,
    config: Config,
    verdicts: Sequence[Verdict] = (),
    rate: F64 | None = None,
) -> tuple[list[Report], F64]:
    """One report a text, and the spin rates, (texts, families).

    With `verdicts`, these stand and only the findings are looked for; with a `rate`, it is that of the texts.
    """
    _, model, weights = load_data(config)
    surface = SURFACES[config.language]
    known = _references(config) if config.references else None
    tokens = tokenise(batch)
    damaged = damage.find(tokens, surface)
    lattice = build(tokens, dictionary, model)
    channel = Channel.of(lattice, dictionary, len(batch))
    decoded = decode(lattice, channel, rate)
    verdicts = verdicts or judge(tokens, decoded, damage.log_odds(damaged, len(batch)), dictionary.families, config)
    said = support(tokens, lattice, channel, decoded, dictionary, known, surface)
    weighed = weigh(lattice, channel, decoded, said, dictionary, weights)
    found = find(batch, verdicts, lattice, channel, decoded, weighed, dictionary, config)
    passages = divide(batch, tokens, lattice, channel, decoded, verdicts, config)
    mended = damage.repairs(tokens, damaged, batch, surface)
    reports = []
    for text, verdict, parted, substitutions, repairs in zip(batch, verdicts, passages, found, mended, strict=True):
        findings = merge_titles(text, with_repairs(substitutions, repairs, verdict, config), surface)
        reports.append(excuse(Report(text, tuple(findings), verdict, parted), config))
    return reports, decoded.rate


def _with_reserve(config: Config) -> Dictionary:
    model, _ = _models(config.language)
    return compiled.load(config.language, config.dictionaries, model, reserve=True)[0]


def _partly_known(report: Report, dictionary: Dictionary) -> bool:
    """Whether the text is likely spun, and mostly not by a spinner that is known whole."""
    verdict = report.verdict
    if verdict.probability < LIKELY:
        return False
    return not verdict.family or bool(dictionary.partial[dictionary.families.index(verdict.family)])


def provenance(config: Config = Config()) -> dict[str, Any]:
    """Digests of the data that `config` names, as JSON reports give them."""
    dictionary, model, _ = load_data(config)
    return {"dictionaries": dict(dictionary.digests), "language_model": f"sha256:{model.digest}"}


def load_data(config: Config) -> tuple[Dictionary, LanguageModel, Weights]:
    """The dictionary, the language model and the evidence weights that `config` names.

    Raises
    ------
    DictionaryError, ModelError, EvidenceError
        They cannot be used.
    OSError
        A file cannot be read.
    """
    model, weights = _models(config.language)
    return compiled.load(config.language, config.dictionaries, model)[0], model, weights


@cache
def _references(config: Config) -> Names:
    return gather(config.references, SURFACES[config.language])


@cache
def _models(language: str) -> tuple[LanguageModel, Weights]:
    home = dictionaries.folder(language)
    return LanguageModel.open(home / "model.ngrams"), Weights.open(home / "evidence.npz")


def _batches(texts: Iterable[str], most: int) -> Iterator[list[str]]:
    """`texts` in lists, each of at most `most` code points, unless a single text has more."""
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and size + len(text) > most:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text) + 1
        if size >= most:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
