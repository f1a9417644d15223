"""Worker processes: the same reports in the same order, and a killed worker costs its batch and no more."""

import os
import signal
from dataclasses import dataclass

import pytest

from despin import Config
from despin import workers as module
from despin.pipeline import find_many
from despin.workers import Failure, checked

TEXTS = [
    "In a brand new video, the band work collectively on a music for the following season.",
    "The bridge was closed on Monday because the river had risen over the road.",
    "",
    "They usually follow at evening, as a result of the road is just too noisy. 'Vrint' [sic]",
    "After the lengthy tour, the singer appears drained, however she goes on to joke in regards to the rain. 𝒳",
] * 3


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(module, "BATCH", 100)


def test_the_same_reports_in_the_same_order():
    other = Config(min_confidence=0.2)
    items = list(enumerate(TEXTS * 2))
    config_of = lambda item: other if item[0] >= 20 else CONFIG  # noqa: E731
    alone = list(checked(iter(items), lambda item: item[1], config_of, jobs=1))
    shared = list(checked(iter(items), lambda item: item[1], config_of, jobs=2))
    assert shared == alone
    assert [report for _, report in alone[:20]] == list(find_many(TEXTS[:15] + TEXTS[:5], CONFIG))
    assert alone[20][1].findings


CONFIG = Config()


@pytest.mark.parametrize("texts", [[], ["One text."], ["One", "two"]])
def test_little_work_needs_no_worker(texts, monkeypatch):
    monkeypatch.setattr(module, "_Pool", None)
    assert [report.text for _, report in checked(texts, str, lambda _: CONFIG, jobs=8)] == texts


def test_no_more_is_read_ahead_than_the_workers_need():
    read = 0

    def items():
        nonlocal read
        for number in range(200):
            read += 1
            yield f"{number} " + "vrint " * 20

    reports = checked(items(), str, lambda _: CONFIG, jobs=2)
    next(reports)
    assert read < 20
    reports.close()


@dataclass(frozen=True)
class Deadly(Config):
    """Kills the worker that it is sent to."""

    status: str = "os.kill(os.getpid(), signal.SIGKILL)"

    def __reduce__(self):
        return exec, (f"import os, signal; {self.status}",)


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
@pytest.mark.parametrize(
    ("deadly", "said"),
    [
        (Deadly(), "was killed (SIGKILL), for want of memory"),
        (Deadly(status="os._exit(3)"), "ended early (exit code 3)"),
    ],
)
def test_a_killed_worker_costs_its_batch_and_no_more(deadly, said):
    items = list(enumerate(TEXTS * 2))
    config_of = lambda item: deadly if item[0] in (4, 5, 17) else CONFIG  # noqa: E731
    results = list(checked(items, lambda item: item[1], config_of, jobs=2))
    assert [item for item, _ in results] == items
    assert [item[0] for item, report in results if isinstance(report, Failure)] == [4, 5, 17]
    assert all(said in report.message for _, report in results if isinstance(report, Failure))
    expected = list(find_many([text for number, text in items if number not in (4, 5, 17)], CONFIG))
    assert [report for _, report in results if not isinstance(report, Failure)] == expected


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_workers_leave_interrupts_to_the_parent():
    before = signal.getsignal(signal.SIGINT)
    with module._deaf_to_interrupts():
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    assert signal.getsignal(signal.SIGINT) == before
