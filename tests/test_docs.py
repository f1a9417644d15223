"""The pages do what they say: every shell line and every block of Python, TOML and JSON in them that needs no network.

A block is run line by line, in a folder with the files that the pages speak of (`lay`). The folder is the page's
own, so that a line finds what an earlier one wrote. `$` before a command, or `SHOWS`, says that what stands below is
its output, in which `…` is anything. What cannot be run here is parsed at least; `NOT_HERE` says why.
"""

from __future__ import annotations

import doctest
import importlib.util
import io
import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from markdown_it import MarkdownIt

import despin.cli
import despin.corpus.job.cli
import despin.learn.cli
from despin.cli.settings.project import project_config

ROOT = Path(__file__).parents[1]
FIXTURES = Path(__file__).parent / "fixtures"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *(ROOT / name / "README.md" for name in ("dictionaries", "examples")),
    *sorted((ROOT / "docs").glob("*.md")),
]  # fmt: skip
COMMANDS = {
    "despin": despin.cli.main,
    "despin-learn": despin.learn.cli.main,
    "despin-corpus": despin.corpus.job.cli.main,
}
NOT_HERE = {
    "a package index, or the whole suite": r"pip install|python3 -m venv|\.venv/bin/(pip|pytest)|bash \.ci/run",
    "texts that are not shipped": r"despin-learn .*\.txt\.xz|despin-learn .*web-train",
    "minutes": r"despin-learn (thesaurus|rewriter) ",
    "a bucket or a cluster": r"despin-corpus (s3:|/data/)",
}
PLACEHOLDERS = {
    "PATH ...": "docs", "FIELD FILE": "text pages.jsonl", "FILE": "article.txt", "FIELD": "text",
    "REPORT": "report.json", "PHRASE": "onerous", "SOURCES": "our-articles", "...": "article.txt",
}  # fmt: skip
BEFORE = {"despin --undo": "despin --write article.txt"}
"""What somebody has done who types the line."""
SHOWS = {
    ("README.md", "behind-the-scenes.txt:11:64"): "despin --check behind-the-scenes.txt",
    ("docs/copies.md", "page.html: spun copy"): "despin --against our-articles page.html",
    ("docs/papers.md", "papers/a.pdf: page 2"): "despin --check --dictionary screener.csv papers/*.pdf",
}
"""Page and beginning of a block of output → the command; its lines come in any order, others between them. Some
of them are told on standard error."""
ELSEWHERE = {"docs/corpus.md": "tests/corpus/test_corpus_engines.py runs it, where the engine is installed"}


class Block(NamedTuple):
    """A block of code: its page, the line it begins at, the language that its fence names, and what stands in it."""

    page: str
    line: int
    language: str
    code: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks_of(path: Path) -> list[Block]:
    page = path.relative_to(ROOT).as_posix()
    parsed = MarkdownIt("commonmark").parse(path.read_text(encoding="utf-8"))
    code = [token for token in parsed if token.type in ("fence", "code_block")]
    return [Block(page, token.map[0] + 1, token.info, token.content) for token in code if token.map]


BLOCKS = [block for path in PAGES for block in blocks_of(path)]


def is_shell(block: Block) -> bool:
    return not block.language and bool(
        re.match(r"(\$ )?([A-Z_]+=\S+ )*(despin(-\w+)?|pip|python3?|bash|\.venv/\S+) ", block.code)
    )


def pages(blocks: list[Block]) -> list:
    named = dict.fromkeys(block.page for block in blocks)
    return [pytest.param([block for block in blocks if block.page == page], id=page) for page in named]


# Files


def lay(folder: Path) -> None:
    """The files that pages speak of, as they were at first."""
    spun = (FIXTURES / "spun" / "behind-the-scenes.txt").read_text(encoding="utf-8")
    stolen = (FIXTURES / "copies" / "stolen.txt").read_text(encoding="utf-8")
    shutil.copytree(FIXTURES / "docs", folder, dirs_exist_ok=True)
    shutil.copytree(FIXTURES / "copies" / "ours", folder / "our-articles", dirs_exist_ok=True)
    shutil.copytree(FIXTURES / "new-spinner", folder / "tests" / "fixtures" / "new-spinner", dirs_exist_ok=True)
    shutil.copy(FIXTURES / "new-spinner" / "pairs.jsonl", folder)
    for name in ("stolen-pages", "crawl", "tests/fixtures/spun"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    short = (folder / "docs" / "a.md").read_text(encoding="utf-8")
    for name in ("article.txt", "behind-the-scenes.txt", "tests/fixtures/spun/behind-the-scenes.txt"):
        (folder / name).write_text(spun, encoding="utf-8")
    for name in ("a.txt", "page.txt", "page-of-somebody-else.txt"):
        (folder / name).write_text(short, encoding="utf-8")
    for name in ("stolen.txt", "stolen-pages/one.txt"):
        (folder / name).write_text(stolen, encoding="utf-8")
    (folder / "page.html").write_text("".join(f"<p>{line}</p>\n" for line in stolen.splitlines()), encoding="utf-8")
    records = "".join(f"{json.dumps({'text': one})}\n" for one in (short, stolen))
    for name in ("pages.jsonl", "corpus.jsonl", "crawl/a.jsonl"):
        (folder / name).write_text(records, encoding="utf-8")
    report = despin.check(spun)
    found = {"schema": 1, "documents": [report.to_dict("article.txt")], "errors": []}
    (folder / "report.json").write_text(json.dumps(found), encoding="utf-8")
    papers(folder)
    packed(folder, [short, stolen])
    decided(folder, report)


def papers(folder: Path) -> None:
    """A folder of PDFs, a page for each paragraph: one with a phrase of `screener.csv`, one without."""
    from papers_made import column, pdf

    registers = tomllib.loads((FIXTURES / "registers.toml").read_text(encoding="utf-8"))
    spun = "The clerk spoke of water, and then\nof the bridge, of the mill and\nof counterfeit consciousness.\n"
    pages = {"a": [registers["history"], spun + registers["law"]], "b": [registers["gardening"], registers["finance"]]}
    (folder / "papers").mkdir(exist_ok=True)
    for name, texts in pages.items():
        made = pdf([column(text.encode("latin-1", "replace").decode("latin-1").split("\n")) for text in texts])
        (folder / "papers" / f"{name}.pdf").write_bytes(made)


def scanned(folder: Path) -> None:
    """One more of them, which cannot be read."""
    from papers_made import pdf

    (folder / "papers" / "c.pdf").write_bytes(pdf([[], []]))


def packed(folder: Path, texts: list[str]) -> None:
    import gzip

    (folder / "page.html.gz").write_bytes(gzip.compress(f"<p>{texts[0]}</p>".encode()))
    if importlib.util.find_spec("pyarrow"):
        import pyarrow
        import pyarrow.parquet

        for name in ("pages.parquet", "corpus.parquet"):
            pyarrow.parquet.write_table(pyarrow.table({"text": texts}), folder / name)
    if importlib.util.find_spec("zstandard"):
        import zstandard

        (folder / "corpus.jsonl.zst").write_bytes(zstandard.compress((folder / "corpus.jsonl").read_bytes()))


def decided(folder: Path, report: despin.Report) -> None:
    """What the review page saves where all was accepted in the spun texts, and the others had nothing to decide."""
    from despin.results.decisions import digest

    taken = [
        {"start": f.start, "end": f.end, "found": f.found, "decision": "accepted", "replacement": f.original}
        for f in report.findings
    ]
    documents = []
    for path in sorted(folder.glob("*.txt")):
        text = path.read_bytes().decode("utf-8")
        some = taken if text == report.text else []
        documents.append({"path": path.name, "sha256": digest(text), "decisions": some})
    saved = {"kind": "despin-decisions", "schema": 1, "version": "0.1.0", "documents": documents}
    for name in ("decisions.json", "despin-decisions.json"):
        (folder / name).write_text(json.dumps(saved), encoding="utf-8")


# Lines of shell


def lines_of(block: Block) -> Iterator[tuple[str, list[str] | None]]:
    """Each command of a block, without the gloss behind it, and the lines of output below it, if it is shown."""
    told = re.sub(r"\\\n\s*", "", block.code)
    if told.startswith("$ "):
        for part in re.split(r"^\$ ", told, flags=re.MULTILINE)[1:]:
            command, *output = part.rstrip().split("\n")
            yield command, output
        return
    for line in re.findall(r'(?:[^"\n]|"[^"]*")+', told):
        yield re.split(r"\s{2,}(?=\S)", line.strip())[0], None


def filled(command: str) -> str:
    for name, value in PLACEHOLDERS.items():
        command = re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", value, command)
    return command


def words_of(command: str) -> list[str]:
    """As a shell splits them, with globs filled in."""
    reader = shlex.shlex(command, posix=True, punctuation_chars="|<>")
    reader.whitespace_split = True
    words = []
    for word in reader:
        words += sorted(str(path) for path in Path().glob(word)) if "*" in word else [word]
    return words


class Shell:
    """As much of a shell as the pages need: pipes, `<`, `>`, variables in front. Our commands run in this process."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch

    def run(self, command: str) -> tuple[int, str, str]:
        """The exit code, what was printed and what was told, of a pipe the last."""
        stages: list[list[str]] = [[]]
        for word in words_of(command):
            stages.append([]) if word == "|" else stages[-1].append(word)
        status, printed, told = 0, b"", b""
        for words in stages:
            status, printed, told = self.stage(words, printed)
        return status, printed.decode(errors="replace"), told.decode()

    def stage(self, words: list[str], given: bytes) -> tuple[int, bytes, bytes]:
        into = None
        if "<" in words:
            at = words.index("<")
            given, words = Path(words[at + 1]).read_bytes(), words[:at] + words[at + 2 :]
        if ">" in words:
            at = words.index(">")
            into, words = Path(words[at + 1]).expanduser(), words[:at] + words[at + 2 :]
        while re.match(r"[A-Z_]+=", words[0]):
            self.patch.setenv(*words.pop(0).split("=", 1))
        status, printed, told = self.process(words, given)
        if into is not None:
            into.write_bytes(printed)
            printed = b""
        return status, printed, told

    def process(self, words: list[str], given: bytes) -> tuple[int, bytes, bytes]:
        program, *arguments = words
        if program in COMMANDS:
            return self.ours(COMMANDS[program], arguments, given)
        if program == "echo":
            return 0, f"{' '.join(arguments)}\n".encode(), b""
        if program == "mkdir":
            return self.mkdir(arguments)
        if program not in ("python", ".venv/bin/python"):
            pytest.fail(f"{program}: not among what these tests can run")
        if arguments[0].startswith(".github/"):
            arguments[0] = str(ROOT / arguments[0])
        where = ROOT if arguments[0].startswith("examples/") else None
        done = subprocess.run([sys.executable, *arguments], input=given, capture_output=True, cwd=where)
        return done.returncode, done.stdout, done.stderr

    @staticmethod
    def mkdir(arguments: list[str]) -> tuple[int, bytes, bytes]:
        for path in arguments:
            if path != "-p":
                Path(path).expanduser().mkdir(parents=True, exist_ok=True)
        return 0, b"", b""

    def ours(self, main, arguments: list[str], given: bytes) -> tuple[int, bytes, bytes]:
        with self.patch.context() as patch:
            streams = [io.TextIOWrapper(io.BytesIO(one), "utf-8") for one in (given, b"", b"")]
            for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
                patch.setattr(sys, name, stream)
            try:
                status = main(arguments)
            except SystemExit as stop:
                status = stop.code
            for stream in streams[1:]:
                stream.flush()
            return status, streams[1].buffer.getvalue(), streams[2].buffer.getvalue()


def needs(command: str) -> str:
    """What is not installed and the command needs; empty: nothing."""
    wanted = {"despin-corpus": "datatrove", "parquet": "pyarrow", ".zst": "zstandard", "completion": "shtab",
              " papers": "pypdfium2"}  # fmt: skip
    return next(
        (module for sign, module in wanted.items() if sign in command and not importlib.util.find_spec(module)), ""
    )


def reason_not_here(command: str) -> str:
    return next((reason for reason, pattern in NOT_HERE.items() if re.match(pattern, command)), "")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("blocks", pages([block for block in BLOCKS if is_shell(block)]))
def test_the_shell_lines_of_a_page_run(blocks, folder, monkeypatch):
    shell = Shell(monkeypatch)
    wrong = []
    for block in blocks:
        lay(folder)
        for command, shown in lines_of(block):
            command = filled(command)
            if reason_not_here(command) or needs(command):
                continue
            for begin, earlier in BEFORE.items():
                if command.startswith(begin):
                    shell.run(earlier)
            status, printed, told = shell.run(command)
            if status not in (0, 1) or "Traceback" in told:
                wrong.append(f"{block}: {command}\n  exit {status}: {told[-400:]}")
            elif shown is not None and not fits(shown, printed):
                wrong.append(f"{block}: {command}\n  prints\n{printed[:2000]}")
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def fits(shown: list[str], printed: str) -> bool:
    """Whether `printed` is what is `shown`, in which `…` is anything."""
    pattern = ".*".join(re.escape(" ".join(part.split())) for part in "\n".join(shown).split("…"))
    return re.fullmatch(pattern, " ".join(printed.split())) is not None


def test_the_blocks_of_output_are_what_is_printed(folder, monkeypatch):
    lay(folder)
    for (page, begin), command in SHOWS.items():
        if needs(command):
            continue
        [block] = [one for one in BLOCKS if one.page == page and one.code.startswith(begin)]
        if " papers" in command:
            scanned(folder)
        printed = "".join(Shell(monkeypatch).run(command)[1:])
        for line in block.code.splitlines():
            pattern = ".*".join(re.escape(" ".join(part.split())) for part in line.split("…"))
            assert any(re.fullmatch(pattern, " ".join(one.split())) for one in printed.splitlines()), f"{block}: {line}"


def test_what_cannot_run_here_is_parsed():
    parsers = {"despin-learn": despin.learn.cli._parser, "despin-corpus": despin.corpus.job.cli._parser}
    seen = set()
    for block in filter(is_shell, BLOCKS):
        for command, _ in lines_of(block):
            if reason := reason_not_here(command):
                seen.add(reason)
                program, *arguments = shlex.split(command)
                if program in parsers:
                    parsers[program]().parse_args(arguments)
    assert seen == NOT_HERE.keys()


def test_options_in_a_sentence_are_known():
    known = set(despin.cli.parser.parser()._option_string_actions)
    unknown = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8").replace("\n", " ")
        for command in re.findall(r"(?<!`)`(despin -[^`]*)`(?!`)", text):
            unknown += [
                f"{page.name}: {command}" for one in re.findall(r"(?<= )--?[a-z][\w-]*", command) if one not in known
            ]
    assert unknown == []


# Python, settings and data


@pytest.mark.parametrize("blocks", pages([block for block in BLOCKS if block.language == "python"]))
def test_the_python_of_a_page_runs(blocks, folder):
    lay(folder)
    given = {name: Path(name).read_text(encoding="utf-8") for name in ("article.txt", "decisions.json")}
    names = {"despin": despin, "path": "article.txt", "text": given["article.txt"], "saved": given["decisions.json"]}
    for block in blocks:
        modules = {name.split(".")[0] for name in re.findall(r"^(?:import|from) (\S+)", block.code, re.MULTILINE)}
        code = compile(block.code, str(block), "exec")
        if block.page not in ELSEWHERE or modules <= {"despin", "pathlib"}:
            exec(code, names)


def test_the_dialogues_with_python_say_what_they_show():
    said = [block for block in BLOCKS if block.code.startswith(">>> ")]
    for block in said:
        test = doctest.DocTestParser().get_doctest(block.code, {}, str(block), block.page, block.line)
        assert doctest.DocTestRunner().run(test).failed == 0, str(block)
    assert said


def test_settings_and_data_on_the_pages_are_read(folder):
    lay(folder)
    read = {"toml": tomllib.loads, "json": json.loads}
    for block in BLOCKS:
        if block.language in read:
            read[block.language](block.code)
        if block.language == "toml" and "[tool.despin" in block.code:
            Path("pyproject.toml").write_text(block.code, encoding="utf-8")
            project_config("docs/a.md")


def test_the_readme_needs_no_file_beside_it_on_a_package_index():
    made = runpy.run_path(str(ROOT / "hatch_build.py"))["for_an_index"](
        (ROOT / "README.md").read_text(encoding="utf-8")
    )
    links = [link for link in re.findall(r"\]\(([^)]*)\)", made) if not link.startswith("https://")]
    assert links == []
    assert "docs/command.md" in made


def test_links_between_pages_lead_somewhere():
    broken = []
    for page in PAGES:
        for link in re.findall(r"\]\((?!https?:|#)([^)\s#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / link).exists():
                broken.append(f"{page.name}: {link}")
    assert broken == []
