"""How far the workers of this machine are: counters that they share with the command."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.context import BaseContext
from typing import Any


@dataclass(slots=True)
class Counters:
    """Documents and bytes read so far, by all workers; it can be handed to a process that is being started."""

    documents: Any
    read: Any

    @classmethod
    def of(cls, context: BaseContext) -> Counters:
        """Counters at zero."""
        return cls(context.Value("q", 0), context.Value("d", 0.0))


_counters: Counters | None = None


def share(counters: Counters) -> None:
    """Let this process count on `counters` from now on."""
    global _counters
    _counters = counters


def advance(documents: int, read: float) -> None:
    """So many documents and bytes more; nothing happens where nobody looks."""
    if _counters is not None:
        with _counters.documents.get_lock():
            _counters.documents.value += documents
            _counters.read.value += read
