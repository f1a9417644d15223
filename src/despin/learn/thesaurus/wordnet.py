"""WordNet's files → senses and relations between them.

Fellbaum (ed.) 1998, *WordNet: an electronic lexical database*; the files' format is that of its manual page wndb(5).
Only what a thesaurus needs is read: the words of each synset, how often a word was tagged with it, and which synsets
(or single words of them) are near each other. Names are left out, and so is all that is not written in letters.

Start reading from `read`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from ..errors import LearningError
from ..files import lines

PARTS = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
LONGEST = 3  # words of a lemma; longer ones are definitions rather than words


class Relation(IntEnum):
    """How near an original is to the spun word, nearest first. Of several the nearest counts."""

    SAME = 0  #: one synset
    SIMILAR = 1  #: adjectives that WordNet calls similar, verbs of one group
    SEE_ALSO = 2
    MORE_GENERAL = 3  #: the original is a hypernym
    MORE_SPECIAL = 4  #: the original is a hyponym
    TWIN = 5  #: both are similar to a third adjective
    ADVERB = 6  #: adverbs made from adjectives that are near each other
    KIN = 7  #: derived from the same word: *privateness*, *privacy*
    SISTER = 8  #: both have one hypernym


# Pointer symbols of wndb(5) between synsets. `@i` and `~i` lead to names.
_POINTERS = {
    "&": Relation.SIMILAR, "$": Relation.SIMILAR, "^": Relation.SEE_ALSO,
    "@": Relation.MORE_GENERAL, "~": Relation.MORE_SPECIAL,
}  # fmt: skip
_DERIVED, _PERTAINS = "+", "\\"
_LEMMA = re.compile(r"[a-z]{2,}(?:[-'_][a-z]+)*")  # letters are nouns to WordNet, and words to nobody
_MARKER = re.compile(r"\([a-z]+\)$")  # of adjectives: where they may stand

Synset = tuple[str, int]  # part of speech, offset in its file
Lemma = tuple[str, str]  # part of speech, word in lower case with blanks


@dataclass(frozen=True, slots=True)
class Sense:
    """One of a lemma's synsets."""

    synset: Synset
    rank: int
    """From 1: WordNet puts the commonest first."""
    tagged: int
    """How often the lemma was tagged with it in WordNet's own texts."""


@dataclass(frozen=True, slots=True)
class WordNet:
    """Lemmas, synsets, and what leads from one to another."""

    senses: Mapping[Lemma, Sequence[Sense]]
    words: Mapping[Synset, Sequence[str]]
    """The words of each synset, as in `Lemma`."""
    near: Mapping[Synset, Sequence[tuple[Relation, Synset]]]
    derived: Mapping[Lemma, frozenset[Lemma]]
    """Of other parts of speech, in both directions."""
    base: Mapping[Lemma, Lemma]
    """Adverb → the adjective that it is made from."""

    def neighbours(self, synset: Synset, sisters: int) -> Iterator[tuple[Relation, Synset]]:
        """Synsets near `synset`, itself first; those under a hypernym with more than `sisters` others left out."""
        yield Relation.SAME, synset
        for relation, other in self.near.get(synset, ()):
            yield relation, other
            beyond = [s for r, s in self.near.get(other, ()) if r == _BACK.get(relation) and s != synset]
            if relation == Relation.SIMILAR and synset[0] == "a":
                yield from ((Relation.TWIN, s) for s in beyond)
            elif relation == Relation.MORE_GENERAL and len(beyond) <= sisters:
                yield from ((Relation.SISTER, s) for s in beyond)


_BACK = {Relation.SIMILAR: Relation.SIMILAR, Relation.MORE_GENERAL: Relation.MORE_SPECIAL}


def read(folder: Path) -> WordNet:
    """The WordNet in `folder` (Debian: wordnet-base puts it into /usr/share/wordnet).

    Raises
    ------
    LearningError
        There is none, or a file is not of the format.
    OSError
    """
    for name in [*(f"data.{part}" for part in PARTS.values()), *(f"index.{p}" for p in PARTS.values()), "cntlist.rev"]:
        if not (folder / name).is_file():
            raise LearningError(
                f"{folder}: there is no {name}; install WordNet (Debian: wordnet-base), or say where it is: --wordnet"
            )
    tagged = _tagged(folder / "cntlist.rev")
    words: dict[Synset, list[str]] = {}
    near: dict[Synset, list[tuple[Relation, Synset]]] = {}
    between: list[tuple[str, Synset, int, Synset, int]] = []
    senses: dict[Lemma, list[Sense]] = {}
    for part, name in PARTS.items():
        for number, fields in _lines(folder / f"data.{name}"):
            try:
                synset = (part, int(fields[0]))
                words[synset], near[synset], found = _synset(fields, synset)
            except (ValueError, IndexError):
                raise LearningError(f"{folder / f'data.{name}'}:{number}: this is not a line of wndb(5)") from None
            between += found
        for number, fields in _lines(folder / f"index.{name}"):
            try:
                count = int(fields[2])
                offsets = [int(offset) for offset in fields[-count:]]
            except (ValueError, IndexError):
                raise LearningError(f"{folder / f'index.{name}'}:{number}: this is not a line of wndb(5)") from None
            lemma = (part, _plain(fields[0]))
            senses[lemma] = [
                Sense((part, offset), rank, tagged.get((*lemma, rank), 0))
                for rank, offset in enumerate(offsets, start=1)
                if lemma[1] and lemma[1] in words.get((part, offset), ())
            ]
    derived, base = _between(between, words)
    kept = {synset: [word for word in those if word] for synset, those in words.items()}
    return WordNet({lemma: those for lemma, those in senses.items() if those}, kept, near, derived, base)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines(path), start=1):
        if not line.startswith("  "):  # the licence
            yield number, line.partition(" | ")[0].split()


def _plain(word: str) -> str:
    """`word` with blanks; empty if it is a name, too long, or not written in letters."""
    word = _MARKER.sub("", word)
    return word.replace("_", " ") if _LEMMA.fullmatch(word) and word.count("_") < LONGEST else ""


def _synset(
    fields: Sequence[str], synset: Synset
) -> tuple[list[str], list[tuple[Relation, Synset]], list[tuple[str, Synset, int, Synset, int]]]:
    """Its words (empty where `_plain` drops one, so that their numbers stay), its neighbours, what single words do."""
    count = int(fields[3], 16)
    words = [_plain(word) for word in fields[4 : 4 + 2 * count : 2]]
    at = 4 + 2 * count
    near, between = [], []
    for begin in range(at + 1, at + 1 + 4 * int(fields[at]), 4):
        symbol, offset, part, ends = fields[begin : begin + 4]
        other = (part, int(offset))
        if symbol in (_DERIVED, _PERTAINS) and ends != "0000":
            between.append((symbol, synset, int(ends[:2], 16), other, int(ends[2:], 16)))
        elif symbol in _POINTERS:
            near.append((_POINTERS[symbol], other))
    return words, near, between


def _tagged(path: Path) -> dict[tuple[str, str, int], int]:
    """(part, word, sense number) → tag count. A line: sense key, sense number, count."""
    parts = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
    tagged = {}
    for line in lines(path):
        key, number, count = line.split()
        word, _, rest = key.partition("%")
        tagged[parts[rest[0]], _plain(word), int(number)] = int(count)
    return tagged


def _between(
    found: Sequence[tuple[str, Synset, int, Synset, int]], words: Mapping[Synset, Sequence[str]]
) -> tuple[dict[Lemma, frozenset[Lemma]], dict[Lemma, Lemma]]:
    derived: defaultdict[Lemma, set[Lemma]] = defaultdict(set)
    base: dict[Lemma, Lemma] = {}
    for symbol, synset, first, other, second in found:
        one, two = words[synset][first - 1], words[other][second - 1]
        if one and two:
            if symbol == _PERTAINS and synset[0] == "r":
                base.setdefault(("r", one), (other[0], two))
            elif symbol == _DERIVED:
                derived[synset[0], one].add((other[0], two))
    return {lemma: frozenset(others) for lemma, others in derived.items()}, base
