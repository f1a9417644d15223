"""WordNet and hand-written lists → broad dictionaries. In reading order:

* `learn`: WordNet and a learned dictionary → the dictionary `thesaurus`.
* `wordnet`: WordNet's files → senses and their relations.
* `near_words`: senses → pairs of words, in all their forms.
* `random_senses`: synonyms of any sense → the dictionary `random-senses`.
* `rewriter`: a hand-written list of lemmas → a dictionary.
* `counted`: learned entries that join it.
"""
