"""The synonym-reversal dictionary: TSV text → entries → columns that can be searched.

A line says: this spun phrase may stand for that original; of so many occurrences of the original in the sources of spun
texts, so many became this. The file format, with the laws its data obey, is written down in dictionaries/README.md.

* `parse` reads one file's text and says what is wrong with it, line by line; `Dictionary.of` turns entries into
  columns; `load` is the only function here that touches files.
* P(spun | original) is `seen` / `of`. An entry without counts gets its family's prior.
* How often an original is replaced at all, r(o), is the sum over its entries. A key with r ≈ 1 that still stands in a
  text is evidence that nobody spun it.

Start reading from `Dictionary`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .phrases import PhraseTrie
from .tokens import normalise, tokenise

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]

PRIOR = 0.1  # P(spun | original) of an entry without counts: a thesaurus offers some ten alternatives


class DictionaryError(ValueError):
    """A dictionary cannot be used; the message says where the fault is and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One line: `spun` may stand for `original`."""

    spun: str
    original: str
    family: str = ""
    seen: int | None = None
    """Occurrences of the original that became `spun`; None: written by hand."""
    of: int | None = None
    """Occurrences of the original in the sources."""
    unless: tuple[str, ...] = ()
    """Phrases around the spun one that excuse it."""
    note: str = ""

    @property
    def probability(self) -> float:
        """P(spun | original) in a text whose every key was replaced."""
        return PRIOR if self.seen is None or not self.of else self.seen / self.of

    @property
    def name(self) -> str:
        """How reports call the entry."""
        return f"{self.family}:{self.spun}"


@dataclass(frozen=True, slots=True)
class Source:
    """A dictionary file as read."""

    family: str
    entries: tuple[Entry, ...]
    digest: str


def parse(text: str, name: str) -> Source:
    """The entries of a dictionary file with the content `text`.

    Raises
    ------
    DictionaryError
        A line is not of the format; the message begins with `name` and the line's number.
    """
    family = Path(name).stem
    entries: list[Entry] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("#:"):
            key, _, value = line[2:].partition(":")
            if key.strip() == "family":
                if entries:
                    raise DictionaryError(f"{name}:{number}: the family must be named before the first entry")
                family = value.strip()
        elif line.strip():
            try:
                entries.append(_entry(line, family))
            except ValueError as problem:
                raise DictionaryError(f"{name}:{number}: {problem}") from None
    return Source(family, tuple(entries), "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


def _entry(line: str, family: str) -> Entry:
    fields = line.split("\t")
    if not 2 <= len(fields) <= 6:
        raise ValueError(
            "a line has 2 to 6 columns separated by tabs (spun, original, seen, of, unless, note); "
            f"this one has {len(fields)}"
        )
    spun, original, seen, of, unless, note = (field.strip() for field in [*fields, *[""] * (6 - len(fields))])
    if not spun or not original:
        raise ValueError("the spun phrase and the original must both be there")
    if normalise(spun) == normalise(original):
        raise ValueError(f"{spun!r} is said to stand for itself; remove the line")
    if bool(seen) != bool(of):
        raise ValueError("the columns seen and of are both filled or both empty")
    if seen and not (seen.isdecimal() and of.isdecimal() and 0 < int(seen) <= int(of)):
        raise ValueError(f"seen must be a number from 1 to of, but the line says {seen} of {of}")
    excuses = tuple(filter(None, map(str.strip, unless.split(";"))))
    return Entry(spun, original, family, int(seen) if seen else None, int(of) if of else None, excuses, note)


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary:
    """Entries as columns. `row` numbers a spun phrase, an original or an entry, in this order of tables."""

    entries: tuple[Entry, ...]
    """Sorted by spun phrase, the likeliest original first."""
    digests: Mapping[str, str]
    """Family → SHA-256 of its file."""
    families: tuple[str, ...]
    spun: PhraseTrie
    """Finds spun phrases; a phrase's row selects its entries by `first_entry`."""
    keys: PhraseTrie
    """Finds originals that still stand; the row is that of `replaced`."""
    first_entry: I64
    """(spun phrases + 1,): the entries of spun phrase k are first_entry[k] to first_entry[k + 1]."""
    original: I32
    """(entries,): row of the original."""
    log_channel: F32
    """(entries,): ln P(spun | original)."""
    family: I32
    """(entries,): index into `families`."""
    replaced: F32
    """(originals,): r(o), the share of its occurrences that a spinner replaces, below 1."""
    word: U64
    """Hashes of the words of all originals, one after another."""
    shape: NDArray[np.uint8]
    """Their shapes."""
    first_word: I64
    """(originals + 1,): the words of original k are word[first_word[k]:first_word[k + 1]]."""
    spun_key: U64
    """(entries,): a hash of each entry's spun phrase, whatever else the dictionary holds."""
    original_key: U64
    """(originals,): likewise of each original."""
    head: I32
    """(entries,): words that both phrases begin with; what is left after them and before `tail` is what changes."""
    tail: I32
    """(entries,): words that both phrases end with."""
    core: U64
    """(entries,): a hash of what is left of the original."""
    unless: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Entry → normalised phrases that excuse it."""

    @classmethod
    def of(cls, sources: Iterable[Source]) -> Dictionary:
        """One dictionary from several files. The same pair in several families stays in each."""
        sources = list(sources)
        entries = [entry for source in sources for entry in source.entries]
        entries.sort(key=lambda e: (normalise(e.spun), -e.probability, e.original, e.family))
        spun_names = _rows(normalise(entry.spun) for entry in entries)
        original_names = _rows(normalise(entry.original) for entry in entries)
        families = tuple(dict.fromkeys(source.family for source in sources))
        spun_row = np.array([spun_names[normalise(entry.spun)] for entry in entries], np.int64)
        original = np.array([original_names[normalise(entry.original)] for entry in entries], np.int32)
        probability = np.array([entry.probability for entry in entries], np.float64)
        replaced = np.bincount(original, probability, minlength=len(original_names)) if entries else np.zeros(0)
        spun_words, original_words = tokenise(spun_names), tokenise(original_names)
        first_word = np.searchsorted(original_words.document, np.arange(len(original_names) + 1))
        first_spun = np.searchsorted(spun_words.document, np.arange(len(spun_names) + 1))
        made, meant = _split(spun_words.word, first_spun), _split(original_words.word, first_word)
        trims = [_trim(made[s], meant[o]) for s, o in zip(spun_row.tolist(), original.tolist(), strict=True)]
        return cls(
            entries=tuple(entries),
            digests={source.family: source.digest for source in sources},
            families=families,
            spun=PhraseTrie.of(made),
            keys=PhraseTrie.of(meant),
            first_entry=np.searchsorted(spun_row, np.arange(len(spun_names) + 1)),
            original=original,
            log_channel=np.log(np.maximum(probability, 1e-6)).astype(np.float32),
            family=np.array([families.index(entry.family) for entry in entries], np.int32),
            replaced=np.minimum(replaced, MOST_REPLACED).astype(np.float32),
            word=original_words.word,
            shape=original_words.shape,
            first_word=first_word,
            spun_key=_keys(spun_names)[spun_row],
            original_key=_keys(original_names),
            head=np.array([head for head, _, _ in trims], np.int32),
            tail=np.array([tail for _, tail, _ in trims], np.int32),
            core=np.array([core for _, _, core in trims], np.uint64),
            unless={row: tuple(map(normalise, e.unless)) for row, e in enumerate(entries) if e.unless},
        )


MOST_REPLACED = 0.98  # no key is so sure to be replaced that one which stands settles the matter


def _rows(names: Iterable[str]) -> dict[str, int]:
    rows: dict[str, int] = {}
    for name in names:
        rows.setdefault(name, len(rows))
    return rows


def _trim(spun: U64, original: U64) -> tuple[int, int, int]:
    """(equal words in front, equal words behind, a hash of what is left of the original)."""
    left, right = spun.tolist(), original.tolist()
    shorter = min(len(left), len(right))
    head = next((k for k in range(shorter) if left[k] != right[k]), shorter)
    tail = next((k for k in range(shorter - head) if left[-1 - k] != right[-1 - k]), shorter - head)
    core = original[head : len(right) - tail].tobytes()
    return head, tail, int.from_bytes(hashlib.blake2b(core, digest_size=8).digest(), "little")


def _keys(names: Iterable[str]) -> U64:
    digests = (hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)


def _split(words: U64, bounds: I64) -> list[U64]:
    return [words[begin:end] for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)]


# --- files -----------------------------------------------------------------------------------------------------


def folder(language: str) -> Path:
    """Where the data of `language` lie: in the wheel beside the code, in a checkout beside `src`.

    Raises
    ------
    DictionaryError
        There is no such language.
    """
    packaged = Path(str(files("despin"))) / "dictionaries"
    root = packaged if packaged.is_dir() else Path(__file__).parents[2] / "dictionaries"
    if not language.isalpha() or not (root / language).is_dir():
        known = ", ".join(sorted(path.name for path in root.iterdir() if path.is_dir())) if root.is_dir() else "none"
        raise DictionaryError(f"there is no data for the language {language!r}; known: {known}")
    return root / language


@cache
def load(language: str = "en", names: Sequence[str] = ()) -> Dictionary:
    """The dictionaries `names` of `language` as one: families by name, files by path; empty: all that are shipped.

    Raises
    ------
    DictionaryError
        There is no such dictionary, or it breaks a law of the data.
    OSError
        A file cannot be read.
    """
    home = folder(language)
    shipped = {path.stem: path for path in sorted(home.glob("*.tsv"))}
    paths = [shipped.get(name, Path(name)) for name in names] if names else list(shipped.values())
    sources = []
    for path, name in zip(paths, names or shipped, strict=True):
        if not path.is_file():
            raise DictionaryError(
                f"there is no dictionary {name!r}: it is neither a file nor one of those shipped ({', '.join(shipped)})"
            )
        try:
            sources.append(parse(path.read_text(encoding="utf-8-sig"), str(path)))
        except UnicodeDecodeError as problem:
            raise DictionaryError(f"{path}: byte {problem.start} is not UTF-8; save the file as UTF-8") from None
    return Dictionary.of(sources)
