"""Parquet: a column in, a column out, and nothing else changes."""

import contextlib
import io
import os
import sys
from pathlib import Path

import pytest

from despin.cli import main
from despin.readers import InputError
from despin.readers.parquet import Table

arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

SPUN = (
    "In a brand new video, the band work collectively on a music for the following season. After the lengthy tour, the "
    "singer appears drained, however she goes on to joke in regards to the rain. They usually follow at evening, as a "
    "result of the road is just too noisy."
)
CLEAN = "The bridge was closed on Monday because the river had risen over the road."


@pytest.fixture
def path(tmp_path):
    schema = arrow.schema(
        [
            arrow.field("id", arrow.int32(), metadata={"unit": "none"}),
            arrow.field("text", arrow.large_string()),
            arrow.field("kind", arrow.dictionary(arrow.int32(), arrow.string())),
            arrow.field("more", arrow.list_(arrow.struct([("a", arrow.float64())]))),
        ],
        metadata={"made by": "a test"},
    )
    texts = [SPUN, None, "", CLEAN, SPUN, "\ud7ff ’"]
    table = arrow.table(
        [
            arrow.array(range(6), arrow.int32()),
            arrow.array(texts, arrow.large_string()),
            arrow.array(["a", "b", None, "a", "b", "a"]).dictionary_encode(),
            arrow.array([[{"a": 1.5}], [], None, [{"a": None}], None, []], schema.field("more").type),
        ],
        schema=schema,
    )
    name = tmp_path / "data.parquet"
    parquet.write_table(table, name, row_group_size=4, compression={"id": "gzip", "text": "zstd", "kind": "snappy"})
    return str(name)


def shape(path):
    """All that must stay: schema, row groups, compression."""
    file = parquet.ParquetFile(path)
    groups = [file.metadata.row_group(k) for k in range(file.num_row_groups)]
    codecs = [[group.column(k).compression for k in range(group.num_columns)] for group in groups]
    return file.schema_arrow, file.schema_arrow.metadata, [group.num_rows for group in groups], codecs


def test_an_unchanged_column_gives_an_equal_table(path, tmp_path):
    with Table(path, "text") as table, open(tmp_path / "out", "wb") as file:
        table.write(file, list)
    assert shape(path) == shape(tmp_path / "out")
    assert parquet.read_table(path).equals(parquet.read_table(tmp_path / "out"), check_metadata=True)


@pytest.mark.parametrize("column", ["text", "kind"])
def test_only_the_column_changes(path, column):
    before, was = parquet.read_table(path), shape(path)
    with Table(path, column) as table:
        table.replace(lambda texts: [one.upper() for one in texts])
    after = parquet.read_table(path)
    assert shape(path)[:3] == was[:3]
    assert after.column(column).to_pylist() == [v and v.upper() for v in before.column(column).to_pylist()]
    for other in before.column_names:
        if other != column:
            assert after.column(other).equals(before.column(other))
    assert os.listdir(os.path.dirname(path)) == ["data.parquet"]


def read_all(path):
    with Table(str(path), "text") as table:
        return list(table.rows())


@pytest.mark.parametrize(
    ("column", "message"),
    [("id", "is not a column of texts; columns of texts: text, kind"), ("no", "is not a column; columns of texts:")],
)
def test_other_columns_are_refused(path, column, message):
    with pytest.raises(InputError, match=message):
        Table(path, column)


def test_other_files_are_refused(path, tmp_path):
    data = Path(path).read_bytes()
    for content in (b"", b"PAR1", b"no Parquet at all", data[:-9], data[50:]):
        (tmp_path / "bad.parquet").write_bytes(content)
        with pytest.raises(InputError, match=r"no Parquet file|cannot be read"):
            read_all(tmp_path / "bad.parquet")
    with pytest.raises(InputError, match=r"(?i)no such file"):
        Table(str(tmp_path / "missing.parquet"), "text")


def test_damaged_pages_are_refused_or_read(path, tmp_path):
    data = Path(path).read_bytes()
    for place in range(4, len(data), 61):
        broken = bytearray(data)
        broken[place] ^= 0x5A
        (tmp_path / "bad.parquet").write_bytes(broken)
        with contextlib.suppress(InputError):  # and nothing else
            read_all(tmp_path / "bad.parquet")


def test_a_text_that_is_too_large_is_refused(path):
    with Table(path, "text", 100) as table, pytest.raises(InputError, match="row 0 of row group 0 is larger than 100"):
        list(table.rows())


def test_a_file_that_changed_meanwhile_is_left_alone(path):
    def slow(texts):
        with open(path, "ab") as file:
            file.write(b"more")
        return [one.upper() for one in texts]

    with Table(path, "text") as table, pytest.raises(InputError, match="changed since it was read"):
        table.replace(slow)
    assert Path(path).read_bytes().endswith(b"more")


def run(*arguments, stdin=b"", monkeypatch=None):
    if monkeypatch:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
    return main(arguments)


def test_the_command_restores_a_column(path, tmp_path, capfdbinary, monkeypatch):
    assert run("--column", "text", path) == 0
    output, talk = capfdbinary.readouterr()
    restored = parquet.read_table(io.BytesIO(output)).column("text").to_pylist()
    assert restored[0].startswith("In a new video, the band work together")
    assert restored[1:4] == [None, "", CLEAN]
    assert talk == b"5 records read, 2 likely spun.\n"

    assert run("--column", "text", stdin=Path(path).read_bytes(), monkeypatch=monkeypatch) == 0
    assert parquet.read_table(io.BytesIO(capfdbinary.readouterr()[0])).column("text").to_pylist() == restored

    assert run("--column", "text", "--check", path) == 1
    assert b"data.parquet:5:1:6: brand new -> new" in capfdbinary.readouterr()[0]

    assert run("--column", "text", "--write", path) == 0
    assert parquet.read_table(path).column("text").to_pylist() == restored

    assert run("--column", "id", path) == 2
    assert b"'id' is not a column of texts" in capfdbinary.readouterr()[1]
    assert run("--jsonl", "text", path) == 2
    assert b"is a Parquet file and holds no JSON; add --column NAME" in capfdbinary.readouterr()[1]


def test_half_a_file_never_reaches_standard_output(path, capfdbinary):
    """The second row group is broken: what was restored of the first one is not printed."""
    meta = parquet.ParquetFile(path).metadata.row_group(1).column(1)
    data = bytearray(Path(path).read_bytes())
    start = meta.dictionary_page_offset or meta.data_page_offset
    data[start : start + meta.total_compressed_size] = b"\xff" * meta.total_compressed_size
    Path(path).write_bytes(data)
    for more in ([], ["--write"]):
        assert run("--column", "text", *more, path) == 2
        output, talk = capfdbinary.readouterr()
        assert output == b""
        assert b"row group 1 cannot be read (" in talk
        assert b"Traceback" not in talk
        assert Path(path).read_bytes() == bytes(data)
