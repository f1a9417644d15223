"""Phrases reported by themselves: what a user lists is a finding wherever it stands, whatever the text as a whole.

One tortured phrase in an ordinary paper does not make the paper spun, and no likelihood ratio will ever say so. But who
brings a list of such phrases wants to see every place where one stands. So these are looked for in every text, those
that a first look dismisses too, and the verdict on the text stays what it is: such a finding is only ever suggested,
and says that the phrase *reads like* the other one.

* A phrase stands where its words do, in any case, also across a line end, and where a line end cuts one of its words
  in two (*con-* / *sciousness*). Line ends without a blank line between join; a paragraph's end does not.
* An entry's conditions and excuses (`Dictionary.conditions`, `unless`) hold here too.
* An entry with counts is no line of a list: it says how often a spinner does this, and is weighed against the text.
* Of phrases that overlap the first is taken, of those the longest. What was found in the ordinary way goes before it,
  but for suggestions inside the phrase in a text that is not judged spun.

Start reading from `with_listed`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from ..dictionary.conditions import Document, holds
from ..dictionary.dictionary import Dictionary
from ..results.finding import Evidence, Finding, Reading
from ..results.lazy_findings import starts_and_ends
from ..results.report import Report
from ..text.characters import normalise
from ..text.hashing import hash_words
from ..text.language import LanguageRules
from ..text.tokens import Tokens, tokenise
from ..util.array_types import I64
from ..util.arrays import among
from ..util.lazy_regex import lazy
from .wording import APOSTROPHES, apostrophe_of, fit

LISTED = 0.9  # confidence that a listed phrase stands for what its list says: the list's makers err now and then
EXCUSE_REACH = 200  # code points on either side in which a phrase that excuses an entry is looked for

_ONE_BREAK = lazy(r"[^\S\r\n]*(?:\r\n|\r|\n)[^\S\r\n]*")
_NO_BREAK_OR_ONE = lazy(r"[^\S\r\n]*(?:\r\n|\r|\n)?[^\S\r\n]*")
_CUT_WORD = lazy(r"[-\u2010\u00ad]\s+")  # a hyphen and the line end behind it
_HYPHENS = hash_words(["-", "\u2010", "\u00ad"])


def with_listed(
    reports: Sequence[Report],
    listed: Dictionary,
    rules: LanguageRules,
    tokenise: Callable[[Sequence[str]], Tokens] = tokenise,
) -> list[Report]:
    """`reports` with every phrase of `listed` that stands in their texts among the findings.

    Their verdicts stay. A finding in a text that is not judged spun is `alone`.
    """
    places: list[list[_Place]] = [[] for _ in reports]
    for place in _places(tokenise([report.text for report in reports]), listed):
        places[place.text].append(place)
    return [_with(report, those, listed, rules) for report, those in zip(reports, places, strict=True)]


_Span = tuple[int, int]  # first code point, last + 1


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a listed phrase stands."""

    text: int
    start: int
    """First code point in that text."""
    end: int
    entries: tuple[int, ...]
    """Rows of the dictionary that hold here, the likeliest first; at least one."""


def _with(report: Report, places: Sequence[_Place], listed: Dictionary, rules: LanguageRules) -> Report:
    """`report` with findings at those `places` that no finding takes which stays."""
    alone = report.verdict.judgement != "spun"
    free = list(_disjoint(places, _taken(report, places))) if places else []
    if not free:
        return report
    own = _Spans.of((place.start, place.end) for place in free)
    kept = [one for one in report.findings if not own.touch(one.start, one.end)]
    made = [_finding(place, report.text, listed, rules, alone) for place in free]
    return replace(report, findings=tuple(sorted((*kept, *made), key=lambda one: one.start)))


def _taken(report: Report, places: Sequence[_Place]) -> _Spans:
    """Where the findings of `report` stand that stay. A suggestion inside a listed phrase gives way: it says no more,
    and less surely."""
    findings = report.lazy_findings
    spans = list(zip(*starts_and_ends(findings), strict=True))
    if not spans:
        return _Spans.of(spans)
    gives_way = _inside(spans, sorted((place.start, place.end) for place in places))
    return _Spans.of(span for row, span in enumerate(spans) if not gives_way[row] or findings[row].action == "restore")


def _inside(spans: Sequence[_Span], others: Sequence[_Span]) -> list[bool]:
    """Whether each of `spans` lies in one of `others`; both are sorted, the others not empty."""
    starts = [start for start, _ in others]
    furthest = list(accumulate((end for _, end in others), max))
    rows = (bisect_right(starts, start) - 1 for start, _ in spans)
    return [row >= 0 and furthest[row] >= end for row, (_, end) in zip(rows, spans, strict=True)]


class _Spans(NamedTuple):
    """Spans of a text, sorted and disjoint."""

    starts: list[int]
    ends: list[int]

    @classmethod
    def of(cls, spans: Iterable[_Span]) -> _Spans:
        spans = list(spans)
        return cls([start for start, _ in spans], [end for _, end in spans])

    def touch(self, start: int, end: int) -> bool:
        """Whether one of them shares a character with another span."""
        row = bisect_right(self.ends, start)
        return row < len(self.starts) and self.starts[row] < end


def _disjoint(places: Iterable[_Place], taken: _Spans) -> Iterator[_Place]:
    """Of `places` those that touch nothing in `taken`, sorted, and not each other: the first, the longest."""
    done = 0
    for place in sorted(places, key=lambda one: (one.start, -one.end)):
        if place.start >= done and not taken.touch(place.start, place.end):
            yield place
            done = place.end


def _finding(place: _Place, text: str, listed: Dictionary, rules: LanguageRules, alone: bool) -> Finding:
    """The finding at `place`, fitted to it."""
    found = text[place.start : place.end]
    whole, apostrophe = _CUT_WORD.sub("", found), APOSTROPHES[apostrophe_of(text)]
    originals = [fit(listed.original_text[listed.original[row]], whole, rules, apostrophe) for row in place.entries]
    different = [one for one in dict.fromkeys(originals) if one != found]
    entry, line = listed.entry(place.entries[0]), int(listed.line[place.entries[0]])
    note = f"line {line} of the dictionary {entry.family}" if line else f"the dictionary {entry.family}"
    evidence = (Evidence("listed", math.log(LISTED / (1 - LISTED)), note),)
    readings = (Reading(different[0], LISTED), *(Reading(other, 0.0) for other in different[1:]))
    return Finding(
        place.start, place.end, found, different[0], LISTED, "suggest", entry.family, entry.name, evidence,
        substituted=LISTED, readings=readings, alone=alone,
    )  # fmt: skip


# --- where phrases stand -----------------------------------------------------------------------------------------


def _places(tokens: Tokens, listed: Dictionary) -> Iterator[_Place]:
    """Every occurrence of a listed phrase that its entries allow, overlapping ones too."""
    joined = _joined(tokens)
    yield from _found(joined, listed)
    mended = _mended(joined)
    if mended is not None:
        yield from _found(mended, listed)


def _found(tokens: Tokens, listed: Dictionary) -> Iterator[_Place]:
    """As `_places`, in `tokens` as they are."""
    hits = listed.spun.find(tokens)
    if not len(hits):
        return
    asked = _Asked(tokens, listed)
    text = tokens.document[hits.first]
    start = tokens.start[hits.first] - tokens.offset[text]
    end = tokens.ends(hits.first + hits.length - 1) - tokens.offset[text]
    columns = (hits.first, hits.length, hits.phrase, text, start, end)
    for first, length, phrase, number, begin, stop in zip(*(one.tolist() for one in columns), strict=True):
        if not _in_one_paragraph(tokens, first, length):
            continue
        rows = range(int(listed.first_entry[phrase]), int(listed.first_entry[phrase + 1]))
        entries = tuple(row for row in rows if not listed.seen[row].any() and asked.allows(row, first, length))
        if entries:
            yield _Place(number, begin, stop, entries)


def _joined(tokens: Tokens) -> Tokens:
    """`tokens` of which only the first of each text opens a paragraph: which of the line ends between end one is asked
    where a phrase stands across them, for they are many and such phrases few."""
    opens = np.diff(tokens.document, prepend=-1) > 0
    return replace(tokens, opens=opens, protect=lambda: tokens.protected)


def _in_one_paragraph(tokens: Tokens, first: int, length: int) -> bool:
    """Whether no blank line stands between the words from token `first` on."""
    rows = np.arange(first, first + length - 1)
    gaps = zip(tokens.ends(rows).tolist(), tokens.start[rows + 1].tolist(), strict=True)
    return all(begin == end or _NO_BREAK_OR_ONE.fullmatch(tokens.text, begin, end) for begin, end in gaps)


def _mended(tokens: Tokens) -> Tokens | None:
    """`tokens` in which words that a line end cuts in two are one; None where there is none."""
    row = _cut_words(tokens)
    if not len(row):
        return None
    ends, begins, stops = tokens.ends(row), tokens.start[row + 2], tokens.ends(row + 2)
    spans = zip(tokens.start[row].tolist(), ends.tolist(), begins.tolist(), stops.tolist(), strict=True)
    word = tokens.word.copy()
    word[row] = hash_words([normalise(tokens.text[a:b] + tokens.text[c:d]) for a, b, c, d in spans])
    keep = np.ones(len(tokens), np.bool_)
    keep[row + 1] = keep[row + 2] = False  # a token ends where the next begins, so that the first covers all three
    protected = tokens.protected[keep]
    return replace(
        tokens, start=tokens.start[keep], word=word[keep], shape=tokens.shape[keep], document=tokens.document[keep],
        opens=tokens.opens[keep], protect=lambda: protected,
    )  # fmt: skip


def _cut_words(tokens: Tokens) -> I64:
    """The first tokens of words of which a hyphen and a line end stand in the middle, none in another."""
    middle = np.flatnonzero(among(tokens.word[1:-1], _HYPHENS)) + 1
    middle = middle[tokens.start[middle + 1] > tokens.start[middle] + 1]
    middle = middle[tokens.ends(middle - 1) == tokens.start[middle]]
    middle = middle[tokens.document[middle - 1] == tokens.document[middle + 1]]
    rows: list[int] = []
    for at in middle.tolist():
        first, last = _word(tokens, at - 1), _word(tokens, at + 1)
        cut = _ONE_BREAK.fullmatch(tokens.text, int(tokens.start[at]) + 1, int(tokens.start[at + 1]))
        if cut and first.isalpha() and last.isalpha() and (not rows or rows[-1] + 2 < at - 1):
            rows.append(at - 1)
    return np.array(rows, np.int64)


def _word(tokens: Tokens, row: int) -> str:
    return tokens.text[int(tokens.start[row]) : int(tokens.ends(np.array([row]))[0])]


# --- what entries ask for ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Asked:
    """Whether entries allow a place: their conditions on the text, the phrases that excuse them."""

    tokens: Tokens
    listed: Dictionary

    @cached_property
    def documents(self) -> dict[int, tuple[Document, int]]:
        """Text → its words, and its first token; those that were asked for."""
        return {}

    def allows(self, entry: int, first: int, length: int) -> bool:
        """Whether `entry` counts for the words from token `first` on."""
        return self._meets(entry, first, length) and not self._excused(entry, first, length)

    def _meets(self, entry: int, first: int, length: int) -> bool:
        conditions = self.listed.conditions.get(entry, ())
        if not conditions:
            return True
        text = int(self.tokens.document[first])
        if text not in self.documents:
            self.documents[text] = Document.of(self.tokens, text), int(np.searchsorted(self.tokens.document, text))
        document, begin = self.documents[text]
        return holds(conditions, document, first - begin, length)

    def _excused(self, entry: int, first: int, length: int) -> bool:
        phrases = self.listed.unless.get(entry, ())
        if not phrases:
            return False
        tokens, text = self.tokens, int(self.tokens.document[first])
        start, end = int(tokens.start[first]), int(tokens.ends(np.array([first + length - 1]))[0])
        low = max(start - EXCUSE_REACH, int(tokens.offset[text]))
        high = min(end + EXCUSE_REACH, int(tokens.offset[text + 1]) - 1)
        before, here, after = (
            " ".join(normalise(tokens.text[a:b]).split()) for a, b in ((low, start), (start, end), (end, high))
        )
        return any(_covers(phrase, before, here, after) for phrase in phrases)


def _covers(phrase: str, before: str, here: str, after: str) -> bool:
    """Whether `phrase` stands so that it covers what is found `here`."""
    at = phrase.find(here)
    while at >= 0:
        lead, rest = phrase[:at].strip(), phrase[at + len(here) :].strip()
        if f" {before}".endswith(f" {lead}" if lead else "") and f"{after} ".startswith(f"{rest} " if rest else ""):
            return True
        at = phrase.find(here, at + 1)
    return False
