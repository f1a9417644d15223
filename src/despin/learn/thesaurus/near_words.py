"""WordNet → pairs of words of which a rewriter may have put one for the other, in all their forms.

A pair of lemmas near each other (`wordnet.Relation`) becomes pairs of forms that agree: *constructs* for *builds*, not
for *build*. Where several senses or parts of speech lead from one form to another, the nearest counts.

Start reading from `offered`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from ...dictionary.substitution import why_not
from ...util.array_types import F32, I32, U8
from .wordnet import Lemma, Relation, Synset, WordNet

Zipf = Callable[[str], float]
Inflect = Callable[[str, str], Sequence[str]]  # lemma of one word, Penn tag → its forms, the usual one first

SPUN_AT_LEAST = 1.2  # on the Zipf scale: rarer words are terms that no rewriter puts
SPUN_BELOW = 6.0  # the hundred commonest words are half of every text and hardly ever substitutes
ORIGINAL_AT_LEAST = 2.2
SISTERS = 30  # of one hypernym; more of them share too little
UNLISTED = 0.01  # share of a sense that its word's index does not list
TAGS = {"n": ("NN", "NNS"), "v": ("VB", "VBZ", "VBD", "VBN", "VBG"), "a": ("JJ", "JJR", "JJS"), "r": ("RB",)}
BASE = {tags[0] for tags in TAGS.values()}


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Columns, one row a pair of forms; no pair stands twice."""

    phrases: tuple[str, ...]
    """What the rows name, sorted."""
    zipf: F32
    """(phrases,): how common each is, log10 of occurrences in a thousand million words."""
    spun: I32
    original: I32
    relation: U8
    part: U8
    """Index into the keys of `TAGS`."""
    shares: F32
    """(rows, 4): the share of the sense among those of the spun lemma and of the original's; of the part of speech
    among those of the two forms."""

    def __len__(self) -> int:
        return len(self.spun)

    def pair(self, row: int) -> tuple[str, str]:
        """The spun form and the original of `row`."""
        return self.phrases[self.spun[row]], self.phrases[self.original[row]]


def offered(wordnet: WordNet, zipf: Zipf, inflect: Inflect) -> Pairs:
    """All pairs of forms that are near each other, by `zipf` and `inflect`, which see words in lower case."""
    zipf = cache(zipf)
    best: dict[tuple[str, str, str], tuple[int, float, float]] = {}
    for part, spun, original, nearness, shares in _lemmas(wordnet, zipf):
        found = best.get((part, spun, original))
        if found is None or (nearness, -shares[0] * shares[1]) < (found[0], -found[1] * found[2]):
            best[part, spun, original] = (int(nearness), *shares)

    weight = {lemma: 1.0 + sum(sense.tagged for sense in senses) for lemma, senses in wordnet.senses.items()}
    forms = _Forms(inflect, weight)
    rows: dict[tuple[str, str], tuple[int, float, str, float, float, float, float]] = {}
    for (part, spun, original), (relation, spun_share, original_share) in best.items():
        for tag in TAGS[part]:
            for one, two in forms.agreeing(part, spun, original, tag):
                parts = forms.share(part, one), forms.share(part, two)
                rank = relation, -spun_share * original_share * parts[0] * parts[1]
                if not why_not(one, two) and ((one, two) not in rows or rank < rows[one, two][:2]):
                    rows[one, two] = (*rank, part, spun_share, original_share, *parts)
    return _columns(rows, zipf)


def _columns(rows: Mapping[tuple[str, str], tuple[int, float, str, float, float, float, float]], zipf: Zipf) -> Pairs:
    phrases = sorted({phrase for pair in rows for phrase in pair})
    row = {phrase: number for number, phrase in enumerate(phrases)}
    parts = {part: number for number, part in enumerate(TAGS)}
    size = len(rows)
    return Pairs(
        tuple(phrases),
        np.fromiter(map(zipf, phrases), np.float32, len(phrases)),
        np.fromiter((row[spun] for spun, _ in rows), np.int32, size),
        np.fromiter((row[original] for _, original in rows), np.int32, size),
        np.fromiter((values[0] for values in rows.values()), np.uint8, size),
        np.fromiter((parts[values[2]] for values in rows.values()), np.uint8, size),
        np.array([values[3:] for values in rows.values()], np.float32).reshape(size, 4),
    )


def _lemmas(wordnet: WordNet, zipf: Zipf) -> Iterator[tuple[str, str, str, Relation, tuple[float, float]]]:
    """(part of speech, spun, original, relation, shares of their senses), some pairs several times."""

    @cache
    def shares(lemma: Lemma) -> dict[Synset, float]:
        senses = wordnet.senses.get(lemma, ())
        counts = {sense.synset: sense.tagged + 1 / sense.rank for sense in senses}  # most are tagged nowhere
        return {synset: count / sum(counts.values()) for synset, count in counts.items()}

    adverbs: defaultdict[Lemma, list[str]] = defaultdict(list)
    for (_, adverb), adjective in wordnet.base.items():
        adverbs[adjective].append(adverb)
    for lemma in wordnet.senses:
        part, spun = lemma
        if not SPUN_AT_LEAST <= zipf(spun) < SPUN_BELOW:
            continue
        for synset, share in shares(lemma).items():
            for relation, other in wordnet.neighbours(synset, SISTERS):
                for original in wordnet.words[other]:
                    if original != spun and zipf(original) >= ORIGINAL_AT_LEAST:
                        other_share = shares((other[0], original)).get(other, UNLISTED)
                        yield part, spun, original, relation, (share, other_share)
        base = wordnet.base.get(lemma)
        for synset, share in shares(base).items() if base else ():
            for relation, other in wordnet.neighbours(synset, 0):
                for word in wordnet.words[other] if relation <= Relation.SIMILAR else ():
                    for original in adverbs.get((other[0], word), ()):
                        if original != spun and zipf(original) >= ORIGINAL_AT_LEAST:
                            other_share = shares((other[0], word)).get(other, UNLISTED)
                            yield part, spun, original, Relation.ADVERB, (share, other_share)
        kin = {other for middle in wordnet.derived.get(lemma, ()) for other in wordnet.derived.get(middle, ())}
        for other_part, original in kin:
            if other_part == part and original != spun and zipf(original) >= ORIGINAL_AT_LEAST:
                yield part, spun, original, Relation.KIN, (1.0, 1.0)


class _Forms:
    """The forms of lemmas, and which parts of speech a form has."""

    def __init__(self, inflect: Inflect, weight: Mapping[Lemma, float]) -> None:
        self._inflect = cache(inflect)
        self._parts: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for (part, lemma), much in weight.items():
            for form in {form for tag in TAGS[part] for form in self.of(part, lemma, tag)}:
                self._parts[form][part] = self._parts[form].get(part, 0.0) + much

    def of(self, part: str, lemma: str, tag: str) -> list[str]:
        """The forms of `lemma` for `tag`; verbs of several words are inflected in the first, nouns in the last."""
        if tag in BASE:
            return [lemma]
        words = lemma.split(" ")
        if part == "a" and len(words) > 1:
            return []
        at = 0 if part == "v" else len(words) - 1
        forms = list(self._inflect(words[at], tag))
        if tag == "NNS" and len(forms) > 1:  # *forests*, *forest*: the latter would agree with everything
            forms = [form for form in forms if form != words[at]] or forms
        return [" ".join([*words[:at], form, *words[at + 1 :]]) for form in forms]

    def agreeing(self, part: str, spun: str, original: str, tag: str) -> Iterator[tuple[str, str]]:
        """Each form of `spun`, with the usual one of `original`; *more* stands for an ending that one of them lacks."""
        one, two = self.of(part, spun, tag), self.of(part, original, tag)
        if tag in ("JJR", "JJS") and bool(one) != bool(two) and " " not in spun + original:
            more = "more" if tag == "JJR" else "most"
            one, two = one or [f"{more} {spun}"], two or [f"{more} {original}"]
        for form in one if two else ():
            yield form, two[0]

    def share(self, part: str, form: str) -> float:
        """P(part of speech | form), roughly: by how often the lemmas behind it were tagged."""
        parts = self._parts.get(form)
        return parts.get(part, 1.0) / sum(parts.values()) if parts else 1.0
