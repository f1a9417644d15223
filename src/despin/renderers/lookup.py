"""What was looked up → lines for people. Start reading from `listing`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..dictionary.phrase_lookup import Lookup, Part
from .escaping import printable

Zipf = Callable[[str], float]
"""How common a phrase is: base-10 logarithm of its occurrences in a billion words."""


def listing(phrase: str, stands_for: Sequence[Lookup], made_of: Sequence[Lookup], zipf: Zipf | None = None) -> str:
    """What `phrase` may stand for, and what spinners make of it; under each answer how its words came about.

    With `zipf` every answer says how common it is. The caller imports wordfreq, since that takes a while.
    """
    if not stands_for and not made_of:
        return f"{printable(phrase)}: nothing is known that it stands for, or that spinners make of it\n"
    return _section(f"{printable(phrase)} may stand for", stands_for, zipf) + _section(
        f"spinners may make of {printable(phrase)}", made_of, zipf
    )


def as_json(phrase: str, stands_for: Sequence[Lookup], made_of: Sequence[Lookup]) -> dict[str, Any]:
    """The same as JSON of schema 1 (docs/json.md)."""
    return {
        "phrase": phrase,
        "stands_for": [_data(answer) for answer in stands_for],
        "made_of": [_data(answer) for answer in made_of],
    }


def _data(answer: Lookup) -> dict[str, Any]:
    return {
        "phrase": answer.original,
        "probability": round(answer.probability, 4),
        "score": round(answer.score, 3),
        "families": list(answer.families),
        "parts": [
            {"found": part.found, "original": part.original, "entry": part.entry.name if part.entry else None}
            | ({"seen": part.entry.seen, "of": part.entry.of} if part.entry and part.entry.seen else {})
            for part in answer.parts
        ],
    }


def _section(title: str, answers: Sequence[Lookup], zipf: Zipf | None) -> str:
    if not answers:
        return ""
    width = max(len(answer.original) for answer in answers)
    return f"{title}\n" + "".join(_answer(answer, width, zipf) for answer in answers)


def _answer(answer: Lookup, width: int, zipf: Zipf | None) -> str:
    common = "" if zipf is None else f"  zipf {zipf(answer.original):.1f}"
    families = printable(", ".join(answer.families)) or "similar words"
    steps = [_step(part) for part in answer.parts if part.found != part.original]
    line = f"  {answer.original:<{width}}  {_share(answer.probability)}{common}  {families}\n"
    return line + "".join(f"      {step}\n" for step in steps)


def _step(part: Part) -> str:
    if part.entry is None:
        return f"{part.found} -> {part.original}: similar, no entry"
    line = f"{part.found} -> {part.original}: {printable(part.entry.family)}"
    return line if part.entry.seen is None else f"{line}, {part.entry.seen:,} of {part.entry.of:,}"


def _share(probability: float) -> str:
    """Two digits, and never 1.00 or 0.00 for what is neither."""
    if probability < 0.005:
        return "<0.01"
    return ">0.99" if 0.995 <= probability < 1 else f"{probability:.2f}"
