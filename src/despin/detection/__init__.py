"""Was it spun? In reading order:

* `screening`: which texts need not be decoded: a cascade of what is cheap.
* `first_look`: its first classifier, on hashed words alone.
* `hashed_odds`: the weights of that.
* `scanner`: its second: an estimate of what decoding would say.
* `screening_weights`: the numbers of both.
* `damage`: what a spinner breaks, without any dictionary.
* `leftovers`: what it leaves over: spintax, and the marks of a thesaurus.
* `period`: how old a text reads, and what of its oddness is owed to that.
* `verdict`: likelihood ratio, spin rate, length and damage → probability and judgement.
* `passages`: the same for the parts of a text.

Internal: docs/library.md lists what is public.
"""
