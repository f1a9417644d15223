"""An original as the dictionary has it → as it should stand where the spun phrase stood.

Case, quote style, and the article before it. The dictionary is in lower case; the text decides how a phrase is written.
Start reading from `fit`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..text.language import LanguageRules
from ..util.lazy_regex import lazy

if TYPE_CHECKING:
    import regex

_WORD = lazy(r"[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*")


def fit(original: str, found: str, surface: LanguageRules, curly: bool) -> str:
    """`original` in the case of `found`, with the text's own apostrophes (`curly`: ’ instead of ').

    >>> from despin.text.language import ENGLISH
    >>> fit("tell", "Inform", ENGLISH, curly=False)
    'Tell'
    >>> fit("machine learning", "GADGET GETTING TO KNOW", ENGLISH, curly=False)
    'MACHINE LEARNING'
    """
    if found.islower() and surface.always_capital.isdisjoint(original.split()):  # most of the time
        return original.replace("'", "’") if curly else original
    words = _WORD.findall(found)
    letters = [word for word in words if any(char.isalpha() for char in word)]
    shouted = bool(letters) and all(word.isupper() for word in letters) and max(map(len, letters)) > 1
    if shouted:
        text = original.upper()
    elif letters and all(word[0].isupper() for word in letters) and len(letters) > 1:
        text = _title(original, surface)
    elif words and words[0][0].isupper():
        text = _capital(original, surface)
    else:
        text = _WORD.sub(lambda match: _word(match[0], surface), original)
    return text.replace("'", "’") if curly else text


def _word(word: str, surface: LanguageRules) -> str:
    return word[0].upper() + word[1:] if word in surface.always_capital else word


def _capital(text: str, surface: LanguageRules) -> str:
    """The first word with a capital."""
    text = _WORD.sub(lambda match: _word(match[0], surface), text)
    match = _WORD.search(text)
    return text[: match.start()] + text[match.start()].upper() + text[match.start() + 1 :] if match else text


def _title(text: str, surface: LanguageRules) -> str:
    """Every word with a capital, the small ones after the first aside."""

    def one(match: regex.Match[str]) -> str:
        word: str = match[0]
        return word if match.start() and word in surface.small_words else word[0].upper() + word[1:]

    return _WORD.sub(one, text)


def agrees(article: str, word: str, surface: LanguageRules) -> str:
    """`article` in the form that goes before `word`, in its own case; unchanged where it has no other form.

    >>> from despin.text.language import ENGLISH
    >>> agrees("A", "adorable", ENGLISH), agrees("an", "university", ENGLISH), agrees("the", "end", ENGLISH)
    ('An', 'a', 'the')
    """
    forms = surface.articles.get(article.lower())
    if forms is None:
        return article
    form = forms[bool(surface.vowel_sound.match(word.lower()))]
    if article.lower() == form:
        return article
    return form.capitalize() if article[0].isupper() else form
