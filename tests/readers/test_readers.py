"""Readers: bytes → text and back, folders, safe replacing, records of JSON Lines."""

import contextlib
import json
import os
import stat
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.readers import InputError, decode, find, put, read, records, replace

ENCODINGS = {
    "utf-8": b"",
    "utf-8-sig": b"\xef\xbb\xbf",
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
    "utf-32-le": b"\xff\xfe\0\0",
    "utf-32-be": b"\0\0\xfe\xff",
}


def written(text, encoding):
    return ENCODINGS[encoding] + text.encode(encoding.removesuffix("-sig"))


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=1),
    st.sampled_from([*ENCODINGS]),
)
def test_a_text_and_back(text, encoding):
    data = written(text, encoding)
    source = decode("a.txt", data)
    assert source.text == text
    assert source.encode(source.text) == data


@given(st.binary())
def test_any_bytes_come_back_or_are_refused(data):
    with contextlib.suppress(InputError):
        source = decode("a.txt", data)
        assert source.encode(source.text) == data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04\0\0", "binary file .a NUL byte at offset 4"),
        (b"\xff\xfea\0b", "not valid UTF-16-LE: byte 0x62 at offset 4"),
    ],
)
def test_bad_bytes_are_explained(data, message):
    with pytest.raises(InputError, match=message):
        decode("a.txt", data)


def test_a_nul_byte_late_in_a_text_is_text():
    assert decode("a.txt", b"a" * 9000 + b"\0").text.endswith("\0")


# --- files ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("b.txt", "a.md", "c.html", "sub/d.TXT", ".git/e.txt", "a/z.txt", "blank.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("" if name == "blank.txt" else name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_stands_for_its_text_files(folder):
    found = ("a.md", "b.txt", "c.html", "a/z.txt", "sub/d.TXT")
    assert list(find(["."])) == [os.path.join(".", *p.split("/")) for p in found]


def test_a_file_named_outright_is_taken_whatever_it_is_called(folder):
    assert list(find(["c.html", ".git/e.txt", "missing"])) == ["c.html", ".git/e.txt", "missing"]


def test_a_file_comes_once(folder):
    (folder / "link.txt").symlink_to("b.txt")
    assert list(find(["b.txt", "./b.txt", "link.txt", "sub", "sub/d.TXT"])) == ["b.txt", os.path.join("sub", "d.TXT")]


def test_a_folder_without_texts_is_an_error(folder):
    (folder / "empty").mkdir()
    [problem, found] = find(["empty", "b.txt"])
    assert isinstance(problem, InputError)
    assert "no .txt, .md or .html file" in problem.message
    assert found == "b.txt"


@pytest.mark.parametrize(
    ("path", "message"), [("missing", "no such file"), ("sub", "is a folder and no text; name the files in it$")]
)
def test_what_cannot_be_read_is_explained(folder, path, message):
    with pytest.raises(InputError, match=message):
        read(path)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_replacing_keeps_encoding_and_line_endings(tmp_path, encoding):
    path = tmp_path / "a.txt"
    path.write_bytes(written("one\r\ntwo\rthree\nfour ’", encoding))
    source = read(str(path))
    replace(source, source.text.replace("two", "zwei"))
    assert path.read_bytes() == written("one\r\nzwei\rthree\nfour ’", encoding)
    assert os.listdir(tmp_path) == ["a.txt"]


def test_replacing_keeps_permissions_and_links(tmp_path):
    (tmp_path / "real").mkdir()
    path, link = tmp_path / "real" / "a.txt", tmp_path / "link.txt"
    path.write_text("one")
    path.chmod(0o640)
    link.symlink_to(path)
    replace(read(str(link)), "two")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode), link.is_symlink()) == ("two", 0o640, True)


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("one")
    source = read(str(path))
    path.write_text("changed by somebody else")
    with pytest.raises(InputError, match="changed since it was read"):
        replace(source, "two")
    assert path.read_text() == "changed by somebody else"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_failed_replacement_leaves_all_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("one")
    source = read(str(path))

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="cannot be written: no space left"):
        replace(source, "two")
    assert path.read_text() == "one"
    assert os.listdir(tmp_path) == ["a.txt"]


def interrupt(step, function, *arguments):
    """Raise `KeyboardInterrupt` at the instruction `step` of files.py, as a signal may; whether it came to that."""
    left = [step]

    def trace(frame, event, argument):
        if not frame.f_code.co_filename.endswith("files.py"):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*arguments)
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of a file that was never closed
@pytest.mark.parametrize("old", [b"old", None], ids=["replaced", "new"])
def test_an_interruption_at_any_instruction_leaves_nothing_behind(tmp_path, monkeypatch, old):
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    path = tmp_path / "a.txt"
    seen, step = set(), 0
    while True:
        path.unlink(missing_ok=True)
        if old is not None:
            path.write_bytes(old)
        step += 1
        came = interrupt(step, put, str(path), b"new")
        seen.add(path.read_bytes() if path.exists() else None)
        assert set(os.listdir(tmp_path)) <= {"a.txt"}, step
        if not came:
            break
    assert step > 100
    assert seen == {old, b"new"}


def test_an_interruption_of_the_cleaning_up_does_not_stop_it(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_bytes(b"old")
    remove, times = os.unlink, []

    def interrupted(path):
        times.append(path)
        if len(times) == 1:
            raise KeyboardInterrupt
        remove(path)

    monkeypatch.setattr(os, "unlink", interrupted)
    monkeypatch.setattr(os, "replace", lambda *paths: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        put(str(tmp_path / "a.txt"), b"new")
    assert os.listdir(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"old"


def test_a_write_protected_file_is_left_alone(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("one")
    # The superuser may write everything, so a mode of 0444 would not do here.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InputError, match="write-protected"):
        replace(read(str(path)), "two")
    assert path.read_text() == "one"


# --- JSON Lines -------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def record(line):
    [one] = records([line.encode() if isinstance(line, str) else line], "text")
    return one


@given(st.dictionaries(st.text(), JSON, max_size=4), st.text(), st.text(), st.booleans(), st.sampled_from([None, 2]))
def test_a_record_comes_back_with_its_text_restored(data, text, restored, ascii_only, indent):
    data = data | {"text": text}
    line = json.dumps(data, ensure_ascii=ascii_only, indent=indent)
    one = record(line.encode("utf-8", "surrogatepass") if not ascii_only else line)
    if one.error:  # a lone surrogate, unescaped
        assert not ascii_only
        return
    assert one.text == text
    assert json.loads(one.with_result({"a": 1}, restored)) == data | {"text": restored, "despin": {"a": 1}}
    assert json.loads(one.with_result({"a": 1})) == data | {"despin": {"a": 1}}


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ('{"text":"x","n":1.50e3}', '{"text":"y","n":1.50e3, "despin": 0}'),
        ('{"n":NaN , "text" : "x" , "t":[1,\t2]}', '{"n":NaN , "text" : "y" , "t":[1,\t2], "despin": 0}'),
        ('{"text":"\\u0078","n":"\\u00e9\\/"}', '{"text":"y","n":"\\u00e9\\/", "despin": 0}'),
        ('{"a":1,"a":2,"text":"x"}', '{"a":1,"a":2,"text":"y", "despin": 0}'),
        ('{"text":"w","text":"x"}', '{"text":"w","text":"y", "despin": 0}'),
        ('{"despin":{"old":1},"text":"x"}', '{"despin":0,"text":"y"}'),
        ('{"text":"x","n":' + "9" * 5000 + "}", '{"text":"y","n":' + "9" * 5000 + ', "despin": 0}'),
        ('\ufeff {"text":"x"} \r\n', '{"text":"y", "despin": 0}'),
        ('{"text":"x\\ud800"}', '{"text":"y", "despin": 0}'),
    ],
)
def test_all_else_passes_through_as_it_is_written(line, result):
    assert record(line).with_result(0, "y") == result


def test_an_unchanged_text_keeps_its_writing():
    assert record('{"text":"caf\\u00e9"}').with_result(0, "café") == '{"text":"caf\\u00e9", "despin": 0}'


def test_a_text_that_is_missing_is_no_fault():
    one = record('{"id": 1, "text": null}')
    assert (one.missing, one.error, one.text) == (True, "", "")
    assert one.with_result({"verdict": None}) == '{"id": 1, "text": null, "despin": {"verdict": null}}'
    assert not record('{"text": ""}').missing


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ('{"text":null}', True),
        ('{"text": null , "a": 1}', True),
        ('{"text":"null"}', False),
        ('{"text":""}', False),
        ('{"text":1}', False),
        ("{}", False),
    ],
)
def test_null_is_a_missing_text_and_nothing_else_is(line, missing):
    one = record(line)
    assert one.missing == missing
    assert json.loads(one.with_result({"verdict": None})) == json.loads(line) | {"despin": {"verdict": None}}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("text", "is not a JSON object: Expecting '{' at character 0"),
        ('["text"]', "is not a JSON object"),
        ('{"text":"x"', "is not a JSON object"),
        ('{"text":"x"} {}', "is not a JSON object: Extra data at character 12"),
        ('{"text":"x",}', "is not a JSON object: Expecting a key in double quotes"),
        ("{text:1}", "is not a JSON object"),
        ('{"text" "x"}', "is not a JSON object: Expecting ':'"),
        ('{"text":}', "is not a JSON object"),
        ('{"text":"x\ny"}', "is not a JSON object"),
        (b'{"text":"\xff"}', "is not valid UTF-8: byte 0xFF at 9"),
        ('{"text":' + "[" * 100_000, "is nested too deeply"),
        ('{"body":"x","id":1}', "has no field 'text'; it has: body, id"),
        ("{}", "has no field 'text'; it has: none"),
        ('{"text":1}', "has a field 'text' that is not a string"),
        ('{"text":{"a":"b"}}', "has a field 'text' that is not a string"),
    ],
)
def test_a_bad_line_is_explained_and_keeps_what_it_holds(line, message):
    one = record(line)
    assert message in one.error
    result = json.loads(one.with_result({"error": one.error}))
    try:
        expected = json.loads(line)
    except (ValueError, RecursionError):
        expected = {}
    assert result == (expected if isinstance(expected, dict) else {}) | {"despin": {"error": one.error}}


def test_lines_are_counted_and_blank_ones_skipped():
    lines = [b"\n", b'{"text":"a"}\n', b" \t\r\n", b"?\n", b'{"text":"b"}']
    assert [(r.line, r.text, bool(r.error)) for r in records(lines, "text")] == [
        (2, "a", False),
        (4, "", True),
        (5, "b", False),
    ]
