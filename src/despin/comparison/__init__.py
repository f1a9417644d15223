"""Whose text is it: a text beside its source, word by word, and an index that finds the source.

`compare` is the entry, `sources` the index; `result` has the nouns.
"""
