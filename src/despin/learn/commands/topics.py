"""`despin-learn topics`: plain text in, word vectors for what goes together in a text out. Start reading from `run`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from ...dictionary.loading import load_files
from ...language_model.word_vectors import WordVectors
from ...text.tokens import tokenise
from ..files import lines, mark, paragraphs, read_arrays, write_arrays
from ..weights.topics import learn
from .shared import Talk, add_output, output_of

BATCH = 4_000_000  # characters read at once


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Learn which words go together in a text, from plain text: one paragraph a line, a blank line between "
        "documents. The vectors are given to `evidence`, which puts them beside its weights."
    )
    parser.add_argument("text", metavar="TEXT", nargs="+", type=Path, help="plain, .gz or .xz; UTF-8")
    add_output(parser, "the vectors (.npz)")
    parser.add_argument("--language", metavar="CODE", default="en", help="whose dictionaries to use (%(default)s)")
    parser.add_argument(
        "--longest", metavar="M", type=float, default=100.0,
        help="read so many million characters of each file at most (%(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--without", metavar="PAIRS", action="append", default=[], type=Path,
        help="leave out the paragraphs of these originals (JSON Lines), those that `evidence` learns from",
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Learn word vectors as `arguments` say.

    Raises
    ------
    LearningError
        There is nothing to learn from.
    OSError
    """
    output = output_of(arguments)
    talk = Talk(arguments.quiet)
    phrases = {
        phrase
        for source in load_files(arguments.language)
        for entry in source.entries
        for phrase in (entry.spun, entry.original)
    }
    wanted = np.unique(tokenise(sorted(phrases)).word)
    without = paragraphs(arguments.without)
    documents = partial(_documents, arguments.text, without, int(arguments.longest * 1e6))
    topics = learn(documents, wanted, talk.say)
    write_arrays(output, topics.arrays)
    talk.say(f"wrote {output}: {len(topics.words):,} words")
    return 0


def read(path: Path) -> WordVectors:
    """The vectors in the file at `path`.

    Raises
    ------
    LearningError
        It holds none.
    OSError
    """
    return read_arrays(path, WordVectors.of, "make them by: topics")


def _documents(paths: list[Path], without: frozenset[bytes], longest: int) -> Iterator[list[str]]:
    """Batches of the documents of `paths`, at most `longest` characters of each file."""
    for path in paths:
        batch: list[str] = []
        document: list[str] = []
        size = total = 0
        for line in lines(path):
            if line.strip():
                if not without or mark(line) not in without:
                    document.append(line)
                    size += len(line)
                continue
            if document:
                batch.append("".join(document))
                document = []
            if size > BATCH:
                yield batch
                batch, total, size = [], total + size, 0
                if total > longest:
                    break
        if document:
            batch.append("".join(document))
        if batch:
            yield batch
