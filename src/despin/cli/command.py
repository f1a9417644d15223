"""The command `despin`: argv in, an exit code out. It and its helpers alone touch files and streams.

* stdout is only ever the product, written as bytes so that no line ending is translated; the rest goes to stderr.
* A bad input is one sentence on stderr; the other files are still done, and the exit code is 2.
* What a mode does not need is not imported: numpy comes with the first text.

`options` reads argv, `run` finds the files and their settings, `modes` has what the command can do, and
`renderers.formats` what `--check` can print. Start reading from `main`.
"""

from __future__ import annotations

import gc
import os
import sys

from .._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .streams import Streams

OK, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: the process's own) and return its exit code."""
    own = arguments is None
    given = sys.argv[1:] if arguments is None else arguments
    if own:
        _prepare()
    if list(given) == ["--version"] and sys.stdout is not None:  # other programs ask, and wait
        sys.stdout.write(f"despin {__version__}\n")
        return OK
    from ..util.signals import orderly_end

    try:
        with orderly_end(own=own):
            return _main(given)
    finally:
        if own:
            gc.freeze()  # all that is alive ends with the process: no need to look for cycles in it once more


def _prepare() -> None:
    """Set up a process that is the command's own."""
    # Nothing here multiplies matrices, and threads that wait for some take a processor from who has work to do.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A start makes a hundred thousand objects that stay; to look for cycles in them after every 700 takes longer than
    # the report on a page.
    gc.set_threshold(200_000)


def _main(arguments: Sequence[str]) -> int:
    from .errors import UsageError
    from .streams import OutputError, Streams

    streams = Streams()
    try:
        try:
            return _run(arguments, streams)
        except UsageError as problem:
            streams.complain(str(problem))
            from .options import wants_json

            if wants_json(arguments):
                from ..renderers import json

                streams.product(json.whole([], streams.errors, __version__, None))
            return FAILED
        finally:
            streams.flush()
    except OutputError as problem:
        streams.complain(f"the output cannot be written: {problem}")
        return FAILED
    except KeyboardInterrupt:
        streams.complain("interrupted")
        return INTERRUPTED


def _run(arguments: Sequence[str], streams: Streams) -> int:
    from .options import parse
    from .streams import is_terminal

    options = parse(arguments, stdin_waits=sys.stdin is not None and not is_terminal(sys.stdin))
    streams.quiet, streams.color = options.quiet, options.color
    from .modes import texts
    from .modes.table import MODES
    from .run import Run

    mode = next((mode for name, mode in MODES.items() if getattr(options, name) not in (None, False)), texts.restore)
    found = mode(Run(options, streams))
    if streams.errors:
        return FAILED
    return FOUND if found and not options.exit_zero else OK
