"""The program: the stages in order. The file to read first.

    texts → tokens → candidates → lattice → spin rate → verdict → evidence → findings, fitted → excused → reports

Everything is done for a batch of texts at once (docs/design.md, "Speed"); `check` and `restore` are batches of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from . import damage
from . import dictionary as dictionaries
from .config import Config
from .decode import Channel, decode
from .dictionary import Dictionary
from .evidence import Weights, weigh
from .findings import Report, Verdict
from .language import SURFACES
from .language_model import LanguageModel
from .lattice import build
from .names import Names, gather, merge_titles, support
from .passages import divide
from .restoration import find, with_repairs
from .suppress import excuse
from .tokens import tokenise
from .verdict import LIKELY, judge

BATCH = 400000  # code points handled at once: enough to make numpy's overhead vanish, little enough to stay in cache


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


def check_many(texts: Iterable[str], config: Config = Config()) -> Iterator[Report]:
    """One report a text, in order, in batches: this is where the speed is. Raises as `restore` does."""
    dictionary, model, weights = load_data(config)
    for batch in _batches(texts):
        reports = _check(batch, dictionary, model, weights, config)
        # A text of a spinner of which we know only a part is read again, with the dictionaries kept in reserve.
        unknown = [row for row, report in enumerate(reports) if _partly_known(report, dictionary)]
        if unknown and (whole := _with_reserve(config)) is not dictionary:
            again = _check(
                [batch[row] for row in unknown],
                whole,
                model,
                weights,
                config,
                [reports[row].verdict for row in unknown],
            )
            for row, report in zip(unknown, again, strict=True):
                reports[row] = report
        yield from reports


def _check(
    batch: Sequence[str],
    dictionary: Dictionary,
    model: LanguageModel,
    weights: Weights,
    config: Config,
    verdicts: Sequence[Verdict] = (),
) -> list[Report]:
    """One report a text; with `verdicts`, these stand and only the findings are looked for."""
    surface = SURFACES[config.language]
    known = _references(config) if config.references else None
    tokens = tokenise(batch)
    damaged = damage.find(tokens, surface)
    lattice = build(tokens, dictionary, model)
    channel = Channel.of(lattice, dictionary, len(batch))
    decoded = decode(lattice, channel)
    verdicts = verdicts or judge(tokens, decoded, damage.log_odds(damaged, len(batch)), dictionary.families, config)
    said = support(tokens, lattice, channel, decoded, dictionary, known, surface)
    weighed = weigh(lattice, channel, decoded, said, dictionary, model, weights)
    found = find(batch, verdicts, lattice, channel, decoded, weighed, dictionary, config)
    passages = divide(batch, tokens, lattice, channel, decoded, verdicts, config)
    mended = damage.repairs(tokens, damaged, batch, surface)
    reports = []
    for text, verdict, parts, substitutions, repairs in zip(batch, verdicts, passages, found, mended, strict=True):
        findings = merge_titles(text, with_repairs(substitutions, repairs, verdict, config), surface)
        reports.append(excuse(Report(text, tuple(findings), verdict, parts), config))
    return reports


def _with_reserve(config: Config) -> Dictionary:
    return dictionaries.load(config.language, config.dictionaries, reserve=True)


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
    return dictionaries.load(config.language, config.dictionaries), *_models(config.language)


@cache
def _references(config: Config) -> Names:
    return gather(config.references, SURFACES[config.language])


@cache
def _models(language: str) -> tuple[LanguageModel, Weights]:
    home = dictionaries.folder(language)
    return LanguageModel.open(home / "model.ngrams"), Weights.open(home / "evidence.npz")


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text) + 1
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
