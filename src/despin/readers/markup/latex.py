"""A text in LaTeX → the prose in it, as a `View`. Start reading from `view`.

TeX can be told to read anything as anything, so this reads little: the body of a document, in environments that are
known to hold prose, and of commands the arguments of those that are known to (`\\emph`, `\\section`, `\\footnote` …).
Formulas, tables, verbatim text, other environments, and other commands with their arguments stay.

* What stays stands in the prose as one `OBJECT`; commands and braces that only say how prose looks are gaps.
* A text that defines how it is to be read (`\\catcode`, `\\def` in a file without a body) is left alone.

Why not pylatexenc: it takes a hundred times as long, and gives up on what it does not know.
`tests/readers/test_latex.py` holds this against it.
"""

from __future__ import annotations

import re

from ...text.view import OBJECT, View, ViewBuilder

_PROSE_NAMES = """
    document abstract quote quotation itemize enumerate description center flushleft flushright figure table minipage
    theorem lemma proof corollary proposition definition remark titlepage letter sloppypar samepage multicols frame
    block acknowledgements acknowledgments acks keywords footnotesize small normalsize large landscape spacing
    compactitem compactenum inparaenum trivlist
"""
_PROSE = frozenset(_PROSE_NAMES.split())  # environments
_REFERENCES = "thebibliography"
_SHOWN_NAMES = """
    emph textbf textit textsl textsc textsf textrm textup textmd textnormal underline uline enquote mbox uppercase
    so hl textquote centerline
"""
_SHOWN = frozenset(_SHOWN_NAMES.split())  # whose argument is prose in the line
_APART_NAMES = """
    section subsection subsubsection paragraph subparagraph chapter part title subtitle caption footnote footnotetext
    thanks abstract keywords frametitle framesubtitle marginpar sidenote minisec addsec addchap subtitle
"""
_APART = frozenset(_APART_NAMES.split())  # whose argument is a paragraph of its own
_SWITCH_NAMES = """
    em bf it sl sc rm sf tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge itshape bfseries
    mdseries upshape slshape scshape rmfamily sffamily normalfont centering raggedright raggedleft noindent
    indent selectfont null relax leavevmode
"""
_SWITCHES = frozenset(_SWITCH_NAMES.split())  # that stand in a line and take nothing
_DEFINING = frozenset(["def", "gdef", "edef", "xdef", "let", "newcommand", "renewcommand", "providecommand"])
_CODE = frozenset(["tt", "ttfamily", "ttdefault"])  # what follows in its group is code
_CHARS = {"&", "%", "$", "#", "_", "{", "}"}
_NAME = re.compile(r"\\(?:([A-Za-z@]+)\*?|([^A-Za-z@]))", re.DOTALL)
_SPECIAL = re.compile(r"[\\{}$%~&#^_]|``|''|`|-{2,3}|[ \t]*(?:\r\n?|\n)[ \t\r\n]*")
_BRACE = re.compile(r"\\verb\*?([^A-Za-z\s*])[^\n]*?\1|\\.|%[^\n]*|[{}]", re.DOTALL)
_VERBATIM = re.compile(
    r"\\begin\{(verbatim|Verbatim|lstlisting|minted|comment|alltt|macrocode|filecontents)(\*?)\}.*?(?:\\end\{\1\2\}|\Z)",
    re.DOTALL,
)
_ENVIRONMENT = re.compile(r"\\begin\s*\{([^{}]*)\}")
_BODY = re.compile(r"\\(begin|end)\s*\{document\}")
_COMMENT = re.compile(r"(?:[^%\\]|\\.)*%", re.DOTALL)
_OPTIONAL = re.compile(r"\s*\[[^\[\]{}\n]*(?:\{[^{}\n]*\}[^\[\]{}\n]*)*\]")
_BLANK = re.compile(r"[ \t]*(?:\n[ \t]*)?")
_LENGTH = re.compile(r"[ \t]*=?[ \t]*-?[\d.]+[ \t]*\\?[a-z]{2}\w*(?:\s+(?:plus|minus)\s+-?[\d.]+[ \t]*[a-z]+)*")
_SHORT_VERB = re.compile(
    r"\\(?:MakeShortVerb|DefineShortVerb|lstMakeShortInline)\*?(?:\[[^\]]*\])?\s*\{?\s*\\?([^\w\s{}\\])"
)
_ODD = re.compile(
    r"\\(?:catcode|def|gdef|bye|documentclass|documentstyle|input\s+docstrip|ProvidesPackage|makeatletter)\b"
)
_WRITTEN = {
    "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "“": "``", "”": "''", "‘": "`",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}  # fmt: skip
_TABLE = str.maketrans(_WRITTEN)
_MEANT = {"``": "“", "''": "”", "`": "‘", "--": "–", "---": "—"}


def escape(word: str) -> str:
    """`word` as it is written in LaTeX."""
    return word.translate(_TABLE)


def view(text: str, references: bool = False) -> View:
    """The prose of `text`; with `references`, that of its list of references, too.

    >>> view("\\\\section{The \\\\emph{kids}} % a comment\\nSee~\\\\cite{kids}, and $k$.").text
    'The kids\\n ￼ See ￼, and ￼.\\n'
    """
    builder = ViewBuilder(text, escape)
    begin = _body(text, "begin", 0)
    if begin is not None:
        end = _body(text, "end", begin.end())
        _Reader(text, begin.end(), end.start() if end else len(text), builder, references).read()
    elif not _ODD.search(text):
        _Reader(text, 0, len(text), builder, references).read()
    builder.border(len(text))
    return builder.view()


def _body(text: str, which: str, place: int) -> re.Match[str] | None:
    """Where the body of the document begins, or ends: the first such command that stands in no comment."""
    for match in _BODY.finditer(text, place):
        line = text.rfind("\n", 0, match.start()) + 1
        if match[1] == which and not _COMMENT.match(text, line, match.start()):
            return match
    return None


def remarks(text: str) -> list[tuple[int, int]]:
    """Spans of `text` in which a comment is none: verbatim text."""
    return [match.span() for match in _VERBATIM.finditer(text) if match[1] != "comment"]


class _Reader:
    """The reading of one text, from left to right."""

    def __init__(self, text: str, begin: int, end: int, builder: ViewBuilder, references: bool) -> None:
        self.prose = _PROSE | {_REFERENCES} if references else _PROSE
        self.text, self.begin, self.end, self.builder = text, begin, end, builder
        self.closes = _pairs(text, begin, end)
        short = {match[1] for match in _SHORT_VERB.finditer(text, 0, end)}
        if re.search(r"\\documentclass(?:\[[^\]]*\])?\{[^}]*(?:ltxdoc|ltxguide|l3doc)", text[:5000]):
            short.add("|")
        self.short = short
        self.special = (
            re.compile(f"{_SPECIAL.pattern}|{'|'.join(map(re.escape, sorted(short)))}") if short else _SPECIAL
        )
        self.groups: list[str] = []  # what each open brace does at its end: nothing, or a border
        self.never: set[str] = set()

    def read(self) -> None:
        text, place = self.text, self.begin
        while place < self.end:
            match = self.special.search(text, place, self.end)
            start = match.start() if match else self.end
            self.builder.add(text[place:start], place, start)
            if match is None:
                return
            place = max(self.sign(match[0], start, match.end()), start + 1)

    def thing(self, start: int, end: int) -> int:
        """What is no prose."""
        end = min(end, self.end)
        self.builder.add(OBJECT, start, end)
        return end

    def find(self, what: str, place: int) -> int:
        """Where `what` ends at or behind `place`; −1 where it does not come any more."""
        if what in self.never:
            return -1
        found = self.text.find(what, place, self.end)
        if found < 0:
            self.never.add(what)
            return -1
        return found + len(what)

    def sign(self, sign: str, start: int, end: int) -> int:
        """What begins with `sign` at `start`: added, and where it ends."""
        if sign[0] == "\\":
            return self.command(start)
        if sign in self.short:
            stop = self.find(sign, end)
            return self.thing(start, stop if stop > 0 else end)
        if sign.isspace():
            if sign.count("\n") + sign.count("\r") - sign.count("\r\n") > 1:
                self.builder.border(start)
            else:
                self.builder.blank(start, end)
            return end
        if sign in _MEANT:
            self.builder.add(_MEANT[sign], start, end)
            return end
        return self.single(sign, start)

    def single(self, sign: str, start: int) -> int:
        text = self.text
        if sign == "{":
            self.groups.append("")
            return start + 1
        if sign == "}":
            if self.groups and self.groups.pop():
                self.builder.border(start)
            return start + 1
        if sign == "%":
            line = text.find("\n", start, self.end)
            return self.thing(start, line if line >= 0 else self.end)
        if sign == "~":
            self.builder.add(" ", start, start + 1)
            return start + 1
        if sign == "$":
            double = text.startswith("$$", start)
            stop = self.math_end(start + 1 + double, "$$" if double else "$")
            return self.thing(start, stop if stop > 0 else start + 1)
        if sign == "&":
            self.builder.border(start)
        return self.thing(start, start + 1)

    def math_end(self, place: int, closing: str) -> int:
        """Where a formula ends; 0 where no dollar follows in its paragraph."""
        for match in re.compile(r"\\.|\$\$?|\n[ \t\r]*\n", re.DOTALL).finditer(self.text, place, self.end):
            if match[0][0] == "$":
                return match.start() + len(closing)
            if match[0][0] == "\n":
                return 0
        return 0

    def command(self, start: int) -> int:
        text = self.text
        match = _NAME.match(text, start, self.end)
        if match is None:
            return self.thing(start, start + 1)
        name, sign, end = match[1], match[2], match.end()
        if sign is not None:
            return self.control(sign, start, end)
        if name == "begin":
            return self.environment(start)
        if name == "end":
            self.builder.border(start)
            closing = self.closes.get(_skip(text, end), end - 1)
            return closing + 1
        if name == "item":
            self.builder.border(start)
            option = _OPTIONAL.match(text, end, self.end)
            return _skip(text, option.end() if option else end)
        if name == "par":
            self.builder.border(start)
            return end
        if name in _SWITCHES:
            return _BLANK.match(text, end, self.end).end()  # type: ignore[union-attr]
        if name in _CODE:
            return self.thing(start, self.group_end(start))
        if name in _SHOWN or name in _APART:
            return self.argument(name in _APART, start, end)
        if name == "verb" or (name == "lstinline" and text[end : end + 1] not in ("{", "[")):
            stop = text.find(text[end : end + 1], end + 1, self.end)
            return self.thing(start, stop + 1 if stop >= 0 else end)
        if name in _DEFINING:
            return self.thing(start, self.definition(end))
        if name == "bibitem":
            self.builder.border(start)
        stop = self.arguments(end)
        length = _LENGTH.match(text, stop, self.end) if stop == end else None
        return self.thing(start, length.end() if length else stop)

    def control(self, sign: str, start: int, end: int) -> int:
        """A command of one sign."""
        if sign in _CHARS:
            self.builder.add(sign, start, end)
        elif sign in (" ", "\n", "\t"):
            self.builder.add(" ", start, end)
        elif sign in ("(", "["):
            stop = self.find("\\)" if sign == "(" else "\\]", end)
            return self.thing(start, stop if stop > 0 else self.end)
        elif sign == "\\":
            self.builder.border(start)
            option = re.compile(r"\*?(?:\[[^\[\]\n]{0,40}\])?").match(self.text, end, self.end)
            return option.end() if option else end
        elif sign in ("-", "/", "@", "!", ",", ";", ":"):
            return self.thing(start, end)
        else:  # an accent, mostly
            return self.thing(start, self.closes.get(end, end - 1) + 1)
        return end

    def environment(self, start: int) -> int:
        """`\\begin`: of prose, what stands before it; of all else, the whole."""
        text = self.text
        match = _ENVIRONMENT.match(text, start, self.end)
        if match is None:
            return self.thing(start, start + 6)
        self.builder.border(start)
        name = match[1].strip()
        if name.rstrip("*") in self.prose:
            return self.arguments(match.end())
        depth = 0
        for one in re.compile(rf"\\(begin|end)\s*\{{\s*{re.escape(name)}\s*\}}").finditer(text, start, self.end):
            depth += 1 if one[1] == "begin" else -1
            if not depth:
                stop = self.thing(start, one.end())
                self.builder.border(stop)
                return stop
        return self.thing(start, self.end)

    def argument(self, apart: bool, start: int, end: int) -> int:
        """Into the braces behind a command whose argument is prose."""
        option = _OPTIONAL.match(self.text, end, self.end)
        brace = _skip(self.text, option.end() if option else end)
        if self.text[brace : brace + 1] != "{" or brace not in self.closes:
            return self.thing(start, end)
        if apart:
            self.builder.border(start)
        self.groups.append("border" if apart else "")
        return brace + 1

    def arguments(self, place: int) -> int:
        """Behind the groups that follow at `place`."""
        while True:
            if option := _OPTIONAL.match(self.text, place, self.end):
                place = option.end()
                continue
            brace = place
            while self.text[brace : brace + 1] in (" ", "\t") and brace < self.end:
                brace += 1
            if self.text[brace : brace + 1] != "{" or brace not in self.closes:
                return place
            place = self.closes[brace] + 1

    def definition(self, place: int) -> int:
        """Behind what `\\def` and its kind define: a command or a group, parameters, a group."""
        match = re.compile(r"\*?\s*(?:\\(?:[A-Za-z@]+|.))?[^{}\\\n]*", re.DOTALL).match(self.text, place, self.end)
        return self.arguments(match.end() if match else place)

    def group_end(self, start: int) -> int:
        """Where the group ends in which `start` stands: before its brace."""
        depth = 0
        for match in _BRACE.finditer(self.text, start, self.end):
            depth += (match[0] == "{") - (match[0] == "}")
            if depth < 0:
                return match.start()
        return self.end


def _skip(text: str, place: int) -> int:
    """Behind the blanks at `place`."""
    match = _BLANK.match(text, place)
    return match.end() if match else place


def _pairs(text: str, begin: int, end: int) -> dict[int, int]:
    """Which brace closes which, verbatim text and comments apart."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    verbatim = iter([*(match.span() for match in _VERBATIM.finditer(text, begin, end)), (end, end)])
    start, stop = next(verbatim)
    place = begin
    while place < end:
        match = _BRACE.search(text, place, end)
        if match is None:
            break
        if match.start() >= start:
            place = max(stop, match.start() + (stop <= start))
            start, stop = next(verbatim, (end, end))
            continue
        place = match.end()
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            pairs[opened.pop()] = match.start()
    return pairs
