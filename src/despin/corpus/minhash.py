"""datatrove's MinHash deduplication over despin's shingles: spins of one article become duplicates of each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import Config
from ..fingerprinting import shingles
from .extras import needs

with needs("datatrove", "datatrove"):
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
    from datatrove.utils.hashing import HashConfig
    from datatrove.utils.word_tokenizers import WordTokenizer

# A text becomes a candidate where all hashes of one bucket agree: with a probability of 1 − (1 − s³)¹⁴ at similarity s,
# one half at s = 0.37. Spins of one article lie around 0.8, strangers below 0.1 (docs/corpus.md).
CONFIG = MinhashConfig(num_buckets=14, hashes_per_bucket=3, hash_config=HashConfig(precision=64, hash_fc="sha1"))
"""For `DespinSignature`, and for datatrove's own stages that follow it."""


class DespinSignature(MinhashDedupSignature):
    """The first stage of datatrove's deduplication, over the shingles of `despin.fingerprint`.

    Put it behind a `DespinFormatter`: it takes texts as restored as they come.
    """

    name = "🧶 despin fingerprint"

    def __init__(self, output_folder: Any, config: MinhashConfig = CONFIG, despin: Config = Config()) -> None:
        super().__init__(output_folder, config, _NoWords())
        self.despin = despin

    def get_shingles(self, text: str) -> NDArray[np.uint64]:
        """(shingles, 1)"""
        return shingles([text], self.despin)[0].astype(np.uint64).reshape(-1, 1)


class _NoWords(WordTokenizer):
    """Words are despin's own here; datatrove's tokeniser for English would want spaCy."""

    def __init__(self) -> None:
        super().__init__("en")

    def word_tokenize(self, text: str) -> list[str]:
        raise NotImplementedError

    def sent_tokenize(self, text: str) -> list[str]:
        raise NotImplementedError

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        raise NotImplementedError
