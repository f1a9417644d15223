"""`despin-corpus trace`: which documents of a corpus were made of one's own texts. The pairs, the counts, the report.

    OUT/a/0001.parquet.jsonl     the copies in IN/a/0001.parquet, a line each: what `despin-learn dictionary` reads
    OUT/_despin/…                the record of the run, as for the other modes (`shards`)

It goes through the same shards by the same executors as the other runs do, and goes on likewise. Start reading from
`prepare`.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ..._version import __version__
from ...comparison.sources import Sources
from ...config import Config
from ...readers import InputError
from ...readers.jsonl import dump
from ...renderers.escaping import printable
from ...runtime.knowledge import provenance
from ...util.plural import counted
from ..batch import Unjudged
from ..extras import needs
from ..tracing import SourceTracer, Traced
from .run import Job, probe, quiet_log
from .shards import RECORD, CorpusError, Place, Shard, apart, begin, find_shards
from .steps import Row, ShardReader, peak, row_of
from .tally import ERRORS, MAX_KEPT

with needs("datatrove", "datatrove"):
    from datatrove.data import DocumentsPipeline
    from datatrove.pipeline.base import PipelineStep

SCHEMA = 1
SHOWN = 20  # sources and hosts in the report


def prepare(
    options: argparse.Namespace, config: Config, progress: Callable[[Iterable[str]], Iterable[str]]
) -> tuple[Job, list[InputError]]:
    """The run that `options` ask for, new or begun before, and which sources could not be read.

    Raises
    ------
    CorpusError
        The corpus or the sources cannot be read, or the output not written there.
    """
    quiet_log()
    source, out = Place(options.source), Place(options.out)
    apart(source, out)
    source, shards = find_shards(source)
    probe(source, shards[0], options)
    sources = _sources(options, progress)
    asked = {
        "mode": "trace", "field": options.field, "url_column": options.url_column, "language": config.language,
        "dictionaries": list(config.dictionaries), "min_similarity": options.min_similarity,
        "sources": sources.digest(), "version": __version__, "data": provenance(config),
    }  # fmt: skip
    shards = begin(out, asked, shards)
    reader = ShardReader(source.address, shards, options.field, options.url_column)
    tracer = SourceTracer(str(sources.folder.absolute()), config, options.min_similarity)
    return Job(source, out, shards, asked, [reader, PairsWriter(out.address, shards, tracer, reader)]), sources.errors


def _sources(options: argparse.Namespace, progress: Callable[[Iterable[str]], Iterable[str]]) -> Sources:
    try:
        sources = Sources(options.sources, options.index, progress=progress)
    except InputError as problem:
        raise CorpusError(f"--sources: {problem.path}: {problem.message}") from problem
    if not len(sources):
        why = "".join(f"; {one.path}: {one.message}" for one in sources.errors[:1])
        raise CorpusError(f"--sources: there is no source text in {', '.join(options.sources)}{why}")
    return sources


class PairsWriter(PipelineStep):
    """The last step: the copies of a shard into a file, and what was counted in it."""

    type, name = "💽 - WRITER", "🧶 pairs"

    def __init__(self, out: str, shards: Sequence[Shard], tracer: SourceTracer, reader: PipelineStep) -> None:
        super().__init__()
        self.out, self.shards, self.tracer, self.reader = out, list(shards), tracer, reader

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """Write the copies among `data`, and pass all on."""
        start, busy = time.perf_counter(), time.process_time()
        out, shard, tally = Place(self.out), self.shards[rank], TraceTally()
        path = f"{shard.path}.jsonl"
        out.clear_parts(path)
        with out.writing(path) as stream:
            for document, result in self.tracer.traced(data):
                row = row_of(document)
                tally.add(Unjudged(row.error) if row.error else result, row, shard.path)
                if isinstance(result, Traced) and result.comparison and result.comparison.copied:
                    stream.write(f"{dump(pair(result, row, shard.path))}\n".encode("utf-8", "backslashreplace"))
                yield document
        spent = {"read": self.reader.stats.time_stats.total, "trace": self.tracer.stats.time_stats.total}
        spent |= {"wall": time.perf_counter() - start, "cpu": time.process_time() - busy}
        counted = {"shard": shard.path, "bytes": shard.size} | tally.to_dict()
        counted |= {"seconds": {name: round(value, 3) for name, value in spent.items()}, "peak_memory": peak()}
        out.write_json(f"{RECORD}/shards/{rank:05d}.json", counted)


def pair(result: Traced, row: Row, shard: str) -> dict[str, Any]:
    """The line of a copy."""
    one, match = result.comparison, result.match
    assert one is not None
    assert match is not None
    original, spun = one.paired()
    return {
        "shard": shard, "row": row.number_in_file, "url": row.chunk.urls[row.number], "source": match.path,
        "verdict": one.verdict, "probability": round(one.probability, 4), "similarity": round(match.similarity, 4),
        "words": one.words, "kept_words": one.kept_words, "copied_share": round(one.copied_share, 4),
        "substitutions": one.substitutions, "explained": round(one.explained, 4), "moved": one.moved,
        "original": original, "spun": spun,
    }  # fmt: skip


@dataclass(slots=True)
class TraceTally:
    """Counts over documents."""

    documents: int = 0
    characters: int = 0
    compared: int = 0
    """Those whose nearest source was near enough to be compared word by word."""
    verdicts: Counter[str] = field(default_factory=Counter)
    """"copy", "spun copy", "related", "none"; "empty" where there was no text, "failed" where it could not be used."""
    sources: Counter[str] = field(default_factory=Counter)
    """Source → its copies."""
    hosts: Counter[str] = field(default_factory=Counter)
    """Host → copies found there."""
    errors: list[str] = field(default_factory=list)

    def add(self, result: Traced | Unjudged, row: Row, shard: str) -> None:
        """Count one document."""
        self.documents += 1
        self.characters += len(row.chunk.texts[row.number] or "")
        if isinstance(result, Unjudged):
            self.verdicts["failed" if result.reason else "empty"] += 1
            if result.reason and len(self.errors) < ERRORS:
                self.errors.append(f"{shard}: {result.reason}")
            return
        self.verdicts[result.verdict] += 1
        self.compared += result.comparison is not None
        if result.match and result.comparison and result.comparison.copied:
            self.sources[result.match.path] += 1
            if url := row.chunk.urls[row.number]:
                self.hosts[urlsplit(url).hostname or ""] += 1

    def __iadd__(self, other: TraceTally) -> TraceTally:
        self.documents += other.documents
        self.characters += other.characters
        self.compared += other.compared
        for name in ("verdicts", "sources", "hosts"):
            getattr(self, name).update(getattr(other, name))
        self.errors = (self.errors + other.errors)[:ERRORS]
        return self

    def to_dict(self) -> dict[str, Any]:
        """As JSON: of sources and hosts those with most copies."""
        return {
            "documents": self.documents, "characters": self.characters, "compared": self.compared,
            "verdicts": dict(self.verdicts), "sources": dict(self.sources.most_common(MAX_KEPT)),
            "hosts": dict(self.hosts.most_common(MAX_KEPT)), "errors": self.errors,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TraceTally:
        """What `to_dict` gave. Raises KeyError, TypeError or ValueError where it is something else."""
        return cls(
            int(data["documents"]), int(data["characters"]), int(data["compared"]), Counter(data["verdicts"]),
            Counter(data["sources"]), Counter(data["hosts"]), [str(one) for one in data["errors"]],
        )  # fmt: skip


def gather(job: Job) -> dict[str, Any] | None:
    """Add up what is counted of the shards that are done, and write the report; None where none is.

    Raises
    ------
    CorpusError
        A count cannot be read, or the report not written.
    """
    total, size, done, peaks = TraceTally(), 0, 0, [0]
    seconds: Counter[str] = Counter()
    for rank in sorted({*range(len(job.shards))} - {*job.incomplete()}):
        path = f"{RECORD}/shards/{rank:05d}.json"
        try:
            shard = job.out.read_json(path)
            total += TraceTally.from_dict(shard)
            seconds.update(shard["seconds"])
            size += shard["bytes"]
            peaks.append(shard["peak_memory"] or 0)
        except (KeyError, TypeError, ValueError) as problem:
            raise CorpusError(f"{job.out.at(path)}: is no count of a shard: {problem!r}") from problem
        done += 1
    if not done:
        return None
    counts = total.to_dict()
    found = {
        "schema": SCHEMA, "tool": {"name": "despin", "version": __version__}, "asked": job.asked, "shards": done,
        "bytes": size,
    } | counts | {
        "sources": [{"source": name, "copies": n} for name, n in total.sources.most_common(SHOWN)],
        "hosts": [{"host": name, "copies": n} for name, n in total.hosts.most_common(SHOWN)],
        "seconds": {name: round(value, 3) for name, value in seconds.items()}, "peak_memory": max(peaks) or None,
    }  # fmt: skip
    job.out.write_json(f"{RECORD}/report.json", found)
    return found


def sentences(found: Mapping[str, Any], place: str) -> str:
    """The same for people at a terminal."""
    verdicts = found["verdicts"]
    spun, plain = verdicts.get("spun copy", 0), verdicts.get("copy", 0)
    lines = [
        f"{counted(found['documents'], 'document')} in {counted(found['shards'], 'file')}; "
        f"{found['compared']:,} compared",
        f"copies: {spun + plain:,}, of which spun: {spun:,}; related: {verdicts.get('related', 0):,}",
    ]
    if verdicts.get("failed"):
        lines.append(f"could not be used: {verdicts['failed']:,}")
    for name, key in (("sources", "source"), ("hosts", "host")):
        if found[name]:
            most = ", ".join(f"{one[key] or 'none'} ({one['copies']:,})" for one in found[name][:3])
            lines.append(f"{name} with most copies: {most}")
    lines.append(f"report: {place}")
    return "".join(f"{printable(line)}\n" for line in lines)
