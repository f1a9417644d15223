"""The baseline of a run: a file that is read before, compared meanwhile, and in the end written if that was asked."""

from __future__ import annotations

import os

from ..readers import InputError, put
from ..renderers import text
from ..results.baseline import Baseline, BaselineError, Matching
from ..results.report import Report
from ..util.files import explain
from .errors import UsageError
from .run import Run
from .settings.own_files import read_text


class BaselineFile:
    """The baseline of a run: read before, compared meanwhile, written in the end if that was asked for."""

    def __init__(self, run: Run) -> None:
        self._run, self._path = run, run.options.baseline
        self._folder = os.path.dirname(os.path.abspath(self._path))
        self._before: Baseline | None = None
        self._seen = 0
        try:
            self._before = Baseline.parse(read_text(self._path))
        except FileNotFoundError:
            if not run.options.update_baseline:
                raise UsageError(f"there is no baseline {self._path}; make it with --update-baseline") from None
        except OSError as problem:
            raise UsageError(f"the baseline {self._path}: {explain(problem)}") from None
        except UnicodeDecodeError:
            raise UsageError(f"the baseline {self._path}: is not UTF-8") from None
        except BaselineError as problem:
            raise UsageError(f"the baseline {self._path} {problem}") from None
        recorded = {place.path for place in self._before.counts} if self._before else set()
        gone = (p for p in recorded if not os.path.exists(os.path.join(self._folder, p)))
        here = {self._key(run.name(path)) for path in run.options.paths}
        self._matching = Matching(self._before, (path for path in gone if path not in here))

    def _key(self, path: str) -> str:
        """`path` from the folder of the baseline, so that it does not matter where the command runs."""
        try:
            return os.path.relpath(path, self._folder).replace(os.sep, "/")
        except ValueError:  # another drive
            return path

    def known(self, path: str, report: Report) -> Report:
        """`report` with the findings marked that the baseline knows."""
        self._seen += 1
        return self._matching.known(self._key(path), report)

    def end(self) -> str:
        """Write the baseline if that was asked for; what to say of it."""
        matching, recorded = self._matching, None
        if self._before is None and (self._run.streams.errors or not self._seen):
            # It could never grow to hold what is missing now.
            self._run.streams.complain("was not made, since not all that was named could be checked", self._path)
            return ""
        if self._run.options.update_baseline:
            after = matching.shrunk()
            recorded = after.counts.total()
            try:
                if after != self._before:
                    put(self._path, after.dump().encode("utf-8", "backslashreplace"))
            except InputError as problem:
                self._run.streams.complain(problem.message, problem.path)
        return text.baseline_summary(self._path, matching.added, matching.stale, recorded)
