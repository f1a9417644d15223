"""What people would take instead of despin, each as a function of texts that returns nothing; for speed.py.

A peer that is not installed is named as missing, with what to type, and never guessed. None of them does what despin
does: what each is measured at is told beside it.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from despin.text.tokens import tokenise

Work = Callable[[], object]


class Missing(Exception):
    """A peer is not installed; the message is the name of its package."""


def aho_corasick(phrases: Iterable[str], texts: Sequence[str]) -> Work:
    """All occurrences of `phrases` in the lower-cased bytes of `texts`, wherever they begin and end."""
    try:
        import ahocorasick_rs
    except ImportError:
        raise Missing("ahocorasick_rs") from None
    found = ahocorasick_rs.BytesAhoCorasick([phrase.encode() for phrase in phrases])
    lowered = [text.lower().encode("utf-8", "surrogatepass") for text in texts]

    def run() -> None:
        for text in lowered:
            found.find_matches_as_indexes(text, overlapping=False)

    return run


def kenlm(training: Sequence[str], texts: Sequence[str], folder: Path) -> Work:
    """Scores of the sentences of `texts` by a trigram model of the `training` texts, its words split beforehand."""
    try:
        import kenlm
    except ImportError:
        raise Missing("kenlm") from None
    path = folder / "model.arpa"
    path.write_text(_arpa(map(_words, training)), encoding="utf-8")
    model = kenlm.Model(str(path))
    sentences = [" ".join(line) for text in texts for line in _sentences(_words(text))]

    def run() -> None:
        for sentence in sentences:
            model.score(sentence)

    return run


def ftfy(texts: Sequence[str]) -> Work:
    """Every text through ftfy.fix_text, which mends broken characters."""
    try:
        from ftfy import fix_text
    except ImportError:
        raise Missing("ftfy") from None

    def run() -> None:
        for text in texts:
            fix_text(text)

    return run


def command(name: str, arguments: Sequence[str], path: Path) -> Work:
    """A command-line tool over the file or folder at `path`, start included."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        raise Missing(name)

    def run() -> None:
        # They return 1 or 2 where they found something.
        subprocess.run(
            [found, *arguments, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        )

    return run


#: Command-line peers, with their arguments: one thread, reports only.
COMMANDS = {
    "codespell": ("codespell", []),
    "typos": ("typos", ["--threads", "1", "--format", "brief"]),
    "proselint": ("proselint", ["check"]),
}


def write(texts: Sequence[str], folder: Path) -> Path:
    """A file with all `texts`, for the commands."""
    path = Path(tempfile.mkstemp(suffix=".txt", dir=folder)[1])
    path.write_text("\n".join(texts), encoding="utf-8", errors="replace")
    return path


def _words(text: str) -> list[str]:
    tokens = tokenise([text])
    return [text[a:b].lower() for a, b in zip(tokens.start.tolist(), tokens.end.tolist(), strict=True)]


def _sentences(words: Sequence[str]) -> list[Sequence[str]]:
    ends = [place + 1 for place, word in enumerate(words) if word in ".!?"]
    return [words[a:b] for a, b in zip([0, *ends], [*ends, len(words)], strict=True) if a < b]


def _arpa(texts: Iterable[Sequence[str]]) -> str:
    """A trigram model in the ARPA format: relative frequencies, discounted by a half, and equal back-off weights. It is
    there to be asked, not to be right."""
    grams: list[Counter[tuple[str, ...]]] = [Counter() for _ in range(3)]
    for text in texts:
        for sentence in _sentences(text):
            words = ["<s>", *sentence, "</s>"]
            for order, counts in enumerate(grams, start=1):
                counts.update(tuple(words[k : k + order]) for k in range(len(words) - order + 1))
    grams[0]["<unk>",] += 1
    total = sum(grams[0].values())
    blocks = [["\\data\\", *(f"ngram {order}={len(counts)}" for order, counts in enumerate(grams, start=1)), ""]]
    for order, counts in enumerate(grams, start=1):
        lines = [f"\\{order}-grams:"]
        for gram, count in counts.items():
            context = total if order == 1 else grams[order - 2][gram[:-1]]
            score = math.log10(max(count - 0.5, 0.5) / context)
            lines.append(f"{score:.4f}\t{' '.join(gram)}" + ("" if order == 3 else "\t-0.4"))
        blocks.append([*lines, ""])
    return "\n".join(line for block in blocks for line in block) + "\\end\\\n"
