"""The command `despin`: argv in, an exit code out. It and its helpers alone touch files and streams.

* stdout is only ever the product, written as bytes so that no line ending is translated; the rest goes to stderr.
* A bad input is one sentence on stderr; the other files are still done, and the exit code is 2.
* A fault of our own is one sentence, too, and exits with 70: 1 says that a text is judged spun.
* What a mode does not need is not imported: numpy comes with the first text.

`options` reads argv, `run` finds the files and their settings, `modes` has what the command can do, and
`renderers.formats` what `--check` can print. Start reading from `main`.
"""

from __future__ import annotations

import sys
from contextlib import suppress

from .._version import __version__
from ..util import closed_streams, process

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
        closed_streams.hold()
        process.prepare()
    if list(given) == ["--version"]:  # other programs ask, and wait
        with suppress(AttributeError, OSError):  # closed, or full: `_main` says so
            sys.stdout.write(f"despin {__version__}\n")
            sys.stdout.flush()
            return OK
    from ..util.signals import orderly_end

    try:
        with orderly_end(own=own):
            return _main(given)
    finally:
        if own:
            process.end_without_collecting()


def _main(arguments: Sequence[str]) -> int:
    from .streams import OutputError, ReaderGone, Streams

    streams = Streams()
    try:
        try:
            code = _run(arguments, streams)
            streams.finish()
            return code
        finally:
            streams.flush()
    except ReaderGone:  # as in: despin --check docs | head
        return FAILED
    except OutputError as problem:
        streams.complain(f"the output cannot be written: {problem}")
        return FAILED
    except KeyboardInterrupt:
        streams.complain("interrupted")
        return INTERRUPTED


def _run(arguments: Sequence[str], streams: Streams) -> int:
    from .errors import UsageError
    from .streams import OutputError

    try:
        return _mode(arguments, streams)
    except OutputError:
        raise
    except UsageError as problem:
        return _end(arguments, streams, str(problem), FAILED)
    except MemoryError:
        return _end(arguments, streams, "there is not enough memory; split the texts, or say --jobs 1", FAILED)
    except Exception as problem:
        from ..util import fault

        return _end(arguments, streams, fault.sentence(problem, __version__), fault.EXIT)


def _end(arguments: Sequence[str], streams: Streams, message: str, code: int) -> int:
    """Tell why a run ends before its time; as JSON too, if that was to be printed and nothing was."""
    streams.complain(message)
    streams.discard()
    from .options import wants_json

    if wants_json(arguments) and not streams.begun:
        from ..renderers import json

        streams.product(json.whole([], streams.errors, __version__, None))
    return code


def _mode(arguments: Sequence[str], streams: Streams) -> int:
    from .options import parse
    from .parser import Answer
    from .streams import is_open, is_terminal

    try:
        options = parse(arguments, stdin_waits=is_open(sys.stdin) and not is_terminal(sys.stdin))
    except Answer as answer:
        streams.product(answer.text)
        return OK
    streams.quiet, streams.color, streams.output = options.quiet, options.color, options.output
    from .modes import texts
    from .modes.table import MODES
    from .run import Run

    mode = next((mode for name, mode in MODES.items() if getattr(options, name) not in (None, False)), texts.restore)
    found = mode(Run(options, streams))
    if streams.errors:
        return FAILED
    return FOUND if found and not options.exit_zero else OK
