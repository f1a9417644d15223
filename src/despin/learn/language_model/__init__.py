"""Plain text → an n-gram model. In reading order:

* `learn`: the stages in order, and how well a model foretells a text.
* `counts`: text → n-gram counts.
* `kneser_ney`: counts → smoothed probabilities, and which n-grams to keep.
* `pack`: what is kept → bytes.
"""
