"""What the command can do: one function is one mode, from a `Run` to whether it came upon what the exit code tells.

`cli` chooses the mode. `MODES` has them all, each with the option that asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from functools import partial

from ...readers import InputError, Source, bounded, read, records
from ...readers import replace as put_back
from ...readers.compression import opened, translated
from ...readers.files import explain
from ...readers.kinds import reworded
from ...readers.parquet import is_parquet
from ...renderers import diff as diff_report
from ...renderers import json, text
from ...renderers.escaping import visible
from ...renderers.formats import FORMATS, Shown, Whole
from ...results.report import Report
from ..baseline_file import RunBaseline
from ..options import STDIN
from ..run import Run
from ..settings.config_file import UsageError
from ..streams import is_terminal
from ..workers import Failure
from . import info
from .review import read_report, undone

_BAD_LINES_TOLD = 10
"""So many bad lines of JSON Lines are told on stderr one by one; each has its record in the output anyway."""


def restore(run: Run) -> bool:
    """Print the restored text."""
    streams = run.streams
    for source, report, chosen in run.reports():
        try:
            streams.product(source.printed(report.restored))
        except InputError as problem:
            streams.complain(problem.message, problem.path)
            continue
        colour = streams.colour(sys.stderr)
        if run.options.explain or is_terminal(sys.stderr):
            streams.talk(text.findings(report, source.name, zipf=run.zipf(report, chosen), colour=colour))
        streams.talk(text.restored_summary(report, source.name, colour=colour))
    return False


def check(run: Run) -> bool:
    """Report findings and verdicts; whether a text fails."""
    options, streams = run.options, run.streams
    form = FORMATS[options.format or "text"]()
    baseline = RunBaseline(run) if options.baseline else None
    documents: list[tuple[str, Report]] = []
    spun: list[str] = []
    seen = unclear = excused = 0
    failed = False
    for source, report, chosen in run.reports():
        if baseline:
            report = baseline.known(source.name, report)
        if run.config(chosen).inline:
            _tell_misspelt(run, source)
        seen += 1
        failed |= report.fails(chosen.values["strict"])
        unclear += report.verdict.judgement == "unclear"
        if report.fails():
            spun.append(source.name)
        else:
            excused += report.verdict.judgement == "spun"
        if form.each:
            shown = Shown(source.name, report, run.zipf(report, chosen), streams.colour(sys.stdout))
            streams.product(form.each(shown))
        if form.whole:
            documents.append((source.name, report))
    summary = baseline.end() if baseline else ""
    if form.whole:
        streams.product(form.whole(Whole(documents, streams.errors, run.provenance())))
    nothing = not seen and not streams.errors
    streams.talk((text.NOTHING if nothing else text.check_summary(seen, unclear, spun, excused)) + summary)
    return failed


def diff(run: Run) -> bool:
    """Print what restoring would change; whether anything."""
    different = False
    for source, report, _ in run.reports():
        if patch := diff_report.unified(report, source.name):
            different = True
            shown = visible(patch) if is_terminal(sys.stdout) else patch  # piped, a patch has to fit
            run.streams.product(text.paint_diff(patch) if run.streams.colour(sys.stdout) else shown)
    return different


def write(run: Run) -> bool:
    """Restore in place; whether anything was, if --exit-nonzero-on-write."""
    streams = run.streams
    seen = changed = phrases = 0
    for source, report, chosen in run.reports():
        seen += 1
        if report.restored == source.text:
            continue
        try:
            put_back(source, report.restored)
        except InputError as problem:
            streams.complain(problem.message, problem.path)
            continue
        changed += 1
        phrases += sum(f.action == "restore" for f in report.findings)
        zipf, colour = run.zipf(report, chosen), streams.colour(sys.stderr)
        streams.tell(text.findings(report, source.name, suggestions=False, zipf=zipf, colour=colour))
    streams.talk(text.write_summary(seen, changed, phrases))
    return bool(changed and run.options.exit_nonzero_on_write)


def jsonl(run: Run) -> bool:
    """Restore one field of each record, or with --check only report on it; whether a check fails."""
    options, streams = run.options, run.streams
    [path] = options.paths
    name, chosen = run.name(path), run.chosen(path)
    if is_parquet(name):
        raise UsageError(f"{name} is a Parquet file and holds no JSON; add --column NAME instead of --jsonl")
    config = run.config(chosen)
    seen = spun = bad = 0
    failed = False
    try:
        with nullcontext(sys.stdin.buffer) if path == STDIN else open(path, "rb") as file, translated(name):
            lines = bounded(opened(file, name), options.max_bytes)
            found = ((record, run.record(name, record.text)) for record in records(lines, options.jsonl))
            reports = run.checked(found, lambda pair: pair[1], lambda _: config)
            for (record, _), report in streams.progress(reports, None, "records"):
                seen += 1
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
                    streams.product(record.with_result(json.result(report), restored) + "\n")
    except InputError as problem:
        streams.complain(problem.message, name)
    except OSError as problem:
        streams.complain(explain(problem), name)
    if bad > _BAD_LINES_TOLD:
        streams.complain(f"{bad - _BAD_LINES_TOLD} more lines could not be used", name)
    streams.talk(text.jsonl_summary(seen, bad, spun))
    return bool(options.check and failed)


def column(run: Run) -> bool:
    """Restore a column of a Parquet file: on stdout, or in place with --write."""
    options, streams = run.options, run.streams
    [path] = options.paths
    name, config = run.name(path), run.config(run.chosen(path))
    seen = spun = 0

    def restored(texts: Iterable[str]) -> Iterator[str]:
        nonlocal seen, spun
        sources = (run.record(name, one) for one in texts)
        for source, report in run.checked(sources, lambda source: source, lambda _: config):
            if isinstance(report, Failure):  # half a table helps nobody
                raise InputError(source.name, report.message)
            seen += 1
            spun += report.verdict.judgement == "spun"
            yield report.restored

    try:
        with run.table(path) as table:
            if options.write:
                table.replace(restored)
            else:
                table.write(streams.binary(), restored)
    except InputError as problem:
        streams.complain(problem.message, problem.path)
    streams.talk(text.jsonl_summary(seen, 0, spun))
    return False


def undo(run: Run) -> bool:
    """Give restored texts their spun wording back."""
    options, streams = run.options, run.streams
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
        except InputError as problem:
            streams.complain(problem.message, problem.path)
        else:
            streams.talk(text.undo_summary(source.name, phrases))
    return False


def decide(run: Run) -> bool:
    """Carry out the decisions of a review: on stdout, or in place with --write."""
    from ...results import decisions

    options, streams = run.options, run.streams
    try:
        reviewed = decisions.parse(read(options.apply, kind="text").text)
    except (decisions.DecisionsError, InputError) as problem:
        raise UsageError(f"--apply {options.apply}: {problem}") from None
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
                streams.tell(text.decided(source.text, chosen, source.name, colour=streams.colour(sys.stderr)))
        except (decisions.DecisionsError, InputError) as problem:
            streams.complain(str(problem), source.path if isinstance(source, InputError) else source.name)
    return False


def _tell_misspelt(run: Run, source: Source) -> None:
    from ...readers.kinds import remarks
    from ...results.suppression import misspelt  # and with it numpy

    for offset, message in misspelt(remarks(source)):
        line = source.text.count("\n", 0, offset) + 1
        run.streams.tell(text.note(f"{source.name}:{line}", message))


MODES: Mapping[str, Callable[[Run], bool]] = {
    "print_completion": info.print_completion,
    "show_config": info.show_config,
    "show_files": info.show_files,
    "validate": info.validate,
    "lookup": info.look_up,
    "apply": decide,
    "undo": undo,
    "jsonl": jsonl,
    "check": check,
    "diff": diff,
    "column": column,
    "write": write,
}
"""Option → mode, the first that was given; without any, `restore`."""
