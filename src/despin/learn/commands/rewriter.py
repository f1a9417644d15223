"""`despin-learn rewriter`: hand-written thesauri of lemmas in, a dictionary of all forms out. Start with `run`."""

from __future__ import annotations

import argparse
import sys
from functools import cache
from pathlib import Path

from ...dictionary.entry import Entry, parse
from ...dictionary.errors import DictionaryError
from ..errors import LearningError
from ..files import lines, write
from ..thesaurus.counted import Lemmatiser, frequent, joined
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
    parser.add_argument(
        "--counted", metavar="DICTIONARY", type=Path, help="a dictionary with counts, of which the frequent pairs join"
    )
    parser.add_argument(
        "--least",
        metavar="N",
        type=int,
        default=3,
        help="how often such a pair was seen at least, all forms of its words together (%(default)s)",
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
    sources = [*arguments.thesaurus, *filter(None, [arguments.counted])]
    output = output_of(arguments, sources, "one of the thesauri")
    header = {key: value for key, value in header_of(arguments, output).items() if value}
    if arguments.prior:
        header["prior"] = f"{arguments.prior:g}"
    if arguments.counted:
        header["partial"] = "yes"
    texts = [(path.name, "".join(lines(path))) for path in arguments.thesaurus]
    pairs = build(texts, inflector(), frequency_of())
    if not pairs:
        raise LearningError("there is no entry in these files; write lines such as 'help: lend* a hand' under [verb]")
    if arguments.counted:
        entries = _counted(arguments.counted)
        pairs = joined(pairs, frequent(entries, arguments.least, _lemmatiser()))
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


def _counted(path: Path) -> tuple[Entry, ...]:
    try:
        return parse("".join(lines(path)), str(path)).entries
    except DictionaryError as problem:
        raise LearningError(str(problem)) from problem


def _lemmatiser() -> Lemmatiser:
    lemmas = library("lemminflect").getAllLemmas

    @cache
    def lemma(word: str) -> str:
        return min((one for several in lemmas(word).values() for one in several), default=word)

    return lemma


def inflector() -> Inflector:
    """The forms of words, as lemminflect makes them."""
    forms = library("lemminflect").getInflection

    def inflect(lemma: str, tag: str) -> tuple[str, ...]:
        return tuple(forms(lemma, tag))

    return inflect


def frequency_of() -> Frequency:
    """How common words are, as wordfreq has it."""
    zipf = library("wordfreq").zipf_frequency

    @cache
    def frequency(word: str) -> float:
        return float(zipf(word, "en"))

    return frequency
