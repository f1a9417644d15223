"""Listed means reported, in every register: news, recipe, law, sermon, chat … The paragraphs are in a file of data.

Every gap between two words of every paragraph gets a phrase, each time another one in another form: on one line, over
a line end, with a word cut by a hyphen there, in capitals, twice. All of it has to be found where it stands.
"""

import re
import tomllib
from pathlib import Path

import pytest

from despin import Config, check_many
from despin.restoration.lone_phrases import LISTED

REGISTERS = tomllib.loads((Path(__file__).parents[1] / "fixtures" / "registers.toml").read_text(encoding="utf-8"))
LIST = {
    "glove orchestra": "hand ensemble",
    "drowsy lightning arrester": "passive surge protector",
    "counterfeit pavement": "artificial ground",
    "snow-to-thunder ratio": "noise-to-signal ratio",
    "borrowed liver sugar": "transferred glycogen",
    "crooked mathematics of beds": "nonlinear layer algebra",
    "woolly telegraph": "fuzzy messaging",
    "unmarried thread": "single fibre",
}
GAP = re.compile(r"(?<=\S)[ \n]+(?=\S)")


def cut(phrase):
    """`phrase` with its longest word cut in two by a hyphen and a line end."""
    word = max(re.findall(r"[a-z]+", phrase), key=len)
    at = phrase.index(word) + len(word) // 2
    return f"{phrase[:at]}-\n{phrase[at:]}"


FORMS = {
    "on one line": str,
    "over a line end": lambda phrase: phrase.replace(" ", "\n", 1),
    "over the last line end": lambda phrase: phrase[::-1].replace(" ", " \n", 1)[::-1],
    "cut at a line end": cut,
    "in capitals": str.upper,
    "as a title": str.title,
    "as a sentence begins": str.capitalize,
}
AROUND = ("{}", "({})", "{},", "“{}”", "{};", "its {}:", "*{}*", "{} {}")


def planted(paragraph):
    """`paragraph` with a phrase in each of its gaps: the text, the phrase, its line of the list, and its places."""
    forms = list(FORMS.values())
    for number, gap in enumerate(GAP.finditer(paragraph)):
        line = number % len(LIST)
        phrase = list(LIST)[line]
        form = forms[(number + number // len(LIST)) % len(forms)]
        shown = AROUND[(number // 3) % len(AROUND)].replace("{}", form(phrase))
        text = f"{paragraph[: gap.start()]} {shown} {paragraph[gap.end() :]}"
        starts = [match.start() for match in re.finditer(re.escape(form(phrase)), text)]
        yield text, phrase, line + 1, [(at, at + len(form(phrase))) for at in starts]


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("list") / "ours.tsv"
    path.write_text("".join(f"{spun}\t{meant}\n" for spun, meant in LIST.items()), encoding="utf-8")
    return Config(dictionaries=(str(path),))


def test_there_are_twenty_and_none_is_too_short():
    assert len(REGISTERS) == 20
    assert {name: len(text.split()) for name, text in REGISTERS.items() if not 60 <= len(text.split()) <= 100} == {}


def test_all_phrases_in_all_forms_are_tried():
    tried = {(phrase, text[start:end]) for one in REGISTERS.values() for text, phrase, _, places in planted(one)
             for start, end in places}  # fmt: skip
    assert tried >= {(phrase, form(phrase)) for phrase in LIST for form in FORMS.values()}


@pytest.mark.parametrize("register", REGISTERS)
def test_every_phrase_is_reported_in_every_gap(config, register):
    cases = list(planted(REGISTERS[register]))
    assert len(cases) >= 50
    reports = check_many([text for text, *_ in cases], config)
    for (text, phrase, line, places), report in zip(cases, reports, strict=True):
        assert [(one.start, one.end) for one in report.findings] == places, text
        assert report.ignored == ()
        for one in report.findings:
            assert (one.alone, one.action, one.confidence, one.entry) == (True, "suggest", LISTED, f"ours:{phrase}")
            assert one.original.casefold() == LIST[phrase]
            assert [term.note for term in one.evidence] == [f"line {line} of the dictionary ours"]
        assert report.restored == text
        assert report.verdict.judgement != "spun"


def test_without_a_phrase_nothing_is_reported(config):
    for register, report in zip(REGISTERS, check_many(REGISTERS.values(), config), strict=True):
        assert (register, report.findings, report.ignored) == (register, (), ())


def test_parts_of_a_phrase_are_no_phrase(config):
    """Its words in another order, apart, or in two paragraphs."""
    split = [(first, " ".join(rest)) for first, *rest in map(str.split, LIST)]
    between = ("{1} {0}", "{0} and {1}", "{0}\n\n{1}", "{0}. {1}")
    apart = [form.format(*words) for words in split for form in between]
    texts = [f"{paragraph}\n{' … '.join(apart)}\n" for paragraph in REGISTERS.values()]
    assert [one.found for report in check_many(texts, config) for one in report.findings] == []
