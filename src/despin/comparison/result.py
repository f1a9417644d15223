"""The nouns of a comparison: `Difference`, `Passage`, `Run`, `Comparison`. All are plain values.

Places are code points, half-open, into the text and into its source. Start reading from `Comparison`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

Judgement = Literal["copy", "spun copy", "related", "none"]
Kind = Literal["substitution", "form", "insertion", "deletion", "quotation"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of the text that stand for others of the source. found == text[start:end], and likewise `original`."""

    kind: Kind
    """"substitution": another phrase; "form": the same word, inflected, spelt or written otherwise; "insertion" and
    "deletion": words that only the text has, or only the source; "quotation": the same of a whole quotation, or of
    quotation marks."""
    start: int
    end: int
    found: str
    source_start: int
    source_end: int
    original: str
    families: tuple[str, ...] = ()
    """Of the dictionaries that know the substitution, the likeliest first; empty: it is new."""
    quoted: bool = False
    """It stands between quotation marks: honest writers leave the words of others as they are."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the text that runs beside one of the source."""

    start: int
    end: int
    source_start: int
    source_end: int
    kept: int
    """Words that are the same."""
    moved: bool = False
    """It stands in another order than most others."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that are the same in both."""

    start: int
    end: int
    source_start: int
    source_end: int
    words: int
    quoted: bool = False
    """All of it stands between quotation marks."""


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """Everything that can be said of a text beside one source. What is listed is sorted by place in the text; where it
    stands nowhere in the text, by what it stands behind."""

    text: str
    source: str
    verdict: Judgement
    """"copy": the same words; "spun copy": the same with substitutions; "related": they share words, as two reports on
    one event do, or one quotes the other; "none"."""
    probability: float
    """That the text is a copy of the source, spun or not."""
    words: int
    """Of the text; punctuation is not counted."""
    source_words: int
    kept_words: int
    """Words of the text that stand in the source, in passages that run beside each other."""
    copied_share: float
    """`kept_words` among the words of the text."""
    similarity: float
    """Twice `kept_words` among the words of both texts (Dice)."""
    substitutions: int
    """Differences of that kind."""
    explained: float
    """Share of the words of the text that copying and substituting explains: kept, substituted, or in another form."""
    moved: int
    """Passages that stand in another order than most."""
    differences: tuple[Difference, ...] = ()
    passages: tuple[Passage, ...] = ()
    runs: tuple[Run, ...] = ()

    def __repr__(self) -> str:
        return (
            f"Comparison({self.verdict!r}, probability={self.probability:.4g}, kept_words={self.kept_words} of "
            f"{self.words}, substitutions={self.substitutions}, moved={self.moved})"
        )

    @property
    def copied(self) -> bool:
        """Whether the verdict is "copy" or "spun copy"."""
        return self.verdict in ("copy", "spun copy")

    @property
    def counts(self) -> dict[str, int]:
        """Differences of each kind."""
        counted = Counter(one.kind for one in self.differences)
        return {kind: counted[kind] for kind in KINDS}

    @property
    def families(self) -> dict[str, int]:
        """How many substitutions each family knows, the most first; "" are new ones."""
        counted = Counter(
            family for one in self.differences if one.kind == "substitution" for family in one.families[:1] or ("",)
        )
        return dict(counted.most_common())

    def longest_runs(self, number: int = 5) -> list[Run]:
        """The runs of most words, the longest first."""
        return sorted(self.runs, key=lambda run: (-run.words, run.start))[:number]

    def added(self) -> list[tuple[int, int]]:
        """(start, end) of what stands in the text beside no passage."""
        return _between([(one.start, one.end) for one in self.passages], self.text)

    def dropped(self) -> list[tuple[int, int]]:
        """(start, end) of what stands in the source beside no passage."""
        return _between(sorted((one.source_start, one.source_end) for one in self.passages), self.source)

    def paired(self) -> tuple[str, str]:
        """(source, text): the passages alone, in the order of the source, a line each: what a dictionary is learned
        from."""
        ordered = sorted(self.passages, key=lambda one: one.source_start)
        left = "\n".join(" ".join(self.source[one.source_start : one.source_end].split()) for one in ordered)
        right = "\n".join(" ".join(self.text[one.start : one.end].split()) for one in ordered)
        return left, right

    def summary(self, path: str) -> dict[str, Any]:
        """The object "source" of schema 1 (docs/json.md); `path` is that of the source."""
        return {
            "path": path,
            "similarity": round(self.similarity, 4),
            "kept_words": self.kept_words,
            "copied_share": round(self.copied_share, 4),
            "substitutions": self.substitutions,
            "explained": round(self.explained, 4),
            "moved": self.moved,
            "verdict": self.verdict,
            "probability": round(self.probability, 4),
        }

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON, texts and all."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Comparison:
        """What `to_dict` made.

        Raises
        ------
        ValueError
            A member is missing or is none of a comparison.
        """
        try:
            values = {field.name: data[field.name] for field in fields(cls)}
            values["differences"] = tuple(
                Difference(**{**one, "families": tuple(one["families"])}) for one in values["differences"]
            )
            values["passages"] = tuple(Passage(**one) for one in values["passages"])
            values["runs"] = tuple(Run(**one) for one in values["runs"])
            return cls(**values)
        except (KeyError, TypeError) as problem:
            raise ValueError(f"no comparison: {problem}") from None


def _between(spans: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """What lies between `spans`, sorted and disjoint, and is more than space."""
    found, done = [], 0
    for start, end in [*spans, (len(text), len(text))]:
        piece = text[done:start]
        if piece.strip():
            begin = done + len(piece) - len(piece.lstrip())
            found.append((begin, begin + len(piece.strip())))
        done = max(done, end)
    return found
