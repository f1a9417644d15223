"""`despin-learn reader`: plain text and pairs of texts in, the weights of the reader out. Start reading from `run`."""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from ...dictionary.dictionary import Dictionary
from ...dictionary.loading import load_files
from ...language_model.model_file import open_model
from ...text.tokens import tokenise
from ..errors import LearningError
from ..files import lines, mark, write_arrays
from ..weights.examples import Example, put_back
from ..weights.hashed_odds import in_turn
from ..weights.reader import BITS, LAST_STEP, STEP, Learner
from ..weights.word_classes import Counter as Neighbours
from .dictionary import read_pairs
from .evidence import taught
from .shared import Talk, add_output, add_spun_copies, output_of

BATCH = 300_000  # characters read at once
FIRST = 40_000_000  # characters in which the commonest words are looked for
TELLING = 60  # characters of a paragraph that tells a text
PAIRS = 100  # pairs read at once
COPY_RATES = (1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25)
CHECKPOINT = 200  # steps after which one is written

Teach = Callable[[Learner], None]


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Teach the reader which originals stand in which surroundings, from plain text (one paragraph a line, a blank "
        "line between documents), which is spun anew by the shipped dictionaries, and from texts beside their spun "
        "copies. What `evidence` is to learn from is left out. Goes on from its last checkpoint, OUTPUT.checkpoint, if "
        "there is one."
    )
    parser.add_argument("text", metavar="TEXT", nargs="+", type=Path, help="plain, .gz or .xz; UTF-8")
    add_output(parser, "the weights (.npz)")
    add_spun_copies(parser, "JSON Lines of texts and their real spun copies; their paragraphs are left out of TEXT")
    parser.add_argument("--language-model", metavar="FILE", type=Path, required=True, help="for single words alone")
    parser.add_argument("--language", metavar="CODE", default="en", help="whose dictionaries to use (%(default)s)")
    parser.add_argument("--left", metavar="N", type=int, default=4500, help="texts left to `evidence` (%(default)s)")
    parser.add_argument("--longest", metavar="N", type=int, default=12_000, help="as there (%(default)s)")
    parser.add_argument("--words", metavar="N", type=int, default=60_000_000, help="at most so many (%(default)s)")
    parser.add_argument("--bits", metavar="N", type=int, default=BITS, help="log2 of the weights (%(default)s)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Teach the reader as `arguments` say.

    Raises
    ------
    LearningError
        There is nothing to learn from.
    OSError
    """
    output = output_of(arguments, [*arguments.text, *arguments.pairs])
    talk = Talk(arguments.quiet)
    pairs = _pairs(arguments, talk)
    without = frozenset(mark(line) for original, _ in pairs for line in original.split("\n") if len(line) > TELLING)
    learner = _learner(arguments, without, talk)
    checkpoint = output.with_name(output.name + ".checkpoint")
    if checkpoint.exists():
        with np.load(checkpoint, allow_pickle=False) as state:
            learner.resume(state)
    texts: list[Iterator[Teach]] = [_honest(path, without) for path in arguments.text]
    sizes = [float(path.stat().st_size) for path in arguments.text]
    if pairs:
        texts.append(_copies(_not_left(pairs, arguments), random.Random(3)))
        sizes.append(sum(sizes) * 0.1 + 1)
    for teach in islice(in_turn(texts, sizes), learner.blocks, None):
        learner.step = max(STEP * (1 - learner.words / arguments.words), LAST_STEP)
        teach(learner)
        talk.progress(f"reading: {learner.words:,} words, loss {learner.loss:.3f} nats a place")
        if learner.blocks % CHECKPOINT == 0:
            write_arrays(checkpoint, learner.state)
        if learner.words >= arguments.words:
            break
    talk.done()
    if not learner.words:
        raise LearningError("there is nothing to learn from: the texts are empty")
    digests = dict(learner.everything.dictionary.digests)
    texts_read = [path.name for path in (*arguments.text, *arguments.pairs)]
    made = learner.learned({"texts": texts_read, "words": learner.words, "dictionaries": digests})
    write_arrays(output, {**made.arrays, "provenance": np.array(json.dumps(dict(made.provenance)))})
    checkpoint.unlink(missing_ok=True)
    talk.say(f"wrote {output}: {learner.words:,} words")
    return 0


def _learner(arguments: argparse.Namespace, without: frozenset[bytes], talk: Talk) -> Learner:
    """One that has learned nothing but classes of words."""
    talk.progress("classes of words")
    first: list[str] = []
    for path in arguments.text:
        size, share = 0, FIRST // len(arguments.text)
        for batch in _documents(path, without):
            first += batch
            size += sum(map(len, batch))
            if size > share:
                break
    if not first:
        raise LearningError("there is nothing to learn from: the texts are empty")
    tokens = tokenise(first)
    neighbours = Neighbours.of(tokens)
    neighbours.count(tokens)
    files = load_files(arguments.language)
    whole, others = (Dictionary.of(f for f in files if f.partial is flag) for flag in (False, True))
    model = open_model(arguments.language_model)
    return Learner.of(whole, others, Dictionary.of(files), model, neighbours.learned(), arguments.bits)


def _documents(path: Path, without: frozenset[bytes]) -> Iterator[list[str]]:
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


def _honest(path: Path, without: frozenset[bytes]) -> Iterator[Teach]:
    return (partial(_read, batch) for batch in _documents(path, without))


def _read(batch: list[str], learner: Learner) -> None:
    learner.read(tokenise(batch))


def _pairs(arguments: argparse.Namespace, talk: Talk) -> list[tuple[str, str]]:
    skipped: Counter[str] = Counter()
    found: list[tuple[str, str]] = []
    for path in arguments.pairs:
        one = argparse.Namespace(pairs=[path], original=arguments.original, spun=arguments.spun)
        found += read_pairs(one, skipped, talk.say)
    return found


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
    learner.compare(examples, tokenise([one.text for one in examples]))
