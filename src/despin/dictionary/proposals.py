"""What a word may stand for where no dictionary says it: a table of near words, each with a probability.

The makers of tortured phrases put any word of a general thesaurus, in any of its senses; no list of substitutions will
ever hold them all. So `despin-learn academic` also weighs, for every common word, the words near it, by what is known
of the substitutions that are listed (learn/similar.py). These are proposals, far too many and too weak for texts to be
searched for them; `lookup` uses them for a phrase that somebody found odd already.

Start reading from `Proposals`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..util import npz
from ..util.array_types import I64, U8, U16
from .errors import DictionaryError

COLUMNS = ("phrases", "words", "first", "original", "code")
STEP = 1 / 16  # of the stored codes, in nats: code 0 is probability 1


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """Words, and for some of them what they may stand for; the word itself is among it: it may have been kept."""

    phrases: tuple[str, ...]
    """Sorted; words, and originals of several words."""
    rows: Mapping[str, int]
    """Word → its row of `first`."""
    first: I64
    """(words + 1,): the proposals for word k are first[k] to first[k + 1]."""
    original: U16
    """(proposals,): index into `phrases`."""
    code: U8
    """(proposals,): −ln P(original | word) in steps of `STEP`."""
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, word: str) -> dict[str, float]:
        """Original → P(original | word), for the lower-case `word`; empty if it is not known."""
        row = self.rows.get(word)
        if row is None:
            return {}
        at = slice(int(self.first[row]), int(self.first[row + 1]))
        probability = np.exp(self.code[at] * -STEP).tolist()
        return {self.phrases[k]: p for k, p in zip(self.original[at].tolist(), probability, strict=True)}

    @classmethod
    def empty(cls) -> Proposals:
        """No proposals at all."""
        return cls((), {}, np.zeros(1, np.int64), np.zeros(0, np.uint16), np.zeros(0, np.uint8))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Proposals:
        """The proposals in the file at `path`.

        Raises
        ------
        DictionaryError
            The file holds none.
        OSError
            It cannot be read.
        """

        def wrong(reason: str) -> DictionaryError:
            return DictionaryError(f"{os.fspath(path)}: these are no proposals ({reason}); get the file again")

        arrays, provenance = npz.read(path, COLUMNS, wrong)
        with npz.explained(wrong):
            return cls._of(arrays, dict(provenance))

    @classmethod
    def _of(cls, arrays: Mapping[str, NDArray[Any]], provenance: Mapping[str, Any]) -> Proposals:
        """Raises one of `npz.broken` if the arrays do not fit."""
        phrases = tuple(arrays["phrases"].tobytes().decode("utf-8").split("\n"))
        words, first, original, code = (arrays[name] for name in ("words", "first", "original", "code"))
        found = cls(
            phrases, {phrases[k]: row for row, k in enumerate(words.tolist())}, first.astype(np.int64),
            original.astype(np.uint16), code.astype(np.uint8), provenance,
        )  # fmt: skip
        fits = len(first) == len(words) + 1 and int(first[-1]) == len(original) == len(code)
        in_order = fits and first[0] == 0 and not (np.diff(found.first) < 0).any()
        if not in_order or int(original.max(initial=0)) >= len(phrases):
            raise ValueError("its arrays do not fit")
        return found


def columns(table: Mapping[str, Mapping[str, float]], provenance: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The arrays of a file of proposals; `table` is word → original → probability, at most 65,536 phrases in all."""
    phrases = sorted({*table, *(original for those in table.values() for original in those)})
    if len(phrases) > 1 << 16:
        raise ValueError(f"{len(phrases):,} phrases are more than 65,536")
    number = {phrase: k for k, phrase in enumerate(phrases)}
    words = sorted(table)
    ranked = [sorted(table[word].items(), key=lambda pair: (-pair[1], pair[0])) for word in words]
    sizes = [len(those) for those in ranked]
    code = [min(round(-np.log(p) / STEP), 255) for those in ranked for _, p in those]
    return {
        "provenance": np.array(json.dumps(dict(provenance), sort_keys=True)),
        "phrases": np.frombuffer("\n".join(phrases).encode(), np.uint8),
        "words": np.array([number[word] for word in words], np.uint16),
        "first": np.concatenate([[0], np.cumsum(sizes)]).astype(np.uint32),
        "original": np.array([number[original] for those in ranked for original, _ in those], np.uint16),
        "code": np.array(code, np.uint8),
    }
