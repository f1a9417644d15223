"""Hypothesis strategies that several test modules share."""

from hypothesis import strategies as st

from despin import Evidence, Finding

TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(" \r\n\t’é𝒳\u0301\ufeff")), max_size=60)


@st.composite
def texts_with_findings(draw):
    """A text, and findings of it that do not overlap; they may touch, and an original may be empty."""
    text = draw(TEXTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12, unique=True)))
    findings = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        original = draw(TEXTS.filter(lambda o, found=text[start:end]: o != found))
        findings.append(
            Finding(
                start,
                end,
                text[start:end],
                original,
                alternatives=tuple(draw(st.lists(TEXTS, max_size=2))),
                confidence=draw(st.floats(0, 1)),
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
