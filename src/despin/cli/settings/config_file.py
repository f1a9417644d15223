"""One file of configuration: `[tool.despin]` of pyproject.toml, or despin.toml. Start reading from `load`.

An unknown key or a wrong type is an error, with what was probably meant: a setting that silently does nothing is worse.
Paths are taken from the folder of the file that names them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..errors import UsageError
from .globs import Globs
from .keys import KEYS, TEXT, WHOLE_RUN, Kind
from .own_files import read_text

OWN, SHARED = "despin.toml", "pyproject.toml"


@dataclass(frozen=True, eq=False)
class Table:
    """What one file of configuration says; every value is checked, every path is made whole."""

    name: str = ""
    folder: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[tuple[str, Mapping[str, Any]]] = ()
    """Pattern and values of each `[[files]]` table."""

    @cached_property
    def patterns(self) -> Sequence[Globs]:
        """What each `[[files]]` table matches."""
        return [Globs([pattern], self.folder) for pattern, _ in self.files]

    @cached_property
    def excluded(self) -> Globs | None:
        """What `exclude` matches."""
        return Globs(self.values["exclude"], self.folder) if self.values.get("exclude") else None


def load(path: str) -> Table | None:
    """The configuration in the file at `path`; None for a pyproject.toml that has none.

    Raises
    ------
    UsageError
        It cannot be read, is not TOML, or says what despin does not know.
    """
    import tomllib

    try:
        data = tomllib.loads(read_text(path))
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
    elif isinstance(data.get("tool"), dict) and "despin" in data["tool"]:
        raise UsageError(f"{path}: has a table [tool.despin]; leave out the table's name: here every key is despin's")
    table = read(data, path, "" if own else "[tool.despin] ")
    try:
        _ = table.excluded, table.patterns  # a glob that cannot be used is told now, and not when some file is met
    except UsageError as problem:
        raise UsageError(f"{path}: {problem}") from None
    return table


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
        if not TEXT.fits(table.get("match")):
            raise UsageError(f'{name}: {here}needs a pattern of the files that it is for: match = "docs/**"')
        keys = {key: test for key, test in KEYS.items() if key not in WHOLE_RUN}
        rest = {key: value for key, value in table.items() if key != "match"}
        files.append((table["match"], _whole(_checked(rest, keys, name, here, ("match",)), folder)))
    return Table(name, folder, _whole(values, folder), files)


def _checked(
    data: Mapping[str, Any],
    keys: Mapping[str, Kind],
    name: str,
    where: str,
    others: Sequence[str],
) -> Mapping[str, Any]:
    for key, value in data.items():
        if key not in keys:
            from difflib import get_close_matches

            near = get_close_matches(key.replace("_", "-"), [*keys, *others], 1)
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
        whole["allow-file"] = os.path.join(folder, whole["allow-file"])
        whole["allow"] = (*whole.get("allow", ()), *allow_file(whole["allow-file"]))
    return whole


def allow_file(path: str) -> tuple[str, ...]:
    """The phrases in an allow file: one a line; after ``#`` stands a reason.

    Raises
    ------
    UsageError
    """
    try:
        lines = read_text(path).split("\n")
    except OSError as problem:
        raise UsageError(f"the allow file {short(path)}: {(problem.strerror or str(problem)).lower()}") from None
    except UnicodeDecodeError as problem:
        raise UsageError(
            f"the allow file {short(path)}: byte {problem.start} is not {problem.encoding.upper()}; save it as UTF-8"
        ) from None
    return tuple(filter(None, (line.partition("#")[0].strip() for line in lines)))


def short(path: str) -> str:
    """`path` as people would name it from here."""
    try:
        near = os.path.relpath(path)
    except ValueError:  # another drive
        return path
    return path if near.startswith(os.pardir + os.sep + os.pardir) else near
