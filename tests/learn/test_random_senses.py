"""Synonyms of any sense: equally likely, in forms that agree, of common words alone."""

from despin.learn.thesaurus.random_senses import THOUSANDTHS, pairs
from despin.learn.thesaurus.rewriter import Forms
from despin.learn.thesaurus.wordnet import Sense, WordNet

SYNSETS = {
    ("n", 1): ["time", "clip"],
    ("n", 2): ["time", "prison term"],
    ("v", 3): ["time", "clock"],
    ("n", 4): ["rare", "odd"],
}
SENSES = {
    ("n", "time"): [Sense(("n", 1), 1, 5), Sense(("n", 2), 2, 1)],
    ("v", "time"): [Sense(("v", 3), 1, 0)],
    ("n", "rare"): [Sense(("n", 4), 1, 0)],
}
FORMS = {("time", "NNS"): ("times",), ("clip", "NNS"): ("clips",), ("term", "NNS"): ("terms",)}


def test_all_synonyms_of_all_senses_are_equally_likely():
    def frequency(word: str) -> float:
        return 2.0 if word in ("rare", "odd") else 5.0

    forms = Forms(lambda lemma, tag: FORMS.get((lemma, tag), ()), frequency)
    made = pairs(WordNet(SENSES, SYNSETS, {}, {}, {}), forms, frequency)
    assert [(pair.spun, pair.original) for pair in made] == [
        ("clip", "time"), ("clips", "times"), ("clock", "time"), ("prison term", "time"), ("prison terms", "times"),
    ]  # fmt: skip
    assert {(pair.seen, pair.of) for pair in made} == {(round(THOUSANDTHS / 3), THOUSANDTHS)}


def test_forms_that_mean_one_synonym_share_its_chance_and_so_do_lemmas_with_a_form_in_common():
    senses = {
        ("v", "find"): [Sense(("v", 1), 1, 5)],
        ("v", "found"): [Sense(("v", 2), 1, 5)],
    }
    synsets = {("v", 1): ["find", "bear", "see"], ("v", 2): ["found", "base", "launch"]}
    past = {"find": ("found",), "bear": ("bore", "born"), "see": ("saw",), "found": ("founded",)}
    forms = Forms(lambda lemma, tag: past.get(lemma, ()) if tag == "VBD" else (), lambda word: 5.0)
    made = pairs(WordNet(senses, synsets, {}, {}, {}), forms, lambda word: 5.0)
    seen = {pair.spun: pair.seen for pair in made if pair.original == "found"}
    assert seen == {"bore": 125, "born": 125, "saw": 250, "base": 250, "launch": 250}
    for original in {pair.original for pair in made}:
        assert sum(pair.seen for pair in made if pair.original == original) <= THOUSANDTHS
