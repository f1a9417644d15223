"""Bytes → texts, each with a way back: unchanged text gives the same bytes again.

`plain` knows what a source is, `encodings` and `compression` how it is written, `kinds` which parts of it are prose:
`html`, with `markup` and `main_content`, and `markdown`, with `inline`, make its `View`. `files` knows folders and how
to replace a file safely, `jsonl` and `parquet` know records.
"""

from .files import find, put, read, read_stream, replace
from .jsonl import Record, bounded, records
from .source import InputError, Source, decode

__all__ = [
    "InputError", "Record", "Source", "bounded", "decode", "find", "put", "read", "read_stream", "records", "replace",
]  # fmt: skip
