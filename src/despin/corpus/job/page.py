"""The report of a run as one HTML page: charts as inline SVG, no script, nothing fetched, every name escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from .summary import percent, share

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #5b6570; --bar: #2f6f9f; --line: #d5dae0; --page: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ed; --quiet: #9aa4af; --bar: #6db3e3; --line: #39414a; --page: #14181c } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 56rem;
  margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.2rem }
p.note, figcaption { color: var(--quiet); font-size: .9rem }
figure { margin: 0 } svg { width: 100%; height: auto; font: 13px system-ui, sans-serif }
svg text { fill: var(--ink) } svg .quiet { fill: var(--quiet) } svg rect { fill: var(--bar) }
svg line { stroke: var(--line) } svg .span { stroke: var(--ink); stroke-width: 2 }
table { border-collapse: collapse } td, th { padding: .15rem .8rem .15rem 0; text-align: left }
td.n { text-align: right; font-variant-numeric: tabular-nums }
"""


Bar = tuple[str, float, str, tuple[float, float] | None]
"""Name, value, the value in words, an interval or None."""


def page(found: Mapping[str, Any], shards: Sequence[Mapping[str, Any]], source: str) -> str:
    """The page of the report `found` (`summary.summary`); `shards` are the objects of its shards, in order."""
    spun = found["spun"]
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>despin: {_text(source)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_text(source)}</h1>",
        f"<p>Likely spun: <strong>{spun['documents']:,} of {spun['of']:,}</strong> documents{_text(share(spun))}.</p>",
        '<p class="note">The interval says what chance does to a count of independent documents. It knows nothing of '
        "false alarms, nor of pages that come from one hand. A verdict is a sign, not a proof.</p>",
        _figures(found),
        _section("How sure", _columns(found["probabilities"], "documents by probability of being spun", log=True)),
    ]
    if spun["documents"]:
        parts.append(_section("How thoroughly", _columns(found["rates"], "likely spun documents by spin rate")))
    if found["families"]:
        families = [(name or "none", n, f"{n:,}", None) for name, n in found["families"].items()]
        parts.append(
            _section("Families", _bars(families, "likely spun documents by the dictionary that explains most"))
        )
    if found["substitutions"]:
        made = [
            (f"{s['found']} → {s['original']}", s["times"], f"{s['times']:,}", None) for s in found["substitutions"]
        ]
        parts.append(_section("Most frequent substitutions", _bars(made, "what stands there → what it stood for")))
    if found["hosts"]:
        note = "share of a host's documents that is likely spun, with its 95 % interval, by the lower end of that"
        parts.append(_section("Worst hosts", _bars([_host(host) for host in found["hosts"]], note, most=1.0)))
    if len(shards) > 1:
        shares = [
            (shard["verdicts"].get("spun", 0) / n if (n := _judged(shard)) else 0.0, shard["shard"]) for shard in shards
        ]
        parts.append(_section("Shards", _strip(shares)))
    if found["errors"]:
        told = "".join(f"<li>{_text(error)}</li>" for error in found["errors"])
        parts.append(_section("What could not be used", f"<ul>{told}</ul>"))
    tool = found["tool"]
    options = ", ".join(
        f"{key.replace('_', ' ')}: {value}"
        for key, value in found["asked"].items()
        if value and key not in ("version", "data")
    )
    parts.append(f'<p class="note">{_text(tool["name"])} {_text(tool["version"])}; {_text(options)}</p></body></html>')
    return "\n".join(parts) + "\n"


def _host(host: Mapping[str, Any]) -> Bar:
    low, high = host["interval"]
    told = f"{host['spun']:,} of {host['documents']:,}"
    return host["host"] or "(no host)", host["spun"] / host["documents"], told, (low, high)


def _figures(found: Mapping[str, Any]) -> str:
    names = {
        "spun": "likely spun", "unclear": "unclear: too short", "clean": "clean", "empty": "without text",
        "failed": "could not be used",
    }  # fmt: skip
    rows = [("documents", found["documents"]), ("words", found["words"]), ("files", found["shards"])]
    rows += [(names.get(name, name), count) for name, count in found["verdicts"].items()]
    cells = "".join(f'<tr><th>{_text(name)}</th><td class="n">{count:,}</td></tr>' for name, count in rows)
    return f"<table>{cells}</table>"


def _section(title: str, body: str) -> str:
    return f"<h2>{_text(title)}</h2>\n{body}"


def _bars(rows: Sequence[Bar], note: str, most: float | None = None) -> str:
    """Lying bars."""
    top = most or max((value for _, value, _, _ in rows), default=0) or 1
    left, width, step = 300, 380, 24
    parts = []
    for row, (name, value, told, interval) in enumerate(rows):
        y = row * step
        length = width * value / top
        short = name if len(name) <= 42 else f"{name[:41]}…"
        parts.append(
            f'<text x="{left - 8}" y="{y + 16}" text-anchor="end">{_text(short)}<title>{_text(name)}</title></text>'
        )
        parts.append(f'<rect x="{left}" y="{y + 4}" width="{max(length, 1):.1f}" height="16"/>')
        end = length
        if interval:
            low, high = (width * bound / top for bound in interval)
            parts.append(
                f'<line class="span" x1="{left + low:.1f}" x2="{left + high:.1f}" y1="{y + 12}" y2="{y + 12}"/>'
            )
            end = max(length, high)
        parts.append(f'<text class="quiet" x="{left + end + 8:.1f}" y="{y + 16}">{_text(told)}</text>')
    return _svg(parts, left + width + 120, len(rows) * step + 4, note)


def _columns(counts: Sequence[int], note: str, log: bool = False) -> str:
    """Standing columns of a histogram from 0 to 1; `log`: the height is by order of magnitude, for what is rare."""
    from math import log10

    heights = [log10(1 + count) if log else count for count in counts]
    top = max(heights, default=0) or 1
    step, height = 38, 160
    parts = []
    for place, (count, value) in enumerate(zip(counts, heights, strict=True)):
        tall = height * value / top
        x = place * step
        if count:
            parts.append(
                f'<rect x="{x + 2}" y="{height - tall + 16:.1f}" width="{step - 4}" height="{max(tall, 1):.1f}">'
                f"<title>{count:,}</title></rect>"
            )
            parts.append(
                f'<text class="quiet" x="{x + step / 2}" y="{height - tall + 12:.1f}" text-anchor="middle" '
                f'font-size="10">{_short(count)}</text>'
            )
    parts.append(f'<line x1="0" x2="{len(counts) * step}" y1="{height + 16}" y2="{height + 16}"/>')
    parts += [
        f'<text class="quiet" x="{share * len(counts) * step}" y="{height + 34}" text-anchor="{anchor}">{share}</text>'
        for share, anchor in ((0, "start"), (0.5, "middle"), (1, "end"))
    ]
    return _svg(parts, len(counts) * step, height + 40, note + (", height by order of magnitude" if log else ""))


def _strip(shares: Sequence[tuple[float, str]]) -> str:
    """One thin column a shard; of more shards than there is room for, the highest of each few."""
    room, height = 380, 80
    each = -(-len(shares) // room)
    highest = [max(shares[start : start + each]) for start in range(0, len(shares), each)]
    top = max(value for value, _ in highest) or 1
    step = 760 / len(highest)
    parts = [
        f'<rect x="{place * step:.2f}" y="{height - height * value / top:.1f}" width="{max(step - 1, 0.5):.2f}" '
        f'height="{height * value / top:.1f}"><title>{_text(name)}: {percent(value)}</title></rect>'
        for place, (value, name) in enumerate(highest)
    ]
    parts.append(f'<line x1="0" x2="760" y1="{height}" y2="{height}"/>')
    few = "" if each == 1 else f", the highest of every {each}"
    return _svg(parts, 760, height + 2, f"share likely spun by shard, in order{few}; the highest is {percent(top)}")


def _svg(parts: Sequence[str], width: float, height: float, note: str) -> str:
    return (
        f'<figure><svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{_text(note)}">{"".join(parts)}'
        f"</svg><figcaption>{_text(note)}</figcaption></figure>"
    )


def _short(count: int) -> str:
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count / size:.3g}{unit}"
    return str(count)


def _judged(shard: Mapping[str, Any]) -> int:
    return sum(shard["verdicts"].get(name, 0) for name in ("spun", "unclear", "clean"))


def _text(value: object) -> str:
    """Escaped, without the control characters that HTML forbids."""
    told = "".join(char if char >= " " and not "\x7f" <= char <= "\x9f" else "�" for char in str(value))
    return escape(told.encode("utf-8", "replace").decode())
