"""Weights, as everything that is kept in the cache: mapped as they were made, and made anew where that fails."""

import os
import time

import numpy as np
import pytest

from despin.dictionary.files import folder
from despin.restoration.evidence import EvidenceError, Weights
from despin.util import array_cache

SHIPPED = folder("en") / "evidence.npz"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DESPIN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def equal(one, other):
    assert one.provenance == other.provenance
    assert one.topics.unit == other.topics.unit
    pairs = [(getattr(one, name), getattr(other, name)) for name in ("dense", "keys", "values")]
    pairs += [(one.topics.arrays[name], other.topics.arrays[name]) for name in one.topics.arrays]
    for a, b in pairs:
        assert a.dtype == b.dtype
        assert np.array_equal(a, b)


def test_weights_are_mapped_as_they_were_read(cache, monkeypatch):
    read = Weights.open(SHIPPED)
    equal(Weights.load(SHIPPED), read)
    assert len(list(cache.glob("*.compiled"))) == 1
    monkeypatch.setattr(Weights, "open", None)  # now nothing is unpacked
    equal(Weights.load(SHIPPED), read)


@pytest.mark.parametrize("harm", ["empty", "cut", "changed", "other"])
def test_damaged_ones_are_made_anew(cache, harm):
    read = Weights.load(SHIPPED)
    [path] = cache.glob("*.compiled")
    content = path.read_bytes()
    changed = content[:-7] + bytes([content[-7] ^ 1]) + content[-6:]
    path.write_bytes({"empty": b"", "cut": content[:-100], "changed": changed, "other": b"x" * 99}[harm])
    equal(Weights.load(SHIPPED), read)
    assert path.read_bytes() == content


def test_other_weights_have_another_file(cache, tmp_path):
    Weights.load(SHIPPED)
    other = tmp_path / "other.npz"
    other.write_bytes(b"no weights")
    with pytest.raises(EvidenceError, match="no evidence weights"):
        Weights.load(other)
    assert len(list(cache.glob("*.compiled"))) == 1


def test_without_a_cache_they_are_read(monkeypatch):
    monkeypatch.setenv("DESPIN_CACHE_DIR", "")
    assert array_cache.path_of("weights", 1, [], []) is None
    equal(Weights.load(SHIPPED), Weights.open(SHIPPED))


def test_the_name_tells_all_that_went_in(cache):
    places = {
        array_cache.path_of(kind, version, made_of, contents)
        for kind in "ab"
        for version in (1, 2)
        for made_of in ([], ["x"])
        for contents in ([], [b""], [b"x"], [b"x", b""])
    }
    assert len(places) == 32


def kept(folder, sizes_and_days):
    """Which of these files, in bytes and days since they were opened, are left when one more is written."""
    folder.mkdir(parents=True, exist_ok=True)
    now = time.time()
    for number, (size, days) in enumerate(sizes_and_days):
        path = folder / f"{number:02}.compiled"
        path.write_bytes(b"x" * size)
        os.utime(path, (now - days * 86_400,) * 2)
    array_cache.write(folder / "new.compiled", {}, {})
    return [number for number in range(len(sizes_and_days)) if (folder / f"{number:02}.compiled").exists()]


def test_old_files_go(cache, monkeypatch):
    assert kept(cache, [(1, 0.5), (1, 59), (1, 61)]) == [0, 1]
    monkeypatch.setattr(array_cache, "KEPT_BYTES", 2_000)
    assert kept(cache / "large", [(1_000, 1), (1_900, 3), (1_900, 2)]) == [0]
    assert kept(cache / "many", [(1, day) for day in range(30)]) == list(range(array_cache.KEPT - 1))


def test_the_last_one_stays_however_large(cache, monkeypatch):
    monkeypatch.setattr(array_cache, "KEPT_BYTES", 0)
    assert kept(cache, [(10, 1)]) == []
    assert (cache / "new.compiled").exists()


def test_what_is_opened_is_not_old(cache):
    path = cache / "a.compiled"
    array_cache.write(path, {"a": 1}, {})
    os.utime(path, (0, 0))
    array_cache.read(path)
    assert time.time() - path.stat().st_mtime < 3_600


def test_what_has_not_changed_is_not_read_again(cache, monkeypatch):
    read = Weights.load(SHIPPED)
    assert [path.suffix for path in sorted(cache.iterdir())].count(".note") == 1
    monkeypatch.setattr(array_cache.zlib, "crc32", None)  # neither the data …
    monkeypatch.setattr(array_cache, "path_of", None)  # … nor what is made of them
    equal(Weights.load(SHIPPED), read)


@pytest.mark.parametrize("note", [b"", b"[]", b"{}", b'["no such file", [1]]', b"\xff", b'["../x", [1, 2]]'])
def test_a_damaged_note_is_none(cache, note):
    read = Weights.load(SHIPPED)
    [path] = cache.glob("*.note")
    kept = path.read_bytes()
    path.write_bytes(note)
    equal(Weights.load(SHIPPED), read)
    assert path.read_bytes() == kept


def test_a_changed_file_is_another_one(cache, tmp_path):
    path = tmp_path / "weights.npz"
    path.write_bytes(SHIPPED.read_bytes())
    equal(Weights.load(path), Weights.load(SHIPPED))
    path.write_bytes(b"no weights")
    with pytest.raises(EvidenceError, match="no evidence weights"):
        Weights.load(path)


def test_what_is_remembered_holds_while_files_are_what_they_were(cache, tmp_path):
    path = tmp_path / "a"
    path.write_text("one")
    assert not array_cache.remembered("seen", 1, [], [path])
    array_cache.remember("seen", 1, [], [path])
    assert array_cache.remembered("seen", 1, [], [path])
    assert not array_cache.remembered("seen", 2, [], [path])
    path.write_text("two two")
    assert not array_cache.remembered("seen", 1, [], [path])
    path.unlink()
    with pytest.raises(FileNotFoundError):
        array_cache.remembered("seen", 1, [], [path])
