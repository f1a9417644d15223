"""JSON of schema 1 → its members, each of the type that is meant, and no other. Start reading from `members`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

Value = Mapping[str, Any]


class Members(NamedTuple):
    """What an object of JSON has: names and types of its members."""

    what: str
    """What the object is, in words."""
    needed: Mapping[str, type]
    """`float` stands for any finite number."""
    others: Mapping[str, type]
    """What may be missing."""

    def of(self, data: object) -> Value:
        """`data`, proved to be such an object.

        Raises
        ------
        ValueError
            A member is missing, unknown, or of the wrong type.

        >>> Members("a point", {"x": float}, {}).of({"x": "1"})
        Traceback (most recent call last):
        ValueError: this is not a point of schema 1: 'x' is '1', not a number
        """
        if not isinstance(data, Mapping):
            raise self.refusal(f"it is {type(data).__name__}, not an object")
        known = {**self.needed, **self.others}
        for name in self.needed:
            if name not in data:
                raise self.refusal(f"{name!r} is missing")
        for name, value in data.items():
            if name not in known:
                raise self.refusal(f"{name!r} is unknown")
            if not _fits(value, known[name]):
                raise self.refusal(f"{name!r} is {value!r:.60}, not {_NAMES[known[name]]}")
        return data

    def refusal(self, why: str) -> ValueError:
        """The error that says `why` something is no such object."""
        return ValueError(f"this is not {self.what} of schema 1: {why}")

    def share(self, data: Value, name: str) -> float:
        """The number from 0 to 1 that is the member `name` of `data`. Raises ValueError."""
        if not 0 <= data[name] <= 1:
            raise self.refusal(f"{name!r} is {data[name]!r:.60}, not a number from 0 to 1")
        return float(data[name])


_NAMES = {int: "a whole number", float: "a number", str: "a string", list: "a list", dict: "an object", bool: "a bool"}


def _fits(value: object, kind: type) -> bool:
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and _is_finite(value)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, (list, tuple) if kind is list else kind)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
