"""Texts → weights. In reading order:

* `examples`: texts beside their spun copies, at all spin rates, and what each word was made from.
* `evidence`: parallel text → how much each kind of evidence counts.
* `spinning`: tokens as spinners would leave them.
* `hashed_odds`: plain text, and what `spinning` makes of it → the weights of the first look.
* `reader`: plain text, spun anew, and real copies → the reader, with `word_classes` (words by their neighbours).
* `topics`: plain text → vectors of words that go together.
"""
