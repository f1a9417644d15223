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
    min_confidence: float = 0.75
    """A place is restored from this probability on that it was substituted at all; below, down to a quarter of it, an
    original is only suggested. Of the places that are changed in unseen, fully spun news, 97.8 of 100 were spun at 0.75
    and 98.2 at 0.8, which leaves 3 of 100 more standing (docs/quality.md)."""
    min_wording: float = 0.0
    """… and from this share of that probability on which falls to the likeliest original: 0.5 leaves places alone where
    no original is likelier than all others together."""
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
        for name in ("min_confidence", "min_wording", "max_probability"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise ValueError(f"{name} is {value}, but it must lie between 0 and 1")

    @property
    def suggest_from(self) -> float:
        """The probability from which a candidate is suggested: a quarter of `min_confidence`."""
        return self.min_confidence * SUGGESTED
