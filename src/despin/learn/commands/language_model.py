"""`despin-learn language-model`: plain text → an n-gram model. Start reading from `run`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...language_model.model_file import open_model
from ..errors import LearningError
from ..files import lines, mark, paragraphs, write
from ..language_model.counts import read
from ..language_model.learn import Corpus, Foretold, Frequencies, Options, foretell, frequencies, learn
from ..language_model.pack import serialise
from .shared import add_output, output_of

# What a word of each corpus counts. The encyclopaedia and the abstracts are many words of a register that spinners
# seldom meet; news and blogs are what they feed on.
WEIGHTS = {
    "arxiv": 0.4, "blogs": 1.5, "guardian": 1.5, "imdb": 0.7, "reddit": 0.8, "ted_talks": 1.0, "wikipedia": 0.5,
}  # fmt: skip
WORDFREQ_AT_LEAST = 100_000  # beyond, wordfreq's list is mostly names and words of other languages
WORDFREQ_CREDIT = (
    "Word frequencies: wordfreq, Copyright 2022 Robyn Speer (https://github.com/rspeer/wordfreq), data under "
    "CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/); with data from Google Books Ngrams "
    "(http://books.google.com/ngrams), the Leeds Internet Corpus (http://corpus.leeds.ac.uk/list.html), Wikipedia "
    "(http://www.wikipedia.org), ParaCrawl (https://paracrawl.eu), OPUS OpenSubtitles 2018 "
    "(http://opus.nlpl.eu/OpenSubtitles.php, http://www.opensubtitles.org/) and SUBTLEX (Marc Brysbaert et al., freely "
    "available, http://crr.ugent.be/programs-data/subtitle-frequencies)"
)


def _weight(text: str) -> tuple[str, float]:
    name, sign, number = text.rpartition("=")
    try:
        weight = float(number)
    except ValueError:
        sign = ""
        weight = 0.0
    if not (sign and name and 0 < weight < float("inf")):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=WEIGHT with a weight above 0, such as blogs=1.5")
    return name, weight


def _positive(text: str) -> int:
    try:
        number = int(text.replace(",", "").replace("_", ""))
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return number


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0 to below 1")
    return share


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    usual = Options()
    parser.description = "Learn a language model from plain text, one paragraph a line, a blank line between documents."
    parser.add_argument("text", metavar="TEXT", nargs="+", type=Path, help="plain, .gz or .xz; UTF-8")
    add_output(parser, "the model")
    parser.add_argument(
        "--order", type=_positive, default=usual.order, help="words of the longest n-gram (%(default)s)"
    )
    parser.add_argument(
        "--vocabulary",
        metavar="N",
        type=_positive,
        default=usual.vocabulary,
        help="so many words at most (%(default)s)",
    )
    parser.add_argument(
        "--min-count",
        metavar="N",
        type=_positive,
        default=usual.min_count,
        help="a word seen less often is unknown (%(default)s)",
    )
    parser.add_argument(
        "--max-bytes", metavar="N", type=_positive, default=usual.max_bytes, help="size of the model (%(default)s)"
    )
    parser.add_argument(
        "--weight", metavar="NAME=W", type=_weight, action="append", default=[],
        help="what a word of the text NAME (its file name up to the first dot) counts; usually 1, but "
        + ", ".join(f"{name} {weight:g}" for name, weight in WEIGHTS.items()),
    )  # fmt: skip
    parser.add_argument(
        "--wordfreq-weight", metavar="W", type=_share, default=usual.prior_weight,
        help="share of wordfreq's frequencies in those of single words; 0: do without (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--language", metavar="CODE", default="en", help="of wordfreq's frequencies (%(default)s)")
    parser.add_argument(
        "--held-out",
        metavar="N",
        type=_positive,
        help="keep back each N-th document, and print how well the model foretells them",
    )
    parser.add_argument(
        "--without", metavar="PAIRS", action="append", default=[], type=Path,
        help="leave out the paragraphs of these originals (JSON Lines), for a model to learn `evidence` with",
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Learn a language model as `arguments` say.

    Raises
    ------
    LearningError
        There is no text, or the options cannot be met.
    OSError
    """

    def report(line: str) -> None:
        if not arguments.quiet:
            print(line, file=sys.stderr, flush=True)

    options = Options(
        arguments.order, arguments.vocabulary, arguments.min_count, arguments.max_bytes, arguments.wordfreq_weight
    )
    weights = WEIGHTS | dict(arguments.weight)
    names = [_stem(path) for path in arguments.text]
    for name, _ in arguments.weight:
        if name not in names:
            raise LearningError(f"--weight {name}: no such text; there are {', '.join(names)}")
    output = output_of(arguments)
    elsewhere = None
    if arguments.wordfreq_weight:
        elsewhere = _wordfreq(arguments.language)
    without = paragraphs(arguments.without)
    corpora, kept_back = [], []
    for name, path in zip(names, arguments.text, strict=True):
        held: list[str] = []
        stream = read(_training(path, arguments.held_out, held, without, not arguments.quiet))
        weight = weights.get(name, 1.0)
        report(f"read {name}: {stream.tokens:,} tokens, weight {weight:g}")
        corpora.append(Corpus(name, weight, stream))
        kept_back.append((name, read(held)))
    model = learn(corpora, options, elsewhere, report)
    del corpora
    data = serialise(model)
    if len(data) > options.max_bytes:
        raise LearningError(f"the model takes {len(data):,} bytes, more than {options.max_bytes:,}; please report this")
    write(output, data)
    report(f"wrote {output}: {len(data):,} bytes")
    if arguments.held_out:
        _print_table([(name, foretell(open_model(output), stream)) for name, stream in kept_back])
    return 0


def _print_table(rows: Sequence[tuple[str, Foretold]]) -> None:
    if sys.stdout is None:
        raise LearningError("standard output is closed, so the table of --held-out cannot be printed")
    total = Foretold(*(sum(getattr(one, name) for _, one in rows) for name in Foretold.__slots__))
    print(f"{'held out':<16}{'tokens':>12}{'unknown':>9}{'perplexity':>12}")
    for name, one in [*rows, ("all", total)]:
        share = one.unknown / max(one.tokens, 1)
        print(f"{name:<16}{one.tokens:>12,}{share:>9.2%}{one.perplexity:>12.1f}")


def _wordfreq(language: str) -> Frequencies:
    try:
        import wordfreq
    except ImportError as error:
        raise LearningError(
            "wordfreq is not installed; install it with: pip install wordfreq, or do without by --wordfreq-weight 0"
        ) from error
    try:
        table = wordfreq.get_frequency_dict(language, "best")
    except LookupError as error:
        raise LearningError(
            f"wordfreq knows nothing of the language {language!r}; do without by --wordfreq-weight 0"
        ) from error
    ordered = sorted(table.items(), key=lambda pair: (-pair[1], pair[0]))
    return frequencies(ordered, WORDFREQ_AT_LEAST, WORDFREQ_CREDIT)


# --- files -----------------------------------------------------------------------------------------------------


def _stem(path: Path) -> str:
    return path.name.partition(".")[0]


def _training(
    path: Path, held_out: int | None, held: list[str], without: frozenset[bytes], talk: bool
) -> Iterator[str]:
    """The paragraphs of `path` but those in `without`, and those of each `held_out`-th document, which go to `held`."""
    document, blank = 0, True
    size = 0
    show = talk and sys.stderr.isatty()
    for number, line in enumerate(lines(path), start=1):
        size += len(line)
        if show and number % 20_000 == 0:
            print(f"\r{path}: {size / 1e6:,.0f} M characters", end="", file=sys.stderr, flush=True)
        if not line.strip():
            blank = True
            continue
        document += blank
        blank = False
        if held_out and document % held_out == 0:
            held.append(line)
        elif not without or mark(line) not in without:
            yield line
    if show:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
