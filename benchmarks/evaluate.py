"""How good is despin? Prints the tables of docs/evaluation.md, despin beside three baselines.

    python benchmarks/evaluate.py                       everything; needs the data folder (--data, ../shared)
    python benchmarks/evaluate.py --only web --limit 20 one table, on 20 documents a spin rate or register
    python benchmarks/evaluate.py --json > tables.json  for machines

Each table is one function of `Bench`, below; what the columns mean is in edits.py and metrics.py, the
texts come from data.py, the systems from baselines.py.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import ablation
import baselines
import data
import edits
import metrics
import numpy as np
import spinner
from baselines import Outcome, System
from data import Document
from metrics import Score
from tables import Table, to_json

from despin import Config, check_many
from despin.dictionary.files import Tier, tier_of

LENGTHS = (50, 100, 200, 0)
"""Words of the pieces that are judged; 0: whole documents."""
FAMILY_WORDS = 300
FAMILY_REPLACED = 0.6  # share of the keys that a spinner of a family without counts is taken to replace
CONTEXT = 2
"""Tokens on either side of a gold edit that the oracle may use: an entry can be longer than the edit it makes."""


class Bench:
    """The data, the systems, and what each system made of each set of texts, computed once."""

    def __init__(self, folder: Path, dictionaries: Path, limit: int | None, systems: Sequence[str]) -> None:
        self.folder, self.dictionaries, self.limit = folder, dictionaries, limit
        self.wanted = systems
        self._made: dict[tuple[Any, ...], list[Outcome]] = {}

    @cached_property
    def web(self) -> list[Document]:
        return data.web(self.folder, self.limit)

    @cached_property
    def clean(self) -> list[Document]:
        return data.clean(self.folder, self.limit)

    @cached_property
    def seeds(self) -> list[Document]:
        return data.seeds(self.folder)

    @cached_property
    def facts(self) -> data.Facts:
        """Of the families known whole: what the baselines and the oracle for their texts know."""
        return data.read_facts(data.dictionary_files(self.dictionaries, Tier.WHOLE))

    @cached_property
    def everything(self) -> data.Facts:
        return data.read_facts(data.dictionary_files(self.dictionaries))

    @cached_property
    def rates(self) -> list[float]:
        return sorted({document.rate for document in self.web}, reverse=True)

    @cached_property
    def systems(self) -> dict[str, System]:
        """The wanted systems that can run here; why one cannot is said on stderr."""
        made: dict[str, System] = {}
        for name in self.wanted:
            if name == "despin":
                made[name] = baselines.despin
            elif name == "despin quick":
                made[name] = baselines.despin_quick
            elif name == "perplexity":
                try:
                    made[name] = baselines.Perplexity(self.dictionaries / "model.ngrams")
                except (OSError, ImportError) as problem:
                    print(f"evaluate: perplexity is left out: {problem}", file=sys.stderr)
            elif not self.facts.originals:
                print(f"evaluate: {name} is left out: there is no dictionary in {self.dictionaries}", file=sys.stderr)
            elif name == "fixed map":
                made[name] = baselines.FixedMap(self.facts)
            else:
                tuned = baselines.FrequencyOnly.tuned(self.facts, self.web)
                print(f"evaluate: {name}: threshold {tuned.threshold} on every second document", file=sys.stderr)
                made[name] = tuned
        return made

    @property
    def restoring(self) -> list[str]:
        return [name for name in self.systems if name != "perplexity"]

    def outcomes(self, system: str, key: str, texts: Iterable[str], *more: Any) -> list[Outcome]:
        """What `system` makes of `texts`; `key` and `more` name the set."""
        where = (system, key, *more)
        if where not in self._made:
            self._made[where] = list(self.systems[system](list(texts)))
        return self._made[where]

    def on_web(self, system: str, rate: float) -> list[tuple[Document, Outcome]]:
        documents = [document for document in self.web if document.rate == rate]
        return list(zip(documents, self.outcomes(system, "web", (d.text for d in documents), rate, 0), strict=True))

    def on_clean(self, system: str) -> list[tuple[Document, Outcome]]:
        made = self.outcomes(system, "clean", (d.text for d in self.clean), 0)
        return list(zip(self.clean, made, strict=True))

    # --- the tables --------------------------------------------------------------------------------------------

    def table_seeds(self) -> Table:
        rows = []
        for system in self.restoring:
            made = self.outcomes(system, "seeds", (document.text for document in self.seeds))
            for document, outcome in zip(self.seeds, made, strict=True):
                strict, effect = _score(document, outcome)
                row = {"system": system, "document": document.name, "edits": len(outcome.edits)}
                if document.edits:
                    row |= {"right": strict.right, "wrong": strict.wrong, "missed": strict.missed}
                    row |= {"right by effect": effect.found, "wrong by effect": effect.wrong}
                    text, gold = document.gold()
                    right, extra = metrics.by_effect(outcome.edits, gold, text.words)
                    row |= {"right, outside count": right, "extra": extra}
                if outcome.probability is not None:
                    row |= {"probability": outcome.probability, "LLR": outcome.score[1]}
                rows.append(row)
        gold = [edit for document in self.seeds for edit in document.gold()[1]]
        counted, stands = sum(edit.counts for edit in gold), sum(edit.stands and not edit.optional for edit in gold)
        note = f"{counted} gold edits count; {stands} more would be right, but accept the words as they stand;"
        return Table("seeds", "The example article, and two of the same kind that were not spun", rows, (
            f"{note} {sum(edit.optional for edit in gold)} are optional.",
        ))  # fmt: skip

    def table_web(self) -> Table:
        rows = []
        for system in self.restoring:
            for rate in self.rates:
                made = self.on_web(system, rate)
                scores = [_score(*pair) for pair in made]
                strict, effect = sum((s for s, _ in scores), Score()), sum((e for _, e in scores), Score())
                row = {"system": system, "rate": rate, "documents": len(made), "P": strict.precision}
                row |= {"R": strict.recall, "F0.5": strict.f(), "F0.5 by effect": effect.f()}
                row["error reduction"] = _error_reduction(made)
                known = [o.probability for _, o in made if o.probability is not None]
                if known:
                    row["mean probability"] = sum(known) / len(known)
                    row["judged spun"] = sum(bool(o.spun) for _, o in made)
                rows.append(row)
        gold = [edit for document in self.web for edit in document.gold()[1]]
        empty = sum(not edit.accepted for edit in gold)
        return Table("web", "Restoring unseen news, spun by the web family", rows, (
            f"{len(gold)} gold edits, {empty} of them empty once minimised. The baseline's threshold saw half of it.",
        ))  # fmt: skip

    def table_answers(self) -> Table:
        """Was it substituted, and by what? At the default thresholds; and wordings alone, at the best threshold."""
        rows = []
        systems = [system for system in self.systems if system.startswith("despin")]
        for system, rate in itertools.product(systems, self.rates):
            made = self.on_web(system, rate)
            golds = [document.gold()[1] for document, _ in made]
            both = sum((metrics.answers(o.edits, g) for (_, o), g in zip(made, golds, strict=True)), metrics.Answers())
            best, threshold = baselines.best_f(made)
            rows.append({
                "system": system, "rate": rate, "hard precision": both.hard_precision, "coverage": both.coverage,
                "exactness": both.exactness, "F0.5": sum((_score(*pair)[0] for pair in made), Score()).f(),
                "F0.5, best threshold": best, "threshold": threshold,
            })  # fmt: skip
        return Table("answers", "Was it substituted, and by what? Unseen news", rows, (
            "At the defaults, but for the last two: there the confidence of the wording alone decides.",
        ))  # fmt: skip

    def table_oracle(self) -> Table:
        sets = [(f"web, rate {rate}", [d for d in self.web if d.rate == rate]) for rate in self.rates]
        rows = []
        for name, documents in [*sets, ("example article", self.seeds[:1])]:
            reached = [flag for document in documents for flag in self._reachable(document)]
            rows.append({"set": name, "gold edits": len(reached), "oracle recall": _share(reached)})
        return Table("oracle", "Oracle recall: share of gold edits whose original the dictionaries offer", rows)

    def _reachable(self, document: Document) -> Iterable[bool]:
        text = edits.tokenise(document.text)
        words = text.words
        for gold in document.edits:
            if gold.get("optional"):
                continue
            wholes = [edits.edit_of_span(text, gold["start"], gold["end"], one) for one in gold["original"]]
            yield any(
                self.facts.reaches(
                    words[max(0, edit.first - before) : edit.last + after],
                    words[max(0, edit.first - before) : edit.first] + edit.words + words[edit.last : edit.last + after],
                )
                for edit in wholes
                for before in range(CONTEXT + 1)
                for after in range(CONTEXT + 1)
            )

    def table_clean(self) -> Table:
        rows = []
        for system in self.restoring:
            made = self.on_clean(system)
            registers = list(dict.fromkeys(document.register for document, _ in made))
            each = [self._false(r, [(d, o) for d, o in made if d.register == r]) for r in registers]
            worst = max(each, key=lambda row: row["per 10,000"])
            every = [self._false("all", made), worst | {"register": f"worst: {worst['register']}"}]
            originals = self.outcomes(system, "originals", (d.original for d in self.web), 0)
            as_clean = [Document(d.name, d.original) for d in self.web]
            every.append(self._false("(originals of web)", list(zip(as_clean, originals, strict=True))))
            rows += [{"system": system} | row for row in (each if system == "despin" else []) + every]
        return Table("clean", "False edits on texts that were not spun", rows)

    @staticmethod
    def _false(register: str, made: Sequence[tuple[Document, Outcome]]) -> dict[str, Any]:
        words = sum(edits.count_words(document.text) for document, _ in made)
        false = sum(len(outcome.edits) for _, outcome in made)
        row = {"register": register, "documents": len(made), "words": words, "edits": false}
        row["per 10,000"] = false / max(words, 1) * 10_000
        if any(outcome.spun is not None for _, outcome in made):
            row["judged spun"] = sum(bool(outcome.spun) for _, outcome in made)
        return row

    def table_detection(self) -> Table:
        rows = []
        for system in self.systems:
            for length in LENGTHS:
                clean = self._scores(system, "clean", (d.text for d in self.clean), length)
                clean += self._scores(system, "originals", (d.original for d in self.web), length)
                for rate in self.rates:
                    texts = (d.text for d in self.web if d.rate == rate)
                    spun = self._scores(system, "web", texts, rate, length)
                    ranks = metrics.ranks(spun + clean)
                    high, low = ranks[: len(spun)], ranks[len(spun) :]
                    rows.append({
                        "system": system, "words": str(length or "whole"), "rate": rate,
                        "spun": len(spun), "clean": len(clean), "AUROC": metrics.auroc(high, low),
                        "TPR@1%": metrics.tpr_at_fpr(high, low, 0.01), "TPR@0.1%": metrics.tpr_at_fpr(high, low, 0.001),
                    })  # fmt: skip
        title = "Detection: pieces of spun news against pieces of every clean register and the news before spinning"
        return Table("detection", title, rows)

    def _scores(self, system: str, key: str, texts: Iterable[str], *more: Any) -> list[tuple[float, ...]]:
        cut = (piece for text in texts for piece in data.pieces(text, more[-1]))
        return [outcome.score for outcome in self.outcomes(system, key, cut, *more)]

    def table_calibration(self) -> Table:
        spun = [pair for rate in self.rates for pair in self.on_web("despin", rate)]
        sets = {"spun": spun, "spun and clean": spun + self.on_clean("despin")}
        rows, notes = [], []
        for (name, made), (answer, judge) in itertools.product(sets.items(), JUDGEMENTS.items()):
            judged = [judgement for pair in made for judgement in judge(*pair)]
            bins, error = metrics.calibration([c for c, _ in judged], [r for _, r in judged])
            notes.append(f"Expected calibration error, {answer}, {name}: {error:.4f} ({len(judged):,} findings)")
            rows += [
                {"texts": name, "answer": answer, "probability": f"{b.low:.1f}–{b.low + 0.1:.1f}"}
                | {"findings": b.findings, "mean": b.confidence, "share right": b.right}
                for b in bins
            ]
        return Table("calibration", "Calibration of both answers of findings, suggestions included", rows, notes)

    def table_unknown(self) -> Table:
        """Unseen news without the dictionary of its spinner: as if nobody had met it."""
        names = tuple(p.stem for p in data.dictionary_files(self.dictionaries) if tier_of(p) != Tier.WHOLE)
        if not names:
            raise ValueError("there are no dictionaries but those known whole")
        rows = []
        for rate in self.rates:
            documents = [document for document in self.web if document.rate == rate]
            made = list(
                zip(documents, baselines.despin([d.text for d in documents], Config(dictionaries=names)), strict=True)
            )
            score = sum((_score(*pair)[0] for pair in made), Score())
            judged = sorted((judgement for pair in made for judgement in _judgements(*pair)), reverse=True)
            right = np.cumsum([flag for _, flag in judged])
            precise = np.flatnonzero(right >= 0.8 * np.arange(1, len(right) + 1))
            rows.append({
                "rate": rate, "documents": len(documents), "judged spun": sum(bool(o.spun) for _, o in made),
                "P": score.precision, "R": score.recall, "F0.5": score.f(),
                "R at P >= 0.8": float(right[precise[-1]] / (score.found + score.missed)) if len(precise) else 0.0,
                "from confidence": judged[precise[-1]][0] if len(precise) else float("nan"),
            })  # fmt: skip
        return Table("unknown", "Unseen news, its spinner's dictionary taken away: as if nobody had met it", rows)

    def table_families(self) -> Table:
        """Which family is named: unseen news, and clean texts that the dictionaries of the others spin."""
        sets = {"web": [piece for d in self.web if d.rate == 1 for piece in data.pieces(d.text, FAMILY_WORDS)]}
        clean = [piece for d in self.clean for piece in data.pieces(d.text, FAMILY_WORDS)[:1]]
        for path in data.dictionary_files(self.dictionaries, Tier.PARTIAL):
            if tier_of(path) == Tier.PARTIAL:
                facts = data.read_facts([path])
                spinner.count_by_hand(facts, FAMILY_REPLACED)
                chance = random.Random(path.stem)
                sets[path.stem] = [spinner.spin(text, facts, 1.0, chance).text for text in clean]
        rows = []
        for family, texts in sets.items():
            reports = list(check_many(texts))
            named = [report.verdict.family for report in reports]
            spun = [report.verdict.judgement == "spun" for report in reports]
            rows.append({
                "spun by": family, "texts": len(texts), "judged spun": _share(spun),
                "named right": _share([name == family for name in named]),
                "of those judged": _share([name == family for name, flag in zip(named, spun, strict=True) if flag]),
            })  # fmt: skip
        title = f"Which family is named, in texts of {FAMILY_WORDS} words"
        return Table("families", title, rows, (
            "web: unseen news of its spinner; the others: clean texts, spun by inverting their own dictionaries.",
        ))  # fmt: skip

    def table_ablation(self) -> Table:
        rows = []
        for part in ablation.PARTS:
            self.systems[part] = ablation.system(part)
            row: dict[str, Any] = {"part": part}
            for rate in self.rates:
                score = sum((_score(*pair)[0] for pair in self.on_web(part, rate)), Score())
                row[f"F0.5 at {rate:g}"] = score.f()
            seeds = self.outcomes(part, "seeds", (d.text for d in self.seeds))
            strict, _ = _score(self.seeds[0], seeds[0])
            clean = self.on_clean(part)
            row |= {"example right": strict.right, "wrong": strict.wrong}
            row |= {
                "false edits": sum(len(o.edits) for _, o in clean),
                "judged spun": sum(bool(o.spun) for _, o in clean),
            }
            for length, rate, limit in ((200, max(self.rates), 0.001), (0, min(self.rates), 0.01)):
                spun = self._scores(part, "web", (d.text for d in self.web if d.rate == rate), rate, length)
                honest = self._scores(part, "clean", (d.text for d in self.clean), length)
                ranks = metrics.ranks(spun + honest)
                caught = metrics.tpr_at_fpr(ranks[: len(spun)], ranks[len(spun) :], limit)
                row[f"TPR@{limit:.1%}, {length or 'whole'}, {rate:g}"] = caught
            rows.append(row)
        return Table("ablation", "One part taken out at a time; the weights of the others are not fitted again", rows)

    def table_observed(self) -> Table:
        by_style: dict[str, list[bool]] = {}
        for page in data.observed(self.folder):
            reached = by_style.setdefault(page["style"], [])
            for pair in page["edits"]:
                reached.append(self.everything.reaches(edits.words_of(pair["spun"]), edits.words_of(pair["original"])))
        every = [flag for flags in by_style.values() for flag in flags]
        rows = [
            {"style": style, "pairs": len(flags), "coverage": _share(flags)}
            for style, flags in [*sorted(by_style.items()), ("all", every)]
        ]
        return Table("observed", "Word pairs seen on real spun pages: share whose original is offered", rows)


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else float("nan")


def _score(document: Document, outcome: Outcome) -> tuple[Score, Score]:
    text, gold = document.gold()
    strict = metrics.compare(outcome.edits, gold, text.words)
    return strict.score, metrics.compare(outcome.edits, gold, text.words, effect=True).score


def _error_reduction(made: Sequence[tuple[Document, Outcome]]) -> float:
    before = after = 0
    for document, outcome in made:
        words, original = edits.words_of(document.text), edits.words_of(document.original)
        before += metrics.edit_distance(words, original)
        after += metrics.edit_distance(edits.apply_edits(words, outcome.edits), original)
    return 1 - after / before if before else float("nan")


def _judgements(document: Document, outcome: Outcome) -> Iterable[tuple[float, bool]]:
    """Confidence of every finding, and whether it is right; those in optional places are left out."""
    text, gold = document.gold()
    judged = metrics.compare([one.edit for one in outcome.proposals], gold, text.words, effect=True)
    for proposal, right in zip(outcome.proposals, judged.system, strict=True):
        if right is not None:
            yield proposal.confidence, right


def _substitutions(document: Document, outcome: Outcome) -> Iterable[tuple[float, bool]]:
    """Of every finding the probability that anything was substituted there, and whether it was; likewise."""
    _, gold = document.gold()
    for proposal in outcome.proposals:
        near = metrics.near(proposal.edit, gold)
        if not near or any(gold[row].counts for row in near):
            yield proposal.substituted, bool(near)


JUDGEMENTS = {"confidence": _judgements, "substituted": _substitutions}
TABLES: dict[str, Callable[[Bench], Table]] = {
    "seeds": Bench.table_seeds,
    "web": Bench.table_web,
    "answers": Bench.table_answers,
    "oracle": Bench.table_oracle,
    "clean": Bench.table_clean,
    "detection": Bench.table_detection,
    "calibration": Bench.table_calibration,
    "unknown": Bench.table_unknown,
    "families": Bench.table_families,
    "ablation": Bench.table_ablation,
    "observed": Bench.table_observed,
}
SYSTEMS = ("despin", "despin quick", "fixed map", "frequency only", "perplexity")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0, or 2 where something it needs is not there."""
    parser = argparse.ArgumentParser(description="How good is despin? Prints tables.")
    parser.add_argument("--only", action="append", choices=list(TABLES), help="one table; may be repeated")
    parser.add_argument("--system", action="append", choices=SYSTEMS, help="one system; may be repeated")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N documents a spin rate or register")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of the tables")
    parser.add_argument("--data", type=Path, default=data.DATA, help="folder with the texts (default: %(default)s)")
    parser.add_argument("--dictionaries", type=Path, default=data.DICTIONARIES, help="for oracle and baselines")
    options = parser.parse_args(arguments)
    bench = Bench(options.data, options.dictionaries, options.limit, options.system or SYSTEMS)
    made = []
    for name in options.only or TABLES:
        try:
            made.append(TABLES[name](bench))
        except (FileNotFoundError, ValueError) as problem:
            print(f"evaluate: {name}: {problem}", file=sys.stderr)
            return 2
        if not options.json:
            print(made[-1], end="\n\n", flush=True)
    if options.json:
        print(to_json(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
