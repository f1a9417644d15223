"""The lives of candidates (`runtime.trace`) → lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .escaping import printable

if TYPE_CHECKING:
    from ..runtime.trace import Trace


def listing(trace: Trace) -> str:
    """The verdict on the text, and a block for each candidate: where it is from, what each stage said, its evidence."""
    lines = str(trace).split("\n")
    return "\n".join(" " * (len(line) - len(line.lstrip())) + printable(line.strip()) for line in lines) + "\n"
