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


_SMALL_WORDS = frozenset({
    "a", "an", "and", "as", "at", "but", "by", "for", "from", "if", "in", "nor", "of", "off", "on", "or", "out", "over",
    "so", "than", "the", "to", "up", "via", "vs", "with",
})  # fmt: skip

ENGLISH = Surface(
    articles={"a": ("a", "an"), "an": ("a", "an")},
    # Sounds are not letters. What is spelt in letters only shows in lower case by having no vowel (nba) or by being
    # listed (suv); of numbers, eight, eleven and eighteen begin with a vowel, and so does 1887.
    vowel_sound=regex.compile(
        r"""(?xi)
          (?! eu\B | ew[eo] | one(?:s|ness|\b) | once\b | ouija
            | u(?: k | ni(?!n|m(?!od)|den|dea|gn|ll|r|ss) | nanim | s[aeiu] | biq | r[aeiou] | t[aeio] | gan
                 | nesco\b | nhcr\b | fos?\b | fc\b | efa\b | rls?\b | sbs?\b | sc\b | ssr\b | v\b | [ixs]s?\b | ae\b
                 | \.[sk]\.? | avs?\b | cla\b | \b
                 | n(?=\b(?!-) | -(?:backed|brokered|led|mandated|run|sponsored|supervised)) ) )
          [aeiouáàâäåéèêëíìîïóòôöøúùûüæœ]
        | hour | heir | honest | honou?r
        | [fhlmnrsx](?: - | \b(?!') | \d )
        | (?! (?: mr | mrs | ms | st | rd | ft | lbs? | mk | lt | sr | mm+ | hm+ | sh+ ) \b )
          [fhlmnrsx][bcdfghjklmnpqrstvwxz]+\d*s?\b
        | (?: faqs? | fa | fbi | hiv | mba | meps? | mfa | mi[56] | mit | mma | mris? | mp[34]s? | naacp | nba | ncaa
            | ngos? | nsa | raf | rbis? | rfid | roi | sas | sos | suvs? )\b
        | 8 | 1[18](?:\d\d)?(?!\d)
        """
    ),
    always_capital=frozenset({"i", "i'm", "i've", "i'd", "i'll"}),
    small_words=_SMALL_WORDS,
)

SURFACES: Mapping[str, Surface] = {"en": ENGLISH}
