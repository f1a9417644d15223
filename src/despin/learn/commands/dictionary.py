"""`despin-learn dictionary`: pairs of texts in, a dictionary file out. Start reading from `run`."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ...util.plural import counted
from ..dictionary.contexts import MIN_SEEN
from ..dictionary.learn import Account, learn, render
from ..errors import LearningError
from ..files import lines, raw_lines, write
from .shared import Talk, add_header, add_output, header_of, output_of, table

NAMED = 5  # bad lines of one kind that are named one by one; the rest is only counted


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Learn what a spinner puts for what, from texts beside their spun copies. PAIRS are JSON Lines (.jsonl, plain, "
        ".xz or .gz) of records with both texts, or exactly two plain texts, the original and its spun copy; in these, "
        "a line is a paragraph."
    )
    add_pairs(parser)
    add_output(parser, "the dictionary (.tsv)")
    add_header(parser)
    parser.add_argument(
        "--min-seen", metavar="N", type=int, default=MIN_SEEN,
        help="leave out what was seen less often (%(default)s); 1 makes the most of a handful of pairs: read it over",
    )  # fmt: skip
    parser.set_defaults(run=run)


def add_pairs(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of every command that reads PAIRS, for `read_pairs`."""
    parser.add_argument("pairs", metavar="PAIRS", nargs="+", type=Path, help="JSON Lines, or ORIGINAL SPUN; UTF-8")
    parser.add_argument("--original", metavar="FIELD", default="original", help="of the records (%(default)s)")
    parser.add_argument("--spun", metavar="FIELD", default="spun", help="of the records (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Learn a dictionary as `arguments` say.

    Raises
    ------
    LearningError
        There is nothing to learn from, or nothing was found.
    OSError
    """
    if arguments.min_seen < 1:
        raise LearningError(f"--min-seen {arguments.min_seen}: the number must be 1 or more")
    output = output_of(arguments, arguments.pairs, "one of the PAIRS")
    header = header_of(arguments, output)
    talk = Talk(arguments.quiet)
    skipped: Counter[str] = Counter()
    entries, account = learn(read_pairs(arguments, skipped, talk.say), talk.progress, arguments.min_seen)
    talk.done()
    account.skipped = dict(skipped) | account.skipped
    if not account.pairs:
        counts = "; ".join(f"{reason}: {count:,}" for reason, count in account.skipped.items())
        raise LearningError(f"there is no pair of texts to learn from ({counts or 'the files are empty'})")
    if not entries:
        raise LearningError(
            f"no substitution was seen {arguments.min_seen} times in {account.pairs:,} pairs; give more of them, or "
            "say --min-seen 1 and read over what comes of it"
        )
    header["source"] = header["source"] or f"{counted(account.pairs, 'pair')} of texts and their spun copies"
    write(output, render(entries, header).encode("utf-8"))
    for line in _table(account):
        talk.say(line)
    talk.say(f"wrote {output}: {counted(len(entries), 'entry')}")
    return 0


# --- pairs -----------------------------------------------------------------------------------------------------


def read_pairs(
    arguments: argparse.Namespace, skipped: Counter[str], say: Callable[[str], None]
) -> Iterator[tuple[str, str]]:
    paths: Sequence[Path] = arguments.pairs
    records = [path for path in paths if path.name.removesuffix(".xz").removesuffix(".gz").endswith(".jsonl")]
    if len(records) == len(paths):
        for path in paths:
            yield from _records(path, arguments.original, arguments.spun, skipped, say)
    elif not records and len(paths) == 2:
        yield "".join(_text(paths[0])), "".join(_text(paths[1]))
    else:
        raise LearningError("PAIRS must be .jsonl files, or exactly two plain texts: the original and its spun copy")


def _text(path: Path) -> Iterator[str]:
    for number, line in enumerate(lines(path), start=1):
        if "\0" in line:
            raise LearningError(f"{path}: line {number} holds a zero byte; this is not a text")
        yield line


def _records(
    path: Path, original: str, spun: str, skipped: Counter[str], say: Callable[[str], None]
) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(raw_lines(path), start=1):
        if not line.strip():
            continue
        try:
            yield _pair(line, original, spun)
        except ValueError as problem:
            reason = str(problem)
            skipped[reason] += 1
            if skipped[reason] <= NAMED:
                more = "; more of them are only counted" if skipped[reason] == NAMED else ""
                say(f"{path}:{number}: {reason}; skipped{more}")


def _pair(line: bytes, original: str, spun: str) -> tuple[str, str]:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(record, dict):
        raise ValueError("not a record, a JSON object with two texts")
    for name in (original, spun):
        if name not in record:
            raise ValueError(f"no field {name!r}")
        if not isinstance(record[name], str):
            raise ValueError(f"the field {name!r} is not text")
    return record[original], record[spun]


def _table(account: Account) -> list[str]:
    rows = [
        ("pairs of texts", account.pairs),
        ("blocks of difference", account.blocks),
        ("distinct", account.distinct),
        ("that no phrase pair explains", account.unexplained),
        ("entries", account.entries),
        ("with a word of context", account.contexts),
        ("distinct originals", account.originals),
        ("distinct spun phrases", account.spun),
        ("with a single original", account.single_origin),
        *((f"skipped: {reason}", count) for reason, count in account.skipped.items()),
    ]
    told = table([(name, f"{count:,}") for name, count in rows])
    told[8] += f" ({account.single_origin / max(account.spun, 1):.0%})"
    return told
