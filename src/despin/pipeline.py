"""The program: the stages in order. The file to read first.

    texts → tokens → lattice of candidate originals → spin rate and best path → findings, fitted → verdict → reports

Everything is done for a batch of texts at once (docs/design.md, "Speed"); `check` and `restore` are batches of one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np

from . import dictionary as dictionaries
from .config import Config
from .decode import Decoded, decode
from .dictionary import Dictionary
from .findings import Evidence, Finding, Report, Verdict
from .language import SURFACES
from .language_model import LanguageModel
from .lattice import Lattice, build
from .surface import agrees, fit
from .tokens import Shape, Tokens, tokenise
from .verdict import judgement, probability

BATCH = 1_000_000  # code points handled at once: numpy's overhead vanishes, memory stays bounded
SCALE = 0.6


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
    dictionary, model = load_data(config)
    for batch in _batches(texts):
        tokens = tokenise(batch)
        lattice = build(tokens, dictionary, model, SCALE)
        decoded = decode(lattice, dictionary, len(batch))
        yield from _reports(batch, tokens, lattice, decoded, dictionary, config)


def provenance(config: Config = Config()) -> dict[str, Any]:
    """Digests of the data that `config` names, as JSON reports give them."""
    dictionary, model = load_data(config)
    return {"dictionaries": dict(dictionary.digests), "language_model": model.digest}


def load_data(config: Config) -> tuple[Dictionary, LanguageModel]:
    """The dictionary and the language model that `config` names."""
    return dictionaries.load(config.language, config.dictionaries), _model(config.language)


@cache
def _model(language: str) -> LanguageModel:
    return LanguageModel.open(dictionaries.folder(language) / "model.ngrams")


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


def _reports(
    texts: list[str], tokens: Tokens, lattice: Lattice, decoded: Decoded, dictionary: Dictionary, config: Config
) -> Iterator[Report]:
    token = np.full(int(lattice.slot[-1]) + 1 if len(tokens) else 0, -1, np.int64)
    token[lattice.slot] = np.arange(len(tokens))
    words = np.bincount(tokens.document[tokens.shape >= Shape.LOWER], minlength=len(texts))
    found: list[list[Finding]] = [[] for _ in texts]
    arcs = lattice.arcs
    for arc in decoded.chosen.tolist():
        document = int(lattice.document[arc])
        first, last = int(token[arcs.start[arc]]), int(token[arcs.end[arc] - 1]) + 1
        finding = _finding(texts[document], tokens, first, last, arc, lattice, decoded, dictionary, config)
        if finding is not None:
            found[document].append(finding)
    for index, text in enumerate(texts):
        decades = float(decoded.gain[index]) / math.log(10)
        chance = probability(decades, int(words[index]))
        family = max((f.family for f in found[index]), key=[f.family for f in found[index]].count, default="")
        verdict = Verdict(
            judgement(chance, config.max_probability, int(words[index])), chance,
            float(decoded.rate[index]), decades, family, int(words[index]),
        )  # fmt: skip
        yield Report(text, tuple(found[index]), verdict)


def _finding(
    text: str, tokens: Tokens, first: int, last: int, arc: int, lattice: Lattice, decoded: Decoded, dictionary: Dictionary, config: Config
) -> Finding | None:
    confidence = float(decoded.posterior[arc])
    if confidence < config.min_confidence / 4:
        return None
    entry = dictionary.entries[int(lattice.arcs.entry[arc])]
    offset = int(tokens.offset[tokens.document[first]])
    start, end = int(tokens.start[first]) - offset, int(tokens.end[last - 1]) - offset
    found = text[start:end]
    surface = SURFACES["en"]
    original = fit(entry.original, found, surface, "’" in text and "'" not in text)
    if original == found:
        return None
    log_odds = math.log(max(confidence, 1e-6) / max(1 - confidence, 1e-6))
    return Finding(
        start, end, found, original, (), confidence, "restore" if confidence >= config.min_confidence else "suggest",
        entry.family, entry.name, (Evidence("posterior", log_odds),),
    )  # fmt: skip
