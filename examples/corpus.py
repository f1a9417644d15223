"""Many texts at once: one report a text, or columns for a data frame."""

from pathlib import Path

import despin
from despin.corpus import check_batch

texts = [path.read_text(encoding="utf-8") for path in sorted(Path("tests/fixtures/clean").glob("*.txt"))]
texts.append(Path("tests/cases/page.txt").read_text(encoding="utf-8"))

for report in despin.check_many(texts):  # in batches: much faster than one by one
    print(report.verdict.judgement, report.verdict.words, len(report.findings))

columns = check_batch(texts)
print({name: values[-1] for name, values in columns.items() if name != "restored"})
