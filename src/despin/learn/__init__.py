"""`despin-learn`: everything that makes the data that despin works with. In reading order:

* `cli`: the command, and its sub-commands in `commands/`.
* `dictionary/`: parallel text → a spinner's dictionary.
* `language_model/`: plain text → an n-gram model.
* `weights/`: texts → the weights of the evidence and of the first look, and the word vectors.
* `thesaurus/`: WordNet and hand-written lists → broad dictionaries.
* `academic/`: tortured phrases → their makers' dictionary.
* `acronyms`: plain text → words that are written in capitals wherever they stand.
* `marker_phrases`: dictionaries and plain text → phrases that hardly anyone but spinners writes.
* `files`, `errors`: what all of them read, write and raise.

Internal: docs/library.md lists what is public.
"""
