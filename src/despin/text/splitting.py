"""A long text → parts that are worked on one after another, each as a text of its own.

Where a text is cut depends on the text alone: at the last end of a paragraph before `LONGEST` code points, else of a
sentence, else at a blank. Nothing reaches over the end of a paragraph but what a text says as a whole: its spin rate,
its verdict, how often a phrase or a name stands in it; and each part is as long as a book.

Start reading from `split_long`.
"""

from __future__ import annotations

from ..util.lazy_regex import lazy

LONGEST = 650_000  # code points: 100,000 words; decoding takes some 200 bytes for each

_SENTENCE = lazy(r"(?r)[.!?][\"'”’)]*\s")
_BLANK = lazy(r"(?r)\s")


def split_long(text: str, longest: int = LONGEST) -> list[tuple[int, int]]:
    """Where the parts of `text` begin and end, in code points; together they are the text.

    >>> split_long("One.\\nTwo. Three four five", 10)
    [(0, 5), (5, 10), (10, 16), (16, 25)]
    """
    bounds, begin = [], 0
    while len(text) - begin > longest:
        end = _end(text, begin, begin + longest)
        bounds.append((begin, end))
        begin = end
    return [*bounds, (begin, len(text))]


def _end(text: str, begin: int, limit: int) -> int:
    """The last place after `begin` and up to `limit` where `text` may be cut."""
    if limit >= len(text):
        return len(text)
    line = text.rfind("\n", begin, limit)
    if line >= 0:
        return line + 1
    for pattern in (_SENTENCE, _BLANK):
        match = pattern.search(text, begin, limit)
        if match:
            return int(match.end())
    return limit
