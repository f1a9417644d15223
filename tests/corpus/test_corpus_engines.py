"""The examples of docs/corpus.md, run as they stand: each engine says of each document what `check_many` says."""

import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import data
import pytest
from spinner import spin

import despin

pytestmark = pytest.mark.filterwarnings("default")  # what engines warn of is theirs

FIXTURES = Path(__file__).parents[1] / "fixtures"
SPUN = (FIXTURES / "spun" / "behind-the-scenes.txt").read_text(encoding="utf-8")
CLEAN = [path.read_text(encoding="utf-8") for path in sorted((FIXTURES / "clean").glob("*.txt"))]
TEXTS = [*CLEAN[:5], SPUN, None, *CLEAN[5:8], SPUN]
VERDICTS = ["clean"] * 5 + ["spun", None] + ["clean"] * 3 + ["spun"]


def examples() -> dict[str, list[str]]:
    """Heading → the code under it."""
    page = (Path(__file__).parents[2] / "docs" / "corpus.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)[1:]
    return {
        title: re.findall(r"^```python\n(.*?)^```$", body, re.DOTALL | re.MULTILINE)
        for title, body in zip(parts[::2], parts[1::2], strict=True)
    }


EXAMPLES = examples()


@pytest.fixture
def crawl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two files of a crawl, which is the current one."""
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    (tmp_path / "crawl").mkdir()
    half = len(TEXTS) // 2
    for name, start, end in (("a", 0, half), ("b", half, len(TEXTS))):
        table = pa.table({"id": range(start, end), "text": pa.array(TEXTS[start:end], pa.string())})
        pq.write_table(table, tmp_path / "crawl" / f"{name}.parquet")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    return tmp_path


def run(title: str, number: int = 0) -> dict[str, object]:
    names: dict[str, object] = {"__name__": "example"}
    exec(compile(EXAMPLES[title][number], title, "exec"), names)
    return names


def run_apart(title: str, number: int = 0) -> None:
    """In a process of its own: fsspec remembers what a relative path once meant."""
    line = [sys.executable, "-c", EXAMPLES[title][number]]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def rows(path: str) -> list[dict]:
    """All rows below `path`, by id."""
    import pyarrow.parquet as pq

    place = Path(path)
    files = [place] if place.is_file() else sorted(p for p in place.rglob("*.parquet") if not p.name.startswith("_"))
    return sorted((row for file in files for row in pq.read_table(file).to_pylist()), key=lambda row: row.get("id", 0))


def right(made: list[dict], wanted: Callable[[str | None], bool]) -> None:
    """`made` are the documents with a wanted verdict, with what despin says of them and their own columns."""
    ids = [number for number, verdict in enumerate(VERDICTS) if wanted(verdict)]
    assert [row["id"] for row in made] == ids
    for number, row in zip(ids, made, strict=True):
        assert row["text"] == TEXTS[number]
        assert row["despin_verdict"] == VERDICTS[number]
        if TEXTS[number]:
            said = despin.check(TEXTS[number]).to_dict()
            for name in ("probability", "spin_rate", "log_likelihood_ratio", "words", "restored"):
                assert row[f"despin_{name}"] == said[name]
        else:
            assert row["despin_probability"] is None
            assert row["despin_words"] is None


ENGINES = {
    "PySpark": ("pyspark", "kept", lambda verdict: verdict != "spun"),
    "Ray Data": ("ray", "marked", lambda verdict: True),
    "Hugging Face datasets": ("datasets", "kept.parquet", lambda verdict: verdict != "spun"),
    "pandas": ("pandas", "marked.parquet", lambda verdict: True),
    "Polars": ("polars", "spun.parquet", lambda verdict: verdict == "spun"),
    "Daft": ("daft", "spun", lambda verdict: verdict == "spun"),
    "Dask": ("dask.dataframe", "marked", lambda verdict: True),
}


@pytest.mark.parametrize("title", ENGINES)
def test_engine(crawl: Path, title: str) -> None:
    module, out, wanted = ENGINES[title]
    pytest.importorskip(module)
    run(title)
    right(rows(out), wanted)


def test_another_engine() -> None:
    run("Another engine")


# --- datatrove -------------------------------------------------------------------------------------------------------


def test_datatrove(crawl: Path) -> None:
    pytest.importorskip("datatrove")
    import gzip
    import json

    run_apart("datatrove")
    # datatrove's reader leaves out rows without text.
    made = [row for path in sorted(Path("kept").glob("*.parquet")) for row in rows(str(path))]
    assert [row["text"] for row in made] == [t for t, v in zip(TEXTS, VERDICTS, strict=True) if v == "clean"]
    assert {row["metadata"]["despin_verdict"] for row in made} == {"clean"}
    dropped = [
        json.loads(line)
        for path in Path("dropped").iterdir()
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    assert [row["text"] for row in dropped] == [SPUN, SPUN]
    assert {row["metadata"]["filter_reason"] for row in dropped} == {"despin_likely_spun"}
    stats = json.loads(Path("logs/stats.json").read_text())[1]["stats"]
    assert stats["dropped_despin_likely_spun"] == stats["despin_family_web"] == 2
    assert stats["despin_clean"]["total"] if isinstance(stats["despin_clean"], dict) else stats["despin_clean"] == 8


def documents() -> list:
    from datatrove.data import Document

    return [Document(text or "", str(number)) for number, text in enumerate(TEXTS)]


def test_steps_keep_order_and_count(crawl: Path) -> None:
    pytest.importorskip("datatrove")
    import pickle

    from despin.corpus.datatrove import DespinFilter, DespinFormatter

    seen = []
    marked = list(
        DespinFilter(action="mark", observe=lambda document, result: seen.append(document.id)).run(documents())
    )
    assert [document.id for document in marked] == seen == [str(number) for number in range(len(TEXTS))]
    assert [document.metadata["despin_verdict"] or None for document in marked] == VERDICTS
    assert {tuple(document.metadata) for document in marked} == {tuple(marked[0].metadata)}, "one schema for all"
    assert [document.text for document in DespinFilter(1.0).run(documents())] == [text or "" for text in TEXTS]

    step = pickle.loads(pickle.dumps(DespinFormatter()))
    assert len(pickle.dumps(step)) < 5000, "a step is sent to every worker"
    restored = list(step.run(documents()))
    assert [document.text for document in restored] == [despin.restore(text or "") for text in TEXTS]
    assert [document.metadata["despin_original"] for document in restored] == [t if t == SPUN else "" for t in TEXTS]
    assert step.format(SPUN) == despin.restore(SPUN)
    [kept, dropped] = [DespinFilter().filter(document) for document in (documents()[0], documents()[5])]
    assert (kept, dropped) == (True, (False, "despin_likely_spun"))
    with pytest.raises(ValueError, match="it must be 'drop' or 'mark'"):
        DespinFilter(action="delete")


def test_no_more_is_read_ahead_than_a_batch() -> None:
    pytest.importorskip("datatrove")
    from datatrove.data import Document

    from despin.corpus.datatrove import DespinFilter
    from despin.runtime.batching import BATCH

    taken = []

    def source():
        for number in range(10):
            taken.append(number)
            yield Document("x" * (BATCH // 2), str(number))

    step = DespinFilter().run(source())
    next(step)
    assert len(taken) == 2


# --- near the original -----------------------------------------------------------------------------------------------


def spins(text: str, number: int) -> list[str]:
    facts = data.read_facts([data.DICTIONARIES / "web.tsv"])
    return [spin(text, facts, 1.0, random.Random(turn)).text for turn in range(number)]


def test_two_texts() -> None:
    run("Near the original", 0)


def test_spins_of_one_article_are_one_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("datasketch")
    monkeypatch.chdir(tmp_path)
    os.mkdir("articles")
    names = ["band-interview", "island-hotel", "star-wedding"]
    for path in FIXTURES.glob("clean/*.txt"):
        text = path.read_text(encoding="utf-8")
        Path("articles", path.name).write_text(text, encoding="utf-8")
        for turn, spun in enumerate(spins(text, 3) if path.stem in names else []):
            Path("articles", f"{path.stem}-{turn}.txt").write_text(spun, encoding="utf-8")
    Path("articles", "island-hotel.txt").unlink()  # a group without its source
    groups = run("Near the original", 1)["groups"]
    assert sorted(group for group in groups if len(group) > 1) == [
        ["band-interview", "band-interview-0", "band-interview-1", "band-interview-2"],
        ["island-hotel-0", "island-hotel-1", "island-hotel-2"],
        ["star-wedding", "star-wedding-0", "star-wedding-1", "star-wedding-2"],
    ]
    assert sum(map(len, groups)) == len(list(Path("articles").iterdir()))


def test_datatroves_deduplication_sees_spins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("datatrove")
    pytest.importorskip("tokenizers")  # which datatrove's stages of deduplication import, and its own install lacks
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    monkeypatch.chdir(tmp_path)
    os.mkdir("crawl")
    texts = [*CLEAN, *spins(CLEAN[1], 3)]
    pq.write_table(pa.table({"id": [str(n) for n in range(len(texts))], "text": texts}), "crawl/a.parquet")
    run_apart("Near the original", 2)
    kept = [row["text"] for row in rows("unique")]
    assert len(kept) == len(CLEAN)
    assert set(CLEAN) - set(kept) <= {CLEAN[1]}
