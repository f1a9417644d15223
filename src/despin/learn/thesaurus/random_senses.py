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
    """Every pair of a common word and a synonym, in all forms that agree, sorted by spun phrase and original."""
    drawn: dict[tuple[str, str], float] = defaultdict(float)
    for original, synonyms in _synonyms(wordnet, frequency).items():
        if not FEWEST <= len(synonyms) <= MOST:
            continue
        for part, spun in synonyms:
            line = Line(Term(tuple(spun.split())), Term((original,)), SECTIONS[part])
            for pair in forms.pairs(line):
                drawn[pair] = max(drawn[pair], 1 / len(synonyms))
    total: dict[str, float] = defaultdict(float)  # of a form of the original: forms of one synonym share its chance
    for (_, original), chance in drawn.items():
        total[original] += chance
    return [
        Pair(spun, original, (), max(int(chance / max(total[original], 1.0) * THOUSANDTHS), 1), THOUSANDTHS)
        for (spun, original), chance in sorted(drawn.items())
    ]


def _synonyms(wordnet: WordNet, frequency: Frequency) -> Mapping[str, set[tuple[str, str]]]:
    """Common word → the (part of speech, word) that share any of its synsets."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for (part, lemma), senses in wordnet.senses.items():
        if " " in lemma or "-" in lemma or frequency(lemma) < COMMON:
            continue
        for sense in senses:
            found[lemma] |= {(part, word) for word in wordnet.words[sense.synset] if word != lemma}
    return found
