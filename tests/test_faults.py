"""Each fault of benchmarks/faults.py, once."""

import os

import pytest

faults = pytest.importorskip("faults", exc_type=ImportError)  # POSIX alone
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals and limits")


@pytest.mark.parametrize("fault", faults.FAULTS, ids=lambda fault: fault.__name__)
def test_nothing_is_lost(fault):
    try:
        outcome = faults.inject(fault, seed=1)
    except faults.Skipped as why:
        pytest.skip(str(why))
    assert outcome.lost == 0
    assert outcome.tracebacks == 0
    assert set(outcome.codes) <= set(faults.FAULTS[fault]), outcome.said
    assert outcome.left <= (fault is faults.killed)
