"""Tortured phrases that were never listed: is the term among what `lookup` answers?

    python benchmarks/tortured.py PHRASES --papers arxiv.txt.xz --corpus wikipedia.txt.xz --like dictionaries/en/web.tsv

Five folds by expected term: all phrases of one term, its plural and its spelling with a hyphen, lie in one fold, and
everything is learned from the other four: entries, proposals and their weights. So the term, and mostly the phrase, are
new, and what is measured is what their parts and the language model give. Phrases that stand in the other four
folds too, for another term, are told apart, as *listed*; and *seen* is a measure of memory: phrases looked up with what
was learned from them.

hit@k: a term of the line is among the first k answers, in words: case, hyphens and blanks aside. *lemma*: the number
and the form of its words aside as well.
"""

from __future__ import annotations

import argparse
import random
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np
from tables import Table, to_json

from despin.dictionary import phrase_lookup
from despin.dictionary.dictionary import Dictionary
from despin.dictionary.entry import DictionaryFile, Entry
from despin.dictionary.entry import parse as parse_dictionary
from despin.dictionary.files import folder
from despin.dictionary.formats.detect import written
from despin.dictionary.proposals import Proposals, columns
from despin.language_model.model import LanguageModel
from despin.language_model.model_file import open_model
from despin.learn.academic.learn import Result, base_form, learn
from despin.learn.academic.similar import Graph
from despin.learn.academic.terms import Listed, read
from despin.learn.academic.vectors import Vectors
from despin.learn.commands.academic import graph, vectors_of, word_forms
from despin.learn.commands.shared import Talk
from despin.learn.files import lines

FOLDS = 5
AT = (1, 5, 10)
Variant = tuple[str, dict[str, float], bool, bool, bool]
# name, constants of `lookups`, proposals?, other dictionaries?, vectors?
VARIANTS: tuple[Variant, ...] = (
    ("entries, channel only", {"CONTEXT": 0.0, "COMMON": 0.0}, False, False, True),
    ("entries + language model", {}, False, False, True),
    ("… + proposals by vectors", {}, True, False, True),
    ("… + proposals by dictionaries", {}, True, True, False),
    ("all", {}, True, True, True),
)


def term_key(words: Sequence[str], lemma: Callable[[str], str] = str) -> str:
    """A term, hyphens and blanks aside.

    >>> term_key(["long", "-", "term", "memory"]) == term_key(["long", "term", "memory"])
    True
    """
    return "".join(lemma(word) for word in words if word != "-")


def fold(one: Listed, lemma: Callable[[str], str]) -> int:
    """Which fold a line belongs to: decided by its term alone."""
    return zlib.crc32(term_key(one.terms[0], lemma).encode()) % FOLDS


def rank(one: Listed, answers: Sequence[str], lemma: Callable[[str], str] = str) -> int:
    """The place of the first answer that is a term of `one`, from 0; `max(AT)` if there is none."""
    right = {term_key(term, lemma) for term in one.terms}
    keys = list(
        dict.fromkeys(term_key(answer.replace("-", " ").replace("'s", " 's").split(), lemma) for answer in answers)
    )
    return next((place for place, key in enumerate(keys) if key in right), max(AT))


def without_vectors(vectors: Vectors) -> Vectors:
    """The same words, near nothing."""
    return Vectors(vectors.words, vectors.counts, vectors.papers, np.zeros_like(vectors.vectors[:, :1]))


def dictionary_of(result: Result, others: Sequence[DictionaryFile]) -> Dictionary:
    """What was learned as the family `academic`, beside other families."""
    entries = tuple(Entry(one.spun, one.original, "academic", one.seen, one.of) for one in result.entries)
    return Dictionary.of([DictionaryFile("academic", entries, "", partial=True), *others])


def proposals_of(result: Result) -> Proposals:
    """The proposals as a file would hold them."""
    held = columns(result.proposals, {})
    phrases = tuple(held["phrases"].tobytes().decode().split("\n"))
    rows = {phrases[k]: row for row, k in enumerate(held["words"].tolist())}
    return Proposals(phrases, rows, held["first"].astype(np.int64), held["original"], held["code"])


def measure(
    listed: Sequence[Listed], vectors: Vectors, graphs: Sequence[Graph], others: Sequence[DictionaryFile],
    model: LanguageModel, limit: int, variants: Sequence[Variant], talk: Talk,
) -> Iterator[dict[str, object]]:  # fmt: skip
    """One row a variant and group of phrases."""
    forms, inflect = word_forms()

    def lemma(word: str) -> str:
        return base_form(word, forms)

    hits: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for k in range(FOLDS):
        train = [one for one in listed if fold(one, lemma) != k]
        known = {one.spun for one in train}
        rng = random.Random(k)
        test = rng.sample(held := [one for one in listed if fold(one, lemma) == k], min(limit, len(held)))
        memory = rng.sample(train, min(limit // 4, len(train)))
        words = {word for one in [*test, *memory] for word in one.spun}
        learned: dict[tuple[bool, bool], Result] = {}
        for name, constants, proposing, like, near in variants:
            talk.progress(f"fold {k + 1}: {name}")
            if (like, near) not in learned:
                learned[like, near] = learn(
                    train,
                    forms,
                    inflect,
                    vectors if near else without_vectors(vectors),
                    graphs if like else (),
                    only=words,
                )
            result = learned[like, near]
            dictionary = dictionary_of(result, others if like else ())
            proposals = proposals_of(result) if proposing else None
            with patch.multiple(phrase_lookup, **(constants or {"MAX_READINGS": phrase_lookup.MAX_READINGS})):
                for group, phrases in (("new", test), ("seen", memory if proposing and like and near else [])):
                    for one in phrases:
                        asked = written(one.spun)
                        answers = [a.original for a in phrase_lookup.lookup(asked, dictionary, model, proposals)]
                        count = hits[name, "listed" if group == "new" and one.spun in known else group]
                        count["phrases"] += 1
                        for label, how in (("", str), ("lemma ", lemma)):
                            place = rank(one, answers, how)
                            for at in AT:
                                count[f"{label}hit@{at}"] += place < at
        done = hits["all", "new"]
        print(f"{k + 1} folds: hit@1 {done['hit@1'] / max(done['phrases'], 1):.3f}", file=sys.stderr)
    for (name, group), count in hits.items():
        row: dict[str, object] = {"variant": name, "phrases": group, "number": count["phrases"]}
        yield row | {key: number / count["phrases"] for key, number in sorted(count.items()) if key != "phrases"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("phrases", type=Path, help="the list: phrase, term, papers, separated by tabs")
    parser.add_argument("--papers", type=Path, action="append", default=[], help="plain text of papers")
    parser.add_argument("--corpus", type=Path, action="append", default=[], help="other plain text")
    parser.add_argument("--like", type=Path, action="append", default=[], help="dictionaries of other spinners")
    parser.add_argument("--vectors", type=Path, help="keep the word vectors here (.npz)")
    parser.add_argument("--limit", type=int, default=10**6, help="phrases of a fold")
    parser.add_argument("--only", action="append", help="variants, by the start of their names")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    listed, _ = read(lines(options.phrases))
    talk = Talk(quiet=False)
    vectors = vectors_of(listed, options.papers, options.corpus, talk, options.vectors)
    others = [parse_dictionary(path.read_text(encoding="utf-8"), str(path)) for path in options.like]
    variants = [v for v in VARIANTS if not options.only or any(v[0].startswith(name) for name in options.only)]
    model = open_model(folder("en") / "model.ngrams")
    rows = list(
        measure(listed, vectors, [graph(path) for path in options.like], others, model, options.limit, variants, talk)
    )
    table = Table("tortured", "Tortured phrases, five folds by expected term", rows)
    print(to_json([table]) if options.json else table)


if __name__ == "__main__":
    main()
