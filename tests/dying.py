"""Steps of a pipeline that fail in their own ways; workers import them by name, so they cannot stand in a test."""

import os
from pathlib import Path

from datatrove.pipeline.base import PipelineStep


class Dying(PipelineStep):
    """Task 1 ends its worker the first `times` times; task 2 raises; every task that is done leaves a file."""

    type, name = "test", "dying"

    def __init__(self, folder: str, times: int) -> None:
        super().__init__()
        self.folder, self.times = folder, times

    def run(self, data=None, rank=0, world_size=1):
        tries = Path(self.folder, f"tries-{rank}")
        with tries.open("a") as file:
            file.write("x")
        if rank == 1 and len(tries.read_text()) <= self.times:
            os._exit(9)
        if rank == 2:
            raise ValueError("not today")
        Path(self.folder, f"done-{rank}").touch()
        yield from ()
