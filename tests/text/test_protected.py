"""Laws of the spans that may not be changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.text.protected import long_spans, protected_spans, short_spans, spans_around
from despin.text.tokens import tokenise

AWKWARD = "'’ʼ`´“”«»–—‐-.,0189٣aAzZéÉßİıſÞ\u0301\u200b\u00a0 \t\r\n\u2028\u2029𝒳😀\ud800\udfff@#<>&;sSK\x1c\x1d\x85:/wW"
SIGNS = [
    "http://x.y",
    "www.a",
    "a@b.c",
    "#tag",
    "&amp;",
    "<b>",
    "</pre>",
    "`x`",
    "```",
    "x.com",
    "y.co.uk/z",
    "it's",
    "'S",
    "O'N",
    ".İo",
]
TEXTS = st.lists(st.one_of(st.sampled_from([*AWKWARD, *SIGNS]), st.characters()), max_size=40).map("".join)
BATCHES = st.lists(TEXTS, max_size=5)


@given(TEXTS)
def test_short_spans_reach_over_no_blank(text):
    assert not any(char in " \t\r\n" for a, b in short_spans(text) for char in text[a:b])
    assert sorted(long_spans(text) + short_spans(text))[:1] == protected_spans(text)[:1] or protected_spans(text)


def test_signs_of_protected_spans_are_looked_for_between_spaces():
    text = "AT&T at x.com\tand\n@me, #9 @you www.a.b,http://c.d/e a@b.c now.\n w.e .co &lt; "
    marks = [place for place, char in enumerate(text) if char in "&@#:."]
    assert sorted(set(spans_around(text, marks))) == sorted(set(short_spans(text))) != []
    assert spans_around(text, []) == []
    assert spans_around("x " + "@" * 9, range(2, 11)) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("see https://example.org/a?b=c&d now", ["https://example.org/a?b=c&d"]),
        ("see www.example.org", ["www.example.org"]),
        ("mail some.one+list@example.co.uk now", ["some.one+list@example.co.uk"]),
        ("`code` and ```\nmore\n``` after", ["`code`", "```\nmore\n```"]),
        ('a <a href="x">link</a>', ['<a href="x">', "</a>"]),
        ("<!-- a remark --> text", ["<!-- a remark -->"]),
        ("<script>var good = 1</script> text", ["<script>var good = 1</script>"]),
        ("fish &amp; chips &#39;", ["&amp;", "&#39;"]),
        ("by @someone on #sometag", ["@someone", "#sometag"]),
        ("3 < 4 and 5 > 2, at home", []),
        ("plain text", []),
    ],
)
def test_protected_spans(text, kept):
    assert [text[a:b] for a, b in protected_spans(text)] == kept


@given(BATCHES)
def test_tokens_are_protected_where_a_protected_span_touches_them(texts):
    tokens = tokenise(texts)
    expected = [
        any(a < end - tokens.offset[d] and start - tokens.offset[d] < b for a, b in protected_spans(texts[d]))
        for start, end, d in zip(tokens.start.tolist(), tokens.end.tolist(), tokens.document.tolist(), strict=True)
    ]
    assert tokens.protected.tolist() == expected
