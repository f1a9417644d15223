"""What people pass to the library → what it takes, or a `TypeError` that says what was meant.

Start reading from `texts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from typing import Any, TypeVar

_Kind = TypeVar("_Kind")


def text(value: object, name: str = "text") -> str:
    """`value`, which is one text and called `name`. Raises TypeError.

    >>> text(None)
    Traceback (most recent call last):
    TypeError: text is NoneType; one string is meant
    """
    if isinstance(value, str):
        return value
    raise TypeError(f"{name} is {_named(value)}; one string is meant{_advice(value)}")


def texts(values: object) -> Iterator[str]:
    """The texts in `values`, one after the other; a single text, which is an iterable too, is not meant.

    Raises
    ------
    TypeError
        At once if `values` are no iterable of texts; while iterating if something in it is no text.

    >>> texts("a text")
    Traceback (most recent call last):
    TypeError: one text was given where several are meant; put it into a list: [text]
    """
    if isinstance(values, str):
        raise TypeError("one text was given where several are meant; put it into a list: [text]")
    if isinstance(values, (bytes, Mapping)) or not isinstance(values, Iterable):
        raise TypeError(f"texts is {_named(values)}; an iterable of strings is meant{_advice(values)}")
    return _checked(values)


def _checked(values: Iterable[Any]) -> Iterator[str]:
    for row, value in enumerate(values):
        if not isinstance(value, str):
            raise TypeError(f"text {row} is {_named(value)}; a string is meant{_advice(value)}")
        yield value


def several(value: object, name: str, kinds: tuple[type[_Kind], ...], meant: str) -> tuple[_Kind, ...]:
    """The items of `value`, an iterable of `kinds`, which messages call `name` and describe as `meant`.

    Raises TypeError.

    >>> several("brand new", "allow", (str,), "strings")
    Traceback (most recent call last):
    TypeError: allow is one string; several are meant: allow=('brand new',)
    """
    if isinstance(value, str):
        raise TypeError(f"{name} is one string; several are meant: {name}=({value[:60]!r},)")
    if isinstance(value, PathLike):
        raise TypeError(f"{name} is one path; several are meant: {name}=(path,)")
    if isinstance(value, (bytes, Mapping)) or not isinstance(value, Iterable):
        raise TypeError(f"{name} is {_named(value)}; a tuple of {meant} is meant")
    items = tuple(value)
    for item in items:
        if not isinstance(item, kinds):
            raise TypeError(f"{name} holds {_named(item)}; {meant} are meant")
    return items


def _named(value: object) -> str:
    """The kind of `value`, and what it is where that is short."""
    kind = type(value).__name__
    return kind if value is None else f"{kind} {value!r:.60}"


def _advice(value: object) -> str:
    if isinstance(value, PathLike):
        return "; read the file first: despin.readers.read(path).prose"
    return "; decode it first: despin.readers.decode(name, data).prose" if isinstance(value, bytes) else ""
