"""HTML: what is prose, and that nothing else changes, as an independent parser sees it."""

import html as stdlib_html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import verdict, views_are_lawful

import despin
from despin import Finding, Report
from despin.readers.kinds import seen
from despin.readers.markup.html import view
from despin.readers.markup.html_tags import scan
from despin.readers.source import decode
from despin.results.lift import lift

SOUP = [
    "<p>", "</p>", "<b>", "</b>", "<i class='x'>", "</i>", '<a href="a>b">', "</a>", "<br/>", "<br>",
    "<div\n id = x >", "</div>", "<code>", "</code>", "<pre>", "</pre>", "<!-- a <b> -->", "<!-->", "<!--->",
    "<!-- x --!>", "<!doctype html>", "<?xml y?>", "</>", "</ x>", "<!x>", "< b", "<1>", "<", ">", "&amp;",
    "&lt;p&gt;", "&nbsp;", "&notit;", "&copy2", "&#8217;", "&#x1F600;", "&", "&;", "<img alt='x y'>", "<td>",
    "<x-y>", "</x-y>", "<a b=c/>", "<a =x>", "<a b='c", '<a b="c', "<a/b>", "one", " two ", "\n", "\t\r\n",
    "three's", "“so”", "\u00a0", "é", "--", "]]>", "<svg>", "</svg>", "<wbr>", "<hr>", "'", '"',
    "<span translate=no>", "</span>", "<li>", "=",
]  # fmt: skip
RAW = [
    "<script>", "</script>", "<style>", "</style>", "<title>", "</title>", "<textarea>", "</textarea>", "</scrip",
    "<!--", "-->", "<script", "</script x>", "<xmp>", "</xmp >", "<iframe>", "</iframe>", "<noscript>",
    "<plaintext>",
]  # fmt: skip
PAGES = st.lists(st.sampled_from(SOUP), max_size=14).map("".join)
RAW_PAGES = st.lists(st.sampled_from([*SOUP, *RAW]), max_size=14).map("".join)


@pytest.mark.parametrize(
    ("page", "prose"),
    [
        ("plain", "plain"),
        ("<p>One</p><p>two</p>", "One\ntwo\n"),
        ("<p>one <b>two</b>three</p>", "one twothree\n"),
        ("one<br>two<hr>three", "one\ntwo\nthree"),
        ("<table><tr><td>a<td>b</table>", "a\nb\n"),
        ("fish &amp; chips&hellip; &lt;b&gt; &#8217;", "fish & chips… <b> ’"),
        ("one\n   two", "one two"),
        ("<p>\n  one\n</p>", "one \n"),
        ("a<!-- b -->c<!doctype d><?e?></f>", "ac"),
        ("a <code>b</code> c <img alt=d> e", "a ￼ c ￼ e"),
        ("<pre>a</pre>b<pre>c <pre>d</pre></pre>e", "b\ne"),
        ("<script>a<b</script>c<style>d</style>e", "c\ne"),
        ("<script><!-- <script>a</script> --></script>b", "b"),
        ("<title>a &amp; b</title><textarea>c</textarea>d", "a & b\nd"),
        ("<svg><title>a</title><text>b</text></svg>c <math><mi>d</mi></math>e", "￼c ￼e"),
        ("<svg><p>out</p>", ""),  # browsers end the drawing here; leaving its words alone is safe
        ("<p class='notranslate big'>a</p><p translate=no>b<span>c</span></p><p>d", "d"),
        ("<p>so<em>me</em>thing <x-new>new</x-new>", "something new"),
        ("a < b and c > d & e", "a < b and c > d & e"),
        ("a <b", "a "),
        ("a<p title='x", "a\n"),
        ("<plaintext>a <b>", ""),
        ("<select><option>a</select>b<template>c</template>", "b\n"),
    ],
)
def test_prose(page, prose):
    assert view(page).text == prose


@given(RAW_PAGES)
def test_parts_are_the_page(page):
    place = 0
    for part in scan(page):
        assert part.start == place < part.end
        place = part.end
    assert place == len(page)


@given(RAW_PAGES)
def test_views_are_lawful(page):
    report = views_are_lawful(view(page))
    assert marks(report.restored) == marks(page)


def marks(page):
    """Everything of a page but its texts."""
    return [page[part.start : part.end] for part in scan(page) if part.kind != "text"]


def html5lib_tokens(page):
    html5lib = pytest.importorskip("html5lib")
    tokens = html5lib._tokenizer.HTMLTokenizer(page)
    types = html5lib.constants.tokenTypes
    found = []
    for token in tokens:
        if token["type"] in (types["Characters"], types["SpaceCharacters"]):
            if found and found[-1][0] == "text":
                found[-1] = ("text", found[-1][1] + token["data"])
            else:
                found.append(("text", token["data"]))
        elif token["type"] in (types["StartTag"], types["EmptyTag"]):
            found.append(("start", token["name"]))
        elif token["type"] == types["EndTag"]:
            found.append(("end", token["name"]))
    return found


@given(PAGES)
def test_tags_and_texts_are_those_that_html5lib_sees(page):
    """Its tokeniser alone, as no tree is built: so without scripts and the like."""
    page = page.replace("\r", "")
    if page.rstrip().endswith("<") or re.search(r"--!>|<!-->|<!--->", page):
        return  # html5lib is older than what is said of these today
    found = []
    for part in scan(page):
        content = page[part.start : part.end]
        if part.kind == "text":
            content = stdlib_html.unescape(content)
            if found and found[-1][0] == "text":
                content = found.pop()[1] + content
            found.append(("text", content))
        elif part.kind in ("start", "end"):
            found.append((part.kind, part.name))
    expected = html5lib_tokens(page)
    if found != expected and part.end == len(page):  # the page ends inside of this tag: then it is none
        found.pop()
    assert found == expected


# --- phrases across tags ------------------------------------------------------------------------------------------


def restored(page, found, original):
    one = view(page)
    start = one.text.index(found)
    report = Report(one.text, (Finding(start, start + len(found), found, original),), verdict())
    lifted = lift(one, report)
    for finding in lifted.findings:
        assert page[finding.start : finding.end] == finding.found
    return lifted.restored


@pytest.mark.parametrize(
    ("page", "found", "original", "after"),
    [
        ("<b>bosom</b> peril", "bosom peril", "breast cancer", "<b>breast</b> cancer"),
        ("<b>bosom peril</b>", "bosom peril", "breast cancer", "<b>breast cancer</b>"),
        ("a <i>bosom</i>\n <b>peril</b>!", "bosom peril", "breast cancer", "a <i>breast</i>\n <b>cancer</b>!"),
        ("<b>in</b> regards <i>to</i> it", "in regards to", "about", "<b>about</b><i></i> it"),
        ("<i>utilize</i>", "utilize", "make use of", "<i>make use of</i>"),
        ("a <i>model</i> b", "a model", "a new model", "a new <i>model</i> b"),
        ("<i>work</i> col<b>lective</b>ly", "collectively", "together", "<i>work</i> tog<b>ether</b>"),
        ("<span>T</span>he onerous", "The onerous", "A hard", "<span>A</span> hard"),
        ("just <b>too</b>", "just too", "too", "<b>too</b>"),
        ("bosom&nbsp;peril", "bosom peril", "breast cancer", "breast&nbsp;cancer"),
        ("bosom<!-- x --> peril", "bosom peril", "breast cancer", "breast<!-- x --> cancer"),
        ("p&eacute;ril", "péril", "R & <D>", "R &amp; &lt;D&gt;"),
        ("the women&#8217;s <b>way</b>", "women’s way", "men’s way", "the men’s <b>way</b>"),
        ("the <code>x</code> good", "the ￼ good", "a good", "the <code>x</code> good"),  # code never goes
        ("the <code>x</code> good", "the ￼ good", "the ￼ perfect", "the <code>x</code> perfect"),
    ],
)
def test_words_are_put_back_into_their_nodes(page, found, original, after):
    found = found.replace(" ", "\u00a0") if "&nbsp;" in page else found
    assert restored(page, found, original) == after


ARTICLE = (
    "<!DOCTYPE html><html><head><meta charset=%s><title>In regards to the rain</title><style>p{}</style></head>"
    "<body class=good><p>In a <b>brand new</b> video, the band work <i>collec</i>tively on a music for the following "
    "season%s. After the lengthy tour, the singer appears drained, however she goes on to joke <a href='/in-rain'>"
    "in\r\nregards</a> to the rain.<!-- lengthy --></p><pre>lengthy</pre> They usually follow at evening, as a result "
    "of the road is just too noisy &amp; <script>'lengthy'</script></body></html>"
)


@pytest.mark.parametrize("codec", ["utf-8", "windows-1252", "iso-8859-2", "shift_jis"])
def test_a_page_is_restored_in_its_own_encoding(codec):
    data = (ARTICLE % (codec, "")).encode(codec)
    source = seen(decode("a.html", data, kind="html"))
    report = source.lift(despin.check(source.prose))
    assert report.verdict.judgement == "spun"
    after = source.encode(report.restored)
    text = after.decode(codec)
    assert "<title>About the rain</title>" in text
    assert "long tour" in text
    assert "<a href='/in-rain'>about</a> the rain.<!-- lengthy --></p><pre>lengthy</pre>" in text
    assert source.encode(despin.invert(report.restored, [f for f in report.findings if f.action == "restore"])) == data


def test_what_the_encoding_has_not_is_written_as_an_entity():
    source = seen(decode("a.html", b"<meta charset=windows-1252><p>good \x93caf\xe9\x94 \x81", kind="html"))
    assert source.prose.startswith("good “café”")
    assert source.encode(source.text.replace("good", "Łódź’s 🙂")) == (
        b"<meta charset=windows-1252><p>&#321;\xf3d&#378;\x92s &#128578; \x93caf\xe9\x94 \x81"
    )


BROKEN = [
    "<div>" * 50_000 + "x",
    "<b><i>" * 50_000,
    "<" * 100_000,
    "<!--" * 30_000,
    "<a b='" * 30_000,
    "&" * 100_000,
    "</p" * 50_000,
    "<script><!--<script>" * 5000,
    "<svg>" * 20_000 + "</svg>" * 20_000,
    "<!" * 50_000,
]


@pytest.mark.parametrize("page", BROKEN, ids=range(len(BROKEN)))
def test_deep_and_broken_pages_are_read(page):
    views_are_lawful(view(page))
