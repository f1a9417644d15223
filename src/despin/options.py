"""argv → the options of a run, or a `UsageError` that says what to type instead. Start reading from `parse`.

Rule: nothing here reads a file or a stream. What does not go together is refused: an option that silently does nothing
is worse than an error.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from . import __version__
from .config import Config
from .readers.jsonl import RESULT
from .readers.kinds import KINDS
from .readers.plain import LIMIT

STDIN = "-"


class UsageError(Exception):
    """The command line, or the data it names, cannot be used. The message is a sentence for people."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see despin --help")


def parse(arguments: Sequence[str], *, stdin_waits: bool) -> argparse.Namespace:
    """The options in `arguments`; `stdin_waits`: standard input is there and no terminal, so it can be read unasked.

    Raises
    ------
    UsageError
        An argument is unknown, has a wrong value, or does not go with another.
    SystemExit
        After --help and --version, which argparse prints.
    """
    options = _parser().parse_args(arguments)
    _refuse(options)
    if not options.paths:
        if not stdin_waits:
            raise UsageError("nothing to read: name a file, or pipe a text in; see despin --help")
        options.paths = [STDIN]
    if options.stdin_name is not None and STDIN not in options.paths:
        raise UsageError("--stdin-name names standard input, which is not read here; add - or leave it out")
    return options


def config(options: argparse.Namespace) -> Config:
    """The configuration that `options` ask for."""
    chosen = {
        "language": options.language,
        "dictionaries": options.dictionary and tuple(options.dictionary),
        "min_confidence": options.min_confidence,
        "max_probability": options.max_probability,
    }
    return Config(**{name: value for name, value in chosen.items() if value is not None})


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether a run whose arguments are wrong was to print one JSON object: it still has to."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--format")
    try:
        return bool(parser.parse_known_args(arguments)[0].format == "json")
    except argparse.ArgumentError:
        return False


def _probability(value: str) -> float:
    try:
        if 0 <= (number := float(value)) <= 1:
            return number
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{value!r} is not a number between 0 and 1")


def _size(value: str) -> int:
    number, factor = value.upper().removesuffix("B"), 1
    for power, unit in enumerate("KMG", 1):
        if number.endswith(unit):
            number, factor = number[:-1], 1024**power
    if number.isascii() and number.isdecimal() and int(number[:18]) > 0:
        return int(number) * factor
    raise argparse.ArgumentTypeError(f"{value!r} is not a number of bytes such as 200000 or 64M")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="despin",
        usage="despin [FILE|-]\n"
        "       despin --check | --diff [PATH ...]\n"
        "       despin --write PATH ...\n"
        "       despin --jsonl FIELD [--check] [FILE|-]\n"
        "       despin --column NAME [--check | --write] [FILE|-]",
        description="Undo article spinning: print FILE with its original wording put back.",
        epilog="Exit codes: 0 nothing found, or restored as asked; 1 judged spun (--check), a difference (--diff); "
        "2 usage, configuration or input error; 130 interrupted. A finding is a sign, not a proof.",
        allow_abbrev=False,
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a file, a folder of texts, or - for stdin")
    parser.add_argument("--version", action="version", version=f"despin {__version__}")

    group = parser.add_argument_group("modes")
    modes = group.add_mutually_exclusive_group()
    modes.add_argument("--check", action="store_true", help="report findings and verdicts; change nothing")
    modes.add_argument("--diff", action="store_true", help="show what restoring would change, as a unified diff")
    modes.add_argument("--write", action="store_true", help="restore the files in place, and list every change")
    group.add_argument(
        "--jsonl", metavar="FIELD", help="read JSON Lines and restore FIELD of each record (with --check: only report)"
    )

    group.add_argument(
        "--column", metavar="NAME", help="read a Parquet file and restore this column of it (with --check: only report)"
    )

    reading = parser.add_argument_group("reading")
    reading.add_argument("--type", choices=KINDS, help="what the texts are (default: as the suffix says)")
    reading.add_argument(
        "--encoding", metavar="NAME", help="of the files (default: as they say, or UTF-8, or detected)"
    )
    reading.add_argument("--main-content", action="store_true", help="of a page only the article (needs despin[html])")
    reading.add_argument(
        "--max-bytes", type=_size, default=LIMIT, metavar="N", help=f"refuse a larger text (default: {LIMIT >> 20}M)"
    )

    output = parser.add_argument_group("output")
    output.add_argument("--format", choices=("text", "json", "jsonl"), help="of --check (default: text)")
    output.add_argument("--explain", action="store_true", help="show the evidence for each finding (JSON always does)")
    output.add_argument("--exit-zero", action="store_true", help="with --check, --diff: exit 0 whatever was found")
    output.add_argument("--quiet", action="store_true", help="no summaries; errors, and the changes of --write, stay")
    output.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="auto: on a terminal, unless NO_COLOR"
    )
    output.add_argument("--stdin-name", metavar="NAME", help="what to call standard input in the output")

    model = parser.add_argument_group("what counts")
    model.add_argument("--min-confidence", type=_probability, metavar="P", help="restore from this confidence on")
    model.add_argument("--max-probability", type=_probability, metavar="P", help="a text above it is judged spun")
    model.add_argument("--strict", action="store_true", help="with --check: fail on any finding, suggestions too")
    model.add_argument("--language", metavar="CODE", help=f"language of the texts (default: {Config().language})")
    model.add_argument(
        "--dictionary", action="append", metavar="NAME|FILE", help="use this one only; may be given several times"
    )
    model.add_argument(
        "--reference", action="append", default=[], metavar="FILE|DIR",
        help="clean texts on the same topic: names and titles in them are right; may be given several times",
    )  # fmt: skip
    return parser


def _refuse(options: argparse.Namespace) -> None:
    jsonl = options.jsonl is not None
    rules = [
        (jsonl and (options.diff or options.write), "--jsonl goes alone or with --check; its output is JSON Lines"),
        (options.jsonl == RESULT, f"--jsonl {RESULT} would read despin's own result; name another field"),
        (options.column is not None and jsonl, "--column reads Parquet and --jsonl JSON Lines; choose one"),
        (options.column is not None and options.diff, "--column goes alone or with --check or --write"),
        (options.format and not options.check, "--format goes with --check; add it"),
        (options.format and jsonl, "--format does not go with --jsonl, whose output is JSON Lines"),
        (options.strict and not options.check, "--strict goes with --check; add it"),
        (options.explain and options.diff, "--explain does not go with --diff, which has no room for it; try --check"),
        (options.write and not options.paths, "--write needs the paths of the files to restore"),
        (options.write and STDIN in options.paths, "--write cannot restore standard input in place; leave --write out"),
    ]
    for broken, message in rules:
        if broken:
            raise UsageError(message)
    if len(options.paths) > 1:
        if options.column is not None and not options.check:
            raise UsageError(f"--column reads one file, not {len(options.paths)}; run it for each of them")
        if jsonl:
            raise UsageError(
                f"--jsonl reads one file, not {len(options.paths)}; join them first: cat FILE ... | despin"
            )
        if not (options.check or options.diff or options.write):
            raise UsageError(
                f"{len(options.paths)} paths, but only one text can be printed; add --check to report on them, "
                "--diff to show what would change, or --write to restore them in place"
            )
