"""What spinners put for what. In reading order:

* `entry`: a dictionary file → its entries.
* `dictionary`: entries → columns that can be searched.
* `phrase_trie`: which phrases of a fixed set stand where.
* `marker_phrases`: those that hardly anyone but spinners writes, and how much one tells.
* `substitution`: which pairs are none: spellings of one phrase.
* `phrase_pairs`: entries → pairs of phrases, what a dictionary is made of.
* `conditions`: what else must stand in a text for an entry to count.
* `files`: dictionary files by their names.
* `loading`: files → entries, those of users in any of the `formats`.
* `validation`: the laws of the data, as sentences with a line and a remedy.
* `phrase_lookup`: one phrase, both ways, put together from its parts.
* `proposals`: what a word may stand for where no entry says it: for phrase_lookup alone.
* `errors`: what is raised.

Internal: docs/library.md lists what is public.
"""
