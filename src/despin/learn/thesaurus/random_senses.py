"""WordNet → what a spinner puts that draws any synonym, of any sense: *clip* for *time*, *tout ensemble* for *all*.

Of each common word all synonyms of all senses are equally likely, so P(spun | original) is one over their number. Most
such pairs are useless: the synonym is a common word, and the place where honest people use it too. Kept is what would
be seen far more often in texts that were so spun than it is in plain text. Start reading from `pairs`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from .rewriter import Forms, Line, Pair, Term
from .wordnet import WordNet

COMMON = 4.4  # Zipf: of an original; rarer ones are hardly ever replaced
THOUSANDTHS = 1000  # what `of` is: a probability, no count
SECTIONS = {"n": "noun", "v": "verb", "a": "adjective", "r": "adverb"}
FEWEST, MOST = 2, 60  # synonyms of an original: with more, each is too rare to tell

Frequency = Callable[[str], float]


def pairs(wordnet: WordNet, forms: Forms, frequency: Frequency) -> list[Pair]:
    """Every pair of a common word and a synonym, in all forms that agree, sorted by spun phrase and original.

    What is `seen` of one original adds up to `of` at most: forms of one synonym share its chance (*bore* and *born* for
    *abode*), and so do lemmas that have a form in common (*find* and *found*).
    """
    shares: dict[str, dict[str, Mapping[str, float]]] = defaultdict(dict)
    for lemma, synonyms in _synonyms(wordnet, frequency).items():
        if FEWEST <= len(synonyms) <= MOST:
            for original, chances in _of_lemma(lemma, synonyms, forms).items():
                shares[original][lemma] = chances
    drawn: dict[tuple[str, str], float] = defaultdict(float)
    for original, lemmas in shares.items():
        for chances in lemmas.values():
            for spun, chance in chances.items():
                drawn[spun, original] += chance / len(lemmas)
    return [
        Pair(spun, original, (), max(int(chance * THOUSANDTHS), 1), THOUSANDTHS)
        for (spun, original), chance in sorted(drawn.items())
    ]


def _of_lemma(lemma: str, synonyms: set[tuple[str, str]], forms: Forms) -> Mapping[str, Mapping[str, float]]:
    """Form of `lemma` → what may be drawn for it → P(spun | form); a synonym's forms share its chance."""
    chances: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for part, synonym in sorted(synonyms):
        spun_of: dict[str, set[str]] = defaultdict(set)
        for spun, original in forms.pairs(Line(Term(tuple(synonym.split())), Term((lemma,)), SECTIONS[part])):
            spun_of[original].add(spun)
        for original, alike in spun_of.items():
            for spun in alike:
                chances[original][spun] += 1 / (len(synonyms) * len(alike))
    return chances


def _synonyms(wordnet: WordNet, frequency: Frequency) -> Mapping[str, set[tuple[str, str]]]:
    """Common word → the (part of speech, word) that share any of its synsets."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for (part, lemma), senses in wordnet.senses.items():
        if " " in lemma or "-" in lemma or frequency(lemma) < COMMON:
            continue
        for sense in senses:
            found[lemma] |= {(part, word) for word in wordnet.words[sense.synset] if word != lemma}
    return found
