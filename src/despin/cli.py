"""The command `despin`: argv, files, stdin, stdout, exit codes. Nothing else in the package may touch them.

* stdout is only ever the product, written as bytes so that no line ending is translated; the rest goes to stderr.
* A bad input is one sentence on stderr; the other files are still done, and the exit code is 2.
* What a mode does not need is not imported: numpy comes with the first text.

Start reading from `main`; below it, one function is one mode.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from types import ModuleType
from typing import Any, TypeVar

from . import __version__
from .config import Config
from .findings import Report
from .options import STDIN, UsageError, config, parse, wants_json
from .readers import InputError, Source, bounded, find, read, read_stream, records, replace
from .readers.compression import opened, translated
from .readers.files import explain as in_words
from .readers.kinds import seen as with_view
from .readers.parquet import Table, from_stream, is_parquet
from .report import diff, json, text
from .report.visible import visible
from .streams import OutputError, Streams, is_terminal

OK, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130

_BAD_LINES_TOLD = 10
"""So many bad lines of JSON Lines are told on stderr one by one; each has its record in the output anyway."""

Item = TypeVar("Item")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: the process's own) and return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    streams = Streams()
    try:
        try:
            return _run(arguments, streams)
        except UsageError as problem:
            streams.complain(str(problem))
            if wants_json(arguments):
                streams.product(json.whole([], streams.errors, __version__, None))
            return FAILED
        finally:
            streams.flush()
    except OutputError as problem:
        streams.complain(f"the output cannot be written: {problem}")
        return FAILED
    except KeyboardInterrupt:
        streams.complain("interrupted")
        return INTERRUPTED


def _run(arguments: Sequence[str], streams: Streams) -> int:
    options = parse(arguments, stdin_waits=sys.stdin is not None and not is_terminal(sys.stdin))
    streams.quiet, streams.color = options.quiet, options.color
    if options.jsonl is not None:
        mode = _jsonl
    elif options.column is not None and not options.check:
        mode = _column
    elif options.check:
        mode = _check
    elif options.diff:
        mode = _diff
    else:
        mode = _write if options.write else _restore
    found = mode(options, _with_references(config(options), options), streams)
    if streams.errors:
        return FAILED
    return FOUND if found and not options.exit_zero else OK


# --- modes: each returns whether it found what --check or --diff fail on ------------------------------------------


def _restore(options: argparse.Namespace, chosen: Config, streams: Streams) -> bool:
    for source, report in _reports(options, chosen, streams):
        try:
            streams.product(source.printed(report.restored))
        except InputError as problem:
            streams.complain(problem.message, problem.path)
            continue
        colour = streams.colour(sys.stderr)
        if options.explain or is_terminal(sys.stderr):
            streams.talk(text.findings(report, source.name, zipf=_zipf(report, options), colour=colour))
        streams.talk(text.restored_summary(report, source.name, colour=colour))
    return False


def _check(options: argparse.Namespace, chosen: Config, streams: Streams) -> bool:
    documents: list[dict[str, Any]] = []
    spun: list[str] = []
    seen = unclear = findings = 0
    for source, report in _reports(options, chosen, streams):
        seen += 1
        findings += len(report.findings)
        unclear += report.verdict.judgement == "unclear"
        if report.verdict.judgement == "spun":
            spun.append(source.name)
        if options.format == "json":
            documents.append(report.to_dict(source.name))
        elif options.format == "jsonl":
            streams.product(json.line(report, source.name))
        else:
            zipf, colour = _zipf(report, options), streams.colour(sys.stdout)
            streams.product(text.listing(report, source.name, zipf=zipf, colour=colour))
    if options.format == "json":
        provenance = _pipeline(chosen).provenance(chosen)
        streams.product(json.whole(documents, streams.errors, __version__, provenance))
    streams.talk(text.check_summary(seen, unclear, spun))
    return bool(spun) or bool(options.strict and findings)


def _diff(options: argparse.Namespace, chosen: Config, streams: Streams) -> bool:
    different = False
    for source, report in _reports(options, chosen, streams):
        if patch := diff.unified(report, source.name):
            different = True
            shown = visible(patch) if is_terminal(sys.stdout) else patch  # piped, a patch has to fit
            streams.product(text.paint_diff(patch) if streams.colour(sys.stdout) else shown)
    return different


def _write(options: argparse.Namespace, chosen: Config, streams: Streams) -> bool:
    seen = changed = phrases = 0
    for source, report in _reports(options, chosen, streams):
        seen += 1
        if report.restored == source.text:
            continue
        try:
            replace(source, report.restored)
        except InputError as problem:
            streams.complain(problem.message, problem.path)
            continue
        changed += 1
        phrases += sum(f.action == "restore" for f in report.findings)
        zipf, colour = _zipf(report, options), streams.colour(sys.stderr)
        streams.tell(text.findings(report, source.name, suggestions=False, zipf=zipf, colour=colour))
    streams.talk(text.write_summary(seen, changed, phrases))
    return False


def _jsonl(options: argparse.Namespace, chosen: Config, streams: Streams) -> bool:
    [path] = options.paths
    name = _name(path, options)
    seen = spun = findings = bad = 0
    if is_parquet(name):
        raise UsageError(f"{name} is a Parquet file and holds no JSON; add --column NAME instead of --jsonl")
    try:
        with nullcontext(sys.stdin.buffer) if path == STDIN else open(path, "rb") as file, translated(name):
            lines = bounded(opened(file, name), options.max_bytes)
            found = ((r, _prose(name, r.text, options)) for r in records(lines, options.jsonl))
            for (record, source), plain in _checked(found, lambda pair: pair[1].prose, chosen):
                report = source.lift(plain)
                seen += 1
                if record.error:
                    bad += 1
                    if bad <= _BAD_LINES_TOLD:
                        streams.complain(record.error, f"{name}:{record.line}")
                    streams.product(record.with_result({"error": record.error, "line": record.line}) + "\n")
                else:
                    spun += report.verdict.judgement == "spun"
                    findings += len(report.findings)
                    restored = None if options.check else report.restored
                    streams.product(record.with_result(json.result(report), restored) + "\n")
    except InputError as problem:
        streams.complain(problem.message, name)
    except OSError as problem:
        streams.complain(in_words(problem), name)
    if bad > _BAD_LINES_TOLD:
        streams.complain(f"{bad - _BAD_LINES_TOLD} more lines could not be used", name)
    streams.talk(text.jsonl_summary(seen, bad, spun))
    return bool(options.check and (spun or (options.strict and findings)))


def _column(options: argparse.Namespace, chosen: Config, streams: Streams) -> bool:
    [path] = options.paths
    name = _name(path, options)
    seen = spun = 0

    def restore(texts: Iterable[str]) -> Iterator[str]:
        nonlocal seen, spun
        sources = (_prose(name, one, options) for one in texts)
        for source, report in _checked(sources, lambda s: s.prose, chosen):
            seen += 1
            spun += report.verdict.judgement == "spun"
            yield source.lift(report).restored

    try:
        with _table(path, options) as table:
            if options.write:
                table.replace(restore)
            else:
                table.write(streams.binary(), restore)
    except InputError as problem:
        streams.complain(problem.message, problem.path)
    streams.talk(text.jsonl_summary(seen, 0, spun))
    return False


# --- from inputs to reports ---------------------------------------------------------------------------------------


def _reports(options: argparse.Namespace, chosen: Config, streams: Streams) -> Iterator[tuple[Source, Report]]:
    """Each text that the paths name, with its report, in order; what cannot be read is told in its place."""
    many = options.check or options.diff or options.write
    paths = find(options.paths) if many else options.paths
    sources = (source for found in paths for source in _sources(found, options))
    for source, report in _checked(sources, lambda s: s.prose if isinstance(s, Source) else "", chosen):
        if isinstance(source, InputError):
            streams.complain(source.message, source.path)
        else:
            for note in source.notes:
                streams.talk(f"despin: note: {text.printable(source.name)} {note}\n")
            yield source, source.lift(report)


def _source(path: str | InputError, options: argparse.Namespace) -> Source | InputError:
    if isinstance(path, InputError):
        return path
    try:
        asked = {
            "kind": options.type,
            "encoding": options.encoding,
            "limit": options.max_bytes,
            "main_content": options.main_content,
        }
        return read_stream(sys.stdin.buffer, _name(path, options), **asked) if path == STDIN else read(path, **asked)
    except InputError as problem:
        return problem
    except OSError as problem:
        return InputError(_name(path, options), in_words(problem))


def _sources(path: str | InputError, options: argparse.Namespace) -> Iterator[Source | InputError]:
    """The texts of one path: one, or with --column one for each row of a table."""
    if options.column is None or isinstance(path, InputError):
        yield _source(path, options)
        return
    name = _name(path, options)
    try:
        with _table(path, options) as table:
            for row, value in table.rows():
                yield _prose(f"{name}:{row}", value, options)
    except InputError as problem:
        yield problem


@contextmanager
def _table(path: str, options: argparse.Namespace) -> Iterator[Table]:
    with from_stream(sys.stdin.buffer) if path == STDIN else nullcontext(path) as real:  # noqa: SIM117
        with Table(real, options.column, options.max_bytes, _name(path, options)) as table:
            yield table


def _prose(name: str, content: str, options: argparse.Namespace) -> Source:
    """The text of one record, of the kind that --type says."""
    return with_view(Source(name, content, kind=options.type or "text"), main_content=options.main_content)


def _with_references(chosen: Config, options: argparse.Namespace) -> Config:
    """`chosen` with the texts that --reference names; one that cannot be read is to be mended before anything runs."""
    texts = []
    for path in find(options.reference):
        source = _source(path, options)
        if isinstance(source, InputError):
            raise UsageError(f"--reference {source.path}: {source.message}")
        texts.append(source.text)
    return dataclasses.replace(chosen, references=tuple(texts))


def _name(path: str, options: argparse.Namespace) -> str:
    return (options.stdin_name or "<stdin>") if path == STDIN else path


def _checked(items: Iterable[Item], text_of: Callable[[Item], str], chosen: Config) -> Iterator[tuple[Item, Report]]:
    """Each item with the report of its text, in order. An item without a text has an empty one, so that it keeps its
    place and nothing piles up behind it: no more is read ahead than `check_many` takes for a batch.
    """
    pipeline = _pipeline(chosen)
    waiting: deque[Item] = deque()

    def texts() -> Iterator[str]:
        for item in items:
            waiting.append(item)
            yield text_of(item)

    for report in pipeline.check_many(texts(), chosen):
        yield waiting.popleft(), report


def _pipeline(chosen: Config) -> ModuleType:
    """The pipeline, once the data that `chosen` names is there; what is wrong with that is the user's to mend."""
    from . import pipeline
    from .dictionary import DictionaryError
    from .evidence import EvidenceError
    from .language_model import ModelError

    try:
        pipeline.load_data(chosen)
    except (DictionaryError, ModelError, EvidenceError) as problem:
        raise UsageError(str(problem)) from problem
    except OSError as problem:
        raise UsageError(f"{problem.filename}: {in_words(problem)}") from problem
    return pipeline


def _zipf(report: Report, options: argparse.Namespace) -> dict[str, float] | None:
    """How common the words of the findings are, for --explain; None without it."""
    if not options.explain:
        return None
    phrases = {phrase for f in report.findings for phrase in (f.found, f.original)}
    if not phrases:
        return {}
    from wordfreq import zipf_frequency  # 0.2 s and 90 MB

    try:
        return {phrase: zipf_frequency(phrase, options.language or Config().language) for phrase in phrases}
    except LookupError:  # a language that wordfreq does not know
        return {}
