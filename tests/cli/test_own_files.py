"""What the command reads besides texts, in whatever shape; which files it leaves out, and what it calls the others."""

import json
import os
import subprocess
import sys

import pytest

from despin.cli import main
from despin.cli.settings.globs import Globs

SPUN = (
    "In a brand new video, the band work collectively on a music for the following season. After the lengthy tour, the "
    "singer appears drained, however she goes on to joke in regards to the rain.\n"
)
SHAPES = {
    "mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "returns": lambda text: text.replace("\n", "\r\n").encode(),
    "mac": lambda text: text.replace("\n", "\r").encode(),
    "mark and returns": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16-be": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "utf-32": lambda text: text.encode("utf-32"),
}


@pytest.fixture(params=SHAPES)
def shape(request):
    return SHAPES[request.param]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(**files):
    for path, content in files.items():
        put(path.replace("__", "/"), content)


def put(path, content):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def files(capfd, *arguments):
    assert main(["--show-files", *arguments]) == 0
    return capfd.readouterr().out.splitlines()


# --- shapes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pyproject.toml", "despin.toml"])
def test_a_configuration_in_any_shape(folder, shape, name, capfd):
    table = "[tool.despin]\n" if name == "pyproject.toml" else ""
    put(name, shape(f'{table}# café\nallow = ["a brand new"]\nmin-confidence = 0.25\n'))
    assert main(["--show-config"]) == 0
    assert "min-confidence = 0.25" in capfd.readouterr().out


def test_somebody_elses_pyproject_in_any_shape(folder, shape):
    put("pyproject.toml", shape('[project]\nname = "x"\n'))
    assert main(["--show-config"]) == 0


def test_ignore_files_in_any_shape(folder, shape, capfd):
    put(".gitignore", shape("drafts/\n*.md\n"))
    put(".git/info/exclude", shape("old.txt\n"))
    for path in ("a.txt", "b.md", "old.txt", "drafts/c.txt"):
        put(path, "x")
    assert files(capfd) == ["a.txt"]


def test_an_allow_list_in_any_shape(folder, shape, capfd):
    put("allowed.txt", shape("to and fro  # the ferry\n\nbosom peril\n"))
    put("despin.toml", 'allow-file = "allowed.txt"\n')
    assert main(["--show-config"]) == 0
    assert 'allow = ["to and fro", "bosom peril"]' in capfd.readouterr().out


def test_a_baseline_in_any_shape(folder, shape, capfd):
    put("a.txt", SPUN)
    assert main(["--check", "--quiet", "--baseline", "known.json", "--update-baseline", "a.txt"]) == 0
    put("known.json", shape((folder / "known.json").read_text()))
    assert main(["--check", "--baseline", "known.json", "a.txt"]) == 0


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_a_report_in_any_shape(folder, shape, form, capfd):
    put("a.txt", SPUN)
    main(["--check", "--format", form, "a.txt"])
    put("report.json", shape(capfd.readouterr().out))
    main(["--write", "--quiet", "a.txt"])
    assert (folder / "a.txt").read_text() != SPUN
    assert main(["--undo", "report.json", "--write", "a.txt"]) == 0
    assert (folder / "a.txt").read_text() == SPUN


# --- a configuration that cannot be used --------------------------------------------------------------------------

BROKEN = {
    "no TOML": "allow = [\n",
    "an unknown key": "alow = []\n",
    "a dictionary that is not there": 'dictionaries = ["missing.tsv"]\n',
    "a reference that is not there": 'references = ["missing.txt"]\n',
    "an allow list that is not there": 'allow-file = "missing.txt"\n',
    "a glob that is none": 'exclude = ["a[b-a]**["]\nlanguage = 3\n',
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_configuration_fails_its_files_only(folder, content, capfd):
    write(**{"a.txt": SPUN, "old__b.txt": SPUN, "old__in__c.txt": SPUN, "z.txt": SPUN, "old__despin.toml": content})
    assert main(["--check", "--format", "json", "."]) == 2
    report = json.loads(capfd.readouterr().out)
    assert [d["path"] for d in report["documents"]] == ["a.txt", "z.txt"]
    assert [e["path"] for e in report["errors"]] == ["old/b.txt", "old/in/c.txt"]
    assert main(["--write", "--quiet", "."]) == 2
    assert (folder / "a.txt").read_text() != SPUN
    assert (folder / "old" / "b.txt").read_text() == SPUN


def test_a_broken_configuration_of_all_is_told_once(folder, capfd):
    write(**{"a.txt": SPUN, "b.txt": SPUN, "despin.toml": "alow = []\n"})
    assert main(["--check", "."]) == 2
    assert capfd.readouterr().err == "despin: despin.toml: has an unknown key 'alow'; did you mean 'allow'?\n"


# --- exclusion ----------------------------------------------------------------------------------------------------


@pytest.fixture
def site(folder, monkeypatch):
    for path in ("site/a.txt", "site/vendor/b.txt", "site/docs/vendor/c.txt", "site/docs/d.txt", "work/e.txt"):
        put(path, "x")
    monkeypatch.chdir(folder / "work")
    return folder


@pytest.mark.parametrize("glob", ["vendor/", "vendor", "**/vendor/**", "*/vendor/"])
def test_an_exclusion_holds_outside_of_the_working_folder(site, glob, capfd):
    left = ["../site/a.txt", "../site/docs/d.txt"]
    if glob == "*/vendor/":  # a slash inside: from the working folder, as in .gitignore
        left = sorted([*left, "../site/vendor/b.txt", "../site/docs/vendor/c.txt"])
    assert sorted(files(capfd, "../site", "--exclude", glob)) == left


def test_a_glob_may_lead_out_of_the_working_folder(site, capfd):
    assert "../site/docs/vendor/c.txt" in (found := files(capfd, "../site", "--exclude", "../site/vendor/"))
    assert "../site/vendor/b.txt" not in found


def test_how_the_folders_above_are_called_is_of_no_account(site, monkeypatch, capfd):
    put("vendor/site/a.txt", "x")
    put("vendor/site/vendor/b.txt", "x")
    top = os.path.join(os.getcwd(), "vendor", "site")
    monkeypatch.chdir(site / "site" / "docs")
    assert files(capfd, top, "--exclude", "vendor/") == [os.path.join(top, "a.txt")]


def test_an_exclusion_holds_by_an_absolute_path_and_through_links(site, monkeypatch, capfd):
    (site / "way").symlink_to(site / "site")
    monkeypatch.chdir(site / "way")
    for path in (".", str(site / "way"), str(site / "site"), "../way", "../site/../way"):
        found = files(capfd, path, "--exclude", "/vendor/", "--exclude", "docs/vendor/")
        assert [os.path.basename(name) for name in found] == ["a.txt", "d.txt"]


def test_a_link_to_what_is_excluded_is_excluded(site, monkeypatch, capfd):
    (site / "site" / "link.txt").symlink_to("vendor/b.txt")
    monkeypatch.chdir(site / "site")
    assert files(capfd, ".", "--exclude", "vendor/") == ["a.txt", "docs/d.txt"]
    assert main(["--check", "--force-exclude", "--exclude", "vendor/", "link.txt"]) == 0
    assert "No text was checked" in capfd.readouterr().err


def test_files_named_outright_may_be_forced_out_from_elsewhere(site, capfd):
    named = ["../site/a.txt", "../site/vendor/b.txt", str(site / "site" / "docs" / "vendor" / "c.txt")]
    assert files(capfd, "--force-exclude", "--exclude", "vendor/", *named) == ["../site/a.txt"]
    assert files(capfd, "--exclude", "vendor/", *named) == named


def test_the_exclusion_of_a_configuration_that_lies_elsewhere(site, capfd):
    put("ci/despin.toml", 'exclude = ["vendor/"]\n[[files]]\nmatch = "d.txt"\nstrict = true\n')
    assert files(capfd, "../site", "--config", "ci/despin.toml") == ["../site/a.txt", "../site/docs/d.txt"]
    assert main(["--show-config", "--config", "ci/despin.toml", "../site/docs/d.txt"]) == 0
    assert "strict = true" in capfd.readouterr().out


def test_a_glob_that_matches_nothing_is_told(site, capfd):
    main(["--show-files", "../site", "--exclude", "vendro/", "--exclude", "vendor/"])
    said = capfd.readouterr().err
    assert said == "--exclude vendro/: note: matches nothing here\n"
    main(["--show-files", "../site/a.txt", "--exclude", "vendro/"])  # as hooks do, which name some files
    assert capfd.readouterr().err == ""
    assert main(["--check", "../site/*.rst"]) == 2
    assert "despin: ../site/*.rst: no file matches this pattern" in capfd.readouterr().err


def test_globs_outside_of_their_folder_are_not_fooled_by_dots():
    assert not Globs([".*"], "/home/me/work").match("/home/me/site/a.txt")
    assert Globs([".*"], "/home/me/work").match("/home/me/site/.hidden/a.txt")


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "jsonl", "github", "sarif", "text"])
@pytest.mark.parametrize("named", [".", "./", "docs/", "./docs//a.txt", "docs/../docs/a.txt"])
def test_paths_are_spelt_one_way_in_every_format(folder, form, named, capfd):
    put("docs/a.txt", SPUN)
    assert main(["--check", "--format", form, named]) == 1
    out, said = capfd.readouterr()
    assert "docs/a.txt" in out
    assert "despin --write docs/a.txt" in said
    assert "./" not in out.replace("://", "").replace("../", "")
    assert "//a.txt" not in out + said


def test_a_detour_behind_a_link_is_none(folder, capfd):
    for path in ("real/deep/x.txt", "real/a.txt", "a.txt"):
        put(path, "x")
    (folder / "link").symlink_to("real/deep")
    assert files(capfd, "link/../a.txt") == ["link/../a.txt"]  # which is real/a.txt


def test_a_file_that_is_called_like_standard_input(folder):
    put("-", SPUN)
    done = subprocess.run(
        [sys.executable, "-m", "despin", "--check", "./-"], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "./-: likely spun" in done.stdout
