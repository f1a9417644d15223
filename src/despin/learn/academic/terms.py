"""Listed tortured phrases → pairs of a phrase as spun and the terms it may stand for, without the lister's remarks.

A list says `tortured TAB expected TAB papers`, and people fill in *expected* as they go: an abbreviation in brackets
(*back propagation (BP)*), words one may leave out (*[neural network] layer outputs*), remarks (*forget gate (a part of
LSTM)*), doubts (*surface stability (?)*), and several terms in one cell (*infected/affected individuals*).

Start reading from `read`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, product

import regex

from ...text.characters import normalise
from ...text.tokens import tokenise

Words = tuple[str, ...]

MOST_VARIANTS = 8
"""Terms read out of one cell."""
LONGEST = 14
"""Words of a phrase; what is longer is a sentence."""

_REMARK = regex.compile(
    r"\?|\b(?:as in|could be|part of|i\.e|e\.g|in (?:a |an |the )?[\w -]+|possibly|maybe|perhaps|probably|sense|also"
    r"|not|found in)\b"
)
_PLAIN_WORDS = regex.compile(r"\p{L}[\p{L}' /-]*")
_ROUND, _SQUARE = regex.compile(r"\(([^()]*)\)"), regex.compile(r"\[([^\[\]]*)\]")
_OR = regex.compile(r'or (?:possibly )?"?([^"]+)"?')
_LEFT_OUT = frozenset('()[]{}",;:?!*')


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list; all words as `tokens.normalise` writes them."""

    spun: Words
    terms: tuple[Words, ...]
    """What it may stand for, the plainest reading first; never empty."""
    papers: int = 0
    """In how many papers it was met; 0: not said."""

    @property
    def term(self) -> Words:
        """The one of `terms` to align with: as long as the spun phrase, if there is such a one."""
        return min(self.terms, key=lambda words: abs(len(words) - len(self.spun)))


def read(rows: Iterable[str]) -> tuple[list[Listed], int]:
    """The phrases in the lines `rows`, and how many lines name no term or no phrase; comments and the head not counted.

    >>> read(["fake intelligence\\tartificial intelligence (AI)\\t7"])[0][0].terms
    (('artificial', 'intelligence'),)
    """
    cells = list(_cells(rows))
    spun = _words([clean_spun(one) for one, _, _ in cells])
    cleaned = [clean(expected, like=one) for one, expected, _ in cells]
    flat = iter(_words([term for terms in cleaned for term in terms]))
    found, dropped = [], 0
    for words, terms, (_, _, papers) in zip(spun, cleaned, cells, strict=True):
        meant = tuple(dict.fromkeys(filter(None, islice(flat, len(terms)))))
        if words and meant and max(map(len, (words, *meant))) <= LONGEST and words not in meant:
            found.append(Listed(words, meant, papers))
        else:
            dropped += 1
    return found, dropped


def _cells(rows: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    for row in rows:
        fields = row.rstrip("\r\n").split("\t")
        if row.startswith("#") or len(fields) < 2 or fields[:2] == ["tortured", "expected"]:
            continue
        papers = fields[2].strip() if len(fields) > 2 else ""
        yield fields[0], fields[1], int(papers) if papers.isdecimal() else 0


def _words(texts: list[str]) -> list[Words]:
    tokens = tokenise(texts)
    words: list[list[str]] = [[] for _ in texts]
    for row in range(len(tokens)):
        word = normalise(tokens.found(row, row + 1))
        if word not in _LEFT_OUT:
            words[int(tokens.document[row])].append(word)
    return [tuple(those) for those in words]


def clean_spun(cell: str) -> str:
    """A tortured phrase without its abbreviation.

    >>> clean_spun("examination of fluctuation (ANOVA)")
    'examination of fluctuation'
    """
    text = _ROUND.sub(
        lambda m: " " if _abbreviates(m[1], m.string[: m.start()]) else f" {m[1]} ",
        cell.replace("\\", "").replace('"', ""),
    )
    return " ".join(text.split())


def clean(cell: str, like: str = "") -> list[str]:
    """The terms that `cell` names, the plainest reading first; `like` is the tortured phrase beside it.

    >>> clean("[neural network] layer outputs")
    ['layer outputs', 'neural network layer outputs']
    >>> clean("forget gate (a part of LSTM)"), clean("IoT (Internet of Things)")
    (['forget gate'], ['Internet of Things', 'IoT'])
    >>> clean("infected/affected patients"), clean("(?)")
    (['infected patients', 'affected patients'], [])
    """
    text = cell.replace("\\", "").replace("“", '"').replace("”", '"').replace('""', '"')
    terms: list[str] = []
    for reading in _optional(text):
        for outer in _unbracketed(reading):
            for one in _apart(outer.replace('"', "").replace("?", "").strip(" ;,."), like):
                terms += _either(one, like)
    plain = (" ".join(term.split()).strip(" ,;.-") for term in terms)
    return list(dict.fromkeys(term for term in plain if regex.search(r"\p{L}", term)))[:MOST_VARIANTS]


def _abbreviates(text: str, words: str = "") -> bool:
    """It looks like an abbreviation, of `words` if it is written small, and not like words."""
    text = text.strip()
    if " " in text or sum(map(str.isupper, text)) >= 2:
        return " " not in text
    initials = "".join(word[0] for word in regex.split(r"[\s-]+", words.lower()) if word)
    return len(text) > 1 and text.lower().removesuffix("s") in (initials, initials.removesuffix("s"))


def _without(text: str, match: regex.Match[str], instead: str = "") -> str:
    return " ".join(f"{text[: match.start()]}{instead}{text[match.end() :]}".split())


def _optional(text: str) -> list[str]:
    """Readings without and with what stands in square brackets."""
    match = _SQUARE.search(text)
    if not match:
        return [text]
    return _optional(_without(text, match)) + _optional(_without(text, match, match[1]))


def _unbracketed(text: str) -> list[str]:
    match = _ROUND.search(text)
    if not match:
        return [text]
    inner, before, rest = match[1].strip(), text[: match.start()], _without(text, match)
    if _abbreviates(before) and " " in inner and not text[match.end() :].strip() and not _REMARK.search(inner):
        return [inner, before]
    if other := _OR.fullmatch(inner):
        return [*_unbracketed(rest), other[1]]
    if _abbreviates(inner, before) or _REMARK.search(inner) or not _PLAIN_WORDS.fullmatch(inner):
        return _unbracketed(rest)
    return _unbracketed(rest) + _unbracketed(_without(text, match, inner))


def _apart(text: str, like: str) -> list[str]:
    """Several terms in a row, unless the tortured phrase is such a row too."""
    if " or " in text and not regex.search(r"\bor\b", like):
        return text.split(" or ")
    for sign in ";,":
        if sign in text and sign not in like and not regex.search(r"\band\b", text):
            return text.split(sign)
    return [text]


def _either(text: str, like: str) -> list[str]:
    if "/" not in text or "/" in like:
        return [text]
    if " / " in text:
        return text.split(" / ")
    return [" ".join(words) for words in islice(product(*(word.split("/") for word in text.split())), MOST_VARIANTS)]
