"""The one inference: what a text was before, and how much of it was spun. In reading order:

* `candidates`: what every span may stand for.
* `contractions`: which of them put *don't* for *do not*, no evidence of anybody.
* `lattice`: all readings of a text, with their scores.
* `channel`: what the spin rate weighs: restorations, and keys that stand.
* `decode`: the spin rate, the likelihood ratio, the probability of every candidate.
* `forward_backward`: sums over all paths of a lattice.
* `entry_priors`: what is known of every entry before any text.

Internal: docs/library.md lists what is public.
"""
