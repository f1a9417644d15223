"""What stood here? In reading order:

* `features`: candidates → what may speak for or against each.
* `evidence`: weighed, the terms of its log-odds.
* `reader`: what texts that were spun anew have taught, with `entry_keys` (entries by hash).
* `encoder`: what a whole paragraph tells of a place, with `transformer` (its layers) and `word_pieces`
  (words cut as BERT cuts them).
* `place_calibration`: what all candidates of a place weigh together, as the log-odds that it was substituted.
* `topic_fit`: the feature of the topic: the words around a place, and the whole text.
* `names`: what other mentions of a name say, with `name_mentions` (runs of capitals) and `name_spellings` (*Younghwa*).
* `cut`: candidates cut down to the words that change, where no word is joined or parted.
* `selection`: weighed candidates → findings, disjoint and in their places.
* `wording`: how an original is written at its place: case, apostrophes, *a* or *an*.
* `finishing`: findings made when somebody asks for them: notes, alternatives.
* `titles`: the findings inside one quoted title are one.
* `lone_phrases`: what a user lists is a finding wherever it stands, whatever the text as a whole.

Internal: docs/library.md lists what is public.
"""
