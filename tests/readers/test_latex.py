"""LaTeX: what is prose, compared with what pylatexenc makes of the same text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import verdict, views_are_lawful

from despin import Finding, Report
from despin.readers.markup.latex import escape, view
from despin.results.lift import lift

PIECES = [
    "one", "two words", " ", "\n", "\n\n", "{", "}", "$", "$$", "\\(", "\\)", "\\[", "\\]", "% three\n", "\\emph{",
    "\\section{", "\\footnote{", "\\cite{four}", "\\label{five}", "\\unknown", "[six]", "\\begin{itemize}", "\\item ",
    "\\end{itemize}", "\\begin{verbatim}", "\\end{verbatim}", "\\begin{equation}", "\\end{equation}", "\\verb|seven|",
    "\\\\", "\\&", "\\%", "&", "#", "~", "``", "''", "--", "\\ ", "\\'e", "\\LaTeX", "{\\em ", "{\\tt ",
    "\\begin{document}",
    "\\end{document}", "\\def\\x#1{", "\\item[", "]", "\\", "^", "_",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("one\ntwo\n\nthree", "one two\nthree\n"),
        ("one\\emph{ two} \\textbf{three}", "one two three\n"),
        ("\\section[a]{One} two", "One\n two\n"),
        ("one\\footnote{Two.} three", "one\nTwo.\n three\n"),
        ("one % two\n three", "one ￼ three\n"),
        ("$a$ one $$b$$ \\(c\\) two \\[d\\]", "￼ one ￼ ￼ two ￼\n"),
        ("one costs 5$ a piece", "one costs 5￼ a piece\n"),
        ("\\cite[p.~3]{a} \\ref{b} \\unknown{c}[d]{e} one", "￼ ￼ ￼ one\n"),
        ("\\begin{quote}one\\end{quote}two", "one\ntwo\n"),
        ("\\begin{tabular}{ll}a & b\\end{tabular} one", "￼\n one\n"),
        ("\\begin{verbatim}a { b\\end{verbatim} one", "￼\n one\n"),
        ("\\begin{odd}a", "￼\n"),
        ("\\verb|a b| \\verb*+c+ one", "￼ ￼ one\n"),
        ("``one'' `two' -- three---four", "“one” ‘two' – three—four\n"),
        ("5\\,\\% of \\$3~\\& more\\ so", "5￼% of $3 & more so\n"),
        ("caf\\'e na\\\"{\\i}ve", "caf￼e na￼ve\n"),
        ("{\\em one} {\\bf two} {\\tt three} four", "one two ￼ four\n"),
        ("one\\\\[3pt] two", "one\n two\n"),
        ("\\documentclass{a}one\\begin{document}two\\end{document}three", "two\n"),
        ("\\catcode`\\%=12 one", ""),
        ("\\documentclass{ltxdoc}\\begin{document}one |two| three\\end{document}", "one ￼ three\n"),
        ("\\newcommand{\\a}[1]{two} \\newcommand\\b{three} one", "￼ ￼ one\n"),
        ("\\vspace{3pt}\\vskip 3pt plus 1pt one", "￼￼ one\n"),
        ("\\item[a] one", "one\n"),
        ("", ""),
    ],
)
def test_prose(text, prose):
    assert view(text).text == prose


def test_words_are_written_as_latex():
    assert escape("5 % of a_b & {c}") == "5 \\% of a\\_b \\& \\{c\\}"
    one = view("\\emph{bosom} peril")
    report = lift(one, Report(one.text, (Finding(0, 11, "bosom peril", "R&D cancer"),), verdict()))
    assert report.restored == "\\emph{R\\&D} cancer"


@given(TEXTS)
def test_views_are_lawful(text):
    views_are_lawful(view(text))


@settings(max_examples=200)
@given(TEXTS)
def test_what_pylatexenc_knows_to_be_no_prose_is_none(text):
    walker = pytest.importorskip("pylatexenc.latexwalker")
    marked = [
        f"w{k}q" if re.fullmatch(r"one|two|words|three", p) else p for k, p in enumerate(re.split(r"(\w+)", text))
    ]
    text = "".join(marked)
    known = set()
    try:
        stack = list(walker.LatexWalker(text, tolerant_parsing=True).get_latex_nodes()[0])
    except Exception:  # it gives up on some texts that are broken
        return
    if text.count("$") or "document" in text or "\\def" in text:  # of what is broken it makes what it likes
        return
    while stack:
        node = stack.pop()
        if node is None or node.isNodeType(walker.LatexMathNode) or node.isNodeType(walker.LatexCommentNode):
            continue
        known.update(re.findall(r"w\d+q", getattr(node, "chars", "") or ""))
        stack += getattr(node, "nodelist", None) or ()
        stack += getattr(getattr(node, "nodeargd", None), "argnlist", None) or ()
    assert set(re.findall(r"w\d+q", view(text).text)) <= known | lost(text)


def lost(text):
    """Words behind a brace or a formula that nothing closes, where parsers may differ."""
    broken = text.count("{") != text.count("}") or "\\(" in text or "\\[" in text or "verb" in text or "\\begin" in text
    return set(re.findall(r"w\d+q", text)) if broken else set()


def test_long_texts_take_no_longer():
    for piece in ("{", "}", "\\emph{", "$", "\\begin{a}", "\\begin{quote}", "\\[", "\\verb|", "{\\tt ", "\\a{",
    "\\a[", "%\n",
                  "\\item[", "\\def\\a", "\\'", "\\\\[", "`", "\n\n", "\\begin{a}\\end{a}",
                  "\\begin{verbatim}"):  # fmt: skip
        view(piece * (20_000 // len(piece)))
