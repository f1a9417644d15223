"""WordNet → a broad dictionary for text of rewriters that nobody has parallel texts of.

Most rewriters and the makers of tortured phrases work from a general thesaurus: *woodland* for *forest*, *bosom* for
*breast*. Putting common words back for rare ones near them is FGWS (Mozes et al. 2021, *Frequency-guided word
substitutions for detecting textual adversarial examples*); here the frequencies are one feature of several, and how
much each counts is fitted on a dictionary that was learned from parallel text.

The model is log-linear in the pair: ln P(spun, original) = w·f + const. Its two conditionals P(original | spun) and
P(spun | original) are softmaxes of the same scores over different groups, and w maximises the product of both (Besag
1975, pseudo-likelihood). So one set of weights says which originals are worth keeping, and what the file must hold.

Start reading from `learn`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...dictionary.entry import Entry
from ...dictionary.formats.reading import canonical
from ...util.array_types import F64, I64, Bool
from ..dictionary.learn import Learned
from ..errors import LearningError
from .near_words import Pairs
from .wordnet import Relation

OF = 1000  # `of` of every line: P(spun | original) in thousandths
ORIGINALS = 8  # of one spun phrase
RIDGE = 1e-3  # of the fit, per observation: features of one kind overlap
MIN_GROUPS = 100  # groups to fit on
CHUNK = 200_000
"""Rows whose features are made at a time."""


@dataclass(slots=True)
class Account:
    """What the learner did, for the table it prints."""

    offered: int = 0
    """Pairs of forms that WordNet offers."""
    known: int = 0
    """Of the example's pairs of words, those that are offered at all …"""
    kept: int = 0
    """… and those of the half not fitted on that are in the file, …"""
    held_out: int = 0
    """… of so many."""
    entries: int = 0
    spun: int = 0
    covered: float = 0.0
    """Share of the example's substitutions, by occurrence, that are offered."""
    first: float = 0.0
    """Of held-out spun words, the share whose commonest original is ranked first among those offered."""
    top: float = 0.0
    """… among the first `ORIGINALS`."""
    weights: dict[str, float] = field(default_factory=dict)


def learn(pairs: Pairs, example: Iterable[Entry], max_bytes: int) -> tuple[list[Learned], Account]:
    """The thesaurus as lines of a dictionary, sorted, of at most `max_bytes`, weighed by what `example` shows.

    Raises
    ------
    LearningError
        Too few entries of `example` are among `pairs`.
    """
    account = Account(offered=len(pairs))
    target = _target(pairs, example, account)
    half = np.array([zlib.crc32(phrase.encode()) % 2 == 0 for phrase in pairs.phrases], np.bool_)
    groups = [Group.of(pairs.spun, target, half), Group.of(pairs.original, target, half)]
    least = min(len(group.begin) for group in groups)
    if least < MIN_GROUPS:
        raise LearningError(
            f"the dictionary to learn from has too little in common with WordNet ({least} words to learn from); "
            "take one of several thousand entries, such as dictionaries/en/web.tsv"
        )
    weights = _fit([(features(pairs, group.rows), group) for group in groups])
    account.weights = dict(zip(NAMES, weights.tolist(), strict=True))
    score = np.concatenate(
        [
            features(pairs, np.arange(begin, min(begin + CHUNK, len(pairs)))) @ weights
            for begin in range(0, len(pairs), CHUNK)
        ]
    )
    meant = _conditional(score, pairs.spun, len(pairs.phrases))
    made = _conditional(score, pairs.original, len(pairs.phrases)) * account.covered
    rank = _rank(meant, pairs.spun)
    _judge(pairs, target, ~half, rank, account)
    seen = np.maximum((made * OF).astype(np.int64), 1)
    chosen = _choose(pairs, score, rank < ORIGINALS, seen, max_bytes)
    lines = sorted(
        (Learned(*pairs.pair(row), int(seen[row]), OF) for row in chosen.tolist()),
        key=lambda line: (line.spun, line.original),
    )
    account.entries, account.spun = len(lines), len({line.spun for line in lines})
    kept = np.zeros(len(pairs), np.bool_)
    kept[chosen] = True
    unseen = (target > 0) & ~half[pairs.spun]
    account.kept, account.held_out = int((kept & unseen).sum()), int(unseen.sum())
    return lines, account


def _target(pairs: Pairs, example: Iterable[Entry], account: Account) -> F64:
    """How often each pair was seen in `example`, 0 for most."""
    row = {phrase: number for number, phrase in enumerate(pairs.phrases)}
    size = len(pairs.phrases)
    keys = pairs.spun.astype(np.int64) * size + pairs.original
    order = np.argsort(keys)
    wanted = [(entry, row.get(entry.spun, -1), row.get(entry.original, -1)) for entry in example]
    both = np.array([spun * size + original for _, spun, original in wanted if spun >= 0 and original >= 0], np.int64)
    seen = np.array([entry.seen or 1 for entry, spun, original in wanted if spun >= 0 and original >= 0], np.float64)
    target = np.zeros(len(pairs))
    if len(both) and len(keys):
        at = np.minimum(np.searchsorted(keys[order], both), len(keys) - 1)
        there = keys[order][at] == both
        target[order[at[there]]] = seen[there]
    account.known = int((target > 0).sum())
    total = sum(entry.seen or 1 for entry, *_ in wanted)
    account.covered = float(target.sum() / total) if total else 0.0
    return target


# --- features ----------------------------------------------------------------------------------------------------

NAMES = (
    *(f"relation {relation.name.lower().replace('_', ' ')}" for relation in Relation),
    "ln sense share, spun", "ln sense share, original", "ln part share, spun", "ln part share, original",
    "frequency, spun", "frequency², spun", "frequency, original", "frequency², original",
    "frequency gained", "frequency lost", "several words, spun", "several words, original", "beginning shared",
    "ln fan-out, spun", "ln fan-out, original", "verb", "adjective", "adverb",
)  # fmt: skip


def features(pairs: Pairs, rows: I64) -> F64:
    """(rows, `NAMES`): what may tell how often a pair is a substitution."""
    spun, original = pairs.spun[rows], pairs.original[rows]
    near = np.eye(len(Relation))[pairs.relation[rows]]
    shares = np.log(np.maximum(pairs.shares[rows], 1e-3).astype(np.float64))
    common = pairs.zipf.astype(np.float64)[spun] - 4, pairs.zipf.astype(np.float64)[original] - 4
    gained = common[1] - common[0]
    several = np.array([" " in phrase for phrase in pairs.phrases], np.float64)
    fan = [
        np.log(np.bincount(side, minlength=len(several)).clip(1))[side[rows]] for side in (pairs.spun, pairs.original)
    ]
    columns = [
        *shares.T,
        common[0], common[0] ** 2, common[1], common[1] ** 2,
        gained.clip(0), (-gained).clip(0), several[spun], several[original],
        _shared(pairs.phrases, spun.tolist(), original.tolist()), *fan,
        *(np.float64(pairs.part[rows] == part) for part in (1, 2, 3)),
    ]  # fmt: skip
    return np.column_stack([near, *columns])


def _shared(phrases: Sequence[str], spun: Sequence[int], original: Sequence[int]) -> F64:
    """The share of the shorter phrase that both begin with."""

    def one(left: str, right: str) -> float:
        shorter = min(len(left), len(right))
        return next((k for k in range(shorter) if left[k] != right[k]), shorter) / shorter

    return np.fromiter(
        (one(phrases[s], phrases[o]) for s, o in zip(spun, original, strict=True)), np.float64, len(spun)
    )


# --- the fit -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Alternatives to choose among, and how often each was chosen. Rows of one group stand together."""

    rows: I64
    begin: I64
    """(groups,): where each begins in `rows`."""
    chosen: F64
    """(rows,): adds up to 1 in each group."""

    @classmethod
    def of(cls, side: NDArray[np.int32], target: F64, phrases: Bool) -> Group:
        """The groups of the phrases of `side` that are in `phrases` and of which something is known."""
        known = np.zeros(len(phrases), np.bool_)
        known[side[target > 0]] = True
        rows = np.flatnonzero((known & phrases)[side])
        rows = rows[np.argsort(side[rows], kind="stable")]
        begin = np.flatnonzero(np.diff(side[rows], prepend=-1))
        total = np.add.reduceat(target[rows], begin) if len(rows) else np.zeros(0)
        return cls(rows, begin, target[rows] / np.repeat(total, np.diff(begin, append=len(rows))))


def _fit(sides: Sequence[tuple[F64, Group]]) -> F64:
    """The weights for which the choices of all groups are likeliest."""
    from scipy.optimize import minimize  # in the extra `learn`

    number = sum(len(group.begin) for _, group in sides)

    def loss(weights: F64) -> tuple[float, F64]:
        value, slope = RIDGE * number * float(weights @ weights), 2 * RIDGE * number * weights
        for table, group in sides:
            score = table @ weights
            counts = np.diff(group.begin, append=len(score))
            score -= np.repeat(np.maximum.reduceat(score, group.begin), counts)
            power = np.exp(score)
            total = np.add.reduceat(power, group.begin)
            value += float(np.log(total).sum() - group.chosen @ score)
            slope = slope + table.T @ (power / np.repeat(total, counts) - group.chosen)
        return value / number, np.asarray(slope / number)

    found = minimize(loss, np.zeros(sides[0][0].shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x, np.float64)


def _conditional(score: F64, side: NDArray[np.int32], size: int) -> F64:
    """The softmax of `score` within each phrase of `side`."""
    most = np.full(size, -np.inf)
    np.maximum.at(most, side, score)
    power = np.exp(score - most[side])
    share: F64 = power / np.bincount(side, power, minlength=size)[side]
    return share


def _rank(probability: F64, side: NDArray[np.int32]) -> I64:
    """Each row's rank from 0 among those of its phrase, the likeliest first."""
    order = np.lexsort((-probability, side))
    begin = np.flatnonzero(np.diff(side[order], prepend=-1))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(begin, np.diff(begin, append=len(order)))
    return rank


def _judge(pairs: Pairs, target: F64, unseen: Bool, rank: I64, account: Account) -> None:
    rows = np.flatnonzero((target > 0) & unseen[pairs.spun])
    best = rows[_rank(target[rows], pairs.spun[rows]) == 0]
    account.first = float((rank[best] == 0).mean()) if len(best) else 0.0
    account.top = float((rank[best] < ORIGINALS).mean()) if len(best) else 0.0


# --- lines -------------------------------------------------------------------------------------------------------


def _choose(pairs: Pairs, score: F64, good: Bool, seen: I64, max_bytes: int) -> I64:
    """Of the rows `good` those to keep: the likeliest substitutions, as long as there is room.

    In this order half the room has nine tenths of the recall. By P(original | spun), rare words with a single original
    would come first, and at 6 MB the recall of substitutions on real pages would be 0.14 instead of 0.44.
    """
    normal = canonical(pairs.phrases)
    writable = np.array([normal[phrase] == phrase for phrase in pairs.phrases], np.bool_)
    rows = np.flatnonzero(good & writable[pairs.spun] & writable[pairs.original])
    order = rows[np.argsort(-score[rows], kind="stable")]
    order = order[_running(seen[order], pairs.original[order]) <= OF]  # an original becomes something once
    length = np.array([len(phrase.encode()) for phrase in pairs.phrases], np.int64)
    size = length[pairs.spun[order]] + length[pairs.original[order]] + np.char.str_len(seen[order].astype(np.str_))
    size += len(f"\t\t\t{OF}\n")
    return order[: int(np.searchsorted(np.cumsum(size), max_bytes, side="right"))]


def _running(values: I64, side: NDArray[np.int32]) -> I64:
    """The sum of `values` so far within each phrase of `side`."""
    order = np.argsort(side, kind="stable")
    total = np.cumsum(values[order])
    begin = np.flatnonzero(np.diff(side[order], prepend=-1))
    before = np.repeat(total[begin] - values[order][begin], np.diff(begin, append=len(order)))
    running = np.empty_like(total)
    running[order] = total - before
    return running
