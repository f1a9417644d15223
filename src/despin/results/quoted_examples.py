"""Phrases that a text quotes as examples: a paper *about* tortured phrases is full of them, and writes none.

A phrase that is reported by itself is such an example where one of these holds:

* It stands in quotation marks of its own, and its sentence or the one before speaks of tortured phrases, or names it
  as what stood "instead of" something.
* What it reads like stands beside it as an explanation: "counterfeit consciousness" (artificial intelligence), instead
  of artificial intelligence; in quotation marks, or in a text that speaks of tortured phrases.
* It stands in a table of them: alone on its line, or cell, or with what it reads like, in a text that speaks of
  tortured phrases.

The words for the thing must be there. A quotation alone excuses nothing: a spun paper quotes, too.
Start reading from `Examples.holds`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from ..util.lazy_regex import lazy
from .finding import Finding

_REACH = 400  # code points before and behind a phrase in which its sentence is looked for
_BESIDE = 60  # … in which what it reads like explains it
_TORTURED = lazy(
    r"(?i)\btortured\s+(?:phras|expression|term|word|wording|synonym)|\b(?:nonsensical|garbled|distorted|spun)\s+"
    r"(?:phrase|synonym|expression|paraphras)|\bparaphrasing\s+(?:software|tools?)\b|\barticle[\s-]spinn|\bspinbot\b|"
    r"\bsynonym\s+substitution|\bfingerprint\s+(?:phrase|expression)"
)
_INSTEAD = lazy(
    r"(?i)\b(?:instead\s+of|in\s+place\s+of|rather\s+than|replac(?:ed|es|ing)|substitut(?:ed|es|ing)|in\s+lieu\s+of|"
    r"stands?\s+for|stood\s+for|reads?\s+like|paraphras\w+|misnam\w+|became|turned\s+into|standing\s+for)\b"
)
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s|\n[ \t\r]*\n")
_OPENING, _CLOSING = "“‘\"'«‹`„‚*_", "”’\"'»›`“‘*_"
_EDGE = " \t\r\n|&,;:.()[]{}–—-→=>\"'“”‘’`*_\\"


@dataclass(frozen=True, eq=False)
class Examples:
    """What `text` quotes."""

    text: str

    @cached_property
    def about(self) -> bool:
        """Whether the text speaks of tortured phrases anywhere."""
        return _TORTURED.search(self.text) is not None

    def holds(self, finding: Finding) -> bool:
        """Whether `finding` is quoted as an example."""
        quoted = self._in_quotation_marks(finding)
        if not quoted and not self.about:
            return False
        if quoted and self._is_named(finding):
            return True
        return self._is_explained(finding) or (self.about and self._is_in_table(finding))

    def _in_quotation_marks(self, finding: Finding) -> bool:
        """Whether the phrase has quotation marks, or signs of emphasis, of its own: a few words more may be in them."""
        before = self.text[max(finding.start - 30, 0) : finding.start]
        after = self.text[finding.end : finding.end + 30]
        opened = re.search(rf"(?:^|[\s(\[])[{_OPENING}]{{1,2}}(?:[\w-]+\s+){{0,2}}$", before)
        closed = re.match(rf"(?:s|es)?(?:\s+[\w-]+){{0,2}}[,.;:]?[{_CLOSING}]{{1,2}}(?!\w)", after)
        return opened is not None and closed is not None

    def _is_named(self, finding: Finding) -> bool:
        """Whether its sentence, or the one before it, says what it is."""
        begin = max(finding.start - _REACH, 0)
        ends = [match.end() for match in _SENTENCE_END.finditer(self.text, begin, finding.start)]
        sentence, before = (ends[-1] if ends else begin), (ends[-2] if len(ends) > 1 else begin)
        stop = _SENTENCE_END.search(self.text, finding.end, finding.end + _REACH)
        end = stop.start() if stop else finding.end + _REACH
        return bool(_TORTURED.search(self.text, before, end) or _INSTEAD.search(self.text, sentence, end))

    def _is_explained(self, finding: Finding) -> bool:
        """Whether what it reads like stands right beside it, as one explains a word."""
        after = _plain(self.text[finding.end : finding.end + _BESIDE + len(finding.original)])
        before = _plain(self.text[max(finding.start - _BESIDE - len(finding.original), 0) : finding.start])
        meant = re.escape(_plain(finding.original))
        bridge = r"(?:[\s\W]|for|meaning|that is|i\.?e\.?|namely|instead of|in place of|rather than|reads? like|sic)*"
        back = r"(?:[\s\W]|becomes?|became|as|by|with|to|into|is|was|written|replaced|turned|called|instead)*"
        return bool(re.match(rf"{bridge}\b{meant}", after) or re.search(rf"{meant}s?\b{back}$", before))

    def _is_in_table(self, finding: Finding) -> bool:
        """Whether nothing but what it reads like, numbers and signs stand on its line, or in its cell."""
        begin = self.text.rfind("\n", 0, finding.start) + 1
        end = self.text.find("\n", finding.end)
        line = self.text[begin : finding.start] + " " + self.text[finding.end : end if end >= 0 else len(self.text)]
        rest = _plain(line).replace(_plain(finding.original), " ")
        return not any(word.strip(_EDGE) and not word.strip(_EDGE).isdigit() for word in rest.split())


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
