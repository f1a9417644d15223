"""A number and what it counts, as a sentence has them."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """`number` and `noun`, in the plural unless it is one.

    >>> counted(1, "file"), counted(1200, "entry"), counted(2, "more line")
    ('1 file', '1,200 entries', '2 more lines')
    """
    if number != 1:
        noun = f"{noun[:-1]}ies" if noun.endswith("ry") else f"{noun}s"
    return f"{number:,} {noun}"
