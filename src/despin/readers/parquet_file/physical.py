"""Rows of a Parquet file as what they physically are: integers, floats, bytes. Start reading from `Physical`.

What they mean stands in the schema, and no library need understand it to copy a row.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import zip_longest
from typing import IO, Any

from ..source import InputError
from . import fields as at
from .footer import Footer, read_footer, tops
from .library import explained, opened, pyarrow
from .thrift import BINARY, I32, I64, LIST, STRUCT, List, Struct


class Physical:
    """The rows of a Parquet file as what they physically are. Raises InputError where they could not be copied so."""

    def __init__(self, stream: IO[bytes], footer: Footer, name: str) -> None:
        self.footer = footer
        self._leaves = footer.leaves()
        self._name = name
        self._file = opened(stream, physical(footer), name)
        _, parquet = pyarrow(name)
        with explained(name, "has columns of which some rows cannot be copied"):
            empty = io.BytesIO()
            schema = self._file.schema_arrow
            with parquet.ParquetWriter(empty, schema, store_schema=False) as writer:
                writer.write_table(schema.empty_table())
            again = read_footer(empty, name)
        shape, want = _shape(again.schema), _shape(physical(footer).schema)
        if shape != want:
            different = next(k for k, (one, two) in enumerate(zip_longest(shape, want)) if one != two)
            column = next((top for top, end in _ends(footer) if different < end), footer.tops()[-1])
            raise InputError(name, f"has a column {column!r} of a type that a copy of some of its rows would not have")
        self.paths = [".".join(one.decode("utf-8", "surrogateescape") for one in leaf.path) for leaf in again.leaves()]

    def rows(self, group: int, rows: Sequence[int]) -> Any:
        """An Arrow table of these rows of a row group, by number and in their order. Raises InputError."""
        arrow, _ = pyarrow(self._name)
        with explained(self._name, f"row group {group} cannot be read"):
            table = self._file.read_row_group(group)
            kept = set(rows)
            # Taking by number would join the chunks of a column, and with them more bytes than an array can have.
            return table.filter(arrow.array([row in kept for row in range(table.num_rows)], arrow.bool_()))

    def comparable(self, like: Sequence[Struct]) -> list[str]:
        """The columns whose bounds are those of what they physically are, signs and all."""
        pairs = zip(self.paths, self._leaves, like, strict=True)
        return [path for path, leaf, meta in pairs if at.STATISTICS in meta and _is_plain(leaf.element)]

    def as_it_was(self, leaf: int, meta: Struct) -> Struct:
        """ColumnMetaData of rows that were written, with the type that the column has."""
        made = meta.copy()
        made.change(at.KIND, self._leaves[leaf].element.get(at.TYPE))
        made.put(at.PATH, LIST, List(BINARY, list(self._leaves[leaf].path)))
        return made


def physical(footer: Footer) -> Footer:
    """`footer` without what the values mean: an INT96 has twelve bytes, a timestamp is an integer.

    What groups mean stays, since lists and maps are read by it.
    """
    schema = [footer.schema[0]]
    for element in footer.schema[1:]:
        bare = element.copy()
        if not element.get(at.CHILDREN):
            bare.drop(at.CONVERTED, at.LOGICAL, at.SCALE, at.PRECISION)
            if element.get(at.TYPE) == at.INT96:
                bare.put(at.TYPE, I32, at.FIXED)
                bare.put(at.LENGTH, I32, 12)
        schema.append(bare)
    data = footer.data.copy()
    data.drop(at.KEYS, at.ORDERS)
    data.put(at.SCHEMA, LIST, List(STRUCT, schema))
    data.put(at.GROUPS, LIST, List(STRUCT, [_bare_group(group) for group in footer.groups]))
    return Footer(data, footer.start)


def _bare_group(group: Struct) -> Struct:
    chunks = []
    for chunk in group.get(at.COLUMNS):
        meta = chunk.get(at.META).copy()
        meta.drop(at.STATISTICS, at.BLOOM, at.BLOOM_LENGTH, at.SIZES, at.SHAPES)
        if meta.get(at.KIND) == at.INT96:
            meta.change(at.KIND, at.FIXED)
        bare = Struct({at.FILE_OFFSET: (I64, 0), at.META: (STRUCT, meta)})
        chunks.append(bare)
    made = group.copy()
    made.drop(at.SORTED)
    made.put(at.COLUMNS, LIST, List(STRUCT, chunks))
    return made


def _shape(schema: Sequence[Struct]) -> list[tuple[Any, ...]]:
    """What of a schema the bytes of its columns depend on."""
    fields = (at.REPETITION, at.CHILDREN, at.TYPE)
    return [
        (*(element.get(number) or 0 for number in fields), element.get(at.TYPE) == at.FIXED and element.get(at.LENGTH))
        for element in schema[1:]
    ]


def _ends(footer: Footer) -> list[tuple[str, int]]:
    """The columns of the table, and the number of the first element behind each, the root not counted."""
    places = list(tops(footer.schema))
    return [(name, place + size - 1) for name, (place, size) in zip(footer.tops(), places, strict=True)]


def _is_plain(element: Struct) -> bool:
    """Whether values of a column are ordered as what they physically are."""
    if element.get(at.TYPE) == at.INT96:
        return False
    logical = element.get(at.LOGICAL, Struct())
    bare = not logical.fields and at.CONVERTED not in element
    return bare or element.get(at.CONVERTED) in (at.UTF8, *at.SIGNED) or at.STRING in logical
