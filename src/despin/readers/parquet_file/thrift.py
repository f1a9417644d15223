"""Thrift's compact protocol ↔ values, without an interface description. Start reading from `parse`.

The footer of a Parquet file is one such struct. Read without its description, a field that this program has never heard
of is kept as well as any other, and is written back. The format:
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md

    value of the type    is here
    TRUE, FALSE          a bool
    BYTE, I16, I32, I64  an int
    DOUBLE, UUID         the 8 or 16 bytes of it
    BINARY               bytes
    LIST, SET            a `List`
    MAP                  a `Map`
    STRUCT               a `Struct`
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...util.errors import DespinError

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT, UUID = range(1, 14)
_FIXED = {BYTE: 1, DOUBLE: 8, UUID: 16}
_DEEPEST = 64  # structs in structs: Parquet has some eight


class ThriftError(DespinError, ValueError):
    """Bytes are no struct in the compact protocol."""


@dataclass(slots=True)
class List:
    """Values of one type."""

    kind: int
    values: list[Any]


@dataclass(slots=True)
class Map:
    """Pairs, in their order."""

    key: int
    value: int
    pairs: list[tuple[Any, Any]]


@dataclass(slots=True)
class Struct:
    """Fields by number: the type and the value of each."""

    fields: dict[int, tuple[int, Any]] = field(default_factory=dict)

    def get(self, number: int, default: Any = None) -> Any:
        """The value of a field; of a list, its values."""
        _, value = self.fields.get(number, (0, default))
        return value.values if isinstance(value, List) else value

    def put(self, number: int, kind: int, value: Any) -> None:
        """Set a field."""
        self.fields[number] = kind, value

    def change(self, number: int, value: Any) -> None:
        """Set a field that is there, of the type that it has."""
        self.fields[number] = self.fields[number][0], value

    def drop(self, *numbers: int) -> None:
        """Leave out fields, if they are there."""
        for number in numbers:
            self.fields.pop(number, None)

    def __contains__(self, number: int) -> bool:
        return number in self.fields

    def copy(self) -> Struct:
        """A struct with the same values, whose fields may be set without changing this one's."""
        return Struct(dict(self.fields))


def parse(data: bytes) -> tuple[Struct, int]:
    """The struct that `data` begins with, and how many bytes it takes.

    Raises
    ------
    ThriftError
        There is none, or it is cut off.

    >>> struct, size = parse(dump(Struct({1: (I32, -5), 40: (BINARY, b"x")})))
    >>> struct.get(1), struct.get(40), size
    (-5, b'x', 7)
    """
    reader = _Reader(data)
    try:
        return reader.struct(0), reader.place
    except IndexError:
        raise ThriftError("it is cut off") from None


def dump(struct: Struct) -> bytes:
    """The bytes of `struct`."""
    into = bytearray()
    _write(into, STRUCT, struct)
    return bytes(into)


class _Reader:
    """A place in bytes. Reading beyond the end is an IndexError or a ThriftError."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def byte(self) -> int:
        self.place += 1
        return self.data[self.place - 1]

    def take(self, size: int) -> bytes:
        start, self.place = self.place, self.place + size
        if self.place > len(self.data):
            raise ThriftError("it is cut off")
        return self.data[start : self.place]

    def varint(self) -> int:
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return result
            shift += 7
            if shift > 63:
                raise ThriftError("a number is too long")

    def zigzag(self) -> int:
        number = self.varint()
        return (number >> 1) ^ -(number & 1)

    def value(self, kind: int, depth: int) -> Any:
        if kind in (I16, I32, I64):
            return self.zigzag()
        if kind == BINARY:
            return self.take(self.varint())
        if kind == STRUCT:
            return self.struct(depth + 1)
        if kind in (LIST, SET):
            return self.list(depth)
        if kind == MAP:
            return self.map(depth)
        if kind == BYTE:
            return int.from_bytes(self.take(1), "little", signed=True)
        if kind in _FIXED:
            return self.take(_FIXED[kind])
        if kind in (TRUE, FALSE):  # in a list; a field has it in its type
            return self.byte() == TRUE
        raise ThriftError(f"there is no type {kind}")

    def struct(self, depth: int) -> Struct:
        if depth > _DEEPEST:
            raise ThriftError("it is nested too deeply")
        fields: dict[int, tuple[int, Any]] = {}
        number = 0
        while head := self.byte():
            kind = head & 15
            number = number + (head >> 4) if head >> 4 else self.zigzag()
            fields[number] = kind, kind == TRUE if kind in (TRUE, FALSE) else self.value(kind, depth)
        return Struct(fields)

    def size(self, size: int) -> int:
        if size > len(self.data) - self.place:  # each value takes a byte or more
            raise ThriftError("it is cut off")
        return size

    def list(self, depth: int) -> List:
        head = self.byte()
        size = self.size(head >> 4 if head >> 4 < 15 else self.varint())
        kind = head & 15
        return List(kind, [self.value(kind, depth) for _ in range(size)])

    def map(self, depth: int) -> Map:
        size = self.size(self.varint())
        if not size:
            return Map(0, 0, [])
        kinds = self.byte()
        key, value = kinds >> 4, kinds & 15
        return Map(key, value, [(self.value(key, depth), self.value(value, depth)) for _ in range(size)])


def _varint(into: bytearray, number: int) -> None:
    while number > 0x7F:
        into.append(number & 0x7F | 0x80)
        number >>= 7
    into.append(number)


def _write(into: bytearray, kind: int, value: Any) -> None:
    if kind in (I16, I32, I64):
        _varint(into, value << 1 if value >= 0 else ((-value) << 1) - 1)
    elif kind == BINARY:
        _varint(into, len(value))
        into += value
    elif kind == STRUCT:
        _write_fields(into, value)
    elif kind in (LIST, SET):
        size = len(value.values)
        into.append(min(size, 15) << 4 | value.kind)
        if size >= 15:
            _varint(into, size)
        for one in value.values:
            _write(into, value.kind, one)
    elif kind == MAP:
        _varint(into, len(value.pairs))
        if value.pairs:
            into.append(value.key << 4 | value.value)
        for one, other in value.pairs:
            _write(into, value.key, one)
            _write(into, value.value, other)
    elif kind == BYTE:
        into += value.to_bytes(1, "little", signed=True)
    elif kind in _FIXED:
        into += value
    else:
        into.append(TRUE if value else FALSE)


def _write_fields(into: bytearray, struct: Struct) -> None:
    before = 0
    for number, (kind, value) in sorted(struct.fields.items()):
        if kind in (TRUE, FALSE):
            kind = TRUE if value else FALSE
        if 0 < number - before < 16:
            into.append((number - before) << 4 | kind)
        else:
            into.append(kind)
            _write(into, I16, number)
        if kind not in (TRUE, FALSE):
            _write(into, kind, value)
        before = number
    into.append(0)
