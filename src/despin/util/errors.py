"""What all errors of despin have above them. Start reading from `DespinError`."""

from __future__ import annotations


class DespinError(Exception):
    """Something that a person can mend; the message is a sentence, which names the file where one is to blame.

    Each error of despin is also the built-in one that people catch: a ``ValueError`` where data cannot be used, an
    ``OSError`` where a file cannot be opened, an ``ImportError`` where a package is missing.
    """
