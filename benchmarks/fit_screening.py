"""Fit the numbers of `despin.detection.screening`, and say what they let pass and what they lose.

A text is *needed* if decoding says that it was likely spun: below that nothing is restored. The texts:
passages of 60 to 1,500 words of the parallel text, spun at rates 0.15 to 1; of corpora, spun by the inverted
dictionaries of the other families; pages of clean passages with a spun one among them; and clean ones, of the corpora,
of half of clean/, and more with --honest. Of parallel text and corpora they are those that `despin-learn hashed-odds`
left out. For the first look and each step of the scan, logistic regression of being needed on their features; the bound
is where the given share of the needed is lost. What passes is told of texts that did not teach: the other half of
clean/ and of --honest. Copy the numbers by hand into src/despin/detection/screening_weights.py. The last table is of
`Screen.scan` as it stands, which asks the passages of a text too, and takes the length of very long ones into account.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import data
import numpy as np
from fit_verdict import fit
from numpy.typing import NDArray
from spinner import count_by_hand, spin
from tables import Table

from despin import Config
from despin.detection.damage import find_damage, log_odds
from despin.detection.first_look import COLUMNS as FIRST_COLUMNS
from despin.detection.first_look import FirstLook, capped_features
from despin.detection.hashed_odds import HashedOdds
from despin.detection.screening import COLUMNS, UNTOUCHED, Scanned, screening_features
from despin.detection.screening_weights import FIRST_LOOK
from despin.detection.verdict import LIKELY, count_words
from despin.dictionary.files import Tier
from despin.learn.weights.examples import put_back
from despin.learn.weights.hashed_odds import held_out
from despin.pipeline import Stages
from despin.runtime.batching import BATCH as BATCH_SIZE
from despin.runtime.batching import batched
from despin.runtime.knowledge import Knowledge
from despin.text.tokens import tokenise

F64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

CORPORA = {"guardian": 3, "wikipedia": 2, "reddit": 1, "imdb": 1, "blogs": 1, "arxiv": 1, "ted_talks": 1}
"""Where passages come from, in these proportions."""
RATES = (0.15, 0.25, 0.25, 0.5, 0.5, 1.0)
FAMILIES = ("rewriter", "academic", "thesaurus", "thesaurus")
LOST = (0.002, 0.003, 0.004)
"""Of the needed, after each step of the scan; pages that are spun in part are left to what is said of passages."""
LOST_LOOKING = (0.003, 0.002, 0.002)
"""At first look, and after the steps of a scan that follows it."""
STEPS = ("1, no context", "2, in context", "3, everything in context")
BATCH = 200  # texts
NEAR = 12.0  # decades: what speaks louder teaches nothing about the border
COPIES = 2  # rates at which a pair is seen
ODD = 10.0  # how much more texts of odd registers count, of which there are few


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    kind: str
    """"clean", a family, or "mixed"."""
    rate: float = 0.0
    weight: float = 1.0
    learned: bool = True
    """Whether it teaches."""


def texts(folder: Path, honest: Path | None, count: int) -> Iterator[Text]:
    """About `count` spun texts, and as many clean ones."""
    chance = random.Random(7)
    spun: list[Text] = []
    with lzma.open(folder / "parallel" / "web-train.jsonl.xz", "rt", encoding="utf-8") as file:
        pairs = [pair for pair in map(json.loads, file) if held_out(pair["original"])] * COPIES
    for pair in chance.sample(pairs, min(count, len(pairs))):
        rate = chance.choice(RATES)
        text = pair["spun"] if rate == 1 else put_back(pair["original"], pair["spun"], rate, chance)
        if text is not None and len(spun) < count * 2 / 3:
            spun.append(Text(passage(text, chance), "web", rate))
    clean = list(passages(folder, count * 4 // 3, chance))
    facts = [data.read_facts([data.DICTIONARIES / f"{family}.tsv"]) for family in FAMILIES]
    for one in facts:
        count_by_hand(one, 0.5)
    for number in range(count // 3):
        family = number % len(FAMILIES)
        rate = 1.0 if family == 3 else chance.choice(RATES)  # of the unknown, only what is plain is found
        spun.append(Text(spin(clean.pop(), facts[family], rate, chance).text, FAMILIES[family], rate))
    yield from spun
    for one in spun[: count // 20]:
        page = [text[:900] for text in chance.sample(clean, chance.choice((2, 5, 10)))]
        page.insert(chance.randrange(len(page)), one.text[:1500])
        yield Text("\n\n".join(page), "mixed", one.rate)
    yield from (Text(text, "clean") for text in clean)
    odd = [one.text for one in data.clean(folder)]
    if honest:
        odd += [json.loads(line)["text"][:12_000] for line in honest.read_text(encoding="utf-8").splitlines()[:400]]
    yield from (Text(text, "clean", 0, ODD, number % 2 == 0) for number, text in enumerate(odd))


def passage(text: str, chance: random.Random) -> str:
    """A run of words of `text`, of 60 to 1,500, short ones as often as long ones."""
    words = [match.span() for match in re.finditer(r"\S+", text)]
    size = int(60 * 25 ** chance.random())
    if len(words) <= size:
        return text
    first = chance.randrange(len(words) - size)
    return text[words[first][0] : words[first + size - 1][1]]


def passages(folder: Path, count: int, chance: random.Random) -> Iterator[str]:
    """Of the corpora."""
    for name, share in CORPORA.items():
        wanted = count * share // sum(CORPORA.values())
        with lzma.open(folder / "corpora" / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
            known: list[str] = []
            lines: list[str] = []
            for line in file:
                if line.strip():
                    lines.append(line)
                elif lines:
                    text = "".join(lines).strip()
                    lines = []
                    if len(text) > 300 and held_out(text):
                        known.append(text)
                if len(known) > 4 * wanted:
                    break
        yield from (passage(text, chance) for text in chance.sample(known, min(wanted, len(known))))


@dataclass(frozen=True, slots=True)
class _AllDecoded(Stages):
    """The pipeline with nothing dismissed, and the dictionaries up to a tier."""

    tier: Tier = Tier.PARTIAL

    def first_look(self, texts: Sequence[str]) -> list[Scanned | None]:
        return [Scanned(UNTOUCHED, tuple(one for one in self.known.tiers if one <= self.tier))] * len(texts)


def truth(all_texts: Sequence[str], tier: Tier, known: Knowledge | None = None) -> F64:
    """(texts,): what decoding says with the dictionaries up to `tier`, when nothing is dismissed."""
    stages = _AllDecoded(known or Knowledge.of(Config()), tier=tier)
    return np.array([report.verdict.probability for report in batched(all_texts, stages, BATCH_SIZE)])


def scanned(all_texts: Sequence[str]) -> list[F64]:
    """Of the first look, (texts, FIRST_COLUMNS), and then of each step, (texts, COLUMNS)."""
    known = Knowledge.of(Config())
    scanner, dictionary, model = known.scanner, known.all_families, known.model
    assert known.hashed_odds is not None
    columns: list[list[F64]] = [[], [], [], []]
    for begin in range(0, len(all_texts), BATCH):
        batch = all_texts[begin : begin + BATCH]
        tokens, every = tokenise(batch), np.ones(len(batch), np.bool_)
        words = count_words(tokens, len(batch))
        damaged = log_odds(find_damage(tokens, known.rules), len(batch))
        some, everything = scanner.find_salient(tokens), scanner.find_all(tokens, every)
        found = scanner.add_background(scanner.group_by_text(some, tokens.document, len(batch)), words)
        whole = scanner.group_by_text(everything, tokens.document, len(batch))
        scores, all_scores = (
            scanner.score_in_context(phrases, np.ones(len(phrases.token), np.bool_), tokens, dictionary, model)
            for phrases in (some, everything)
        )
        estimates = scanner.estimate(found), scanner.estimate(found, scores), scanner.estimate(whole, all_scores)
        columns[0].append(FirstLook.of(tokens, len(batch), known.hashed_odds).features)
        for kept, estimate in zip(columns[1:], estimates, strict=True):
            kept.append(screening_features(estimate, dictionary.partial, words, damaged))
    return [np.concatenate(rows) for rows in columns]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Fit the numbers of the screening.")
    parser.add_argument("--data", type=Path, default=data.DATA)
    parser.add_argument("--honest", type=Path, help="JSON Lines of more texts that were not spun: text")
    parser.add_argument(
        "--unknown", metavar="ODDS", type=Path,
        help="tell what becomes of a spinner that nobody has met: hashed odds learned --without web, and no --pairs",
    )  # fmt: skip
    parser.add_argument("--texts", type=int, default=6000, help="spun ones (default: %(default)s)")
    options = parser.parse_args()
    all_texts = list(texts(options.data, options.honest, options.texts))
    if options.unknown:
        print(unknown([one for one in all_texts if one.kind == "web"], HashedOdds.open(options.unknown)))
        return 0
    plain = [one.text for one in all_texts]
    chances = [truth(plain, tier) for tier in (Tier.WHOLE, Tier.PARTIAL)]
    first, *steps = scanned(plain)
    report("The first look", all_texts, {"first look": (first, LOST_LOOKING[0])}, np.maximum(*chances), FIRST_COLUMNS)
    for title, chance in zip(("Spinners known whole", "And those known in part"), chances, strict=True):
        named = zip(STEPS, steps, LOST, strict=True)
        report(title, all_texts, {name: (columns, lost) for name, columns, lost in named}, chance, COLUMNS)
        title, every = f"{title}, after a first look", (*COLUMNS, *FIRST_COLUMNS)
        later = zip(STEPS[1:], steps[1:], LOST_LOOKING[1:], strict=True)
        joined = {name: (np.hstack([columns, capped_features(first)]), lost) for name, columns, lost in later}
        report(title, all_texts, joined, chance, every)
    print(as_it_stands(all_texts, np.maximum(*chances)))
    return 0


def dismissed(batch: Sequence[str], known: Knowledge) -> list[Scanned]:
    """What a first look says of each text, and of those that it leaves in doubt the scan."""
    tokens = tokenise(batch)
    looked, scanned = known.screen.first_look(tokens, len(batch)), known.screen.scan(tokens, len(batch))
    return [later if first is None else first for first, later in zip(looked, scanned, strict=True)]


def as_it_stands(all_texts: Sequence[Text], chance: F64) -> Table:
    """What the scan with the numbers it has loses of the needed, and lets pass of the clean."""
    known = Knowledge.of(Config())
    said: list[Scanned] = []
    for begin in range(0, len(all_texts), BATCH):
        said += dismissed([one.text for one in all_texts[begin : begin + BATCH]], known)
    passed = np.array([one.worth_decoding for one in said])
    words = np.array([len(one.text) for one in all_texts])
    rows: list[dict[str, object]] = []
    for kind, rate in sorted({(one.kind, one.rate) for one in all_texts}):
        of = np.array([(one.kind, one.rate) == (kind, rate) for one in all_texts])
        row: dict[str, object] = {"texts": kind, "rate": rate, "passes": _share(of & passed, of, words)}
        if kind != "clean":
            needed = of & (chance >= LIKELY)
            row |= {"needed": int(needed.sum()), "lost": int((needed & ~passed).sum())}
        rows.append(row)
    return Table("scan", "First look and scan as they stand", rows)


def unknown(all_texts: Sequence[Text], odds: HashedOdds) -> Table:
    """What the first look, with odds that do not know it, and the scan lose of a spinner that no dictionary knows."""
    others = tuple(sorted({*FAMILIES}))
    known = Knowledge.of(Config(dictionaries=others))
    plain = [one.text for one in all_texts]
    needed = truth(plain, Tier.PARTIAL, known) >= LIKELY
    tokens = tokenise(plain)
    at_sight = np.maximum(*FirstLook.of(tokens, len(plain), odds).log_odds()) < FIRST_LOOK.dismiss_below
    scanned_away = np.array([not one.worth_decoding for one in known.screen.scan(tokens, len(plain))])
    rates = np.array([one.rate for one in all_texts])
    rows: list[dict[str, object]] = []
    for rate in sorted({*rates.tolist()}):
        of = (rates == rate) & needed
        lost, by_scan = int((of & at_sight).sum()), int((of & scanned_away).sum())
        rows.append({"rate": rate, "needed": int(of.sum()), "lost at first look": lost, "by a scan of all": by_scan})
    return Table("unknown", f"A spinner that nobody has met, with the dictionaries {', '.join(others)}", rows)


def report(
    title: str, all_texts: Sequence[Text], steps: Mapping[str, tuple[F64, float]], chance: F64, names: Sequence[str]
) -> None:
    """Fit one question, and print how it does: for each of the `steps` its terms, (texts, `names`), and what it may
    lose."""
    clean = np.array([one.kind == "clean" for one in all_texts])
    learned = np.array([one.learned for one in all_texts])
    weight = np.array([one.weight for one in all_texts])
    odd = clean & (weight > 1) & ~learned
    mixed = np.array([one.kind == "mixed" for one in all_texts])
    needed, found_in = (chance >= LIKELY) & ~clean, (chance >= LIKELY / 2) & ~clean
    rows, left = [], np.ones(len(all_texts), np.bool_)
    for name, (columns, lost) in steps.items():
        near = columns[:, 0] + np.maximum(columns[:, 1], 0) < NEAR
        some = learned & near & (needed & ~mixed | clean)
        found = fit(columns[some], needed[some].astype(np.float64), weight[some])
        score = columns @ found[:-1] + found[-1]
        bound = float(np.quantile(score[needed & ~mixed], lost))
        left &= score >= bound
        row: dict[str, object] = {"step": name}
        row |= dict(zip((*names, "constant"), found.tolist(), strict=True))
        words = np.array([len(one.text) for one in all_texts])
        row |= {
            "bound": bound,
            "lost": float((~left[needed]).mean()), "lost, P ≥ 0.25": float((~left[found_in]).mean()),
            "passes, clean": _share(left & (weight == 1) & clean, (weight == 1) & clean, words),
            "passes, odd": _share(left & odd, odd, words),
        }  # fmt: skip
        rows.append(row)
    notes = [f"{int(needed.sum())} needed, {int(clean.sum())} clean texts"]
    kinds = sorted({(one.kind, one.rate) for one in all_texts if one.rate})
    for kind, rate in kinds:
        of = np.array([(one.kind, one.rate) == (kind, rate) for one in all_texts])
        notes.append(f"{kind} at {rate:g}: {int((needed & of & ~left).sum())} of {int((needed & of).sum())} lost")
    print(Table("numbers", title, rows, notes), end="\n\n")


def _share(some: Bool, of: Bool, weight: NDArray[np.int64]) -> float:
    return float(weight[some].sum() / max(weight[of].sum(), 1))


if __name__ == "__main__":
    sys.exit(main())
