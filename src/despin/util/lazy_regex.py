"""Patterns that are compiled when they are first used.

A start needs few of the patterns that the stages may need, and compiling one takes up to 4 ms: as long as reading a
page. `lazy` stands for a pattern until somebody asks anything of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import regex


class _LazyPattern:
    """A pattern to be; what was asked of it once is remembered, so that it is asked for directly from then on."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # of a protocol that the pattern has no part in: copying, say
            raise AttributeError(name)
        import regex

        value = getattr(regex.compile(self._text), name)
        setattr(self, name, value)
        return value


def lazy(text: str) -> regex.Pattern[str]:
    """The pattern `text`, whose flags stand in it, as in ``(?i)a``.

    >>> lazy("(?i)a+").findall("aAb")
    ['aA']
    """
    return cast("regex.Pattern[str]", _LazyPattern(text))
