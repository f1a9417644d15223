"""The sub-commands of `despin-learn`, a module each: options in, a file out. In reading order:

* `shared`: what they have in common.
* `dictionary`, `evidence`: from pairs of texts.
* `language_model`, `topics`, `hashed_odds`: from plain text.
* `anew`: what the next two have in common.
* `reader`, `encoder`: from plain text, spun anew.
* `acronyms`: from plain text, which words are written in capitals.
* `marker_phrases`: from dictionaries and plain text, which phrases only spinners write.
* `thesaurus`, `random_senses`, `rewriter`, `academic`: from lists that people wrote.
"""
