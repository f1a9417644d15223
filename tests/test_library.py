"""The library's door: what it takes, what it gives, what it refuses; docs/library.md says the same."""

import ast
import dataclasses
import importlib
import inspect
import json
import os
import pickle
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import despin
from despin.readers import InputError, Source, decode, read
from despin.results.notebook import SHOWN

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
TEXT = (ROOT / "tests" / "cases" / "page.txt").read_text(encoding="utf-8")
HELD_OUT = "Zorp glims the vrint."  # no word of it in any dictionary


@pytest.fixture(scope="module")
def report():
    return despin.check(TEXT)


@pytest.fixture(scope="module")
def answers():
    return despin.lookup("bosom peril")


# What is taken

BIG = {
    "check": despin.check, "restore": despin.restore, "lookup": despin.lookup, "fingerprint": despin.fingerprint,
}  # fmt: skip
MANY = {"check_many": despin.check_many, "restore_many": despin.restore_many, "fingerprints": despin.fingerprints}


@pytest.mark.parametrize("door", BIG.values(), ids=BIG)
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, r"is NoneType; one string is meant$"),
        (
            Path("a.txt"),
            r"is \w+Path .*; one string is meant; read the file first: despin.readers.read\(path\).prose",
        ),
        (b"abc", r"is bytes b'abc'; one string is meant; decode it first"),
        (["a", "b"], r"is list \['a', 'b'\]; one string is meant"),
        (17, r"is int 17; one string is meant"),
    ],
    ids=["None", "path", "bytes", "list", "int"],
)
def test_one_text_is_meant(door, given, message):
    with pytest.raises(TypeError, match=message):
        door(given)


@pytest.mark.parametrize("door", MANY.values(), ids=MANY)
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("ab", r"one text was given where several are meant; put it into a list: \[text\]"),
        (None, "texts is NoneType; an iterable of strings is meant"),
        (Path("a"), "read the file first"),
        ({"a": "b"}, "texts is dict"),
        (b"ab", "texts is bytes"),
    ],
    ids=["text", "None", "path", "dict", "bytes"],
)
def test_several_texts_are_meant(door, given, message):
    with pytest.raises(TypeError, match=message):
        door(given)  # at once, and not when the first is asked for


@pytest.mark.parametrize("door", MANY.values(), ids=MANY)
def test_something_among_the_texts_is_none(door):
    with pytest.raises(TypeError, match="text 1 is NoneType; a string is meant"):
        list(door([HELD_OUT, None]))


@pytest.mark.parametrize("door", {**BIG, **MANY}.values(), ids={**BIG, **MANY})
@pytest.mark.parametrize(
    ("config", "options", "message"),
    [
        ({"language": "en"}, {}, r"config is dict .*; a despin.Config is meant: despin.Config\(\*\*config\)"),
        ("en", {}, "config is str 'en'; a despin.Config is meant"),
        (None, {"min_confidnce": 0.5}, "no option 'min_confidnce'; did you mean 'min_confidence'"),
        (None, {"zzz": 0.5}, "there are: language, dictionaries, min_confidence"),
        (None, {"allow": "brand new"}, r"allow is one string; several are meant: allow=\('brand new',\)"),
    ],
)
def test_a_config_or_options_are_meant(door, config, options, message):
    with pytest.raises(TypeError, match=message):
        door("text" if door in BIG.values() else ["text"], config, **options)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"allow": "brand new"}, "allow is one string; several are meant"),
        ({"dictionaries": "web"}, r"several are meant: dictionaries=\('web',\)"),
        ({"dictionaries": Path("a.tsv")}, r"dictionaries is one path; several are meant"),
        ({"references": "text"}, "references is one string"),
        ({"references": Path("a")}, "references is one path"),
        ({"references": None}, "references is NoneType"),
        ({"references": [b"a"]}, "references holds bytes b'a'"),
        ({"allow": {"a": 1}}, "allow is dict"),
        ({"allow": [None]}, "allow holds NoneType; strings are meant"),
        ({"allow": [Path("a")]}, "allow holds"),
        ({"language": None}, "language is NoneType"),
        ({"language": ["en"]}, "language is list"),
        ({"min_confidence": "0.5"}, "min_confidence is '0.5'; a number from 0 to 1 is meant"),
        ({"max_probability": True}, "max_probability is True"),
        ({"max_probability": None}, "max_probability is None"),
        ({"quotes": "no"}, "quotes is 'no'; True or False is meant"),
        ({"inline": 1}, "inline is 1; True or False is meant"),
    ],
)
def test_a_config_says_what_was_meant(fields, message):
    with pytest.raises(TypeError, match=message):
        despin.Config(**fields)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_probability_is_one(value):
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        despin.Config(min_confidence=value)


@given(
    st.lists(st.text()),
    st.sampled_from(
        [tuple, list, iter, lambda items: (i for i in items), lambda items: dict(enumerate(items)).values()]
    ),
)
def test_iterables_are_kept_as_tuples_and_a_config_can_be_hashed(items, made):
    config = despin.Config(allow=made(items), references=made(items), dictionaries=made(items))
    assert config.allow == config.references == config.dictionaries == tuple(items)
    assert hash(config) == hash(pickle.loads(pickle.dumps(config)))


def test_a_path_among_the_dictionaries_is_a_file():
    assert despin.Config(dictionaries=[Path("web"), Path("in/b.tsv"), "web"]).dictionaries == (
        os.path.join(".", "web"), os.path.join("in", "b.tsv"), "web",
    )  # fmt: skip


def test_options_are_fields_of_the_config(report):
    config = despin.Config(min_confidence=0.95, allow=("restore",))
    by_config = despin.check(TEXT, config=config)
    assert by_config == despin.check(TEXT, config) == despin.check(TEXT, min_confidence=0.95, allow=["restore"])
    assert by_config == despin.check(TEXT, despin.Config(allow=("restore",)), min_confidence=0.95)
    assert len(by_config.substitutions) < len(report.substitutions)
    assert list(despin.check_many([TEXT], min_confidence=0.95, allow=["restore"], effort="careful")) == [by_config]
    assert despin.restore(TEXT, config) == by_config.restored
    assert list(despin.restore_many(iter([TEXT, HELD_OUT]), config, effort="careful")) == [by_config.restored, HELD_OUT]


def test_fingerprints_take_the_same(report):
    one, quick = despin.fingerprint(TEXT), despin.check(TEXT, effort="quick")
    assert one == despin.fingerprint(TEXT, report=quick) == next(despin.fingerprints([TEXT]))
    assert one != despin.fingerprint(TEXT, dictionaries=["rewriter"])
    with pytest.raises(TypeError, match=r"by name: fingerprint\(text, report=report\)"):
        despin.fingerprint(TEXT, report)


# Files among the references

NAME = "They met in Zorp Vrint Hall, which everyone calls Zorp Vrint Hall.\n"


def test_a_path_among_the_references_is_read(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.md").write_text(f"# Head\n\n{NAME}")
    (tmp_path / "in" / "b.txt").write_bytes(NAME.encode("utf-16"))
    (tmp_path / "c.html").write_text(f"<p>{NAME}</p>")
    from despin.library import opened

    config = despin.Config(references=("a text", tmp_path / "in", tmp_path / "c.html"))
    texts = opened(config).references
    assert texts[0] == "a text"
    assert len(texts) == 4
    assert all(NAME.strip() in text for text in texts[1:])
    assert not any("<p>" in text for text in texts)
    assert despin.check(HELD_OUT, config).text == HELD_OUT
    (tmp_path / "c.html").write_text("<p>Another, and a longer one it is.</p>")
    assert "Another" in opened(config).references[-1]  # what is kept of a file goes with it


def test_a_path_means_what_its_text_means():
    article = (ROOT / "tests/fixtures/spun/behind-the-scenes.txt").read_text(encoding="utf-8")
    text = "Seo Dan Ah met Lee Young Hwa.\n"
    path = ROOT / "tests" / "fixtures" / "clean"
    name = min(path.glob("*.txt"))
    by_text = despin.check(article, references=[read(str(name)).prose, text])
    assert by_text == despin.check(article, references=[name, text])


def test_a_missing_reference_is_an_error_of_files(tmp_path):
    for door in (despin.check, despin.fingerprint, despin.lookup):
        with pytest.raises(OSError, match=r"none\.txt: no such file") as caught:
            door("text", references=[tmp_path / "none.txt"])
        assert isinstance(caught.value, despin.DespinError)


def test_batches_for_corpora_take_them_too(tmp_path):
    from despin.corpus import check_batch

    (tmp_path / "a.txt").write_text(NAME)
    assert check_batch([HELD_OUT], despin.Config(references=(tmp_path / "a.txt",)))["restored"] == [HELD_OUT]
    with pytest.raises(OSError, match="no such file"):
        check_batch([HELD_OUT], despin.Config(references=(tmp_path / "b.txt",)))


def test_the_core_takes_texts_only():
    from despin.runtime.knowledge import Knowledge

    with pytest.raises(TypeError, match="references are texts here"):
        Knowledge.of(despin.Config(references=(Path("a"),))).names  # noqa: B018


# The settings of a project


def test_the_settings_of_a_project(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        '[tool.despin]\nmin-confidence = 0.8\nreferences = ["ref"]\nallow = ["brand new"]\nquotes = false\n'
        '[[tool.despin.files]]\nmatch = "docs/**"\nmin-confidence = 0.9\ninline = false\n'
    )
    (tmp_path / ".git").mkdir()
    (tmp_path / "ref").mkdir()
    (tmp_path / "ref" / "a.txt").write_text(NAME)
    config = despin.project_config(tmp_path)
    assert (config.min_confidence, config.allow, config.quotes, config.inline) == (0.8, ("brand new",), False, True)
    assert [path.name for path in config.references] == ["ref"]
    other = despin.project_config(tmp_path / "docs" / "a.md")
    assert (other.min_confidence, other.inline) == (0.9, False)
    assert despin.check(HELD_OUT, config).restored == HELD_OUT


def test_settings_that_cannot_be_used(tmp_path):
    (tmp_path / "despin.toml").write_text("min-confidnce = 0.8\n")
    with pytest.raises(ValueError, match=r"despin\.toml: has an unknown key") as caught:
        despin.project_config(str(tmp_path / "a.txt"))
    assert isinstance(caught.value, despin.DespinError)


# What is shown


def test_reprs_fit_a_notebook(report, answers):
    finding, verdict = report.findings[0], report.verdict
    for one in (report, finding, verdict, despin.fingerprint(TEXT), Source("a.txt", TEXT), report.passages[0]):
        assert len(repr(one)) < 200
        assert "\n" not in repr(one)
    assert repr(report).startswith(f"Report({TEXT[:40]!r}…, likely spun >0.99, ")
    assert f", {verdict.words} words)" in repr(report)
    assert repr(finding) == "Finding(47:58 'an extended' → 'a long', restore 0.96, web)"
    assert repr(verdict).startswith("Verdict(likely spun, probability >0.99, spin rate ")
    assert repr(Source("a.txt", TEXT)) == f"Source('a.txt', text, utf-8, {len(TEXT):,} characters)"
    assert repr(despin.fingerprint("")).endswith(", 128 permutations, seed 1)")
    assert repr(answers.stands_for[0]).startswith("Lookup('breast cancer', probability 0.")


def test_a_repr_makes_no_findings():
    report = despin.check(TEXT)
    repr(report)
    assert "_later" in vars(report)


class Tags(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.text = [], set(), []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attributes}

    def handle_data(self, data):
        self.text.append(data)


HOSTILE = [
    "<script>alert(1)</script>",
    "' onmouseover='alert(1)",
    '"><img src=x onerror=alert(1)>',
    "$x$ \\(y\\)",
    "\u202eabc\0",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_the_page_of_a_notebook_does_nothing(text):
    findings = (despin.Finding(0, len(text), text, text + "!", family=text, confidence=0.5),)
    verdict = despin.Verdict("spun", 0.99, 0.5, 2.0, text, 3)
    page = Tags(despin.Report(text, findings, verdict)._repr_html_())
    assert set(page.tags) <= {"div", "b", "p", "mark", "br"}
    assert page.attributes <= {"class", "style", "title"}
    assert "\u202e" not in "".join(page.text)
    assert "mathjax_ignore" in despin.Report(text, findings, verdict)._repr_html_()


def test_the_page_of_a_notebook_shows_the_text(report):
    page = Tags(report._repr_html_())
    assert page.tags.count("mark") == len(report.findings)
    assert report.findings[0].found in "".join(page.text)
    long = despin.Report("a" * (SHOWN + 5), (), report.verdict)
    assert "… 5 characters more" in long._repr_html_()


# JSON both ways


def test_json_both_ways(report):
    for kept in (report, despin.check(HELD_OUT), despin.check("")):
        data = json.loads(json.dumps(kept.to_dict("a.txt")))
        again = despin.Report.from_dict(data)
        assert again.text == kept.text
        assert again.restored == kept.restored
        assert again.to_dict("a.txt") == data
        assert despin.Verdict.from_dict(kept.verdict.to_dict()).to_dict() == kept.verdict.to_dict()
        for one in kept.findings:
            assert despin.Finding.from_dict(one.to_dict()).to_dict() == one.to_dict()
        for part in kept.passages:
            assert despin.Passage.from_dict(part.to_dict()).to_dict() == part.to_dict()


def test_ignored_findings_both_ways():
    report = despin.check(TEXT, allow=["restore"])
    assert report.ignored
    assert "ignored_findings" not in report.to_dict()  # the JSON of the command stays as it is
    again = despin.Report.from_dict(report.to_dict(ignored=True))
    assert again.to_dict(ignored=True) == report.to_dict(ignored=True)
    assert again.fails() == report.fails()
    with pytest.raises(ValueError, match=r"to_dict\(ignored=True\)"):
        despin.Report.from_dict(report.to_dict())


def damaged(data):
    """`data` with one member more, one less, or one of another type."""
    yield {**data, "zorp": 1}
    optional = {
        "path",
        "ignored",
        "excused",
        "alternatives",
        "confidence",
        "action",
        "family",
        "entry",
        "evidence",
        "substituted",
        "readings",
        "phrases_alone",
        "effort",
    }
    for name, value in data.items():
        yield {**data, name: {"a": "b"} if not isinstance(value, dict) else 7}
        if name not in optional or (name == "family" and "verdict" in data):
            yield {other: kept for other, kept in data.items() if other != name}
    for name in {"probability", "confidence", "spin_rate"} & set(data):
        yield {**data, name: 1.5}
        yield {**data, name: float("nan")}
        yield {**data, name: 10**400}
    for name in {"verdict", "action"} & set(data):
        yield {**data, name: "zorp"}


def test_what_is_not_known_is_refused(report):
    cases = {
        despin.Report: report.to_dict(), despin.Verdict: report.verdict.to_dict(),
        despin.Finding: report.findings[0].to_dict(), despin.Passage: report.passages[0].to_dict(),
    }  # fmt: skip
    for cls, data in cases.items():
        for wrong in [*damaged(data), None, [], "text"]:
            with pytest.raises(ValueError, match=r"this is not .* of schema 1: "):
                cls.from_dict(wrong)
    with pytest.raises(ValueError, match="another text"):
        despin.Report.from_dict({**report.to_dict(), "restored": "Something else."})


def test_asdict_gives_values_of_json(report, answers):
    data = json.loads(json.dumps(dataclasses.asdict(despin.check(TEXT))))
    assert data["text"] == TEXT
    assert data["findings"][0]["found"] == report.findings[0].found
    assert data["findings"][0]["evidence"][0][0] == report.findings[0].evidence[0].kind
    json.dumps([dataclasses.asdict(one) for one in (report.verdict, report.findings[0], report.passages[0])])
    json.dumps([dataclasses.asdict(one) for one in answers.stands_for])


def test_names_are_those_of_json(report, answers):
    data = report.to_dict()
    assert report.verdict.verdict == report.verdict.judgement == data["verdict"]
    assert report.passages[0].verdict == report.passages[0].judgement == data["passages"][0]["verdict"]
    assert dataclasses.replace(report.findings[0], known=True).baseline is True
    for one in answers.stands_for:
        assert one.phrase == one.original


# Errors


def error_classes():
    import pkgutil

    for module in pkgutil.walk_packages(despin.__path__, "despin."):
        if module.name.startswith(("despin.corpus.", "despin.__main__")) and "extras" not in module.name:
            continue  # engines that may not be installed
        try:
            found = vars(importlib.import_module(module.name))
        except ImportError:
            continue
        for one in found.values():
            if inspect.isclass(one) and issubclass(one, Exception) and one.__module__ == module.name:
                yield one


def test_every_error_is_one_of_ours_and_one_of_pythons():
    classes = {one.__name__: one for one in error_classes()}
    assert {"DictionaryError", "ModelError", "InputError", "EvidenceError", "UsageError", "MissingExtra"} <= set(
        classes
    )
    # Control flow, and a fault from another process: nobody is to catch them.
    for name, one in classes.items():
        if name in ("Answer", "Relayed", "DespinError"):
            continue
        assert issubclass(one, despin.DespinError), name
        if name not in ("OutputError", "ReaderGone"):  # of the command alone
            assert issubclass(one, (ValueError, OSError, ImportError, RuntimeError)), name


def test_an_error_names_its_file(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"a\0b")
    with pytest.raises(InputError) as caught:
        read(str(tmp_path / "a.txt"))
    assert str(caught.value) == f"{tmp_path / 'a.txt'}: {caught.value.message}"
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    with pytest.raises(OSError, match=r"b\.txt: no such file or directory") as missing:
        read(str(tmp_path / "b.txt"))
    assert isinstance(missing.value, InputError)
    assert pickle.loads(pickle.dumps(missing.value)).message == missing.value.message
    with pytest.raises(ValueError, match="nothing to read"):
        decode("c.txt", b"")


def test_errors_of_the_data_are_ours(tmp_path):
    (tmp_path / "a.tsv").write_text("one column\n")
    for options in ({"language": "xx"}, {"dictionaries": ["none"]}, {"dictionaries": [tmp_path / "a.tsv"]}):
        with pytest.raises(despin.DespinError):
            despin.check("text", **options)


# The page


def described(cls):
    """Member → what is said of it: the docstring below a field, or of a property or method."""
    tree = ast.parse(inspect.getsource(cls)).body[0]
    found, field = {}, ""
    for node in tree.body:
        if isinstance(node, ast.AnnAssign):
            field = node.target.id
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            found[node.name] = (ast.get_docstring(node) or "").split("\n\n")[0]
        elif field and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found[field] = inspect.cleandoc(node.value.value)
    if cls is despin.Config:
        section = inspect.getdoc(cls).split("Parameters\n----------\n")[1].split("\n\n")[0]
        found |= dict(re.findall(r"^(\w+)\n((?:    .*\n?)+)", section, re.MULTILINE))
    return {name: " ".join(text.split()) for name, text in found.items() if name not in ("later", "lazy_findings")}


CLASSES = [name for name in despin.__all__ if inspect.isclass(getattr(despin, name)) and name != "DespinError"]


def section(name):
    """What the page says under the heading of `name`."""
    found = re.search(rf"^### `{name}[`(].*?(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/library.md does not tell of {name}"
    return found[0]


@pytest.mark.parametrize("name", despin.__all__)
def test_the_page_has_every_public_name(name):
    summary = inspect.getdoc(getattr(despin, name)).split("\n\n")[0]
    assert " ".join(summary.split()) in " ".join(section(name).split())


@pytest.mark.parametrize("name", CLASSES)
def test_the_page_has_every_member(name):
    rows = dict(re.findall(r"^\| `(\w+)[^`]*` \| (.*) \|$", section(name).replace(r"\|", "|"), re.MULTILINE))
    assert all(described(getattr(despin, name)).values())
    assert {field: rows.get(field) for field in described(getattr(despin, name))} == described(getattr(despin, name))


@pytest.mark.parametrize("name", [name for name in despin.__all__ if name not in CLASSES and name != "DespinError"])
def test_the_page_has_every_parameter(name):
    heading = section(name).split("\n")[0]
    shown = re.findall(r"(?<=[(, *])\w+(?=[=,)])", heading)
    assert shown == list(inspect.signature(getattr(despin, name)).parameters)


def test_the_page_tells_of_nothing_else():
    assert sorted(re.findall(r"^### `(\w+)", PAGE, re.MULTILINE)) == sorted(despin.__all__)


def test_internal_packages_say_that_they_are():
    internal = {path.parent.name: "\nInternal: " in path.read_text() for path in ROOT.glob("src/despin/*/__init__.py")}
    assert {name for name, says in internal.items() if not says} == {"corpus", "readers"}


def test_help_shows_every_field_of_a_config():
    assert {field.name for field in dataclasses.fields(despin.Config)} <= set(described(despin.Config))


# Outside


def test_python_dash_m():
    done = subprocess.run(
        [sys.executable, "-m", "despin", "--check", "-"], input=HELD_OUT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "1 file checked, none likely spun.\n")


SCRIPT = """
from pathlib import Path

import despin
from despin.readers import InputError, read


def restored(folder: Path) -> dict[str, str]:
    config = despin.Config(allow=("brand new",), references=[folder / "a.txt"], min_confidence=0.8)
    found: dict[str, str] = {}
    for path in folder.glob("*.txt"):
        try:
            source = read(str(path))
        except InputError as problem:
            print(problem.path, problem.message)
            continue
        report: despin.Report = despin.check(source.prose, config, quotes=False)
        verdict: despin.Verdict = report.verdict
        print(verdict.verdict, verdict.probability, report.findings[0].baseline)
        found[path.name] = despin.apply(source.prose, [one for one in report.findings if one.confidence > 0.9])
    return found


def answers(phrase: str) -> list[str]:
    said: despin.Answers = despin.lookup(phrase, dictionaries=["academic"])
    parts: list[despin.Part] = [part for one in said.stands_for for part in one.parts]
    entries: list[despin.Entry] = [part.entry for part in parts if part.entry is not None]
    return [one.phrase for one in said.made_of] + [entry.name for entry in entries]


try:
    texts: list[str] = list(despin.restore_many(["a", "b"], config=despin.project_config(".")))
    prints: list[despin.Fingerprint] = list(despin.fingerprints(texts, seed=2))
    print(despin.Report.from_dict(despin.check("a").to_dict()), prints[0].similarity(prints[1]))
except despin.DespinError as problem:
    print(problem)
despin.check("a", min_confidnce=0.5)  # type: ignore[call-arg]
despin.check("a", allow="brand new")  # type: ignore[arg-type]
despin.Config(allow="brand new")  # type: ignore[arg-type]
"""


def test_the_types_of_the_library_are_strict(tmp_path, request):
    """`mypy --strict` on a user's script: what is right passes, and what is wrong is seen."""
    pytest.importorskip("mypy")
    (tmp_path / "script.py").write_text(SCRIPT)
    cache = request.config.cache.mkdir("mypy-library")
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--ignore-missing-imports"]
    command += ["--config-file=", f"--cache-dir={cache}", "script.py"]
    try:
        done = subprocess.run(
            command, cwd=tmp_path, env=os.environ | {"MYPYPATH": str(Path(despin.__file__).parents[1])},
            capture_output=True, text=True, timeout=float(os.environ.get("DESPIN_MYPY_SECONDS", "20")),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.skip("mypy takes too long here; DESPIN_MYPY_SECONDS gives it more")
    assert done.returncode == 0, done.stdout
