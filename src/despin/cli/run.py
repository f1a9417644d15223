"""One run of the command: its options, the files they name with their settings, and the way to their reports.

Start reading from `Run.reports`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from ..config import Config
from ..readers import InputError, Source, find, read, read_stream
from ..readers.files import explain
from ..readers.kinds import seen
from ..readers.parquet import Table, from_stream
from ..renderers.text import note
from ..results.report import Report
from .configs import Configs
from .options import STDIN, flags
from .settings.exclusion import Exclusion
from .settings.settings import Chosen, Settings
from .streams import Streams, standard_input
from .workers import Failure, checked

Item = TypeVar("Item")


class Text(NamedTuple):
    """A text to check, or why there is none; and its settings."""

    source: Source | InputError
    chosen: Chosen


class Run:
    """What the modes share."""

    def __init__(self, options: argparse.Namespace, streams: Streams) -> None:
        """Raises `UsageError` where the configuration cannot be used."""
        self.options = options
        self.streams = streams
        self.settings = Settings(flags(options), config=options.config, isolated=options.isolated)
        self.jobs: int = options.jobs or os.cpu_count() or 1
        records = options.jsonl is not None or options.column is not None
        self.configs = Configs(streams, self.source, records=records)

    # --- files ----------------------------------------------------------------------------------------------------

    def paths(self) -> list[tuple[str | InputError, Chosen]]:
        """The files that the arguments name, with their settings; what cannot be listed in its place.

        All of them before any is read, so that a broken configuration is told before anything is done.
        """
        options = self.options
        several = options.check or options.diff or options.write or options.show_files
        exclusion = Exclusion(
            self.settings,
            exclude=options.exclude or (),
            gitignore=not options.no_gitignore,
            force=options.force_exclude,
        )
        paths = find(options.paths, exclusion.leaves_out) if several else iter(options.paths)
        return [
            (path, self.chosen(path))
            for path in paths
            if isinstance(path, InputError) or path == STDIN or not exclusion.leaves_out_named(path)
        ]

    def chosen(self, path: str | InputError) -> Chosen:
        """The settings of the text at `path`; standard input has those of the name that it was given."""
        if isinstance(path, InputError):
            return self.settings.of(os.getcwd())
        return self.settings.of((self.options.stdin_name or os.getcwd()) if path == STDIN else path)

    def name(self, path: str) -> str:
        """What to call `path` in the output."""
        return (self.options.stdin_name or "<stdin>") if path == STDIN else path

    def source(self, path: str | InputError) -> Source | InputError:
        """The text at `path`, or what is wrong with it."""
        if isinstance(path, InputError):
            return path
        try:
            return self._read(path)
        except InputError as problem:
            return problem
        except OSError as problem:
            return InputError(self.name(path), explain(problem))

    def _read(self, path: str) -> Source:
        options = self.options
        asked = {
            "kind": options.type,
            "encoding": options.encoding,
            "limit": options.max_bytes,
            "main_content": options.main_content,
        }
        if path != STDIN:
            return read(path, **asked)
        return read_stream(standard_input(self.name(path)), self.name(path), **asked)

    def sources(self, path: str | InputError) -> Iterator[Source | InputError]:
        """The texts at `path`: one, or with --column one for each row of a table."""
        if self.options.column is None or isinstance(path, InputError):
            yield self.source(path)
            return
        try:
            with self.table(path) as table:
                for row, value in table.rows():
                    yield self.record(f"{self.name(path)}:{row}", value)
        except InputError as problem:
            yield problem

    @contextmanager
    def table(self, path: str) -> Iterator[Table]:
        """The table at `path`, and its column --column. Raises `InputError`."""
        name = self.name(path)
        try:
            with from_stream(standard_input(name)) if path == STDIN else nullcontext(path) as real:  # noqa: SIM117
                with Table(real, self.options.column, self.options.max_bytes, name) as table:
                    yield table
        except OSError as problem:
            raise InputError(name, explain(problem)) from None

    def record(self, name: str, content: str) -> Source:
        """The text of one record, of the kind that --type says."""
        return seen(Source(name, content, kind=self.options.type or "text"), main_content=self.options.main_content)

    # --- reports --------------------------------------------------------------------------------------------------

    def reports(self) -> Iterator[tuple[Source, Report, Chosen]]:
        """Each text that the arguments name, with its report, in order; what cannot be read is told in its place."""
        paths = self.paths()
        for _, chosen in paths:
            self.configs.of(chosen)
        texts = (Text(source, chosen) for path, chosen in paths for source in self.sources(path))
        reports = self.checked(texts, _source_of, lambda text: self.configs.of(text.chosen))
        rows = self.options.column is not None
        progress = self.streams.progress(reports, None if rows else len(paths), "rows" if rows else "files")
        for (source, chosen), report in progress:
            if isinstance(source, InputError):
                self.streams.complain(source.message, source.path)
            elif isinstance(report, Failure):
                self.streams.complain(report.message, source.name)
            else:
                for said in source.notes:
                    self.streams.talk(note(source.name, said))
                yield source, report, chosen

    def checked(
        self,
        items: Iterable[Item],
        source_of: Callable[[Item], Source | None],
        config_of: Callable[[Item], Config],
    ) -> Iterator[tuple[Item, Report | Failure]]:
        """Each item with the report on its source, in order, by as many processes as were asked for.

        Excuses are looked for in the prose, where phrases stand whole, and in the whole source: comments are mark-up.
        """

        def prose_of(item: Item) -> str:
            source = source_of(item)
            return source.prose if source else ""

        for item, report in checked(items, prose_of, config_of, self.jobs):
            source = source_of(item)
            if source is None or isinstance(report, Failure):
                yield item, report
            else:
                from ..results.suppression import excuse  # and with it numpy, which the reports have brought

                config = config_of(item)
                if source.view is not None:
                    report = excuse(report, replace(config, inline=False))
                yield item, excuse(source.lift(report), config)

    def provenance(self) -> dict[str, Any]:
        """Digests of the data that this run used, or would have used."""
        return self.configs.provenance(self.settings.of(os.getcwd()))


def _source_of(text: Text) -> Source | None:
    return text.source if isinstance(text.source, Source) else None
