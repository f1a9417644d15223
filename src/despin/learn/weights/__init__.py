"""Texts → weights. In reading order:

* `examples`: texts beside their spun copies, at all spin rates, and what each word was made from.
* `evidence`: parallel text → how much each kind of evidence counts.
* `spinning`: tokens as spinners would leave them.
* `hashed_odds`: plain text, and what `spinning` makes of it → the weights of the first look.
* `anew`: plain text, spun anew, and real copies → what may have stood where, and whether it did.
* `reader`: these → the reader, with `word_classes` (words by their neighbours).
* `encoder`: these, in `batches`, and the weights of a BERT (`bert`) → the encoder. It alone needs PyTorch.
* `topics`: plain text → vectors of words that go together.
"""
