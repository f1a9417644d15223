"""Phrases that a text quotes as examples of tortured phrases: no findings; and those that only look so: findings."""

import pytest

from despin import Config, Finding, Report
from despin.results.quoted_examples import Examples
from despin.results.report import Verdict
from despin.results.suppression import excuse

PHRASE, MEANT = "counterfeit consciousness", "artificial intelligence"
ABOUT = "\n\nElsewhere we list more tortured phrases.\n"


def finding(text, phrase=PHRASE, meant=MEANT):
    at = text.index(phrase)
    return Finding(at, at + len(phrase), phrase, meant, 0.9, "suggest", alone=True)


@pytest.mark.parametrize(
    "text",
    [
        f"Tortured phrases such as “{PHRASE}” are a sign of it.",
        f'He found the tortured phrase "{PHRASE}" in twelve papers.',
        f"We found tortured phrases. One of them was ‘{PHRASE}’, which nobody writes.",
        f'The paper has "{PHRASE}" instead of the usual term.',
        f"It writes “{PHRASE}” in place of {MEANT}.",
        f"“{PHRASE}” stands for {MEANT} there.",
        f"A spinner turned {MEANT} into “{PHRASE}”, they say.",
        f"The thesaurus makes “{PHRASE}” ({MEANT}) of it.",
        f"Such as *{PHRASE}* and other tortured phrases.",
        f"{PHRASE} ({MEANT}) is one of them.{ABOUT}",
        f"{MEANT} becomes {PHRASE} in their hands.{ABOUT}",
        f"Table 1\n\n{PHRASE}\t{MEANT}\nbosom peril\tbreast cancer\n{ABOUT}",
        f"| {MEANT} | {PHRASE} | 12 |\n{ABOUT}",
        f"12. {PHRASE}\n{ABOUT}",
    ],
)
def test_examples(text):
    assert Examples(text).holds(finding(text))
    report = excuse(Report(text, (finding(text),), Verdict("clean", 0.0, 0.0, 0.0, "", 9)), Config())
    assert (report.findings, len(report.ignored)) == ((), 1)


@pytest.mark.parametrize(
    "text",
    [
        f"This paper is on {PHRASE} and its uses.",
        f"So-called “{PHRASE}” is a wide field.",  # a spun paper quotes, too
        f"“We rely on {PHRASE} in this work and in many others,” he said, instead of asking.",
        f"We use {PHRASE} instead of statistics.",
        f"Methods of {PHRASE} ({MEANT}) are used.",
        f"Keywords: {PHRASE}, irregular woodland",
        f"This is on {PHRASE}.{ABOUT}",
        f"{PHRASE}\n\nA heading of an ordinary paper.",
    ],
)
def test_what_only_looks_like_one(text):
    assert not Examples(text).holds(finding(text))


def test_only_phrases_by_themselves_are_asked():
    text = f"Tortured phrases such as “{PHRASE}” are a sign."
    at = text.index(PHRASE)
    spun = Finding(at, at + len(PHRASE), PHRASE, MEANT)
    report = Report(text, (spun,), Verdict("spun", 0.9, 0.5, 3.0, "web", 9))
    assert excuse(report, Config()) is report
