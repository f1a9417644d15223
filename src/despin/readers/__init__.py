"""Bytes → texts, each with a way back: unchanged text gives the same bytes again.

In reading order:

* `source`: a text with the bytes it came from. `files`: folders, and how to put a file back safely.
* `encodings`, `western`, `compression`: how bytes are written.
* `kinds`: which parts of a file are prose, by its kind; `markup/` has a reader for each.
* `papers/`: documents that are no plain text: Word, OpenDocument, EPUB, PDF.
* `jsonl`, `parquet` (with `parquet_file/`): records.
"""

from .files import find, put, read, read_stream, replace
from .jsonl import Record, bounded, records
from .source import InputError, Source, decode

__all__ = [
    "InputError", "Record", "Source", "bounded", "decode", "find", "put", "read", "read_stream", "records", "replace",
]  # fmt: skip
