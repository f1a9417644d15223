"""Paragraphs known by their digests, to leave those of some texts out of others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from .files import lines
from .language_model.learn import LearningError

MIN_LINE = 20  # characters; shorter ones mark nothing


def mark(paragraph: str) -> bytes:
    """A digest by which `paragraphs` knows a paragraph again."""
    return hashlib.blake2b(paragraph.strip().encode("utf-8", "surrogatepass"), digest_size=8).digest()


def paragraphs(paths: Iterable[Path]) -> frozenset[bytes]:
    """Digests of the paragraphs of the originals in the JSON Lines files `paths`; short ones stand in many texts.

    Raises
    ------
    LearningError
        A line is not a record with a text named "original".
    OSError
    """
    marks: set[bytes] = set()
    for path in paths:
        for number, line in enumerate(lines(path), start=1):
            try:
                original = json.loads(line)["original"]
                marks.update(mark(part) for part in original.split("\n") if len(part.strip()) > MIN_LINE)
            except (ValueError, KeyError, TypeError, AttributeError) as problem:
                raise LearningError(f'{path}:{number}: this is not a record with a text "original"') from problem
    return frozenset(marks)
