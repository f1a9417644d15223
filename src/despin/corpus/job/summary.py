"""The tallies of all shards → what the run found: one object for JSON, a few lines for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...renderers.escaping import printable
from ...util.plural import counted
from .tally import Tally, wilson

SCHEMA = 1
SHOWN = 20  # substitutions and hosts


def summary(
    tally: Tally, shards: Sequence[Mapping[str, Any]], asked: Mapping[str, Any], version: str
) -> dict[str, Any]:
    """The report of a run as JSON of schema 1 (docs/corpus.md); `shards` are the objects of its shards, in order."""
    spun, judged = tally.verdicts["spun"], tally.judged
    low, high = wilson(spun, judged)
    return {
        "schema": SCHEMA,
        "tool": {"name": "despin", "version": version},
        "asked": dict(asked),
        "shards": len(shards),
        "bytes": sum(shard["bytes"] for shard in shards),
        "documents": tally.documents,
        "words": tally.words,
        "verdicts": dict(sorted(tally.verdicts.items())),
        "spun": {"documents": spun, "of": judged, "share": spun / judged if judged else None, "interval": [low, high]},
        "changed": tally.changed,
        "families": dict(tally.families.most_common()),
        "substitutions": [
            {"found": found, "original": original, "times": times}
            for (found, original), times in sorted(tally.substitutions.items(), key=lambda i: (-i[1], i[0]))[:SHOWN]
        ],
        "hosts": [
            {"host": host, "documents": documents, "spun": count, "interval": list(wilson(count, documents))}
            for host, documents, count in tally.worst_hosts(SHOWN)
        ],
        "probabilities": tally.probabilities,
        "rates": tally.rates,
        "errors": tally.errors,
    }


def sentences(found: Mapping[str, Any], place: str) -> str:
    """The same for people at a terminal."""
    spun, verdicts = found["spun"], found["verdicts"]
    lines = [
        f"{counted(found['documents'], 'document')} in {counted(found['shards'], 'file')}; "
        f"{counted(found['words'], 'word')}",
        f"likely spun: {spun['documents']:,} of {spun['of']:,}{share(spun)}",
    ]
    if verdicts.get("unclear"):
        lines.append(f"too short to be sure: {verdicts['unclear']:,}")
    for name, meaning in (("empty", "without text"), ("failed", "could not be used")):
        if verdicts.get(name):
            lines.append(f"{meaning}: {verdicts[name]:,}")
    if found["families"]:
        lines.append("families: " + ", ".join(f"{name or 'none'} {n:,}" for name, n in found["families"].items()))
    if found["substitutions"]:
        most = found["substitutions"][:5]
        lines.append("most often: " + ", ".join(f"{s['found']} → {s['original']} ({s['times']:,})" for s in most))
    if found["hosts"]:
        worst = found["hosts"][:3]
        lines.append(
            "worst hosts: " + ", ".join(f"{h['host'] or 'none'} ({h['spun']:,} of {h['documents']:,})" for h in worst)
        )
    lines.append(f"report: {place}")
    return "".join(f"{printable(line)}\n" for line in lines)


def share(spun: Mapping[str, Any]) -> str:
    """The share with its interval, in words; empty where nothing was judged."""
    if not spun["of"]:
        return ""
    low, high = spun["interval"]
    return f" = {percent(spun['share'])} (95 % interval {percent(low)} to {percent(high)})"


def percent(value: float) -> str:
    """A share with three figures that count.

    >>> percent(0.01234), percent(0.5), percent(0)
    ('1.23 %', '50 %', '0 %')
    """
    return f"{100 * value:.3g} %"
