"""argv → the options of a run, or a `UsageError` that says what to type instead. Start reading from `parse`.

Rule: nothing here reads a file or a stream. What does not go together is refused: an option that silently does nothing
is worse than an error.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from ..readers.jsonl import RESULT
from .parser import parser
from .settings.config_file import UsageError

STDIN = "-"

_FLAGS = {
    "language": "language",
    "dictionary": "dictionaries",
    "min_confidence": "min-confidence",
    "max_probability": "max-probability",
    "reference": "references",
    "allow": "allow",
    "exclude": "exclude",
    "quotes": "quotes",
    "inline": "inline",
    "strict": "strict",
}
"""Options that a configuration has too, with its key."""


def parse(arguments: Sequence[str], *, stdin_waits: bool) -> argparse.Namespace:
    """The options in `arguments`; `stdin_waits`: standard input is there and no terminal, so it can be read unasked.

    Raises
    ------
    UsageError
        An argument is unknown, has a wrong value, or does not go with another.
    SystemExit
        After --help and --version, which argparse prints.
    """
    options = parser().parse_args(arguments)
    _refuse(options)
    if options.print_completion or options.show_config or options.validate is not None or options.lookup is not None:
        return options
    if not options.paths:
        if options.show_files:
            options.paths = ["."]
        elif not stdin_waits:
            raise UsageError("nothing to read: name a file, or pipe a text in; see despin --help")
        else:
            options.paths = [STDIN]
    if options.stdin_name is not None and STDIN not in options.paths:
        raise UsageError("--stdin-name names standard input, which is not read here; add - or leave it out")
    return options


def flags(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that `options` give, by their keys in a configuration."""
    given = ((key, getattr(options, name)) for name, key in _FLAGS.items())
    return {key: tuple(value) if isinstance(value, list) else value for key, value in given if value is not None}


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether a run whose arguments are wrong was to print one JSON object: it still has to."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--format")
    try:
        return bool(parser.parse_known_args(arguments)[0].format == "json")
    except argparse.ArgumentError:
        return False


def _given(options: argparse.Namespace, *names: str) -> list[str]:
    return [name for name in names if getattr(options, name) not in (None, False)]


def _refuse(options: argparse.Namespace) -> None:
    jsonl, undo = options.jsonl is not None, options.undo is not None
    alone = _given(options, "show_config", "show_files", "print_completion", "validate", "lookup")
    modes = _given(options, "check", "diff", "write", "jsonl", "column", "apply", "undo")
    if alone and (modes or len(alone) > 1):
        raise UsageError(f"--{alone[0].replace('_', '-')} goes with no mode; leave the mode out")
    if options.validate is not None and options.paths:
        raise UsageError("--validate looks at one dictionary and reads no text; leave the paths out")
    if options.lookup is not None and options.paths:
        raise UsageError("--lookup takes one phrase and reads no text; leave the paths out, or put quotes around it")
    if options.lookup is not None and options.format not in (None, "text", "json"):
        raise UsageError(f"--lookup prints text or json, not {options.format}")
    restores = not (options.check or options.diff)
    rules = [
        (jsonl and (options.diff or options.write), "--jsonl goes alone or with --check; its output is JSON Lines"),
        (undo and (jsonl or options.apply or options.check or options.diff), "--undo goes alone or with --write"),
        (options.jsonl == RESULT, f"--jsonl {RESULT} would read despin's own result; name another field"),
        (options.column is not None and jsonl, "--column reads Parquet and --jsonl JSON Lines; choose one"),
        (
            options.column is not None and (options.diff or options.apply or undo),
            "--column goes alone or with --check or --write",
        ),
        (options.column is not None and options.baseline, "--baseline does not go with --column, whose rows may move"),
        (
            options.encoding and (jsonl or options.column is not None),
            "--encoding is of texts; records are UTF-8",
        ),
        (options.format and not options.check and options.lookup is None, "--format goes with --check; add it"),
        (options.format and jsonl, "--format does not go with --jsonl, whose output is JSON Lines"),
        (options.apply and (options.check or options.diff or jsonl), "--apply goes alone or with --write"),
        (options.apply and options.explain, "--explain does not go with --apply, which asks no model"),
        (options.strict and not options.check, "--strict goes with --check; add it"),
        (options.baseline and not options.check, "--baseline goes with --check; add it"),
        (options.baseline and jsonl, "--baseline does not go with --jsonl, whose records have no paths"),
        (options.update_baseline and not options.baseline, "--update-baseline needs --baseline FILE: which to update"),
        (options.explain and options.diff, "--explain does not go with --diff, which has no room for it; try --check"),
        (options.explain and undo, "--explain does not go with --undo, which finds nothing; try --check"),
        (options.no_evidence and not jsonl, "--no-evidence goes with --jsonl; add it"),
        (options.isolated and options.config, "--isolated takes no configuration and --config takes one; choose"),
        (options.write and not options.paths, "--write needs the paths of the files to restore"),
        (options.write and STDIN in options.paths, "--write cannot restore standard input in place; leave --write out"),
        (options.exit_nonzero_on_write and not options.write, "--exit-nonzero-on-write goes with --write; add it"),
        (options.exit_zero and restores, "--exit-zero goes with --check or --diff; add one of them"),
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
        if options.apply and not options.write:
            raise UsageError(f"{len(options.paths)} paths, but only one text can be printed; add --write")
        if undo and not options.write:
            raise UsageError("only one text can be printed; add --write to undo the files in place")
        if options.show_config:
            raise UsageError("--show-config shows the settings of one path; name one")
        if not (options.check or options.diff or options.write or options.show_files):
            raise UsageError(
                f"{len(options.paths)} paths, but only one text can be printed; add --check to report on them, "
                "--diff to show what would change, or --write to restore them in place"
            )
