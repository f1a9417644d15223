"""`despin-corpus trace`: the documents that were made of one's own texts, found once each whatever happens."""

import json
import shutil
from pathlib import Path

import pytest

import despin

pytest.importorskip("datatrove")
pa = pytest.importorskip("pyarrow")
pytestmark = pytest.mark.filterwarnings("default")  # what engines warn of is theirs

import kill_corpus  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

from despin.corpus.job.cli import main  # noqa: E402
from despin.corpus.tracing import SourceTracer, Traced, trace_texts  # noqa: E402

FIXTURES = Path(__file__).parents[1] / "fixtures"
OURS = FIXTURES / "copies" / "ours"
STOLEN = (FIXTURES / "copies" / "stolen.txt").read_text(encoding="utf-8")
RIVAL = (FIXTURES / "copies" / "rival.txt").read_text(encoding="utf-8")
FERRY = (OURS / "ferry.txt").read_text(encoding="utf-8")
CLEAN = (FIXTURES / "clean" / "lentil-soup.txt").read_text(encoding="utf-8")
TEXTS = [CLEAN, STOLEN, None, RIVAL, "", FERRY]
URLS = [f"https://h{number % 2}.org/{number}" for number in range(len(TEXTS))]


@pytest.fixture
def crawl(tmp_path):
    folder = tmp_path / "crawl"
    (folder / "deep").mkdir(parents=True)
    pq.write_table(pa.table({"text": TEXTS, "url": URLS}), folder / "a.parquet")
    rows = [{"text": text, "url": url} for text, url in zip(TEXTS, URLS, strict=True)]
    (folder / "deep" / "b.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows) + "no record\n")
    shutil.copytree(OURS, tmp_path / "ours")
    return folder


def run(*arguments):
    return main(["trace", *map(str, arguments)])


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_pairs_and_the_report(crawl, tmp_path, capsys):
    out = tmp_path / "out"
    chosen = (crawl, out, "--sources", tmp_path / "ours", "--url-column", "url", "--workers", 2)
    assert run(*chosen) == 2  # of the line that is no record
    told = capsys.readouterr()
    assert told.out == ""
    assert "13 documents in 2 files; " in told.err
    assert "copies: 4, of which spun: 2; related: " in told.err
    assert f"sources with most copies: {tmp_path}/ours/ferry.txt (4)" in told.err
    assert "deep/b.jsonl: line 7 is not a JSON object" in told.err
    assert f"report: {out}/_despin/report.json" in told.err

    for name in ("a.parquet.jsonl", "deep/b.jsonl.jsonl"):
        spun, plain = lines(out / name)
        assert (spun["verdict"], spun["row"], spun["url"]) == ("spun copy", 2, URLS[1])
        assert (plain["verdict"], plain["row"], plain["url"]) == ("copy", 6, URLS[5])
        assert spun["shard"] == name.removesuffix(".jsonl")
        whole = despin.compare(STOLEN, FERRY)
        assert (spun["original"], spun["spun"]) == whole.paired()
        assert spun["kept_words"] == whole.kept_words
        assert spun["source"] == f"{tmp_path}/ours/ferry.txt"
    report = json.loads((out / "_despin" / "report.json").read_text())
    assert report["documents"] == 13
    assert {name: report["verdicts"][name] for name in ("copy", "spun copy", "empty", "failed")} == {
        "copy": 2, "spun copy": 2, "empty": 4, "failed": 1
    }  # fmt: skip
    assert report["hosts"] == [{"host": "h1.org", "copies": 4}]
    assert report["seconds"]["trace"] > 0


def test_the_pairs_teach_a_dictionary(crawl, tmp_path):
    from despin.learn.cli import main as learn

    (crawl / "deep" / "b.jsonl").unlink()
    out = tmp_path / "out"
    assert run(crawl, out, "--sources", tmp_path / "ours", "--workers", 1, "--quiet") == 0
    made = tmp_path / "thief.tsv"
    assert learn(["dictionary", str(out / "a.parquet.jsonl"), "--min-seen", "1", "-o", str(made), "--quiet"]) == 0
    assert "\nprimary\tfirst\t" in made.read_text(encoding="utf-8")


def test_a_run_goes_on(crawl, tmp_path, capsys):
    out = tmp_path / "out"
    (crawl / "deep" / "b.jsonl").write_text(json.dumps({"text": STOLEN}) + "\n")
    chosen = (crawl, out, "--sources", tmp_path / "ours", "--index", tmp_path / "index", "--workers", 1)
    assert run(*chosen, "--quiet") == 0
    before = kill_corpus.contents(out)
    time = (out / "a.parquet.jsonl").stat().st_mtime_ns
    (out / "_despin" / "completions" / "00001").unlink()
    (out / "deep" / "b.jsonl.jsonl").unlink()
    (out / "deep" / ".b.jsonl.jsonl.0123abcd.part").write_text("half a li")
    assert run(*chosen, "--quiet") == 0
    assert kill_corpus.contents(out) == before
    assert (out / "a.parquet.jsonl").stat().st_mtime_ns == time
    assert list((tmp_path / "index").glob("*.postings.npy"))
    # With other sources it would be another run.
    (tmp_path / "ours" / "more.txt").write_text(RIVAL)
    assert run(*chosen) == 2
    assert "was begun with another sources" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sources", "nowhere"], "--sources: there is no source text in nowhere; nowhere: no such file or directory"),
        ([], "the following arguments are required: --sources"),
        (["--sources", "ours", "--min-similarity", "2"], "'2' is not a number between 0 and 1"),
        (["--sources", "ours", "--field", "body"], "has no column 'body'"),
        (["--sources", "ours", "--dictionary", "nowhere"], "there is no dictionary 'nowhere'"),
    ],
)
def test_what_cannot_be_done_is_told(crawl, tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert run("crawl", "out", *arguments) == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_text_that_finds_a_fault_costs_only_its_own_verdict(tmp_path, monkeypatch):
    from despin.corpus import tracing

    sources = despin.Sources(OURS, tmp_path / "index")

    def broken(text, source, config):
        if text == STOLEN:
            raise RuntimeError("odd")
        return despin.compare(text, source, config)

    monkeypatch.setattr(tracing, "compare", broken)
    monkeypatch.setattr(tracing, "LONGEST", len(STOLEN) + 1)
    fault, found, nothing, long = trace_texts([STOLEN, FERRY[:600], CLEAN[:50], STOLEN * 2], sources)
    assert "odd" in fault.reason or "fault" in fault.reason
    assert isinstance(found, Traced)
    assert found.verdict == "copy"
    assert (nothing.verdict, nothing.comparison) == ("none", None)
    assert "is not compared" in long.reason


def test_the_step_in_a_pipeline_of_datatrove(tmp_path):
    from datatrove.data import Document

    despin.Sources(OURS, tmp_path / "index")
    step = SourceTracer(str(tmp_path / "index"))
    documents = [Document(text or "", str(row)) for row, text in enumerate(TEXTS)]
    said = [one.metadata for one in step.run(iter(documents))]
    assert [one["despin_source_verdict"] for one in said][:3] == ["none", "spun copy", ""]
    assert [{name: type(value) for name, value in one.items()} for one in said] == [
        {name: type(value) for name, value in said[0].items()}
    ] * len(TEXTS)
    assert said[1]["despin_source"].endswith("ferry.txt")
    assert said[5]["despin_source_verdict"] == "copy"
