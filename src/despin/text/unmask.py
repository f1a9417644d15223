"""Seeing through disguise: text → the text as a reader sees it, with the way back.

Who does not want to be found puts an invisible character into `bosom`, writes `peril` with a Cyrillic е, or uses
fullwidth letters. `unmask` makes a `View` in which all this is plain; the pipeline reports on that, and `results.lift`
puts the report back on the text as it is. So disguise is seen through when phrases are matched, and stays wherever
nothing is restored.

* Dropped: what has no width of its own (zero-width spaces and joiners, soft hyphens, bidirectional controls, variation
  selectors, strokes laid over a letter).
* Plain for fancy: odd spaces, look-alikes of apostrophe and hyphen, fullwidth and mathematical letters, ligatures,
  letters written apart from their accents.
* Cyrillic, Greek and Armenian letters that look Latin, in words that hold a Latin letter and no letter that looks
  foreign. Words of those scripts are left alone.

Everything is done on columns of code points, a piece of the text at a time, so that a text costs the same per character
whatever is in it. A text without disguise, which is nearly every text, is looked through once and comes back as it is.

The look-alikes are the pairs of Unicode Technical Standard 39 ("confusables") that cannot be told apart in common
typefaces; a letter that only resembles another is not among them. Start reading from `unmask`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np

from ..util.array_types import I64, U8, U32, Bool
from ..util.lazy_regex import lazy
from .view import View

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\u2800"
_SIGNS = {
    "\u2032": "'", "\u2035": "'", "\u02b9": "'", "\u02bb": "'", "\u02bd": "'", "\ua78c": "'", "\u201b": "'",
    "\u055a": "'", "\u2033": '"', "\u2036": '"', "\u201f": '"',
    "\u02d7": "-", "\u2043": "-", "\ufe63": "-", "\uff0d": "-", "\u2212": "-", "\ufe58": "—", "\u2e3a": "—",
}  # fmt: skip
"""What looks like an apostrophe, a quotation mark or a hyphen, beyond what `tokens` takes for one anyway."""

_LOOK_ALIKES = dict(
    zip(
        "аеорсухѕіјԁԛԝһӏАВЕЅІЈКМНОРСТХУԜԚοανρυιτχκγΑΒΕΖΗΙΚΜΝΟΡΤΥΧօսոհɑɡ",
        "aeopcyxsijdqwhlABESIJKMHOPCTXYWQoavpuitxkyABEZHIKMNOPTYXounhag",
        strict=True,
    )
)
_WIDE = "\uff01-\uff5e\u2100-\u214f\ufb00-\ufb06\U0001d400-\U0001d7ff"
_DROPPED = lazy(r"[\p{DI}\p{Bidi_C}\uFFF9-\uFFFB\u0334-\u0338\u20D2-\u20D4\u20D8-\u20DA\u20E5]")
_FANCY_SIGN = lazy(f"[{_WIDE}]")
_LETTER = lazy(r"[\p{L}\p{M}]")
_LATIN = lazy(r"(?V1)[\p{Latin}&&\p{L}]")

_WESTERN = frozenset([*range(0xA0, 0x250), *range(0x2010, 0x2028), 0x20AC]) - {0xAA, 0xAD, 0xB5, 0xBA}
"""Characters of typeset English: its quotes, dashes and signs, and letters with accents, which are all Latin. For them
no pattern is asked, so that a start with them alone need not bring `regex`."""

_KEEP, _DROP, _SPACE_LIKE, _SIGN, _LIKE, _FANCY, _MARK = range(7)
_UNKNOWN = 255
_CODE = np.dtype("<u4")
_PART = 1 << 19  # code points at a time: what is made of one part stays in the cache, and memory stays bounded
_PLAIN = {_SPACE_LIKE: dict.fromkeys(_SPACES, " "), _SIGN: _SIGNS, _LIKE: _LOOK_ALIKES}
_HIGH = 0x1D800  # from here on no character is plain for another, and letters are of no script that matters

# What is known of the characters that have been seen, since texts hold few. Pages that nobody touches take no memory.
_actions = np.full(0x110000, _UNKNOWN, np.uint8)  # what to do
_plains = np.zeros(0x110000, np.uint32)
_letters = np.zeros(0x110000, np.bool_)
_latins = np.zeros(0x110000, np.bool_)
_actions[:128] = _KEEP
for _char in map(chr, range(128)):
    _letters[ord(_char)] = _latins[ord(_char)] = _char.isalpha()


def unmask(text: str) -> View:
    """`text` without disguise, as a view of it; `unmask(text).text is text` where there is none.

    >>> unmask("bo\\u200bsom p\\u0435ril").text
    'bosom peril'
    >>> unmask("Москва").text
    'Москва'
    """
    if text.isascii() or _is_harmless(text):
        return View.same(text)
    texts, ats, starts, ends = [], [], [], []
    begin = size = 0
    while begin < len(text):
        stop = _cut(text, begin)
        plain, at, start, end = _part(text[begin:stop])
        texts.append(plain)
        ats.append(at + size)
        starts.append(start + begin)
        ends.append(end + begin)
        begin, size = stop, size + len(plain)
    plain = "".join(texts)
    if plain == text:
        return View.same(text)
    last = np.array([size], np.int64)
    return View(text, plain, np.concatenate([*ats, last]), np.concatenate(starts), np.concatenate(ends))


def unmask_all(texts: Sequence[str]) -> list[View | None]:
    """`unmask` of each of some texts; None: it is as it is. Texts without disguise are looked through together, which
    is cheaper."""
    if _is_harmless("".join(text for text in texts if not text.isascii())):
        return [None] * len(texts)
    return [unmask(text) for text in texts]


def _is_harmless(text: str) -> bool:
    """Whether `text` holds nothing that could be disguise: only its few characters beyond ASCII are looked at."""
    for begin in range(0, len(text), _PART):
        codes = _codes(text[begin : begin + _PART])
        if np.count_nonzero(_actions_of(codes.compress(codes > 127))):
            return False
    return True


def _codes(text: str) -> U32:
    """(n,): the code points of `text`, which is not empty. Several times as fast as encoding it."""
    return np.array(text, f"<U{len(text)}").reshape(1).view(_CODE)


def _actions_of(codes: U32) -> U8:
    """(n,): what to do with characters, which are looked up where they have not been seen before."""
    actions = _actions.take(codes)
    if np.count_nonzero(actions):
        for code in set(codes[actions == _UNKNOWN].tolist()):
            _remember(code)
        actions = _actions.take(codes)
    return actions


def _remember(code: int) -> None:
    char = chr(code)
    action, plain, letter, latin = _western(code) if code in _WESTERN else _looked_up(code)
    for kind, signs in _PLAIN.items():
        if char in signs:
            action, plain = kind, ord(signs[char])
    _plains[code], _letters[code], _latins[code] = plain, letter, latin
    _actions[code] = action  # last: from now on the others are trusted


def _western(code: int) -> tuple[int, int, bool, bool]:
    """As `_looked_up`, of one of the `_WESTERN` characters."""
    letter = chr(code).isalpha()
    return _KEEP, code, letter, letter


def _looked_up(code: int) -> tuple[int, int, bool, bool]:
    """What to do with a character, its plain form, and whether it is a letter, and a Latin one, as the patterns say."""
    char = chr(code)
    low = code < _HIGH
    letter, latin = low and _LETTER.match(char) is not None, low and _LATIN.match(char) is not None
    action, plain = _MARK if 0x300 <= code < 0x370 else _KEEP, code
    if _FANCY_SIGN.match(char):
        form = unicodedata.normalize("NFKC", char)
        if form != char and form.isascii() and (len(form) == 1 or form.isalpha()):
            action, letter = _FANCY, form.isalpha()
            latin, plain = letter, ord(form) if len(form) == 1 else code
    if _DROPPED.match(char):
        action = _DROP
    return action, plain, letter, latin


def _cut(text: str, begin: int) -> int:
    """Where the part that begins at `begin` ends: at a blank, if there is one."""
    stop = begin + _PART
    if stop >= len(text):
        return len(text)
    blank = max(text.rfind(" ", begin, stop), text.rfind("\n", begin, stop))
    return blank if blank > begin else stop


def _part(text: str) -> tuple[str, I64, I64, I64]:
    """The plain form of `text` and its pieces: where they begin in it, and where they stand in `text`."""
    codes = _codes(text)
    beyond = np.flatnonzero(codes > 127)
    which = _actions_of(codes.take(beyond))
    odd, which = beyond[which != _KEEP], which[which != _KEEP]
    none = np.zeros(1, np.int64)
    if not _is_odd(odd, which, codes):
        return text, none, none, np.array([len(text)], np.int64)
    meant = _plains.take(codes.take(odd))
    if ((which >= _SPACE_LIKE) & (which <= _FANCY) & (which != _LIKE) & (meant != codes[odd])).all():
        # Nothing but one character for another, as odd spaces are: it is one piece.
        out = codes.copy()
        out[odd] = meant
        return _text(out), none, none, np.array([len(text)], np.int64)

    action = np.full(len(codes), _KEEP, np.uint8)
    action[odd] = which
    kept = np.flatnonzero(action != _DROP)
    if not kept.size:
        none = np.zeros(0, np.int64)
        return "", none, none, none
    if len(kept) < len(codes):
        codes, action = codes[kept], action[kept]
    letter, latin, like = _letters[codes], _latins[codes], action == _LIKE
    out = np.where((action >= _SPACE_LIKE) & (action <= _FANCY) & ~like, _plains[codes], codes)
    if like.any():
        masked = like & _mixed(letter, latin & ~like, like, letter & ~latin & ~like & (action != _MARK))
        out[masked] = _plains[codes[masked]]
    stop, keep = kept + 1, np.ones(len(kept), np.bool_)
    _compose(out, stop, keep, action == _MARK, letter)
    start, stop, out = kept[keep], stop[keep], out[keep]

    plain = _text(out)
    width = np.ones(len(start), np.int64)
    for code in set(codes[action == _FANCY].tolist()):
        if form := _ligature(chr(code)):
            width[out == code] = len(form)
            plain = plain.replace(chr(code), form)
    single = (width == 1) & (stop - start == 1)
    begins = np.ones(len(start), np.bool_)  # of pieces: where one does not simply go on
    begins[1:] = ~(single[1:] & single[:-1] & (start[1:] == stop[:-1]))
    first = np.flatnonzero(begins)
    at = np.cumsum(width) - width
    last = np.append(first[1:], len(start)) - 1
    return plain, at[first], start[first].astype(np.int64), stop[last].astype(np.int64)


def _text(codes: U32) -> str:
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


def _is_odd(odd: I64, which: U8, codes: U32) -> bool:
    """Whether anything has to be done at all with the characters `odd`, on which the actions are `which`; a look-alike
    counts only beside a Latin letter."""
    if not odd.size:
        return False
    if (which != _LIKE).any():
        return True
    before, after = codes[odd[odd > 0] - 1], codes[np.minimum(odd + 1, len(codes) - 1)]
    return bool(_latins[before].any() or _latins[after].any())


def _compose(out: U32, stop: I64, keep: Bool, mark: Bool, letter: Bool) -> None:
    """Join letters with the one accent that follows them, where Unicode has the two as one."""
    marks = np.flatnonzero(mark)
    marks = marks[marks > 0]
    marks = marks[
        letter[marks - 1] & ~mark[marks - 1] & ~mark[np.minimum(marks + 1, len(mark) - 1)]
        | ((marks == len(mark) - 1) & letter[marks - 1] & ~mark[marks - 1])
    ]
    if not marks.size:
        return
    pairs, which = np.unique(out[marks - 1].astype(np.uint64) << np.uint64(32) | out[marks], return_inverse=True)
    forms = [unicodedata.normalize("NFC", chr(pair >> 32) + chr(pair & 0xFFFFFFFF)) for pair in pairs.tolist()]
    for pair, both in enumerate(forms):
        if _ligature(both[0]):  # it becomes several letters, and then no accent may be left to join the last
            forms[pair] = both[0]
    form = np.array([ord(both) if len(both) == 1 else 0 for both in forms], np.uint32)[which]
    done = marks[form > 0]
    out[done - 1], keep[done], stop[done - 1] = form[form > 0], False, stop[done]


@cache
def _ligature(char: str) -> str:
    """What one character reads as, if that is several letters; else nothing."""
    form = unicodedata.normalize("NFKC", char) if _FANCY_SIGN.match(char) else ""
    return form if len(form) > 1 and form.isascii() and form.isalpha() else ""


def _mixed(letter: Bool, latin: Bool, like: Bool, foreign: Bool) -> Bool:
    """Which characters stand in a run of letters that has Latin ones and look-alikes, and none that looks foreign."""
    run = np.cumsum(letter & ~np.concatenate([[False], letter[:-1]]))
    runs = int(run[-1]) + 1
    good = np.zeros(runs, np.bool_)
    good[run[letter & latin]] = True
    good[run[letter & foreign]] = False
    good[0] = False
    mixed: Bool = letter & good[run]
    return mixed
