"""`Report` → unified diff."""

from __future__ import annotations

from ..results.report import Report


def unified(report: Report, path: str) -> str:
    """What restoring would change, as `patch -p0` and `git apply -p0` read it; empty if nothing.

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

    # A file name cannot hold a line break here without making a false header.
    name = path.replace("\n", "\\n").replace("\r", "\\r")
    lines = unified_diff(_lines(report.text), _lines(restored), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Lines as patch sees them: only a line feed ends one, whatever else Unicode calls a line break."""
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
