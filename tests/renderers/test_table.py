"""Findings for a spreadsheet: harmless whatever the text says, and read back as they were."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts_with_findings, verdict

from despin import Report
from despin.renderers.table import COLUMNS, HEAD, harmless, rows


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1", "|calc", "%0A", "\u200b=1"]
)
def test_no_cell_is_a_formula(cell):
    assert harmless(cell)[0] in "'\\"  # or an escape: what nobody sees is shown


@given(texts_with_findings(), st.text(max_size=9))
def test_every_row_has_every_column(made, path):
    text, findings = made
    read = list(csv.reader(io.StringIO(HEAD + rows(Report(text, findings, verdict()), path), newline="")))
    assert read[0] == list(COLUMNS)
    assert [len(row) for row in read[1:]] == [len(COLUMNS)] * len(findings)
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in read for cell in row)
