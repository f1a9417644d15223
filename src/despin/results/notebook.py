"""A text with its findings marked, as HTML for a notebook. Start reading from `marked`.

What a text says can do nothing there: every character that could be mark-up is escaped, what nobody sees is written as
its code, and mathematics is told not to look (notebooks set what stands between dollar signs).
"""

from __future__ import annotations

from collections.abc import Iterable

from .finding import Finding, shown

SHOWN = 20_000  # code points: a cell is no place for a book
_CLASSES = "tex2jax_ignore mathjax_ignore"


def marked(headline: str, text: str, findings: Iterable[Finding]) -> str:
    """`headline`, and under it the begin of `text` with each of its `findings` marked.

    >>> "<mark title='restore, 0.90'>bosom → breast</mark>" in marked("", "bosom", [Finding(0, 5, "bosom", "breast",
    ...     confidence=0.9)])
    True
    """
    pieces, done = [], 0
    for finding in findings:
        if finding.end > SHOWN:
            break
        pieces += [inert(text[done : finding.start]), _mark(finding)]
        done = finding.end
    pieces.append(inert(text[done : max(SHOWN, done)]))
    if len(text) > SHOWN:
        pieces.append(f"<br>… {len(text) - SHOWN:,} characters more")
    body = "".join(pieces)
    return f"<div class='{_CLASSES}'><b>{inert(headline)}</b><p style='white-space: pre-wrap'>{body}</p></div>"


def inert(text: str) -> str:
    """`text` as HTML that shows it and does nothing.

    >>> inert("<b>\\u202e&")
    '&lt;b&gt;\\\\u202e&amp;'
    """
    from html import escape

    return escape(text if text.isprintable() else "".join(map(_visible, text)))


def _visible(char: str) -> str:
    return char if char.isprintable() or char.isspace() else f"\\u{ord(char):04x}"


def _mark(finding: Finding) -> str:
    why = ", ".join(filter(None, (finding.action, shown(finding.confidence), finding.family)))
    change = inert(f"{finding.found} → {finding.original}")
    style = "" if finding.action == "restore" else " style='background: none; border-bottom: 1px dotted'"
    return f"<mark title='{inert(why)}'{style}>{change}</mark>"
