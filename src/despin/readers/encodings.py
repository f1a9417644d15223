"""Bytes → which encoding they are in. Start reading from `choose`.

In this order: what the caller says, a byte order mark, what the document declares (HTML and XML do), UTF-16 or UTF-32
if every other byte or so is NUL, UTF-8 if it is valid UTF-8, the Western encoding in which it makes sense (`western`),
and then what charset-normalizer makes of it, if that is mostly foreign letters. A file that is mostly UTF-8 with a few
broken bytes is read as UTF-8: that is what happened to it. Where none of this is clear, no byte is read as anything.

Rule: whatever is chosen, every byte must come back. Bytes that mean nothing in the encoding become lone surrogates
(PEP 383), which no stage touches and which are written as the bytes they were.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
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
    "utf-8-sig": "utf-8",
}  # fmt: skip
UNKNOWN = "ascii"
"""The encoding of a text of which it is not clear: all bytes above 127 stay as they are."""
_SAMPLE = 32_768  # bytes around what is not ASCII that detection is shown: more makes it slower and no better
_AROUND = 60
_PROOF = 20  # letters that are not Latin, before a text is taken for one in another script
_HIGH = re.compile(rb"[\x80-\xff]+")

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
    wanted = None if said is None else known(said) or said
    for mark, marked in MARKS:
        # "utf-16" is both of its byte orders.
        if data.startswith(mark) and (wanted is None or wanted in (marked, marked[:6])):
            return Choice(marked, mark)
    if wanted in ("utf-16", "utf-32"):
        ordered = _wide(data)
        return Choice(ordered if ordered and ordered.startswith(wanted) else f"{wanted}-le")
    if wanted is not None:
        return Choice(wanted)
    if markup and (codec := declared(data)):
        return Choice(codec)
    if wide := _wide(data):
        return Choice(wide)
    try:
        data.decode()
    except UnicodeDecodeError:
        return Choice("utf-8") if _nearly_utf8(data) else Choice(_detect(data), guessed=True)
    return Choice("utf-8")


def _wide(data: bytes) -> str | None:
    """The kind of UTF-16 or UTF-32 that `data` is in, without a byte order mark, if it looks so: what is English has
    NUL bytes in the same places of its characters, and none in the others."""
    head = data[:4096]
    if b"\0" not in head or len(data) % 2:
        return None
    shares = [head[k::4].count(0) / max(len(head[k::4]), 1) for k in range(4)]
    patterns = {"utf-32-le": "0+11", "utf-32-be": "11+0", "utf-16-le": "0+0+", "utf-16-be": "+0+0"}
    for codec, pattern in patterns.items():
        if all(_MOSTLY[sign](share) for sign, share in zip(pattern, shares, strict=True)):
            with suppress(UnicodeDecodeError):
                data.decode(codec)
                return codec
    return None


_MOSTLY: dict[str, Callable[[float], bool]] = {
    "0": lambda share: share == 0,
    "+": lambda share: share > 0.5,
    "1": lambda share: share > 0.95,
}


def _nearly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "surrogateescape")
    broken = len(re.findall("[\udc80-\udcff]", text))
    return len(re.findall("[^\0-\x7f\udc80-\udcff]", text)) >= broken


def _detect(data: bytes) -> str:
    """The encoding of bytes that are not UTF-8; `UNKNOWN` where it is not clear."""
    sample = _around_high(data)
    from .western import western

    if codec := western(sample):
        return codec
    from charset_normalizer import from_bytes  # 30 ms, and hardly ever needed

    best = from_bytes(sample).best()
    codec = known(best.encoding) if best is not None else None
    return codec if codec and not codec.startswith("utf") and _mostly_foreign(data, codec) else UNKNOWN


def _around_high(data: bytes) -> bytes:
    """The bytes that are not ASCII, with some around them, one piece after the other."""
    pieces, size, done = [], 0, 0
    for match in _HIGH.finditer(data):
        start, end = max(match.start() - _AROUND, done), min(match.end(), match.start() + _AROUND) + _AROUND
        if end > done:
            pieces.append(data[start:end])
            size, done = size + end - start, end
        if size >= _SAMPLE:
            break
    return b"".join(pieces)


def _mostly_foreign(data: bytes, codec: str) -> bool:
    """Whether most letters of the beginning are not Latin, and they are many: a page in Russian, no English one with
    an accent."""
    letters = [char for char in data[:_SAMPLE].decode(codec, "ignore") if char.isalpha()]
    return sum(not char.isascii() for char in letters) > max(len(letters) / 2, _PROOF)


def _places(text: str, sign: str) -> Iterator[int]:
    """Where `sign` stands in `text`."""
    place = text.find(sign)
    while place >= 0:
        yield place
        place = text.find(sign, place + 1)


def mojibake(text: str) -> int:
    """Characters of `text` that were read in a wrong encoding before they came here: how many places look so.

    ftfy has the last word, so that a French or Portuguese word is not taken for damage.
    """
    if text.isascii():
        return 0
    # What begins such a place is rare, and found a hundred times as fast as by the pattern.
    begins = (place for sign in "ÂÃâï" for place in _places(text, sign))
    places = sorted(place for place in begins if _MOJIBAKE.match(text, place))
    if not places:
        return 0
    try:
        from ftfy.badness import is_bad  # 0.1 s
    except ImportError:  # what looks so is so, nearly always
        return len(places)
    sample = " ".join(text[max(place - 20, 0) : place + 20] for place in places[:50])
    return len(places) if is_bad(sample) else 0
