"""Corpora without an engine: columns, counts, the report."""

import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import TEXTS

import despin
from despin.corpus import COLUMNS, Unjudged, batch, check_batch, examine
from despin.corpus.job.page import page
from despin.corpus.job.summary import sentences, summary
from despin.corpus.job.tally import BINS, MAX_KEPT, Tally, host_of, wilson

FIXTURES = Path(__file__).parents[1] / "fixtures"
SPUN = (FIXTURES / "spun" / "behind-the-scenes.txt").read_text(encoding="utf-8")
CLEAN = (FIXTURES / "clean" / "lighthouse.txt").read_text(encoding="utf-8")


# --- columns -------------------------------------------------------------------------------------------------------


def test_columns_say_what_the_report_says() -> None:
    columns = check_batch([CLEAN, None, SPUN, ""])
    assert list(columns) == list(COLUMNS)
    assert columns["verdict"] == ["clean", None, "spun", None]
    report = despin.check(SPUN, effort="quick")
    data = report.to_dict()
    for name in ("verdict", "probability", "spin_rate", "log_likelihood_ratio", "family", "words", "restored"):
        assert columns[name][2] == data[name]
    assert columns["substitutions"][2] == sum(finding.action == "restore" for finding in report.findings)
    assert all(columns[name][1] is None for name in COLUMNS)
    for name, kind in COLUMNS.items():
        assert all(value is None or type(value) is kind for value in columns[name])


@given(st.lists(st.one_of(st.none(), TEXTS), max_size=6))
def test_every_text_has_a_row(texts: list[str | None]) -> None:
    columns = check_batch(texts)
    assert {len(values) for values in columns.values()} == {len(texts)}
    assert [verdict is not None for verdict in columns["verdict"]] == [bool(text) for text in texts]


# A missing value of every library, made only where the library is there.
SERIES = {
    "list": (None, lambda texts, _: texts),
    "generator": (None, lambda texts, _: iter(texts)),
    "numpy": ("numpy", lambda texts, np: np.array([math.nan if text is None else text for text in texts], object)),
    "pandas": ("pandas", lambda texts, pd: pd.Series(texts, index=[7, 7, 3, 1])),
    "pandas-nan": ("pandas", lambda texts, pd: pd.Series([math.nan if t is None else t for t in texts], dtype=object)),
    "pandas-na": ("pandas", lambda texts, pd: pd.Series(texts, dtype="string")),
    "pandas-nat": ("pandas", lambda texts, pd: pd.Series([pd.NaT if t is None else t for t in texts], dtype=object)),
    "pandas-array": ("pandas", lambda texts, pd: pd.array(texts, dtype="string")),
    "polars": ("polars", lambda texts, pl: pl.Series(texts)),
    "arrow": ("pyarrow", lambda texts, pa: pa.array(texts)),
    "arrow-chunks": ("pyarrow", lambda texts, pa: pa.chunked_array([texts[:1], texts[1:]])),
    "arrow-view": ("pyarrow", lambda texts, pa: pa.array(texts, pa.string_view())),
}  # fmt: skip


@pytest.mark.parametrize("kind", SERIES)
def test_a_series_is_a_list_and_all_missing_values_are_one(kind: str) -> None:
    name, make = SERIES[kind]
    library = pytest.importorskip(name) if name else None
    texts = ["A short line.", None, "", "Another."]
    assert batch.as_texts(make(texts, library)) == texts
    assert check_batch(make(texts, library)) == check_batch(texts)


@pytest.mark.parametrize("value", [1, 2.5, b"bytes", ["a"], True])
def test_what_is_no_text_is_told_with_its_row(value: object) -> None:
    with pytest.raises(TypeError, match=f"row 1 holds {type(value).__name__} .*; a text is meant, or None"):
        check_batch(["one", value])


def test_one_text_is_no_batch() -> None:
    with pytest.raises(TypeError, match=r"one text was given where several are meant; put it into a list: \[text\]"):
        check_batch("one text")


def test_a_text_that_is_too_long_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "LONGEST", len(SPUN) - 1)
    columns = check_batch([SPUN, CLEAN])
    assert columns["verdict"] == [None, "clean"]
    assert columns["error"] == [f"longer than {len(SPUN) - 1:,} characters", None]


def test_one_text_that_finds_a_fault_does_not_cost_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def check_many(texts, config):
        for text in texts:
            if "poison" in text:
                raise IndexError("a fault")
        return despin.check_many(texts, config)

    monkeypatch.setattr(batch, "check_many", check_many)
    texts = ["One.", "poison", "Two.", SPUN, "Three.", "poison too"]
    columns = check_batch(texts)
    assert columns["verdict"] == ["clean", None, "clean", "spun", "clean", None]
    assert [bool(error) for error in columns["error"]] == [False, True, False, False, False, True]
    assert "IndexError('a fault')" in columns["error"][1]


def test_data_that_cannot_be_used_is_nobodys_poison() -> None:
    with pytest.raises(ValueError, match="no dictionary 'nowhere'"):
        examine(["One."], despin.Config(dictionaries=("nowhere",)))


def test_no_engine_is_imported() -> None:
    code = "import despin.corpus, despin, sys; despin.check_many; despin.fingerprint; print(sorted(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "'despin.corpus.batch'" in modules
    for engine in ("datatrove", "pyarrow", "pyspark", "ray", "datasets", "polars", "daft", "dask", "datasketch"):
        assert f"'{engine}'" not in modules


@pytest.mark.parametrize("adapter", ["datatrove", "spark", "ray", "datasets", "polars", "daft", "dask"])
def test_what_is_not_installed_is_told_with_what_to_type(adapter: str) -> None:
    module = {"spark": "pyspark", "daft": "daft", "dask": "dask.dataframe"}.get(adapter, adapter)
    extra = "datatrove|ray" if adapter == "ray" else "datatrove|spark" if adapter == "spark" else adapter
    code = f"""
import sys
sys.modules[{module!r}] = None
import despin.corpus
try:
    __import__("despin.corpus.{adapter}")
except ImportError as problem:
    print(problem)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert re.search(rf"install it with: pip install 'despin\[({extra})\]'$", told.strip()), told


# --- counts ----------------------------------------------------------------------------------------------------------


def tally_of(*texts: str | None, url: str | None = None) -> Tally:
    tally = Tally()
    for result in examine(texts):
        tally.add(result, url)
    return tally


def test_a_tally_counts() -> None:
    tally = tally_of(CLEAN, SPUN, None, SPUN, url="http://www.Example.org/1")
    tally.add(Unjudged("broken"), None, "here")
    assert tally.documents == 5
    assert tally.verdicts == {"clean": 1, "spun": 2, "empty": 1, "failed": 1}
    assert tally.judged == sum(tally.probabilities) == 3
    assert sum(tally.rates) == 2
    assert tally.hosts == {"example.org": (3, 2)}
    assert tally.errors == ["here: broken"]
    assert tally.substitutions["collectively", "together"] == 2
    assert tally.families == {"web": 2}
    assert tally.words == sum(despin.check(text).verdict.words for text in (CLEAN, SPUN, SPUN))


def test_tallies_add_up_and_come_back_from_json() -> None:
    together = tally_of(CLEAN, SPUN, None, url="http://a.org")
    apart = tally_of(CLEAN, url="http://a.org")
    apart += tally_of(SPUN, None, url="http://a.org")
    assert apart.to_dict() == together.to_dict()
    assert Tally.from_dict(together.to_dict()).to_dict() == together.to_dict()


def test_a_tally_stays_small() -> None:
    tally = Tally(hosts={f"h{n}": (1, n % 2) for n in range(MAX_KEPT + 5)})
    kept = tally.to_dict()["hosts"]
    assert len(kept) == MAX_KEPT
    assert kept[0][2] == 1


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_interval_holds_the_share(a: int, b: int) -> None:
    count, total = min(a, b), max(a, b)
    low, high = wilson(count, total)
    assert 0 <= low <= high <= 1
    if total:
        assert low <= count / total <= high
        # The score interval solves |p − share| = z · √(p (1 − p) / n) for p.
        for bound in (low, high):
            if 0 < bound < 1:
                z = abs(bound - count / total) / math.sqrt(bound * (1 - bound) / total)
                assert z == pytest.approx(1.959964, rel=1e-3)


def test_hosts_are_ranked_by_what_is_sure() -> None:
    tally = Tally(hosts={"one-page": (1, 1), "mill": (1000, 900), "honest": (1000, 0), "some": (1000, 10)})
    assert [host for host, _, _ in tally.worst_hosts(9)] == ["mill", "one-page", "some"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.Example.org:80/a?b#c", "example.org"),
        ("example.org/path", "example.org"),
        ("//cdn.example.org", "cdn.example.org"),
        ("http://[::1", ""),
        ("", ""),
        ("mailto:someone", "mailto"),
    ],
)
def test_hosts(url: str, host: str) -> None:
    assert host_of(url) == host


# --- the report ------------------------------------------------------------------------------------------------------

EVIL = "<script>alert('&')</script>\x1b[31m"


def evil() -> tuple[dict, list[dict]]:
    tally = tally_of(CLEAN, SPUN, SPUN)
    tally.hosts = {EVIL: (10, 5), "": (2, 1)}
    tally.substitutions[EVIL, EVIL] = 99
    tally.families[EVIL] = 3
    tally.add(Unjudged(EVIL), None, EVIL)
    shards = [{"shard": EVIL, "bytes": 10, **tally_of(CLEAN).to_dict()} for _ in range(3)]
    return summary(tally, shards, {"mode": "mark", "field": EVIL}, "1.0"), shards


def test_the_page_is_one_sound_file_that_escapes_everything() -> None:
    made = page(*evil(), EVIL)
    assert "<script" not in made
    assert "\x1b" not in made
    assert not re.search(r"(src|href|url\()", made), "nothing may be fetched"
    body = made[made.index("<h1>") : made.index("</body>")]
    root = ET.fromstring(f"<body>{body}</body>")
    assert len(root.findall(".//svg")) == 6
    assert any("alert(" in (node.text or "") for node in root.iter("text"))
    for svg in root.iter("svg"):
        _, _, width, height = map(float, svg.get("viewBox", "").split())
        for rect in svg.iter("rect"):
            assert float(rect.get("x", "-1")) >= 0
            assert float(rect.get("x", "0")) + float(rect.get("width", "0")) <= width + 0.1
            assert float(rect.get("y", "0")) + float(rect.get("height", "0")) <= height + 0.1


def test_the_page_of_nothing() -> None:
    found = summary(Tally(), [], {}, "1.0")
    ET.fromstring("<body>" + page(found, [], "empty").split("<body>")[1].removesuffix("</html>\n"))
    assert found["spun"] == {"documents": 0, "of": 0, "share": None, "interval": [0.0, 1.0]}
    assert sentences(found, "there") == "0 documents in 0 files; 0 words\nlikely spun: 0 of 0\nreport: there\n"


def test_the_summary_in_words() -> None:
    told = sentences(evil()[0], "there")
    assert "likely spun: 2 of 3 = 66.7 % (95 % interval 20.8 % to 93.9 %)\n" in told
    assert "could not be used: 1\n" in told
    assert "\x1b" not in told


def test_many_shards_share_the_room() -> None:
    shards = [{"shard": str(n), "bytes": 1, "verdicts": {"clean": 9, "spun": int(n == 500)}} for n in range(1000)]
    found = summary(tally_of(CLEAN), shards, {}, "1.0")
    made = page(found, shards, "x")
    assert "the highest of every 3; the highest is 10 %" in made
    assert len(found["probabilities"]) == BINS
