"""One run of the command: its options, the files they name with their settings, and the way to their reports.

Start reading from `Run.reports`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ..config import Config
from ..readers import InputError, Source, find, read, read_stream
from ..readers.files import FOLDER
from ..readers.kinds import READ_ONLY, kind_of, seen
from ..renderers.text import note
from ..results.report import Report
from ..util.files import explain
from .checking import checked
from .configs import Configs
from .errors import UsageError
from .options import flags
from .outcomes import Failure, Shape
from .paths import STDIN, tidy
from .settings.exclusion import Exclusion
from .settings.settings import Chosen, Settings
from .streams import Streams, standard_input

if TYPE_CHECKING:
    from ..readers.parquet import Table
    from .source_texts import SourceTexts

Item = TypeVar("Item")


class Text(NamedTuple):
    """A text to check with its settings, or why there is none."""

    source: Source | InputError
    chosen: Chosen | None
    config: Config


class Run:
    """What the modes share."""

    def __init__(self, options: argparse.Namespace, streams: Streams) -> None:
        """Raises `UsageError` where the configuration cannot be used."""
        options.paths = [tidy(path) for path in options.paths]
        if options.output is not None and any(map(partial(_same, options.output), options.paths)):
            raise UsageError(f"--output {options.output} is what is read; restore it in place with --write")
        self.options = options
        self.streams = streams
        self.settings = Settings(flags(options), config=options.config, isolated=options.isolated)
        self.jobs: int = options.jobs or os.cpu_count() or 1
        records = options.jsonl is not None or options.column is not None
        self.configs = Configs(streams, self.source, records=records)

    # --- files ----------------------------------------------------------------------------------------------------

    def paths(self, ready: Callable[[str], object] | None = None) -> list[str | InputError]:
        """The files that the arguments name; what cannot be listed, or is not `ready`, as an error in its place.

        `ready` raises `UsageError` where a file cannot be used as it is configured; it is `chosen` unless given.

        Raises
        ------
        UsageError
            Not one file is ready.
        """
        found: list[str | InputError] = []
        broken = None
        for path in self._found():
            if isinstance(path, str):
                try:
                    (ready or self.chosen)(path)
                except UsageError as problem:
                    broken = broken or problem
                    path = InputError(self.name(path), str(problem))
            found.append(path)
        if broken and not any(isinstance(path, str) for path in found):
            raise broken
        return found

    def _found(self) -> Iterator[str | InputError]:
        """What the arguments name and nothing excludes, and what cannot be listed."""
        options = self.options
        exclusion = Exclusion(
            self.settings,
            options.paths,
            exclude=options.exclude or (),
            gitignore=not options.no_gitignore,
            force=options.force_exclude,
        )
        several = options.check or options.diff or options.write or options.show_files or options.against

        def leaves_out(path: str) -> bool:  # what is only read is no fault of a folder that is restored
            return exclusion.leaves_out(path) or (bool(options.write) and kind_of(path) in READ_ONLY)

        for path in find(options.paths, leaves_out) if several else iter(options.paths):
            if isinstance(path, InputError):
                yield InputError(tidy(path.path), path.message)
            elif path != STDIN and any(map(path.__contains__, "*?[")) and not os.path.lexists(path):
                yield InputError(path, "no file matches this pattern")  # a shell leaves it as it is, then
            elif path == STDIN or not exclusion.leaves_out_named(path):
                yield tidy(path)
        if any(map(os.path.isdir, options.paths)):  # who names files names some that no glob is for
            for glob in exclusion.unused:
                self.streams.talk(note(f"--exclude {glob}", "matches nothing here"))

    def chosen(self, path: str) -> Chosen:
        """The settings of the text at `path`; standard input has those of the name that it was given.

        Raises
        ------
        UsageError
        """
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
            "references": options.references_section,
            # Hooks name whatever was changed. Who asks for the restored text of nothing has mistaken the file.
            "may_be_empty": options.check or options.diff or options.write,
        }
        if path != STDIN and os.path.isdir(path):
            raise InputError(path, FOLDER if _takes_one_text(options) else f"{FOLDER}, or {_SEVERAL}")
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
        from ..readers.parquet import Table, from_stream

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

    @cached_property
    def source_texts(self) -> SourceTexts:
        """Those of --against. Raises `UsageError`."""
        from .source_texts import SourceTexts

        return SourceTexts(self.options.against, self.streams)

    # --- reports --------------------------------------------------------------------------------------------------

    def reports(self) -> Iterator[tuple[Source, Report, Chosen]]:
        """Each text that the arguments name, with its report, in order; what cannot be read is told in its place.

        All settings are looked at before any text is read.
        """
        paths = self.paths(lambda path: self.configs.of(self.chosen(path)))
        reports = self.checked(self._texts(paths), _source_of, lambda text: text.config)
        rows = self.options.column is not None
        progress = self.streams.progress(reports, None if rows else len(paths), "rows" if rows else "files")
        for (source, chosen, _), report in progress:
            if isinstance(source, InputError):
                self.streams.complain(source.message, source.path)
            elif isinstance(report, Failure):
                self.streams.complain(report.message, source.name)
            elif chosen is not None:
                for said in source.notes:
                    self.streams.talk(note(source.name, said))
                yield source, report, chosen

    def _texts(self, paths: Iterable[str | InputError]) -> Iterator[Text]:
        config = next((self.configs.of(self.chosen(path)) for path in paths if isinstance(path, str)), Config())
        for path in paths:
            chosen = None if isinstance(path, InputError) else self.chosen(path)
            config = config if chosen is None else self.configs.of(chosen)
            for source in self.sources(path):
                yield Text(source, chosen, config)

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
                from ..readers.kinds import remarks
                from ..results.suppression import excuse  # and with it numpy, which the reports have brought

                config = config_of(item)
                if self.options.against and (self.options.diff or self.options.write):
                    report = self.source_texts.restored(report, config)
                if source.view is not None:
                    report = excuse(report, replace(config, inline=False))
                yield item, excuse(source.lift(report), config, remarks(source))

    def shaped(
        self, items: Iterable[Item], text_of: Callable[[Item], str], config: Config, shape: Shape
    ) -> Iterator[tuple[Item, Any]]:
        """Each item with what `shape` makes of the report on its text, in order, by as many processes as were asked
        for; nothing is excused before. For texts that are prose and nothing else."""
        return checked(items, text_of, lambda _: config, self.jobs, shape)

    def provenance(self) -> dict[str, Any]:
        """Digests of the data that this run used, or would have used."""
        return self.configs.provenance(self.settings.of(os.getcwd()))


_SEVERAL = "use --check, --diff or --write for all of them"


def _takes_one_text(options: argparse.Namespace) -> bool:
    """Whether the mode goes with none of those that read folders."""
    modes = (options.apply, options.undo, options.trace, options.jsonl, options.column)
    return any(mode is not None for mode in modes)


def _same(path: str, other: str) -> bool:
    return os.path.isfile(other) and os.path.realpath(path) == os.path.realpath(other)


def _source_of(text: Text) -> Source | None:
    return text.source if isinstance(text.source, Source) else None
