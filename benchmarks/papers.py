"""Are phrases found in papers, on the right page, and is nothing but words changed in documents? Prints tables.

    python benchmarks/papers.py [--texts FILE.jsonl] [--pdf FOLDER] [--papers 25] [--pages 1000] [--only own,real]

* own: papers of our own, one and two columns: the words of --texts (a "text" each) as LaTeX, phrases planted in them,
  also over line ends, columns and pages; TeX says on which page each stands. Needs pdflatex.
* real: PDFs under --pdf, as Debian's packages bring them. Phrases of two long words that pdfminer.six reads on one of
  their pages are the list: whether the reader sees the same words in the same order, on the same page. They do not
  overlap, and hold no half of a word that a line end cuts or an apostrophe divides: those are no phrases of the page.
  Why one is missed: its words are not in the prose so, or they are, and it touches what is taken for code.
* order: the same papers by PDFium through the reader, and by pdfminer.six: words in order, hyphens, seconds.
* memory: the whole command on a PDF of so many pages, a process of its own.
* word: documents made by python-docx, by LibreOffice, and as Word writes: phrases restored in place; all but the text
  of runs compared as XML, other members byte by byte, and the result opened by LibreOffice.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from papers_made import archive, column, pdf
from tables import Table, show

from despin import Config, check
from despin.readers import InputError, read, replace
from despin.text.protected import protected_spans

PLANTED = (
    ("counterfeit consciousness", "artificial intelligence"), ("colossal information", "big data"),
    ("irregular woodland", "random forest"), ("profound neural organization", "deep neural network"),
    ("bosom peril", "breast cancer"), ("flag to commotion", "signal to noise"), ("haze figuring", "cloud computing"),
    ("arbitrary timberland", "random forest"), ("straight relapse", "linear regression"),
)  # fmt: skip
WORD = re.compile(r"[A-Za-z]{5,}")
TEX = r"""\documentclass[10pt,a4paper,%s]{article}
\usepackage[T1]{fontenc}\usepackage{lmodern}\usepackage{fancyhdr}\pagestyle{fancy}
\fancyhead[L]{Journal of Rivers, vol. 3}\fancyhead[R]{A. Miller et al.}
\title{On rivers}\author{A. Miller}\begin{document}\maketitle
%s
\begin{thebibliography}{9}%s\end{thebibliography}\end{document}
"""


def texts_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line)["text"] for line in file]


def escaped(text: str) -> str:
    plain = text.encode("ascii", "ignore").decode()
    return re.sub(r"([&%$#_{}])", r"\\\1", re.sub(r"[\\^~<>|\"]", " ", plain))


def papers(
    texts: Sequence[str], count: int, columns: str, folder: Path
) -> Iterator[tuple[Path, list[tuple[str, int]], list[str]]]:
    """Papers of some 4,000 words: the file, each phrase that was planted with its page, and the words."""
    rng = random.Random(f"papers {columns}")
    for number in range(count):
        words: list[str] = []
        while len(words) < 4000:
            words += escaped(rng.choice(texts)).split()
        places = sorted(rng.sample(range(50, len(words) - 50), 2 * len(PLANTED)))
        planted = [rng.choice(PLANTED)[0] for _ in places]
        paragraphs, done, first = [], 0, 0
        for row, (place, phrase) in enumerate(zip(places, planted, strict=True)):
            paragraphs.append(f"{' '.join(words[done:place])} \\label{{p{row}}}{phrase}")
            done = place
            if place - first > 90:
                paragraphs.append("\n\n\\section{Of water}\n" if rng.random() < 0.3 else "\n\n")
                first = place
        paragraphs.append(" ".join(words[done:]))
        entry = "\\bibitem{k%d} A. Author. On counterfeit consciousness. \\emph{Things}, 12(%d):1--9, 19%d."
        entries = "\n".join(entry % (k, k, 60 + k) for k in range(20))
        name = folder / f"{columns}-{number}"
        name.with_suffix(".tex").write_text(TEX % (columns, " ".join(paragraphs), entries))
        subprocess.run(
            ["pdflatex", "-interaction=batchmode", f"-output-directory={folder}", f"{name}.tex"],
            stdout=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        pages = dict(re.findall(r"\\newlabel\{p(\d+)\}\{\{[^}]*\}\{(\d+)\}", name.with_suffix(".aux").read_text()))
        yield name.with_suffix(".pdf"), [(p, int(pages[str(row)])) for row, p in enumerate(planted)], words


Found = Counter[tuple[str, int | None]]


def found_in(path: Path, phrases: Path) -> tuple[Found, float, float, int, str]:
    """Phrases that are found, with their pages; seconds to read and to check; words; and the prose."""
    begin = time.perf_counter()
    source = read(str(path))
    middle = time.perf_counter()
    report = source.lift(check(source.prose, Config(dictionaries=(str(phrases),))))
    end = time.perf_counter()
    counted: Found = Counter()
    for one in report.findings:
        place = report.place(one.start)
        counted[one.entry.partition(":")[2], place.part.page if place else None] += 1
    return counted, middle - begin, end - middle, report.verdict.words, source.prose


def missed_as(phrases: Sequence[str], prose: str) -> Counter[str]:
    """Why each of the `phrases` was not found in `prose`; what stands around it goes to standard error."""
    spans = protected_spans(prose)
    why: Counter[str] = Counter()
    for phrase in phrases:
        there = re.search(r"\s+".join(map(re.escape, phrase.split())), prose, re.IGNORECASE)
        code = [prose[a:b] for a, b in spans if there and a < there.end() and there.start() < b]
        reason = "not in the prose" if there is None else "beside code" if code else "other"
        around = prose[max(there.start() - 40, 0) : there.end() + 40] if there else phrase
        print(f"missed, {reason}: {around!r} {[one[:60] for one in code]}", file=sys.stderr)
        why[reason] += 1
    return why


def compared(
    items: Iterator[tuple[Path, list[tuple[str, int]]]], label: str, phrases: Path | None, folder: Path
) -> dict[str, object]:
    planted = found = right = words = files = 0
    reading = checking = 0.0
    more = 0
    why: Counter[str] = Counter()
    for path, truth in items:
        listed = phrases or folder / "list.tsv"
        if phrases is None:
            listed.write_text("".join(f"{phrase}\tsomething else\n" for phrase in {p for p, _ in truth}))
        try:
            counted, read_s, check_s, size, prose = found_in(path, listed)
        except InputError as problem:
            print(f"{path}: {problem.message}", file=sys.stderr)
            continue
        files += 1
        planted += len(truth)
        wanted = Counter(truth)
        right += sum((wanted & counted).values())
        by_phrase, seen = Counter(p for p, _ in truth), Counter()
        for (phrase, _), number in counted.items():
            seen[phrase] += number
        found += sum((by_phrase & seen).values())
        more += sum((seen - by_phrase).values())
        why += missed_as([*(by_phrase - seen).elements()], prose)
        words, reading, checking = words + size, reading + read_s, checking + check_s
    return {
        "papers": label, "files": files, "words": words, "phrases": planted, "found": found / max(planted, 1),
        "page right": right / max(planted, 1), "not planted": more, "words/s read": int(words / max(reading, 1e-9)),
        "words/s checked": int(words / max(checking, 1e-9)), "missed": dict(why),
    }  # fmt: skip


def own(texts: Sequence[str], count: int) -> tuple[Table, Table]:
    rows, orders = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        listed = folder / "planted.tsv"
        listed.write_text("".join(f"{spun}\t{original}\n" for spun, original in PLANTED))
        for columns in ("onecolumn", "twocolumn"):
            made = list(papers(texts, count, columns, folder))
            rows.append(compared(((path, truth) for path, truth, _ in made), f"own, {columns}", listed, folder))
            orders += [order(columns, [(path, words) for path, _, words in made])]
    note = "the list of references, with a phrase in each of its 20 entries, is left out"
    return Table("own", "Phrases planted in papers of our own", rows, [note]), Table(
        "order", "Words in the order of reading (longest common subsequence), without references", orders
    )


def order(columns: str, made: Sequence[tuple[Path, list[str]]]) -> list[dict[str, object]]:
    from pdfminer.high_level import extract_text
    from rapidfuzz.distance import LCSseq

    def by_pdfminer(path: Path) -> str:
        return re.sub(r"(?<=\w)-\n+(?=[a-z])", "", extract_text(str(path)))

    rows = []
    for label, read_by in (("PDFium, despin", lambda path: read(str(path)).prose), ("pdfminer.six", by_pdfminer)):
        begin, same, total = time.perf_counter(), 0, 0
        texts = [read_by(path).split() for path, _ in made]
        seconds = time.perf_counter() - begin
        for words, (_, truth) in zip(texts, made, strict=True):
            expected = " ".join(truth).replace("---", "—").replace("--", "–").split()
            same += LCSseq.similarity(expected, words)
            total += len(expected)
        rows.append({"papers": columns, "by": label, "in order": same / total, "s a paper": seconds / len(made)})
    return rows


def real(folder: Path, count: int) -> Table:
    """Debian's PDFs: what pdfminer.six reads on a page is found there."""
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTTextContainer, LTTextLine

    rng = random.Random("real")
    paths = sorted(path for path in folder.rglob("*.pdf") if 30_000 < path.stat().st_size < 2_000_000)
    rng.shuffle(paths)

    def items() -> Iterator[tuple[Path, list[tuple[str, int]]]]:
        taken = 0
        for path in paths:
            if taken == count:
                return
            pages = []
            try:
                for page in extract_pages(str(path), maxpages=25):
                    lines = [line.get_text() for box in page if isinstance(box, LTTextContainer)
                             for line in box if isinstance(line, LTTextLine)]  # fmt: skip
                    pages.append(lines)
            except Exception as problem:
                print(f"{path}: pdfminer.six: {problem!r:.80}", file=sys.stderr)
                continue
            once = Counter(p for lines in pages for line in lines for p in phrases_of(line))
            text = " ".join(" ".join(line.split()) for lines in pages for line in lines).casefold()
            choice = []
            for number, lines in enumerate(pages, 1):
                for before, line in pairwise(lines[2:-3]):
                    own = [p for p in phrases_of(line) if once[p] == 1 and text.count(p) == 1]
                    if before.rstrip().endswith("-"):
                        own = [p for p in own if not line.startswith(p)]
                    choice += [(p, number) for p in own[:1]]  # one a line, so that none overlaps another
            if len(choice) >= 12 and english(text):
                taken += 1
                yield path, rng.sample(choice, 12)

    with tempfile.TemporaryDirectory() as name:
        row = compared(items(), "Debian", None, Path(name))
    return Table("real", "Phrases that pdfminer.six reads in PDFs of Debian's packages", [row])


def phrases_of(line: str) -> list[str]:
    """Two long words beside each other, in small letters."""
    return [f"{a} {b}" for a, b in re.findall(r"(?<![\w-])(?=([a-z]{5,}) ([a-z]{5,})(?![\w'’-]))", line)]


def english(text: str) -> bool:
    words = text.split()
    return sum(word in ("the", "of", "and", "is", "to") for word in words) > 0.1 * len(words)


def memory(texts: Sequence[str], pages: int) -> Table:
    words = escaped(" ".join(texts)).split()
    made = []
    for number in range(pages):
        start = number * 500 % max(len(words) - 500, 1)
        lines = [" ".join(words[at : at + 11]) for at in range(start, start + 500, 11)]
        made.append(column([*lines[:40], "of counterfeit consciousness."] if number == pages - 1 else lines))
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "list.tsv").write_text("counterfeit consciousness\tartificial intelligence\n")
        (folder / "one.pdf").write_bytes(pdf(made[-1:]))
        (folder / "long.pdf").write_bytes(pdf(made))
        for label, file in (("1 page", "one.pdf"), (f"{pages:,} pages", "long.pdf")):
            begin = time.perf_counter()
            code = (  # the peak of the program itself: that of getrusage has the parent's in it
                "import sys; from despin.cli import main; main(sys.argv[1:]);"
                "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
            )
            run = subprocess.run(
                [sys.executable, "-c", code, "--check", str(folder / file), "--dictionary", str(folder / "list.tsv")],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            *said, peak = run.stdout.splitlines()
            place = next((re.search(r"page \d+, line \d+", line) for line in said if "reads like" in line), None)
            rows.append({"PDF": label, "MB": (folder / file).stat().st_size / 1e6, "s": time.perf_counter() - begin,
                         "peak MB": int(peak) / 1e3, "found at": place[0] if place else "not found"})  # fmt: skip
    return Table("memory", "The whole command on a long PDF", rows)


# --- documents of Word ------------------------------------------------------------------------------------------------


def word(texts: Sequence[str], count: int) -> Table:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for label, make in (
            ("python-docx", by_python_docx),
            ("LibreOffice", by_libreoffice),
            ("as Word writes", as_word),
        ):
            rng = random.Random(label)
            made = changed = wrong = 0
            opened = 0
            for number in range(count):
                path = make(rng, rng.choice(texts)[:4000], folder / f"{label.replace(' ', '')}{number}.docx")
                before = path.read_bytes()
                source = read(str(path))
                after = re.sub(
                    r"\b(the|and|of)\b", lambda m: {"the": "a certain", "and": "&", "of": "by"}[m[0]], source.text
                )
                changed += after != source.text
                replace(source, after)
                made += 1
                wrong += read(str(path)).text.split() != after.split() or not unchanged(before, path.read_bytes())
                if number < 5:
                    opened += " ".join(by_office(path, folder).split()) != ""
            rows.append({"documents": label, "made": made, "changed": changed, "wrong": wrong,
                         "opened by LibreOffice": f"{opened} of {min(count, 5)}"})  # fmt: skip
    return Table("word", "Documents of Word, written in place", rows, ["wrong: other words, other XML, or other bytes"])


def unchanged(before: bytes, after: bytes) -> bool:
    """Whether all but the text of runs is as it was."""
    old, new = (zipfile.ZipFile(io.BytesIO(data)) for data in (before, after))
    text = re.compile(r'(<w:t(?=[ >])[^>]*?)(?: xml:space="preserve")?>[^<]*')
    if old.namelist() != new.namelist():
        return False
    for one in old.namelist():
        a, b = old.read(one), new.read(one)
        if a != b and text.sub(r"\1", a.decode()) != text.sub(r"\1", b.decode()):
            return False
    return True


def by_python_docx(rng: random.Random, text: str, path: Path) -> Path:
    import docx

    document = docx.Document()
    for paragraph in filter(str.strip, text.split("\n")):
        made, at = document.add_paragraph(), 0
        while at < len(paragraph):
            size = rng.randint(2, 40)
            run = made.add_run(paragraph[at : at + size])
            run.bold, run.italic = rng.random() < 0.3, rng.random() < 0.2
            at += size
    document.save(str(path))
    return path


def by_libreoffice(rng: random.Random, text: str, path: Path) -> Path:
    office(by_python_docx(rng, text, path.with_suffix(".in.docx")), path.parent, "odt")
    office(path.with_suffix(".in.odt"), path.parent, "docx")
    return path.with_suffix(".in.docx")


def as_word(rng: random.Random, text: str, path: Path) -> Path:
    """Runs with marks of revisions, spelling and bookmarks between them, insertions and deletions, as Word has them."""
    import html

    body, who = [], 'w:author="A" w:date="2020-01-01T00:00:00Z"'
    for paragraph in filter(str.strip, text.split("\n")):
        runs, at = [], 0
        while at < len(paragraph):
            size, number = rng.randint(2, 40), rng.randint(10, 99)
            content = html.escape(paragraph[at : at + size], quote=False)
            run = f'<w:r w:rsidRPr="00A{number}"><w:t xml:space="preserve">{content}</w:t></w:r>'
            kind = rng.random()
            if kind < 0.1:
                run = f'<w:ins w:id="{at}" {who}>{run}</w:ins>'
            elif kind < 0.2:
                run += f'<w:del w:id="{at}" {who}><w:r><w:delText>the</w:delText></w:r></w:del>'
            elif kind < 0.4:
                run = f'<w:proofErr w:type="spellStart"/>{run}<w:proofErr w:type="spellEnd"/>'
            runs.append(run)
            at += size
        body.append(f'<w:p w:rsidR="00B1"><w:pPr><w:jc w:val="both"/></w:pPr>{"".join(runs)}</w:p>')
    xml = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<w:document xmlns:w="http://schemas.openxmlformats.org/'
        f'wordprocessingml/2006/main"><w:body>{"".join(body)}<w:sectPr/></w:body></w:document>'
    )
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName='
        '"/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main'
        '+xml"/></Types>'
    )
    relations = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'officeDocument" Target="word/document.xml"/></Relationships>'
    )
    members = {"[Content_Types].xml": types, "_rels/.rels": relations, "word/document.xml": xml}
    path.write_bytes(archive({name: content.encode() for name, content in members.items()}))
    return path


def by_office(path: Path, folder: Path) -> str:
    office(path, folder, "txt:Text (encoded):UTF8")
    return path.with_suffix(".txt").read_text(encoding="utf-8-sig") if path.with_suffix(".txt").exists() else ""


def office(path: Path, folder: Path, to: str) -> None:
    subprocess.run(
        ["soffice", "--headless", "--convert-to", to, "--outdir", str(folder), str(path)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--texts", type=Path, default=Path(__file__).parents[2] / "shared" / "clean" / "clean-dev.jsonl"
    )
    parser.add_argument("--pdf", type=Path)
    parser.add_argument("--papers", type=int, default=25)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--only", default="own,real,memory,word")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    texts, only = texts_of(options.texts), options.only.split(",")

    def tables() -> Iterator[Table]:
        if "own" in only and shutil.which("pdflatex"):
            yield from own(texts, options.papers)
        if "real" in only and options.pdf:
            yield real(options.pdf, 2 * options.papers)
        if "memory" in only:
            yield memory(texts, options.pages)
        if "word" in only and shutil.which("soffice"):
            yield word(texts, options.papers)

    show(tables(), options.json)


if __name__ == "__main__":
    main()
