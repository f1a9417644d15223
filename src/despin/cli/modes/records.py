"""The modes that read records: --jsonl, and --column of a Parquet file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import nullcontext

from ...readers import InputError, bounded, records
from ...readers.compression import opened, translated
from ...readers.jsonl import NOTHING
from ...readers.parquet import is_parquet
from ...renderers import json, text
from ...util.files import explain
from ..errors import UsageError
from ..paths import STDIN
from ..run import Run
from ..streams import standard_input
from ..workers import Failure

_BAD_LINES_TOLD = 10
"""So many bad lines of JSON Lines are told on stderr one by one; each has its record in the output anyway."""


def jsonl(run: Run) -> bool:
    """Restore one field of each record, or with --check only report on it; whether a check fails."""
    options, streams = run.options, run.streams
    [path] = options.paths
    name, chosen = run.name(path), run.chosen(path)
    if is_parquet(name):
        raise UsageError(f"{name} is a Parquet file and holds no JSON; add --column NAME instead of --jsonl")
    config = run.configs.of(chosen)
    seen = spun = bad = 0
    failed = False
    try:
        with nullcontext(standard_input(name)) if path == STDIN else open(path, "rb") as file, translated(name):
            lines = bounded(opened(file, name), options.max_bytes)
            found = ((record, run.record(name, record.text)) for record in records(lines, options.jsonl))
            reports = run.checked(found, lambda pair: pair[1], lambda _: config)
            for (record, _), report in streams.progress(reports, None, "records"):
                seen += 1
                if record.missing:  # as in a column, and in a corpus: it stays, and nothing is said of it
                    streams.product(record.with_result(NOTHING) + "\n")
                    continue
                error = record.error or (report.message if isinstance(report, Failure) else "")
                if error or isinstance(report, Failure):
                    bad += 1
                    if bad <= _BAD_LINES_TOLD:
                        streams.complain(error, f"{name}:{record.line}")
                    streams.product(record.with_result({"error": error, "line": record.line}) + "\n")
                else:
                    spun += report.verdict.judgement == "spun"
                    failed |= report.fails(chosen.values["strict"])
                    restored = None if options.check else report.restored
                    streams.product(
                        record.with_result(json.result(report, evidence=not options.no_evidence), restored) + "\n"
                    )
    except InputError as problem:
        streams.complain(problem.message, name)
    except OSError as problem:
        streams.complain(explain(problem), name)
    if bad > _BAD_LINES_TOLD:
        more = bad - _BAD_LINES_TOLD
        streams.complain(f"{more} more {'line' if more == 1 else 'lines'} could not be used", name)
    streams.talk(text.jsonl_summary(seen, bad, spun, failed=bool(streams.errors)))
    return bool(options.check and failed)


def column(run: Run) -> bool:
    """Restore a column of a Parquet file: on stdout, or in place with --write."""
    options, streams = run.options, run.streams
    [path] = options.paths
    if not run.paths():
        streams.talk(text.NOTHING)
        return False
    name, config = run.name(path), run.configs.of(run.chosen(path))
    seen = spun = changed = 0

    def restored(texts: Iterable[str]) -> Iterator[str]:
        nonlocal seen, spun, changed
        sources = (run.record(name, one) for one in texts)
        for source, report in run.checked(sources, lambda source: source, lambda _: config):
            if isinstance(report, Failure):  # half a table helps nobody
                raise InputError(source.name, report.message)
            seen += 1
            spun += report.verdict.judgement == "spun"
            changed += report.restored != source.text
            yield report.restored

    try:
        with run.table(path) as table:
            if options.write:
                table.replace(restored)
            else:
                table.write(streams.binary(), restored)
    except InputError as problem:
        streams.complain(problem.message, problem.path)
    streams.talk(text.jsonl_summary(seen, 0, spun, failed=bool(streams.errors)))
    return bool(changed and options.exit_nonzero_on_write)
