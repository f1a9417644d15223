"""The command's own small files (configuration, ignore files, allow lists, baselines, reports), read as texts are.

Editors and shells write them with a byte order mark, in UTF-16 (PowerShell's ``>``) and with any line ending.
"""

from __future__ import annotations

import codecs
from pathlib import Path

# The mark of UTF-16 is the beginning of that of UTF-32.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text(path: str, errors: str = "strict") -> str:
    """What is in the file `path`: UTF-8 unless its byte order mark says otherwise, every line ending in a line feed.

    Raises
    ------
    OSError
    UnicodeDecodeError
    """
    data = Path(path).read_bytes()
    codec = next((codec for mark, codec in _MARKS if data.startswith(mark)), "utf-8")
    return data.decode(codec, errors).replace("\r\n", "\n").replace("\r", "\n")
