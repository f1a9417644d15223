"""What stood at a place, as a whole paragraph tells it: a small transformer encoder over pieces of words.

Vaswani et al. 2017, *Attention is all you need*, in the shape of BERT (Devlin et al. 2019), four layers, started from
the weights of MiniLM (Wang et al. 2020) and taught as the `reader` was: by plain text that the channels of all
dictionaries spun anew (learn/weights/encoder). Of each candidate it says two things: how much the place looks
substituted, whatever stood there; and how well the original's pieces match what the place calls for. `evidence` weighs
both.

The file holds signed bytes, with a scale for each row of a matrix; at work they are float32 (`transformer`). A text is
read by itself, window by window, so that its scores do not depend on what else is in a batch. Start reading from
`Encoder.read`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from ..config import Config
from ..detection.verdict import LIKELY
from ..dictionary.dictionary import Dictionary
from ..results.report import Verdict
from ..text.tokens import Tokens, tokenise
from ..util import array_cache, npz
from ..util.array_cache import Arrays
from ..util.array_types import F32, F64, I64, Bool
from ..util.arrays import alike, distinct, spread
from ..util.errors import DespinError
from .transformer import HEAD_WIDTH, Layer, encoded, gelu, normed
from .word_pieces import BEGIN, BREAK, UNKNOWN, WordPieces

VERSION = 1
"""Of the file."""
PARTS = ("the place", "the original")
"""What the scores of a candidate are about."""
MOST_WORDS = 20_000
"""Of a text that is read with care unasked: some twelve seconds."""
WINDOW = 256
"""Pieces that are read at once."""
OVERLAP = 32
"""Pieces that neighbouring windows share at least: each place is read where it has the more on both sides."""
_MATRICES = ("qkv", "out", "up", "down")
_NORMS = ("norm1", "norm2")


def reads_with_care(verdict: Verdict, config: Config) -> bool:
    """Whether the encoder is asked of a text with this `verdict`: it is likely spun, and the effort is "careful", or
    left open and the text not longer than `MOST_WORDS`."""
    careful = config.effort == "careful" or (config.effort == "auto" and verdict.words <= MOST_WORDS)
    return careful and verdict.probability >= LIKELY


class EncoderError(DespinError, ValueError):
    """The file of the encoder cannot be used; the message says why and what to do."""


class Pieces(NamedTuple):
    """A text as the encoder reads it."""

    piece: I64
    """(pieces,): rows of the vocabulary; the first begins the text, and one stands before each further paragraph."""
    first: I64
    """(tokens,): the first piece of each token."""
    last: I64
    """(tokens,): its last."""


@dataclass(frozen=True, eq=False)
class Encoder:
    """What `despin-learn encoder` learned."""

    arrays: Arrays
    """As in the file."""
    provenance: Mapping[str, Any]
    remembered: int = 64
    """Windows whose states are kept: a text is often read with one dictionary after another."""
    pieces: WordPieces = field(init=False)
    _met: dict[bytes, F32] = field(init=False, default_factory=dict)
    _lock: Lock = field(init=False, default_factory=Lock)

    def __post_init__(self) -> None:
        text = self.arrays["pieces"].tobytes().decode()
        object.__setattr__(self, "pieces", WordPieces(text.split("\n")))

    def read(self, tokens: Tokens, texts: Bool, dictionary: Dictionary, entry: I64, first: I64, end: I64) -> F64:
        """(parts, rows): what the encoder says, by `PARTS`, in natural log-odds, of each `entry` where the tokens from
        `first` up to `end`, not included, are its spun phrase; 0 in texts that are not among `texts`, (texts,)."""
        said = np.zeros((len(PARTS), len(entry)))
        document = tokens.document.take(first)
        stop = (
            np.searchsorted(tokens.document, np.arange(1, len(texts) + 1)) - 1
        )  # an original may only add words there
        first = np.minimum(first + dictionary.head.take(entry), stop.take(document))
        last = np.maximum(end - dictionary.tail.take(entry) - 1, first)
        rows = np.flatnonzero(texts.take(document))
        if not len(rows):
            return said
        rows = rows[np.argsort(document[rows], kind="stable")]
        of_entry, _, which = distinct(entry[rows], len(dictionary.original))
        original = self._originals(dictionary, of_entry)
        bounds = np.searchsorted(document[rows], np.arange(len(texts) + 1))
        for text in np.flatnonzero(np.diff(bounds)).tolist():
            these = slice(int(bounds[text]), int(bounds[text + 1]))
            begin, stop = np.searchsorted(tokens.document, [text, text + 1]).tolist()
            mine = rows[these]
            place, bias = self._places(self.cut(tokens, begin, stop), first[mine] - begin, last[mine] - begin)
            said[0, mine] = bias
            said[1, mine] = self._matched(place, original, which[these])
        return said

    def cut(self, tokens: Tokens, begin: int, stop: int) -> Pieces:
        """The tokens from `begin` up to `stop`, not included, all of one text, in pieces."""
        starts, ends = tokens.start[begin:stop].tolist(), tokens.ends(np.arange(begin, stop)).tolist()
        unknown = (self.pieces.number[UNKNOWN],)
        cut = [self.pieces.of(tokens.text[a:b]) or unknown for a, b in zip(starts, ends, strict=True)]
        size = np.fromiter(map(len, cut), np.int64, len(cut))
        opens = tokens.opens[begin:stop].astype(np.int64)
        opens[:1] = 1
        last = np.cumsum(opens + size) - 1
        piece = np.full(int(last[-1]) + 1, self.pieces.number[BREAK])
        piece[0] = self.pieces.number[BEGIN]
        first = last - size + 1
        token, place = spread(size, first)
        piece[place] = np.fromiter((row for one in cut for row in one), np.int64, len(token))
        return Pieces(piece, first, last)

    def states(self, piece: I64) -> F32:
        """(pieces, width): what each of at most `WINDOW` pieces of a text is among the others."""
        state = self._embedded(piece)
        state += self.arrays["position"][: len(piece)]
        return encoded(normed(state, self.arrays["norm"]), self.layers)

    def _remembered(self, window: I64) -> F32:
        """Its states; those of the last `remembered` windows are at hand."""
        key = window.tobytes()
        state = self._met.get(key)
        state = self.states(window) if state is None else state
        with self._lock:
            self._met.pop(key, None)
            self._met[key] = state
            if len(self._met) > self.remembered:
                del self._met[next(iter(self._met))]
        return state

    @cached_property
    def layers(self) -> Sequence[Layer]:
        """The layers, ready for work."""
        return [
            Layer(*(array for name in _MATRICES for array in self._matrix(f"{number}.{name}")),
                  *(np.asarray(self.arrays[f"{number}.{name}"], np.float32) for name in _NORMS))
            for number in range(int(self.provenance["layers"]))
        ]  # fmt: skip

    def _places(self, text: Pieces, first: I64, last: I64) -> tuple[F32, F32]:
        """(places, width): what the place of the tokens from `first` to `last` calls for; (places,): how much it looks
        substituted."""
        matrix, bias = self._heads["place"]
        begin, end = text.first.take(first), text.last.take(last)
        different = alike(begin * len(text.piece) + end)
        heads, where, which = distinct(different, len(different))
        begin, end = begin[where], end[where]
        place = np.zeros((len(heads), len(bias)), np.float32)
        for low, rows in _windows(len(text.piece), begin, end):
            window = text.piece[low : low + WINDOW].copy()
            window[0] = self.pieces.number[BEGIN]
            state = self._remembered(window)
            ends = [state.take(np.clip(at[rows] - low, 0, len(window) - 1), axis=0) for at in (begin, end)]
            place[rows] = gelu(np.concatenate(ends, axis=1) @ matrix + bias)
        spun, spun_bias = self.arrays["spun"], self.arrays["spun.bias"]
        looks = (place * spun).sum(axis=1) + spun_bias
        matrix, bias = self._heads["match"]
        called = place @ matrix + bias
        return called.take(which, axis=0), looks.take(which)

    def _matched(self, called: F32, original: F32, which: I64) -> F32:
        """(rows,): how well the `original` that each row has (`which`) matches what its place has `called` for."""
        own = (original * self.arrays["original"]).sum(axis=1)  # not @: its sums depend on how many rows there are
        matched: F32 = (
            (called * original.take(which, axis=0)).sum(axis=1) + own.take(which) + self.arrays["original.bias"]
        )
        return matched

    def _originals(self, dictionary: Dictionary, entry: I64) -> F32:
        """(entries, width): the mean of the pieces of each `entry`'s original, without what its spun phrase begins or
        ends with as well."""
        original = dictionary.original.take(entry)
        words = tokenise([dictionary.original_text[row] for row in original.tolist()])
        begins = np.searchsorted(words.document, np.arange(len(entry) + 1))
        low, high = begins[:-1] + dictionary.head.take(entry), begins[1:] - dictionary.tail.take(entry)
        ends, starts = words.end.tolist(), words.start.tolist()
        cut = [
            [row for word in range(a, b) for row in self.pieces.of(words.text[starts[word] : ends[word]])]
            for a, b in zip(low.tolist(), high.tolist(), strict=True)
        ]
        size = np.fromiter(map(len, cut), np.int64, len(cut))
        of_entry, _ = spread(size)
        mean = np.zeros((len(entry), self.width), np.float32)
        np.add.at(mean, of_entry, self._embedded(np.fromiter((row for one in cut for row in one), np.int64)))
        mean /= np.maximum(size, 1)[:, None]
        return mean

    @property
    def width(self) -> int:
        """Numbers that a state has."""
        return int(self.arrays["word"].shape[1])

    def _embedded(self, piece: I64) -> F32:
        """(pieces, width)"""
        rows: F32 = self.arrays["word"].take(piece, axis=0).astype(np.float32)
        rows *= self.arrays["word.scale"].take(piece)[:, None]
        return rows

    @cached_property
    def _heads(self) -> Mapping[str, tuple[F32, F32]]:
        return {name: self._matrix(name) for name in ("place", "match")}

    def _matrix(self, name: str) -> tuple[F32, F32]:
        """The matrix `name`, (in, out), and its bias."""
        matrix = self.arrays[name].astype(np.float32) * self.arrays[f"{name}.scale"][:, None]
        return np.ascontiguousarray(matrix.T), np.asarray(self.arrays[f"{name}.bias"], np.float32)

    @classmethod
    def of(cls, parameters: Mapping[str, F32], pieces: Sequence[str], provenance: Mapping[str, Any]) -> Encoder:
        """The encoder with these `parameters`, named as in learn/weights/encoder, in signed bytes."""
        layers = len({name.split(".")[1] for name in parameters if name.startswith("layers.")})
        arrays: dict[str, Any] = {
            "pieces": np.frombuffer("\n".join(pieces).encode(), np.uint8),
            "position": parameters["position.weight"][:WINDOW],
            "norm": np.stack([parameters["norm.weight"], parameters["norm.bias"]]),
            "spun": parameters["spun.weight"][0], "spun.bias": parameters["spun.bias"][0],
            "original": parameters["original.weight"][0], "original.bias": parameters["original.bias"][0],
        }  # fmt: skip
        arrays["word"], arrays["word.scale"] = _in_bytes(parameters["word.weight"])
        matrices = {f"{n}.{name}": f"layers.{n}.{name}" for n in range(layers) for name in _MATRICES}
        for name, full in {**matrices, "place": "place", "match": "match"}.items():
            arrays[name], arrays[f"{name}.scale"] = _in_bytes(parameters[f"{full}.weight"])
            arrays[f"{name}.bias"] = parameters[f"{full}.bias"]
        for n in range(layers):
            for name in _NORMS:
                both = [parameters[f"layers.{n}.{name}.{part}"] for part in ("weight", "bias")]
                arrays[f"{n}.{name}"] = np.stack(both)
        return cls(arrays, {**provenance, "version": VERSION, "layers": layers})

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Encoder:
        """The encoder in the file at `path`.

        Raises
        ------
        EncoderError
            The file holds no encoder, or one of another version.
        OSError
            The file cannot be read.
        """
        name = os.fspath(path)

        def wrong(reason: str) -> EncoderError:
            return EncoderError(f"{name}: this is no encoder ({reason}); get the file again")

        arrays, provenance = npz.read(path, ("word", "pieces"), wrong)
        with npz.explained(wrong):
            return cls._of(provenance, arrays)

    @classmethod
    def _of(cls, provenance: Mapping[str, Any], arrays: Arrays) -> Encoder:
        """The encoder in `arrays`. Raises ValueError where they do not fit, KeyError where one is missing."""
        if provenance.get("version") != VERSION:
            raise ValueError("it is of another version")
        arrays = {name: array for name, array in arrays.items() if name != "provenance"}
        made = cls(arrays, provenance)
        size, width = arrays["word"].shape
        shapes = {
            "word": (size, width),
            "word.scale": (size,),
            "norm": (2, width),
            "spun": (width,),
            "original": (width,),
        }
        for n in range(int(provenance["layers"])):
            wide = arrays[f"{n}.up"].shape[0]
            for name, (rows, columns) in zip(
                _MATRICES, ((3 * width, width), (width, width), (wide, width), (width, wide)), strict=True
            ):
                shapes |= {f"{n}.{name}": (rows, columns), f"{n}.{name}.scale": (rows,), f"{n}.{name}.bias": (rows,)}
            shapes |= {f"{n}.{name}": (2, width) for name in _NORMS}
        for name, columns in (("place", 2 * width), ("match", width)):
            shapes |= {name: (width, columns), f"{name}.scale": (width,), f"{name}.bias": (width,)}
        for name, shape in shapes.items():
            if arrays[name].shape != shape:
                raise ValueError(f"its {name} does not fit")
            if arrays[name].dtype.kind == "f" and not np.isfinite(arrays[name]).all():
                raise ValueError(f"its {name} makes no sense")
        if size != len(made.pieces.pieces) or any(one not in made.pieces.number for one in (BEGIN, BREAK, UNKNOWN)):
            raise ValueError("its pieces do not fit")
        if arrays["position"].shape != (WINDOW, width) or width % HEAD_WIDTH:
            raise ValueError("its places do not fit")
        return made

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Encoder:
        """As `open`, but what it gave once is mapped from the user's cache (`array_cache`), and nothing is unpacked."""
        return array_cache.cached(
            "encoder", VERSION, PARTS, [path],
            lambda _: cls.open(path), lambda one: (one.provenance, one.arrays), cls._of,
        )  # fmt: skip


def _in_bytes(matrix: F32) -> tuple[Any, F32]:
    """`matrix` as signed bytes, and what each row of them is to be multiplied by."""
    scale = np.maximum(np.abs(matrix).max(axis=1), 1e-8) / 127
    return np.rint(matrix / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def _windows(size: int, begin: I64, end: I64) -> Iterator[tuple[int, I64]]:
    """Where the windows over a text of `size` pieces begin, and which of the places from the piece `begin` to `end`,
    inclusive, each is asked about: that in which a place lies nearest the middle. Windows without a place are left out.

    >>> [(low, rows.tolist()) for low, rows in _windows(300, np.array([9, 290]), np.array([9, 291]))]
    [(0, [0]), (44, [1])]
    """
    number = 1 if size <= WINDOW else 1 + -(-(size - WINDOW) // (WINDOW - OVERLAP))
    lows = np.linspace(0, max(size - WINDOW, 0), number).astype(np.int64)
    middle = (begin + end) // 2
    nearest = np.abs(middle[:, None] - (lows + WINDOW // 2)).argmin(axis=1) if number > 1 else np.zeros_like(middle)
    for which in range(number):
        rows = np.flatnonzero(nearest == which)
        if len(rows):
            yield int(lows[which]), rows
