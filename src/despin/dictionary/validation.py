"""The laws of a dictionary's data: what its format cannot see, for `despin --validate FILE` and for the shipped files.

Errors are what makes a dictionary unusable or its restorations unstable; warnings what its author probably did not
mean. Every message says what to do. Entries with counts may contradict each other, since the counts decide between
them; of entries written by hand nothing does.

Start reading from `validate`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import regex

from ..text.characters import normalise
from .entry import Entry
from .errors import DictionaryError
from .formats.detect import Reading, decode, read
from .formats.reading import Problem, Problems, Severity, canonical, shown

HEADER = ("name", "family", "source", "licence")
OPTIONAL = ("prior", "partial", "reserve", "note")
_PRIOR = regex.compile(r"^#: *prior:", regex.MULTILINE)


def validate(data: bytes, name: str) -> tuple[Reading | None, tuple[Problem, ...]]:
    """What is wrong with the dictionary in the bytes of a file, by line; with it, unless it cannot be read at all, how
    it was understood. An empty answer means that all laws hold.
    """
    try:
        text = decode(data, name)
        reading = read(text, name)
    except DictionaryError as problem:
        line, message = _place(str(problem), name)
        return None, (Problem(Severity.ERROR, line, message),)
    problems = Problems()
    if reading.format == "despin":
        _header(text, name, problems)
        _bytes(data, problems)
        _order(reading, problems)
        _columns(text, problems)
    _phrases(reading, problems)
    _counts(reading, problems)
    _excuses(reading, problems)
    _settles(reading, problems, _PRIOR.search(text) is not None)
    found = (*reading.problems, *problems.sorted())
    return reading, tuple(sorted(found, key=lambda problem: (problem.line == 0, problem.line)))


def summary(reading: Reading | None, problems: Sequence[Problem], name: str) -> str:
    """One line for people.

    >>> summary(None, [Problem(Severity.ERROR, 1, "what")], "ours.tsv")
    'ours.tsv: 1 error'
    """
    counts = []
    for severity in Severity:
        number = sum(problem.severity is severity for problem in problems)
        if number:
            counts.append(f"{number:,} {severity.value}{'s' * (number > 1)}")
    told = ", ".join(counts) or "no problems"
    if reading is None:
        return f"{name}: {told}"
    entries = len(reading.source.entries)
    return f"{name}: read as {reading.format}, {entries:,} entr{'y' if entries == 1 else 'ies'}; {told}"


def _place(message: str, name: str) -> tuple[int, str]:
    rest = message.removeprefix(f"{name}:")
    number, colon, text = rest.partition(": ")
    return (int(number), text) if colon and number.isdecimal() else (0, rest.strip())


# --- the file ----------------------------------------------------------------------------------------------------


def _header(text: str, name: str, problems: Problems) -> None:
    keys: dict[str, int] = {}
    entries_begun = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.startswith("#:"):
            entries_begun |= bool(line.strip())
            continue
        key, _, value = (part.strip() for part in line[2:].partition(":"))
        if entries_begun:
            problems.warn(number, f"a line of the header ({shown(key)}) stands below entries; move it up", "header")
        if key in keys:
            problems.error(number, f"{shown(key)} stands in line {keys[key]} already; remove one of them", "header")
        if key not in (*HEADER, *OPTIONAL):
            problems.warn(
                number, f"{shown(key)} is not a key that is known ({', '.join((*HEADER, *OPTIONAL))})", "header"
            )
        if key in ("partial", "reserve") and value not in ("yes", "no"):
            problems.error(number, f"{key} is yes or no, but the line says {shown(value)}", "header")
        keys.setdefault(key, number)
    missing = [key for key in HEADER if key not in keys]
    if missing:
        lines = ", ".join(f"#: {key}: …" for key in missing)
        problems.warn(0, f"the header does not say {', '.join(missing)}; add {lines}", "header")


def _bytes(data: bytes, problems: Problems) -> None:
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        problems.warn(1, "the file begins with a byte order mark; save it as UTF-8 without", "bytes")
    if b"\r\n" in data:
        problems.warn(0, "the lines end with CRLF; save the file with LF line ends", "bytes")
    if data and not data.endswith((b"\n", b"\0")):
        problems.warn(0, "the last line has no end; add a line break", "bytes")


def _order(reading: Reading, problems: Problems) -> None:
    before: tuple[str, str] | None = None
    for entry, line in zip(reading.source.entries, reading.lines, strict=True):
        pair = entry.spun, entry.original
        if before is not None and pair < before:
            problems.warn(
                line, f"{shown(entry.spun)} is not in order after {shown(before[0])}; sort the entries by spun phrase "
                "and original, by code points", "order",
            )  # fmt: skip
        before = pair


def _columns(text: str, problems: Problems) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.removesuffix("\r")
        if line.strip() and not line.startswith("#"):
            fields = line.split("\t")
            if fields[-1] == "" or any(field != field.strip() for field in fields):
                problems.warn(number, "blanks around a column, or empty columns at the end; take them out", "blanks")


# --- entries -----------------------------------------------------------------------------------------------------


def _phrases(reading: Reading, problems: Problems) -> None:
    """Each phrase is found in a text as it is written here; no pair stands twice."""
    entries = reading.source.entries
    normal = canonical(phrase for entry in entries for phrase in (entry.spun, entry.original))
    known: dict[tuple[str, str], tuple[Entry, int]] = {}
    for entry, line in zip(entries, reading.lines, strict=True):
        for phrase in (entry.spun, entry.original):
            if normal[phrase] is None:
                problems.error(
                    line, f"{shown(phrase)} is not a phrase of one to twelve words that can be found in a text; "
                    "write it in words, or remove the line", "phrases",
                )  # fmt: skip
            elif normal[phrase] != phrase:
                problems.warn(line, f"write {shown(phrase)} as {shown(str(normal[phrase]))}", "spelling")
        pair = normalise(entry.spun), normalise(entry.original)
        if normal[entry.spun] is not None and normal[entry.spun] == normal[entry.original]:
            problems.error(line, f"{shown(entry.spun)} is said to stand for itself; remove the line", "for itself")
        if pair in known:
            other, first = known[pair]
            if (other.seen, other.of) == (entry.seen, entry.of):
                problems.warn(line, f"the same stands in line {first}; remove one of them", "twice")
            else:
                problems.error(
                    line, f"line {first} says the same with other counts ({_counted(other)}, here {_counted(entry)}); "
                    "remove one of them", "contradictions",
                )  # fmt: skip
        known.setdefault(pair, (entry, line))


def _counted(entry: Entry) -> str:
    return f"{entry.seen} of {entry.of}" if entry.seen else "none"


def _counts(reading: Reading, problems: Problems) -> None:
    """What became of one original adds up to no more than there was."""
    rows: defaultdict[str, list[tuple[Entry, int]]] = defaultdict(list)
    for entry, line in zip(reading.source.entries, reading.lines, strict=True):
        if entry.seen is not None:
            rows[normalise(entry.original)].append((entry, line))
    for original, found in rows.items():
        seen, of = sum(entry.seen or 0 for entry, _ in found), max(entry.of or 0 for entry, _ in found)
        if seen > of:
            problems.error(
                found[-1][1], f"{seen:,} occurrences of {shown(original)} became something, and there were {of:,} at "
                f"most; correct the counts of lines {_numbers(line for _, line in found)}", "sums",
            )  # fmt: skip


def _numbers(lines: Iterable[int]) -> str:
    lines = sorted(lines)
    return ", ".join(map(str, lines[:5])) + (" …" if len(lines) > 5 else "")


def _excuses(reading: Reading, problems: Problems) -> None:
    """A phrase that excuses an entry contains the spun phrase, or it is never looked at."""
    for entry, line in zip(reading.source.entries, reading.lines, strict=True):
        for phrase in entry.unless:
            if f" {normalise(entry.spun)} " not in f" {normalise(phrase)} ":
                problems.warn(
                    line, f"{shown(phrase)} cannot excuse {shown(entry.spun)}, which does not stand in it; write the "
                    "whole phrase, or remove it", "unless",
                )  # fmt: skip
            elif normalise(phrase) == normalise(entry.spun):
                problems.warn(line, f"{shown(phrase)} excuses its entry everywhere; remove the line", "unless")


# --- loops -------------------------------------------------------------------------------------------------------


def _settles(reading: Reading, problems: Problems, stated: bool) -> None:
    """Restoring a restored text changes nothing more, as far as entries go between which no count decides.

    Where the header states a prior, entries are possibilities rather than facts, and the context decides between them.
    """
    leads: defaultdict[str, list[str]] = defaultdict(list)
    first: dict[str, int] = {}
    rows = [
        (normalise(entry.spun), normalise(entry.original), line)
        for entry, line in zip(reading.source.entries, reading.lines, strict=True)
        if entry.seen is None
    ]
    for spun, original, line in rows:
        leads[spun].append(original)
        first.setdefault(spun, line)
    circle = _circles(leads)
    if stated:
        turning = [line for spun, original, line in rows if original in first and circle[spun] == circle[original]]
        if turning:
            problems.warn(
                0, f"{len(turning):,} entries lead in circles (the first: line {turning[0]}); as the header states a "
                "prior, context decides which way. Remove what goes one way only.", "circles",
            )  # fmt: skip
        return
    for spun, original, line in rows:
        if original == spun or original not in first:
            continue
        if circle[spun] == circle[original]:
            problems.error(
                line, f"{shown(original)} is also a spun phrase (line {first[original]}); restoring would not settle. "
                "Remove one of them.", "loops",
            )  # fmt: skip
        else:
            problems.warn(
                line, f"{shown(original)} is also a spun phrase (line {first[original]}); restoring twice would go on. "
                "Write what it stands for in the end, or remove one of them.", "chains",
            )  # fmt: skip


def _circles(leads: dict[str, list[str]]) -> dict[str, int]:
    """Phrase → a number that those share which lead to each other (Tarjan 1972, without recursion)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    circle: dict[str, int] = {}
    path: list[str] = []
    for root in list(leads):
        if root in number:
            continue
        number[root] = low[root] = len(number)
        path.append(root)
        work: list[tuple[str, Callable[[], str | None]]] = [(root, _next(leads.get(root, ())))]
        while work:
            here, following = work[-1]
            there = following()
            if there is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[here])
                if low[here] == number[here]:
                    while True:
                        member = path.pop()
                        circle[member] = number[here]
                        if member == here:
                            break
            elif there not in number:
                number[there] = low[there] = len(number)
                path.append(there)
                work.append((there, _next(leads.get(there, ()))))
            elif there not in circle:
                low[here] = min(low[here], number[there])
    return circle


def _next(phrases: Sequence[str]) -> Callable[[], str | None]:
    iterator = iter(phrases)
    return lambda: next(iterator, None)
