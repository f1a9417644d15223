"""Titles in quotation marks: the findings inside of one are one. Start reading from `merge_titles`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, overload

from ..results.finding import Finding, apply
from ..results.lazy_findings import LazyFinding, LazyFindings, changed, starts_and_ends
from ..text.language import ENGLISH, LanguageRules
from ..util.lazy_regex import lazy

SHORTEST_TITLE, LONGEST_TITLE = 3, 120  # characters of a title
_TITLE = lazy(rf"""["“«](?=([^"“”«»\n]{{{SHORTEST_TITLE},{LONGEST_TITLE}}})["”»])""")
_WORD = lazy(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*")
_AnyFinding = TypeVar("_AnyFinding", bound=Finding | LazyFinding)


@overload
def merge_titles(text: str, findings: LazyFindings, rules: LanguageRules = ENGLISH) -> LazyFindings: ...
@overload
def merge_titles(
    text: str, findings: Sequence[_AnyFinding], rules: LanguageRules = ENGLISH
) -> Sequence[_AnyFinding]: ...
def merge_titles(text: str, findings: Sequence[Any], rules: LanguageRules = ENGLISH) -> Sequence[Any]:
    """`findings` of `text`, sorted and disjoint, with those inside one quoted title made one: a title is one name.

    Only restorations are joined, two or more, from the first of them to the last; suggestions between them go. Of the
    result, confidence, entry and evidence are those of the least certain.

    >>> text = "seen in “Inform Me What You Noticed”"
    >>> found = [Finding(9, 15, "Inform", "Tell"), Finding(28, 35, "Noticed", "Saw")]
    >>> [(one.found, one.original) for one in merge_titles(text, found)]
    [('Inform Me What You Noticed', 'Tell Me What You Saw')]
    """
    titles: list[tuple[int, int, Any]] = []
    starts, ends = starts_and_ends(findings)
    done = 0  # findings dealt with
    for begin, stop in _quoted(text) if len(findings) > 1 else ():
        low = max(bisect_left(starts, begin), done)
        high = bisect_left(starts, stop, low)
        last = high - (high > low and ends[high - 1] > stop)  # it alone may reach beyond
        if last - low < 2 or not _is_title(text[begin:stop], begin, starts[low:last], ends[low:last], rules):
            continue
        parts = [finding for finding in findings[low:last] if finding.action == "restore"]
        if len(parts) < 2:
            continue
        start, end = parts[0].start, parts[-1].end
        moved = [changed(f, start=f.start - start, end=f.end - start) for f in parts]
        least = min(parts, key=lambda f: f.confidence)
        whole = changed(
            least, start=start, end=end, found=text[start:end], original=apply(text[start:end], moved), readings=()
        )
        done = bisect_left(starts, end)
        titles.append((bisect_left(starts, start), done, whole))
    if not titles:
        return findings
    if isinstance(findings, LazyFindings):
        return findings.spliced(titles)
    merged: list[Any] = []
    done = 0
    for low, high, whole in titles:
        merged += [*findings[done:low], whole]
        done = high
    return [*merged, *findings[done:]]


def _quoted(text: str) -> Iterator[tuple[int, int]]:
    """Where short quotations in `text` begin and end, without their marks. The marks of one may be those of the next,
    since nobody can tell which side straight ones are on."""
    if not text.isascii() and any(mark in text for mark in "“”«»"):
        yield from (match.span(1) for match in _TITLE.finditer(text))
        return
    end = text.find('"')
    while end >= 0:  # most texts have straight ones alone: these are found at once
        begin = end + 1
        end = text.find('"', begin)
        if SHORTEST_TITLE <= end - begin <= LONGEST_TITLE and "\n" not in text[begin:end]:
            yield begin, end


def _is_title(phrase: str, at: int, starts: Sequence[int], ends: Sequence[int], rules: LanguageRules) -> bool:
    """Whether a phrase that begins at `at` is in title case; substitutes, from `starts` to `ends`, need be so at their
    beginnings only."""
    first = phrase.lstrip()[:1]
    if first.isalpha() and first.islower():  # as in most quotations
        return False
    capitals = 0
    for match in _WORD.finditer(phrase):
        place = at + match.start()
        before = bisect_left(starts, place) - 1
        if before >= 0 and place < ends[before]:
            continue
        if not match[0][0].islower():
            capitals += 1
        elif not capitals or match[0] not in rules.small_words:
            return False
    return capitals > 1
