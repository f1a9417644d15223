"""`despin-learn acronyms`: plain text in, the words that are written with capitals out. Start reading from `run`."""

from __future__ import annotations

import argparse
from itertools import chain
from pathlib import Path

from ..acronyms import learn, render
from ..errors import LearningError
from ..files import lines, write
from .shared import Talk, add_output, output_of


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Learn which words are written with capitals wherever they stand, as SEO is, from plain text. Give it the "
        "texts that the language model is learned from."
    )
    parser.add_argument("text", metavar="TEXT", nargs="+", type=Path, help="plain, .gz or .xz; UTF-8")
    add_output(parser, "the acronyms (.txt)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Learn acronyms as `arguments` say.

    Raises
    ------
    LearningError
        There is nothing to learn from.
    OSError
    """
    output = output_of(arguments, arguments.text, "one of the TEXTs")
    talk = Talk(arguments.quiet)
    found = learn(chain.from_iterable(map(lines, arguments.text)))
    if not found:
        raise LearningError("there is no acronym in these texts; give more of them")
    source = ", ".join(path.name.partition(".")[0] for path in arguments.text)
    write(output, render(found, f"counted over {source}").encode("utf-8"))
    talk.say(f"wrote {output}: {len(found):,} acronyms")
    return 0
