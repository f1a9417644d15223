"""What several test modules share: Hypothesis strategies, and laws that several things obey."""

import re

import numpy as np
from hypothesis import strategies as st

from despin import Evidence, Finding, Reading, Report, Verdict, invert
from despin.results.lift import lift

TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(" \r\n\t’é𝒳\u0301\ufeff")), max_size=60)
OTHERS = st.lists(TEXTS, max_size=2, unique=True)


@st.composite
def texts_with_findings(draw):
    """A text, and findings of it that do not overlap; they may touch, and an original may be empty."""
    text = draw(TEXTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12, unique=True)))
    findings = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        original = draw(TEXTS.filter(lambda o, found=text[start:end]: o != found))
        confidence = draw(st.floats(0, 1))
        findings.append(
            Finding(
                start,
                end,
                text[start:end],
                original,
                substituted=draw(st.floats(confidence, 1)),
                readings=(
                    Reading(original, confidence),
                    *(Reading(other, 0.0) for other in draw(OTHERS) if other != original),
                ),
                confidence=confidence,
                action=draw(st.sampled_from(["restore", "suggest"])),
                family=draw(st.sampled_from(["", "web"])),
                entry=draw(TEXTS),
                evidence=tuple(
                    Evidence(kind, weight, "why")
                    for kind, weight in draw(
                        st.lists(st.tuples(st.sampled_from(["context", "spin rate"]), st.floats(-20, 20)), max_size=3)
                    )
                ),
            )
        )
    return text, tuple(findings)


def verdict():
    """Any verdict at all."""
    return Verdict("spun", 0.9, 0.5, 3.0, "web", 9)


def views_are_lawful(view, original="new wörd & <more>"):
    """The laws of a `View`: its pieces, the way back, and reports that are lifted."""
    size = np.diff(view.at)
    assert view.at[0] == 0
    assert view.at[-1] == len(view.text)
    assert (size > 0).all()
    assert (view.start <= view.end).all()
    assert (view.end[:-1] <= view.start[1:]).all()
    assert len(view.start) == 0 or view.end[-1] <= len(view.source)
    places = range(0, len(view.text), max(len(view.text) // 9, 1))
    for start in places:
        for end in (start + 1, min(start + 4, len(view.text))):
            begin, stop = view.back(start, end)
            assert 0 <= begin <= stop <= len(view.source)
    found = [match.span() for match in re.finditer(r"\S+(?: \S+)?", view.text)][::2]
    findings = tuple(
        Finding(a, b, view.text[a:b], original, ("other",)) for a, b in found if view.text[a:b] != original
    )
    report = lift(view, Report(view.text, findings, verdict()))
    assert report.text is view.source
    place = 0
    for finding in report.findings:
        assert place <= finding.start < finding.end
        assert view.source[finding.start : finding.end] == finding.found != finding.original
        place = finding.end
    assert invert(report.restored, report.findings) == view.source
    return report
