"""Encodings and compression: which, and that every byte comes back."""

import bz2
import contextlib
import gzip
import io
import lzma

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from despin.readers import InputError, decode, read, replace
from despin.readers.compression import pack, unpack
from despin.readers.encodings import choose, declared, known, mojibake
from despin.readers.source import LIMIT

LATIN = "Das Café “Łódź” heißt—naïve—’s"


@pytest.mark.parametrize(
    ("data", "codec"),
    [
        (b"plain", "utf-8"),
        ("café’s".encode(), "utf-8"),
        ("It’s a “naïve” café. It’s a naïve café, and “so” are the others.".encode("cp1252"), "cp1252"),
        ("Привет, это обычный русский текст, и больше ничего в нём нет. Москва говорит.".encode("cp1251"), "cp1251"),
        ("one two three".encode("utf-16-le"), "utf-16-le"),
        ("one two three".encode("utf-16-be"), "utf-16-be"),
        ("“one’ two é ü".encode() + b"\xe9", "utf-8"),  # nearly all of it is UTF-8
    ],
)
def test_which_encoding(data, codec):
    assert choose(data).codec == codec


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        (b'<meta charset="utf-8">', "utf-8"),
        (b"<META CHARSET=ISO-8859-1>", "cp1252"),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', "koi8-r"),
        (b'<?xml version="1.0" encoding="Shift_JIS"?>', "cp932"),
        (b"<meta charset=utf-16>", "utf-8"),  # it could be read, so it is not
        (b"<meta charset=x-unknown>", None),
        (b"<meta name=charset content=no>", None),
        (b"<p>charset=koi8-r", None),
        (b"<meta charset=hex>", None),
    ],
)
def test_declared(head, codec):
    assert declared(head) == codec


def test_what_is_declared_goes_before_what_it_looks_like_and_what_is_said_before_all():
    page = b"<meta charset=windows-1252><p>caf\xc3\xa9"
    assert decode("a", page, kind="html").codec == "cp1252"
    assert decode("a", page).codec == "utf-8"
    assert decode("a", page, kind="html", encoding="utf8").text.endswith("café")
    assert decode("a", b"\xef\xbb\xbf" + page, kind="html").codec == "utf-8"
    with pytest.raises(InputError, match="no encoding 'nonsense'; try utf-8"):
        decode("a", page, encoding="nonsense")


CODECS = [
    "utf-8", "cp1252", "cp1251", "koi8-r", "cp932", "gb18030", "big5hkscs", "cp949", "iso8859-2", "mac-roman", "cp437",
    "iso2022_jp", "utf-7", "utf-16-le",
]  # fmt: skip


@given(st.binary(min_size=1), st.sampled_from([None, *CODECS]))
@example(b"caf\xe9 \x81\x8d", "cp1252")
@example(b"\x81\x30\x81", "gb18030")
@example(b"\x1b$B\x1b(B\x0e", "iso2022_jp")
@example(b"+AGE-", "utf-7")
@example(b"\x1b\x80", "iso2022_jp")
def test_every_byte_comes_back(data, codec):
    for kind in ("text", "html"):
        try:
            source = decode("a", data, kind=kind, encoding=codec)
        except InputError:
            continue
        assert source.encode(source.text) == data


def test_broken_bytes_survive_a_restoration(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("“good” — “so”, “so” ".encode() + b"\xff\xfe\x80 bad \xe2\x80 ok")
    source = read(str(path))
    assert source.notes == ("has 5 bytes that are not utf-8; they stay as they are",)
    replace(source, source.text.replace("good", "perfect"))
    assert path.read_bytes() == "“perfect” — “so”, “so” ".encode() + b"\xff\xfe\x80 bad \xe2\x80 ok"


def test_what_the_encoding_has_not_is_an_error_in_a_text():
    source = decode("a.txt", b"caf\xe9", encoding="latin1")
    assert source.encode("thé") == b"th\xe9"
    with pytest.raises(InputError, match="in cp1252, which has no 'ł'; nothing was written"):
        source.encode("złoty")


def test_a_guess_is_told():
    assert "is not UTF-8; read as cp1252" in decode("a", "It’s “so” naïve".encode("cp1252")).notes[0]
    assert decode("a", "It’s".encode()).notes == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It’s a “naïve” café", False),
        ("Itâ€™s a â€œnaÃ¯veâ€ cafÃ©", True),
        ("ÂNGELA É FRANÇA, são Paulo, âme, pâté — FAÇADE", False),
        ("plain", False),
    ],
)
def test_mojibake_is_noticed(text, found):
    assert bool(mojibake(text)) == found


def test_mojibake_is_told_and_stays():
    data = "Itâ€™s so".encode()
    source = decode("a", data)
    assert "mojibake" in source.notes[0]
    assert source.encode(source.text) == data


def test_labels():
    assert [known(label) for label in ("UTF8", " latin-1 ", "ascii", "gb2312", "rot13", "base64", "", "ß")] == [
        "utf-8", "cp1252", "cp1252", "gb18030", None, None, None, None,
    ]  # fmt: skip


# --- short texts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["cp1252", "latin-1", "iso8859-15", "mac-roman", "cp850", "cp437"])
@pytest.mark.parametrize(
    "text",
    [
        "A naïve question.",
        "The café is closed.",
        "The naïve owner of the café left.",
        "“Don’t,” he said — and left.",
        "The price is 20 € a head.",
        "It costs £30.",
        "The garçon brought a crème brûlée to Zoë’s table.",
        "Wait… no.",
    ],
)
def test_a_short_text_in_a_western_encoding_is_read(text, codec):
    with contextlib.suppress(UnicodeEncodeError):
        data = text.encode(codec)
        source = decode("a", data)
        assert source.text == text
        assert source.encode(text) == data


@pytest.mark.parametrize(
    "data",
    [
        b"Tickets from \xa415 on.",  # € in ISO 8859-15, § in Mac Roman
        b"A word \x81\x8d\x8f\x90 between.",
        b"some \xff\xfe\xfd\xfc text",
        "Zażółć gęślą jaźń, they say.".encode("cp1250"),
    ],
)
def test_where_it_is_not_clear_no_byte_is_read_as_anything(data):
    source = decode("a.txt", data)
    assert source.codec == "ascii"
    assert source.notes[0].startswith("is not UTF-8, and what else it is in is not clear: its ")
    assert source.encode(source.text) == source.printed(source.text) == data
    with pytest.raises(InputError, match="which has no 'é'; nothing was written"):
        source.encode(source.text + "é")


def test_most_short_texts_are_read_and_hardly_one_wrongly():
    from collections import Counter

    import text_encodings

    for codec in text_encodings.CODECS:
        found = Counter(text_encodings.outcome(text, codec) for _, _, text in text_encodings.texts(8, 7))
        del found[None]
        assert found["wrong"] <= 0.01 * found.total(), codec
        assert found["right"] >= 0.9 * found.total(), codec


# --- 16 and 32 bits ---------------------------------------------------------------------------------------------------

WIDE = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("codec", WIDE)
@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("said", [None, "whole", "family"])
@pytest.mark.parametrize("text", ["The children were taught.\n", "It’s a naïve — “so” — café, 20 €."])
def test_wide_characters_with_and_without_a_mark(codec, marked, said, text):
    mark = "\ufeff".encode(codec) if marked else b""
    encoding = {None: None, "whole": codec, "family": codec[:6]}[said]
    source = decode("a", mark + text.encode(codec), encoding=encoding)
    assert (source.text, source.codec, source.mark) == (text, codec, mark)
    assert source.encode(text) == mark + text.encode(codec)


def test_what_is_not_wide_is_not_taken_for_it():
    for data in (b"one\0two", b"\0\0\0\0", "abc".encode("utf-16-le") + b"\0", b"a\0b\0\0\xd8c\0"):
        with pytest.raises(InputError, match="looks like a binary file"):
            decode("a", data)
    with pytest.raises(InputError, match="is not valid UTF-16-LE: byte"):
        decode("a", b"a\0b\0\0\xd8c\0", encoding="utf-16")


def test_utf_8_with_a_mark_may_be_named_so():
    for data in (b"\xef\xbb\xbfcaf\xc3\xa9", b"caf\xc3\xa9"):
        source = decode("a", data, encoding="utf-8-sig")
        assert source.text == "café"
        assert source.encode(source.text) == data


# --- compression --------------------------------------------------------------------------------------------------

PACKED = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


@given(st.binary(max_size=500), st.sampled_from([*PACKED, ""]))
def test_packed_and_back(data, end):
    assert unpack(pack(data, "a" + end), "a" + end, LIMIT) == data


def test_zstandard_and_back():
    pytest.importorskip("backports.zstd")
    assert unpack(pack(b"one", "a.zst"), "a.ZST", LIMIT) == b"one"
    with pytest.raises(InputError, match=r"damaged|cut off"):
        unpack(pack(b"one" * 99, "a.zst")[:-4], "a.zst", LIMIT)


@pytest.mark.parametrize("end", PACKED)
def test_a_packed_file_is_written_back_packed(tmp_path, end):
    path = tmp_path / f"a.html{end}"
    path.write_bytes(PACKED[end](b"<meta charset=latin1><p>good caf\xe9"))
    source = read(str(path))
    assert (source.kind, source.prose, source.codec) == ("html", "good café", "cp1252")
    replace(source, source.text.replace("good", "perfect"))
    assert unpack(path.read_bytes(), str(path), LIMIT) == b"<meta charset=latin1><p>perfect caf\xe9"


@pytest.mark.parametrize("end", PACKED)
def test_damaged_data_are_explained(end):
    data = PACKED[end](bytes(range(256)) * 40)
    with pytest.raises(InputError, match="cut off"):
        unpack(data[: len(data) // 2], "a" + end, LIMIT)
    with pytest.raises(InputError, match="is not compressed so"):
        unpack(b"plain text", "a" + end, LIMIT)
    for place in range(3, len(data), 7):
        broken = bytearray(data)
        broken[place] ^= 0x55
        with contextlib.suppress(InputError):  # and nothing else
            unpack(bytes(broken), "a" + end, LIMIT)


@pytest.mark.parametrize("end", PACKED)
def test_a_small_file_that_unpacks_into_a_large_one_is_refused(tmp_path, end):
    path = tmp_path / f"a.txt{end}"
    path.write_bytes(PACKED[end](b"a" * 2_000_000))
    with pytest.raises(InputError, match="larger than 1,000,000 bytes; split it, or allow more with --max-bytes"):
        read(str(path), limit=1_000_000)
    assert len(unpack(path.read_bytes(), str(path), 1000)) == 1001


def test_a_stream_is_not_read_beyond_the_limit():
    from despin.readers import bounded, read_stream

    class Endless(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, buffer):
            buffer[:] = b"a" * len(buffer)
            return len(buffer)

    with pytest.raises(InputError, match="larger than 5,000 bytes"):
        read_stream(io.BufferedReader(Endless()), "<stdin>", limit=5000)
    lines = bounded(io.BytesIO(b"one\n" + b"x" * 100 + b"\ntwo\n" + b"y" * 99), 10)
    assert list(lines) == [b"one\n", None, b"two\n", None]


@pytest.mark.parametrize("said", ["utf-16", "UTF-16", "utf_16", "utf-32"])
@pytest.mark.parametrize("order", ["-le", "-be"])
@pytest.mark.parametrize("marked", [True, False])
def test_whichever_byte_comes_first_in_what_is_said_to_be_wide(said, order, marked):
    codec = said.lower().replace("_", "-") + order
    text = "They came home late; naïve, “quoted”.\n"
    data = ("\ufeff" * marked + text).encode(codec)
    source = decode("a.txt", data, encoding=said)
    assert (source.text, source.encode(text)) == (text, data)


@pytest.mark.parametrize("marked", [True, False])
def test_a_mark_may_be_there_or_not_where_its_encoding_is_said(marked):
    data = b"\xef\xbb\xbf" * marked + "naïve\n".encode()
    for said in ("utf-8", "utf-8-sig"):
        source = decode("a.txt", data, encoding=said)
        assert (source.text, source.notes, source.encode(source.text)) == ("naïve\n", (), data)
