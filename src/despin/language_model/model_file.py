"""The file of a language model: mapped, not read, so that a program that scores ten words touches some ten pages of it.

    magic, 8 bytes | version, 4 | length of the header, 4 | header, JSON | arrays, each at a multiple of 64 bytes,
    little-endian

It is written by `despin-learn language-model` (learn/language_model/pack.py), and nothing in it is executed or
unpickled. Start reading from `open_model`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..util.array_types import U8
from ..util.errors import DespinError
from .model import LanguageModel
from .ngram_table import MAX_ORDER, NgramTable
from .vocabulary import Vocabulary, Word

MAGIC = b"despinLM"
VERSION = 1
ALIGN = 64
_PREFIX = 16  # magic, version, length of the JSON header: the arrays begin at the next multiple of ALIGN after that
_TYPES = {
    "hashes": "<u8", "first": "<u4", "unigrams": "<f4", "backoffs": "|u1", "shares": "<f4",
    "words": "<u8", "codes": "|u1", "values": "<f4", "weights": "<f4",
}  # fmt: skip


class ModelError(DespinError, ValueError):
    """The file is not a language model that this version reads; the message says what is wrong and what to do."""


def open_model(path: str | os.PathLike[str]) -> LanguageModel:
    """Map the model at `path`; nothing but its header is read.

    Raises
    ------
    ModelError
        The file is no language model, was cut off, or is of another version.
    OSError
        The file cannot be read.
    """
    name = os.fspath(path)
    if Path(path).stat().st_size < _PREFIX:
        raise ModelError(f"{name}: this is not a language model of despin; get the file again")
    # A plain view of the map: numpy's subclass for maps costs a microsecond on each of many small look-ups.
    return parse(np.asarray(np.memmap(path, np.uint8, "r")).view(np.ndarray), name)


def columns(model: LanguageModel) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of `model` by the names they have in the file."""
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "vocabulary/hashes": model.vocabulary.hashes,
        "vocabulary/first": model.vocabulary.first,
        "unigrams": model.unigrams,
        "backoffs": model.backoffs,
        "shares": model.shares,
    }
    for length, table in enumerate(model.tables, start=2):
        for name, array in (("words", table.words), ("codes", table.codes), ("values", table.values)):
            arrays[f"{length}/{name}"] = array
        if length < model.order:
            arrays[f"{length}/backoffs"] = table.backoffs
            arrays[f"{length}/weights"] = table.weights
    return arrays


def parse(data: U8, name: str) -> LanguageModel:
    """The model in the bytes `data` of the file `name`, as views of `data`.

    Raises
    ------
    ModelError
        `data` is no model, is not whole, or is of another version.
    """
    if bytes(data[: len(MAGIC)]) != MAGIC:
        raise ModelError(f"{name}: this is not a language model of despin; get the file again")
    version = int.from_bytes(bytes(data[8:12]), "little")
    if version != VERSION:
        raise ModelError(
            f"{name}: the language model has format {version}, but this despin reads format {VERSION}; "
            "learn it anew with: despin-learn language-model"
        )
    end = _PREFIX + int.from_bytes(bytes(data[12:16]), "little")
    try:
        header = json.loads(bytes(data[_PREFIX:end]).decode())
        if header["size"] != len(data):
            raise ModelError(
                f"{name}: the language model has {len(data):,} bytes of {header['size']:,}; get the file again"
            )
        return _assemble(header, _views(header, data[-(-end // ALIGN) * ALIGN :]))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(f"{name}: the language model is damaged ({error}); get the file again") from error


def _views(header: Mapping[str, Any], data: U8) -> dict[str, np.ndarray[Any, Any]]:
    views = {}
    for entry in header["arrays"]:
        name, offset, shape = entry["name"], int(entry["offset"]), tuple(int(size) for size in entry["shape"])
        dtype = np.dtype("<f4" if name == "backoffs" else _TYPES[name.rpartition("/")[2]])
        if entry["dtype"] != dtype.str or len(shape) != 1 or shape[0] < 1 or offset < 0 or offset % ALIGN:
            raise ValueError(f"what is noted about {name} makes no sense")
        stop = offset + shape[0] * dtype.itemsize
        if stop > len(data):
            raise ValueError(f"{name} reaches beyond its end")
        views[name] = data[offset:stop].view(dtype)
    return views


def _assemble(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray[Any, Any]]) -> LanguageModel:
    order = int(header["order"])
    if not 2 <= order <= MAX_ORDER:
        raise ValueError(f"an order of {order}")
    vocabulary = Vocabulary(arrays["vocabulary/hashes"], arrays["vocabulary/first"])
    known = len(vocabulary.hashes) - 1 + len(Word)
    none = np.zeros(0, np.uint8), np.zeros(0, np.float32)
    tables = []
    for length in range(2, order + 1):
        one = {name: arrays[f"{length}/{name}"] for name in ("words", "codes", "values")}
        last = length == order
        backoffs, weights = none if last else (arrays[f"{length}/backoffs"], arrays[f"{length}/weights"])
        sizes = [len(one["codes"]) == 4 * len(one["words"]), len(one["values"]) == 256]
        sizes += [last or len(backoffs) == len(one["codes"]), last or len(weights) == 256]
        if not all(sizes):
            raise ValueError(f"the arrays of the {length}-grams differ in length")
        tables.append(NgramTable(one["words"], one["codes"], one["values"], backoffs, weights))
    if not len(arrays["unigrams"]) == len(arrays["backoffs"]) == known or len(arrays["shares"]) != 2:
        raise ValueError("the arrays of the words differ in length")
    return LanguageModel(
        order, vocabulary, arrays["unigrams"], arrays["backoffs"], arrays["shares"], tuple(tables),
        dict(header["provenance"]), str(header["digest"]),
    )  # fmt: skip
