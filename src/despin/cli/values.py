"""The value of an option, as typed → as it is used. What is none raises `argparse.ArgumentTypeError`, with a reason."""

from __future__ import annotations

import argparse


def probability(value: str) -> float:
    """A number from 0 to 1."""
    try:
        if 0 <= (number := float(value)) <= 1:
            return number
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{value!r} is not a number between 0 and 1")


def jobs(value: str) -> int:
    """How many processes; 0: as many as there are cores."""
    if value == "auto":
        return 0
    if value.isdecimal() and int(value):
        return int(value)
    raise argparse.ArgumentTypeError(f"{value!r} is neither a number of processes nor 'auto'")


def phrase(value: str) -> str:
    """A phrase, which has a word at least."""
    if not value.strip():
        raise argparse.ArgumentTypeError("a phrase has a word")
    return value


def size(value: str) -> int:
    """A number of bytes.

    >>> size("200000"), size("64M"), size("1kb")
    (200000, 67108864, 1024)
    """
    number, factor = value.upper().removesuffix("B"), 1
    for power, unit in enumerate("KMG", 1):
        if number.endswith(unit):
            number, factor = number[:-1], 1024**power
    if number.isascii() and number.isdecimal() and int(number[:18]) > 0:
        return int(number) * factor
    raise argparse.ArgumentTypeError(f"{value!r} is not a number of bytes such as 200000 or 64M")
