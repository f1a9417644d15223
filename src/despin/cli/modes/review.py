"""A JSON report and a restored text → the spun text again. Start reading from `undone`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from ...readers import InputError, Source
from ...results.finding import Finding, apply, invert
from ...util.files import explain
from ..settings.config_file import UsageError


def read_report(path: str) -> list[Mapping[str, Any]]:
    """The documents of the JSON report at `path`: one object, or JSON Lines.

    Raises
    ------
    UsageError
        It cannot be read, or is no report.
    """
    try:
        with open(path, "rb") as file:
            content = file.read().decode()
    except OSError as problem:
        raise UsageError(f"--undo {path}: {explain(problem)}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--undo {path}: is not UTF-8, so no report of despin") from None
    try:
        data = [json.loads(content)]
    except (ValueError, RecursionError):
        try:
            data = [json.loads(line) for line in content.splitlines() if line.strip()]
        except (ValueError, RecursionError) as problem:
            raise UsageError(f"--undo {path}: is not JSON: {problem}") from None
    if len(data) == 1 and isinstance(data[0], dict) and isinstance(data[0].get("documents"), list):
        data = data[0]["documents"]
    if not all(isinstance(d, dict) and isinstance(d.get("restored"), str) and "findings" in d for d in data):
        raise UsageError(f"--undo {path}: is no report; make one with: despin --check --format json FILE")
    return data


def undone(source: Source, documents: list[Mapping[str, Any]], report: str) -> tuple[str, int]:
    """The spun text that `source` was restored from, and how many phrases that undoes.

    The report has the restored text whole, so that a text which merely looks like it is never touched.

    Raises
    ------
    InputError
        None of the `documents` tells of it.
    """
    same = [d for d in documents if os.path.normpath(str(d.get("path"))) == os.path.normpath(source.name)]
    try:
        for document in same or documents:
            findings = [Finding.from_dict(f) for f in document["findings"]]
            findings = [f for f in findings if f.action == "restore"]
            if document["restored"] == source.text:
                return invert(source.text, findings), len(findings)
            if all(source.text[f.start : f.end] == f.found for f in findings) and (
                apply(source.text, findings) == document["restored"]
            ):
                raise InputError(source.name, f"is as spun as {report} found it; there is nothing to undo")
    except (ValueError, TypeError) as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError(source.name, f"cannot be undone: in {report}, {problem}") from None
    raise InputError(source.name, f"is not the text that {report} tells of, restored; nothing was undone")
