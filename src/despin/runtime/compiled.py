"""Dictionaries, compiled: a `Dictionary` and a `Scanner` ↔ one file of arrays in the user's cache (`array_cache`).

Start reading from `load`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from ..detection.scanner import Scanner
from ..dictionary.dictionary import Dictionary
from ..dictionary.files import Tier, dictionary_paths, state
from ..dictionary.phrase_trie import PhraseTrie, Prefilter
from ..language_model.model import LanguageModel
from ..language_model.vocabulary import Vocabulary
from ..util import array_cache
from ..util.array_cache import Arrays, Plain
from ..util.process import gc_paused

VERSION = 12  # of everything that is computed before it is written

_Made = TypeVar("_Made", Dictionary, Scanner)


def load(
    language: str, names: tuple[str, ...], model: LanguageModel, tier: Tier = Tier.PARTIAL
) -> tuple[Dictionary, Scanner]:
    """The dictionaries `names` of `language` as one, up to `tier`, and their scanner (`files.dictionary_paths`).

    Raises
    ------
    DictionaryError
        There is no such dictionary, or it breaks a law of the data.
    OSError
        A file cannot be read.
    """
    paths = tuple(dictionary_paths(language, names, tier))
    return _load(paths, tuple(map(state, paths)), model)


@cache
def _load(paths: tuple[Path, ...], states: tuple[object, ...], model: LanguageModel) -> tuple[Dictionary, Scanner]:
    def make(contents: Sequence[bytes]) -> tuple[Dictionary, Scanner]:
        from ..dictionary.loading import parse_files  # and with it all formats that users bring

        with gc_paused():
            dictionary = Dictionary.of(parse_files(zip(paths, contents, strict=True)))
            return dictionary, Scanner.of(dictionary, model)

    made_of = [model.digest, *map(str, paths)]
    return array_cache.cached("dictionary", VERSION, made_of, paths, make, _pack, _unpack)


# --- values ↔ arrays ---------------------------------------------------------------------------------------------


def _pack(both: tuple[Dictionary, Scanner]) -> tuple[Plain, Arrays] | None:
    dictionary, scanner = both
    if dictionary.conditions:  # which are no arrays
        return None
    arrays: dict[str, NDArray[Any]] = {}
    plain = {
        "dictionary": _take_apart(dictionary, "dictionary", arrays),
        "scanner": _take_apart(scanner, "scanner", arrays),
    }
    return plain, arrays


def _unpack(plain: Plain, arrays: Arrays) -> tuple[Dictionary, Scanner]:
    return (
        _put_together(Dictionary, "dictionary", arrays, plain["dictionary"]),
        _put_together(Scanner, "scanner", arrays, plain["scanner"]),
    )


def _take_apart(value: Dictionary | Scanner, prefix: str, arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """The fields of `value` that are arrays, or made of them, into `arrays`; the rest as JSON."""
    plain: dict[str, Any] = {}
    for field in fields(value):
        name, item = f"{prefix}/{field.name}", getattr(value, field.name)
        if isinstance(item, np.ndarray):
            arrays[name] = item
        elif isinstance(item, PhraseTrie):
            arrays[f"{name}/hashes"], arrays[f"{name}/first"] = item.nodes.hashes, item.nodes.first
            arrays[f"{name}/phrase"], arrays[f"{name}/leads_on"] = item.phrase, item.leads_on
            plain[field.name] = "trie"
        elif isinstance(item, Prefilter):
            arrays[f"{name}/single"], arrays[f"{name}/pair"] = item.single, item.pair
            plain[field.name] = "prefilter"
        elif isinstance(item, (tuple, Strings)) and field.name.endswith("_text"):
            pool = [text.encode("utf-8", "surrogatepass") for text in item]
            arrays[f"{name}/bytes"] = np.frombuffer(b"".join(pool), np.uint8)
            arrays[f"{name}/bounds"] = np.cumsum([0, *map(len, pool)], dtype=np.int64)
            plain[field.name] = "strings"
        elif isinstance(item, Mapping) and any(isinstance(key, int) for key in item):
            plain[field.name] = {"rows": [[key, one] for key, one in item.items()]}
        else:
            plain[field.name] = {"value": item}
    return plain


def _put_together(kind: Callable[..., _Made], prefix: str, arrays: Arrays, plain: Mapping[str, Any]) -> _Made:
    values: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        name, how = f"{prefix}/{field.name}", plain.get(field.name)
        if how is None:
            values[field.name] = arrays[name]
        elif how == "trie":
            nodes = Vocabulary(arrays[f"{name}/hashes"], arrays[f"{name}/first"])
            values[field.name] = PhraseTrie(nodes, arrays[f"{name}/phrase"], arrays[f"{name}/leads_on"])
        elif how == "prefilter":
            values[field.name] = Prefilter(arrays[f"{name}/single"], arrays[f"{name}/pair"])
        elif how == "strings":
            values[field.name] = Strings(arrays[f"{name}/bytes"], arrays[f"{name}/bounds"])
        elif "rows" in how:
            values[field.name] = {int(key): _frozen(one) for key, one in how["rows"]}
        else:
            values[field.name] = _frozen(how["value"])
    return kind(**values)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


class Strings(Sequence[str]):
    """Strings in one array of bytes; each is made when it is asked for."""

    __slots__ = ("_bounds", "_bytes")

    def __init__(self, data: NDArray[np.uint8], bounds: NDArray[np.int64]) -> None:
        self._bytes, self._bounds = data, bounds

    def __len__(self) -> int:
        return len(self._bounds) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        return bytes(self._bytes[self._bounds[index] : self._bounds[index + 1]]).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[index] for index in range(len(self)))
