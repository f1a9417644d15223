"""Which spans of a text no later stage may change: code, mark-up, addresses, paths and names of files, identifiers.

Two sorts of them: *long* spans may have blanks in them and reach over paragraphs (template syntax, formulas, mail
headers); *short* ones have none, so that each stretch between two spaces can be searched alone.

Rule: every pattern takes time in proportion to the text. A repetition is possessive, or bounded, or stops where its
pattern could begin anew. Start reading from `protected_spans`; `protected_tokens` is the same
for a batch, and looks around signs only.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from ..util.array_types import I64, U8, Bool
from ..util.lazy_regex import lazy
from .characters import ODD, Characters
from .token_boundaries import ends_of

if TYPE_CHECKING:
    import regex

    _Kinds = tuple[tuple[tuple[str, ...], regex.Pattern[str]], ...]


def _pattern(text: str) -> regex.Pattern[str]:
    return lazy(f"(?si){text}")


def _exact(text: str) -> regex.Pattern[str]:
    """A pattern to which the case of letters matters."""
    return lazy(f"(?s){text}")


# --- long spans: each kind by signs of which a text must hold one before it is worth a search ----------------------

_TAG = r"</?[a-z][^<>]*>"
_MARKUP: _Kinds = (
    (("`",), _pattern(r"```.*?(?:```|\z)|`[^`\n]+`")),  # code, fenced and inline
    (
        ("<",),  # elements whose content is no prose, comments, tags
        _pattern(
            r"<(?:script|style|pre|code)\b[^>]*>.*?(?:</(?:script|style|pre|code)\s*>|\z)"
            rf"|<!--.*?(?:-->|\z)|<\?[a-z][^<>]*\?>|{_TAG}"
        ),
    ),
)
_IN_PARAGRAPH = r"\n(?![ \t\r]*\n)"
_CODE_TAGS = "highlight|comment|raw|verbatim|javascript|schema|stylesheet|style|codeblock|math|katex|mermaid"
_VALUE = r"(?:\"[^\"\[\]]*+\"|'[^'\[\]]*+'|“[^”\[\]]*+”|&quot;(?:(?!&quot;)[^\[\]])*+&quot;|[^\s\[\]\"'“]++)"
_SHORTCODES = "gallery|audio|video|playlist|embed|caption|contact-form-7|toc|more|code|sourcecode"
_BLOCK_CODES = "code|sourcecode|php|html|css|latex|math|pre"
_TEMPLATES: _Kinds = (
    (
        ("{%",),  # Liquid, Jinja, Twig, Django: a block of code whole, other tags alone
        _pattern(
            rf"\{{%-?\s*({_CODE_TAGS})\b(?:(?!%\}}).)*+%\}}(?:(?!\{{%-?\s*\1\b|\{{%-?\s*end\1\b).)*+\{{%-?\s*end\1\s*-?%\}}"
            rf"|\{{%(?:[^%{{\n]|%(?!\}})|\{{(?!%)|{_IN_PARAGRAPH})*+%\}}"
        ),
    ),
    (
        ("{{",),  # the same, and Go, Handlebars, Mustache, MediaWiki
        _pattern(
            r"\{\{[<%]\s*(highlight|code|mermaid|math|katex|comment)\b(?:(?![>%]\}\}).)*+[>%]\}\}"
            r"(?:(?!\{\{[<%]\s*/?\s*\1\b).)*+\{\{[<%]\s*/\s*\1\s*[>%]\}\}"
            rf"|(?<!`)\{{\{{(?:[^{{}}<\n]|<(?!/script)|\}}(?!\}})|\{{(?!\{{)|{_IN_PARAGRAPH})*+\}}\}}\}}?"
        ),
    ),
    (("{#",), _pattern(r"\{\#(?:[^#{]|\#(?!\})|\{(?!\#))*+\#\}")),
    (("<%",), _pattern(r"<%(?:[^%<]|%(?!>)|<(?!%))*+%>")),  # ERB, EJS, JSP
    (("<?=", "<?php"), _pattern(r"<\?(?:php\b|=).*?(?:\?>|\z)")),
    (("[[",), _pattern(r"\[\[[^\[\]\n]{1,400}+\]\]")),  # links of a wiki
    (
        ("[",),  # shortcodes of WordPress, codes of forums
        _pattern(
            rf"\[({_BLOCK_CODES})\b[^\[\]]*+\](?:(?!\[/?\1\b).)*+\[/\1\]"
            rf"|\[/?[a-z][\w-]*+(?:\s++[\w:-]++\s*+=\s*+{_VALUE})++\s*+/?\]"
            rf"|\[(?:/[a-z][\w-]*+|(?:{_SHORTCODES})(?:\s++https?:[^\s\[\]]++)?|[a-z]++=[^\[\]\n]++)\](?![(\[:])"
        ),
    ),
)
_ATTRIBUTE = r"(?:[.\#][\w:-]++|[\w:.-]++=(?:\"[^\"\n{}]*+\"|'[^'\n{}]*+'|[^\s{}\"']++)|=[\w-]++)"
_ATTRIBUTES: _Kinds = (
    # Attribute lists of Markdown: {: .class #id}, {#id}, {.class key="value"}, {=html}
    (
        ("{:", "{.", "{#", "{=", '="', "='", "="),
        _pattern(rf"\{{::?[^{{}}\n]*+\}}|\{{[ \t]*+{_ATTRIBUTE}(?:[ \t]++{_ATTRIBUTE})*+[ \t]*+\}}"),
    ),
)
_SIGN = r"[\^_={}+<>|*]|\\[a-z]"
_DISPLAYED = "equation|align|gather|multline|eqnarray|displaymath|math|alignat|flalign"
_MATH: _Kinds = (
    (
        ("$",),  # a price is none: a sign of mathematics, or one word alone, stands between two dollars
        _pattern(
            rf"\$\$(?=(?:[^$\n]|{_IN_PARAGRAPH})*?(?:{_SIGN}))(?:[^$\n]|{_IN_PARAGRAPH})++\$\$"
            rf"|(?<![\\$\w])\$(?![\s$])(?:(?!\d)[^\s$]{{1,80}}+"
            rf"|(?!\d)(?=(?:[^$\n]|{_IN_PARAGRAPH}){{0,500}}?(?:{_SIGN}))(?:[^$\n]|{_IN_PARAGRAPH}){{1,500}}+"
            rf"|(?=\d[^$\n]{{0,200}}?(?:[\^_{{}}]|\\[a-z]))[^$\n]{{1,500}}+)(?<![\s\\])\$(?![\w$])"
        ),
    ),
    (
        ("\\(", "\\[", "\\begin"),
        _pattern(
            rf"\\\((?=[^\\\s]{{1,3}}\\\)|(?:[^\\\n]|\\(?![()])){{0,500}}?(?:{_SIGN}))(?:[^\\\n]|\\(?![()])|{_IN_PARAGRAPH})++\\\)"
            rf"|\\\[(?=(?:[^\\\n]|\\(?![\[\]])|{_IN_PARAGRAPH}){{0,500}}?(?:{_SIGN}))"
            rf"(?:[^\\\n]|\\(?![\[\]])|{_IN_PARAGRAPH})++\\\]"
            rf"|\\begin\{{((?:{_DISPLAYED})\*?)\}}(?:(?!\\begin\{{\1\}}|\\end\{{\1\}}).)*+\\end\{{\1\}}"
        ),
    ),
)
_FENCES: _Kinds = (((":::",), _pattern(r"(?m)^[ \t>]*+:::++[^\n]*+$")),)  # of MyST, Pandoc and Docusaurus
_HEADERS = (
    "from|to|cc|bcc|subject|date|sent|reply-to|sender|message-id|in-reply-to|references|return-path|received|"
    "mime-version|content-[a-z-]+|delivered-to|organi[sz]ation|newsgroups|list-[a-z-]+|x-[a-z-]+"
)
_LINES: _Kinds = (
    (
        ("from:", "date:", "message-id:", "received:", "return-path:", "reply-to:", "content-type:"),  # of mails
        _pattern(
            rf"(?m)^(?:(?:{_HEADERS}):[^\n]*+(?:\n[ \t]++[^\s][^\n]*+)*+(?:\n|\z)){{2,}}+",
        ),
    ),
    (
        ("..",),  # directives of reStructuredText with their options, targets, and comments of despin's kind
        _pattern(
            r"(?m)^[ \t]*+\.\.[ \t]++(?:[\w:+.-]++::|_[^\n]++:|\|[^|\n]++\|)[^\n]*+"
            r"(?:\n[ \t]++:[\w-]++:[^\n]*+)*+"
        ),
    ),
    (("::",), _pattern(r"(?<!\S):[\w:+.-]++:(?=`)")),  # roles
)
_LINE_START = 1000  # characters in which a text that begins with such a line shows it
_FRONT = lazy(
    r"(?sm)\A(?:---[ \t]*+\r?\n(?=[^\n]*:|[ \t]*\#).*?^(?:---|\.\.\.)|\+\+\+[ \t]*+\r?\n.*?^\+\+\+"
    r"|;;;[ \t]*+\r?\n.*?^;;;"
    r"|\{[ \t]*+\"[^\n]*\}(?=[ \t]*+(?:\r?\n|\z))|\{[ \t]*+\r?\n\s*+\".*?^\})[ \t]*+(?:\r?\n|\z)"
)
_FRONT_SIGNS = ("---", "+++", ";;;", "{")
_LINE_HEADS = (rf"(?i)\n(?:{_HEADERS}):", r"\n[ \t]*\.\.[ \t]", None)
"""What stands somewhere in a text that has any of `_LINES`, with a line end before it: mails have two such lines. This
is found ten times as fast, since few characters end a line."""
_LONG: _Kinds = (*_MARKUP, *_TEMPLATES, *_ATTRIBUTES, *_MATH, *_FENCES)

# --- short spans -----------------------------------------------------------------------------------------------

# What begins the next sentence where its blank is missing: no address, and no name of a file, ends in these. Numbers
# are among them: spinners write "eight.three". Of two letters, only those that no country has.
_STARTERS = (
    "a|i|the|and|but|for|with|when|where|while|there|then|they|them|their|this|that|these|those|what|who|why|how|you|"
    "your|she|her|his|him|its|our|not|now|also|after|before|because|however|nevertheless|therefore|moreover|meanwhile|"
    "finally|although|though|since|until|once|such|some|many|most|more|much|each|every|both|all|any|one|two|three|four|"
    "five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|"
    "million|billion|point|zero|from|into|over|under|about|between|during|was|were|are|has|had|have|will|would|can|could|"
    "should|may|might|yes|well|just|even|only|still|here|first|second|if|we|he|of|on|or|an|go|up"
)
_NUMBER_WORDS = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|point"
)
_KNOWN_ENDS = (  # written in capitals too, or behind a single letter
    "com|org|net|edu|gov|mil|info|co|io|uk|md|txt|pdf|html?|docx?|xlsx?|csv|json|xml|ya?ml|py|js|css|jpe?g|png|gif|zip|exe"
)
_REST = r"(?::\d++)?+(?:[/?\#][^\s<>\"]*+)?+"
_FOLDERS = "src|docs?|lib|bin|etc|usr|var|opt|tmp|img|images|assets|static|node_modules|dist|include|tests?|~"
_SHORT: _Kinds = (
    (("&",), _pattern(r"&(?:\#\d+|\#x[0-9a-f]+|[a-z][a-z0-9]+);")),  # entities
    (("/", "w.", "W."), _pattern(r"\b[a-z][a-z0-9+-]{1,20}+://[^\s<>\"]+|\bwww\.[^\s<>\"]+")),
    (("@",), _pattern(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\w)@\w+(?:[-:./]\w+)*")),  # e-mail, handles
    (("#",), _pattern(r"(?<!\w)\#\w+")),
    # Addresses, names of files, attributes: a small letter right behind a point. No list of domains is needed.
    (
        (".",),
        _exact(
            rf"(?<![\w.-])(?=[\w.-]*?(?:[^\W\d][\w-]*\.(?!(?i:{_STARTERS})(?![\w-]))\p{{Ll}}[\p{{Ll}}\d]|"
            rf"\w\.(?i:{_KNOWN_ENDS})(?![\w-])))(?!(?i:{_NUMBER_WORDS})\.)[\w-]++(?:\.[\w-]++)++{_REST}"
        ),
    ),
    # Paths: from a root or a drive, with backslashes, or with an ending, an underscore or a well-known folder in them.
    (
        ("/", "\\"),
        _exact(
            r"(?<![\w/.~<\\-])(?:~|\.{1,2})?/(?=[\w.~-])[^\s<>\"|]*+|(?<!\w)[A-Za-z]:[\\/](?=[\w.~\\-])[^\s<>\"|?*]*+"
            r"|(?<![\w\\.$-])\\{0,2}[\w.$-]++(?:\\(?![nrt](?:[A-Z]|\b))[\w.$-]++)++\\?"
            rf"|(?<![\w/.~@+-])(?:(?=(?:{_FOLDERS})/)|(?=[\w.~@+/-]*?(?:[^\W_]_|\w\.(?!(?i:{_STARTERS})(?![\w-]))\p{{Ll}}[\p{{Ll}}\d]{{0,9}}(?![\w])"
            r"|\w/\w[\w.~@+-]*/(?!\w))))[\w.~@+-]++(?:/[\w.~@+-]++)++/?"
        ),
    ),
    (("\\",), _exact(r"(?<!\\)\\[A-Za-z]{2,}+(?:\{[^\s{}]*+\})?")),  # commands of TeX
    # Identifiers: snake_case, called(), camelCase
    (
        (),
        _exact(
            r"(?<!\w)(?=\w*?[^\W_]_+[^\W_])\w++(?:\([^\s()]*+\))?|(?<!\w)\w++\(\)"
            r"|(?<!\w)[a-z]{2,}+[0-9]*+[A-Z]\w*+"
        ),
    ),
    (("--",), _exact(r"(?<![^\s(\[\"'`])--[A-Za-z][\w-]*+(?:=\S*+)?")),  # options of commands
    (
        ("{", "$", "%("),
        _exact(r"[$#%@]?\{[\w.:-]++\}|(?<![\w$])\$[A-Za-z_]\w*+|%\(\w++\)[sd]"),
    ),  # variables, gaps of a form
)
_SHORT_SIGNS = "&@#:./\\_(-{$%"
"""One of these stands in every short span but camelCase; likewise one of those beside each kind, if there are any."""


def protected_spans(text: str) -> list[tuple[int, int]]:
    """Spans of `text` that must stay as they are, in code points, half-open, increasing.

    >>> text = "mail me@example.org or see docs/index.md, and so on"
    >>> [text[start:end] for start, end in protected_spans(text)]
    ['me@example.org', 'docs/index.md']
    """
    return merged(long_spans(text) + short_spans(text))


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def long_spans(text: str) -> list[tuple[int, int]]:
    """Code and mark-up, which may reach over many paragraphs."""
    front = front_matter(text)
    lines = [kind for kind, head in zip(_LINES, _LINE_HEADS, strict=True) if head is None or _has_line(text, head)]
    return [*([(0, front)] if front else []), *_find(text, (*_LONG, *lines))]


def _has_line(text: str, head: str) -> bool:
    """Whether `head`, which begins with a line end, stands in `text`, before which one is thought."""
    pattern = re.compile(head)  # kept by `re`, which searches for the line end first, and `regex` does not
    return bool(pattern.search(text) or pattern.match("\n" + text[:_LINE_START]))


def template_spans(text: str, *, markdown: bool = False) -> list[tuple[int, int]]:
    """Of the long spans those of languages that are written into others: readers look for them before anything else,
    since a page is one only once they are filled in. In order, none overlapping; `markdown`: formulas and attribute
    lists, too, that tokens would not find any more between signs of Markdown.
    """
    return merged(_find(text, (*_TEMPLATES, *_ATTRIBUTES, *_MATH, *_FENCES) if markdown else _TEMPLATES))


def front_matter(text: str) -> int:
    """Where the front matter of `text` ends, in YAML, TOML, JSON or between ``;;;``; 0 where there is none.

    >>> front_matter("---\\ntitle: One\\n---\\nTwo"), front_matter("--- and so on")
    (19, 0)
    """
    match = _FRONT.match(text) if text.startswith(_FRONT_SIGNS) else None
    return match.end() if match else 0


def short_spans(text: str) -> list[tuple[int, int]]:
    """The others, none of which has a blank in it: each stretch between two blanks can be searched alone."""
    return [
        match.span()
        for signs, pattern in _SHORT
        if not signs or any(sign in text for sign in signs)
        for match in pattern.finditer(text)
    ]


def spans_around(text: str, marks: Sequence[int]) -> list[tuple[int, int]]:
    """The short spans in the stretches between two spaces around `marks`: where signs of them stand, increasing."""
    stretches: list[tuple[int, str]] = []  # with where they begin
    stop = 0
    for mark in marks:
        if mark >= stop:
            begin = max(text.rfind(" ", stop, mark) + 1, stop)
            stop = text.find(" ", mark)
            stop = stop if stop >= 0 else len(text)
            stretches.append((begin, text[begin:stop]))
    spans: list[tuple[int, int]] = []
    for signs, pattern in _SHORT:
        some = [one for one in stretches if any(sign in one[1] for sign in signs)] if signs else stretches
        if some:
            spans += _spans_in(some, pattern)
    return spans


def _spans_in(stretches: Sequence[tuple[int, str]], pattern: regex.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where `pattern` matches. All stretches are searched as one text, and what is found lies in one of them."""
    places = [0, *accumulate(len(stretch) + 1 for _, stretch in stretches)]
    for match in pattern.finditer(" ".join(stretch for _, stretch in stretches)):
        start, end = match.span()
        k = bisect_right(places, start) - 1
        moved = stretches[k][0] - places[k]
        yield start + moved, end + moved


def _find(text: str, kinds: _Kinds) -> list[tuple[int, int]]:
    lowered: str | None = None  # made where a sign has letters, and what stands before them is there

    def stands(sign: str) -> bool:
        nonlocal lowered
        begins = sign[: len(sign) - len(sign.lstrip("<?\\"))]
        if sign.upper() == sign or begins not in text:
            return sign in text
        lowered = text.lower() if lowered is None else lowered
        return sign in lowered

    return [match.span() for signs, pattern in kinds if any(map(stands, signs)) for match in pattern.finditer(text)]


# --- of tokens -------------------------------------------------------------------------------------------------

_POINT = ord(".")


def _bytes(chars: str, odd: bool = False) -> Bool:
    """(256,): whether a byte is one of `chars`, or with `odd` of those that may be any character beyond ASCII."""
    table = np.zeros(256, np.bool_)
    table[list(chars.encode())] = True
    table[ODD:] = odd
    return table


# What may follow a sign, for anything to be protected: a letter, mostly. All that is odd may be one, and an apostrophe
# (it stands for ʼ too).
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAME = _bytes(_LETTERS + "0123456789'_-", odd=True)
_ANY = np.ones(256, np.bool_)
_FOLLOWS = {
    "@": _NAME, "#": _NAME | _bytes("{"), "&": _NAME | _bytes("#"), "/": _NAME | _bytes(".~"), "\\": _ANY, "_": _NAME,
    "(": _bytes(")"), "-": _bytes("-"), "{": _NAME | _bytes(".:"), "$": _bytes(_LETTERS + "_{", odd=True),
    "%": _bytes("({"), ":": _bytes("/"),
}  # fmt: skip
_LONG_FOLLOWS = {
    "`": _ANY, "<": _NAME | _bytes("/!?%"), "{": _NAME | _bytes("{%#:.= \t"), "[": _NAME | _bytes("[/"), "$": _ANY,
    "\\": _NAME | _bytes("(["), ":": _bytes("`:"),
}  # fmt: skip
_SIGNS, _LONG_SIGNS = _bytes("".join(_FOLLOWS)), _bytes("".join([*_LONG_FOLLOWS, "."]))
_FRONTS = _bytes("\n\r-")  # before the last part of a word that begins a line
_FRONT_BYTES = _bytes("-+;{")


def _humps(chars: Characters, starts: I64, lead: U8, capital: I64) -> I64:
    """Where words begin that are written like camelCase: two small letters, and a capital later on; `capital` are the
    tokens of the capitals that are no word's first letter."""
    rows = capital.compress(np.diff(capital, prepend=-1) != 0)  # they are in order
    rows = rows.compress((lead.take(rows) - np.uint8(ord("a"))) < 26)
    at = starts.take(rows)
    return at.compress((chars.byte.take(at + 1) - np.uint8(ord("a"))) < 26)


def protected_tokens(
    text: str,
    texts: list[str],
    chars: Characters,
    offset: I64,
    starts: I64,
    lead: U8,
    points: I64,
    capital: I64,
) -> Bool:
    """(tokens,): what may not be changed, as `protected_spans` says of the whole text; `lead` is their first byte, and
    `points` are the characters that may be points in addresses, `capital` the tokens of capitals inside of words.

    Most texts hold no sign of it; where one stands, only what lies around it is searched, unless it begins a span that
    may go on for paragraphs.
    """
    protected = np.zeros(len(starts), np.bool_)
    rows = np.flatnonzero((_SIGNS | _LONG_SIGNS).take(lead))
    signs = starts.take(rows)
    first = starts.take(np.flatnonzero(_FRONT_BYTES.take(lead)))
    first = first.compress(offset.take(np.searchsorted(offset, first), mode="clip") == first)
    humps = _humps(chars, starts, lead, capital)
    if not (len(signs) or len(points) or len(humps)):
        return protected
    here, one = chars.byte.take(signs), chars.byte.take(signs + 1, mode="clip")
    sign, long = np.zeros(len(signs), np.bool_), np.zeros(len(signs), np.bool_)
    for found, table in ((sign, _FOLLOWS), (long, _LONG_FOLLOWS)):
        for mark, follows in table.items():
            found |= (here == ord(mark)) & follows.take(one)
    # Heads of mails have a colon behind the first word of a line, or the last part of it; directives two points.
    before = chars.byte.take(np.maximum(starts.take(np.maximum(rows - 1, 0)) - 1, 0))
    long |= (here == ord(":")) & (_FRONTS.take(before) | (rows < 2))
    long |= (here == _POINT) & (one == _POINT) & _bytes(" \t").take(chars.byte.take(signs + 2, mode="clip"))
    # A point in an address or the name of a file stands between characters of names.
    before, behind = chars.byte.take(points - 1), chars.byte.take(points + 1, mode="clip")
    points = points.compress(
        (chars.byte.take(points) == _POINT) & _NAME.take(before) & (_NAME.take(behind) | _bytes("wW").take(before))
    )
    spans = spans_around(text, np.sort(np.concatenate([signs.compress(sign), points, humps])).tolist())
    for k in sorted(set((np.searchsorted(offset, [*signs.compress(long), *first], side="right") - 1).tolist())):
        spans += [(int(offset[k]) + a, int(offset[k]) + b) for a, b in long_spans(texts[k])]
    if spans:
        begin, stop = np.array(spans, np.int64).T
        # From the token that the span begins in, if it does.
        first, last = np.searchsorted(starts, begin, "right"), np.searchsorted(starts, stop)
        before = np.maximum(first - 1, 0)
        first -= (first > 0) & (ends_of(starts, before, chars.space) > begin)
        for a, b in zip(first.tolist(), last.tolist(), strict=True):
            protected[a:b] = True
    return protected
