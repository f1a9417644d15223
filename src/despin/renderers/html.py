"""`Report` → the review page: one HTML file that needs no network. Start reading from `page`.

The page's own parts are the files in `review/`; they are put into one file here, and the texts beside them as data.
What a text says can never run as code: it is JSON in a block that browsers do not execute, escaped so that nothing in
it can end that block; the script puts it on the page as text only; and the page's own policy allows that one script, by
its digest, and no other (https://www.w3.org/TR/CSP3/).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from ..results.decisions import KIND, SCHEMA, digest
from ..results.finding import Evidence, Finding
from ..results.report import Report
from .escaping import IN_JAVASCRIPT, in_json, visible
from .inert import policy

SCRIPTS = ("model.js", "charts.js", "text.js", "panel.js", "index.js", "main.js")
"""In this order: each uses only what stands in those before it."""

_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def page(documents: Iterable[tuple[str, Report]], errors: Iterable[Mapping[str, str]], version: str) -> str:
    """The page for `documents` (path and report of each), those that are likeliest spun first.

    `errors` as in `report.json.whole`; `version` is despin's.
    """
    style, script = _part("style.css"), "".join(_part(name) for name in SCRIPTS)
    ranked = sorted(documents, key=lambda item: -item[1].verdict.probability)
    names: dict[str, int] = {}
    data = {
        "kind": KIND,
        "schema": SCHEMA,
        "version": version,
        "documents": [_document(path, report, names) for path, report in ranked],
        "errors": list(errors),
        "names": list(names),
        "invisible": IN_JAVASCRIPT,
    }
    title = f"{ranked[0][0]} – despin" if len(ranked) == 1 else f"{len(ranked)} texts – despin"
    parts = {
        "policy": policy(style, script),
        "title": html.escape(visible(title.encode("utf-8", "replace").decode())),
        "style": style,
        "script": script,
        "data": _embedded(data),
    }
    # In one pass, so that a text that holds a placeholder is not filled in.
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], _part("page.html"))


@cache
def _part(name: str) -> str:
    return files(__package__).joinpath("review", name).read_text(encoding="utf-8")


def _embedded(data: object) -> str:
    """`data` as JSON that can stand in an HTML script block: it holds none of the signs that could end one.

    >>> _embedded("</script>&")
    '"\\\\u003c/script\\\\u003e\\\\u0026"'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    text = re.sub(r"[\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", text)  # UTF-8 cannot carry these
    return in_json(text.translate(_ESCAPES))


def _document(path: str, report: Report, names: dict[str, int]) -> dict[str, Any]:
    """A document for the page. Its text comes in pieces, outside and inside findings in turn, so that the script need
    not translate code points into its own UTF-16 places; names of evidence are numbers, as `names` grows to hold them.
    """
    pieces, done = [], 0
    for finding in report.findings:
        pieces += [report.text[done : finding.start], finding.found]
        done = finding.end
    said = report.verdict
    return {
        "path": path.encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        "sha256": digest(report.text),
        "verdict": said.judgement,
        "probability": round(said.probability, 4),
        "spin_rate": round(said.spin_rate, 4),
        "log_likelihood_ratio": round(said.log_likelihood_ratio, 2),
        "words": said.words,
        "pieces": [*pieces, report.text[done:]],
        "findings": [_finding(finding, report, names) for finding in report.findings],
    }


def _finding(finding: Finding, report: Report, names: dict[str, int]) -> dict[str, Any]:
    line, column = report.position(finding.start)
    weights = in_hundredths(finding.evidence)
    return {
        "start": finding.start,
        "end": finding.end,
        "line": line,
        "column": column,
        "place": visible(str(report.place(finding.start) or f"line {line}")),
        "original": finding.original,
        "alternatives": [
            [one.original, round(one.confidence, 4)] for one in finding.readings if one.original != finding.original
        ],
        "substituted": round(finding.substituted, 4),
        "confidence": round(finding.confidence, 4),
        "action": finding.action,
        "alone": finding.alone,
        "family": finding.family,
        "entry": finding.entry,
        "evidence": [
            [names.setdefault(term.kind, len(names)), weight, names.setdefault(term.note, len(names))]
            for term, weight in zip(finding.evidence, weights, strict=True)
        ],
    }


def in_hundredths(evidence: Sequence[Evidence]) -> list[int]:
    """The weights in hundredths, rounded so that what is shown adds up to the rounded sum (largest remainder).

    >>> in_hundredths([Evidence("a", 0.004), Evidence("b", 0.004), Evidence("c", 0.004)])
    [1, 0, 0]
    """
    exact = [100 * term.weight for term in evidence]
    rounded = [round(weight) for weight in exact]
    missing = round(sum(exact)) - sum(rounded)
    step = 1 if missing > 0 else -1
    remainders = sorted(range(len(exact)), key=lambda i: (rounded[i] - exact[i]) * step)
    for i in remainders[: abs(missing)]:
        rounded[i] += step
    return rounded
