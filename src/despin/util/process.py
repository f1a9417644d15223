"""Python's garbage collector, out of the way where many objects are made that all stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No cycle collection meanwhile: of tens of thousands of small objects that all stay alive, it would walk each over
    and over for nothing, and take longer than their making."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
