"""Pairs of texts of which it is known whether the one was copied from the other, and how.

All are made of the texts in the data folder; none is kept. Copies:

* spun: originals and their spun copies (`parallel/web-train`), whole, 200 and 100 words of them, half of one in an
  honest page, halves of two in one page, with paragraphs shuffled, and at lower spin rates: of the differences a share
  is undone;
* copies: the same words; edited lightly, as a person does who takes over a report of an agency: a sentence cut here and
  there, the end cut, a few words exchanged, a new first sentence; the next version of a report: new paragraphs, an old
  one gone, other numbers.

And honest pairs:

* two reports on one event: two different texts of the corpora that share at least three rare names (capitals inside
  sentences, in at most 60 texts) and a date or number, found among the nearest texts of an index (`Sources`). Some of
  them are versions of one report, or repeat the same paragraphs of background. So those are left out of which more than
  `REPEATED` of all runs of eight words, quotations aside, stand in the other;
* a third of a text quoted, between quotation marks, in a text on something else;
* the nearest strangers: texts of the index that share most of what is rare, and yet no names and dates.
"""

from __future__ import annotations

import json
import lzma
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from despin.comparison.compare import compare
from despin.comparison.sources import Sources

SHORTEST, LONGEST = 900, 12_000  # characters
REPEATED = 0.03
NAMES, RARE = 3, 60
CORPORA = {"guardian": 22_000, "wikipedia": 10_000, "imdb": 6000, "reddit": 6000, "blogs": 3000, "arxiv": 4000}
"""Texts of each corpus: about 50,000 together."""

_NAME = re.compile(r"(?<![.!?\"”“'‘’:\n] )(?<!^)(?<!\n)\b[A-Z][a-zà-ÿ’'-]{2,}(?: [A-Z][a-zà-ÿ’'-]{2,})*")
_DATE = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|June|July|August|September|October|"
    r"November|December|[12]\d{3}|\d{2,}(?:[.,]\d+)*)\b"
)
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]*\s+")
_SWAPS = (
    (r"\bsaid\b", "added"), (r"\bHowever, ", "But "), (r"\bdo not\b", "don't"), (r"\bit is\b", "it's"),
    (r" per cent\b", "%"),
    (r"\blast year\b", "a year ago"), (r"\bmore than\b", "over"), (r"\bin order to\b", "to"), (r"\balso \b", ""),
)  # fmt: skip


class Pair(NamedTuple):
    """A text, and what it may be a copy of."""

    kind: str
    copied: bool
    spun: bool
    related: bool
    text: str
    source: str


def documents(folder: Path, name: str, most: int, shortest: int = 600) -> list[str]:
    """The first texts of a corpus, neither short nor long."""
    found: list[str] = []
    with lzma.open(folder / "corpora" / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
        lines: list[str] = []
        for line in file:
            if line.strip():
                lines.append(line.rstrip("\n"))
            elif lines:
                text, lines = "\n".join(lines), []
                if shortest <= len(text) <= LONGEST:
                    found.append(text)
                    if len(found) == most:
                        break
    return found


def others(folder: Path, share: float = 1.0) -> list[tuple[str, str]]:
    """(name, text) of so many texts of the corpora: 51,000, or a share of them."""
    return [
        (f"{name}:{number}", text)
        for name, most in CORPORA.items()
        for number, text in enumerate(documents(folder, name, int(most * share)))
    ]


def spun_pairs(folder: Path, number: int, skip: int = 0) -> list[tuple[str, str]]:
    """(original, spun) of different originals."""
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    with lzma.open(folder / "parallel" / "web-train.jsonl.xz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            key = max(row["original"].split("\n"), key=len)[:200]
            if SHORTEST <= len(row["original"]) <= LONGEST and key not in seen:
                seen.add(key)
                if len(seen) > skip:
                    found.append((row["original"], row["spun"]))
            if len(found) == number:
                break
    return found


def piece(text: str, words: int, chance: random.Random) -> str:
    """So many words in a row of `text`."""
    spans = [match.span() for match in re.finditer(r"\S+", text)]
    if len(spans) <= words:
        return text
    first = chance.randrange(len(spans) - words)
    return text[spans[first][0] : spans[first + words - 1][1]]


def half(text: str, chance: random.Random) -> str:
    """Half of its words."""
    return piece(text, max(len(text.split()) // 2, 1), chance)


def shuffled(text: str, chance: random.Random) -> str:
    """The paragraphs in another order."""
    parts = text.split("\n")
    chance.shuffle(parts)
    return "\n".join(parts)


def at_rate(text: str, source: str, rate: float, chance: random.Random) -> str:
    """A text that was spun throughout, with a share of its substitutions undone."""
    result = text
    for one in reversed(compare(text, source).differences):
        if one.kind in ("substitution", "form") and chance.random() >= rate:
            result = result[: one.start] + one.original + result[one.end :]
    return result


def edited(source: str, other: str, chance: random.Random) -> str:
    """`source` as a person edits it lightly; a sentence of `other` goes before it."""
    parts = []
    for line in source.split("\n"):
        kept = [sentence for sentence in _SENTENCE.split(line) if chance.random() > 0.08]
        parts.append(" ".join(kept))
    parts = parts[: max(1, len(parts) - len(parts) // 5)]
    text = "\n".join([_SENTENCE.split(other)[0], *filter(None, parts)])
    for pattern, words in _SWAPS:
        text = re.sub(pattern, lambda m, words=words: words if chance.random() < 0.5 else m[0], text)  # type: ignore[misc]
    return text


def next_version(source: str, other: str, chance: random.Random) -> str:
    """`source` with two paragraphs of `other` on top and in the middle, one gone, and some other numbers."""
    parts, more = source.split("\n"), other.split("\n")
    if len(parts) > 2:
        del parts[chance.randrange(len(parts))]
    parts[len(parts) // 2 : len(parts) // 2] = more[1:2]
    text = "\n".join([more[0], *parts])
    return re.sub(r"\b\d{2}\b", lambda m: str(chance.randrange(10, 99)) if chance.random() < 0.3 else m[0], text)


def quoting(source: str, other: str, chance: random.Random) -> str:
    """`other` with a third of `source` in quotation marks."""
    words = re.sub(r"[\"“”]", "", source).split()
    first = chance.randrange(max(1, len(words) - len(words) // 3))
    third = words[first : first + max(1, len(words) // 3)]
    parts = other.split("\n")
    quoted = [f"“{' '.join(third[k : k + 60])},” the report says." for k in range(0, len(third), 60)]
    place = len(parts) // 2
    return "\n".join([*parts[:place], *quoted, *parts[place:]])


def copies(pairs: Sequence[tuple[str, str]], strangers: Sequence[str], seed: int = 1) -> Iterator[Pair]:
    """Copies of every kind of each original, and the quotations."""
    chance = random.Random(seed)
    for number, (source, spun) in enumerate(pairs):
        stranger = strangers[number % len(strangers)]
        next_spun = pairs[(number + 1) % len(pairs)][1]

        def pair(kind: str, text: str, spun: bool, source: str = source, copied: bool = True) -> Pair:
            return Pair(kind, copied, spun, True, text, source)

        yield pair("spun", spun, True)
        yield pair("spun, 200 words", piece(spun, 200, chance), True)
        yield pair("spun, 100 words", piece(spun, 100, chance), True)
        yield pair("spun, half a page", half(spun, chance) + "\n" + half(stranger, chance), True)
        yield pair("spun, two sources", half(spun, chance) + "\n" + half(next_spun, chance), True)
        yield pair("spun, shuffled", shuffled(spun, chance), True)
        yield pair("spun, rate 0.5", at_rate(spun, source, 0.5, chance), True)
        yield pair("spun, rate 0.25", at_rate(spun, source, 0.25, chance), True)
        yield pair("same words", source, False)
        yield pair("same words, 100", piece(source, 100, chance), False)
        yield pair("lightly edited", edited(source, stranger, chance), False)
        yield pair("next version", next_version(source, stranger, chance), False)
        yield pair("a third quoted", quoting(source, stranger, chance), False, copied=False)


def honest(sources: Sources, texts: Sequence[tuple[str, str]], asked: int, seed: int = 1) -> Iterator[Pair]:
    """Of `asked` texts, the nearest others: two reports on one event, or strangers."""
    chance = random.Random(seed)
    by_name = dict(texts)
    frequency: Counter[str] = Counter()
    for _, text in texts:
        frequency.update(names(text))
    seen: set[frozenset[str]] = set()
    chosen = chance.sample(list(texts), min(asked, len(texts)))
    for (name, text), found in zip(chosen, sources.nearest_many((text for _, text in chosen), 4), strict=True):
        for match in found:
            pair = frozenset((name, match.path))
            if match.path == name or match.path not in by_name or pair in seen:
                continue
            seen.add(pair)
            other = by_name[match.path]
            if repeated(text, other) > REPEATED:
                continue
            shared = [one for one in names(text) & names(other) if frequency[one] <= RARE]
            event = len(shared) >= NAMES and bool(dates(text) & dates(other))
            yield Pair("one event" if event else "stranger", False, False, event, text, other)


def names(text: str) -> set[str]:
    """Capitals inside sentences."""
    return set(_NAME.findall(text))


def dates(text: str) -> set[str]:
    """Days, months, years, numbers."""
    return set(_DATE.findall(text))


def repeated(text: str, other: str) -> float:
    """Share of the runs of eight words of the shorter one, quotations aside, that stand in the other."""
    left, right = (_runs(one) for one in (text, other))
    return len(left & right) / max(1, min(len(left), len(right)))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", re.sub(r"[“\"][^”\"\n]*[”\"]", " ", text.lower()))
    return {tuple(words[at : at + 8]) for at in range(len(words) - 7)}
