"""argv → the options of a run, or a `UsageError` that says what to type instead. Start reading from `parse`.

Rule: nothing here reads a file or a stream. What does not go together is refused: an option that silently does nothing
is worse than an error.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from ..readers.jsonl import RESULT
from ..readers.kinds import PAPERS
from .errors import UsageError
from .parser import RULES, parser, spelt
from .paths import STDIN
from .settings.keys import SETTINGS

COMPARISONS = ("text", "json", "html", "csv")
"""The formats of --against."""


def parse(arguments: Sequence[str], *, stdin_waits: bool) -> argparse.Namespace:
    """The options in `arguments`; `stdin_waits`: standard input is there and no terminal, so it can be read unasked.

    Raises
    ------
    UsageError
        An argument is unknown, has a wrong value, or does not go with another.
    Answer
        --help or --version was asked for.
    """
    known = parser()
    options, rest = known.parse_known_args(arguments)
    options.paths += _paths(rest, known)
    given = {name for name, value in vars(options).items() if value not in (known.get_default(name), [])}
    _refuse_together(given)
    _refuse_values(options)
    if len(options.paths) > 1:
        _refuse_several(options)
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


def _paths(rest: Sequence[str], known: argparse.ArgumentParser) -> list[str]:
    """The paths in what argparse has left over: those behind an option that stands behind other paths.

    Raises
    ------
    UsageError
        An option is unknown.
    """
    options = [one for one in rest[: rest.index("--")] if one != STDIN] if "--" in rest else [*rest]
    for one in options:
        if one.startswith("-") and one != STDIN:
            raise UsageError(_unknown(one, list(known._option_string_actions)))
    return [one for one in rest if one != "--"]


def _unknown(option: str, known: Sequence[str]) -> str:
    """That there is no such option, and which was probably meant."""
    from difflib import get_close_matches

    name = option.partition("=")[0]
    near = get_close_matches(name, known, 1, 0.7) if name.startswith("--") else []
    advice = f"did you mean {near[0]}?" if near else "see despin --help"
    return f"there is no option {name}; {advice}"


def flags(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that `options` give, by their keys in a configuration."""
    given = ((setting.key, getattr(options, setting.option)) for setting in SETTINGS if setting.option)
    return {key: tuple(value) if isinstance(value, list) else value for key, value in given if value is not None}


_RESTORING = (
    *(setting.option for setting in SETTINGS if setting.field), "config", "isolated", "type", "encoding",
    "main_content", "references_section", "max_bytes",
)  # fmt: skip
"""Options on which it depends what of a text is restored."""


def restoring(options: argparse.Namespace) -> list[str]:
    """The command that restores by the same settings what a run with `options` has found; paths go behind it."""
    usual = parser()
    words = ["despin", "--write"]
    for name in _RESTORING:
        value = getattr(options, name)
        if value == usual.get_default(name):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, bool):
                words.append(spelt(name))
            else:
                words += [f"{spelt(name)}={one}"] if str(one).startswith("-") else [spelt(name), str(one)]
    return words


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether a run whose arguments are wrong was to print one JSON object: it still has to."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--format")
    try:
        return bool(parser.parse_known_args(arguments)[0].format == "json")
    except argparse.ArgumentError:
        return False


def _refuse_together(given: set[str]) -> None:
    for rule in RULES:
        if rule.broken(given):
            raise UsageError(rule.sentence)


def _refuse_values(options: argparse.Namespace) -> None:
    if options.jsonl == RESULT:
        raise UsageError(f"--jsonl {RESULT} would read despin's own result; name another field")
    if options.write and STDIN in options.paths:
        raise UsageError("--write cannot restore standard input in place; leave --write out")
    if options.main_content and options.type not in (None, "html"):
        raise UsageError(f"--main-content is of pages, and --type {options.type} are none; leave one of them out")
    if options.explain and options.check and options.format not in (None, "text"):
        raise UsageError(f"--explain does nothing with --format {options.format}; leave it out, or report as text")
    if options.explain and options.lookup is not None and options.format == "json":
        raise UsageError("--explain does nothing with --format json, which has all there is; leave it out")
    if options.show_config and options.stdin_name is not None and STDIN not in options.paths:
        raise UsageError("--stdin-name names standard input; ask for its settings with: --show-config -")
    if options.lookup is not None and options.format not in (None, "text", "json"):
        raise UsageError(f"--lookup prints text or json, not {options.format}")
    if options.against and options.format not in (None, *COMPARISONS):
        raise UsageError(f"--against prints {', '.join(COMPARISONS)}, not {options.format}")
    if options.type in PAPERS.values() and (options.jsonl is not None or options.column is not None):
        raise UsageError(f"--type {options.type} is of files; records hold no such documents")


def _refuse_several(options: argparse.Namespace) -> None:
    several = f"{len(options.paths)} paths, but only one text can be printed"
    if options.column is not None and not options.check:
        raise UsageError(f"--column reads one file, not {len(options.paths)}; run it for each of them")
    if options.jsonl is not None:
        raise UsageError(f"--jsonl reads one file, not {len(options.paths)}; join them first: cat FILE ... | despin")
    if options.apply and not options.write:
        raise UsageError(f"{several}; add --write")
    if options.undo is not None and not options.write:
        raise UsageError("only one text can be printed; add --write to undo the files in place")
    if options.show_config:
        raise UsageError("--show-config shows the settings of one path; name one")
    if not (options.check or options.diff or options.write or options.show_files or options.against):
        raise UsageError(
            f"{several}; add --check to report on them, --diff to show what would change, or --write to restore them "
            "in place"
        )
