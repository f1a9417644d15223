"""What the commands of `despin-learn` have in common: options, the file to write, what is said on stderr."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ...dictionary.entry import Entry, parse
from ...dictionary.errors import DictionaryError
from ..errors import LearningError

SPARSE = 20.0  # seconds between two lines of progress that nobody is looking at


def add_output(parser: argparse.ArgumentParser, product: str) -> None:
    """Give `parser` the options of every command, for `output_of` and `Talk`; `product` is what is written."""
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help=product)
    parser.add_argument("--quiet", action="store_true", help="say nothing but errors")


def output_of(arguments: argparse.Namespace, inputs: Iterable[Path] = (), called: str = "one of the inputs") -> Path:
    """Where to write.

    Raises
    ------
    LearningError
        There is no such folder, or the file is one of the `inputs`, which the message calls `called`.
    """
    output: Path = arguments.output
    if not output.parent.is_dir():
        raise LearningError(f"{output.parent}: no such folder; make it first")
    for path in inputs:
        if path.is_file() and output.is_file() and path.samefile(output):
            raise LearningError(f"{path}: this is {called}; write the dictionary to another file")
    return output


UNSAID = "none given"
"""What the header says of the licence where nobody does: a dictionary that was learned keeps the laws of one."""


def add_header(parser: argparse.ArgumentParser, source: str | None = None, licence: str | None = None) -> None:
    """Give `parser` the options for the header of a dictionary, for `header_of`; `source` and `licence` are usual."""
    usual = " (%(default)s)"
    parser.add_argument("--family", metavar="NAME", help="the kind of spinner (usually the name of FILE)")
    parser.add_argument("--name", help="what the dictionary is called (usually the family)")
    parser.add_argument(
        "--source", metavar="TEXT", default=source,
        help=f"where it is from; it goes into the file's header{usual if source else ''}",
    )  # fmt: skip
    parser.add_argument(
        "--licence", metavar="TEXT", default=licence,
        help=f"of the dictionary; it goes into the file's header{usual if licence else ''}",
    )  # fmt: skip


def header_of(arguments: argparse.Namespace, output: Path) -> dict[str, str | None]:
    """The header that `arguments` ask for, for the dictionary in the file `output`.

    Raises
    ------
    LearningError
        A value is not one line.
    """
    family = getattr(arguments, "family", None) or output.name.partition(".")[0]
    name = getattr(arguments, "name", None) or family
    header = {"name": name, "family": family, "source": arguments.source, "licence": arguments.licence or UNSAID}
    for key, value in header.items():
        if value is not None and len(value.splitlines()) != 1:
            raise LearningError(f"--{key}: the text must be one line")
    return header


def library(name: str, extra: str = "learn") -> Any:
    """The library `name`, which only learning needs, and `extra` installs.

    Raises
    ------
    LearningError
        It is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise LearningError(f"{package} is not installed; install it with: pip install 'despin[{extra}]'") from error


def entries_of(path: Path) -> tuple[Entry, ...]:
    """The entries of the dictionary at `path`.

    Raises
    ------
    LearningError
        It is none.
    OSError
    """
    try:
        return parse(path.read_text(encoding="utf-8-sig"), str(path)).entries
    except UnicodeDecodeError as problem:
        raise LearningError(f"{path}: byte {problem.start} is not UTF-8; save the file as UTF-8") from None
    except DictionaryError as problem:
        raise LearningError(str(problem)) from None


def table(rows: Sequence[tuple[str, str]], room: int = 12) -> list[str]:
    """The lines of a table of names and values, which have so much `room`.

    >>> table([("one", "1"), ("eleven", "11")], 4)
    ['one      1', 'eleven  11']
    """
    width = max(len(name) for name, _ in rows)
    return [f"{name:<{width}}{value:>{room}}" for name, value in rows]


class Talk:
    """What is said on stderr: on a terminal one line that changes, elsewhere a line now and then."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.terminal = not quiet and sys.stderr.isatty()
        self.stage, self.last = "", 0.0

    def say(self, line: str) -> None:
        """A line that stays."""
        if not self.quiet:
            self.done()
            print(line, file=sys.stderr, flush=True)

    def progress(self, message: str) -> None:
        """What is being done just now."""
        now, stage = time.monotonic(), message.partition(":")[0]
        if self.terminal:
            if now - self.last > 0.1:
                self.last = now
                print(f"\r\033[K{message}", end="", file=sys.stderr, flush=True)
        elif not self.quiet and (stage != self.stage or now - self.last > SPARSE):
            self.stage, self.last = stage, now
            print(message, file=sys.stderr, flush=True)

    def done(self) -> None:
        """Wipe the line that changes."""
        if self.terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def add_spun_copies(parser: argparse.ArgumentParser, pairs: str) -> None:
    """Give `parser` the options that name real copies; `pairs` says what they are for."""
    parser.add_argument("--pairs", metavar="PAIRS", action="append", default=[], type=Path, help=pairs)
    parser.add_argument("--original", metavar="FIELD", default="original", help="of the records (%(default)s)")
    parser.add_argument("--spun", metavar="FIELD", default="spun", help="of the records (%(default)s)")
