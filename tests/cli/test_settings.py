"""Configuration: what may stand in it, what is said of the rest, and which of it holds for a file."""

import contextlib
import os
import re
import shutil
import subprocess
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin import Config
from despin.cli.errors import UsageError
from despin.cli.options import flags, parse
from despin.cli.settings.config_file import allow_file, read
from despin.cli.settings.exclusion import Exclusion
from despin.cli.settings.keys import DEFAULTS, KEYS
from despin.cli.settings.settings import Settings

GOOD = {
    "language": "en",
    "dictionaries": ["web", "./ours.tsv"],
    "min-confidence": 0.8,
    "min-wording": 0.5,
    "max-probability": 1,
    "references": ["clean"],
    "allow": ["bosom peril"],
    "allow-file": "allowed.txt",
    "exclude": ["vendor/**"],
    "quotes": False,
    "inline": False,
    "effort": "quick",
    "strict": True,
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "allowed.txt").write_text("to and fro  # the ferry\n#\n\n  Peril \n")
    return tmp_path


def test_the_example_has_every_key():
    assert GOOD.keys() == KEYS.keys()
    assert DEFAULTS.keys() == KEYS.keys() - {"allow-file"}


def test_every_key_is_taken(folder):
    table = read(GOOD, "despin.toml")
    assert table.values["allow"] == ("bosom peril", "to and fro", "Peril")
    assert table.values["references"] == (str(folder / "clean"),)
    assert table.values["dictionaries"] == ("web", os.path.join(folder, "./ours.tsv"))
    assert not read({key: value for key, value in GOOD.items() if key == "allow-file"}, "x.toml").values.get("exclude")


def test_the_defaults_are_those_of_the_library():
    config = Settings({}).of("a.txt").config()
    assert config == Config(inline=True)


@pytest.mark.parametrize("key", KEYS)
def test_wrong_types_are_told(key):
    for value in (1.5, -1, "", [""], ["a", 1], {}, [], True, "text", None):
        fits, meant = KEYS[key]
        if not fits(value):
            with pytest.raises(UsageError) as problem:
                read({key: value}, "despin.toml")
            assert str(problem.value) == f"despin.toml: {key} is {value!r}, but it has to be {meant}"


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        ("min_confidence", "did you mean 'min-confidence'?"),
        ("dictionary", "did you mean 'dictionaries'?"),
        ("reference", "did you mean 'references'?"),
        ("file", "did you mean 'files'?"),
        ("xyzzy", "known are: language"),
    ],
)
def test_unknown_keys_are_told(key, advice):
    with pytest.raises(UsageError, match=re.escape(advice)):
        read({key: 1}, "despin.toml")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "is no table"),
        ({"files": {}}, r"files has to be tables: \[\[files\]\]"),
        ({"files": [{"quotes": False}]}, 'needs a pattern .* match = "docs'),
        ({"files": [{"match": ""}]}, "needs a pattern"),
        ({"files": [{"match": "*"}, {"match": "*", "qotes": 1}]}, "table 2: has an unknown key 'qotes'.*'quotes'"),
        ({"files": [{"match": "*", "files": []}]}, "unknown key 'files'"),
    ],
)
def test_wrong_tables_are_told(data, message):
    with pytest.raises(UsageError, match=message):
        read(data, "despin.toml")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*KEYS, "files", "match"]), inner),
)


@given(JSON)
def test_anything_else_is_a_sentence(data):
    with contextlib.suppress(UsageError):
        assert read(data, "despin.toml").values.keys() <= DEFAULTS.keys()


def test_an_allow_file_that_is_no_text(folder):
    (folder / "allowed.txt").write_bytes(b"caf\xe9")
    with pytest.raises(UsageError, match=r"allowed\.txt: byte 3 is not UTF-8"):
        allow_file("allowed.txt")


def test_flags_are_settings_too():
    options = parse(
        ["--check", "--strict", "--no-quotes", "--allow", "a", "--allow", "b", "--dictionary", "web", "x"],
        stdin_waits=False,
    )
    assert flags(options) == {"strict": True, "quotes": False, "allow": ("a", "b"), "dictionaries": ("web",)}


# --- which holds --------------------------------------------------------------------------------------------------


def write(files):
    for path, content in files.items():
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)


def test_the_nearest_holds_alone():
    write({
        "pyproject.toml": "[tool.despin]\nallow = ['a']\nmin-confidence = 0.1\n",
        "docs/despin.toml": "min-confidence = 0.2\n",
        "docs/old/pyproject.toml": "[tool.other]\n",
        "site/.git/HEAD": "",
    })  # fmt: skip
    settings = Settings({})
    found = {path: settings.of(path).values["min-confidence"] for path in ("x", "docs/x", "docs/old/x", "site/x")}
    assert found == {"x": 0.1, "docs/x": 0.2, "docs/old/x": 0.2, "site/x": DEFAULTS["min-confidence"]}
    assert settings.of("docs/x").values["allow"] == ()
    assert settings.of("docs/x") is settings.of("docs/old/y")


def test_later_tables_and_flags_go_first():
    write({"despin.toml": """
        quotes = false
        allow = ["a"]
        [[files]]
        match = "*.md"
        min-confidence = 0.1
        allow = ["b"]
        [[files]]
        match = "docs/"
        min-confidence = 0.2
        quotes = true
    """})  # fmt: skip
    settings = Settings({"allow": ("c",), "max-probability": 0.4})
    chosen = settings.of("docs/in/x.md")
    assert {key: chosen.values[key] for key in ("allow", "min-confidence", "quotes", "max-probability")} == {
        "allow": ("a", "b", "c"),
        "min-confidence": 0.2,
        "quotes": True,
        "max-probability": 0.4,
    }
    assert chosen.origins["min-confidence"] == "despin.toml, files 'docs/'"
    assert chosen.origins["allow"] == "despin.toml and despin.toml, files '*.md' and command line"
    assert settings.of("x.md").values["quotes"] is False


def test_what_is_shown_is_a_configuration_again(capfdbinary):
    from despin.cli import main

    write({"despin.toml": 'allow = ["say \\"so\\"", "café"]\nquotes = false\n'})
    assert main(["--show-config"]) == 0
    shown = tomllib.loads(capfdbinary.readouterr().out.decode())
    assert shown.keys() == DEFAULTS.keys()
    write({"other/despin.toml": "\n".join(f"{key} = {value!r}" for key, value in ())})
    assert read(shown, "despin.toml").values == Settings({}).of("a.txt").values


# --- what is left out ---------------------------------------------------------------------------------------------

IGNORED = {
    ".gitignore": "build/\n*.log\n!keep.log\n/top.txt\n#comment\n\\#odd\n**/deep/*.md\n!\n[b-a]\n",
    "docs/.gitignore": "*.txt\n!good.txt\n",
    "docs/in/.gitignore": "good.txt\n",
}
PATHS = [
    "build/a.txt", "docs/build/a.txt", "a.log", "keep.log", "top.txt", "in/top.txt", "#odd", "x/deep/a.md", "deep/b.md",
    "docs/a.txt", "docs/good.txt", "docs/in/good.txt", "docs/in/a.md", "own/secret.txt", "a.md",
]  # fmt: skip


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_gitignore_says_what_git_says():
    write(IGNORED | dict.fromkeys(PATHS, "x"))
    subprocess.run(["git", "init", "-q"], check=True)
    write({".git/info/exclude": "own/\n"})
    told = subprocess.run(["git", "check-ignore", "--no-index", *PATHS], stdout=subprocess.PIPE, text=True).stdout
    exclusion = Exclusion(Settings({}))
    assert [path for path in PATHS if exclusion.leaves_out(path)] == told.splitlines()
    assert exclusion.leaves_out(os.path.join("build", ""))
    assert not any(map(Exclusion(Settings({}), gitignore=False).leaves_out, PATHS))
    assert not any(map(exclusion.leaves_out_named, PATHS))


@given(
    st.lists(st.sampled_from(["/", "*", "a", "!", "[", "]", "\\", "?", "#", " ", "b", "-"]), max_size=8).map("".join)
)
def test_any_glob_is_taken_or_refused_in_words(glob):
    with contextlib.suppress(UsageError):
        assert Exclusion(Settings({}), exclude=[glob]).leaves_out("a/b") in (True, False)
