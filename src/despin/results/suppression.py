"""Findings that somebody excused: the allow list, comments in the text, `[sic]`, quotations. Start from `excuse`.

A pure filter: what is excused moves from `Report.findings` to `Report.ignored`, and is neither restored nor shown.

* An allowed phrase excuses a finding that it is, or that stands inside it: "to and fro" excuses *fro* there and nowhere
  else. Case, line breaks, the shape of quotes and dashes, and disguise (`unmask`) make no difference. The phrase of a
  dictionary entry, as reports name it, excuses whatever that entry finds.
* Comments work in any comment syntax, and a reason may follow:
  ``despin: ignore`` (this line), ``ignore-next-line`` (the next one with text), ``off`` … ``on``; each may name phrases
  in brackets, ``ignore[bosom peril, to and fro]``, and then excuses these alone.
* A phrase that is reported by itself and quoted as an example of a tortured phrase is none (`quoted_examples`).
* ``[sic]`` excuses the finding right before it, and the quotation that it follows.

Nothing is excused silently: `Finding.excuse` says why.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ..config import Config
from ..text.characters import normalise
from ..text.unmask import unmask
from ..util.lazy_regex import lazy
from .finding import Finding
from .quoted_examples import Examples
from .report import Report

Span = tuple[int, int]

ALLOWED, COMMENT, SIC, QUOTATION = "allowed", "a comment in the text", "[sic]", "in a quotation"
"""Why a finding is excused; `quoted_examples` has more reasons."""
VERBS = ("ignore", "ignore-next-line", "off", "on")

_WORD = lazy(r"\w+|[^\w\s]")
# The signs that open a comment, in the languages that prose is written in and beside. Without one, a page about despin
# could not mention its comments.
_OPENER = (
    r"<!--|//|/\*|\(\*|\{#|\{\{!(?:--)?|\{\{/\*|\{-|--|\#|;|%|!|\*|\.\.|\.\\\"|@c(?:omment)?\b|\bdnl\b|\bREM\b|"
    r"\[[^\]\n]{0,40}\]:[ \t]*(?:\#|<>)[ \t]*[\"'(]"
)
_COMMENT = lazy(rf"(?i)(?:{_OPENER})[ \t]*despin:[ \t]*(?P<verb>\w+(?:-\w+)*)(?:[ \t]*\[(?P<phrases>[^\]\n]*)\])?")
_GOES_ON = lazy(r"[ \t]+\w")
_SIC = lazy(r"(?i)[\s\"'”’»*_.,]*+[\[(][\s*_]*+sic[\s*_!.]*+[\])]")
_SIC_REACH = 40
_SIC_ITSELF = lazy(r"(?i)[\[(][\s*_]*+sic")
# A quotation ends in its paragraph. None of the alternatives can run past a second opening sign, so that a page full
# of unclosed quotes takes no longer than another.
_IN = r"\n(?![ \t\r]*\n)"
_QUOTATION = lazy(
    rf"“(?:[^“”\n]|{_IN})*+”|„(?:[^„“”\n]|{_IN})*+[“”]|«(?:[^«»\n]|{_IN})*+»"
    rf"|‘(?:[^‘’\n]|’(?=\w)|{_IN})*+’(?!\w)|(?<![\w\"])\"(?=[^\s\"])(?:[^\"\n]|{_IN})*+\"(?!\w)"
)
_QUOTED_LINE = lazy(r"(?m)^[ \t]*>.*")
_QUOTE_TAG = lazy(r"(?i)<(/?)(?:blockquote|q)\b[^<>]*>")


def excuse(report: Report, config: Config, remarks: str | None = None) -> Report:
    """`report` with what `config` and its own text excuse among `ignored`; the same object where that is nothing.

    `remarks` is its text, place for place, without what can be no comment; None: comments may stand anywhere.
    """
    if not report.lazy_findings:
        return report
    text = report.text
    whole, limited = _commented(text if remarks is None else remarks) if config.inline else ([], [])
    quoted = quotations(text) if not config.quotes else []
    sic = _says_sic(text)
    marked = _marked_sic(text) if sic else []
    allowed = _Phrases.of(config.allow)
    words = _Words(text) if allowed.phrases or limited else None
    alone = any(getattr(one, "alone", False) for one in report.lazy_findings)
    if not whole and not quoted and words is None and not sic and not alone:
        return report
    spans = [(why, _Spans(some)) for why, some in ((COMMENT, whole), (QUOTATION, quoted), (SIC, marked)) if some]
    examples = Examples(text, [one for one in report.findings if one.alone]) if alone else None

    def why(finding: Finding) -> str:
        """What excuses `finding`, in words; empty: nothing."""
        here = next((said for said, some in spans if some.touches(finding.start, finding.end)), "")
        if here or (sic and _is_sic(text, finding.end)):
            return here or SIC
        if words is not None:
            phrases = (p for (start, end), p in limited if finding.start < end and start < finding.end)
            if allowed.excuses(finding, words):
                return ALLOWED
            if any(p.excuses(finding, words) for p in phrases):
                return COMMENT
        return examples.why(finding) if examples is not None and finding.alone else ""

    said = [(finding, why(finding)) for finding in report.findings]
    if not any(reason for _, reason in said):
        return report
    ignored = (replace(finding, excuse=reason) for finding, reason in said if reason)
    kept = tuple(finding for finding, reason in said if not reason)
    return replace(report, findings=kept, ignored=(*report.ignored, *ignored))


def _says_sic(text: str) -> bool:
    """Whether there is a `[sic]` anywhere: Python finds the few brackets of a text in no time."""
    for bracket in "[(":
        place = text.find(bracket)
        while place >= 0:
            behind = text[place + 1 : place + 2]
            if (behind in "sS*_" or behind.isspace()) and _SIC_ITSELF.match(text, place):
                return True
            place = text.find(bracket, place + 1)
    return False


def _speaks(text: str) -> bool:
    """Whether there may be a comment for despin; making all letters small takes longer than looking for two."""
    return ("n:" in text or "N:" in text) and "despin:" in text.lower()


def misspelt(text: str) -> Iterator[tuple[int, str]]:
    """Comments that look meant for despin and say nothing it knows: where, and a sentence for people.

    >>> list(misspelt("red <!-- despin: ignroe -->"))
    [(4, "the comment 'despin: ignroe' says nothing that despin knows; did you mean 'ignore'?")]
    """
    for comment in _COMMENT.finditer(text) if _speaks(text) else ():
        verb = comment["verb"].lower()
        if verb not in VERBS:
            from difflib import get_close_matches

            near = get_close_matches(verb, VERBS, 1)
            if not near and _GOES_ON.match(text, comment.end()):
                continue  # a heading, or a sentence: "# despin: a tool that …"
            advice = f"did you mean {near[0]!r}?" if near else f"it knows: {', '.join(VERBS)}"
            yield comment.start(), f"the comment 'despin: {comment['verb']}' says nothing that despin knows; {advice}"


# --- phrases ------------------------------------------------------------------------------------------------------


class _Words:
    """The words of a text as `_Phrases` compares them: without disguise, since findings see through it too."""

    def __init__(self, text: str) -> None:
        view = unmask(text)
        plain = normalise(view.text)  # one character for one, so that places stay
        matches = list(_WORD.finditer(plain))
        starts, ends = ([match.start() for match in matches], [match.end() for match in matches])
        if view.text is not text and matches:
            begin, stop = view.spans(np.array(starts), np.array(ends))
            starts, ends = begin.tolist(), stop.tolist()
        self.starts, self.ends = starts, ends
        self.words = [match.group().casefold() for match in matches]

    def over(self, finding: Finding) -> Span:
        """The rows of the words that `finding` stands on."""
        return bisect_right(self.ends, finding.start), bisect_left(self.starts, finding.end)


def _split(phrase: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _WORD.findall(normalise(unmask(phrase).text)))


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Allowed phrases. What it costs to ask depends on the longest of them, not on their number."""

    phrases: frozenset[tuple[str, ...]]
    longest: int

    @classmethod
    def of(cls, phrases: Iterable[str]) -> _Phrases:
        return _parsed(tuple(phrases))

    def excuses(self, finding: Finding, words: _Words) -> bool:
        """Whether one of the phrases covers `finding` in its text, or is the phrase of its entry."""
        if not self.phrases:
            return False
        first, last = words.over(finding)
        for length in range(last - first, self.longest + 1):
            for start in range(max(0, last - length), min(first, len(words.words) - length) + 1):
                if tuple(words.words[start : start + length]) in self.phrases:
                    return True
        return _split(finding.entry.partition(":")[2]) in self.phrases


@lru_cache(maxsize=64)
def _parsed(phrases: tuple[str, ...]) -> _Phrases:
    # A letter may look like another in one case alone: µ is M's twin as a capital.
    forms = {form for phrase in phrases for form in (phrase, phrase.casefold(), phrase.upper())}
    split = frozenset(filter(None, map(_split, forms)))
    return _Phrases(split, max(map(len, split), default=0))


# --- places -------------------------------------------------------------------------------------------------------


class _Spans:
    """Spans of a text, joined where they overlap."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        for start, end in sorted(spans):
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.starts.append(start)
                self.ends.append(end)

    def touches(self, start: int, end: int) -> bool:
        row = bisect_right(self.ends, start)
        return row < len(self.starts) and self.starts[row] < end


def _commented(text: str) -> tuple[list[Span], list[tuple[Span, _Phrases]]]:
    """The spans that comments excuse whole, and those where they excuse certain phrases."""
    whole: list[Span] = []
    limited: list[tuple[Span, _Phrases]] = []
    running: list[tuple[int, str | None]] = []

    def add(span: Span, phrases: str | None) -> None:
        if phrases is None:
            whole.append(span)
        else:
            limited.append((span, _Phrases.of(phrases.split(","))))

    for comment in _COMMENT.finditer(text) if _speaks(text) else ():
        verb, phrases = comment["verb"].lower(), comment["phrases"]
        if verb == "ignore":
            add(_line(text, comment.start()), phrases)
        elif verb == "ignore-next-line":
            add(_next_line(text, comment.end()), phrases)
        elif verb == "off":
            running.append((comment.start(), phrases))
        elif verb == "on":
            for start, which in running:
                add((start, comment.start()), which)
            running = []
    for start, which in running:
        add((start, len(text)), which)
    return whole, limited


def _line(text: str, place: int) -> Span:
    end = text.find("\n", place)
    return text.rfind("\n", 0, place) + 1, len(text) if end < 0 else end


def _next_line(text: str, place: int) -> Span:
    """The next line that is not blank: Markdown wants an empty one between a comment and a paragraph."""
    start = _line(text, place)[1]
    while start < len(text) and text[start].isspace():
        start += 1
    return _line(text, start)


def quotations(text: str) -> list[Span]:
    """Where `text` quotes: in quotation marks, in lines that begin with ``>``, in the tags made for it.

    Single straight quotes are left out; they are apostrophes too often.

    >>> [("a “b c” d"[a:b]) for a, b in quotations("a “b c” d")]
    ['“b c”']
    """
    spans = [match.span() for match in _QUOTATION.finditer(text)]
    spans += (match.span() for match in _QUOTED_LINE.finditer(text))
    opened: list[int] = []
    for tag in _QUOTE_TAG.finditer(text):
        if not tag[1]:
            opened.append(tag.start())
        elif opened:
            spans.append((opened.pop(), tag.end()))
    return spans


def _is_sic(text: str, place: int) -> bool:
    """Whether `[sic]` follows. Only the next few characters are shown to `regex`, which looks ahead for what has to
    come before it begins to match."""
    return _SIC.match(text, place, place + _SIC_REACH) is not None


def _marked_sic(text: str) -> Sequence[Span]:
    """The quotations in quotation marks that `[sic]` follows."""
    return [match.span() for match in _QUOTATION.finditer(text) if _is_sic(text, match.end())]
