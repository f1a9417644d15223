"""The settings of texts → the `Config` of each, once the data that it names has proved to be there.

Start reading from `Configs.of`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..config import Config, with_usual
from ..readers import InputError, Source, find
from ..renderers.escaping import printable
from ..util.errors import DespinError
from ..util.files import explain
from .errors import UsageError
from .settings.settings import TYPED, Chosen
from .streams import Streams


class Configs:
    """The `Config`s of a run. Equal settings give the same object, so that its data are loaded once."""

    def __init__(self, streams: Streams, source: Callable[[str], Source | InputError], *, records: bool) -> None:
        """`source` reads a text of the references; `records`: whether the texts are records, which come from elsewhere:
        with comments in them, a page could hide."""
        self._streams = streams
        self._source = source
        self._records = records
        self._configs: dict[int, Config] = {}
        self._references: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._told: set[str] = set()

    def of(self, chosen: Chosen) -> Config:
        """The `Config` of `chosen`.

        Raises
        ------
        UsageError
            The data that it names cannot be used: that is the user's to mend before anything runs.
        """
        if id(chosen) not in self._configs:
            config = chosen.config(self._texts(chosen.values["references"]))
            config = with_usual(config, "quick" if self._records else "careful")
            if self._records:
                config = replace(config, inline=False)
            self._load(config, chosen.origins)
            self._configs[id(chosen)] = config
        return self._configs[id(chosen)]

    def _load(self, config: Config, origins: Mapping[str, str]) -> None:
        """Raises `UsageError` where the data that `config` names cannot be used; tells what is odd about it. `origins`
        says where each setting is from."""
        from ..dictionary.errors import NoSuchData
        from ..runtime import knowledge

        try:
            knowledge.check_data(config)
            notices = knowledge.notices(config)
        except NoSuchData as problem:
            origin = origins[problem.setting]
            raise UsageError(f"{problem}" if origin in TYPED else f"{origin}: {problem}") from problem
        except DespinError as problem:
            raise UsageError(str(problem)) from problem
        except OSError as problem:
            raise UsageError(f"{problem.filename}: {explain(problem)}") from problem
        for line in notices:
            if line not in self._told:
                self._told.add(line)
                self._streams.talk(f"{printable(line)}\n")

    def _texts(self, references: tuple[str, ...]) -> tuple[str, ...]:
        if references not in self._references:
            texts = []
            for path in find(references):
                source = path if isinstance(path, InputError) else self._source(path)
                if isinstance(source, InputError):
                    raise UsageError(f"the reference {source.path}: {source.message}")
                texts.append(source.prose)
            self._references[references] = tuple(texts)
        return self._references[references]

    def provenance(self, usual: Chosen) -> dict[str, Any]:
        """Digests of the data that this run used, or would have used on a text with the `usual` settings.

        Raises
        ------
        UsageError
            Of the `usual` ones, as `of` does.
        """
        from ..runtime import knowledge

        if not self._configs:
            self.of(usual)
        used = [knowledge.provenance(config) for config in dict.fromkeys(self._configs.values())]
        return used[0] | {"dictionaries": {name: d for data in used for name, d in data["dictionaries"].items()}}
