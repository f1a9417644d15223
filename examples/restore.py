"""Restore a text, and ask of one finding why it is believed."""

from pathlib import Path

import despin

text = Path("tests/cases/page.txt").read_text(encoding="utf-8")
report = despin.check(text)

print(f"{report.verdict.judgement}, probability {report.verdict.probability:.2f}, family {report.verdict.family}")
print(report.restored)

finding = max(report.findings, key=lambda one: one.confidence)
print(f"{finding.found!r} stood for {finding.original!r} with probability {finding.confidence:.2f}, since:")
for term in finding.evidence:
    print(f"  {term.weight:+6.2f}  {term.kind}: {term.note}")
