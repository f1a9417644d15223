"""The command `despin`: argv in, an exit code out. In reading order:

* `command`: `main`, from argv to the exit code.
* `parser`, `values`, `options`: what can be typed, and what goes together; `errors`: what is said where it does not.
* `run`: the files of a run (`paths`) with their settings (`settings/`, `configs`), and the way to their reports.
* `checking`: texts → reports, or what else becomes of them (`outcomes`); `workers`: by several processes.
* `modes/`: what the command can do with them.
* `baseline_file`, `source_texts`: the baseline of a run, the source texts of --against.
* `streams`: standard output and error.

Internal: docs/library.md lists what is public.
"""

from .command import main

__all__ = ["main"]
