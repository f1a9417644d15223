"""Bytes of an English text → the Western encoding in which they make sense. Start reading from `western`.

An accented letter stands in a word and has the case of its neighbours; a quotation mark opens before a word or closes
after one; a dash parts words or figures; a euro has an amount. In a wrong encoding *café* is *cafŽ* or *caf‚*: a
capital behind small letters, a mark that opens where a word ends. Every character beyond ASCII is asked whether it
stands where it may; the encoding that has most of them in place is the one, if no other one comes near.

There are statistical detectors, made for whole pages in any language. What they know of letters is of no use where
there are three of them in English: they take *naïve* for Latvian of DOS.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

CODECS = ("cp1252", "iso8859-15", "mac-roman", "cp850", "cp437")
_PRIOR = {"cp1252": 0.6, "cp850": -0.5, "cp437": -0.5}
"""Ahead of the others, in characters: one is what nearly all such files are in, and others are of another age."""
_MARGIN = 1.0
"""The lead over the next one that reads something else, in characters."""
_WRONG, _WEAK, _RARE, _RIGHT = -3.0, 0.0, 0.3, 1.0
_NEAR = 3.0
"""So far behind the best, an encoding may still be the one that has the words."""
_ZIPF = 2.0
"""A word that is this common on wordfreq's scale counts as one character in its place."""
_MOST_WRONG = 0.05
"""Of all characters may stand in a wrong place: texts have slips."""

_COMMON = frozenset("éèêëáàâäãåçíîïñóôöøúüæ")
_NO_LETTERS = frozenset("ƒªºⁿ")
_LONELY = frozenset("àÀ")  # à la carte
_OPENING, _CLOSING = frozenset("“‘«‹"), frozenset("”’»›")
_ENDINGS = re.compile(r"(?:s|t|d|m|re|ll|ve)\b", re.IGNORECASE)
_DASHES = frozenset("–—")
_MONEY = frozenset("€£¥¢")
_AFTER_FIGURES = frozenset("°½¼¾²³ºª€£¥¢µ×±")
_BEFORE_FIGURES = frozenset("§±×€£¥¢¶½¼¾")
_DEGREES = re.compile(r" ?[CFNSEW]\b")
_RARE_OPENING = frozenset("„‚¿¡")
_STANDALONE = frozenset("•·©®™–—…×±½¼¾†‡")
_AFTER_WORDS = frozenset("®™©…¹²³º")
_BEFORE_WORDS = frozenset("©•·¶…")
_TOUCHED = re.compile(r"[\w\x80-\U0010ffff'’]+")
_WORD = re.compile(r"[^\W\d_¹²³¼½¾]+")


def western(data: bytes) -> str | None:
    """The encoding of `data`, bytes of an English text that is not UTF-8; None where it is not clear.

    >>> western("A naïve plan".encode("cp1252")), western("A naïve plan".encode("mac-roman"))
    ('cp1252', 'mac-roman')
    """
    decoded = {codec: data.decode(codec, "replace") for codec in CODECS}
    found = {codec: _score(text) for codec, text in decoded.items()}
    scores = {codec: score + _PRIOR.get(codec, 0.0) for codec, (score, _) in found.items()}
    best, clear = _best(scores, decoded)
    if not clear:
        # Where letters alone do not tell, words may: naïve is one, and naãve is none.
        near = [codec for codec in CODECS if scores[codec] >= scores[best] - _NEAR]
        scores = {codec: scores[codec] + _known(decoded[codec]) for codec in near}
        best, clear = _best(scores, decoded)
    score, wrong = found[best]
    return best if clear and score > 0 and wrong <= _MOST_WRONG else None


def _best(scores: Mapping[str, float], decoded: Mapping[str, str]) -> tuple[str, bool]:
    """The encoding with the highest score, and whether no other one that reads something else comes near."""
    best = max(scores, key=scores.__getitem__)
    others = [score for codec, score in scores.items() if decoded[codec] != decoded[best]]
    return best, scores[best] - max(others, default=-1e9) >= _MARGIN


def _known(text: str) -> float:
    """How common the words of `text` are that have characters beyond ASCII in them, or beside them."""
    from wordfreq import zipf_frequency  # 0.2 s

    found = {match[0] for match in _TOUCHED.finditer(text) if not match[0].isascii()}
    words = {word for one in found for word in _WORD.findall(one)}
    return sum(zipf_frequency(word, "en") for word in words) / _ZIPF


def _score(text: str) -> tuple[float, float]:
    """How much of `text` beyond ASCII stands in its place, in characters, and the share of what cannot stand there."""
    total, wrong, count = 0.0, 0, 0
    balanced = text.count("“") == text.count("”") > 0
    for match in _WORD.finditer(text):
        if not match[0].isascii():
            for weight in _letters(match[0]):
                total, wrong, count = total + weight, wrong + (weight < 0), count + 1
    for place, char in enumerate(text):
        if char > "\x7f" and not char.isalpha():
            weight = _sign(text, place, char, balanced)
            total, wrong, count = total + weight, wrong + (weight < 0), count + 1
    return total, wrong / max(count, 1)


def _letters(word: str) -> list[float]:
    """What each letter of `word` beyond ASCII says for the encoding it was read in."""
    foreign = [char for char in word if char > "\x7f"]
    if len(word) == 1:
        return [_RIGHT if word in _LONELY else _WRONG]
    # Half of the letters of an English word, or of a name in one, have no accents.
    if len(foreign) * 2 > len(word) + 1 or not all(_is_latin(char) for char in foreign):
        return [_WRONG] * len(foreign)
    if not (word.islower() or word.isupper() or word.istitle() or (word[0].isupper() and word[1:].islower())):
        return [_WRONG] * len(foreign)
    if foreign[0] == word[0] and word[0].isupper() and not word.isupper():
        return [_WEAK] + [_weight(char) for char in foreign[1:]]  # a quotation mark may be meant
    return [_weight(char) for char in foreign]


def _weight(char: str) -> float:
    return _RIGHT if char.lower() in _COMMON else _RARE


def _is_latin(char: str) -> bool:
    return "LATIN" in unicodedata.name(char, "") and "DOTLESS" not in unicodedata.name(char) and char not in _NO_LETTERS


def _sign(text: str, place: int, char: str, balanced: bool) -> float:
    """What a sign beyond ASCII says for the encoding it was read in."""
    before, after = text[place - 1 : place] or " ", text[place + 1 : place + 2] or " "
    if char == "\ufffd" or (unicodedata.category(char) in ("Cc", "So") and char not in "©®™°¦"):
        return _WRONG
    if char in _CLOSING:
        return _closing(text, place, char, before, after, balanced)
    if char in _OPENING:
        return _RIGHT if _ends(before) and (after.isalnum() or after in "“‘'\"£€$(") else _WRONG
    if char in _DASHES:
        return _dash(text, place, before, after)
    if (before.isdigit() and char in _AFTER_FIGURES) or (after.isdigit() and char in _BEFORE_FIGURES):
        return _RIGHT
    if char in _MONEY:
        near = text[max(place - 2, 0) : place].rstrip()[-1:] + text[place + 1 : place + 3].lstrip()[:1]
        return _RIGHT if any(map(str.isdigit, near)) else _WRONG
    if char == "°" and _DEGREES.match(text, place + 1) and text[max(place - 2, 0) : place].rstrip()[-1:].isdigit():
        return _RIGHT
    if char in _STANDALONE and before.isspace() and (after.isspace() or after.isdigit()):
        return _RIGHT
    if char in _AFTER_WORDS and before.isalpha() and not after.isalnum():
        return _RARE if char == "…" else _RIGHT  # in DOS it is à
    if char in _BEFORE_WORDS and _ends(before) and (after.isalpha() or after.isspace()):
        return _RIGHT
    rare = char in _RARE_OPENING and before.isspace() and after.isalpha()
    return _WEAK if char == "\u00a0" or rare else _WRONG


def _ends(before: str) -> bool:
    """Whether a quotation may begin behind `before`."""
    return before.isspace() or before in "([{-–—/“‘\"'"


def _closing(text: str, place: int, char: str, before: str, after: str, balanced: bool) -> float:
    if char == "’" and before.isalnum() and after.isalpha():
        return _RIGHT if _ENDINGS.match(text, place + 1) else _WEAK
    if _ends(before) or after.isalnum():
        return _WRONG
    return _RIGHT if not before.isalpha() or balanced or (char == "’" and before in "sS") else _WEAK


def _dash(text: str, place: int, before: str, after: str) -> float:
    if (before.isspace() and after.isspace()) or (before.isdigit() and after.isdigit()):
        return _RIGHT
    beside = text[max(place - 3, 0) : place], text[place + 1 : place + 4]
    return _RIGHT if all(len(word) == 3 and word.isalpha() for word in beside) else _WEAK
