"""Code inside prose is protected, and prose is not: by examples of every kind, and as laws."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from despin.text.protected import front_matter, long_spans, protected_spans, short_spans, template_spans
from despin.text.tokens import tokenise

CODE = [
    '{% include kids.html title="kids at school" %}',
    "{%- if page.kids -%}",
    "{{ site.kids | where: 'state', 'at school' }}",
    '{{< figure src="kids.png" alt="kids at\nschool" >}}',
    '{{% param "kids at school" %}}',
    "{{#if kids}}",
    "{# kids at school #}",
    "{% highlight ruby %}\nkids at school\n\nkids\n{% endhighlight %}",
    "{{< highlight go >}}\nkids at school\n{{< /highlight >}}",
    "<%= kids.at(school) %>",
    "<% if kids > 3 %>",
    '<?php echo "kids at school > home"; ?>',
    "<?= $kids ?>",
    '[gallery ids="12,13" title="kids at school"]',
    "[gallery]",
    "[embed https://example.org/kids]",
    "[/caption]",
    '[code lang="js"]kids at school[/code]',
    "[quote=kids at school]",
    "[[Kids at school]]",
    "[[kids|the kids at school]]",
    "{: .kids #at-school }",
    '{.kids title="kids at school"}',
    "{#kids-at-school}",
    "{=html}",
    "$kids = school + x^2$",
    "$k$",
    "$$\nkids = school\n$$",
    r"\(kids = school\)",
    r"\[ kids = school \]",
    "\\begin{align}\nkids &= school\n\\end{align}",
    r"\textbf{kids}",
    "/srv/kids/school.txt",
    "./kids.sh",
    "../kids",
    "~/kids/school",
    "docs/kids.md",
    "src/kids",
    "data/kids/",
    "kids_data/school",
    r"C:\Kids\school.txt",
    "C:/Kids/school.txt",
    r"\\server\kids",
    r"kids\school.txt",
    "kids-school.pdf",
    "README.md",
    "KIDS.TXT",
    "kids.mp3",
    "kids_school()",
    "kids_school",
    "kids()",
    "kids.load(",
    "kidsAtSchool",
    "school.kids",
    "--kids=everybody",
    "--kids",
    "$kids",
    "${kids}",
    "{kids}",
    "%(kids)s",
    "kids.de",
    "kids.it",
    "kids.example.photography/at/school",
    "example.de/kids",
    "example.berlin:8080/kids",
    "kids.münchen",
    "kids@example.museum",
    "git+ssh://example.org/kids",
    "ftp://example.org/kids",
    "#kids",
    "@kids",
    "&eacute;",
]
HONEST = """
    and/or|he/she|his/her/their|km/h|24/7|w/o|either/or|AC/DC|3.5|1,000.50|e.g.|i.e.|U.S.|U.S.A.|p.m.|a.m.|Ph.D.|
    Dr.Smith|Mr. Smith|end.The|the plan.However|the plan.then|plan.and|eight.three|eight.Three|three.2|two,801|
    wait...then|St. Louis|vs.|No. 5|$5 and $10|$5-$10|US$5 to US$7|costs $$ or $$$|5% of them|50 %|[sic]|[kids]|[1]|
    (kids)|{good, bad}|kids & school|AT&T|R&D|3 < 4 and 5 > 2|kids -- and school|kids--school|well-known|rock'n'roll|
    "kids"|kids: school|10:30|iPhone|eBay|McDonald|NASA|WordPress|I'm|kids' school|C# and F#|C++|no.|yes!no|
    a - b|a_|_kids_|* kids *|50/50|1/2|9/11|input/output|TCP/IP|http|www|the :) sign|
    [Code style](x)|[more kids](x)|[code][kids]|: kids|5'10"|[...]|(...)
"""


@pytest.mark.parametrize("code", CODE)
def test_code_is_protected_whole(code):
    for text in (f"Those {code} there", f"({code})", f"One.\n\n{code}\n\nTwo."):
        start = text.index(code)
        kept = [False] * len(text)
        for a, b in protected_spans(text):
            kept[a:b] = [True] * (b - a)
        assert all(kept[start : start + len(code.rstrip("("))]), protected_spans(text)
        assert not any(kept[:start] if text[0] != "(" else ())
        tokens = tokenise([text])
        words = [k for k in range(len(tokens)) if start <= tokens.start[k] < start + len(code.rstrip("("))]
        assert tokens.protected[words].all()


@pytest.mark.parametrize("prose", [one.strip() for one in "".join(HONEST.splitlines()).split("|")])
def test_prose_is_not(prose):
    for text in (prose, f"the kids {prose} at school", f"(the kids {prose}, at school)."):
        assert protected_spans(text) == []


@given(st.lists(st.sampled_from([one.strip() for one in "".join(HONEST.splitlines()).split("|")]), max_size=4))
def test_nor_is_prose_put_together(pieces):
    for word in tokenise([" ".join(["the kids", *pieces, "at school"])]).protected[[0, 1, -2, -1]]:
        assert not word


PIECES = [
    *"{}%#<>[]()$\\/._-=:;|@&`'\"*^~+? \n\t", "kids", "School", "é", "\u212a", "ſ", "12", "{{", "}}", "{%", "%}", "<%",
    "%>", "<?php ", "?>", "[[", "]]", "$$", "\\(", "\\)", "--", "://", "www.", ".com", ".. ", "::", "\n\n", "From: ",
    "To: x\n", "---\n", "+++\n", "\\begin{align}", "\\end{align}", "{% raw %}", "{% endraw %}", "[code]", "[/code]",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@settings(max_examples=400)
@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_tokens_are_protected_where_a_span_touches_them(texts):
    tokens = tokenise(texts)
    spans = [protected_spans(text) for text in texts]
    for start, end, d, kept in zip(
        tokens.start.tolist(), tokens.end.tolist(), tokens.document.tolist(), tokens.protected.tolist(), strict=True
    ):
        start, end = start - int(tokens.offset[d]), end - int(tokens.offset[d])
        assert kept == any(a < end and start < b for a, b in spans[d])


@given(TEXTS)
def test_short_spans_have_no_blank(text):
    assert not any(char.isspace() for a, b in short_spans(text) for char in text[a:b])


@given(TEXTS)
def test_spans_of_templates_are_in_order_and_protected(text):
    done = 0
    for a, b in template_spans(text, markdown=True):
        assert done <= a < b
        done = b
    long = [False] * len(text)
    for a, b in long_spans(text):
        long[a:b] = [True] * (b - a)
    assert all(long[place] for a, b in template_spans(text) for place in range(a, b))


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("---\ntitle: Kids\n---\nOne", "One"),
        ("---\r\ntitle: Kids\r\n...\r\nOne", "One"),
        ("+++\ntitle = 1\n+++\nOne", "One"),
        (";;;\n{}\n;;;\nOne", "One"),
        ('{\n "title": {"a": "kids"}\n}\n\nOne', "\nOne"),
        ('{"title": "kids"}\nOne', "One"),
        ("---\n\nOne\n\n---\n", "---\n\nOne\n\n---\n"),
        ("--- kids\n---\n", "--- kids\n---\n"),
        ("{kids}\nOne", "{kids}\nOne"),
        ("", ""),
    ],
)
def test_front_matter(text, rest):
    assert text[front_matter(text) :] == rest


def test_mail_headers():
    head = "From: Kids <kids@example.org>\nSubject: Kids at school\n  and home\nDate: today\n"
    assert protected_spans(f"{head}\nDear kids")[0] == (0, len(head))
    assert protected_spans("From: the kids\n\nTo: the school") == []
    assert protected_spans("Kids: from: to:\nNote: school") == []


@pytest.mark.parametrize("sign", [*PIECES, "$a ", "{a ", "[a=b ", "a.b", "a/b//", "a\\b", "a_", "a__", "<a ", "\\(a ",
    "$$ ", "From: a\n", ".. a::\n", "{{ a\n", "[a b=c ", "{a=b ", "a.b.c_", "a@b.", "$a{ ", "$1{", "&quot;", '[a b="',
    "[code]a[/cod", "{% raw %}a", "aB", "A.b", "---\na:\n", "::: a\n", "a--b --c", "..a/", "$a\n="])  # fmt: skip
def test_time_grows_with_the_length_alone(sign):
    def seconds(size):
        text = f"---\nx {sign * (size // len(sign))}"
        best = 9.0
        for _ in range(2):
            begin = time.process_time()
            protected_spans(text)
            best = min(best, time.process_time() - begin)
        return best

    assert seconds(32_000) < max(20 * seconds(4_000), 0.1)
