"""Is anything but words changed in real pages of every kind? Prints a table.

    python benchmarks/markup.py FOLDER [--pages 500] [--only rst,latex]

FOLDER holds unpacked documentation, as Debian's packages bring it (apt-get download python-pandas-doc; dpkg-deb -x …):
pages are told by their names, and those of git's manual, which are AsciiDoc, by their folder. Of each kind the first
so many pages in the order of a hash of their paths are read; every second one has its prose spun by `spinner`, through
the reader, and is restored. Then a parser that despin does not use looks at the page before and after:

    html         lxml               tags, attributes, comments, code
    markdown     markdown-it-py     blocks and marks, code, targets
    rst          docutils           nodes and attributes, literals, messages; directives of Sphinx read generously
    latex        pylatexenc         commands, environments, formulas, comments
    notebook     nbformat           valid, and equal but for the source of Markdown cells; pages of Markdown are
                                    written as notebooks where there are not enough of these
    asciidoc     none               what is no word of a finding
    subtitles    none               the same

*Other bytes* counts pages in which bytes outside of findings changed; *structure* those that the parser sees otherwise;
*off prose* findings that the parser has in something that is no prose. All three must be 0. *Unread*
counts pages that the parser cannot read, whose bytes alone were compared.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import data
from spinner import spin
from tables import Table, show

from despin import Config, Finding, Report, check_many
from despin.readers import InputError, Source, decode
from despin.readers.kinds import seen
from despin.results.lift import lift
from despin.results.report import Verdict

ENDINGS = {
    "html": (".html", ".htm", ".xhtml"), "markdown": (".md", ".markdown", ".qmd", ".rmd"), "rst": (".rst", ".rst.txt"),
    "latex": (".tex", ".ltx"), "notebook": (".ipynb",), "asciidoc": (".adoc", ".asciidoc"), "subtitles": (".srt",
    ".vtt"),
}  # fmt: skip
SIZES = 500, 80_000  # bytes of a page
NO_PROSE_NAMES = "script style pre code kbd samp var tt textarea select svg math template noscript iframe object"
NO_PROSE = set(NO_PROSE_NAMES.split())
View = tuple[list[Any], str]  # what may not change, and the text in which words may


def kind_of(path: Path) -> str:
    """The kind of page that a path names; empty: none."""
    name = path.name.lower().removesuffix(".gz")
    if "/git" in str(path.parent) and name.endswith((".txt", ".adoc")):
        return "asciidoc"
    return next((kind for kind, ends in ENDINGS.items() if name.endswith(ends)), "")


def pages(folder: Path, kind: str, most: int) -> Iterator[Source]:
    """The pages of a kind below `folder`, read."""
    paths = [path for path in folder.rglob("*") if kind_of(path) == kind and path.is_file()]
    paths.sort(key=lambda path: hashlib.blake2b(str(path.relative_to(folder)).encode()).digest())
    found = 0
    for path in paths:
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if path.suffix == ".gz" else raw
        if found == most or not SIZES[0] <= len(raw) <= SIZES[1] * (10 if kind == "notebook" else 1):
            continue
        try:
            source = seen(decode(str(path), raw, kind=kind))
        except InputError:
            continue
        if source.encode(source.text) != raw:
            raise AssertionError(f"{path} does not come back")
        if len(source.prose) > 200:
            found += 1
            yield source


def written_as_notebooks(sources: Sequence[Source]) -> Iterator[Source]:
    """Pages of Markdown as notebooks, since packages bring few: a cell a page's paragraph, and code between them."""
    for source in sources:
        code = {"cell_type": "code", "source": [], "metadata": {}, "outputs": [], "execution_count": None}
        parts = [part for part in source.text.split("\n\n") if part.strip()]
        cells = [{"cell_type": "markdown", "source": part.splitlines(True), "metadata": {}} for part in parts]
        whole = {"cells": [*cells, code], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        data = json.dumps(whole, indent=1, ensure_ascii=len(parts) % 2 == 0).encode("utf-8", "replace")
        yield seen(decode(f"{source.name}, as a notebook", data, kind="notebook"))


def respelled(source: Source, findings: Sequence[Finding]) -> str:
    """The text of `source` with `findings` of its prose restored."""
    report = Report(source.prose, tuple(findings), Verdict("spun", 1.0, 1.0, 1.0, "", 1))
    return lift(source.view, report).restored if source.view else report.restored


def spun(source: Source, facts: data.Facts, chance: random.Random) -> Source:
    """`source` with its prose spun."""
    document = spin(source.prose, facts, 1.0, chance)
    findings, shift = [], 0
    for edit in document.edits:
        original = edit["original"][0]
        start = edit["start"] - shift
        if original != edit["spun"]:
            findings.append(Finding(start, start + len(original), original, edit["spun"]))
        shift += len(edit["spun"]) - len(original)
    text = respelled(source, findings)
    return seen(decode(source.name, text.encode("utf-8", "surrogateescape"), kind=source.kind, encoding="utf-8"))


# --- what a parser sees ----------------------------------------------------------------------------------------


def html(text: str) -> View:
    """As lxml sees it; a declaration of XML would make it refuse a string."""
    import lxml.html

    root = lxml.html.document_fromstring(re.sub(r"\A\s*<\?xml.*?\?>", "", text, flags=re.S))
    told: list[Any] = []
    for node in root.iter():
        known = isinstance(node.tag, str)
        told.append((node.tag, tuple(node.attrib.items())) if known else node.text)
        told += [node.text] if known and node.tag in NO_PROSE else []
    return told, "".join(root.itertext())


def markdown(text: str) -> View:
    """As markdown-it-py sees it."""
    from markdown_it import MarkdownIt

    from despin.text.protected import front_matter

    told: list[Any] = []
    prose: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text[front_matter(text) :]):
        told.append((token.type, token.tag, str(token.attrs), "" if token.type == "inline" else token.content))
        for child in token.children or ():
            if child.type == "text":
                prose.append(child.content)
            elif child.type != "softbreak":
                told.append((child.type, child.tag, str(child.attrs), child.content))
    return told, " ".join(prose)


def latex(text: str) -> View:
    """As pylatexenc sees it."""
    from pylatexenc import latexwalker as walker

    told: list[Any] = []
    prose: list[str] = []
    if "ltxdoc" in text or "ShortVerb" in text:  # of which it knows nothing
        text = re.sub(r"\|[^|]*\|", "", text)
    nodes, _, _ = walker.LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if node is None:
            continue
        if node.isNodeType(walker.LatexCharsNode):
            prose.append(node.chars)
            continue
        if node.isNodeType(walker.LatexMathNode) or node.isNodeType(walker.LatexCommentNode):
            told.append(node.latex_verbatim().strip())
            continue
        if getattr(node, "macroname", "") in tuple("%&$#_{}"):  # a sign of the text, escaped
            continue
        told.append((type(node).__name__, getattr(node, "macroname", ""), getattr(node, "envname", "")))
        inner = list(getattr(node, "nodelist", None) or ())
        arguments = getattr(node, "nodeargd", None)
        inner = [*(getattr(arguments, "argnlist", None) or ()), *inner]
        stack += reversed(inner)
    return told, " ".join(prose)


def rst(text: str) -> View:
    """As docutils sees it, with directives and roles that it does not know read generously."""
    from docutils import nodes
    from docutils.core import publish_doctree
    from docutils.parsers.rst import Directive, directives, roles

    class Generous(Directive):
        has_content, optional_arguments, final_argument_whitespace = True, 1000, True

        def run(self) -> list[Any]:
            from despin.readers.markup import rst as reader

            name = self.name.rpartition(":")[2]
            node = nodes.container(self.block_text.split("\n")[0] if name in reader._HOLDING else "")
            if name in reader._HOLDING | reader._SPEAKING | reader._VERSIONS:
                node["kind"] = name
                content = self.content
                self.state.nested_parse(content, self.content_offset, node)
                words = " ".join(self.arguments)
                return [nodes.paragraph(words, words), node] if name not in reader._HOLDING else [node]
            return [nodes.literal_block(self.block_text, self.block_text)]

    known, role_of = directives.directive, roles.role

    def directive(name: str, *rest: Any) -> Any:
        found, messages = known(name, *rest)
        return (found, messages) if found and name not in ("include", "raw", "class") else (Generous, [])

    def role(name: str, *rest: Any) -> Any:
        found, messages = role_of(name, *rest)
        return (found, messages) if found else (lambda n, raw, t, *more: ([nodes.literal(raw, t)], []), [])

    directives.directive, roles.role = directive, role
    try:
        quiet = {"report_level": 5, "halt_level": 5, "file_insertion_enabled": False, "raw_enabled": False}
        tree = publish_doctree(text, settings_overrides={**quiet, "_disable_config": True})
    finally:
        directives.directive, roles.role = known, role_of
    told: list[Any] = []
    prose: list[str] = []
    apart = (nodes.literal_block, nodes.literal, nodes.comment, nodes.target, nodes.math, nodes.reference, nodes.title)
    for node in tree.findall():
        if isinstance(node, nodes.Text):
            up = node.parent
            while up is not None and not isinstance(up, (*apart, nodes.system_message)):
                up = up.parent
            (prose if up is None else told).append(node.astext())
        elif isinstance(node, nodes.system_message):
            told.append(("message", node["level"]))
        else:
            told.append((type(node).__name__, str({k: v for k, v in node.attributes.items() if k != "backrefs"})))
    return told, " ".join(prose)


def notebook(text: str) -> View:
    """As nbformat sees it."""
    import nbformat

    known = json.loads(text)
    nbformat.validate(nbformat.from_dict(known))
    prose = []
    for cell in known["cells"]:
        if cell["cell_type"] == "markdown":
            prose.append("".join(cell.pop("source")))
    return [*(markdown(one)[0] for one in prose), known], "\n\n".join(prose)


def nothing(text: str) -> View:
    """No parser is at hand."""
    return [], text


PARSERS: dict[str, Callable[[str], View]] = {
    "html": html, "markdown": markdown, "rst": rst, "latex": latex, "notebook": notebook, "asciidoc": nothing,
    "subtitles": nothing,
}  # fmt: skip


def measured(kind: str, sources: Sequence[Source], facts: data.Facts) -> dict[str, Any]:
    """A row of the table."""
    chance = random.Random(7)
    texts = [spun(source, facts, chance) if k % 2 else source for k, source in enumerate(sources)]
    found = changed = bytes_off = structure = off = unread = 0
    begin = time.process_time()
    for source, report in zip(texts, check_many((one.prose for one in texts), Config()), strict=True):
        made = [one for one in report.findings if one.action == "restore"]
        own = Report(report.text, tuple(made), report.verdict)
        lifted = lift(source.view, own) if source.view else own
        after, place = lifted.restored, 0
        pieces = []
        for one in lifted.findings:
            pieces += [re.escape(source.text[place : one.start]), re.escape(one.original)]
            place = one.end
        bytes_off += "".join(pieces) + re.escape(source.text[place:]) != re.escape(after)
        found, changed = found + len(lifted.findings), changed + bool(lifted.findings)
        if not lifted.findings:
            continue
        signs = [Finding(f.start, f.end, f.found, f"Qx{k}xQ") for k, f in enumerate(made)]
        parser = PARSERS[kind]
        try:
            before, _ = parser(source.text)
        except Exception:  # what cannot be read before says nothing afterwards
            unread += 1
            continue
        now, (_, marked) = parser(after)[0], parser(respelled(source, signs))
        if before != now:
            structure += 1
            odd = next(((a, b) for a, b in zip(before, now, strict=False) if a != b), "length")
            print(f"  {source.name}: {str(odd)[:300]}")
        kept = len(re.findall(r"Qx\d+xQ", respelled(source, signs)))
        lost = kept - len(set(re.findall(r"Qx\d+xQ", marked)))
        if lost:
            print(f"  {source.name}: {lost} of {kept} off prose")
        off += lost
    return {
        "kind": kind, "pages": len(texts), "spun": len(texts) // 2, "changed": changed, "findings": found,
        "other bytes": bytes_off, "structure": structure, "off prose": off, "unread": unread,
        "seconds": round(time.process_time() - begin),
    }  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--only", default=",".join(PARSERS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    facts = data.read_facts([data.DICTIONARIES / "web.tsv"])
    rows = []
    for kind in options.only.split(","):
        sources = list(pages(options.folder, kind, options.pages))
        if kind == "notebook" and (missing := options.pages - len(sources)) > 0:
            sources += written_as_notebooks(list(pages(options.folder, "markdown", missing)))
        if sources:
            rows.append(measured(kind, sources, facts))
    show([Table("markup", "Pages of every kind, half of them spun", rows)], options.json)


if __name__ == "__main__":
    main()
