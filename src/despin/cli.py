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
from contextlib import nullcontext
from types import ModuleType
from typing import Any, TypeVar

from . import __version__
from .config import Config
from .findings import Report
from .options import STDIN, UsageError, config, parse, wants_json
from .readers import InputError, Source, decode, find, read, records, replace
from .readers.files import explain as in_words
from .report import diff, json, text
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
    if options.apply is not None:
        return FAILED if _apply(options, streams) else OK
    if options.jsonl is not None:
        mode = _jsonl
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
        streams.product(report.restored)
        colour = streams.colour(sys.stderr)
        if options.explain or is_terminal(sys.stderr):
            streams.talk(text.findings(report, source.name, zipf=_zipf(report, options), colour=colour))
        streams.talk(text.restored_summary(report, source.name, colour=colour))
    return False


def _check(options: argparse.Namespace, chosen: Config, streams: Streams) -> bool:
    documents: list[dict[str, Any]] = []
    reports: list[tuple[str, Report]] = []
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
        elif options.format in ("github", "sarif", "html"):
            reports.append((source.name, report))
        elif options.format == "jsonl":
            streams.product(json.line(report, source.name))
        else:
            zipf, colour = _zipf(report, options), streams.colour(sys.stdout)
            streams.product(text.listing(report, source.name, zipf=zipf, colour=colour))
    if options.format == "json":
        provenance = _pipeline(chosen).provenance(chosen)
        streams.product(json.whole(documents, streams.errors, __version__, provenance))
    elif options.format == "github":
        from .report import github

        streams.product(github.commands(reports, streams.errors))
    elif options.format == "sarif":
        from .report import sarif

        streams.product(sarif.whole(reports, streams.errors, __version__, _pipeline(chosen).provenance(chosen)))
    elif options.format == "html":
        from .report import html

        streams.product(html.page(reports, streams.errors, __version__))
    streams.talk(text.check_summary(seen, unclear, spun))
    return bool(spun) or bool(options.strict and findings)


def _diff(options: argparse.Namespace, chosen: Config, streams: Streams) -> bool:
    different = False
    for source, report in _reports(options, chosen, streams):
        if patch := diff.unified(report, source.name):
            different = True
            streams.product(text.paint_diff(patch) if streams.colour(sys.stdout) else patch)
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
    try:
        with nullcontext(sys.stdin.buffer) if path == STDIN else open(path, "rb") as lines:
            for record, report in _checked(records(lines, options.jsonl), lambda r: r.text, chosen):
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
    except OSError as problem:
        streams.complain(in_words(problem), name)
    if bad > _BAD_LINES_TOLD:
        streams.complain(f"{bad - _BAD_LINES_TOLD} more lines could not be used", name)
    streams.talk(text.jsonl_summary(seen, bad, spun))
    return bool(options.check and (spun or (options.strict and findings)))


def _apply(options: argparse.Namespace, streams: Streams) -> bool:
    """Carry out the decisions of a review: on stdout, or in place with --write. Returns whether something failed."""
    from . import decisions

    try:
        reviewed = decisions.parse(read(options.apply).text)
    except (decisions.DecisionsError, InputError) as problem:
        raise UsageError(f"--apply {options.apply}: {problem}") from None
    for source in (_source(path, options) for path in options.paths):
        if isinstance(source, InputError):
            streams.complain(source.message, source.path)
            continue
        try:
            chosen = decisions.choose(source.text, source.name, reviewed)
            result = decisions.replay(source.text, chosen)
            if not options.write:
                streams.product(result)
            elif result != source.text:
                replace(source, result)
                streams.tell(text.decided(source.text, chosen, source.name, colour=streams.colour(sys.stderr)))
        except (decisions.DecisionsError, InputError) as problem:
            streams.complain(str(problem), source.name)
    return bool(streams.errors)


# --- from inputs to reports ---------------------------------------------------------------------------------------


def _reports(options: argparse.Namespace, chosen: Config, streams: Streams) -> Iterator[tuple[Source, Report]]:
    """Each text that the paths name, with its report, in order; what cannot be read is told in its place."""
    many = options.check or options.diff or options.write
    sources = (_source(found, options) for found in (find(options.paths) if many else options.paths))
    for source, report in _checked(sources, lambda s: s.text if isinstance(s, Source) else "", chosen):
        if isinstance(source, InputError):
            streams.complain(source.message, source.path)
        else:
            yield source, report


def _source(path: str | InputError, options: argparse.Namespace) -> Source | InputError:
    if isinstance(path, InputError):
        return path
    try:
        return decode(_name(path, options), sys.stdin.buffer.read()) if path == STDIN else read(path)
    except InputError as problem:
        return problem
    except OSError as problem:
        return InputError(_name(path, options), in_words(problem))


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
