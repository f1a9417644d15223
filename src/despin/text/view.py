"""A text seen otherwise, and the way back: what readers and `unmask` hand to the pipeline.

despin looks at prose. What stands in a file may be prose with mark-up between the words, entities for characters, and
characters that nobody sees. A `View` is the prose that was made of a *source*, and remembers where each piece came
from. The pipeline reports on the prose; `results.lift` turns that into a report on the source.

* A piece is a run of prose and the run of source behind it. Where both are of one length they correspond character by
  character; else (an entity, a run of blanks, a letter with its accents) only as a whole.
* Source between two pieces is a *gap*. In a view that `keeps_gaps` a gap is mark-up: a phrase that crosses it is
  restored around it, `<b>bosom</b> peril` to `<b>breast</b> cancer`, so that a finding still is one span of the
  source and what replaces it. In other views a gap is dirt inside a word, and goes when the word is replaced.

Start reading from `View`; `ViewBuilder` is how readers make one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..util.array_types import I64

OBJECT = "\ufffc"
"""Stands in the prose for something that is not text: code, a picture. Unicode's own sign for it."""


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


@dataclass(slots=True)
class ViewBuilder:
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

    def border(self, place: int) -> bool:
        """The end of a paragraph at `place`, put in unless one stands there; whether it was."""
        if self._text and self._text[-1] != "\n":
            self.add("\n", place, place)
            return True
        return False

    def view(self) -> View:
        """The finished view."""
        at = np.array([*self._at, self._size], np.int64)
        start, end = np.array(self._start, np.int64), np.array(self._end, np.int64)
        return View(self.source, "".join(self._text), at, start, end, keeps_gaps=True, escape=self.escape)
