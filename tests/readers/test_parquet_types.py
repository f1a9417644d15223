"""Parquet of any types: what is not restored is the same bytes, whoever wrote it and whatever it means."""

import contextlib
import datetime
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from despin.readers import InputError
from despin.readers.parquet import Table
from despin.readers.parquet_file import fields as at
from despin.readers.parquet_file.footer import Footer, ending, extent, read_footer
from despin.readers.parquet_file.thrift import BINARY, I32, LIST, STRUCT, List, Struct, ThriftError, dump, parse

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

# --- the law ------------------------------------------------------------------------------------------------------

WHEN = st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2200, 1, 1))
TYPES = {
    "bool": (pa.bool_(), st.booleans()),
    "int8": (pa.int8(), st.integers(-128, 127)),
    "uint32": (pa.uint32(), st.integers(0, 2**32 - 1)),
    "uint64": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "int64": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "half": (pa.float16(), st.floats(width=16)),
    "float": (pa.float32(), st.floats(width=32)),
    "double": (pa.float64(), st.floats()),
    "decimal": (pa.decimal128(9, 2), st.decimals(-(10**6), 10**6, places=2)),
    "long decimal": (pa.decimal256(60, 3), st.decimals(-(10**50), 10**50, places=3)),
    "date": (pa.date32(), st.dates()),
    "time": (pa.time64("ns"), st.integers(0, 86_399_999_999_999)),
    "seconds": (pa.timestamp("s"), WHEN.map(lambda when: when.replace(microsecond=0))),
    "milliseconds": (pa.timestamp("ms", "Europe/Berlin"), st.integers(-(10**12), 10**13)),
    "nanoseconds": (pa.timestamp("ns"), st.integers(-(2**62), 2**62)),
    "far": (pa.timestamp("us"), st.just(datetime.datetime(9999, 12, 31))),
    "duration": (pa.duration("us"), st.integers(-(10**12), 10**12)),
    "bytes": (pa.binary(), st.binary(max_size=9)),
    "large bytes": (pa.large_binary(), st.binary(max_size=9)),
    "byte view": (pa.binary_view(), st.binary(max_size=20)),
    "view": (pa.string_view(), st.text(st.characters(exclude_categories=("Cs",)), max_size=20)),
    "four bytes": (pa.binary(4), st.binary(min_size=4, max_size=4)),
    "category": (pa.dictionary(pa.int16(), pa.string()), st.sampled_from(["a", "b", "é"])),
    "list": (pa.list_(pa.int16()), st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=3)),
    "struct": (
        pa.struct([("a", pa.int32()), ("b", pa.list_(pa.string()))]),
        st.fixed_dictionaries({"a": st.integers(0, 9), "b": st.lists(st.just("x"), max_size=2)}),
    ),
    "map": (pa.map_(pa.string(), pa.float64()), st.lists(st.tuples(st.just("k"), st.floats(0, 1)), max_size=2)),
    "fixed list": (pa.list_(pa.int8(), 2), st.lists(st.integers(0, 9), min_size=2, max_size=2)),
    "null": (pa.null(), st.none()),
}
TEXT = st.one_of(st.none(), st.just(""), st.text(st.characters(exclude_categories=("Cs",)), max_size=12))
TEXT_TYPES = [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]


@st.composite
def files(draw):
    """The bytes of a Parquet file with a column "text" somewhere in it, as any of many writers might have made it."""
    rows = draw(st.integers(0, 7))
    names = draw(st.lists(st.sampled_from(sorted(TYPES)), max_size=4, unique=True))
    columns = {}
    for name in names:
        kind, values = TYPES[name]
        some = st.lists(st.one_of(st.none(), values), min_size=rows, max_size=rows)
        columns[name] = pa.array(draw(some), kind)
    texts = draw(st.lists(TEXT, min_size=rows, max_size=rows))
    kind = draw(st.sampled_from(TEXT_TYPES))
    plain = pa.array(texts, pa.string())
    column = plain.dictionary_encode() if pa.types.is_dictionary(kind) else plain.cast(kind)
    place = draw(st.integers(0, len(names)))
    pairs = list(columns.items())
    pairs.insert(place, ("text", column))
    schema = pa.schema(
        [
            pa.field(name, array.type, metadata={"PARQUET:field_id": str(k * 7)})
            for k, (name, array) in enumerate(pairs)
        ],
        metadata={"made by": "a test", "": "empty"},
    )
    table = pa.table([array for _, array in pairs], schema=schema)
    file = io.BytesIO()
    dates = any(pa.types.is_timestamp(array.type) for _, array in pairs)
    pq.write_table(
        table,
        file,
        row_group_size=draw(st.integers(1, 8)),
        compression=draw(st.sampled_from(["none", "snappy", "gzip", "zstd", "lz4", "brotli"])),
        use_dictionary=draw(st.booleans()),
        write_statistics=draw(st.booleans()),
        data_page_version=draw(st.sampled_from(["1.0", "2.0"])),
        version=draw(st.sampled_from(["1.0", "2.4", "2.6"])) if "nanoseconds" not in names else "2.6",
        write_page_index=draw(st.booleans()),
        store_schema=draw(st.booleans()),
        write_page_checksum=draw(st.booleans()),
        use_deprecated_int96_timestamps=dates and draw(st.booleans()),
        store_decimal_as_integer=draw(st.booleans()),
        sorting_columns=draw(st.sampled_from([None, [pq.SortingColumn(place)], [pq.SortingColumn(0)]])),
    )
    return file.getvalue(), texts


def chunks(data):
    """Column by column of each row group: what its footer says, and its bytes."""
    footer = read_footer(io.BytesIO(data), "a")
    found = []
    for group in footer.groups:
        here = {}
        for leaf, chunk in zip(footer.leaves(), group.get(at.COLUMNS), strict=True):
            start, end = extent(chunk)
            meta = chunk.get(at.META).copy()
            for where in (at.DATA, at.DICTIONARY):
                if meta.get(where):
                    meta.change(where, meta.get(where) - start)
            here[leaf.path] = dump(meta), data[start:end]
        found.append((group.get(at.GROUP_ROWS), here))
    return found


def without_places(footer: Footer):
    data = footer.data.copy()
    data.drop(at.GROUPS)
    return dump(data)


def restored(tmp_path, data, restore):
    path = tmp_path / "a.parquet"
    path.write_bytes(data)
    sink = io.BytesIO()
    with Table(str(path), "text") as table:
        table.write(sink, restore)
    return sink.getvalue()


ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)


@ANY
@given(files())
def test_all_but_the_column_is_the_same_bytes(tmp_path, made):
    data, texts = made
    after = restored(tmp_path, data, lambda some: [one.upper() + "!" for one in some])
    before_chunks, after_chunks = chunks(data), chunks(after)
    assert [rows for rows, _ in before_chunks] == [rows for rows, _ in after_chunks]
    for (_, before), (_, now) in zip(before_chunks, after_chunks, strict=True):
        assert list(before) == list(now)
        for path in before:
            if path != (b"text",):
                assert now[path] == before[path]
    one, two = read_footer(io.BytesIO(data), "a"), read_footer(io.BytesIO(after), "a")
    assert without_places(one) == without_places(two)
    file = pq.ParquetFile(io.BytesIO(after))
    assert file.schema.equals(pq.ParquetFile(io.BytesIO(data)).schema)
    want = [None if text is None else text.upper() + "!" for text in texts]
    assert file.read(columns=["text"]).column(0).to_pylist() == want
    with contextlib.suppress(pa.ArrowException):  # some of this is more than Arrow itself can read
        before = pq.ParquetFile(io.BytesIO(data)).read()
        assert same(file.read().drop_columns("text"), before.drop_columns("text"))
    for place, size in pages(after):
        header, _ = parse(after[place : place + size])  # a PageHeader, whole
        assert header.get(3) <= size


def same(one, other):
    """Whether two tables are equal, NaN being NaN."""
    shown = [
        [plain(column).combine_chunks().to_string(window=99) for column in table.columns] for table in (one, other)
    ]
    return one.schema.equals(other.schema, check_metadata=True) and shown[0] == shown[1]


def plain(column):
    """A column without the dictionary of its values, which is not a value."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def pages(data):
    """The place and size of each page that an index of pages tells."""
    for group in read_footer(io.BytesIO(data), "a").groups:
        for chunk in group.get(at.COLUMNS):
            if at.PAGES in chunk:
                index, size = parse(data[chunk.get(at.PAGES) : chunk.get(at.PAGES) + chunk.get(at.PAGES_LENGTH)])
                assert size == chunk.get(at.PAGES_LENGTH)
                yield from ((page.get(at.LOCATION), page.get(2)) for page in index.get(at.LOCATIONS))


@ANY
@given(files())
def test_a_file_in_which_nothing_is_restored_comes_back_byte_for_byte(tmp_path, made):
    data, _ = made
    assert restored(tmp_path, data, list) == data


# --- rows left out, columns added: what a corpus does with it -------------------------------------------------------


def sunk(data, keep, restoring=False):
    """The file that `ParquetSink` makes of the rows that `keep` wants."""
    from despin.corpus.job.row_files import ParquetSink, read_parquet

    source, out = io.BytesIO(data), io.BytesIO()
    sink = ParquetSink(out, io.BytesIO(data), "text", restoring)
    row = 0
    try:
        for chunk in read_parquet(source, len(data), "text", None):
            kept = [k for k in range(len(chunk.texts)) if keep[row + k]]
            row += len(chunk.texts)
            said = [{"verdict": "clean", "probability": 0.25, "words": k} for k in kept]
            texts = [chunk.texts[k] and chunk.texts[k] + ("!" if restoring else "") for k in kept]
            sink.write(chunk, kept, said, texts)
        sink.close()
    finally:
        sink.discard()
    return out.getvalue()


@ANY
@given(files(), st.booleans())
def test_a_marked_file_has_the_same_bytes_in_its_columns(made, restoring):
    data, texts = made
    after = sunk(data, [True] * len(texts), restoring)
    for (rows, before), (still, now) in zip(chunks(data), chunks(after), strict=True):
        assert rows == still
        for path in before:
            if path != (b"text",) or not restoring:
                assert now[path] == before[path]
    file = pq.ParquetFile(io.BytesIO(after))
    assert file.schema_arrow.names[-1] == ("despin_original" if restoring else "despin_error")
    mark = "!" if restoring else ""
    read = file.read(columns=["text", "despin_probability"]).to_pydict()
    assert read["text"] == [text and text + mark for text in texts]
    assert read["despin_probability"] == [0.25] * len(texts)


@ANY
@given(files(), st.data())
def test_rows_that_stay_have_their_types_and_values_where_others_are_left_out(made, more):
    data, texts = made
    keep = more.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    after = sunk(data, keep)
    before, now = pq.ParquetFile(io.BytesIO(data)), pq.ParquetFile(io.BytesIO(after))
    for k in range(len(before.schema)):
        one, two = before.schema.column(k), now.schema.column(k)
        assert (one.path, one.physical_type, str(one.logical_type), one.max_definition_level) == (
            two.path, two.physical_type, str(two.logical_type), two.max_definition_level,
        )  # fmt: skip
    assert now.metadata.num_rows == sum(keep)
    names = before.schema_arrow.names
    # Physically, so that also what Arrow cannot say is compared.
    was, is_now = ([column for column in bare(one) if column[0][0] in names] for one in (data, after))
    assert [(path, [value for value, kept in zip(values, keep, strict=True) if kept]) for path, values in was] == is_now
    with contextlib.suppress(pa.ArrowException):
        want = before.read().filter(pa.array(keep, pa.bool_()))
        assert same(now.read(columns=names), want)


def bare(data):
    """Path and values, as `repr` shows them, of each column of the table, read as what it physically is."""
    from despin.readers.parquet_file.library import opened
    from despin.readers.parquet_file.physical import physical

    footer = read_footer(io.BytesIO(data), "a")
    table = opened(io.BytesIO(data), physical(footer), "a").read()
    columns = zip(table.column_names, table.columns, strict=True)
    return [((name,), [repr(value) for value in column.to_pylist()]) for name, column in columns]


# --- files that others write ----------------------------------------------------------------------------------------


def int96(moments, texts=("one", "two", None)):
    """A file with a column of INT96, which is nanoseconds of a day and a Julian day."""
    raw = [None if m is None else m[1].to_bytes(8, "little") + m[0].to_bytes(4, "little") for m in moments]
    file = io.BytesIO()
    pq.write_table(pa.table({"t": pa.array(raw, pa.binary(12)), "text": pa.array(texts)}), file, store_schema=False)
    data = file.getvalue()
    footer = read_footer(io.BytesIO(data), "a")
    footer.schema[1].change(at.TYPE, at.INT96)
    footer.schema[1].drop(at.LENGTH)
    for group in footer.groups:
        group.get(at.COLUMNS)[0].get(at.META).change(at.KIND, at.INT96)
        group.get(at.COLUMNS)[0].get(at.META).drop(at.STATISTICS)
    return data[: footer.start] + ending(footer.data), raw


YEAR_9999 = (5373484, 86_399_999_999_999)


def test_int96_of_any_year_stays(tmp_path):
    data, raw = int96([YEAR_9999, (2440588, 1), None])
    for after in (restored(tmp_path, data, lambda some: [one + "!" for one in some]), sunk(data, [True] * 3, True)):
        footer = read_footer(io.BytesIO(after), "a")
        assert footer.schema[1].get(at.TYPE) == at.INT96
        assert bare(after)[0] == (("t",), [repr(one) for one in raw])
        assert pq.ParquetFile(io.BytesIO(after)).schema.column(0).physical_type == "INT96"
    thinned = sunk(data, [True, False, True])
    assert bare(thinned)[0] == (("t",), [repr(raw[0]), repr(raw[2])])
    assert pq.ParquetFile(io.BytesIO(thinned)).schema.column(0).physical_type == "INT96"


def legacy_list():
    """A file with a list of two levels, as old writers made them; pyarrow writes three."""
    file = io.BytesIO()
    kind = pa.list_(pa.field("element", pa.int32(), nullable=False))
    pq.write_table(pa.table({"numbers": pa.array([[1, 2], [3]], kind), "text": ["a", "b"]}), file, store_schema=False)
    data = file.getvalue()
    footer = read_footer(io.BytesIO(data), "a")
    elements = footer.schema
    root, outer, _, leaf, text = elements
    leaf.change(at.REPETITION, at.REPEATED)
    footer.data.put(at.SCHEMA, LIST, List(STRUCT, [root, outer, leaf, text]))
    for group in footer.groups:
        group.get(at.COLUMNS)[0].get(at.META).put(at.PATH, LIST, List(BINARY, [b"numbers", b"element"]))
    return data[: footer.start] + ending(footer.data)


def test_a_type_that_a_copy_of_rows_would_not_have_is_refused_and_else_kept(tmp_path):
    data = legacy_list()
    want = [[1, 2], [3]]
    assert pq.read_table(io.BytesIO(data)).column("numbers").to_pylist() == want
    for after in (restored(tmp_path, data, lambda some: [one + "!" for one in some]), sunk(data, [True, True])):
        assert pq.read_table(io.BytesIO(after)).column("numbers").to_pylist() == want
    from despin.corpus.job.row_files import FormatError

    with pytest.raises(FormatError, match="has a column 'numbers' of a type that a copy of some of its rows would not"):
        sunk(data, [True, False])


def test_types_that_nobody_knows_yet_go_through(tmp_path):
    data, _ = int96([YEAR_9999] * 3)
    footer = read_footer(io.BytesIO(data), "a")
    footer.schema[1].put(at.LOGICAL, STRUCT, Struct({99: (STRUCT, Struct({7: (I32, -3)}))}))
    footer.schema[1].put(at.LENGTH, I32, 12)
    footer.data.put(77, BINARY, b"of a later version")
    odd = data[: footer.start] + ending(footer.data)
    after = read_footer(io.BytesIO(restored(tmp_path, odd, lambda some: [one + "!" for one in some])), "a")
    assert after.schema == footer.schema
    assert after.data.get(77) == b"of a later version"


def test_a_bloom_filter_stays_but_that_of_the_column(tmp_path):
    data, _ = int96([YEAR_9999] * 3)
    footer = read_footer(io.BytesIO(data), "a")
    blooms = [b"bloom of t", b"bloom of text"]
    place = footer.start
    for chunk, bloom in zip(footer.groups[0].get(at.COLUMNS), blooms, strict=True):
        chunk.get(at.META).put(at.BLOOM, 6, place)
        chunk.get(at.META).put(at.BLOOM_LENGTH, I32, len(bloom))
        place += len(bloom)
    with_blooms = data[: footer.start] + b"".join(blooms) + ending(footer.data)
    after = restored(tmp_path, with_blooms, lambda some: [one + "!" for one in some])
    [one, text] = read_footer(io.BytesIO(after), "a").groups[0].get(at.COLUMNS)
    at_place = one.get(at.META).get(at.BLOOM)
    assert after[at_place : at_place + len(blooms[0])] == blooms[0]
    assert at.BLOOM not in text.get(at.META)
    assert blooms[1] not in after


SPARK = b"org.apache.spark.sql.parquet.row.metadata"


def test_schemas_in_the_metadata_know_the_columns_of_despin():
    spark = {"type": "struct", "fields": [{"name": "text", "type": "string", "nullable": True, "metadata": {}}]}
    table = pa.table({"text": ["a"], "despin_verdict": ["of an earlier run"], "despin_restored": ["a"]})
    table = table.replace_schema_metadata({SPARK: json.dumps(spark), "huggingface": "{}", "mine": "stays"})
    file = io.BytesIO()
    pq.write_table(table, file)
    after = pq.ParquetFile(io.BytesIO(sunk(file.getvalue(), [True])))
    names = ["text", *(f"despin_{name}" for name in KINDS)]
    assert after.schema_arrow.names == names
    keys = after.metadata.metadata
    assert [field["name"] for field in json.loads(keys[SPARK])["fields"]] == names
    assert b"huggingface" not in keys
    assert keys[b"mine"] == b"stays"
    assert after.read().column("despin_verdict").to_pylist() == ["clean"]


KINDS = (
    "verdict", "probability", "spin_rate", "log_likelihood_ratio", "family", "words", "substitutions", "error",
)  # fmt: skip


def test_a_file_without_row_groups_gets_the_columns():
    file = io.BytesIO()
    with pq.ParquetWriter(file, pa.schema([("text", pa.string())])):
        pass
    assert pq.ParquetFile(io.BytesIO(sunk(file.getvalue(), []))).schema_arrow.names[1] == "despin_verdict"


# --- damage ---------------------------------------------------------------------------------------------------------


@ANY
@given(files(), st.data())
def test_whatever_is_wrong_is_an_input_error(tmp_path, made, more):
    data, _ = made
    broken = bytearray(data)
    footer = read_footer(io.BytesIO(data), "a").start
    for place in more.draw(st.lists(st.integers(footer, len(data) - 9), max_size=4)):
        broken[place] ^= more.draw(st.integers(1, 255))
    with contextlib.suppress(InputError):  # and nothing else
        restored(tmp_path, bytes(broken), lambda some: [one + "!" for one in some])


def test_what_is_encrypted_or_elsewhere_is_refused(tmp_path):
    data, _ = int96([YEAR_9999] * 3)

    def changed(change):
        footer = read_footer(io.BytesIO(data), "a")
        change(footer.data)
        return data[: footer.start] + ending(footer.data)

    def chunk(footer):
        return footer.get(at.GROUPS)[0].get(at.COLUMNS)[0]

    for file, message in (
        (data[:-4] + b"PARE", "is an encrypted Parquet file"),
        (changed(lambda footer: footer.put(at.ENCRYPTION, STRUCT, Struct())), "is encrypted or signed"),
        (changed(lambda footer: chunk(footer).put(at.CRYPTO, STRUCT, Struct())), "has an encrypted column"),
        (changed(lambda footer: chunk(footer).put(at.OTHER_FILE, BINARY, b"b")), "has its columns in other files"),
    ):
        with pytest.raises(InputError, match=message):
            restored(tmp_path, file, list)


def test_nothing_is_written_where_something_fails(tmp_path):
    data, _ = int96([YEAR_9999] * 3)
    (tmp_path / "a.parquet").write_bytes(data)
    sink = io.BytesIO()
    with Table(str(tmp_path / "a.parquet"), "text") as table, pytest.raises(InputError, match="cannot be written"):
        table.write(sink, lambda some: ["\ud800" for _ in some])
    assert sink.getvalue() == b""
    assert (tmp_path / "a.parquet").read_bytes() == data


# --- Thrift ---------------------------------------------------------------------------------------------------------

VALUES = st.deferred(
    lambda: st.one_of(
        st.tuples(st.sampled_from([4, 5, 6]), st.integers(-(2**63), 2**63 - 1)),
        st.tuples(st.just(3), st.integers(-128, 127)),
        st.tuples(st.just(7), st.binary(min_size=8, max_size=8)),
        st.tuples(st.just(8), st.binary(max_size=200)),
        st.booleans().map(lambda value: (1 if value else 2, value)),
        st.tuples(st.just(12), STRUCTS),
        st.lists(STRUCTS, max_size=20).map(lambda values: (9, List(12, values))),
        st.lists(st.booleans(), max_size=20).map(lambda values: (10, List(1, values))),
    )
)
STRUCTS = st.deferred(lambda: st.dictionaries(st.integers(1, 300), VALUES, max_size=4).map(Struct))


@given(STRUCTS, st.binary(max_size=5))
def test_thrift_and_back(struct, rest):
    data = dump(struct)
    assert parse(data + rest) == (struct, len(data))


@given(st.binary(max_size=200))
def test_any_bytes_are_thrift_or_an_error(data):
    with contextlib.suppress(ThriftError):
        parse(data)
