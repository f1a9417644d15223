"""What the command line knows: options, their values, what --help says of them, and what goes with what.

One function a group of options, and before it the rules of that group as data. Start reading from `parser`.
"""

from __future__ import annotations

import argparse
from collections.abc import Set
from typing import NamedTuple, NoReturn

from .._version import __version__
from ..config import EFFORTS
from ..readers.kinds import KINDS, PAPERS
from ..readers.source import LIMIT
from ..renderers.formats import FORMATS
from . import values
from .errors import UsageError
from .settings.keys import DEFAULTS

SHELLS = ("bash", "zsh", "tcsh", "fish", "powershell")
NEGATIVE = ("quotes", "inline")
"""Settings that are on unless an option switches them off."""
FILE = {
    "bash": "_shtab_compgen_files",
    "zsh": "_files",
    "tcsh": "f",
    "fish": "(__fish_complete_path (commandline -ct))",
    "powershell": "_shtab_powershell_compgen_files",
}
"""What shtab is to say where a file is meant."""


class Clash(NamedTuple):
    """`option` goes with none of `others`, unless `but` is given; `sentence` says why, or what to type instead."""

    option: str
    others: tuple[str, ...]
    sentence: str
    but: str = ""

    def broken(self, given: Set[str]) -> bool:
        """Whether it is, by the names of the options that were given."""
        return self.option in given and not given.isdisjoint(self.others) and self.but not in given


class Need(NamedTuple):
    """`option` goes with one of `others` only; `sentence` says which to add."""

    option: str
    others: tuple[str, ...]
    sentence: str

    def broken(self, given: Set[str]) -> bool:
        """Whether it is, by the names of the options that were given."""
        return self.option in given and given.isdisjoint(self.others)


class Answer(Exception):
    """--help or --version was asked for; no run follows."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def spelt(name: str) -> str:
    """The option that is stored as `name`, as people type it.

    >>> spelt("min_confidence"), spelt("quotes")
    ('--min-confidence', '--no-quotes')
    """
    return f"--{'no-' * (name in NEGATIVE)}{name.replace('_', '-')}"


def _idle(modes: tuple[str, ...], *options: str) -> tuple[Clash, ...]:
    """`options` that would do nothing in any of `modes`."""
    return tuple(
        Clash(option, (mode,), f"{spelt(option)} does nothing with {spelt(mode)}; leave it out")
        for option in options
        for mode in modes
    )


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see despin --help")

    def print_help(self, file: object = None) -> NoReturn:
        raise Answer(self.format_help())


class _Version(argparse.Action):
    def __call__(self, *_: object) -> NoReturn:
        raise Answer(f"despin {__version__}\n")


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=27, width=100)


def parser() -> argparse.ArgumentParser:
    """The command line, as argparse has it: for parsing, for --help, and for the completion of shells."""
    parser = _Parser(
        prog="despin",
        usage=_USAGE,
        description="Undo article spinning: print FILE with its original wording put back.",
        epilog=_EPILOG,
        allow_abbrev=False,
        add_help=False,
        formatter_class=_Help,
    )
    for group in (_texts, _modes, _with_check, _against, _what_counts, _files, _reading, _output, _about):
        group(parser)
    return parser


_USAGE = """despin [FILE|-]
       despin --check | --diff [PATH ...]
       despin --write PATH ...
       despin --jsonl FIELD [--check] [FILE|-]
       despin --column NAME [--check | --write] [FILE|-]
       despin --apply DECISIONS [--write] FILE
       despin --undo REPORT [--write] FILE
       despin --against SOURCES [--diff | --write] PAGE ...
       despin --trace PHRASE FILE
       despin --lookup PHRASE | --validate DICTIONARY"""

_EPILOG = """examples:
  despin article.txt > restored.txt
  despin --check --explain article.txt
  despin --check docs --exclude 'vendor/'
  despin --jsonl text < pages.jsonl > restored.jsonl
  despin --against our-articles page.html

Exit codes: 0 nothing found, or restored as asked; 1 judged spun (--check), a copy (--against),
a difference (--diff); 2 usage, configuration or input error; 70 a fault in despin; 130 interrupted.
A finding is a sign, not a proof."""


def _file(argument: argparse.Action) -> None:
    """Tell the completion of shells that a file is meant."""
    argument.complete = FILE  # type: ignore[attr-defined]


# --- texts and modes ----------------------------------------------------------------------------------------------


def _texts(parser: argparse.ArgumentParser) -> None:
    texts = parser.add_argument_group("texts")
    _file(texts.add_argument("paths", nargs="*", metavar="PATH", help="a file, a folder, or - for standard input"))


MODES = ("check", "diff", "write", "jsonl", "column", "apply", "undo", "trace", "against")
ALONE = ("show_config", "show_files", "print_completion", "validate", "lookup")
_ASK_NO_MODEL = ("apply", "undo", "show_files", "print_completion", "validate")
_MODES = (
    Clash("jsonl", ("diff", "write"), "--jsonl goes alone or with --check; its output is JSON Lines"),
    Clash("undo", ("jsonl", "apply", "check", "diff"), "--undo goes alone or with --write"),
    Clash("column", ("jsonl",), "--column reads Parquet and --jsonl JSON Lines; choose one"),
    Clash("column", ("diff", "apply", "undo"), "--column goes alone or with --check or --write"),
    Clash("apply", ("check", "diff", "jsonl"), "--apply goes alone or with --write"),
    Clash(
        "trace",
        ("check", "diff", "write", "jsonl", "column", "apply", "undo"),
        "--trace follows one phrase through one text, and goes with no other mode",
    ),
    Clash(
        "against",
        ("jsonl", "column", "apply", "undo", "trace"),
        "--against compares texts with source texts, and goes alone or with --check, --diff or --write",
    ),
    Need("pairs", ("against",), "--pairs goes with --against SOURCES; add it"),
    Clash("pairs", ("diff", "write"), "--pairs goes with the report of --against; leave --diff or --write out"),
    Need("write", ("paths",), "--write needs the paths of the files to restore"),
)


def _modes(parser: argparse.ArgumentParser) -> None:
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
    _file(group.add_argument(
        "--apply", metavar="FILE", help="carry out the decisions saved on the review page (with --write: in place)"
    ))  # fmt: skip
    _file(group.add_argument(
        "--undo", metavar="REPORT", help="give a restored FILE its spun text back, by the JSON report of the check"
    ))  # fmt: skip
    group.add_argument(
        "--trace", metavar="PHRASE", type=values.phrase,
        help="print what became of every candidate for PHRASE in FILE, and which numbers decided",
    )  # fmt: skip


_WITH_CHECK = (
    Clash("baseline", ("against",), "--baseline does not go with --against, which tells differences and no findings"),
    Clash("strict", ("against",), "--strict does not go with --against, which asks for copies and not for findings"),
    Clash("baseline", ("column",), "--baseline does not go with --column, whose rows may move"),
    Need("format", ("check", "lookup", "against"), "--format goes with --check; add it"),
    Clash("format", ("jsonl",), "--format does not go with --jsonl, whose output is JSON Lines"),
    Need("strict", ("check",), "--strict goes with --check; add it"),
    Need("baseline", ("check",), "--baseline goes with --check; add it"),
    Clash("baseline", ("jsonl",), "--baseline does not go with --jsonl, whose records have no paths"),
    Need("update_baseline", ("baseline",), "--update-baseline needs --baseline FILE: which to update"),
)


def _with_check(parser: argparse.ArgumentParser) -> None:
    check = parser.add_argument_group("with --check")
    check.add_argument("--format", choices=tuple(FORMATS), help="how to report (default: text)")
    check.add_argument("--strict", action="store_true", default=None, help="fail on any finding, suggestions too")
    _file(check.add_argument(
        "--baseline", metavar="FILE", help="findings recorded there are shown, but do not fail"
    ))  # fmt: skip
    check.add_argument(
        "--update-baseline", action="store_true",
        help="make the file that --baseline names; if it is there, drop from it what has gone",
    )  # fmt: skip


def _against(parser: argparse.ArgumentParser) -> None:
    against = parser.add_argument_group("with source texts")
    _file(against.add_argument(
        "--against", action="append", metavar="FILE|DIR",
        help="report whether PATH is a copy of one of these texts, spun or not, word by word (with --diff, --write: "
        "restore by it); may be given several times",
    ))  # fmt: skip
    _file(against.add_argument(
        "--pairs", metavar="FILE", help="write the copies and what they were made of there, for despin-learn dictionary"
    ))  # fmt: skip


# --- settings and files -------------------------------------------------------------------------------------------


_WHAT_COUNTS = (
    *_idle(
        (*_ASK_NO_MODEL, "lookup"),
        "min_confidence",
        "min_wording",
        "max_probability",
        "reference",
        "allow",
        "quotes",
        "inline",
    ),
    *(
        Clash("effort", (mode,), f"--effort (or --quick) does nothing with {spelt(mode)}; leave it out")
        for mode in (*_ASK_NO_MODEL, "lookup")
    ),
    *_idle(("trace",), "quotes", "inline"),
    *_idle(_ASK_NO_MODEL, "dictionary"),
    *_idle(("apply", "undo", "show_files", "print_completion"), "language"),
    *(
        Clash("inline", (mode,), f"--no-inline does nothing with --{mode}, which never heeds comments; leave it out")
        for mode in ("jsonl", "column")
    ),
)


def _what_counts(parser: argparse.ArgumentParser) -> None:
    counts = parser.add_argument_group("what counts")
    counts.add_argument(
        "--min-confidence", type=values.probability, metavar="P",
        help=f"restore what was substituted with this probability or more (default: {DEFAULTS['min-confidence']})",
    )  # fmt: skip
    counts.add_argument(
        "--min-wording", type=values.probability, metavar="P",
        help=f"… and whose likeliest original has this share of it or more (default: {DEFAULTS['min-wording']})",
    )  # fmt: skip
    counts.add_argument(
        "--max-probability", type=values.probability, metavar="P",
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
        "--allow", action="append", type=values.phrase, metavar="PHRASE",
        help="never a finding, nor is anything inside it; may be given several times",
    )  # fmt: skip
    counts.add_argument(
        "--no-quotes", dest="quotes", action="store_false", default=None, help="leave quotations as they are"
    )
    counts.add_argument(
        "--no-inline", dest="inline", action="store_false", default=None,
        help="pay no heed to comments like 'despin: ignore' in the texts",
    )  # fmt: skip
    counts.add_argument(
        "--effort", choices=EFFORTS,
        help="careful: spun texts are read by the encoder as well, which finds more and takes longer; quick: they are "
        "not; auto (default): quick with --jsonl and --column, careful otherwise",
    )  # fmt: skip
    counts.add_argument("--quick", dest="effort", action="store_const", const="quick", help="as --effort quick")


_OUTRIGHT = "to a file that is named outright; name a folder, or add --force-exclude"
_FILES: tuple[Clash | Need, ...] = (
    Clash("isolated", ("config",), "--isolated takes no configuration and --config takes one; choose"),
    *_idle(("apply", "undo", "print_completion"), "config", "isolated"),
    *_idle(("apply", "undo", "trace", *ALONE), "jobs"),
    *_idle(("jsonl", "apply", "undo", "trace", "print_completion", "validate", "lookup"), "exclude", "no_gitignore"),
    *_idle(
        ("jsonl", "apply", "undo", "trace", "show_config", "print_completion", "validate", "lookup"), "force_exclude"
    ),
    *_idle(("show_config",), "no_gitignore"),
    Need(
        "exclude", ("check", "diff", "write", "against", "show_files", "show_config", "force_exclude"),
        f"--exclude does nothing {_OUTRIGHT}",
    ),
    Need(
        "no_gitignore", ("check", "diff", "write", "against", "show_files", "force_exclude"),
        f"--no-gitignore does nothing {_OUTRIGHT}",
    ),
    *_idle(("print_completion", "validate", "lookup"), "stdin_name"),
)  # fmt: skip


def _files(parser: argparse.ArgumentParser) -> None:
    files = parser.add_argument_group("files and configuration")
    files.add_argument(
        "--exclude", action="append", metavar="GLOB",
        help="leave these out of folders, as .gitignore would; may be given several times",
    )  # fmt: skip
    files.add_argument("--force-exclude", action="store_true", help="leave them out even where they are named outright")
    files.add_argument("--no-gitignore", action="store_true", help="read what .gitignore leaves out, too")
    _file(files.add_argument("--config", metavar="FILE", help="take the settings from there and nowhere else"))
    files.add_argument("--isolated", action="store_true", help="take no settings from any file")
    files.add_argument("--stdin-name", metavar="NAME", help="what to call standard input, and whose settings to use")
    files.add_argument(
        "-j", "--jobs", type=values.jobs, default=1, metavar="N", help="work on N processes; auto: one a core"
    )


_READING = (
    Clash("encoding", ("jsonl", "column"), "--encoding is of texts; records are UTF-8"),
    *_idle(ALONE, "type", "encoding", "main_content", "references_section", "max_bytes"),
    *_idle(("jsonl", "column"), "references_section"),
)


def _reading(parser: argparse.ArgumentParser) -> None:
    reading = parser.add_argument_group("how to read")
    reading.add_argument(
        "--type", choices=(*KINDS, *PAPERS.values()), help="what the texts are (default: as the suffix says)"
    )
    reading.add_argument("--encoding", metavar="NAME", help="of the files (default: as they say, UTF-8, or detected)")
    reading.add_argument("--main-content", action="store_true", help="of a page only the article (needs despin[html])")
    reading.add_argument("--references-section", action="store_true", help="of a paper the list of references, too")
    reading.add_argument(
        "--max-bytes", type=values.size, default=LIMIT, metavar="N",
        help=f"refuse a larger text (default: {LIMIT >> 20}M)",
    )  # fmt: skip


# --- output -------------------------------------------------------------------------------------------------------


_OUTPUT: tuple[Clash | Need, ...] = (
    Clash("explain", ("apply",), "--explain does not go with --apply, which asks no model"),
    Clash("explain", ("diff",), "--explain does not go with --diff, which has no room for it; try --check"),
    Clash("explain", ("undo",), "--explain does not go with --undo, which finds nothing; try --check"),
    Clash("explain", ("against",), "--explain does not go with --against, which tells every difference; leave it out"),
    Need("no_evidence", ("jsonl",), "--no-evidence goes with --jsonl; add it"),
    *_idle(("trace", "show_config", "show_files", "print_completion", "validate"), "explain"),
    Clash("explain", ("jsonl",), "--explain does nothing with --jsonl, whose records have the evidence; leave it out"),
    Clash(
        "explain", ("column",), "--explain does nothing with --column, which prints no findings; add --check", "check"
    ),
    Clash("output", ("write",), "--output does nothing with --write, which prints nothing; leave it out"),
    Need("exit_nonzero_on_write", ("write",), "--exit-nonzero-on-write goes with --write; add it"),
    Need("exit_zero", ("check", "diff", "against"), "--exit-zero goes with --check or --diff; add one of them"),
)


def _output(parser: argparse.ArgumentParser) -> None:
    output = parser.add_argument_group("output")
    output.add_argument("--explain", action="store_true", help="show the evidence for each finding (JSON always does)")
    output.add_argument("--no-evidence", action="store_true", help="with --jsonl: leave out the evidence, most of it")
    _file(output.add_argument(
        "-o", "--output", metavar="FILE", help="write there what would be printed, when all of it is done"
    ))  # fmt: skip
    output.add_argument(
        "-q", "--quiet", action="store_true", help="no summaries; errors, and the changes of --write, stay"
    )
    output.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="auto: on a terminal, unless NO_COLOR"
    )
    output.add_argument("--exit-zero", action="store_true", help="with --check, --diff: exit 0 whatever was found")
    output.add_argument(
        "--exit-nonzero-on-write", action="store_true", help="with --write: exit 1 if a file was changed"
    )


_ABOUT = (
    *(
        Clash(one, (*MODES, *ALONE[row + 1 :]), f"--{one.replace('_', '-')} goes with no mode; leave the mode out")
        for row, one in enumerate(ALONE)
    ),
    Clash("validate", ("paths",), "--validate looks at one dictionary and reads no text; leave the paths out"),
    Clash(
        "lookup", ("paths",),
        "--lookup takes one phrase and reads no text; leave the paths out, or put quotes around it",
    ),
)  # fmt: skip


def _about(parser: argparse.ArgumentParser) -> None:
    about = parser.add_argument_group("about")
    about.add_argument(
        "--show-config", action="store_true", help="print the settings for PATH, and where they are from"
    )
    about.add_argument("--show-files", action="store_true", help="print which files would be read")
    about.add_argument(
        "--lookup", metavar="PHRASE", type=values.phrase,
        help="print what PHRASE may stand for, and what spinners make of it (with --format json: as JSON)",
    )  # fmt: skip
    _file(about.add_argument(
        "--validate", metavar="FILE", help="print what is wrong with a dictionary, by line, and what to do"
    ))  # fmt: skip
    about.add_argument("--print-completion", choices=SHELLS, help="print the completion for this shell")
    about.add_argument("-V", "--version", action=_Version, nargs=0, help="print the version")
    about.add_argument("-h", "--help", action="help", help="print this help")


RULES: tuple[Clash | Need, ...] = (
    *_ABOUT, *_MODES, *_WITH_CHECK, *_OUTPUT, *_READING, *_FILES, *_WHAT_COUNTS,
)  # fmt: skip
"""What does not go together; of several that are broken, the first is told."""
