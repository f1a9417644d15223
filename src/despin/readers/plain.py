"""Bytes → `Source`: the text, and how it was written. Start reading from `decode`.

* UTF-8, with or without a byte order mark; UTF-16 and UTF-32 with one. Nothing is guessed: text read in a wrong
  encoding would be "restored" into nonsense, so anything else is an `InputError` that says where.
* Line endings are text like any other and are never translated.
* `decode(name, data)` and `Source.encode` are each other's inverse, byte for byte.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

# The longer mark first: UTF-32's little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A NUL byte this early means that the file is no text; git looks at as much.
_EARLY = 8000


class InputError(ValueError):
    """An input cannot be used. The message is a sentence for people; `path` says which input."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class Source:
    """A text as read. Invariant: decode(name, source.encode(source.text)) == source."""

    name: str
    """What to call it in messages: a path as given, or the name of standard input."""
    text: str
    """Without the byte order mark; line endings as they stand."""
    codec: str = "utf-8"
    mark: bytes = b""
    """The byte order mark, if there was one."""

    def encode(self, text: str) -> bytes:
        """`text` in the encoding of this source, with its byte order mark."""
        return self.mark + text.encode(self.codec)


def decode(name: str, data: bytes) -> Source:
    """The text in `data`.

    Raises
    ------
    InputError
        `data` is empty, looks binary, or is not valid in its encoding.

    >>> decode("a.txt", b"\\xef\\xbb\\xbfone\\r\\n")
    Source(name='a.txt', text='one\\r\\n', codec='utf-8', mark=b'\\xef\\xbb\\xbf')
    """
    if not data:
        raise InputError(name, "is empty: there is nothing to read")
    mark, codec = next((m for m in _MARKS if data.startswith(m[0])), (b"", "utf-8"))
    if codec == "utf-8" and (nul := data.find(b"\0", 0, _EARLY)) >= 0:
        raise InputError(name, f"looks like a binary file (a NUL byte at offset {nul}): despin reads plain text")
    try:
        return Source(name, data[len(mark) :].decode(codec), codec, mark)
    except UnicodeDecodeError as problem:
        where = len(mark) + problem.start
        advice = (
            "save it as UTF-8, for example with: iconv -f WINDOWS-1252 -t UTF-8"
            if codec == "utf-8"
            else "its byte order mark says it should be; save it as UTF-8"
        )
        raise InputError(
            name, f"is not valid {codec.upper()}: byte 0x{data[where]:02X} at offset {where}; {advice}"
        ) from None
