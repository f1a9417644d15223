"""What a run may choose: one immutable value, `Config`, with a reason beside each default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

from .util.arguments import several, text

# What may be given where several are meant. Any iterable will do; these leave out a string, which is one, too.
Phrases: TypeAlias = tuple[str, ...] | list[str]
Dictionaries: TypeAlias = tuple[str | Path, ...] | list[str] | list[Path] | list[str | Path]
References: TypeAlias = tuple[str | Path, ...] | list[str] | list[Path] | list[str | Path]
Effort: TypeAlias = Literal["auto", "careful", "quick"]

EFFORTS: tuple[Effort, ...] = ("auto", "careful", "quick")
SUGGESTED = 0.25  # of `Config.min_confidence`: from here on a candidate is suggested


@dataclass(frozen=True, slots=True)
class Config:
    """The choices of a run: an immutable value that can be hashed, compared and pickled.

    Where several are meant any iterable is taken and kept as a tuple, but never one string.

    Parameters
    ----------
    language
        The folder of `dictionaries/` to use.
    dictionaries
        Families by name ("web") or TSV files by path; empty: all that the language ships.
    min_confidence
        A place is restored from this probability on that it was substituted at all; below, down to a quarter of it, an
        original is only suggested.
    max_probability
        A document above is judged spun, and `--check` fails.
    references
        Clean texts on the same topic: the names and titles in them are known to be right. A string is a text; a
        `pathlib.Path` is a file, or a folder of files, which is read when a text is checked.
    allow
        Phrases that are never findings, in whatever case: neither where they stand alone nor where they hold one.
    quotes
        Whether quotations are restored like the rest. They are by default, since spinners spin them too.
    inline
        Whether a text may excuse its own findings by comments (`despin: ignore`). Only for texts that are one's own:
        with it a spun page could hide. `[sic]` is respected in any case.
    effort
        "careful": texts judged spun are read by the encoder as well, which looks at whole paragraphs, finds more and
        takes some 0.6 ms a word. "quick": they are not. "auto": `check` and `restore` are careful with texts of up to
        20,000 words; `check_many` and all else that reads many texts is quick.

    Raises
    ------
    ValueError
        A probability lies outside 0 to 1.
    TypeError
        A value is of another kind than is meant; the message says which.
    """

    language: str = "en"
    dictionaries: tuple[str, ...] = ()
    min_confidence: float = 0.8
    """In unseen, fully spun news, read quickly, 97 of 100 places that are changed at 0.8 were spun, and 90 of 100 that
    were spun are changed; at 0.85 it is 98 and 88. Read with care it is 98 and 91; 98 and 89 (docs/quality.md)."""
    min_wording: float = 0.0
    """… and from this share of that probability on which falls to the likeliest original: 0.5 leaves places alone where
    no original is likelier than all others together."""
    max_probability: float = 0.5
    references: tuple[str | Path, ...] = ()
    allow: tuple[str, ...] = ()
    quotes: bool = True
    inline: bool = False
    effort: Effort = "auto"

    if TYPE_CHECKING:  # more is taken than kept

        def __init__(
            self,
            language: str = ...,
            dictionaries: Dictionaries = ...,
            min_confidence: float = ...,
            min_wording: float = ...,
            max_probability: float = ...,
            references: References = ...,
            allow: Phrases = ...,
            quotes: bool = ...,
            inline: bool = ...,
            effort: Effort = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        text(self.language, "language")
        put = object.__setattr__
        named: tuple[Any, ...] = several(self.dictionaries, "dictionaries", (str, Path), "names or paths")
        put(self, "dictionaries", tuple(one if isinstance(one, str) else _with_slash(one) for one in named))
        put(self, "references", several(self.references, "references", (str, Path), "texts (str) or files (Path)"))
        put(self, "allow", several(self.allow, "allow", (str,), "strings"))
        for name in ("min_confidence", "min_wording", "max_probability"):
            _probability(getattr(self, name), name)
        for name in ("quotes", "inline"):
            if not isinstance(value := getattr(self, name), bool):
                raise TypeError(f"{name} is {value!r:.60}; True or False is meant")
        if self.effort not in EFFORTS:
            raise ValueError(f"effort is {self.effort!r:.60}, but it must be one of: {', '.join(EFFORTS)}")

    @property
    def suggest_from(self) -> float:
        """The probability from which a candidate is suggested: a quarter of `min_confidence`."""
        return self.min_confidence * SUGGESTED


class Options(TypedDict, total=False):
    """The fields of a `Config` as options of a call."""

    language: str
    dictionaries: Dictionaries
    min_confidence: float
    min_wording: float
    max_probability: float
    references: References
    allow: Phrases
    quotes: bool
    inline: bool
    effort: Effort


def chosen(config: Config | None, options: Mapping[str, Any]) -> Config:
    """`config`, or the usual one, with other values for what `options` name.

    Raises
    ------
    TypeError
        `config` is none, or there is no such option.
    ValueError
        As for `Config`.

    >>> chosen(None, {"min_confidence": 0.5}).min_confidence
    0.5
    """
    if config is not None and not isinstance(config, Config):
        advice = "despin.Config(**config)" if isinstance(config, Mapping) else "or options by name: min_confidence=0.5"
        raise TypeError(f"config is {type(config).__name__} {config!r:.60}; a despin.Config is meant: {advice}")
    usual = _USUAL if config is None else config
    if not options:
        return usual
    known = [field.name for field in fields(Config)]
    for name in options:
        if name not in known:
            raise TypeError(_unknown(name, known))
    return replace(usual, **options)


def with_usual(config: Config, effort: Effort) -> Config:
    """`config`; where it leaves the effort open, with this one.

    >>> with_usual(Config(), "careful").effort, with_usual(Config(effort="quick"), "careful").effort
    ('careful', 'quick')
    """
    return replace(config, effort=effort) if config.effort == "auto" else config


def _unknown(name: str, known: list[str]) -> str:
    """That there is no option `name`, and which was probably meant."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    advice = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
    return f"there is no option {name!r}; {advice}"


def _with_slash(path: Path) -> str:
    """A file by its path, which is never taken for the name of a family."""
    name = str(path)
    return name if os.path.dirname(name) else os.path.join(os.curdir, name)


def _probability(value: object, name: str) -> None:
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise TypeError(f"{name} is {value!r:.60}; a number from 0 to 1 is meant")
    if not 0 <= float(value) <= 1:
        raise ValueError(f"{name} is {value}, but it must lie between 0 and 1")


_USUAL = Config()
