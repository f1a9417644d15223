"""What is measured on: texts with their gold edits, pieces of texts, and the dictionary as plain facts.

The files lie in `shared/` beside the project (see `--data`) and never become part of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edits import GoldEdit, Tokenised, Words, gold_edit, tokenise, words_of

from despin.dictionary.files import Tier, tier_of

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT.parent / "shared"
DICTIONARIES = PROJECT / "dictionaries" / "en"


@dataclass(frozen=True, slots=True)
class Document:
    """A text, and where it is known what was done to it, the gold edits."""

    name: str
    text: str
    register: str = ""
    rate: float = 0.0
    """Spin rate; 0: not spun."""
    original: str = ""
    edits: tuple[dict[str, Any], ...] = ()
    """As in the file: start, end, spun, original: [accepted, …], and perhaps optional."""

    def gold(self) -> tuple[Tokenised, list[GoldEdit]]:
        """The tokens and the gold edits over them."""
        text = tokenise(self.text)
        return text, [
            gold_edit(text, edit["start"], edit["end"], edit["original"], bool(edit.get("optional")))
            for edit in self.edits
        ]


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def sample(items: Sequence[Any], limit: int | None) -> list[Any]:
    """At most `limit` of `items`, spread evenly: every run takes the same ones."""
    if not limit or limit >= len(items):
        return list(items)
    return [items[i * len(items) // limit] for i in range(limit)]


def web(folder: Path, limit: int | None = None) -> list[Document]:
    """Spun news of the web family, at three spin rates; `limit` a spin rate."""
    rows = _lines(folder / "parallel" / "web-dev.jsonl")
    rates = sorted({row["rate"] for row in rows}, reverse=True)
    return [
        Document(row["id"], row["text"], row["source"], rate, row["original"], tuple(row["edits"]))
        for rate in rates
        for row in sample([row for row in rows if row["rate"] == rate], limit)
    ]


def clean(folder: Path, limit: int | None = None) -> list[Document]:
    """Texts that were not spun; `limit` a register."""
    rows = _lines(folder / "clean" / "clean-dev.jsonl")
    registers = sorted({row["register"] for row in rows})
    return [
        Document(row["id"], row["text"], register)
        for register in registers
        for row in sample([row for row in rows if row["register"] == register], limit)
    ]


def seed(text: Path, gold: Path | None = None) -> Document:
    """An example article; with `gold`, the JSON file of its edits, one that was spun."""
    content = text.read_text(encoding="utf-8")
    if gold is None:
        return Document(text.stem, content)
    data = json.loads(gold.read_text(encoding="utf-8"))
    if data.get("text", content) != content:
        raise ValueError(f"the gold edits in {gold} are of another text than {text}: make both from one file")
    return Document(text.stem, content, rate=1.0, edits=tuple(data["edits"]))


def seeds(folder: Path) -> list[Document]:
    """The spun example article, then the two that were not spun."""
    texts = folder / "seeds"
    return [
        seed(texts / "behind-the-scenes.txt", folder / "gold" / "behind-the-scenes.json"),
        seed(texts / "teaser-news.txt"),
        seed(texts / "casting-news.txt"),
    ]


def observed(folder: Path) -> list[dict[str, Any]]:
    """Word pairs seen on spun pages: {style, topic, edits: [{spun, original, name}]}."""
    return _lines(folder / "gold" / "observed-dev.jsonl")


def pieces(text: str, words: int) -> list[str]:
    """`text` cut into pieces of exactly `words` words; what is left over is dropped. 0: the whole text.

    >>> pieces("one two  three four five", 2)
    ['one two', 'three four']
    """
    if not words:
        return [text]
    spans, start = [], 0
    for word in text.split():
        start = text.index(word, start)
        spans.append((start, start + len(word)))
        start += len(word)
    return [text[spans[i][0] : spans[i + words - 1][1]] for i in range(0, len(spans) - words + 1, words)]


# --- the dictionary --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Facts:
    """What dictionaries say, in tokens of the measurement."""

    originals: dict[Words, dict[Words, int]] = field(default_factory=dict)
    """spun → {original: times seen}; entries that were written by hand count 0."""
    replaced: dict[Words, dict[Words, tuple[int, int]]] = field(default_factory=dict)
    """original → {spun: (seen, of)}, only where both were counted."""

    @property
    def longest(self) -> int:
        """Tokens of the longest spun phrase."""
        return max(map(len, self.originals), default=0)

    def offered(self, spun: str) -> set[str]:
        """The originals offered for a spun phrase, in tokens joined by blanks.

        >>> Facts({("good",): {("perfect",): 3}}).offered("Good")
        {'perfect'}
        """
        return {" ".join(original) for original in self.originals.get(words_of(spun), {})}

    def reaches(self, spun: Sequence[str], original: Sequence[str]) -> bool:
        """Whether entries, and words kept as they are, turn all of `spun` into `original`.

        `a` and `an` pass for each other: which one fits is settled after the phrase beside it is restored.
        """
        pending, seen = [(0, 0)], {(0, 0)}
        while pending:
            i, j = pending.pop()
            if i == len(spun) and j == len(original):
                return True
            for step in self._steps(spun, original, i, j):
                if step not in seen:
                    seen.add(step)
                    pending.append(step)
        return False

    def _steps(self, spun: Sequence[str], original: Sequence[str], i: int, j: int) -> Iterator[tuple[int, int]]:
        ends = i == len(spun) or j == len(original)
        if not ends and (spun[i] == original[j] or {spun[i], original[j]} == {"a", "an"}):
            yield i + 1, j + 1
        for length in range(1, min(self.longest, len(spun) - i) + 1):
            for candidate in self.originals.get(tuple(spun[i : i + length]), {}):
                if tuple(original[j : j + len(candidate)]) == candidate:
                    yield i + length, j + len(candidate)


def dictionary_files(folder: Path = DICTIONARIES, tier: Tier = Tier.RESERVE) -> list[Path]:
    """The dictionaries of a language, up to a tier."""
    return [path for path in sorted(folder.glob("*.tsv")) if tier_of(path) <= tier]


def read_facts(paths: Iterable[Path]) -> Facts:
    """The facts of dictionaries in despin's format.

    It reads the lines itself, so that the oracle does not depend on the code whose decoding it is compared with.

    Raises
    ------
    ValueError
        A line is not `spun TAB original [TAB seen TAB of …]`.
    """
    facts = Facts()
    for path in paths:
        _read_into(facts, path.read_text(encoding="utf-8").splitlines(), str(path))
    return facts


def facts_of(lines: Iterable[str], name: str) -> Facts:
    """The facts of the `lines` of one dictionary; raises as `read_facts` does, and `name` stands in the message."""
    facts = Facts()
    _read_into(facts, lines, name)
    return facts


def _read_into(facts: Facts, lines: Iterable[str], name: str) -> None:
    for number, line in enumerate(lines, 1):
        if line.startswith("#") or not line.strip() or line.startswith("spun\toriginal"):
            continue
        fields = line.split("\t")
        spun, original = words_of(fields[0]), words_of(fields[1]) if len(fields) > 1 else ()
        counts = [field.strip() for field in fields[2:4]]
        if not spun or not original or not all(count.isdecimal() or not count for count in counts):
            raise ValueError(f"{name}:{number} is not 'spun TAB original TAB seen TAB of': {line!r}")
        seen = int(counts[0]) if counts and counts[0] else 0
        known = facts.originals.setdefault(spun, {})
        known[original] = known.get(original, 0) + seen
        if len(counts) == 2 and counts[1]:
            facts.replaced.setdefault(original, {})[spun] = (seen, int(counts[1]))
