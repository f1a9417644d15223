"""`Report` → JSON of schema 1 (docs/json.md, docs/report.schema.json)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..readers.jsonl import dump
from ..results.report import Report
from .escaping import in_json

SCHEMA = 1


def whole(
    documents: Iterable[Mapping[str, Any]],
    errors: Iterable[Mapping[str, str]],
    version: str,
    provenance: Mapping[str, object] | None,
    lookup: Mapping[str, Any] | None = None,
) -> str:
    """The one object of `--format json`.

    `documents` are `Report.to_dict(path)`; `errors` have a "message", and a "path" where one file is to blame;
    `provenance` says which data was used (`knowledge.provenance`), or is None where it could not be loaded. `lookup`
    has the answers of --lookup, if that was asked.
    """
    tool = {"name": "despin", "version": version, **(provenance or {"dictionaries": {}, "language_model": None})}
    data = {"schema": SCHEMA, "tool": tool, "documents": list(documents), "errors": list(errors)}
    return in_json(dump(data | ({} if lookup is None else {"lookup": lookup}), indent=2)) + "\n"


def line(report: Report, path: str) -> str:
    """The one line of a document in `--format jsonl`."""
    return in_json(dump(report.to_dict(path))) + "\n"


def result(report: Report, evidence: bool = True) -> dict[str, Any]:
    """The object that `--jsonl` adds to a record: the document's, without the text, its length and what can be counted.

    Of a spun text the evidence for each finding is most of it; with `evidence=False` it is left out.
    """
    data = report.to_dict()
    del data["words"], data["passages"], data["phrases_alone"], data["restored"]
    if not evidence:
        for finding in data["findings"]:
            del finding["evidence"]
    return data
