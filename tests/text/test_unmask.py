"""Disguise is seen through, and stays wherever nothing is restored."""

import json
import unicodedata

import numpy as np
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from strategies import verdict, views_are_lawful

import despin
from despin import Finding, Reading, Report
from despin.renderers.escaping import in_json, visible
from despin.results.lift import lift
from despin.text import unmask as module
from despin.text.unmask import unmask

INVISIBLE = "\u200b\u200c\u200d\u00ad\u2060\ufeff\u034f\u202e\u2066\ufe0f\U000e0041"
TWINS = dict(zip("aeopcyx", "аеорсух", strict=True))
ODD = "".join([INVISIBLE, *TWINS.values(), "\u00a0\u2009\u3000’‘′ｆＡ𝐛ﬁﬀ№\u0301\u0336éбжЖπω ab-"])
TEXTS = st.text(st.one_of(st.sampled_from(ODD), st.characters()), max_size=40)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("bo\u200bsom p\u00aderil", "bosom peril"),
        ("bosom pеril", "bosom peril"),  # a Cyrillic е
        ("bοsοm", "bosom"),  # Greek omicrons
        ("ｂｏｓｏｍ　ｐｅｒｉｌ", "bosom peril"),
        ("𝐛𝐨𝐬𝐨𝐦 𝓹𝓮𝓻𝓲𝓵", "bosom peril"),
        ("pro\ufb01le", "profile"),
        ("bosom\u00a0peril", "bosom peril"),
        ("in regards\u2009to", "in regards to"),
        ("women\u2032s", "women's"),
        ("e\u02d7mail", "e-mail"),
        ("cafe\u0301s", "cafés"),
        ("b\u0336o\u0336som", "bosom"),
        ("\u202ebosom\u202c", "bosom"),
        ("pеr\u200bіl", "peril"),  # both at once
        ("\ufe09", ""),
        ("\ufb01\u0301x", "fix"),
    ],
)
def test_disguise_is_seen_through(text, plain):
    assert unmask(text).text == plain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain ASCII",
        "“Typographic” quotes — and dashes – aren’t disguise, and neither are naïve cafés.",
        "Москва говорит по-русски, а Ёлка",
        "αβγ Ελλάδα ο χορός",
        "а",  # alone it may be Russian
        "сосо хоро",  # all of its letters look Latin, and it is Cyrillic
        "10 μm, ΔT, β-carotene, 5 Ω",
        "日本語 العربية עברית",
        "\U0001f642 ½ x² 3°",
    ],
)
def test_a_text_without_disguise_comes_back_as_the_same_object(text):
    view = unmask(text)
    assert view.text is view.source is text


def test_what_has_no_width_and_what_is_one_for_another_is_known_of_every_character():
    codes = np.concatenate([np.arange(0x3100), np.arange(0xF900, 0x10000), np.arange(0xE0000, 0xE0200)])
    actions = module._actions_of(codes.astype(np.uint32))
    unseen = [bool(regex.match(r"[\p{DI}\p{Bidi_C}]", chr(code))) for code in codes.tolist()]
    assert 200 < sum(unseen) < 700
    assert set(actions[unseen].tolist()) == {module._DROP}
    assert not actions[codes < 128].any()
    harmful = [not module._is_harmless(chr(code)) for code in codes.tolist()]
    assert harmful == (actions != module._KEEP).tolist()
    fancy = codes[actions == module._FANCY].tolist()
    assert {ord(char) for char in "ﬁﬂＡａℂ"} <= set(fancy)
    assert all(unicodedata.normalize("NFKC", chr(code)).isascii() for code in fancy)


def test_western_characters_are_what_the_patterns_say():
    codes = sorted(module._WESTERN)
    assert [module._western(code) for code in codes] == [module._looked_up(code) for code in codes]


@given(TEXTS)
def test_views_are_lawful(text):
    views_are_lawful(unmask(text))


@given(TEXTS)
def test_there_is_nothing_to_see_through_twice(text):
    plain = unmask(text).text
    assert unmask(plain).text == plain


@given(st.text("abcdefgh -’", max_size=30), st.data())
def test_invisible_characters_change_nothing(text, data):
    masked = "".join(char + data.draw(st.text(INVISIBLE, max_size=2)) for char in text)
    assert unmask(masked).text == text


@given(st.lists(st.sampled_from(["peace", "copy", "exo", "box", "дом", "мир"]), max_size=6), st.data())
def test_look_alikes_beside_latin_letters_are_read_as_latin(words, data):
    masked = []
    for word in words:
        twins = [k for k, char in enumerate(word) if char in TWINS]
        chosen = data.draw(st.sets(st.sampled_from(twins), max_size=len(word) - 1)) if twins else set()
        masked.append("".join(TWINS[char] if k in chosen else char for k, char in enumerate(word)))
    text = " ".join(masked)
    # Words like "copy" are all twins: then one letter at least stays Latin, so that they are mixed.
    assert unmask(text).text == " ".join(words)


@given(TEXTS, TEXTS)
def test_where_a_part_ends_changes_nothing(one, other):
    text = f"{one} {other}"
    whole = unmask(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PART", max(len(one), 1))
        cut = unmask(text)
    # A part ends at a blank, if it has one; a word without any may be cut.
    if " " not in one.strip() and one:
        assert cut.text == whole.text
    views_are_lawful(cut)


def test_a_restored_phrase_is_plain_and_all_else_stays():
    text = "A bo\u200bsom p\u0435ril, \u200band\u00a0zero\u00adwidth."
    view = unmask(text)
    start = view.text.index("bosom")
    readings = (Reading("breast cancer", 0.5), Reading("a", 0.3), Reading("b", 0.1))
    one = Finding(start, start + 11, "bosom peril", "breast cancer", 0.5, readings=readings)
    report = lift(view, Report(view.text, (one,), verdict()))
    [finding] = report.findings
    assert finding.found == "bo\u200bsom p\u0435ril"
    assert finding.alternatives == ("a", "b")
    assert report.restored == "A breast cancer, \u200band\u00a0zero\u00adwidth."
    assert report.text is text


def test_a_disguised_article_is_restored_like_a_plain_one():
    plain = (
        "In a brand new video, the band work collectively on a music for the following season. After the lengthy tour, "
        "the singer appears drained, however she goes on to joke in regards to the rain. They usually follow at "
        "evening, as a result of the road is just too noisy."
    )
    masked = (
        plain.replace("collectively", "coll\u200bectively").replace("lengthy", "lеngthy").replace("s a r", "s\u00a0a r")
    )
    view = unmask(masked)
    assert view.text == plain
    report = lift(view, despin.check(view.text))
    assert report.restored == despin.restore(plain)
    assert despin.invert(report.restored, [f for f in report.findings if f.action == "restore"]) == masked


def test_a_report_on_another_text_is_refused():
    with pytest.raises(ValueError, match="another text"):
        lift(unmask("a\u200bb"), Report("ac", (), verdict()))
    with pytest.raises(ValueError, match="no span"):
        unmask("a\u200bb").back(1, 1)


# --- what is shown ------------------------------------------------------------------------------------------------


@given(TEXTS)
def test_what_is_shown_hides_nothing(text):
    shown = visible(text)
    assert visible(shown) == shown
    assert not any(
        char in shown for char in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u00ad\ufeff\x1b\x00\x85"
    )
    if shown == text:
        assert all(char.isprintable() or char in "\t\n\r" or not char.isascii() for char in text)


def test_examples_of_what_is_shown():
    assert visible("plain\ttext\n") == "plain\ttext\n"
    assert visible("user\u202e\u2066txt.exe") == r"user\u202e\u2066txt.exe"
    assert visible("\x1b[31mred") == r"\x1b[31mred"
    assert visible("❤\ufe0f Москва ‘so’") == "❤\ufe0f Москва ‘so’"


@given(TEXTS)
def test_json_with_escapes_says_the_same(text):
    told = json.dumps({"text": text}, ensure_ascii=False)
    assert json.loads(in_json(told)) == {"text": text}
    assert not any(char in in_json(told) for char in "\u202a\u202e\u2066\u200b\U000e0041")
