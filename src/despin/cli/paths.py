"""Paths as people typed them → as every report names them. Start reading from `tidy`."""

from __future__ import annotations

import os

STDIN = "-"


def tidy(path: str) -> str:
    """`path` without detours: what annotates a file in CI, or patches it, wants ``docs/a.txt`` and no other spelling.

    It names the same file: a ``..`` behind a link stays, and a file that is called ``-`` keeps its folder.

    >>> tidy("./docs//a.txt"), tidy("docs/../a.txt"), tidy("."), tidy("./-")
    ('docs/a.txt', 'a.txt', '.', './-')
    """
    short = os.path.normpath(path) if path else path
    if short == path or (short == STDIN and path != STDIN):
        return path
    if os.pardir in path.split(os.sep) and os.path.realpath(short) != os.path.realpath(path):
        return path
    return short
