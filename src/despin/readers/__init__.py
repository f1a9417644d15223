"""Bytes → texts, each with a way back: unchanged text gives the same bytes again.

`plain` knows encodings, `files` knows folders and how to replace a file safely, `jsonl` knows records.
"""

from .files import find, put, read, replace
from .jsonl import Record, records
from .plain import InputError, Source, decode

__all__ = ["InputError", "Record", "Source", "decode", "find", "put", "read", "records", "replace"]
