"""Findings, one by one: accept what is sure, put back what a reader does not believe, undo everything."""

from pathlib import Path

import despin

text = Path("tests/cases/page.txt").read_text(encoding="utf-8")
report = despin.check(text)

accepted = [finding for finding in report.findings if finding.confidence > 0.9 and finding.found != "library"]
restored = despin.apply(text, accepted)
print(restored)

assert despin.invert(restored, accepted) == text  # nothing is lost
