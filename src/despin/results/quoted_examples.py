"""Phrases that a text quotes as examples: a paper *about* tortured phrases is full of them, and writes none.

A phrase that is reported by itself is such an example where one of these holds:

* It has quotation marks, or emphasis, of its own, and its sentence or the one before speaks of tortured phrases or
  of the tools that make them; or its sentence names it as what stood instead of what it reads like, or of "the usual
  term".
* It follows the words "tortured phrase", or stands in a list that these open: "tortured phrases such as …".
* What it reads like stands beside it as an explanation: "counterfeit consciousness" (artificial intelligence), instead
  of artificial intelligence; in quotation marks, or in a text about tortured phrases.
* It stands in a table or a list of them, in a text about tortured phrases: alone in its cell, in a row with what it
  reads like, or alone on a line that is an item or has another such phrase for a neighbour.

The words for the thing must be there. A quotation alone excuses nothing: a spun paper quotes, too. Nor is a text about
tortured phrases because it says the words once: a publisher's notice on a spun paper does so. It says them three times,
or near the phrase. Start reading from `Examples.why`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..util.lazy_regex import lazy
from .finding import Finding

EXAMPLE = "quoted as an example"
"""How each reason begins."""
_NAMED = f"{EXAMPLE}: the text beside it speaks of tortured phrases"
_REPLACED = f"{EXAMPLE}: its sentence says what it is written instead of"
_LISTED = f"{EXAMPLE}: it is named as a tortured phrase"
_EXPLAINED = f"{EXAMPLE}: what it reads like explains it"
_TABLED = f"{EXAMPLE}: in a table or list of tortured phrases"

_REACH = 400  # code points before and behind a phrase in which its sentence is looked for
_BESIDE = 60  # … in which what it reads like explains it
_NEAR = 1500  # … in which one mention of tortured phrases makes the text one about them
_OFTEN = 3  # mentions that make the whole text one about them
_ITEM_WORDS = 5  # of an item in a list of tortured phrases within a sentence
_FEW = 3  # words in the row of a table, but for the phrases and what they read like

_OPENING, _CLOSING = "“‘\"'«‹`„‚*_", "”’\"'»›`“‘*_"
_PHRASES = r"tortured\s+(?:phrases?|expressions?|terms?|words?|wordings?|synonyms?|phrasings?)|fingerprint\s+phrases?"
_TORTURED = lazy(rf"(?i)\b(?:{_PHRASES})\b")
_SPOKEN_OF = lazy(
    rf"(?i)\b(?:{_PHRASES}|(?:nonsensical|garbled|distorted|spun)\s+(?:phrase|synonym|expression|paraphras)|"
    r"paraphrasing\s+(?:software|tools?)|article[\s-]spinn|spinbot|synonym\s+substitution)"
)
_BY_EXAMPLE = r"(?:such\s+as|like|e\.\s?g\.|for\s+example|for\s+instance|including|include|namely)[,:]?"
_OPENS_LIST = lazy(rf"(?i)\b(?:{_PHRASES})(?:\s*[(\[:]\s*(?:{_BY_EXAMPLE})?|,?\s+{_BY_EXAMPLE})(?!\w)")
_BESIDE_IT = lazy(rf"(?i)\b(?:{_PHRASES})[\s{re.escape(_OPENING)}]+\Z")
_INSTEAD = lazy(
    r"(?i)\b(?:instead\s+of|in\s+place\s+of|rather\s+than|replac(?:ed|es|ing)|substitut(?:ed|es|ing)|in\s+lieu\s+of|"
    r"stands?\s+for|stood\s+for|standing\s+for|reads?\s+like|should\s+read|paraphras\w+|misnam\w+|became|becomes|"
    r"turn(?:ed|s)|(?:is|was)\s+meant)\b"
)
_USUAL_TERM = lazy(
    r"(?i)\b(?:instead\s+of|in\s+place\s+of|rather\s+than|in\s+lieu\s+of|for|replac(?:ed|es|ing))\s+(?:the|an?|its|their)\s+"
    r"(?:(?:usual|standard|established|correct|common|accepted|proper|right|technical|expected|original|well-known|"
    r"known|scientific)\s+){1,2}(?:term|name|word|phrase|expression|wording)s?\b"
)
_SENTENCE_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bcf)(?<!\bal)[.!?][\"'”’)\]]*\s|\n[ \t\r]*\n")
_TAGS = r"(?:em|i|q|b|cite|mark|code|strong)"
_OPENED = re.compile(
    rf"(?:(?:^|[\s(\[|>{{])(?:[{_OPENING}]{{1,2}}|&(?:[lb]dquo|[ls]b?quo|quot|laquo);)|<{_TAGS}(?:\s[^<>]*)?>|"
    r"\\(?:emph|textit|textsl|enquote|textbf)\{)(?:[\w-]+\s+){0,2}$"
)
_CLOSED = re.compile(
    rf"(?:s|es)?(?:\s+[\w-]+){{0,2}}[,.;:]?(?:[{_CLOSING}]{{1,2}}|&(?:r[ds]quo|quot|raquo);|</{_TAGS}\s*>|\}})(?!\w)"
)
_EDGE = " \t\r\n|&,;:.()[]{}–—-→=>\"'“”‘’`*_\\•·◦▪‣"
_ITEM = re.compile(r"\s*(?:[-*+•·◦▪‣–]\s|\(?[0-9]{1,4}[.)]\s|\(?[a-z]\)\s|\([ivx]{1,5}\)\s)")
_BETWEEN_ITEMS = re.compile(r"[,;/]|\b(?:and|or)\b")
_LETTER = re.compile(r"[^\W\d_]")
_BORDER = re.compile(r"[\t|]")


@dataclass(frozen=True, eq=False)
class Examples:
    """What `text` quotes; `findings` are all that are reported by themselves there: those of a table stand together."""

    text: str
    findings: Sequence[Finding] = ()

    def why(self, finding: Finding) -> str:
        """In words, why `finding` is a quoted example; empty: it is none."""
        quoted = self._in_quotation_marks(finding)
        begin, middle, end = self._sentences(finding)
        if quoted and _SPOKEN_OF.search(self.text, begin, end):
            return _NAMED
        if quoted and self._is_replaced(finding, middle, end):
            return _REPLACED
        if self._is_in_named_list(finding, middle):
            return _LISTED
        about = self._is_about(finding)
        if (quoted or about) and self._is_explained(finding):
            return _EXPLAINED
        return _TABLED if about and self._is_in_table(finding) else ""

    @cached_property
    def _mentions(self) -> list[int]:
        """Where the text speaks of tortured phrases."""
        return [match.start() for match in _TORTURED.finditer(self.text)]

    @cached_property
    def _starts(self) -> list[int]:
        return sorted(one.start for one in self.findings)

    def _is_about(self, finding: Finding) -> bool:
        """Whether the text, or this part of it, is about tortured phrases."""
        said = self._mentions
        near = bisect_left(said, finding.start - _NEAR)
        return len(said) >= _OFTEN or (near < len(said) and said[near] < finding.end + _NEAR)

    def _in_quotation_marks(self, finding: Finding) -> bool:
        """Whether the phrase has quotation marks, or signs of emphasis, of its own: a few words more may be in them."""
        before = self.text[max(finding.start - 40, 0) : finding.start]
        after = self.text[finding.end : finding.end + 40]
        return _OPENED.search(before) is not None and _CLOSED.match(after) is not None

    def _sentences(self, finding: Finding) -> tuple[int, int, int]:
        """Where the sentence before that of `finding` begins, where its own does, and where that ends."""
        begin = max(finding.start - _REACH, 0)
        ends = [match.end() for match in _SENTENCE_END.finditer(self.text, begin, finding.start)]
        sentence, before = (ends[-1] if ends else begin), (ends[-2] if len(ends) > 1 else begin)
        stop = _SENTENCE_END.search(self.text, finding.end, finding.end + _REACH)
        return before, sentence, stop.start() if stop else min(finding.end + _REACH, len(self.text))

    def _is_replaced(self, finding: Finding, begin: int, end: int) -> bool:
        """Whether its sentence, text[begin:end], says what it stands in place of."""
        if _USUAL_TERM.search(self.text, begin, end):
            return True
        sentence = _plain(f"{self.text[begin : finding.start]} {self.text[finding.end : end]}")
        return _INSTEAD.search(sentence) is not None and any(one in sentence for one in _meant(finding))

    def _is_in_named_list(self, finding: Finding, begin: int) -> bool:
        """Whether its sentence, which begins at `begin`, calls a list tortured phrases and it is an item of that."""
        if _BESIDE_IT.search(self.text, begin, finding.start):
            return True
        opened = _OPENS_LIST.search(self.text, begin, finding.start)
        if opened is None:
            return False
        *items, last = _BETWEEN_ITEMS.split(self.text[opened.end() : finding.start])
        return not last.strip(_EDGE) and all(len(item.split()) <= _ITEM_WORDS for item in items)

    def _is_explained(self, finding: Finding) -> bool:
        """Whether what it reads like stands right beside it, as one explains a word."""
        longest = _BESIDE + max(map(len, _meant(finding)))
        after = _plain(self.text[finding.end : finding.end + longest])
        before = _plain(self.text[max(finding.start - longest, 0) : finding.start])
        meant = "|".join(map(re.escape, _meant(finding)))
        bridge = (
            r"(?:[\s\W]|for|meaning|that is(?: to say)?|i\.?e\.?|namely|instead of|in place of|rather than|"
            r"reads? like|sic|recte|correctly|properly|should (?:be|read))*"
        )
        back = r"(?:[\s\W]|becomes?|became|as|by|with|to|into|is|was|written|replaced|turned|called|instead)*"
        return bool(re.match(rf"{bridge}\b(?:{meant})", after) or re.search(rf"(?:{meant})s?\b{back}$", before))

    def _is_in_table(self, finding: Finding) -> bool:
        """Whether its line is the row of a table, or the item of a list, of phrases like it."""
        begin, end = self._line(finding.start, finding.end)
        if self._has_cell(finding, begin, end):
            return True
        line = self.text[begin : finding.start] + " " + self.text[finding.end : end]
        bare = re.sub(_ITEM, " ", line, count=1)
        rest = _plain(bare)
        explained = any(one in rest for one in _meant(finding))
        for phrase in self._on_line(begin, end):
            for one in (_plain(phrase.found), *_meant(phrase)):
                rest = rest.replace(one, " ")
        words = sum(_LETTER.search(word) is not None for word in rest.split())
        if explained:
            return words <= _FEW
        return not words and (bare != line or rest.strip(_EDGE) != "" or self._has_neighbour(begin, end))

    def _has_cell(self, finding: Finding, begin: int, end: int) -> bool:
        """Whether it stands alone between tabs or bars of its line, text[begin:end], that has others."""
        before = _BORDER.split(self.text[begin : finding.start])
        after = _BORDER.split(self.text[finding.end : end])
        return len(before) + len(after) > 2 and not (before[-1].strip(_EDGE) or after[0].strip(_EDGE))

    def _on_line(self, begin: int, end: int) -> Iterable[Finding]:
        return (one for one in self.findings if begin <= one.start < end)

    def _has_neighbour(self, begin: int, end: int) -> bool:
        """Whether a phrase that is reported by itself stands on the next line with text, or the last."""
        before, after = self.text[max(begin - _REACH, 0) : begin], self.text[end : end + _REACH]
        low = begin - len(before) + len(before.rstrip())
        high = end + len(after) - len(after.lstrip())
        return any(self._any_start(*self._line(place, place)) for place in (low, high) if not begin <= place <= end)

    def _any_start(self, begin: int, end: int) -> bool:
        row = bisect_left(self._starts, begin)
        return row < len(self._starts) and self._starts[row] < end

    def _line(self, start: int, end: int) -> tuple[int, int]:
        """Where the line, or lines, of text[start:end] begin and end."""
        stop = self.text.find("\n", end)
        return self.text.rfind("\n", 0, start) + 1, stop if stop >= 0 else len(self.text)


def _meant(finding: Finding) -> list[str]:
    """What it may read like, in small letters."""
    return [_plain(one) for one in dict.fromkeys((finding.original, *finding.alternatives))]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
