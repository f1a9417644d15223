"""A Parquet file with other values in some of its columns. Start reading from `Splice`.

A column that keeps its values keeps its bytes: its pages are copied and never decoded, and the footer is changed where
it tells places. So no type, encoding, statistics or bloom filter of it can be lost, known to pyarrow or not. What is
new is written by pyarrow as a small file of one row group, of which the pages are taken.

Where rows are left out a row group has to be decoded. It is read as what it physically is (`physical`): integers,
floats, bytes. What they mean stands in the schema, which is not touched.
"""

from __future__ import annotations

import io
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, Any

from ..source import InputError
from . import fields as at
from .footer import MAGIC, Footer, Leaf, damaged, ending, extent, read_footer, tops
from .library import explained, pyarrow
from .physical import Physical
from .thrift import BINARY, I32, I64, LIST, STRUCT, List, Struct, ThriftError, dump, parse

_PART = 1 << 20
_IN_MEMORY = 64 << 20  # bytes of new pages; more go to a temporary file


@dataclass(frozen=True, slots=True)
class _Pages:
    """The pages of a new column chunk."""

    place: int
    """Among all new pages."""
    size: int
    meta: Struct
    """Its ColumnMetaData, as it was where the pages began at `start`."""
    start: int


@dataclass(slots=True)
class _Edit:
    """Bytes of the old file that go, and pages that come in their place."""

    start: int
    end: int
    pages: _Pages | None = None
    place: int = 0
    """Where that is in the new file."""


class Splice:
    """New values for columns of the Parquet file `stream`, first collected and then written.

    Columns that are `removed` go, and those of `added`, a `pyarrow.Schema`, come at the end of each
    row group, and have to be put there.
    """

    def __init__(
        self, stream: IO[bytes], footer: Footer, name: str, removed: Sequence[str] = (), added: Any = None
    ) -> None:
        self.stream, self.footer, self.name = stream, footer, name
        self._leaves = footer.leaves()
        self._removed = {k for k, leaf in enumerate(self._leaves) if leaf.top in removed}
        self.removed = frozenset(removed)
        self._new: dict[int, dict[int, _Pages]] = {}
        self._added: dict[int, list[_Pages]] = {}
        self._rows: dict[int, int] = {}
        self._elements: list[Struct] = []
        self._orders: list[Any] = []
        self._pages: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 — until `close`
        self._physical: Physical | None = None
        if added is not None:
            like = [Struct({at.CODEC: (I32, at.ZSTD)})] * len(added)
            self._elements = [leaf.element for _, leaf in self._encoded(added.empty_table(), like)]

    @property
    def changed(self) -> bool:
        """Whether anything was put."""
        return bool(self._new or self._elements or self._removed or self._rows)

    def close(self) -> None:
        """Forget what was collected."""
        self._pages.close()

    def put(self, group: int, columns: Mapping[str, Any]) -> None:
        """Arrow arrays for columns of row group `group`, a value a row. Raises InputError."""
        arrow, _ = pyarrow(self.name)
        for name, array in columns.items():
            leaf = next((k for k, one in enumerate(self._leaves) if one.path == (_bytes(name),)), None)
            if leaf is None or leaf in self._removed:
                continue
            old = self.footer.groups[group].get(at.COLUMNS)[leaf].get(at.META)
            field = arrow.field(name, array.type, nullable=self._leaves[leaf].element.get(at.REPETITION) == at.OPTIONAL)
            [(pages, _)] = self._encoded(arrow.table([array], schema=arrow.schema([field])), [old])
            self._new.setdefault(group, {})[leaf] = pages
        known = {leaf.top for k, leaf in enumerate(self._leaves) if k not in self._removed}
        self._add(group, {name: array for name, array in columns.items() if name not in known})

    def _add(self, group: int, columns: Mapping[str, Any]) -> None:
        if columns:
            arrow, _ = pyarrow(self.name)
            chunks = self.footer.groups[group].get(at.COLUMNS)
            codec = chunks[0].get(at.META).get(at.CODEC) if chunks else at.ZSTD
            like = Struct({at.CODEC: (I32, codec), at.DICTIONARY: (I64, 1), at.STATISTICS: (STRUCT, Struct())})
            made = self._encoded(arrow.table(dict(columns)), [like] * len(columns))
            self._added[group] = [pages for pages, _ in made]

    def thin(self, group: int, rows: Sequence[int], columns: Mapping[str, Any]) -> None:
        """Only these rows of row group `group`, by number, with `columns` added, a value each of them.

        Raises
        ------
        InputError
            A column has a type that a copy of some rows would not have.
        """
        if self._physical is None:
            self._physical = Physical(self.stream, self.footer, self.name)
        self._rows[group] = len(rows)
        if rows:
            table = self._physical.rows(group, rows)
            old = [chunk.get(at.META) for chunk in self.footer.groups[group].get(at.COLUMNS)]
            made = self._encoded(table, old, self._physical)
            self._new[group] = {
                k: replace(pages, meta=self._physical.as_it_was(k, pages.meta))
                for k, (pages, _) in enumerate(made)
                if k not in self._removed
            }
            self._add(group, columns)

    def _encoded(
        self, table: Any, like: Sequence[Struct], physical: Physical | None = None
    ) -> list[tuple[_Pages, Leaf]]:
        """The column chunks of `table` as pyarrow writes them, each compressed and so on `like` another one."""
        _, parquet = pyarrow(self.name)
        with explained(self.name, "cannot be written"):
            file = io.BytesIO()
            options = _options(physical.paths if physical else table.column_names, like)
            if physical is not None:
                options["write_statistics"] = physical.comparable(like)
            with parquet.ParquetWriter(file, table.schema, store_schema=False, **options) as writer:
                writer.write_table(table, row_group_size=max(table.num_rows, 1))
            footer = read_footer(file, self.name)
        data = file.getbuffer()
        self._orders = footer.data.get(at.ORDERS, [])
        [group] = footer.groups
        return [
            (self._kept(data, chunk), leaf) for chunk, leaf in zip(group.get(at.COLUMNS), footer.leaves(), strict=True)
        ]

    def _kept(self, data: memoryview, chunk: Struct) -> _Pages:
        start, end = extent(chunk)
        place = self._pages.seek(0, io.SEEK_END)
        self._pages.write(data[start:end])
        return _Pages(place, end - start, chunk.get(at.META), start)

    # --- writing ------------------------------------------------------------------------------------------------

    def write(self, sink: Any, keys: Sequence[tuple[bytes, bytes | None]] | None = None) -> None:
        """The file with all that was put, to `sink`; with other metadata of the file, if `keys` are given.

        Raises
        ------
        InputError
            The file is damaged.
        OSError
        """
        if not self.changed and keys is None:
            self._copy(0, self.stream.seek(0, io.SEEK_END), self.stream, sink)
            return
        try:
            edits = self._edits()
            size, moved = _placed(edits, self.footer.start)
            data, indexes = self._data(edits, moved, size)
        except (ThriftError, AttributeError, TypeError, IndexError) as problem:
            raise damaged(self.name, problem) from None
        place = 0
        for edit in edits:
            self._copy(place, edit.start, self.stream, sink)
            if edit.pages:
                self._copy(edit.pages.place, edit.pages.place + edit.pages.size, self._pages, sink)
            place = edit.end
        self._copy(place, self.footer.start, self.stream, sink)
        for index in indexes:
            sink.write(index)
        if keys is not None:
            pairs = [_pair(key, value) for key, value in keys]
            data.put(at.KEYS, LIST, List(STRUCT, pairs))
        sink.write(ending(data))

    @contextmanager
    def whole(self) -> Iterator[IO[bytes]]:
        """What `write` writes, in a temporary file: whoever copies it has all of it or nothing. Raises InputError."""
        with tempfile.TemporaryFile() as file:
            with explained(self.name, "cannot be rewritten"):
                self.write(file)
                file.seek(0)
            yield file

    def _copy(self, start: int, end: int, source: IO[bytes], sink: Any) -> None:
        source.seek(start)
        while start < end:
            part = source.read(min(_PART, end - start))
            if not part:
                raise InputError(self.name, "was cut off while it was read")
            sink.write(part)
            start += len(part)

    def _edits(self) -> list[_Edit]:
        """What is cut out of the old file and put in, in the order of its bytes."""
        edits: list[_Edit] = []
        for number, group in enumerate(self.footer.groups):
            chunks = group.get(at.COLUMNS)
            last = max((extent(chunk)[1] for chunk in chunks), default=self.footer.start)
            for k, chunk in enumerate(chunks):
                pages = self._new.get(number, {}).get(k)
                if self._cut(number, k):
                    edits.append(_Edit(*extent(chunk), pages))
                    edits += _regions(chunk, (at.BLOOM, at.BLOOM_LENGTH), (at.BOUNDS, at.BOUNDS_LENGTH))
                # An index of pages has their places, so it is written anew.
                edits += _regions(chunk, (at.PAGES, at.PAGES_LENGTH))
            edits += [_Edit(last, last, pages) for pages in self._added.get(number, ())]
        edits.sort(key=lambda edit: (edit.start, edit.end))
        place = len(MAGIC)
        for edit in edits:
            if not place <= edit.start <= edit.end <= self.footer.start:
                raise ThriftError("two of its columns share their bytes")
            place = edit.end
        return edits

    def _cut(self, group: int, leaf: int) -> bool:
        return leaf in self._removed or leaf in self._new.get(group, {}) or self._rows.get(group) == 0

    def _data(self, edits: Sequence[_Edit], moved: _Move, size: int) -> tuple[Struct, list[bytes]]:
        """The new footer, and the indexes of pages that stand before it, from the place `size` on."""
        places = {id(edit.pages): edit.place for edit in edits if edit.pages}
        indexes: list[bytes] = []
        groups: list[Struct] = []
        for number, group in enumerate(self.footer.groups):
            if self._rows.get(number) == 0:
                continue
            chunks = []
            for k, chunk in enumerate(group.get(at.COLUMNS)):
                pages = self._new.get(number, {}).get(k)
                if k in self._removed:
                    continue
                if pages is not None:
                    chunks.append(_made(pages, places[id(pages)], chunk.get(at.META), self._leaves[k].path))
                    continue
                kept, index = self._index(_shifted(chunk, moved), chunk, moved, size)
                chunks.append(kept)
                indexes += [index] if index else []
                size += len(index)
            for pages in self._added.get(number, ()):
                chunks.append(_made(pages, places[id(pages)]))
            groups.append(self._group(number, group, chunks, len(groups)))
        data = self.footer.data.copy()
        data.put(at.GROUPS, LIST, List(STRUCT, groups))
        data.change(at.ROWS, sum(group.get(at.GROUP_ROWS) for group in groups))
        self._reshape(data)
        return data, indexes

    def _index(self, kept: Struct, chunk: Struct, moved: _Move, place: int) -> tuple[Struct, bytes]:
        """`kept` with its index of pages, which goes to `place`, and the bytes of that; none where there is none."""
        if not chunk.get(at.PAGES_LENGTH):
            return kept, b""
        self.stream.seek(chunk.get(at.PAGES))
        index, _ = parse(self.stream.read(chunk.get(at.PAGES_LENGTH)))
        for page in index.get(at.LOCATIONS):
            page.change(at.LOCATION, moved(page.get(at.LOCATION)))
        data = dump(index)
        kept.change(at.PAGES, place)
        kept.change(at.PAGES_LENGTH, len(data))
        return kept, data

    def _group(self, number: int, group: Struct, chunks: list[Struct], ordinal: int) -> Struct:
        """The row group `group` with other column chunks."""
        made = group.copy()
        made.put(at.COLUMNS, LIST, List(STRUCT, chunks))
        made.change(at.GROUP_ROWS, self._rows.get(number, group.get(at.GROUP_ROWS)))
        made.change(at.GROUP_BYTES, sum(chunk.get(at.META).get(at.UNPACKED) for chunk in chunks))
        if at.GROUP_PACKED in group:
            made.change(at.GROUP_PACKED, sum(chunk.get(at.META).get(at.PACKED) for chunk in chunks))
        if group.get(at.GROUP_OFFSET) and chunks:
            made.change(at.GROUP_OFFSET, min(extent(chunk)[0] for chunk in chunks))
        if at.ORDINAL in group:
            made.change(at.ORDINAL, ordinal)
        if group.get(at.SORTED):
            made.put(at.SORTED, LIST, List(STRUCT, self._sorted(number, group)))
        return made

    def _sorted(self, number: int, group: Struct) -> list[Struct]:
        """What the rows are still sorted by: up to the first column that has other values now."""
        stays = [k for k in range(len(self._leaves)) if k not in self._removed]
        kept = []
        for one in group.get(at.SORTED):
            k = one.get(at.SORTED_COLUMN)
            if k not in stays or (k in self._new.get(number, {}) and number not in self._rows):
                break
            moved = one.copy()
            moved.change(at.SORTED_COLUMN, stays.index(k))
            kept.append(moved)
        return kept

    def _reshape(self, data: Struct) -> None:
        """The schema of `data`, without the columns that go and with those that come."""
        schema = data.get(at.SCHEMA)
        kept, count = [], 0
        for place, size in tops(schema):
            if schema[place].get(at.NAME, b"") not in map(_bytes, self.removed):
                kept += schema[place : place + size]
                count += 1
        root = schema[0].copy()
        root.put(at.CHILDREN, I32, count + len(self._elements))
        data.put(at.SCHEMA, LIST, List(STRUCT, [root, *kept, *self._elements]))
        if orders := data.get(at.ORDERS):
            stays = [order for k, order in enumerate(orders) if k not in self._removed]
            new = self._orders[: len(self._elements)]
            data.put(at.ORDERS, LIST, List(STRUCT, stays + new))


class _Move:
    """Places of the old file → places of the new one, of bytes that stay."""

    def __init__(self, ends: list[int], deltas: list[int]) -> None:
        self._ends, self._deltas = ends, deltas

    def __call__(self, place: int) -> int:
        return place + self._deltas[bisect_right(self._ends, place)]


def _placed(edits: Sequence[_Edit], end: int) -> tuple[int, _Move]:
    """Give each edit its place in the new file. Returns the size of that without its end, and where bytes move."""
    ends: list[int] = []
    deltas = [0]
    place = last = 0
    for edit in edits:
        place += edit.start - last
        edit.place = place
        place += edit.pages.size if edit.pages else 0
        last = edit.end
        ends.append(last)
        deltas.append(place - last)
    return place + end - last, _Move(ends, deltas)


def _regions(chunk: Struct, *fields: tuple[int, int]) -> list[_Edit]:
    """What of a column chunk stands apart from its pages, to be cut out."""
    found = []
    for where, length in fields:
        holder = chunk.get(at.META) if where == at.BLOOM else chunk
        if holder.get(where) and holder.get(length):
            found.append(_Edit(holder.get(where), holder.get(where) + holder.get(length)))
    return found


def _made(pages: _Pages, place: int, old: Struct | None = None, path: Sequence[bytes] = ()) -> Struct:
    """The ColumnChunk of new pages at `place`; `old` is the ColumnMetaData of those that they replace."""
    meta = pages.meta.copy()
    for number in (at.DATA, at.DICTIONARY):
        if meta.get(number):  # 0 says nothing
            meta.change(number, meta.get(number) + place - pages.start)
    meta.drop(at.BLOOM, at.BLOOM_LENGTH)
    if path:
        meta.put(at.PATH, LIST, List(BINARY, list(path)))
    if old is not None and at.CHUNK_KEYS in old:
        meta.fields[at.CHUNK_KEYS] = old.fields[at.CHUNK_KEYS]
    return Struct({at.FILE_OFFSET: (I64, 0), at.META: (STRUCT, meta)})


def _shifted(chunk: Struct, moved: _Move) -> Struct:
    """A ColumnChunk whose bytes stay, and stand elsewhere."""
    made, meta = chunk.copy(), chunk.get(at.META).copy()
    for holder, fields in ((meta, (at.DATA, at.INDEX, at.DICTIONARY, at.BLOOM)), (made, (at.FILE_OFFSET, at.BOUNDS))):
        for number in fields:
            if holder.get(number):  # 0 says nothing
                holder.change(number, moved(holder.get(number)))
    made.put(at.META, STRUCT, meta)
    return made


def _pair(key: bytes, value: bytes | None) -> Struct:
    return Struct({at.KEY: (BINARY, key)} | ({} if value is None else {at.VALUE: (BINARY, value)}))


def _options(paths: Sequence[str], like: Sequence[Struct]) -> dict[str, Any]:
    """How pyarrow is to write columns so that they are like others."""
    second = any(page.get(at.PAGE_KIND) == at.SECOND_PAGE for meta in like for page in meta.get(at.ENCODING_STATS, []))
    return {
        "compression": {path: at.CODECS[meta.get(at.CODEC)] for path, meta in zip(paths, like, strict=True)} or "NONE",
        "use_dictionary": [path for path, meta in zip(paths, like, strict=True) if meta.get(at.DICTIONARY)],
        "write_statistics": [path for path, meta in zip(paths, like, strict=True) if at.STATISTICS in meta],
        "data_page_version": "2.0" if second else "1.0",
    }


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
