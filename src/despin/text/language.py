"""What is particular to one language on the surface of its texts: one table a language, and nothing else knows.

A second language is a folder of data in `dictionaries/` and one more `LanguageRules` here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..util.lazy_regex import lazy

if TYPE_CHECKING:
    import regex


@dataclass(frozen=True, slots=True)
class LanguageRules:
    """The surface rules of one language."""

    articles: Mapping[str, tuple[str, str]]
    """Article → (the form before a consonant, the form before a vowel)."""
    vowel_sound: regex.Pattern[str]
    """Matches a lower-case word that begins with a vowel sound."""
    always_capital: frozenset[str]
    """Lower-case words that are written with a capital wherever they stand."""
    small_words: frozenset[str]
    """Words that a title leaves in lower case."""
    misfits: Mapping[str, regex.Pattern[str]]
    """Article → lower-case words that it never precedes; silent wherever writers differ (an historic, a MBA)."""
    genitive: str
    """The clitic of possession."""
    never_genitive: regex.Pattern[str]
    """Lower-case words that never take `genitive`: regular plurals, which take a lone apostrophe."""
    apostrophe_at_home: regex.Pattern[str]
    """Words that a lone apostrophe may follow, be it one of possession or of letters left out."""
    repeatable: frozenset[str]
    """Lower-case words that people write twice in a row, on purpose or by a slip."""
    mendable: frozenset[str]
    """Lower-case words of which one is too many wherever two stand in a row."""
    number_words: frozenset[str]
    """Number words that a spinner writes for digits."""


_SMALL_WORDS = frozenset({
    "a", "an", "and", "as", "at", "but", "by", "for", "from", "if", "in", "nor", "of", "off", "on", "or", "out", "over",
    "so", "than", "the", "to", "up", "via", "vs", "with",
})  # fmt: skip

_REPEATABLE = frozenset(
    [
        "again", "ah", "always", "am", "and", "are", "aye", "be", "been", "beep", "bla", "blah", "boo",
        "but", "by", "bye", "can't", "chop", "come", "da", "did", "ding", "do", "don't", "dong", "doo",
        "er", "etc", "far", "from", "gimme", "go", "ha", "had", "haha", "he", "her", "here", "hey", "hi",
        "him", "his", "hmm", "how", "hush", "i", "i'm", "if", "in", "is", "it", "it's", "just", "knock",
        "la", "long", "many", "me", "more", "much", "my", "na", "never", "night", "no", "nope", "not",
        "now", "oh", "ok", "okay", "or", "please", "really", "right", "she", "she's", "so", "some",
        "stop", "that", "that's", "the", "them", "then", "there", "these", "they", "this", "those",
        "tick", "to", "tock", "tut", "uh", "um", "us", "very", "wait", "was", "we", "well", "were",
        "what", "when", "where", "which", "who", "why", "wink", "with", "woo", "wow", "yeah", "yep",
        "yes", "yo", "you", "your",
    ]
)  # fmt: skip

ENGLISH = LanguageRules(
    articles={"a": ("a", "an"), "an": ("a", "an")},
    # Sounds are not letters. What is spelt in letters only shows in lower case by having no vowel (nba) or by being
    # listed (suv); of numbers, eight, eleven and eighteen begin with a vowel, and so does 1887.
    vowel_sound=lazy(
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
    misfits={
        "a": lazy(
            r"(?!(?:an?|and|are|as|at|if|in|into|is|isn't|it|its|it's|of|off|on|or|our|out|over|am|all|any|another|i)$)"
            r"(?!e[uw]|on(?:e|ce)\b|ouija|oui)(?:[aeio]|u(?:n(?![ia])|p|l|m|r[bg]|tt))\p{L}+|hour|heir|honest|honou?r"
        ),
        "an": lazy(
            r"(?!(?:d[aeiu]|de[nrst]|das|die|l[ae]|les|un[ae]?|mba|nba|lan)\Z)[b-df-gj-np-tv-z]\p{L}*[aeiouy]\p{L}*\Z"
        ),
    },
    genitive="'s",
    never_genitive=lazy(r"\p{L}+(?:ies|[^sucoix]es|[dgklmnprty]s)\Z"),
    apostrophe_at_home=lazy(r"(?i).{0,2}\Z|.*(?:[sxz]|in|\W|['’]t)\Z|(?:lil|tho|wha|ole|bro)\Z"),
    repeatable=_REPEATABLE,
    mendable=frozenset(["a", "an", "as", "ever", "like", "of", "on", "our", "out", "up", "upon"]),
    number_words=frozenset(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    ),
)

LANGUAGE_RULES: Mapping[str, LanguageRules] = {"en": ENGLISH}
