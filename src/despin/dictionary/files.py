"""Dictionary files by their names: where they lie, which are asked when, and their digests. Nothing is parsed here.

Start reading from `dictionary_paths`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import cache
from pathlib import Path

from .errors import NoSuchData

_RESERVE = re.compile(rb"^#: *reserve: *yes *\r?$", re.MULTILINE)
_PARTIAL = re.compile(rb"^#: *partial: *yes *\r?$", re.MULTILINE)
_FAMILY = re.compile(rb"^#: *family: *(.*?) *\r?$", re.MULTILINE)
_COUNTED = re.compile(rb"\t[0-9]+\t[0-9]")
_HEADER = 4000  # bytes within which a header ends


class Tier(IntEnum):
    """When a family is asked: each tier comes with those before it."""

    WHOLE = 0
    """Learned from whole texts: first, and alone where it explains a text."""
    PARTIAL = 1
    """Only a part of what its spinners do is known."""
    RESERVE = 2
    """Only in a text that others, or damage, have shown to be likely spun."""


def folder(language: str) -> Path:
    """Where the data of `language` lie: in the wheel beside the code, in a checkout beside `src`.

    Raises
    ------
    DictionaryError
        There is no such language.
    """
    packaged = Path(__file__).parents[1] / "data"
    root = packaged if packaged.is_dir() else Path(__file__).parents[3] / "dictionaries"
    if not language.isalpha() or not (root / language).is_dir():
        known = ", ".join(sorted(path.name for path in root.iterdir() if path.is_dir())) if root.is_dir() else "none"
        raise NoSuchData(f"there is no data for the language {language!r}; known: {known}", "language")
    return root / language


def dictionary_paths(language: str = "en", names: Sequence[str] = (), tier: Tier = Tier.RESERVE) -> list[Path]:
    """The files of the dictionaries `names` of `language` up to `tier`: families by name, files by path; without
    names, all that are shipped.

    Raises
    ------
    DictionaryError
        There is no such language or dictionary.
    """
    home = folder(language)
    shipped = {path.stem: path for path in sorted(home.glob("*.tsv"))}
    paths = [shipped.get(name, Path(name)) for name in names] if names else list(shipped.values())
    for path, name in zip(paths, names or shipped, strict=True):
        if not path.is_file():
            raise NoSuchData(_missing(name, list(shipped)), "dictionaries")
    return [path for path in paths if tier == Tier.RESERVE or tier_of(path) <= tier]


def _missing(name: str, shipped: list[str]) -> str:
    """That there is no dictionary `name`, and which was probably meant."""
    from difflib import get_close_matches

    near = get_close_matches(name, shipped, 1)
    advice = f"; did you mean {near[0]!r}?" if near else ""
    return (
        f"there is no dictionary {name!r}: it is neither a file nor one of those shipped ({', '.join(shipped)}){advice}"
    )


def is_shipped(path: Path) -> bool:
    """Whether a dictionary file is one of those shipped, of whatever language."""
    home = folder("en").parent
    return path.parent.parent == home or path.resolve().parent.parent == home.resolve()


def users_own(language: str, names: Sequence[str]) -> tuple[str, ...]:
    """Those of `names` that are a user's own files. Raises as `dictionary_paths` does."""
    paths = dictionary_paths(language, names) if names else ()
    return tuple(name for name, path in zip(names, paths, strict=True) if not is_shipped(path))


def state(path: Path) -> tuple[int, ...]:
    """What changes when the file `path` does, or another takes its name: what is known of a file is kept under it."""
    said = path.stat()
    return said.st_dev, said.st_ino, said.st_mtime_ns, said.st_size


def tier_of(path: Path) -> Tier:
    """The tier of a dictionary file, as its header says, or since nothing in it was counted."""
    return _tier_of(path, state(path))


@cache
def _tier_of(path: Path, _: tuple[int, ...]) -> Tier:
    with path.open("rb") as file:
        head = file.read(_HEADER)
        if _RESERVE.search(head):
            return Tier.RESERVE
        if _PARTIAL.search(head):
            return Tier.PARTIAL
        return Tier.WHOLE if _COUNTED.search(head) or _COUNTED.search(head + file.read()) else Tier.PARTIAL


def digests(paths: Iterable[Path]) -> dict[str, str]:
    """Family → SHA-256 of each dictionary file, without parsing it; a second file of a family stands under its path."""
    found = {}
    for path in paths:
        content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        named = _FAMILY.search(content, 0, _HEADER)
        family = named[1].decode("utf-8", "replace") if named else path.stem
        found[str(path) if family in found else family] = "sha256:" + hashlib.sha256(content).hexdigest()
    return found
