"""Plain text → which words are written with capitals wherever they stand: *SEO*, *TVs*, *PhD*.

Every spelling of every word is counted; a word whose usual spelling has a capital behind its first letter is one of
them. Nothing but these spellings and two counts each is kept. Start reading from `learn`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import regex

SHARE = 0.8  # of its occurrences but those with a capital in front alone: *us* and *US* are two words
MOSTLY = 0.5  # of all of them: *Ian* is a name, and *IAN* that name shouted; but *Seo* is one too, and rarer than *SEO*
FEWEST = 30  # occurrences of the spelling
SHOUTED = 0.3  # share of capitals in a line, beyond which it is no prose
CAPITALS = 0.5  # share of an acronym's letters; *McCartney* and *YouTube* are names, and stand as the text has them

_WORD = regex.compile(r"[\p{L}\p{N}]+")
_CAPITAL = regex.compile(r"\p{Lu}")


class Acronym(NamedTuple):
    """One line of the file."""

    spelling: str
    seen: int
    """Occurrences in this spelling."""
    of: int
    """Occurrences in any."""
    titled: int
    """Of these, those with a capital in front alone: names, and heads of sentences."""


def learn(lines: Iterable[str]) -> list[Acronym]:
    """The acronyms of a text, sorted."""
    spellings: Counter[str] = Counter()
    for line in lines:
        if len(_CAPITAL.findall(line)) <= SHOUTED * len(line):
            spellings.update(_WORD.findall(line))
    words: Counter[str] = Counter()
    for spelling, seen in spellings.items():
        words[spelling.lower()] += seen
    made = (
        Acronym(spelling, seen, words[spelling.lower()], spellings[spelling.capitalize()])
        for spelling, seen in spellings.items()
    )
    return sorted(one for one in made if _is_acronym(one))


def _is_acronym(one: Acronym) -> bool:
    letters = sum(map(str.isalpha, one.spelling))
    capitals = sum(map(str.isupper, one.spelling))
    several = len(one.spelling) > 1 and any(map(str.isupper, one.spelling[1:]))
    usual = one.seen >= max(FEWEST, SHARE * (one.of - one.titled), MOSTLY * one.of)
    return several and usual and capitals >= CAPITALS * letters


def render(acronyms: Sequence[Acronym], source: str) -> str:
    """The file: a header, and one acronym a line (dictionaries/README.md)."""
    lines = [f"#: source: {source}", *("\t".join(map(str, one)) for one in acronyms)]
    return "".join(line + "\n" for line in lines)
