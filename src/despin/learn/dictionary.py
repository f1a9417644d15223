"""Parallel text → the synonym-reversal dictionary of one spinner.

    align       pairs of texts → blocks of difference
    segment     blocks → phrase pairs (original, spun), each at its places
    count       how often each original stood in the sources, and what became of it
    specialise  a neighbouring word joins a pair where it decides whether the pair is used at all

The third and fourth live here. A spinner's thesaurus has keys; a key is replaced wherever it stands, unless a longer key
takes the place first. So an original that is replaced everywhere is a key as it is, and one that is replaced only after
`a` is a fragment of a longer key: *new* stays, *a new* becomes *a brand new*. What a neighbour decides is read off the
counts, not guessed.

Start reading from `learn`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import regex
from numpy.typing import NDArray

from .align import PARAGRAPH, Aligned, Phrase, align
from .segment import Difference, segment

I64 = NDArray[np.int64]
Pair = tuple[Phrase, Phrase]

MIN_SEEN = 2  # an entry seen once is as likely an accident of the alignment as a fact
MIN_PLACES = 2  # different places a pair of several words must show: a source spun thrice is one
MIN_RATE = 0.008  # of its original's occurrences; below lie slips of the alignment beside frequent words
DECISIVE = 0.5  # a neighbour joins a pair when with it at least this share is replaced …
LIFT = 2.0  # … and at least this many times the share without it
MIN_CONTEXT = 3  # different places that a context must show: a source spun thrice is one
MIN_KEPT = 5  # kept occurrences after which a context counts as a longer key …
EXCUSED = 0.1  # … when beside it at most this part of the usual share is replaced
MAX_WORDS = 6  # of an original with its context
WIDE = 0.75  # originals replaced more often than this need no context


@dataclass(frozen=True, slots=True)
class Learned:
    """One line of the dictionary: of `of` occurrences of `original`, `seen` became `spun`."""

    spun: str
    original: str
    seen: int
    of: int


@dataclass(slots=True)
class Account:
    """What the learner did, for the table it prints."""

    pairs: int = 0
    blocks: int = 0
    distinct: int = 0
    entries: int = 0
    originals: int = 0
    spun: int = 0
    single_origin: int = 0
    specialised: int = 0
    unexplained: int = 0
    skipped: dict[str, int] = field(default_factory=dict)


class _Text:
    """All originals as one row of ids, with the hashes of its n-grams at hand."""

    def __init__(self, aligned: Aligned) -> None:
        lengths = np.fromiter(map(len, aligned.originals), np.int64, len(aligned.originals))
        self.offset = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        self.ids = np.concatenate(aligned.originals) if aligned.originals else np.zeros(0, np.int32)
        self._mixed = _mix(self.ids.astype(np.uint64))
        self._grams: dict[int, NDArray[np.uint64]] = {}
        self.pairs = _roll([self._mixed, np.roll(self._mixed, -1)])

    def grams(self, size: int) -> NDArray[np.uint64]:
        """Hash of the n-gram beginning at each place (the last few wrap around and match nothing in practice)."""
        if size not in self._grams:
            if len(self._grams) > 1:  # each is as long as the text: keep two
                self._grams.pop(next(iter(self._grams)))
            self._grams[size] = _roll([np.roll(self._mixed, -k) for k in range(size)])
        return self._grams[size]

    def counts(self, phrases: Sequence[Phrase]) -> I64:
        """How often each of `phrases` occurs."""
        result = np.zeros(len(phrases), np.int64)
        for size, rows, keys in _by_size(phrases):
            distinct, inverse = np.unique(keys, return_inverse=True)
            grams = self.grams(size)
            at = np.minimum(np.searchsorted(distinct, grams), len(distinct) - 1)
            hits = np.bincount(at[distinct[at] == grams], minlength=len(distinct))
            result[rows] = hits[inverse]
        return result

    def window(self, at: I64, size: int) -> I64:
        """A hash of the two words before and the two after each phrase of `size` words at `at`."""
        pairs = self.pairs
        left, right = pairs[np.maximum(at - 2, 0)], pairs[np.minimum(at + size, len(pairs) - 1)]
        return (left * np.uint64(3) ^ right).astype(np.int64)

    def places(self, phrases: Sequence[Phrase]) -> tuple[I64, I64]:
        """(which phrase, where) of every occurrence of `phrases`, which must be distinct; sorted by phrase."""
        which, where = [], []
        for size, rows, keys in _by_size(phrases):
            order = np.argsort(keys)
            ordered = keys[order]
            grams = self.grams(size)
            at = np.minimum(np.searchsorted(ordered, grams), len(ordered) - 1)
            hits = np.flatnonzero(ordered[at] == grams)
            which.append(rows[order[at[hits]]])
            where.append(hits)
        phrase, place = np.concatenate(which), np.concatenate(where)
        order = np.argsort(phrase, kind="stable")
        return phrase[order], place[order]


def _mix(ids: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = (ids + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return mixed ^ (mixed >> np.uint64(32))


def _roll(columns: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    value = columns[0].copy()
    for column in columns[1:]:
        value = (value * np.uint64(0xD6E8FEB86659FD93)) ^ column
        value ^= value >> np.uint64(29)
    return value


def _by_size(phrases: Sequence[Phrase]) -> Iterable[tuple[int, I64, NDArray[np.uint64]]]:
    sizes = np.fromiter(map(len, phrases), np.int64, len(phrases))
    for size in np.unique(sizes).tolist():
        rows = np.flatnonzero(sizes == size)
        words = np.array([phrases[row] for row in rows.tolist()], np.uint64)
        yield size, rows, _roll([_mix(words[:, k]) for k in range(size)])


def learn(
    pairs: Iterable[tuple[str, str]], progress: Callable[[str], None] = lambda message: None
) -> tuple[list[Learned], Account]:
    """The dictionary of the spinner that made `pairs` of (original, spun) texts, sorted, and an account of the work."""
    done = 0

    def aligned_so_far(count: int) -> None:
        nonlocal done
        done += count
        progress(f"aligning: {done:,} pairs")

    aligned = align(pairs, aligned_so_far)
    text = _Text(aligned)
    account = Account(pairs=len(aligned.originals), blocks=len(aligned.blocks), skipped=aligned.skipped)
    spans = _phrase_pairs(aligned, text, account, progress)
    progress("counting")
    counts = _count(text, spans, account)
    entries = _entries(counts, aligned.words)
    account.entries = len(entries)
    account.originals, account.spun = len({e.original for e in entries}), len({e.spun for e in entries})
    origins = Counter(e.spun for e in entries)
    account.single_origin = sum(1 for count in origins.values() if count == 1)
    return entries, account


# --- phrase pairs at their places ------------------------------------------------------------------------------

Spans = dict[Pair, list[int]]  # phrase pair → where its original begins in the text


def _phrase_pairs(aligned: Aligned, text: _Text, account: Account, progress: Callable[[str], None]) -> Spans:
    """Segment all blocks, twice: what the first pass could not tell alone is tried again with the words beside it.

    Three kinds of block want their neighbours: those with an empty side; those that only a rare pair explains; and those
    that begin or end with a fragment of a longer key, as the first pass found it (*it is* → *it's* differs in *is* alone, so
    that *is more* → *'s extra* looks like a pair).
    """
    places: dict[_Key, list[int]] = defaultdict(list)
    for block in aligned.blocks:
        ids = aligned.originals[block.document]
        original = tuple(ids[block.first : block.last].tolist())
        key = (original, block.spun, int(ids[block.first - 1]), int(ids[block.last]))
        places[key].append(int(text.offset[block.document]) + block.first)
    account.distinct = len(places)

    wanted = {key for key in places if not key[0] or not key[1]}
    spans = _spans(places, wanted, text, account, progress)
    rare = {pair for pair, at in spans.items() if len(at) <= 2}
    fragments = {pair[0] for pair in _count(text, spans, Account(), fragments_only=True)}
    for key in places:
        original, _, left, right = key
        if len(original) > 1 and any(
            (left, *original[:size]) in fragments or (*original[-size:], right) in fragments
            for size in range(1, min(len(original), 3))
        ):
            wanted.add(key)
    glued = {(block[0], block[1]) for block in rare}
    wanted |= {key for key in places if key[:2] in glued}
    return _spans(places, wanted, text, account, progress)


_Key = tuple[Phrase, Phrase, int, int]  # original, spun, the kept words before and after


def _spans(
    places: Mapping[_Key, list[int]],
    wanted: set[_Key],
    text: _Text,
    account: Account,
    progress: Callable[[str], None],
) -> Spans:
    """Phrase pairs at their places, the kept neighbours taking part in the blocks `wanted`."""
    grouped: dict[_Key, int] = defaultdict(int)
    group = {key: key if key in wanted else (key[0], key[1], PARAGRAPH, PARAGRAPH) for key in places}
    for key, at in places.items():
        grouped[group[key]] += len(at)
    differences = [Difference.between(*key, border=PARAGRAPH) for key in grouped]
    counts = np.fromiter(grouped.values(), np.int64, len(grouped))
    found = zip(differences, segment(differences, counts, text.counts, progress), strict=True)
    paths = dict(zip(grouped, found, strict=True))
    spans: Spans = defaultdict(list)
    for key, at in places.items():
        difference, path = paths[group[key]]
        if not path:
            account.unexplained += len(at)
        for i, j, k, m in path:
            shift = i - difference.before
            spans[difference.original[i:j], difference.spun[k:m]] += [place + shift for place in at]
    return spans


# --- counts ----------------------------------------------------------------------------------------------------


def _count(
    text: _Text, spans: Mapping[Pair, list[int]], account: Account, fragments_only: bool = False
) -> dict[Pair, tuple[int, int]]:
    """(original, spun) → (seen, of), with contexts where they decide; or only the pairs that have one."""
    # seen[original] → [(spun, places)]
    by_original: dict[Phrase, dict[Phrase, list[int]]] = defaultdict(dict)
    for (original, spun), at in spans.items():
        by_original[original][spun] = at
    covered = np.zeros(len(text.ids) + 1, np.int64)
    for (original, _), at in spans.items():
        for k in range(len(original)):
            np.add.at(covered, np.asarray(at) + k, 1)
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(covered > 0)])
    originals = [original for original, made in by_original.items() if sum(map(len, made.values())) >= MIN_SEEN]
    phrase, place = text.places(originals)
    bounds = np.searchsorted(phrase, np.arange(len(originals) + 1))

    result: dict[Pair, tuple[int, int]] = {}
    for row, original in enumerate(originals):
        at = place[bounds[row] : bounds[row + 1]]
        kept = at[before[at + len(original)] == before[at]]  # no part of it was replaced
        made = {spun: np.array(places, np.int64) for spun, places in by_original[original].items()}
        entries = _specialise(text, original, made, kept, account)
        result.update((p, c) for p, c in entries.items() if not fragments_only or len(p[0]) > len(original))
    return result


def _specialise(
    text: _Text, original: Phrase, made: Mapping[Phrase, I64], kept: I64, account: Account
) -> dict[Pair, tuple[int, int]]:
    """The entries of one original: with the neighbours that decide, and without.

    A neighbour with which the original is always kept belongs to a longer key of its own (*long* is replaced, *as long as*
    is not): such places are no occurrences of this original. Whether replacing or keeping is the rule is judged by
    kinds of neighbours, not by places: *new* is kept beside hundreds of words and replaced after one.
    """
    names = list(made)
    hit = np.concatenate([made[name] for name in names])
    which = np.concatenate([np.full(len(made[name]), row) for row, name in enumerate(names)])
    result: dict[Pair, tuple[int, int]] = {}
    size = len(original)
    for left, right in ((1, 0), (0, 1), (1, 1), (2, 0), (0, 2)):
        if len(hit) == 0 or len(hit) > WIDE * (len(hit) + len(kept)) or size + left + right > MAX_WORDS:
            break
        around_hit, around_kept = (_around(text.ids, at, size, left, right) for at in (hit, kept))
        found, kind = np.unique(np.concatenate([around_hit, around_kept]), axis=0, return_inverse=True)
        kind = kind.reshape(-1)
        kind_hit, kind_kept = kind[: len(hit)], kind[len(hit) :]
        replaced, stays = (np.bincount(k, minlength=len(found)) for k in (kind_hit, kind_kept))
        share = replaced / (replaced + stays)
        rule = float(share.mean())  # every kind of neighbour has one vote
        windows = np.bincount(np.unique(np.stack([kind_hit, text.window(hit, size)]), axis=1)[0], minlength=len(found))
        words = (found != PARAGRAPH).all(axis=1)
        decides = (windows >= MIN_CONTEXT) & (share >= max(DECISIVE, min(LIFT * rule, 0.9))) & (rule < WIDE) & words
        excused = (stays >= MIN_KEPT) & (share <= EXCUSED * rule) & words
        for row in np.flatnonzero(decides).tolist():
            head, tail = tuple(found[row, :left].tolist()), tuple(found[row, left:].tolist())
            inside = which[kind_hit == row]
            total = int(replaced[row] + stays[row])
            for name in np.unique(inside).tolist():
                pair = (head + original + tail, head + names[name] + tail)
                result[pair] = (int((inside == name).sum()), total)
            account.specialised += 1
        taken = decides[kind_hit]
        hit, which = hit[~taken], which[~taken]
        kept = kept[~(decides | excused)[kind_kept]]
    for name in np.unique(which).tolist() if len(hit) else []:
        here = hit[which == name]
        if len(original) + len(names[name]) > 2 and len(np.unique(text.window(here, size))) < MIN_PLACES:
            continue
        result[original, names[name]] = (len(here), len(hit) + len(kept))
    return result


def _around(ids: NDArray[np.int32], at: I64, size: int, left: int, right: int) -> NDArray[np.int32]:
    steps = [*range(-left, 0), *range(size, size + right)]
    inside = [np.where((at + s >= 0) & (at + s < len(ids)), ids[np.clip(at + s, 0, len(ids) - 1)], 0) for s in steps]
    return np.stack(inside, axis=1) if len(at) else np.zeros((0, len(steps)), np.int32)


def _entries(counts: Mapping[Pair, tuple[int, int]], words: Sequence[str]) -> list[Learned]:
    """Lines worth keeping, sorted. The two ways in which one pair can arise (with and without context) are added up."""
    lines: dict[tuple[str, str], tuple[int, int]] = {}
    for (original, spun), (seen, of) in counts.items():
        if seen < MIN_SEEN or seen < MIN_RATE * of or original == spun:
            continue
        sides = [words[w] for w in spun], [words[w] for w in original]
        if not all(_WORD.fullmatch(word) for side in sides for word in side):
            continue  # a quotation mark or comma beside a pair is a place, not a part of it
        key = (written(sides[0]), written(sides[1]))
        known = lines.get(key, (0, 0))
        lines[key] = (known[0] + seen, max(known[1], of, known[0] + seen))
    return [Learned(spun, original, seen, of) for (spun, original), (seen, of) in sorted(lines.items())]


_WORD = regex.compile(r"['\p{L}\p{M}\p{N}.,]*[\p{L}\p{N}][\p{L}\p{M}\p{N}'.,]*|[-%$€£&]")


def written(words: Sequence[str]) -> str:
    """Token words as one would write them: clitics and hyphens join, `$` leads, `%` follows.

    >>> written(["women", "'s", "long", "-", "term", "plan"])
    "women's long-term plan"
    """
    text = " ".join(words)
    return regex.sub(r" (?='s\b|%)| (?=-)|(?<=-) |(?<=[$€£]) ", "", text)
