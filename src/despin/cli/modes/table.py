"""Which mode the command runs: `MODES` has them all, each with the option that asks for it.

A mode is one function, from a `Run` to whether it came upon what the exit code tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..run import Run
from . import texts


def _late(module: str, name: str) -> Callable[[Run], bool]:
    """The mode `name` of `module`, which is imported when it is asked for: it brings what no other mode needs."""

    def mode(run: Run) -> bool:
        from importlib import import_module

        found: bool = getattr(import_module(f".{module}", __package__), name)(run)
        return found

    return mode


MODES: Mapping[str, Callable[[Run], bool]] = {
    "print_completion": _late("info", "print_completion"),
    "show_config": _late("info", "show_config"),
    "show_files": _late("info", "show_files"),
    "validate": _late("info", "validate"),
    "lookup": _late("info", "look_up"),
    "apply": _late("review", "decide"),
    "undo": _late("review", "undo"),
    "jsonl": _late("records", "jsonl"),
    "trace": texts.trace,
    "against": _late("against", "against"),
    "check": texts.check,
    "diff": texts.diff,
    "column": _late("records", "column"),
    "write": texts.write,
}
"""Option → mode, the first that was given; without any, `texts.restore`."""
