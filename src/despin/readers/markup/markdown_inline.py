"""Inside a block of Markdown: what is prose, and what is not. Start reading from `add`.

After https://spec.commonmark.org, as far as it takes to know which characters are text. Where the standard looks far
ahead, a look-ahead here is bounded or remembered, so that every block takes time in proportion to its length.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ...text.view import OBJECT, ViewBuilder

Span = tuple[int, int]

_SIGN = re.compile(r"[\\`<&*_~\[\]!\n\ufffc]")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_RUNS = {sign: re.compile(f"{re.escape(sign)}+") for sign in f"`*_~{OBJECT}"}
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_AUTOLINK = re.compile(r"<(?:[A-Za-z][A-Za-z0-9.+-]{1,31}:[^\s<>]*+|[^\s<>@]++@[^\s<>@]++)>")
_TAG = re.compile(
    r"""</?([A-Za-z][A-Za-z0-9-]*+)(?:\s++|/|[^\s/>="'<`][^\s/>=]*+|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++))*+>"""
)
_TARGET = re.compile(
    r"""\(\s*+(?:<[^<>\n]*+>|[^\s()<][^\s()]*+(?:\([^\s()]*+\)[^\s()]*+)*+)?+
        (?:\s++(?:"[^"]*+"|'[^']*+'|\([^()]*+\)))?+\s*+\)""",
    re.VERBOSE,
)
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.)*+)\]")
_FRONT = re.compile(r"(?:[ \t>]|[-+*][ \t]|[0-9]{1,9}[.)][ \t])*")
_LINE_SIGN = re.compile(r"[#>+=-]|[0-9]{1,9}[.)](?=\s|\Z)")
_TYPED = re.compile(rf"(\\[!-/:-@\[-`{{-~]|{_ENTITY.pattern})|[\\`*_~|\[\]<]")
_FAR = 2000  # characters that a tag or the target of a link may have
_CODE = frozenset(["code", "kbd", "samp", "var", "tt", "pre", "script", "style", "textarea", "svg", "math"])


def escape(word: str) -> str:
    """`word` as it is written in text of Markdown."""
    return re.sub(r"[\\`*_\[\]<]|&(?=#?\w+;)", r"\\\g<0>", word)


def typed(words: str) -> str:
    """`words` of a person who saw the source: text, whatever signs it has, but what was escaped already stays so.

    >>> print(typed("2 * 3 | &amp;"))
    2 \\* 3 \\| &amp;
    """
    return _TYPED.sub(lambda match: match[0] if match[1] else "\\" + match[0], words)


def begun(words: str, text: str, place: int) -> str:
    """`words` for this place of `text`: at the front of a line, no heading, list or quotation may begin with them.

    >>> print(begun("# 1", "> ", 2), begun("1. one", "", 0), begun("# 1", "one ", 4))
    \\# 1 1\\. one # 1
    """
    sign = _LINE_SIGN.match(words)
    if sign is None or not _FRONT.fullmatch(text, text.rfind("\n", 0, place) + 1, place):
        return words
    return f"{words[: sign.end() - 1]}\\{words[sign.end() - 1 :]}"


def label(text: str) -> str:
    """The name of a link definition, so that equal ones are equal."""
    return " ".join(text.split()).casefold()


def add(builder: ViewBuilder, text: str, lines: Sequence[Span], labels: frozenset[str]) -> None:
    """Add the prose of the block of `text` whose lines are the spans `lines`; `labels` are the links defined."""
    block = _Block(text, lines, labels)
    block.read()
    for event in block.events:
        if event is not None:
            content, start, end = event
            if content == "\n":
                builder.border(start)
            elif content == " " and text[start:end] != " ":
                builder.blank(start, end)
            else:
                builder.add(content, start, end)


class _Block:
    """The reading of one block. Places are those in `content`, its lines joined, until they become events."""

    def __init__(self, text: str, lines: Sequence[Span], labels: frozenset[str]) -> None:
        self.lines = lines
        self.labels = labels
        self.content = "\n".join(text[start:end] for start, end in lines)
        self.begins = [0]
        for start, end in lines[:-1]:
            self.begins.append(self.begins[-1] + end - start + 1)
        self.events: list[tuple[str, int, int] | None] = []
        self.openers: list[tuple[int, int, bool]] = []  # place, index of the event, whether of a picture
        self.ticks: dict[int, list[int]] | None = None
        self.never: set[str] = set()  # what was looked for and does not come any more
        self.ends: dict[str, int] = {}

    def source(self, place: int) -> int:
        line = bisect_right(self.begins, place) - 1
        return self.lines[line][0] + place - self.begins[line]

    def put(self, content: str, start: int, end: int) -> None:
        if start < end:
            # The last character is what counts: an end may lie behind a line.
            self.events.append((content, self.source(start), self.source(end - 1) + 1))

    def read(self) -> None:
        content, place = self.content, 0
        while match := _SIGN.search(content, place):
            start = match.start()
            self.put(content[place:start], place, start)
            place = _HANDLERS[match[0]](self, start)
        self.put(content[place:], place, len(content))

    def find(self, what: str, place: int) -> int:
        """`str.find` that looks at no place twice."""
        if self.ends.get(what, -1) < place and what not in self.never:
            self.ends[what] = self.content.find(what, place)
            if self.ends[what] < 0:
                self.never.add(what)
        return -1 if what in self.never else self.ends[what]

    # --- one sign each: what begins at `place`, as events, and where it ends --------------------------------------

    def literal(self, place: int) -> int:
        self.put(self.content[place], place, place + 1)
        return place + 1

    def thing(self, place: int) -> int:
        """What was found to be no prose before."""
        run = _RUNS[OBJECT].match(self.content, place)
        end = run.end() if run else place + 1
        self.put(OBJECT, place, end)
        return end

    def newline(self, place: int) -> int:
        # From the last character of one line to the first of the next, whatever lies between in the source.
        start, end = self.source(place - 1) + 1 if place else self.source(place), self.source(place + 1)
        self.events.append((" ", start, end))
        return place + 1

    def backslash(self, place: int) -> int:
        behind = self.content[place + 1 : place + 2]
        if behind == "\n":  # a hard line break
            self.events.append(("\n", self.source(place), self.source(place)))
            return place + 2
        if behind not in _PUNCTUATION or not behind:
            return self.literal(place)
        self.put(behind, place, place + 2)
        return place + 2

    def code(self, place: int) -> int:
        if self.ticks is None:
            self.ticks = {}
            for match in _RUNS["`"].finditer(self.content):
                self.ticks.setdefault(len(match[0]), []).append(match.start())
        run = _RUNS["`"].match(self.content, place)
        length = len(run[0]) if run else 1
        places = self.ticks.get(length, [])
        behind = bisect_left(places, place + length)
        if behind == len(places):
            self.put(self.content[place : place + length], place, place + length)
            return place + length
        end = places[behind] + length
        self.put(OBJECT, place, end)
        return end

    def angle(self, place: int) -> int:
        content = self.content
        for opening, closing in (("<!--", "-->"), ("<?", "?>"), ("<!", ">")):
            if content.startswith(opening, place):
                end = self.find(closing, place + 2)
                return self.literal(place) if end < 0 else end + len(closing)
        near = self.find(">", place)
        if near < 0 or near - place > _FAR:
            return self.literal(place)
        if match := _AUTOLINK.match(content, place, near + 1):
            self.put(OBJECT, place, match.end())
            return match.end()
        match = _TAG.match(content, place, place + _FAR)
        if match is None:
            return self.literal(place)
        name = match[1].lower()
        if name in _CODE and content[place + 1] != "/":
            stop = self.find(f"</{name}", match.end())
            end = self.find(">", stop) + 1 if stop >= 0 else 0
            if end > 0:
                self.put(OBJECT, place, end)
                return end
        return match.end()

    def entity(self, place: int) -> int:
        match = _ENTITY.match(self.content, place)
        meant = html.unescape(match[0]) if match else ""
        if match is None or meant == match[0]:
            return self.literal(place)
        self.put(meant, place, match.end())
        return match.end()

    def emphasis(self, place: int) -> int:
        sign = self.content[place]
        run = _RUNS[sign].match(self.content, place)
        end = run.end() if run else place + 1
        before, behind = self.content[place - 1 : place], self.content[end : end + 1]
        loose = (not before or before.isspace()) and (not behind or behind.isspace())
        inside = sign == "_" and before.isalnum() and behind.isalnum()
        if loose or inside or (sign == "~" and end - place != 2):
            self.put(self.content[place:end], place, end)
        return end

    def opening(self, place: int) -> int:
        self.openers.append((place, len(self.events), False))
        return self.literal(place)

    def picture(self, place: int) -> int:
        if not self.content.startswith("[", place + 1):
            return self.literal(place)
        self.openers.append((place, len(self.events), True))
        self.put("![", place, place + 2)
        return place + 2

    def closing(self, place: int) -> int:
        if not self.openers:
            return self.literal(place)
        opener, index, picture = self.openers.pop()
        content = self.content
        target = _TARGET.match(content, place + 1, place + _FAR)
        reference = None if target else _LABEL.match(content, place + 1, place + _FAR)
        inner = content[opener + 1 + picture : place] if place - opener < _FAR else ""
        named = bool(inner) and (inner[0] == "^" or (bool(self.labels) and label(inner) in self.labels))
        full = reference is not None and bool(reference[1].strip()) and label(reference[1]) in self.labels
        end = (target or reference).end() if target or full or (reference and named) else place + 1  # type: ignore[union-attr]
        if not (target or full or named):
            return self.literal(place)
        if picture or (named and not target and not full):
            del self.events[index:]
            self.put(OBJECT, opener, end)
        else:
            self.events[index] = None
        return end


_HANDLERS = {
    "\n": _Block.newline,
    OBJECT: _Block.thing,
    "\\": _Block.backslash,
    "`": _Block.code,
    "<": _Block.angle,
    "&": _Block.entity,
    "*": _Block.emphasis,
    "_": _Block.emphasis,
    "~": _Block.emphasis,
    "[": _Block.opening,
    "]": _Block.closing,
    "!": _Block.picture,
}
