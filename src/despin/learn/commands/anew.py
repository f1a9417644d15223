"""What the commands have in common whose learners are taught by texts spun anew: plain text and pairs of texts in,
lessons out. Start reading from `lessons`."""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Protocol

from ...dictionary.dictionary import Dictionary
from ...dictionary.loading import load_files
from ...language_model.model_file import open_model
from ...text.tokens import tokenise
from ..errors import LearningError
from ..files import lines, mark
from ..weights.anew import Block, Teacher
from ..weights.examples import Example, put_back
from ..weights.hashed_odds import in_turn
from .dictionary import read_pairs
from .evidence import taught
from .shared import Talk, add_output, add_spun_copies

BATCH = 300_000  # characters read at once
TELLING = 60  # characters of a paragraph that tells a text
PAIRS = 100  # pairs read at once
COPY_RATES = (1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25)


class Learner(Protocol):
    """Whoever is taught."""

    teacher: Teacher

    def learn(self, block: Block | None) -> None:
        """Learn from the places of `block`; from none, nothing."""


Teach = Callable[[Learner], None]


def add(parser: argparse.ArgumentParser, product: str) -> None:
    """Give `parser` the options of these commands; `product` is what is written."""
    parser.add_argument("text", metavar="TEXT", nargs="+", type=Path, help="plain, .gz or .xz; UTF-8")
    add_output(parser, product)
    add_spun_copies(parser, "JSON Lines of texts and their real spun copies; their paragraphs are left out of TEXT")
    parser.add_argument("--language-model", metavar="FILE", type=Path, required=True, help="for single words alone")
    parser.add_argument("--language", metavar="CODE", default="en", help="whose dictionaries to use (%(default)s)")
    parser.add_argument("--left", metavar="N", type=int, default=4500, help="texts left to `evidence` (%(default)s)")
    parser.add_argument("--longest", metavar="N", type=int, default=12_000, help="as there (%(default)s)")


def teacher_of(arguments: argparse.Namespace, passage: tuple[int, int]) -> Teacher:
    """Who spins with all dictionaries; a `passage` has so many tokens, from the one to the other."""
    files = load_files(arguments.language)
    whole, others = (Dictionary.of(f for f in files if f.partial is flag) for flag in (False, True))
    return Teacher.of(whole, others, Dictionary.of(files), open_model(arguments.language_model), passage)


def pairs_of(arguments: argparse.Namespace, talk: Talk) -> list[tuple[str, str]]:
    """Originals and their spun copies.

    Raises
    ------
    LearningError
        A file holds none.
    OSError
    """
    skipped: Counter[str] = Counter()
    found: list[tuple[str, str]] = []
    for path in arguments.pairs:
        one = argparse.Namespace(pairs=[path], original=arguments.original, spun=arguments.spun)
        found += read_pairs(one, skipped, talk.say)
    return found


def marks(pairs: Sequence[tuple[str, str]]) -> frozenset[bytes]:
    """What tells the originals of `pairs`, for `documents` to leave them out."""
    return frozenset(mark(line) for original, _ in pairs for line in original.split("\n") if len(line) > TELLING)


def lessons(arguments: argparse.Namespace, pairs: list[tuple[str, str]], share: float, done: int) -> Iterator[Teach]:
    """What there is to learn, a batch a lesson, without the first `done`: the texts, and of the `pairs` those that
    `evidence` is not taught by, for a `share` of the size of the texts.

    Raises
    ------
    LearningError
        A text cannot be read.
    OSError
    """
    without = marks(pairs)
    texts: list[Iterator[Teach]] = [_honest(path, without) for path in arguments.text]
    sizes = [float(path.stat().st_size) for path in arguments.text]
    if pairs:
        texts.append(_copies(_not_left(pairs, arguments), random.Random(3)))
        sizes.append(sum(sizes) * share + 1)
    return islice(in_turn(texts, sizes), done, None)


def documents(path: Path, without: frozenset[bytes]) -> Iterator[list[str]]:
    """Batches of the documents of `path` that have none of the paragraphs `without`."""
    batch: list[str] = []
    document: list[str] = []
    for line in (*lines(path), ""):
        if line.strip():
            document.append(line)
            continue
        if document and not any(mark(one) in without for one in document):
            batch.append("".join(document).strip())
        document = []
        if sum(map(len, batch)) > BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def nothing() -> LearningError:
    """There is no text."""
    return LearningError("there is nothing to learn from: the texts are empty")


def _honest(path: Path, without: frozenset[bytes]) -> Iterator[Teach]:
    return (partial(_read, batch) for batch in documents(path, without))


def _read(batch: list[str], learner: Learner) -> None:
    learner.learn(learner.teacher.spin(tokenise(batch)))


def _not_left(pairs: list[tuple[str, str]], arguments: argparse.Namespace) -> list[tuple[str, str]]:
    """The pairs of other originals than those that `evidence` learns from."""
    left = {example.original for example in taught(pairs, arguments.longest, arguments.left)}
    return [pair for pair in pairs if pair[0] not in left]


def _copies(pairs: list[tuple[str, str]], chance: random.Random) -> Iterator[Teach]:
    """The spun copies of `pairs`, each at one of the rates."""
    order = chance.sample(pairs, len(pairs))
    for begin in range(0, len(order), PAIRS):
        examples = []
        for original, copy in order[begin : begin + PAIRS]:
            rate = chance.choice(COPY_RATES)
            text = copy if rate == 1 else put_back(original, copy, rate, chance)
            examples.append(Example(original, copy if text is None else text, 1.0 if text is None else rate))
        yield partial(_compare, examples)


def _compare(examples: list[Example], learner: Learner) -> None:
    learner.learn(learner.teacher.compare(examples, tokenise([one.text for one in examples])))
