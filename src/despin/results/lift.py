"""A report on the prose of a view → one on its source. Start reading from `lift`.

In a view that keeps its gaps, what replaces a finding is written around the mark-up in it: its words go to the pieces
of prose, one after another, and what lies between the pieces stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from ..text.view import OBJECT, View
from ..util.process import gc_paused
from .finding import Finding, Reading
from .lazy_findings import LazyFinding, LazyFindings, joined, quick_finding
from .report import Passage, Report

_Placed = TypeVar("_Placed", Finding, Passage)
_Run = tuple[int, int, str | None]  # of prose, a word or blanks: begin, end, and what it becomes (None: it stays)
_Piece = tuple[int, int, int, int]  # begin and end in the text, and in the source

_WORD = re.compile(r"\S+")


def lift(view: View, report: Report) -> Report:
    """`report`, which is on the text of `view`, as one on its source.

    Of every finding, found == source[start:end] holds again, and what it is replaced by keeps the gaps. A finding that
    cannot be written without losing mark-up is left out.

    Raises
    ------
    ValueError
        `report` is on another text.
    """
    if report.text != view.text:
        raise ValueError("the report is on another text than this view")
    if view.text is view.source and not view.keeps_gaps:
        return report
    passages = tuple(replace(one, start=start, end=end) for one, start, end in _in_source(view, report.passages))
    findings = report.lazy_findings
    if isinstance(findings, LazyFindings) and not view.keeps_gaps and not report.ignored:
        return Report.later(view.source, _lift_lazy(view, findings), report.verdict, passages)
    made, ignored = _lift_findings(view, report.findings), _lift_findings(view, report.ignored)
    return Report(view.source, made, report.verdict, passages, ignored)


def reworded(view: View, start: int, end: int, words: str, typed: Callable[[str], str]) -> str:
    """What source[start:end] becomes where a person who saw it wrote `words` in its place.

    Its mark-up is mark-up in the words, too; all else in them is text, written by `typed`. Where they leave mark-up
    out, it is kept around them, so that none is left open.

    Raises
    ------
    ValueError
        They leave out something that is not text, such as code.
    """
    rows = range(int(np.searchsorted(view.end, start, "right")), int(np.searchsorted(view.start, end, "left")))
    prose = [row for row in rows if view.end[row] > view.start[row] and view.text[view.at[row]] != OBJECT]
    if not prose:
        return typed(words)
    ends = [start, *(int(view.end[row]) for row in prose)]
    begins = [*(int(view.start[row]) for row in prose), end]
    written = _between(words, [view.source[a:b] for a, b in zip(ends, begins, strict=True) if a != b], typed)
    if written is not None:
        return written
    first, last = int(view.at[rows[0]]), int(view.at[rows[-1] + 1])
    first += max(start - int(view.start[rows[0]]), 0)  # a piece that is cut corresponds character by character
    last -= max(int(view.end[rows[-1]]) - end, 0)
    written = _around_markup(view, (first, last), (start, end), words, typed)
    if written is None:
        raise ValueError(f"{words!r} leaves out what is no text in {view.source[start:end]!r}; write it with the words")
    return written


def _in_source(view: View, those: Sequence[_Placed]) -> Iterator[tuple[_Placed, int, int]]:
    """Each with where it stands in the source."""
    if not those:
        return iter(())
    begin, stop = view.spans(
        np.array([one.start for one in those], np.int64), np.array([one.end for one in those], np.int64)
    )
    return zip(those, begin.tolist(), stop.tolist(), strict=True)


@gc_paused()
def _lift_findings(view: View, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    lifted: list[Finding] = []
    done = 0
    for finding, first, last in _in_source(view, findings):
        found = view.source[first:last]
        original = _written(view, finding, finding.original, first, last)
        if first < done or original is None or original == found:
            continue
        readings = _lift_readings(view, finding, first, last)
        lifted.append(
            quick_finding(
                first, last, found, original, finding.confidence, finding.action,
                finding.family, finding.entry, finding.evidence, finding.known, finding.substituted, readings,
                finding.alone, finding.excuse,
            )
        )  # fmt: skip
        done = last
    return tuple(lifted)


def _lift_readings(view: View, finding: Finding, first: int, last: int) -> tuple[Reading, ...]:
    """The readings of `finding`, which stands at source[first:last], as they are written there."""
    found, written = view.source[first:last], dict[str, float]()
    for one in finding.readings:
        original = _written(view, finding, one.original, first, last)
        if original and original != found:
            written.setdefault(original, one.confidence)
    return tuple(map(Reading, written, written.values()))


def _lift_lazy(view: View, findings: LazyFindings) -> LazyFindings:
    """`findings` on the source. Nearly all stand there as they do here, and are only moved; the others are made."""
    starts, ends = np.array(findings.start, np.int64), np.array(findings.end, np.int64)
    begin, stop = view.spans(starts, ends)
    first, last = (np.searchsorted(view.at, place, "right") - 1 for place in (starts, ends - 1))
    pieces = zip(view.at[:-1].tolist(), view.at[1:].tolist(), view.start.tolist(), view.end.tolist(), strict=True)
    same = np.array([view.text[a:b] == view.source[s:e] for a, b, s, e in pieces], np.bool_)
    moved = LazyFindings(view.source, begin.tolist(), stop.tolist(), *findings.columns[2:])
    parts, done = [], 0
    for row in np.flatnonzero((first != last) | ~same[first]).tolist():
        one = findings[row]
        made = one.maker.finish(one) if isinstance(one, LazyFinding) else one
        written = [f for f in _lift_findings(view, [made]) if not row or f.start >= stop[row - 1]]
        parts += [moved.part(done, row), LazyFindings.of(view.source, written)]
        done = row + 1
    return joined(view.source, [*parts, moved.part(done, len(moved))])


def _written(view: View, finding: Finding, original: str, first: int, last: int) -> str | None:
    """What source[first:last], where `finding` stands, becomes; None where something that is not text would go."""
    unbroken = view.source[first:last] == finding.found and OBJECT not in finding.found  # most are
    if unbroken or not view.keeps_gaps:
        return view.escape(original)
    return _around_markup(view, (finding.start, finding.end), (first, last), original, view.escape)


def _between(words: str, gaps: Iterable[str], typed: Callable[[str], str]) -> str | None:
    """`words`, in which `gaps` stand as they are and all else is written by `typed`; None where one is missing."""
    written, place = [], 0
    for gap in gaps:
        at = words.find(gap, place)
        if at < 0:
            return None
        written += [typed(words[place:at]), gap]
        place = at + len(gap)
    return "".join([*written, typed(words[place:])])


def _around_markup(
    view: View, prose: tuple[int, int], source: tuple[int, int], original: str, escape: Callable[[str], str]
) -> str | None:
    """What the span `source` becomes with the words of `original` in place of those in the span `prose` of the text, in
    order; None where something that is not text would go."""
    runs = _runs(view.text[slice(*prose)], prose[0], original)
    if runs is None:
        return None
    place, last = source
    written: list[str] = []
    for begin, end, content in _contents(view, runs, _pieces(view, *prose), escape):
        written += (view.source[place:begin], content)  # the gap before it, and then the content
        place = max(place, end)
    written.append(view.source[place:last])
    return "".join(written)


def _pieces(view: View, start: int, end: int) -> list[_Piece]:
    """The pieces of text[start:end], cut to it."""
    first = int(np.searchsorted(view.at, start, "right")) - 1
    last = int(np.searchsorted(view.at, end - 1, "right")) - 1
    pieces = []
    for piece in range(first, last + 1):
        a, b = int(view.at[piece]), int(view.at[piece + 1])
        s, e = int(view.start[piece]), int(view.end[piece])
        if b - a == e - s:  # character by character, so it can be cut
            s, e = s + max(start - a, 0), e - max(b - end, 0)
            a, b = max(a, start), min(b, end)
        pieces.append((a, b, s, e))
    return pieces


def _runs(prose: str, start: int, original: str) -> list[_Run] | None:
    """The runs of `prose`, which begins at `start`: word, blank, word …; None where one that is not text would go."""
    words = list(_WORD.finditer(prose))
    runs: list[_Run] = []
    at = start
    for word, content in zip(words, _align_words([word[0] for word in words], original.split()), strict=True):
        begin, end = start + word.start(), start + word.end()
        if begin > at:
            # A blank goes with a word that goes: the one behind it, or at the front the one before it.
            gone = content == "" or all(text == "" for _, _, text in runs[::2])
            runs.append((at, begin, "" if gone else None))
        if content is not None and OBJECT in word[0]:
            return None
        runs.append((begin, end, content))
        at = end
    return runs


def _contents(
    view: View, runs: Sequence[_Run], pieces: Sequence[_Piece], escape: Callable[[str], str]
) -> Iterator[tuple[int, int, str]]:
    """Spans of the source and what each becomes: each run takes its pieces one after another."""
    number = 0
    for begin, end, content in runs:
        rest = content
        while number < len(pieces) and pieces[number][0] < end:
            a, b, s, e = pieces[number]
            cut = min(b, end) - max(a, begin)
            if b - a == e - s:
                first, last = s + max(begin - a, 0), s + min(b, end) - a
            else:  # an entity or the like: it goes with the run it begins in
                first, last = (s, e) if a >= begin else (e, e)
            if rest is None:
                yield first, last, view.source[first:last]
            else:
                goes_on = b < end  # a later piece of this run takes what is left
                yield first, last, escape(rest[:cut] if goes_on else rest)
                rest = rest[cut:] if goes_on else ""
            if b > end:
                break
            number += 1


def _align_words(old: list[str], new: list[str]) -> list[str | None]:
    """What each of the words `old` becomes so that `new` stands there: None where it stays, "" where it goes.

    >>> _align_words(["bosom", "peril"], ["breast", "cancer"])
    ['breast', 'cancer']
    >>> _align_words(["in", "regards", "to", "it"], ["about", "it"]), _align_words(["utilize"], ["make", "use", "of"])
    (['about', '', '', None], ['make use of'])
    """
    shorter = min(len(old), len(new))
    head = next((k for k in range(shorter) if old[k] != new[k]), shorter)
    tail = next((k for k in range(shorter - head) if old[-1 - k] != new[-1 - k]), shorter - head)
    if head + tail == len(old) and len(new) > len(old):  # words were only added: they need one to lean on
        head, tail = (head - 1, tail) if head else (head, tail - 1)
    middle, put = len(old) - head - tail, new[head : len(new) - tail]
    aligned = [*put[: middle - 1], " ".join(put[middle - 1 :])] if middle else []
    aligned += [""] * (middle - len(aligned))
    return [*[None] * head, *aligned, *[None] * tail]
