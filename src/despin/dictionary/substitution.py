"""What is no substitution, whoever says so: pairs of phrases that are the same words, or that would join or part words.

*over-the-counter* for *over the counter*, *web site* for *website*: two ways to write one thing, and an honest writer
uses either. *-earned money* for *earned cash* is a cut through a compound: put back, it would leave *hardearned*.
Start reading from `why_not`.
"""

from __future__ import annotations

from functools import lru_cache

_WRITTEN_APART = str.maketrans("", "", "- ")


def why_not(spun: str, original: str) -> str:
    """Why no dictionary should say that `spun`, as `written` has it, stands for `original`; empty where it may.

    >>> why_not("over-the-counter", "over the counter")
    'differs from it only in hyphens or blanks'
    >>> why_not("-earned money", "earned cash")
    'joins the word before it, and the other does not'
    >>> why_not("a brand new", "a new")
    ''
    """
    if spun.translate(_WRITTEN_APART) == original.translate(_WRITTEN_APART):
        return "differs from it only in hyphens or blanks"
    if _joins_before(spun) != _joins_before(original) and spun[0] != "%":  # *20 %*, but *20 percent*
        return "joins the word before it, and the other does not"
    if spun.endswith("-") != original.endswith("-"):
        return "joins the word behind it, and the other does not"
    return ""


@lru_cache(maxsize=1 << 12)
def _joins_before(phrase: str) -> bool:
    return phrase.startswith(("-", "%")) or phrase == "'s" or phrase.startswith("'s ")
