"""Which mode the command runs: `MODES` has them all, each with the option that asks for it.

A mode is one function, from a `Run` to whether it came upon what the exit code tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..run import Run
from . import info, records, review, texts


def _against(run: Run) -> bool:
    from .against import against  # which brings what no other mode needs

    return against(run)


MODES: Mapping[str, Callable[[Run], bool]] = {
    "print_completion": info.print_completion,
    "show_config": info.show_config,
    "show_files": info.show_files,
    "validate": info.validate,
    "lookup": info.look_up,
    "apply": review.decide,
    "undo": review.undo,
    "jsonl": records.jsonl,
    "trace": texts.trace,
    "against": _against,
    "check": texts.check,
    "diff": texts.diff,
    "column": records.column,
    "write": texts.write,
}
"""Option → mode, the first that was given; without any, `texts.restore`."""
