"""Texts → columns, whatever else is in the batch: what every adapter is written over. Start reading from `check_batch`.

In a crawl there is everything: rows without text, a hundred megabytes in one row, and, sooner or later, a text that
finds a fault in this program. None of them may cost the others their results, or an hour of a shard's work; such a
text is *unjudged*, and says why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..config import Config, with_usual
from ..library import opened
from ..pipeline import check_many
from ..results.report import Report
from ..runtime.knowledge import load_data

LONGEST = 2_000_000
"""Code points. A longer text is left unjudged: its lattice would take gigabytes (some 140 bytes a code point)."""

COLUMNS: Mapping[str, type] = {
    "verdict": str,
    "probability": float,
    "spin_rate": float,
    "log_likelihood_ratio": float,
    "family": str,
    "words": int,
    "substitutions": int,
    "restored": str,
    "error": str,
}
"""The columns of `check_batch` and their types. Figures mean what they mean in the JSON report (docs/json.md), rounded
likewise; `substitutions` counts the phrases that restoring puts back; `error` says why a text is unjudged."""

PREFIX = "despin_"
"""What the names of columns begin with in a table of somebody else's."""


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A text without a report, and why."""

    reason: str
    """A sentence; empty where there simply is no text."""


def as_texts(values: Iterable[Any]) -> list[str | None]:
    """`values` as texts, None where one is missing: a list, or a Series or an array of pandas, Polars, Arrow or numpy.

    None, NaN, `pandas.NA` and what else these libraries say for a missing value are one.

    Raises
    ------
    TypeError
        `values` is one text, or something in it is neither a text nor missing.

    >>> as_texts(["one", None, float("nan")])
    ['one', None, None]
    """
    if isinstance(values, (str, bytes)):
        raise TypeError("one text was given where several are meant; put it into a list: [text]")
    for method in ("to_pylist", "to_list", "tolist"):  # Arrow; pandas and Polars; numpy
        if hasattr(values, method):
            values = getattr(values, method)()
            break
    return [_as_text(row, value) for row, value in enumerate(values)]


def _as_text(row: int, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if type(value).__name__ in _MISSING or (isinstance(value, float) and math.isnan(value)):
        return None
    raise TypeError(
        f"row {row} holds {type(value).__name__} {value!r:.60}; a text is meant, or None where there is none"
    )


_MISSING = ("NAType", "NaTType")  # of pandas


def examine(texts: Iterable[Any], config: Config = Config()) -> list[Report | Unjudged]:
    """One report a text, in order, or why there is none. `texts` are what `as_texts` takes.

    Raises
    ------
    TypeError
        Something in `texts` is neither a text nor missing.
    DictionaryError, ModelError, EvidenceError, HashedOddsError
        The data named by `config` cannot be used.
    """
    texts = as_texts(texts)
    config = opened(config)
    load_data(config)  # what is wrong with the data is no single text's fault
    results: list[Report | Unjudged] = [_refused(text) for text in texts]
    rows = [row for row, text in enumerate(texts) if text and len(text) <= LONGEST]
    chosen = [text for text in texts if text and len(text) <= LONGEST]
    for row, result in zip(rows, _reports(chosen, config), strict=True):
        results[row] = result
    return results


def check_batch(texts: Iterable[Any], config: Config = Config()) -> dict[str, list[Any]]:
    """The columns `COLUMNS`, a row a text; all but `error` are None where a text is unjudged.

    `texts` are a list, or a Series or an array of pandas, Polars, Arrow or numpy; a missing value is None, NaN or
    `pandas.NA`. Raises as `examine` does.

    >>> columns = check_batch(["A short line.", None])
    >>> columns["verdict"], columns["restored"]
    (['clean', None], ['A short line.', None])
    """
    return columns(examine(texts, config))


def columns(results: Iterable[Report | Unjudged]) -> dict[str, list[Any]]:
    """`results` as `check_batch` gives them."""
    made = [row(result) for result in results]
    return {name: [one[name] for one in made] for name in COLUMNS}


def row(result: Report | Unjudged) -> dict[str, Any]:
    """One row of `check_batch`."""
    if isinstance(result, Unjudged):
        return dict.fromkeys(COLUMNS) | {"error": result.reason or None}
    verdict = result.verdict
    return {
        "verdict": verdict.judgement,
        "probability": round(verdict.probability, 4),
        "spin_rate": round(verdict.spin_rate, 4),
        "log_likelihood_ratio": round(verdict.log_likelihood_ratio, 2),
        "family": verdict.family,
        "words": verdict.words,
        "substitutions": len(result.substitutions),
        "restored": result.restored,
        "error": None,
    }


def _refused(text: str | None) -> Unjudged:
    return Unjudged(f"longer than {LONGEST:,} characters" if text else "")


def _reports(texts: Sequence[str], config: Config) -> Iterator[Report | Unjudged]:
    try:
        yield from list(check_many(texts, with_usual(config, "quick")))
    except (ArithmeticError, LookupError, MemoryError, RuntimeError, TypeError, ValueError) as problem:
        if len(texts) == 1:
            yield Unjudged(f"this text finds a fault in despin, please report it: {problem!r}")
        else:  # one text is to blame; the others are as good as before
            middle = len(texts) // 2
            yield from _reports(texts[:middle], config)
            yield from _reports(texts[middle:], config)
