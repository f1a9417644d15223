"""What despin is compared with: three known ways, on the same texts, in the same tables.

* `FixedMap`: each spun phrase becomes its most frequent original, longest match first, always. This is what a swap
  dictionary in codespell, typos or vale does.
* `FrequencyOnly`: only where the original is the more frequent by a threshold: the frequency-guided word substitution
  of Mozes, Stenetorp, Kleinberg and Griffin (EACL 2021), with wordfreq's Zipf frequencies, kept to the dictionary's
  candidates.
* `Perplexity`: a text is as suspicious as the language model finds it odd, as CCNet filters web pages (Wenzek et al.,
  LREC 2020). It restores nothing.

The first two rank texts for detection by the share of tokens they would replace.

A system, despin too, is a function from texts to `Outcome`s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from data import Document, Facts
from edits import Edit, Words, edit_of_span, minimise, tokenise, words_of
from metrics import Score, compare
from numpy.typing import NDArray

from despin import Config, Report, check_many
from despin.config import with_usual
from despin.text.tokens import tokenise as tokens_of_despin

if TYPE_CHECKING:
    from despin.language_model.model import LanguageModel


class Proposal(NamedTuple):
    """An edit, made or only suggested."""

    edit: Edit
    confidence: float
    """Probability that it is the wording."""
    substituted: float
    """Probability that anything was substituted there."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system makes of one text."""

    score: tuple[float, ...]
    """How likely spun; later numbers break ties. Only the order counts."""
    edits: tuple[Edit, ...] = ()
    """Made, minimised, disjoint, over the tokens of the measurement."""
    proposals: tuple[Proposal, ...] = ()
    """Every edit, made or only suggested."""
    spun: bool | None = None
    """The verdict; None: the system gives none."""
    probability: float | None = None


System = Callable[[Sequence[str]], Iterator[Outcome]]


def outcome(report: Report) -> Outcome:
    """A report of despin in the terms of the measurement. A finding that changes only case is no edit."""
    text, edits, proposals = tokenise(report.text), [], []
    for finding in report.findings:
        edit = minimise(edit_of_span(text, finding.start, finding.end, finding.original), text.words)
        if edit is None:
            continue
        proposals.append(Proposal(edit, finding.confidence, finding.substituted))
        if finding.action == "restore":
            edits.append(edit)
    verdict = report.verdict
    score = verdict.probability, verdict.log_likelihood_ratio
    return Outcome(score, tuple(edits), tuple(proposals), verdict.judgement == "spun", verdict.probability)


def despin(texts: Sequence[str], config: Config = Config()) -> Iterator[Outcome]:
    """The system that is measured, as people meet it: spun texts are read with care, unless `config` says otherwise."""
    return map(outcome, check_many(texts, with_usual(config, "careful")))


def despin_quick(texts: Sequence[str]) -> Iterator[Outcome]:
    """The same, as a crawl meets it."""
    return despin(texts, Config(effort="quick"))


def best_f(made: Sequence[tuple[Document, Outcome]]) -> tuple[float, float]:
    """The best F0.5 that a threshold on the confidence gives, and that threshold."""
    judged: list[tuple[float, bool]] = []
    gold = 0
    for document, outcome in made:
        text, edits_ = document.gold()
        flags = compare([one.edit for one in outcome.proposals], edits_, text.words).system
        judged += [
            (one.confidence, flag) for one, flag in zip(outcome.proposals, flags, strict=True) if flag is not None
        ]
        gold += sum(edit.counts for edit in edits_)
    judged.sort(reverse=True)
    right = np.cumsum([flag for _, flag in judged])
    precision, recall = right / np.arange(1, len(right) + 1), right / max(gold, 1)
    f = 1.25 * precision * recall / np.maximum(0.25 * precision + recall, 1e-9)
    best = int(f.argmax()) if len(f) else 0
    return (float(f[best]), judged[best][0]) if len(f) else (0.0, 1.0)


class _Map:
    """Longest match first, left to right; `chosen` holds what each phrase becomes."""

    def __init__(self, chosen: dict[Words, Words]) -> None:
        self.chosen = chosen
        self.longest = max(map(len, chosen), default=0)
        self.opens = {phrase[0] for phrase in chosen}

    def edits(self, words: Words) -> list[Edit]:
        found, at = [], 0
        while at < len(words):
            step = 1
            if words[at] in self.opens:
                for length in range(min(self.longest, len(words) - at), 0, -1):
                    original = self.chosen.get(words[at : at + length])
                    if original is not None:
                        if (edit := minimise(Edit(at, at + length, original), words)) is not None:
                            found.append(edit)
                        step = length
                        break
            at += step
        return found

    def __call__(self, texts: Sequence[str]) -> Iterator[Outcome]:
        for text in texts:
            words = words_of(text)
            edits = self.edits(words)
            yield Outcome((len(edits) / max(len(words), 1),), tuple(edits))


class FixedMap(_Map):
    """Always the most frequent original; of equals, the first in the alphabet."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(
            {
                spun: min(originals, key=lambda original: (-originals[original], original))
                for spun, originals in facts.originals.items()
            }
        )


@cache
def _zipf(words: Words) -> float:
    # wordfreq gives a phrase 1 / f = sum of 1 / f of its words
    from wordfreq import zipf_frequency  # 0.2 s and 91 MB: only when this baseline runs

    return float(zipf_frequency(" ".join(words), "en"))


class FrequencyOnly(_Map):
    """The most frequent original by wordfreq, where its Zipf frequency exceeds the spun phrase's by `threshold`."""

    def __init__(self, facts: Facts, threshold: float) -> None:
        self.threshold = threshold
        chosen = {}
        for spun, originals in facts.originals.items():
            best = min(originals, key=lambda original: (-_zipf(original), original))
            if _zipf(best) - _zipf(spun) > threshold:
                chosen[spun] = best
        super().__init__(chosen)

    @classmethod
    def tuned(cls, facts: Facts, documents: Sequence[Document]) -> FrequencyOnly:
        """The threshold (−1 to 3, in steps of 0.1 of a decade) with the best F0.5 on every second of `documents`."""
        gold = [document.gold() for document in documents[::2]]

        def f(system: FrequencyOnly) -> float:
            return sum((compare(system.edits(t.words), g, t.words).score for t, g in gold), Score()).f()

        return max((cls(facts, round(tenth / 10, 1)) for tenth in range(-10, 31)), key=f)


class Perplexity:
    """Mean surprise a token, in natural units, by despin's own language model.

    Raises
    ------
    OSError
        The model's file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        from despin.language_model.model_file import open_model

        self.model = open_model(path)

    def __call__(self, texts: Sequence[str]) -> Iterator[Outcome]:
        for text in texts:
            yield Outcome((self.surprise(text),))

    def surprise(self, text: str) -> float:
        """Mean −log probability a token, in natural units; 0 for a text without tokens."""
        context, word = windows(self.model, text)
        return -float(self.model.log_prob(context, word).mean()) if len(word) else 0.0


def windows(model: LanguageModel, text: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Every token of `text`: the ids of its context, (n, order − 1), the nearest last, and its own, (n,)."""
    from despin.language_model.vocabulary import Word

    tokens = tokens_of_despin([text])
    ids = np.insert(model.ids(tokens.word, tokens.shape), np.flatnonzero(tokens.opens), Word.BEGIN)
    before = np.full(model.order - 1, -1, np.int32)  # nothing is known before the text begins
    rows = np.lib.stride_tricks.sliding_window_view(np.concatenate([before, ids]), model.order)
    rows = rows[ids != Word.BEGIN]
    return np.ascontiguousarray(rows[:, :-1]), np.ascontiguousarray(rows[:, -1])
