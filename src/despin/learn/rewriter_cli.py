"""`despin-learn rewriter`: hand-written thesauri of lemmas in, a dictionary of all forms out. Start with `run`."""

from __future__ import annotations

import argparse
import importlib
import sys
from functools import cache
from pathlib import Path

from .files import lines, write
from .language_model import LearningError
from .rewriter import Frequency, Inflector, build, render


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Make a dictionary from hand-written thesauri: lines 'original: spun, spun, …' under parts of speech, as "
        "dictionaries/README.md tells. Inflected forms are made by lemminflect (English)."
    )
    parser.add_argument("thesaurus", metavar="THESAURUS", nargs="+", type=Path, help="text files; UTF-8")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="the dictionary (.tsv)")
    parser.add_argument("--family", metavar="NAME", help="the kind of spinner (usually the name of FILE)")
    parser.add_argument("--name", help="what the dictionary is called (usually the family)")
    parser.add_argument(
        "--source", metavar="TEXT", default="written by hand", help="goes into the file's header (%(default)s)"
    )
    parser.add_argument("--licence", metavar="TEXT", default="unknown", help="goes into the file's header")
    parser.add_argument(
        "--prior", metavar="P", type=_share, help="P(spun | original) of each entry; goes into the file's header"
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing but errors")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make a dictionary as `arguments` say.

    Raises
    ------
    LearningError
        A thesaurus is not of the format, or a library is missing.
    OSError
    """
    output: Path = arguments.output
    if not output.parent.is_dir():
        raise LearningError(f"{output.parent}: no such folder; make it first")
    for path in arguments.thesaurus:
        if path.is_file() and output.is_file() and path.samefile(output):
            raise LearningError(f"{path}: this is one of the thesauri; write the dictionary to another file")
    family = arguments.family or output.name.partition(".")[0]
    header = {"name": arguments.name or family, "family": family, "source": arguments.source}
    header["licence"] = arguments.licence
    for key, value in header.items():
        if len(value.splitlines()) != 1:
            raise LearningError(f"--{key}: the text must be one line")
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
    try:
        library = importlib.import_module("lemminflect")
    except ImportError as error:
        raise LearningError("lemminflect is not installed; install despin[learn]") from error

    def inflect(lemma: str, tag: str) -> tuple[str, ...]:
        return tuple(library.getInflection(lemma, tag))

    return inflect


def _frequency() -> Frequency:
    try:
        wordfreq = importlib.import_module("wordfreq")
    except ImportError as error:
        raise LearningError("wordfreq is not installed; install despin[learn]") from error

    @cache
    def frequency(word: str) -> float:
        return float(wordfreq.zipf_frequency(word, "en"))

    return frequency
