"""`Report` → unified diff: of bytes for `patch` and `git apply`, of text for people. Start reading from `patch`."""

from __future__ import annotations

import re

from ..results.report import Report

_ESCAPES = {"\a": "a", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v", '"': '"', "\\": "\\"}
_TO_QUOTE = re.compile(r'\A[" ]|[\x00-\x1f\x7f]')


def patch(before: bytes, after: bytes, path: str) -> bytes:
    """What makes `after` of `before`, the content of the file `path`, as `patch -p0` and `git apply -p0` read it.

    Both programs compare bytes, so the byte order mark and the encoding stay those of the file.

    >>> for line in patch(b"collectively\\r\\n", b"together\\r\\n", "my a.txt").splitlines(keepends=True):
    ...     print(line)
    b'--- my a.txt\\t\\n'
    b'+++ my a.txt\\t\\n'
    b'@@ -1 +1 @@\\n'
    b'-collectively\\r\\n'
    b'+together\\r\\n'
    """
    from difflib import diff_bytes, unified_diff

    name = header_name(path).encode("utf-8", "surrogateescape")
    lines = diff_bytes(unified_diff, _byte_lines(before), _byte_lines(after), name, name)
    return b"".join(line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n" for line in lines)


def header_name(path: str) -> str:
    """`path` as the head of a diff has it: in quotes as C has them where it would end too early, and a tab behind it
    where it has blanks.

    >>> header_name("a.txt"), header_name("my a.txt"), header_name("two\\nlines.txt")
    ('a.txt', 'my a.txt\\t', '"two\\\\nlines.txt"')
    """
    if _TO_QUOTE.search(path):
        return '"' + "".join(map(_escaped, path)) + '"'
    return path + "\t" if any(map(str.isspace, path)) else path


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return "\\" + _ESCAPES[char]
    return char if char >= " " and char != "\x7f" else f"\\{ord(char):03o}"


def unified(report: Report, path: str) -> str:
    """What restoring would change in the text of `report`, for people; empty if nothing.

    >>> from despin import Finding, Verdict
    >>> verdict = Verdict("unclear", 0.6, 0.5, 0.4, "web", 4)
    >>> print(unified(Report("work collectively\\nagain", (Finding(5, 17, "collectively", "together"),), verdict), "a"))
    --- a
    +++ a
    @@ -1,2 +1,2 @@
    -work collectively
    +work together
     again
    \\ No newline at end of file
    <BLANKLINE>
    """
    restored = report.restored
    if restored == report.text:
        return ""
    from difflib import unified_diff

    name = header_name(path)
    lines = unified_diff(_lines(report.text), _lines(restored), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def commented(diff: str, remark: str) -> str:
    """`diff` so that every program which reads patches passes over it, below a `remark` that says what it is.

    >>> print(commented("--- a\\n+++ a\\n", "not a patch"), end="")
    # not a patch
    # --- a
    # +++ a
    """
    lines = [remark, *diff.removesuffix("\n").split("\n")]
    return "".join(f"# {line}\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Lines as patch sees them: only a line feed ends one, whatever else Unicode calls a line break."""
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _byte_lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
