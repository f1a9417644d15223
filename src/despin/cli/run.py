"""One run of the command: its options, the files they name with their settings, and the way to their reports.

Start reading from `Run.reports`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from ..config import Config
from ..readers import InputError, Source, find, read, read_stream
from ..readers.files import explain
from ..readers.kinds import seen
from ..readers.parquet import Table, from_stream
from ..renderers.text import note, printable
from ..results.report import Report
from .options import STDIN, flags
from .settings.config_file import UsageError
from .settings.exclusion import Selection
from .settings.settings import Chosen, Settings
from .streams import Streams
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
        self._configs: dict[int, Config] = {}
        self._references: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._told: set[str] = set()

    # --- files ----------------------------------------------------------------------------------------------------

    def paths(self) -> list[tuple[str | InputError, Chosen]]:
        """The files that the arguments name, with their settings; what cannot be listed in its place.

        All of them before any is read, so that a broken configuration is told before anything is done.
        """
        options = self.options
        several = options.check or options.diff or options.write or options.show_files
        selection = Selection(
            self.settings,
            exclude=options.exclude or (),
            gitignore=not options.no_gitignore,
            force=options.force_exclude,
        )
        paths = find(options.paths, selection.leaves_out) if several else iter(options.paths)
        return [
            (path, self.chosen(path))
            for path in paths
            if isinstance(path, InputError) or path == STDIN or not selection.leaves_out_named(path)
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
        options = self.options
        asked = {
            "kind": options.type,
            "encoding": options.encoding,
            "limit": options.max_bytes,
            "main_content": options.main_content,
        }
        try:
            return read_stream(sys.stdin.buffer, self.name(path), **asked) if path == STDIN else read(path, **asked)
        except InputError as problem:
            return problem
        except OSError as problem:
            return InputError(self.name(path), explain(problem))

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
        with from_stream(sys.stdin.buffer) if path == STDIN else nullcontext(path) as real:  # noqa: SIM117
            with Table(real, self.options.column, self.options.max_bytes, self.name(path)) as table:
                yield table

    def record(self, name: str, content: str) -> Source:
        """The text of one record, of the kind that --type says."""
        return seen(Source(name, content, kind=self.options.type or "text"), main_content=self.options.main_content)

    # --- reports --------------------------------------------------------------------------------------------------

    def reports(self) -> Iterator[tuple[Source, Report, Chosen]]:
        """Each text that the arguments name, with its report, in order; what cannot be read is told in its place."""
        paths = self.paths()
        for _, chosen in paths:
            self.config(chosen)
        texts = (Text(source, chosen) for path, chosen in paths for source in self.sources(path))
        reports = self.checked(texts, _source_of, lambda text: self.config(text.chosen))
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
                from ..readers.kinds import remarks
                from ..results.suppression import excuse  # and with it numpy, which the reports have brought

                config = config_of(item)
                if source.view is not None:
                    report = excuse(report, replace(config, inline=False))
                yield item, excuse(source.lift(report), config, remarks(source))

    def config(self, chosen: Chosen) -> Config:
        """The `Config` of `chosen`, once the data that it names has proved to be there.

        Raises
        ------
        UsageError
            It has not: what is wrong with it is the user's to mend before anything runs.
        """
        if id(chosen) not in self._configs:
            config = chosen.config(self._texts(chosen.values["references"]))
            if self.options.jsonl is not None or self.options.column is not None:
                # Records come from elsewhere: with comments, a page could hide.
                config = replace(config, inline=False)
            self._load(config)
            self._configs[id(chosen)] = config
        return self._configs[id(chosen)]

    def _load(self, config: Config) -> None:
        """Raises `UsageError` where the data that `config` names cannot be used; tells what is odd about it."""
        from ..detection.hashed_odds import HashedOddsError
        from ..dictionary.entry import DictionaryError
        from ..language_model.model import ModelError
        from ..restoration.evidence import EvidenceError
        from ..runtime import knowledge

        try:
            knowledge.load_data(config)
            told = knowledge.told(config)
        except (DictionaryError, ModelError, EvidenceError, HashedOddsError) as problem:
            raise UsageError(str(problem)) from problem
        except OSError as problem:
            raise UsageError(f"{problem.filename}: {explain(problem)}") from problem
        for line in told:
            if line not in self._told:
                self._told.add(line)
                self.streams.talk(f"{printable(line)}\n")

    def _texts(self, references: tuple[str, ...]) -> tuple[str, ...]:
        if references not in self._references:
            texts = []
            for path in find(references):
                source = self.source(path)
                if isinstance(source, InputError):
                    raise UsageError(f"the reference {source.path}: {source.message}")
                texts.append(source.prose)
            self._references[references] = tuple(texts)
        return self._references[references]

    def provenance(self) -> dict[str, Any]:
        """Digests of the data that this run used, or would have used."""
        from ..runtime import knowledge

        if not self._configs:
            self.config(self.settings.of(os.getcwd()))
        used = [knowledge.provenance(config) for config in dict.fromkeys(self._configs.values())]
        return used[0] | {"dictionaries": {name: d for data in used for name, d in data["dictionaries"].items()}}

    def zipf_of(self, phrase: str) -> float:
        """How common `phrase` is, for --lookup --explain; 0 where nothing is known."""
        from wordfreq import zipf_frequency  # 0.2 s and 90 MB

        try:
            return zipf_frequency(phrase, self.chosen(os.curdir).values["language"])
        except LookupError:
            return 0.0

    def zipf(self, report: Report, chosen: Chosen) -> dict[str, float] | None:
        """How common the words of the findings are, for --explain; None without it."""
        if not self.options.explain:
            return None
        phrases = {phrase for f in report.findings for phrase in (f.found, f.original)}
        if not phrases:
            return {}
        from wordfreq import zipf_frequency  # 0.2 s and 90 MB

        try:
            return {phrase: zipf_frequency(phrase, chosen.values["language"]) for phrase in phrases}
        except LookupError:  # a language that wordfreq does not know
            return {}


def _source_of(text: Text) -> Source | None:
    return text.source if isinstance(text.source, Source) else None
