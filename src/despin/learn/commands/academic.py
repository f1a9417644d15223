"""`despin-learn academic`: listed tortured phrases in, their makers' dictionary out. Start reading from `run`."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from ...dictionary.proposals import columns
from ..academic import vectors as word_vectors
from ..academic.learn import Account, Forms, Inflect, learn
from ..academic.similar import Graph
from ..academic.terms import Listed, read
from ..academic.vectors import Vectors
from ..dictionary.learn import render
from ..errors import LearningError
from ..files import lines, read_arrays, write, write_arrays
from .shared import Talk, add_output, entries_of, header_of, library, output_of, table

MOST_WORDS = 160_000  # of wordfreq's list; beyond stand names and words of other languages


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Learn which words the makers of tortured phrases put for which, from a list of such phrases beside the terms "
        "they stand for: lines of phrase, term and number of papers, separated by tabs. With plain text of papers, "
        "what words never listed may stand for is proposed too, into a file .npz beside FILE."
    )
    parser.add_argument("phrases", metavar="PHRASES", type=Path, help="the list (.tsv)")
    add_output(parser, "the dictionary (.tsv)")
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
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Learn as `arguments` say.

    Raises
    ------
    LearningError
        The list or another file cannot be used, or a library is missing.
    OSError
    """
    output = output_of(arguments, [arguments.phrases, *arguments.like])
    header = header_of(arguments, output) | {"partial": "yes"}
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
    header["source"] = source = arguments.source or f"{len(listed):,} listed phrases and the terms they stand for"
    write(output, render(result.entries, header).encode("utf-8"))
    if result.proposals:
        write_arrays(output.with_suffix(".npz"), columns(result.proposals, {"source": source}))
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
    lemminflect = library("lemminflect")

    @cache
    def readings(word: str) -> Sequence[tuple[str, str]]:
        found: dict[tuple[str, str], None] = {}
        for part, lemmas in lemminflect.getAllLemmas(word).items():
            for lemma in lemmas[:1]:
                known = lemminflect.getAllInflections(lemma, part)
                for tag in [tag for tag, those in known.items() if word in those] or (["NN"] if part == "NOUN" else []):
                    found[tag, lemma] = None
        return tuple(found)

    @cache
    def inflect(lemma: str, tag: str) -> Sequence[str]:
        return tuple(lemminflect.getInflection(lemma, tag, inflect_oov=False))

    return readings, inflect


def graph(path: Path) -> Graph:
    """What the dictionary at `path` says of single words: spun → original → P(original | spun).

    Raises
    ------
    LearningError
        It is no dictionary.
    OSError
    """
    counts: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for entry in entries_of(path):
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
        return read_arrays(kept, Vectors.of, "remove the file")
    frequent = library("wordfreq").top_n_list("en", MOST_WORDS)
    wanted = frozenset(word for one in listed for words in (one.spun, *one.terms) for word in words if word.isalpha())
    words = [word for word in frequent if word.isalpha() and word.isascii()]
    found = word_vectors.learn(words, wanted, _paragraphs(papers), _paragraphs(others), talk.progress)
    if kept is not None:
        write_arrays(kept, found.arrays())
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
    return table([(name, f"{count:,}") for name, count in rows])
