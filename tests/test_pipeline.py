"""The laws of the whole: what holds for any text, whatever the learned data say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import TEXTS

import despin
from despin import Config, Report
from despin.dictionary.files import folder
from despin.runtime import knowledge

FIXTURES = Path(__file__).parent / "fixtures"
ARTICLE = (FIXTURES / "spun" / "behind-the-scenes.txt").read_text(encoding="utf-8")
CLEAN = {path.stem: path.read_text(encoding="utf-8") for path in sorted((FIXTURES / "clean").glob("*.txt"))}
SENTENCES = [line for line in ARTICLE.split("\n") if line]
BLANK = ["", " ", "\n", "\r\n\r\n", "\t \u00a0\u2003", "\ufeff", "\u200b"]
DIRT = [
    "\x00\x01\x1b[31m",
    "\ud800 a lone surrogate \udfff",
    "e\u0301lan vital, Ｆｕｌｌｗｉｄｔｈ, ﬁ ligature",
    "𝒳𝓎𝓏 🙂🙃 👩‍👩‍👧",
    "\u202eright to left\u202c",
    "’’’'''‘‘‘```“”„",
    "a" * 5000,
    "don't" * 500,
    "- " * 2000,
    "a\u0301" * 300,
    "1,2.3," * 500,
    "<p>by which</p> &amp; {a|b} [sic] `by which` https://example.org/by-which",
    "İstanbul ǅ ß ŉ",
    "\r by which \r\n by which \u2028 by which \u2029 by which \x0b by which \x85",
]
# Sentences of the article, loose words, and dirt, glued together in any way.
MIXED = st.lists(
    st.one_of(st.sampled_from([*SENTENCES, *DIRT, "by which", "an lovely", "Website positioning"]), TEXTS), max_size=5
)


@cache
def report(text: str, config: Config = Config()) -> Report:
    return despin.check(text, config)


# --- what is not touched ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [*BLANK, "1887", "—", "Zyxgh qwrtp."])
def test_a_text_without_candidates_comes_back_as_the_same_object(text: str) -> None:
    assert despin.restore(text) is text
    one = report(text)
    assert one.findings == ()
    assert one.verdict.judgement != "spun"
    assert one.verdict.family == ""


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_text_comes_back_as_the_same_object(name: str) -> None:
    assert report(CLEAN[name]).verdict.judgement == "clean"
    assert despin.restore(CLEAN[name]) is CLEAN[name]


def lawful(text: str, one: Report) -> None:
    """Every law of a report."""
    assert one.text is text
    done = 0
    for finding in one.findings:
        assert done <= finding.start < finding.end <= len(text)
        assert finding.found == text[finding.start : finding.end] != finding.original
        assert finding.original
        assert 0 <= finding.confidence <= 1
        assert finding.found not in finding.alternatives
        assert len({finding.original, *finding.alternatives}) == 1 + len(finding.alternatives)
        done = finding.end
    assert 0 <= one.verdict.probability <= 1
    assert 0 <= one.verdict.spin_rate <= 1
    made = [f for f in one.findings if f.action == "restore"]
    assert one.restored == despin.apply(text, made)
    assert despin.invert(one.restored, made) == text
    # Every piece between two restorations stands in the restored text, in order.
    at, shift = 0, 0
    for finding in made:
        assert one.restored[at + shift : finding.start + shift] == text[at : finding.start]
        at, shift = finding.end, shift + len(finding.original) - len(finding.found)
    assert one.restored[at + shift :] == text[at:]


def test_nothing_outside_the_findings_changes() -> None:
    one = report(ARTICLE)
    lawful(ARTICLE, one)
    assert sum(finding.action == "restore" for finding in one.findings) > 40


@pytest.mark.parametrize("text", [ARTICLE, f"“{ARTICLE}”", ARTICLE.replace("a", "\u0430", 9), f"{ARTICLE}\n" * 3])
def test_what_is_restored_and_what_is_found_are_the_same(text: str) -> None:
    one = despin.check(text)
    restored, said = one.restored, one.substitutions
    made = [finding for finding in one.findings if finding.action == "restore"]
    assert made
    assert said == [(finding.found, finding.original) for finding in made] == one.substitutions
    assert restored == despin.apply(text, made) == one.restored
    for finding in one.findings:
        assert not {finding.found, finding.original} & set(finding.alternatives)
        assert math.fsum(term.weight for term in finding.evidence) == pytest.approx(finding.log_odds, abs=1e-6)


@settings(max_examples=40)
@given(MIXED.map("".join))
def test_any_text_has_a_lawful_report(text: str) -> None:
    lawful(text, despin.check(text))


@pytest.mark.parametrize("dirt", DIRT, ids=range(len(DIRT)))
@pytest.mark.parametrize("place", ["alone", "before", "after", "between"])
def test_dirt_does_no_harm(dirt: str, place: str) -> None:
    text = {
        "alone": dirt,
        "before": f"{dirt} {ARTICLE}",
        "after": f"{ARTICLE} {dirt}",
        "between": f"{ARTICLE}\n{dirt}\n{CLEAN['lighthouse']}",
    }[place]
    lawful(text, despin.check(text))


def test_protected_spans_stay() -> None:
    kept = ["https://example.org/by-which", "`collectively`", "<a title='by which'>", "by.which@example.org"]
    text = f"{ARTICLE}\n" + "\n".join(f"They work {one} again." for one in kept)
    restored = despin.restore(text)
    assert restored != text
    assert all(one in restored for one in kept)


def test_line_endings_stay() -> None:
    windows = ARTICLE.replace("\n", "\r\n")
    assert despin.restore(windows) == despin.restore(ARTICLE).replace("\n", "\r\n")


# --- batches ---------------------------------------------------------------------------------------------------------


def test_a_batch_is_as_its_texts_one_by_one() -> None:
    texts = [ARTICLE, "", CLEAN["lighthouse"], "\n", *SENTENCES[:5], *CLEAN.values(), ARTICLE]
    together = list(despin.check_many(texts, effort="careful"))
    assert [one.text for one in together] == texts
    for text, one in zip(texts, together, strict=True):
        alone = report(text)
        assert one.verdict.judgement == alone.verdict.judgement
        assert one.verdict.probability == pytest.approx(alone.verdict.probability, abs=1e-6)
        assert one.verdict.log_likelihood_ratio == pytest.approx(alone.verdict.log_likelihood_ratio, abs=1e-6)
        assert one.restored == alone.restored
        key = [(f.start, f.end, f.original, f.action) for f in one.findings]
        assert key == [(f.start, f.end, f.original, f.action) for f in alone.findings]
        assert [f.confidence for f in one.findings] == pytest.approx([f.confidence for f in alone.findings], abs=1e-6)


@settings(max_examples=15)
@given(st.lists(st.one_of(TEXTS, st.sampled_from([*SENTENCES, *DIRT])), max_size=5), st.integers(1, 400))
def test_where_batches_end_changes_nothing(texts: list[str], size: int) -> None:
    whole = [one.restored for one in despin.check_many(texts)]
    assert [one.restored for one in despin.check_many(texts, batch_bytes=size)] == whole


def test_texts_are_taken_as_they_come() -> None:
    """No more is read ahead than what may wait, and the one text that tells that it is enough."""
    taken: list[int] = []

    def texts() -> Iterator[str]:
        for number in range(10):
            taken.append(number)
            yield "x" * 100

    reports = despin.check_many(texts(), batch_bytes=150)
    next(reports)
    assert len(taken) == 3
    assert len(list(reports)) == 9


def test_no_texts_give_no_reports() -> None:
    assert list(despin.check_many([])) == []


def test_the_same_text_gives_the_same_report() -> None:
    assert despin.check(ARTICLE) == despin.check(ARTICLE)


# --- what a restoration leaves ---------------------------------------------------------------------------------------


def test_a_restored_article_is_left_as_it_is() -> None:
    """What is left of the substitutes may be seen more clearly in the better text; one place, no more."""
    restored = report(ARTICLE).restored
    again = report(restored)
    assert sum(finding.action == "restore" for finding in again.findings) <= 1
    assert again.verdict.probability < report(ARTICLE).verdict.probability


@pytest.mark.parametrize("partial", [True, False])
def test_a_dictionary_in_reserve_speaks_only_in_a_spun_text_of_a_spinner_known_in_part(tmp_path, partial) -> None:
    """The word it knows stands in a spun text and in a clean one."""
    web = (folder("en") / "web.tsv").read_text(encoding="utf-8")
    (tmp_path / "web.tsv").write_text("#: partial: yes\n" * partial + web, encoding="utf-8")
    (tmp_path / "back.tsv").write_text("#: family: back\n#: reserve: yes\n#: prior: 0.9\nactress\tactor\n")
    config = Config(dictionaries=(str(tmp_path / "web.tsv"), str(tmp_path / "back.tsv")), min_confidence=0.0)
    [clean, *_] = CLEAN.values()
    spun, honest = (despin.check(f"{text}\nThe actress met the actress.", config) for text in (ARTICLE, clean))
    assert any(f.family == "back" for f in spun.findings) == partial
    assert not any(f.family == "back" for f in honest.findings)
    assert spun.verdict.judgement == "spun"


def test_nothing_is_written_in_a_text_that_is_not_judged_spun() -> None:
    for text in (*CLEAN.values(), *SENTENCES, "We went by which way we came."):
        one = report(text)
        assert one.verdict.probability >= 0.5 or all(finding.action == "suggest" for finding in one.findings)


def test_one_sentence_said_two_thousand_times_is_no_spinning() -> None:
    for sentence in ("We work collectively to good the scene.", "I purchased a brand new automotive."):
        text = CLEAN["lighthouse"] + "\n" + f"{sentence}\n" * 2000
        assert report(text).verdict.judgement != "spun", sentence
        text = CLEAN["lighthouse"] + "\n" + f"{sentence} " * 2000
        assert report(text).verdict.judgement != "spun", sentence


def test_a_long_line_is_no_harder_than_many_short_ones() -> None:
    """Without a full stop anywhere a text is still cut into pieces."""
    text = ARTICLE.replace(".", ",").replace("\n", " ")
    one = report(text)
    lawful(text, one)
    assert one.verdict.judgement == "spun"


# --- choices ---------------------------------------------------------------------------------------------------------


def test_a_higher_threshold_writes_less() -> None:
    made = [
        {(f.start, f.end) for f in report(ARTICLE, Config(min_confidence=level)).findings if f.action == "restore"}
        for level in (0.3, 0.65, 0.9, 1.0)
    ]
    assert all(len(more) >= len(fewer) for more, fewer in pairwise(made))
    assert len(made[0]) > len(made[-1])
    assert report(ARTICLE, Config(min_confidence=1.0)).restored is ARTICLE


def test_the_threshold_of_the_verdict_changes_the_verdict_alone() -> None:
    strict, lax = (report(ARTICLE, Config(max_probability=limit)) for limit in (0.0, 1.0))
    assert (strict.verdict.judgement, lax.verdict.judgement) == ("spun", "clean")
    assert strict.findings == lax.findings


def dictionary(folder: Path, unless: str = "") -> Config:
    """The shipped dictionary, and one more entry that nothing else can explain."""
    path = folder / "own.tsv"
    path.write_text(f"#: name: own\n#: family: own\nby zorp\tin which\t98\t100\t{unless}\n", encoding="utf-8")
    # One place says little of a spin rate, and so the first answer is a faint one.
    return Config(dictionaries=("web", str(path)), min_confidence=0.5)


def test_an_excused_phrase_is_left_alone(tmp_path: Path) -> None:
    text = ARTICLE.replace("by which Website", "by zorp Website")
    assert text != ARTICLE
    plain = despin.check(text, dictionary(tmp_path))
    assert [f.original for f in plain.findings if f.found == "by zorp"] == ["in which"]

    (tmp_path / "excused").mkdir()
    excused = despin.check(text, dictionary(tmp_path / "excused", "the scene by zorp"))
    assert not [f for f in excused.findings if "zorp" in f.found]
    assert "by zorp Website" in excused.restored or "by zorp Seo" in excused.restored


def test_a_language_without_data_is_told() -> None:
    with pytest.raises(ValueError, match="there is no data for the language 'xx'; known: "):
        despin.restore("text", Config(language="xx"))


def test_provenance_names_what_was_used() -> None:
    told = knowledge.provenance()
    assert told["dictionaries"]["web"].startswith("sha256:")
    assert told["language_model"]
