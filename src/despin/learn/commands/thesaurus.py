"""`despin-learn thesaurus`: WordNet and a learned dictionary in, a broad dictionary out. Start reading from `run`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..dictionary.learn import render
from ..errors import LearningError
from ..files import write
from ..thesaurus.learn import ORIGINALS, Account, learn
from ..thesaurus.near_words import Inflect, Zipf, offered
from ..thesaurus.wordnet import read
from .shared import Talk, add_output, entries_of, library, output_of, table

WORDNET = Path("/usr/share/wordnet")  # where Debian's wordnet-base puts it
LICENCE = "WordNet 3.0 licence, Copyright 2006 by Princeton University (see NOTICE); our part: Apache-2.0"
HEADER = {
    "name": "thesaurus",
    "family": "thesaurus",
    "source": "near words of WordNet 3.0 (Princeton University), weighed by what a learned dictionary shows",
    "licence": LICENCE,
    "partial": "yes",
    "reserve": "yes",
}
HEADER_ROOM = 1000  # bytes


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Make a broad dictionary from WordNet: which common word a rare one may stand for. How much each kind of "
        "nearness and frequency counts is fitted on EXAMPLE, a dictionary that was learned from parallel text."
    )
    parser.add_argument("example", metavar="EXAMPLE", type=Path, help="such as dictionaries/en/web.tsv")
    add_output(parser, "the dictionary (.tsv)")
    parser.add_argument("--wordnet", metavar="DIR", type=Path, default=WORDNET, help="its data files (%(default)s)")
    parser.add_argument("--max-bytes", metavar="N", type=int, default=6_000_000, help="of the dictionary (%(default)s)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make a thesaurus as `arguments` say.

    Raises
    ------
    LearningError
        WordNet or the example cannot be used, or a library is missing.
    OSError
    """
    example: Path = arguments.example
    output = output_of(arguments, [example], "EXAMPLE")
    if arguments.max_bytes <= HEADER_ROOM:
        raise LearningError(f"--max-bytes {arguments.max_bytes}: too little; the header alone takes {HEADER_ROOM}")
    entries = entries_of(example)
    zipf, inflect = _zipf(), _inflect()
    talk = Talk(arguments.quiet)
    talk.progress("reading WordNet")
    wordnet = read(arguments.wordnet)
    talk.progress("near words: in all their forms")
    pairs = offered(wordnet, zipf, inflect)
    talk.progress(f"weighing: {len(pairs):,} pairs")
    lines, account = learn(pairs, entries, arguments.max_bytes - HEADER_ROOM)
    talk.done()
    header = HEADER | {"name": output.name.partition(".")[0], "family": output.name.partition(".")[0]}
    write(output, render(lines, header).encode("utf-8"))
    for line in _table(account):
        talk.say(line)
    talk.say(f"wrote {output}: {len(lines):,} entries")
    return 0


def _zipf() -> Zipf:
    frequency = library("wordfreq").zipf_frequency
    return lambda phrase: float(frequency(phrase, "en"))


def _inflect() -> Inflect:
    forms = library("lemminflect").getInflection

    def inflect(lemma: str, tag: str) -> Sequence[str]:
        # Only nouns and verbs are inflected by rule: of adjectives the rules would make *importanter*.
        return tuple(forms(lemma, tag, inflect_oov=tag[0] in "NV"))

    return inflect


def _table(account: Account) -> list[str]:
    rows = [
        ("pairs of forms that WordNet offers", f"{account.offered:,}"),
        ("entries of EXAMPLE among them", f"{account.known:,}"),
        ("by occurrence", f"{account.covered:.0%}"),
        ("spun phrases", f"{account.spun:,}"),
        ("of entries not fitted on, in the file", f"{account.kept:,} of {account.held_out:,}"),
        ("commonest original ranked first", f"{account.first:.0%}"),
        (f"among the first {ORIGINALS}", f"{account.top:.0%}"),
        *((f"weight: {name}", f"{weight:+.2f}") for name, weight in account.weights.items()),
    ]
    return table(rows, 16)
