"""What the command line knows: options, their values, and what --help says of them. Start reading from `parser`.

What goes together is told in `options`.
"""

from __future__ import annotations

import argparse
from typing import NoReturn

from .._version import __version__
from ..readers.kinds import KINDS
from ..readers.source import LIMIT
from ..renderers.formats import FORMATS
from .settings.config_file import DEFAULTS, UsageError

SHELLS = ("bash", "zsh", "tcsh")
FILE = {"bash": "_shtab_compgen_files", "zsh": "_files", "tcsh": "f"}
"""What shtab is to say where a file is meant."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see despin --help")


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=27, width=100)


def _probability(value: str) -> float:
    try:
        if 0 <= (number := float(value)) <= 1:
            return number
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{value!r} is not a number between 0 and 1")


def _jobs(value: str) -> int:
    """How many processes; 0: as many as there are cores."""
    if value == "auto":
        return 0
    if value.isdecimal():
        return int(value)
    raise argparse.ArgumentTypeError(f"{value!r} is neither a number of processes nor 'auto'")


def _phrase(value: str) -> str:
    if not value.strip():
        raise argparse.ArgumentTypeError("a phrase has a word")
    return value


def _size(value: str) -> int:
    number, factor = value.upper().removesuffix("B"), 1
    for power, unit in enumerate("KMG", 1):
        if number.endswith(unit):
            number, factor = number[:-1], 1024**power
    if number.isascii() and number.isdecimal() and int(number[:18]) > 0:
        return int(number) * factor
    raise argparse.ArgumentTypeError(f"{value!r} is not a number of bytes such as 200000 or 64M")


def parser() -> argparse.ArgumentParser:
    """The command line, as argparse has it: for parsing, for --help, and for the completion of shells."""
    parser = _Parser(
        prog="despin",
        usage="despin [FILE|-]\n"
        "       despin --check | --diff [PATH ...]\n"
        "       despin --write PATH ...\n"
        "       despin --jsonl FIELD [--check] [FILE|-]\n"
        "       despin --column NAME [--check | --write] [FILE|-]\n"
        "       despin --apply DECISIONS [--write] FILE\n"
        "       despin --undo REPORT [--write] FILE\n"
        "       despin --lookup PHRASE | --validate DICTIONARY",
        description="Undo article spinning: print FILE with its original wording put back.",
        epilog="examples:\n"
        "  despin article.txt > restored.txt\n"
        "  despin --check --explain article.txt\n"
        "  despin --check docs --exclude 'vendor/'\n"
        "  despin --jsonl text < pages.jsonl > restored.jsonl\n\n"
        "Exit codes: 0 nothing found, or restored as asked; 1 judged spun (--check), a difference (--diff);\n"
        "2 usage, configuration or input error; 130 interrupted. A finding is a sign, not a proof.",
        allow_abbrev=False,
        add_help=False,
        formatter_class=_Help,
    )
    texts = parser.add_argument_group("texts")
    paths = texts.add_argument("paths", nargs="*", metavar="PATH", help="a file, a folder, or - for standard input")

    group = parser.add_argument_group("modes", "Without one of them, the restored text is printed.")
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
    decisions = group.add_argument(
        "--apply", metavar="FILE", help="carry out the decisions saved on the review page (with --write: in place)"
    )
    undo = group.add_argument(
        "--undo", metavar="REPORT", help="give a restored FILE its spun text back, by the JSON report of the check"
    )

    check = parser.add_argument_group("with --check")
    check.add_argument("--format", choices=tuple(FORMATS), help="how to report (default: text)")
    check.add_argument("--strict", action="store_true", default=None, help="fail on any finding, suggestions too")
    baseline = check.add_argument(
        "--baseline", metavar="FILE", help="findings recorded there are shown, but do not fail"
    )
    check.add_argument(
        "--update-baseline", action="store_true",
        help="make the file that --baseline names; if it is there, drop from it what has gone",
    )  # fmt: skip

    counts = parser.add_argument_group("what counts")
    counts.add_argument(
        "--min-confidence", type=_probability, metavar="P",
        help=f"restore a phrase from this confidence on (default: {DEFAULTS['min-confidence']})",
    )  # fmt: skip
    counts.add_argument(
        "--max-probability", type=_probability, metavar="P",
        help=f"above this probability a text is judged spun (default: {DEFAULTS['max-probability']})",
    )  # fmt: skip
    counts.add_argument("--language", metavar="CODE", help=f"of the texts (default: {DEFAULTS['language']})")
    counts.add_argument(
        "--dictionary", action="append", metavar="NAME|FILE",
        help="use this one only (default: all); may be given several times",
    )  # fmt: skip
    counts.add_argument(
        "--reference", action="append", metavar="FILE|DIR",
        help="clean texts on the same topic: names and titles in them are right; may be given several times",
    )  # fmt: skip
    counts.add_argument(
        "--allow", action="append", type=_phrase, metavar="PHRASE",
        help="never a finding, nor is anything inside it; may be given several times",
    )  # fmt: skip
    counts.add_argument(
        "--no-quotes", dest="quotes", action="store_false", default=None, help="leave quotations as they are"
    )
    counts.add_argument(
        "--no-inline", dest="inline", action="store_false", default=None,
        help="pay no heed to comments like 'despin: ignore' in the texts",
    )  # fmt: skip

    files = parser.add_argument_group("files and configuration")
    files.add_argument(
        "--exclude", action="append", metavar="GLOB",
        help="leave these out of folders, as .gitignore would; may be given several times",
    )  # fmt: skip
    files.add_argument("--force-exclude", action="store_true", help="leave them out even where they are named outright")
    files.add_argument("--no-gitignore", action="store_true", help="read what .gitignore leaves out, too")
    config = files.add_argument("--config", metavar="FILE", help="take the settings from there and nowhere else")
    files.add_argument("--isolated", action="store_true", help="take no settings from any file")
    files.add_argument("--stdin-name", metavar="NAME", help="what to call standard input, and whose settings to use")
    files.add_argument("--jobs", type=_jobs, default=1, metavar="N", help="work on N processes; auto: one a core")

    reading = parser.add_argument_group("how to read")
    reading.add_argument("--type", choices=KINDS, help="what the texts are (default: as the suffix says)")
    reading.add_argument("--encoding", metavar="NAME", help="of the files (default: as they say, UTF-8, or detected)")
    reading.add_argument("--main-content", action="store_true", help="of a page only the article (needs despin[html])")
    reading.add_argument(
        "--max-bytes", type=_size, default=LIMIT, metavar="N", help=f"refuse a larger text (default: {LIMIT >> 20}M)"
    )

    output = parser.add_argument_group("output")
    output.add_argument("--explain", action="store_true", help="show the evidence for each finding (JSON always does)")
    output.add_argument("--no-evidence", action="store_true", help="with --jsonl: leave out the evidence, most of it")
    output.add_argument("--quiet", action="store_true", help="no summaries; errors, and the changes of --write, stay")
    output.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="auto: on a terminal, unless NO_COLOR"
    )
    output.add_argument("--exit-zero", action="store_true", help="with --check, --diff: exit 0 whatever was found")
    output.add_argument(
        "--exit-nonzero-on-write", action="store_true", help="with --write: exit 1 if a file was changed"
    )

    about = parser.add_argument_group("about")
    about.add_argument(
        "--show-config", action="store_true", help="print the settings for PATH, and where they are from"
    )
    about.add_argument("--show-files", action="store_true", help="print which files would be read")
    about.add_argument(
        "--lookup", metavar="PHRASE", type=_phrase,
        help="print what PHRASE may stand for, and what spinners make of it (with --format json: as JSON)",
    )  # fmt: skip
    validate = about.add_argument(
        "--validate", metavar="FILE", help="print what is wrong with a dictionary, by line, and what to do"
    )
    about.add_argument("--print-completion", choices=SHELLS, help="print the completion for this shell")
    about.add_argument("--version", action="version", version=f"despin {__version__}", help="print the version")
    about.add_argument("-h", "--help", action="help", help="print this help")

    for argument in (paths, decisions, undo, baseline, config, validate):
        argument.complete = FILE  # type: ignore[attr-defined]
    return parser
