"""The baseline: findings that were there before anybody checked, so that a check fails on new ones only.

A pure value, without line numbers: an entry says in which file, by which dictionary entry, and beside which words a
finding stood, and how many such there were. So it moves with the text.

* A finding is known if its place is recorded; or, since mending one word changes the neighbours of the next, if its
  file has a record of the same dictionary entry to spare; or if a file that is gone has its place to spare.
* Each record is used as often as it was counted. What is left over is stale, and `shrunk` drops it.
* Nothing is ever added: a baseline is made once (`Baseline.of`), and from then on only gets smaller.

Start reading from `Matching`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

from ..util.errors import DespinError
from ..util.lazy_regex import lazy
from .finding import Finding
from .report import Report

T = TypeVar("T")

SCHEMA = 1
ABOUT = "Findings that despin knew when this file was made; they fail no check. Shrink it with --update-baseline."
NEIGHBOURS = 2
"""Words on either side that tell one place of a phrase from another; more would break with every edit near by."""

_WORDS = lazy(r"\w+")
_REACH = 200  # code points in which the neighbours are looked for


class Place(NamedTuple):
    """What a record says of a finding."""

    path: str
    """From the folder of the baseline, with slashes."""
    entry: str
    sha: str
    """Of the phrase as found and its neighbouring words."""


class BaselineError(DespinError, ValueError):
    """A baseline cannot be used. The message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Records and how often each was seen; every count is positive."""

    counts: Counter[Place]

    @classmethod
    def of(cls, documents: Iterable[tuple[str, Report]]) -> Baseline:
        """All findings of `documents`, pairs of path and report."""
        return cls(Counter(place(path, report.text, f) for path, report in documents for f in report.findings))

    @classmethod
    def parse(cls, content: str) -> Baseline:
        """The baseline that `dump` wrote.

        Raises
        ------
        BaselineError
        """
        try:
            data = json.loads(content)
        except (ValueError, RecursionError) as problem:
            raise BaselineError(f"is not JSON: {problem}") from None
        if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("findings"), list):
            raise BaselineError(f"is not a baseline of schema {SCHEMA}; make a new one with --update-baseline")
        counts: Counter[Place] = Counter()
        for number, record in enumerate(data["findings"], 1):
            counts[_place(record, number)] += record["count"]
        return cls(counts)

    def dump(self) -> str:
        """The baseline as JSON, sorted, one record a line: a diff of it can be read."""
        records = (place._asdict() | {"count": count} for place, count in sorted(self.counts.items()))
        lines = ",\n".join(f"    {json.dumps(record, ensure_ascii=False)}" for record in records)
        head = f'{{\n  "schema": {SCHEMA},\n  "about": {json.dumps(ABOUT)},\n'
        return f'{head}  "findings": [\n{lines}\n  ]\n}}\n' if lines else f'{head}  "findings": []\n}}\n'


def _place(record: Any, number: int) -> Place:
    if isinstance(record, dict):
        path, entry, sha, count = (record.get(name) for name in ("path", "entry", "sha", "count"))
        texts = isinstance(path, str) and isinstance(entry, str) and isinstance(sha, str)
        if texts and type(count) is int and count > 0:
            return Place(str(path), str(entry), str(sha))
    raise BaselineError(f"has a record that cannot be used, number {number}: it needs path, entry, sha and a count")


def place(path: str, text: str, finding: Finding) -> Place:
    """Where `finding` stands, in words and not in lines."""
    before = _WORDS.findall(text[max(0, finding.start - _REACH) : finding.start])[-NEIGHBOURS:]
    after = _WORDS.findall(text[finding.end : finding.end + _REACH])[:NEIGHBOURS]
    words = "\0".join([" ".join(before), " ".join(finding.found.split()), " ".join(after)]).casefold()
    digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return Place(path, finding.entry, digest)


class Matching:
    """One run against a baseline: which findings it knows, and in the end what of it is left."""

    def __init__(self, baseline: Baseline | None, gone: Iterable[str] = ()) -> None:
        """`gone`: the paths in `baseline` whose files are no more; their records serve wherever the text went.

        Without a baseline, one is being made: it knows everything.
        """
        self._making = baseline is None
        gone = set(gone)
        self._left: dict[str, Counter[Place]] = {}
        self._homeless: dict[tuple[str, str], Counter[Place]] = {}
        for where, count in (baseline.counts if baseline else {}).items():
            shelf = (
                self._homeless.setdefault((where.entry, where.sha), Counter())
                if where.path in gone
                else (self._left.setdefault(where.path, Counter()))
            )
            shelf[where] = count
        self._stale = 0
        self._kept: Counter[Place] = Counter()
        self.added = 0
        """Findings that the baseline does not know."""

    def known(self, path: str, report: Report) -> Report:
        """`report` with the findings that the baseline knows marked so. To be called once for a path."""
        places = [place(path, report.text, finding) for finding in report.findings]
        left = self._left.pop(path, Counter())
        known = [_take(left, where) for where in places]
        spare = Counter(where.entry for where in left.elements())
        for row, where in enumerate(places):
            if self._making:
                known[row] = True
            elif not known[row]:
                homeless = self._homeless.get((where.entry, where.sha), Counter())
                known[row] = _take(spare, where.entry) or _take(homeless, next(iter(homeless), None))
        self._stale += spare.total()
        self._kept.update(where for where, is_known in zip(places, known, strict=True) if is_known)
        self.added += known.count(False)
        if not any(known):
            return report
        return replace(report, findings=tuple(_mark(report.findings, known)))

    @property
    def stale(self) -> int:
        """How many findings the baseline counts that are no more. Files that were not checked are left in peace."""
        return self._stale + sum(counts.total() for counts in self._homeless.values())

    def shrunk(self) -> Baseline:
        """The baseline without what is stale, with each finding where it stands now."""
        counts = self._kept.copy()
        for left in self._left.values():
            counts.update(left)
        return Baseline(counts)


def _take(counts: Counter[T], item: T | None) -> bool:
    if item is None or not counts[item]:
        return False
    counts[item] -= 1
    if not counts[item]:
        del counts[item]
    return True


def _mark(findings: Sequence[Finding], known: Sequence[bool]) -> Iterable[Finding]:
    return (replace(f, known=True) if is_known else f for f, is_known in zip(findings, known, strict=True))
