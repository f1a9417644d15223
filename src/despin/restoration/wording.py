"""An original as the dictionary has it → as it should stand where the spun phrase stood.

Case, apostrophes, and the article before it, of what `cut` leaves of it. The dictionary is in lower case; the text
decides how a phrase is written, and of acronyms the texts that the language model is learned from. Start reading from
`fit`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from ..dictionary.dictionary import Dictionary
from ..dictionary.files import folder
from ..text.language import LANGUAGE_RULES, LanguageRules
from ..text.tokens import tokenise
from ..util.array_types import I8, I64, AnyArray
from ..util.lazy_regex import lazy
from .cut import Cut

if TYPE_CHECKING:
    import regex

APOSTROPHES = "'’ʼ"  # how a text may write them
AROUND = ("aa", "aa Aa", "Aa", "AA")  # amid a sentence; before a capital; where one begins; where all is shouted
_WORD = lazy(r"[\p{L}\p{M}\p{N}]+(?:['’ʼ＇][\p{L}\p{M}]+)*")


class Wordings:
    """What `wording` says of the entries of a dictionary, each cut to the words that change: asked once, and kept.

    A spinner's favourite substitutions make up most of its work.
    """

    def __init__(self, dictionary: Dictionary, language: str) -> None:
        self._dictionary, self._language = dictionary, language
        self._known = np.zeros(_VARIANTS * len(dictionary), np.bool_)
        self._core, self._settled = np.empty((2, _VARIANTS * len(dictionary)), object)

    def of(self, cut: Cut, apostrophe: I8) -> AnyArray:
        """(rows,): how the original of each of `cut` should stand where nothing has a capital; `apostrophe`, (rows,),
        numbers those of `APOSTROPHES`."""
        key = _variant(cut, apostrophe)
        new = np.flatnonzero(~self._known[key])
        if len(new):
            places = dict(zip(key[new].tolist(), new.tolist(), strict=True))  # where one is met first, or again
            rows = np.fromiter(places.values(), np.int64, len(places))
            cores = _cores(self._dictionary, cut.entry[rows], cut.head[rows], cut.tail[rows])
            for place, core, style in zip(places, cores, apostrophe[rows].tolist(), strict=True):
                self._core[place], self._settled[place] = core, fitted(core, "", self._language, APOSTROPHES[style])
            self._known[key[new]] = True
        return self._settled.take(key)

    def cores(self, cut: Cut, apostrophe: I8) -> AnyArray:
        """(rows,): how the dictionary writes the original of each of `cut`, which `of` was asked for."""
        return self._core.take(_variant(cut, apostrophe))


_VARIANTS = 4 * len(APOSTROPHES)  # of an entry: cut in front or not, cut behind or not, by apostrophe


def _variant(cut: Cut, apostrophe: I8) -> I64:
    """(rows,): numbers the wordings of each entry. Where it is cut at all, it is cut by the same words."""
    number: I64 = ((cut.entry * len(APOSTROPHES) + apostrophe) * 2 + (cut.head > 0)) * 2 + (cut.tail > 0)
    return number


@lru_cache(maxsize=8)
def wordings(dictionary: Dictionary, language: str) -> Wordings:
    """The one `Wordings` of `dictionary` in `language`."""
    return Wordings(dictionary, language)


@lru_cache(maxsize=1 << 16)
def wording(
    dictionary: Dictionary, row: int, front: int, behind: int, apostrophe: str, language: str
) -> tuple[str, str]:
    """The original of entry `row` without `front` words in front and `behind` behind, as the dictionary writes it and
    as it should stand where nothing has a capital."""
    [core] = _cores(dictionary, np.array([row]), np.array([front]), np.array([behind]))
    return core, fitted(core, "", language, apostrophe)


def _cores(dictionary: Dictionary, entry: I64, front: I64, behind: I64) -> list[str]:
    """(rows,): the original of each `entry` without so many words in front and behind. All are cut together: to
    tokenise them one by one would take most of the time of a process's first megabyte of spun text."""
    texts = [dictionary.original_text[row] for row in dictionary.original[entry].tolist()]
    rows = np.flatnonzero((front > 0) | (behind > 0))
    tokens = tokenise([texts[row] for row in rows.tolist()])
    bounds = np.searchsorted(tokens.document, np.arange(len(rows) + 1))
    begin = tokens.start[bounds[:-1] + front[rows]] - tokens.offset[:-1]
    end = tokens.ends(bounds[1:] - 1 - behind[rows]) - tokens.offset[:-1]
    for row, first, last in zip(rows.tolist(), begin.tolist(), end.tolist(), strict=True):
        texts[row] = texts[row][first:last]
    return texts


def apostrophe_of(text: str) -> int:
    """Which of `APOSTROPHES` `text` uses; of two as frequent the later, which nobody types by accident.

    >>> apostrophe_of("It’s here, and that's all.")
    1
    """
    if text.isascii():
        return 0
    return max(
        range(len(APOSTROPHES)),
        key=lambda style: (text.count(APOSTROPHES[style]), style * (APOSTROPHES[style] in text)),
    )


@lru_cache(maxsize=1 << 16)
def fitted(original: str, found: str, language: str, apostrophe: str, around: str = AROUND[0]) -> str:
    """`fit`, remembered: a spinner's favourite substitutions make up most of its work."""
    return fit(original, found, LANGUAGE_RULES[language], apostrophe, acronyms(language), around)


@cache
def acronyms(language: str) -> Mapping[str, str]:
    """Lower-case words that are written with capitals wherever they stand, and how (dictionaries/README.md)."""
    path = folder(language) / "acronyms.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    spellings = [line.partition("\t")[0] for line in lines if not line.startswith("#")]
    return {spelling.lower(): spelling for spelling in spellings}


@lru_cache(maxsize=1 << 14)
def agreeing(article: str, word: str, language: str) -> str:
    """`agrees`, remembered likewise."""
    return agrees(article, word, LANGUAGE_RULES[language])


def fit(
    original: str,
    found: str,
    rules: LanguageRules,
    apostrophe: str = "'",
    acronyms: Mapping[str, str] = MappingProxyType({}),
    around: str = "aa",
) -> str:
    """`original` in the case of `found`, with the text's own `apostrophe`.

    `acronyms` are lower-case words and how they are written, unless a single capital in the midst of a sentence tells
    that the word is a name (*Seo*). Where `found` begins with one, that tells nothing of the case of its place, and
    `around` does, one of `AROUND`.

    >>> from despin.text.language import ENGLISH
    >>> fit("tell", "Inform", ENGLISH)
    'Tell'
    >>> fit("machine learning", "GADGET GETTING TO KNOW", ENGLISH)
    'MACHINE LEARNING'
    >>> fit("seo", "Search engine optimization", ENGLISH, acronyms={"seo": "SEO"}, around="Aa")
    'SEO'
    """
    words = _WORD.findall(original)
    special = not (rules.always_capital.isdisjoint(words) and acronyms.keys().isdisjoint(words))
    if found.islower() and not special:  # most of the time
        return original.replace("'", apostrophe)
    here = _telling(_WORD.findall(found), acronyms, around)
    letters = [word for word in here if any(char.isalpha() for char in word)]
    shouted = bool(letters) and all(word.isupper() for word in letters) and max(map(len, letters)) > 1
    if shouted:
        return original.upper().replace("'", apostrophe)
    title = len(letters) > 1 and all(word[0].isupper() for word in letters)
    capital = bool(here) and here[0][0].isupper()
    name = capital and not title and around in AROUND[:2]

    def one(match: regex.Match[str]) -> str:
        word: str = match[0]
        first = match.start() == start
        if word in acronyms and not (name and first):
            return acronyms[word]
        if word in rules.always_capital or (capital and first) or (title and word not in rules.small_words):
            return word[0].upper() + word[1:]
        return word

    begins = _WORD.search(original)
    start = begins.start() if begins else 0
    text: str = _WORD.sub(one, original)
    return text.replace("'", apostrophe)


def _telling(words: Sequence[str], acronyms: Mapping[str, str], around: str) -> Sequence[str]:
    """Those of the `words` found that tell how their place is written, which acronyms do not."""
    known = [acronyms.get(word.lower()) == word for word in words]
    told = [word for word, acronym in zip(words, known, strict=True) if not acronym]
    return [around.split()[-1], *told] if known[:1] == [True] else told


def agrees(article: str, word: str, rules: LanguageRules) -> str:
    """`article` in the form that goes before `word`, in its own case; unchanged where it has no other form.

    >>> from despin.text.language import ENGLISH
    >>> agrees("A", "adorable", ENGLISH), agrees("an", "university", ENGLISH), agrees("the", "end", ENGLISH)
    ('An', 'a', 'the')
    """
    forms = rules.articles.get(article.lower())
    if forms is None:
        return article
    form = forms[bool(rules.vowel_sound.match(word.lower()))]
    if article.lower() == form:
        return article
    return form.capitalize() if article[0].isupper() else form
