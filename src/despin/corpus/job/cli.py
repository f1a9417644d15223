"""The command `despin-corpus IN OUT`: a corpus in Parquet or JSON Lines, through datatrove, and a report at the end.

Nothing is printed on stdout: the product is OUT. Exit codes: 0 done, 2 a usage or input error (after the other shards
were finished), 70 a fault of our own, 130 interrupted. Start reading from `main`; how the output survives a kill is
told in `shards.py`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from ..._version import __version__
from ...config import Config
from ...renderers.escaping import printable
from ...util import closed_streams, fault
from ...util.errors import DespinError
from ...util.plural import counted
from ..extras import MissingExtra

OK, FAILED, INTERRUPTED = 0, 2, 130
_TOLD = 10  # shards that failed and are told one by one


class UsageError(DespinError, ValueError):
    """The command line cannot be used; the message is a sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: the process's own) and return its exit code."""
    closed_streams.stand_in()
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        tracing = given[:1] == ["trace"]
        options = _tracing_parser().parse_args(given[1:]) if tracing else _parser().parse_args(given)
        _refuse(options)
        return _trace(options) if tracing else _run(options)
    except (UsageError, MissingExtra) as problem:
        _say(f"despin-corpus: {problem}")
        return FAILED
    except KeyboardInterrupt:
        _say("despin-corpus: interrupted; the same command goes on from here")
        return INTERRUPTED
    except Exception as problem:
        _say(f"despin-corpus: {fault.sentence(problem, __version__)}")
        return fault.EXIT


def _run(options: argparse.Namespace) -> int:
    # Everything below needs datatrove, pyarrow and fsspec, which --help does not.
    from .run import gather, prepare, run
    from .shards import CorpusError
    from .summary import sentences

    try:
        job = prepare(options, _config(options))
        failed = run(job, options)
        return _finish(job, failed, options, gather, sentences, "report.html")
    except CorpusError as problem:
        raise UsageError(str(problem)) from problem


def _trace(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from . import trace
    from .run import run
    from .shards import CorpusError

    def progress(paths: Iterable[str]) -> Iterable[str]:
        return tqdm(list(paths), unit=" sources", delay=1, leave=False, disable=options.quiet or None)

    try:
        job, unread = trace.prepare(options, _config(options), progress)
        for problem in unread[:_TOLD]:
            _say(f"despin-corpus: --sources: {problem.path}: {problem.message}")
        code = _finish(job, run(job, options), options, trace.gather, trace.sentences, "report.json")
        return code or (FAILED if unread else OK)
    except CorpusError as problem:
        raise UsageError(str(problem)) from problem


def _finish(
    job: Any,
    failed: dict[int, str],
    options: argparse.Namespace,
    gather: Callable[[Any], dict[str, Any] | None],
    sentences: Callable[[dict[str, Any], str], str],
    report: str,
) -> int:
    """Tell what failed; report on what is done: `gather` adds it up, `sentences` says it to people."""
    for rank, reason in sorted(failed.items())[:_TOLD]:
        name = job.shards[rank].path
        _say(f"despin-corpus: {reason if name in reason else f'{name}: {reason}'}")
    if len(failed) > _TOLD:
        _say(f"despin-corpus: {counted(len(failed) - _TOLD, 'more file')} could not be used")
    open_ones = job.incomplete()
    found = gather(job)
    if found is not None and not options.quiet:
        _say(sentences(found, job.out.at(f"_despin/{report}")), end="")
    if options.executor == "slurm" and open_ones and not failed:
        _say(
            f"despin-corpus: {counted(len(open_ones), 'file')} with Slurm (squeue shows them); the same command gives "
            "the report when they are done"
        )
        return OK
    if open_ones:
        _say(
            f"despin-corpus: {len(open_ones):,} of {counted(len(job.shards), 'file')} "
            f"{'is' if len(open_ones) == 1 else 'are'} not done; the same command tries again"
        )
        return FAILED
    if found is not None and found["errors"]:
        for error in found["errors"][:_TOLD]:
            _say(f"despin-corpus: {error}")
        return FAILED
    return OK


def _say(text: str, end: str = "\n") -> None:
    if sys.stderr is not None:
        with suppress(OSError):  # there is nobody left to tell
            sys.stderr.write((text if end == "" else printable(text)) + end)
            sys.stderr.flush()


# --- options ---------------------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see despin-corpus --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="despin-corpus",
        description="Mark, drop or restore the spun documents of a corpus in Parquet or JSON Lines (.gz, .zst too), "
        "and report on them. A run that was stopped goes on when the same command is given again.",
        epilog="Exit codes: 0 done; 2 usage or input error, after the other files were finished; 70 a fault in despin; "
        "130 interrupted. A verdict is a sign, not a proof.",
        allow_abbrev=False,
    )
    _add_places(parser)
    parser.add_argument(
        "--mode", choices=("mark", "drop", "restore"), default="mark",
        help="mark: add what despin says to every row; drop: leave out the documents that were probably spun; restore: "
        "put their original wording back (%(default)s)",
    )  # fmt: skip

    model = parser.add_argument_group("what counts")
    model.add_argument("--max-probability", type=_probability, metavar="P", help="a document above it is judged spun")
    model.add_argument("--min-confidence", type=_probability, metavar="P", help="restore what is so likely substituted")
    model.add_argument(
        "--min-wording", type=_probability, metavar="P", help="… and this share of it its likeliest original"
    )
    model.add_argument(
        "--effort", choices=("careful", "quick"), default="quick",
        help="careful: documents judged spun are read by the encoder as well, which finds more and takes some 0.6 ms a "
        "word (%(default)s)",
    )  # fmt: skip
    _add_dictionaries(model)
    _add_workers(parser)
    return parser


def _tracing_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="despin-corpus trace",
        description="Find the documents of a corpus that were made of your own texts, copied or spun, and write each "
        "beside its source. A run that was stopped goes on when the same command is given again.",
        epilog="Exit codes: 0 done, whatever was found; 2 usage or input error, after the other files were finished; "
        "70 a fault in despin; 130 interrupted.",
        allow_abbrev=False,
    )
    _add_places(parser)
    parser.add_argument(
        "--sources", action="append", required=True, metavar="FILE|DIR",
        help="your own texts, of any kind that despin reads; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--index", metavar="DIR", help="keep the index of them there, where all workers see it (default: the cache)"
    )
    parser.add_argument(
        "--min-similarity", type=_probability, default=0.1, metavar="P",
        help="compare a document whose nearest source has this share of what is rare in it (%(default)s)",
    )  # fmt: skip
    _add_dictionaries(parser)
    _add_workers(parser)
    parser.set_defaults(min_confidence=None, min_wording=None, max_probability=None, effort="quick")
    return parser


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="IN", help="a file or a folder, or an address like s3://bucket/crawl")
    parser.add_argument(
        "out", metavar="OUT", help="a folder for the output, likewise; empty, or of the run to go on with"
    )
    parser.add_argument("--version", action="version", version=f"despin-corpus {__version__}")
    parser.add_argument("--field", default="text", metavar="NAME", help="the column or field of the text (%(default)s)")
    parser.add_argument("--url-column", metavar="NAME", help="where documents are from: report the worst hosts")


def _add_dictionaries(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    parser.add_argument("--language", metavar="CODE", help=f"language of the texts (default: {Config().language})")
    parser.add_argument(
        "--dictionary", action="append", metavar="NAME|FILE", help="use this one only; may be given several times"
    )


def _add_workers(parser: argparse.ArgumentParser) -> None:
    work = parser.add_argument_group("who works")
    work.add_argument("--executor", choices=("local", "slurm", "ray"), default="local", help="(%(default)s)")
    work.add_argument("--workers", type=_positive, metavar="N", help="files at a time (local: one a processor)")
    work.add_argument("--memory", type=_positive, metavar="GB", help="of a worker, for slurm and ray (2)")
    work.add_argument("--partition", metavar="NAME", help="of Slurm")
    work.add_argument("--time", metavar="HH:MM:SS", help="limit of a Slurm task")
    work.add_argument("--ray-address", metavar="ADDRESS", help="of a Ray cluster (default: this machine)")
    work.add_argument("--quiet", action="store_true", help="no progress and no summary; errors stay")


def _refuse(options: argparse.Namespace) -> None:
    slurm, ray = options.executor == "slurm", options.executor == "ray"
    rules = [
        (options.partition and not slurm, "--partition goes with --executor slurm"),
        (options.time and not slurm, "--time goes with --executor slurm"),
        (slurm and not options.partition, "--executor slurm needs --partition"),
        (slurm and not options.time, "--executor slurm needs --time, the limit of a task"),
        (options.ray_address and not ray, "--ray-address goes with --executor ray"),
        (options.memory and not (slurm or ray), "--memory goes with --executor slurm or ray"),
        (options.url_column == options.field, "--url-column and --field are the same column"),
    ]
    for broken, message in rules:
        if broken:
            raise UsageError(message)
    if options.workers is None and options.executor == "local":
        options.workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _config(options: argparse.Namespace) -> Config:
    """The configuration that `options` ask for, once its data is there."""
    from ...detection.hashed_odds import HashedOddsError
    from ...dictionary.errors import DictionaryError
    from ...language_model.model_file import ModelError
    from ...restoration.encoder import EncoderError
    from ...restoration.evidence import EvidenceError
    from ...restoration.reader import ReaderError
    from ...runtime.knowledge import load_data

    asked = {
        "language": options.language,
        "dictionaries": options.dictionary and tuple(options.dictionary),
        "min_confidence": options.min_confidence,
        "min_wording": options.min_wording,
        "max_probability": options.max_probability,
        "effort": options.effort,
    }
    config = Config(**{name: value for name, value in asked.items() if value is not None})
    try:
        load_data(config)
    except (DictionaryError, ModelError, EvidenceError, HashedOddsError, ReaderError, EncoderError, OSError) as problem:
        raise UsageError(str(problem)) from problem
    return config


def _probability(value: str) -> float:
    with suppress(ValueError):
        if 0 <= (number := float(value)) <= 1:
            return number
    raise argparse.ArgumentTypeError(f"{value!r} is not a number between 0 and 1")


def _positive(value: str) -> int:
    if value.isdecimal() and int(value):
        return int(value)
    raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from 1 on")


if __name__ == "__main__":
    sys.exit(main())
