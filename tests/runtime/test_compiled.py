"""The compiled dictionaries: what is opened is what was written, and nothing that can happen to the file matters."""

import dataclasses
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.dictionary.files import folder
from despin.dictionary.phrase_trie import PhraseTrie, Prefilter
from despin.language_model.model_file import open_model
from despin.runtime import compiled
from despin.runtime.compiled import Strings
from despin.util import array_cache
from despin.util.array_cache import cache_folder

LINES = """\
#: family: test
big apple\tlarge fruit\t3\t4\thuge big apple
bosom peril\tbreast cancer
fro\tto\t1\t9\t\tétude
"""


@pytest.fixture
def model():
    return open_model(folder("en") / "model.ngrams")


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A dictionary, and a cache folder of its own."""
    path = tmp_path / "own.tsv"
    path.write_text(LINES, encoding="utf-8")
    monkeypatch.setenv("DESPIN_CACHE_DIR", str(tmp_path / "cache"))
    compiled._load.cache_clear()
    yield path
    compiled._load.cache_clear()


def load(path, model):
    compiled._load.cache_clear()
    return compiled.load("en", (str(path),), model)


def equal(one, other):
    for field in dataclasses.fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, np.ndarray):
            assert a.dtype == b.dtype, field.name
            assert np.array_equal(a, b), field.name
        elif isinstance(a, PhraseTrie):
            equal(a.nodes, b.nodes)
            assert np.array_equal(a.phrase, b.phrase)
            assert np.array_equal(a.leads_on, b.leads_on)
        elif isinstance(a, Prefilter):
            equal(a, b)
        elif isinstance(a, tuple | Strings) and field.name.endswith("_text"):
            assert list(a) == list(b)
        else:
            assert a == b, field.name


def test_what_is_opened_is_what_was_written(own, model):
    made, opened = load(own, model), load(own, model)
    assert isinstance(opened[0].spun_text, Strings)
    for one, other in zip(made, opened, strict=True):
        equal(one, other)
    assert list(made[0].entries) == list(opened[0].entries)


def files():
    return sorted(Path(os.environ["DESPIN_CACHE_DIR"]).glob("*.compiled"))


@pytest.mark.parametrize("harm", ["empty", "cut", "changed", "other"])
def test_a_damaged_file_is_made_anew(own, model, harm):
    made = load(own, model)
    [path] = files()
    content = path.read_bytes()
    harmed = {"empty": b"", "cut": content[:-100], "changed": content[:-7] + b"\x01" + content[-6:], "other": b"x" * 99}
    path.write_bytes(harmed[harm])
    again = load(own, model)
    for one, other in zip(made, again, strict=True):
        equal(one, other)
    assert path.read_bytes() == content


def test_a_changed_dictionary_has_another_file(own, model):
    load(own, model)
    own.write_text(LINES.replace("large fruit", "large fruits"), encoding="utf-8")
    assert "large fruits" in list(load(own, model)[0].original_text)
    assert len(files()) == 2


def test_another_model_has_another_file(own, model):
    load(own, model)
    load(own, dataclasses.replace(model, digest="sha256:another"))
    assert len(files()) == 2


def test_nothing_is_left_behind_but_the_file(own, model):
    load(own, model)
    assert sorted(path.suffix for path in files()[0].parent.iterdir()) == [".compiled", ".note"]


@pytest.mark.parametrize("broken", ["a file", "missing", "none"])
def test_it_works_without_a_cache(own, model, monkeypatch, tmp_path, broken):
    made = load(own, model)
    if broken == "a file":
        (tmp_path / "full").write_text("not a folder")
        monkeypatch.setenv("DESPIN_CACHE_DIR", str(tmp_path / "full"))
    elif broken == "missing":
        monkeypatch.setenv("DESPIN_CACHE_DIR", str(tmp_path / ("a" * 300)))
    else:
        monkeypatch.setenv("DESPIN_CACHE_DIR", "")
    again = load(own, model)
    for one, other in zip(made, again, strict=True):
        equal(one, other)


def test_old_files_go(own, model, monkeypatch):
    monkeypatch.setattr(array_cache, "KEPT", 2)
    for number in range(4):
        load(own, dataclasses.replace(model, digest=str(number)))
    assert len(files()) == 2


@pytest.mark.parametrize(
    ("environment", "platform", "place"),
    [
        ({"DESPIN_CACHE_DIR": "/a", "XDG_CACHE_HOME": "/b"}, "linux", Path("/a")),
        ({"DESPIN_CACHE_DIR": ""}, "linux", None),
        ({"XDG_CACHE_HOME": "/b"}, "linux", Path("/b/despin")),
        ({}, "linux", Path.home() / ".cache" / "despin"),
        ({}, "darwin", Path.home() / "Library" / "Caches" / "despin"),
        ({"LOCALAPPDATA": "/c"}, "win32", Path("/c/despin/Cache")),
    ],
)
def test_where_the_cache_is(environment, platform, place):
    assert cache_folder(environment, platform) == place


@given(st.lists(st.text(max_size=8), max_size=6))
def test_strings_are_what_they_were_made_of(texts):
    pool = [text.encode("utf-8", "surrogatepass") for text in texts]
    strings = Strings(np.frombuffer(b"".join(pool), np.uint8), np.cumsum([0, *map(len, pool)], dtype=np.int64))
    assert list(strings) == texts
    assert [strings[k] for k in range(-len(texts), 0)] == texts
    assert strings[1:] == texts[1:]
    with pytest.raises(IndexError):
        strings[len(texts)]
