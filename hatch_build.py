"""What the build makes: the README as a package index shows it.

There no link leads to another file of the repository. So what stands in brackets stays, with the file behind it where
it says another thing, and pictures go. hatchling runs this (`tool.hatch.metadata.hooks.custom`).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

try:
    from hatchling.metadata.plugin.interface import MetadataHookInterface
except ImportError:  # the tests look at `for_an_index` alone
    MetadataHookInterface = object

_PICTURE = re.compile(r"^!\[[^\]]*\]\((?!https?:)[^)]*\)\n+", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\((?!https?:)([^)#]*)[^)]*\)")


def for_an_index(readme: str) -> str:
    """`readme`, in Markdown, without links and pictures that need the files beside it.

    >>> for_an_index("See [docs/a.md](docs/a.md#b) and [the notice](NOTICE), [us](https://x.org).")
    'See docs/a.md and the notice (NOTICE), [us](https://x.org).'
    """
    return _LINK.sub(_said, _PICTURE.sub("", readme))


def _said(link: re.Match[str]) -> str:
    text, path = link.groups()
    return text if text == path else f"{text} ({path})"


class ReadmeHook(MetadataHookInterface):
    """Gives hatchling the README."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Put the README into `metadata`."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": for_an_index(text)}
