"""Which files to leave out: `exclude` and .gitignore. Start reading from `Exclusion.leaves_out`.

* Globs are read as git reads them (`globs`): those of a configuration from its folder, those of the command line from
  the working folder. Where a link leads to what is left out, that is left out by either name.
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
from .globs import Globs, compiled, places
from .own_files import read_text
from .settings import Settings

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class Exclusion:
    """What a run leaves out."""

    def __init__(
        self,
        settings: Settings,
        named: Sequence[str] = (),
        *,
        exclude: Sequence[str] = (),
        gitignore: bool = True,
        force: bool = False,
    ) -> None:
        """`named`: the paths that the run was given; `exclude`: globs from the working folder; `gitignore`: whether to
        look for .gitignore files; `force`: whether to leave out files that were named outright, too.

        Raises
        ------
        UsageError
            A glob cannot be used.
        """
        self._settings = settings
        self._exclude = Globs(exclude, os.getcwd()) if exclude else None
        self._unused = {glob: Globs([glob], os.getcwd()) for glob in exclude if not glob.startswith("!")}
        self._tops = [top for path in named if os.path.isabs(path) for top in places(path)]
        self._gitignore = gitignore
        self._force = force
        self._ignored: dict[str, Sequence[tuple[str, GitIgnoreSpec]]] = {}

    def leaves_out_named(self, path: str) -> bool:
        """Whether to leave `path` out though it may have been named outright. Raises as `leaves_out` does."""
        return self._force and self.leaves_out(path)

    def leaves_out(self, path: str) -> bool:
        """Whether `path`, a folder if it ends in a slash, is excluded or ignored by git.

        A configuration that cannot be used excludes nothing here: whoever asks for the settings of `path` is told.

        Raises
        ------
        UsageError
            A glob cannot be used.
        """
        return any(map(self._leaves_out, places(path)))

    def _leaves_out(self, path: str) -> bool:
        folder = os.path.dirname(path.rstrip(os.sep))
        top = next((top for top in self._tops if path.startswith(os.path.join(top, ""))), "")
        self._unused = {glob: globs for glob, globs in self._unused.items() if not globs.match(path, top)}
        if self._exclude and self._exclude.match(path, top):
            return True
        try:
            excluded = self._settings.table(folder).excluded
        except UsageError:
            excluded = None
        if excluded and excluded.match(path, top):
            return True
        return self._gitignore and self._is_ignored(folder, path)

    @property
    def unused(self) -> Sequence[str]:
        """Globs of the command line that have matched nothing so far."""
        return list(self._unused)

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
        lines = read_text(path, "replace").split("\n")
    except OSError:
        return None
    return compiled([line for line in lines if _can_be_used(line)])


def _can_be_used(pattern: str) -> bool:
    try:
        return bool(compiled([pattern]))
    except UsageError:
        return False
