"""What is counted while documents go by: one `Tally` a shard, summed for the report. Pure values, no files."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ...results.report import Report
from ..batch import Unjudged

BINS = 20
"""Of the histograms: probability, and spin rate of what is likely spun, 0 to 1."""
MAX_KEPT = 10_000
"""Substitutions and hosts that are kept of one shard: those seen most, so that its tally stays small."""
ERRORS = 20
"""Errors that are kept word for word; all are counted."""


@dataclass(slots=True)
class Tally:
    """Counts over documents."""

    documents: int = 0
    words: int = 0
    characters: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    """"spun", "unclear", "clean"; "empty" where there was no text, "failed" where it could not be used."""
    changed: int = 0
    """Likely spun documents in which restoring changes something."""
    families: Counter[str] = field(default_factory=Counter)
    """Of likely spun documents."""
    substitutions: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(found, original), in lower case, of what restoring puts back."""
    hosts: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Host → (documents judged, likely spun)."""
    probabilities: list[int] = field(default_factory=lambda: [0] * BINS)
    rates: list[int] = field(default_factory=lambda: [0] * BINS)
    errors: list[str] = field(default_factory=list)

    @property
    def judged(self) -> int:
        """Documents with a verdict."""
        return sum(self.verdicts[name] for name in ("spun", "unclear", "clean"))

    def add(self, result: Report | Unjudged, url: str | None = None, where: str = "") -> None:
        """Count one document; `where` it is, for errors; `url` is where it is from."""
        self.documents += 1
        if isinstance(result, Unjudged):
            self.verdicts["failed" if result.reason else "empty"] += 1
            if result.reason and len(self.errors) < ERRORS:
                self.errors.append(f"{where}: {result.reason}")
            return
        verdict = result.verdict
        self.words += verdict.words
        self.characters += len(result.text)
        self.verdicts[verdict.judgement] += 1
        self.probabilities[_bin(verdict.probability)] += 1
        spun = verdict.judgement == "spun"
        if url is not None:
            host = host_of(url)
            documents, before = self.hosts.get(host, (0, 0))
            self.hosts[host] = documents + 1, before + spun
        if not spun:
            return
        self.rates[_bin(verdict.spin_rate)] += 1
        self.families[verdict.family] += 1
        made = result.substitutions
        self.changed += bool(made)
        self.substitutions.update((found.lower(), original.lower()) for found, original in made)

    def __iadd__(self, other: Tally) -> Tally:
        self.documents += other.documents
        self.words += other.words
        self.characters += other.characters
        self.changed += other.changed
        self.verdicts += other.verdicts
        self.families += other.families
        self.substitutions += other.substitutions
        for host, (documents, spun) in other.hosts.items():
            ours = self.hosts.get(host, (0, 0))
            self.hosts[host] = ours[0] + documents, ours[1] + spun
        self.probabilities = [a + b for a, b in zip(self.probabilities, other.probabilities, strict=True)]
        self.rates = [a + b for a, b in zip(self.rates, other.rates, strict=True)]
        self.errors = (self.errors + other.errors)[:ERRORS]
        return self

    def to_dict(self) -> dict[str, Any]:
        """For JSON; equal tallies give equal objects."""
        pairs = sorted(self.substitutions.items(), key=lambda item: (-item[1], item[0]))
        hosts = sorted(self.hosts.items(), key=lambda item: (-item[1][1], -item[1][0], item[0]))
        return {
            "documents": self.documents,
            "words": self.words,
            "characters": self.characters,
            "verdicts": dict(sorted(self.verdicts.items())),
            "changed": self.changed,
            "families": dict(sorted(self.families.items())),
            "probabilities": self.probabilities,
            "rates": self.rates,
            "substitutions": [[*pair, count] for pair, count in pairs[:MAX_KEPT]],
            "hosts": [[host, *counts] for host, counts in hosts[:MAX_KEPT]],
            "errors": self.errors,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Tally:
        """The tally that `to_dict` gave.

        Raises
        ------
        KeyError, TypeError, ValueError
            It is no such object.
        """
        return cls(
            data["documents"],
            data["words"],
            data["characters"],
            Counter(data["verdicts"]),
            data["changed"],
            Counter(data["families"]),
            Counter({(found, original): count for found, original, count in data["substitutions"]}),
            {host: (documents, spun) for host, documents, spun in data["hosts"]},
            list(data["probabilities"]),
            list(data["rates"]),
            list(data["errors"]),
        )

    def worst_hosts(self, number: int) -> list[tuple[str, int, int]]:
        """(host, documents, likely spun) where most was spun, by the lower end of the interval of the share.

        By the share alone a host with one page, likely spun, would come before one with 900 of 1,000.
        """
        found = [(host, *counts) for host, counts in self.hosts.items() if counts[1]]
        return sorted(found, key=lambda one: (-wilson(one[2], one[1])[0], one[0]))[:number]


def wilson(count: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share, by the score of Wilson (1927); (0, 1) of nothing.

    >>> wilson(0, 100)[0], round(wilson(0, 100)[1], 3)
    (0.0, 0.037)
    """
    if not total:
        return 0.0, 1.0
    z = 1.959964  # of the normal distribution, 95 % two-sided
    share, square = count / total, z * z / total
    centre = (share + square / 2) / (1 + square)
    half = z / (1 + square) * math.sqrt(share * (1 - share) / total + square / (4 * total))
    # At the ends the formula is exact and floating point is not.
    return (max(0.0, centre - half) if count else 0.0), (min(1.0, centre + half) if count < total else 1.0)


def host_of(url: str) -> str:
    """The host of an address, lower case, without www; empty where there is none.

    >>> host_of("https://www.Example.org:80/a?b")
    'example.org'
    """
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:  # brackets that do not close, say
        return ""
    return host.lower().removeprefix("www.").rstrip(".")


def _bin(share: float) -> int:
    return min(int(share * BINS), BINS - 1)
