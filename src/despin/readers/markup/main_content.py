"""The article of a page, without menus, teasers and comments: trafilatura says what it is. Start reading from `narrow`.

trafilatura gives the text of the article and not its places. So each paragraph of the page is kept if its words stand
in that text, and all others are taken out of the view; the page itself stays as it is. Needs ``despin[html]``.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from ...text.view import View

_WORD = re.compile(r"\w+")
_RUN = 3  # words that must stand together in the article
_ENOUGH = 0.5  # of the runs of a paragraph


def narrow(page: View) -> View:
    """`page`, the view of a whole page, with its main content alone; nothing at all where there is none.

    Raises
    ------
    ImportError
        trafilatura is not installed.
    """
    import trafilatura

    article = trafilatura.extract(page.source, include_comments=False, include_tables=True, favor_recall=True) or ""
    # Titles are in no article's text, and are spun with it.
    words = _WORD.findall(article.casefold())
    runs = {tuple(words[k : k + _RUN]) for k in range(len(words))}
    lines = {" ".join(_WORD.findall(line.casefold())) for line in article.split("\n")}
    kept = []
    place = 0
    for paragraph in page.text.split("\n"):
        end = place + len(paragraph) + 1
        if _belongs(paragraph, runs, lines):
            kept.append((place, min(end, len(page.text))))
        place = end
    return _cut(page, kept)


def _belongs(paragraph: str, runs: set[tuple[str, ...]], lines: set[str]) -> bool:
    words = _WORD.findall(paragraph.casefold())
    if len(words) < _RUN:
        return bool(words) and " ".join(words) in lines
    here = [tuple(words[k : k + _RUN]) for k in range(len(words) - _RUN + 1)]
    return sum(run in runs for run in here) >= _ENOUGH * len(here)


def _cut(page: View, kept: list[tuple[int, int]]) -> View:
    """`page` with the spans `kept` of its text alone; each is whole paragraphs."""
    texts, at, start, end, size = [], [], [], [], 0
    for first, last in kept:
        low = int(np.searchsorted(page.at, first, "right")) - 1
        high = int(np.searchsorted(page.at, last - 1, "right")) - 1
        rows = slice(low, high + 1)
        begin, stop = page.start[rows].copy(), page.end[rows].copy()
        places = page.at[low : high + 1].copy()
        if places[0] < first:  # a piece that the paragraph begins in: character by character, or it could not
            begin[0] += first - places[0]
            places[0] = first
        if page.at[high + 1] > last:
            stop[-1] -= page.at[high + 1] - last
        at.append(places - first + size)
        start.append(begin)
        end.append(stop)
        texts.append(page.text[first:last])
        size += last - first
    none = [np.zeros(0, np.int64)]
    return replace(
        page, text="".join(texts), at=np.concatenate([*at, np.array([size], np.int64)]),
        start=np.concatenate([*none, *start]), end=np.concatenate([*none, *end]),
    )  # fmt: skip
