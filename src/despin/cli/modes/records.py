"""The modes that read records: --jsonl, and --column of a Parquet file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from functools import partial
from typing import Any, NamedTuple

from ...config import Config
from ...readers import InputError, Source, bounded, records
from ...readers.compression import opened, translated
from ...readers.jsonl import NOTHING, dump
from ...readers.parquet import is_parquet
from ...renderers import json, text
from ...results.report import Report
from ...util.files import explain
from ..checking import Item
from ..errors import UsageError
from ..outcomes import Failure, Shape
from ..paths import STDIN
from ..run import Run
from ..streams import standard_input

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
            made = partial(
                _record, check=options.check, evidence=not options.no_evidence, strict=chosen.values["strict"]
            )
            for (record, _), report in streams.progress(_shaped(run, found, _second, config, made), None, "records"):
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
                    spun += report.spun
                    failed |= report.failed
                    streams.product(record.with_json(report.json, report.restored) + "\n")
    except InputError as problem:
        streams.complain(problem.message, name)
    except OSError as problem:
        streams.complain(explain(problem), name)
    if bad > _BAD_LINES_TOLD:
        more = bad - _BAD_LINES_TOLD
        streams.complain(f"{more} more {'line' if more == 1 else 'lines'} could not be used", name)
    streams.talk(text.jsonl_summary(seen, bad, spun, failed=bool(streams.errors)))
    return bool(options.check and failed)


class _Record(NamedTuple):
    """What a record gets."""

    json: str
    """Of `json.result`."""
    restored: str | None
    """None: with --check."""
    spun: bool
    failed: bool


def _record(report: Report, _: Config, *, check: bool, evidence: bool, strict: bool) -> _Record:
    restored = None if check else report.restored
    spun = report.verdict.judgement == "spun"
    return _Record(dump(json.result(report, evidence=evidence)), restored, spun, report.fails(strict))


def _row(report: Report, _: Config) -> tuple[bool, str]:
    """Whether the text of a row is spun, and it restored."""
    return report.verdict.judgement == "spun", report.restored


def _shaped(
    run: Run, items: Iterable[Item], source_of: Callable[[Item], Source], config: Config, shape: Shape
) -> Iterator[tuple[Item, Any]]:
    """Each item with what `shape` makes of the report on its source, or a `Failure`."""
    if run.options.type in (None, "text"):  # then nothing need be known of the source but its text
        yield from run.shaped(items, lambda item: source_of(item).prose, config, partial(_excused, shape=shape))
        return
    for item, report in run.checked(items, source_of, lambda _: config):
        yield item, report if isinstance(report, Failure) else shape(report, config)


def _excused(report: Report, config: Config, shape: Shape) -> Any:
    from ...results.suppression import excuse

    return shape(excuse(report, config), config)


def _itself(source: Source) -> Source:
    return source


def _second(pair: tuple[Any, Source]) -> Source:
    return pair[1]


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
        for source, report in _shaped(run, sources, _itself, config, _row):
            if isinstance(report, Failure):  # half a table helps nobody
                raise InputError(source.name, report.message)
            is_spun, text = report
            seen += 1
            spun += is_spun
            changed += text != source.text
            yield text

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
