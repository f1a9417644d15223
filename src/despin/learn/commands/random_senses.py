"""`despin-learn random-senses`: WordNet and plain text in, a dictionary of synonyms of any sense out.

Start reading from `run`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ...dictionary.dictionary import Dictionary
from ...dictionary.entry import DictionaryFile, Entry
from ...dictionary.substitution import why_not
from ..errors import LearningError
from ..files import write
from ..marker_phrases import Counter, ratios
from ..thesaurus.random_senses import pairs
from ..thesaurus.rewriter import Forms, render
from ..thesaurus.wordnet import read
from .marker_phrases import pieces
from .rewriter import frequency_of, inflector
from .shared import Talk, add_header, add_output, header_of, output_of
from .thesaurus import HEADER, WORDNET

TELLING = 2.0  # ln of how much more often a phrase must stand in a text so spun than in plain text


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Make the dictionary of a spinner that draws any synonym from WordNet, of whatever sense: of common words, "
        "those synonyms that would be seen far more often in such texts than they are in plain text."
    )
    parser.add_argument(
        "--text", metavar="TEXT", nargs="+", type=Path, required=True, help="plain, .gz or .xz; UTF-8; not spun"
    )
    parser.add_argument("--wordnet", metavar="DIR", type=Path, default=WORDNET, help="its data files (%(default)s)")
    add_output(parser, "the dictionary (.tsv)")
    add_header(parser, "derived from WordNet 3.0, Princeton University", HEADER["licence"])
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make a dictionary as `arguments` say.

    Raises
    ------
    LearningError
        WordNet cannot be used, a library is missing, or nothing tells anything.
    OSError
    """
    output = output_of(arguments, arguments.text)
    header = {key: value for key, value in header_of(arguments, output).items() if value} | {"partial": "yes"}
    talk = Talk(arguments.quiet)
    talk.progress("reading WordNet")
    frequency = frequency_of()
    drawn = [
        pair
        for pair in pairs(read(arguments.wordnet), Forms(inflector(), frequency), frequency)
        if not why_not(pair.spun, pair.original)
    ]
    entries = tuple(Entry(pair.spun, pair.original, "random", pair.seen, pair.of) for pair in drawn)
    counter = Counter.of(Dictionary.of([DictionaryFile("random", entries, "")]))
    for path in arguments.text:
        for text in pieces(path):
            counter.add(text)
            talk.progress(f"counting: {path.name}, {counter.words:,} words")
    ratio = ratios(counter.expected, counter.spun)
    names = counter.dictionary.spun_text
    telling = {names[row] for row in np.flatnonzero(ratio >= TELLING).tolist()}
    kept = [pair for pair in drawn if pair.spun in telling]
    if not kept:
        raise LearningError("no synonym is any rarer in these texts than if they had been spun; give more text")
    write(output, render(kept, header).encode("utf-8"))
    talk.say(f"wrote {output}: {len(kept):,} entries of {len(drawn):,}")
    return 0
