"""Passages → the differences in them, each of a kind. Start reading from `blocks`."""

from __future__ import annotations

from collections.abc import Iterator

from .alignment import Passage
from .regions import SAME, Step


def blocks(passage: Passage) -> Iterator[Step]:
    """What differs in `passage`: known substitutions, single words for single words, and what cannot be told apart."""
    waiting: list[Step] = []
    for step in passage.steps:
        if step.entry == -1:
            waiting.append(step)
            continue
        yield from _told_apart(waiting)
        waiting = []
        if step.entry != SAME:
            yield step
    yield from _told_apart(waiting)


def _told_apart(steps: list[Step]) -> Iterator[Step]:
    """`steps`, none of them known and all beside each other, as they are if each is a word for a word; else as one."""
    if all(step.last - step.first == 1 == step.end - step.begin for step in steps):
        yield from steps
    elif steps:
        yield Step(steps[0].first, steps[-1].last, steps[0].begin, steps[-1].end)
