"""A text seen otherwise, and the way back: what readers and `unmask` hand to the pipeline.

despin looks at prose. What stands in a file may be prose with mark-up between the words, entities for characters, and
characters that nobody sees. A `View` is the prose that was made of a *source*, and remembers where each piece came
from. The pipeline reports on the prose; `View.lift` turns that into a report on the source.

* A piece is a run of prose and the run of source behind it. Where both are of one length they correspond character by
  character; else (an entity, a run of blanks, a letter with its accents) only as a whole.
* Source between two pieces is a *gap*. In a view that `keeps_gaps` a gap is mark-up: a phrase that crosses it is
  restored around it, `<b>bosom</b> peril` to `<b>breast</b> cancer`, so that a finding still is one span of the
  source and what replaces it. In other views a gap is dirt inside a word, and goes when the word is replaced.

Start reading from `View.lift`; `Weaver` is how readers make a view.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from ..results.finding import Draft, Finding, quick_finding
from ..results.lazy_findings import Drafts, joined, made_drafts
from ..results.report import Passage, Report
from ..util.array_types import I64
from ..util.process import collector_paused

Placed = TypeVar("Placed", Finding, Passage)

OBJECT = "\ufffc"
"""Stands in the prose for something that is not text: code, a picture. Unicode's own sign for it."""

_WORD = re.compile(r"\S+")


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """`text`, made of `source`. Invariant: pieces increase in both and never overlap; they cover all of `text`."""

    source: str
    text: str
    at: I64
    """(pieces + 1,): where each piece begins in `text`, in code points; the last is the length of `text`."""
    start: I64
    """(pieces,): first code point in `source`."""
    end: I64
    """(pieces,): last code point + 1 in `source`; equal to `start` for what was put in, such as a border."""
    keeps_gaps: bool = False
    escape: Callable[[str], str] = _as_it_is
    """How new words are written in the source."""

    @classmethod
    def same(cls, text: str) -> View:
        """`text` as it is."""
        at = np.array([0, len(text)] if text else [0], np.int64)
        return cls(text, text, at, at[:-1], at[1:])

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in the source, gaps inside it included; `start` < `end`.

        Raises
        ------
        ValueError
            The span is empty or outside the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"{start} to {end} is no span of a text of {len(self.text)} characters")
        first, last = self.spans(np.array([start]), np.array([end]))
        return int(first[0]), int(last[0])

    def spans(self, start: I64, end: I64) -> tuple[I64, I64]:
        """`back` for columns of spans, none of them empty or outside of the text."""
        first = np.searchsorted(self.at, start, "right") - 1
        last = np.searchsorted(self.at, end - 1, "right") - 1
        whole = self.at[1:] - self.at[:-1] != self.end - self.start
        begin = np.where(whole[first], self.start[first], self.start[first] + start - self.at[first])
        stop = np.where(whole[last], self.end[last], self.start[last] + end - self.at[last])
        return begin, np.maximum(stop, begin)

    def lift(self, report: Report) -> Report:
        """`report`, which is on `text`, as one on `source`.

        Of every finding, found == source[start:end] holds again, and what it is replaced by keeps the gaps. A finding
        that cannot be written without losing mark-up is left out.

        Raises
        ------
        ValueError
            `report` is on another text.
        """
        if report.text != self.text:
            raise ValueError("the report is on another text than this view")
        if self.text is self.source and not self.keeps_gaps:
            return report
        passages = tuple(replace(one, start=start, end=end) for one, start, end in self._placed(report.passages))
        drafts = report.drafts
        if isinstance(drafts, Drafts) and not self.keeps_gaps and not report.ignored:
            return Report.later(self.source, self._lifted_drafts(drafts), report.verdict, passages)
        findings, ignored = self._lifted(report.findings), self._lifted(report.ignored)
        return Report(self.source, findings, report.verdict, passages, ignored)

    def _placed(self, those: Sequence[Placed]) -> Iterator[tuple[Placed, int, int]]:
        """Each with where it stands in the source."""
        if not those:
            return iter(())
        begin, stop = self.spans(
            np.array([one.start for one in those], np.int64), np.array([one.end for one in those], np.int64)
        )
        return zip(those, begin.tolist(), stop.tolist(), strict=True)

    @collector_paused()
    def _lifted(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        lifted: list[Finding] = []
        done = 0
        for finding, first, last in self._placed(findings):
            found = self.source[first:last]
            original = self._written(finding, finding.original, first, last)
            if first < done or original is None or original == found:
                continue
            kept: tuple[str, ...] = ()
            if finding.alternatives:  # few have any
                others = (self._written(finding, other, first, last) for other in finding.alternatives)
                kept = tuple(dict.fromkeys(other for other in others if other and other not in (original, found)))
            lifted.append(
                quick_finding(
                    first, last, found, original, kept, finding.confidence, finding.action,
                    finding.family, finding.entry, finding.evidence, finding.known,
                )
            )  # fmt: skip
            done = last
        return tuple(lifted)

    def _lifted_drafts(self, drafts: Drafts) -> Drafts:
        """`drafts` on the source. Nearly all stand there as they do here, and are only moved; the others are made."""
        begin, stop = self.spans(np.array(drafts.start, np.int64), np.array(drafts.end, np.int64))
        first = np.searchsorted(self.at, drafts.start, "right") - 1
        last = np.searchsorted(self.at, np.array(drafts.end, np.int64) - 1, "right") - 1
        pieces = zip(self.at[:-1].tolist(), self.at[1:].tolist(), self.start.tolist(), self.end.tolist(), strict=True)
        same = np.array([self.text[a:b] == self.source[s:e] for a, b, s, e in pieces], np.bool_)
        moved = Drafts(self.source, begin.tolist(), stop.tolist(), *drafts.columns[2:])
        parts, done = [], 0
        for row in np.flatnonzero((first != last) | ~same[first]).tolist():
            one = drafts[row]
            made = one.source.finish(one) if isinstance(one, Draft) else one
            written = [f for f in self._lifted([made]) if not row or f.start >= stop[row - 1]]
            parts += [moved.part(done, row), made_drafts(self.source, written)]
            done = row + 1
        return joined(self.source, [*parts, moved.part(done, len(moved))])

    def _written(self, finding: Finding, original: str, first: int, last: int) -> str | None:
        unbroken = self.source[first:last] == finding.found and OBJECT not in finding.found  # most are
        if unbroken or not self.keeps_gaps:
            return self.escape(original)
        return self._woven(finding, original, first, last)

    def _pieces(self, start: int, end: int) -> list[tuple[int, int, int, int]]:
        """The pieces of text[start:end], cut to it: begin and end of each in the text, and in the source."""
        first = int(np.searchsorted(self.at, start, "right")) - 1
        last = int(np.searchsorted(self.at, end - 1, "right")) - 1
        pieces = []
        for piece in range(first, last + 1):
            a, b = int(self.at[piece]), int(self.at[piece + 1])
            s, e = int(self.start[piece]), int(self.end[piece])
            if b - a == e - s:  # character by character, so it can be cut
                s, e = s + max(start - a, 0), e - max(b - end, 0)
                a, b = max(a, start), min(b, end)
            pieces.append((a, b, s, e))
        return pieces

    def reworded(self, start: int, end: int, words: str, typed: Callable[[str], str]) -> str:
        """What source[start:end] becomes where a person who saw it wrote `words` in its place.

        Its mark-up is mark-up in the words, too; all else in them is text, written by `typed`. Where they leave mark-up
        out, it is kept around them, so that none is left open.

        Raises
        ------
        ValueError
            They leave out something that is not text, such as code.
        """
        rows = range(int(np.searchsorted(self.end, start, "right")), int(np.searchsorted(self.start, end, "left")))
        prose = [row for row in rows if self.end[row] > self.start[row] and self.text[self.at[row]] != OBJECT]
        if not prose:
            return typed(words)
        ends = [start, *(int(self.end[row]) for row in prose)]
        begins = [*(int(self.start[row]) for row in prose), end]
        written, place = [], 0
        for gap in filter(None, (self.source[a:b] for a, b in zip(ends, begins, strict=True))):
            at = words.find(gap, place)
            if at < 0:
                break
            written += [typed(words[place:at]), gap]
            place = at + len(gap)
        else:
            return "".join([*written, typed(words[place:])])
        first, last = int(self.at[rows[0]]), int(self.at[rows[-1] + 1])
        first += max(start - int(self.start[rows[0]]), 0)  # a piece that is cut corresponds character by character
        last -= max(int(self.end[rows[-1]]) - end, 0)
        finding = Finding(first, last, self.text[first:last], words)
        woven = replace(self, escape=typed)._woven(finding, words, start, end)
        if woven is None:
            raise ValueError(
                f"{words!r} leaves out what is no text in {self.source[start:end]!r}; write it with the words"
            )
        return woven

    def _woven(self, finding: Finding, original: str, first: int, last: int) -> str | None:
        """The source of `finding` with the words of `original` in place of its own, in order; None where something
        that is not text would go."""
        words = list(_WORD.finditer(finding.found))
        new = _deal([word[0] for word in words], original.split())
        pieces = self._pieces(finding.start, finding.end)
        written: list[str] = []
        place = first

        def put(span: tuple[int, int], content: str) -> None:
            nonlocal place
            written.extend((self.source[place : span[0]], content))  # the gap before it, and then the content
            place = max(place, span[1])

        # The prose of the finding by runs: word, blank, word … Each takes its pieces of source one after another.
        runs: list[tuple[int, int, str | None]] = []
        at = finding.start
        for word, content in zip(words, new, strict=True):
            begin, end = finding.start + word.start(), finding.start + word.end()
            if begin > at:
                # A blank goes with a word that goes: the one behind it, or at the front the one before it.
                gone = content == "" or all(text == "" for _, _, text in runs[::2])
                runs.append((at, begin, "" if gone else None))
            if content is not None and OBJECT in word[0]:
                return None
            runs.append((begin, end, content))
            at = end
        number = 0
        for begin, end, content in runs:
            rest = content
            while number < len(pieces) and pieces[number][0] < end:
                a, b, s, e = pieces[number]
                cut = min(b, end) - max(a, begin)
                if b - a == e - s:
                    span = (s + max(begin - a, 0), s + min(b, end) - a)
                else:  # an entity or the like: it goes with the run it begins in
                    span = (s, e) if a >= begin else (e, e)
                if rest is None:
                    put(span, self.source[span[0] : span[1]])
                else:
                    goes_on = b < end  # a later piece of this run takes what is left
                    put(span, self.escape(rest[:cut] if goes_on else rest))
                    rest = rest[cut:] if goes_on else ""
                if b > end:
                    break
                number += 1
        written.append(self.source[place:last])
        return "".join(written)


def _deal(old: list[str], new: list[str]) -> list[str | None]:
    """What each of the words `old` becomes so that `new` stands there: None where it stays, "" where it goes.

    >>> _deal(["bosom", "peril"], ["breast", "cancer"])
    ['breast', 'cancer']
    >>> _deal(["in", "regards", "to", "it"], ["about", "it"]), _deal(["utilize"], ["make", "use", "of"])
    (['about', '', '', None], ['make use of'])
    """
    shorter = min(len(old), len(new))
    head = next((k for k in range(shorter) if old[k] != new[k]), shorter)
    tail = next((k for k in range(shorter - head) if old[-1 - k] != new[-1 - k]), shorter - head)
    if head + tail == len(old) and len(new) > len(old):  # words were only added: they need one to lean on
        head, tail = (head - 1, tail) if head else (head, tail - 1)
    middle, put = len(old) - head - tail, new[head : len(new) - tail]
    dealt = [*put[: middle - 1], " ".join(put[middle - 1 :])] if middle else []
    dealt += [""] * (middle - len(dealt))
    return [*[None] * head, *dealt, *[None] * tail]


@dataclass(slots=True)
class Weaver:
    """Puts a view together, piece by piece, in the order of the source."""

    source: str
    escape: Callable[[str], str] = _as_it_is
    _text: list[str] = field(default_factory=list)
    _size: int = 0
    _at: list[int] = field(default_factory=list)
    _start: list[int] = field(default_factory=list)
    _end: list[int] = field(default_factory=list)

    def add(self, text: str, start: int, end: int) -> None:
        """`text` for source[start:end]; character by character if the lengths are equal."""
        if not text:
            return
        if (
            self._end
            and self._end[-1] == start
            and len(text) == end - start
            and self._size - self._at[-1] == start - self._start[-1]
        ):
            self._end[-1] = end  # goes on where the piece before it ends
        else:
            self._at.append(self._size)
            self._start.append(start)
            self._end.append(end)
        self._text.append(text)
        self._size += len(text)

    def blank(self, start: int, end: int) -> None:
        """One space for the blanks source[start:end]; none where a paragraph begins."""
        if self._text and self._text[-1] != "\n":
            self.add(" ", start, end)

    def border(self, place: int) -> None:
        """The end of a paragraph at `place`, put in unless one stands there."""
        if self._text and self._text[-1] != "\n":
            self.add("\n", place, place)

    def view(self) -> View:
        """The finished view."""
        at = np.array([*self._at, self._size], np.int64)
        start, end = np.array(self._start, np.int64), np.array(self._end, np.int64)
        return View(self.source, "".join(self._text), at, start, end, keeps_gaps=True, escape=self.escape)
