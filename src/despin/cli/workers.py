"""Texts → reports by worker processes: the same reports in the same order. Start reading from `by_workers`.

* A worker maps the language model as everybody does, so all of them share one copy in memory. Where that is safe, it is
  a fork of this process, with all that was imported and opened.
* What is made of a report for the output is made by the worker (`checking.Shape`): a page's findings, each with its
  evidence, take longer to travel than to make.
* Texts travel in batches, many small ones at once, and no more batches are under way than keep the workers busy: memory
  stays bounded however much is piped through.
* A worker that is killed takes its batch with it. Its texts come back as `Failure`, another worker starts, and the rest
  is done. (concurrent.futures gives up the whole pool then, and cannot say who had what.)
* Nobody is waited for who has nothing to do, or is dead: a run ends, if need be with a sentence for each text.
* With all texts in one batch no worker is started.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from ..config import Config
from ..results.report import Report
from ..util import fault
from ..util.process import collect_seldom
from .outcomes import Failure, Fault, Shape

Item = TypeVar("Item")

BATCH = 1_000_000
"""Code points in a batch for a worker: few enough that all workers end together, and that spun texts, one in ten or
twenty, fill what is decoded at once (400,000); with a fifth of it, such a mixture took half as long again. What fits
into one batch is done before a worker has started."""
MOST_TEXTS = 2000
"""Texts in a batch: a million empty ones are no reason to wait."""
AHEAD = 3
"""Batches under way for each worker, those done and waiting for their turn included."""
PATIENCE = 5.0
"""Seconds without word from any worker after which each is asked whether it lives."""


def batches(
    items: Iterable[Item], text_of: Callable[[Item], str], config_of: Callable[[Item], Config]
) -> Iterator[tuple[Config, list[Item]]]:
    for config, run in groupby(items, config_of):
        batch: list[Item] = []
        size = 0
        for item in run:
            batch.append(item)
            size += len(text_of(item)) + 1
            if size >= BATCH or len(batch) >= MOST_TEXTS:
                yield config, batch
                batch, size = [], 0
        if batch:
            yield config, batch


# --- workers ------------------------------------------------------------------------------------------------------


def _can_fork() -> bool:
    """Whether a fork is safe: other threads are lost in it with what they hold, and libraries of macOS break."""
    return sys.platform == "linux" and threading.active_count() == 1


class _Worker:
    """A process, the pipe to it, and what it is working on."""

    def __init__(self, shape: Shape | None = None, others: Sequence[Connection] = ()) -> None:
        """`others` are the pipes of the other workers. Raises `OSError` where no process can be started."""
        # Each is to see when the other end of its pipe goes: a fresh interpreter inherits no pipes, a fork closes them.
        fork = _can_fork()
        context: Any = multiprocessing.get_context("fork" if fork else "spawn")
        self.pipe, theirs = context.Pipe()
        inherited = (self.pipe, *others) if fork else ()
        self.process: BaseProcess = context.Process(target=_work, args=(theirs, shape, inherited), daemon=True)
        with _deaf_to_interrupts():
            self.process.start()
        theirs.close()
        self.alive = True
        self.batch: int | None = None
        self._configs: list[Config] = []

    def send(self, number: int, config: Config, texts: Sequence[str]) -> None:
        """Give it a batch. A `Config` may hold the texts of references, so it travels once."""
        known = next((row for row, other in enumerate(self._configs) if other is config), None)
        if known is None:
            self._configs.append(config)
        self.batch = number
        with suppress(OSError):  # it died: `receive` will tell
            fresh = known is None
            self.pipe.send((len(self._configs) - 1 if fresh else known, config if fresh else None, texts))

    def receive(self) -> Sequence[Any] | Failure | Fault:
        """What became of its batch; `Failure` if it died."""
        self.batch = None
        try:
            if self.process.is_alive() or self.pipe.poll():  # a dead one's pipe may be held open by somebody else
                return self.pipe.recv()  # type: ignore[no-any-return]
        except (EOFError, OSError):
            pass
        self.alive = False
        self.process.join(PATIENCE)
        return Failure(_why(self.process.exitcode))

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()  # has nothing to tidy up; and is heard by one that is suspended, or deaf to SIGTERM
        self.process.join()


def _why(status: int | None) -> str:
    if status is not None and status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        return (
            f"the process that checked it was killed ({name}), for want of memory perhaps; run it again, with --jobs 1"
        )
    code = "" if status is None else f" (exit code {status})"  # None: somebody else was told
    return f"the process that checked it ended early{code}; run it again, with --jobs 1"


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """What is started meanwhile never hears Ctrl-C, which reaches the whole group: the parent decides."""
    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's alone
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def by_workers(
    given: Iterable[tuple[Config, list[Item]]], text_of: Callable[[Item], str], jobs: int, shape: Shape | None
) -> Iterator[tuple[Item, Any]]:
    """As `checking.checked`, of items in batches (`batches`), by up to `jobs` workers."""
    return _Pool(jobs, shape).run(given, text_of)


class _Pool:
    """Up to `jobs` workers, started as there is work for them."""

    def __init__(self, jobs: int, shape: Shape | None = None) -> None:
        self._jobs, self._shape = jobs, shape
        self._workers: list[_Worker] = []

    def run(
        self, batches: Iterable[tuple[Config, list[Item]]], text_of: Callable[[Item], str]
    ) -> Iterator[tuple[Item, Any]]:
        source = enumerate(batches)
        given: dict[int, list[Item]] = {}
        done: dict[int, Sequence[Any] | Failure | Fault] = {}
        turn = 0
        more = True
        try:
            while True:
                while more and len(given) < self._jobs * AHEAD and (worker := self._idle()):
                    following = next(source, None)
                    if following is None:
                        more = False
                        break
                    number, (config, items) = following
                    given[number] = items
                    if isinstance(worker, Failure):
                        done[number] = worker
                    else:
                        worker.send(number, config, [text_of(item) for item in items])
                if not given:  # and so none is to come: whoever has nothing to do was offered work
                    return
                if turn not in done and not self._collect(done):
                    done[turn] = Failure("its report was lost; run it again, with --jobs 1")
                while turn in done:
                    yield from _paired(given.pop(turn), done.pop(turn), text_of, self._shape)
                    turn += 1
        finally:
            for worker in self._workers:
                worker.stop()

    def _idle(self) -> _Worker | Failure | None:
        """A worker that waits for work; a new one where all are busy and another may be; None: all are busy;
        `Failure`: there is none, and none can be started."""
        for worker in self._workers:
            if worker.batch is None:
                return worker
        if len(self._workers) < self._jobs:
            try:
                self._workers.append(_Worker(self._shape, [worker.pipe for worker in self._workers]))
            except OSError as problem:
                if self._workers:
                    return None
                return Failure(
                    f"no process can be started ({problem.strerror or problem}); run it again, with --jobs 1"
                )
            return self._workers[-1]
        return None

    def _collect(self, done: dict[int, Sequence[Any] | Failure | Fault]) -> bool:
        """Wait until some worker has finished, or died, and take what there is; False: none has anything to do."""
        busy: dict[Any, _Worker] = {w.pipe: w for w in self._workers if w.batch is not None}
        while busy:
            ready = [busy[pipe] for pipe in wait(list(busy), PATIENCE)]
            ready = ready or [worker for worker in busy.values() if not worker.process.is_alive()]
            for worker in ready:
                assert worker.batch is not None
                number = worker.batch
                done[number] = worker.receive()
                if not worker.alive:
                    worker.stop()
                    self._workers.remove(worker)
            if ready:
                return True
        return False


def _paired(
    items: Sequence[Item],
    outcome: Sequence[Any] | Failure | Fault,
    text_of: Callable[[Item], str],
    shape: Shape | None,
) -> Iterator[tuple[Item, Any]]:
    if isinstance(outcome, Fault):
        raise fault.Relayed(outcome.description)
    if isinstance(outcome, Failure):
        yield from ((item, outcome) for item in items)
    elif shape is None:
        for item, said in zip(items, outcome, strict=True):
            yield item, Report(text_of(item), *said)
    else:
        yield from zip(items, outcome, strict=True)


def _whole(report: Report, _: Config) -> Any:
    """All of a report but its text, which is known."""
    return report.findings, report.verdict, report.passages


def _work(pipe: Connection, shape: Shape | None = None, inherited: Sequence[Connection] = ()) -> None:
    """A worker's life: batches in, results out, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # see `_deaf_to_interrupts`; here for where it cannot be inherited
    for name in ("SIGTERM", "SIGHUP") if inherited else ():
        signal.signal(getattr(signal, name), signal.SIG_DFL)  # a fork has nothing to undo (`signals.orderly_end`)
    for one in inherited:
        one.close()
    collect_seldom()
    configs: list[Config] = []
    made = shape or _whole
    try:
        while True:
            number, config, texts = pipe.recv()
            if config is not None:
                configs.append(config)
            # Not before: while it is imported, the parent has got rid of the batch and starts the next worker.
            from ..pipeline import find_many

            try:
                own = configs[number]
                pipe.send([made(report, own) for report in find_many(texts, own)])
            except MemoryError:
                pipe.send(Failure("there is not enough memory to check it; run it again, with --jobs 1"))
            except Exception as problem:
                pipe.send(Fault(fault.describe(problem)))
    except (EOFError, OSError):
        return
