"""Worker processes: the same reports in the same order, and a killed worker costs its batch and no more."""

import os
import random
import signal
from dataclasses import dataclass
from multiprocessing.process import BaseProcess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shaping import restored

from despin import Config
from despin.cli import workers as module
from despin.cli.checking import checked
from despin.cli.outcomes import Failure
from despin.pipeline import find_many

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


def test_what_is_made_of_a_report_is_the_same_wherever_it_is_made():
    alone = list(checked(TEXTS, str, lambda _: CONFIG, jobs=1, shape=restored))
    assert list(checked(TEXTS, str, lambda _: CONFIG, jobs=2, shape=restored)) == alone
    assert [made for _, made in alone] == [(one.restored, CONFIG.min_confidence) for one in find_many(TEXTS, CONFIG)]


def test_where_no_fork_is_safe_an_interpreter_is_started(monkeypatch):
    monkeypatch.setattr(module, "_can_fork", lambda: False)
    results = list(checked(TEXTS, str, lambda _: CONFIG, jobs=2, shape=restored))
    assert results == list(checked(TEXTS, str, lambda _: CONFIG, shape=restored))


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
def test_death_is_seen_though_somebody_else_is_told_of_it():
    """Where a parent ignores SIGCHLD, as whoever started the command may have made it do, nobody learns why."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        results = list(checked(TEXTS, str, lambda text: Deadly() if text == TEXTS[1] else CONFIG, jobs=2))
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert [row for row, (_, report) in enumerate(results) if isinstance(report, Failure)] == [1, 6, 11]
    assert results[1][1].message == "the process that checked it ended early; run it again, with --jobs 1"


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_death_is_seen_though_the_pipe_stays_open(monkeypatch):
    """As it does where another thread forks at the wrong moment."""
    held = []
    start = BaseProcess.start

    def start_and_hold(self):
        held.append(os.dup(self._args[0].fileno()))
        start(self)

    monkeypatch.setattr(BaseProcess, "start", start_and_hold)
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    results = list(checked(TEXTS, str, lambda text: Deadly() if text == TEXTS[1] else CONFIG, jobs=2))
    for handle in held:
        os.close(handle)
    assert [row for row, (_, report) in enumerate(results) if isinstance(report, Failure)] == [1, 6, 11]


@pytest.mark.parametrize("startable", [0, 1])
def test_where_no_process_can_be_started(startable, monkeypatch):
    """The rest is done by those there are; and without any, each text gets a sentence."""
    started = []
    start = BaseProcess.start

    def start_some(self):
        if len(started) == startable:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        started.append(self)
        start(self)

    monkeypatch.setattr(BaseProcess, "start", start_some)
    results = list(checked(TEXTS, str, lambda _: CONFIG, jobs=2))
    assert [text for text, _ in results] == TEXTS
    if startable:
        assert [report for _, report in results] == list(find_many(TEXTS, CONFIG))
    else:
        said = "no process can be started (Resource temporarily unavailable); run it again, with --jobs 1"
        assert all(report == Failure(said) for _, report in results)


class Played:
    """A worker that does its work when the play says so; it may die of it, or at rest, or forget it."""

    def __init__(self, play):
        self.play = play
        if play("cannot start"):
            raise OSError(11, "Resource temporarily unavailable")
        self.pipe, self.process = self, self
        self.alive, self.batch, self.texts = True, None, ()

    def send(self, number, config, texts):
        self.batch, self.texts = None if self.play("forgets") else number, texts

    def receive(self):
        self.batch = None
        self.alive = not self.play("dies")
        return [(text, None, ()) for text in self.texts] if self.alive else Failure("died")

    def is_alive(self):
        return not self.play("is dead")

    def stop(self):
        self.batch = None


@given(st.integers(0, 10**6), st.integers(2, 4), st.integers(2, 12), st.booleans())
def test_in_whatever_order_workers_finish_and_die_a_run_ends_and_all_have_an_answer(seed, jobs, texts, well):
    """What a clock decides elsewhere is decided here: who is done at the same time, who dies, who is never started."""

    def play(_what):
        return not well and chance.random() < 0.1

    def wait(pipes, timeout):
        assert pipes, "it waits for nobody, and so for ever"
        waited.append(pipes)
        assert len(waited) < 1000
        return chance.sample(pipes, chance.randint(int(well), len(pipes)))

    chance, waited = random.Random(seed), []
    items = [str(number) for number in range(texts)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BATCH", 1)
        patch.setattr(module, "_Worker", lambda *_: Played(play))
        patch.setattr(module, "wait", wait)
        results = list(checked(items, str, lambda _: CONFIG, jobs))
    assert [item for item, _ in results] == items
    for item, report in results:
        assert (isinstance(report, Failure) and not well) or report.findings == item


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_workers_leave_interrupts_to_the_parent():
    before = signal.getsignal(signal.SIGINT)
    with module._deaf_to_interrupts():
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    assert signal.getsignal(signal.SIGINT) == before
