"""Globs as git reads them, from the folder that they are meant from: ``vendor/`` anywhere, ``/vendor/`` at the top.

Start reading from `Globs.match`.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


def compiled(patterns: Sequence[str]) -> GitIgnoreSpec:
    """`patterns`, ready to match paths.

    Raises
    ------
    UsageError
        One of them is no pattern.
    """
    from pathspec import GitIgnoreSpec

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of the expression that [[] becomes
            return GitIgnoreSpec.from_lines(patterns)
    except (ValueError, re.error) as problem:
        raise UsageError(f"one of the globs {', '.join(map(repr, patterns))} cannot be used: {problem}") from None


class Globs:
    """Patterns of one configuration, or of the command line, and the folder that they are meant from."""

    def __init__(self, patterns: Sequence[str], folder: str) -> None:
        """`folder` is absolute. Raises `UsageError` where a pattern is none."""
        self.patterns = patterns
        self._folder = folder
        self._inside = compiled(patterns)

    @cached_property
    def _anywhere(self) -> GitIgnoreSpec:
        """Those that hold in whatever folder: without a slash but at the end."""
        return compiled([p for p in self.patterns if "/" not in p.rstrip("/") or p.lstrip("!").startswith("**/")])

    @cached_property
    def _above(self) -> GitIgnoreSpec:
        """Those that lead out of the folder."""
        return compiled([p for p in self.patterns if p.lstrip("!").startswith("../")])

    def match(self, path: str, top: str = "") -> bool:
        """Whether they match `path`, which is absolute; a folder to match ends in a slash.

        Outside of their folder those match that are meant for no certain folder, and those that begin with ``../``.
        What folders above `top` are called is then of no account.
        """
        within = _below(self._folder, path)
        if within is not None:
            return self._inside.match_file(within)
        try:
            around = os.path.relpath(path, self._folder).replace(os.sep, "/") + "/" * path.endswith(os.sep)
        except ValueError:  # another drive
            around = os.path.splitdrive(path)[1]
        below = (_below(top, path) if top else None) or _without_ups(around)
        return self._anywhere.match_file(below) or self._above.match_file(around)


def places(path: str) -> tuple[str, ...]:
    """Where `path` is: absolute as it was named, and, where a link leads elsewhere, really. A slash behind it stays."""
    slash = os.sep * path.endswith(os.sep)
    named, real = os.path.abspath(path), os.path.realpath(path)
    return (named + slash,) if named == real else (named + slash, real + slash)


def _below(folder: str, path: str) -> str | None:
    inside = folder.rstrip(os.sep) + os.sep
    return path.removeprefix(inside) if path.startswith(inside) else None


def _without_ups(path: str) -> str:
    while path.startswith("../"):
        path = path[3:]
    return path
