"""`despin-learn evidence`: pairs of texts and a language model in, weights out. Start reading from `run`."""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np

from ...decoding.entry_priors import SCALE
from ...dictionary.dictionary import Dictionary
from ...dictionary.loading import load_files
from ...language_model.model_file import open_model
from ...restoration.encoder import Encoder
from ...restoration.reader import Reader
from ..errors import LearningError
from ..files import write_arrays
from ..weights.evidence import EvidenceLearningError, Known, learn
from ..weights.examples import Example, examples
from .dictionary import add_pairs, read_pairs
from .shared import Talk, add_output, output_of
from .topics import read

SEED = 7


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Weigh the evidence: how far to trust the channel, the context and each substitution beside each neighbour, "
        "from texts beside their spun copies. PAIRS are as for `dictionary`. The language model must not have been "
        "learned from these texts: it would seem to know more than it does of any other."
    )
    add_pairs(parser)
    add_output(parser, "the weights (.npz)")
    parser.add_argument(
        "--language-model", metavar="FILE", type=Path, required=True, help="one that was learned without these texts"
    )
    parser.add_argument(
        "--topics", metavar="FILE", type=Path, required=True, help="the word vectors that `topics` made"
    )
    parser.add_argument(
        "--reader", metavar="FILE", type=Path, help="what `reader` learned, from none of these texts (default: none)"
    )
    parser.add_argument(
        "--encoder", metavar="FILE", type=Path, help="what `encoder` learned, from none of these texts (default: none)"
    )
    parser.add_argument("--language", metavar="CODE", default="en", help="whose dictionaries to use (%(default)s)")
    parser.add_argument("--texts", metavar="N", type=int, default=9000, help="at most so many texts (%(default)s)")
    parser.add_argument(
        "--careful", metavar="N", type=int, default=2000, help="of them at most so many by the encoder (%(default)s)"
    )
    parser.add_argument("--longest", metavar="N", type=int, default=12_000, help="leave longer texts out (%(default)s)")
    parser.set_defaults(run=run)


def taught(pairs: Iterable[tuple[str, str]], longest: int, most: int) -> list[Example]:
    """The texts that teach: at most so many of `pairs`, none with an original longer than so many characters."""
    chosen = [pair for pair in pairs if len(pair[0]) <= longest]
    random.Random(SEED).shuffle(chosen)
    return list(islice(examples(chosen), most))


def run(arguments: argparse.Namespace) -> int:
    """Weigh the evidence as `arguments` say.

    Raises
    ------
    LearningError
        There is nothing to learn from.
    OSError
    """
    output = output_of(arguments)
    talk = Talk(arguments.quiet)
    skipped: Counter[str] = Counter()
    model = open_model(arguments.language_model)
    topics = read(arguments.topics)
    reader = Reader.open(arguments.reader) if arguments.reader else Reader.none()
    encoder = Encoder.open(arguments.encoder) if arguments.encoder else None
    everything = load_files(arguments.language)
    whole = Dictionary.of(source for source in everything if not source.partial)
    part = Dictionary.of(source for source in everything if source.partial)
    try:
        texts = taught(read_pairs(arguments, skipped, talk.say), arguments.longest, arguments.texts)
        weights = learn(
            texts, whole, part, Known(model, topics, reader, encoder, SCALE), arguments.careful, talk.progress
        )
    except EvidenceLearningError as problem:
        raise LearningError(str(problem)) from problem
    talk.done()
    columns = {
        "dense": weights.dense,
        "place": weights.place,
        "keys": weights.keys,
        "values": weights.values.astype(np.float16),
    }
    provenance = np.array(json.dumps(dict(weights.provenance)))
    write_arrays(output, {**columns, "provenance": provenance, **weights.topics.arrays})
    talk.say(f"wrote {output}: {len(weights.keys):,} collocations")
    return 0
