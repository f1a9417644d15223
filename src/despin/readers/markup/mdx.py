"""MDX → which spans of it are JavaScript. Start reading from `code_spans`."""

from __future__ import annotations

import re

from ...text.protected import merged

Span = tuple[int, int]

_PIECE = re.compile(
    r"(?P<fence>^[ ]{0,3}(?P<tick>`{3,}|~{3,}).*?(?:^[ ]{0,3}(?P=tick)|\Z))"
    r"|(?P<ticks>`+)[^\n]*?(?<!`)(?P=ticks)(?!`)|\\.|(?P<module>^(?:import|export)\b)|(?P<blank>\n(?=[ \t\r]*\n))"
    r"|(?P<raw><(?P<name>script|style|pre|code)\b[^>]*>.*?(?:</(?P=name)\s*>|\Z))|(?P<brace>[{}])",
    re.DOTALL | re.MULTILINE,
)


def code_spans(text: str) -> list[Span]:
    """Modules that are imported and exported, expressions in braces, and elements of code.

    >>> text = 'import A from "a"\\n\\nOne {two.map(x => {three})} <A b={4}/>'
    >>> [text[start:end] for start, end in code_spans(text)]
    ['import A from "a"', '{two.map(x => {three})}', '{4}']
    """
    spans: list[Span] = []
    opened: list[int] = []
    module = -1  # where an import or export began, which ends at a blank line outside of braces
    for match in _PIECE.finditer(text):
        if match["module"] and module < 0 and not opened:
            module = match.start()
        elif match["blank"] and module >= 0 and not opened:
            spans.append((module, match.start()))
            module = -1
        elif match["raw"]:
            spans.append(match.span())
        elif match["brace"] == "{":
            opened.append(match.start())
        elif match["brace"] and opened:
            spans.append((opened.pop(), match.end()))
    if module >= 0:
        spans.append((module, len(text)))
    return merged(spans)
