"""What the tests share: the option --accept, and Hypothesis' settings."""

import pytest
from hypothesis import settings

# The same examples in every run: a failure in CI must fail at home too.
settings.register_profile("despin", derandomize=True, deadline=None)
settings.load_profile("despin")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the golden cases in tests/fixtures/cli")
