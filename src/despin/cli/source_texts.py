"""The source texts of --against: the index of them, and the nearest to a text. Start reading from `SourceTexts`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..config import Config
from ..readers import InputError
from ..renderers.evidence_page import Compared
from ..results.report import Report
from .errors import UsageError
from .streams import Streams

if TYPE_CHECKING:  # numpy comes with an index, and not before
    from ..comparison.sources import Sources


class SourceTexts:
    """An index of the files and folders that --against names, brought up to date."""

    def __init__(self, paths: Sequence[str], streams: Streams) -> None:
        """Raises `UsageError` where there is no text in `paths`, or no index can be made."""
        from ..comparison.sources import Sources

        def progress(new: Iterable[str]) -> Iterable[str]:
            return streams.progress(new, len(list(new)), "sources")

        try:
            self.sources: Sources = Sources(paths, progress=progress)
        except InputError as problem:
            raise UsageError(f"--against: {problem.path}: {problem.message}") from None
        for error in self.sources.errors:
            streams.complain(error.message, error.path)
        if not len(self.sources):
            raise UsageError("--against: there is no source text in " + ", ".join(paths))

    def compared(self, path: str, text: str, config: Config) -> Compared:
        """`text` beside its nearest source; beside none where it shares nothing with any.

        Raises
        ------
        InputError
            The index was damaged.
        """
        from ..comparison.compare import compare

        try:
            found = self.sources.compare(text, config)
        except (OSError, ValueError) as problem:
            raise InputError(str(self.sources.folder), str(problem)) from None
        if found is None:
            return Compared(path, "", compare(text, "", config))
        return Compared(path, found[0].path, found[1])

    def restored(self, report: Report, config: Config) -> Report:
        """`report` with the wording of the nearest source, if its text is a copy of that."""
        from ..comparison.restoring import with_source

        item = self.compared("", report.text, config)
        return with_source(report, item.comparison, item.source_path)
