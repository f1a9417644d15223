"""What reading a user's dictionary gives, whatever its format: entries with their lines, and what is wrong with it.

A reader of a format hands raw rows to a `Builder`, which makes phrases normal, a batch at a time, and leaves out with
a warning what could never be found in a text. Nothing is dropped in silence, and nothing takes more than linear time:
lines and phrases beyond a sane length are refused before anyone looks into them.

Start reading from `Builder`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import regex

from ...text.characters import normalise
from ...text.tokens import tokenise
from ...util.plural import counted
from ..conditions import Condition
from ..entry import DictionaryFile, Entry
from ..errors import DictionaryError
from ..substitution import why_not

LONGEST_LINE = 20_000  # characters; of spintax, which is often a whole page on one line, a hundred times as many
LONGEST_PHRASE = 12  # words: longer than any substitute, and a page pasted into a cell is none
NAMED = 100  # problems of one kind that are told one by one; the rest is counted
SHOWN = 40  # characters of a user's text in a message


class Severity(StrEnum):
    """An error: the file cannot be used. A warning: it can, but not all of it does what its author may think."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a dictionary, as a sentence that says what to do."""

    severity: Severity
    line: int
    """From 1; 0: the file as a whole."""
    message: str

    def tell(self, name: str) -> str:
        """A line for people: ``ours.tsv:14: …``; a warning says that it is one."""
        place = f"{name}:{self.line}" if self.line else name
        return f"{place}: {'warning: ' if self.severity is Severity.WARNING else ''}{self.message}"


class Problems:
    """Collects problems; of each kind no more than `NAMED`, so that a million bad lines make no million messages."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._kinds: Counter[tuple[Severity, str]] = Counter()

    def error(self, line: int, message: str, kind: str = "") -> None:
        """Note an error. Messages of one `kind` are alike but for what they quote."""
        self._note(Severity.ERROR, line, message, kind)

    def warn(self, line: int, message: str, kind: str = "") -> None:
        """Note a warning."""
        self._note(Severity.WARNING, line, message, kind)

    def _note(self, severity: Severity, line: int, message: str, kind: str) -> None:
        self._kinds[severity, kind] += 1
        if self._kinds[severity, kind] <= NAMED:
            self._found.append(Problem(severity, line, message))

    def sorted(self) -> tuple[Problem, ...]:
        """All of them by line, and what was only counted at the end."""
        rest = [
            Problem(severity, 0, f"{counted(count - NAMED, 'more line')} like that{f' ({kind})' if kind else ''}")
            for (severity, kind), count in sorted(self._kinds.items())
            if count > NAMED
        ]
        return (*sorted(self._found, key=lambda problem: problem.line), *rest)


@dataclass(frozen=True, slots=True)
class Reading:
    """A dictionary file as understood."""

    name: str
    format: str
    """A key of `FORMATS`."""
    source: DictionaryFile
    lines: tuple[int, ...]
    """Where each of `source.entries` stands."""
    problems: tuple[Problem, ...]
    conditions: Mapping[tuple[str, str], tuple[Condition, ...]] = field(default_factory=dict)
    """(spun, original), normalised → the entry counts only where one of these holds; no key: everywhere."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Those that keep it from being used."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The others."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.WARNING)


class Builder:
    """Raw rows → a `Reading`."""

    def __init__(self, name: str, format: str, family: str, text: str) -> None:
        self.name, self.format, self.family = name, format, family
        self.problems = Problems()
        self._digest = digest(text)
        self._rows: list[tuple[int, str, str, int | None, int | None, str]] = []
        self._conditions: dict[int, Condition] = {}

    def add(
        self, line: int, spun: str, original: str, seen: int | None = None, of: int | None = None,
        note: str = "", condition: Condition | None = None,
    ) -> None:  # fmt: skip
        """An entry as the file has it, from its `line`."""
        if condition is not None:
            self._conditions[len(self._rows)] = condition
        self._rows.append((line, spun, original, seen, of, note))

    def finish(self) -> Reading:
        """The entries, each pair once, where it stands first."""
        normal = canonical(phrase for _, spun, original, *_ in self._rows for phrase in (spun, original))
        entries: dict[tuple[str, str], tuple[Entry, int]] = {}
        conditions: dict[tuple[str, str], list[Condition] | None] = {}
        for number, (line, *phrases, seen, of, note) in enumerate(self._rows):
            pair = tuple(normal[phrase] for phrase in phrases)
            unfit = [phrase for phrase, found in zip(phrases, pair, strict=True) if found is None]
            if unfit:
                self.problems.warn(
                    line, f"{shown(unfit[0])} {_why_not(unfit[0])}; the entry is left out", "phrases left out"
                )
                continue
            spun, original = str(pair[0]), str(pair[1])
            if spun == original:
                self.problems.warn(line, f"{shown(spun)} is said to stand for itself; left out", "for itself")
                continue
            if why := why_not(spun, original):
                told = f"{shown(spun)} is said to stand for {shown(original)}, but {why}; left out"
                self.problems.warn(line, told, "no substitution")
                continue
            condition = self._conditions.get(number)
            if (spun, original) in entries:
                known = conditions[spun, original]
                if condition is None or known is None:  # without any condition the entry counts everywhere
                    conditions[spun, original] = None
                else:
                    known.append(condition)
                continue
            entries[spun, original] = Entry(spun, original, self.family, seen, of, note=note), line
            conditions[spun, original] = None if condition is None else [condition]
        if not entries:
            self.problems.error(0, "no entry could be read; see the warnings, or remove the file", "empty")
        partial = not any(entry.seen for entry, _ in entries.values())
        return Reading(
            self.name, self.format,
            DictionaryFile(self.family, tuple(entry for entry, _ in entries.values()), self._digest, partial),
            tuple(line for _, line in entries.values()),
            self.problems.sorted(),
            {pair: tuple(those) for pair, those in conditions.items() if those},
        )  # fmt: skip


def digest(text: str) -> str:
    """What reports say of the file."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# --- phrases -----------------------------------------------------------------------------------------------------

_WORD = regex.compile(r"['\p{L}\p{M}\p{N}.,]*[\p{L}\p{N}][\p{L}\p{M}\p{N}'.,]*|[-%$€£&+/,;:]")
_GLUED = regex.compile(r" (?='s\b|[%,;:])| (?=-)|(?<=-) |(?<=[$€£]) |(?<=[0-9]) (?=(?:st|nd|rd|th|s)\b)")
_PLAIN = regex.compile(r"[a-z]+(?:[ -][a-z]+){0,5}")  # most phrases; what tokens these are needs no tokeniser
BATCH = 50_000  # phrases that are tokenised at once


def written(words: Sequence[str]) -> str:
    """Token words as one would write them: clitics and hyphens join, `$` leads, `%` follows, *15th* is one.

    >>> written(["women", "'s", "long", "-", "term", "plan"])
    "women's long-term plan"
    """
    text = " ".join(words)
    return _GLUED.sub("", text)


def canonical(phrases: Iterable[str]) -> dict[str, str | None]:
    """Each phrase as a dictionary has it; None where no entry can be made of it, since no text could hold it so.

    >>> canonical(["Women’s  Plan", "http://example.org/", "..."])
    {'Women’s  Plan': "women's plan", 'http://example.org/': None, '...': None}
    """
    return {phrase: written(words) if words else None for phrase, words in words_of(phrases).items()}


def words_of(phrases: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The token words of each phrase, normalised; none where no entry can be made of it."""
    result: dict[str, tuple[str, ...]] = {}
    unclear = []
    for phrase in dict.fromkeys(phrases):
        result[phrase] = ()
        plain = phrase.lower() if phrase.isascii() else phrase
        if _PLAIN.fullmatch(plain):
            result[phrase] = tuple(plain.replace("-", " - ").split(" "))
        elif len(phrase) <= LONGEST_PHRASE * 40:
            unclear.append(phrase)
    for begin in range(0, len(unclear), BATCH):
        batch = unclear[begin : begin + BATCH]
        found = list(_words(batch))
        again = list(_words(map(written, found)))
        for phrase, words, back in zip(batch, found, again, strict=True):
            if 0 < len(words) <= LONGEST_PHRASE and words == back and all(map(_WORD.fullmatch, words)):
                result[phrase] = words
    return result


def _words(phrases: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The normalised token words of each phrase; none where a part is protected and so never searched."""
    tokens = tokenise(phrases)
    text = normalise(tokens.text)  # one character for one
    words = [text[a:b] for a, b in zip(tokens.start.tolist(), tokens.end.tolist(), strict=True)]
    texts = len(tokens.offset) - 1
    bounds = np.searchsorted(tokens.document, np.arange(texts + 1)).tolist()
    hidden = set(tokens.document[tokens.protected].tolist())
    for number in range(texts):
        yield () if number in hidden else tuple(words[bounds[number] : bounds[number + 1]])


def _why_not(phrase: str) -> str:
    if not phrase.strip():
        return "is empty"
    if len(phrase.split()) > LONGEST_PHRASE or len(phrase) > LONGEST_PHRASE * 40:
        return f"is longer than {LONGEST_PHRASE} words"
    return "is not written in words, so that it is never found in a text"


def shown(text: str) -> str:
    """`text` in quotation marks, cut short, with nothing in it that a terminal could take for an order."""
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…")


# --- bytes and lines ---------------------------------------------------------------------------------------------

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"), (b"\x00\x00\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"),
)  # fmt: skip
_CONTROL = regex.compile(
    r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def decode(data: bytes, name: str) -> str:
    """The text of a dictionary file: UTF-8, or UTF-16 and UTF-32 with a byte order mark, which is taken off.

    Raises
    ------
    DictionaryError
        It is in another encoding; the message names the line.
    """
    mark, codec = next(((mark, codec) for mark, codec in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    try:
        return data[len(mark) :].decode(codec)
    except UnicodeDecodeError as problem:
        before = data[len(mark) : len(mark) + problem.start].decode(codec, "replace")
        raise DictionaryError(
            f"{name}:{before.count(chr(10)) + 1}: byte {len(mark) + problem.start} is not {codec.upper()}; "
            "save the file as UTF-8"
        ) from None


def usable(text: str, problems: Problems, longest: int = LONGEST_LINE) -> Iterator[tuple[int, str]]:
    """The lines of `text` with their numbers, without line ends; too long ones, and those with control characters,
    become errors instead."""
    bad: dict[int, str] = {}
    line, at = 1, 0
    for match in _CONTROL.finditer(text):
        line, at = line + text.count("\n", at, match.start()), match.start()
        bad.setdefault(line, match[0])
    if "\r" in text and "\n" not in text:
        problems.error(1, "the lines end with CR alone; save the file with LF or CRLF line ends", "line ends")
        return
    for number, content in enumerate(text.split("\n"), start=1):
        content = content.removesuffix("\r")
        if number in bad:
            told = f"the line holds the character U+{ord(bad[number]):04X}, which is not text; delete it"
            problems.error(number, told, "control characters")
        elif "\r" in content:
            told = "the line holds the character U+000D, which is not text; delete it"
            problems.error(number, told, "control characters")
        elif len(content) > longest:
            problems.error(number, f"the line has {len(content):,} characters, and at most {longest:,} are read; "
                           "split it, or check that this is a dictionary", "long lines")  # fmt: skip
        elif content.strip():
            yield number, content
