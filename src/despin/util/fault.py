"""A fault in despin itself → one sentence, and an exit code that is nobody's verdict. Start reading from `sentence`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

EXIT = 70
"""EX_SOFTWARE of sysexits.h. Python would exit with 1, which a check means as "judged spun"."""

_TRACEBACK = "DESPIN_TRACEBACK"
_PACKAGE = Path(__file__).parents[1]


class Relayed(Exception):
    """A fault in another process of despin's; its text is what `describe` says of it there."""


def sentence(problem: BaseException, version: str) -> str:
    """What to tell a person of `problem`, which nobody foresaw, in this `version` of despin."""
    what = str(problem) if isinstance(problem, Relayed) else describe(problem)
    return (
        f"this is a fault in despin {version}, not in your texts: {what}; please report it as an issue of the "
        f"project, with this line and what {_TRACEBACK}=1 adds to it"
    )


def describe(problem: BaseException) -> str:
    """The kind of `problem`, what it says, and the innermost line of despin that it passed through.

    Its traceback goes to stderr if DESPIN_TRACEBACK is set.
    """
    if os.environ.get(_TRACEBACK) and sys.stderr is not None:
        import traceback

        traceback.print_exception(problem, file=sys.stderr)
    kind = type(problem).__name__
    return (f"{kind}: {problem}" if str(problem) else kind) + _place(problem)


def _place(problem: BaseException) -> str:
    """The innermost line of despin that `problem` passed through."""
    place, trace = "", problem.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(_PACKAGE):
            place = f" ({path.relative_to(_PACKAGE).as_posix()}:{trace.tb_lineno})"
        trace = trace.tb_next
    return place
