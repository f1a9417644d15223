"""`despin-learn hashed-odds`: plain text and pairs of texts in, the weights of the first look out. Start reading from
`run`."""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from ...dictionary.dictionary import Dictionary
from ...dictionary.loading import load_files
from ...text.tokens import Tokens, tokenise
from ..errors import LearningError
from ..files import lines, write_arrays
from ..weights.examples import put_back
from ..weights.hashed_odds import LAST_STEP, SPIN_RATES, STEP, Learner, held_out, in_turn
from .dictionary import read_pairs
from .shared import Talk, add_output, add_spun_copies, output_of

BATCH = 2_000_000  # characters read at once
PAIRS = 400  # pairs read at once
SHORTEST = 300  # characters of a document
FAMILIES = {"web": 3.0, "thesaurus": 2.0, "academic": 2.0}
"""How much oftener than others families are drawn: the spinner met most, the broadest, and the one hardest to see."""

Teach = Callable[[Learner], None]


def add(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options of this command."""
    parser.description = (
        "Weigh words, and words beside words, by how much likelier spinners are to leave them than honest writers, for "
        "the first look at each text. From plain text (one paragraph a line, a blank line between documents), which is "
        "spun by the shipped dictionaries, and from texts beside their spun copies. One document in eight is left out, "
        "to judge the weights by."
    )
    parser.add_argument("text", metavar="TEXT", nargs="+", type=Path, help="plain, .gz or .xz; UTF-8")
    add_output(parser, "the weights (.npz)")
    add_spun_copies(parser, "JSON Lines of texts and their real spun copies")
    parser.add_argument("--language", metavar="CODE", default="en", help="whose dictionaries to use (%(default)s)")
    parser.add_argument(
        "--without", metavar="FAMILY", action="append", default=[],
        help="leave this dictionary out, to see what becomes of a spinner that nobody has met",
    )  # fmt: skip
    parser.add_argument(
        "--passes", metavar="N", type=int, default=8, help="read everything so often, spun anew (%(default)s)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Weigh hashed words as `arguments` say.

    Raises
    ------
    LearningError
        There is nothing to learn from.
    OSError
    """
    output = output_of(arguments, [*arguments.text, *arguments.pairs])
    talk = Talk(arguments.quiet)
    sources = load_files(arguments.language)
    families = {source.family for source in sources}
    for family in arguments.without:
        if family not in families:
            raise LearningError(f"--without {family}: there is no such family, only {', '.join(sorted(families))}")
    dictionary = Dictionary.of(source for source in sources if source.family not in arguments.without)
    learner = Learner.of(dictionary, FAMILIES)
    skipped: Counter[str] = Counter()
    pairs = _pairs(arguments, skipped, talk.say)
    for number, step in enumerate(np.linspace(STEP, LAST_STEP, arguments.passes).tolist()):
        learner.step = step
        texts: list[Iterator[Teach]] = [_honest(path) for path in arguments.text]
        sizes = [float(path.stat().st_size) for path in arguments.text]
        if pairs:
            texts.append(_compared(pairs, random.Random(number)))
            sizes.append(sum(sizes) * 0.1 + 1)
        for teach in in_turn(texts, sizes):
            teach(learner)
            talk.progress(
                f"pass {number + 1} of {arguments.passes}: {learner.passages:,} passages, loss {learner.loss:.3f} nats"
            )
    talk.done()
    if not learner.passages:
        raise LearningError("there is nothing to learn from: no document is long enough")
    provenance = {
        "texts": [path.name for path in (*arguments.text, *arguments.pairs)], "passes": arguments.passes,
        "passages": learner.passages, "tokens": learner.tokens, "dictionaries": dict(dictionary.digests),
    }  # fmt: skip
    made = learner.learned(provenance)
    arrays = {"word": made.word, "pair": made.pair, "prior": made.prior}
    write_arrays(output, {**arrays, "provenance": np.array(json.dumps(provenance))})
    talk.say(f"wrote {output}: {np.count_nonzero(made.pair):,} pairs, {learner.passages:,} passages")
    return 0


def _honest(path: Path) -> Iterator[Teach]:
    """Documents of plain text, some together."""
    batch: list[str] = []
    document: list[str] = []
    size = 0
    for line in lines(path):
        if line.strip():
            document.append(line)
            continue
        size += _add(batch, document)
        document = []
        if size > BATCH:
            yield partial(_read, tokenise(batch))
            batch, size = [], 0
    if _add(batch, document) or batch:
        yield partial(_read, tokenise(batch))


def _add(batch: list[str], document: list[str]) -> int:
    text = "".join(document).strip()
    if len(text) < SHORTEST or held_out(text):
        return 0
    batch.append(text)
    return len(text)


def _pairs(arguments: argparse.Namespace, skipped: Counter[str], say: Callable[[str], None]) -> list[tuple[str, str]]:
    """The pairs that are not held out."""
    found: list[tuple[str, str]] = []
    for path in arguments.pairs:
        one = argparse.Namespace(pairs=[path], original=arguments.original, spun=arguments.spun)
        found += [pair for pair in read_pairs(one, skipped, say) if not held_out(pair[0])]
    return found


def _compared(pairs: list[tuple[str, str]], chance: random.Random) -> Iterator[Teach]:
    """Of each pair the original, and its copy at one of the rates."""
    order = chance.sample(pairs, len(pairs))
    for begin in range(0, len(order), PAIRS):
        texts: list[str] = []
        spun: list[bool] = []
        for original, copy in order[begin : begin + PAIRS]:
            rate = chance.choice(SPIN_RATES)
            text = copy if rate == 1 else put_back(original, copy, rate, chance)
            if text is not None:
                texts += [original, text]
                spun += [False, True]
        yield partial(_compare, tokenise(texts), np.array(spun, np.bool_))


def _read(tokens: Tokens, learner: Learner) -> None:
    learner.read(tokens)


def _compare(tokens: Tokens, spun: np.typing.NDArray[np.bool_], learner: Learner) -> None:
    learner.compare(tokens, spun)
