"""Seeing through disguise: text → the text as a reader sees it, with the way back.

Who does not want to be found puts an invisible character into `bosom`, writes `peril` with a Cyrillic е, or uses
fullwidth letters. `unmask` makes a `View` in which all this is plain; the pipeline reports on that, and `View.lift`
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

import re
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .patterns import late
from .view import View

I64 = NDArray[np.int64]
U32 = NDArray[np.uint32]
U8 = NDArray[np.uint8]
Bool = NDArray[np.bool_]

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
_INVISIBLE = r"[\p{DI}\p{Bidi_C}\uFFF9-\uFFFB\u0334-\u0338\u20D2-\u20D4\u20D8-\u20DA\u20E5]"
_DROPPED = late(_INVISIBLE)
_SUSPICIOUS = late(rf"[{_WIDE}{_SPACES}{''.join(_SIGNS)}{''.join(_LOOK_ALIKES)}\u0300-\u036f]|{_INVISIBLE}")
_UNKNOWN = 2
_suspicion = np.full(0x110000, _UNKNOWN, np.uint8)  # of each character: whether it is suspicious, as far as was asked

_KEEP, _DROP, _SPACE_LIKE, _SIGN, _LIKE, _FANCY, _MARK = range(7)
_PART = 1 << 19  # code points at a time: what is made of one part stays in the cache, and memory stays bounded
_TABLE = 0x1D800
_TAGS = range(0xE0000, 0xE1000)  # invisible too, far beyond the table


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


def _is_harmless(text: str) -> bool:
    """Whether `text` holds nothing that could be disguise: only its few characters beyond ASCII are looked at."""
    for begin in range(0, len(text), _PART):
        part = text[begin : begin + _PART]
        codes = np.array(part, f"<U{len(part)}").reshape(1).view("<u4")  # several times as fast as encoding
        beyond = codes[codes > 127]
        suspicion = _suspicion.take(beyond)
        if np.count_nonzero(suspicion):
            for code in set(beyond[suspicion == _UNKNOWN].tolist()):
                _suspicion[code] = _SUSPICIOUS.match(chr(code)) is not None
            if _suspicion.take(beyond).any():
                return False
    return True


def _cut(text: str, begin: int) -> int:
    """Where the part that begins at `begin` ends: at a blank, if there is one."""
    stop = begin + _PART
    if stop >= len(text):
        return len(text)
    blank = max(text.rfind(" ", begin, stop), text.rfind("\n", begin, stop))
    return blank if blank > begin else stop


@cache
def _tables() -> tuple[U8, U32, Bool, Bool]:
    """Of every code point below `_TABLE`: what to do, its plain form, whether it is a letter, whether a Latin one."""
    import regex

    codes = np.arange(_TABLE, dtype="<u4")
    codes[0xD800:0xE000] = 0xFFFD  # surrogates are no characters
    everything = codes.tobytes().decode("utf-32-le")
    action = np.zeros(_TABLE, np.uint8)
    plain = np.arange(_TABLE, dtype=np.uint32)
    letter = np.zeros(_TABLE, np.bool_)
    latin = np.zeros(_TABLE, np.bool_)
    for first, last in (match.span() for match in regex.finditer(r"[\p{L}\p{M}]+", everything)):
        letter[first:last] = True
    for first, last in (match.span() for match in regex.finditer(r"[\p{Latin}&&\p{L}]+", everything, regex.V1)):
        latin[first:last] = True
    action[0x300:0x370] = _MARK
    for place in (match.start() for match in re.finditer(f"[{_WIDE}]", everything)):
        form = unicodedata.normalize("NFKC", everything[place])
        if form != everything[place] and form.isascii() and (len(form) == 1 or form.isalpha()):
            action[place] = _FANCY
            latin[place] = letter[place] = form.isalpha()
            plain[place] = ord(form) if len(form) == 1 else place
    for place in (match.start() for match in _DROPPED.finditer(everything)):
        action[place] = _DROP
    for signs, kind in ((dict.fromkeys(_SPACES, " "), _SPACE_LIKE), (_SIGNS, _SIGN), (_LOOK_ALIKES, _LIKE)):
        for sign, meant in signs.items():
            action[ord(sign)], plain[ord(sign)] = kind, ord(meant)
    for table in (action, plain, letter, latin):
        table.flags.writeable = False
    return action, plain, letter, latin


def _part(text: str) -> tuple[str, I64, I64, I64]:
    """The plain form of `text` and its pieces: where they begin in it, and where they stand in `text`."""
    actions, plains, letters, latins = _tables()
    codes: U32 = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint32, copy=False)
    low = np.minimum(codes, _TABLE - 1)
    action = actions[low]
    if codes.size and int(codes.max()) >= _TABLE:
        action[codes >= _TABLE] = _KEEP
        action[(codes >= _TAGS.start) & (codes < _TAGS.stop)] = _DROP
    odd = np.flatnonzero(action != _KEEP)
    if not _is_odd(odd, action, low):
        none = np.zeros(1, np.int64)
        return text, none, none, np.array([len(text)], np.int64)
    meant, which = plains[low[odd]], action[odd]
    if ((which >= _SPACE_LIKE) & (which <= _FANCY) & (which != _LIKE) & (meant != codes[odd])).all():
        # Nothing but one character for another, as odd spaces are: it is one piece.
        out = codes.copy()
        out[odd] = meant
        none = np.zeros(1, np.int64)
        return _text(out), none, none, np.array([len(text)], np.int64)

    kept = np.flatnonzero(action != _DROP)
    if not kept.size:
        none = np.zeros(0, np.int64)
        return "", none, none, none
    if len(kept) < len(codes):
        codes, low, action = codes[kept], low[kept], action[kept]
    letter, latin, like = letters[low], latins[low], action == _LIKE
    out = np.where((action >= _SPACE_LIKE) & (action <= _FANCY) & ~like, plains[low], codes)
    if like.any():
        masked = like & _mixed(letter, latin & ~like, like, letter & ~latin & ~like & (action != _MARK))
        out[masked] = plains[low[masked]]
    stop, keep = kept + 1, np.ones(len(kept), np.bool_)
    _compose(out, stop, keep, action == _MARK, letter)
    start, stop, out = kept[keep], stop[keep], out[keep]

    plain = _text(out)
    width = np.ones(len(start), np.int64)
    fancy = bool((action == _FANCY).any())
    for sign, form in _ligatures().items():
        if fancy and sign in plain:
            width[out == ord(sign)] = len(form)
            plain = plain.replace(sign, form)
    single = (width == 1) & (stop - start == 1)
    begins = np.ones(len(start), np.bool_)  # of pieces: where one does not simply go on
    begins[1:] = ~(single[1:] & single[:-1] & (start[1:] == stop[:-1]))
    first = np.flatnonzero(begins)
    at = np.cumsum(width) - width
    last = np.append(first[1:], len(start)) - 1
    return plain, at[first], start[first].astype(np.int64), stop[last].astype(np.int64)


def _text(codes: U32) -> str:
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


def _is_odd(odd: I64, action: U8, low: U32) -> bool:
    """Whether anything has to be done at all; a look-alike counts only beside a Latin letter."""
    if not odd.size:
        return False
    if (action[odd] != _LIKE).any():
        return True
    latins = _tables()[3]
    before, after = low[odd[odd > 0] - 1], low[np.minimum(odd + 1, len(low) - 1)]
    return bool(latins[before].any() or latins[after].any())


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
        if both[0] in _ligatures():  # it becomes several letters, and then no accent may be left to join the last
            forms[pair] = both[0]
    form = np.array([ord(both) if len(both) == 1 else 0 for both in forms], np.uint32)[which]
    done = marks[form > 0]
    out[done - 1], keep[done], stop[done - 1] = form[form > 0], False, stop[done]


@cache
def _ligatures() -> dict[str, str]:
    """What is one character and reads as several."""
    signs = re.findall(f"[{_WIDE}]", "".join(map(chr, range(0x2100, 0xFFFF))))
    forms = {sign: unicodedata.normalize("NFKC", sign) for sign in signs}
    return {sign: form for sign, form in forms.items() if len(form) > 1 and form.isascii() and form.isalpha()}


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
