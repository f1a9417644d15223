"""`despin-learn marker-phrases`: dictionaries and plain text in, phrases that hardly anyone but spinners writes out.

Start reading from `run`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from ...dictionary.dictionary import Dictionary
from ...dictionary.errors import DictionaryError
from ...dictionary.loading import parse_files
from ..errors import LearningError
from ..files import lines, write
from ..marker_phrases import Counter, render
from .shared import Talk, add_output, output_of

BATCH = 1 << 22  # characters read at once


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Find out which phrases of dictionaries hardly anyone but a spinner writes: count them, and what they stand "
        "for, in plain text that was not spun. Give it the texts that the language model is learned from."
    )
    parser.add_argument("dictionary", metavar="DICTIONARY", nargs="+", type=Path, help="TSV files")
    parser.add_argument(
        "--text", metavar="TEXT", nargs="+", type=Path, required=True, help="plain, .gz or .xz; UTF-8; not spun"
    )
    add_output(parser, "the phrases (.txt)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Count as `arguments` say.

    Raises
    ------
    LearningError
        A dictionary cannot be used, or no phrase tells anything.
    OSError
    """
    output = output_of(arguments, [*arguments.dictionary, *arguments.text])
    talk = Talk(arguments.quiet)
    try:
        files = parse_files((path, path.read_bytes()) for path in arguments.dictionary)
    except DictionaryError as problem:
        raise LearningError(str(problem)) from problem
    counter = Counter.of(Dictionary.of(files))
    for path in arguments.text:
        for text in pieces(path):
            counter.add(text)
            talk.progress(f"counting: {path.name}, {counter.words:,} words")
    markers = counter.markers()
    if not markers:
        raise LearningError("no phrase of these dictionaries is any rarer in these texts than if they had been spun")
    source = ", ".join(path.name.partition(".")[0] for path in arguments.text)
    write(output, render(markers, counter.words, f"counted over {source}").encode("utf-8"))
    talk.say(f"wrote {output}: {len(markers):,} phrases")
    return 0


def pieces(path: Path) -> Iterator[str]:
    """The lines of a file, as many together as can be counted at once."""
    piece: list[str] = []
    size = 0
    for line in lines(path):
        piece.append(line)
        size += len(line)
        if size >= BATCH:
            yield "".join(piece)
            piece, size = [], 0
    if piece:
        yield "".join(piece)
