"""JSON Lines → records, each with a way back. Start reading from `records`.

Everything but the one field passes through verbatim: a record is never parsed and printed again, the new values are
put in by their place in the line. So a number keeps its digits, a duplicate key stays, and `\\u00e9` is not rewritten.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

RESULT = "despin"
"""The member that despin adds to a record."""

NOTHING: Mapping[str, None] = {"verdict": None}
"""What is said of a record that has no text."""

_BLANK = b" \t\r\n"
_PART = 1 << 20
# Numbers are not interpreted: one of 5,000 digits is no reason to refuse a record.
_VALUES = json.JSONDecoder(parse_int=str, parse_float=str)


@dataclass(frozen=True, slots=True)
class Record:
    """One line: a text to check, or what is wrong with the line."""

    line: int
    """From 1."""
    raw: str
    """The JSON object as it stands in the line; empty where the line holds none."""
    members: tuple[tuple[str, int, int], ...] = ()
    """Key, first code point and last code point + 1 of each value in `raw`."""
    field: str = ""
    text: str = ""
    error: str = ""
    """A sentence for people; empty where the record is good."""
    missing: bool = False
    """The field is null: no text, and nothing to judge, but no fault either. All that is said of it is `NOTHING`."""

    def with_result(self, result: object, text: str | None = None) -> str:
        """The line again, without its line ending: `result` under "despin", and `text` in the field if it is given
        and differs from what stands there."""
        return self.with_json(dump(result), text)

    def with_json(self, result: str, text: str | None = None) -> str:
        """As `with_result`, of a result that is JSON already."""
        edits = []
        spans = {key: (start, end) for key, start, end in self.members}
        if text is not None and text != self.text:
            edits.append((*spans[self.field], dump(text)))
        if RESULT in spans:  # a second run over despin's own output
            edits.append((*spans[RESULT], result))
        elif self.raw:
            before_brace = len(self.raw) - 1
            comma = ", " if self.members else ""
            edits.append((before_brace, before_brace, f"{comma}{dump(RESULT)}: {result}"))
        else:
            return f"{{{dump(RESULT)}: {result}}}"
        line = self.raw
        for start, end, value in sorted(edits, reverse=True):
            line = line[:start] + value + line[end:]
        return line


def bounded(stream: IO[bytes], limit: int) -> Iterator[bytes | None]:
    """The lines of `stream`; None for one of more than `limit` bytes, which is never held in memory."""
    while line := stream.readline(limit + 1):
        if len(line) > limit and not line.endswith(b"\n"):
            yield None
            while (rest := stream.readline(_PART)) and not rest.endswith(b"\n"):
                pass
        else:
            yield line


def records(lines: Iterable[bytes | None], field: str) -> Iterator[Record]:
    """The records in `lines`; blank lines are skipped, a bad line comes as a `Record` with an error, and so does None,
    a line that was too long."""
    for number, line in enumerate(lines, 1):
        if line is None:
            yield Record(number, "", error="is too long a line; allow more with --max-bytes")
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line := line.strip(_BLANK):
            yield _record(number, line, field)


def _record(number: int, line: bytes, field: str) -> Record:
    try:
        raw = line.decode()
        spans, values = _members(raw)
    except UnicodeDecodeError as problem:
        return Record(number, "", error=f"is not valid UTF-8: byte 0x{line[problem.start]:02X} at {problem.start}")
    except json.JSONDecodeError as problem:
        return Record(number, "", error=f"is not a JSON object: {problem.msg} at character {problem.pos}")
    except RecursionError:
        return Record(number, "", error="is nested too deeply to be read")
    if field not in values:
        known = ", ".join(values) or "none"
        return Record(number, raw, spans, error=f"has no field {field!r}; it has: {known}")
    # parse_int and parse_float give str too, so look at how the value is written.
    start = {key: start for key, start, _ in spans}[field]
    if raw.startswith("null", start):
        return Record(number, raw, spans, field, missing=True)
    if raw[start] != '"':
        return Record(number, raw, spans, error=f"has a field {field!r} that is not a string")
    return Record(number, raw, spans, field, values[field])


def _members(raw: str) -> tuple[tuple[tuple[str, int, int], ...], dict[str, Any]]:
    """Where each value of the JSON object `raw` stands, and what it is; of equal keys the last counts, as in `json`.

    Raises
    ------
    json.JSONDecodeError, RecursionError
    """
    spans: list[tuple[str, int, int]] = []
    values: dict[str, Any] = {}
    place = _expect(raw, 0, "{")
    if raw[place : place + 1] == "}":
        place += 1
    else:
        while True:
            if raw[place : place + 1] != '"':
                raise json.JSONDecodeError("Expecting a key in double quotes", raw, place)
            key, place = _VALUES.raw_decode(raw, place)
            start = _expect(raw, _skip(raw, place), ":")
            values[key], end = _VALUES.raw_decode(raw, start)
            spans.append((key, start, end))
            place = _skip(raw, end)
            if raw[place : place + 1] == "}":
                place += 1
                break
            place = _expect(raw, place, ",")
    if place != len(raw):
        raise json.JSONDecodeError("Extra data", raw, place)
    return tuple(spans), values


def _expect(raw: str, place: int, sign: str) -> int:
    """The place after `sign`, which must stand at `place`, and after the blanks behind it."""
    if raw[place : place + 1] != sign:
        raise json.JSONDecodeError(f"Expecting {sign!r}", raw, place)
    return _skip(raw, place + 1)


def _skip(raw: str, place: int) -> int:
    while raw[place : place + 1] in (" ", "\t", "\r", "\n"):
        place += 1
    return place


def dump(value: object, indent: int | None = None) -> str:
    """`value` as JSON, readable where UTF-8 can carry it: text with a lone surrogate must stay escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return text
