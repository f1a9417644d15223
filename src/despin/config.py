"""What a run may choose: one immutable value, `Config`, with a reason beside each default."""

from __future__ import annotations

from dataclasses import dataclass

SUGGESTED = 0.25  # of `Config.min_confidence`: from here on a candidate is suggested


@dataclass(frozen=True, slots=True)
class Config:
    """The choices of a run.

    Raises
    ------
    ValueError
        A probability lies outside 0 to 1.
    """

    language: str = "en"
    """The folder of `dictionaries/` to use."""
    dictionaries: tuple[str, ...] = ()
    """Families by name ("web") or TSV files by path; empty: all that the language ships."""
    min_confidence: float = 0.7
    """A restoration is written from here; below, down to a quarter of it, it is only suggested. Of 0.6, 0.65 and 0.7,
    this gives the highest F0.5 on unseen news at every spin rate (docs/quality.md)."""
    max_probability: float = 0.5
    """A document above is judged spun, and `--check` fails."""

    references: tuple[str, ...] = ()
    """Clean texts on the same topic: the names and titles in them are known to be right."""

    allow: tuple[str, ...] = ()
    """Phrases that are never findings, in whatever case: neither where they stand alone nor where they hold one."""
    quotes: bool = True
    """Whether quotations are restored like the rest. They are by default, since spinners spin them too."""
    inline: bool = False
    """Whether a text may excuse its own findings by comments (`despin: ignore`). Only for texts that are one's own:
    with it a spun page could hide. `[sic]` is respected in any case."""

    def __post_init__(self) -> None:
        for name in ("min_confidence", "max_probability"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise ValueError(f"{name} is {value}, but it must lie between 0 and 1")

    @property
    def suggest_from(self) -> float:
        """The probability from which a candidate is suggested: a quarter of `min_confidence`."""
        return self.min_confidence * SUGGESTED
