"""The settings, one row each: its key in a configuration, what may stand there, its option and its default.

The configuration reads by this table, the command line takes its flags from it, and `Chosen.config` makes a `Config`
of what came of both. Start reading from `SETTINGS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ...config import EFFORTS, Config


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_probability(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


class Kind(NamedTuple):
    """What a value may be."""

    fits: Callable[[object], bool]
    meant: str
    """In words, after "it has to be"."""


TEXT = Kind(_is_text, "a text in quotes")
TEXTS = Kind(_is_texts, 'a list of texts, as in ["one", "two"]')
PROBABILITY = Kind(_is_probability, "a number from 0 to 1")
SWITCH = Kind(_is_switch, "true or false")
EFFORT = Kind(lambda value: value in EFFORTS, " or ".join(f'"{one}"' for one in EFFORTS))


class Setting(NamedTuple):
    """One setting."""

    key: str
    kind: Kind
    option: str
    """The attribute of the parsed command line that has it, too; empty: only a configuration has it."""
    default: Any
    field: str = ""
    """Of `Config`; empty: only the command needs it."""
    adds: bool = False
    """Whether it adds to what stands before it; the others replace it."""
    whole_run: bool = False
    """Whether it makes no sense in `[[files]]`."""


_USUAL = Config()

SETTINGS = (
    Setting("language", TEXT, "language", _USUAL.language, "language"),
    Setting("dictionaries", TEXTS, "dictionary", (), "dictionaries"),
    Setting("min-confidence", PROBABILITY, "min_confidence", _USUAL.min_confidence, "min_confidence"),
    Setting("min-wording", PROBABILITY, "min_wording", _USUAL.min_wording, "min_wording"),
    Setting("max-probability", PROBABILITY, "max_probability", _USUAL.max_probability, "max_probability"),
    Setting("references", TEXTS, "reference", (), "references"),
    Setting("allow", TEXTS, "allow", (), "allow", adds=True),
    Setting("allow-file", TEXT, "", None),  # when it is read, its phrases go to `allow`
    Setting("exclude", TEXTS, "exclude", (), adds=True, whole_run=True),
    Setting("quotes", SWITCH, "quotes", _USUAL.quotes, "quotes"),
    Setting("inline", SWITCH, "inline", True, "inline"),
    Setting("effort", EFFORT, "effort", _USUAL.effort, "effort"),
    Setting("strict", SWITCH, "strict", False),
)
"""All settings, in the order in which --show-config prints them."""

KEYS = {setting.key: setting.kind for setting in SETTINGS}
DEFAULTS = {setting.key: setting.default for setting in SETTINGS if setting.option}
ADDED = {setting.key for setting in SETTINGS if setting.adds}
WHOLE_RUN = {setting.key for setting in SETTINGS if setting.whole_run}
