"""Texts → reports, here or by worker processes: the same reports in the same order. Start reading from `checked`.

With all texts in one batch of `workers`, or one process asked for, no worker is started, and nothing of `workers` is
imported.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby
from typing import Any, TypeVar

from ..config import Config
from .outcomes import Shape

Item = TypeVar("Item")


def checked(
    items: Iterable[Item],
    text_of: Callable[[Item], str],
    config_of: Callable[[Item], Config],
    jobs: int = 1,
    shape: Shape | None = None,
) -> Iterator[tuple[Item, Any]]:
    """Each item with the report of its text by its `Config`, in order and with nothing excused (`pipeline.find_many`),
    or what `shape` makes of it; or with a `Failure`. `jobs`: how many processes may work on it.

    An item without a text has an empty one, so that it keeps its place.
    """
    if jobs > 1:
        from . import workers

        batches = workers.batches(items, text_of, config_of)
        first = next(batches, None)
        second = next(batches, None)
        if second is not None:
            assert first is not None
            yield from workers.by_workers(chain([first, second], batches), text_of, jobs, shape)
            return
        items = first[1] if first else ()
    for config, run in groupby(items, config_of):
        yield from _here(run, text_of, config, shape)


def _here(
    items: Iterable[Item], text_of: Callable[[Item], str], config: Config, shape: Shape | None
) -> Iterator[tuple[Item, Any]]:
    """The reports by this process. No more is read ahead than `find_many` takes for a batch."""
    from ..pipeline import find_many

    waiting: deque[Item] = deque()

    def texts() -> Iterator[str]:
        for item in items:
            waiting.append(item)
            yield text_of(item)

    for report in find_many(texts(), config):
        yield waiting.popleft(), shape(report, config) if shape else report
