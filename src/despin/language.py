"""What is particular to one language on the surface of its texts: one table a language, and nothing else knows.

A second language is a folder of data in `dictionaries/` and one more `Surface` here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import regex


@dataclass(frozen=True, slots=True)
class Surface:
    """The surface rules of one language."""

    articles: Mapping[str, tuple[str, str]]
    """Article → (the form before a consonant, the form before a vowel)."""
    vowel_sound: regex.Pattern[str]
    """Matches a lower-case word that begins with a vowel sound."""
    always_capital: frozenset[str]
    """Lower-case words that are written with a capital wherever they stand."""
    small_words: frozenset[str]
    """Words that a title leaves in lower case."""


ENGLISH = Surface(
    articles={"a": ("a", "an"), "an": ("a", "an")},
    vowel_sound=regex.compile(
        r"(?!(?:e[uw]|one\b|once\b|uni(?!n|m)|us(?:e|u|a)|uti|ub|ur[aeio]|ut[eio]|uk\b|us\b))[aeiou]"
        r"|hour|heir|honest|honou?r|(?:f|h|l|m|n|r|s|x)(?:-|bi\b|cc\b|\b(?!'))|mp\d?\b|mri\b|8|11\b|18\b"
    ),
    always_capital=frozenset({"i", "i'm", "i've", "i'd", "i'll"}),
    small_words=frozenset(
        [
            "a",
            "an",
            "and",
            "as",
            "at",
            "but",
            "by",
            "for",
            "from",
            "if",
            "in",
            "nor",
            "of",
            "off",
            "on",
            "or",
            "out",
            "over",
            "so",
            "the",
            "than",
            "to",
            "up",
            "via",
            "vs",
            "with",
        ]
    ),
)

SURFACES: Mapping[str, Surface] = {"en": ENGLISH}
