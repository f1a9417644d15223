"""`Comparison` → text for a terminal, CSV, and JSON of schema 1. Start reading from `listing`.

The page for people is `evidence_page`.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ..comparison.result import Difference
from .escaping import printable
from .evidence_page import Compared, certainty, digest

COLUMNS = (
    "page", "source", "verdict", "probability", "kind", "start", "end", "found", "source_start", "source_end",
    "original", "families", "quoted",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def listing(item: Compared) -> str:
    """One line on a page, and one for each difference."""
    one = item.comparison
    lines = [headline(item)]
    rows = [(_place(one.text, d.start), _shown(d.found), _shown(d.original), _told(d)) for d in one.differences]
    widths = [min(max((len(row[column]) for row in rows), default=0), 36) for column in range(3)]
    for place, found, original, told in rows if one.verdict != "none" else ():
        lines.append(f"  {place:<{widths[0]}}  {found:<{widths[1]}}  <- {original:<{widths[2]}}  {told}".rstrip())
    return "\n".join(lines) + "\n"


def headline(item: Compared) -> str:
    """The verdict on a page."""
    one, path = item.comparison, printable(item.path)
    if not item.source_path:
        return f"{path}: none: it shares nothing with the sources"
    known = ", ".join(f"{count:,} {family or 'new'}" for family, count in one.families.items())
    counts = [
        f"{one.kept_words:,} of {one.words:,} words kept",
        f"{one.substitutions:,} substituted" + (f" ({known})" if known else ""),
        f"{one.moved:,} passage{'' if one.moved == 1 else 's'} moved" if one.moved else "",
    ]
    what = {"copy": "copy of", "spun copy": "spun copy of", "related": "related to", "none": "none; nearest is"}
    said = f"{what[one.verdict]} {printable(item.source_path)}"
    return f"{path}: {said}: probability {certainty(one.probability)}; {', '.join(filter(None, counts))}"


def summary(verdicts: Sequence[str], sources: int) -> str:
    """The last line of a run."""
    if not verdicts:
        return "No text could be compared.\n"
    counted = Counter(verdicts)
    told = ", ".join(f"{counted[name]:,} {name}" for name in ("copy", "spun copy", "related", "none") if counted[name])
    pages = f"{len(verdicts):,} page{'s' if len(verdicts) > 1 else ''}"
    return f"{pages} compared with {sources:,} source{'s' if sources != 1 else ''}: {told}.\n"


def table(items: Iterable[Compared]) -> str:
    """CSV, RFC 4180 but for line feeds: a row for each difference, or one for a page without any. What a spreadsheet
    would take for a formula has an apostrophe before it."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for item in items:
        one = item.comparison
        head = [item.path, item.source_path, one.verdict, f"{one.probability:.4f}"]
        rows = [
            [
                d.kind,
                d.start,
                d.end,
                d.found,
                d.source_start,
                d.source_end,
                d.original,
                " ".join(d.families),
                int(d.quoted),
            ]
            for d in one.differences
        ]
        writer.writerows([*map(_harmless, [*head, *row])] for row in rows or [[""] * (len(COLUMNS) - len(head))])
    return file.getvalue()


def source_object(item: Compared) -> dict[str, Any]:
    """The member "source" of a document: the counts, the digests of both texts, and the differences. Places count in
    the prose of the page and of the source."""
    one = item.comparison
    found = [
        {
            "kind": d.kind, "start": d.start, "end": d.end, "found": d.found, "source_start": d.source_start,
            "source_end": d.source_end, "original": d.original, "families": list(d.families), "quoted": d.quoted,
        }
        for d in one.differences
    ]  # fmt: skip
    sums = {"page_sha256": digest(one.text), "source_sha256": digest(one.source)}
    return one.summary(item.source_path) | sums | {"differences": found}


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _place(text: str, offset: int) -> str:
    return f"{text.count(chr(10), 0, offset) + 1}:{offset - (text.rfind(chr(10), 0, offset) + 1) + 1}"


def _shown(phrase: str, most: int = 36) -> str:
    phrase = printable(" ".join(phrase.split()))
    return phrase if len(phrase) <= most else phrase[: most - 1] + "…"


def _told(one: Difference) -> str:
    known = ", ".join(one.families) or ("new" if one.kind == "substitution" else "")
    return one.kind + (f" ({known})" if known else "") + (", quoted" if one.quoted else "")
