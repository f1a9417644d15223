"""Names and titles: what their other mentions say about the candidates inside them.

A spinner hits names like any other words: *Wall Avenue*, *Lee Younger Hwa*. There the language model is of little help,
but the other mentions of a name are: in the same document, or in reference texts on the same topic. And clean pages are
full of names that merely contain somebody's substitute: *Rob Large*.

* A *run* is a row of capitalised words, with small ones between them (*Bank of England*); inner hyphens count nothing
  (*Young-hwa* is *Young Hwa*). A quoted phrase in title case is one run.
* Every *window* of a run, up to `LONGEST` words, is a hash. So all candidates of a batch are looked up at once: with
  how many neighbours of its run does one stand elsewhere as it was found? With how many as it would be restored?
* Only other spellings (*Younghwa*) need strings: rapidfuzz compares the runs that do not stand there as they are.

Start reading from `support`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .arrays import among
from .decode import Channel, Decoded
from .dictionary import Dictionary
from .findings import Finding, apply
from .language import ENGLISH, Surface
from .lattice import Lattice
from .patterns import late
from .phrases import hash_phrases
from .tokens import Shape, Tokens, hash_words, normalise, tokenise

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
Bool = NDArray[np.bool_]

SIDE = 3  # neighbours of a candidate that are looked at, on either side
LONGEST = 7  # words of a window; longer phrases are recognised by their parts
LONGEST_QUOTE = 12  # tokens between the quotation marks of a title
SIMILAR = 90.0  # rapidfuzz ratio of two spellings of one name
NEARER = 5.0  # by how much the restored spelling must be nearer to a name than the found one
HOPELESS = -6.0  # log-odds, whatever the spin rate, that nothing said here could outweigh

# Natural log-odds, on top of all other evidence (docs/quality.md).
THERE = 2.7  # the references have the name as restored, with one more word of it
DEEPER = 0.5  # and for every further word, up to MOST_DEEPER
MOST_DEEPER = 3
REAL = -2.5  # the references have the name as found, two words of it
SURER = -1.5  # and for every further word, up to MOST_DEEPER
HERE = 2.0  # another place of the document has the name as restored
ALIKE = 1.0  # the references, or another place, have another spelling of the name as restored
REPEATED = -0.4  # the found word, with a capital, is found elsewhere in the document apart from its neighbours

_HYPHEN = hash_words(["-"])[0]
_QUOTE = hash_words(['"'])[0]
_INNER = hash_words(["of", "the", "and", "&", "for", "de", "la", "du", "von", "van", "der", "al", "'", "'s"])
_ENDS = hash_words([".", "!", "?", ":", '"', "'", "(", "[", "•", "*", "—", ">"])


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """The names and titles of some texts. The length is how many different ones of two words or more there are."""

    windows: U64
    """Hashes of all windows of all runs, distinct, in increasing order."""
    spellings: tuple[str, ...]
    """The runs of two words or more: lower-cased letters and digits alone, distinct, sorted."""

    def __len__(self) -> int:
        return len(self.spellings)


def gather(texts: Iterable[str], surface: Surface = ENGLISH) -> Names:
    """The names and quoted titles in `texts`, which are taken to be clean."""
    tokens = tokenise(texts)
    runs = _Runs.of(tokens, surface)
    windows, _ = runs.windows(np.zeros(len(runs), np.uint64))
    spellings = (_letters(tokens.text[begin:end]) for begin, end in runs.spans(tokens, *runs.bounds()))
    return Names(windows, tuple(sorted(set(spellings))))


def support(
    tokens: Tokens,
    lattice: Lattice,
    channel: Channel,
    decoded: Decoded,
    dictionary: Dictionary,
    references: Names | None = None,
    surface: Surface = ENGLISH,
) -> F64:
    """(candidates,): natural log-odds that names and titles add to each candidate; 0 where they say nothing.

    Positive where the candidate, with neighbours of its run, stands elsewhere as it would be restored; negative where
    it stands there as it was found. A name that the document itself repeats as it was found says little: a spinner
    makes the same substitution everywhere.
    """
    weight = np.zeros(len(channel.candidate))
    odds = decoded.context + channel.log_channel
    runs = _Runs.of(tokens, surface)
    places = _Places.of(np.flatnonzero(decoded.leads & (odds > HOPELESS)), lattice, channel, dictionary, runs)
    if not len(places.row):
        return weight
    likeliest = places.swap(odds, runs)

    document = tokens.document[runs.token].astype(np.uint64) + np.uint64(1)
    own = document[places.first]
    known, times = runs.windows(document)
    found = places.depth(runs.word, own, known[times > 1], restored=False)
    restored = places.depth(runs.word, own, known, restored=True, least=1)
    restored = np.maximum(restored, places.depth(likeliest, own, known, restored=True, least=1))
    term = np.where(found == 0, REPEATED, 0.0)
    unsaid = np.flatnonzero((restored < 1) & (found < 1))
    term[_resembling(unsaid, places, lattice, channel, dictionary, runs, None)] = ALIKE
    term[restored > np.maximum(found, 0)] = HERE

    if references is not None and len(references.windows):
        none = np.zeros(len(own), np.uint64)
        found = places.depth(runs.word, none, references.windows, restored=False, least=1)
        restored = places.depth(runs.word, none, references.windows, restored=True, least=1)
        restored = np.maximum(restored, places.depth(likeliest, none, references.windows, restored=True, least=1))
        unsaid = np.flatnonzero((restored < 1) & (found < 1) & (term < ALIKE))
        term[_resembling(unsaid, places, lattice, channel, dictionary, runs, references)] = ALIKE
        more = np.clip(found + places.capitals(runs) - 2, 0, MOST_DEEPER)
        term = np.where(found >= 1, REAL + SURER * more, term)
        agrees = restored > np.maximum(found, 0)
        term[agrees] = THERE + DEEPER * np.clip(restored[agrees] - 1, 0, MOST_DEEPER)
    weight[places.row] = term
    return weight


# --- runs ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """The words of a batch without its inner hyphens, and which of them form runs. One row a word."""

    token: I64
    """The token of each word."""
    at: I64
    """(tokens + 1,): the word of each token, of a hyphen that which follows."""
    word: U64
    capital: Bool
    member: Bool
    """Belongs to a run."""
    head: Bool
    """The first of its run."""
    opens: Bool
    """The first of its paragraph."""
    doubtful: Bool
    """Begins a sentence, where every word has a capital."""

    def __len__(self) -> int:
        return len(self.token)

    @classmethod
    def of(cls, tokens: Tokens, surface: Surface) -> _Runs:
        """The runs of a batch."""
        glued = np.zeros(len(tokens) + 1, np.bool_)
        glued[1:-1] = tokens.start[1:] == tokens.end[:-1]
        hyphen = (tokens.word == _HYPHEN) & glued[:-1] & glued[1:]
        token = np.flatnonzero(~hyphen)
        at = np.concatenate([np.zeros(1, np.int64), np.cumsum(~hyphen)])
        word, shape, opens = tokens.word[token], tokens.shape[token], tokens.opens[token]
        pronoun = np.isin(word, hash_words(sorted(surface.always_capital)))
        capital = (shape >= Shape.TITLE) & ~pronoun & ~tokens.protected[token]
        capital |= _shift(hyphen, 1)[token] & (shape == Shape.LOWER) & _shift(capital, 1)

        inner = np.isin(word, _INNER) & ~capital & ~opens
        before, after = _shift(capital, 1), _shift(capital & ~opens, -1)
        pair = inner & before & _shift(inner & after, -1)  # "of the"
        member = capital | (inner & before & after) | pair | _shift(pair, 1)
        small = pronoun | (shape <= Shape.NUMBER) | among(word, hash_words(sorted(surface.small_words)))
        member |= _quoted(word, opens, capital, capital | small)
        head = member & (opens | ~_shift(member, 1))
        return cls(token, at, word, capital, member, head, opens, opens | _shift(np.isin(word, _ENDS), 1))

    def bounds(self) -> tuple[I64, I64]:
        """First word and last word + 1 of each run."""
        return np.flatnonzero(self.head), np.flatnonzero(self.member & ~_shift(self.member & ~self.head, -1)) + 1

    def windows(self, prefix: U64) -> tuple[U64, I64]:
        """Hashes of all windows with a capital at both ends, each after its word of `prefix`; how often each stands.

        A single word that begins a sentence is none: there its capital says nothing.
        """
        run = np.cumsum(self.head)
        first = np.flatnonzero(self.capital)
        value = hash_phrases([prefix[first], self.word[first]])
        found = [value[~(self.doubtful & self.head)[first]]]
        for length in range(1, LONGEST):
            last = np.minimum(first + length, len(self) - 1)
            inside = np.flatnonzero((last == first + length) & self.member[last] & (run[first] == run[last]))
            first, last = first[inside], last[inside]
            value = hash_phrases([value[inside], self.word[last]])
            found.append(value[self.capital[last]])
        return np.unique(np.concatenate(found), return_counts=True)

    def spans(self, tokens: Tokens, first: I64, last: I64) -> list[tuple[int, int]]:
        """Code points of the words from `first` to `last`, where these are two or more."""
        many = last - first > 1
        begin, end = tokens.start[self.token[first[many]]], tokens.end[self.token[last[many] - 1]]
        return list(zip(begin.tolist(), end.tolist(), strict=True))


def _quoted(word: U64, opens: Bool, capital: Bool, fits: Bool) -> Bool:
    """The words between quotation marks where all of them fit a title and its ends have capitals."""
    quotes = np.flatnonzero(word == _QUOTE)
    begin, end = quotes[:-1] + 1, quotes[1:]
    near = (end - begin >= 2) & (end - begin <= LONGEST_QUOTE)
    begin, end = begin[near], end[near]
    odd = np.concatenate([[0], np.cumsum(~fits | opens)])
    titles = (odd[end] == odd[begin]) & capital[begin] & capital[end - 1]
    steps = np.zeros(len(word) + 1, np.int64)
    steps[begin[titles]] += 1
    steps[end[titles]] -= 1
    return np.cumsum(steps[:-1]) > 0


@lru_cache(maxsize=1 << 14)
def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, normalise(text)))


def _shift(column: Bool, by: int) -> Bool:
    """`column` moved by so many places, filled up with False."""
    out = np.zeros_like(column)
    if by > 0:
        out[by:] = column[:-by]
    else:
        out[:by] = column[-by:]
    return out


# --- candidates in runs ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Candidates that begin with a capital: the words that change, and their neighbours in the run."""

    row: I64
    """Which candidate."""
    first: I64
    """First word that changes."""
    last: I64
    """Last word that changes + 1."""
    found: U64
    """(rows, words): the words that change, 0 where there are fewer."""
    original: U64
    """(rows, words): those that they are changed to, likewise."""
    left: Bool
    """(rows, SIDE): the words before, nearest first, that belong to the run."""
    right: Bool
    """(rows, SIDE): the words behind."""
    capital: Bool
    """(words,): as in the runs."""

    @classmethod
    def of(cls, rows: I64, lattice: Lattice, channel: Channel, dictionary: Dictionary, runs: _Runs) -> _Places:
        """Those of the candidates `rows` whose first word that changes has a capital."""
        start = lattice.arcs.start[channel.candidate[rows]] + channel.head[rows]
        first = runs.at.take(lattice.token.take(start))
        capital = np.append(runs.capital, False)[first]  # few have one
        rows, start, first = rows[capital], start[capital], first[capital]
        arc = channel.candidate[rows]
        entry = lattice.arcs.entry[arc]
        head, tail = dictionary.head[entry].astype(np.int64), dictionary.tail[entry].astype(np.int64)
        stop = lattice.arcs.end[arc] - tail
        row = dictionary.original[entry]
        begin, end = dictionary.first_word[row] + head, dictionary.first_word[row + 1] - tail
        last = runs.at.take(lattice.token.take(stop - 1)) + 1
        # One that starts at a hyphen begins between two words, so it has no run of its own.
        good = (stop > start) & (end > begin) & (last > first) & (last <= len(runs))
        rows, first, last, begin, end = (column[good] for column in (rows, first, last, begin, end))
        left, right = np.zeros((2, len(rows), SIDE), np.bool_)
        before, behind = ~runs.head[first], np.ones(len(rows), np.bool_)
        bounded = np.append(runs.member & ~runs.opens, False)
        for step in range(SIDE):
            at = np.maximum(first - 1 - step, 0)
            left[:, step] = before & (first - 1 - step >= 0) & runs.member[at]
            before = left[:, step] & ~runs.head[at]
            right[:, step] = behind = behind & bounded[np.minimum(last + step, len(runs))]
        found = _rows(np.append(runs.word, np.uint64(0)), first, last)
        return cls(rows, first, last, found, _rows(dictionary.word, begin, end), left, right, runs.capital)

    def capitals(self, runs: _Runs) -> I64:
        """(rows,): capitalised words among those that change."""
        total = np.append(0, np.cumsum(runs.capital)).astype(np.int64)
        count: I64 = total[self.last] - total[self.first]
        return count

    def swap(self, odds: F64, runs: _Runs) -> U64:
        """The words of the batch, each that may stand for one other with the likeliest such in its place."""
        out = runs.word.copy()
        single = (self.last - self.first == 1) & ((self.original > 0).sum(axis=1) == 1)
        rows = np.flatnonzero(single)
        rows = rows[np.argsort(odds[self.row[rows]], kind="stable")]
        out[self.first[rows]] = self.original[rows, 0]
        return out

    def depth(self, around: U64, prefix: U64, known: U64, restored: bool, least: int = 0) -> F64:
        """(rows,): the most capitalised neighbours with which a place stands among `known`, at least `least`; else −1.

        As it was found or `restored`; with its neighbours taken from `around`, and after its own `prefix`.
        """
        most = np.full(len(self.row), -1.0)
        if not len(known):
            return most
        core = self.original if restored else self.found
        for a in range(SIDE + 1):
            at = np.arange(len(self.row))
            if a:
                at = np.flatnonzero(self.left[:, a - 1] & self.capital[np.maximum(self.first - a, 0)])
            value, capitals = prefix[at], np.zeros(len(at))
            for step in range(a, 0, -1):
                where = self.first[at] - step
                value, capitals = hash_phrases([value, around[where]]), capitals + self.capital[where]
            for place in range(core.shape[1]):
                has = np.flatnonzero(core[at, place])
                value[has] = hash_phrases([value[has], core[at[has], place]])
            ends = np.ones(len(at), np.bool_)
            for b in range(SIDE + 1):
                if b:  # a word further than the last time
                    on = np.flatnonzero(self.right[at, b - 1])
                    at = at[on]
                    where = self.last[at] + b - 1
                    ends = self.capital[where]
                    value, capitals = hash_phrases([value[on], around[where]]), capitals[on] + ends
                if a + b >= least and len(at):
                    stands = ends & (known[np.minimum(np.searchsorted(known, value), len(known) - 1)] == value)
                    most[at[stands]] = np.maximum(most[at[stands]], capitals[stands])
        return most


def _rows(words: U64, begin: I64, end: I64) -> U64:
    """(rows, most words): words[begin:end] of each row without hyphens, filled up with 0."""
    out = np.zeros((len(begin), int((end - begin).max(initial=1))), np.uint64)
    for place in range(out.shape[1]):
        has = np.flatnonzero(begin + place < end)
        out[has, place] = words[begin[has] + place]
    out[out == _HYPHEN] = 0
    return out


@dataclass(frozen=True, slots=True)
class _ByLength:
    """Spellings of names, the shorter first."""

    spellings: Sequence[str]
    lengths: Sequence[int]

    @classmethod
    def of(cls, spellings: Iterable[str]) -> _ByLength:
        """Those of `spellings`, which are distinct."""
        ordered = sorted(spellings, key=lambda one: (len(one), one))
        return cls(ordered, [len(one) for one in ordered])

    def near(self, spelling: str) -> Sequence[str]:
        """Those whose length lets them be `SIMILAR`: of two spellings, the surplus of the longer is all different."""
        most = (200.0 - SIMILAR) / SIMILAR
        low = bisect_left(self.lengths, len(spelling) / most - 1e-9)
        return self.spellings[low : bisect_right(self.lengths, len(spelling) * most + 1e-9)]


def _resembling(
    rows: I64,
    places: _Places,
    lattice: Lattice,
    channel: Channel,
    dictionary: Dictionary,
    runs: _Runs,
    names: Names | None,
) -> I64:
    """Of `rows`, those whose run, restored, is another spelling of one of `names` (None: of the document's own)."""
    alike: list[int] = []
    rows = rows[places.left[rows, 0] | places.right[rows, 0]]
    if not len(rows):
        return np.array(alike, np.int64)
    from rapidfuzz import fuzz, process

    tokens, (first, last) = lattice.tokens, runs.bounds()
    document = tokens.document[runs.token[first]]
    choices = {} if names is None else {-1: _ByLength.of(names.spellings)}
    arc = channel.candidate[places.row[rows]]
    head = lattice.token.take(lattice.arcs.start[arc])
    start, end = tokens.start[head], tokens.end[lattice.token.take(lattice.arcs.end[arc] - 1)]
    begin = tokens.start[runs.token[first[np.searchsorted(first, places.first[rows], side="right") - 1]]]
    stop = last[np.minimum(np.searchsorted(last, places.last[rows], side="right"), len(last) - 1)]
    stop = np.where(places.right[rows, 0], tokens.end[runs.token[stop - 1]], end)
    columns = (rows, begin, start, end, stop, tokens.document[head], lattice.arcs.entry[arc])
    for row, b, s, e, z, text, entry in zip(*(column.tolist() for column in columns), strict=True):
        key = text if names is None else -1
        if key not in choices:
            here = slice(*np.searchsorted(document, [text, text + 1]).tolist())
            known = {_letters(tokens.text[x:y]) for x, y in runs.spans(tokens, first[here], last[here])}
            choices[key] = _ByLength.of(known)
        before, after = _letters(tokens.text[b:s]), _letters(tokens.text[e:z])
        restored = before + _letters(dictionary.original_text[int(dictionary.original[entry])]) + after
        found = before + _letters(tokens.text[s:e]) + after
        best = process.extractOne(restored, choices[key].near(restored), scorer=fuzz.ratio, score_cutoff=SIMILAR)
        if best is not None and fuzz.ratio(found, best[0]) <= best[1] - NEARER:
            alike.append(row)
    return np.array(alike, np.int64)


# --- titles ----------------------------------------------------------------------------------------------------

_TITLE = late(r"""["“«](?=([^"“”«»\n]{3,120})["”»])""")
_WORD = late(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*")


def merge_titles(text: str, findings: Sequence[Finding], surface: Surface = ENGLISH) -> list[Finding]:
    """`findings` of `text`, sorted and disjoint, with those inside one quoted title made one: a title is one name.

    Only restorations are joined, two or more, from the first of them to the last; suggestions between them go. Of the
    result, confidence, entry and evidence are those of the least certain.

    >>> text = "seen in “Inform Me What You Noticed”"
    >>> found = [Finding(9, 15, "Inform", "Tell"), Finding(28, 35, "Noticed", "Saw")]
    >>> [(one.found, one.original) for one in merge_titles(text, found)]
    [('Inform Me What You Noticed', 'Tell Me What You Saw')]
    """
    merged: list[Finding] = []
    starts = [finding.start for finding in findings]
    done = 0  # findings dealt with
    for match in _TITLE.finditer(text) if len(findings) > 1 else ():
        low = max(bisect_left(starts, match.start(1)), done)
        high = bisect_left(starts, match.end(1), low)
        inside = [finding for finding in findings[low:high] if finding.end <= match.end(1)]
        parts = [finding for finding in inside if finding.action == "restore"]
        if len(parts) < 2 or not _is_title(match[1], match.start(1), inside, surface):
            continue
        start, end = parts[0].start, parts[-1].end
        moved = [replace(f, start=f.start - start, end=f.end - start) for f in parts]
        least = min(parts, key=lambda f: f.confidence)
        whole = replace(
            least, start=start, end=end, found=text[start:end], original=apply(text[start:end], moved), alternatives=()
        )
        merged += [f for f in findings[done:high] if f.end <= start]
        merged.append(whole)
        merged += [f for f in findings[done:high] if f.start >= end]
        done = high
    return [*merged, *findings[done:]]


def _is_title(phrase: str, at: int, findings: Sequence[Finding], surface: Surface) -> bool:
    """Whether a phrase that begins at `at` is in title case; substitutes need be so at their beginnings only."""
    capitals = 0
    for match in _WORD.finditer(phrase):
        place = at + match.start()
        if any(f.start < place < f.end for f in findings):
            continue
        if not match[0][0].islower():
            capitals += 1
        elif not capitals or match[0] not in surface.small_words:
            return False
    return capitals > 1
