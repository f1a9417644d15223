"""The index of sources: what is nearest, how it keeps up with files, and what a kill leaves."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import despin
from despin import Sources
from despin.comparison import postings as posted
from despin.comparison import sources as sources_module
from despin.comparison import store as stored
from despin.readers import InputError

COPIES = Path(__file__).parents[1] / "fixtures" / "copies"
OURS = COPIES / "ours"
STOLEN = (COPIES / "stolen.txt").read_text(encoding="utf-8")


def article(number, size=60):
    chance = random.Random(number)
    return " ".join(f"word{chance.randrange(4000)}" for _ in range(size))


@pytest.fixture
def folder(tmp_path):
    for number in range(12):
        (tmp_path / "texts" / f"{number}.txt").parent.mkdir(exist_ok=True)
        (tmp_path / "texts" / f"{number}.txt").write_text(article(number))
    return tmp_path / "texts"


def test_the_source_of_a_spun_copy_comes_first(tmp_path):
    sources = Sources(OURS, tmp_path / "index")
    assert len(sources) == 3
    [first, *others] = sources.nearest(STOLEN, 3)
    assert Path(first.path).name == "ferry.txt"
    assert 1 >= first.similarity > 3 * max(other.similarity for other in others)
    assert sources.text(first) == (OURS / "ferry.txt").read_text(encoding="utf-8")
    match, comparison = sources.compare(STOLEN)
    assert (match, comparison.verdict) == (first, "spun copy")
    assert sources.nearest("zzz qqq") == sources.nearest("") == []
    assert sources.compare("") is None


def test_an_index_that_is_there_is_not_made_again(folder, tmp_path, monkeypatch):
    before = Sources(folder, tmp_path / "index")
    monkeypatch.setattr(sources_module, "read", lambda *_: pytest.fail("no file need be read"))
    after = Sources([folder], tmp_path / "index")
    assert [after.nearest(article(n)) for n in range(12)] == [before.nearest(article(n)) for n in range(12)]


def test_it_keeps_up_with_the_files(folder, tmp_path):
    Sources(folder, tmp_path / "index")
    (folder / "3.txt").unlink()
    (folder / "4.txt").write_text(article(104))
    (folder / "new.txt").write_text(article(105))
    (folder / "broken.txt").write_bytes(b"\0\1\2")
    sources = Sources(folder, tmp_path / "index")
    assert len(sources) == 12
    assert [error.path for error in sources.errors] == [str(folder / "broken.txt")]
    for text, name in ((article(104), "4.txt"), (article(105), "new.txt"), (article(7), "7.txt")):
        assert Path(sources.nearest(text)[0].path).name == name
    assert all(Path(match.path).name != "3.txt" for match in sources.nearest(article(3), 20))


def test_texts_that_are_in_no_file(tmp_path):
    sources = Sources(index=tmp_path / "index")
    sources.add((f"a{n}", article(n)) for n in range(5))
    sources.add([("a2", article(99))])
    again = Sources(index=tmp_path / "index")
    assert len(sources) == len(again) == 5
    assert [m.path for m in again.nearest(article(99))] == ["a2"]
    assert not any(m.path == "a2" for m in again.nearest(article(2)))


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.integers(1, 4))
def test_asking_for_many_is_asking_for_each(tmp_path_factory, numbers, most):
    sources = Sources(index=tmp_path_factory.getbasetemp() / "many")
    if not len(sources):
        sources.add((str(n), article(n)) for n in range(20))
    texts = [article(n) for n in numbers]
    assert list(sources.nearest_many(texts, most)) == [sources.nearest(text, most) for text in texts]


def test_segments_are_joined_and_say_the_same(tmp_path):
    sources, at_once = Sources(index=tmp_path / "many"), Sources(index=tmp_path / "once")
    for n in range(40):
        sources.add([(str(n), article(n))])
    at_once.add((str(n), article(n)) for n in range(40))
    assert len(list((tmp_path / "many").glob("*.texts"))) <= stored.SEGMENTS
    for n in range(40):
        assert [(m.path, m.similarity) for m in sources.nearest(article(n), 3)] == [
            (m.path, m.similarity) for m in at_once.nearest(article(n), 3)
        ]
        assert sources.text(sources.nearest(article(n))[0]) == article(n)


def test_what_stands_everywhere_says_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(posted, "COMMON", 3)
    sources = Sources(index=tmp_path / "index")
    sources.add((str(n), f"terms and conditions apply. {article(n)}") for n in range(10))
    assert sources.nearest("Terms and conditions apply") == []
    assert sources.nearest(f"terms and conditions apply. {article(4)}")[0].path == "4"


@given(st.lists(st.lists(st.integers(0, 9), max_size=6).map(lambda v: np.unique(np.array(v, np.uint32))), max_size=9))
def test_postings_hold_what_was_put_in(pairs):
    array = posted.postings(pairs, 5)
    for hash_ in range(10):
        which, texts, common = posted.matches([array], np.array([hash_], np.uint32))
        assert not common.any()
        assert texts.tolist() == [5 + n for n, one in enumerate(pairs) if hash_ in one]
        assert not which.any()


def test_a_damaged_index_is_made_anew(folder, tmp_path):
    Sources(folder, tmp_path / "index")
    for path in (tmp_path / "index").glob("*.npy"):
        path.write_bytes(b"no array")
    assert Sources(folder, tmp_path / "index").nearest(article(5))[0].path == str(folder / "5.txt")
    (tmp_path / "index" / stored.MANIFEST).write_text("{")
    assert len(Sources(folder, tmp_path / "index")) == 12
    assert len(list((tmp_path / "index").glob("*.texts"))) == 1


def test_a_folder_that_cannot_be_written_is_told(folder, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        Sources(folder, tmp_path / "file" / "index")


def test_without_a_cache_it_lives_as_long_as_its_object(folder, monkeypatch):
    monkeypatch.setenv("DESPIN_CACHE_DIR", "")
    sources = Sources(folder)
    assert sources.nearest(article(1))[0].path == str(folder / "1.txt")


BUILD = """
import sys
from despin.comparison import sources
sources.AT_ONCE = 2000
sources.Sources(sys.argv[1], sys.argv[2])
print("done")
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_a_kill_leaves_an_index_that_goes_on(tmp_path):
    texts, index = tmp_path / "texts", tmp_path / "index"
    texts.mkdir()
    for number in range(80):
        (texts / f"{number}.txt").write_text(article(number))
    for turn in range(4):
        process = subprocess.Popen([sys.executable, "-c", BUILD, texts, index], stdout=subprocess.PIPE)
        end = time.monotonic() + 20
        while not (index / stored.MANIFEST).exists() and time.monotonic() < end and process.poll() is None:
            time.sleep(0.01)
        time.sleep(0.02 * turn)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        store = stored.Store.open(index)
        for number, document in store.documents():
            assert store.text(number) == Path(document.name).read_text()
    sources = Sources(texts, index)
    assert len(sources) == 80
    named = {f"{s.name}.{part}" for s in stored.Store.open(index).segments for part in stored._PARTS}
    left = {path.name for path in index.iterdir()} - {stored.MANIFEST, "lock"}
    assert left == named
    assert [Path(sources.nearest(article(n))[0].path).stem for n in range(80)] == [str(n) for n in range(80)]


def test_public_names():
    assert despin.Sources is Sources
