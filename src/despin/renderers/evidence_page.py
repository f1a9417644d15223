"""`Comparison` → the evidence page: one HTML file that needs no network. Start reading from `page`.

All of it is there without a script, and on paper; what a text says is escaped and can never run (`inert`). The parts of
the page are the files in `evidence/`; colours and letters are the review page's.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

from ..comparison.result import Comparison, Difference
from .escaping import visible
from .inert import policy

RUNS = 6  # of the longest that are listed
WIDTH, BAND, GAP = 1000, 16, 96  # of the picture: units


class Compared(NamedTuple):
    """A page beside the nearest source."""

    path: str
    source_path: str
    comparison: Comparison


def page(items: Sequence[Compared], errors: Iterable[Mapping[str, str]], version: str, date: str) -> str:
    """The page for `items`, the likeliest copies first; `errors` as in `json.whole`; `date` as it is to be shown."""
    ranked = sorted(items, key=lambda item: -item.comparison.probability)
    style, script = _part("review", "style.css") + _part("evidence", "style.css"), _part("evidence", "main.js")
    title = f"{ranked[0].path} – evidence" if len(ranked) == 1 else f"{len(ranked)} pages – evidence"
    parts = {
        "policy": policy(style, script),
        "title": _safe(title),
        "style": style,
        "script": script,
        "index": _index(ranked, list(errors)),
        "comparisons": "\n".join(_section(number, item) for number, item in enumerate(ranked, start=1)),
        "date": _safe(date),
        "version": _safe(version),
    }
    # In one pass, so that a text that holds a placeholder is not filled in.
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], _part("evidence", "page.html"))


@cache
def _part(folder: str, name: str) -> str:
    return files(__package__).joinpath(folder, name).read_text(encoding="utf-8")


def _safe(text: str) -> str:
    """`text` as a browser may have it: what nobody sees is shown, bytes that were no text are, too."""
    return html.escape(visible(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")))


def _index(items: Sequence[Compared], errors: Sequence[Mapping[str, str]]) -> str:
    rows = "".join(
        f'<tr><th scope="row"><a href="#comparison-{number}">{_safe(item.path)}</a></th>'
        f"<td>{_safe(item.source_path)}</td>"
        f"<td>{_badge(item.comparison)}</td><td>{item.comparison.kept_words:,}</td>"
        f"<td>{item.comparison.substitutions:,}</td></tr>"
        for number, item in enumerate(items, start=1)
    )
    table = (
        '<div class="scroll card"><table id="index-table"><caption class="unseen">All comparisons</caption><thead><tr>'
        '<th scope="col">Page</th><th scope="col">Nearest source</th><th scope="col">Verdict</th>'
        f'<th scope="col">Words kept</th><th scope="col">Substitutions</th></tr></thead><tbody>{rows}</tbody></table>'
        "</div>"
    )
    wrong = "".join(
        f"<li>{_safe(': '.join(filter(None, (one.get('path', ''), one['message']))))}</li>" for one in errors
    )
    head = f"<h1>{len(items)} pages beside their nearest sources</h1>{table}" if len(items) != 1 else ""
    return head + (f'<div id="errors"><h2>Could not be read</h2><ul>{wrong}</ul></div>' if wrong else "")


def _badge(comparison: Comparison) -> str:
    name = comparison.verdict.replace(" ", "-")
    return f'<span class="badge {name}">{comparison.verdict}</span>'


def _section(number: int, item: Compared) -> str:
    one = item.comparison
    first = ' id="first"' if number == 1 else ""
    return (
        f'<section class="comparison" id="comparison-{number}" aria-labelledby="title-{number}"><div{first}></div>'
        f'<h1 id="title-{number}">{_safe(item.path)}</h1><p class="lead">{_badge(one)} '
        f"beside {_safe(item.source_path)} · probability of a copy {certainty(one.probability)} · "
        f"{one.explained:.1%} of its words are explained by copying and substituting</p>"
        f"{_counts(one)}{_hashes(one)}{_picture(one)}"
        f"<h2>Longest runs of words kept</h2>{_runs(one)}"
        f'<div class="titles"><span>Page: {_safe(item.path)}</span><span>Source: {_safe(item.source_path)}</span></div>'
        f'<div class="sides">{_side(one, number, of_source=False)}{_side(one, number, of_source=True)}</div>'
        f"<h2>Every difference</h2>{_table(one)}</section>"
    )


def certainty(probability: float) -> str:
    """A probability that is never shown as certain.

    >>> certainty(0.99999), certainty(0.5)
    ('>0.9999', '0.5000')
    """
    return ">0.9999" if probability > 0.9999 else f"{probability:.4f}"


def _counts(one: Comparison) -> str:
    known = ", ".join(f"{count:,} {family or 'new'}" for family, count in one.families.items())
    counts = one.counts
    rows = [
        ("Words of the page", f"{one.words:,}"),
        ("Words of the source", f"{one.source_words:,}"),
        ("Words kept", f"{one.kept_words:,} ({one.copied_share:.1%})"),
        ("Substitutions", f"{one.substitutions:,}" + (f" ({_safe(known)})" if known else "")),
        ("Other forms", f"{counts['form']:,}"),
        ("Put in", f"{counts['insertion']:,}"),
        ("Left out", f"{counts['deletion']:,}"),
        ("Quotations", f"{counts['quotation']:,}"),
        ("Passages moved", f"{one.moved:,} of {len(one.passages):,}"),
        ("Similarity", f"{one.similarity:.1%}"),
    ]
    return '<dl class="counts">' + "".join(f"<div><dt>{n}</dt><dd>{v}</dd></div>" for n, v in rows) + "</dl>"


def _hashes(one: Comparison) -> str:
    rows = (("Page", one.text), ("Source", one.source))
    told = (f"<div><dt>{name}</dt><dd>SHA-256 {digest(text)}</dd></div>" for name, text in rows)
    return f'<dl class="hashes">{"".join(told)}</dl>'


def digest(text: str) -> str:
    """SHA-256 of `text` as UTF-8."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _picture(one: Comparison) -> str:
    """Two bands, the page above and the source below, and between them what stands for what."""
    height = 2 * BAND + GAP + 36
    top, low = 18 + BAND, 18 + BAND + GAP
    here, there = WIDTH / max(len(one.text), 1), WIDTH / max(len(one.source), 1)
    links = "".join(
        f'<polygon class="link{" moved" if p.moved else ""}" points="{p.start * here:.1f},{top} '
        f"{p.end * here:.1f},{top} "
        f'{p.source_end * there:.1f},{low} {p.source_start * there:.1f},{low}"></polygon>'
        for p in one.passages
    )
    moved = f", {one.moved} of them moved" if one.moved else ""
    label = f"{len(one.passages)} passages of the page, drawn to where they stand in the source{moved}"
    return (
        f'<figure class="picture"><figcaption>Where the page stands in the source; dashed: moved</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">'
        f'<text x="0" y="12">page</text><rect class="band" x="0" y="18" width="{WIDTH}" height="{BAND}"></rect>{links}'
        f'<rect class="band" x="0" y="{low}" width="{WIDTH}" height="{BAND}"></rect>'
        f'<text x="0" y="{height - 4}">source</text></svg></figure>'
    )


def _runs(one: Comparison) -> str:
    rows = "".join(
        f"<li>{_safe(one.text[run.start : run.end])} "
        f"<small>({run.words} words{', quoted' if run.quoted else ''})</small></li>"
        for run in one.longest_runs(RUNS)
    )
    return f'<ol class="runs">{rows}</ol>' if rows else "<p>None.</p>"


# --- the two texts -----------------------------------------------------------------------------------------------


class _Mark(NamedTuple):
    """A stretch of one side."""

    start: int
    end: int
    open: str
    close: str


def _side(one: Comparison, number: int, *, of_source: bool) -> str:
    text = one.source if of_source else one.text
    name, label = ("source", "The source") if of_source else ("text", "The page")
    marks = sorted([*_kept(one, of_source), *_differing(one, number, of_source)])
    moved = [_span(passage, of_source) for passage in one.passages if passage.moved]
    body = "".join(_pieces(text, marks, moved))
    return f'<div class="side card {name}" tabindex="0" role="region" aria-label="{label}">{body}</div>'


def _span(passage: object, of_source: bool) -> tuple[int, int]:
    names = ("source_start", "source_end") if of_source else ("start", "end")
    start, end = (int(getattr(passage, name)) for name in names)
    return start, end


def _kept(one: Comparison, of_source: bool) -> Iterator[_Mark]:
    """The kept runs, without the words of them that are only written otherwise."""
    forms = sorted(_span(d, of_source) for d in one.differences if d.kind == "form")
    for number, run in enumerate(one.runs):
        start, end = _span(run, of_source)
        opened = f'<span class="k" data-n="k{number}">'
        for a, b in forms:
            if start <= a and b <= end:
                if start < a:
                    yield _Mark(start, a, opened, "</span>")
                start, opened = b, '<span class="k">'
        if start < end:
            yield _Mark(start, end, opened, "</span>")


def _differing(one: Comparison, number: int, of_source: bool) -> Iterator[_Mark]:
    here, there = ("s", "t") if of_source else ("t", "s")
    for place, found in enumerate(one.differences, start=1):
        start, end = _span(found, of_source)
        if start == end:
            continue
        other = found.found if of_source else found.original
        told = f"{place}: {found.kind}" + (f", {'page' if of_source else 'source'}: {other}" if other else "")
        target = f' href="#{there}{number}-{place}"' if other else f' href="#{here}{number}-{place}"'
        new = " new" if found.kind == "substitution" and not found.families else ""
        named = f'class="d {found.kind}{new}" id="{here}{number}-{place}" data-n="{place}"'
        opened = f'<a {named}{target} title="{_safe(told)}">'
        yield _Mark(start, end, opened, f"</a><sub>{place}</sub>")


def _pieces(text: str, marks: Sequence[_Mark], moved: Sequence[tuple[int, int]]) -> Iterator[str]:
    """`text` with its marks, none of which overlaps another; passages that moved are inside elements of their own."""
    begins, ends = {start for start, _ in moved}, {end for _, end in moved}
    done = 0
    within = False
    for start, end, opened, closed in [*marks, _Mark(len(text), len(text), "", "")]:
        if start < done:
            continue
        for edge in sorted(e for e in begins | ends if done <= e <= start):
            yield _safe(text[done:edge])
            done = edge
            if edge in ends and within:
                yield "</span>"
                within = False
            if edge in begins and not within:
                yield '<span class="moved">'
                within = True
            begins.discard(edge)
            ends.discard(edge)
        yield _safe(text[done:start])
        if end > start:
            yield f"{opened}{_safe(text[start:end])}{closed}"
        done = max(done, end)
    if within:
        yield "</span>"


def _table(one: Comparison) -> str:
    rows = "".join(map(_row, range(1, len(one.differences) + 1), one.differences))
    return (
        '<div class="scroll"><table class="differences"><thead><tr><th scope="col">No.</th><th scope="col">Kind</th>'
        '<th scope="col">In the page</th><th scope="col">In the source</th><th scope="col">Known to</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(number: int, one: Difference) -> str:
    known = ", ".join(one.families) or ("new" if one.kind == "substitution" else "")
    quoted = ", quoted" if one.quoted else ""
    return (
        f'<tr><th scope="row">{number}</th><td>{one.kind}{quoted}</td><td>{_safe(one.found)}</td>'
        f"<td>{_safe(one.original)}</td><td>{_safe(known)}</td></tr>"
    )
