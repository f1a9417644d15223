"""Bytes → which encoding they are in. Start reading from `choose`.

In this order: what the caller says, a byte order mark, what the document declares (HTML and XML do), UTF-8 if it is
valid UTF-8, and then what charset-normalizer makes of it. A file that is mostly UTF-8 with a few broken bytes is read
as UTF-8: that is what happened to it.

Rule: whatever is chosen, every byte must come back. Bytes that mean nothing in the encoding become lone surrogates
(PEP 383), which no stage touches and which are written as the bytes they were.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

# The longer mark first: UTF-32's little-endian mark begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]{2,40})|<meta\b[^>]{0,400}?\bcharset\s*=\s*["']?\s*([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_HEAD = 4096  # bytes in which a declaration is looked for; the standard asks for 1024, pages are not that tidy
# Labels that mean more than they say (https://encoding.spec.whatwg.org/): what browsers read them as.
_WIDER = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
_SAMPLE = 32_768  # bytes around what is not ASCII that detection is shown: more makes it slower and no better
_AROUND = 60
_HIGH = re.compile(rb"[\x80-\xff]+")

_UNITS = {"utf-16": 2, "utf-32": 4}
"""Encodings that do not say which byte of a unit comes first, and how many it has."""

_MOJIBAKE = re.compile(r"[ÂÃâ][\x80-\xbf€-™‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜š›œžŸ]|ï»¿|ï¿½")
"""UTF-8 that was read as Windows-1252 looks like this, and hardly anything else does."""


class Choice(NamedTuple):
    """An encoding, and how it was come by."""

    codec: str
    mark: bytes = b""
    guessed: bool = False


def known(label: str) -> str | None:
    """Python's name of the encoding that the web calls `label`; None if there is no such encoding of text.

    >>> known("latin1"), known("UTF8"), known("no-such"), known("hex")
    ('cp1252', 'utf-8', None, None)
    """
    try:
        found = codecs.lookup(label.strip())
        "".encode(found.name)
    except (LookupError, UnicodeError, ValueError):  # also the codecs that turn bytes into bytes
        return None
    return _WIDER.get(found.name, found.name)


def declared(data: bytes) -> str | None:
    """The encoding that an HTML or XML document declares in its first bytes; None if none, or none that is known."""
    match = _DECLARED.search(data, 0, _HEAD)
    if match is None:
        return None
    codec = known((match[1] or match[2]).decode("ascii", "replace"))
    # It could be read, so it is no UTF-16: https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding
    return "utf-8" if codec and codec.startswith(("utf-16", "utf-32")) else codec


def choose(data: bytes, *, said: str | None = None, markup: bool = False) -> Choice:
    """The encoding of `data`. `said`: it is this one, whatever it looks like; `markup`: it may declare one itself."""
    for mark, marked in MARKS:
        if data.startswith(mark) and (said is None or _family(said) in (marked, marked.rpartition("-")[0])):
            return Choice(marked, mark)
    if said is not None:
        family = _family(said)
        return Choice(family + ("-be" if _big_endian(data, family) else "-le") if family in _UNITS else family)
    if markup and (codec := declared(data)):
        return Choice(codec)
    if data.isascii():
        return Choice("utf-16-le" if _wide(data, 1) else "utf-16-be" if _wide(data, 0) else "utf-8")
    try:
        data.decode()
    except UnicodeDecodeError:
        return Choice("utf-8") if _nearly_utf8(data) else Choice(_detect(data), guessed=True)
    return Choice("utf-8")


def _family(said: str) -> str:
    """The encoding that is called `said`; one whose mark may be there or not is called as without it."""
    return (known(said) or said).removesuffix("-sig")


def _big_endian(data: bytes, family: str) -> bool:
    """Whether text in units of several bytes, without a byte order mark, has the higher byte first: in text for people
    the higher ones are mostly alike, and mostly NUL."""
    unit = _UNITS[family]
    return data[:_HEAD:unit].count(0) > data[unit - 1 : _HEAD : unit].count(0)


def _wide(data: bytes, odd: int) -> bool:
    """Whether every second byte is NUL: ASCII in UTF-16 without a byte order mark."""
    high, low = data[odd:4096:2], data[1 - odd : 4096 : 2]
    return len(data) % 2 == 0 and len(high) > 1 and not high.strip(b"\0") and b"\0" not in low


def _nearly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "surrogateescape")
    broken = len(re.findall("[\udc80-\udcff]", text))
    return len(re.findall("[^\0-\x7f\udc80-\udcff]", text)) >= broken


def _detect(data: bytes) -> str:
    from charset_normalizer import from_bytes  # 30 ms, and hardly ever needed

    pieces, size, done = [], 0, 0
    for match in _HIGH.finditer(data):
        start, end = max(match.start() - _AROUND, done), min(match.end(), match.start() + _AROUND) + _AROUND
        if end > done:
            pieces.append(data[start:end])
            size, done = size + end - start, end
        if size >= _SAMPLE:
            break
    best = from_bytes(b"".join(pieces)).best()
    codec = known(best.encoding) if best is not None else None
    # English with some typographic quotes is equally good in a dozen encodings of Central Europe and the Mac, and
    # only one of them is common.
    if codec is None or codec.startswith(("utf", "mac", "cp12", "cp8", "cp4", "iso8859", "hp", "cp1", "tis", "koi8_t")):
        foreign = codec in ("cp1251", "cp1253", "cp1255", "cp1256") and _mostly_foreign(data, codec)
        return codec if foreign and codec else "cp1252"
    return codec


def _mostly_foreign(data: bytes, codec: str) -> bool:
    """Whether most letters of the beginning are not Latin: a page in Russian, not an English one with an accent."""
    letters = [char for char in data[:_SAMPLE].decode(codec, "ignore") if char.isalpha()]
    return sum(not char.isascii() for char in letters) * 2 > len(letters)


def mojibake(text: str) -> int:
    """Characters of `text` that were read in a wrong encoding before they came here: how many places look so.

    ftfy has the last word, so that a French or Portuguese word is not taken for damage.
    """
    if text.isascii() or not any(sign in text for sign in "ÂÃâï"):
        return 0
    places = [match.start() for match in _MOJIBAKE.finditer(text)]
    if not places:
        return 0
    try:
        from ftfy.badness import is_bad  # 0.1 s
    except ImportError:  # what looks so is so, nearly always
        return len(places)
    sample = " ".join(text[max(place - 20, 0) : place + 20] for place in places[:50])
    return len(places) if is_bad(sample) else 0
