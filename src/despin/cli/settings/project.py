"""The settings of a project, for programs in Python. Start reading from `project_config`."""

from __future__ import annotations

import os
from pathlib import Path

from ...config import Config
from .settings import Settings


def project_config(path: str | os.PathLike[str] = os.curdir) -> Config:
    """The `Config` that the command would use for the text or folder at `path`, without any option.

    It is read from the nearest `despin.toml` or `[tool.despin]` of a `pyproject.toml` upwards from `path`
    (docs/configuration.md), with the `[[files]]` tables that match. As for the command, a text may excuse its own
    findings by comments there unless the project says `inline = false`. What only the command uses (`exclude`,
    `strict`) is left out.

    Raises
    ------
    DespinError
        The file cannot be read, or says what despin does not know.
    """
    found = Settings({}).of(os.fspath(path))
    return found.config(tuple(map(Path, found.values["references"])))
