"""Signals that ask a command to end → an exception, so that what was half done is undone. Start from `command`."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from types import FrameType

# Beyond SIGINT, which Python makes an exception of by itself.
_NAMES = ("SIGTERM", "SIGHUP")

Main = Callable[[Sequence[str] | None], int]


def command(main: Main) -> Main:
    """`main` with an orderly end (`orderly_end`); with the process's own arguments, it is the process."""

    @wraps(main)
    def run(arguments: Sequence[str] | None = None) -> int:
        with orderly_end(own=arguments is None):
            return main(arguments)

    return run


@contextmanager
def orderly_end(*, own: bool) -> Iterator[None]:
    """What asks the process to end meanwhile raises `KeyboardInterrupt`, as Ctrl-C does; in the end the process dies of
    it, so that who sent it sees that it worked.

    Signals that somebody ignores (`nohup`) or handles are left to them, and so are all outside the main thread. Where
    the process is our `own`, Ctrl-C comes too late behind this: all is done, and what Python does to shut down is not
    to be broken off with a traceback.
    """
    received: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        received.append(number)
        raise KeyboardInterrupt

    ours: list[int] = []
    main_thread = threading.current_thread() is threading.main_thread()
    if main_thread:
        numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
        ours = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, end)
    try:
        yield
    finally:
        if own and main_thread:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
        if received:
            signal.raise_signal(received[0])
