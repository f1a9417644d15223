"""Time per megabyte of inputs that are hard, against ordinary text: everything should stay within three times of it.

Usage: python benchmarks/pathological.py [--megabytes N] [NAME ...]

Each input is one document, read as a file of its kind is, checked, lifted onto its source, restored and reported as
JSON, in a process of its own, so that its peak of memory can be told. Ordinary text is many documents of the length of
an article. `reading` is the part that is the readers' and `unmask`'s own. Growth is that of the time when the input is
four times as large: 4 is linear. Times are those of the processor, so that other programs do not count.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
ARTICLE = (ROOT / "tests" / "fixtures" / "spun" / "behind-the-scenes.txt").read_text(encoding="utf-8")
FIXTURES = sorted((ROOT / "tests" / "fixtures" / "clean").glob("*.txt"))
CLEAN = "\n\n".join(path.read_text(encoding="utf-8") for path in FIXTURES)


END = "\x1e"  # between two documents


def filled(piece: str) -> Callable[[int], str]:
    """Text of some size, made of one piece over and over."""
    return lambda size: piece * (size // len(piece.encode("utf-8", "surrogateescape")) + 1)


def _paragraphs(text: str) -> str:
    return "".join(f"<p class='x'>{line}</p>\n" for line in text.split("\n") if line)


#: Name → (kind, text of about so many bytes).
INPUTS: dict[str, tuple[str, Callable[[int], str]]] = {
    "ordinary text": ("text", filled(CLEAN + END)),
    "ordinary spun text": ("text", filled(ARTICLE + END)),
    "one document": ("text", filled(CLEAN + "\n\n")),
    "one spun document": ("text", filled(ARTICLE + "\n\n")),
    "ordinary page": ("html", filled(_paragraphs(CLEAN))),
    "ordinary Markdown": ("markdown", filled(CLEAN.replace("\n", "\n\n") + "\n\n")),
    "one line": ("text", filled(CLEAN.replace("\n", " ") + " ")),
    "one line, spun": ("text", filled(ARTICLE.replace("\n", " ") + " ")),
    "one line without a full stop": ("text", filled(CLEAN.replace("\n", " ").replace(".", ",") + " ")),
    "tiny paragraphs": ("text", filled("a\n\n")),
    "tiny paragraphs of Markdown": ("markdown", filled("a\n\n")),
    "tiny list items of Markdown": ("markdown", filled("- a\n")),
    "blanks": ("text", filled(" ")),
    "line breaks": ("text", filled("\n")),
    "one word": ("text", filled("collectively ")),
    "one phrase": ("text", filled("in regards to ")),
    "one phrase, line by line": ("text", filled("in regards to\n")),
    "one letter": ("text", filled("a")),
    "apostrophes": ("text", filled("'")),
    "digits and points": ("text", filled("1,2.")),
    "at signs": ("text", filled("a@")),
    "points": ("text", filled("a.")),
    "open tags in a text": ("text", filled("<a ")),
    "ticks": ("text", filled("`a")),
    "deep page": ("html", filled("<div>")),
    "deep inline page": ("html", filled("<b>a ")),
    "tag soup": ("html", filled("<b>a</i> <p>b</ul></p")),
    "open attributes": ("html", filled("<a b='")),
    "open comments": ("html", filled("<!--")),
    "less-than signs": ("html", filled("<")),
    "entities": ("html", filled("&amp;")),
    "ampersands": ("html", filled("&")),
    "phrase across tags": ("html", filled("<i>in</i> <b>regards</b> to <u>it</u> ")),
    "brackets": ("markdown", filled("[")),
    "links": ("markdown", filled("[a](b) ")),
    "half links": ("markdown", filled("[a](b ")),
    "asterisks": ("markdown", filled("*a ")),
    "quotations in quotations": ("markdown", filled(">")),
    "zero width": ("text", filled("bo\u200bsom p\u200beril ")),
    "look-alikes": ("text", filled("bоsоm pеril ")),
    "accents": ("text", filled("e\u0301a\u0300 ")),
    "Russian": ("text", filled("Мост закрыли в понедельник. ")),
    "emoji": ("text", filled("👩‍👩‍👧 ")),
    "broken bytes": ("bytes", filled("a \udcff\udcfe b ")),
}


def _measure(name: str, size: int, sink: multiprocessing.Queue[tuple[float, float, int, int]]) -> None:
    sys.path.insert(0, str(ROOT / "src"))
    import despin
    from despin.readers.kinds import seen
    from despin.readers.source import decode
    from despin.renderers.json import line
    from despin.results.lift import lift
    from despin.text.unmask import unmask

    kind, make = INPUTS[name]
    data = make(size).encode("utf-8", "surrogateescape")
    despin.check(ARTICLE)
    seen(decode("a", b"<p>a</p>", kind="html"))
    seen(decode("a", b"a\n\n- b", kind="markdown"))
    unmask("bo\u200bsom")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    kind = "text" if kind == "bytes" else kind
    sources = [seen(decode("a", document, kind=kind)) for document in data.split(END.encode()) if document]
    views = [unmask(source.prose) for source in sources]
    read = time.process_time() - start
    for source, view, plain in zip(sources, views, despin.check_many(view.text for view in views), strict=True):
        report = source.lift(lift(view, plain))
        source.encode(report.restored)
        line(report, "a")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    sink.put((time.process_time() - start, read, len(data), peak))


def measure(name: str, size: int) -> tuple[float, float, float]:
    """Seconds a megabyte in all, those of reading, and bytes of memory a byte of input."""
    context = multiprocessing.get_context("spawn")
    sink: multiprocessing.Queue[tuple[float, float, int, int]] = context.Queue()
    process = context.Process(target=_measure, args=(name, size, sink))
    process.start()
    while process.is_alive() and sink.empty():
        time.sleep(0.02)
    if sink.empty():
        raise RuntimeError(f"{name}: the process died (code {process.exitcode})")
    total, read, length, peak = sink.get()
    process.join()
    return total / length * 1e6, read / length * 1e6, peak * 1024 / length


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="these inputs only")
    parser.add_argument("--megabytes", type=float, default=1.0, help="of each input (default: 1)")
    options = parser.parse_args()
    size = int(options.megabytes * 1e6)
    ordinary = max(measure(name, size)[0] for name in ("ordinary text", "ordinary spun text"))
    print(f"ordinary text: {ordinary:.2f} s/MB\n")
    print("| input | s/MB | times ordinary | of it reading | memory, bytes a byte | growth |")
    print("|---|---|---|---|---|---|")
    for name in options.names or INPUTS:
        small = measure(name, size // 4)[0]
        total, read, memory = measure(name, size)
        print(
            f"| {name} | {total:.2f} | {total / ordinary:.1f} | {read:.2f} | {memory:.0f} | {4 * total / small:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
