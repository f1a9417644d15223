"""Which files to leave out: `exclude` and .gitignore. Start reading from `Exclusion.leaves_out`.

* Globs are read as git reads them (`pathspec`): those of a configuration from its folder, those of the command line
  from the working folder.
* .gitignore files count where there is a repository, from its top down to the file; the deepest that says
  anything wins.
* A file named outright is read all the same, since somebody asked for it; with `force` it is left out too, for hooks
  that name whatever was changed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from .config_file import globs, matches
from .settings import Settings

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class Exclusion:
    """What a run leaves out."""

    def __init__(
        self, settings: Settings, *, exclude: Sequence[str] = (), gitignore: bool = True, force: bool = False
    ) -> None:
        """`exclude`: globs from the working folder; `gitignore`: whether to look for .gitignore files; `force`:
        whether to leave out files that were named outright, too.

        Raises
        ------
        UsageError
            A glob cannot be used.
        """
        self._settings = settings
        self._exclude = globs(exclude) if exclude else None
        self._gitignore = gitignore
        self._force = force
        self._ignored: dict[str, Sequence[tuple[str, GitIgnoreSpec]]] = {}

    def leaves_out_named(self, path: str) -> bool:
        """Whether to leave `path` out though it may have been named outright. Raises as `leaves_out` does."""
        return self._force and self.leaves_out(path)

    def leaves_out(self, path: str) -> bool:
        """Whether `path`, a folder if it ends in a slash, is excluded or ignored by git.

        Raises
        ------
        UsageError
        """
        whole = os.path.abspath(path) + (os.sep if path.endswith(os.sep) else "")
        folder = os.path.dirname(whole.rstrip(os.sep))
        if self._exclude and matches(self._exclude, os.getcwd(), whole):
            return True
        table = self._settings.table(folder)
        if table.excluded and matches(table.excluded, table.folder, whole):
            return True
        return self._gitignore and self._is_ignored(folder, whole)

    def _is_ignored(self, folder: str, path: str) -> bool:
        for home, spec in reversed(self._specs(folder)):
            said = spec.check_file(os.path.relpath(path, home) + (os.sep if path.endswith(os.sep) else "")).include
            if said is not None:
                return said
        return False

    def _specs(self, folder: str) -> Sequence[tuple[str, GitIgnoreSpec]]:
        """The ignore files that hold in `folder`, from the top of its repository down; none outside of one."""
        if folder not in self._ignored:
            above = os.path.dirname(folder)
            top = os.path.exists(os.path.join(folder, ".git"))
            inside = top or (above != folder and _in_repository(above))
            before = self._specs(above) if inside and not top else ()
            names = (os.path.join(".git", "info", "exclude"), ".gitignore") if top else (".gitignore",)
            found = (_read(os.path.join(folder, name)) for name in names) if inside else ()
            self._ignored[folder] = (*before, *((folder, spec) for spec in found if spec))
        return self._ignored[folder]


def _in_repository(folder: str) -> bool:
    return any(os.path.exists(os.path.join(f, ".git")) for f in (folder, *map(str, Path(folder).parents)))


def _read(path: str) -> GitIgnoreSpec | None:
    """The patterns in an ignore file, which need not exist. What git passes over in one is passed over here too."""
    try:
        lines = Path(path).read_bytes().decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    return globs([line for line in lines if _can_be_used(line)])


def _can_be_used(pattern: str) -> bool:
    try:
        return bool(globs([pattern]))
    except UsageError:
        return False
