"""`despin-learn reader`: plain text and pairs of texts in, the weights of the reader out. Start reading from `run`."""

from __future__ import annotations

import argparse
import json

import numpy as np

from ...restoration.reader import WordClasses
from ...text.tokens import tokenise
from ..files import write_arrays
from ..weights.reader import BITS, LAST_STEP, PASSAGE, STEP, Learner
from ..weights.word_classes import Counter
from . import anew
from .shared import Talk, output_of

FIRST = 40_000_000  # characters in which the commonest words are looked for
COPIES = 0.1  # of the size of all texts
CHECKPOINT = 200  # steps after which one is written


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Teach the reader which originals stand in which surroundings, from plain text (one paragraph a line, a blank "
        "line between documents), which is spun anew by the shipped dictionaries, and from texts beside their spun "
        "copies. What `evidence` is to learn from is left out. Goes on from its last checkpoint, OUTPUT.checkpoint, if "
        "there is one."
    )
    anew.add(parser, "the weights (.npz)")
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
    pairs = anew.pairs_of(arguments, talk)
    classes = _classes(arguments, anew.marks(pairs), talk)
    teacher = anew.teacher_of(arguments, PASSAGE)
    learner = Learner.of(teacher, classes, arguments.bits)
    checkpoint = output.with_name(output.name + ".checkpoint")
    if checkpoint.exists():
        with np.load(checkpoint, allow_pickle=False) as state:
            learner.resume(state)
    for teach in anew.lessons(arguments, pairs, COPIES, teacher.blocks):
        learner.step = max(STEP * (1 - teacher.words / arguments.words), LAST_STEP)
        teach(learner)
        talk.progress(f"reading: {teacher.words:,} words, loss {learner.loss:.3f} nats a place")
        if teacher.blocks % CHECKPOINT == 0:
            write_arrays(checkpoint, learner.state)
        if teacher.words >= arguments.words:
            break
    talk.done()
    if not teacher.words:
        raise anew.nothing()
    digests = dict(teacher.everything.dictionary.digests)
    texts_read = [path.name for path in (*arguments.text, *arguments.pairs)]
    made = learner.learned({"texts": texts_read, "words": teacher.words, "dictionaries": digests})
    write_arrays(output, {**made.arrays, "provenance": np.array(json.dumps(dict(made.provenance)))})
    checkpoint.unlink(missing_ok=True)
    talk.say(f"wrote {output}: {teacher.words:,} words")
    return 0


def _classes(arguments: argparse.Namespace, without: frozenset[bytes], talk: Talk) -> WordClasses:
    """The commonest words, by their neighbours."""
    talk.progress("classes of words")
    first: list[str] = []
    for path in arguments.text:
        size, share = 0, FIRST // len(arguments.text)
        for batch in anew.documents(path, without):
            first += batch
            size += sum(map(len, batch))
            if size > share:
                break
    if not first:
        raise anew.nothing()
    tokens = tokenise(first)
    neighbours = Counter.of(tokens)
    neighbours.count(tokens)
    return neighbours.learned()
