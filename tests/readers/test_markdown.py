"""Markdown: what is prose, compared with what markdown-it-py makes of the same text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from strategies import verdict, views_are_lawful

from despin import Finding, Report
from despin.readers.markup import markdown as module
from despin.readers.markup.markdown import view
from despin.results.lift import lift

PIECES = [
    "one", "two words", " ", "\n", "\n\n", "  \n", "\\\n", "# ", "## ", "> ", "- ", "1. ", "    ", "\t", "`", "``",
    "```\n", "~~~\n", "*", "**", "_", "__", "[", "]", "](x)", '](x "y")', "](<a b>)", "[a]: b\n", "![", "<b>",
    "</b>", "<http://x.y>", "<!-- c -->", "<div>\n", "&amp;", "&", "\\*", "\\", "|", "|-|\n", "a|b\n-|-\n", "===\n",
    "---\n", "!", "(", ")", "~~", "snake_case", "\r\n", "\u00a0",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("one\ntwo\n\nthree", "one two\nthree\n"),
        ("# The *end* #\n\nSetext\n===\n", "The end\nSetext\n"),
        ("> one\n> two\nthree\n", "one two three\n"),
        ("- one\n- two\n\n  three\n\n      code\n", "one\ntwo\nthree\n"),
        ("a `b c` d ``e ` f`` g ` h", "a ￼ d ￼ g ` h\n"),
        ("a\n\n```\nb\n```\n\n~~~ c\nd\n~~~\n\n    e\n", "a\n"),
        ("```\nnever closed\n\nmore", ""),
        ('[one](two) [three](<f g> "h") [i](j(k))', "one three i\n"),
        ("[one][two] [two] [three] [four][]\n\n[two]: x\n[four]: y", "one ￼ [three] ￼\n"),
        ("![one](two) ![three][four] x\n\n[four]: y", "￼ ￼ x\n"),
        ("a[^1] b\n\n[^1]: c d", "a￼ b\n￼: c d\n"),
        ("<http://example.org> <me@example.org> <b>a</b> <!-- c --> d", "￼ ￼ a  d\n"),
        ("one\n\n<div>\ntwo\n</div>\n\nthree", "one\nthree\n"),
        ("a <code>b *c*</code> d", "a ￼ d\n"),
        ("\\*a\\* 2 * 3 snake_case __b__ ~~c~~ ~d", "*a* 2 * 3 snake_case b c ~d\n"),
        ("&copy; &amp;amp; &nosuch; AT&T", "© &amp; &nosuch; AT&T\n"),
        ("one\\\ntwo  \nthree", "one\ntwo three\n"),
        ("| a b | c |\n|---|---|\n| d *e* | f |\n", "a b\nc\nd e\nf\n"),
        ("---\ntitle: one\n---\ntwo", "two\n"),
        ("+++\ntitle = 1\n+++\n\ntwo", "two\n"),
        ("[one]: two 'three'\n", ""),
        ("one\n- two\nthree\n* four\n\nfive\n+ six", "one\ntwo three\nfour\nfive\nsix\n"),
        ("* - one\n", "one\n"),
        ("In\n1986. Then\n1. one\n2) two\n\n3. three\nfour", "In 1986. Then\none\ntwo\nthree four\n"),
        ("one\r\ntwo\r\n\r\n> three\r\n> four\r\n", "one two\nthree four\n"),
        ("", ""),
    ],
)
def test_prose(text, prose):
    assert view(text).text == prose


@given(TEXTS)
def test_views_are_lawful(text):
    views_are_lawful(view(text))


@given(TEXTS)
def test_code_and_targets_are_never_prose(text):
    """Words that markdown-it-py puts nowhere into text are not in the prose either."""
    marked = []
    for number, piece in enumerate(re.split(r"(\w+)", text)):
        marked.append(f"w{number}q" if re.fullmatch(r"[a-z ]+", piece) else piece)
    text = "".join(marked)
    prose = set(re.findall(r"w\d+q", view(text).text))
    known = set(re.findall(r"w\d+q", shown(text)))
    assert prose <= known


def shown(text):
    tokens = MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(text)
    children = [child for token in tokens for child in token.children or ()]
    return " ".join(child.content for child in children if child.type in ("text", "softbreak"))


@given(TEXTS, TEXTS)
def test_where_a_part_ends_changes_nothing(one, other):
    text = f"{one}\n\nword\n\n{other}"
    whole = view(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PART", 8)
        cut = view(text)
    assert lines(cut) == lines(whole)


def lines(one):
    """The parser takes blanks of other kinds off the ends of paragraphs, too."""
    return [line.strip() for line in one.text.split("\n")]


@pytest.mark.parametrize(
    ("text", "found", "original", "after"),
    [
        ("> a **bosom\n> peril** b", "bosom peril", "breast cancer", "> a **breast\n> cancer** b"),
        ("- [bosom](x) *peril*", "bosom peril", "breast cancer", "- [breast](x) *cancer*"),
        ("a bosom peril", "bosom peril", "a_b *c* [d] <e> `f`", r"a a\_b \*c\* \[d\] \<e> \`f\`"),
        ("in\nregards\nto it", "in regards to", "about", "about it"),
    ],
)
def test_words_are_put_back_between_the_signs(text, found, original, after):
    one = view(text)
    start = one.text.index(found)
    report = lift(one, Report(one.text, (Finding(start, start + len(found), found, original),), verdict()))
    assert report.restored == after


def test_long_lines_of_signs_are_read_in_one_pass():
    for sign in ("[", "![", "*a ", "`a", "<a ", '<a href="', "](", "[a](b ", "&#", "_", "> ", "<!--", "``` ", "|a"):
        views_are_lawful(view(sign * (60_000 // len(sign))))


@given(
    st.lists(
        st.sampled_from(
            [
                "one",
                "two",
                "- ",
                "* ",
                "1. ",
                "2. ",
                "03) ",
                "\n",
                "\n\n",
                " ",
                "> ",
                "  ",
                "*three*",
                "- four\n",
                "5. x\n",
            ]
        ),
        max_size=14,
    )
)
def test_what_needs_no_parser_is_seen_as_the_parser_sees_it(pieces):
    text = "".join(pieces)
    quick = view(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK_SIGN", re.compile(""))
        assert lines(view(text)) == lines(quick)
