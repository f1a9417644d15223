"""A phrase, both ways, by the data that a `Config` names: what it may stand for, and what spinners make of it.

Start reading from `lookup`; how the answers come about is told in `dictionary.phrase_lookup`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from .config import Config
from .dictionary import phrase_lookup
from .dictionary.files import Tier, dictionary_paths
from .dictionary.phrase_lookup import Lookup
from .dictionary.proposals import Proposals
from .runtime import compiled
from .runtime.knowledge import language_model


class Answers(NamedTuple):
    """What is known of a phrase; each list has the likeliest first."""

    stands_for: list[Lookup]
    """What it may stand for in a spun text."""
    made_of: list[Lookup]
    """What spinners may make of it."""


def lookup(phrase: str, config: Config = Config()) -> Answers:
    """What `phrase` may stand for, put together from its parts, and what spinners may make of it.

    All dictionaries are asked, those in reserve too, since nobody would ask about a phrase that is not odd.

    Raises
    ------
    ValueError
        `phrase` holds no word, or too many to be a phrase.
    DictionaryError, ModelError
        The data named by `config` cannot be used.
    OSError
        A file cannot be read.
    """
    model = language_model(config.language)
    dictionary, _ = compiled.load(config.language, config.dictionaries, model, Tier.RESERVE)
    asked = phrase_lookup.lookup(phrase, dictionary, model, _proposals(config))
    return Answers(asked, phrase_lookup.spun_of(phrase, dictionary))


def _proposals(config: Config) -> Proposals:
    """What lies beside the academic dictionary, if that is among those named."""
    named = dictionary_paths(config.language, config.dictionaries)
    paths = (path.with_suffix(".npz") for path in named if path.stem == "academic")
    path = next((path for path in paths if path.is_file()), None)
    return _opened(path) if path else Proposals.empty()


@cache
def _opened(path: Path) -> Proposals:
    return Proposals.load(path)
