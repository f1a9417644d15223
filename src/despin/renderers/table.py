"""`Report` → rows of a spreadsheet, one a finding. Start reading from `rows`.

CSV as in RFC 4180, but for line feeds. What a spreadsheet would take for a formula has an apostrophe before it: the
words are those of a stranger's document (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from ..results.finding import Finding
from ..results.report import Report
from .escaping import visible, whole

COLUMNS = ("file", "page", "phrase", "reads like", "probability", "listed by", "place")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def line(cells: Iterable[object]) -> str:
    """One row, with its line end."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow([harmless(cell) for cell in cells])
    return file.getvalue()


def rows(report: Report, path: str) -> str:
    """A row for each finding of the text at `path`: those that the baseline knows are left out."""
    return "".join(line(_cells(report, one, path)) for one in report.findings if not one.known)


def _cells(report: Report, finding: Finding, path: str) -> list[object]:
    place = report.place(finding.start)
    page = "" if place is None or place.part.page is None else place.part.page
    listed = finding.family if any(term.kind == "listed" for term in finding.evidence) else ""
    where = str(place) if place else f"line {report.position(finding.start)[0]}"
    probability = f"{finding.substituted:.2f}"
    return [path, page, whole(finding.found), whole(finding.original), probability, listed, where]


def harmless(cell: object) -> object:
    """`cell` as no spreadsheet takes it for a formula, and with nothing in it that nobody sees.

    >>> harmless("=1+1"), harmless(3)
    ("'=1+1", 3)
    """
    if not isinstance(cell, str):
        return cell
    shown = visible(cell.encode("utf-8", "replace").decode())
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


HEAD = line(COLUMNS)
