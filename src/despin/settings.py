"""`[tool.despin]` of pyproject.toml, or despin.toml → the settings of each file. Start reading from `Settings`.

* The nearest configuration file upwards from the text holds, whole: files are never merged. The search ends where a
  repository ends (`.git`, `.hg`), so that nothing in a home folder has a say.
* A flag goes before the file, and the file before the default; `allow` and `exclude` on the command line add to the
  file's. Later `[[files]]` tables go before earlier ones.
* An unknown key or a wrong type is an error, with what was probably meant: a setting that silently does nothing is
  worse. Paths are taken from the folder of the file that names them.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .config import Config

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

OWN, SHARED = "despin.toml", "pyproject.toml"
_ROOTS = (".git", ".hg")


class UsageError(Exception):
    """The command line, or what it names, cannot be used. The message is a sentence for people."""


# --- the keys -----------------------------------------------------------------------------------------------------


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_probability(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


_TEXT = (_is_text, "a text in quotes")
_TEXTS = (_is_texts, 'a list of texts, as in ["one", "two"]')
_PROBABILITY = (_is_probability, "a number from 0 to 1")
_SWITCH = (_is_switch, "true or false")

KEYS: dict[str, tuple[Callable[[object], bool], str]] = {
    "language": _TEXT,
    "dictionaries": _TEXTS,
    "min-confidence": _PROBABILITY,
    "max-probability": _PROBABILITY,
    "references": _TEXTS,
    "allow": _TEXTS,
    "allow-file": _TEXT,
    "exclude": _TEXTS,
    "quotes": _SWITCH,
    "inline": _SWITCH,
    "strict": _SWITCH,
}
"""Every key of the configuration, with its test and the words for it."""
_WHOLE_RUN = ("exclude",)
"""Keys that make no sense in `[[files]]`."""
_ADDED = ("allow", "exclude")
"""Keys that add to what stands before them; the others replace it."""
DEFAULTS: dict[str, Any] = {
    "language": Config().language,
    "dictionaries": (),
    "min-confidence": Config().min_confidence,
    "max-probability": Config().max_probability,
    "references": (),
    "allow": (),
    "exclude": (),
    "quotes": Config().quotes,
    "inline": True,
    "strict": False,
}


# --- one file of configuration ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Table:
    """What one file of configuration says; every value is checked, every path is made whole."""

    name: str = ""
    folder: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[tuple[str, Mapping[str, Any]]] = ()
    """Pattern and values of each `[[files]]` table."""

    @cached_property
    def patterns(self) -> Sequence[GitIgnoreSpec]:
        """What each `[[files]]` table matches."""
        return [globs([pattern]) for pattern, _ in self.files]

    @cached_property
    def excluded(self) -> GitIgnoreSpec | None:
        """What `exclude` matches."""
        return globs(self.values["exclude"]) if self.values.get("exclude") else None


def globs(patterns: Sequence[str]) -> GitIgnoreSpec:
    """`patterns` as git reads them: ``vendor/`` anywhere, ``/vendor/`` at the top, ``**`` for any folders."""
    from pathspec import GitIgnoreSpec

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of the expression that [[] becomes
            return GitIgnoreSpec.from_lines(patterns)
    except (ValueError, re.error) as problem:
        raise UsageError(f"one of the globs {', '.join(map(repr, patterns))} cannot be used: {problem}") from None


def matches(spec: GitIgnoreSpec, folder: str, path: str) -> bool:
    """Whether `spec`, with patterns meant from `folder`, matches `path`; both absolute. A folder to match ends in a
    slash."""
    inside = folder.rstrip(os.sep) + os.sep
    return path.startswith(inside) and spec.match_file(path.removeprefix(inside))


def load(path: str) -> Table | None:
    """The configuration in the file at `path`; None for a pyproject.toml that has none.

    Raises
    ------
    UsageError
        It cannot be read, is not TOML, or says what despin does not know.
    """
    try:
        data = tomllib.loads(Path(path).read_bytes().decode())
    except OSError as problem:
        raise UsageError(f"{path}: {(problem.strerror or str(problem)).lower()}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise UsageError(f"{path}: is not valid TOML: {str(problem) or 'nested too deeply'}") from None
    own = os.path.basename(path) != SHARED
    if not own:
        tool = data.get("tool")
        if not isinstance(tool, dict) or "despin" not in tool:
            return None
        data = tool["despin"]
    return read(data, path, "" if own else "[tool.despin] ")


def read(data: object, name: str, where: str = "") -> Table:
    """The configuration `data`, as the file `name` has it.

    Raises
    ------
    UsageError
    """
    folder = os.path.dirname(os.path.abspath(name))
    if not isinstance(data, dict):
        raise UsageError(f"{name}: {where}is no table")
    values = _checked({key: value for key, value in data.items() if key != "files"}, KEYS, name, where, ("files",))
    tables = data.get("files", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError(f"{name}: {where}files has to be tables: [[{'tool.despin.' * bool(where)}files]]")
    files = []
    for number, table in enumerate(tables, 1):
        here = f"{where}files, table {number}: "
        if not _is_text(table.get("match")):
            raise UsageError(f'{name}: {here}needs a pattern of the files that it is for: match = "docs/**"')
        keys = {key: test for key, test in KEYS.items() if key not in _WHOLE_RUN}
        rest = {key: value for key, value in table.items() if key != "match"}
        files.append((table["match"], _whole(_checked(rest, keys, name, here, ("match",)), folder)))
    return Table(name, folder, _whole(values, folder), files)


def _checked(
    data: Mapping[str, Any],
    keys: Mapping[str, tuple[Callable[[object], bool], str]],
    name: str,
    where: str,
    others: Sequence[str],
) -> Mapping[str, Any]:
    for key, value in data.items():
        if key not in keys:
            near = difflib.get_close_matches(key.replace("_", "-"), [*keys, *others], 1)
            advice = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join([*keys, *others])}"
            raise UsageError(f"{name}: {where}has an unknown key {key!r}; {advice}")
        fits, meant = keys[key]
        if not fits(value):
            raise UsageError(f"{name}: {where}{key} is {value!r}, but it has to be {meant}")
    return data


def _whole(values: Mapping[str, Any], folder: str) -> Mapping[str, Any]:
    """`values` with lists as tuples, paths from `folder`, and the allow file read."""
    whole: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    if "references" in whole:
        whole["references"] = tuple(os.path.join(folder, path) for path in whole["references"])
    if "dictionaries" in whole:
        whole["dictionaries"] = tuple(
            os.path.join(folder, name) if "/" in name or os.path.isfile(os.path.join(folder, name)) else name
            for name in whole["dictionaries"]
        )
    if "allow-file" in whole:
        whole["allow"] = (*whole.get("allow", ()), *allow_file(os.path.join(folder, whole.pop("allow-file"))))
    return whole


def allow_file(path: str) -> tuple[str, ...]:
    """The phrases in an allow file: one a line; after ``#`` stands a reason.

    Raises
    ------
    UsageError
    """
    try:
        lines = Path(path).read_bytes().decode("utf-8-sig").splitlines()
    except OSError as problem:
        raise UsageError(f"the allow file {_short(path)}: {(problem.strerror or str(problem)).lower()}") from None
    except UnicodeDecodeError as problem:
        raise UsageError(
            f"the allow file {_short(path)}: byte {problem.start} is not UTF-8; save it as UTF-8"
        ) from None
    return tuple(filter(None, (line.partition("#")[0].strip() for line in lines)))


# --- the settings of each text ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chosen:
    """The settings of one text: its `Config` but for the texts of the references, and what only the command needs."""

    values: Mapping[str, Any]
    origins: Mapping[str, str]
    """Where each value is from, for people."""

    def config(self, references: Sequence[str] = ()) -> Config:
        """The settings as the pipeline takes them, with the texts of the references."""
        values = self.values
        return Config(
            language=values["language"],
            dictionaries=values["dictionaries"],
            min_confidence=values["min-confidence"],
            max_probability=values["max-probability"],
            references=tuple(references),
            allow=values["allow"],
            quotes=values["quotes"],
            inline=values["inline"],
        )


class Settings:
    """The settings of any file: flags, the nearest configuration, defaults."""

    def __init__(self, flags: Mapping[str, Any], *, config: str | None = None, isolated: bool = False) -> None:
        """`flags`: keys of `KEYS` that the command line gave. `config`: the one file to take, and no other;
        `isolated`: none at all.

        Raises
        ------
        UsageError
            `config` cannot be used.
        """
        self._flags = flags
        self._isolated = isolated
        self._tables: dict[str, Table] = {}
        self._chosen: dict[tuple[int, tuple[int, ...]], Chosen] = {}
        self._only: Table | None = None
        if config is not None:
            self._only = load(config)
            if self._only is None:
                raise UsageError(f"{config}: has no table [tool.despin]; add it, or name another file")

    def table(self, folder: str) -> Table:
        """The configuration that holds in `folder` (absolute); an empty one where there is none.

        Raises
        ------
        UsageError
            The nearest file cannot be used.
        """
        if self._isolated or self._only:
            return self._only or _NONE
        if folder not in self._tables:
            self._tables[folder] = self._search(folder)
        return self._tables[folder]

    def _search(self, folder: str) -> Table:
        for name in (OWN, SHARED):
            path = os.path.join(folder, name)
            if os.path.isfile(path) and (table := load(_short(path))):
                return table
        above = os.path.dirname(folder)
        if above == folder or any(os.path.exists(os.path.join(folder, root)) for root in _ROOTS):
            return _NONE
        return self.table(above)

    def of(self, path: str) -> Chosen:
        """The settings of the text at `path`; of a folder, those of a text in it that no `[[files]]` table matches.

        Raises
        ------
        UsageError
        """
        path = os.path.abspath(path)
        table = self.table(path if os.path.isdir(path) else os.path.dirname(path))
        which = tuple(row for row, spec in enumerate(table.patterns) if matches(spec, table.folder, path))
        if (id(table), which) not in self._chosen:
            self._chosen[id(table), which] = self._merged(table, which)
        return self._chosen[id(table), which]

    def _merged(self, table: Table, which: Sequence[int]) -> Chosen:
        values = dict(DEFAULTS)
        origins = dict.fromkeys(DEFAULTS, "default")
        layers = [(table.name, table.values)]
        layers += [(f"{table.name}, files {table.files[row][0]!r}", table.files[row][1]) for row in which]
        for origin, layer in [*layers, ("command line", self._flags)]:
            for key, value in layer.items():
                adds = key in _ADDED and values[key]
                values[key] = (*values[key], *value) if adds else value
                origins[key] = f"{origins[key]} and {origin}" if adds else origin
        return Chosen(values, origins)


_NONE = Table()


def _short(path: str) -> str:
    """`path` as people would name it from here."""
    try:
        near = os.path.relpath(path)
    except ValueError:  # another drive
        return path
    return path if near.startswith(os.pardir + os.sep + os.pardir) else near
