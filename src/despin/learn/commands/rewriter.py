"""`despin-learn rewriter`: hand-written thesauri of lemmas in, a dictionary of all forms out. Start with `run`."""

from __future__ import annotations

import argparse
import sys
from functools import cache
from pathlib import Path

from ..errors import LearningError
from ..files import lines, write
from ..thesaurus.rewriter import Frequency, Inflector, build, render
from .shared import add_header, add_output, header_of, library, output_of


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Make a dictionary from hand-written thesauri: lines 'original: spun, spun, …' under parts of speech, as "
        "dictionaries/README.md tells. Inflected forms are made by lemminflect (English)."
    )
    parser.add_argument("thesaurus", metavar="THESAURUS", nargs="+", type=Path, help="text files; UTF-8")
    add_output(parser, "the dictionary (.tsv)")
    add_header(parser, "written by hand", "unknown")
    parser.add_argument(
        "--prior", metavar="P", type=_share, help="P(spun | original) of each entry; goes into the file's header"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make a dictionary as `arguments` say.

    Raises
    ------
    LearningError
        A thesaurus is not of the format, or a library is missing.
    OSError
    """
    output = output_of(arguments, arguments.thesaurus, "one of the thesauri")
    header = {key: value for key, value in header_of(arguments, output).items() if value}
    if arguments.prior:
        header["prior"] = f"{arguments.prior:g}"
    texts = [(path.name, "".join(lines(path))) for path in arguments.thesaurus]
    pairs = build(texts, _inflector(), _frequency())
    if not pairs:
        raise LearningError("there is no entry in these files; write lines such as 'help: lend* a hand' under [verb]")
    write(output, render(pairs, header).encode("utf-8"))
    if not arguments.quiet:
        print(f"wrote {output}: {len(pairs):,} entries", file=sys.stderr)
    return 0


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share between 0 and 1")
    return share


def _inflector() -> Inflector:
    forms = library("lemminflect").getInflection

    def inflect(lemma: str, tag: str) -> tuple[str, ...]:
        return tuple(forms(lemma, tag))

    return inflect


def _frequency() -> Frequency:
    zipf = library("wordfreq").zipf_frequency

    @cache
    def frequency(word: str) -> float:
        return float(zipf(word, "en"))

    return frequency
