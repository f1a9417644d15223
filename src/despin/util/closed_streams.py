"""Standard streams that were closed before the process began (`despin <&-`): nobody's file takes their place."""

from __future__ import annotations

import os
import sys


def hold() -> None:
    """Open the descriptors 0, 1 and 2 on nothing where they are closed.

    The next file that is opened would get the number else, and what C libraries or other processes read or write
    there would be that file. `sys.stdin` and the like stay None: they say that the stream was closed.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free


def stand_in() -> None:
    """`hold`, and what is said on a standard error that is closed goes nowhere: `print` would put it on stdout."""
    hold()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
