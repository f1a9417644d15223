"""How well are pages of other spinners restored, kind by kind?

    python benchmarks/families.py                    all tables
    python benchmarks/families.py --only written     texts of the project's own, in the manner of each kind

* `written`: tests/fixtures/families, whole and paragraph by paragraph; `[spun|original]` marks each substitution. They
  and the dictionaries are by the same hand, so that they tell whether what is known is also used, not how much there
  is to know.
* `observed`: word pairs seen on real spun pages (gold/observed-dev.jsonl), those of the pages that no entry was written
  from (`coverage.halves`). Sentences of texts that were not spun, with an original of such a pair, are put together to
  texts of one style, and all originals in them are replaced.
* `frames`: phrases seen on real spun pages (gold/wild-open.tsv), each in two sentences written for it in the manner of
  its kind (tests/fixtures/families/frames.tsv): alone, and all of a kind as one text.

*Offered*: the original is among the entries. *Restored*: it was written, or what was written has the same effect.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import data
from baselines import outcome
from coverage import halves
from edits import words_of
from metrics import Answers, Score, answers, compare
from tables import Table, to_json

from despin import check_many

FIXTURES = data.PROJECT / "tests" / "fixtures" / "families"
MARKED = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")
SENTENCE = re.compile(r"[^.!?\n]+[.!?]")
SENTENCES = 14  # of a text that is put together
EACH = 3  # sentences for one pair, at most


def marked(text: str, name: str = "") -> data.Document:
    """The document that a text with `[spun|original]` describes.

    >>> document = marked("A [colossal|big] dog.")
    >>> document.text, document.original
    ('A colossal dog.', 'A big dog.')
    """
    out, edits, end = "", [], 0
    for match in MARKED.finditer(text):
        out += text[end : match.start()]
        spun, original = match.groups()
        if spun != original:
            edits.append({"start": len(out), "end": len(out) + len(spun), "spun": spun, "original": [original]})
        out, end = out + spun, match.end()
    out += text[end:]
    return data.Document(name, out, rate=1.0, original=MARKED.sub(r"\2", text), edits=tuple(edits))


def written() -> Iterator[tuple[str, str, data.Document]]:
    """(kind, whole or paragraph, document) of the project's own texts."""
    for path in sorted(FIXTURES.glob("*.txt")):
        text = path.read_text(encoding="utf-8").strip()
        yield path.stem, "whole", marked(text, path.stem)
        for part in text.split("\n\n"):
            yield path.stem, "paragraph", marked(part, path.stem)


def observed(folder: Path) -> Iterator[tuple[str, str, data.Document]]:
    """(style, "texts", document) with the pairs of unseen pages."""
    _, unseen = halves(data.observed(folder))
    texts = [document.original for document in data.web(folder)]
    sentences = [match[0].strip() for text in texts for match in SENTENCE.finditer(text)]
    for style in sorted({page["style"] for page in unseen}):
        pairs = {
            pair["original"].lower(): pair["spun"].lower()
            for page in unseen if page["style"] == style
            for pair in page["edits"] if not pair["name"] and pair["original"].strip()
        }  # fmt: skip
        if not pairs:
            continue
        longest = sorted(pairs, key=len, reverse=True)
        pattern = re.compile(r"\b(" + "|".join(map(re.escape, longest)) + r")\b")
        times, chosen = dict.fromkeys(pairs, 0), []
        for sentence in sentences:
            found = {match[1] for match in pattern.finditer(sentence)}
            if 30 < len(sentence) < 220 and any(times[one] < EACH for one in found):
                chosen.append(_spun(sentence, pattern, pairs))
                for one in found:
                    times[one] += 1
        for begin in range(0, len(chosen) - SENTENCES // 2, SENTENCES):
            yield style, "texts", marked(" ".join(chosen[begin : begin + SENTENCES]), style)


def _spun(sentence: str, pattern: re.Pattern[str], pairs: dict[str, str]) -> str:
    return pattern.sub(lambda match: f"[{pairs[match[1]]}|{match[1]}]", sentence)


def frames(folder: Path) -> Iterator[tuple[str, str, data.Document]]:
    """(family, alone or together, document) with the phrases of wild-open.tsv."""
    lines = (FIXTURES / "frames.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    frame = {(family, original): sentences for family, original, sentences in rows}
    together: dict[str, list[str]] = {}
    for line in (folder / "gold" / "wild-open.tsv").read_text(encoding="utf-8").splitlines()[2:]:
        spun, original, family = line.split("\t")[:3]
        if (family, original) in frame:
            text = frame[family, original].replace("{}", f"[{spun}|{original}]")
            together.setdefault(family, []).append(text)
            yield family, "alone", marked(text, original)
    for family, texts in together.items():
        yield family, "together", marked(" ".join(texts), family)


def table(name: str, title: str, rows: Sequence[tuple[str, str, data.Document]], facts: data.Facts) -> Table:
    """One row a kind, and sort of text."""
    reports = list(check_many(document.text for *_, document in rows))
    found: list[dict[str, Any]] = []
    for key in dict.fromkeys((kind, sort) for kind, sort, _ in rows):
        these = [n for n, (kind, sort, _) in enumerate(rows) if (kind, sort) == key]
        score, places, offered, families = Score(), Answers(), [], []
        for n in these:
            document, report = rows[n][2], reports[n]
            text, gold = document.gold()
            score += compare(outcome(report).edits, gold, text.words, effect=True).score
            places += answers(outcome(report).edits, gold)
            offered += [facts.reaches(words_of(edit["spun"]), words_of(edit["original"][0])) for edit in document.edits]
            families.append(report.verdict.family)
        named = max(set(families), key=families.count)
        row = {"kind": key[0], "texts": f"{len(these)} {key[1]}", "judged spun": sum(map(bool, families))}
        row |= {"edits": len(offered), "offered": sum(offered) / max(len(offered), 1), "restored": score.recall}
        if key[1] not in ("alone", "together"):  # there nobody says what else was substituted
            row |= {"precision": score.precision, "hard precision": places.hard_precision}
        found.append(row | {"named": named or "none"})
    return Table(name, title, found)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=data.DATA)
    parser.add_argument("--only", choices=("written", "observed", "frames"))
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args(arguments)
    facts = data.read_facts(data.dictionary_files())
    made = {
        "written": ("Texts of our own", lambda: written()),
        "observed": ("Pairs of unseen pages, in sentences of news", lambda: observed(options.data)),
        "frames": ("Phrases of real pages, in two sentences each", lambda: frames(options.data)),
    }
    names = [options.only] if options.only else list(made)
    tables = [table(name, made[name][0], list(made[name][1]()), facts) for name in names]
    print(to_json(tables) if options.json else "\n\n".join(map(str, tables)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
