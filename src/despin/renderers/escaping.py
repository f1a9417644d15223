"""What a reader would not see, shown: for every report. Start reading from `visible`.

Text from the web must not move a terminal's cursor, turn the text around it, or hide in it. `visible` is for people,
and `printable` for one line of a terminal; `in_json` is for JSON, where an escape is another way to write the same
string.
"""

from __future__ import annotations

import re

# Not among them: variation selectors, which emoji and several scripts cannot do without, and which hide nothing where
# they stand behind a character.
_UNSEEN = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029{_UNSEEN}]")
_LEFT_IN_JSON = re.compile(rf"[\x7f-\x9f\u2028\u2029{_UNSEEN}]")  # the others are escaped anyway
_CUT = re.compile(r"(?<=\w)[-\u2010\u00ad]\s*\n\s*(?=\w)")
IN_JAVASCRIPT = re.sub(r"\\U0*(\w+)", r"\\u{\1}", _INVISIBLE.pattern)
"""What `visible` escapes, as a regular expression of JavaScript with the flag `u`."""


def visible(text: str) -> str:
    """`text` with everything escaped that a reader would not see, or that would move other text about: control
    characters, bidirectional controls, characters without width. Tabs and line breaks stay.

    >>> visible("abc\\u202edef \\x1b[31m")
    'abc\\\\u202edef \\\\x1b[31m'
    """
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE.sub(_escaped, text)


def printable(text: str) -> str:
    """`text` on one line and harmless: text from the web must not move a terminal's cursor or fake a line.

    >>> printable("red \\x1b[31m\\n  apple")
    'red \\\\x1b[31m apple'
    """
    if text.isprintable():  # nearly always; that leaves what is printable and yet not seen
        return visible(text)
    text = " ".join(text.split()) if any(c.isspace() and c != " " for c in text) else text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in visible(text))


def whole(phrase: str) -> str:
    """`phrase` on one line, with words whole that a line end cuts.

    >>> whole("counterfeit con-\\nsciousness")
    'counterfeit consciousness'
    """
    return " ".join(_CUT.sub("", phrase).split())


def in_json(text: str) -> str:
    """JSON with the same escaped in its strings, so that it says the same.

    >>> in_json('"abc\\u202edef"')
    '"abc\\\\u202edef"'
    """
    return text if text.isascii() else _LEFT_IN_JSON.sub(_escaped_in_json, text)


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


def _escaped_in_json(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[k : k + 2].hex()}" for k in range(0, len(units), 2))
