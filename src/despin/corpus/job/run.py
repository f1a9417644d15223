"""A run of `despin-corpus`: from what was asked to a pipeline and an executor of datatrove's, and its report."""

from __future__ import annotations

import argparse
import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..._version import __version__
from ...config import Config
from ...runtime.knowledge import provenance
from ..datatrove import DespinFilter, DespinFormatter
from ..extras import needs
from .executor import PatientExecutor
from .page import page
from .row_files import FormatError
from .shards import RECORD, CorpusError, Place, Shard, apart, begin, find_shards
from .steps import Counting, ShardEnd, ShardReader, ShardWriter, read
from .summary import summary
from .tally import Tally

with needs("datatrove", "datatrove"):
    from datatrove.pipeline.base import PipelineStep
    from loguru import logger
    from tqdm import tqdm


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Job:
    """All that a run is."""

    source: Place
    out: Place
    shards: list[Shard]
    asked: dict[str, Any]
    steps: list[PipelineStep]

    @property
    def record(self) -> str:
        """The address of the folder that datatrove keeps its own record in."""
        return f"{self.out.address.rstrip('/')}/{RECORD}"

    def incomplete(self) -> list[int]:
        """Numbers of the shards that are not done."""
        self.out.files.invalidate_cache()
        folder = self.out.at(f"{RECORD}/completions")
        found = self.out.files.ls(folder, detail=False) if self.out.files.exists(folder) else []
        done = {one.rstrip("/").rpartition("/")[2] for one in found}
        return [rank for rank in range(len(self.shards)) if f"{rank:05d}" not in done]


def prepare(options: argparse.Namespace, config: Config) -> Job:
    """The job that `options` ask for, new or begun before.

    Raises
    ------
    CorpusError
        The corpus cannot be read, or the output not written there.
    """
    quiet_log()
    source, out = Place(options.source), Place(options.out)
    apart(source, out)
    source, shards = find_shards(source)
    probe(source, shards[0], options)
    asked = {
        "mode": options.mode,
        "field": options.field,
        "url_column": options.url_column,
        "language": config.language,
        "dictionaries": list(config.dictionaries),
        "min_confidence": config.min_confidence,
        "min_wording": config.min_wording,
        "max_probability": config.max_probability,
        "effort": config.effort,
        "version": __version__,
        "data": provenance(config),
    }
    shards = begin(out, asked, shards)
    return Job(source, out, shards, asked, _pipeline(source, out, shards, config, options))


def quiet_log() -> None:
    """datatrove would tell everything on stderr; its log files have it."""
    logger.remove()


def probe(source: Place, shard: Shard, options: argparse.Namespace) -> None:
    """Look into the first file: a wrong --field is better told now than once a file, or once a line."""
    try:
        with source.files.open(source.at(shard.path), "rb") as stream:
            chunk = next(read(stream, shard, options.field, options.url_column), None)
    except (FormatError, OSError) as problem:
        # A broken file is no reason not to do the others; a missing column is missing in all of them.
        if "has no column" in str(problem) or "which is not text" in str(problem):
            raise CorpusError(f"{shard.path}: {problem}; name another with --field or --url-column") from problem
        return
    if chunk is not None and all(chunk.errors):
        raise CorpusError(f"{shard.path}: none of its first {len(chunk.errors):,} lines can be used: {chunk.errors[0]}")


def _pipeline(
    source: Place, out: Place, shards: list[Shard], config: Config, options: argparse.Namespace
) -> list[PipelineStep]:
    where = (source.address, out.address, shards, options.field)
    reader = ShardReader(source.address, shards, options.field, options.url_column)
    counting = Counting()
    excluded = ShardWriter(*where, excluding=True) if options.mode == "drop" else None
    middle: DespinFilter | DespinFormatter
    if options.mode == "restore":
        middle = DespinFormatter(config, counting)
    else:
        middle = DespinFilter(None, options.mode, excluded, config, counting)
    end = ShardEnd(*where, counting, [reader, middle], restoring=options.mode == "restore", excluded=excluded)
    return [reader, middle, end]


def run(job: Job, options: argparse.Namespace) -> dict[int, str]:
    """Do what is not done yet; the shards that failed, and why. Slurm is only told what to do."""
    open_ones = job.incomplete()
    if not open_ones:
        return {}
    tasks = len(job.shards)
    if options.executor == "local":
        executor = PatientExecutor(job.steps, tasks=tasks, workers=options.workers, logging_dir=job.record)
        with _bar(job, open_ones, options) as look:
            return executor.run(look)
    if options.executor == "slurm":
        return _slurm(job, options, tasks)
    return _ray(job, options, tasks)


def _slurm(job: Job, options: argparse.Namespace, tasks: int) -> dict[int, str]:
    from datatrove.executor.slurm import SlurmPipelineExecutor

    executor = SlurmPipelineExecutor(
        job.steps, tasks, options.time, options.partition, mem_per_cpu_gb=options.memory or 2,
        workers=options.workers or -1, job_name="despin", logging_dir=job.record, mail_type="NONE",
        venv_path=f"{sys.prefix}/bin/activate" if sys.prefix != sys.base_prefix else None, qos="",
    )  # fmt: skip
    try:
        executor.run()
    except FileNotFoundError as problem:
        raise CorpusError(f"Slurm is not here: there is no command {problem.filename!r}") from problem
    except subprocess.CalledProcessError as problem:
        raise CorpusError(f"Slurm does not take the job: {problem}") from problem
    return {}


def _ray(job: Job, options: argparse.Namespace, tasks: int) -> dict[int, str]:
    with needs("ray", "ray"):
        import ray
    from datatrove.executor.ray import RayPipelineExecutor

    try:
        ray.init(address=options.ray_address, log_to_driver=False, ignore_reinit_error=True)
    except (ConnectionError, ValueError, RuntimeError) as problem:
        raise CorpusError(f"Ray cannot be reached: {problem}") from problem
    workers = options.workers or -1
    RayPipelineExecutor(job.steps, tasks, workers, logging_dir=job.record, mem_per_cpu_gb=options.memory or 2).run()
    return {}


@contextmanager
def _bar(job: Job, open_ones: list[int], options: argparse.Namespace) -> Iterator[Any]:
    """A progress bar over bytes, with documents a second, on a terminal only."""
    if options.quiet or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    total = sum(job.shards[rank].size for rank in open_ones)
    with tqdm(total=total, unit="B", unit_scale=True, leave=False) as bar:

        def look(documents: int, read: float) -> None:
            bar.update(min(read, total) - bar.n if read > bar.n else 0)
            elapsed = bar.format_dict["elapsed"]
            bar.set_postfix_str(f"{documents:,} documents, {documents / max(elapsed, 0.1):,.0f}/s")

        look(0, 0.0)
        yield look


def gather(job: Job) -> dict[str, Any] | None:
    """Add up what is counted of the shards that are done, and write the report; None where none is.

    Raises
    ------
    CorpusError
        A count cannot be read, or the report not written.
    """
    open_ones = set(job.incomplete())
    total, counted = Tally(), []
    for rank in range(len(job.shards)):
        if rank in open_ones:
            continue
        path = f"{RECORD}/shards/{rank:05d}.json"
        try:
            shard = job.out.read_json(path)
            total += Tally.from_dict(shard)
        except (KeyError, TypeError, ValueError) as problem:
            raise CorpusError(f"{job.out.at(path)}: is no count of a shard: {problem!r}") from problem
        counted.append(shard)
    if not counted:
        return None
    found = summary(total, counted, job.asked, __version__)
    job.out.write_json(f"{RECORD}/report.json", found)
    with job.out.writing(f"{RECORD}/report.html") as stream:
        stream.write(page(found, counted, job.source.name).encode())
    return found
