"""The footer of a Parquet file: its schema, and where which column of which row group stands. Start from `Footer`.

Nothing here needs pyarrow, and nothing looks at values: that is why a column of any type can go through as it is.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from ..source import InputError
from . import fields as at
from .thrift import I32, LIST, STRUCT, List, Struct, ThriftError, dump, parse

MAGIC, ENCRYPTED = b"PAR1", b"PARE"
_LARGEST = 1 << 30  # bytes of a footer


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column that has values: all but the groups of a nested one."""

    path: tuple[bytes, ...]
    element: Struct

    @property
    def top(self) -> str:
        """The name of the column of the table that it is, or is part of."""
        return self.path[0].decode("utf-8", "surrogateescape")

    @property
    def is_text(self) -> bool:
        """Whether it is a column of texts, whatever those are called in Arrow: strings, views, categories."""
        of_text = self.element.get(at.CONVERTED) == at.UTF8 or at.STRING in self.element.get(at.LOGICAL, Struct())
        alone = len(self.path) == 1 and self.element.get(at.REPETITION) != at.REPEATED
        return alone and self.element.get(at.TYPE) == at.BYTE_ARRAY and of_text


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands at the end of a Parquet file."""

    data: Struct
    start: int
    """Where it begins: the end of the data."""

    @property
    def groups(self) -> list[Struct]:
        """The row groups."""
        found: list[Struct] = self.data.get(at.GROUPS, [])
        return found

    @property
    def schema(self) -> list[Struct]:
        """The root, and all below it, parents first."""
        found: list[Struct] = self.data.get(at.SCHEMA, [])
        return found

    def metadata(self) -> list[tuple[bytes, bytes | None]]:
        """The metadata of the file, in order."""
        return [(pair.get(at.KEY, b""), pair.get(at.VALUE)) for pair in self.data.get(at.KEYS, [])]

    def leaves(self) -> list[Leaf]:
        """The columns, in the order of each row group."""
        return list(leaves(self.schema))

    def tops(self) -> list[str]:
        """The names of the columns of the table."""
        names = [self.schema[place].get(at.NAME, b"") for place, _ in tops(self.schema)]
        return [name.decode("utf-8", "surrogateescape") for name in names]


def read_footer(stream: IO[bytes], name: str) -> Footer:
    """The footer of the Parquet file `stream`, which messages call `name`.

    Raises
    ------
    InputError
        It is none, or is damaged, or it is encrypted.
    OSError
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(size - 8, 0))
    tail = stream.read(8)
    if tail[4:] == ENCRYPTED:
        raise InputError(name, "is an encrypted Parquet file, which despin does not read")
    length = int.from_bytes(tail[:4], "little")
    start = size - 8 - length
    if tail[4:] != MAGIC or start < len(MAGIC) or length > _LARGEST:
        raise InputError(name, "is no Parquet file, or is damaged (its end is not that of one)")
    stream.seek(start)
    try:
        data, _ = parse(stream.read(length))
        footer = Footer(data, start)
        _check(footer, name)
    except (ThriftError, AttributeError, TypeError) as problem:
        raise damaged(name, problem) from None
    return footer


def damaged(name: str, problem: Exception) -> InputError:
    """What to say of a file whose footer makes no sense."""
    reason = str(problem) if isinstance(problem, ThriftError) else "its footer makes no sense"
    return InputError(name, f"is no Parquet file, or is damaged ({reason})")


def _check(footer: Footer, name: str) -> None:
    """Raises ThriftError, AttributeError or TypeError where it makes no sense, InputError where it cannot be used."""
    count = len(footer.leaves())
    if not footer.schema or at.ENCRYPTION in footer.data:
        what = "is encrypted or signed, which despin does not read" if footer.schema else "has no schema"
        raise InputError(name, what)
    for group in footer.groups:
        if len(group.get(at.COLUMNS, [])) != count or not isinstance(group.get(at.GROUP_ROWS), int):
            raise ThriftError("a row group has other columns than the schema")
        for chunk in group.get(at.COLUMNS):
            if at.CRYPTO in chunk or at.CRYPTO_META in chunk:
                raise InputError(name, "has an encrypted column, which despin does not read")
            if chunk.get(at.OTHER_FILE):
                raise InputError(name, "has its columns in other files, which despin does not read")
            start, end = extent(chunk)
            if not len(MAGIC) <= start <= end <= footer.start:
                raise ThriftError("a column lies outside of the file")


def extent(chunk: Struct) -> tuple[int, int]:
    """Where the pages of a column chunk begin and end."""
    meta = chunk.get(at.META)
    data, dictionary = meta.get(at.DATA), meta.get(at.DICTIONARY, 0)  # 0: there is none
    if not meta.get(at.PACKED):  # no pages: then the offsets say nothing
        return len(MAGIC), len(MAGIC)
    start = dictionary if dictionary and (dictionary < data or not data) else data
    return start, start + meta.get(at.PACKED)


def leaves(schema: list[Struct]) -> Iterator[Leaf]:
    """The columns of a schema. Raises ThriftError where it is no tree."""
    place = 1
    # The names of the groups that we are in, and how many children each still has.
    names: list[bytes] = []
    open_ones = [schema[0].get(at.CHILDREN, 0)] if schema else [0]
    while open_ones:
        if not open_ones[-1]:
            open_ones.pop()
            if names:
                names.pop()
            continue
        if place >= len(schema):
            raise ThriftError("the schema is cut off")
        open_ones[-1] -= 1
        element = schema[place]
        place += 1
        path = (*names, element.get(at.NAME, b""))
        if element.get(at.CHILDREN):
            names.append(path[-1])
            open_ones.append(element.get(at.CHILDREN))
        else:
            yield Leaf(path, element)
    if place != max(len(schema), 1):
        raise ThriftError("the schema has more than its root")


def tops(schema: list[Struct]) -> Iterator[tuple[int, int]]:
    """The place of each element right below the root, and how many elements it is with all below it."""
    place = 1
    while place < len(schema):
        size, waiting = 0, 1
        while waiting:
            if place + size >= len(schema):
                raise ThriftError("the schema is cut off")
            waiting += schema[place + size].get(at.CHILDREN, 0) - 1
            size += 1
        yield place, size
        place += size


def selected(footer: Footer, names: Iterable[str]) -> Footer:
    """`footer` with only those columns of the table that `names` has, and no more than is needed to read them.

    So whoever reads with it need not understand the others.
    """
    wanted = {name.encode("utf-8", "surrogateescape") for name in names}
    kept = [leaf.path[0] in wanted for leaf in footer.leaves()]
    found = [(k, k + size) for k, size in tops(footer.schema) if footer.schema[k].get(at.NAME, b"") in wanted]
    root = footer.schema[0].copy()
    root.put(at.CHILDREN, I32, len(found))
    data = footer.data.copy()
    data.drop(at.KEYS, at.ORDERS)
    below = [element for start, end in found for element in footer.schema[start:end]]
    data.put(at.SCHEMA, LIST, List(STRUCT, [root, *below]))
    data.put(at.GROUPS, LIST, List(STRUCT, [_narrowed(group, kept) for group in footer.groups]))
    return Footer(data, footer.start)


def _narrowed(group: Struct, kept: list[bool]) -> Struct:
    narrowed = group.copy()
    chunks = [chunk for chunk, keep in zip(group.get(at.COLUMNS), kept, strict=True) if keep]
    narrowed.put(at.COLUMNS, LIST, List(STRUCT, chunks))
    narrowed.drop(at.SORTED)
    return narrowed


def ending(data: Struct) -> bytes:
    """The end of a Parquet file with the footer `data`."""
    footer = dump(data)
    return footer + len(footer).to_bytes(4, "little") + MAGIC


class View(io.RawIOBase):
    """The data of the Parquet file `stream`, seen with `footer`: a file that can be read. `stream` stays open."""

    def __init__(self, stream: IO[bytes], footer: Footer) -> None:
        super().__init__()
        self._stream, self._start, self._end = stream, footer.start, ending(footer.data)
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        size = self._start + len(self._end)
        self._place = max(offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: size}[whence], 0)
        return self._place

    def readinto(self, buffer: Any) -> int:
        if self._place < self._start:
            self._stream.seek(self._place)
            data = self._stream.read(min(len(buffer), self._start - self._place))
        else:
            at = self._place - self._start
            data = self._end[at : at + len(buffer)]
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)
