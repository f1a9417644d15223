"""datatrove's local executor, patient: a worker that dies is replaced, and what it was doing is done again.

A pool of `multiprocessing` waits for ever for the result of a worker that was killed, for want of memory, say. Here its
shard, and those of its fellows, go back into the queue. A shard during which workers died `TRIES` times is tried once
more with nobody beside it, and then given up, while the others are finished.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from copy import copy, deepcopy
from multiprocessing.connection import wait as wait_for

from ..extras import needs
from . import progress
from .progress import Counters
from .shards import CorpusError

with needs("datatrove", "datatrove"):
    from datatrove.executor.local import LocalPipelineExecutor

TRIES = 3
_LOOK = 0.25  # seconds between two looks at the progress


class PatientExecutor(LocalPipelineExecutor):
    """`LocalPipelineExecutor` whose workers may die."""

    def run(self, look: Callable[[int, float], None] | None = None) -> dict[int, str]:
        """Run all tasks that are not completed, and return why those failed that did: task → a sentence.

        `look` is told the documents and bytes that were read, now and then, and in the end.
        """
        context = multiprocessing.get_context("spawn")
        counters = Counters.of(context)
        waiting = deque(
            self.get_incomplete_ranks(range(self.local_rank_offset, self.local_rank_offset + self.local_tasks))
        )
        suspects: deque[int] = deque()
        deaths: Counter[int] = Counter()
        failed: dict[int, str] = {}

        def watch() -> None:
            if look is not None:
                look(counters.documents.value, counters.read.value)

        while waiting or suspects:
            queue, workers = (waiting, self.workers) if waiting else (deque([suspects.popleft()]), 1)
            lost = self._round(queue, min(workers, len(queue)), counters, failed, watch)
            for rank in self.get_incomplete_ranks(lost):
                deaths[rank] += 1
                if deaths[rank] < TRIES:
                    waiting.appendleft(rank)
                elif deaths[rank] == TRIES:
                    suspects.append(rank)
                else:
                    failed[rank] = "its worker was killed again and again, perhaps for want of memory"
        watch()  # the last state is seen, however fast it came
        return failed

    def _round(
        self, queue: deque[int], workers: int, counters: Counters, failed: dict[int, str], watch: Callable[[], None]
    ) -> list[int]:
        """Run the tasks in `queue` until it is empty or a worker dies; return the tasks that were lost then."""
        context = multiprocessing.get_context("spawn")
        others = set(multiprocessing.active_children())
        pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(self, counters))
        running: dict[Future[None], int] = {}
        try:
            while queue or running:
                while queue and len(running) < workers:
                    rank = queue.popleft()
                    try:
                        running[pool.submit(_work, rank)] = rank
                    except BrokenProcessPool:
                        return [rank, *running.values()]
                done, _ = wait(running, timeout=_LOOK, return_when=FIRST_COMPLETED)
                watch()
                for future in done:
                    problem = future.exception()
                    if isinstance(problem, BrokenProcessPool):
                        return list(running.values())
                    rank = running.pop(future)
                    if problem is not None:
                        failed[rank] = str(problem)
            return []
        finally:
            # Whatever has happened, nobody works on when this returns: the same shards may be begun anew.
            ours = set(multiprocessing.active_children()) - others
            for child in ours:
                with suppress(OSError, ValueError):
                    child.kill()
            pool.shutdown(wait=True, cancel_futures=True)


# --- in a worker -----------------------------------------------------------------------------------------------

_executor: PatientExecutor


def _begin(executor: PatientExecutor, counters: Counters) -> None:
    global _executor
    _executor = executor
    progress.share(counters)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command is told, and ends its workers
    threading.Thread(target=_follow, daemon=True).start()
    # datatrove says everything on stderr too, with tracebacks; its log files have it all.
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115


def _follow() -> None:
    """End with the command, even if that was killed: nobody must write where the next run does."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _work(rank: int) -> None:
    # Steps keep state while they run, so each task has steps of its own.
    executor = copy(_executor)
    executor.pipeline = deepcopy(_executor.pipeline)
    try:
        executor._run_for_rank(rank, local_rank=1)
    except CorpusError as problem:
        raise RuntimeError(str(problem)) from None
    except Exception as problem:
        raise RuntimeError(f"this is a fault in despin, please report it: {problem!r}") from None
