"""The settings of each text: flags, the nearest configuration, defaults. Start reading from `Settings.of`.

* The nearest configuration file upwards from the text holds, whole: files are never merged. The search ends where a
  repository ends (`.git`, `.hg`), so that nothing in a home folder has a say.
* A flag goes before the file, and the file before the default; `allow` and `exclude` on the command line add to the
  file's. Later `[[files]]` tables go before earlier ones.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...config import Config
from ..errors import UsageError
from .config_file import OWN, SHARED, Table, load, short
from .globs import places
from .keys import ADDED, DEFAULTS, SETTINGS

_ROOTS = (".git", ".hg")
TYPED = ("default", "command line")
"""Origins of settings that are no file."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The settings of one text: its `Config` but for the texts of the references, and what only the command needs."""

    values: Mapping[str, Any]
    origins: Mapping[str, str]
    """Where each value is from, for people."""

    def config(self, references: Sequence[str | Path] = ()) -> Config:
        """The settings as the library takes them, with the texts or files of the references."""
        fields = {setting.field: self.values[setting.key] for setting in SETTINGS if setting.field}
        return Config(**fields | {"references": tuple(references)})


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
        self._tables: dict[str, Table | UsageError] = {}
        self._chosen: dict[tuple[int, tuple[int, ...]], Chosen] = {}
        self._of: dict[str, Chosen] = {}  # of each path that was asked about
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
            try:
                self._tables[folder] = self._search(folder)
            except UsageError as problem:  # of all that is in this folder, and of nothing else
                self._tables[folder] = problem
        found = self._tables[folder]
        if isinstance(found, UsageError):
            raise found
        return found

    def _search(self, folder: str) -> Table:
        for name in (OWN, SHARED):
            path = os.path.join(folder, name)
            if os.path.isfile(path) and (table := load(short(path))):
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
        if path not in self._of:
            self._of[path] = self._choose(path)
        return self._of[path]

    def _choose(self, path: str) -> Chosen:
        named = os.path.abspath(path)
        table = self.table(named if os.path.isdir(named) else os.path.dirname(named))
        which: tuple[int, ...] = ()
        if table.files:
            where = places(path)
            which = tuple(row for row, globs in enumerate(table.patterns) if any(map(globs.match, where)))
        if (id(table), which) not in self._chosen:
            self._chosen[id(table), which] = self._merged(table, which)
        return self._chosen[id(table), which]

    def _merged(self, table: Table, which: Sequence[int]) -> Chosen:
        values = dict(DEFAULTS)
        origins = dict.fromkeys(DEFAULTS, TYPED[0])
        layers = [(table.name, table.values)]
        layers += [(f"{table.name}, files {table.files[row][0]!r}", table.files[row][1]) for row in which]
        for origin, layer in [*layers, (TYPED[1], self._flags)]:
            for key, value in layer.items():
                adds = key in ADDED and values[key]
                values[key] = (*values[key], *value) if adds else short(value) if key == "allow-file" else value
                origins[key] = f"{origins[key]} and {origin}" if adds else origin
        return Chosen(values, origins)


_NONE = Table()
