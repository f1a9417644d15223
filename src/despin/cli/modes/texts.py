"""The modes that read texts of files: restore, --check, --diff, --write, --trace."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ...readers import InputError, Source
from ...readers import replace as put_back
from ...readers.compression import suffix
from ...readers.source import READ_ONLY
from ...renderers import text
from ...renderers.escaping import printable, visible
from ...renderers.formats import FORMATS, Shown, Whole
from ...results.quoted_examples import EXAMPLE
from ...results.report import Report
from ..options import restoring
from ..run import Run
from ..streams import is_terminal
from .word_frequencies import zipf_of_findings

if TYPE_CHECKING:
    from ..baseline_file import BaselineFile


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
            streams.talk(text.findings(report, source.name, zipf=zipf_of_findings(run, report, chosen), colour=colour))
        streams.talk(text.restored_summary(report, source.name, colour=colour))
    return False


def check(run: Run) -> bool:
    """Report findings and verdicts; whether a text fails."""
    options, streams = run.options, run.streams
    form = FORMATS[options.format or "text"]()
    streams.product(form.head)
    baseline = _baseline(run) if options.baseline else None
    documents: list[tuple[str, Report]] = []
    spun: list[str] = []
    restorable: list[str] = []
    phrases: list[tuple[str, list[str]]] = []
    seen = unclear = excused = alone = examples = 0
    failed = False
    for source, report, chosen in run.reports():
        if baseline:
            report = baseline.known(source.name, report)
        if run.configs.of(chosen).inline:
            _tell_misspelt(run, source)
        seen += 1
        failed |= report.fails(chosen.values["strict"])
        unclear += report.verdict.judgement == "unclear"
        alone += report.phrases_alone
        examples += sum(one.excuse.startswith(EXAMPLE) for one in report.ignored)
        phrases.append((source.name, [one.found for one in report.findings if one.alone and not one.known]))
        if report.fails():
            spun.append(source.name)
            if source.writable and report.restored != source.text:
                restorable.append(source.name)
        else:
            excused += report.verdict.judgement == "spun"
        if form.each:
            shown = Shown(source.name, report, zipf_of_findings(run, report, chosen), streams.colour(streams.reader()))
            streams.product(form.each(shown))
        if form.whole:
            documents.append((source.name, report))
    summary = baseline.end() if baseline else ""
    if form.whole:
        streams.product(form.whole(Whole(documents, streams.errors, run.provenance())))
    nothing = not seen and not streams.errors
    command = restoring(options) if restorable else ()
    summed = text.check_summary(seen, unclear, spun, excused, alone, examples, restorable=restorable, command=command)
    streams.talk((text.NOTHING if nothing else summed + text.ranking(phrases)) + summary)
    return failed


def _baseline(run: Run) -> BaselineFile:
    from ..baseline_file import BaselineFile

    return BaselineFile(run)


def trace(run: Run) -> bool:
    """Print what became of every candidate for a phrase."""
    from ...pipeline import trace as traced
    from ...renderers.trace import listing

    phrase = run.options.trace
    for path in run.paths():
        for source in run.sources(path):
            if isinstance(source, InputError):
                run.streams.complain(source.message, source.path)
                continue
            config = run.configs.of(run.chosen(source.name))
            try:
                run.streams.product(listing(traced(source.prose, phrase, config)))
            except ValueError as problem:
                run.streams.complain(str(problem), source.name)
    return False


def diff(run: Run) -> bool:
    """Print what restoring would change; whether anything."""
    from ...renderers.diff import unified

    streams, different = run.streams, False
    for source, report, _ in run.reports():
        if report.restored == source.text:
            continue
        different = True
        try:
            if streams.colour(streams.reader()):
                streams.product(text.paint_diff(unified(report, source.name)))
            elif is_terminal(streams.reader()):
                streams.product(visible(unified(report, source.name)))
            else:
                streams.product(_patch(run, source, report))  # piped, a patch has to fit
        except InputError as problem:
            streams.complain(problem.message, problem.path)
    return different


def _patch(run: Run, source: Source, report: Report) -> str | bytes:
    """What `patch -p0` and `git apply -p0` take, or, where no patch can fit, what they pass over.

    Raises
    ------
    InputError
        The encoding of the source cannot say what was restored.
    """
    from ...renderers.diff import commented, patch, unified

    if source.paper is not None or (source.digest and suffix(source.name)):  # what is piped in is not unpacked
        what = "is compressed" if source.paper is None else "is no plain text"
        remark = f"{printable(source.name)} {what}, and no patch fits that. This would change in the text inside:"
        return commented(unified(report, source.name), remark)
    name = source.name
    if source.digest:
        name = _from_here(name)
        if os.path.isabs(name) or name.startswith("../"):
            run.streams.talk(text.note(source.name, _OUTSIDE))
    return patch(source.encode(source.text), source.encode(report.restored), name)


_OUTSIDE = (
    "lies outside of the working folder, where patch and git apply change nothing; run despin in a folder above it"
)


def _from_here(path: str) -> str:
    """`path` from the working folder, without links: patch and git apply follow none, and take no other path."""
    try:
        return os.path.relpath(os.path.realpath(path), os.path.realpath(os.curdir)).replace(os.sep, "/")
    except ValueError:  # another drive
        return path


def write(run: Run) -> bool:
    """Restore in place; whether anything was, if --exit-nonzero-on-write."""
    streams = run.streams
    seen = changed = phrases = 0
    for source, report, chosen in run.reports():
        seen += 1
        if source.paper is not None and source.paper.restored is None:
            streams.complain(READ_ONLY, source.name)
            continue
        if report.restored == source.text:
            continue
        try:
            put_back(source, report.restored)
        except InputError as problem:
            streams.complain(problem.message, problem.path)
            continue
        changed += 1
        phrases += sum(f.action == "restore" for f in report.findings)
        zipf, colour = zipf_of_findings(run, report, chosen), streams.colour(sys.stderr)
        streams.tell(text.findings(report, source.name, suggestions=False, zipf=zipf, colour=colour))
    streams.talk(text.write_summary(seen, changed, phrases))
    return bool(changed and run.options.exit_nonzero_on_write)


def _tell_misspelt(run: Run, source: Source) -> None:
    from ...readers.kinds import remarks
    from ...results.suppression import misspelt  # and with it numpy

    for offset, message in misspelt(remarks(source)):
        line = source.text.count("\n", 0, offset) + 1
        run.streams.tell(text.note(f"{source.name}:{line}", message))
