"""Log-probabilities → bytes that `language_model.model` reads, in few bits, in hash tables: the third stage.

Start reading from `store` and `serialise`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...language_model.model import LanguageModel
from ...language_model.model_file import ALIGN, MAGIC, VERSION, columns
from ...language_model.ngram_table import LANES, SPILLED, NgramTable, choices, fingerprints, hash_ngrams
from ...util.array_types import F32, F64, I32, I64, U8, U64, Bool
from .counts import Counts
from .kneser_ney import Level

_LOAD = (
    0.94  # share of the lanes of a hash table that are filled; two choices of four lanes reach 0.97 at the very best
)
_TURNS = 3000  # of placing; some hundred are enough


def cost(length: int, order: int) -> float:
    """Bytes that storing one n-gram of `length` words takes in a model of `order`."""
    return (3 if length == order else 4) / _LOAD


def store(tables: Sequence[Counts], levels: Sequence[Level], kept: Sequence[Bool]) -> tuple[NgramTable, ...]:
    """The hash tables of the n-grams `kept` of `tables`, with the probabilities in `levels`."""
    stored = []
    for length, (level, keep) in enumerate(zip(levels[1:], kept, strict=True), start=2):
        rows = np.flatnonzero(keep)
        values = np.log(level.probability[rows].astype(np.float64))
        last = length == len(levels)
        penalties = None if last else np.log(np.minimum(levels[length].left[rows].astype(np.float64), 1))
        words: list[I32] = []
        names = rows
        for shorter in tables[length - 2 :: -1]:
            words.insert(0, shorter.word[names])
            names = shorter.prefix[names].astype(np.int64)
        words.insert(0, names.astype(np.int32))
        stored.append(build_table(words, values, penalties))
    return tuple(stored)


def build_table(words: Sequence[I32], values: F64, penalties: F64 | None) -> NgramTable:
    """The hash table of the n-grams whose words stand in the columns `words`.

    `values` are their log probabilities, `penalties` their log back-off weights: 0 where nothing longer is stored, and
    None for the longest n-grams.
    """
    hashes = hash_ngrams(words)
    size = max(1, int(np.ceil(len(hashes) / (LANES * _LOAD))))
    while (slots := place(hashes, size)) is None:
        size += size // 100 + 1
    lanes = np.zeros(size * LANES, "<u2")
    lanes[slots] = fingerprints(hashes)
    table = lanes.view("<u8")
    first, _ = choices(hashes, size)
    table[first[first != slots // LANES]] |= SPILLED

    def spread(codes: U8) -> U8:
        out = np.zeros(size * LANES, np.uint8)
        out[slots] = codes
        return out

    codes, steps = quantise(values)
    if penalties is None:
        return NgramTable(table, spread(codes), steps, np.zeros(0, np.uint8), np.zeros(0, np.float32))
    used = penalties < 0
    weight_codes = np.zeros(len(penalties), np.uint8)
    weight_codes[used], inner = quantise(np.minimum(penalties[used], -1e-6), 255)
    weight_codes[used] += 1
    return NgramTable(table, spread(codes), steps, spread(weight_codes), np.append(np.float32(0), inner))


def place(hashes: U64, size: int) -> I64 | None:
    """A lane for each hash in one of the two words it may stand in, or None if that took too long.

    Cuckoo hashing (Pagh and Rodler 2004) with buckets of four, all newcomers of a round at once: who finds no room in
    either word throws out somebody, who then goes to his other word.
    """
    first, second = choices(hashes, size)
    guests = np.full((size, LANES), -1, np.int64)
    taken = np.zeros(size, np.int64)
    waiting, target = np.arange(len(hashes)), first.copy()
    for turn in range(_TURNS):
        order = np.argsort(target, kind="stable")
        waiting, target = waiting[order], target[order]
        starts = np.flatnonzero(np.diff(target, prepend=-1))
        rank = np.arange(len(target)) - np.repeat(starts, np.diff(starts, append=len(target)))
        room = rank + taken[target] < LANES
        guests[target[room], rank[room] + taken[target[room]]] = waiting[room]
        np.add.at(taken, target[room], 1)
        throws = ~room & (rank == 0) & (turn > 1)
        lane = (waiting[throws] + turn) % LANES
        thrown = guests[target[throws], lane]
        guests[target[throws], lane] = waiting[throws]
        left = ~room & ~throws
        goers = np.concatenate([thrown, waiting[left]])
        came_from = np.concatenate([target[throws], target[left]])
        if len(goers) == 0:
            slots = np.empty(len(hashes), np.int64)
            slots[guests[guests >= 0]] = np.flatnonzero(guests.ravel() >= 0)
            return slots
        waiting, target = goers, np.where(first[goers] == came_from, second[goers], first[goers])
    return None


def quantise(values: F64, size: int = 256) -> tuple[U8, F32]:
    """Codes below `size` for `values`, and what each code stands for: evenly spaced, off by half a step at most."""
    if len(values) == 0:
        return np.zeros(0, np.uint8), np.zeros(size, np.float32)
    low, high = float(values.min()), float(values.max())
    step = (high - low) / (size - 1) or 1.0
    codes = np.rint((values - low) / step).astype(np.uint8)
    return codes, np.minimum(low + step * np.arange(size), high).astype(np.float32)


def serialise(model: LanguageModel) -> bytes:
    """The file of `model`; `model_file.open_model` reads it."""
    entries: list[dict[str, Any]] = []
    pieces: list[bytes] = []
    offset = 0
    for name, array in columns(model).items():
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
        data = array.tobytes()
        entries.append({"name": name, "dtype": array.dtype.str, "shape": list(array.shape), "offset": offset})
        pieces.append(data + bytes(-len(data) % ALIGN))
        offset += len(pieces[-1])
    header: dict[str, Any] = {
        "order": model.order,
        "digest": hashlib.sha256(b"".join(pieces)).hexdigest(),
        "provenance": dict(model.provenance),
        "arrays": entries,
        "size": 0,
    }
    # The size stands in the header, whose length depends on the size: room for ten digits settles it.
    room = len(json.dumps(header)) + 10
    start = -(-(16 + room) // ALIGN) * ALIGN
    header["size"] = start + offset
    text = json.dumps(header).encode()
    text += b" " * (start - 16 - len(text))
    return MAGIC + VERSION.to_bytes(4, "little") + len(text).to_bytes(4, "little") + text + b"".join(pieces)
