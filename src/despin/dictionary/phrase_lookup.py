"""A phrase → what it may stand for; a term → what spinners may make of it.

In a text the words around decide; here a phrase is asked about alone. It is read in every way that dictionary entries,
proposals (`proposals`) and words left as they are can be put together, and the language model says which of the
readings is a phrase that people write: *profound neural organization* is *deep neural network*, since *deep*, *neural*
and *network* follow each other. A reading's score is

    CHANNEL · Σ ln P(original | spun)  +  CONTEXT · ln P(words after each other)  −  COMMON · Σ ln P(word)

The last term takes back some of what the second gives to words that are merely common. The three were fitted as a
softmax over the readings of listed phrases, those with the same term left out of what was learned
(benchmarks/tortured.py).

Start reading from `lookup`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import regex

from ..language_model.model import LanguageModel
from ..results.finding import shown
from ..text.characters import normalise
from ..text.hashing import hash_words
from ..text.token_features import Shape
from ..text.tokens import tokenise
from .dictionary import Dictionary
from .entry import Entry
from .formats.detect import written
from .proposals import Proposals

CHANNEL, CONTEXT, COMMON = 0.76, 0.6, 0.4
MAX_READINGS = 10  # readings told
BEAM = 120  # readings of the words so far that are kept
LONGEST = 16
"""Words that are looked up; what is longer is a text, and texts are for `check`."""
TRUST = {"academic": 1.0, "web": 0.1, "rewriter": 0.1, "thesaurus": 0.01}
OTHERS = 1.0  # trust in a family that is not among them: how many proposals one of its entries weighs
OWN = 1.5  # occurrences that the proposals of a word are worth
KEPT = 0.3  # P(the word was kept) where nothing proposes
UNSEEN = 0.7  # occurrences of a phrase of several words that were something else


@dataclass(frozen=True, slots=True)
class Part:
    """One step of a reading."""

    found: str
    """A word or phrase of what was asked about."""
    original: str
    """What it stood for; the same as `found` where it was kept."""
    entry: Entry | None = None
    """The dictionary's entry; None: kept, or proposed as similar."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """One answer."""

    original: str
    """The same as `phrase`."""
    probability: float
    """Among the answers; it does not say that the phrase was spun."""
    score: float
    """Natural logarithm."""
    parts: tuple[Part, ...]
    """The steps that make it, from left to right."""

    def __repr__(self) -> str:
        return (
            f"Lookup({self.phrase!r}, probability {shown(self.probability)}, {', '.join(self.families) or 'similar'})"
        )

    @property
    def phrase(self) -> str:
        """The other phrase, named as in JSON: what the one asked about may stand for, or what may stand for it."""
        return self.original

    @property
    def families(self) -> tuple[str, ...]:
        """The families whose entries it takes, in order of appearance."""
        return tuple(dict.fromkeys(part.entry.family for part in self.parts if part.entry))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Of the words so far."""

    words: tuple[str, ...]
    ids: tuple[int, ...]
    channel: float
    language: float
    common: float
    parts: tuple[Part, ...]

    @property
    def score(self) -> float:
        return CHANNEL * self.channel + CONTEXT * self.language - COMMON * self.common


def lookup(
    phrase: str, dictionary: Dictionary, model: LanguageModel, proposals: Proposals | None = None
) -> list[Lookup]:
    """What `phrase` may stand for, the likeliest first, at most `MAX_READINGS`; itself is not among the answers.

    Raises
    ------
    ValueError
        `phrase` holds no word, or more than `LONGEST`.
    """
    words = _words(phrase)
    options = _options(words, dictionary, proposals or Proposals.empty())
    ends: list[dict[tuple[str, ...], _Reading]] = [{} for _ in range(len(words) + 1)]
    ends[0][()] = _Reading((), (), 0.0, 0.0, 0.0, ())
    ids = _Ids(model)
    for begin in range(len(words)):
        here = sorted(ends[begin].values(), key=lambda r: -r.score)[:BEAM]
        for length, those in options[begin].items():
            for reading in _extended(here, those, model, ids):
                known = ends[begin + length].get(reading.words)
                if known is None or reading.score > known.score:
                    ends[begin + length][reading.words] = reading
    readings = sorted(ends[-1].values(), key=lambda r: (-r.score, r.words))
    total = sum(np.exp(r.score - readings[0].score) for r in readings) if readings else 1.0
    answers = []
    for reading in readings:
        text = written(reading.words)
        if reading.words and text != written(words):
            share = float(np.exp(reading.score - readings[0].score) / total)
            answers.append(Lookup(text, share, reading.score, reading.parts))
    return answers[:MAX_READINGS]


def spun_of(original: str, dictionary: Dictionary) -> list[Lookup]:
    """What spinners may make of `original`, the likeliest first, at most `MAX_READINGS`: entries, and words one by one.

    Raises
    ------
    ValueError
        As for `lookup`.
    """
    words = _words(original)
    made: defaultdict[str, list[Entry]] = defaultdict(list)
    spans = {" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)}
    rows = {row: name for row, name in enumerate(map(_spaced, dictionary.original_text)) if name in spans}
    for entry in np.flatnonzero(np.isin(dictionary.original, list(rows))).tolist():
        made[rows[int(dictionary.original[entry])]].append(dictionary.entry(entry))
    ends: list[list[tuple[float, tuple[str, ...], tuple[Part, ...]]]] = [[] for _ in range(len(words) + 1)]
    ends[0] = [(0.0, (), ())]
    for begin in range(len(words)):
        here = sorted(ends[begin], key=lambda r: (-r[0], r[1]))[: 4 * MAX_READINGS]
        for end in range(begin + 1, len(words) + 1):
            found = " ".join(words[begin:end])
            entries = sorted(made.get(found, ()), key=lambda e: (-e.probability, e.spun))[: 4 * MAX_READINGS]
            steps: list[tuple[float, str, Entry | None]] = [
                (float(np.log(max(e.probability, 1e-6))), e.spun, e) for e in entries
            ]
            if end == begin + 1:
                replaced = min(sum(e.probability for e in entries), 0.99)
                steps.append((float(np.log(1 - replaced)), found, None))
            for weight, text, step in steps:
                part = Part(found, text, step)
                ends[end] += [(score + weight, (*done, text), (*parts, part)) for score, done, parts in here]
    best: dict[str, tuple[float, tuple[Part, ...]]] = {}
    for score, done, parts in sorted(ends[-1], key=lambda r: (-r[0], r[1])):
        if any(part.entry for part in parts):
            best.setdefault(written(" ".join(done).split()), (score, parts))
    likeliest = list(best.items())[:MAX_READINGS]
    return [Lookup(text, float(np.exp(score)), score, parts) for text, (score, parts) in likeliest]


# --- what every part may stand for -----------------------------------------------------------------------------

_Options = dict[tuple[str, ...], tuple[float, Part]]  # words of an original → (ln P, how it came about)


def _options(words: Sequence[str], dictionary: Dictionary, proposals: Proposals) -> list[dict[int, _Options]]:
    """For every place, for every length of a phrase there: what it may stand for."""
    found: list[dict[int, _Options]] = [{} for _ in words]
    for at, word in enumerate(words):
        table = proposals.of(word)
        share = {tuple(_split(original)): p for original, p in table.items()}
        known = {original: Part(word, written(original)) for original in share}
        if not share:
            share, known = {(word,): 1.0}, {(word,): Part(word, word)}
        found[at][1] = {original: (float(np.log(p)), known[original]) for original, p in share.items()}
    tokens = tokenise([" ".join(words)])
    hits = dictionary.spun.find(tokens)
    for first, length, phrase in zip(hits.first.tolist(), hits.length.tolist(), hits.phrase.tolist(), strict=True):
        if first + length > len(words):
            continue
        entries = range(int(dictionary.first_entry[phrase]), int(dictionary.first_entry[phrase + 1]))
        offered = _pooled(entries, dictionary, weigh_learned=length > 1 or words[first] not in proposals.rows)
        text = written(words[first : first + length])
        if length > 1:
            total = sum(offered[row] for row in offered) + UNSEEN
            found[first][length] = {
                tuple(_split(dictionary.entry(row).original)): (
                    float(np.log(weight / total)),
                    Part(text, dictionary.entry(row).original, dictionary.entry(row)),
                )
                for row, weight in offered.items()
            }
        else:
            found[first][1] = _mixed(found[first][1], offered, text, dictionary, words[first] in proposals.rows)
    return found


def _pooled(entries: Iterable[int], dictionary: Dictionary, weigh_learned: bool) -> dict[int, float]:
    """Entry → occurrences it is worth. The proposals of a word know the counts of `academic` already."""
    worth: dict[int, float] = {}
    rows = list(entries)
    for column, family in enumerate(dictionary.families):
        known = dictionary.probability[rows, column]
        if not (known > 0).any():
            continue
        counts = np.where(dictionary.seen[rows, column] > 0, dictionary.seen[rows, column], 1.0) * (known > 0)
        if family == "academic":
            trusted = counts * (1.0 if weigh_learned else 1e-3)
        else:
            trusted = counts / counts.sum() * TRUST.get(family, OTHERS)
        for row, weight in zip(rows, trusted.tolist(), strict=True):
            if weight > 0:
                worth[row] = worth.get(row, 0.0) + weight
    return worth


def _mixed(own: _Options, offered: Mapping[int, float], text: str, dictionary: Dictionary, proposed: bool) -> _Options:
    """Proposals for one word, and what dictionaries say of it."""
    total = OWN + sum(offered.values())
    share = {original: OWN * np.exp(weight) / total for original, (weight, _) in own.items()}
    if not proposed:
        share = {original: KEPT * p for original, p in share.items()}
    part = {original: one for original, (_, one) in own.items()}
    for row, weight in sorted(offered.items(), key=lambda pair: pair[1]):
        entry = dictionary.entry(row)
        original = tuple(_split(entry.original))
        share[original] = share.get(original, 0.0) + weight / total
        part[original] = Part(text, entry.original, entry)
    return {original: (float(np.log(p)), part[original]) for original, p in share.items()}


# --- readings --------------------------------------------------------------------------------------------------


def _extended(
    here: Sequence[_Reading], those: _Options, model: LanguageModel, ids: Callable[[Iterable[str]], tuple[int, ...]]
) -> list[_Reading]:
    """All of `here`, each followed by each of `those`; their words are scored in one batch."""
    options = [(original, ids(original), *rest) for original, rest in those.items()]
    context, word, owner = [], [], []
    pairs = [(reading, option) for reading in here for option in options]
    for row, (reading, (_, new, _, _)) in enumerate(pairs):
        whole = (*reading.ids[-2:], *new)
        for place in range(len(whole) - len(new), len(whole)):
            context.append((whole[place - 2] if place > 1 else -1, whole[place - 1] if place else -1))
            word.append(whole[place])
            owner.append(row)
    last = np.array(word, np.int32)
    before = np.full((len(word), model.order - 1), -1, np.int32)
    if len(word):
        before[:, -2:] = np.array(context, np.int32)[:, -min(2, model.order - 1) :]
    language = np.bincount(owner, model.log_prob(before, last), minlength=len(pairs))
    common = np.bincount(owner, model.unigram(last), minlength=len(pairs))
    return [
        _Reading(
            (*reading.words, *original), (*reading.ids, *new)[-2:], reading.channel + weight,
            reading.language + more, reading.common + usual, (*reading.parts, part),
        )
        for (reading, (original, new, weight, part)), more, usual in zip(
            pairs, language.tolist(), common.tolist(), strict=True
        )
    ]  # fmt: skip


class _Ids:
    """The language model's ids of words, each asked for once."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._known: dict[str, int] = {}

    def __call__(self, words: Iterable[str]) -> tuple[int, ...]:
        return tuple(map(self._one, words))

    def _one(self, word: str) -> int:
        if word not in self._known:
            shape = Shape.NUMBER if word[:1].isdecimal() else Shape.LOWER
            ids = self._model.ids(hash_words([word]), np.array([shape], np.uint8))
            self._known[word] = int(ids[0])
        return self._known[word]


# --- words -----------------------------------------------------------------------------------------------------


def _split(phrase: str) -> list[str]:
    tokens = tokenise([phrase])
    return [normalise(tokens.found(row, row + 1)) for row in range(len(tokens))]


def _words(phrase: str) -> list[str]:
    words = [word for word in _split(phrase) if regex.search(r"[\p{L}\p{N}]|[-%+&]", word)]
    if not any(regex.search(r"[\p{L}\p{N}]", word) for word in words):
        raise ValueError("there is no word to look up")
    if len(words) > LONGEST:
        raise ValueError(f"{len(words)} words are more than a phrase of {LONGEST}; a text is for despin --check")
    return words


def _spaced(phrase: str) -> str:
    """The words of a dictionary's phrase, separated by blanks."""
    return normalise(phrase) if phrase.isalpha() else " ".join(_split(phrase))
