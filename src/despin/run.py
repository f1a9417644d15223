"""One run of the command: its options, the files they name with their settings, and the way to their reports.

Start reading from `Run.reports`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from .config import Config
from .configuration import UsageError
from .findings import Report
from .options import STDIN, flags
from .readers import InputError, Source, decode, find, read
from .readers.files import explain
from .selection import Selection
from .settings import Chosen, Settings
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
        try:
            return decode(self.name(path), sys.stdin.buffer.read()) if path == STDIN else read(path)
        except InputError as problem:
            return problem
        except OSError as problem:
            return InputError(self.name(path), explain(problem))

    # --- reports --------------------------------------------------------------------------------------------------

    def reports(self) -> Iterator[tuple[Source, Report, Chosen]]:
        """Each text that the arguments name, with its report, in order; what cannot be read is told in its place."""
        paths = self.paths()
        for _, chosen in paths:
            self.config(chosen)
        texts = (Text(self.source(path), chosen) for path, chosen in paths)
        reports = self.checked(texts, _text_of, lambda text: self.config(text.chosen))
        for (source, chosen), report in self.streams.progress(reports, len(paths), "files"):
            if isinstance(source, InputError):
                self.streams.complain(source.message, source.path)
            elif isinstance(report, Failure):
                self.streams.complain(report.message, source.name)
            else:
                yield source, report, chosen

    def checked(
        self, items: Iterable[Item], text_of: Callable[[Item], str], config_of: Callable[[Item], Config]
    ) -> Iterator[tuple[Item, Report | Failure]]:
        """Each item with the report of its text, in order, by as many processes as were asked for."""
        return checked(items, text_of, config_of, self.jobs)

    def config(self, chosen: Chosen) -> Config:
        """The `Config` of `chosen`, once the data that it names has proved to be there.

        Raises
        ------
        UsageError
            It has not: what is wrong with it is the user's to mend before anything runs.
        """
        if id(chosen) not in self._configs:
            config = chosen.config(self._texts(chosen.values["references"]))
            _load(config)
            self._configs[id(chosen)] = config
        return self._configs[id(chosen)]

    def _texts(self, references: tuple[str, ...]) -> tuple[str, ...]:
        if references not in self._references:
            texts = []
            for path in find(references):
                source = self.source(path)
                if isinstance(source, InputError):
                    raise UsageError(f"the reference {source.path}: {source.message}")
                texts.append(source.text)
            self._references[references] = tuple(texts)
        return self._references[references]

    def provenance(self) -> dict[str, Any]:
        """Digests of the data that this run used, or would have used."""
        from . import pipeline

        if not self._configs:
            self.config(self.settings.of(os.getcwd()))
        used = [pipeline.provenance(config) for config in dict.fromkeys(self._configs.values())]
        return used[0] | {"dictionaries": {name: d for data in used for name, d in data["dictionaries"].items()}}

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


def _text_of(text: Text) -> str:
    return text.source.text if isinstance(text.source, Source) else ""


def _load(config: Config) -> None:
    from . import pipeline
    from .dictionary import DictionaryError
    from .evidence import EvidenceError
    from .language_model import ModelError

    try:
        pipeline.load_data(config)
    except (DictionaryError, ModelError, EvidenceError) as problem:
        raise UsageError(str(problem)) from problem
    except OSError as problem:
        raise UsageError(f"{problem.filename}: {explain(problem)}") from problem
