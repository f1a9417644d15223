"""Aligned words + vectors + thesauri → what any word may stand for, also one that was never seen substituted.

P(original | spun) is a softmax over candidates: words near the spun one by their vectors, words that given dictionaries
join to it in either direction, what it or words near it were seen to stand for, and the word itself. The features of a
candidate say which of these led to it, how near it is, and what kind of word it is. What they count (`ranking`) is
fitted on substitutions that the features were not computed from, as a word that nobody listed will be met too.

Start reading from `Similar`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import TypeVar

import numpy as np

from ...util.array_types import F64, I64, AnyArray
from .monotone import FUNCTION, Block, shared_start
from .ranking import Ranker
from .vectors import Vectors

Row = TypeVar("Row")
Links = Mapping[int, float]
Graph = Mapping[str, Mapping[str, float]]  # spun → original → P(original | spun), of single words

NEAREST, NEAREST_BASE = 60, 20  # words by their vectors, and by those of their base form
USUAL = 0.15  # advantage of words that were seen as originals, on the scale of the cosine
RELATED, SPUN_ALIKE = 40, 6  # lemmas reached over a second word; spun words by their vectors
AT_ONCE = 128
MOST_WITNESSES = 6  # of one substitution; it then counts as the root of that
PLAIN = (
    "cosine", "cosine of bases", "near", "seen", "share", "second step", "kept", "often kept", "often a substitute",
    "same word", "usual original", "frequency", "of papers", "same form", "same ending", "same start",
    "usual substitute", "an original", "elsewhere kept", "kept frequency", "kept of papers", "kept though seen",
    "reverse",
)  # fmt: skip
ENDINGS = ("tion", "ment", "ness", "ity", "ing", "ed", "ly", "al", "ive", "ic", "ous", "er", "or", "able", "ate", "ize")
CLOSED = FUNCTION | {
    "about", "above", "across", "after", "again", "against", "all", "almost", "along", "already", "although",
    "always", "am", "among", "another", "any", "anyone", "around", "because", "become", "became", "been",
    "before", "behind", "being", "below", "between", "both", "but", "can", "cannot", "could", "did", "do",
    "does", "doing", "done", "down", "during", "each", "either", "else", "enough", "even", "ever", "every",
    "few", "had", "has", "have", "having", "he", "hence", "her", "here", "hers", "him", "his", "how", "however",
    "i", "if", "indeed", "instead", "itself", "just", "least", "less", "many", "may", "me", "might", "mine",
    "more", "most", "much", "must", "my", "near", "neither", "never", "no", "nobody", "none", "nor", "not",
    "nothing", "now", "off", "often", "once", "one", "only", "onto", "other", "others", "our", "ours", "out",
    "own", "per", "perhaps", "quite", "rather", "same", "several", "shall", "she", "should", "since", "so",
    "some", "something", "sometimes", "still", "such", "than", "their", "them", "then", "there", "thereby",
    "therefore", "these", "they", "those", "though", "through", "throughout", "thus", "together", "too",
    "toward", "towards", "two", "until", "up", "upon", "us", "very", "via", "we", "well", "what", "when",
    "where", "whether", "which", "while", "who", "whom", "whose", "why", "will", "within", "without", "would",
    "yet", "you", "your", "says", "said", "say", "get", "got", "go", "goes", "went",
}  # fmt: skip


class Similar:
    """Candidates of words, and their features. `dictionaries` are thesauri of spinners, or like theirs."""

    def __init__(self, vectors: Vectors, dictionaries: Sequence[Graph], lemma: Callable[[str], str]) -> None:
        self.words = vectors.words
        self.at = {word: row for row, word in enumerate(self.words)}
        self._vectors = vectors.vectors
        self._lemma = cache(lemma)
        self._lemmas: dict[str, int] = {}
        self._of = np.array([self._number(word) for word in self.words], np.int64)
        self._graphs = [self._by_lemma(graph) for graph in dictionaries]
        names = list(self._lemmas)
        self._base = np.array([self.at.get(names[k], row) for row, k in enumerate(self._of.tolist())], np.int64)
        self._forms: defaultdict[int, list[int]] = defaultdict(list)
        for row, k in enumerate(self._of.tolist()):
            self._forms[k].append(row)
        share = (vectors.papers + 0.5) / (vectors.papers.sum() + 1), (vectors.counts + 0.5) / vectors.counts.sum()
        self._frequency, self._of_papers = np.log1p(vectors.counts), np.log(share[0]) - np.log(share[1])
        self._form = np.array([_form(word, names[k]) for word, k in zip(self.words, self._of.tolist(), strict=True)])
        self._ending = np.array([_ending(word) for word in self.words])
        starts: dict[str, int] = {}
        self._start = np.array([starts.setdefault(word[:4], len(starts)) for word in self.words])
        self._closed = np.array(
            [word in CLOSED or len(word) < 3 or not word.isalpha() for word in self.words], np.bool_
        )
        self.features = (
            *PLAIN,
            *(f"{side} {k}" for k in range(len(dictionaries)) for side in ("offers", "offered", "kept though offered")),
        )

    def _number(self, word: str) -> int:
        return self._lemmas.setdefault(self._lemma(word), len(self._lemmas))

    def _by_lemma(self, graph: Graph) -> tuple[dict[int, dict[int, float]], dict[int, dict[int, float]]]:
        forward: defaultdict[int, dict[int, float]] = defaultdict(dict)
        backward: defaultdict[int, dict[int, float]] = defaultdict(dict)
        for spun, originals in graph.items():
            for original, share in originals.items():
                one, two = self._number(spun), self._number(original)
                if one != two:
                    forward[one][two] = max(forward[one].get(two, 0.0), share**0.5)
                    backward[two][one] = max(backward[two].get(one, 0.0), share**0.5)
        return dict(forward), dict(backward)

    def weighed(self, words: Sequence[str], seen: Seen, ranker: Ranker) -> Iterator[tuple[str, dict[str, float]]]:
        """Each of `words` with its candidates and their probabilities."""
        for chunk in batched(self.candidates(words, seen), AT_ONCE):
            shares = ranker.shares([features for _, _, features in chunk])
            for (word, ids, _), share in zip(chunk, shares, strict=True):
                yield word, dict(zip((self.words[k] for k in ids.tolist()), share.tolist(), strict=True))

    def candidates(self, words: Sequence[str], seen: Seen) -> Iterator[tuple[str, I64, F64]]:
        """(word, candidates as rows of `words`, (candidates, features)) of those of `words` that have a vector."""
        known = [word for word in words if word in self.at]
        spun_rows = np.array(sorted({row for k in seen.meant for row in self._forms.get(k, ())}), np.int64)
        usual = USUAL * (seen.column(seen.original)[self._of] > 0).astype(np.float64)
        for begin in range(0, len(known), AT_ONCE):
            chunk = known[begin : begin + AT_ONCE]
            rows = np.array([self.at[word] for word in chunk], np.int64)
            cosine = self._vectors[rows] @ self._vectors.T
            by_base = self._vectors[self._base[rows]] @ self._vectors.T
            for word, row, near, near_base in zip(chunk, rows.tolist(), cosine, by_base, strict=True):
                alike = spun_rows[np.argsort(-near_base[spun_rows], kind="stable")[:SPUN_ALIKE]]
                yield word, *self._one(word, row, near, near_base, usual, alike, seen)

    def _one(
        self, word: str, row: int, near: AnyArray, near_base: AnyArray, usual: F64, alike: I64, seen: Seen
    ) -> tuple[I64, F64]:
        own = int(self._of[row])
        links = [(forward.get(own, {}), backward.get(own, {})) for forward, backward in self._graphs]
        meant, reverse = seen.meant.get(own, {}), seen.made.get(own, {})
        second = self._second_step(own, links, alike, near_base, seen)
        lemmas = {own, *meant, *reverse, *(k for pair in links for side in pair for k in side)}
        lemmas.update(sorted(second, key=lambda k: (-second[k], k))[:RELATED])
        count = len(self.words)
        rows = [
            np.array([form for k in lemmas for form in self._forms.get(k, ())], np.int64),
            np.array([row], np.int64),
        ]
        for scores, most in ((near + usual, NEAREST), (near_base, NEAREST_BASE)):
            rows.append(np.argpartition(-scores, min(most, count - 1))[:most].astype(np.int64))
        ids = np.unique(np.concatenate(rows))
        if word not in CLOSED:
            ids = ids[~self._closed[ids] | (ids == row)]

        of, stays = self._of[ids], (self._of[ids] == own).astype(np.float64)
        moves = 1.0 - stays
        total = sum(meant.values())
        usually, kept, made = (seen.column(those)[of] for those in (seen.original, seen.kept, seen.spun))
        seen_as = np.array([meant.get(k, 0.0) for k in of.tolist()])
        cosine_base = near_base[self._base[ids]].astype(np.float64)
        start = np.zeros(len(ids))
        for k in np.flatnonzero((self._start[ids] == self._start[row]) & (stays == 0)).tolist():
            other = self.words[ids[k]]
            start[k] = shared_start(word, other) / max(len(word), len(other))
        columns = [
            near[ids], cosine_base, np.maximum(cosine_base, 0) ** 2, np.log1p(seen_as), seen_as / (total + 1),
            np.clip([second.get(k, 0.0) for k in of.tolist()], 0.0, 4.0) ** 0.5, stays, stays * kept, stays * made,
            ids == row, moves * usually, self._frequency[ids], self._of_papers[ids], self._form[ids] == self._form[row],
            (self._ending[ids] == self._ending[row]) & (self._ending[row] >= 0), start, moves * made,
            moves * (usually > 0), moves * kept, stays * self._frequency[ids], stays * self._of_papers[ids],
            stays * np.log1p(total), [k in reverse for k in of.tolist()],
        ]  # fmt: skip
        for pair in links:
            columns += [[side.get(k, 0.0) for k in of.tolist()] for side in pair]
            columns.append(stays * (len(pair[0]) > 0))  # a term of a field is no thesaurus's substitute
        return ids, np.array(columns, np.float64).T.reshape(len(ids), len(self.features))

    def _second_step(
        self,
        own: int,
        links: Sequence[tuple[Mapping[int, float], Mapping[int, float]]],
        alike: I64,
        near: F64,
        seen: Seen,
    ) -> dict[int, float]:
        """Lemmas that words near the spun one were seen to stand for."""
        found: defaultdict[int, float] = defaultdict(float)
        for (forward, _), pair in zip(self._graphs, links, strict=True):
            for side, weight in zip(pair, (1.0, 0.5), strict=True):
                for k in side:
                    for original, number in seen.meant.get(k, {}).items():
                        found[original] += weight * min(number, 2.0) / 2
                    for original, number in seen.made.get(k, {}).items():
                        found[original] += 0.15 * min(number, 2.0)
                    for original, share in forward.get(k, {}).items():
                        found[original] += 0.3 * weight * share
        for row in alike.tolist():
            k = int(self._of[row])
            if k != own:
                for original, number in seen.meant[k].items():
                    found[original] += float(near[row]) * min(number, 2.0)
        found.pop(own, None)
        return found

    def seen(self, blocks: Iterable[Block]) -> Seen:
        """What `blocks` show, by lemmas."""
        return Seen(
            (
                (self._number(spun[0]), self._number(original[0]))
                for spun, original in blocks
                if _single(spun, original)
            ),
            lambda: len(self._lemmas),
        )

    def fit(self, parts: Sequence[Sequence[Block]], most: int = 1500) -> Ranker:
        """What ranks candidates: learned from substitutions of each of `parts`, with features of the others only."""
        rng, examples = np.random.default_rng(0), []
        for k, part in enumerate(parts):
            others = self.seen(block for j, other in enumerate(parts) if j != k for block in other)
            pairs = Counter((spun[0], original[0]) for spun, original in part if _single(spun, original))
            usable = sorted(pair for pair in pairs if pair[1] in self.at and pair[0].isalpha())
            became: defaultdict[str, dict[str, int]] = defaultdict(dict)
            for row in sorted(rng.permutation(len(usable))[:most].tolist()):
                spun, original = usable[row]
                became[spun][original] = pairs[usable[row]]
            found = []
            for word, ids, features in self.candidates(sorted(became), others):
                weight = np.zeros(len(ids))
                for original, number in became[word].items():
                    weight[ids == self.at[original]] = min(number, MOST_WITNESSES) ** 0.5
                if weight.any():
                    found.append((features, weight))
            examples.append(found)
        return Ranker.fit(examples, len(self.features))


def batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """`rows` in lists of `size`, the last one shorter."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


class Seen:
    """Substitutions by lemma number: how often each was a substitute, an original, and kept."""

    def __init__(self, pairs: Iterable[tuple[int, int]], size: Callable[[], int]) -> None:
        self.meant: defaultdict[int, dict[int, float]] = defaultdict(dict)
        self.made: defaultdict[int, dict[int, float]] = defaultdict(dict)
        self.original: Counter[int] = Counter()
        self.spun: Counter[int] = Counter()
        self.kept: Counter[int] = Counter()
        for spun, original in pairs:
            if spun == original:
                self.kept[spun] += 1
            else:
                self.meant[spun][original] = self.meant[spun].get(original, 0.0) + 1.0
                self.made[original][spun] = self.made[original].get(spun, 0.0) + 1.0
                self.original[original] += 1
                self.spun[spun] += 1
        self._size = size
        self._columns: dict[int, F64] = {}

    def column(self, counts: Counter[int]) -> F64:
        """(lemmas,): ln (1 + count)."""
        column = self._columns.get(id(counts))
        if column is None:
            column = self._columns[id(counts)] = np.zeros(self._size())
            column[list(counts)] = np.log1p(list(counts.values()))
        return column


def _single(spun: Sequence[str], original: Sequence[str]) -> bool:
    return len(spun) == len(original) == 1


def _form(word: str, lemma: str) -> int:
    return 0 if word == lemma else next((k for k, end in enumerate(("ing", "ed", "s"), 1) if word.endswith(end)), 4)


def _ending(word: str) -> int:
    return next((k for k, end in enumerate(ENDINGS) if word.endswith(end) and len(word) > len(end) + 2), -1)
