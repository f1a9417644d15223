"""What becomes of a text that is checked by whatever process: what is made of its report, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..config import Config
from ..results.report import Report

Shape = Callable[[Report, Config], Any]
"""What is made of a report where it was made: in a worker, if there is one. A function that another process finds by
its name, or a `functools.partial` of one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """No report: a fault of our own in the worker. `description` is that of `fault.describe`."""

    description: str


@dataclass(frozen=True, slots=True)
class Failure:
    """No report: the worker died. `message` is a sentence for people."""

    message: str
