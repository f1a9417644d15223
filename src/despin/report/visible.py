"""What a reader would not see, shown: for every report. Start reading from `visible`.

Text from the web must not move a terminal's cursor, turn the text around it, or hide in it. `visible` is for people,
`in_json` for JSON, where an escape is another way to write the same string.
"""

from __future__ import annotations

import re

_UNSEEN = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    r"\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029{_UNSEEN}]")
_LEFT_IN_JSON = re.compile(f"[\x7f-\x9f\u2028\u2029{_UNSEEN}]")  # the others are escaped anyway
# What emoji and several scripts cannot do without, and what hides nothing where it stands behind a character.
_HARMLESS = re.compile("[\ufe00-\ufe0f]")


def visible(text: str) -> str:
    """`text` with everything escaped that a reader would not see, or that would move other text about: control
    characters, bidirectional controls, characters without width. Tabs and line breaks stay.

    >>> visible("abc\\u202edef \\x1b[31m")
    'abc\\\\u202edef \\\\x1b[31m'
    """
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE.sub(_escaped, text)


def in_json(text: str) -> str:
    """JSON with the same escaped in its strings, so that it says the same.

    >>> in_json('"abc\\u202edef"')
    '"abc\\\\u202edef"'
    """
    return text if text.isascii() else _LEFT_IN_JSON.sub(_escaped_in_json, text)


def _escaped(match: re.Match[str]) -> str:
    char = match[0]
    return char if _HARMLESS.match(char) else char.encode("unicode_escape").decode()


def _escaped_in_json(match: re.Match[str]) -> str:
    char = match[0]
    units = char.encode("utf-16-be")
    return char if _HARMLESS.match(char) else "".join(f"\\u{units[k : k + 2].hex()}" for k in range(0, len(units), 2))
