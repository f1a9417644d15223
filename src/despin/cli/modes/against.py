"""The mode --against: each page beside the nearest of one's own texts. With --diff or --write, these restore by it."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator

from ..._version import __version__
from ...config import Config
from ...readers import InputError, Source, put
from ...readers.jsonl import dump
from ...renderers import comparisons, evidence_page, json
from ...renderers.evidence_page import Compared
from ...renderers.text import note
from ..run import Run
from . import texts

DATE = "SOURCE_DATE_EPOCH"
"""The environment's time for what is made so that it can be made again, in seconds
(https://reproducible-builds.org/specs/source-date-epoch/)."""


def against(run: Run) -> bool:
    """Report on each page and its nearest source; whether any is a copy."""
    options, streams = run.options, run.streams
    if options.diff or options.write:
        return texts.diff(run) if options.diff else texts.write(run)
    form = options.format or "text"
    items: list[Compared] = []
    documents = []
    for source, config, document in _documents(run) if form == "json" else _pages(run):
        try:
            item = run.source_texts.compared(source.name, source.prose, config)
        except InputError as problem:
            streams.complain(problem.message, problem.path)
            continue
        items.append(item)
        if form == "text":
            streams.product(comparisons.listing(item))
        documents.append(document | {"source": comparisons.source_object(item)})
    if form == "json":
        streams.product(json.whole(documents, streams.errors, __version__, run.provenance()))
    elif form == "csv":
        streams.product(comparisons.table(items))
    elif form == "html":
        streams.product(evidence_page.page(items, streams.errors, __version__, _today()))
    if options.pairs:
        _write_pairs(run, items)
    streams.talk(comparisons.summary([item.comparison.verdict for item in items], len(run.source_texts.sources)))
    return any(item.comparison.copied for item in items)


def _documents(run: Run) -> Iterator[tuple[Source, Config, dict[str, object]]]:
    """Each page with its report as JSON."""
    for source, report, chosen in run.reports():
        yield source, run.configs.of(chosen), report.to_dict(source.name)


def _pages(run: Run) -> Iterator[tuple[Source, Config, dict[str, object]]]:
    """Each page that can be read; nothing else is asked of it."""
    paths = run.paths(lambda path: run.configs.of(run.chosen(path)))
    for path in run.streams.progress(paths, len(paths), "pages"):
        for source in run.sources(path):
            if isinstance(source, InputError):
                run.streams.complain(source.message, source.path)
            elif isinstance(path, str):
                for said in source.notes:
                    run.streams.talk(note(source.name, said))
                yield source, run.configs.of(run.chosen(path)), {}


def _write_pairs(run: Run, items: list[Compared]) -> None:
    """What `despin-learn dictionary` reads: of each copy the passages and what they stand for, a paragraph each."""
    lines = []
    for item in items:
        if item.comparison.copied:
            original, spun = item.comparison.paired()
            lines.append(dump({"original": original, "spun": spun, "page": item.path, "source": item.source_path}))
    try:
        put(run.options.pairs, "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
    except InputError as problem:
        run.streams.complain(problem.message, problem.path)
    run.streams.talk(f"{run.options.pairs}: {len(lines):,} pair{'' if len(lines) == 1 else 's'} of texts\n")


def _today() -> str:
    """The date, or the one that the environment says it is."""
    given = os.environ.get(DATE, "")
    if given.isdecimal():
        return datetime.datetime.fromtimestamp(int(given), datetime.UTC).date().isoformat()
    return datetime.datetime.now(datetime.UTC).date().isoformat()
