"""What ordinary English looks like: how likely a word is among others. In reading order:

* `vocabulary`: words as numbers.
* `ngram_table`: n-grams in hash tables.
* `model`: how likely a word is after the words before it.
* `model_file`: the file of a model, mapped.
* `context_scores`: how phrases fit between their neighbours.
* `word_vectors`: which words go together in a text.

Internal: docs/library.md lists what is public.
"""
