"""`--diff` is a patch of the bytes on disk, as `patch -p0` and `git apply -p0` take it; or it says what it is."""

import gzip
import shutil
import subprocess
import sys

import pytest

from despin.cli import main

SPUN = (
    "Für the naïve: in a brand new video, the band work collectively on a music for the following season. After the "
    "lengthy tour, the singer appears drained, however she goes on to joke in regards to the rain.\n"
)
PAGE = f"<!DOCTYPE html>\n<html><body>\n<p>{SPUN.replace('collectively', '<b>collectively</b>')}</p>\n</body></html>\n"
FILES = {
    "plain.txt": SPUN.encode(),
    "no-end.txt": SPUN.rstrip().encode(),
    "mark.txt": b"\xef\xbb\xbf" + SPUN.encode(),
    "returns.txt": ("One.\n" + SPUN).replace("\n", "\r\n").encode(),
    "mac.txt": ("One.\r" + SPUN).encode(),
    "my article.txt": SPUN.encode(),
    " front.txt": SPUN.encode(),
    "-draft.txt": SPUN.encode(),
    "tab\there.txt": SPUN.encode(),
    "two\nlines.txt": SPUN.encode(),
    'quoted "so".txt': SPUN.encode(),
    '"all".txt': SPUN.encode(),
    "back\\slash.txt": SPUN.encode(),
    "größe.txt": SPUN.encode(),
    "wide.txt": SPUN.encode("utf-16"),
    "wide-be.txt": b"\xfe\xff" + SPUN.encode("utf-16-be"),
    "western.txt": SPUN.encode("cp1252"),
    "broken.txt": b"\xff\xfe\xfd ".replace(b"\xff\xfe\xfd", b"caf\xe9 \x81") + SPUN.encode(),
    "page.html": PAGE.encode(),
    "page-1252.html": PAGE.replace("<body>", "<head><meta charset=windows-1252></head><body>").encode("cp1252"),
    "notes.md": ("# A heading\n\n" + SPUN.replace("brand new", "*brand* new")).encode(),
}


def diffed(capfdbinary, *arguments):
    status = main(["--diff", *arguments])
    return status, *capfdbinary.readouterr()


def applied(program, patch):
    command = {"patch": ["patch", "-p0", "--quiet", "--no-backup-if-mismatch"], "git": ["git", "apply", "-p0"]}[program]
    return subprocess.run(command, input=patch, capture_output=True)


@pytest.fixture(params=["patch", "git"])
def program(request):
    if not shutil.which(request.param):
        pytest.skip(f"needs {request.param}")
    return request.param


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_is_applied_is_what_is_written(folder, program, capfdbinary):
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    status, patch, _ = diffed(capfdbinary, ".")
    done = applied(program, patch)
    assert (status, done.returncode, done.stdout, done.stderr) == (1, 0, b"", b"")
    after = {name: (folder / name).read_bytes() for name in FILES}
    assert not [name for name in FILES if after[name] == FILES[name]]
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    assert main(["--write", "--quiet", "."]) == 0
    assert {name: (folder / name).read_bytes() for name in FILES} == after


def test_paths_that_lead_around(folder, program, capfdbinary):
    (folder / "docs").mkdir()
    (folder / "docs" / "a.txt").write_text(SPUN)
    (folder / "link.txt").symlink_to("docs/a.txt")
    (folder / "way").symlink_to("docs")
    for path in ("./docs/../docs/a.txt", str(folder / "docs" / "a.txt"), "link.txt", "way/a.txt", "./docs"):
        (folder / "docs" / "a.txt").write_text(SPUN)
        _, patch, _ = diffed(capfdbinary, path)
        assert patch.startswith(b"--- docs/a.txt\n+++ docs/a.txt\n")
        assert applied(program, patch).returncode == 0
        assert (folder / "docs" / "a.txt").read_text() != SPUN
    assert (folder / "link.txt").is_symlink()


def test_a_file_elsewhere_is_told(folder, monkeypatch, capfdbinary):
    (folder / "a.txt").write_text(SPUN)
    (folder / "here").mkdir()
    monkeypatch.chdir(folder / "here")
    status, patch, said = diffed(capfdbinary, "../a.txt")
    assert (status, patch[:13]) == (1, b"--- ../a.txt\n")
    assert said.startswith(
        b"../a.txt: note: lies outside of the working folder, where patch and git apply change nothing"
    )


def test_a_compressed_file_has_no_patch_and_harms_none(folder, program, capfdbinary):
    packed = gzip.compress(SPUN.encode(), mtime=0)
    (folder / "b.txt.gz").write_bytes(packed)
    for name in ("a.txt", "c.txt"):
        (folder / name).write_text(SPUN)
    status, patch, _ = diffed(capfdbinary, ".")
    text = patch.decode()
    assert status == 1
    assert "# b.txt.gz is compressed, and no patch fits that. This would change in the text inside:\n" in text
    assert "# +Für the naïve: in a new video, the band work together" in text
    assert applied(program, patch).returncode == 0
    assert (folder / "b.txt.gz").read_bytes() == packed
    assert SPUN not in [(folder / name).read_text() for name in ("a.txt", "c.txt")]


def test_standard_input_is_patched_by_its_name(folder, program):
    (folder / "a.txt").write_bytes(SPUN.encode("utf-16"))
    command = ["sh", "-c", "python3 -m despin --diff --stdin-name a.txt - < a.txt"]
    command[2] = command[2].replace("python3", sys.executable)
    patch = subprocess.run(command, capture_output=True).stdout
    assert applied(program, patch).returncode == 0
    assert (folder / "a.txt").read_bytes().decode("utf-16") != SPUN


def test_what_the_encoding_lacks_is_told(folder, capfdbinary, monkeypatch):
    from despin.readers.source import InputError, Source

    def lacks(self, text):
        if text != self.text:
            raise InputError(self.name, "is in cp1252, which has no such sign")
        return b""

    monkeypatch.setattr(Source, "encode", lacks)
    (folder / "a.txt").write_text(SPUN)
    status, patch, said = diffed(capfdbinary, "a.txt")
    assert (status, patch, said) == (2, b"", b"despin: a.txt: is in cp1252, which has no such sign\n")
