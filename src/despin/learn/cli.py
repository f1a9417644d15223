"""`despin-learn`: a dictionary and the weights of the evidence from parallel text, a language model from plain text.

Files, streams and exit codes live here, in `commands`, `thesaurus.wordnet` and `files`, and nowhere else in `learn`:
0 done, 2 a usage or input error, 70 a fault of our own, 130 interrupted.
Nothing is printed on stdout but the table of `--held-out`; what is being done and what was skipped is said on stderr.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from .._version import __version__
from ..language_model.model_file import ModelError
from ..util import closed_streams, fault
from ..util.signals import command
from .commands import (
    academic,
    acronyms,
    dictionary,
    encoder,
    evidence,
    hashed_odds,
    language_model,
    marker_phrases,
    random_senses,
    reader,
    rewriter,
    thesaurus,
    topics,
)
from .errors import LearningError


@command
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments`, of the process if None, and return its exit code."""
    closed_streams.stand_in()
    options = _parser().parse_args(arguments)
    try:
        run = options.run
        return int(run(options))
    except (LearningError, ModelError) as error:
        print(f"despin-learn: {error}", file=sys.stderr)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        print(f"despin-learn: {name}{error.strerror or error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("despin-learn: interrupted; nothing was written", file=sys.stderr)
        return 130
    except Exception as problem:
        print(f"despin-learn: {fault.sentence(problem, __version__)}", file=sys.stderr)
        return fault.EXIT
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="despin-learn", description="Learn the data that despin works with.")
    commands = parser.add_subparsers(title="what to learn", required=True, metavar="COMMAND")
    dictionary.add(commands.add_parser("dictionary", help="what a spinner puts for what, from pairs of texts"))
    academic.add(commands.add_parser("academic", help="what tortured phrases stand for, from a list of them"))
    acronyms.add(commands.add_parser("acronyms", help="which words are written with capitals, from plain text"))
    evidence.add(commands.add_parser("evidence", help="how far to trust what, from parallel text"))
    reader.add(commands.add_parser("reader", help="which originals stand where, from plain text that is spun anew"))
    encoder.add(commands.add_parser("encoder", help="what a place calls for, from plain text that is spun anew"))
    hashed_odds.add(commands.add_parser("hashed-odds", help="the weights of the first look, from plain text"))
    rewriter.add(commands.add_parser("rewriter", help="a dictionary from hand-written lists of lemmas"))
    marker_phrases.add(commands.add_parser("marker-phrases", help="which phrases only spinners write, from plain text"))
    random_senses.add(commands.add_parser("random-senses", help="synonyms of any sense, from WordNet and plain text"))
    topics.add(commands.add_parser("topics", help="which words go together in a text, from plain text"))
    thesaurus.add(commands.add_parser("thesaurus", help="a broad dictionary, from WordNet and a learned one"))
    language_model.add(commands.add_parser("language-model", help="an n-gram language model from plain text"))
    return parser
