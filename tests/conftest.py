"""What the tests share: the option --accept, and Hypothesis' settings."""

import os
import tempfile

import pytest
from hypothesis import settings

# The user's own cache is none of the tests' business; processes that they start inherit this one.
CACHE = tempfile.TemporaryDirectory(prefix="despin-tests-")
os.environ["DESPIN_CACHE_DIR"] = CACHE.name
# As the command has it: threads of two workers that wait for each other take ten times as long over a small matrix.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The same examples in every run: a failure in CI must fail at home too.
settings.register_profile("despin", derandomize=True, deadline=None)
# For a release, and after a change to what reads other people's bytes: HYPOTHESIS_PROFILE=long pytest -k ...
settings.register_profile("long", max_examples=10_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "despin"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the golden cases in tests/fixtures/cli")
