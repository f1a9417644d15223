"""What a configuration names: dictionaries, language model, weights, names that are known to be right.

Opened once for all texts that are checked with it. Start reading from `Knowledge`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from .._version import __version__
from ..config import Config
from ..detection.hashed_odds import HashedOdds
from ..detection.scanner import Scanner
from ..detection.screening import Screen
from ..dictionary import files
from ..dictionary.dictionary import Dictionary
from ..dictionary.files import Tier
from ..dictionary.marker_phrases import MarkerPhrases
from ..language_model.model import LanguageModel
from ..language_model.model_file import open_model
from ..text.language import LANGUAGE_RULES, LanguageRules
from ..util import array_cache
from . import compiled

if TYPE_CHECKING:  # what only spun texts need is imported when one is met
    from ..restoration.encoder import Encoder
    from ..restoration.evidence import Weights
    from ..restoration.name_mentions import Names
    from ..restoration.reader import Reader


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """All that is known when texts are checked with `config`."""

    config: Config
    model: LanguageModel
    tiers: dict[Tier, Dictionary]
    """The dictionaries that are asked one after the other: those known whole, then with them those known in part."""
    scanner: Scanner
    """Of the last of them, which has the families of all."""

    @classmethod
    def of(cls, config: Config) -> Knowledge:
        """What `config` names.

        Raises
        ------
        DictionaryError, ModelError
            It cannot be used.
        OSError
            A file cannot be read.
        """
        model = language_model(config.language)
        tiers: dict[Tier, Dictionary] = {}
        for tier in (Tier.WHOLE, Tier.PARTIAL):
            dictionary, scanner = compiled.load(config.language, config.dictionaries, model, tier)
            if len(dictionary) and dictionary not in tiers.values():
                tiers[tier] = dictionary
        return cls(config, model, tiers, scanner)

    @property
    def all_families(self) -> Dictionary:
        """The last of the `tiers`."""
        return next(reversed(self.tiers.values()))

    @property
    def reserve(self) -> Dictionary:
        """The last of the `tiers`, and with it the dictionaries that are kept in reserve; raises as `of` does."""
        return compiled.load(self.config.language, self.config.dictionaries, self.model, Tier.RESERVE)[0]

    @property
    def listed(self) -> Dictionary | None:
        """The user's own dictionaries, whose phrases are reported wherever they stand; raises as `of` does."""
        names = files.users_own(self.config.language, self.config.dictionaries)
        if not names:
            return None
        dictionary = compiled.load(self.config.language, names, self.model, Tier.PARTIAL)[0]
        return dictionary if len(dictionary) else None

    @property
    def weights(self) -> Weights:
        """Those of the evidence. Raises EvidenceError if they cannot be used."""
        return _weights(self.config.language)

    @property
    def reader(self) -> Reader:
        """What texts spun anew have taught. Raises ReaderError if it cannot be used."""
        return _reader(self.config.language)

    @property
    def encoder(self) -> Encoder:
        """What reads with care. Raises EncoderError if it cannot be used."""
        return _encoder(self.config.language)

    @property
    def markers(self) -> MarkerPhrases:
        """Phrases that hardly anyone but spinners writes. Raises DictionaryError if they cannot be used."""
        return _markers(self.config.language)

    @property
    def hashed_odds(self) -> HashedOdds | None:
        """For the first look, if the dictionaries are those it was learned with: all that are shipped, and no other.
        Raises HashedOddsError if they cannot be used."""
        return None if self.config.dictionaries else _hashed_odds(self.config.language)

    @property
    def names(self) -> Names | None:
        """Those in the clean texts on the same topic, if there are such."""
        return _references(self.config) if self.config.references else None

    @property
    def screen(self) -> Screen:
        """What texts are screened with. Raises as `hashed_odds` does."""
        return Screen(self.config, self.model, self.tiers, self.scanner, self.hashed_odds, self.markers, self.rules)

    @property
    def rules(self) -> LanguageRules:
        """How the language writes."""
        return LANGUAGE_RULES[self.config.language]


@cache
def language_model(language: str) -> LanguageModel:
    """The model that is shipped for `language`.

    Raises
    ------
    DictionaryError, ModelError
        There is no such language, or the model cannot be used.
    """
    return open_model(files.folder(language) / "model.ngrams")


def load_data(config: Config) -> tuple[Dictionary, LanguageModel, Weights]:
    """The dictionary, the language model and the evidence weights that `config` names.

    Raises
    ------
    DictionaryError, ModelError, EvidenceError, ReaderError, EncoderError
        They cannot be used, or the readers cannot.
    OSError
        A file cannot be read.
    """
    model = language_model(config.language)
    _reader(config.language)
    _encoder(config.language)
    return compiled.load(config.language, config.dictionaries, model)[0], model, _weights(config.language)


def check_data(config: Config) -> None:
    """Raise as `load_data` does where what `config` names cannot be used. What texts that are not spun do not need is
    opened only if it was never found usable as it is: later it is opened for the first text that needs it."""
    folder = files.folder(config.language)
    paths = [folder / name for name in ("reader.npz", "encoder.npz", "evidence.npz", "marker_phrases.txt")]
    if array_cache.remembered("usable", 1, [__version__], paths):
        compiled.load(config.language, config.dictionaries, language_model(config.language))
    else:
        load_data(config)
        array_cache.remember("usable", 1, [__version__], paths)


def provenance(config: Config = Config()) -> dict[str, Any]:
    """Digests of the data that `config` names, as JSON reports give them."""
    paths = files.dictionary_paths(config.language, config.dictionaries)
    return {"dictionaries": files.digests(paths), "language_model": f"sha256:{language_model(config.language).digest}"}


def notices(config: Config) -> tuple[str, ...]:
    """What to tell a person of the dictionaries that `config` names: how they were read. Raises as `load_data` does."""
    if not config.dictionaries:
        return ()
    return compiled.load(config.language, config.dictionaries, language_model(config.language), Tier.RESERVE)[0].notices


@cache
def _references(config: Config) -> Names:
    texts = [one for one in config.references if isinstance(one, str)]
    if len(texts) < len(config.references):
        raise TypeError("references are texts here; `library.opened` reads the files among them")
    from ..restoration.name_mentions import gather

    return gather(texts, LANGUAGE_RULES[config.language])


@cache
def _hashed_odds(language: str) -> HashedOdds:
    return HashedOdds.load(files.folder(language) / "hashed_odds.npz")


@cache
def _markers(language: str) -> MarkerPhrases:
    return MarkerPhrases.load(files.folder(language) / "marker_phrases.txt")


@cache
def _reader(language: str) -> Reader:
    from ..restoration.reader import Reader

    return Reader.load(files.folder(language) / "reader.npz")


@cache
def _encoder(language: str) -> Encoder:
    from ..restoration.encoder import Encoder

    return Encoder.load(files.folder(language) / "encoder.npz")


@cache
def _weights(language: str) -> Weights:
    from ..restoration.evidence import Weights

    return Weights.load(files.folder(language) / "evidence.npz")
