"""The process and its memory: garbage collection, threads, and what the C library keeps.

Nothing here is imported before it is needed: `despin --version` waits for this module.
"""

from __future__ import annotations

import gc
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar

    _Given = ParamSpec("_Given")
    _Result = TypeVar("_Result")

SELDOM = 200_000  # objects made between two collections


def prepare() -> None:
    """Set up a process that is the command's own."""
    # The matrices of the encoder are small: threads that wait for their part take a processor from who has work to do.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    collect_seldom()


def collect_seldom() -> None:
    """Look for cycles seldom."""
    # A start makes a hundred thousand objects that stay; to look for cycles in them after every 700 takes longer than
    # the report on a page.
    gc.set_threshold(SELDOM)


def end_without_collecting() -> None:
    """Spare the last collection of a process that ends: all that is alive ends with it."""
    gc.freeze()


def gc_paused() -> _GcPaused:
    """No cycle collection meanwhile: of tens of thousands of small objects that all stay alive, it would walk each over
    and over for nothing, and take longer than their making. For `with`, or as a decorator."""
    return _GcPaused()


class _GcPaused:
    def __enter__(self) -> None:
        self._collects = gc.isenabled()
        gc.disable()

    def __exit__(self, *problem: object) -> None:
        if self._collects:
            gc.enable()

    def __call__(self, function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
        from functools import wraps

        @wraps(function)
        def paused(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
            with gc_paused():
                return function(*args, **kwargs)

        return paused


def keep_freed_memory() -> None:
    """Teach the C library to keep what large arrays leave for those that follow.

    glibc maps every piece of memory that is larger than the largest freed so far (32 MB at most: mallopt(3), dynamic
    threshold), and its pages are faults when they are first touched: a third of the time of tokens. Here such a piece
    is freed, once, without ever being touched.
    """
    import numpy as np

    np.empty((32 << 20) - (1 << 16), np.uint8)
