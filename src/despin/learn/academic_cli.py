"""`despin-learn academic`: listed tortured phrases in, their makers' dictionary out. Start reading from `run`."""

from __future__ import annotations

import argparse
import io
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from ..dictionary import DictionaryError, parse
from ..proposals import columns
from . import vectors as word_vectors
from .academic import Account, Forms, Inflect, learn
from .dictionary import render
from .dictionary_cli import Talk
from .files import lines, write
from .language_model import LearningError
from .similar import Graph
from .terms import Listed, read
from .vectors import Vectors

MOST_WORDS = 160_000  # of wordfreq's list; beyond stand names and words of other languages


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Learn which words the makers of tortured phrases put for which, from a list of such phrases beside the terms "
        "they stand for: lines of phrase, term and number of papers, separated by tabs. With plain text of papers, "
        "what words never listed may stand for is proposed too, into a file .npz beside FILE."
    )
    parser.add_argument("phrases", metavar="PHRASES", type=Path, help="the list (.tsv)")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="the dictionary (.tsv)")
    parser.add_argument("--papers", metavar="TEXT", type=Path, action="append", default=[], help="plain text of papers")
    parser.add_argument("--corpus", metavar="TEXT", type=Path, action="append", default=[], help="other plain text")
    parser.add_argument(
        "--like", metavar="DICTIONARY", type=Path, action="append", default=[], help="dictionaries of other spinners"
    )
    parser.add_argument(
        "--vectors", metavar="FILE", type=Path, help="take the word vectors from here, or keep them here (.npz)"
    )
    parser.add_argument("--source", metavar="TEXT", help="where the list is from; it goes into the file's header")
    parser.add_argument("--licence", metavar="TEXT", help="of the dictionary; it goes into the file's header")
    parser.add_argument("--quiet", action="store_true", help="say nothing but errors")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Learn as `arguments` say.

    Raises
    ------
    LearningError
        The list or another file cannot be used, or a library is missing.
    OSError
    """
    output: Path = arguments.output
    if not output.parent.is_dir():
        raise LearningError(f"{output.parent}: no such folder; make it first")
    for path in (arguments.phrases, *arguments.like):
        if output.is_file() and path.is_file() and output.samefile(path):
            raise LearningError(f"{path}: this is one of the inputs; write the dictionary to another file")
    for name in ("source", "licence"):
        if len((getattr(arguments, name) or "").splitlines()) > 1:
            raise LearningError(f"--{name}: the text must be one line")
    held = arguments.vectors is not None and arguments.vectors.is_file()
    if (arguments.corpus or arguments.like or arguments.vectors) and not (arguments.papers or held):
        raise LearningError("--corpus, --like and --vectors are for proposals, and these need --papers TEXT as well")
    talk = Talk(arguments.quiet)
    listed, dropped = read(lines(arguments.phrases))
    if not listed:
        raise LearningError(
            f"{arguments.phrases}: there is no phrase with its term; lines look like: bosom peril TAB breast cancer"
        )
    forms, inflect = word_forms()
    graphs = [graph(path) for path in arguments.like]
    found = None
    if arguments.papers or held:
        found = vectors_of(listed, arguments.papers, arguments.corpus, talk, arguments.vectors)
    result = learn(listed, forms, inflect, found, graphs, talk.progress)
    talk.done()
    result.account.dropped = dropped
    family = output.name.partition(".")[0]
    header = {
        "name": family, "family": family, "partial": "yes", "licence": arguments.licence,
        "source": arguments.source or f"{len(listed):,} listed phrases and the terms they stand for",
    }  # fmt: skip
    write(output, render(result.entries, header).encode("utf-8"))
    if result.proposals:
        data = io.BytesIO()
        np.savez_compressed(data, **columns(result.proposals, {"source": header["source"]}))  # type: ignore[arg-type]
        write(output.with_suffix(".npz"), data.getvalue())
    for line in _table(result.account):
        talk.say(line)
    talk.say(f"wrote {output}: {len(result.entries):,} entries")
    if result.proposals:
        talk.say(f"wrote {output.with_suffix('.npz')}: proposals for {len(result.proposals):,} words")
    return 0


def word_forms() -> tuple[Forms, Inflect]:
    """Readings of a word as (Penn tag, lemma), and forms of a lemma; both from lemminflect.

    Raises
    ------
    LearningError
        It is not installed.
    """
    try:
        library = import_module("lemminflect")
    except ImportError as error:
        raise LearningError("lemminflect is not installed; install despin[learn]") from error

    @cache
    def readings(word: str) -> Sequence[tuple[str, str]]:
        found: dict[tuple[str, str], None] = {}
        for part, lemmas in library.getAllLemmas(word).items():
            for lemma in lemmas[:1]:
                known = library.getAllInflections(lemma, part)
                for tag in [tag for tag, those in known.items() if word in those] or (["NN"] if part == "NOUN" else []):
                    found[tag, lemma] = None
        return tuple(found)

    @cache
    def inflect(lemma: str, tag: str) -> Sequence[str]:
        return tuple(library.getInflection(lemma, tag, inflect_oov=False))

    return readings, inflect


def graph(path: Path) -> Graph:
    """What the dictionary at `path` says of single words: spun → original → P(original | spun).

    Raises
    ------
    LearningError
        It is no dictionary.
    OSError
    """
    try:
        entries = parse(path.read_text(encoding="utf-8-sig"), str(path)).entries
    except UnicodeDecodeError as problem:
        raise LearningError(f"{path}: byte {problem.start} is not UTF-8; save the file as UTF-8") from None
    except DictionaryError as problem:
        raise LearningError(str(problem)) from None
    counts: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for entry in entries:
        if entry.spun.isalpha() and entry.original.isalpha():
            counts[entry.spun][entry.original] = float(entry.seen or 1)
    return {spun: {o: n / sum(those.values()) for o, n in those.items()} for spun, those in counts.items()}


def vectors_of(
    listed: Sequence[Listed], papers: Sequence[Path], others: Sequence[Path], talk: Talk, kept: Path | None = None
) -> Vectors:
    """Vectors of wordfreq's words and of those in `listed`, from the texts at `papers` and `others`.

    If the file `kept` is there, they are taken from it; if not, they are put there.

    Raises
    ------
    LearningError
        wordfreq is missing, or `kept` holds something else.
    OSError
    """
    if kept is not None and kept.is_file():
        try:
            with kept.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return Vectors.of({name: arrays[name] for name in arrays})
        except (ValueError, KeyError, EOFError, BadZipFile, zlib.error) as problem:
            raise LearningError(f"{kept}: these are no word vectors ({problem}); remove the file") from None
    try:
        frequent = import_module("wordfreq").top_n_list("en", MOST_WORDS)
    except ImportError as error:
        raise LearningError("wordfreq is not installed; install despin[learn]") from error
    wanted = frozenset(word for one in listed for words in (one.spun, *one.terms) for word in words if word.isalpha())
    words = [word for word in frequent if word.isalpha() and word.isascii()]
    found = word_vectors.learn(words, wanted, _paragraphs(papers), _paragraphs(others), talk.progress)
    if kept is not None:
        data = io.BytesIO()
        np.savez(data, **found.arrays())  # type: ignore[arg-type]
        write(kept, data.getvalue())
    return found


def _paragraphs(paths: Sequence[Path]) -> Iterator[str]:
    for path in paths:
        yield from lines(path)


def _table(account: Account) -> list[str]:
    rows = [
        ("phrases with a term", account.phrases),
        ("lines without", account.dropped),
        ("blocks", account.blocks),
        ("distinct", account.distinct),
        ("entries", account.entries),
        ("other forms of what was seen", account.forms),
        ("for words never seen", account.guessed),
        ("words with proposals", account.words),
    ]
    width = max(len(name) for name, _ in rows)
    return [f"{name:<{width}}{count:>12,}" for name, count in rows]
