"""Harnesses for coverage-guided fuzzing (atheris), and their replay without it. Start reading from `TARGETS`.

Usage: python fuzz/targets.py TARGET [libFuzzer's options] [FOLDER ...]
       python fuzz/targets.py --replay FOLDER
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

atheris: Any = None
watched: Any = contextlib.nullcontext()
if __name__ == "__main__" and "--replay" not in sys.argv:
    atheris = importlib.import_module("atheris")
    watched = atheris.instrument_imports(include=["despin"])

with watched:
    from despin.dictionary.dictionary import Dictionary
    from despin.dictionary.entry import parse
    from despin.dictionary.errors import DictionaryError
    from despin.dictionary.phrase_trie import PhraseTrie
    from despin.language_model.model_file import ModelError
    from despin.language_model.model_file import parse as parse_model
    from despin.readers import InputError, bounded, decode, records
    from despin.readers.compression import unpack
    from despin.readers.kinds import KINDS, PAPERS, paper, remarks, seen, view
    from despin.readers.markup.html import unfilled
    from despin.readers.markup.html import view as html_view
    from despin.readers.markup.html_tags import scan
    from despin.readers.markup.markdown import view as markdown_view
    from despin.readers.markup.notebook import NotebookError
    from despin.readers.markup.paragraphs import masked
    from despin.renderers.escaping import visible
    from despin.restoration.evidence import EvidenceError, Weights
    from despin.results.finding import Finding, apply, invert
    from despin.results.lift import lift
    from despin.results.report import Report, Verdict
    from despin.text.characters import normalise
    from despin.text.hashing import hash_words
    from despin.text.protected import protected_spans
    from despin.text.tokens import tokenise
    from despin.text.unmask import unmask
    from despin.text.view import View

LIMIT = 1 << 16


def text_of(data: bytes) -> str:
    """Any text at all: lone surrogates are in it too."""
    return data[:LIMIT].decode("utf-8", "surrogateescape")


def tokens(data: bytes) -> None:
    texts = text_of(data).split("\x1f")
    found = tokenise(texts)
    assert (found.start < found.end).all()
    assert (found.end[:-1] <= found.start[1:]).all()
    covered = np.zeros(len(found.text), bool)
    for start, end in zip(found.start.tolist(), found.end.tolist(), strict=True):
        covered[start:end] = True
    assert all(covered[k] != char.isspace() for k, char in enumerate(found.text))
    for text in texts:
        assert len(normalise(text)) == len(text)
    words = [found.found(k, k + 1) for k in range(len(found))]
    if words:
        assert (hash_words(words) == found.word).all()
        PhraseTrie.of([found.word[:3], found.word[-2:]]).find(found)


def lawful(view: View) -> None:
    """The laws of a view, and of what comes back through it."""
    size = np.diff(view.at)
    assert (size > 0).all()
    assert (view.end[:-1] <= view.start[1:]).all()
    assert (view.start <= view.end).all()
    assert view.at[-1] == len(view.text)
    words = tokenise([view.text])
    findings, done = [], 0
    for k in range(0, len(words), 3):
        start, end = int(words.start[k]), int(words.end[min(k + k % 2, len(words) - 1)])
        if start >= done and view.text[start:end] != "new wörd":
            findings.append(Finding(start, end, view.text[start:end], "new wörd"))
            done = end
    verdict = Verdict("spun", 1.0, 1.0, 1.0, "", 1)
    report = lift(view, Report(view.text, tuple(findings), verdict))
    assert report.text is view.source
    place = 0
    for finding in report.findings:
        assert place <= finding.start < finding.end
        assert view.source[finding.start : finding.end] == finding.found != finding.original
        place = finding.end
    assert invert(report.restored, report.findings) == view.source


def disguise(data: bytes) -> None:
    text = text_of(data)
    view = unmask(text)
    lawful(view)
    assert unmask(view.text).text == view.text
    shown = visible(text)
    assert not any("\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069" for char in shown)
    assert visible(shown) == shown


def html(data: bytes) -> None:
    page = text_of(data)
    place = 0
    for part in scan(page):
        assert part.start == place < part.end
        place = part.end
    assert place == len(page)
    view = html_view(page)
    lawful(view)
    # Mark-up stays: without its texts, a page is the same before and after.
    findings = tuple(
        Finding(m.start, m.end, view.text[m.start : m.end], "x")
        for m in _some_words(view.text)
        if view.text[m.start : m.end] != "x"
    )
    lifted = lift(view, Report(view.text, findings, Verdict("spun", 1.0, 1.0, 1.0, "", 1)))
    assert _markup(lifted.restored) == _markup(page)


def _some_words(text: str) -> list[Any]:
    words = tokenise([text])
    found = zip(words.start.tolist(), words.end.tolist(), strict=True)
    return [Finding(a, b, text[a:b], "") for a, b in found if text[a:b].isalpha() and text[a:b].isascii()]


def _markup(page: str) -> list[str]:
    page = masked(page, unfilled(page))
    return [page[part.start : part.end] for part in scan(page) if part.kind != "text"]


def markdown(data: bytes) -> None:
    lawful(markdown_view(text_of(data)))


def mdx(data: bytes) -> None:
    lawful(markdown_view(text_of(data), mdx=True))


def rst(data: bytes) -> None:
    lawful(view(text_of(data), "rst"))


def asciidoc(data: bytes) -> None:
    lawful(view(text_of(data), "asciidoc"))


def latex(data: bytes) -> None:
    lawful(view(text_of(data), "latex"))


def subtitles(data: bytes) -> None:
    lawful(view(text_of(data), "subtitles"))


def notebook(data: bytes) -> None:
    text = text_of(data)
    with contextlib.suppress(NotebookError):
        lawful(view(text, "notebook"))
    # What is no notebook by itself may be a cell of one.
    written = json.dumps({"cells": [{"cell_type": "markdown", "source": text.splitlines(True)}]}, ensure_ascii=False)
    one = view(written, "notebook")
    lawful(one)
    words = tuple(Finding(m.start, m.end, one.text[m.start : m.end], '"\\') for m in _some_words(one.text))
    restored = lift(one, Report(one.text, words, Verdict("spun", 1.0, 1.0, 1.0, "", 1))).restored
    assert set(json.loads(restored)) == {"cells"}


def protected(data: bytes) -> None:
    texts = text_of(data).split("\x1f")
    found = tokenise(texts)
    spans = [protected_spans(text) for text in texts]
    place = zip(
        found.start.tolist(), found.end.tolist(), found.document.tolist(), found.protected.tolist(), strict=True
    )
    for start, end, k, kept in place:
        begin = int(found.offset[k])
        assert kept == any(a < end - begin and start - begin < b for a, b in spans[k])


def files(data: bytes) -> None:
    for kind in KINDS:
        with contextlib.suppress(InputError):
            source = seen(decode("a", data, kind=kind, limit=LIMIT))
            assert source.encode(source.text) == data
            assert len(remarks(source)) == len(source.text)
            source.printed(source.text)


def papers(data: bytes) -> None:
    """As a whole file, and as the XML of each format in an archive that is sound."""
    for kind in PAPERS.values():
        if kind != "pdf":  # whose parser is fuzzed elsewhere, day and night
            with contextlib.suppress(InputError):
                paper("a", data, kind, limit=LIMIT)
    for kind, members in (
        ("docx", {"word/document.xml": data}),
        ("odt", {"content.xml": data}),
        ("epub", {"META-INF/container.xml": b'<rootfile full-path="a"/>', "a": _PACKAGE, "b": data}),
    ):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            for name, content in members.items():
                file.writestr(name, content)
        with contextlib.suppress(InputError):
            source = paper("a", archive.getvalue(), kind, limit=LIMIT)
            assert source.encode(source.text) == archive.getvalue()
            assert len(remarks(source)) == len(source.text)
            words = source.text.split(" ")
            changed = source.encode(" ".join(["other", *words[1:]]) if words[0].isalpha() else source.text)
            zipfile.ZipFile(io.BytesIO(changed)).testzip()


_PACKAGE = b'<item id="b" href="b" media-type="application/xhtml+xml"/><itemref idref="b"/>'


def jats(data: bytes) -> None:
    lawful(view(text_of(data), "jats"))


def packed(data: bytes) -> None:
    for end in (".gz", ".bz2", ".xz", ".zst"):
        with contextlib.suppress(InputError):
            assert len(unpack(data, "a" + end, LIMIT)) <= LIMIT + 1


def jsonl(data: bytes) -> None:
    for record in records(bounded(io.BytesIO(data), 1 << 12), "text"):
        line = record.with_result({"error": record.error} if record.error else 1, None if record.error else "new")
        told = json.loads(line, parse_int=str, parse_float=str)
        assert "despin" in told
        if not record.error:
            assert told["text"] == "new"


def findings(data: bytes) -> None:
    try:
        given = json.loads(text_of(data))
    except (ValueError, RecursionError):
        return
    if not isinstance(given, dict):
        return
    text, found = given.get("text", ""), given.get("findings", [])
    if not isinstance(text, str) or not isinstance(found, list):
        return
    with contextlib.suppress(ValueError):
        read = [Finding.from_dict(one) for one in found]
        done = apply(text, read)
        assert invert(done, read) == text


def dictionary(data: bytes) -> None:
    with contextlib.suppress(DictionaryError, UnicodeDecodeError):
        Dictionary.of([parse(data.decode("utf-8-sig"), "a.tsv")])


def model(data: bytes) -> None:
    with contextlib.suppress(ModelError):
        found = parse_model(np.frombuffer(data, np.uint8), "a")
        words = tokenise(["the end of it 17"])
        ids = found.ids(words.word, words.shape)
        context = np.zeros((len(ids), found.order - 1), np.int32)
        found.log_prob(context, ids)


def weights(data: bytes) -> None:
    path = Path("/dev/shm" if Path("/dev/shm").is_dir() else "/tmp") / "despin-fuzz-weights.npz"
    path.write_bytes(data)
    with contextlib.suppress(EvidenceError):
        Weights.open(path)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        tokens, protected, disguise, html, markdown, mdx, rst, asciidoc, latex, notebook, subtitles, jats, papers,
        files, packed, jsonl, findings, dictionary, model, weights,
    )
}  # fmt: skip


def replay(folder: Path) -> int:
    """Run every file below `folder`, each through the target that its folder is called after."""
    paths = [path for path in sorted(folder.glob("*/*")) if path.is_file()]
    for path in paths:
        TARGETS[path.parent.name](path.read_bytes())
    return len(paths)


def main() -> None:
    """Fuzz one target, or replay."""
    if sys.argv[1:2] == ["--replay"]:
        print(f"{replay(Path(sys.argv[2]))} files, none failed")
        return
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
