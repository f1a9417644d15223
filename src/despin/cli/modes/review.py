"""The modes after a review: --apply carries out its decisions, --undo gives a restored text its spun wording back.

Start reading from `decide` and `undo`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

from ...readers import InputError, Source, read
from ...readers import replace as put_back
from ...readers.kinds import reworded
from ...renderers import text
from ...results.finding import Finding, apply, invert
from ...util.files import explain
from ..errors import UsageError
from ..run import Run
from ..settings.own_files import read_text


def undo(run: Run) -> bool:
    """Give restored texts their spun wording back; whether a file was changed, if --exit-nonzero-on-write."""
    options, streams, changed = run.options, run.streams, False
    documents = read_report(options.undo)
    for path in options.paths:
        source = run.source(path)
        try:
            if isinstance(source, InputError):
                raise source
            spun, phrases = undone(source, documents, options.undo)
            if not options.write:
                streams.product(source.printed(spun))
            elif spun != source.text:
                put_back(source, spun)
                changed = True
        except InputError as problem:
            streams.complain(problem.message, problem.path)
        else:
            streams.talk(text.undo_summary(source.name, phrases))
    return changed and bool(options.exit_nonzero_on_write)


def decide(run: Run) -> bool:
    """Carry out the decisions of a review: on stdout, or in place with --write; whether a file was changed, if
    --exit-nonzero-on-write."""
    from ...results import decisions

    options, streams, changed = run.options, run.streams, False
    try:
        reviewed = decisions.parse(read(options.apply, kind="text").text)
    except (decisions.DecisionsError, InputError) as problem:
        raise UsageError(f"--apply {options.apply}: {_sentence(problem)}") from None
    for path in options.paths:
        source = run.source(path)
        try:
            if isinstance(source, InputError):
                raise source
            chosen = decisions.choose(source.text, source.name, reviewed)
            chosen = decisions.written(chosen, partial(reworded, source))
            result = decisions.replay(source.text, chosen)
            if not options.write:
                streams.product(source.printed(result))
            elif result != source.text:
                put_back(source, result)
                changed = True
                streams.tell(text.decided(source.text, chosen, source.name, colour=streams.colour(sys.stderr)))
        except (decisions.DecisionsError, InputError) as problem:
            streams.complain(_sentence(problem), source.path if isinstance(source, InputError) else source.name)
    return changed and bool(options.exit_nonzero_on_write)


# --- undoing ---------------------------------------------------------------------------------------------------------


def _sentence(problem: Exception) -> str:
    """What is wrong, without the name of the input, which stands before it."""
    return problem.message if isinstance(problem, InputError) else str(problem)


def read_report(path: str) -> list[Mapping[str, Any]]:
    """The documents of the JSON report at `path`: one object, or JSON Lines.

    Raises
    ------
    UsageError
        It cannot be read, or is no report.
    """
    try:
        content = read_text(path)
    except OSError as problem:
        raise UsageError(f"--undo {path}: {explain(problem)}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--undo {path}: is not UTF-8, so no report of despin") from None
    try:
        data = [json.loads(content)]
    except (ValueError, RecursionError):
        try:
            data = [json.loads(line) for line in content.split("\n") if line.strip()]
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
