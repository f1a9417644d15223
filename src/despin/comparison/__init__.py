"""Whose text is it: a text beside its source, word by word, and an index that finds the source.

In reading order:

* `compare`: text, source → `Comparison`; `result`: the nouns.
* `words`: a text as the columns that are compared.
* `anchors`, `known`, `regions`, `alignment`: what is rare and shared, what the dictionaries know, the best way between;
  all three put together.
* `differences`: each of a kind; `verdict`: copy, spun copy, related, none.
* `restoring`: a report with the wording of the source.
* `sources`: the index that finds the source; `postings`, `store`: what it holds, and how it lies on disk.

Internal: docs/library.md lists what is public.
"""
